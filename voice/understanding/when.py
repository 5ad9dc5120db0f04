"""The form of a time that somebody named, without a clock; and the moment that it means, when a clock comes in. Pure.

The form is "+90m", so long from now; or a day and a time of it, one of them or both, with a blank between:
    +2d  weekday:6  +1w weekday:3            the day; none: the first one on which that time is still to come
    18:30  08:00~20:00  after:18:00          on the clock; the nearer of two; not before it. before: likewise
    morning noon afternoon evening work      a part of the day; "work" is when most people are home from it

Rule 1: a moment lies after `now`, or there is none: a day that was named and is over is not moved to another.
Rule 2: whoever says "晚上打" in the evening means this evening.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

BEFORE_BY = timedelta(minutes=30)  # "before five" is rung at half past four
_WEEK = 7
# Part of the day -> from, the moment that is rung at, to.
_PARTS: Mapping[str, tuple[time, time, time]] = {
    "morning": (time(7), time(9, 30), time(12)),
    "noon": (time(11, 30), time(12, 30), time(14)),
    "afternoon": (time(12), time(15), time(18)),
    "evening": (time(18), time(19, 30), time(22)),
    "work": (time(18), time(18, 30), time(21)),
}
_WHOLE_DAY = (time(7), time(9, 30), time(21))
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_FORM = re.compile(
    rf"(?P<day>\+\d{{1,3}}d|(?:\+1w )?weekday:[1-7])?(?(day)(?: |$))"
    rf"(?P<bound>after:|before:)?(?:(?P<clock>{_CLOCK})(?:~(?P<or>{_CLOCK}))?|(?P<part>{'|'.join(_PARTS)}))?"
)
_OFFSET = re.compile(r"\+(\d{1,5})m")


@dataclass(frozen=True, slots=True)
class Named:
    """A day and a time of it as they were named, each in the words of the form; empty: not named."""

    day: str = ""
    time: str = ""
    bound: str = ""

    def __str__(self) -> str:
        return f"{self.day} {self.bound if self.time else ''}{self.time}".strip()


def is_form(when: str) -> bool:
    """Whether `resolve` can read it."""
    return bool(when) and bool(_OFFSET.fullmatch(when) or _FORM.fullmatch(when))


def resolve(when: str, now: datetime) -> datetime | None:
    """The next moment that is meant, in the zone of `now` (aware). None: nothing of it is to come, or it cannot be read."""
    offset = _OFFSET.fullmatch(when)
    if offset:
        return now + timedelta(minutes=int(offset[1])) if int(offset[1]) else None
    form = _FORM.fullmatch(when)
    if not when or not form:
        return None
    return next((moment for day in _days(form["day"] or "", now) for moment in _moments(form, day, now)), None)


def _days(day: str, now: datetime) -> Iterator[date]:
    """The days that may be meant, nearest first."""
    today = now.date()
    if day.startswith("+1w"):
        monday = today - timedelta(days=today.weekday()) + timedelta(days=_WEEK)
        yield monday + timedelta(days=int(day[-1]) - 1)
    elif day.startswith("weekday"):
        ahead = (int(day[-1]) - today.isoweekday()) % _WEEK
        yield from (today + timedelta(days=ahead), today + timedelta(days=ahead + _WEEK))
    elif day:
        yield today + timedelta(days=int(day[1:-1]))
    else:
        yield from (today, today + timedelta(days=1))


def _moments(form: re.Match[str], day: date, now: datetime) -> Iterator[datetime]:
    """The moments of this day that are still to come, earliest first."""
    if form["clock"]:
        named = [_at(day, time.fromisoformat(clock), now) for clock in (form["clock"], form["or"]) if clock]
        for moment in named:
            if form["bound"] != "before:":
                yield from [moment] if moment > now else []
            elif moment > now:
                yield max(moment - BEFORE_BY, now + (moment - now) / 2)
        return
    begins, best, ends = (_at(day, each, now) for each in _PARTS.get(form["part"] or "", _WHOLE_DAY))
    match form["bound"]:
        case "after:":
            best = ends
        case "before:":
            best, ends = begins - BEFORE_BY, begins
    if best > now:
        yield best
    elif ends > now:
        yield now + (ends - now) / 2  # it has begun, and what was said in it means the rest of it


def _at(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, now.tzinfo)
