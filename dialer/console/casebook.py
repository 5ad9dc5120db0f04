"""Cases as tables in the terminal. Numbers are shown by their last four digits."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dialer.domain.alert import RejectedAlert
from dialer.ports import AttemptLine, CaseLine, CaseStory


def case_table(lines: Sequence[CaseLine], zone: str) -> Table:
    """A list of cases, one row each."""
    table = Table(title=f"{len(lines)} cases")
    for heading in ("case", "grade", "type", "number", "state", "outcome", "attempts", "next ring", "officer", "signs"):
        table.add_column(heading, no_wrap=heading == "case")
    for line in lines:
        table.add_row(
            line.id,
            line.grade.value,
            line.fraud_type.chinese,
            f"…{line.number_tail}",
            f"merged into {line.merged_into}" if line.merged_into else line.state,
            line.outcome.sentence if line.outcome else "",
            str(line.attempts),
            at(line.next_due_at, zone),
            line.officer,
            ", ".join(line.dangers),
        )
    return table


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
    parts: list[RenderableType] = [case_table([story.line], zone)]
    for number, attempt in enumerate(story.attempts, 1):
        parts.append(_attempt_sheet(number, attempt, zone))
    parts += [Text(f"danger sign {at(danger.at, zone)}  {danger.sign.text}") for danger in story.dangers]
    parts += [
        Text(
            f"work item {item.kind.value}, because {item.reason.value}, by {at(item.deadline, zone)}: {item.state.value}"
        )
        for item in story.work
    ]
    parts.append(Text("history"))
    parts += [Text(f"  {at(line.at, zone)}  {line.what}  {_facts(line.facts)}") for line in story.history]
    return Group(*parts)


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


def _facts(facts: object) -> str:
    return " ".join(f"{key}={value}" for key, value in facts.items()) if isinstance(facts, dict) else ""
