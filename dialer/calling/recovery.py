"""What became of calls whose worker, daemon or machine died: settles what is over, touches nothing that lives.

Rule 1: while a worker lives (its lock is held) its attempt is its own; nobody rings that person.
Rule 2: a report in the spool is committed before it is forgotten, and committing it twice changes nothing.
Rule 3: a dead worker without a report is judged by its progress: no INVITE, never rang; INVITE, may have rung.
        Whose answer was committed before is rung back at once, if dialer.domain.callback allows it.
Rule 4: a report that says no more than that nothing was dialled is such a loss, too: the person is due again at once.
Rule 5: this node's spool proves what is in it of any call; what is not in it proves something of this node's calls alone.
Rule 6: of another node's call that may have rung nobody knows until that node reports, or its longest call after its lease is over:
        it is taken from that node, an officer is asked at once if it is serious, and nobody is rung before.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import structlog

from dialer.clock import moved
from dialer.domain.attempt import AttemptState, Hold, UnfinishedAttempt
from dialer.errors import CaseConflict, DialerError, NotOnFile, TrunkDown
from dialer.filing.runner import Runner
from dialer.node.standing import Patience
from dialer.ports import AttemptQueue, Clock
from dialer.ports.calllog import CallLog
from voice.messages import Progress
from voice.report import CallReport, HangupCause, Rang
from voice.workers import spool

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 1.0

_RANG = {
    None: Rang.NEVER,  # the worker never took the order up
    Progress.ACCEPTED: Rang.NEVER,
    Progress.INVITING: Rang.MAYBE,
    Progress.RINGING: Rang.YES,
    Progress.ANSWERED: Rang.YES,
}


class Recovery:
    """Settles attempts that nobody of this daemon conducts."""

    def __init__(
        self,
        runner: Runner,
        calls: CallLog,
        queue: AttemptQueue,
        clock: Clock,
        spool_dir: Path,
        *,
        node: str,
        longest_call: timedelta,
        may_judge: Callable[[], bool],
        ahead: Callable[[], timedelta] = timedelta,
    ) -> None:
        """node: whose spool it is. longest_call: of any node. may_judge: a silent node can be told from one that was not asked.
        ahead: by how much the clock is ahead of this machine's, which is all that workers know."""
        self._runner, self._calls, self._queue = runner, calls, queue
        self._clock, self._spool, self._node = clock, spool_dir, node
        self._longest_call, self._may_judge, self._ahead = longest_call, may_judge, ahead
        self._in_hand: Counter[str] = Counter()

    @contextmanager
    def in_hand(self, attempt_id: str) -> Iterator[None]:
        """This daemon claims or conducts this attempt; the sweep leaves it alone. Held from before the claim is committed."""
        self._in_hand[attempt_id] += 1
        try:
            yield
        finally:
            self._in_hand[attempt_id] -= 1
            if not self._in_hand[attempt_id]:
                del self._in_hand[attempt_id]

    async def run(self) -> None:
        """Standing task; the first sweep is made before the first call."""
        patience = Patience("recovery")
        while True:
            await patience.step(self.sweep)
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Settle whatever is over."""
        for attempt in await self._calls.unfinished_attempts():
            if attempt.id in self._in_hand:
                continue
            with suppress(CaseConflict):  # it has moved on since we looked
                if attempt.owner == self._node:
                    await self._settle_own(attempt)
                elif attempt.lease_until <= self._clock.now() and self._may_judge():
                    await self._settle_others(attempt)
        for left in await asyncio.to_thread(lambda: list(spool.read(self._spool))):
            if left.attempt not in self._in_hand and not left.alive:
                await self.settle(left.attempt)

    async def _settle_own(self, attempt: UnfinishedAttempt) -> None:
        """A daemon before this one had it."""
        if attempt.state is AttemptState.CLAIMED:
            log.info("claim of a dead daemon given back", attempt=attempt.id)
            await self._queue.release(attempt.hold, self._clock.now(), "owner_died")
        else:
            await self.settle(attempt.id, attempt.hold)

    async def _settle_others(self, attempt: UnfinishedAttempt) -> None:
        """Its node is silent."""
        now = self._clock.now()
        if attempt.state is AttemptState.CLAIMED:
            log.warning("claim of a silent node given back", attempt=attempt.id, node=attempt.owner)
            await self._queue.release(attempt.hold, now, "node_silent")
        elif attempt.owner:
            over_by = attempt.lease_until + self._longest_call
            if await self._runner.orphan(attempt.hold, over_by, now):
                told = {"node": attempt.owner, "over_by": over_by.isoformat()}
                log.error("call of a silent node, nobody is rung before it is over", attempt=attempt.id, **told)
        elif await self._runner.lose(attempt.id, Rang.MAYBE, now, hold=attempt.hold):
            log.warning("call of a silent node never reported", attempt=attempt.id)

    async def settle(self, attempt_id: str, hold: Hold | None = None) -> None:
        """Commit this attempt's report, or its loss; nothing while its worker lives. hold: it was this node's to conduct."""
        left = await asyncio.to_thread(spool.look, self._spool, attempt_id)
        if left.alive:
            return
        if left.report is not None and left.report.cause is not HangupCause.NEVER_DIALLED:
            await self.reported(left.report)
            return
        rang = _RANG[left.progress] if left.report is None else Rang.NEVER
        nothing_left = left.report is None and left.progress is None
        dead = left.progress is not None  # the lock on its file is free
        hold = hold if nothing_left else None
        try:
            if await self._runner.lose(attempt_id, rang, self._clock.now(), hold=hold, dead=dead):
                log.warning("call lost", attempt=attempt_id, rang=rang.value)
        except NotOnFile:
            await self._set_aside(attempt_id)
            return
        await asyncio.to_thread(spool.forget, self._spool, attempt_id)

    async def reported(self, report: CallReport) -> None:
        """Commit a report and forget its spool file. A database that is away leaves the file for the next sweep."""
        try:
            await self._runner.finish(moved(report, self._ahead()), self._clock.now())
        except NotOnFile:
            await self._set_aside(report.attempt)
            return
        except DialerError as fault:
            log.error("report not committed yet, it stays in the spool", attempt=report.attempt, advice=str(fault))
            return
        await asyncio.to_thread(spool.forget, self._spool, report.attempt)
        log.info("attempt ended", attempt=report.attempt, cause=report.cause.value, conclusion=report.conclusion.value)
        if report.cause is HangupCause.TRUNK_FAULT:
            log.error("trunk fault, the person was not reached", attempt=report.attempt, advice=str(TrunkDown()))

    async def _set_aside(self, attempt_id: str) -> None:
        """The casebook does not know this attempt: somebody gave it another database. Kept for a person, never asked again."""
        log.error("a call of another casebook lies in the spool, it is set aside", attempt=attempt_id)
        await asyncio.to_thread(spool.set_aside, self._spool, attempt_id)
