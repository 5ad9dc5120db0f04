"""Tells the world what was committed: the outbox's rows, in order, at least once.

Rule 1: a row is marked only after the broker has it; a crash in between tells it again, under the same id.
Rule 2: rows are told in order. When one fails, those after it are told again, so that what is first heard is in order too.
Rule 3: of several nodes one tells; while it is found out which, news may be told twice.
Rule 4: other processes write rows as well; nothing waits longer than POLL_SECONDS to be noticed.
"""

import asyncio
from collections.abc import Callable, Sequence

from dialer.bus import payloads
from dialer.bus.payloads import News
from dialer.bus.port import Publisher
from dialer.bus.topics import Topics
from dialer.errors import BrokerDown
from dialer.node.standing import Rounds
from dialer.ports import Clock, Outbox, OutboxRow

POLL_SECONDS = 0.25
MOST_AT_ONCE = 100  # between two transactions that mark them


class OutboxPump:
    """One per daemon."""

    def __init__(
        self,
        outbox: Outbox,
        publisher: Publisher,
        topics: Topics,
        clock: Clock,
        *,
        is_ours: Callable[[], bool] = lambda: True,
    ) -> None:
        self._outbox, self._publisher, self._topics, self._clock = outbox, publisher, topics, clock
        self._is_ours = is_ours
        self._rounds = Rounds("outbox", POLL_SECONDS)

    def wake(self) -> None:
        """Something was just committed."""
        self._rounds.wake()

    async def run(self) -> None:
        """Standing task."""
        await self._rounds.run(self.tell_all)

    async def tell_all(self) -> None:
        """Everything that is in the outbox now, if it is ours to tell. Raises BrokerDown when the broker does not take it."""
        while self._is_ours() and (rows := await self._outbox.unpublished(MOST_AT_ONCE)):
            told, fault = await self._tell(rows)
            if told:
                await self._outbox.mark_published([row.id for row in told], self._clock.now())
            if fault is not None:
                raise fault

    async def _tell(self, rows: Sequence[OutboxRow]) -> tuple[Sequence[OutboxRow], BrokerDown | None]:
        """The rows that the world has without a gap, and what went wrong with the next one."""
        all_news: list[News] = [payloads.news(row, self._topics) for row in rows]
        publishing = [self._publisher.publish(news.topic, news.payload) for news in all_news]
        for count, result in enumerate(await asyncio.gather(*publishing, return_exceptions=True)):
            if isinstance(result, BrokerDown):
                return rows[:count], result
            if isinstance(result, BaseException):
                raise result
        return rows, None
