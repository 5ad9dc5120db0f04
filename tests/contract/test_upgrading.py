"""A release and the one before on one database: for every revision since several nodes can work, what the older program writes works after it.

Rule 1: the older program is its tables as they were, column by column, read from a database of that revision, and the statements of its
        claim and its calls. It knows no column that came later.
Rule 2: the newer program is this one, and reads what the older one wrote, before and after.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

import dialer.storage.migrations
from dialer.domain.attempt import AttemptState
from dialer.domain.case import CaseState
from dialer.errors import StorageDown
from dialer.storage import open_storage
from dialer.storage.engine import migrate
from dialer.storage.tables import UtcDateTime
from tests.centre import NUMBER, OTHER_NUMBER, Centre, open_centre
from tests.fakes.clock import HandClock
from tests.postgres import Postgres
from tests.reports import report
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.contract

FIRST = "0005"  # from here on several nodes work on one database
_FOLDER = str(Path(dialer.storage.migrations.__file__).parent)
REVISIONS = sorted(each.revision for each in ScriptDirectory(_FOLDER).walk_revisions())
BEFORE_HEAD = [revision for revision in REVISIONS if FIRST <= revision < REVISIONS[-1]]
THIRD = "13700137000"
NOW = HandClock().now()
ONLY_ADDED_TO = ("script_log",)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'quanzu.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


@dataclass
class OldProgram:
    """The program of an earlier revision: its connections, and its tables as it knows them."""

    engine: AsyncEngine
    tables: sa.MetaData

    def __getattr__(self, name: str) -> sa.Table:
        return self.tables.tables[name]

    async def writes(self, *statements: sa.Executable) -> None:
        """One transaction."""
        async with self.engine.begin() as db:
            for statement in statements:
                await db.execute(statement)

    async def rows(self, table: sa.Table, **such: Any) -> list[Mapping[str, Any]]:
        where = [table.c[name] == value for name, value in such.items()]
        async with self.engine.begin() as db:
            return [dict(row) for row in (await db.execute(sa.select(table).where(*where))).mappings()]

    # --- what it does, in its own words

    async def takes_an_alert(self, name: str, number: str) -> None:
        """On somebody whom nobody knows. Ids are `name` and what it is."""
        person, case = f"{name}-person", f"{name}-case"
        await self.writes(
            self.contacts.insert().values(id=person, surname=""),
            self.numbers.insert().values(number=number, contact_id=person),
            *([self._on_the_ladder(person, number)] if "rungs" in self.tables.tables else []),
            self.cases.insert().values(
                id=case, contact_id=person, number=number, grade="高", fraud_type="brushing", state="open",
                opened_at=NOW, version=0,
            ),
            self._alert(name, case, number),
            self.attempts.insert().values(
                id=f"{name}-attempt", case_id=case, contact_id=person, number=number, state="due", reason="alert",
                urgency=1, sum_yuan=0, created_at=NOW, due_at=NOW, deadline=NOW + timedelta(minutes=5),
            ),
            self._history(case, "alert_accepted"),
            self.outbox.insert().values(kind="case_opened", case_id=case, payload={"v": 1, "facts": {}}, created_at=NOW),
        )  # fmt: skip

    async def folds_an_alert(self, name: str, into: str, number: str) -> None:
        case = f"{into}-case"
        raised = self.cases.update().where(self.cases.c.id == case, self.cases.c.version == await self._version(case))
        await self.writes(
            raised.values(grade="特急", version=self.cases.c.version + 1),
            self._alert(name, case, number),
            self._history(case, "alert_accepted"),
        )

    async def claims(self, name: str) -> None:
        attempt, person = f"{name}-attempt", f"{name}-person"
        async with self.engine.begin() as db:
            free = sa.select(self.contacts.c.id).where(self.contacts.c.id == person, self.contacts.c.live_attempt == "")
            assert (await db.execute(free.with_for_update(skip_locked=True))).first() is not None
            due = sa.select(self.attempts.c.id).where(self.attempts.c.id == attempt, self.attempts.c.state == "due")
            assert (await db.execute(due.with_for_update(skip_locked=True))).first() is not None
            await db.execute(self.contacts.update().where(self.contacts.c.id == person).values(live_attempt=attempt))
            columns = {"state": "claimed", "owner": "old", "lease_until": NOW + timedelta(seconds=8)}
            mine = self.attempts.update().where(self.attempts.c.id == attempt)
            await db.execute(mine.values(fence=self.attempts.c.fence + 1, **columns))

    async def dials(self, name: str) -> None:
        mine = self.attempts.c.id == f"{name}-attempt"
        await self.writes(
            self.attempts.update().where(mine, self.attempts.c.state == "claimed").values(
                state="dialling", call_id=f"{name}@old", dialled_at=NOW
            ),
            self._history(f"{name}-case", "attempt_dialling"),
        )  # fmt: skip

    async def hears_the_end(self, name: str) -> None:
        """The person promised; he is rung again in half an hour."""
        attempt, case, person = f"{name}-attempt", f"{name}-case", f"{name}-person"
        await self.writes(
            self.attempts.update().where(self.attempts.c.id == attempt).values(
                state="ended", ended_at=NOW, lease_until=None, rang="yes", cause="normal", conclusion="promised",
                outcome="reached_promised", answered_at=NOW, facts={"promised": "yes"},
            ),
            self.contacts.update().where(self.contacts.c.live_attempt == attempt).values(live_attempt=""),
            self.contacts.update().where(self.contacts.c.id == person).values(
                clear_at=NOW + timedelta(minutes=2), calls_day=date(2026, 11, 22), calls_today=1
            ),
            self.cases.update().where(self.cases.c.id == case).values(
                state="follow_up", outcome="reached_promised", follow_ups=1, version=self.cases.c.version + 1
            ),
            self.attempts.insert().values(
                id=f"{name}-next", case_id=case, contact_id=person, number=(await self._number(case)), state="due",
                reason="follow_up", urgency=1, sum_yuan=0, created_at=NOW, due_at=NOW + timedelta(minutes=30),
                deadline=NOW + timedelta(minutes=35),
            ),
            self.work_items.insert().values(
                id=f"{name}-work", case_id=case, kind="visit", reason="not_persuaded", state="wanted", created_at=NOW,
                deadline=NOW + timedelta(hours=2),
            ),
        )  # fmt: skip

    def _on_the_ladder(self, person: str, number: str) -> sa.Executable:
        return self.rungs.insert().values(contact_id=person, number=number, place=0, kind="mobile")

    def _alert(self, name: str, case: str, number: str) -> sa.Executable:
        told = {"source": "bank", "external_id": name, "received_at": NOW, "state": "accepted", "case_id": case}
        known = {"grade": "高", "fraud_type": "brushing", "number": number, "facts": {}, "body": "{}"}
        return self.alerts.insert().values(id=f"{name}-alert", body_sha256=name, **told, **known)

    def _history(self, case: str, what: str) -> sa.Executable:
        return self.history.insert().values(case_id=case, what=what, facts={}, at=NOW)

    async def _version(self, case: str) -> int:
        [row] = await self.rows(self.cases, id=case)
        return int(row["version"])

    async def _number(self, case: str) -> str:
        [row] = await self.rows(self.cases, id=case)
        return str(row["number"])


@asynccontextmanager
async def program_of(url: str, revision: str) -> AsyncIterator[OldProgram]:
    """The program of this revision, on a database that it has made."""
    address = make_url(url)
    driver = "sqlite+aiosqlite" if address.get_backend_name() == "sqlite" else "postgresql+asyncpg"
    engine = create_async_engine(address.set(drivername=driver))
    try:
        tables = sa.MetaData()
        async with engine.begin() as db:
            await db.run_sync(migrate, revision)
            await db.run_sync(tables.reflect)
        _aware(tables)
        yield OldProgram(engine, tables)
    finally:
        await engine.dispose()


def _aware(tables: sa.MetaData) -> None:
    """Times as every release wrote them: aware to PostgreSQL, without a zone and in UTC to SQLite."""
    for table in tables.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.DateTime):
                column.type = UtcDateTime()


async def upgraded(url: str) -> None:
    """A node of this release starts, on its own connections."""
    async with open_storage(url):
        pass


def _value(column: sa.Column[Any], made: Mapping[tuple[str, str], Any], what: str) -> Any:
    for key in column.foreign_keys:
        return made[key.column.table.name, key.column.name]
    kind = column.type
    if isinstance(kind, sa.String):
        return f"{what}-{column.name}"[: kind.length or 200]
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return 1
    if isinstance(kind, sa.Float):
        return 0.5
    if isinstance(kind, sa.Date):
        return date(2026, 11, 22)
    if isinstance(kind, sa.JSON):
        return {"what": what}
    return datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


async def _writes_every_table(db: AsyncConnection, old: OldProgram, what: str) -> None:
    """One row in each table, with every column that the older program knows and no other; then changed."""
    made: dict[tuple[str, str], Any] = {}
    for table in old.tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        numbered = [column for column in table.primary_key if isinstance(column.type, sa.Integer)]
        given = [
            column
            for column in table.columns
            if column not in numbered or column.foreign_keys or len(table.primary_key) > 1
        ]
        row = {column.name: _value(column, made, what) for column in given}
        done = await db.execute(table.insert().values(row))
        keys = dict(zip((column.name for column in table.primary_key), done.inserted_primary_key or (), strict=False))
        for column in table.columns:
            made[table.name, column.name] = row.get(column.name, keys.get(column.name))
        if table.name in ONLY_ADDED_TO:
            continue
        here = [column == made[table.name, column.name] for column in table.primary_key]
        changed = {column.name: row[column.name] for column in given if not column.primary_key}
        if changed:
            assert (await db.execute(table.update().where(*here).values(changed))).rowcount == 1


@pytest.mark.parametrize("revision", BEFORE_HEAD)
async def test_every_row_that_an_older_program_writes_can_be_written_after_the_upgrade(url: str, revision: str) -> None:
    async with program_of(url, revision) as old:
        async with old.engine.begin() as db:
            await _writes_every_table(db, old, "before")
        await upgraded(url)

        async with old.engine.begin() as db:
            await _writes_every_table(db, old, "after")
        for name in ("contacts", "cases", "attempts", "work_items", "history", "outbox"):
            assert len(await old.rows(old.tables.tables[name])) == 2


@pytest.mark.parametrize("revision", BEFORE_HEAD)
async def test_a_node_of_an_older_program_works_on_beside_this_one(url: str, revision: str) -> None:
    async with program_of(url, revision) as old:
        await old.takes_an_alert("a", NUMBER)
        await old.claims("a")
        await old.dials("a")
        await old.takes_an_alert("b", OTHER_NUMBER)
        await upgraded(url)

        await old.hears_the_end("a")  # of a call that went on meanwhile
        await old.folds_an_alert("a2", "a", NUMBER)
        await old.claims("b")
        await old.dials("b")
        await old.takes_an_alert("c", THIRD)
        async with open_centre(url) as centre:
            await _the_new_node_goes_on(centre, old)


async def _the_new_node_goes_on(centre: Centre, old: OldProgram) -> None:
    story = await centre.story("a-case")
    assert (story.case.state, len(story.alerts), [item.id for item in story.work]) == (
        CaseState.FOLLOW_UP,
        2,
        ["a-work"],
    )
    assert [attempt.state for attempt in story.attempts] == [AttemptState.ENDED, AttemptState.DUE]
    assert [each.id for each in await centre.storage.casebook.due_attempts(NOW, 9)] == ["c-attempt"]  # b is being rung

    talking = await centre.dial()
    await centre.runner.finish(report(NOW, cause=HangupCause.NO_ANSWER, attempt=talking.id), NOW)
    now = centre.clock.now()
    await centre.runner.finish(report(now, conclusion=Conclusion.WRONG_PERSON, attempt="b-attempt"), now)
    assert (await centre.story("b-case")).case.numbers.shut == (0,)
    known = await centre.alert(id="n-1", number=NUMBER, source="carrier")
    assert (known.case_id, known.folded) == ("a-case", True)
    [row] = await old.rows(old.attempts, id=talking.id)
    assert (row["state"], row["outcome"]) == ("ended", "not_reached")

    both = [{"number": THIRD, "kind": "mobile"}]  # whom the older program knew as two people
    joined = await centre.alert(id="n-2", number=NUMBER, numbers=both, source="carrier")
    assert joined.case_id == "a-case"
    assert {each.tail for each in await centre.storage.contacts.numbers_of("a-case")} == {NUMBER[-4:], THIRD[-4:]}
    [gone] = await old.rows(old.cases, id="c-case")
    assert gone["state"] == "closed"  # and so the older program rings it no more


# --- the other way round: this program on tables of a release that it does not know


async def _a_newer_release_starts(url: str) -> None:
    """Its migration adds a column and a table, as ours do."""
    address = make_url(url)
    driver = "sqlite+aiosqlite" if address.get_backend_name() == "sqlite" else "postgresql+asyncpg"
    engine = create_async_engine(address.set(drivername=driver))
    async with engine.begin() as db:
        for table in ("contacts", "cases", "attempts", "alerts", "work_items"):
            await db.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN of_later VARCHAR(9) DEFAULT '' NOT NULL")
        await db.exec_driver_sql("CREATE TABLE of_later (id INTEGER PRIMARY KEY)")
        await db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await engine.dispose()


async def test_a_node_that_runs_goes_on_when_a_newer_release_has_migrated(url: str) -> None:
    async with open_centre(url) as centre:
        first = await centre.alert(id="a-1", grade="高")
        talking = await centre.dial()
        await _a_newer_release_starts(url)

        now = centre.clock.now()
        await centre.runner.finish(report(now, conclusion=Conclusion.PROMISED, attempt=talking.id), now)
        centre.clock.pass_by(1)
        await centre.alert(id="a-2", number=OTHER_NUMBER)
        assert (await centre.dial()).number == OTHER_NUMBER
        await centre.call_ends(HangupCause.BUSY)
        folded = await centre.alert(id="a-3", numbers=[{"number": OTHER_NUMBER, "kind": "mobile"}])
        assert folded.case_id == first.case_id
        assert len((await centre.story(first.case_id)).alerts) == 3
        assert len(await centre.storage.outbox.unpublished(99)) > 5


async def test_an_older_node_that_starts_on_newer_tables_says_so_in_one_sentence_and_changes_nothing(url: str) -> None:
    async with open_centre(url) as centre:
        await centre.alert()
        await _a_newer_release_starts(url)

        with pytest.raises(StorageDown) as told:
            await upgraded(url)
        assert str(told.value) == (
            "The database was made by another version of Quanzu. Install that version, or a newer one."
        )
        assert (await centre.dial()).number == NUMBER  # whoever runs already does not notice
