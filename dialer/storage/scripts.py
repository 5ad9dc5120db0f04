"""Published versions. Publishing an old version again makes it the current one; nothing is ever removed.

Rule 1: the newest row of `script_versions` is the current version of its code, for earlier releases of Quanzu too: what is
        only proposed lies in a table that they do not know.
Rule 2: a proposal remembers the row that was current; when that is not current any more the proposal is closed for good.
Rule 3: a switch and its line in the log are one transaction, and one is made after the other on all nodes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.errors import NotProposed, OwnProposal
from dialer.ports.shelf import Deed, LogLine, Version
from dialer.storage import mapping
from dialer.storage.engine import Engines
from dialer.storage.locks import one_writer_of
from dialer.storage.scripttables import script_log, script_proposals, script_versions

_newest_first = sa.select(script_versions).order_by(script_versions.c.id.desc()).limit(1)


class SqlShelf:
    """Holds dialer.ports.shelf.Shelf."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def publish(self, versions: Sequence[Version], deed: Deed = Deed.PUBLISHED) -> Sequence[str]:
        switched = []
        async with self._engines.write() as db:
            await one_writer_of(db, script_versions)
            for version in versions:
                row = await _current_row(db, version.code)
                if row is None or row["hash"] != version.hash:
                    await db.execute(script_versions.insert().values(**mapping.version_columns(version)))
                    await _note(db, version, deed)
                    switched.append(version.code)
        return switched

    async def propose(self, versions: Sequence[Version]) -> Sequence[str]:
        laid = []
        async with self._engines.write() as db:
            await one_writer_of(db, script_versions)
            for version in versions:
                row = await _current_row(db, version.code)
                known = [each.hash for each in await _open(db, version.code)]
                if version.hash in known or (row is not None and row["hash"] == version.hash):
                    continue
                columns = mapping.proposal_columns(version)
                await db.execute(script_proposals.insert().values(after=row["id"] if row else 0, **columns))
                await _note(db, version, Deed.PROPOSED)
                laid.append(version.code)
        return laid

    async def proposals(self, code: str = "") -> Sequence[Version]:
        async with self._engines.read() as db:
            return await _open(db, code)

    async def approve(self, code: str, version_hash: str, *, by: str, note: str, at: datetime) -> Version:
        async with self._engines.write() as db:
            await one_writer_of(db, script_versions)
            proposed = next((each for each in await _open(db, code) if each.hash == version_hash), None)
            if proposed is None:
                raise NotProposed
            if _same_person(proposed.author, by):
                raise OwnProposal
            version = replace(proposed, published_at=at)
            await db.execute(script_versions.insert().values(**mapping.version_columns(version)))
            await _note(db, replace(version, author=by, note=note), Deed.APPROVED)
            return version

    async def current(self, code: str) -> Version | None:
        async with self._engines.read() as db:
            row = await _current_row(db, code)
            return mapping.version(row) if row else None

    async def by_hash(self, version_hash: str) -> Version | None:
        async with self._engines.read() as db:
            row = (await db.execute(_newest_first.where(script_versions.c.hash == version_hash))).mappings().first()
            return mapping.version(row) if row else None

    async def find(self, code: str, beginning: str) -> Sequence[Version]:
        found: dict[str, Version] = {}
        async with self._engines.read() as db:
            for table in (script_versions, script_proposals):
                begins = sa.func.substr(table.c.hash, 1, len(beginning)) == beginning
                rows = await db.execute(
                    sa.select(table).where(table.c.code == code, begins).order_by(table.c.id.desc())
                )
                for version in map(mapping.version, rows.mappings()):
                    found.setdefault(version.hash, version)
        return list(found.values())

    async def codes(self) -> Sequence[str]:
        every = sa.select(script_versions.c.code).distinct().order_by(script_versions.c.code)
        async with self._engines.read() as db:
            return list((await db.execute(every)).scalars())

    async def log(self, code: str = "") -> Sequence[LogLine]:
        lines = sa.select(script_log).order_by(script_log.c.id)
        if code:
            lines = lines.where(script_log.c.code == code)
        async with self._engines.read() as db:
            return [mapping.log_line(row) for row in (await db.execute(lines)).mappings()]


async def _current_row(db: AsyncConnection, code: str) -> sa.RowMapping | None:
    return (await db.execute(_newest_first.where(script_versions.c.code == code))).mappings().first()


async def _open(db: AsyncConnection, code: str) -> Sequence[Version]:
    newest = sa.select(sa.func.coalesce(sa.func.max(script_versions.c.id), 0)).where(
        script_versions.c.code == script_proposals.c.code
    )
    waiting = sa.select(script_proposals).where(script_proposals.c.after == newest.scalar_subquery())
    if code:
        waiting = waiting.where(script_proposals.c.code == code)
    rows = (await db.execute(waiting.order_by(script_proposals.c.id))).mappings()
    return [mapping.version(row) for row in rows]


async def _note(db: AsyncConnection, version: Version, deed: Deed) -> None:
    line = LogLine(version.code, version.hash, deed, version.author, version.note, version.published_at)
    await db.execute(script_log.insert().values(**mapping.log_columns(line)))


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
