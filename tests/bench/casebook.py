"""What the casebook costs, here on SQLite: alerts beside bare inserts of the same rows, and claims beside how many cases are open.

An alert is accepted as a daemon does it: checked, folded, decided on by casework, committed with synchronous=FULL. The bare
inserts are the very rows that came of it, one transaction an alert, through the same engine. Ratios are of one run on one machine.
A claim is what pacing does for one call: what is due now, and the first of it. Cases are made in bulk by SQL, and do not count.
"""

import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from dialer.bus.broker import MOST_TOGETHER
from dialer.clock import SystemClock
from dialer.dialplan import DialPlan
from dialer.domain.policy import Policy
from dialer.filing.intake import Intake
from dialer.filing.runner import Runner
from dialer.storage import open_storage, tables
from dialer.storage.engine import open_engines

ALERTS = 400
TOGETHER = 5  # times as many, for they are over too soon
OPEN_CASES = {"10k": 10_000, "1m": 1_000_000}
DUE = 500  # of however many cases; the others wait for a later day
CLAIMS = 100
LOOKED_AT = 10
GRADES = ("特急", "高", "中", "低")
Row = tuple[sa.Table, Mapping[str, Any]]


async def measure(directory: Path, *, short: bool = False) -> dict[str, float]:
    urls = [f"sqlite:///{directory / name}" for name in ("alerts.db", "bare.db", "together.db")]
    figures = with_ratio({**await alerts(urls[0], urls[1]), **await alerts_together(urls[2])})
    for name, count in sizes(short=short).items():
        begun = time.monotonic()
        file = directory / f"claims-{name}.db"
        async with open_storage(f"sqlite:///{file}"):
            pass
        fill(file, count, datetime.now(UTC))
        figures[f"making_{name}_cases_s"] = round(time.monotonic() - begun, 1)
        for key, value in (await claims(f"sqlite:///{file}")).items():
            figures[f"{key}_{name}"] = value
        file.unlink()
    return {**figures, **({} if short else ratios(figures))}


def sizes(*, short: bool) -> Mapping[str, int]:
    return {"10k": OPEN_CASES["10k"]} if short else OPEN_CASES


def with_ratio(figures: Mapping[str, float]) -> dict[str, float]:
    """Alerts that come together, beside bare inserts of one alert a transaction."""
    ratio = figures["together_accepted_a_second"] / figures["bare_inserts_a_second"]
    return {**figures, "together_to_bare_inserts": round(ratio, 3)}


def ratios(figures: Mapping[str, float]) -> dict[str, float]:
    """What a hundred times as many open cases cost."""
    keys = ("claim_ms", "claim_cpu_ms")
    return {f"{key}_1m_to_10k": round(figures[f"{key}_1m"] / figures[f"{key}_10k"], 2) for key in keys}


# --- alerts


async def alerts(url: str, bare_url: str) -> dict[str, float]:
    async with open_storage(url) as storage:
        intake = Intake(Runner(storage.casebook, Policy()), DialPlan(), SystemClock())
        bodies = [_body(number) for number in range(ALERTS)]
        begun, cpu = time.monotonic(), time.process_time()
        for body in bodies:
            assert (await intake.take(body, "bench")).accepted
        seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
    bare_seconds, bare_cpu = await _bare(bare_url, await _rows_by_case(url))
    return {
        "alerts_accepted_a_second": round(ALERTS / seconds, 1),
        "bare_inserts_a_second": round(ALERTS / bare_seconds, 1),
        "alerts_to_bare_inserts": round(bare_seconds / seconds, 3),
        "alert_cpu_ms": round(cpu / ALERTS * 1e3, 2),
        "bare_insert_cpu_ms": round(bare_cpu / ALERTS * 1e3, 2),
    }


async def alerts_together(url: str) -> dict[str, float]:
    """The same when they come faster than one by one, as the bus then hands them in."""
    async with open_storage(url) as storage:
        intake = Intake(Runner(storage.casebook, Policy()), DialPlan(), SystemClock())
        given = [(_body(number), "bench") for number in range(TOGETHER * ALERTS)]
        begun, cpu = time.monotonic(), time.process_time()
        for at in range(0, len(given), MOST_TOGETHER):
            assert all(answer.accepted for answer in await intake.take_together(given[at : at + MOST_TOGETHER]))
        seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
    return {
        "together_accepted_a_second": round(len(given) / seconds, 1),
        "together_cpu_ms": round(cpu / len(given) * 1e3, 2),
    }


def _body(number: int) -> bytes:
    alert = {"number": f"1380{number:07}", "grade": GRADES[number % 4], "fraud_type": "generic", "id": f"n{number}"}
    return json.dumps(alert).encode()


async def _rows_by_case(url: str) -> Sequence[Sequence[Row]]:
    """What one alert wrote, for each of them."""
    rows: dict[str, list[Row]] = defaultdict(list)
    async with open_engines(url) as engines, engines.read() as db:
        person_to_case = {row.contact_id: row.id for row in await db.execute(sa.select(tables.cases))}
        for table in tables.metadata.sorted_tables:
            for row in (await db.execute(sa.select(table))).mappings():
                person = row["id"] if table is tables.contacts else row.get("contact_id", "")
                case = row["id"] if table is tables.cases else row.get("case_id") or person_to_case.get(person, "")
                if case:
                    rows[case].append((table, {key: value for key, value in row.items() if value is not None}))
    return list(rows.values())


async def _bare(url: str, alerts: Sequence[Sequence[Row]]) -> tuple[float, float]:
    async with open_engines(url) as engines:
        begun, cpu = time.monotonic(), time.process_time()
        for rows in alerts:
            async with engines.write() as db:
                for table, values in rows:
                    await db.execute(table.insert().values(**values))
        assert len(alerts) == ALERTS
        return time.monotonic() - begun, time.process_time() - cpu


# --- claims


def fill(file: Path, count: int, now: datetime) -> None:
    """So many people with an open case each and an attempt that waits; the first of them are due now."""
    numbered = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})"
    name, number = "printf('%032x', i)", "printf('1%010d', i)"
    at = {
        "now": _written(now),
        "due": _written(now - timedelta(seconds=60)),
        "later": _written(now + timedelta(days=1)),
    }
    due = f"CASE WHEN i < {DUE} THEN :due ELSE :later END"
    rows = [
        f"contacts (id) {numbered} SELECT {name} FROM n",
        f"numbers (number, contact_id) {numbered} SELECT {number}, {name} FROM n",
        f"""cases (id, contact_id, number, grade, fraud_type, state, opened_at)
            {numbered} SELECT {name}, {name}, {number}, '高', 'generic', 'open', :now FROM n""",
        f"""alerts (id, source, external_id, received_at, state, grade, fraud_type, number, body_sha256, case_id)
            {numbered} SELECT {name}, 'bench', {name}, :now, 'accepted', '高', 'generic', {number}, {name}, {name} FROM n""",
        f"""attempts (id, case_id, contact_id, number, state, reason, urgency, created_at, due_at, deadline)
            {numbered} SELECT {name}, {name}, {name}, {number}, 'due', 'alert', 1, :now, {due}, {due} FROM n""",
    ]
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA synchronous=OFF")
        for each in rows:
            database.execute(f"INSERT INTO {each}", at)


def _written(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


async def claims(url: str) -> dict[str, float]:
    async with open_storage(url) as storage:
        walls, cpus = [], []
        for round_ in range(CLAIMS + 10):
            now, begun, cpu = datetime.now(UTC), time.monotonic(), time.process_time()
            first = (await storage.casebook.due_attempts(now, LOOKED_AT))[0]
            claimed = await storage.casebook.claim(first.id, "bench", now, 30)
            assert claimed is not None
            if round_ >= 10:  # the first ones open connections and fill caches
                walls.append(time.monotonic() - begun)
                cpus.append(time.process_time() - cpu)
    return {"claim_ms": round(median(walls) * 1e3, 2), "claim_cpu_ms": round(median(cpus) * 1e3, 2)}
