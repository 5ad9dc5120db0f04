"""What must hold when everybody has died often enough: the casebook against what SIPp has seen, and what the world was told.

Rule 1: the wire is right. A call is over when the far end saw it end; the casebook may believe that later, never earlier.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any

from dialer.domain.attempt import LIVE, PENDING
from dialer.domain.grade import Grade
from dialer.domain.policy import Policy
from tests.fault.wire import Ring

SAFE_GAP = min(Policy().of(grade).safe_gap for grade in Grade).total_seconds()
OPEN_WORK = ("wanted", "accepted")
OFFICER_OVER = ("declined", "unanswered", "ended", "nobody")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """All that is compared; rows as the database gives them."""

    alerts: Sequence[Row]
    cases: Sequence[Row]
    attempts: Sequence[Row]
    escalations: Sequence[Row]
    work: Sequence[Row]
    contacts: Sequence[Row]
    outbox: Sequence[Row]
    history: Sequence[Row]
    rings: Sequence[Ring]  # at people
    officers_rings: Sequence[Ring]
    told: Sequence[Mapping[str, Any]]  # news, as the broker gave them
    spools: Sequence[Path]
    slack: float = field(default=0.05)  # by how much the casebook's seconds may differ from the wire's


def broken_promises(books: Books, taken: set[str]) -> list[str]:
    """One sentence each. taken: the names of the alerts that were accepted."""
    return [
        *_lost(books, taken),
        *_forgotten(books),
        *_unfinished(books),
        *_not_proved(books),
        *_rung_too_soon(books),
        *_officers(books),
        *_untold(books),
        *(f"{file.suffixes} is left in the spool" for folder in books.spools for file in folder.glob("*")),
    ]


def _lost(books: Books, taken: set[str]) -> Iterable[str]:
    cases = {row["id"] for row in books.cases}
    filed = [row for row in books.alerts if row["state"] == "accepted"]
    times = Counter(row["external_id"] for row in filed if row["case_id"] in cases)
    yield from (f"alert {name} was taken and is on {times[name]} cases" for name in sorted(taken) if times[name] != 1)
    live = Counter(row["contact_id"] for row in books.cases if row["state"] != "closed")
    yield from ("a person has two live cases" for number in live.values() if number > 1)


def _forgotten(books: Books) -> Iterable[str]:
    """A case is closed by people alone, an officer's, or has exactly one next call, or an item for people."""
    pending = Counter(row["case_id"] for row in books.attempts if row["state"] in PENDING)
    working = {row["case_id"] for row in books.work if row["state"] in OPEN_WORK}
    for row in books.cases:
        if row["state"] == "closed" and Grade(row["grade"]).serious:
            yield f"serious case {row['id']} was closed, and nobody was there to do it"
        if row["state"] not in ("closed", "with_officer") and not pending[row["id"]] and row["id"] not in working:
            yield f"case {row['id']} has no next step"
        if pending[row["id"]] > 1:
            yield f"case {row['id']} has {pending[row['id']]} pending attempts"
    bridged = {row["attempt_id"] for row in books.escalations if row["bridged_at"]}
    cut = {row["case_id"] for row in books.attempts if row["state"] == "lost" and row["id"] in bridged}
    yield from (f"case {case} lost its officer's talk, and nobody has work" for case in sorted(cut - working))


def _unfinished(books: Books) -> Iterable[str]:
    stuck = [row for row in books.attempts if row["state"] in LIVE]
    over = {row["id"] for row in books.attempts if row["state"] not in PENDING}
    yield from (f"attempt {row['id']} is {row['state']} for ever" for row in stuck)
    yield from (
        f"a person is held by attempt {row['live_attempt']}" for row in books.contacts if row["live_attempt"] in over
    )
    for row in books.escalations:
        if row["attempt_id"] in over and row["state"] not in OFFICER_OVER:
            yield f"escalation {row['id']} is {row['state']} for ever"


def _not_proved(books: Books) -> Iterable[str]:
    """Every INVITE was written down before; what is said of a ring is what the wire says."""
    known = {row["call_id"]: row for row in books.attempts if row["call_id"]}
    written = {row["attempt_id"]: seconds(row["at"]) for row in books.history if row["what"] == "attempt_dialling"}
    seen = {ring.call_id for ring in books.rings}
    for ring in books.rings:
        row = known.get(ring.call_id)
        if row is None:
            yield f"INVITE {ring.call_id} was never written down"
        elif written.get(row["id"], inf) > ring.invited_at + books.slack:
            yield f"attempt {row['id']} rang before it was written down"
        elif row["rang"] == "never":
            yield f"attempt {row['id']} is said never to have rung, and its INVITE was seen"
    for row in books.attempts:
        if row["rang"] == "yes" and row["call_id"] not in seen:
            yield f"attempt {row['id']} is said to have rung, and no INVITE was seen"


def _rung_too_soon(books: Books) -> Iterable[str]:
    """Two INVITEs to one person are the gap apart, from the end of the first one on, but for a talk that is taken up, once."""
    known = {row["call_id"]: row for row in books.attempts if row["call_id"]}
    people: dict[str, list[tuple[Ring, Row]]] = defaultdict(list)
    for ring in books.rings:
        if ring.call_id in known:
            row = known[ring.call_id]
            people[row["contact_id"]].append((ring, row))
    for rung in people.values():
        resumed = Counter(row["case_id"] for _, row in rung if row["resumes"])
        yield from (f"case {case} was resumed {times} times" for case, times in resumed.items() if times > 1)
        for (first, before), (second, row) in pairwise(rung):
            believed = seconds(before["ended_at"]) if before["ended_at"] else inf
            gap = second.invited_at - first.end(believed)
            if gap < SAFE_GAP - books.slack and not row["resumes"]:
                yield f"attempt {row['id']} rang {gap:.1f} s after attempt {before['id']}"


def _officers(books: Books) -> Iterable[str]:
    """Each is asked once for a call, one after the other, and it is written down who was."""
    of_call = {row["call_id"]: row["attempt_id"] for row in books.escalations if row["call_id"]}
    of_call |= {f"{row['call_id']}-fallback": row["id"] for row in books.attempts if row["call_id"]}
    asked: dict[str, list[Ring]] = defaultdict(list)
    for ring in books.officers_rings:
        if ring.call_id not in of_call:
            yield f"officer's INVITE {ring.call_id} was never written down"
        asked[of_call.get(ring.call_id, "")].append(ring)
    for attempt, rung in asked.items():
        if len({ring.number for ring in rung}) < len(rung):
            yield f"an officer was rung twice for attempt {attempt}"
        for first, second in pairwise(rung):
            if second.invited_at < first.end(0) - books.slack:
                yield f"two officers were rung at once for attempt {attempt}"


def _untold(books: Books) -> Iterable[str]:
    """All of it, and of each case in its order."""
    told = {each["id"] for each in books.told}
    for row in books.outbox:
        if row["id"] not in told:
            where = "the broker took it" if row["published_at"] else "it lies in the outbox"
            yield f"news {row['id']} was never told: {where}"
    yield from (f"news {row['id']} counts as untold" for row in books.outbox if not row["published_at"])
    newest: dict[str, int] = {}
    heard: set[int] = set()
    for each in books.told:
        if each["id"] not in heard and each["id"] < newest.get(each["case"], 0):
            yield f"news {each['id']} of case {each['case']} came after a newer one"
        heard.add(each["id"])
        newest[each["case"]] = max(each["id"], newest.get(each["case"], 0))


def seconds(written: str) -> float:
    """A time as either database writes it."""
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
