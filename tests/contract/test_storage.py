"""Storage in bad times: full disks, locks, damaged and newer files, servers that go; and its tables against its migrations."""

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from asyncpg import ConnectionDoesNotExistError, InterfaceError
from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dialer.domain.grade import Grade
from dialer.errors import DiskFull, SettingsFault, StorageDown
from dialer.storage import open_storage, storage_over
from dialer.storage.engine import open_engines
from dialer.storage.faults import told_as_ours
from dialer.storage.tables import metadata
from tests.centre import OTHER_NUMBER, Centre, open_centre
from tests.postgres import Postgres

pytestmark = pytest.mark.contract


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "quanzu.db"


async def test_the_migrations_make_the_tables_that_the_code_knows(database: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with open_engines(database) as engines, engines.read() as db:
        assert await db.run_sync(differences) == []


async def test_the_file_is_safe_against_a_power_cut_and_readers_do_not_wait(file: Path) -> None:
    async with open_engines(f"sqlite:///{file}") as engines, engines.write() as writing:
        assert (await writing.exec_driver_sql("PRAGMA journal_mode")).scalar() == "wal"
        assert (await writing.exec_driver_sql("PRAGMA synchronous")).scalar() == 2
        assert (await writing.exec_driver_sql("PRAGMA foreign_keys")).scalar() == 1
        async with engines.read() as reading:  # while a write goes on
            assert (await reading.exec_driver_sql("SELECT count(*) FROM cases")).scalar() == 0


async def test_a_full_disk_is_said_and_nothing_that_was_accepted_is_lost(file: Path) -> None:
    async with open_engines(f"sqlite:///{file}") as engines:
        centre = Centre(storage_over(engines))
        accepted = []
        async with engines.write() as db:
            pages = (await db.exec_driver_sql("PRAGMA page_count")).scalar_one()
            await db.exec_driver_sql(f"PRAGMA max_page_count={pages + 20}")
        with pytest.raises(DiskFull):
            while True:
                n = len(accepted)
                accepted.append(await centre.alert(id=f"a-{n}", number=f"1380013{n:04}", facts={"x": "y" * 3000}))
        assert accepted
        with pytest.raises(DiskFull):
            await centre.alert(id="one-more", number="13900139000", facts={"x": "y" * 3000})

        async with engines.write() as db:
            await db.exec_driver_sql(f"PRAGMA max_page_count={pages + 2000}")
        lines = await centre.storage.views.cases(1000)
        assert {line.id for line in lines} == {answer.case_id for answer in accepted}
        assert all(line.next_due_at for line in lines)  # whole cases, or none
        assert (await centre.alert(id="one-more", number="13900139000")).accepted


@pytest.mark.parametrize(
    "fault", [ConnectionDoesNotExistError("in the middle of operation"), InterfaceError("it is closed"), PoolTimeout()]
)
def test_what_goes_wrong_besides_a_statement_is_tried_again_too(fault: Exception) -> None:
    """A connection that is lost while the driver itself is asked to listen ended the daemon."""
    with pytest.raises(StorageDown) as told, told_as_ours():
        raise fault
    assert told.value.retryable


async def test_a_fault_inside_a_transaction_undoes_all_of_it(database: str) -> None:
    async with open_centre(database) as centre:
        answer = await centre.alert()
        before = await centre.story(answer.case_id)
        with pytest.raises(RuntimeError):
            async with centre.storage.casebook.transaction() as case_file:
                await case_file.write_history(answer.case_id, "half", {}, centre.clock.now())
                raise RuntimeError

        assert await centre.story(answer.case_id) == before


async def test_a_writer_that_is_cancelled_leaves_no_trace_and_the_next_one_goes_on(database: str) -> None:
    async with open_centre(database) as centre:
        for n in range(20):
            writing = asyncio.create_task(centre.alert(id=f"a-{n}", number=f"138001380{n:02}"))
            for _ in range(n * 3):
                await asyncio.sleep(0)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

        assert (await centre.alert(id="last", number="13900139000")).accepted
        for line in await centre.storage.views.cases(100):
            assert line.next_due_at  # whole, or not there


_ACCEPTS_FOR_EVER = """
import asyncio, sys
from tests.centre import open_centre

async def accept() -> None:
    async with open_centre(sys.argv[1]) as centre:
        for n in range(10**4):
            answer = await centre.alert(id=f"a-{n}", number=f"1380013{n:04}")
            print(answer.case_id, flush=True)

asyncio.run(accept())
"""


async def test_what_was_answered_before_a_kill_is_there_after_it(database: str) -> None:
    daemon = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _ACCEPTS_FOR_EVER, database, stdout=asyncio.subprocess.PIPE
    )
    assert daemon.stdout is not None
    answered = [(await daemon.stdout.readline()).decode().strip() for _ in range(25)]
    daemon.kill()
    answered += (await daemon.stdout.read()).decode().split()
    await daemon.wait()

    async with open_centre(database) as centre:
        lines = {line.id: line for line in await centre.storage.views.cases(1000)}
        whole = [case_id for case_id in answered if len(case_id) == 32]
        assert set(whole) <= set(lines)
        assert all(line.next_due_at for line in lines.values())


async def test_a_folder_that_cannot_be_written_is_one_clear_line() -> None:
    with pytest.raises(StorageDown, match=r"storage\.url"):
        async with open_storage("sqlite:////proc/nowhere/quanzu.db"):
            pass


async def test_a_damaged_file_is_one_clear_line(file: Path) -> None:
    file.write_bytes(b"this is not a database, it is a letter" * 100)

    with pytest.raises(StorageDown, match="damaged"):
        async with open_storage(f"sqlite:///{file}"):
            pass


async def test_a_file_of_a_newer_version_is_left_alone(file: Path) -> None:
    async with open_storage(f"sqlite:///{file}"):
        pass
    with sqlite3.connect(file) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()

    with pytest.raises(StorageDown, match="another version"):
        async with open_storage(f"sqlite:///{file}"):
            pass


async def test_of_two_nodes_that_start_at_once_one_makes_the_tables_and_both_go_on(postgres: Postgres) -> None:
    url = postgres.database()

    async def first_alert(number: str) -> str:
        async with open_centre(url) as centre:
            return (await centre.alert(number=number)).case_id

    cases = await asyncio.gather(*(first_alert(f"1380013800{n}") for n in range(3)))

    assert len(set(cases)) == 3
    assert postgres.rows(url, "SELECT count(*) AS n FROM cases") == [{"n": 3}]


async def test_a_server_that_is_not_there_is_one_clear_line_and_comes_back_by_itself() -> None:
    with Postgres() as server:
        async with open_centre(server.database()) as centre:
            await centre.alert(id="a-1")
            server.stop()
            for _ in range(2):
                with pytest.raises(StorageDown):
                    await centre.alert(id="a-2", number=OTHER_NUMBER)
            server.start()

            assert (await centre.alert(id="a-2", number=OTHER_NUMBER)).accepted
            assert len(await centre.storage.views.cases(9)) == 2


@pytest.mark.parametrize(("was", "wrong"), [("@/t", "@/nosuch"), ("quanzu@", "nobody@")])
async def test_a_server_that_refuses_us_is_one_clear_line(postgres: Postgres, was: str, wrong: str) -> None:
    with pytest.raises(StorageDown, match=r"refuses us.*storage\.url"):
        async with open_storage(postgres.emptied().replace(was, wrong)):
            pass


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:"])
async def test_an_address_that_cannot_be_used_is_a_fault_of_the_settings(url: str) -> None:
    with pytest.raises(SettingsFault, match=r"storage\.url"):
        async with open_storage(url):
            pass


async def test_every_time_comes_back_as_it_went_in(database: str) -> None:
    async with open_centre(database) as centre:
        centre.clock.pass_by(0.123456)
        answer = await centre.alert(grade=Grade.LOW.value)

        assert (await centre.story(answer.case_id)).case.opened_at == centre.clock.now()
