"""A centre without telephones: real storage, real runner, a clock moved by hand. Tests of the casebook read like its work."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dialer.dialplan import DialPlan
from dialer.domain.attempt import ClaimedAttempt, Hold
from dialer.domain.policy import Policy
from dialer.filing.intake import Intake
from dialer.filing.runner import Runner
from dialer.ports import Answer
from dialer.ports.views import CaseStory
from dialer.storage import Storage, open_storage
from tests.fakes.clock import HandClock
from tests.reports import report
from voice.report import HangupCause

NUMBER = "13800138000"
OTHER_NUMBER = "13900139000"
LEASE_SECONDS = 30.0


@dataclass
class Centre:
    """What a daemon has, without lines."""

    storage: Storage
    clock: HandClock = field(default_factory=HandClock)
    node: str = "node-1"

    def __post_init__(self) -> None:
        self.runner = Runner(self.storage.casebook, Policy())
        self.intake = Intake(self.runner, DialPlan(), self.clock)

    async def alert(self, *, source: str = "test", **given: object) -> Answer:
        """An alert on somebody arrives."""
        body = {"number": NUMBER, "grade": "高", "fraud_type": "flight_refund", **given}
        return await self.intake.take(json.dumps(body).encode(), source)

    async def claim(self, node: str = "") -> ClaimedAttempt | None:
        """The most urgent due attempt is claimed, if there is one."""
        for due in await self.storage.casebook.due_attempts(self.clock.now(), 1):
            return await self.storage.casebook.claim(due.id, node or self.node, self.clock.now(), LEASE_SECONDS)
        return None

    async def dial(self) -> ClaimedAttempt:
        """The most urgent due attempt is claimed and its INVITE may leave."""
        claimed = await self.claim()
        assert claimed is not None, "nothing is due"
        await self.begin_dialling(claimed.hold)
        return claimed

    async def begin_dialling(self, hold: Hold, *, hours_rule: str = "") -> None:
        await self.storage.casebook.begin_dialling(
            hold,
            call_id="call-of-" + hold.attempt,
            script_hash="f" * 64,
            now=self.clock.now(),
            hours_rule=hours_rule,
        )

    async def call_ends(self, cause: HangupCause) -> None:
        """The call that is going on, or else the next one, ends so."""
        live = await self.storage.casebook.unfinished_attempts()
        attempt_id = live[0].id if live else (await self.dial()).id
        await self.runner.finish(report(self.clock.now(), cause, attempt=attempt_id), self.clock.now())

    async def story(self, case_id: str) -> CaseStory:
        story = await self.storage.views.story(case_id)
        assert story is not None
        return story

    async def told(self) -> list[str]:
        """Kinds of everything in the outbox."""
        return [row.kind for row in await self.storage.outbox.unpublished(1000)]


@asynccontextmanager
async def open_centre(url: str) -> AsyncIterator[Centre]:
    """A centre over the database at this address."""
    async with open_storage(url) as storage:
        yield Centre(storage)
