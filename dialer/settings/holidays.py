"""Days with calling hours of their own, as people write them: "2027-02-06" is closed, "2027-02-07 10:00-18:00" is not. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, time

from dialer.domain.policy import Span


def holiday(written: str) -> tuple[date, Span | None]:
    """Raises ValueError when it is not written so."""
    day, _, hours = written.partition(" ")
    if not hours:
        return date.fromisoformat(day), None
    opens, _, closes = hours.partition("-")
    return date.fromisoformat(day), (time.fromisoformat(opens), time.fromisoformat(closes))


def mistakes(written: Sequence[str]) -> Iterator[str]:
    """What cannot be read, and what to write."""
    days = []
    for number, each in enumerate(written, 1):
        try:
            days.append(holiday(each)[0])
        except ValueError:
            yield f'number {number} is no day; write "2027-02-06" or "2027-02-06 10:00-18:00"'
    if len(set(days)) < len(days):
        yield "a day is there twice; write each once"
