"""What the command line does with the casebook, from outside the daemon: it writes rows and reads views.

Rule 1: an alert by hand goes through the same intake as one from the broker.
Rule 2: nothing here rings; the daemon does.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from dialer.clock import SystemClock
from dialer.console.audit import audit_sheet
from dialer.console.casebook import at, case_table, rejected_table, story_sheet
from dialer.console.live import LiveBoard
from dialer.console.page import write_page
from dialer.console.reading import call_now as seen_now
from dialer.console.reading import call_view
from dialer.desk.book import case_named, open_book
from dialer.desk.importing import Row, read_rows
from dialer.domain.attempt import PENDING
from dialer.domain.stop import StopLevel
from dialer.errors import AlertRejected, NoDaemon, NotOnFile, TrunkDown
from dialer.filing.intake import Intake
from dialer.filing.runner import Runner
from dialer.node.lock import daemon_runs
from dialer.ports.views import AttemptLine, CaseStory, Views
from dialer.settings import Settings, dial_plan, policy
from dialer.storage import Storage
from dialer.versions.scripts import Scripts

MANUAL = "manual"
REFRESH_SECONDS = 0.2
STOP_ORDERS_SHOWN = 5


def alert_body(
    number: str,
    fraud_type: str,
    grade: str,
    *,
    sum_yuan: int | None = None,
    surname: str = "",
    group: str = "",
    external_id: str = "",
) -> bytes:
    """The JSON that a source would send."""
    body: dict[str, Any] = {"v": 1, "number": number, "fraud_type": fraud_type, "grade": grade}
    if sum_yuan is not None:
        body["sum_yuan"] = sum_yuan
    if surname:
        body["surname"] = surname
    if group:
        body["group"] = group
    if external_id:
        body["id"] = external_id
    return json.dumps(body, ensure_ascii=False).encode()


def _intake(settings: Settings, storage: Storage, runner: Runner) -> Intake:
    scripts = Scripts(storage.shelf, settings.centre)
    most = settings.intake.most_body_bytes
    return Intake(runner, dial_plan(settings), storage.clock, scripts, most_body_bytes=most)


async def add_alert(settings: Settings, body: bytes, *, source: str = MANUAL) -> str:
    """Take one alert in; its case's id. Raises AlertRejected."""
    async with open_book(settings) as storage:
        runner = Runner(storage.casebook, policy(settings))
        intake = _intake(settings, storage, runner)
        answer = await intake.take(body, source)
    if not answer.accepted:
        raise AlertRejected(answer.reason, answer.field, answer.advice)
    return answer.case_id


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines of a file."""

    opened: int = 0
    folded: int = 0  # into a case that was there, or known already
    refused: tuple[Row, ...] = ()


async def import_alerts(settings: Settings, path: Path, source: str, console: Console) -> Imported:
    """Take every line of a file in. Safe to repeat, and to interrupt. Raises FileUnreadable."""
    rows = list(read_rows(path, settings.centre.zone))
    opened = folded = 0
    refused: list[Row] = []
    async with open_book(settings) as storage:
        runner = Runner(storage.casebook, policy(settings))
        intake = _intake(settings, storage, runner)
        for row in track(rows, description="importing", console=console, transient=True):
            fault = AlertRejected(row.refusal, row.field, row.advice)
            answer = await (intake.refuse(row.body, source, fault) if row.refusal else intake.take(row.body, source))
            opened += answer.accepted and not answer.folded
            folded += answer.accepted and answer.folded
            if not answer.accepted:
                refused.append(Row(row.line, refusal=answer.reason, field=answer.field, advice=answer.advice))
    return Imported(opened, folded, tuple(refused))


async def call_live(settings: Settings, script: str, number: str, grade: str, console: Console) -> bool:
    """Have somebody rung and show the talk until the attempt is over; False: it never became a talk."""
    if not daemon_runs(settings.data_dir):
        raise NoDaemon
    if not settings.trunks:
        raise TrunkDown("No trunk is set, so nobody can be rung. Add one under [[trunks]]; see docs/operating.md.")
    clock = SystemClock()
    begun = clock.now()
    case_id = await add_alert(settings, alert_body(number, script, grade))
    console.print(f"case {case_id}")
    async with open_book(settings) as storage:
        attempt = _attempt_since(await _story(storage.views, case_id), begun)
        if attempt is None:
            console.print("nobody is rung: the case is with people, or closed")
            return False
        with LiveBoard(console) as board:
            while True:
                story = await _story(storage.views, case_id)
                attempt = next(each for each in story.attempts if each.id == attempt.id)
                board.show([seen_now(story, attempt, clock.now())])
                if attempt.state not in PENDING:
                    return attempt.answered_at is not None
                await asyncio.sleep(REFRESH_SECONDS)


def _attempt_since(story: CaseStory, begun: datetime) -> AttemptLine | None:
    """The attempt that was not over when we began; a later one, such as the next redial, is not what was asked for."""
    return next((each for each in story.attempts if each.ended_at is None or each.ended_at >= begun), None)


async def show_rejected(settings: Settings, limit: int, console: Console) -> None:
    async with open_book(settings) as storage:
        console.print(rejected_table(await storage.views.rejected_alerts(limit), settings.centre.zone))


async def show_cases(settings: Settings, limit: int, console: Console, *, open_only: bool) -> None:
    async with open_book(settings) as storage:
        console.print(case_table(await storage.views.cases(limit, open_only=open_only), settings.centre.zone))


async def show_case(settings: Settings, case_id: str, console: Console, page: Path | None) -> None:
    """All of one case; with `page`, its last ended call as an HTML page too. Raises NotOnFile."""
    async with open_book(settings) as storage:
        story = await _story(storage.views, await case_named(storage, case_id))
    console.print(story_sheet(story, settings.centre.zone))
    if page is None:
        return
    for attempt in reversed(story.attempts):
        with contextlib.suppress(ValueError):
            write_page(call_view(story, attempt, settings.centre.zone), page)
            console.print(f"page {page}")
            return
    console.print("no call of this case has ended yet; there is no page")


async def stop_calls(settings: Settings, level: StopLevel, who: str, why: str, console: Console) -> None:
    """Order the emergency stop, or its end, for every node at once; then show the newest orders."""
    async with open_book(settings) as storage:
        await storage.brake.order(level, who, why, storage.clock.now())
        for order in reversed(await storage.brake.orders(STOP_ORDERS_SHOWN)):
            console.print(
                f"{order.epoch:4}  {at(order.at, settings.centre.zone)}  {order.level.value:12}  {order.who}  {order.why}"
            )


async def audit_case(settings: Settings, case_id: str, console: Console) -> None:
    """The whole history of a case and the proof for each attempt. Raises NotOnFile."""
    async with open_book(settings) as storage:
        console.print(
            audit_sheet(await _story(storage.views, await case_named(storage, case_id)), settings.centre.zone)
        )


async def _story(views: Views, case_id: str) -> CaseStory:
    story = await views.story(case_id)
    if story is None:
        raise NotOnFile
    return story
