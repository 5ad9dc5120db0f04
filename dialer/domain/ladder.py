"""The ladder: what follows from each outcome of a call. Pure; called by casework alone.

Rule 1: the robot alone never closes a serious case, whatever was said to it.
Rule 2: where the robot's plan ends, a work item for a person begins.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from dialer.domain.actions import (
    Action,
    Announce,
    Announcement,
    CancelAttempts,
    CheckNumber,
    CloseCase,
    ConfirmSafe,
    NoteDanger,
)
from dialer.domain.attempt import AttemptReason
from dialer.domain.case import Case, CaseState
from dialer.domain.danger import DangerKind, DangerSign
from dialer.domain.events import AttemptEnded
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.planning import ask_officer, ask_over_faults, keep_clear, order_visit, ring
from dialer.domain.policy import Policy
from dialer.domain.work import WorkReason
from voice.report import CallReport, HangupCause, Rang

Next = tuple[Case, tuple[Action, ...]]


def answer(policy: Policy, case: Case, outcome: Outcome, ended: AttemptEnded, now: datetime) -> Next:
    """What becomes of the case after this outcome; a hand-over is casework's own."""
    rules, serious = policy.of(case.grade), case.grade.serious
    match outcome:
        case Outcome.NEEDS_OFFICER:
            return _leave_to_people(case, ask_officer(policy, case, WorkReason.OFFICER_MISSED, now))
        case Outcome.REACHED_PROMISED:
            return _reached(policy, case, None, now)
        case Outcome.REACHED_WARNED:
            return _reached(policy, case, WorkReason.NOT_PERSUADED, now)
        case Outcome.DENIED | Outcome.AWARE:
            return _reached(policy, case, WorkReason.SELF_REPORTED, now)
        case Outcome.OPTED_OUT:
            return _opted_out(policy, case, now)
        case Outcome.WRONG_PERSON:
            return _wrong_person(policy, case, now)
        case Outcome.LINE_FAULT:
            return _line_fault(policy, case, ended.report, now)
        case Outcome.BUSY if serious:
            return _busy(policy, case, now)
        case Outcome.VACANT_ALARM | Outcome.FORWARDED_ALARM if serious:
            return _vacant(policy, case, ended.report, now)
        case Outcome.VACANT_ALARM if case.grade is Grade.LOW:
            return _close(case, "the number is vacant or suspended", now)
        case Outcome.THIRD_PARTY if serious:
            sign = NoteDanger(DangerSign(DangerKind.THIRD_PARTY, "somebody else answers"))
            return _not_reached(policy, case, now, sign, ask_officer(policy, case, WorkReason.THIRD_PARTY, now))
        case Outcome.REFUSED if serious:
            return _not_reached(policy, case, now, ask_officer(policy, case, WorkReason.NOT_PERSUADED, now))
        case Outcome.CALL_LATER:
            later = rules.call_later_wait(ended.wished_at - now if ended.wished_at else None, serious=serious)
            return _not_reached(policy, case, now, wait=later, reason=AttemptReason.CALL_LATER)
        case Outcome.CUT_OFF:
            return _not_reached(policy, case, now, wait=rules.safe_gap)
        case _:
            return _not_reached(policy, case, now)


def _not_reached(
    policy: Policy,
    case: Case,
    now: datetime,
    *first: Action,
    wait: timedelta | None = None,
    reason: AttemptReason = AttemptReason.REDIAL,
) -> Next:
    """Ring again by plan, let people know by plan, and hand over to them when the plan is exhausted."""
    rules, made = policy.of(case.grade), case.tally.not_reached + 1
    case = replace(case, tally=replace(case.tally, not_reached=made, busy=0, faults=0))
    actions = [*first]
    if made >= rules.officer_after_failures:
        actions.append(ask_officer(policy, case, WorkReason.NOT_REACHED, now))
    if made >= rules.visit_after_failures:
        actions.append(order_visit(policy, case, WorkReason.NOT_REACHED, now))
    planned = rules.redial_wait(made)
    if planned is None:
        return _exhausted(policy, case, WorkReason.NOT_REACHED, now, actions)
    return case, (*actions, *ring(policy, case, now + (wait or planned), reason))


def _busy(policy: Policy, case: Case, now: datetime) -> Next:
    """Busy on a serious case: probably talking to the fraudster."""
    rules, made = policy.of(case.grade), case.tally.busy + 1
    case = replace(case, tally=replace(case.tally, busy=made, faults=0))
    actions: list[Action] = [NoteDanger(DangerSign.busy(made, rules.busy_is_danger_at))]
    if made >= rules.officer_after_busy or made >= rules.busy_is_danger_at:
        actions.append(ask_officer(policy, case, WorkReason.BUSY, now))
    if made >= rules.busy_is_danger_at:
        actions.append(order_visit(policy, case, WorkReason.BUSY, now))
    wait = rules.busy_wait(made)
    if wait is None:
        return _exhausted(policy, case, WorkReason.BUSY, now, actions)
    return case, (*actions, *ring(policy, case, now + wait, AttemptReason.BUSY))


def _vacant(policy: Policy, case: Case, report: CallReport, now: datetime) -> Next:
    """空号, 停机 or forwarded on a serious case: fraudsters have people forward their lines. An alarm, never an end."""
    kinds = {HangupCause.SUSPENDED: DangerKind.SUSPENDED, HangupCause.FORWARDED: DangerKind.FORWARDED}
    kind = kinds.get(report.cause, DangerKind.VACANT)
    sign = NoteDanger(DangerSign(kind, f"{kind.value}: perhaps the line is forwarded"))
    visit = order_visit(policy, case, WorkReason.VACANT, now)
    return _not_reached(policy, case, now, sign, visit, ask_officer(policy, case, WorkReason.VACANT, now))


def _reached(policy: Policy, case: Case, doubt: WorkReason | None, now: datetime) -> Next:
    """The person was reached. What he said is checked by later calls, and on serious cases by a person."""
    rules, made = policy.of(case.grade), case.tally.follow_ups + 1
    tally = replace(case.tally, follow_ups=made, not_reached=0, busy=0, faults=0)
    case = replace(case, state=CaseState.FOLLOW_UP, tally=tally)
    asked: tuple[Action, ...] = (ask_officer(policy, case, doubt, now),) if doubt and case.grade.serious else ()
    wait = rules.follow_up_wait(made)
    if wait is not None:
        return case, (*asked, *ring(policy, case, now + wait, AttemptReason.FOLLOW_UP))
    if not case.grade.serious:
        return _close(case, "reached, and all follow-ups are made", now)
    confirm = ConfirmSafe(WorkReason.SELF_REPORTED, now + timedelta(seconds=rules.visit_within_seconds))
    return _leave_to_people(case, *asked, confirm)


def _opted_out(policy: Policy, case: Case, now: datetime) -> Next:
    case = replace(case, person=replace(case.person, officer_only=True))
    if case.grade.serious:
        return _leave_to_people(case, ask_officer(policy, case, WorkReason.OPTED_OUT, now))
    return _close(case, "the person wants no robot calls", now)


def _wrong_person(policy: Policy, case: Case, now: datetime) -> Next:
    """Not rung on this alert again. On a serious one a fraudster may have said so: people look for the number first."""
    told = Announce(Announcement.WRONG_NUMBER)
    if case.grade.serious:
        deadline = now + timedelta(seconds=policy.of(case.grade).officer_call_within_seconds)
        return _leave_to_people(case, told, CheckNumber(deadline))
    after, actions = _close(case, "wrong number", now)
    return after, (told, *actions)


def _line_fault(policy: Policy, case: Case, report: CallReport, now: datetime) -> Next:
    """Our side failed: tried again soon, unless the telephone rang or may have."""
    case = replace(case, tally=replace(case.tally, faults=case.tally.faults + 1))
    again = now + policy.line_retry_wait(case.tally.faults)
    if report.rang is Rang.YES or (report.rang is Rang.MAYBE and not report.sip_code):
        case = keep_clear(policy, case, report.ended_at)
    return case, (*ask_over_faults(policy, case, now), *ring(policy, case, again, AttemptReason.OUR_FAULT))


def _exhausted(policy: Policy, case: Case, reason: WorkReason, now: datetime, actions: list[Action]) -> Next:
    """The robot's plan is at its end; the case is not."""
    if case.grade.serious:
        actions.append(order_visit(policy, case, reason, now))
    return _leave_to_people(case, *actions, ask_officer(policy, case, reason, now))


def _leave_to_people(case: Case, *actions: Action) -> Next:
    return replace(case, state=CaseState.WITH_PEOPLE), (CancelAttempts(), *actions)


def _close(case: Case, why: str, now: datetime) -> Next:
    closed = replace(case, state=CaseState.CLOSED, closed_at=now)
    return closed, (CancelAttempts(), CloseCase(case.outcome, why))
