"""Whom an alert is about: he is found by his own numbers, made when nobody is, and two who turn out to be one are joined.

Rule 1: all of it is in the alert's own transaction; who is joined with whom is `dialer.domain.merging`'s decision.
Rule 2: a call that may have rung is let finish, and its result is the surviving case's; what nobody has dialled yet is withdrawn.
Rule 3: sources of both cases hear what becomes of the one that stays, each under its own name for its alert.
"""

from dataclasses import replace
from datetime import datetime

from dialer.domain.alert import Alert, OtherNumber
from dialer.domain.attempt import AttemptState
from dialer.domain.case import Case, Person
from dialer.domain.contacts import own_kind
from dialer.domain.events import MergedInto, PersonsMerged
from dialer.domain.merging import joined_person, meant, moved
from dialer.domain.policy import Policy
from dialer.domain.stoppayment import StopPayment
from dialer.domain.work import WorkItem, WorkKind, WorkState
from dialer.filing.applying import apply
from dialer.filing.orders import cancel
from dialer.ids import new_id
from dialer.ports.casefile import CaseFile, FiledAttempt
from voice.report import Rang


async def whom(policy: Policy, file: CaseFile, alert: Alert, now: datetime) -> tuple[Person, str]:
    """The person, with all that the alert knows on his ladder; and why somebody else was not joined with him, as a code."""
    own = [alert.number, *(each.number for each in alert.others if each.kind.own)]
    found = meant(own, await file.known_by(own))
    if found.people:
        person = found.people[0].person
        for other in found.people[1:]:
            person = await _join(policy, file, person, other.person, now)
        if alert.surname:
            await file.name_person(person.id, alert.surname)
    else:
        person = await file.add_person(new_id(now), alert.surname)
    first = OtherNumber(alert.number, own_kind(alert.number))
    for each in (first, *alert.others):
        await file.add_rung(person.id, each, new_id(now))
    return person, found.apart


async def case_of(file: CaseFile, attempt: FiledAttempt) -> Case:
    """The case that hears of this attempt; if that is another one than it was made for, it stands on the number that was rung."""
    case = await file.case(attempt.case_id)
    if case.id == attempt.case_id:
        return case
    place = await file.place_of(attempt.id)
    return case if place is None else replace(case, numbers=replace(case.numbers, at=place))


async def _join(policy: Policy, file: CaseFile, older: Person, younger: Person, now: datetime) -> Person:
    """They are one person. Both are locked, with their open cases."""
    kept, gone = await file.live_case_of(older.id), await file.live_case_of(younger.id)
    if kept is not None and gone is not None:
        await _withdraw(file, gone, now)
        await apply(policy, file, gone, MergedInto(kept.id), now)
    person = joined_person(older, younger)
    places = await file.join_people(person, younger.id, now)
    stays, other = kept or gone, None
    if kept is not None and gone is not None:
        await _one_of_each(file, kept, gone, now)
        await file.join_cases(kept.id, gone.id)
        other = replace(gone, numbers=moved(gone.numbers, places))
    if stays is not None:
        await apply(policy, file, await file.case(stays.id), PersonsMerged(other), now)
    return person


async def _withdraw(file: CaseFile, case: Case, now: datetime) -> None:
    """A claim whose INVITE has not left: its node finds it cancelled. What is due is casework's to cancel."""
    pending = await file.pending_attempt(case.id)
    if pending is not None and pending.state is AttemptState.CLAIMED:
        await file.end_attempt(pending.id, AttemptState.CANCELLED, at=now, rang=Rang.NEVER, outcome=None)
        await file.write_history(case.id, "attempt_cancelled", {}, now, pending.id)


async def _one_of_each(file: CaseFile, kept: Case, gone: Case, now: datetime) -> None:
    """Of two open work items of one kind the one that somebody has goes on, by the earlier deadline."""
    mine = {item.kind: item for item in await file.open_work_of(kept.id)}
    for theirs in await file.open_work_of(gone.id):
        if theirs.kind not in mine:
            continue
        stays, ends = mine[theirs.kind], theirs
        if stays.state is WorkState.WANTED and ends.state is not WorkState.WANTED:
            stays, ends = ends, stays
        await cancel(file, kept if ends is mine[theirs.kind] else gone, ends, now)
        await file.save_work(replace(stays, deadline=min(stays.deadline, ends.deadline)))
        if stays.kind is WorkKind.STOP_PAYMENT:
            await _know_both(file, stays, ends)


async def _know_both(file: CaseFile, stays: WorkItem, ends: WorkItem) -> None:
    told = await file.stop_payment(ends.id)
    if told is not None:
        known = await file.stop_payment(stays.id) or StopPayment(stays.id)
        await file.put_stop_payment(known.learned(told.sum_yuan, told.paid_at, exact=told.sum_exact))
