"""What came of the demo's calls, and whether it is what should have come."""

import contextlib
import html
import io
import json
import re
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from dialer.calling.brief import LONGEST, LONGEST_MS, hanzi
from dialer.console.live import board, outcome_table
from dialer.console.page import write_page
from dialer.console.reading import call_view, next_attempt_at
from dialer.console.views import CallNow, CallView
from dialer.demo.cast import Role
from dialer.domain.outcome import Outcome
from dialer.ports.views import AttemptLine, CaseStory
from dialer.settings import Settings

PICTURE_WIDTH = 120
SVG_CELL = 12.2  # the exporter's width of one cell
BUSY_REDIAL_SECONDS = 120
BUSY_SLACK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Result:
    """One call as it came out."""

    role: Role
    story: CaseStory
    attempt: AttemptLine
    view: CallView
    page: Path
    faults: tuple[str, ...]


def judge(role: Role, story: CaseStory, directory: Path, settings: Settings) -> Result:
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


def tell(results: Sequence[Result], console: Console) -> None:
    console.print(outcome_table([result.view for result in results]))
    for result in results:
        name = result.role.name
        if result.attempt.recording:
            what = "recording (left: what he was sent, right: what he sent)"
            console.print(f"{name}: {what} {result.attempt.recording}", soft_wrap=True)  # a path that can be copied
        if result.attempt.brief:
            console.print(f"{name}: brief {result.attempt.brief}", soft_wrap=True)
        console.print(f"{name}: page {result.page}", soft_wrap=True)
        for fault in result.faults:
            console.print(f"[bold red]{name}: {fault}", soft_wrap=True)


def draw(path: Path, calls: Sequence[CallNow], results: Sequence[Result]) -> None:
    """The board and the table as they stood at the end; without the web font that the exporter would link to."""
    paper = Console(record=True, width=PICTURE_WIDTH, file=io.StringIO(), force_terminal=True)
    paper.print(board(calls, PICTURE_WIDTH))
    paper.print(outcome_table([result.view for result in results]))
    svg = re.sub(r"@font-face\s*{[^}]*}", "", paper.export_svg(title="make demo"))
    path.write_text(re.sub(r'textLength="[\d.]+"([^>]*)>([^<]*)<', _true_length, svg), encoding="utf-8")


def _true_length(found: re.Match[str]) -> str:
    """Trap: the exporter counts characters, and a hanzi is two cells wide."""
    cells = cell_len(html.unescape(found[2]))
    return f'textLength="{cells * SVG_CELL:.1f}"{found[1]}>{found[2]}<'


def write_summary(path: Path, seed: int, results: Sequence[Result]) -> None:
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
