"""Policies are values that answer a question. Defaults are those of domain research; `config/quanzu.toml` has them all.

No public document gives minute limits per grade, so every one is a setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dialer.domain.contacts import NumberKind
from dialer.domain.grade import Grade

LONGEST_WISH = timedelta(days=2)  # "next month" is a way to say no


class Occasion(StrEnum):
    """When an SMS is sent beside a call; the names of the texts in scripts."""

    NOT_REACHED = "not_reached"
    WARNED = "warned"
    SILENT = "silent"
    ROBOT_CANNOT_RING = "robot_cannot_ring"  # beside no call: there was none


Span = tuple[time, time]  # opens and closes; the same time means the whole day


@dataclass(frozen=True, slots=True)
class CallingHours:
    """When the robot may ring, in the centre's zone. Hours that span midnight belong to the day on which they open."""

    opens: time = time(9, 0)
    closes: time = time(22, 30)
    zone: str = "Asia/Shanghai"
    holidays: Mapping[date, Span | None] = field(default_factory=dict)  # hours of their own; None: closed all day

    def earliest(self, wanted: datetime) -> datetime:
        """The first allowed moment at or after `wanted` (aware); fails closed: an unknown zone raises."""
        today = wanted.astimezone(ZoneInfo(self.zone)).date()
        for days in range(-1, len(self.holidays) + 2):  # every day but a holiday has hours
            span = self._on(today + timedelta(days=days))
            if span is not None and wanted < span[1]:
                return wanted if wanted >= span[0] else span[0].astimezone(wanted.tzinfo)
        raise AssertionError("a day without holiday has hours")

    def open_since(self, now: datetime) -> datetime | None:
        """Since when the robot may ring without a break, as far as two days back; None: it may not now."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        since: datetime | None = None
        for days in (0, -1, -2):
            span = self._on(today + timedelta(days=days))
            if span is not None and span[0] <= (since or now) <= span[1] and (since or now < span[1]):
                since = span[0].astimezone(now.tzinfo)
        return since

    def _on(self, day: date) -> tuple[datetime, datetime] | None:
        """From when until when on this day; None: closed. No night goes on into a holiday."""
        span = self.holidays.get(day, (self.opens, self.closes))
        midnight = self._moment(day + timedelta(days=1), time())
        if span is None:
            return None
        opens, closes = span
        if opens == closes:
            return self._moment(day, time()), midnight
        if opens < closes:
            return self._moment(day, opens), self._moment(day, closes)
        into = day + timedelta(days=1)
        return self._moment(day, opens), midnight if into in self.holidays else self._moment(into, closes)

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Permit:
    """From when on a call may leave, and by which rule if that is outside the calling hours."""

    at: datetime
    override: str = ""


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """The clock of one grade. Seconds count from the moment that is named."""

    ring_within_seconds: float = 60.0  # from receipt to the first ring
    outside_hours: str = ""  # the rule by which the robot may ring outside the calling hours; empty: it may not
    redial_after_seconds: tuple[float, ...] = (120.0, 240.0, 360.0, 600.0)  # after the 1st, 2nd ... call not reached
    repeat_last_redial: bool = False  # go on with the last wait until a person closes the case
    busy_redial_after_seconds: tuple[float, ...] = (120.0, 180.0, 240.0)  # after the 1st, 2nd ... busy
    busy_is_danger_at: int = 3  # so many busy in a row: probably talking to the fraudster
    officer_after_busy: int = 3  # busy in a row before an officer must know
    call_later_seconds: float = 900.0  # after the person asked to be rung later, when he named no time
    officer_after_failures: int = 2  # calls not reached before an officer must know
    visit_after_failures: int = 3
    other_number_after_failures: int = (
        2  # calls in a row not reached on one number before the person's next one is rung
    )
    robot_rings: tuple[NumberKind, ...] = (NumberKind.MOBILE, NumberKind.LANDLINE)  # family: only with consent, too
    most_attempts_per_day: int = 30
    safe_gap_seconds: float = 120.0  # after a call that may have rung and whose end is unknown
    officer_within_seconds: float = 60.0  # deadline of an escalation
    officer_call_within_seconds: float = 600.0  # deadline of "ring this person yourself"
    visit_within_seconds: float = 7200.0
    follow_up_after_seconds: tuple[float, ...] = (1800.0, 86400.0, 259200.0)  # after a spoken promise
    sms_occasions: tuple[Occasion, ...] = tuple(Occasion)
    flash_sms: bool = False  # shown at once on the screen
    sms_gap_seconds: float = 1800.0  # never two of one occasion within it
    sms_every_seconds: float = 0.0  # "not reached" again without a call, while nobody reaches him; 0: never
    sms_most: int = 24  # "not reached" on one case, before the clock stops
    late_after_seconds: float = 0.0  # past the deadline of a call that is not begun, before somebody is told
    officer_when_late: bool = True  # ... an officer, too
    shed_to_sms_after_seconds: float = 0.0  # for want of a line; 0: never
    ring_again_after_shed_seconds: float = 14400.0  # once; 0: the case is closed with the SMS
    wait_for_officer_seconds: float = 0.0  # while all officers are engaged; 0: rung all the same

    def redial_wait(self, made: int) -> timedelta | None:
        """How long to wait after the `made`th call that reached nobody; None: the robot has done its part."""
        return _wait(self.redial_after_seconds, made, repeat=self.repeat_last_redial)

    def busy_wait(self, made: int) -> timedelta | None:
        """The same after the `made`th busy in a row."""
        return _wait(self.busy_redial_after_seconds, made, repeat=self.repeat_last_redial)

    def call_later_wait(self, wished: timedelta | None, *, serious: bool) -> timedelta:
        """How long until somebody who has no time now is rung again. wished: what he asked for, if he named a time.

        On a serious case never longer than the robot would wait for anybody: a fraudster has him say "tomorrow" too.
        """
        if wished is None or wished <= timedelta():
            return timedelta(seconds=self.call_later_seconds)
        latest = timedelta(seconds=max(self.redial_after_seconds, default=self.call_later_seconds))
        return min(wished, latest if serious else LONGEST_WISH)

    def follow_up_wait(self, made: int) -> timedelta | None:
        """How long after the `made`th call that reached the person he is rung again."""
        return _wait(self.follow_up_after_seconds, made, repeat=False)

    def due_since(self, deadline: datetime) -> datetime:
        """When a call with this deadline was to be made; giving it back does not change that."""
        return deadline - timedelta(seconds=self.ring_within_seconds)

    @property
    def sms_gap(self) -> timedelta:
        return timedelta(seconds=self.sms_gap_seconds)

    @property
    def safe_gap(self) -> timedelta:
        return timedelta(seconds=self.safe_gap_seconds)


def _wait(plan: tuple[float, ...], made: int, *, repeat: bool) -> timedelta | None:
    if made <= len(plan):
        return timedelta(seconds=plan[made - 1])
    return timedelta(seconds=plan[-1]) if repeat and plan else None


DEFAULT_GRADES: Mapping[Grade, GradePolicy] = {
    Grade.CRITICAL: GradePolicy(
        ring_within_seconds=60,
        outside_hours="critical: money is moving",
        redial_after_seconds=(120, 240, 360, 600),
        repeat_last_redial=True,
        officer_after_busy=1,
        officer_after_failures=1,
        officer_call_within_seconds=120,
        visit_after_failures=1,
        other_number_after_failures=1,
        robot_rings=tuple(NumberKind),
        visit_within_seconds=3600,
        flash_sms=True,
        sms_gap_seconds=300,
        sms_every_seconds=300,
    ),
    Grade.HIGH: GradePolicy(
        ring_within_seconds=300,
        outside_hours="high: the fraud goes on now",
        redial_after_seconds=(300, 600, 1200, 2400),
        officer_after_failures=2,
        visit_after_failures=3,
        robot_rings=(NumberKind.MOBILE, NumberKind.LANDLINE, NumberKind.WORK),
    ),
    Grade.MEDIUM: GradePolicy(
        ring_within_seconds=1800,
        redial_after_seconds=(1800, 7200, 14400),
        most_attempts_per_day=3,
        officer_call_within_seconds=3600,
        follow_up_after_seconds=(86400.0, 259200.0),
        sms_gap_seconds=14400,
        late_after_seconds=1800,
        officer_when_late=False,
    ),
    Grade.LOW: GradePolicy(
        ring_within_seconds=8 * 3600,
        redial_after_seconds=(14400,),
        officer_after_failures=99,
        visit_after_failures=99,
        other_number_after_failures=1,
        most_attempts_per_day=2,
        officer_call_within_seconds=86400,
        follow_up_after_seconds=(),
        sms_gap_seconds=86400,
        late_after_seconds=3600,
        officer_when_late=False,
        shed_to_sms_after_seconds=1800,
    ),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """All that casework may consult."""

    hours: CallingHours = CallingHours()
    grades: Mapping[Grade, GradePolicy] = field(default_factory=lambda: DEFAULT_GRADES)
    line_retry_seconds: tuple[float, ...] = (10.0, 30.0, 60.0)  # after our own 1st, 2nd ... fault; the last one repeats
    officer_after_faults: int = 3  # faults of ours in a row before an officer rings himself
    stop_payment_within_seconds: float = 600.0  # by when an officer must have decided on one
    sms_leaves: bool = True  # there is a gateway

    def of(self, grade: Grade) -> GradePolicy:
        return self.grades[grade]

    def may_ring_at(self, grade: Grade, wanted: datetime) -> datetime:
        """When a call of this grade may start, at or after `wanted`."""
        return self.permit(grade, wanted).at

    def permit(self, grade: Grade, wanted: datetime) -> Permit:
        """The same, with the rule that lets it leave outside the hours."""
        opens = self.hours.earliest(wanted)
        rule = self.of(grade).outside_hours
        return Permit(wanted, rule) if rule and opens > wanted else Permit(opens)

    def line_retry_wait(self, faults: int) -> timedelta:
        """How long to wait after the so-manieth fault of our own in a row."""
        return timedelta(seconds=self.line_retry_seconds[min(faults, len(self.line_retry_seconds)) - 1])

    def day_of(self, moment: datetime) -> date:
        """The centre's calendar day, on which calls are counted."""
        return moment.astimezone(ZoneInfo(self.hours.zone)).date()

    def next_day(self, grade: Grade, moment: datetime) -> datetime:
        """The first moment of the centre's next day at which a call of this grade may start."""
        zone = ZoneInfo(self.hours.zone)
        midnight = datetime.combine(self.day_of(moment) + timedelta(days=1), time(), zone)
        return self.may_ring_at(grade, midnight.astimezone(moment.tzinfo))
