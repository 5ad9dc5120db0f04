"""An escalation: one officer is rung for one live call. Written down before his telephone rings.

Rule 1: an escalation only moves forward; a late or repeated message changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class EscalationState(StrEnum):
    """How far the officer is."""

    WANTED = "wanted"  # written down, his telephone does not ring yet
    RINGING = "ringing"
    BRIEFED = "briefed"  # answered and heard the brief
    ACCEPTED = "accepted"  # pressed 1
    BRIDGED = "bridged"  # talks with the contact
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    ENDED = "ended"  # the bridged talk is over
    NOBODY = "nobody"  # there was nobody to ring, or nobody came


_W, _R, _B, _A = EscalationState.WANTED, EscalationState.RINGING, EscalationState.BRIEFED, EscalationState.ACCEPTED
_NO = (EscalationState.DECLINED, EscalationState.UNANSWERED, EscalationState.NOBODY)

# Steps may be skipped (a message can be lost with a daemon), never taken back.
_AFTER: Mapping[EscalationState, tuple[EscalationState, ...]] = {
    _W: (_R, _B, _A, EscalationState.BRIDGED, EscalationState.ENDED, *_NO),
    _R: (_B, _A, EscalationState.BRIDGED, EscalationState.ENDED, *_NO),
    _B: (_A, EscalationState.BRIDGED, EscalationState.ENDED, *_NO),
    _A: (EscalationState.BRIDGED, EscalationState.ENDED, *_NO),  # accepted, but the contact was gone: not bridged
    EscalationState.BRIDGED: (EscalationState.ENDED,),
    EscalationState.DECLINED: (),
    EscalationState.UNANSWERED: (),
    EscalationState.ENDED: (),
    EscalationState.NOBODY: (),
}


@dataclass(frozen=True, slots=True)
class Escalation:
    """Which officer was rung for which attempt, and what came of it."""

    id: str
    attempt_id: str
    case_id: str
    reason: str
    tier: int
    officer: str  # his name in the roster; empty while nobody is chosen
    wanted_at: datetime
    deadline: datetime
    state: EscalationState = EscalationState.WANTED
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    call_id: str = ""
    brief: str = field(default="", repr=False)  # what he was told before the bridge
    brief_ms: int = 0  # how long that lasted, as rendered
    ringing_at: datetime | None = None
    briefed_at: datetime | None = None
    accepted_at: datetime | None = None
    bridged_at: datetime | None = None
    ended_at: datetime | None = None  # also of one that came to nothing

    @property
    def over(self) -> bool:
        return not _AFTER[self.state]

    def moved(self, state: EscalationState, at: datetime) -> "Escalation":
        """The escalation after this message; itself when the message is late."""
        if state not in _AFTER[self.state]:
            return self
        match state:
            case EscalationState.RINGING:
                return replace(self, state=state, ringing_at=at)
            case EscalationState.BRIEFED:
                return replace(self, state=state, briefed_at=at)
            case EscalationState.ACCEPTED:
                return replace(self, state=state, accepted_at=at)
            case EscalationState.BRIDGED:
                return replace(self, state=state, accepted_at=self.accepted_at or at, bridged_at=at)
            case _:
                return replace(self, state=state, ended_at=at)
