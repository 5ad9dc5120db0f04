"""PostgreSQL is stopped and started under a running daemon: who talks talks on, what became of it waits in the spool."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cued import CuedCall
from tests.nodes import Cluster, cluster
from tests.postgres import Postgres
from tests.sipp import until

pytestmark = pytest.mark.acceptance

NUMBER, OTHER_NUMBER = "13900139000", "13900139001"
GOES = [pytest.param(signal.SIGINT, id="stopped"), pytest.param(signal.SIGQUIT, id="crashed")]


@pytest.fixture
async def centre(tmp_path: Path, prompts: Path) -> AsyncIterator[Cluster]:
    with Postgres() as server:
        async with cluster(tmp_path, server, prompts, count=1) as opened:
            yield opened


async def talking(centre: Cluster, number: str) -> CuedCall:
    await centre.alert(number)
    call = await centre.citizen.invited(number, seconds=20)
    call.rings()
    await call.answers()
    await centre.until(f"SELECT 1 AS n FROM attempts WHERE number = '{number}' AND state = 'answered'")
    return call


@pytest.mark.parametrize("how", GOES)
async def test_a_talk_outlives_the_database_and_its_report_is_committed_when_it_is_back(
    centre: Cluster, how: signal.Signals
) -> None:
    [node] = centre.nodes
    short, long = await talking(centre, NUMBER), await talking(centre, OTHER_NUMBER)
    await asyncio.to_thread(centre.postgres.stop, how)
    short.hangs_up()
    report = await node.reported()
    await node.daemon.logged("report not committed yet, it stays in the spool")
    await centre.alert("13800138000")  # waits at the broker: nothing is acknowledged that is not kept
    assert report.exists()
    assert node.daemon.runs()

    await asyncio.to_thread(centre.postgres.start)
    query = "SELECT * FROM attempts WHERE state = 'ended' AND number = '{}'"
    [ended] = await centre.until(query.format(NUMBER), seconds=20)
    await centre.until(query.format("13800138000"), seconds=20)
    assert ended["answered_at"]
    assert [row["state"] for row in await centre.rows(f"SELECT * FROM attempts WHERE number = '{OTHER_NUMBER}'")] == [
        "answered"
    ], "nobody was taken for dead meanwhile"
    long.hangs_up()
    await centre.until(query.format(OTHER_NUMBER))

    await until(lambda: not list(node.spool.iterdir()))
    assert [centre.rung(number) for number in (NUMBER, OTHER_NUMBER, "13800138000")] == [1, 1, 1]
    await node.daemon.logged("standing task works again")
