"""Which trunk a call goes out on, how many lines it has left, and whether it is well enough.

Rule 1: the trunks of the settings are asked in their order; one that failed a moment ago is asked last, one whose breaker is
        open not at all.
Rule 2: a trunk that is tried again carries one call until that one has gone through.
Rule 3: health is this node's own: what another node cannot reach may be its own network's fault.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import structlog

from dialer.domain.trunkhealth import Breaker, Sample, TrunkHealth
from dialer.errors import TrunkDown
from dialer.settings import TrunkSettings
from voice.messages import LegProgress, Progress, ToDaemon
from voice.report import CallReport, HangupCause

log = structlog.get_logger(__name__)


class Trunks:
    """The trunks of this node, in the order of the settings."""

    def __init__(self, trunks: Sequence[TrunkSettings], clock: Callable[[], float]) -> None:
        """clock: seconds, monotonic."""
        self._trunks, self._clock = trunks, clock
        self._in_use: Counter[str] = Counter()
        self._health: dict[str, TrunkHealth] = {trunk.name: TrunkHealth() for trunk in trunks}

    @property
    def lines(self) -> int:
        """How many calls there can be at once now, over all trunks that are well."""
        now = self._clock()
        return sum(self._room(trunk, now) for trunk in self._trunks)

    @property
    def health(self) -> Mapping[str, TrunkHealth]:
        return dict(self._health)

    @contextmanager
    def line(self, number: str) -> Iterator[TrunkSettings]:
        """One line for as long as the call lasts. Raises TrunkDown when none serves this number, or none can now."""
        trunk = self._choose(number)
        self._in_use[trunk.name] += 1
        try:
            yield trunk
        finally:
            self._in_use[trunk.name] -= 1

    def ended(self, trunk: str, cause: HangupCause, sample: Sample) -> None:
        """A call over this trunk is over."""
        before, now = self._health[trunk], self._clock()
        after = self._health[trunk] = before.after(cause, sample, now)
        if after.retry_at is not None and after.retry_at != before.retry_at:
            wait = round(after.retry_at - now)
            log.error("trunk fails, others take its calls", trunk=trunk, cause=cause.value, tried_again_in_seconds=wait)
        elif before.retry_at is not None and after.retry_at is None:
            log.warning("trunk works again", trunk=trunk)

    def _choose(self, number: str) -> TrunkSettings:
        now = self._clock()
        serving = [t for t in self._trunks if not t.serves or number.startswith(t.serves)]
        if not serving:
            raise TrunkDown("No trunk serves this number. Add one under [[trunks]], or widen its `serves`.")
        for trunk in sorted(serving, key=lambda each: self._health[each.name].suspect(now)):  # stable: else as listed
            if self._in_use[trunk.name] < self._room(trunk, now):
                return trunk
        if all(self._health[trunk.name].breaker(now) is Breaker.OPEN for trunk in serving):
            raise TrunkDown("Every trunk that serves this number has just failed; it is tried again in a while.")
        raise TrunkDown("Every line of the trunks that serve this number is in use; the attempt waits for one.")

    def _room(self, trunk: TrunkSettings, now: float) -> int:
        match self._health[trunk.name].breaker(now):
            case Breaker.CLOSED:
                return trunk.lines
            case Breaker.TRYING:
                return 1
            case Breaker.OPEN:
                return 0


class Passage:
    """One call's way through a trunk: how long until it rang, and whether it was answered."""

    def __init__(self, trunk: str, tell: Callable[[str, HangupCause, Sample], None]) -> None:
        self._trunk, self._tell = trunk, tell
        self._inviting: datetime | None = None
        self._ringing: datetime | None = None

    def note(self, told: ToDaemon) -> None:
        match told:
            case LegProgress(progress=Progress.INVITING, at=at):
                self._inviting = at
            case LegProgress(progress=Progress.RINGING | Progress.ANSWERED, at=at):
                self._ringing = self._ringing or at

    def over(self, report: CallReport) -> None:
        began, rang = self._inviting, self._ringing
        delay = (rang - began).total_seconds() if rang is not None and began is not None else None
        self._tell(self._trunk, report.cause, Sample(report.answered_at is not None, delay))


def address(number: str, trunk: TrunkSettings) -> str:
    """The SIP URI of this number on this trunk."""
    return f"sip:{number}@{trunk.domain}"
