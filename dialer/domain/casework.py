"""What becomes of a case: a pure machine, `advance(policy, case, event, now) -> (case, actions)`.

Rule 1: every change of a case happens here, in `ladder` (calls) and in `afterwork` (people). Nothing here waits, reads a clock, draws a number or logs.
Rule 2: an open case always has a next step: an attempt that is due or live, or a work item for a person.
Rule 3: the robot alone never closes a serious case; what was said to it is self-reported.
Rule 4: a fault of ours is not a call to the person; a call that may have rung is one.
Rule 5: no call is planned before the safe gap after one that rang is over, but for the one call-back that takes up a dropped talk.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from dialer.domain.actions import Action, Announce, Announcement, CancelAttempts, CloseCase, NoteDanger, SendSms
from dialer.domain.afterwork import cancelled, finished
from dialer.domain.attempt import AttemptReason
from dialer.domain.callback import call_back, dropped
from dialer.domain.case import Case, CaseState
from dialer.domain.danger import DangerKind, DangerSign
from dialer.domain.degrading import overdue, shed
from dialer.domain.events import (
    AlertAccepted,
    AttemptEnded,
    AttemptLost,
    AttemptOrphaned,
    AttemptOverdue,
    AttemptShed,
    ClosedByPerson,
    Event,
    MergedInto,
    NobodyCame,
    NumberBarred,
    OfficerTook,
    PersonsMerged,
    SmsTimeCame,
    WorkCancelled,
    WorkFinished,
)
from dialer.domain.ladder import Next, answer, barred
from dialer.domain.merging import joined, merged
from dialer.domain.outcome import Outcome, outcome_of, outcome_of_loss
from dialer.domain.planning import ask_officer, ask_over_faults, one_call_more, prepare_stop_payment, ring
from dialer.domain.policy import Policy
from dialer.domain.sms import occasion_for
from dialer.domain.smsclock import struck, wound
from dialer.domain.stoppayment import paying
from dialer.domain.work import WorkReason
from voice.report import CallReport, Rang


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
            return case, (ask_officer(policy, case, WorkReason.OFFICER_MISSED, now),)
        case _, ClosedByPerson(_, why):
            closed = replace(case, state=CaseState.CLOSED, closed_at=now)
            return closed, (CancelAttempts(), CloseCase(case.outcome, why))
        case CaseState.OPEN | CaseState.FOLLOW_UP, NumberBarred():
            return barred(policy, case, event, now)
        case _, NumberBarred():
            return case, (CancelAttempts(),)
        case CaseState.WITH_OFFICER | CaseState.WITH_PEOPLE | CaseState.CLOSED, AttemptEnded(report):
            return _besides(policy, case, report, _ended_in_good_hands(policy, case, report, now), now)
        case CaseState.WITH_OFFICER | CaseState.WITH_PEOPLE | CaseState.CLOSED, AttemptLost(_, rang):
            return _lost_in_good_hands(policy, case, rang, now)
        case _, AttemptLost():
            return _lost(policy, case, event, now)
        case CaseState.OPEN | CaseState.FOLLOW_UP, AttemptOverdue():
            return overdue(policy, case, now)
        case CaseState.OPEN | CaseState.FOLLOW_UP, AttemptShed():
            return shed(policy, case, event, now)
        case _, AttemptOverdue() | AttemptShed():
            return case, ()  # people have it: nothing is due any more
        case _, AttemptOrphaned():
            return case, _find_out(policy, case, now)
        case _, AttemptEnded(report):
            return _besides(policy, case, report, _ended(policy, case, event, now), now)
        case _, WorkFinished():
            return finished(policy, case, event, now)
        case _, WorkCancelled():
            return cancelled(policy, case, event, now)
        case _, SmsTimeCame():
            return struck(policy, case, event, now)
        case _, MergedInto(into):
            return merged(case, into, now)
        case _, PersonsMerged(other):
            return joined(case, other)
        case _:
            assert_never(event)


def _besides(policy: Policy, before: Case, report: CallReport, then: Next, now: datetime) -> Next:
    """What goes with the end of a call whatever becomes of the case: money that moves, and an SMS."""
    after, actions = then
    pays = paying(report.facts, report.ended_at)
    if pays is not None and after.grade.serious:
        actions = (*actions, prepare_stop_payment(policy, after, pays, now))
    robots = before.state in (CaseState.OPEN, CaseState.FOLLOW_UP) and after.state is not CaseState.WITH_OFFICER
    occasion = occasion_for(policy, after, outcome_of(report.cause, report.conclusion))
    robots = robots and after.called_back is before.called_back  # no SMS says that we shall ring: we ring
    if robots and occasion is not None:
        rules = policy.of(after.grade)
        actions = (*actions, SendSms(occasion, rules.flash_sms, rules.sms_gap))
        after = wound(policy, after, now)
    return after, actions


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
        return case, (*signs, ask_officer(policy, case, WorkReason.ALERTED_AGAIN, now))
    if case.person.officer_only:
        return replace(case, state=CaseState.WITH_PEOPLE), (
            *signs,
            ask_officer(policy, case, WorkReason.OPTED_OUT, now),
        )
    numbers = case.numbers.first(policy.of(case.grade).robot_rings)
    if numbers is None:  # wrong, or on a list, or of a kind that the robot does not ring
        asked = ask_officer(policy, case, WorkReason.WRONG_NUMBER if case.numbers.shut else WorkReason.LISTED, now)
        return replace(case, state=CaseState.WITH_PEOPLE), (*signs, CancelAttempts(), asked)
    case = replace(case, state=CaseState.OPEN, numbers=numbers)
    return case, (*signs, *ring(policy, case, event.received_at, AttemptReason.ALERT))


def _officer_took(case: Case, officer: str, at: datetime) -> Next:
    told = Announce(Announcement.OFFICER_TOOK, {"officer": officer, "at": at.isoformat()})
    if case.state is CaseState.CLOSED:
        return case, (told,)
    taken = replace(case, state=CaseState.WITH_OFFICER, officer=officer, officer_at=at)
    return taken, (CancelAttempts(), told)


def _ended_in_good_hands(policy: Policy, case: Case, report: CallReport, now: datetime) -> Next:
    """The call ends when people have the case, or have closed it: the robot rings no more."""
    outcome = outcome_of(report.cause, report.conclusion)
    case = _counted(policy, case, report, now)
    actions: tuple[Action, ...] = (_told(report, outcome),)
    if outcome is Outcome.NEEDS_OFFICER:
        return replace(case, outcome=outcome), (*actions, ask_officer(policy, case, WorkReason.OFFICER_MISSED, now))
    if case.state is CaseState.WITH_OFFICER and outcome in (Outcome.LOST, Outcome.CUT_OFF):
        return case, (*actions, ask_officer(policy, case, WorkReason.TALK_LOST, now))
    if outcome is Outcome.OPTED_OUT:
        case = replace(case, person=replace(case.person, officer_only=True))
    return replace(case, outcome=outcome), actions


def _lost_in_good_hands(policy: Policy, case: Case, rang: Rang, now: datetime) -> Next:
    if rang is not Rang.NEVER:
        case = one_call_more(policy, case, now)
    if case.state is CaseState.WITH_OFFICER:
        return case, (ask_officer(policy, case, WorkReason.TALK_LOST, now),)
    return case, ()


def _find_out(policy: Policy, case: Case, now: datetime) -> tuple[Action, ...]:
    """Whether he was reached, nobody knows; the robot rings nobody until it is known, so on a serious case an officer must."""
    if not case.grade.serious or case.state in (CaseState.WITH_PEOPLE, CaseState.CLOSED):
        return ()
    reason = WorkReason.TALK_LOST if case.state is CaseState.WITH_OFFICER else WorkReason.MAY_HAVE_RUNG
    return (ask_officer(policy, case, reason, now),)


def _lost(policy: Policy, case: Case, lost: AttemptLost, now: datetime) -> Next:
    case = replace(case, outcome=outcome_of_loss(lost.rang), tally=replace(case.tally, faults=case.tally.faults + 1))
    faults = case.tally.faults
    if lost.rang is Rang.NEVER:
        again = now if faults == 1 else now + policy.line_retry_wait(faults - 1)
        call = ring(policy, case, again, AttemptReason.OUR_FAULT, promised=lost.promised)
        return case, (*ask_over_faults(policy, case, now), *call)
    case = one_call_more(policy, case, now)
    back = call_back(policy, case, lost.talk, now)
    if back is not None:  # he is asked himself, in a moment
        return replace(case, called_back=True), (*ask_over_faults(policy, case, now), back)
    asked = (ask_officer(policy, case, WorkReason.MAY_HAVE_RUNG, now),) if case.grade.serious else ()
    again = now + policy.of(case.grade).safe_gap
    return case, (*asked, *ring(policy, case, again, AttemptReason.AFTER_LOSS))


def _ended(policy: Policy, case: Case, event: AttemptEnded, now: datetime) -> Next:
    report = event.report
    outcome = outcome_of(report.cause, report.conclusion)
    told = _told(report, outcome)
    if outcome is Outcome.LOST:
        after, actions = _lost(policy, case, AttemptLost(report.attempt, report.rang, event.promised), now)
        return after, (told, *actions)
    case = _counted(policy, replace(case, outcome=outcome), report, now)
    back = call_back(policy, case, dropped(report), now)
    if back is not None:
        missed = (
            (ask_officer(policy, case, WorkReason.OFFICER_MISSED, now),) if outcome is Outcome.NEEDS_OFFICER else ()
        )
        return replace(case, called_back=True), (told, *missed, back)
    if outcome is Outcome.HANDED_TO_OFFICER:
        bridged = [part.bridged_at for part in report.officers if part.bridged_at]
        after, actions = _officer_took(case, case.officer, min(bridged, default=now))
    else:
        after, actions = answer(policy, case, outcome, event, now)
    return after, (told, *actions)


def _told(report: CallReport, outcome: Outcome) -> Announce:
    facts = {
        "attempt": report.attempt,
        "outcome": outcome.value,
        "conclusion": report.conclusion.value,
        "cause": report.cause.value,
        "rang": report.rang.value,
    }
    return Announce(Announcement.ATTEMPT_ENDED, facts)


def _counted(policy: Policy, case: Case, report: CallReport, now: datetime) -> Case:
    """The gap begins when we know: when the call was over is told by a machine whose clock may have jumped since."""
    if report.rang is Rang.NEVER or outcome_of(report.cause, report.conclusion) is Outcome.LINE_FAULT:
        return case
    return one_call_more(policy, case, now)
