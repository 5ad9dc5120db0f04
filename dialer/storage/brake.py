"""Orders of the emergency stop: rows that are only added, the newest one holds."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain.stop import StopLevel, StopOrder
from dialer.storage.engine import Engines
from dialer.storage.tables import stop_orders

_newest_first = sa.select(stop_orders).order_by(stop_orders.c.epoch.desc())
_level = sa.select(stop_orders.c.level).order_by(stop_orders.c.epoch.desc()).limit(1).scalar_subquery()
NOT_STOPPED: sa.ColumnElement[bool] = sa.func.coalesce(_level, StopLevel.GO.value) == StopLevel.GO.value


class SqlBrake:
    """Holds dialer.ports.Brake."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def order_in_force(self) -> StopOrder:
        async with self._engines.read() as db:
            return await in_force(db)

    async def order(self, level: StopLevel, who: str, why: str, at: datetime) -> StopOrder:
        async with self._engines.write() as db:
            await db.execute(stop_orders.insert().values(level=level.value, who=who, why=why, at=at))
            return await in_force(db)

    async def orders(self, limit: int) -> Sequence[StopOrder]:
        async with self._engines.read() as db:
            return [_order(row) for row in (await db.execute(_newest_first.limit(limit))).mappings()]


async def in_force(db: AsyncConnection) -> StopOrder:
    """The order that holds, as this transaction sees it."""
    row = (await db.execute(_newest_first.limit(1))).mappings().first()
    return StopOrder(0) if row is None else _order(row)


def _order(row: sa.RowMapping) -> StopOrder:
    return StopOrder(row["epoch"], StopLevel(row["level"]), row["who"], row["why"], row["at"])
