"""What was committed and not yet told to the world."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from dialer.ports import OutboxRow
from dialer.storage.engine import Engines
from dialer.storage.tables import outbox


class SqlOutbox:
    """Holds dialer.ports.Outbox."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]:
        waiting = sa.select(outbox).where(outbox.c.published_at.is_(None)).order_by(outbox.c.id).limit(limit)
        async with self._engines.read() as db:
            rows = (await db.execute(waiting)).mappings()
            return [
                OutboxRow(row["id"], row["kind"], row["case_id"], row["payload"], row["created_at"]) for row in rows
            ]

    async def mark_published(self, ids: Sequence[int], now: datetime) -> None:
        told = outbox.update().where(outbox.c.id.in_(ids), outbox.c.published_at.is_(None))
        async with self._engines.write() as db:
            await db.execute(told.values(published_at=now))
