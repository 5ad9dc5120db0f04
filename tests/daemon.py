"""The daemon as its users have it: `quanzu run` in a process of its own, on a generated settings file.

    async with Daemon(tmp_path, trunk=f"127.0.0.1:{peer.port}") as daemon:  # ready: it has said READY=1
        added = await daemon.quanzu("alert", "add", "--number", "13800138000", "--type", "flight_refund")
        await peer.invited(1)
        [attempt] = daemon.rows("SELECT * FROM attempts")

Rule 1: nothing of the daemon is imported into the test but read models; what goes in goes in as a user would give it.
Rule 2: SIGTERM and SIGKILL go to the daemon alone, as systemd's KillMode=process would send them; call workers that are in a talk
        live on, until the block ends and takes the whole process group with it.
"""

import asyncio
import json
import os
import signal
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from dialer.node.notify import Readiness
from dialer.storage import Storage, open_storage
from tests.sipp import until

REPOSITORY = Path(__file__).parent.parent
READY_SECONDS = 60.0
STOP_SECONDS = 20.0
ROUND_THE_CLOCK: Mapping[str, Any] = {"opens": "00:00", "closes": "00:00"}


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str


class Daemon:
    """One daemon and its data directory. It can be killed and started again; the directory stays."""

    def __init__(
        self,
        folder: Path,
        *,
        trunk: str = "",
        officer: str = "",
        cwd: Path = REPOSITORY,
        environ: Mapping[str, str] | None = None,
        ready_seconds: float = READY_SECONDS,
        **sections: Mapping[str, Any] | list[Mapping[str, Any]],
    ) -> None:
        """trunk: host:port that every number is dialled at. officer: his SIP URI.
        cwd: where `scripts/` is looked for. sections: further settings, e.g. `mqtt={"url": ...}, sip={"ring_seconds": 3}`."""
        self.folder, self.cwd = folder, cwd
        self.data = folder / "var"
        self.settings = folder / "quanzu.toml"
        self.log_file = folder / "daemon.log"
        self.process: asyncio.subprocess.Process | None = None
        self._environ, self._ready_seconds = environ or {}, ready_seconds
        self._groups: list[int] = []
        self.data.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(_toml(self.data, trunk, officer, sections), encoding="utf-8")

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    async def start(self) -> None:
        """Returns when it is ready; fails with its log when it dies before."""
        with tempfile.TemporaryDirectory(prefix="quanzu-") as short, Readiness(Path(short) / "notify") as readiness:
            with self.log_file.open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "dialer", "run", "--config", str(self.settings)),
                    cwd=self.cwd,
                    env={**clean_environment(), **self._environ, **readiness.environ},
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,
                )
            self._groups.append(self.process.pid)
            ready, died = asyncio.create_task(readiness.wait()), asyncio.create_task(self.process.wait())
            await asyncio.wait({ready, died}, timeout=self._ready_seconds, return_when=asyncio.FIRST_COMPLETED)
            became_ready = ready.done()
            for task in (ready, died):
                task.cancel()
            await asyncio.gather(ready, died, return_exceptions=True)
        assert became_ready, f"the daemon is not ready:\n{self.log_text()}"

    async def stop(self) -> int:
        """SIGTERM, and its exit status."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> int:
        """SIGKILL: it says goodbye to nobody, and its workers find the wire dead."""
        return await self._end(signal.SIGKILL)

    def runs(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def quanzu(self, *words: str) -> Ran:
        """A command of the command line, on the same settings, from outside."""
        return await quanzu(*words, "--config", str(self.settings), cwd=self.cwd, environ=self._environ)

    async def alert(self, number: str, *more: str, fraud_type: str = "flight_refund", grade: str = "高") -> str:
        """`quanzu alert add`; the id of the case."""
        ran = await self.quanzu("alert", "add", "--number", number, "--type", fraud_type, "--grade", grade, *more)
        assert ran.code == 0, ran.err
        return ran.out.removeprefix("case ").strip()

    def log_text(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def events(self, message: str = "") -> list[Mapping[str, Any]]:
        """The lines of its log, oldest first; message: only those that say this."""
        found: list[Mapping[str, Any]] = []
        for line in self.log_text().splitlines():
            with suppress(json.JSONDecodeError):
                event = json.loads(line)
                if message in ("", event.get("event")):
                    found.append(event)
        return found

    async def logged(self, message: str, seconds: float = 10) -> Mapping[str, Any]:
        """Wait until it says this; the newest such line."""
        await until(lambda: bool(self.events(message)), seconds)
        return self.events(message)[-1]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Read the casebook's tables, read-only, beside whoever runs."""
        address = f"file:{self.data / 'quanzu.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=15)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query, values)]

    async def until_rows(self, query: str, *values: Any, seconds: float = 10) -> list[dict[str, Any]]:
        """Wait until the query finds something."""
        await until(lambda: bool(self.rows(query, *values)), seconds)
        return self.rows(query, *values)

    @asynccontextmanager
    async def storage(self) -> AsyncIterator[Storage]:
        """The casebook through its read models."""
        async with open_storage(f"sqlite:///{self.data / 'quanzu.sqlite3'}") as storage:
            yield storage

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._end(signal.SIGTERM)
        finally:
            for group in self._groups:
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        if self.process.returncode is None:
            self.process.send_signal(how)
        try:
            return await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            raise AssertionError(f"the daemon does not end:\n{self.log_text()}") from None


async def quanzu(*words: str, cwd: Path = REPOSITORY, environ: Mapping[str, str] | None = None) -> Ran:
    """Run one command of the command line to its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dialer", *words),
        cwd=cwd,
        env={**clean_environment(), **(environ or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


def clean_environment() -> dict[str, str]:
    """Ours, without settings of whoever runs the tests; the modules are found from every directory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUANZU_")}
    path = os.pathsep.join(part for part in (str(REPOSITORY), kept.get("PYTHONPATH", "")) if part)
    return {**kept, "PYTHONPATH": path, "PYTHONUTF8": "1", "COLUMNS": "200"}


def _toml(data: Path, trunk: str, officer: str, sections: Mapping[str, Any]) -> str:
    """A settings file. JSON's strings, numbers and lists are TOML's as well."""
    tables: dict[str, Mapping[str, Any]] = {
        "data": {"dir": str(data)},
        "hours": ROUND_THE_CLOCK,
        "workers": {"warm": 1, "most": 4},
        "log": {"json": True},
    }
    lines: list[str] = []
    for name, section in {**tables, **sections}.items():
        if isinstance(section, list):
            for entry in section:
                lines += [f"[[{name}]]", *_entries(entry)]
            continue
        lines += [f"[{name}]", *_entries({**tables.get(name, {}), **section})]
    if trunk:
        lines += ["[[trunks]]", *_entries({"name": "tests", "domain": trunk})]
    if officer:
        lines += ["[[officers]]", *_entries({"id": "8001", "name": "值班民警", "uri": officer})]
    return "\n".join(lines) + "\n"


def _entries(section: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in section.items()]
