"""What `quanzu work` and `quanzu kpi` do with the casebook, from outside the daemon.

Rule: names on the command line are what people type; the daemon's machine is where officers are known, so who orders a stop payment has
to stand in the settings.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console

from dialer.clock import SystemClock
from dialer.console.figures import figures_json, figures_table
from dialer.console.work import work_sheet, work_table
from dialer.desk.book import case_named, open_book
from dialer.domain.breakdown import By, broken_down
from dialer.domain.figures import figures
from dialer.domain.work import WorkKind, WorkResult
from dialer.domain.workflow import Step, Verb
from dialer.errors import NotOnFile, WorkRefused
from dialer.filing.runner import Runner
from dialer.filing.working import Working
from dialer.ports.work import WorkViews
from dialer.settings import Settings, policy, stop_rules
from dialer.storage import Storage


@dataclass(frozen=True, slots=True)
class Wish:
    """Which items to list."""

    every: bool = False  # not only open ones
    overdue: bool = False
    owner: str = ""
    limit: int = 50


async def show_list(settings: Settings, wish: Wish, console: Console) -> None:
    now = SystemClock().now()
    async with open_book(settings) as storage:
        lines = await storage.work.work(open_only=not wish.every, limit=wish.limit, owner=wish.owner)
    if wish.overdue:
        lines = [line for line in lines if line.item.state.open and line.item.deadline < now]
    console.print(work_table(lines, now, settings.centre.zone))


async def show_one(settings: Settings, named: str, console: Console) -> None:
    """Raises NotOnFile, WorkRefused when several are meant."""
    async with open_book(settings) as storage:
        await _show(settings, storage, await _meant(storage.work, named), console)


async def do(
    settings: Settings, named: str, verb: Verb, by: str, console: Console, *, result: str = "", note: str = ""
) -> None:
    """One verb, then the item as it is now. Raises WorkRefused, NotOnFile."""
    async with open_book(settings) as storage:
        work_id = await _meant(storage.work, named)
        step = Step(verb, by, SystemClock().now(), _result(result), note)
        await _working(settings, storage).do(work_id, step)
        await _show(settings, storage, work_id, console)


async def want(
    settings: Settings,
    case_id: str,
    kind: WorkKind,
    by: str,
    console: Console,
    *,
    given_by: str = "",
    given_at: str = "",
) -> None:
    """Somebody asks for work on a case. Raises WorkRefused, NotOnFile."""
    async with open_book(settings) as storage:
        working = _working(settings, storage)
        case_id = await case_named(storage, case_id)
        when = _moment(given_at, settings.centre.zone)
        item = await working.want(case_id, kind, by, SystemClock().now(), given_by=given_by, given_at=when)
        await _show(settings, storage, item.id, console)


async def close_case(settings: Settings, case_id: str, by: str, why: str, console: Console) -> None:
    """A person closes a case. Raises NotOnFile."""
    async with open_book(settings) as storage:
        runner = Runner(storage.casebook, policy(settings))
        case = await runner.close(await case_named(storage, case_id), by, why, SystemClock().now())
    console.print(f"case {case.id} is {case.state.value}")


async def show_figures(settings: Settings, days: int, by: By, console: Console, *, as_json: bool) -> None:
    since, zone = SystemClock().now() - timedelta(days=days), settings.centre.zone
    async with open_book(settings) as storage:
        cases = await storage.work.figures(since)
    total, rows = figures(cases), broken_down(cases, by, zone)
    if as_json:
        console.file.write(figures_json(total, rows, by, since, zone) + "\n")
    else:
        console.print(figures_table(total, rows, by, since, zone))


def _working(settings: Settings, storage: Storage) -> Working:
    return Working(storage.casebook, policy(settings), stop_rules(settings))


async def _meant(views: WorkViews, named: str) -> str:
    found = await views.find_work(named)
    if not found:
        raise NotOnFile
    if len(found) > 1:
        raise WorkRefused("ambiguous", f"{len(found)} items end with that; write more of the id")
    return found[0]


async def _show(settings: Settings, storage: Storage, work_id: str, console: Console) -> None:
    story = await storage.work.work_story(work_id)
    if story is None:
        raise NotOnFile
    console.print(work_sheet(story, SystemClock().now(), settings.centre.zone, settings.centre.call_back))


def _result(word: str) -> WorkResult | None:
    """What is no result is refused with the list of those that are."""
    return WorkResult(word) if word in set(WorkResult) else None


def _moment(text: str, zone: str) -> datetime | None:
    """In the centre's zone unless it names one. Raises WorkRefused."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WorkRefused("no_time", "write the time as 2026-11-22T14:05") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
