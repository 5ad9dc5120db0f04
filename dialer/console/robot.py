"""How the robot does, in a terminal: rung in time or not, since when, why, and who waits."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dialer.console.casebook import at
from dialer.domain.degrading import Cause, Condition
from dialer.domain.stop import StopOrder
from dialer.ports.degrading import RobotCondition, Waiting

_ADVICE = {
    Cause.STOPPED: "the centre has stopped calls; `quanzu go` lets them leave again",
    Cause.NO_TRUNK: "no trunk carries calls; check [[trunks]] and the carrier",
    Cause.NOBODY_FREE: "calls are not begun in time: a storm, or workers or speech that fail; the log says which",
}


def robot_sheet(
    seen: RobotCondition, order: StopOrder, late: int, waiting: Sequence[Waiting], *, now: datetime, zone: str
) -> RenderableType:
    """What a supervisor asks first."""
    parts: list[RenderableType] = [
        _condition(seen, zone),
        Text(f"late now: {late} people, told by SMS and by grade to officers"),
    ]
    if not order.level.may_ring:
        parts.append(Text(f"stopped: {order.level.value} since {at(order.at, zone)} by {order.who}", "bold red"))
    return Group(*parts, _queue(waiting, now, zone))


def _condition(seen: RobotCondition, zone: str) -> Text:
    since = f" since {at(seen.at, zone)}" if seen.at else ""
    if seen.condition is Condition.WELL:
        return Text(f"well{since}: everybody is rung in time", "green")
    advice = f": {_ADVICE[seen.cause]}" if seen.cause else ""
    return Text(f"degraded{since}{advice}", "bold red")


def _queue(waiting: Sequence[Waiting], now: datetime, zone: str) -> Table:
    table = Table(title=f"{sum(each.people for each in waiting)} calls due and not begun", title_justify="left")
    for heading in ("grade", "people", "first deadline", "late by"):
        table.add_column(heading)
    for each in waiting:
        late = max((now - each.first_deadline).total_seconds(), 0)
        table.add_row(each.grade.value, str(each.people), at(each.first_deadline, zone), f"{late:.0f} s")
    return table
