"""`make demo`: three simulated citizens and an officer, rung by a real daemon over real SIP, shown live.

Rule 1: everything is a process of its own and the way is the user's: a settings file, `quanzu run`, alerts, the casebook.
Rule 2: nobody is told what to answer: citizens hear us and speak; what the demo knows, it reads from the casebook.
Rule 3: exit status 0 means that all three calls came out as they should.
"""

import asyncio
import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import socket
import sys
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from dialer.brief import LONGEST, LONGEST_MS, hanzi
from dialer.clock import SystemClock
from dialer.commands import add_alert
from dialer.console.live import LiveBoard, outcome_table
from dialer.console.page import write_page
from dialer.console.reading import call_now, call_view, next_attempt_at
from dialer.console.views import CallNow, CallView
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.notify import Readiness
from dialer.ports import AttemptLine, CaseStory, Views
from dialer.settings import Settings, load
from dialer.storage import open_storage

LONGEST_SECONDS = 150.0
REFRESH_SECONDS = 0.2
BUSY_REDIAL_SECONDS = 120
BUSY_SLACK_SECONDS = 2.0
CITIZEN = "CITIZEN"  # environment: every citizen plays this role instead, e.g. silent


@dataclass(frozen=True, slots=True)
class Role:
    """One citizen of the demo and what must come of his call."""

    name: str  # of the phone's role
    number: str
    grade: Grade
    sum_yuan: int | None
    outcome: Outcome


ROLES: Sequence[Role] = (
    Role("promises", "13800000001", Grade.HIGH, None, Outcome.REACHED_PROMISED),
    Role("transferred", "13800000002", Grade.CRITICAL, None, Outcome.HANDED_TO_OFFICER),
    Role("busy", "13800000003", Grade.HIGH, None, Outcome.BUSY),
)


@dataclass(frozen=True, slots=True)
class Result:
    """One call as it came out."""

    role: Role
    story: CaseStory
    attempt: AttemptLine
    view: CallView
    page: Path
    faults: tuple[str, ...]


async def demo(directory: Path, seed: int | None, console: Console) -> bool:
    """Run it; True when all three came out as they should."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    directory = directory.resolve()
    _fresh(directory)
    console.print(f"seed {seed} (repeat with `quanzu demo --seed {seed}`), everything under {directory}")
    async with contextlib.AsyncExitStack() as stack:
        ports = await _phones(stack, directory, seed, console)
        settings_file = _write_settings(directory, ports)
        settings = load(settings_file, {})
        await _daemon(stack, settings_file, directory, console)
        views = (await stack.enter_async_context(open_storage(settings.database_url))).views
        cases = await _alert(settings)
        async with asyncio.timeout(LONGEST_SECONDS):
            await _watch(views, cases, console)
        results = [_judge(role, await _story(views, cases[role.name]), directory, settings) for role in ROLES]
    _tell(results, console)
    _write_summary(directory / "summary.json", seed, results)
    return all(not result.faults for result in results)


def _fresh(directory: Path) -> None:
    """An empty directory; what an earlier demo left is removed, anything else is not touched."""
    if directory.exists() and any(directory.iterdir()) and not (directory / "demo.toml").exists():
        raise FileExistsError(f"{directory} is not empty and no earlier demo; name another directory")
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)


async def _phones(stack: contextlib.AsyncExitStack, directory: Path, seed: int, console: Console) -> Mapping[str, int]:
    """Start the citizens' and the officer's telephones; their SIP ports, once all are ready."""
    draw = random.Random(seed)  # noqa: S311 - wordings, not secrets
    forced = os.environ.get(CITIZEN, "")
    commands: dict[str, list[str]] = {
        role.name: ["voice.phones.citizen", "--role", forced or role.name] for role in ROLES
    }
    commands["officer"] = ["voice.phones.officer"]
    ports = {name: _free_port() for name in commands}
    for name, command in commands.items():
        folder = directory / "phones" / name
        folder.mkdir(parents=True)
        drawn = str(draw.randrange(10**6))
        rest = ["--port", str(ports[name]), "--seed", drawn, "--record", str(folder)]
        phone = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *command,
            *rest,
            stdout=asyncio.subprocess.PIPE,
            stderr=(folder / "log").open("wb"),
            start_new_session=True,
        )
        stack.push_async_callback(_stop, phone)
        assert phone.stdout is not None
        line = (await asyncio.wait_for(phone.stdout.readline(), 60)).decode().strip()
        if not line.startswith("ready"):
            raise RuntimeError(f"the {name} telephone did not start; see {folder / 'log'}")
        console.print(f"  telephone of the {'officer' if name == 'officer' else 'citizen who ' + name}: {line}")
    return ports


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_settings(directory: Path, ports: Mapping[str, int]) -> Path:
    """The settings of a daemon whose trunks lead to our telephones; round the clock, so that it runs at night too."""
    lines = [
        "[data]",
        f'dir = "{directory}"',
        "[hours]",
        "opens = 00:00:00",
        "closes = 00:00:00",
        "[workers]",
        "warm = 3",
        "[log]",
        "json = true",
        "[[officers]]",
        'id = "demo"',
        'name = "值班民警"',
        f'uri = "sip:officer@127.0.0.1:{ports["officer"]}"',
    ]
    for role in ROLES:
        lines += [
            "[[trunks]]",
            f'name = "{role.name}"',
            f'domain = "127.0.0.1:{ports[role.name]}"',
            f'serves = ["{role.number}"]',
        ]
    path = directory / "demo.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def _daemon(stack: contextlib.AsyncExitStack, settings_file: Path, directory: Path, console: Console) -> None:
    """`quanzu run` as systemd would start it: ready when it says so."""
    with Readiness(directory / "notify") as readiness:
        daemon = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "dialer",
            "run",
            "--config",
            str(settings_file),
            env={**os.environ, **readiness.environ},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=(directory / "daemon.log").open("wb"),
            start_new_session=True,
        )
        stack.push_async_callback(_stop, daemon)
        console.print("  the daemon renders its prompts and warms its workers ...")
        ready = asyncio.create_task(readiness.wait())
        died = asyncio.create_task(daemon.wait())
        done, pending = await asyncio.wait({ready, died}, timeout=90, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if ready not in done:
            raise RuntimeError(f"the daemon did not become ready; see {directory / 'daemon.log'}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()


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


async def _watch(views: Views, cases: Mapping[str, str], console: Console) -> None:
    """Show the calls until every first attempt has its outcome."""
    clock = SystemClock()
    with LiveBoard(console) as board:
        while True:
            stories = [await _story(views, case_id) for case_id in cases.values()]
            now = clock.now()
            calls: list[CallNow] = [call_now(s, s.attempts[0], now) for s in stories if s.attempts]
            board.show(calls)
            if len(calls) == len(cases) and all(call.outcome is not None for call in calls):
                return
            await asyncio.sleep(REFRESH_SECONDS)


def _judge(role: Role, story: CaseStory, directory: Path, settings: Settings) -> Result:
    attempt = story.attempts[0]
    view = call_view(story, attempt, settings.centre.zone)
    page = directory / "pages" / f"{role.name}.html"
    page.parent.mkdir(exist_ok=True)
    write_page(view, page)
    faults = list(_faults(role, story, attempt))
    return Result(role, story, attempt, view, page, tuple(faults))


def _faults(role: Role, story: CaseStory, attempt: AttemptLine) -> Sequence[str]:
    """What is not as it should be; empty: all is well."""
    faults = []
    if attempt.outcome is not role.outcome:
        faults.append(f"outcome is {attempt.outcome}, should be {role.outcome}")
    if role.outcome is not Outcome.BUSY and not Path(attempt.recording).is_file():
        faults.append("there is no stereo recording")
    if role.outcome is Outcome.HANDED_TO_OFFICER:
        faults += _officer_faults(story, attempt)
    if role.outcome is Outcome.BUSY:
        faults += _busy_faults(story, attempt)
    return faults


def _officer_faults(story: CaseStory, attempt: AttemptLine) -> Sequence[str]:
    taken = [e for e in attempt.escalations if e.bridged_at is not None]
    if not taken:
        return ["no officer was bridged"]
    faults = []
    brief = taken[-1].brief
    if not 0 < hanzi(brief) <= LONGEST:
        faults.append(f"the brief has {hanzi(brief)} hanzi, may have {LONGEST}")
    if not Path(attempt.brief).is_file():
        faults.append("there is no recording of the brief")
    if not 0 < taken[-1].brief_ms <= LONGEST_MS:
        faults.append(f"the rendered brief lasts {taken[-1].brief_ms} ms, may last {LONGEST_MS}")
    if not story.case.officer or story.case.officer_at is None:
        faults.append("the case does not say who took it and when")
    return faults


def _busy_faults(story: CaseStory, attempt: AttemptLine) -> Sequence[str]:
    faults = []
    if [danger.sign.text for danger in story.dangers] != ["busy 1 of 3"]:
        faults.append("the danger sign 'busy 1 of 3' is not there")
    due = next_attempt_at(story)
    if due is None or attempt.ended_at is None:
        return [*faults, "no next attempt is planned"]
    wait = (due - attempt.ended_at).total_seconds()
    if abs(wait - BUSY_REDIAL_SECONDS) > BUSY_SLACK_SECONDS:
        faults.append(f"the next attempt is due after {wait:.0f} s, should be {BUSY_REDIAL_SECONDS}")
    return faults


def _tell(results: Sequence[Result], console: Console) -> None:
    console.print(outcome_table([result.view for result in results]))
    for result in results:
        name = result.role.name
        if result.attempt.recording:
            console.print(f"{name}: recording (left: what he was sent, right: what he sent) {result.attempt.recording}")
        if result.attempt.brief:
            console.print(f"{name}: brief {result.attempt.brief}")
        console.print(f"{name}: page {result.page}")
        for fault in result.faults:
            console.print(f"[bold red]{name}: {fault}")


def _write_summary(path: Path, seed: int, results: Sequence[Result]) -> None:
    summary = {"seed": seed, "ok": all(not r.faults for r in results), "calls": [_summary(r) for r in results]}
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def _summary(result: Result) -> dict[str, Any]:
    attempt, story = result.attempt, result.story
    due = next_attempt_at(story)
    return {
        "role": result.role.name,
        "case": story.case.id,
        "attempt": attempt.id,
        "grade": story.case.grade.value,
        "outcome": attempt.outcome,
        "outcome_text": attempt.outcome.sentence if attempt.outcome else "",
        "conclusion": attempt.conclusion,
        "hangup_cause": attempt.cause,
        "sip_code": attempt.sip_code,
        "facts": dict(attempt.facts),
        "turns": [
            {
                "turn": t.turn,
                "step": t.step,
                "said": t.said,
                "heard": t.heard,
                "understood": list(t.intents),
                "reply_gap_ms": t.reply_gap_ms,
            }
            for t in attempt.turns
        ],
        "danger_signs": [danger.sign.text for danger in story.dangers],
        "next_attempt_at": due.isoformat() if due else None,
        "officer": _officer_summary(result),
        "recording": attempt.recording,
        "recording_seconds": _seconds(attempt.recording),
        "brief_recording": attempt.brief,
        "page": str(result.page),
        "faults": list(result.faults),
    }


def _officer_summary(result: Result) -> dict[str, Any] | None:
    taken = [e for e in result.attempt.escalations if e.bridged_at is not None]
    if not taken:
        return None
    e = taken[-1]
    return {
        "name": e.officer,
        "accepted_at": e.accepted_at.isoformat() if e.accepted_at else None,
        "bridged_at": e.bridged_at.isoformat() if e.bridged_at else None,
        "brief": e.brief,
        "brief_ms": e.brief_ms,
        "reason": e.reason,
    }


def _seconds(path: str) -> float:
    if not path:
        return 0.0
    with contextlib.closing(wave.open(path)) as audio:
        return float(round(audio.getnframes() / audio.getframerate(), 2))
