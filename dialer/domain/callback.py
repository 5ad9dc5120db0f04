"""The call-back that takes up a dropped talk: when it is ordered, and for how long it may ring as one. Pure.

Rule 1: one in a case, ever. It alone rings inside the safe gap and outside the hours: he was on the telephone a moment ago.
Rule 2: a talk is dropped when its answer was committed and its line broke, or its worker is known dead. Who hangs up has hung up.
Rule 3: nothing is taken up of which only the goodbye was left, or that an officer had; nor without a call left in the day's budget.
        Lists and the emergency stop are asked when it is claimed and when it is dialled, like for every call.
Rule 4: what has waited for longer than `STILL_WITHIN` is a call like any other: nobody is told "just now" of something long past.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dialer.domain.actions import ScheduleAttempt
from dialer.domain.attempt import AttemptReason
from dialer.domain.case import Case, CaseState
from dialer.domain.policy import Policy
from voice.report import CallReport, Conclusion, HangupCause, Standing

RINGS_WITHIN = timedelta(seconds=10)
STILL_WITHIN = timedelta(
    seconds=120
)  # a daemon that starts anew, and a worker that is warm again, take some ten of them
RULE = "resumes"  # under this name the gap and the hours are overridden

# What a talk may have come to and still go on. The others are reached with a goodbye, or tell of somebody else.
_GOES_ON = (Conclusion.NOTHING, Conclusion.WARNED, Conclusion.UNHEARD, Conclusion.OFFICER_MISSED)


@dataclass(frozen=True, slots=True)
class DroppedTalk:
    """A talk that broke off after its answer was committed."""

    attempt: str
    heard_at: datetime  # the last that is known of it
    standing: Standing


def dropped(report: CallReport) -> DroppedTalk | None:
    """The talk of this call, if its line broke."""
    if report.cause is not HangupCause.DROPPED or report.standing is None or report.conclusion not in _GOES_ON:
        return None
    return DroppedTalk(report.attempt, report.ended_at, report.standing)


def call_back(policy: Policy, case: Case, talk: DroppedTalk | None, now: datetime) -> ScheduleAttempt | None:
    """The order to ring back at once; None: not for this one."""
    if talk is None or talk.standing.over or talk.standing.conclusion not in _GOES_ON:
        return None
    robots = case.state in (CaseState.OPEN, CaseState.FOLLOW_UP) and not case.person.officer_only
    if case.called_back or not robots or now - talk.heard_at > STILL_WITHIN:
        return None
    if case.person.calls_on(policy.day_of(now)) >= policy.of(case.grade).most_attempts_per_day:
        return None
    return ScheduleAttempt(
        now, now + RINGS_WITHIN, AttemptReason.AFTER_LOSS, resumes=talk.attempt, step=talk.standing.step
    )
