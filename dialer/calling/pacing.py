"""Starts due attempts: 特急 first, then the earliest deadline, never more than there are lines and workers.

Rule 1: a claim is taken only for a call that can start now; whose turn it is, is `dialer.domain.degrading`'s.
Rule 2: other processes write alerts too (the command line, another node); nothing due is noticed later than POLL_SECONDS, or than
        the database tells of it where it can.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import datetime

from dialer.domain.attempt import ClaimedAttempt
from dialer.domain.degrading import Room, begun
from dialer.domain.policy import Policy
from dialer.errors import NumberListed
from dialer.node.standing import Rounds
from dialer.ports import AttemptQueue, Clock

POLL_SECONDS = 0.2
AT_ONCE = 2  # claims between two looks: while many lines are filled a 特急 may come, and is the next one then
LOOKED_PAST = 50  # calls that may have to be passed over, because they wait for an officer


class Pacing:
    """Decides which due attempts may start now."""

    def __init__(
        self,
        queue: AttemptQueue,
        clock: Clock,
        node: str,
        *,
        policy: Policy,
        room: Callable[[], Room],
        in_hand: Callable[[str], AbstractContextManager[None]],
        start: Callable[[ClaimedAttempt], None],
        barred: Callable[[str, datetime], Awaitable[object]],
        lease_seconds: float,
        look_seconds: float = POLL_SECONDS,
    ) -> None:
        self._queue, self._clock, self._node = queue, clock, node
        self._policy, self._room = policy, room
        self._in_hand, self._start, self._lease_seconds = in_hand, start, lease_seconds
        self._barred = barred
        self._nobody_waited_at = clock.monotonic()
        self._rounds = Rounds("pacing", look_seconds)

    def wake(self) -> None:
        """Something may have become due, or a line has become free."""
        self._rounds.wake()

    def short_for(self) -> float:
        """Seconds since when somebody has always been left waiting for a line."""
        return self._clock.monotonic() - self._nobody_waited_at

    async def run(self) -> None:
        """Standing task."""
        await self._rounds.run(self.start_what_is_due)

    async def start_what_is_due(self) -> int:
        """Claim and start as many as can be; how many that were."""
        started, room = 0, self._room()
        if room.lines <= 0:
            return 0
        now = self._clock.now()
        waiting = await self._queue.due_attempts(now, room.lines + LOOKED_PAST)
        chosen = begun(self._policy, waiting, room, now)
        if len(chosen) == len(waiting):
            self._nobody_waited_at = self._clock.monotonic()
        for due in chosen:
            if started == AT_ONCE:
                self.wake()
                break
            with self._in_hand(due.id):  # or the sweep could take the claim for a dead daemon's before it is started
                try:
                    claimed = await self._queue.claim(due.id, self._node, self._clock.now(), self._lease_seconds)
                except NumberListed:
                    await self._barred(due.id, self._clock.now())  # an officer, or the person's next number
                    continue
                if claimed is not None:
                    self._start(claimed)
                    started += 1
        return started
