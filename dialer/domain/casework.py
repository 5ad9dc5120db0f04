"""What becomes of a case: a pure machine, `advance(policy, case, event, now) -> (case, actions)`.

Rule 1: every change of a case happens in this file. Nothing here waits, reads a clock, draws a number or logs.
Rule 2: an open case always has a next step: an attempt that is due or live, or a work item for a person.
Rule 3: the robot alone never closes a serious case; what was said to it is self-reported.
Rule 4: a fault of ours is not a call to the person; a call that may have rung is one.
Rule 5: no call is planned before the safe gap after one that rang is over.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

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
    OrderVisit,
    ScheduleAttempt,
)
from dialer.domain.attempt import AttemptReason
from dialer.domain.case import Case, CaseState
from dialer.domain.danger import DangerKind, DangerSign
from dialer.domain.events import (
    AlertAccepted,
    AttemptEnded,
    AttemptLost,
    ClosedByPerson,
    Event,
    NobodyCame,
    OfficerTook,
)
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome, outcome_of, outcome_of_loss
from dialer.domain.policy import Policy
from dialer.domain.work import WorkReason
from voice.report import CallReport, HangupCause, Rang

Next = tuple[Case, tuple[Action, ...]]


def advance(policy: Policy, case: Case, event: Event, now: datetime) -> Next:
    """Answer one event. Same inputs, same answer, always."""
    match case.state, event:
        case CaseState.CLOSED, AlertAccepted() | ClosedByPerson():
            return case, ()  # a new alert on the person opens a new case
        case _, AlertAccepted():
            return _alerted(policy, case, event, now)
        case _, OfficerTook(officer, at):
            return _officer_took(case, officer, at)
        case _, NobodyCame():
            return case, (_ask(policy, case, WorkReason.OFFICER_MISSED, now),)
        case _, ClosedByPerson(_, why):
            closed = replace(case, state=CaseState.CLOSED, closed_at=now)
            return closed, (CancelAttempts(), CloseCase(case.outcome, why))
        case CaseState.WITH_OFFICER | CaseState.CLOSED, AttemptEnded(report):
            return _ended_in_good_hands(policy, case, report, now)
        case CaseState.WITH_OFFICER | CaseState.CLOSED, AttemptLost(_, rang):
            return _lost_in_good_hands(policy, case, rang, now)
        case _, AttemptLost(_, rang):
            return _lost(policy, case, rang, now)
        case _, AttemptEnded(report):
            return _ended(policy, case, report, now)
        case _:
            assert_never(event)


def _alerted(policy: Policy, case: Case, event: AlertAccepted, now: datetime) -> Next:
    sums = [each for each in (case.sum_yuan, event.sum_yuan) if each is not None]
    again = case.state is not CaseState.OPEN
    case = replace(
        case, grade=min(case.grade, event.grade, key=lambda grade: grade.rank), sum_yuan=max(sums, default=None)
    )
    signs: list[Action] = []
    if again and case.grade.serious:
        signs = [NoteDanger(DangerSign(DangerKind.ALERTED_AGAIN, "a further alert after the person was reached"))]
    if case.state is CaseState.WITH_OFFICER:
        return case, (*signs, _ask(policy, case, WorkReason.ALERTED_AGAIN, now))
    if case.person.officer_only:
        return replace(case, state=CaseState.WITH_PEOPLE), (*signs, _ask(policy, case, WorkReason.OPTED_OUT, now))
    case = replace(case, state=CaseState.OPEN)
    return case, (*signs, *_ring(policy, case, event.received_at, AttemptReason.ALERT))


def _officer_took(case: Case, officer: str, at: datetime) -> Next:
    told = Announce(Announcement.OFFICER_TOOK, {"officer": officer, "at": at.isoformat()})
    if case.state is CaseState.CLOSED:
        return case, (told,)
    taken = replace(case, state=CaseState.WITH_OFFICER, officer=officer, officer_at=at)
    return taken, (CancelAttempts(), told)


def _ended_in_good_hands(policy: Policy, case: Case, report: CallReport, now: datetime) -> Next:
    """The call ends while an officer has the case, or after somebody closed it: nothing is rung again."""
    outcome = outcome_of(report.cause, report.conclusion)
    case = _counted(policy, case, report)
    actions: tuple[Action, ...] = (_told(report, outcome),)
    if outcome is Outcome.NEEDS_OFFICER:
        return replace(case, outcome=outcome), (*actions, _ask(policy, case, WorkReason.OFFICER_MISSED, now))
    if case.state is CaseState.WITH_OFFICER and outcome in (Outcome.LOST, Outcome.CUT_OFF):
        return case, (*actions, _ask(policy, case, WorkReason.TALK_LOST, now))
    return replace(case, outcome=outcome), actions


def _lost_in_good_hands(policy: Policy, case: Case, rang: Rang, now: datetime) -> Next:
    if rang is not Rang.NEVER:
        case = _one_call_more(policy, case, now)
    if case.state is CaseState.CLOSED:
        return case, ()
    return case, (_ask(policy, case, WorkReason.TALK_LOST, now),)


def _lost(policy: Policy, case: Case, rang: Rang, now: datetime) -> Next:
    case = replace(case, outcome=outcome_of_loss(rang), tally=replace(case.tally, faults=case.tally.faults + 1))
    faults = case.tally.faults
    if rang is Rang.NEVER:
        again = now if faults == 1 else now + policy.line_retry_wait(faults - 1)
        return case, (*_of_our_faults(policy, case, now), *_ring(policy, case, again, AttemptReason.OUR_FAULT))
    case = _one_call_more(policy, case, now)
    asked = (_ask(policy, case, WorkReason.MAY_HAVE_RUNG, now),) if case.grade.serious else ()
    again = now + policy.of(case.grade).safe_gap
    return case, (*asked, *_ring(policy, case, again, AttemptReason.AFTER_LOSS))


def _ended(policy: Policy, case: Case, report: CallReport, now: datetime) -> Next:
    outcome = outcome_of(report.cause, report.conclusion)
    told = _told(report, outcome)
    if outcome is Outcome.LOST:
        after, actions = _lost(policy, case, report.rang, now)
        return after, (told, *actions)
    case = _counted(policy, replace(case, outcome=outcome), report)
    after, actions = _answer(policy, case, outcome, report, now)
    return after, (told, *actions)


def _answer(policy: Policy, case: Case, outcome: Outcome, report: CallReport, now: datetime) -> Next:
    """The ladder: what follows from each outcome."""
    rules, serious = policy.of(case.grade), case.grade.serious
    match outcome:
        case Outcome.HANDED_TO_OFFICER:
            bridged = [part.bridged_at for part in report.officers if part.bridged_at]
            return _officer_took(case, case.officer, min(bridged, default=now))
        case Outcome.NEEDS_OFFICER:
            return _leave_to_people(case, _ask(policy, case, WorkReason.OFFICER_MISSED, now))
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
            return _line_fault(policy, case, report, now)
        case Outcome.BUSY if serious:
            return _busy(policy, case, now)
        case Outcome.VACANT_ALARM | Outcome.FORWARDED_ALARM if serious:
            return _vacant(policy, case, report, now)
        case Outcome.VACANT_ALARM if case.grade is Grade.LOW:
            return _close(case, "the number is vacant or suspended", now)
        case Outcome.THIRD_PARTY if serious:
            sign = NoteDanger(DangerSign(DangerKind.THIRD_PARTY, "somebody else answers"))
            return _not_reached(policy, case, now, sign, _ask(policy, case, WorkReason.THIRD_PARTY, now))
        case Outcome.REFUSED if serious:
            return _not_reached(policy, case, now, _ask(policy, case, WorkReason.NOT_PERSUADED, now))
        case Outcome.CALL_LATER:
            later = timedelta(seconds=rules.call_later_seconds)
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
        actions.append(_ask(policy, case, WorkReason.NOT_REACHED, now))
    if made >= rules.visit_after_failures:
        actions.append(_visit(policy, case, WorkReason.NOT_REACHED, now))
    planned = rules.redial_wait(made)
    if planned is None:
        return _exhausted(policy, case, WorkReason.NOT_REACHED, now, actions)
    return case, (*actions, *_ring(policy, case, now + (wait or planned), reason))


def _busy(policy: Policy, case: Case, now: datetime) -> Next:
    """Busy on a serious case: probably talking to the fraudster."""
    rules, made = policy.of(case.grade), case.tally.busy + 1
    case = replace(case, tally=replace(case.tally, busy=made, faults=0))
    actions: list[Action] = [NoteDanger(DangerSign.busy(made, rules.busy_is_danger_at))]
    if made >= rules.officer_after_busy or made >= rules.busy_is_danger_at:
        actions.append(_ask(policy, case, WorkReason.BUSY, now))
    if made >= rules.busy_is_danger_at:
        actions.append(_visit(policy, case, WorkReason.BUSY, now))
    wait = rules.busy_wait(made)
    if wait is None:
        return _exhausted(policy, case, WorkReason.BUSY, now, actions)
    return case, (*actions, *_ring(policy, case, now + wait, AttemptReason.BUSY))


def _vacant(policy: Policy, case: Case, report: CallReport, now: datetime) -> Next:
    """空号, 停机 or forwarded on a serious case: fraudsters have people forward their lines. An alarm, never an end."""
    kinds = {HangupCause.SUSPENDED: DangerKind.SUSPENDED, HangupCause.FORWARDED: DangerKind.FORWARDED}
    kind = kinds.get(report.cause, DangerKind.VACANT)
    sign = NoteDanger(DangerSign(kind, f"{kind.value}: perhaps the line is forwarded"))
    visit = _visit(policy, case, WorkReason.VACANT, now)
    return _not_reached(policy, case, now, sign, visit, _ask(policy, case, WorkReason.VACANT, now))


def _reached(policy: Policy, case: Case, doubt: WorkReason | None, now: datetime) -> Next:
    """The person was reached. What he said is checked by later calls, and on serious cases by a person."""
    rules, made = policy.of(case.grade), case.tally.follow_ups + 1
    tally = replace(case.tally, follow_ups=made, not_reached=0, busy=0, faults=0)
    case = replace(case, state=CaseState.FOLLOW_UP, tally=tally)
    asked: tuple[Action, ...] = (_ask(policy, case, doubt, now),) if doubt and case.grade.serious else ()
    wait = rules.follow_up_wait(made)
    if wait is not None:
        return case, (*asked, *_ring(policy, case, now + wait, AttemptReason.FOLLOW_UP))
    if not case.grade.serious:
        return _close(case, "reached, and all follow-ups are made", now)
    confirm = ConfirmSafe(WorkReason.SELF_REPORTED, now + timedelta(seconds=rules.visit_within_seconds))
    return _leave_to_people(case, *asked, confirm)


def _opted_out(policy: Policy, case: Case, now: datetime) -> Next:
    case = replace(case, person=replace(case.person, officer_only=True))
    if case.grade.serious:
        return _leave_to_people(case, _ask(policy, case, WorkReason.OPTED_OUT, now))
    return _close(case, "the person wants no robot calls", now)


def _wrong_person(policy: Policy, case: Case, now: datetime) -> Next:
    """Not rung on this alert again. A serious alert still has a victim somewhere: people look for the number."""
    after, actions = _close(case, "wrong number", now)
    if case.grade.serious:
        deadline = now + timedelta(seconds=policy.of(case.grade).officer_call_within_seconds)
        actions = (CheckNumber(deadline), *actions)
    return after, (Announce(Announcement.WRONG_NUMBER), *actions)


def _line_fault(policy: Policy, case: Case, report: CallReport, now: datetime) -> Next:
    """Our side failed: tried again soon, unless the telephone rang or may have."""
    case = replace(case, tally=replace(case.tally, faults=case.tally.faults + 1))
    again = now + policy.line_retry_wait(case.tally.faults)
    if report.rang is Rang.YES or (report.rang is Rang.MAYBE and not report.sip_code):
        case = _keep_clear(policy, case, report.ended_at)
    return case, (*_of_our_faults(policy, case, now), *_ring(policy, case, again, AttemptReason.OUR_FAULT))


def _of_our_faults(policy: Policy, case: Case, now: datetime) -> tuple[Action, ...]:
    if case.grade.serious and case.tally.faults >= policy.officer_after_faults:
        return (_ask(policy, case, WorkReason.OUR_FAULT, now),)
    return ()


def _exhausted(policy: Policy, case: Case, reason: WorkReason, now: datetime, actions: list[Action]) -> Next:
    """The robot's plan is at its end; the case is not."""
    if case.grade.serious:
        actions.append(_visit(policy, case, reason, now))
    return _leave_to_people(case, *actions, _ask(policy, case, reason, now))


def _leave_to_people(case: Case, *actions: Action) -> Next:
    return replace(case, state=CaseState.WITH_PEOPLE), (CancelAttempts(), *actions)


def _close(case: Case, why: str, now: datetime) -> Next:
    closed = replace(case, state=CaseState.CLOSED, closed_at=now)
    return closed, (CancelAttempts(), CloseCase(case.outcome, why))


def _ring(policy: Policy, case: Case, wanted: datetime, reason: AttemptReason) -> tuple[Action, ...]:
    """Plan the next call after the gap, inside the hours and below the cap of the day on which it falls."""
    rules = policy.of(case.grade)
    asked: tuple[Action, ...] = ()
    due = policy.may_ring_at(case.grade, max(wanted, case.person.clear_at or wanted))
    if case.person.calls_on(policy.day_of(due)) >= rules.most_attempts_per_day:
        if case.grade.serious:
            asked = (_ask(policy, case, WorkReason.DAILY_CAP, wanted),)
        due = policy.next_day(case.grade, due)
    return (*asked, ScheduleAttempt(due, due + timedelta(seconds=rules.ring_within_seconds), reason))


def _counted(policy: Policy, case: Case, report: CallReport) -> Case:
    if report.rang is Rang.NEVER or outcome_of(report.cause, report.conclusion) is Outcome.LINE_FAULT:
        return case
    return _one_call_more(policy, case, report.ended_at)


def _one_call_more(policy: Policy, case: Case, at: datetime) -> Case:
    """A call that rang, or may have: one more of this day, and nobody rings the person inside the gap."""
    day = policy.day_of(at)
    person = replace(case.person, calls_day=day, calls_today=case.person.calls_on(day) + 1)
    return _keep_clear(policy, replace(case, person=person), at)


def _keep_clear(policy: Policy, case: Case, since: datetime) -> Case:
    until = since + policy.of(case.grade).safe_gap
    return replace(case, person=replace(case.person, clear_at=max(until, case.person.clear_at or until)))


def _ask(policy: Policy, case: Case, reason: WorkReason, now: datetime) -> AskOfficer:
    return AskOfficer(reason, now + timedelta(seconds=policy.of(case.grade).officer_call_within_seconds))


def _visit(policy: Policy, case: Case, reason: WorkReason, now: datetime) -> OrderVisit:
    return OrderVisit(reason, now + timedelta(seconds=policy.of(case.grade).visit_within_seconds))


def _told(report: CallReport, outcome: Outcome) -> Announce:
    facts = {
        "attempt": report.attempt,
        "outcome": outcome.value,
        "conclusion": report.conclusion.value,
        "cause": report.cause.value,
        "rang": report.rang.value,
    }
    return Announce(Announcement.ATTEMPT_ENDED, facts)
