"""Real workers for a test: a nursery, a pool, and a check that nobody is left behind.

async with workhouse(tmp_path, warm=1) as house:
    link = await house.pool.take()
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from tests.processes import children_of, is_running
from tests.sipp import until
from voice.errors import WorkerLost
from voice.messages import LegProgress, Progress, Reported, ToDaemon, ToWorker
from voice.report import CallReport
from voice.workers import spool
from voice.workers.pool import Nursery, PoolSettings, WorkerLink, WorkerPool
from voice.workers.wire import LONGEST_LINE, WorkerSettings, encode

PATIENCE_SECONDS = 40
LEAVE_SECONDS = 8  # a worker says goodbye to its peers and leaves the SIP library

M = TypeVar("M", bound=ToDaemon)


class Workhouse:
    """A pool over a real nursery."""

    def __init__(self, folder: Path, pool: WorkerPool, nursery: Nursery) -> None:
        self.folder, self.pool, self.nursery = folder, pool, nursery
        self.spool = folder / "spool"

    @property
    def nursery_pid(self) -> int:
        process = self.nursery._process
        assert process is not None
        return process.pid

    async def worker(self, settings: WorkerSettings) -> WorkerLink:
        """A worker that is not the pool's, whose wire the test may maltreat."""
        ours, theirs = socket.socketpair()
        with theirs:
            await self.nursery.fork(settings, theirs)
        reader, writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
        link = WorkerLink(0, reader, writer)
        await link.ready()
        return link

    def settings(self, **changes: Any) -> WorkerSettings:
        return WorkerSettings(**{**_WORKER, "spool_dir": str(self.spool), **changes})

    async def left(self, attempt: str) -> CallReport:
        """The report that the worker leaves in the spool, once it has gone."""
        await until(lambda: _is_over(spool.look(self.spool, attempt)), PATIENCE_SECONDS)
        report = spool.look(self.spool, attempt).report
        assert report is not None
        return report


_WORKER = {"bind_ip": "127.0.0.1", "rtp_port_from": 30000, "rtp_port_to": 30999}


def _is_over(left: spool.SpooledCall) -> bool:
    return left.progress is not None and not left.alive


@asynccontextmanager
async def workhouse(folder: Path, model_dir: str = "", **changes: Any) -> AsyncIterator[Workhouse]:
    settings = PoolSettings(spool_dir=str(folder / "spool"), rtp_port_from=31000, rtp_port_to=34999, **changes)
    nursery = Nursery(model_dir)
    pool = WorkerPool(settings, nursery)
    house = Workhouse(folder, pool, nursery)
    seen: set[int] = set()
    running = asyncio.create_task(pool.run())
    watching = asyncio.create_task(_watch(house, seen))
    try:
        yield house
    finally:
        for task in (running, watching):
            task.cancel()
        await asyncio.gather(running, watching, return_exceptions=True)
        _look(house, seen)
        pool.close()
        await nursery.close()
    await until(lambda: not any(is_running(pid) for pid in seen), PATIENCE_SECONDS)
    assert running.cancelled(), "the pool's standing task died"


async def _watch(house: Workhouse, seen: set[int]) -> None:
    """Everybody who ever lived here."""
    while True:
        _look(house, seen)
        await asyncio.sleep(0.05)


def _look(house: Workhouse, seen: set[int]) -> None:
    with suppress(AssertionError):
        seen |= {house.nursery_pid, *children_of(house.nursery_pid)}


async def idle(pool: WorkerPool, number: int) -> None:
    """Wait until so many workers stand ready."""
    await until(lambda: len(pool._idle) == number, PATIENCE_SECONDS)


async def told(link: WorkerLink, kind: type[M], such: Callable[[M], bool] = lambda _: True) -> M:
    """Read on until this is told."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            message = await link.receive()
            if isinstance(message, kind) and such(message):
                return message


async def progressed(link: WorkerLink, progress: Progress) -> None:
    await told(link, LegProgress, lambda leg: leg.progress is progress)


async def reported(link: WorkerLink) -> CallReport:
    return (await told(link, Reported)).report


async def lost(link: WorkerLink) -> None:
    """Read on until the wire is at its end."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        with suppress(WorkerLost):
            while True:
                await link.receive()


def send_raw(link: WorkerLink, *orders: ToWorker, tail: bytes = b"") -> None:
    """All in one piece, and perhaps the beginning of another."""
    link._writer.write(b"".join(encode(order) for order in orders) + tail)
