"""The steps that casework plans with: ring, ask, visit, count. Pure.

Rule 1: a call is planned after the safe gap, inside the hours, below the day's cap; whoever plans one plans it here.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from dialer.domain.actions import Action, AskOfficer, OrderVisit, PrepareStopPayment, ScheduleAttempt
from dialer.domain.attempt import AttemptReason
from dialer.domain.case import Case
from dialer.domain.policy import Policy
from dialer.domain.stoppayment import Paying
from dialer.domain.work import WorkReason


def ring(
    policy: Policy, case: Case, wanted: datetime, reason: AttemptReason, *, promised: datetime | None = None
) -> tuple[Action, ...]:
    """Plan the next call after the gap, inside the hours and below the cap of the day on which it falls.

    promised: the deadline of a call that we owe: a fault of ours gives us no more time.
    """
    rules = policy.of(case.grade)
    asked: tuple[Action, ...] = ()
    due = policy.may_ring_at(case.grade, max(wanted, case.person.clear_at or wanted))
    if case.person.calls_on(policy.day_of(due)) >= rules.most_attempts_per_day:
        if case.grade.serious:
            asked = (ask_officer(policy, case, WorkReason.DAILY_CAP, wanted),)
        due = policy.next_day(case.grade, due)
    deadline = due + timedelta(seconds=rules.ring_within_seconds)
    return (*asked, ScheduleAttempt(due, min(deadline, promised or deadline), reason))


def one_call_more(policy: Policy, case: Case, at: datetime) -> Case:
    """A call that rang, or may have: one more of this day, and nobody rings the person inside the gap."""
    day = policy.day_of(at)
    person = replace(case.person, calls_day=day, calls_today=case.person.calls_on(day) + 1)
    return keep_clear(policy, replace(case, person=person, late_at=None), at)


def keep_clear(policy: Policy, case: Case, since: datetime) -> Case:
    until = since + policy.of(case.grade).safe_gap
    return replace(case, person=replace(case.person, clear_at=max(until, case.person.clear_at or until)))


def ask_officer(policy: Policy, case: Case, reason: WorkReason, now: datetime) -> AskOfficer:
    return AskOfficer(reason, now + timedelta(seconds=policy.of(case.grade).officer_call_within_seconds))


def order_visit(policy: Policy, case: Case, reason: WorkReason, now: datetime) -> OrderVisit:
    return OrderVisit(reason, now + timedelta(seconds=policy.of(case.grade).visit_within_seconds))


def prepare_stop_payment(policy: Policy, case: Case, paying: Paying, now: datetime) -> PrepareStopPayment:
    """With the sum that the sources named, when the person named none."""
    if paying.sum_yuan is None:
        paying = replace(paying, sum_yuan=case.sum_yuan, exact=False)
    return PrepareStopPayment(paying, now + timedelta(seconds=policy.stop_payment_within_seconds))


def ask_over_faults(policy: Policy, case: Case, now: datetime) -> tuple[Action, ...]:
    if case.grade.serious and case.tally.faults >= policy.officer_after_faults:
        return (ask_officer(policy, case, WorkReason.OUR_FAULT, now),)
    return ()
