"""One event on one case: casework decides, and its orders are carried out in the same transaction, with the history.

Rule: history holds codes and names of officers, and nothing personal.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from dialer.domain.case import Case
from dialer.domain.casework import advance
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
from dialer.domain.outcome import outcome_of
from dialer.domain.policy import Policy
from dialer.filing.orders import carry_out
from dialer.ports.casefile import CaseFile


async def apply(
    policy: Policy, file: CaseFile, case: Case, event: Event, now: datetime, *, attempt_id: str = ""
) -> Case:
    """The case as it is afterwards."""
    after, actions = advance(policy, case, event, now)
    if after != case:
        after = await file.save_case(after)
    facts = {**_facts_of(event), "from": case.state.value, "to": after.state.value}
    await file.write_history(case.id, _name_of(event), facts, now, attempt_id)
    for action in actions:
        await carry_out(file, after, action, now)
    return after


def _name_of(event: Event) -> str:
    return {
        AlertAccepted: "alert_accepted",
        AttemptEnded: "attempt_ended",
        AttemptLost: "attempt_lost",
        AttemptOrphaned: "attempt_orphaned",
        AttemptOverdue: "attempt_overdue",
        AttemptShed: "attempt_shed",
        NumberBarred: "number_barred",
        OfficerTook: "officer_took",
        NobodyCame: "nobody_came",
        ClosedByPerson: "closed_by_person",
        WorkFinished: "work_finished",
        WorkCancelled: "work_cancelled",
        SmsTimeCame: "sms_time_came",
        MergedInto: "case_merged",
        PersonsMerged: "persons_merged",
    }[type(event)]


def _facts_of(event: Event) -> Mapping[str, str]:
    """What may be written of an event: codes and names of officers, nothing personal."""
    match event:
        case AlertAccepted(grade):
            return {"grade": grade.value}
        case AttemptEnded(report):
            outcome = outcome_of(report.cause, report.conclusion)
            words = {"cause": report.cause, "conclusion": report.conclusion, "rang": report.rang, "outcome": outcome}
            return {key: word.value for key, word in words.items()}
        case AttemptLost(rang=rang):
            return {"rang": rang.value}
        case NumberBarred(listing):
            return {"list": listing.value}
        case OfficerTook(officer, _):
            return {"officer": officer}
        case ClosedByPerson(who, why):
            return {"who": who, "why": why}
        case NobodyCame() | AttemptOrphaned() | AttemptOverdue() | AttemptShed():
            return {}
        case WorkFinished(kind, result, who):
            return {"work": kind.value, "result": result.value, "by": who}
        case WorkCancelled(kind, who):
            return {"work": kind.value, "by": who}
        case SmsTimeCame(sent):
            return {"sent": str(sent)}
        case MergedInto(into):
            return {"into": into}
        case PersonsMerged(other):
            return {"case": other.id, "grade": other.grade.value} if other else {}
        case _:
            assert_never(event)
