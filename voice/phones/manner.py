"""How simulated people behave on the telephone. Pure: what was heard goes in, what the person does next comes out.

Rule 1: nothing here waits, reads a clock, or knows SIP; time comes in as milliseconds of audio in which nobody spoke.
Rule 2: a person reacts to what ended, never to what our side means by it: a question that sounds like one he answered
        gets the same answer again, and after his last reply he goes on giving that one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from voice.phones.listening import Heard


@dataclass(frozen=True, slots=True)
class Say:
    """Speak this sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """Press this key."""

    digit: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Deed = Say | Press | HangUp


class Manner(Protocol):
    """One person in one call."""

    @property
    def shortest_speech_ms(self) -> int:
        """Less than so much loud sound in a row of words is no speech to him."""

    def may_say(self) -> Sequence[str]:
        """Every sentence that may come, to be rendered before the telephone rings."""

    def answered(self) -> Deed | None:
        """The person has picked up."""

    def heard(self, heard: Heard) -> Deed | None:
        """The other side finished saying something, and this person is not speaking."""

    def idle(self, ms: int) -> Deed | None:
        """Nobody has spoken for so long; comes again and again while it lasts."""


class Talker:
    """A citizen: greets, answers what he hears, and keeps quiet where he has nothing to say."""

    shortest_speech_ms = 600

    def __init__(
        self,
        greeting: str,
        replies: Sequence[str],
        to_officer: Sequence[str] = (),
        hangs_up_at: int = 0,
    ) -> None:
        self._greeting = greeting
        self._replies = tuple(replies)
        self._to_officer = tuple(to_officer)
        self._hangs_up_at = hangs_up_at
        self._questions: list[Heard] = []  # one per reply given to the voice that rang
        self._first: Heard | None = None
        self._told_officer = 0

    def may_say(self) -> Sequence[str]:
        return (*((self._greeting,) if self._greeting else ()), *self._replies, *self._to_officer)

    def answered(self) -> Deed | None:
        return Say(self._greeting) if self._greeting else None

    def heard(self, heard: Heard) -> Deed | None:
        self._first = self._first or heard
        if self._to_officer and heard.by_another_voice_than(self._first):
            reply = self._to_officer[min(self._told_officer, len(self._to_officer) - 1)]
            self._told_officer += 1
            return Say(reply)
        return self._answer(heard)

    def idle(self, ms: int) -> Deed | None:  # noqa: ARG002  (a citizen does not fill silence)
        return None

    def _answer(self, heard: Heard) -> Deed | None:
        again = next((n for n, asked in enumerate(self._questions) if heard.sounds_like(asked)), None)
        if again is None:
            self._questions.append(heard)
            again = len(self._questions) - 1
        if self._hangs_up_at and again + 1 >= self._hangs_up_at:
            return HangUp()
        if not self._replies or (self._to_officer and again >= len(self._replies)):
            return None  # he said what there was to say and waits for the officer he was promised
        return Say(self._replies[min(again, len(self._replies) - 1)])


class _Stage(Enum):
    """How far an officer is in the call."""

    LISTENING = auto()  # to the brief
    ACCEPTED = auto()  # pressed 1, waits for the line to the citizen
    ASKED = auto()
    CLOSED = auto()


class Helper:
    """An officer: hears the brief out, presses 1, asks, listens, closes and hangs up."""

    shortest_speech_ms = 240  # a citizen may answer with one word

    _BRIDGE_MS = 1000  # quiet after the key before the first word
    _PATIENCE_MS = 8000  # for the citizen's answer
    _FAREWELL_MS = 2000  # for a last word of the citizen

    def __init__(self, question: str, closing: str, *, accepts: bool = True) -> None:
        self._question = question
        self._closing = closing
        self._accepts = accepts
        self._stage = _Stage.LISTENING

    def may_say(self) -> Sequence[str]:
        return (self._question, self._closing)

    def answered(self) -> Deed | None:
        return None

    def heard(self, heard: Heard) -> Deed | None:  # noqa: ARG002  (any speech that ends is his turn)
        match self._stage:
            case _Stage.LISTENING if self._accepts:
                self._stage = _Stage.ACCEPTED
                return Press("1")
            case _Stage.ASKED:
                return self._close()
            case _Stage.CLOSED:
                return HangUp()
            case _:
                return None

    def idle(self, ms: int) -> Deed | None:
        match self._stage:
            case _Stage.ACCEPTED if ms >= self._BRIDGE_MS:
                self._stage = _Stage.ASKED
                return Say(self._question)
            case _Stage.ASKED if ms >= self._PATIENCE_MS:
                return self._close()
            case _Stage.CLOSED if ms >= self._FAREWELL_MS:
                return HangUp()
            case _:
                return None

    def _close(self) -> Deed:
        self._stage = _Stage.CLOSED
        return Say(self._closing)
