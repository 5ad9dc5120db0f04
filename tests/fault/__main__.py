"""`make fault`: daemon, workers and broker are killed at random instants under load; then the books are compared with the wire.

    FAULTS=200 SEED=7 make fault

Rule 1: real processes only: mosquitto, the daemon, its workers, SIPp. Deaths are SIGKILLs; the broker is stopped and started.
Rule 2: a seed says who dies and when; the machine says what it was doing then. The seed is printed first and kept in the report.
Rule 3: an alert counts as accepted when the broker has acknowledged it; from there on it may not get lost.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom
from uuid import uuid4

from tests.bench.ringing import invited_at, ready
from tests.daemon import Daemon
from tests.fault.books import Wire, broken_promises
from tests.fault.load import Load
from tests.mosquitto import Mosquitto
from tests.sipp import Sipp, sipp, until
from tests.stage import MARK, Scene, kill

FAULTS = int(os.environ.get("FAULTS", "200"))
SEED = int(os.environ.get("SEED", "0")) or SystemRandom().randrange(1, 10**6)
REPORT = Path("var/fault/report.json")
TALK_MS = 4000
QUIET_SECONDS = 180
BREATH_SECONDS = (0.1, 3.0)
VICTIMS = ("worker", "worker", "daemon", "broker")


async def main() -> int:
    print(f"{FAULTS} faults, seed {SEED} (again with: FAULTS={FAULTS} SEED={SEED} make fault)", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="quanzu-fault-"))
    begun = time.monotonic()
    async with (
        Mosquitto(folder) as broker,
        sipp("answer_then_bye", folder, talk_ms=TALK_MS) as peer,
    ):
        mark = uuid4().hex
        daemon = Daemon(
            folder,
            trunk=f"127.0.0.1:{peer.port}",
            environ={MARK: mark},
            mqtt={"url": broker.url},
            sip={"ring_seconds": 8, "max_call_seconds": 30},
        )
        scene = Scene(daemon, None, None, mark)  # type: ignore[arg-type]  # its telephones are one SIPp
        async with daemon:
            await ready(daemon)
            await daemon.logged(
                "broker connected", seconds=60
            )  # before its first visit the broker keeps nothing for it
            load = Load(broker, SEED)
            killed = await _strike(scene, broker, load)
            alerts = await load.end()
            await _quiet(daemon, alerts)
            broken = broken_promises(daemon, Wire(invited_at(peer)), alerts)
            if not peer.call_ids():
                broken.append("nobody was ever rung: nothing is proved; the daemon's log says why")
            figures = _figures(daemon, peer, killed, alerts)
        for pid in scene.processes():
            kill(pid)
    report = {"seed": SEED, "seconds": round(time.monotonic() - begun), **figures, "broken": broken}
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2, ensure_ascii=False))
    if broken:
        print(f"{len(broken)} promises are broken; database, log and trace are kept in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    print("every promise is kept")
    return 0


async def _strike(scene: Scene, broker: Mosquitto, load: Load) -> Counter[str]:
    """One death after the other; who is dead is back before the next one."""
    chance, killed = Random(SEED), Counter[str]()
    load.begin()
    for number in range(FAULTS):
        await asyncio.sleep(chance.uniform(*BREATH_SECONDS))
        victim, which = chance.choice(VICTIMS), chance.random()
        workers = sorted(scene.workers())
        if victim == "worker" and workers:
            kill(workers[int(which * len(workers))])
        elif victim == "broker":
            await broker.stop()
            await asyncio.sleep(which)
            await broker.start()
        else:
            victim = "daemon"
            await scene.daemon.kill()
            await scene.daemon.start()
        assert scene.daemon.runs(), f"the daemon has died by itself:\n{scene.daemon.log_text()[-3000:]}"
        killed[victim] += 1
        _bar(number + 1, victim)
    print(flush=True)
    return killed


def _bar(done: int, victim: str) -> None:
    full = done * 40 // FAULTS
    end = "" if sys.stdout.isatty() else "\n"
    print(f"\r[{'#' * full:<40}] {done}/{FAULTS} {victim:8}", end=end, flush=True)


async def _quiet(daemon: Daemon, alerts: set[str]) -> None:
    """Every alert that was sent is on file, and every call that was begun is over and settled."""

    def settled() -> bool:
        [on_file] = daemon.rows("SELECT count(*) AS n FROM alerts WHERE state = 'accepted'")
        live = daemon.rows(
            "SELECT 1 FROM attempts WHERE state IN ('claimed', 'dialling', 'ringing', 'answered') LIMIT 1"
        )
        due = daemon.rows("SELECT 1 FROM attempts WHERE state = 'due' AND due_at <= datetime('now') LIMIT 1")
        return on_file["n"] >= len(alerts) and not live and not due

    print("waiting until the last call is over ...", flush=True)
    try:
        await until(settled, QUIET_SECONDS)
    except TimeoutError:
        print("it does not become quiet; what is wrong is told below", flush=True)


def _figures(daemon: Daemon, peer: Sipp, killed: Counter[str], alerts: set[str]) -> dict[str, object]:
    states = daemon.rows("SELECT state, rang, count(*) AS n FROM attempts GROUP BY state, rang ORDER BY state, rang")
    return {
        "killed": dict(killed),
        "alerts": len(alerts),
        "invites": len(peer.call_ids()),
        "attempts": {f"{row['state']} {row['rang']}".strip(): row["n"] for row in states},
    }


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
