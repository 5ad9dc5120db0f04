"""What must hold when everybody has died often enough: the casebook's file against what SIPp has seen on the wire."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from dialer.domain.attempt import LIVE, PENDING
from dialer.domain.grade import Grade
from dialer.domain.policy import Policy
from tests.daemon import Daemon

SAFE_GAP = min(Policy().of(grade).safe_gap for grade in Grade).total_seconds()
OPEN_WORK = "('wanted', 'accepted')"


@dataclass(frozen=True, slots=True)
class Wire:
    """When each call came, by its Call-ID, in seconds since 1970."""

    invited_at: dict[str, float]


def broken_promises(daemon: Daemon, wire: Wire, alerts: set[str]) -> list[str]:
    """One sentence each; nothing personal but people's order of arrival."""
    attempts = daemon.rows("SELECT * FROM attempts ORDER BY id")
    return [*_lost(daemon, alerts), *_forgotten(daemon, attempts), *_rung_wrongly(attempts, wire), *_spool(daemon)]


def _lost(daemon: Daemon, alerts: set[str]) -> list[str]:
    query = "SELECT external_id, cases.id AS file FROM alerts LEFT JOIN cases ON cases.id = case_id WHERE alerts.state = 'accepted'"
    filed = daemon.rows(query)
    times = Counter(row["external_id"] for row in filed if row["file"])
    live = daemon.rows("SELECT contact_id FROM cases WHERE state <> 'closed' GROUP BY contact_id HAVING count(*) > 1")
    return [
        *(f"alert {name} was taken and is on {times[name]} cases" for name in sorted(alerts) if times[name] != 1),
        *("a person has two live cases" for _ in live),
    ]


def _forgotten(daemon: Daemon, attempts: list[dict[str, Any]]) -> list[str]:
    pending = Counter(row["case_id"] for row in attempts if row["state"] in PENDING)
    working = {row["case_id"] for row in daemon.rows(f"SELECT case_id FROM work_items WHERE state IN {OPEN_WORK}")}
    cases = daemon.rows("SELECT * FROM cases")
    closed = [row for row in cases if row["state"] == "closed" and Grade(row["grade"]).serious]
    going = [row for row in cases if row["state"] not in ("closed", "with_officer")]
    held = daemon.rows("SELECT live_attempt FROM contacts WHERE live_attempt <> ''")
    stuck = [row for row in attempts if row["state"] in LIVE]
    return [
        *(f"case {row['id']} has no next step" for row in going if not pending[row["id"]] and row["id"] not in working),
        *(f"case {name} has {number} pending attempts" for name, number in pending.items() if number > 1),
        *(f"serious case {row['id']} was closed, and nobody was there to do it" for row in closed),
        *(f"attempt {row['id']} is {row['state']} for ever" for row in stuck),
        *(f"a person is held by attempt {row['live_attempt']}" for row in held if not stuck),
    ]


def _rung_wrongly(attempts: list[dict[str, Any]], wire: Wire) -> list[str]:
    """Every INVITE was written down before; two to one person are the gap apart, from the end of the first one on."""
    known = {row["call_id"]: row for row in attempts if row["call_id"]}
    broken = [f"INVITE {name} was never written down" for name in wire.invited_at if name not in known]
    people: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name in sorted(wire.invited_at, key=lambda name: wire.invited_at[name]):
        if name not in known:
            continue
        row = known[name]
        if row["dialled_at"] is None or _seconds(row["dialled_at"]) > wire.invited_at[name] + 0.05:
            broken.append(f"attempt {row['id']} rang before it was written down")
        if row["rang"] == "never":
            broken.append(f"attempt {row['id']} is said never to have rung, and its INVITE was seen")
        people[row["contact_id"]].append(row)
    for rung in people.values():
        resumed = [row for row in rung if row["resumes"]]
        if len({row["case_id"] for row in resumed}) != len(resumed):
            broken.append(f"case {resumed[0]['case_id']} was resumed twice")
        for first, second in pairwise(rung):
            over = _seconds(first["ended_at"]) if first["ended_at"] else float("inf")
            gap = wire.invited_at[second["call_id"]] - max(over, wire.invited_at[first["call_id"]])
            if gap < SAFE_GAP and not second["resumes"]:
                broken.append(f"attempt {second['id']} rang {gap:.1f} s after attempt {first['id']}")
    return broken


def _spool(daemon: Daemon) -> list[str]:
    return [f"{file.suffixes} is left in the spool" for file in (daemon.data / "spool").glob("*") if file.is_file()]


def _seconds(written: str) -> float:
    return datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp()
