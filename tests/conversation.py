"""A conversation with the machine that reads like the call.

    talk = Conversation(SCRIPT).answered().prompt_ends().contact_means("affirm").prompt_ends()

Rule 1: events are made for the present turn, as the pump would; `tell` sends any other.
Rule 2: nothing here decides; every change comes from `advance`.
"""

from typing import Self

from voice.dialogue.actions import Action, Say, WaitForReply
from voice.dialogue.events import (
    Answered,
    DigitPressed,
    EndOrdered,
    Event,
    HungUp,
    NoOfficerCame,
    OfficerAccepted,
    OfficerLeft,
    PromptFinished,
    ReplyUnderstood,
    SilenceElapsed,
    TimeIsUp,
)
from voice.dialogue.machine import advance
from voice.dialogue.state import Dialogue
from voice.report import Standing
from voice.script.model import Script
from voice.script.resuming import for_resuming
from voice.understanding import understand
from voice.understanding.model import IntentMatch, Understand, Understood

ESCALATION = "escalation-1"


class Conversation:
    """One call, driven event by event."""

    def __init__(
        self,
        script: Script,
        understanding: Understand = understand,
        *,
        careful: bool = False,
        resumes: Standing | None = None,
    ) -> None:
        self.script = script if resumes is None else for_resuming(script, resumes)
        self.state = Dialogue.open(careful=careful, resumes=resumes)
        self.actions: tuple[Action, ...] = ()  # those of the last event
        self.history: list[Action] = []
        self._understand = understanding

    def tell(self, event: Event) -> Self:
        self.state, self.actions = advance(self.script, self.state, event)
        self.history += self.actions
        return self

    def answered(self) -> Self:
        """The phone is picked up, and nobody says anything: the opening begins."""
        return self.tell(Answered()).silence()

    def greeted(self, words: str = "喂") -> Self:
        """The phone is picked up with a word."""
        return self.tell(Answered()).contact_says(words)

    def prompt_ends(self) -> Self:
        return self.tell(PromptFinished(self.state.turn))

    def contact_says(self, words: str) -> Self:
        return self.tell(ReplyUnderstood(self.state.turn, self._understand(words, self.expected, asked=self.asked)))

    def contact_means(self, *intents: str, amount_yuan: int | None = None) -> Self:
        """The contact says something that means this."""
        matches = tuple(IntentMatch(intent, 1.0, "given") for intent in intents)
        return self.tell(ReplyUnderstood(self.state.turn, Understood("……", matches, amount_yuan)))

    def contact_may_mean(self, *intents: str) -> Self:
        """The contact says something that may mean this, or may not."""
        matches = tuple(IntentMatch(intent, 0.3, "given") for intent in intents)
        said = Understood("……", matches, confidence=0.3, doubtful=True)
        return self.tell(ReplyUnderstood(self.state.turn, said))

    def contact_promises(self, *pledges: str, against: tuple[str, ...] = ()) -> Self:
        """The contact says in his own words what he will do."""
        said = Understood("……", pledges=pledges, against=against)
        return self.tell(ReplyUnderstood(self.state.turn, said))

    def contact_mumbles(self) -> Self:
        """Words that mean nothing here."""
        return self.contact_means()

    def silence(self) -> Self:
        return self.tell(SilenceElapsed(self.state.turn))

    def presses(self, digit: str) -> Self:
        return self.tell(DigitPressed(digit))

    def officer_accepts(self, escalation: str = ESCALATION) -> Self:
        return self.tell(OfficerAccepted(escalation))

    def officer_leaves(self, escalation: str = ESCALATION) -> Self:
        return self.tell(OfficerLeft(escalation))

    def no_officer(self) -> Self:
        return self.tell(NoOfficerCame())

    def end_ordered(self) -> Self:
        return self.tell(EndOrdered())

    def time_is_up(self) -> Self:
        return self.tell(TimeIsUp())

    def hangs_up(self) -> Self:
        return self.tell(HungUp())

    @property
    def expected(self) -> tuple[str, ...]:
        """What the open question expects."""
        waits = [action for action in self.history if isinstance(action, WaitForReply)]
        return waits[-1].expects if waits else ()

    @property
    def asked(self) -> str:
        """The last sentence that was said to the contact."""
        said = [action for action in self.history if isinstance(action, Say) and action.sentences]
        return self.script.sentences[said[-1].sentences[-1]].text if said else ""

    @property
    def said(self) -> tuple[str, ...]:
        """Every sentence that we began to say, in order."""
        texts = self.script.sentences
        return tuple(texts[s].text for action in self.history if isinstance(action, Say) for s in action.sentences)

    @property
    def steps(self) -> tuple[str, ...]:
        """The step of every prompt, in order."""
        return tuple(action.step for action in self.history if isinstance(action, Say))

    def count(self, kind: type[Action]) -> int:
        """How many actions of this kind there were in the whole call."""
        return sum(isinstance(action, kind) for action in self.history)
