"""What follows when a person has finished a work item: a table over kind and result. Pure; called by casework alone.

Rule 1: a serious case is closed by a result that a person vouches for face to face, or that says that somebody has made sure.
Rule 2: what was not achieved orders the next step; a case that people have never loses its last work item.
Rule 3: what is said on the telephone to an officer is still said on the telephone: somebody makes sure later.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from dialer.domain.actions import Action, CancelAttempts, CancelWork, CloseCase, ConfirmSafe
from dialer.domain.case import Case, CaseState
from dialer.domain.events import WorkCancelled, WorkFinished
from dialer.domain.grade import Grade
from dialer.domain.planning import ask_officer, order_visit, prepare_stop_payment
from dialer.domain.policy import Policy
from dialer.domain.stoppayment import Paying
from dialer.domain.work import WorkKind, WorkReason, WorkResult

Next = tuple[Case, tuple[Action, ...]]


class Then(Enum):
    """What is to be done next."""

    CLOSE = auto()
    CLOSE_OR_CONFIRM = auto()  # closed below 高; there, somebody makes sure first
    VISIT = auto()
    RING = auto()  # an officer rings
    VISIT_OR_CLOSE = auto()  # nobody is visited on 低
    STOP_PAYMENT_AND_RING = auto()
    STOP_PAYMENT_AND_VISIT = auto()
    NOTHING = auto()  # it says nothing about the person


_K, _R = WorkKind, WorkResult
TABLE: Mapping[tuple[WorkKind, WorkResult], tuple[Then, WorkReason]] = {
    (_K.VISIT, _R.DISSUADED): (Then.CLOSE, WorkReason.PERSUADED),
    (_K.VISIT, _R.NOT_PERSUADED): (Then.VISIT, WorkReason.NOT_PERSUADED),  # somebody else tries
    (_K.VISIT, _R.ALREADY_PAID): (Then.STOP_PAYMENT_AND_RING, WorkReason.PAID),
    (_K.VISIT, _R.NOT_FOUND): (Then.RING, WorkReason.NOT_FOUND),
    (_K.VISIT, _R.NOT_NEEDED): (Then.CLOSE_OR_CONFIRM, WorkReason.GIVEN_UP),
    (_K.OFFICER_CALL, _R.DISSUADED): (Then.CLOSE_OR_CONFIRM, WorkReason.PERSUADED),
    (_K.OFFICER_CALL, _R.NOT_PERSUADED): (Then.VISIT, WorkReason.NOT_PERSUADED),
    (_K.OFFICER_CALL, _R.ALREADY_PAID): (Then.STOP_PAYMENT_AND_VISIT, WorkReason.PAID),
    (_K.OFFICER_CALL, _R.NOT_FOUND): (Then.VISIT_OR_CLOSE, WorkReason.NOT_FOUND),
    (_K.OFFICER_CALL, _R.NOT_NEEDED): (Then.CLOSE_OR_CONFIRM, WorkReason.GIVEN_UP),
    (_K.CHECK_NUMBER, _R.RIGHT_NUMBER): (Then.RING, WorkReason.WRONG_NUMBER),  # who answered was not who he said
    (_K.CHECK_NUMBER, _R.WRONG_NUMBER): (Then.CLOSE, WorkReason.WRONG_NUMBER),  # the right one is alerted anew
    (_K.CHECK_NUMBER, _R.NOT_FOUND): (Then.VISIT_OR_CLOSE, WorkReason.NOT_FOUND),
    (_K.CHECK_NUMBER, _R.NOT_NEEDED): (Then.CLOSE_OR_CONFIRM, WorkReason.GIVEN_UP),
    (_K.CONFIRM_SAFE, _R.SAFE): (Then.CLOSE, WorkReason.PERSUADED),
    (_K.CONFIRM_SAFE, _R.NOT_PERSUADED): (Then.VISIT, WorkReason.NOT_PERSUADED),
    (_K.CONFIRM_SAFE, _R.ALREADY_PAID): (Then.STOP_PAYMENT_AND_RING, WorkReason.PAID),
    (_K.CONFIRM_SAFE, _R.NOT_FOUND): (Then.VISIT_OR_CLOSE, WorkReason.NOT_FOUND),
    (_K.CONFIRM_SAFE, _R.NOT_NEEDED): (Then.CLOSE, WorkReason.GIVEN_UP),  # who may decide has decided
    (_K.STOP_PAYMENT, _R.STOPPED): (Then.NOTHING, WorkReason.PAID),
    (_K.STOP_PAYMENT, _R.NOT_STOPPED): (Then.NOTHING, WorkReason.PAID),
    (_K.STOP_PAYMENT, _R.NOT_NEEDED): (Then.NOTHING, WorkReason.PAID),
    (_K.FAMILY_CONTACT, _R.REACHED): (Then.NOTHING, WorkReason.BY_HAND),
    (_K.FAMILY_CONTACT, _R.NOT_FOUND): (Then.NOTHING, WorkReason.BY_HAND),
    (_K.FAMILY_CONTACT, _R.NOT_NEEDED): (Then.NOTHING, WorkReason.BY_HAND),
}
_PAID = Paying(WorkReason.PAID)
_RUNG = (CaseState.OPEN, CaseState.FOLLOW_UP)
# Somebody has spoken to him, or found it needless, while the robot could not ring: it does not ring after all.
_IN_PLACE_OF_THE_ROBOT = (_R.DISSUADED, _R.NOT_PERSUADED, _R.ALREADY_PAID, _R.NOT_NEEDED, _R.SAFE)
_ABOUT_THE_PERSON = (_K.VISIT, _K.OFFICER_CALL, _K.CHECK_NUMBER, _K.CONFIRM_SAFE)


def finished(policy: Policy, case: Case, event: WorkFinished, now: datetime) -> Next:
    """The case after a person's result."""
    after, actions = _finished(policy, case, event, now)
    if case.late_at is None or event.result not in _IN_PLACE_OF_THE_ROBOT or after.state not in _RUNG:
        return after, actions
    return replace(after, state=CaseState.WITH_PEOPLE, late_at=None), (CancelAttempts(), *actions)


def _finished(policy: Policy, case: Case, event: WorkFinished, now: datetime) -> Next:
    then, reason = TABLE[event.kind, event.result]
    if case.state is CaseState.CLOSED:  # money that moved is worth stopping whatever the file says
        pays = then in (Then.STOP_PAYMENT_AND_RING, Then.STOP_PAYMENT_AND_VISIT)
        return case, ((prepare_stop_payment(policy, case, _PAID, now),) if pays else ())
    match then:
        case Then.NOTHING:
            return case, ()
        case Then.CLOSE if case.numbers.shut and event.kind is WorkKind.CHECK_NUMBER and case.state in _RUNG:
            return case, ()  # that number is wrong; another one of the person is being rung
        case Then.CLOSE:
            return _close(case, event, now)
        case Then.CLOSE_OR_CONFIRM:
            return (case, (_confirm(policy, case, reason, now),)) if case.grade.serious else _close(case, event, now)
        case Then.VISIT:
            return case, (order_visit(policy, case, reason, now),)
        case Then.VISIT_OR_CLOSE:
            low = case.grade is Grade.LOW
            return _close(case, event, now) if low else (case, (order_visit(policy, case, reason, now),))
        case Then.RING:
            return case, (ask_officer(policy, case, reason, now),)
        case Then.STOP_PAYMENT_AND_RING:
            return case, (prepare_stop_payment(policy, case, _PAID, now), ask_officer(policy, case, reason, now))
        case Then.STOP_PAYMENT_AND_VISIT:
            return case, (prepare_stop_payment(policy, case, _PAID, now), order_visit(policy, case, reason, now))


def cancelled(policy: Policy, case: Case, event: WorkCancelled, now: datetime) -> Next:
    """What was cancelled may have been the last thing on the case: then somebody says what becomes of it."""
    if case.state is not CaseState.WITH_PEOPLE or event.kind not in _ABOUT_THE_PERSON:
        return case, ()
    if event.kind is WorkKind.CONFIRM_SAFE:
        return case, (ask_officer(policy, case, WorkReason.GIVEN_UP, now),)
    return case, (_confirm(policy, case, WorkReason.GIVEN_UP, now),)


def _close(case: Case, event: WorkFinished, now: datetime) -> Next:
    closed = replace(case, state=CaseState.CLOSED, closed_at=now)
    why = f"{event.kind.value}: {event.result.value}, by {event.who}"
    return closed, (CancelAttempts(), CancelWork(_ABOUT_THE_PERSON), CloseCase(case.outcome, why))


def _confirm(policy: Policy, case: Case, reason: WorkReason, now: datetime) -> ConfirmSafe:
    """By the time at which the robot would have asked for the last time."""
    rules = policy.of(case.grade)
    within = max((*rules.follow_up_after_seconds, rules.visit_within_seconds))
    return ConfirmSafe(reason, now + timedelta(seconds=within))
