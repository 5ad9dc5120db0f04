"""Work items in the terminal: English headings, Chinese labels beside the codes. Numbers are shown by their last four digits.

Rule: of a stop payment it is said what is missing by the names of the fields; the program never has the values.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dialer.console import labels
from dialer.console.casebook import SHORT, at
from dialer.domain.stoppayment import MOST_TIMES, RULE, StopPayment
from dialer.domain.work import WorkItem, WorkKind
from dialer.domain.workflow import RESULTS, Verb, may
from dialer.ports.work import WorkLine, WorkStory


def work_table(lines: Sequence[WorkLine], now: datetime, zone: str) -> Table:
    """A list, one row each, in the order of deadlines."""
    table = Table(title=f"{len(lines)} work item" + "s" * (len(lines) != 1))
    for heading in ("id", "work", "for", "state", "by"):
        table.add_column(heading, no_wrap=heading == "id", overflow="fold")
    for line in lines:
        item = line.item
        owner = f"{labels.WORK_STATES[item.state]} {item.state.value} {item.owner}".rstrip()
        table.add_row(
            item.id[-SHORT:],
            f"{labels.WORK_KINDS[item.kind]} {item.kind.value}\n{labels.WORK_REASONS[item.reason]} {item.reason.value}",
            f"{line.grade.value} …{line.number_tail}",
            "\n".join(part for part in (owner, _result(item)) if part),
            _by(item, now, zone),
        )
    return table


def work_sheet(story: WorkStory, now: datetime, zone: str, call_back: str) -> RenderableType:
    """All of one item, and what can be done to it."""
    item = story.line.item
    times = {"ordered": item.created_at, "accepted": item.accepted_at, "arrived": item.arrived_at, "over": item.done_at}
    parts = [
        Text(f"work item {item.id}"),
        Text(f"{labels.WORK_KINDS[item.kind]} {item.kind.value}, because {labels.WORK_REASONS[item.reason]}"),
        Text(
            f"case {item.case_id}  {story.line.grade.value}  {story.line.fraud_type.chinese}  …{story.line.number_tail}"
        ),
        Text(f"{labels.WORK_STATES[item.state]} {item.state.value} {item.owner}".strip()),
        Text(f"by {_by(item, now, zone)}"),
        Text("  ".join(f"{name} {at(moment, zone)}" for name, moment in times.items() if moment is not None)),
    ]
    if item.result is not None or item.note:
        parts.append(Text(f"result {_result(item)}  {item.note}".rstrip()))
    if story.payment is not None:
        parts += _payment_lines(story.payment, zone)
    if story.consent is not None:
        consent = story.consent
        parts.append(Text(f"consent of {consent.given_by}, {at(consent.given_at, zone)}, heard by {consent.heard_by}"))
    if item.kind is not WorkKind.STOP_PAYMENT:
        parts.append(Text(labels.PROVE_YOURSELF.format(call_back=call_back), "cyan"))
    return Group(*parts, *_can(item))


def _payment_lines(payment: StopPayment, zone: str) -> list[Text]:
    total = "unknown" if payment.sum_yuan is None else f"{'' if payment.sum_exact else 'about '}{payment.sum_yuan} yuan"
    missing = "，".join(f"{labels.NEEDED[each]} {each.value}" for each in payment.missing)
    lines = [
        Text(f"sum {total}, paid {at(payment.paid_at, zone) or 'at an unknown time'} (as told; not verified)"),
        Text(f"still to be found out by a person: {missing}"),
        Text(f"ordered {payment.times} of {MOST_TIMES} times; {RULE}"),
    ]
    if payment.ordered_by:
        second = f", second {payment.seconded_by} {at(payment.seconded_at, zone)}" if payment.seconded_by else ""
        lines.append(Text(f"ordered by {payment.ordered_by} {at(payment.ordered_at, zone)}{second}"))
    if payment.holds_until is not None:
        lines.append(Text(f"runs out {at(payment.holds_until, zone)}"))
    lines.append(Text("Quanzu sends this to nobody: carry it out on the platform of the centre.", "bold"))
    return lines


_COMMANDS: Mapping[Verb, str] = {
    Verb.ACCEPT: "accept",
    Verb.GIVE_BACK: "give-back",
    Verb.ARRIVE: "arrive",
    Verb.ORDER: "order-stop-payment",
    Verb.SECOND: "second",
    Verb.FINISH: "finish",
    Verb.CANCEL: "cancel",
}


def _can(item: WorkItem) -> Iterator[Text]:
    for verb in may(item.kind, item.state):
        more = ""
        if verb is Verb.FINISH:
            results = "|".join(result.value for result in RESULTS[item.kind])
            more = f" --result {results}"
        yield Text(f"  quanzu work {_COMMANDS[verb]} {item.id[-SHORT:]} --by WHO{more}", "dim")


def _by(item: WorkItem, now: datetime, zone: str) -> str:
    late = " OVERDUE" if item.state.open and item.deadline < now else ""
    return f"{at(item.deadline, zone)}{late}"


def _result(item: WorkItem) -> str:
    return f"{labels.WORK_RESULTS[item.result]} {item.result.value}" if item.result is not None else ""
