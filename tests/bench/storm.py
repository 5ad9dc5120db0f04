"""A storm: 10,000 alerts in a minute over MQTT, of mixed grades; real broker, real daemon, real workers, SIPp at the far end.

Every person is busy, so that lines come free as fast as calls can be set up: what is measured is who comes first, and how long he waits.
Waits count from just before the alert is published to its INVITE at SIPp, by SIPp's own clock; both are this machine's.
低 gives way after SHED_AFTER_SECONDS, so that it can be seen inside a minute; in production it is half an hour.
"""

import asyncio
import json
import os
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

from tests.bench.ringing import ready
from tests.daemon import Daemon
from tests.mosquitto import Mosquitto
from tests.sipp import sipp, until

ALERTS, SECONDS = 10_000, 60.0
SHORTER = 10  # of both, so that the rate stays
MIX: Mapping[str, float] = {"特急": 0.02, "高": 0.08, "中": 0.30, "低": 0.60}
SHED_AFTER_SECONDS = 20.0
LINES = 16
PATIENCE_SECONDS = 120.0  # for the last alert to be taken, and then for the last 特急 to be rung
NAMES: Mapping[str, str] = {"特急": "critical", "高": "high", "中": "medium", "低": "low"}
_HEAD = re.compile(r"^-{10,}\s*(\S+)[ T\t](\S+).*$", re.MULTILINE)
_INVITE = re.compile(r"^INVITE sip:(\d+)@", re.MULTILINE)


async def measure(directory: Path, *, short: bool) -> dict[str, float]:
    """Seconds from alert to INVITE by grade; how many were rung, shed, and still wait when the storm has passed."""
    count, seconds = (ALERTS // SHORTER, SECONDS / SHORTER) if short else (ALERTS, SECONDS)
    shed_after = SHED_AFTER_SECONDS / SHORTER if short else SHED_AFTER_SECONDS
    async with (
        Mosquitto(directory) as broker,
        sipp("refuse", directory, status=486, header="Reason: Q.850;cause=17") as peer,
        Daemon(
            directory,
            mqtt={"url": broker.url},
            sms={"gateway": True},
            trunks=[{"name": "bench", "domain": f"127.0.0.1:{peer.port}", "lines": LINES}],
            workers={"warm": LINES, "most": LINES},
            **{'grades."低"': {"shed_to_sms_after_seconds": shed_after}},
        ) as daemon,
    ):
        await ready(daemon)
        people = mixed(count)
        sent = await _publish(broker, people, seconds)
        storm_s = max(sent.values()) - min(sent.values())
        await until(lambda: _count(daemon, "SELECT count(*) AS n FROM alerts") >= count, PATIENCE_SECONDS)
        taken_s = time.time() - min(sent.values())
        critical = [number for number, grade in people if grade == "特急"]
        await until(lambda: set(critical) <= set(_first_invites(peer.trace)), PATIENCE_SECONDS)
        await asyncio.sleep(
            shed_after
        )  # not for something to happen: so long who comes last may wait before he is shed
        invited = _first_invites(peer.trace)
        shed = Counter(row["number"] for row in daemon.rows("SELECT number FROM attempts WHERE outcome = 'shed'"))
        stages = _stages(daemon, sent, invited)
        behind = _count(daemon, "SELECT count(*) AS n FROM outbox WHERE published_at IS NULL")
    return {
        "alerts": count,
        "storm_s": round(storm_s, 1),
        "last_alert_taken_after_s": round(taken_s, 1),
        "calls_a_second": round(len(invited) / (max(invited.values()) - min(invited.values())), 1),
        "news_behind": behind,
        **stages,
        **by_grade(people, sent, invited, shed),
        "load_average": round(os.getloadavg()[0], 1),
    }


def mixed(count: int) -> Sequence[tuple[str, str]]:
    """So many people, each with his grade, in an order that is the same each time."""
    grades = [grade for grade, part in MIX.items() for _ in range(round(count * part))]
    Random(96110).shuffle(grades)
    return [(f"138{number:08}", grade) for number, grade in enumerate(grades)]


async def _publish(broker: Mosquitto, people: Sequence[tuple[str, str]], seconds: float) -> Mapping[str, float]:
    """At an even rate; when each left."""
    sent: dict[str, float] = {}
    begun = time.monotonic()
    async with broker.client() as client:
        for place, (number, grade) in enumerate(people):
            await asyncio.sleep(max(begun + place * seconds / len(people) - time.monotonic(), 0))
            alert = {"number": number, "grade": grade, "fraud_type": "flight_refund", "id": f"s{place}"}
            sent[number] = time.time()
            await client.publish("quanzu/alerts", json.dumps(alert).encode(), qos=1)
    return sent


def _first_invites(trace: Path) -> Mapping[str, float]:
    """When each number was rung for the first time, in seconds since 1970."""
    found: dict[str, float] = {}
    parts = _HEAD.split(trace.read_text(errors="replace"))
    for day, moment, message in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        invite = _INVITE.search(message)
        if invite and "message received" in message.split("\n\n", 1)[0]:
            found.setdefault(invite[1], datetime.fromisoformat(f"{day} {moment}").timestamp())
    return found


def _stages(daemon: Daemon, sent: Mapping[str, float], invited: Mapping[str, float]) -> dict[str, float]:
    """How far behind its alert each step of a 特急 is, in the middle: where the time goes."""
    steps = daemon.rows(
        "SELECT attempts.number, history.what, min(history.at) AS at FROM history JOIN attempts"
        " ON attempts.id = history.attempt_id WHERE attempts.urgency = 0 GROUP BY attempts.number, history.what"
    )
    behind: dict[str, list[float]] = {}
    for step in steps:
        at = datetime.fromisoformat(step["at"]).replace(tzinfo=UTC).timestamp()
        if step["number"] in invited:
            behind.setdefault(step["what"], []).append(at - sent[step["number"]])
    shown = ("attempt_due", "attempt_claimed", "attempt_dialling", "call_inviting")
    return {f"critical_{what}_p50_s": round(median(behind[what]), 2) for what in shown if what in behind}


def _count(daemon: Daemon, query: str) -> int:
    [row] = daemon.rows(query)
    return int(row["n"])


def by_grade(
    people: Sequence[tuple[str, str]],
    sent: Mapping[str, float],
    invited: Mapping[str, float],
    shed: Mapping[str, int],
) -> dict[str, float]:
    """The figures of each grade."""
    figures: dict[str, float] = {}
    for grade, name in NAMES.items():
        numbers = [number for number, of_grade in people if of_grade == grade]
        waits = sorted(invited[number] - sent[number] for number in numbers if number in invited)
        gave_way = sum(number in shed for number in numbers)
        figures |= {f"{name}_alerts": len(numbers), f"{name}_rung": len(waits), f"{name}_shed": gave_way}
        figures[f"{name}_waiting"] = len({*numbers} - {*invited} - {*shed})
        if waits:
            figures[f"{name}_p50_s"] = round(waits[len(waits) // 2], 2)
            figures[f"{name}_p99_s"] = round(waits[min(int(len(waits) * 0.99), len(waits) - 1)], 2)
    return figures
