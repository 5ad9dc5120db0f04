"""A daemon, a citizen's and an officer's telephone, and a hand that kills: what the crash rules are tested with.

    async with stage(tmp_path, prompts) as scene:
        await scene.alert(NUMBER)
        call = await scene.citizen.invited(NUMBER)
        await scene.daemon.kill()

Rule 1: rings are counted at SIPp, deaths are SIGKILLs, truth is read from the database's file. Nothing of the product is hooked.
Rule 2: every process of the scene carries the scene's mark in its environment, so that none is overlooked when it ends.
"""

import os
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from dialer.desk.commands import add_alert, alert_body
from dialer.domain.attempt import PENDING
from dialer.settings import load
from tests.cued import Cued, CuedCall, cued
from tests.daemon import REPOSITORY, Daemon
from tests.sipp import until
from voice.script.loader import load_all
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import Synthesizer

NUMBER, OTHER_NUMBER = "13800138000", "13900139000"
OFFICER = "8001"
MARK = "SCENE"
LEAVE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there."""

    daemon: Daemon
    citizen: Cued
    officer: Cued
    mark: str

    async def alert(self, number: str, grade: str = "高") -> None:
        """As `quanzu alert add` does it, without the two seconds that a new interpreter takes."""
        await add_alert(load(self.daemon.settings, {}), alert_body(number, "flight_refund", grade))

    async def answered(self, number: str = NUMBER) -> CuedCall:
        """An alert, its call, and a citizen who has picked up; the daemon knows."""
        await self.alert(number)
        call = await self.citizen.invited(number)
        call.rings()
        await call.answers()
        await self.attempt_is("answered", number)
        return call

    async def officer_comes(self) -> None:
        """His telephone rings, he picks up, presses 1, and is connected when he has heard the brief."""
        call = self.officer.calls[0] if self.officer.calls else await self.officer.invited(OFFICER)
        call.rings()
        await call.answers()
        call.presses("1")
        await self.are_bridged()

    # --- what the casebook says

    def attempts(self, number: str = NUMBER) -> list[dict[str, Any]]:
        return self.daemon.rows("SELECT * FROM attempts WHERE number = ? ORDER BY id", number)

    async def attempt_is(self, state: str, number: str = NUMBER, seconds: float = 10) -> dict[str, Any]:
        """Wait until an attempt at this number is in this state; the newest of them."""
        query = "SELECT * FROM attempts WHERE number = ? AND state = ? ORDER BY id"
        return (await self.daemon.until_rows(query, number, state, seconds=seconds))[-1]

    def escalations(self) -> list[dict[str, Any]]:
        return self.daemon.rows("SELECT * FROM escalations ORDER BY id")

    def open_work(self) -> dict[str, str]:
        """Kind and reason of what people have to do."""
        rows = self.daemon.rows("SELECT kind, reason FROM work_items WHERE state IN ('wanted', 'accepted')")
        return {row["kind"]: row["reason"] for row in rows}

    def case(self, number: str = NUMBER) -> dict[str, Any]:
        return self.daemon.rows("SELECT * FROM cases WHERE number = ?", number)[0]

    def pending(self, number: str = NUMBER) -> dict[str, Any] | None:
        """The attempt that is not over."""
        return next((row for row in self.attempts(number) if row["state"] in PENDING), None)

    def times(self, what: str, attempt: Mapping[str, Any]) -> int:
        """How often this happened to the attempt."""
        rows = self.daemon.rows(
            "SELECT count(*) AS n FROM history WHERE attempt_id = ? AND what = ?", attempt["id"], what
        )
        return int(rows[0]["n"])

    # --- what lies in the spool

    @property
    def spool(self) -> Path:
        return self.daemon.data / "spool"

    async def reported(self) -> Path:
        """Wait until a report lies in the spool."""
        await until(lambda: bool(list(self.spool.glob("*.report.json"))))
        return next(self.spool.glob("*.report.json"))

    # --- processes

    def processes(self) -> list[int]:
        """All of the scene that live, the daemon among them."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes() and _state(folder) != "Z":
                    found.append(int(folder.name))
        return found

    def workers(self) -> list[int]:
        """Call workers: forks of the nursery, which leads their session."""
        return [pid for pid in self.processes() if b"voice.workers.nursery" in _command(pid) and not _leads(pid)]

    async def in_talk(self) -> int:
        """The worker that conducts the call, once the daemon knows it."""
        query = "SELECT worker_pid FROM attempts WHERE worker_pid IS NOT NULL AND progress <> 'accepted'"
        return int((await self.daemon.until_rows(query))[-1]["worker_pid"])

    async def a_worker_is_warm(self, *, but: int = 0) -> int:
        """Wait until a worker other than this one waits for orders."""
        await until(lambda: any(pid != but and _waits_for_orders(pid) for pid in self.workers()))
        return next(pid for pid in self.workers() if pid != but and _waits_for_orders(pid))

    async def is_told_that_an_officer_comes(self, worker: int) -> None:
        """Wait until the worker plays that sentence: in the same breath it has asked the daemon for an officer."""
        script = load_all(REPOSITORY / "scripts")[0]["flight_refund"]
        sentence = script.sentences[script.steps[script.globals["want_human"]].say[0]].text
        everything_is_rendered = cast(Synthesizer, None)
        cache = PromptCache(self.daemon.data / "prompts", everything_is_rendered, SpeechSettings())
        prompt = (await cache.render([sentence], script.rate_wpm))[sentence]
        await until(lambda: Path(prompt.path).name in _open_files(worker))

    async def are_bridged(self) -> None:
        """Wait until the officer has been briefed and connected: then the recording of his brief is closed."""
        [worker] = [pid for pid in self.workers() if "sent.wav" in _open_files(pid)]
        await until(lambda: "brief-1.wav" in _open_files(worker))
        await until(lambda: "brief-1.wav" not in _open_files(worker))

    async def freeze_daemon(self) -> None:
        """SIGSTOP, but not while it holds the database's writer lock: others must be able to write meanwhile."""
        for _ in range(100):
            await freeze(self.daemon.pid)
            if self._can_be_written():
                return
            thaw(self.daemon.pid)
        raise AssertionError("the daemon never lets go of the database")

    def _can_be_written(self) -> bool:
        with closing(sqlite3.connect(self.daemon.data / "quanzu.sqlite3", timeout=0)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            database.rollback()
            return True


@asynccontextmanager
async def stage(
    folder: Path, prompts: Path, environ: Mapping[str, str] | None = None, **sections: Mapping[str, Any]
) -> AsyncIterator[Scene]:
    """A running daemon with both telephones. When the block ends, everybody must have left, or the test fails."""
    mark = uuid4().hex
    async with cued(folder) as citizen, cued(folder) as officer:
        daemon = Daemon(
            folder,
            trunk=f"127.0.0.1:{citizen.port}",
            officer=officer.uri(OFFICER),
            environ={MARK: mark, **(environ or {})},
            **{"sip": {"ring_seconds": 8, "max_call_seconds": 60}, **sections},
        )
        shutil.copytree(prompts, daemon.data / "prompts")
        scene = Scene(daemon, citizen, officer, mark)
        try:
            await daemon.start()
            yield scene
            await daemon.stop()
            await until(lambda: not scene.processes(), LEAVE_SECONDS)
        finally:
            for pid in scene.processes():
                kill(pid)
            if daemon.process is not None:
                await daemon.process.wait()


async def freeze(pid: int) -> None:
    """SIGSTOP; returns when it stands still."""
    os.kill(pid, signal.SIGSTOP)
    await until(lambda: _state(Path(f"/proc/{pid}")) == "T")


def thaw(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def kill(pid: int) -> None:
    """SIGKILL; whoever is gone already is dead enough."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def moment(text: str) -> datetime:
    """A time as the database's file holds it."""
    return datetime.fromisoformat(text)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _open_files(pid: int) -> set[str]:
    names = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            names.add(link.readlink().name)
    return names


def _state(folder: Path) -> str:
    """R, S, T (stopped), Z (dead): the field behind the name."""
    return (folder / "stat").read_text().rpartition(")")[2].split()[0]


def _waits_for_orders(pid: int) -> bool:
    """Its telephone is open (the SIP library has brought threads) and the main thread sits in epoll."""
    folder = Path(f"/proc/{pid}")
    try:
        return len(list((folder / "task").iterdir())) > 1 and "epoll" in (folder / "wchan").read_text()
    except OSError:
        return False


def _leads(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return True
