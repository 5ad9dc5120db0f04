"""An SMS again and again while nobody reaches the person (domain.md 1.1: 特急 every five minutes). Pure; called by casework alone.

Rule 1: the clock is wound by a call that reached nobody and had its SMS: before that, "we rang you" would be a lie.
Rule 2: it stops by itself when it strikes and somebody has been reached, people have the case, or the last call says that another one may hold
        the telephone; the next call that reaches nobody winds it again.
Rule 3: never more than the grade's number for one case, and none at a time at which the robot may not ring.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from dialer.domain.actions import Action, SendSms
from dialer.domain.case import Case, CaseState
from dialer.domain.events import SmsTimeCame
from dialer.domain.outcome import Outcome
from dialer.domain.policy import Occasion, Policy
from dialer.domain.sms import occasion_for

Next = tuple[Case, tuple[Action, ...]]
# Nobody said a word. Who refused, hung up or asked for later was reached: an SMS each time, and no clock.
NOBODY = (
    Outcome.MACHINE,
    Outcome.NOT_REACHED,
    Outcome.BUSY,
    Outcome.REJECTED,
    Outcome.OUT_OF_REACH,
    Outcome.VACANT_ALARM,
    Outcome.FORWARDED_ALARM,
)


def wound(policy: Policy, case: Case, now: datetime) -> Case:
    """After a call and its SMS: the next one without a call, unless the clock goes already."""
    every = timedelta(seconds=policy.of(case.grade).sms_every_seconds)
    goes = case.sms_again_at is not None and case.sms_again_at > now
    if goes or not every or not policy.sms_leaves or not _nobody_reached(policy, case):
        return case
    return replace(case, sms_again_at=now + every)


def struck(policy: Policy, case: Case, event: SmsTimeCame, now: datetime) -> Next:
    """The time has come, or somebody else was faster."""
    if case.sms_again_at is None or case.sms_again_at > now:
        return case, ()
    rules = policy.of(case.grade)
    if not rules.sms_every_seconds or event.met or event.sent >= rules.sms_most or not _nobody_reached(policy, case):
        return replace(case, sms_again_at=None), ()
    allowed = policy.may_ring_at(case.grade, now)
    if allowed > now:
        return replace(case, sms_again_at=allowed), ()
    again = replace(case, sms_again_at=now + timedelta(seconds=rules.sms_every_seconds))
    return again, (SendSms(Occasion.NOT_REACHED, rules.flash_sms, rules.sms_gap),)


def _nobody_reached(policy: Policy, case: Case) -> bool:
    if case.state is not CaseState.OPEN or case.person.officer_only or case.outcome not in NOBODY:
        return False
    return occasion_for(policy, case, case.outcome) is Occasion.NOT_REACHED
