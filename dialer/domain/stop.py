"""The emergency stop: what the centre has ordered for every node at once. Pure.

Rule: an order is never changed, only followed by a newer one; the newest epoch holds.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StopLevel(StrEnum):
    """How far the robot is stopped."""

    GO = "go"
    NO_NEW_CALLS = "no_new_calls"  # talks go on; nothing leaves the house
    END_CALLS = "end_calls"  # and talks with the robot end politely; an officer's talk is his own

    @property
    def may_ring(self) -> bool:
        return self is StopLevel.GO


@dataclass(frozen=True, slots=True)
class StopOrder:
    """One order and who gave it."""

    epoch: int  # 0: nobody has ever ordered anything
    level: StopLevel = StopLevel.GO
    who: str = ""
    why: str = ""
    at: datetime | None = None
