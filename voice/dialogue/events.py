"""Events of a conversation: facts, past tense, frozen. An event that belongs to a turn carries the turn's number."""

from dataclasses import dataclass

from voice.understanding.model import Understood


@dataclass(frozen=True, slots=True)
class Answered:
    """The citizen's leg is up and audio flows."""


@dataclass(frozen=True, slots=True)
class PromptFinished:
    """The last sentence of the turn's prompt was played to its end."""

    turn: int


@dataclass(frozen=True, slots=True)
class ReplyUnderstood:
    """The contact said something that began in this turn, and paused long enough to mean it."""

    turn: int
    understood: Understood


@dataclass(frozen=True, slots=True)
class SilenceElapsed:
    """After the prompt of this turn nobody spoke for as long as WaitForReply asked."""

    turn: int


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """The contact pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class OfficerAccepted:
    """An officer heard the brief and pressed 1."""

    escalation: str


@dataclass(frozen=True, slots=True)
class OfficerLeft:
    """The officer who was bridged is gone; the contact may still be there."""

    escalation: str


@dataclass(frozen=True, slots=True)
class NoOfficerCame:
    """Everybody whom the centre could ring was rung, or nobody may be."""


@dataclass(frozen=True, slots=True)
class EndOrdered:
    """The centre wants the call to end, politely."""


@dataclass(frozen=True, slots=True)
class TimeIsUp:
    """The longest time that a call may take has passed."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The contact's leg is gone."""


Event = (
    Answered
    | PromptFinished
    | ReplyUnderstood
    | SilenceElapsed
    | DigitPressed
    | OfficerAccepted
    | OfficerLeft
    | NoOfficerCame
    | EndOrdered
    | TimeIsUp
    | HungUp
)
