"""Cases as tables in the terminal. Numbers are shown by their last four digits, ids by their last eight characters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dialer.domain.alert import RejectedAlert
from dialer.ports.views import AttemptLine, CaseLine, CaseStory

SHORT = 8  # characters of an id that are enough to name it on the command line
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")


def case_table(lines: Sequence[CaseLine], zone: str) -> Table:
    """A list of cases, one row each, that fits a terminal of 80 columns."""
    table = Table(title=f"{len(lines)} case" + "s" * (len(lines) != 1))
    for heading in ("case", "whom", "state", "calls", "next ring"):
        table.add_column(heading, no_wrap=heading in ("case", "next ring"), overflow="fold")
    for line in lines:
        whom = f"{line.grade.value} {line.fraud_type.chinese}\n…{line.number_tail}"
        table.add_row(line.id[-SHORT:], whom, _stands(line), str(line.attempts), at(line.next_due_at, zone))
    return table


def _stands(line: CaseLine) -> str:
    """How it stands, the most important first."""
    state = f"merged into {line.merged_into}" if line.merged_into else line.state
    outcome = line.outcome.sentence if line.outcome else ""
    officer = f"officer {line.officer}" if line.officer else ""
    return "\n".join(part for part in (state, outcome, officer, ", ".join(line.dangers)) if part)


def rejected_table(alerts: Sequence[RejectedAlert], zone: str) -> Table:
    """Refused alerts: when, from whom, why, and what to send instead. What they said is not shown."""
    table = Table(title=f"{len(alerts)} rejected")
    for heading in ("received", "source", "its name", "reason", "field", "advice"):
        table.add_column(heading)
    for each in alerts:
        table.add_row(at(each.received_at, zone), each.source, each.external_id, each.reason, each.where, each.advice)
    return table


def story_sheet(story: CaseStory, zone: str) -> RenderableType:
    """All of one case: attempts with their talk, danger signs, work items, history."""
    parts: list[RenderableType] = [Text(f"case {story.line.id}"), case_table([story.line], zone)]
    for number, attempt in enumerate(story.attempts, 1):
        parts.append(_attempt_sheet(number, attempt, zone))
    parts += [Text(line) for line in taken_up(story)]
    parts += [Text(f"danger sign {at(danger.at, zone)}  {danger.sign.text}") for danger in story.dangers]
    parts += [
        Text(
            f"work item {item.kind.value}, because {item.reason.value}, by {at(item.deadline, zone)}: {item.state.value}"
        )
        for item in story.work
    ]
    parts.append(Text("history"))
    parts += [Text(f"  {at(line.at, zone)}  {line.what}  {facts_line(line.facts, zone)}") for line in story.history]
    return Group(*parts)


def taken_up(story: CaseStory) -> Iterator[str]:
    """Which attempt takes up which dropped talk, and where that goes on; of a case one line at most."""
    for attempt in story.attempts:
        if attempt.resumes:
            told = [
                line.facts for line in story.history if line.attempt_id == attempt.id and "goes_on_at" in line.facts
            ]
            step = str(told[-1]["goes_on_at"]) if told else ""
            yield (
                f"attempt {attempt.id[-SHORT:]} calls back, because the line broke in the talk of attempt "
                f"{attempt.resumes[-SHORT:]}; it goes on at {step or 'the beginning'}"
            )


def _attempt_sheet(number: int, attempt: AttemptLine, zone: str) -> RenderableType:
    outcome = attempt.outcome.sentence if attempt.outcome else attempt.state.value
    head = Text(
        f"attempt {number} ({attempt.reason.value}) due {at(attempt.due_at, zone)}: {outcome}; "
        f"rang: {attempt.rang or 'not yet'}; cause {attempt.cause or '-'}; conclusion {attempt.conclusion or '-'}"
    )
    talk = Table(show_header=True)
    for heading in ("turn", "step", "said", "heard", "understood", "gap ms"):
        talk.add_column(heading)
    for turn in attempt.turns:
        gap = "" if turn.reply_gap_ms is None else str(turn.reply_gap_ms)
        talk.add_row(str(turn.turn), turn.step, turn.said, turn.heard, " ".join(turn.intents), gap)
    officers = [
        Text(f"officer {e.officer} ({e.reason}): {e.state.value}, bridged {at(e.bridged_at, zone) or 'never'}")
        for e in attempt.escalations
    ]
    files = [Text(f"recording {attempt.recording}")] if attempt.recording else []
    return Group(head, *([talk] if attempt.turns else []), *officers, *files)


def at(moment: datetime | None, zone: str) -> str:
    """In the centre's zone."""
    return "" if moment is None else moment.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M:%S")


def facts_line(facts: Mapping[str, object], zone: str) -> str:
    """What a line of the history says, on one line; moments like all others that people read."""
    return " ".join(f"{key}={_read(value, zone)}" for key, value in facts.items())


def _read(value: object, zone: str) -> object:
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return at(datetime.fromisoformat(value), zone)
    return value
