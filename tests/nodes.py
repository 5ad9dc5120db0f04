"""Several daemons on one PostgreSQL and one broker, as a centre with more than one machine has them.

    async with cluster(folder, postgres, prompts) as centre:
        await centre.alert("13900139000")  # a person who picks up when the test says so
        await centre.alert("13800138000")  # one whose line is always busy

Rule 1: nodes share nothing but the database, the broker and the telephone network. A machine that dies takes its spool along.
Rule 2: rings are counted at SIPp.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.cued import Cued, cued
from tests.daemon import Daemon
from tests.mosquitto import Mosquitto
from tests.mqttclients import Subscriber, mosquitto_sub
from tests.postgres import Postgres
from tests.sipp import Sipp, header, sipp
from tests.stage import MARK, Scene, kill

BUSY: Mapping[str, Any] = {"status": 486, "header": "Reason: Q.850;cause=17"}
LOOK_SECONDS = 0.2  # psql is a process each time
PORTS = 4000
PICKS_UP, IS_BUSY = "139", "138"  # how numbers begin


@dataclass(frozen=True, slots=True)
class Cluster:
    """All of it."""

    nodes: Sequence[Scene]
    citizen: Cued
    busy: Sipp
    broker: Mosquitto
    news: Subscriber
    postgres: Postgres
    url: str

    async def alert(self, *numbers: str, grade: str = "高") -> None:
        """Published once; every node hears it."""
        async with self.broker.client() as source:
            for number in numbers:
                body = {"number": number, "grade": grade, "fraud_type": "flight_refund", "id": f"a-{uuid4().hex[:12]}"}
                await source.publish("quanzu/alerts", json.dumps(body).encode(), qos=1)

    async def rows(self, query: str) -> list[Mapping[str, Any]]:
        return await asyncio.to_thread(self.postgres.rows, self.url, query)

    async def until(self, query: str, count: int = 1, seconds: float = 15) -> list[Mapping[str, Any]]:
        """Wait until it finds so many rows."""
        async with asyncio.timeout(seconds):
            while len(found := await self.rows(query)) < count:
                await asyncio.sleep(LOOK_SECONDS)
        return found

    async def execute(self, statement: str) -> None:
        await asyncio.to_thread(self.postgres.execute, self.url, statement)

    def node_of(self, owner: str) -> Scene:
        """The daemon of this name."""
        return next(node for node in self.nodes if owner.endswith((node.daemon.data / "node").read_text().strip()))

    def rung(self, number: str) -> int:
        """How often anybody has rung this number."""
        if number.startswith(PICKS_UP):
            return len(self.citizen.invites(number))
        return len({header(invite, "Call-ID") for invite in self.busy.messages(f"INVITE sip:{number}@")})


async def machine_dies(node: Scene) -> None:
    """Every process of it at once, and its disk."""
    for pid in node.processes():
        kill(pid)
    assert node.daemon.process is not None
    await node.daemon.process.wait()
    shutil.rmtree(node.spool)


@asynccontextmanager
async def cluster(folder: Path, postgres: Postgres, prompts: Path, count: int = 2) -> AsyncIterator[Cluster]:
    """So many nodes, ready."""
    url = postgres.database()
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(Mosquitto(folder))
        citizen = await stack.enter_async_context(cued(folder))
        busy = await stack.enter_async_context(sipp("refuse", folder, **BUSY))
        news = await stack.enter_async_context(mosquitto_sub(broker, "quanzu/cases/#"))
        trunks = [
            {"name": "picks up", "domain": f"127.0.0.1:{citizen.port}", "serves": [PICKS_UP]},
            {"name": "busy", "domain": f"127.0.0.1:{busy.port}", "serves": [IS_BUSY]},
        ]
        shared = {"storage": {"url": url}, "trunks": trunks}
        nodes = [_node(folder / f"node{n}", n, broker, citizen, shared) for n in range(count)]
        for node in nodes:
            shutil.copytree(prompts, node.daemon.data / "prompts")
            stack.push_async_callback(_leave, node)
        await asyncio.gather(*(node.daemon.start() for node in nodes))
        for node in nodes:  # what is published to nobody is lost
            await node.daemon.logged("broker connected")
        yield Cluster(nodes, citizen, busy, broker, news, postgres, url)


def _node(folder: Path, number: int, broker: Mosquitto, citizen: Cued, shared: Mapping[str, Any]) -> Scene:
    mark, low = uuid4().hex, 20000 + number * PORTS
    daemon = Daemon(
        folder,
        environ={MARK: mark},
        mqtt={"url": broker.url, "client_id": f"node{number}"},
        sip={"ring_seconds": 8, "max_call_seconds": 60, "rtp_port_from": low, "rtp_port_to": low + PORTS - 1},
        **shared,
    )
    return Scene(daemon, citizen, citizen, mark)


async def _leave(node: Scene) -> None:
    """Whatever is left of it."""
    for pid in node.processes():
        kill(pid)
    if node.daemon.process is not None:
        await node.daemon.process.wait()
