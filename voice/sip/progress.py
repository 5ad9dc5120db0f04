"""What has been seen of one leg so far, folded from the facts that callbacks copied.

Rule 1: pure. Facts go in, LegEvents come out; no library, no clock.
Rule 2: a leg ends once. Whatever comes after the end changes nothing.
"""

from dataclasses import dataclass
from enum import Enum, auto

from voice.ports import LegEnded, LegRinging
from voice.sip.cause import Ending, judge


class State(Enum):
    """The states of an INVITE session that matter to us."""

    EARLY = auto()
    CONFIRMED = auto()
    DISCONNECTED = auto()


@dataclass(frozen=True, slots=True)
class InviteSeen:
    """Somebody rings us."""


@dataclass(frozen=True, slots=True)
class ReplySeen:
    """The far end answered our INVITE with anything at all, if only 100 Trying."""


@dataclass(frozen=True, slots=True)
class StateSeen:
    state: State
    sip_code: int
    from_wire: bool  # a message brought it, not a timer or an error of our own
    q850: int | None = None
    has_sdp: bool = False


@dataclass(frozen=True, slots=True)
class RedirectSeen:
    """A 3xx came. Trap: the library itself reports it as 487."""

    sip_code: int


@dataclass(frozen=True, slots=True)
class MediaSeen:
    """Negotiation ended; index of the audio stream in use, or None while it is on hold."""

    index: int | None
    flows: bool = True  # the far end may send; not when it only listens (a=recvonly)


@dataclass(frozen=True, slots=True)
class DigitSeen:
    digit: str


@dataclass(frozen=True, slots=True)
class FileEnded:
    """A player reached the end of its file."""

    serial: int


Fact = InviteSeen | ReplySeen | StateSeen | RedirectSeen | MediaSeen | DigitSeen | FileEnded

RINGING = 180
FORWARDED = 181
PROGRESS = 183
TIMED_OUT = 408
CANCELLED = 487


class Progress:
    """How far one leg is."""

    def __init__(self) -> None:
        self.invited = False
        self.confirmed = False
        self.answered = False  # confirmed, and audio flows
        self.was_heard = True
        self.rtp_came = False
        self.fell_silent = False
        self.by_us = False
        self._replied = False
        self._seen: set[int] = set()
        self._redirect = 0

    def replied(self) -> None:
        self._replied = True

    def early(self, fact: StateSeen) -> LegRinging | None:
        """A provisional reply; only 180 and 183 are told."""
        self._replied = True
        self._seen.add(fact.sip_code)
        if fact.sip_code not in (RINGING, PROGRESS):
            return None
        return LegRinging(fact.sip_code, early=fact.has_sdp)

    def redirected(self, fact: RedirectSeen) -> None:
        self._redirect = fact.sip_code

    def ended(self, fact: StateSeen) -> LegEnded:
        """The last word about the leg."""
        code = self._redirect or fact.sip_code
        if self.by_us and code == CANCELLED and not self._replied:
            code = 0  # the library's own 487: nothing was ever received, so there was nothing to cancel
        elif code == TIMED_OUT and not fact.from_wire and self._seen.isdisjoint((RINGING, PROGRESS)):
            code = 0  # the library's own 408: half a minute of INVITEs, and nobody knows what they did out there
        ending = Ending(
            sip_code=code,
            q850=fact.q850,
            had_ringing=RINGING in self._seen,
            had_progress=PROGRESS in self._seen,
            was_forwarded=FORWARDED in self._seen,
            was_answered=self.confirmed,
            was_heard=self.was_heard and self.answered,
            fell_silent=self.fell_silent,
            by_us=self.by_us,
            from_wire=fact.from_wire,
            invited=self.invited,
        )
        verdict = judge(ending)
        by_far_end = not self.by_us and fact.from_wire
        return LegEnded(verdict.cause, code, by_far_end=by_far_end, rang=verdict.rang)
