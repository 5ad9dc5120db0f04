"""The demo from the first telephone to the verdict."""

import asyncio
import contextlib
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from dialer.clock import SystemClock
from dialer.console.live import LiveBoard
from dialer.console.reading import call_now
from dialer.console.views import CallNow
from dialer.demo.cast import ROLES, start_daemon, start_phones, write_settings
from dialer.demo.verdict import draw, judge, tell, write_summary
from dialer.desk.commands import add_alert
from dialer.ports.views import CaseStory, Views
from dialer.settings import Settings, load
from dialer.storage import Storage, open_storage

LONGEST_SECONDS = 150.0
REFRESH_SECONDS = 0.2


async def demo(directory: Path, seed: int | None, console: Console, picture: Path | None = None) -> bool:
    """Run it; True when all three came out as they should. picture: write what the terminal showed as SVG there."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    directory = directory.resolve()
    _fresh(directory)
    console.print(f"seed {seed} (repeat with `quanzu demo --seed {seed}`), everything under {directory}")
    async with contextlib.AsyncExitStack() as stack:
        ports = await start_phones(stack, directory, seed, console)
        settings_file = write_settings(directory, ports)
        settings = load(settings_file, {})
        await start_daemon(stack, settings_file, directory, console)
        storage = await stack.enter_async_context(open_storage(settings.database_url))
        views = storage.views
        cases = await _alert(settings)
        async with asyncio.timeout(LONGEST_SECONDS):
            last_seen = await _watch(views, cases, console)
            await _all_told(storage)
        results = [judge(role, await _story(views, cases[role.name]), directory, settings) for role in ROLES]
    tell(results, console)
    if picture is not None:
        draw(picture, last_seen, results)
    write_summary(directory / "summary.json", seed, results)
    return all(not result.faults for result in results)


async def _all_told(storage: Storage) -> None:
    """The last outcome, and what became of its SMS, are told a moment after they are committed."""
    while True:
        if not await storage.work.due_sms(SystemClock().now(), 1) and not await storage.outbox.unpublished(1):
            return
        await asyncio.sleep(REFRESH_SECONDS)


def _fresh(directory: Path) -> None:
    """An empty directory; what an earlier demo left is removed, anything else is not touched."""
    if directory.exists() and any(directory.iterdir()) and not (directory / "demo.toml").exists():
        raise FileExistsError(f"{directory} is not empty and no earlier demo; name another directory")
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)


async def _alert(settings: Settings) -> Mapping[str, str]:
    """Three alerts, as a source would send them; role -> case id."""
    cases: dict[str, str] = {}
    for role in ROLES:
        body: dict[str, Any] = {
            "v": 1,
            "id": f"demo-{role.name}",
            "number": role.number,
            "grade": role.grade.value,
            "fraud_type": "机票退改签",
        }
        if role.sum_yuan is not None:
            body["sum_yuan"] = role.sum_yuan
        cases[role.name] = await add_alert(settings, json.dumps(body).encode(), source="demo")
    return cases


async def _story(views: Views, case_id: str) -> CaseStory:
    story = await views.story(case_id)
    assert story is not None
    return story


async def _watch(views: Views, cases: Mapping[str, str], console: Console) -> Sequence[CallNow]:
    """Show the calls until every first attempt has its outcome."""
    clock = SystemClock()
    with LiveBoard(console) as live:
        while True:
            stories = [await _story(views, case_id) for case_id in cases.values()]
            now = clock.now()
            calls: list[CallNow] = [call_now(s, s.attempts[0], now) for s in stories if s.attempts]
            live.show(calls)
            if len(calls) == len(cases) and all(call.outcome is not None for call in calls):
                return calls
            await asyncio.sleep(REFRESH_SECONDS)
