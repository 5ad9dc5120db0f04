"""Who plays in the demo: the citizens' and the officer's telephones, and the daemon, each a process of its own."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.node.notify import Readiness

CITIZEN = "CITIZEN"  # environment: every citizen plays this role instead, e.g. silent


@dataclass(frozen=True, slots=True)
class Role:
    """One citizen of the demo and what must come of his call."""

    name: str  # of the phone's role
    number: str
    grade: Grade
    sum_yuan: int | None
    outcome: Outcome


ROLES: Sequence[Role] = (
    Role("promises", "13800000001", Grade.HIGH, None, Outcome.REACHED_PROMISED),
    Role("transferred", "13800000002", Grade.CRITICAL, None, Outcome.HANDED_TO_OFFICER),
    Role("busy", "13800000003", Grade.HIGH, None, Outcome.BUSY),
)


async def start_phones(
    stack: contextlib.AsyncExitStack, directory: Path, seed: int, console: Console
) -> Mapping[str, int]:
    """Start the citizens' and the officer's telephones; their SIP ports, once all are ready."""
    draw = random.Random(seed)  # noqa: S311 - wordings, not secrets
    forced = os.environ.get(CITIZEN, "")
    commands: dict[str, list[str]] = {
        role.name: ["voice.phones.citizen", "--role", forced or role.name] for role in ROLES
    }
    commands["officer"] = ["voice.phones.officer"]
    ports = {name: _free_port() for name in commands}
    for name, command in commands.items():
        folder = directory / "phones" / name
        folder.mkdir(parents=True)
        drawn = str(draw.randrange(10**6))
        rest = ["--port", str(ports[name]), "--seed", drawn, "--record", str(folder)]
        phone = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *command,
            *rest,
            stdout=asyncio.subprocess.PIPE,
            stderr=(folder / "log").open("wb"),
            start_new_session=True,
        )
        stack.push_async_callback(_stop, phone)
        assert phone.stdout is not None
        line = (await asyncio.wait_for(phone.stdout.readline(), 60)).decode().strip()
        if not line.startswith("ready"):
            raise RuntimeError(f"the {name} telephone did not start; see {folder / 'log'}")
        console.print(f"  telephone of the {'officer' if name == 'officer' else 'citizen who ' + name}: {line}")
    return ports


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_settings(directory: Path, ports: Mapping[str, int]) -> Path:
    """The settings of a daemon whose trunks lead to our telephones; round the clock, so that it runs at night too."""
    lines = [
        "[data]",
        f'dir = "{directory}"',
        "[hours]",
        "opens = 00:00:00",
        "closes = 00:00:00",
        "[workers]",
        "warm = 3",
        "[log]",
        "json = true",
        "[[officers]]",
        'id = "demo"',
        'name = "值班民警"',
        f'uri = "sip:officer@127.0.0.1:{ports["officer"]}"',
    ]
    for role in ROLES:
        lines += [
            "[[trunks]]",
            f'name = "{role.name}"',
            f'domain = "127.0.0.1:{ports[role.name]}"',
            f'serves = ["{role.number}"]',
        ]
    path = directory / "demo.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def start_daemon(
    stack: contextlib.AsyncExitStack, settings_file: Path, directory: Path, console: Console
) -> None:
    """`quanzu run` as systemd would start it: ready when it says so."""
    with Readiness(directory / "notify") as readiness:
        daemon = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "dialer",
            "run",
            "--config",
            str(settings_file),
            env={**os.environ, **readiness.environ},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=(directory / "daemon.log").open("wb"),
            start_new_session=True,
        )
        stack.push_async_callback(_stop, daemon)
        console.print("  the daemon renders its prompts and warms its workers ...")
        ready = asyncio.create_task(readiness.wait())
        died = asyncio.create_task(daemon.wait())
        done, pending = await asyncio.wait({ready, died}, timeout=90, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if ready not in done:
            raise RuntimeError(f"the daemon did not become ready; see {directory / 'daemon.log'}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()
