"""`make fault`: whoever can die, be full, be away or go wrong does, at random instants under load; then the books are compared.

    FAULTS=200 SEED=7 DATABASE=sqlite MINUTES=15 make fault

Rule 1: real processes only: mosquitto, PostgreSQL, daemons, workers, SIPp.
Rule 2: a seed says what happens and when; the machine says what it was doing then. The seed is printed first and kept in the report.
Rule 3: between two faults somebody is rung, if it does not take too long: who is never at work is never caught at it.
Rule 4: an alert counts as accepted when the broker has acknowledged it; from there on it may not get lost.
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
from typing import Any

from dialer.storage.steady import FOLLOWS
from tests.fault.books import Books, broken_promises
from tests.fault.centre import POSTGRESQL, SQLITE, Centre, centre
from tests.fault.load import Load
from tests.fault.people import picking_up
from tests.fault.victims import FAULTS as KINDS
from tests.fault.victims import possible
from tests.fault.wire import rings

FAULTS = int(os.environ.get("FAULTS", "200"))
SEED = int(os.environ.get("SEED", "0")) or SystemRandom().randrange(1, 10**6)
MINUTES = float(os.environ.get("MINUTES", "inf"))  # then it is enough, however many faults that were
DATABASES = [os.environ["DATABASE"]] if os.environ.get("DATABASE") else [SQLITE, POSTGRESQL]
REPORT = Path("var/fault/report.json")
QUIET_SECONDS = 240  # the longest call of a machine that died is over then, too
BREATH_SECONDS = (0.1, 2.0)
RUNG_SECONDS = 6.0
TABLES = ("alerts", "cases", "attempts", "escalations", "work_items", "contacts", "outbox", "history")
SLACK_SECONDS = 0.05  # and what the casebook may have followed a clock that jumped


async def main() -> int:
    """0: every promise was kept on every database."""
    reports = {}
    for database in DATABASES:
        reports[database] = await _torture(database)
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(json.dumps(reports, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    broken = sum(len(report["broken"]) for report in reports.values())
    print(f"{broken} promises are broken" if broken else "every promise is kept", file=sys.stderr)
    return 1 if broken else 0


async def _torture(database: str) -> dict[str, Any]:
    again = f"FAULTS={FAULTS} SEED={SEED} DATABASE={database} make fault"
    print(f"{database}: {FAULTS} faults, seed {SEED} (again with: {again})", flush=True)
    folder, begun = Path(tempfile.mkdtemp(prefix="quanzu-fault-")), time.monotonic()
    async with centre(database, folder) as opened:
        async with picking_up(opened.callers, opened.officers, SEED):
            load, struck = Load(opened.broker, SEED), Counter[str]()
            load.begin()
            seconds = await _strike(opened, struck)
            taken = await load.end()
            await _quiet(opened, len(taken))
        books = await _books(opened, time.monotonic() - begun)
        broken = broken_promises(books, taken)
    if not books.rings or not books.officers_rings:
        broken.append("nobody was ever rung: nothing is proved; the daemon's log says why")
    report = {
        "seed": SEED,
        "seconds": round(time.monotonic() - begun),
        "seconds_a_fault": round(seconds / struck.total(), 1),
    }
    report |= {"faults": dict(struck), "alerts": len(taken), **_figures(books), "broken": broken}
    print(json.dumps(report, indent=2, ensure_ascii=False))
    if broken:
        print(f"{len(broken)} promises are broken; database, logs and traces are kept in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return report


async def _strike(opened: Centre, struck: Counter[str]) -> float:
    """One fault after the other; how many seconds they took."""
    chance, names, begun = Random(SEED), possible(opened), time.monotonic()
    for number in range(FAULTS):
        if time.monotonic() - begun > MINUTES * 60:
            break
        await _somebody_is_rung(opened)
        await asyncio.sleep(chance.uniform(*BREATH_SECONDS))
        name = chance.choice(names)
        await KINDS[name](opened, Random(chance.random()))
        for node in opened.nodes:
            assert node.daemon.runs(), f"a daemon has died by itself:\n{node.daemon.log_text()[-3000:]}"
        struck[name] += 1
        _bar(number + 1, name)
    print(flush=True)
    return time.monotonic() - begun


async def _somebody_is_rung(opened: Centre) -> None:
    before, end = opened.rung(), time.monotonic() + RUNG_SECONDS
    while opened.rung() == before and time.monotonic() < end:
        await asyncio.sleep(0.1)


def _bar(done: int, name: str) -> None:
    full = done * 40 // FAULTS
    end = "" if sys.stdout.isatty() else "\n"
    print(f"\r[{'#' * full:<40}] {done}/{FAULTS} {name:8}", end=end, flush=True)


async def _quiet(opened: Centre, alerts: int) -> None:
    """Every alert that was sent is on file, calls are stopped, those that were begun are settled, and everything is told."""
    print("waiting until the last call is over ...", flush=True)
    await _until(opened, f"SELECT 1 AS n WHERE (SELECT count(*) FROM alerts WHERE state = 'accepted') >= {alerts}")
    ran = await opened.nodes[0].daemon.quanzu("stop", "--by", "fault", "--why", "the end")
    assert ran.code == 0, ran.err
    live = "SELECT 1 FROM attempts WHERE state IN ('claimed', 'dialling', 'ringing', 'answered')"
    untold = "SELECT 1 FROM outbox WHERE published_at IS NULL"
    await _until(opened, f"SELECT 1 AS n WHERE NOT EXISTS ({live}) AND NOT EXISTS ({untold})")


async def _until(opened: Centre, query: str) -> None:
    end = time.monotonic() + QUIET_SECONDS
    while not await opened.rows(query):
        if time.monotonic() > end:
            print("it does not become quiet; what is wrong is told below", flush=True)
            return
        await asyncio.sleep(0.5)


async def _books(opened: Centre, seconds: float) -> Books:
    slack = SLACK_SECONDS + (0 if opened.server else seconds * FOLLOWS)
    found = [await opened.rows(f"SELECT * FROM {table}") for table in TABLES]
    told = [message.told for message in opened.news.messages]
    at_people = rings([opened.citizens.trace, opened.callers.peer.trace])
    spools = [node.scene.spool for node in opened.nodes]
    return Books(*found, at_people, rings([opened.officers.peer.trace]), told, spools, slack)


def _figures(books: Books) -> dict[str, object]:
    def counted(rows: Any, *names: str) -> dict[str, int]:
        return dict(sorted(Counter(" ".join(row[name] for name in names).strip() for row in rows).items()))

    return {
        "invites": len(books.rings),
        "officers_invites": len(books.officers_rings),
        "attempts": counted(books.attempts, "state", "rang"),
        "escalations": counted(books.escalations, "state"),
        "cases": counted(books.cases, "state"),
        "news": len(books.outbox),
        "resumed": sum(bool(row["resumes"]) for row in books.attempts),
    }


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
