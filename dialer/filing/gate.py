"""Where alerts come in, whatever way: the source's quota, the intake, and a word to pacing.

Rule: over the quota, a door that can say "send it again" says so and keeps nothing; one that cannot keeps the alert as rejected.
"""

from collections.abc import Callable, Sequence

import structlog

from dialer.errors import AlertRejected
from dialer.filing.intake import Intake
from dialer.filing.quota import Quotas
from dialer.ports import Answer

log = structlog.get_logger(__name__)


class Gate:
    """One for all doors of this node."""

    def __init__(self, intake: Intake, quotas: Quotas, wake: Callable[[], None]) -> None:
        self._intake, self.quotas, self._wake = intake, quotas, wake

    async def take(self, body: bytes, source: str) -> Answer:
        """An alert that its door has admitted. Raises only what is retryable."""
        answer = await self._intake.take(body, source)
        self._wake()
        return answer

    async def take_together(self, given: Sequence[tuple[bytes, str]]) -> list[Answer]:
        """As `take_all`, for alerts that came together: what they cost hangs on how many transactions there are."""
        admitted = [self.quotas.admit(source) for _, source in given]
        filed = iter(await self._intake.take_together([each for each, may in zip(given, admitted, strict=True) if may]))
        self._wake()
        return [
            next(filed) if may else await self._refuse(body, source)
            for (body, source), may in zip(given, admitted, strict=True)
        ]

    async def take_all(self, body: bytes, source: str) -> Answer:
        """For a door through which nothing can be sent back: over the quota, kept as rejected."""
        if self.quotas.admit(source):
            return await self.take(body, source)
        return await self._refuse(body, source)

    async def _refuse(self, body: bytes, source: str) -> Answer:
        log.error("a source sends more than it may, its alert is kept as rejected", source=source)
        limit = f"this source may send {self.quotas.limit(source)} alerts a minute; send it again"
        return await self._intake.refuse(body, source, AlertRejected("over_quota", "", limit))
