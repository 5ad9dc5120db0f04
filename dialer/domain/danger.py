"""Danger signs: facts that shorten a case's clock. They never lower the grade and never end a case."""

from dataclasses import dataclass
from enum import StrEnum


class DangerKind(StrEnum):
    """What was seen."""

    BUSY = "busy"  # probably talking to the fraudster
    VACANT = "vacant"  # a forwarded line can sound like 空号: the Guangzhou case
    SUSPENDED = "suspended"
    FORWARDED = "forwarded"  # somebody set call forwarding
    THIRD_PARTY = "third_party"  # somebody else answers and says that all is well: the Xiamen case
    ALERTED_AGAIN = "alerted_again"  # a further alert after the person was reached


@dataclass(frozen=True, slots=True)
class DangerSign:
    """One sign, with the words that the console shows."""

    kind: DangerKind
    text: str

    @classmethod
    def busy(cls, times: int, alarm_at: int) -> "DangerSign":
        text = f"busy {times} of {alarm_at}" if times <= alarm_at else f"busy {times} times in a row"
        return cls(DangerKind.BUSY, text)
