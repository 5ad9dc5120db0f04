"""What the watch over late calls needs of the world, and what people see of it.

The rules of `dialer.ports` hold: one method, one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialer.domain.degrading import Cause, Condition
from dialer.domain.grade import Grade


@dataclass(frozen=True, slots=True)
class RobotCondition:
    """How the robot does since a moment; at None: since ever."""

    condition: Condition = Condition.WELL
    cause: Cause | None = None
    late: int = 0  # people, when it was told
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who of one grade is due and not begun, whatever the reason."""

    grade: Grade
    people: int
    first_deadline: datetime


class Lateness(Protocol):
    """Calls that are not begun in time. Used by the watch and by the command line."""

    async def overdue(self, by: Mapping[Grade, datetime], due_until: datetime, limit: int) -> Sequence[str]:
        """Attempts that were due until then, are not begun, and whose deadline is in `by`, most urgent first; of cases not told of."""

    async def giving_way(self, by: Mapping[Grade, datetime], due_until: datetime, limit: int) -> Sequence[str]:
        """The same of those that are nobody's yet, whether told of or not; who has waited longest comes first."""

    async def late_people(self) -> int:
        """Cases that were told of and are not rung yet."""

    async def condition(self) -> RobotCondition:
        """The newest that was written down."""

    async def note_condition(self, seen: RobotCondition, at: datetime) -> bool:
        """Write it down, and tell the world, unless the newest is the same. True: it was news."""

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        """By grade, most urgent first."""
