"""What an utterance meant. Pure values, and the closed sets of names that they are made of.

Rule: a name here is a promise to scripts, to the casebook and to the console; what is not listed is never said.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# Slot -> what it holds. All of it is self-reported.
SLOTS: Mapping[str, str] = {
    "speaker": "who speaks: self, family, colleague, child, officer (says so), other",
    "relation": "to the person whom we ring, when that was said: husband, wife, son, daughter, mother, father ...",
    "channel": "how the fraudster got through, comma-joined in the order said: phone, sms, qq, wechat, app, meeting ...",
    "mentioned_type": "the fraud type that was told, a code of the ministry's list: brushing, flight_refund ...",
    "when": "a time that was named for something to come, without a clock: see voice.understanding.times",
    "sum_about": "yes: the sum is a lower bound or an estimate",
}

# What a person may promise to do when he is asked to say it in his own words.
PLEDGES: Mapping[str, str] = {
    "no_transfer": "moves no money, or none more",
    "no_code": "gives no code, password, card number or face",
    "leave_share": "leaves the meeting, stops the shared screen",
    "uninstall": "deletes the app",
    "hang_up": "hangs up on them, answers no more, blocks them",
    "ask_official": "asks at the real bank, airline, shop, company or friend",
    "call_96110": "rings 96110",
    "call_110": "rings 110, reports to the police",
    "tell_family": "tells or asks somebody of the family",
    "go_station": "goes to a police station",
    "keep_evidence": "keeps the records of chats and payments",
}

# What speaks against a promise in the same answer, or is said in its place.
AGAINST: Mapping[str, str] = {
    "transfer": "means to pay all the same, or first",
    "code": "means to give a code or a password",
    "stay": "stays in the meeting, keeps the app, keeps talking to them",
    "tell_nobody": "will not tell, ask or report",
    "undecided": "has to think about it",
}


@dataclass(frozen=True, slots=True)
class IntentMatch:
    """One intent found in an utterance."""

    intent: str
    confidence: float  # 0..1
    evidence: str  # the rule or phrase that matched, so that a wrong decision can be explained


@dataclass(frozen=True, slots=True)
class Understood:
    """An utterance and its meaning: intents in urgency order, most urgent first."""

    text: str
    intents: tuple[IntentMatch, ...] = ()
    amount_yuan: int | None = None
    slots: Mapping[str, str] = field(default_factory=dict)  # keys of SLOTS
    pledges: tuple[str, ...] = ()  # of PLEDGES, in their order
    against: tuple[str, ...] = ()  # of AGAINST, in their order
    confidence: float = 1.0  # 0..1, that the most urgent intent is the right one
    doubtful: bool = False  # too little to act upon without asking again

    @property
    def top(self) -> str:
        """The most urgent intent, or an empty string."""
        return self.intents[0].intent if self.intents else ""

    def names(self) -> tuple[str, ...]:
        return tuple(m.intent for m in self.intents)


class Understand(Protocol):
    """What a reply meant, told by what the question expects and how it was put."""

    def __call__(self, text: str, expects: Collection[str], /, *, asked: str) -> Understood: ...
