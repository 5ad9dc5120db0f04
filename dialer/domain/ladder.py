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
    AskOfficer,
    CancelAttempts,
    CheckNumber,
    CloseCase,
    ConfirmSafe,
    NoteDanger,
)
from dialer.domain.attempt import AttemptReason
from dialer.domain.case import Case, CaseState
from dialer.domain.contacts import Listing
from dialer.domain.danger import DangerKind, DangerSign
from dialer.domain.events import AttemptEnded, NumberBarred
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.planning import ask_officer, ask_over_faults, keep_clear, order_visit, ring
from dialer.domain.policy import Policy
from dialer.domain.work import WorkReason
from voice.report import CallReport, HangupCause, Rang

Next = tuple[Case, tuple[Action, ...]]
# It is his number and he was there: another one would reach him no better.
_SOMEBODY_THERE = (Outcome.REFUSED, Outcome.CALL_LATER, Outcome.HUNG_UP, Outcome.CUT_OFF, Outcome.ENDED_BY_ORDER)


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
            return _line_fault(policy, case, ended, now)
        case Outcome.BUSY if serious:
            return _busy(policy, case, now)
        case Outcome.VACANT_ALARM | Outcome.FORWARDED_ALARM if serious:
            return _vacant(policy, case, ended.report, now)
        case Outcome.FORWARDED_ALARM:  # somebody had the line forwarded: no small matter any more
            return answer(policy, replace(case, grade=Grade.HIGH), outcome, ended, now)
        case Outcome.VACANT_ALARM if (other := _below(policy, case)) is not None:
            return _not_reached(policy, other, now, moved=True)
        case Outcome.VACANT_ALARM if case.grade is Grade.LOW:
            return _close(case, "the number is vacant or suspended", now)
        case Outcome.THIRD_PARTY if serious:
            return _third_party(policy, case, now)
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
    moved: bool = False,
) -> Next:
    """Ring again by plan, let people know by plan, and hand over to them when the plan is exhausted."""
    rules, made, before = policy.of(case.grade), case.tally.not_reached + 1, case.numbers.at
    case = replace(case, tally=replace(case.tally, not_reached=made, busy=0, faults=0))
    case = case if moved else _down_the_ladder(policy, case)
    actions = [*first]
    if made >= rules.officer_after_failures:
        actions.append(ask_officer(policy, case, WorkReason.NOT_REACHED, now))
    if made >= rules.visit_after_failures:
        actions.append(order_visit(policy, case, WorkReason.NOT_REACHED, now))
    planned = rules.redial_wait(made)
    if planned is None:
        return _exhausted(policy, case, WorkReason.NOT_REACHED, now, actions)
    if case.numbers.at != before and case.grade.serious:
        wait = rules.safe_gap
    return case, (*actions, *ring(policy, case, now + (wait or planned), reason))


def _down_the_ladder(policy: Policy, case: Case) -> Case:
    """After so many calls that reached nobody on one number, the next one of the person is rung."""
    if case.outcome in _SOMEBODY_THERE:
        return replace(case, numbers=replace(case.numbers, failures=0))
    failures = case.numbers.failures + 1
    other = case.numbers.next(policy.of(case.grade).robot_rings)
    if other is not None and failures >= policy.of(case.grade).other_number_after_failures:
        return replace(case, numbers=other)
    return replace(case, numbers=replace(case.numbers, failures=failures))


def _third_party(policy: Policy, case: Case, now: datetime) -> Next:
    """Somebody else answers, and what he says closes nothing. At work and in the family others answer: no sign there."""
    asked: list[Action] = [ask_officer(policy, case, WorkReason.THIRD_PARTY, now)]
    if case.numbers.kind.own:
        asked.insert(0, NoteDanger(DangerSign(DangerKind.THIRD_PARTY, "somebody else answers")))
    return _not_reached(policy, case, now, *asked)


def _below(policy: Policy, case: Case) -> Case | None:
    """Below 高, a number that is vacant is not rung again on this case, if the person has another one."""
    other = case.numbers.shutting().next(policy.of(case.grade).robot_rings)
    return None if other is None else replace(case, numbers=other)


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
    full = policy.of(case.grade).other_number_after_failures
    case = replace(case, numbers=replace(case.numbers, failures=full))  # the next number at once
    return _not_reached(policy, case, now, sign, visit, ask_officer(policy, case, WorkReason.VACANT, now))


def _reached(policy: Policy, case: Case, doubt: WorkReason | None, now: datetime) -> Next:
    """The person was reached. What he said is checked by later calls, and on serious cases by a person."""
    rules, made = policy.of(case.grade), case.tally.follow_ups + 1
    tally = replace(case.tally, follow_ups=made, not_reached=0, busy=0, faults=0)
    numbers = replace(case.numbers, failures=0)
    case = replace(case, state=CaseState.FOLLOW_UP, tally=tally, numbers=numbers)
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
    """Not rung on this case again. On a serious one a fraudster may have said so: people look for the number, too."""
    asked: tuple[Action, ...] = (Announce(Announcement.WRONG_NUMBER),)
    if case.grade.serious:
        asked = (*asked, CheckNumber(now + timedelta(seconds=policy.of(case.grade).officer_call_within_seconds)))
    return _without_this_number(policy, case, now, "wrong number", *asked)


def barred(policy: Policy, case: Case, event: NumberBarred, now: datetime) -> Next:
    """The number stands on a list: not rung. An officer decides on a serious case, and on one that is an officer's only."""
    asked: tuple[Action, ...] = ()
    if case.grade.serious or event.listing is Listing.OFFICER_ONLY:
        asked = (ask_officer(policy, case, WorkReason.LISTED, now),)
    after, actions = _without_this_number(policy, case, now, "the robot may not ring this number", *asked)
    return after, (CancelAttempts(), *actions)


def _without_this_number(policy: Policy, case: Case, now: datetime, why: str, *asked: Action) -> Next:
    """The next number of the person; without one, whoever was asked has the case, or it is closed."""
    numbers = case.numbers.shutting()
    other = numbers.next(policy.of(case.grade).robot_rings)
    if other is not None:
        case = replace(case, state=CaseState.OPEN, numbers=other)
        return case, (*asked, *ring(policy, case, now, AttemptReason.REDIAL))
    case = replace(case, numbers=numbers)
    if any(isinstance(each, CheckNumber | AskOfficer) for each in asked):
        return _leave_to_people(case, *asked)
    after, actions = _close(case, why, now)
    return after, (*asked, *actions)


def _line_fault(policy: Policy, case: Case, ended: AttemptEnded, now: datetime) -> Next:
    """Our side failed: tried again soon, unless the telephone rang or may have. The deadline stays: it was promised."""
    report = ended.report
    case = replace(case, tally=replace(case.tally, faults=case.tally.faults + 1))
    again = now + policy.line_retry_wait(case.tally.faults)
    if report.rang is Rang.YES or (report.rang is Rang.MAYBE and not report.sip_code):
        case = keep_clear(policy, case, now)
    call = ring(policy, case, again, AttemptReason.OUR_FAULT, promised=ended.promised)
    return case, (*ask_over_faults(policy, case, now), *call)


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
