"""What a database server gives beside tables: one time for all nodes, and a word when somebody has written something.

Rule 1: the server's time is asked for now and then and carried on by this machine's monotonic clock: neither another node's clock nor
        a jump of ours moves a deadline. What is read is off by half of the question's way there and back at most.
Rule 2: a word that is missed costs nothing but time: whoever waits for one looks by himself as well.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from dialer.errors import AnotherDaemon, StorageDown
from dialer.storage.engine import Engines
from dialer.storage.faults import told_as_ours

CHANNEL = "quanzu"  # the triggers of revision 0005 tell the table's name there
LEAVE_SECONDS = 5.0  # for the session of a daemon that was killed
TRY_SECONDS = 0.2
_NAMES = 0x9_6111  # this lock is about names; any number that is ours
_COPIED = (
    "Another daemon works under this node's name: its data.dir was copied. Remove the file `node` from one of them."
)
SLOW_SECONDS = 0.5  # an answer that took longer says less than the last one


class ServerClock:
    """Holds dialer.ports.Clock. Tells nothing before it was set."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._at_zero: datetime | None = None  # the server's time when our monotonic clock was at zero

    def now(self) -> datetime:
        assert self._at_zero is not None, "asked before it was set"
        return self._at_zero + timedelta(seconds=self.monotonic())

    async def set_by(self, engines: Engines) -> None:
        """Ask the server. Raises StorageDown."""
        async with engines.read() as db:
            await db.execute(sa.select(1))  # a connection that has to be made first would count as the answer's way
            asked = self.monotonic()
            told: datetime = (await db.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
            answered = self.monotonic()
        if self._at_zero is None or answered - asked < SLOW_SECONDS:
            self._at_zero = told.astimezone(UTC) - timedelta(seconds=(asked + answered) / 2)


class Server:
    """PostgreSQL, seen by one node."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self.clock = ServerClock()

    async def keep_time(self) -> None:
        """Set the clock anew, every few seconds. Raises StorageDown."""
        await self.clock.set_by(self._engines)

    @asynccontextmanager
    async def alone_as(self, node: str) -> AsyncIterator[None]:
        """Work under this name, which nobody else does: whoever has the name has its calls. Raises AnotherDaemon."""
        lock = sa.select(sa.func.pg_try_advisory_lock(_NAMES, sa.func.hashtext(node)))
        async with AsyncExitStack() as session:
            with told_as_ours():
                connection = await session.enter_async_context(self._engines.writer.connect())
                session.push_async_callback(connection.invalidate)  # the lock goes with the session
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                end = self.clock.monotonic() + LEAVE_SECONDS
                while not (await connection.execute(lock)).scalar():
                    if self.clock.monotonic() > end:
                        raise AnotherDaemon(_COPIED)
                    await asyncio.sleep(TRY_SECONDS)
            yield

    def ahead(self) -> timedelta:
        """By how much the server's clock is ahead of this machine's."""
        return self.clock.now() - datetime.now(UTC)

    async def hear(self, wake: Callable[[str], None]) -> None:
        """Call wake(table) when anybody has committed something that matters; at first with "", for what was before. Never returns.

        Raises StorageDown when the connection is lost.
        """
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def lost(_driver: object) -> None:
            if not gone.done():
                gone.set_result(None)

        def told(_driver: object, _pid: int, _name: str, table: str) -> None:
            wake(table)

        with told_as_ours():
            async with self._engines.writer.connect() as connection:
                driver = (await connection.get_raw_connection()).driver_connection
                assert driver is not None
                try:
                    driver.add_termination_listener(lost)
                    await driver.add_listener(CHANNEL, told)
                    wake("")
                    await gone
                finally:
                    await connection.invalidate()  # not for others: it would still listen
        raise StorageDown(
            "PostgreSQL has closed the connection on which it tells us what is new. We look by ourselves meanwhile."
        )
