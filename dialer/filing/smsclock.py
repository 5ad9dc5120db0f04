"""The clock of SMS that go out while nobody reaches the person: looks whose time has come. What follows is casework's decision.

Rule: it may run on every node. The time is a column of the case; whoever locks the case first moves it, and the others find it moved.
"""

from dialer.domain.events import SmsTimeCame
from dialer.domain.policy import Occasion, Policy
from dialer.errors import CaseConflict
from dialer.filing.applying import apply
from dialer.node.standing import Rounds
from dialer.ports import Clock
from dialer.ports.casefile import CaseFiles
from dialer.ports.work import SmsViews

POLL_SECONDS = 2.0
MOST_AT_ONCE = 100


class SmsClock:
    """One per daemon."""

    def __init__(self, files: CaseFiles, views: SmsViews, policy: Policy, clock: Clock) -> None:
        self._files, self._views, self._policy, self._clock = files, views, policy, clock
        self._rounds = Rounds("sms clock", POLL_SECONDS)

    async def run(self) -> None:
        """Standing task."""
        await self._rounds.run(self.look)

    async def look(self) -> None:
        """Once, for everybody whose time has come."""
        for case_id in await self._views.sms_times(self._clock.now(), MOST_AT_ONCE):
            try:
                await self._strike(case_id)
            except CaseConflict:  # somebody works on the case; it is found again
                continue

    async def _strike(self, case_id: str) -> None:
        now = self._clock.now()
        async with self._files.transaction() as file:
            case = await file.case(case_id)
            if case.sms_again_at is None or case.sms_again_at > now:
                return  # another node was faster
            sent = await file.sms_sent(case.id, Occasion.NOT_REACHED)
            await apply(self._policy, file, case, SmsTimeCame(sent, await file.was_met(case.id)), now)
