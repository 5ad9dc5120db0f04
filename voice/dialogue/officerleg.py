"""One officer's leg: ring, brief, wait for the key, bridge. Pure.

Rule 1: no officer is bridged who has not heard the brief to its end.
Rule 2: only the key 1 accepts; any other key, or none in time, declines.
Rule 3: a leg that is over stays over.
"""

from dataclasses import dataclass
from enum import Enum, auto


class OfficerPhase(Enum):
    RINGING = auto()
    BRIEFING = auto()
    ASKED = auto()  # brief heard, key awaited
    ACCEPTED = auto()
    BRIDGED = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class OfficerState:
    phase: OfficerPhase = OfficerPhase.RINGING
    eager: bool = False  # pressed 1 before the brief had ended


@dataclass(frozen=True, slots=True)
class PickedUp:
    """The officer's phone was answered."""


@dataclass(frozen=True, slots=True)
class BriefEnded:
    """The brief was played to its end."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    digit: str


@dataclass(frozen=True, slots=True)
class WaitedEnough:
    """ring_seconds or accept_seconds have passed."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The leg ended. refused: the far end ended it."""

    refused: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """This officer is not to come; another one may be."""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Nobody is needed any more. The centre is not told: it would look for another one."""


@dataclass(frozen=True, slots=True)
class Connected:
    """We bridged the leg."""


OfficerEvent = PickedUp | BriefEnded | KeyPressed | WaitedEnough | Gone | Stopped | Dismissed | Connected


@dataclass(frozen=True, slots=True)
class PlayBrief:
    pass


@dataclass(frozen=True, slots=True)
class AwaitKey:
    """Start accept_seconds; tell that the officer is briefed."""


@dataclass(frozen=True, slots=True)
class Accept:
    """Tell that the officer accepted."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Hang the leg up."""


@dataclass(frozen=True, slots=True)
class Decline:
    """Tell that this officer will not come: declined (True) or unanswered (False)."""

    declined: bool


@dataclass(frozen=True, slots=True)
class TalkOver:
    """Tell that the bridged talk ended."""


OfficerAction = PlayBrief | AwaitKey | Accept | Drop | Decline | TalkOver
Next = tuple[OfficerState, tuple[OfficerAction, ...]]

_OVER = OfficerState(OfficerPhase.OVER)


def advance(now: OfficerState, event: OfficerEvent) -> Next:
    """Answer one event. Same inputs, same answer, always."""
    match now.phase, event:
        case OfficerPhase.OVER, _:
            return now, ()
        case OfficerPhase.RINGING, PickedUp():
            return OfficerState(OfficerPhase.BRIEFING), (PlayBrief(),)
        case OfficerPhase.BRIEFING, KeyPressed("1"):
            return OfficerState(OfficerPhase.BRIEFING, eager=True), ()
        case OfficerPhase.BRIEFING, BriefEnded() if now.eager:
            return OfficerState(OfficerPhase.ACCEPTED), (AwaitKey(), Accept())
        case OfficerPhase.BRIEFING, BriefEnded():
            return OfficerState(OfficerPhase.ASKED), (AwaitKey(),)
        case OfficerPhase.ASKED, KeyPressed("1"):
            return OfficerState(OfficerPhase.ACCEPTED), (Accept(),)
        case ((OfficerPhase.BRIEFING | OfficerPhase.ASKED), KeyPressed()):
            return _OVER, (Decline(declined=True), Drop())
        case ((OfficerPhase.RINGING | OfficerPhase.ASKED), WaitedEnough()):
            return _OVER, (Decline(declined=False), Drop())
        case OfficerPhase.ACCEPTED, Connected():
            return OfficerState(OfficerPhase.BRIDGED), ()
        case OfficerPhase.BRIDGED, (Gone() | Stopped() | Dismissed()):
            return _OVER, (TalkOver(), Drop())
        case _, Gone(refused):
            return _OVER, (Decline(declined=refused),)
        case _, Stopped():
            return _OVER, (Decline(declined=False), Drop())
        case _, Dismissed():
            return _OVER, (Drop(),)
        case _:
            return now, ()
