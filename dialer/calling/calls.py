"""The calls of this daemon: each a task of its own, in hand from the claim until the task has ended."""

import asyncio
from contextlib import ExitStack

import structlog

from dialer.calling.caller import Caller
from dialer.calling.pacing import Pacing
from dialer.calling.recovery import Recovery
from dialer.domain.attempt import ClaimedAttempt

log = structlog.get_logger(__name__)


class Calls:
    """The attempts that this daemon conducts, each in its task."""

    def __init__(self, caller: Caller, recovery: Recovery) -> None:
        self._caller, self._recovery = caller, recovery
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def count(self) -> int:
        """Each of them needs one worker and one line."""
        return len(self._tasks)

    def start(self, attempt: ClaimedAttempt, pacing: Pacing) -> None:
        held = ExitStack()
        held.enter_context(self._recovery.in_hand(attempt.id))  # now, not when the task gets its first turn
        task = asyncio.create_task(self._caller.conduct(attempt), name=f"call {attempt.id}")
        self._tasks.add(task)

        def over(done: asyncio.Task[None]) -> None:
            held.close()
            self._tasks.discard(done)
            pacing.wake()
            if not done.cancelled() and (fault := done.exception()) is not None:
                log.error("a call's task died; recovery settles the attempt", attempt=attempt.id, exc_info=fault)

        task.add_done_callback(over)

    async def leave(self) -> None:
        """Let go of all calls: their workers see the wire end and finish alone."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
