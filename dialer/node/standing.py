"""How a standing task lives with what may heal by itself: a full disk, a database that is away, a broker that is down."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from dialer.errors import DialerError

WAIT_SECONDS = 1.0
log = structlog.get_logger(__name__)


class Patience:
    """Tells an ailment once and its end once, instead of a line a second."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._told = ""

    async def step(self, step: Callable[[], Awaitable[object]]) -> bool:
        """Do one step; False when it failed and may heal. What cannot heal is raised, and the daemon goes down loudly."""
        try:
            await step()
        except DialerError as fault:
            if not fault.retryable:
                raise
            if str(fault) != self._told:
                log.error("standing task cannot work, trying again", task=self._task, advice=str(fault))
            self._told = str(fault)
            await asyncio.sleep(WAIT_SECONDS)
            return False
        if self._told:
            log.info("standing task works again", task=self._task)
            self._told = ""
        return True


class Rounds:
    """A standing task that looks every so often, and at once when it is woken."""

    def __init__(self, task: str, seconds: float) -> None:
        self._patience, self._seconds = Patience(task), seconds
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    async def run(self, step: Callable[[], Awaitable[object]]) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            await self._patience.step(step)
            with suppress(TimeoutError):  # not wait_for: it forgets a cancellation that comes together with a wake-up
                async with asyncio.timeout(self._seconds):
                    await self._woken.wait()
