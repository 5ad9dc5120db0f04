"""What PostgreSQL promises to several nodes: one time, a word when something was written, and claims that wait for nobody."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from dialer.domain.stop import StopLevel
from dialer.errors import AnotherDaemon, CaseConflict, DialerError, StorageDown
from dialer.storage import Storage, open_storage
from dialer.storage.engine import open_engines
from dialer.storage.server import Server, ServerClock
from tests.centre import Centre, open_centre
from tests.postgres import Postgres
from tests.reports import report
from voice.report import HangupCause

pytestmark = pytest.mark.contract
NOTICED_SECONDS = 0.25


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.emptied()


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    async with open_storage(url) as opened:
        yield opened


# --- time


async def test_every_node_has_the_servers_time_whatever_its_own_clocks_say(url: str, postgres: Postgres) -> None:
    elapsed = 12_345.0
    clock = ServerClock(lambda: elapsed)
    async with open_engines(url) as engines:
        await clock.set_by(engines)

    told = datetime.fromisoformat(postgres.execute(url, "SELECT to_json(clock_timestamp())").strip().strip('"'))
    assert abs(clock.now() - told.astimezone(UTC)) < timedelta(seconds=2)
    before = clock.now()
    elapsed += 60
    assert clock.now() - before == timedelta(seconds=60)


# --- words


@asynccontextmanager
async def heard(server: Server | None) -> AsyncIterator[asyncio.Queue[str]]:
    assert server is not None
    words: asyncio.Queue[str] = asyncio.Queue()
    hearing = asyncio.create_task(server.hear(words.put_nowait))
    try:
        assert await asyncio.wait_for(words.get(), 10) == "", "at first everybody looks by himself"
        yield words
    finally:
        hearing.cancel()
        with suppress(asyncio.CancelledError):
            await hearing


async def test_what_another_process_wrote_is_told_at_once(url: str, storage: Storage) -> None:
    waits = []
    async with open_centre(url) as other, heard(storage.server) as words:
        for n in range(7):
            await other.alert(number=f"1380013800{n}")
            written = time.monotonic()
            tables = {await asyncio.wait_for(words.get(), 10) for _ in range(2)}
            waits.append(time.monotonic() - written)
            assert tables == {"attempts", "outbox"}
        await storage.brake.order(StopLevel.NO_NEW_CALLS, "zhang", "drill", other.clock.now())
        assert await asyncio.wait_for(words.get(), 10) == "stop_orders"

    assert statistics.median(waits) < NOTICED_SECONDS


async def test_the_course_of_a_call_wakes_nobody(url: str, storage: Storage) -> None:
    async with open_centre(url) as other:
        await other.alert()
        attempt = await other.dial()
        async with heard(storage.server) as words:
            await other.storage.casebook.note_progress(attempt.hold, "ringing", other.clock.now())
            await other.storage.casebook.heartbeat("node-1", other.clock.now(), other.clock.now())
            await storage.brake.order(StopLevel.GO, "zhang", "", other.clock.now())

            assert await asyncio.wait_for(words.get(), 10) == "stop_orders"


async def test_a_connection_that_is_lost_is_said_and_nothing_is_left_of_it(
    url: str, storage: Storage, postgres: Postgres
) -> None:
    assert storage.server is not None
    begun = asyncio.Event()
    hearing = asyncio.create_task(storage.server.hear(lambda _table: begun.set()))
    await asyncio.wait_for(begun.wait(), 10)
    postgres.execute(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()",
    )

    with pytest.raises(StorageDown, match="look by ourselves"):
        await asyncio.wait_for(hearing, 10)
    async with heard(storage.server):
        pass


# --- nodes that stand still, and servers that forget


async def test_what_is_committed_is_on_disk_even_where_the_server_is_lax(url: str, postgres: Postgres) -> None:
    assert postgres.execute(url, "SHOW synchronous_commit").strip() == "off"
    async with open_engines(url) as engines, engines.write() as db:
        assert (await db.exec_driver_sql("SHOW synchronous_commit")).scalar() == "on"


async def test_a_node_that_stands_still_inside_a_transaction_gives_its_locks_back(url: str, storage: Storage) -> None:
    async with open_centre(url) as frozen:
        answer = await frozen.alert()
        with pytest.raises(StorageDown):
            async with frozen.storage.casebook.transaction() as file:
                await file.case(answer.case_id)
                async with storage.casebook.transaction() as other:
                    assert (await asyncio.wait_for(other.case(answer.case_id), 12)).id == answer.case_id
                await file.case(answer.case_id)

        assert await frozen.claim() is not None


async def test_two_daemons_cannot_work_under_one_name(url: str, storage: Storage) -> None:
    async with open_storage(url) as copy:
        assert storage.server is not None
        assert copy.server is not None
        async with storage.server.alone_as("node-1"), storage.server.alone_as("node-2"):
            with pytest.raises(AnotherDaemon, match="copied"):
                async with copy.server.alone_as("node-1"):
                    pass
        async with copy.server.alone_as("node-1"):
            pass


# --- claims


async def test_a_claim_does_not_wait_for_who_is_busy_with_the_person(url: str) -> None:
    async with open_centre(url) as mine, open_centre(url) as theirs:
        answer = await mine.alert()
        async with theirs.storage.casebook.transaction() as file:
            await file.case(answer.case_id)
            assert await asyncio.wait_for(mine.claim(), 5) is None

        assert await mine.claim() is not None


async def test_nodes_that_work_on_the_same_people_never_wait_for_one_another_for_ever(url: str) -> None:
    people = [f"1380013800{n}" for n in range(4)]
    async with open_centre(url) as mine, open_centre(url) as theirs:
        theirs.node = "node-2"
        works = [_work(centre, number) for number in people for centre in (mine, theirs)]
        faults = [fault for done in await asyncio.gather(*works) for fault in done]

    # The server ends a circle of locks within a second, and it comes out as a conflict, which everybody tries again.
    assert [fault for fault in faults if not isinstance(fault, CaseConflict)] == []


async def _work(centre: Centre, number: str) -> list[DialerError]:
    """Everything that locks, again and again; the faults that were met."""
    faults: list[DialerError] = []
    for n in range(6):
        try:
            await centre.alert(number=number, id=f"{centre.node}-{number[-1]}-{n}")
            claimed = await centre.claim()
            if claimed is not None:
                await centre.begin_dialling(claimed.hold)
                await centre.runner.finish(
                    report(centre.clock.now(), HangupCause.BUSY, attempt=claimed.id), centre.clock.now()
                )
        except DialerError as fault:
            faults.append(fault)
        centre.clock.pass_by(600)
    return faults
