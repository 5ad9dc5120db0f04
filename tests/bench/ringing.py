"""From an alert's arrival at the broker to its INVITE on the wire: real broker, real daemon, real worker, SIPp at the far end.

Idle: one alert at a time, and the daemon has nothing else to do. The moment of the INVITE is SIPp's own, from its trace. The
prompts are ready, as they are in a daemon that has been up for some minutes. CPU is of the daemon, its nursery and its workers.
"""

import asyncio
import json
import os
import re
import shutil
import time
from datetime import datetime
from pathlib import Path

from tests.daemon import Daemon
from tests.mosquitto import Mosquitto
from tests.sipp import Sipp, header, sipp

ALERTS = 30
PROMPTS = Path("var/bench/prompts")
READY_SECONDS = 600
MARK = "BENCH"
_MESSAGE = re.compile(r"^-{10,}\s*(\S+)[ T\t](\S+).*$", re.MULTILINE)
MARK = "BENCH"
_INVITE = re.compile(r"^-+ (\S+[ T\t]\S+)[^\n]*\n.*?received.*?\n\n(INVITE .*?)\n\n", re.MULTILINE | re.DOTALL)
_TICKS = os.sysconf("SC_CLK_TCK")


async def measure(directory: Path) -> dict[str, float]:
    """Milliseconds; CPU seconds of the daemon and its workers for one call that is refused."""
    async with (
        Mosquitto(directory) as broker,
        sipp("refuse", directory, status=486, header="X-None: 1") as peer,
        Daemon(
            directory, trunk=f"127.0.0.1:{peer.port}", mqtt={"url": broker.url}, environ={MARK: peer.trace.name}
        ) as daemon,
    ):
        await ready(daemon)
        waits = []
        async with broker.client() as client:
            cpu = _cpu_seconds(peer.trace.name)
            for number in range(ALERTS):
                alert = {
                    "number": f"1380013{number:04}",
                    "grade": "特急",
                    "fraud_type": "flight_refund",
                    "id": f"b{number}",
                }
                sent = time.time()
                await client.publish("quanzu/alerts", json.dumps(alert).encode(), qos=1)
                await peer.invited(number + 1, seconds=30)
                waits.append(max(invited_at(peer).values()) - sent)
                query = "SELECT 1 FROM attempts WHERE number = ? AND state = 'ended'"
                await daemon.until_rows(query, alert["number"], seconds=30)
            cpu = _cpu_seconds(peer.trace.name) - cpu
    waits.sort()
    return {
        "alert_to_invite_p50_ms": round(waits[len(waits) // 2] * 1e3, 1),
        "alert_to_invite_p99_ms": round(waits[min(int(len(waits) * 0.99), len(waits) - 1)] * 1e3, 1),
        "call_cpu_s": round(cpu / ALERTS, 3),
        "load_average": round(os.getloadavg()[0], 1),
    }


async def ready(daemon: Daemon) -> None:
    """Every prompt is rendered, or taken from an earlier run."""
    if PROMPTS.is_dir():
        shutil.copytree(PROMPTS, daemon.data / "prompts", dirs_exist_ok=True)
    await daemon.logged("prompts are ready", seconds=READY_SECONDS)
    await asyncio.to_thread(shutil.copytree, daemon.data / "prompts", PROMPTS, dirs_exist_ok=True)


def invited_at(peer: Sipp) -> dict[str, float]:
    """When each call came, by its Call-ID, in seconds since 1970; a repeated INVITE does not count."""
    found: dict[str, float] = {}
    parts = _MESSAGE.split(peer.trace.read_text(errors="replace"))
    for day, moment, message in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        direction, _, text = message.strip().partition("\n\n")
        if "received" in direction and text.startswith("INVITE "):
            found.setdefault(header(text, "Call-ID"), datetime.fromisoformat(f"{day} {moment}").timestamp())
    return found


def _cpu_seconds(mark: str) -> float:
    """Of every process that carries the mark: the nursery and its workers have a session of their own."""
    spent = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = f"{MARK}={mark}".encode() in (folder / "environ").read_bytes()
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if ours:
            spent += int(fields[11]) + int(fields[12])
    return spent / _TICKS
