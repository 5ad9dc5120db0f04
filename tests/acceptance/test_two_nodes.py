"""Two daemons on one PostgreSQL and one broker: everybody is rung once, whichever machine dies."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from dialer.node.heartbeat import BEAT_SECONDS, LEASE_SECONDS
from tests.nodes import Cluster, cluster, machine_dies
from tests.postgres import Postgres
from tests.sipp import until
from tests.stage import Scene, freeze, thaw

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]

TAKEN_OVER_SECONDS = 10.0  # after the lease is over
SAFE_GAP = timedelta(seconds=120)  # of grade 高
LONGEST_CALL = timedelta(seconds=8 + 60 + 60)  # ringing, talking, and the margin
ON_THE_LINE = "SELECT * FROM attempts WHERE state IN ('dialling', 'ringing', 'answered') ORDER BY number"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, prompts: Path) -> AsyncIterator[Cluster]:
    async with cluster(tmp_path_factory.mktemp("nodes"), postgres, prompts) as opened:
        yield opened


async def test_forty_people_are_rung_once_each_and_both_nodes_do_it(centre: Cluster) -> None:
    people = [f"138001380{n:02}" for n in range(40)]
    await centre.alert(*people)
    ended = await centre.until("SELECT * FROM attempts WHERE state = 'ended'", len(people), seconds=60)

    assert Counter(centre.rung(number) for number in people) == {1: len(people)}
    assert {row["number"] for row in ended} == {*people}
    assert len({row["owner"] for row in ended}) == 2
    await until(lambda: len(centre.news.of("/attempt_ended")) >= len(people), 15)
    assert len(centre.news.of("/attempt_ended")) == len(people), "one node tells the news for both"


async def test_when_a_machine_dies_the_other_one_settles_everything_and_rings_nobody_twice(centre: Cluster) -> None:
    people = [f"139001390{n:02}" for n in range(6)]  # more than one node has workers
    await centre.alert(*people)
    for number in people:
        call = await centre.citizen.invited(number, seconds=20)
        call.rings()
        await call.answers()
    talks = await centre.until("SELECT * FROM attempts WHERE state = 'answered'", len(people))
    dead = centre.node_of(talks[0]["owner"])
    lost = [row for row in talks if row["owner"] == talks[0]["owner"]]
    kept = [row for row in talks if row not in lost]
    assert kept, "both nodes talk"
    await machine_dies(dead)
    [alive] = [node for node in centre.nodes if node is not dead]

    orphans = await centre.until(
        "SELECT * FROM attempts WHERE owner = '' AND state = 'answered'",
        len(lost),
        seconds=LEASE_SECONDS + TAKEN_OVER_SECONDS,
    )
    assert {row["id"] for row in orphans} == {row["id"] for row in lost}
    for orphan in orphans:
        [talk] = [row for row in lost if row["id"] == orphan["id"]]
        assert moment(orphan["lease_until"]) >= moment(talk["dialled_at"]) + LONGEST_CALL
        assert orphan["fence"] == talk["fence"] + 1
    asked = await centre.rows("SELECT case_id FROM work_items WHERE kind = 'officer_call' AND reason = 'may_have_rung'")
    assert {row["case_id"] for row in asked} == {row["case_id"] for row in lost}

    await the_living_go_on(centre, kept, alive)
    await nobody_hears_of_the_dead_any_more(centre, lost)
    assert Counter(centre.rung(number) for number in people) == {1: len(people)}
    assert await centre.rows(ON_THE_LINE) == []
    await dead.daemon.start()


async def the_living_go_on(centre: Cluster, kept: list, alive: Scene) -> None:
    """Talks of the other node end as ever, and who is due is rung."""
    for call in centre.citizen.calls:
        if call.call_id in {row["call_id"] for row in kept}:
            call.hangs_up()
    ids = ", ".join(f"'{row['id']}'" for row in kept)
    await centre.until(f"SELECT * FROM attempts WHERE state = 'ended' AND id IN ({ids})", len(kept))
    await centre.alert("13800138999")
    [row] = await centre.until("SELECT * FROM attempts WHERE number = '13800138999' AND state = 'ended'")
    assert centre.node_of(row["owner"]) is alive


async def nobody_hears_of_the_dead_any_more(centre: Cluster, lost: list) -> None:
    """Time is made to pass: the longest call is over, and there is no report."""
    await centre.execute("UPDATE attempts SET lease_until = now() WHERE owner = '' AND state = 'answered'")
    ids = ", ".join(f"'{row['id']}'" for row in lost)
    ended = await centre.until(f"SELECT * FROM attempts WHERE state = 'lost' AND id IN ({ids})", len(lost))
    assert {row["rang"] for row in ended} == {"yes"}
    cases = ", ".join(f"'{row['case_id']}'" for row in lost)
    due = await centre.rows(f"SELECT * FROM attempts WHERE state = 'due' AND case_id IN ({cases})")
    assert len(due) == len(lost)
    earliest = min(moment(row["ended_at"]) for row in ended) + SAFE_GAP
    assert all(moment(row["due_at"]) >= earliest for row in due)


async def test_a_node_that_stood_still_is_believed_when_it_reports_and_nothing_else(centre: Cluster) -> None:
    number = "13900139099"
    one, other = centre.nodes
    await freeze(other.daemon.pid)
    await centre.alert(number)
    call = await centre.citizen.invited(number)
    thaw(other.daemon.pid)
    call.rings()
    await call.answers()
    attempt = f"SELECT * FROM attempts WHERE number = '{number}'"
    [talk] = await centre.until(f"{attempt} AND state = 'answered'")
    assert centre.node_of(talk["owner"]) is one

    await freeze(one.daemon.pid)
    seconds = LEASE_SECONDS + TAKEN_OVER_SECONDS
    [orphan] = await centre.until(f"{attempt} AND owner = ''", seconds=seconds)
    call.hangs_up()
    await one.reported()
    assert await centre.rows(attempt) == [orphan], "its report lies in a spool that the other node cannot see"
    thaw(one.daemon.pid)
    await centre.until(f"{attempt} AND state = 'ended'")

    await until(lambda: not list(one.spool.iterdir()))
    told = await centre.rows(f"SELECT * FROM history WHERE attempt_id = '{talk['id']}' AND what = 'attempt_ended'")
    assert len(told) == 1
    assert centre.rung(number) == 1
    assert one.daemon.runs()


async def test_a_node_that_is_stopped_hands_its_part_over_at_once(centre: Cluster) -> None:
    one, other = centre.nodes
    assert await one.daemon.stop() == 0
    before = len(centre.news.of("/attempt_ended"))
    await centre.alert("13800138998")
    [row] = await centre.until("SELECT * FROM attempts WHERE number = '13800138998' AND state = 'ended'")

    assert centre.node_of(row["owner"]) is other
    await until(lambda: len(centre.news.of("/attempt_ended")) > before, 2 * BEAT_SECONDS + 5)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
