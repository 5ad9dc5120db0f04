"""This node lives: said every BEAT_SECONDS. Who is silent for LEASE_SECONDS loses what he had in hand.

Rule 1: the beat begins before the first call and ends after the last: a node that prepares itself is not dead.
Rule 2: only a node that was heard of itself for a whole lease judges others: after the database was away everybody looks dead.
Rule 3: who leaves says so: what only he knows of is his until his longest call is over.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from dialer.errors import DialerError
from dialer.node.standing import Patience
from dialer.ports import Clock
from dialer.ports.nodes import Nodes

BEAT_SECONDS = 2.0
LEASE_SECONDS = 8.0
log = structlog.get_logger(__name__)


class Heartbeat:
    """The beat of one node."""

    def __init__(self, nodes: Nodes, clock: Clock, node: str, keep_time: Callable[[], Awaitable[None]] | None) -> None:
        """keep_time: sets the clock by the database's, where it has one."""
        self._nodes, self._clock, self._node, self._keep_time = nodes, clock, node, keep_time
        self._began = self._last = float("-inf")  # of the beats without a gap; monotonic
        self._alive: tuple[str, ...] = ()

    @property
    def is_first(self) -> bool:
        """Of the nodes that live, this one does what one has to do for all."""
        return self._alive[:1] == (self._node,)

    @property
    def may_judge(self) -> bool:
        """Others have had the time to be heard."""
        now = self._clock.monotonic()
        return now - self._began >= LEASE_SECONDS and now - self._last < LEASE_SECONDS

    async def run(self) -> None:
        """Standing task."""
        patience = Patience("heartbeat")
        while True:
            await patience.step(self.beat)
            await asyncio.sleep(BEAT_SECONDS)

    async def beat(self) -> None:
        """Say it once."""
        if self._keep_time is not None:
            await self._keep_time()
        now, at = self._clock.now(), self._clock.monotonic()
        alive = await self._nodes.heartbeat(self._node, now, now + timedelta(seconds=LEASE_SECONDS))
        if at - self._last >= LEASE_SECONDS:
            self._began = at
        self._last = at
        if alive != self._alive:
            log.info("nodes", alive=list(alive))
        self._alive = alive

    async def leave(self, longest_call: timedelta) -> None:
        """No more beats come. Calls that are still going on are finished by their workers, and reported by our next daemon."""
        now = self._clock.now()
        try:
            await self._nodes.leave(self._node, now, now + longest_call)
        except DialerError as fault:
            log.warning("left without a word, other nodes take us for dead", advice=str(fault))


@asynccontextmanager
async def beating(heart: Heartbeat, longest_call: timedelta) -> AsyncIterator[asyncio.Task[None]]:
    """Its standing task, from the beginning to the end of everything that has calls in hand."""
    task = asyncio.create_task(heart.run(), name="heartbeat")
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await heart.leave(longest_call)
