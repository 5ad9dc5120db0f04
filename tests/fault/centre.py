"""What is tortured: one daemon on SQLite, or two on one PostgreSQL, with telephones, a broker and a clock of their own.

Rule 1: everything is a real process. What a machine does not allow (a disk of one's own, a clock that jumps) is left out and said.
Rule 2: prompts and recordings lie beside the data directory: what fills a disk here is the casebook and the spool.
Rule 3: one script: a daemon that starts looks at every one, and here it starts often.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dialer.calling.brief import brief
from dialer.calling.escalator import BRIEF_RATE_WPM
from dialer.domain.alert import FraudType
from tests.cued import Cued
from tests.daemon import Daemon
from tests.faketime import JumpingClock
from tests.mosquitto import Mosquitto
from tests.mqttclients import Subscriber, mosquitto_sub
from tests.nodes import PORTS
from tests.onescript import READY_SECONDS, SCRIPT, one_script, spoken
from tests.postgres import Postgres
from tests.sipp import Sipp, sipp
from tests.stage import MARK, Scene, kill
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer

SQLITE, POSTGRESQL = "sqlite", "postgresql"
TALK_MS = 4000
DISK = "size=96m"
OFFICERS = {"8001": 1, "8002": 2}  # and their tiers
WANTS_OFFICER = "139"  # how numbers of those begin who press 1
_NOW = {SQLITE: "datetime('now')", POSTGRESQL: "now()"}


@dataclass(frozen=True, slots=True)
class Node:
    """One daemon, on a machine of its own."""

    scene: Scene
    clock: JumpingClock | None

    @property
    def daemon(self) -> Daemon:
        return self.scene.daemon


@dataclass(frozen=True, slots=True)
class Centre:
    """All of it."""

    nodes: Sequence[Node]
    citizens: Sipp
    callers: Cued  # citizens who want an officer
    officers: Cued
    broker: Mosquitto
    news: Subscriber
    server: Postgres | None
    url: str
    disk: Path | None  # the casebook's and the spool's, if it is one of their own

    @property
    def now(self) -> str:
        """The database's word for it."""
        return _NOW[POSTGRESQL if self.server else SQLITE]

    def rung(self) -> int:
        """How many INVITEs have come to people, repeated ones too."""
        return sum(len(each.messages("INVITE ")) for each in (self.citizens, self.callers.peer))

    async def rows(self, query: str) -> Sequence[Mapping[str, Any]]:
        if self.server is not None:
            return await asyncio.to_thread(self.server.rows, self.url, query)
        return await asyncio.to_thread(self.nodes[0].daemon.rows, query)


@asynccontextmanager
async def centre(database: str, folder: Path) -> AsyncIterator[Centre]:
    """Ready: every prompt is rendered, and the broker keeps what is published."""
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(Mosquitto(folder))
        citizens = await stack.enter_async_context(sipp("answer_then_bye", folder, talk_ms=TALK_MS))
        callers = Cued(await stack.enter_async_context(sipp("cued", folder)))
        officers = Cued(await stack.enter_async_context(sipp("cued", folder)))
        session = ("-i", "fault", "-c", "-x", "3600")
        news = await stack.enter_async_context(mosquitto_sub(broker, "quanzu/cases/#", *session))
        server = stack.enter_context(Postgres()) if database == POSTGRESQL else None
        url = server.database() if server else ""
        disk = None if server else stack.enter_context(_disk_of_its_own(folder / "node0" / "var"))
        aside = {"prompts": await _voice(folder), "recordings": folder / "recordings"}
        names = ("node0", "node1") if server else ("node0",)
        nodes = [_node(folder / name, n, url, broker, (citizens, callers, officers)) for n, name in enumerate(names)]
        for node in nodes:
            stack.push_async_callback(_leave, node.scene)
            _lies_aside(node.daemon, aside)
            await node.daemon.start()
        for node in nodes:
            await node.daemon.logged("prompts are ready", seconds=READY_SECONDS)
            await node.daemon.logged("broker connected", seconds=READY_SECONDS)
        yield Centre(nodes, citizens, callers, officers, broker, news, server, url, disk)


def _node(folder: Path, number: int, url: str, broker: Mosquitto, peers: tuple[Sipp, Cued, Cued]) -> Node:
    mark, low = uuid4().hex, 20000 + number * PORTS
    citizens, callers, officers = peers
    folder.mkdir(exist_ok=True)
    clock = _clock(folder)
    daemon = Daemon(
        folder,
        environ={MARK: mark, **(clock.environ if clock else {})},
        ready_seconds=READY_SECONDS,
        mqtt={"url": broker.url, "client_id": f"node{number}"},
        sip={"ring_seconds": 8, "max_call_seconds": 45, "rtp_port_from": low, "rtp_port_to": low + PORTS - 1},
        officers_ring={"ring_seconds": 6},
        scripts={"dir": str(folder.parent / "scripts")},
        **({"storage": {"url": url}} if url else {}),
        trunks=[
            {"name": "wants", "domain": f"127.0.0.1:{callers.port}", "serves": [WANTS_OFFICER]},
            {"name": "others", "domain": f"127.0.0.1:{citizens.port}"},
        ],
        officers=[{"id": id_, "name": id_, "uri": officers.uri(id_), "tier": tier} for id_, tier in OFFICERS.items()],
    )
    return Node(Scene(daemon, callers, officers, mark), clock)


async def _voice(folder: Path) -> Path:
    """Everything that is said is rendered before: under a clock that jumps the speech library's sleep fails (tests/faketime.py)."""
    prompts = await spoken(folder / "voice", one_script(folder / "scripts"))
    async with open_synthesizer(SpeechSettings()) as synthesizer:
        title = FraudType(SCRIPT).chinese
        briefs = [brief(reason, {}, title) for reason in ("", "want_human", "no_match")]
        await PromptCache(prompts, synthesizer, SpeechSettings()).render(briefs, BRIEF_RATE_WPM)
    return prompts


def _clock(folder: Path) -> JumpingClock | None:
    try:
        return JumpingClock(folder / "clock")
    except pytest.skip.Exception as missing:
        print(f"{missing}: no clock jumps", flush=True)
        return None


@contextmanager
def _disk_of_its_own(data: Path) -> Any:
    """A small file system, where one may be mounted."""
    data.mkdir(parents=True)
    mounting = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(data)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        print("NOT TESTED: no disk is filled, for none can be mounted here (it takes root)", flush=True)
        assert os.environ.get("REQUIRE_PEERS") != "1", "REQUIRE_PEERS=1 promises a disk"
        yield None
        return
    try:
        yield data
    finally:
        subprocess.run(["umount", "--lazy", str(data)], check=True)


def _lies_aside(daemon: Daemon, folders: Mapping[str, Path]) -> None:
    """Shared by all nodes; a file is whole under its name."""
    for name, folder in folders.items():
        folder.mkdir(exist_ok=True)
        (daemon.data / name).symlink_to(folder)


async def _leave(scene: Scene) -> None:
    """Whatever is left of it. A database on a disk that goes is kept for whoever looks what went wrong."""
    for pid in scene.processes():
        kill(pid)
    if scene.daemon.process is not None:
        await scene.daemon.process.wait()
    for file in scene.daemon.data.glob("quanzu.sqlite3*"):
        shutil.copy(file, scene.daemon.folder)
