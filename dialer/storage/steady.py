"""One even time for a database that has no clock of its own: SQLite's, on one machine.

Rule 1: after a boot the machine's clock is believed; from then on the casebook's time goes on evenly, over restarts of ours, too. A clock
        that jumps while calls wait moves no deadline, ends no gap between two calls, and lets no id sort before an older one.
Rule 2: an hour's jump is followed by a minute in an hour, forward and back: time never stands still nor goes back.
Rule 3: whoever opens the database reads the same time; only the daemon's beat lets it follow.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog

from dialer.storage import tables
from dialer.storage.engine import Engines

FOLLOWS = 1 / 60
JUMPED = timedelta(seconds=5)  # a clock that is only set right moves by less
KEPT = timedelta(milliseconds=50)  # what others who read the time may be off by
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_clock = tables.steady_clock
log = structlog.get_logger(__name__)


def _wall() -> datetime:
    return datetime.now(UTC)


def _since_boot() -> float:
    """Sleep of the machine counts, too; no jump does."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class SteadyTime:
    """Holds dialer.ports.Clock, for everybody who works on this database."""

    def __init__(
        self,
        engines: Engines,
        wall: Callable[[], datetime] = _wall,
        since_boot: Callable[[], float] = _since_boot,
    ) -> None:
        self._engines, self._wall, self._since_boot = engines, wall, since_boot
        self._at_boot = self._kept = wall() - timedelta(seconds=since_boot())
        self._followed = since_boot()
        self._told = False

    def now(self) -> datetime:
        return self._at_boot + timedelta(seconds=self._since_boot())

    def monotonic(self) -> float:
        return time.monotonic()

    def ahead(self) -> timedelta:
        """By how much this time is ahead of the machine's clock."""
        return self.now() - self._wall()

    async def read(self) -> None:
        """Take up the time that this database has; the first one after a boot says which. Raises StorageDown, DiskFull."""
        boot = _BOOT.read_text(encoding="ascii").strip()
        async with self._engines.read() as db:
            known = (await db.execute(sa.select(_clock).where(_clock.c.boot == boot))).mappings().first()
        if known is None:
            async with self._engines.write() as db:
                known = (await db.execute(sa.select(_clock).where(_clock.c.boot == boot))).mappings().first()
                if known is None:
                    await db.execute(_clock.delete())
                    await db.execute(_clock.insert().values(boot=boot, at_boot=self._at_boot))
        if known is not None:
            self._at_boot = self._kept = known["at_boot"]

    async def follow(self) -> None:
        """Go a little towards the machine's clock; every few seconds. Raises StorageDown, DiskFull."""
        since_boot, behind = self._since_boot(), -self.ahead()
        furthest = timedelta(seconds=(since_boot - self._followed) * FOLLOWS)
        self._followed = since_boot
        self._at_boot += max(-furthest, min(furthest, behind))
        self._tell(behind)
        if abs(self._at_boot - self._kept) >= KEPT:
            async with self._engines.write() as db:
                await db.execute(_clock.update().values(at_boot=self._at_boot))
            self._kept = self._at_boot

    def _tell(self, behind: timedelta) -> None:
        jumped = abs(behind) > JUMPED
        if jumped and not self._told:
            seconds = round(behind.total_seconds())
            log.warning("the machine's clock has jumped, deadlines follow it slowly", by_seconds=seconds)
        self._told = jumped
