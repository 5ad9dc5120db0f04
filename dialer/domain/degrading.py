"""What gives way when not everybody can be rung in time, to whom, and who never does. Pure.

Rule 1: 特急 before everybody. Then the earliest deadline; but one that has passed counts as now, so that among those who are late the
        grade decides, then the sum: in a storm old deadlines of 低 would otherwise starve everybody else.
Rule 2: lines that are kept for 特急 nobody else takes. Who was cut off in mid-talk waits for no officer.
Rule 3: nobody who is late waits silently: he gets an SMS, and by his grade an officer is asked to ring him. The robot still rings.
Rule 4: what is shed gets its SMS in place of the call, and one more call when the storm may be over. A serious case is never shed.
Rule 5: nobody is late, or shed, for the time in which the robot may not ring.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dialer.domain.actions import Action, Announce, Announcement, CancelAttempts, CloseCase, SendSms
from dialer.domain.attempt import AttemptReason, DueAttempt
from dialer.domain.case import Case, CaseState
from dialer.domain.events import AttemptShed
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.planning import ask_officer, ring
from dialer.domain.policy import Occasion, Policy
from dialer.domain.sms import occasion_for
from dialer.domain.work import WorkReason
from voice.report import Rang

Next = tuple[Case, tuple[Action, ...]]
HEALED_AFTER_SECONDS = 30.0  # without anybody late: a storm that pauses for a moment is not over


# --- who is begun


@dataclass(frozen=True, slots=True)
class Room:
    """What is free at this moment."""

    lines: int
    kept_for_critical: int = 0  # of them
    officer_free: bool = True  # or there are none at all, so that nobody is waited for


def begun(policy: Policy, due: Sequence[DueAttempt], room: Room, now: datetime) -> list[DueAttempt]:
    """Whom to ring now, of those who are due, most urgent first."""
    chosen: list[DueAttempt] = []
    for attempt in due:
        left = room.lines - len(chosen)
        if left <= 0:
            break
        if attempt.grade is not Grade.CRITICAL and left <= room.kept_for_critical:
            continue
        if not room.officer_free and not attempt.resumes and _waits_for_officer(policy, attempt, now):
            continue
        chosen.append(attempt)
    return chosen


def _waits_for_officer(policy: Policy, attempt: DueAttempt, now: datetime) -> bool:
    rules = policy.of(attempt.grade)
    return now < rules.due_since(attempt.deadline) + timedelta(seconds=rules.wait_for_officer_seconds)


# --- who is late, and who gives way


def late_by(policy: Policy, now: datetime) -> Mapping[Grade, datetime]:
    """By grade: a call that was to be made by then, or earlier, is late now. A grade that is not in it has nobody late."""
    found: dict[Grade, datetime] = {}
    for grade, rules in policy.grades.items():
        patience = timedelta(seconds=rules.late_after_seconds)
        if _could_ring_for(policy, grade, now) >= timedelta(seconds=rules.ring_within_seconds) + patience:
            found[grade] = now - patience
    return found


def shed_by(policy: Policy, now: datetime, short_for: timedelta) -> Mapping[Grade, datetime]:
    """The same for those who give way. short_for: since when somebody has always been left waiting for a line."""
    found: dict[Grade, datetime] = {}
    for grade, rules in policy.grades.items():
        wait = timedelta(seconds=rules.shed_to_sms_after_seconds)
        told = policy.sms_leaves and Occasion.ROBOT_CANNOT_RING in rules.sms_occasions
        if wait and told and not grade.serious and min(short_for, _could_ring_for(policy, grade, now)) >= wait:
            found[grade] = now - wait + timedelta(seconds=rules.ring_within_seconds)
    return found


def _could_ring_for(policy: Policy, grade: Grade, now: datetime) -> timedelta:
    """How long without a break the hours have let calls of this grade leave."""
    if policy.of(grade).outside_hours:
        return timedelta.max
    since = policy.hours.open_since(now)
    return timedelta() if since is None else now - since


# --- what becomes of their cases


def overdue(policy: Policy, case: Case, now: datetime) -> Next:
    """He is told by SMS, and by his grade somebody rings him; told once until a call has rung. What is due stays due."""
    if case.late_at is not None:
        return case, ()
    asked: tuple[Action, ...] = ()
    if policy.of(case.grade).officer_when_late:
        asked = (ask_officer(policy, case, WorkReason.ROBOT_CANNOT_RING, now),)
    return replace(case, late_at=now), (*asked, *_sms(policy, case))


def shed(policy: Policy, case: Case, event: AttemptShed, now: datetime) -> Next:
    """An SMS in place of the call; rung once more later, and closed when there is no line then either."""
    if case.grade.serious:
        return case, ()  # it has become serious since somebody looked
    again, before = policy.of(case.grade).ring_again_after_shed_seconds, case.outcome
    case = replace(case, outcome=Outcome.SHED, late_at=None)
    facts = {"attempt": event.attempt, "outcome": Outcome.SHED.value, "rang": Rang.NEVER.value}
    done = (CancelAttempts(Outcome.SHED), Announce(Announcement.ATTEMPT_ENDED, facts), *_sms(policy, case))
    if again and before is not Outcome.SHED:
        return case, (*done, *ring(policy, case, now + timedelta(seconds=again), AttemptReason.AFTER_SHED))
    closed = replace(case, state=CaseState.CLOSED, closed_at=now)
    return closed, (*done, CloseCase(case.outcome, "warned by SMS only: no line was free"))


def _sms(policy: Policy, case: Case) -> tuple[Action, ...]:
    occasion, rules = occasion_for(policy, case, Outcome.SHED), policy.of(case.grade)
    return () if occasion is None else (SendSms(occasion, rules.flash_sms, rules.sms_gap),)


# --- the robot as a whole


class Condition(StrEnum):
    """How the robot does, over all nodes."""

    WELL = "well"
    DEGRADED = "degraded"  # people are late, or shed


class Cause(StrEnum):
    """Why, as far as one node can see."""

    STOPPED = "stopped"  # by the centre's own order
    NO_TRUNK = "no_trunk"  # every trunk of this node fails, or there is none
    NOBODY_FREE = "nobody_free"  # too few lines or workers, or what prepares calls fails


def condition_after(was: Condition, late: int, *, shed_lately: bool, quiet_seconds: float) -> Condition:
    """late: people who have been told so and are not rung yet. quiet_seconds: since when there was neither."""
    if late or shed_lately:
        return Condition.DEGRADED
    return was if quiet_seconds < HEALED_AFTER_SECONDS else Condition.WELL


def cause_of(*, may_ring: bool, lines: int) -> Cause:
    """lines: that this node's trunks would carry now."""
    if not may_ring:
        return Cause.STOPPED
    return Cause.NOBODY_FREE if lines else Cause.NO_TRUNK
