"""Published script versions. Publishing an old version again makes it the current one; nothing is ever removed."""

from collections.abc import Sequence

import sqlalchemy as sa

from dialer.ports import ScriptVersion
from dialer.storage import mapping
from dialer.storage.engine import Engines
from dialer.storage.tables import script_versions

_newest_first = sa.select(script_versions).order_by(script_versions.c.id.desc()).limit(1)


class SqlScriptShelf:
    """Holds dialer.ports.ScriptShelf."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def publish(self, version: ScriptVersion) -> bool:
        async with self._engines.write() as db:
            latest = _newest_first.where(script_versions.c.code == version.code)
            row = (await db.execute(latest)).mappings().first()
            if row is not None and row["hash"] == version.hash:
                return False
            await db.execute(script_versions.insert().values(**mapping.script_columns(version)))
            return True

    async def current(self, code: str) -> ScriptVersion | None:
        return await self._one(script_versions.c.code == code)

    async def by_hash(self, script_hash: str) -> ScriptVersion | None:
        return await self._one(script_versions.c.hash == script_hash)

    async def codes(self) -> Sequence[str]:
        every = sa.select(script_versions.c.code).distinct().order_by(script_versions.c.code)
        async with self._engines.read() as db:
            return list((await db.execute(every)).scalars())

    async def _one(self, which: sa.ColumnElement[bool]) -> ScriptVersion | None:
        async with self._engines.read() as db:
            row = (await db.execute(_newest_first.where(which))).mappings().first()
            return mapping.script_version(row) if row else None
