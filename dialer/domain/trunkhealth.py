"""How well a trunk does, and when it is left alone for a while. Pure; the clock is an argument, in seconds, monotonic.

Rule 1: so many faults in a row open the breaker; a call that the network took closes it. A person's "busy" is a good sign of the trunk.
Rule 2: an open breaker lets one call try again after a wait, which doubles while it keeps failing, up to the longest.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from voice.report import HangupCause

FAULTS_TO_OPEN = 3
FIRST_WAIT_SECONDS = 15.0
LONGEST_WAIT_SECONDS = 240.0
REMEMBERED = 50  # calls, for the two ratios

# The network, or our account in it; never the person who was rung.
_FAULTS = frozenset({HangupCause.TRUNK_FAULT, HangupCause.CONGESTION})
_SAYS_NOTHING = frozenset({HangupCause.NEVER_DIALLED, HangupCause.WORKER_LOST, HangupCause.ENDED_BY_ORDER})


class Breaker(StrEnum):
    """May a call go out here?"""

    CLOSED = "closed"  # yes
    OPEN = "open"  # no
    TRYING = "trying"  # one


@dataclass(frozen=True, slots=True)
class Sample:
    """One call, as far as the trunk is concerned."""

    answered: bool
    post_dial_delay: float | None = None  # seconds from the INVITE to ringing; None: it never rang


@dataclass(frozen=True, slots=True)
class TrunkHealth:
    """What is known of one trunk."""

    faults: int = 0  # in a row
    opened: int = 0  # times in a row that the breaker opened
    retry_at: float | None = None  # None: closed
    faulted_at: float | None = None  # the last fault, while no call has gone through since
    recent: tuple[Sample, ...] = ()

    def breaker(self, now: float) -> Breaker:
        if self.retry_at is None:
            return Breaker.CLOSED
        return Breaker.TRYING if now >= self.retry_at else Breaker.OPEN

    def suspect(self, now: float) -> bool:
        """It failed a moment ago: others are asked first, for a while."""
        return self.faulted_at is not None and now < self.faulted_at + FIRST_WAIT_SECONDS

    @property
    def answer_seizure_ratio(self) -> float | None:
        """Answered calls of those that went out (ITU-T E.411); None: no calls yet."""
        return sum(each.answered for each in self.recent) / len(self.recent) if self.recent else None

    @property
    def mean_post_dial_delay(self) -> float | None:
        """Seconds (ITU-T E.721); None: nothing has rung yet."""
        delays = [each.post_dial_delay for each in self.recent if each.post_dial_delay is not None]
        return sum(delays) / len(delays) if delays else None

    def after(self, cause: HangupCause, sample: Sample, now: float) -> "TrunkHealth":
        """The health after one call."""
        if cause in _SAYS_NOTHING and not sample.answered and sample.post_dial_delay is None:
            return self
        recent = (*self.recent, sample)[-REMEMBERED:]
        if cause not in _FAULTS:
            return TrunkHealth(recent=recent)
        faults = self.faults + 1
        if faults < FAULTS_TO_OPEN and self.retry_at is None:
            return replace(self, faults=faults, faulted_at=now, recent=recent)
        wait = min(FIRST_WAIT_SECONDS * 2**self.opened, LONGEST_WAIT_SECONDS)
        return TrunkHealth(faults, self.opened + 1, now + wait, now, recent)
