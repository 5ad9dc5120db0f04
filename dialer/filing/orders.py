"""Carries out the orders of casework inside one transaction, and tells the world through the outbox.

Rule 1: nothing is decided here.
Rule 2: what lands in history and outbox holds no number, name, sum or spoken word.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from dialer.domain.actions import (
    Action,
    Announce,
    Announcement,
    AskOfficer,
    CancelAttempts,
    CancelWork,
    CheckNumber,
    CloseCase,
    ConfirmSafe,
    NoteDanger,
    OrderVisit,
    PrepareStopPayment,
    ScheduleAttempt,
    SendSms,
)
from dialer.domain.attempt import AttemptReason, AttemptState
from dialer.domain.case import Case
from dialer.domain.sms import Sms
from dialer.domain.stoppayment import StopPayment
from dialer.domain.work import WorkItem, WorkKind, WorkReason, WorkState
from dialer.domain.workflow import Verb
from dialer.ids import new_id
from dialer.ports.casefile import CaseFile
from voice.report import Rang


async def carry_out(file: CaseFile, case: Case, action: Action, now: datetime) -> None:
    """One order. Everything it writes is committed with the case, or not at all."""
    match action:
        case ScheduleAttempt():
            await _schedule(file, case, action, now)
        case CancelAttempts(outcome):
            pending = await file.pending_attempt(case.id)
            if pending is not None and pending.state is AttemptState.DUE:
                await file.end_attempt(pending.id, AttemptState.CANCELLED, at=now, rang=Rang.NEVER, outcome=outcome)
                why = {"outcome": outcome.value} if outcome else {}
                await file.write_history(case.id, "attempt_cancelled", why, now, pending.id)
        case OrderVisit() | AskOfficer() | CheckNumber() | ConfirmSafe():
            await ask(file, case, _item(case, action, now))
        case PrepareStopPayment():
            await _prepare(file, case, action, now)
        case CancelWork(kinds):
            await _cancel(file, case, kinds, now)
        case SendSms():
            await _want_sms(file, case, action, now)
        case NoteDanger(sign):
            await file.note_danger(case.id, sign, now)
            facts = {"sign": sign.kind.value, "text": sign.text}
            await tell(file, case, Announcement.DANGER_NOTED, facts, now)
        case CloseCase(outcome, why):
            facts = {"outcome": outcome.value if outcome else "", "why": why}
            await tell(file, case, Announcement.CASE_CLOSED, facts, now)
        case Announce(kind, facts):
            await tell(file, case, kind, facts, now)
        case _:
            assert_never(action)


async def _schedule(file: CaseFile, case: Case, plan: ScheduleAttempt, now: datetime) -> None:
    pending = await file.pending_attempt(case.id)
    due_at, deadline = plan.due_at, plan.deadline
    if pending is None:
        attempt_id = new_id(now)
        await file.add_attempt(
            attempt_id,
            case.id,
            due_at=due_at,
            deadline=deadline,
            reason=plan.reason,
            now=now,
            resumes=plan.resumes,
        )
    elif pending.state is AttemptState.DUE:
        attempt_id = pending.id
        if plan.reason is AttemptReason.ALERT:
            due_at, deadline = min(due_at, pending.due_at), min(deadline, pending.deadline)
        await file.move_attempt(attempt_id, due_at=due_at, deadline=deadline, reason=plan.reason)
    else:
        return  # the person is being rung right now; the end of that call decides anew
    facts = {"reason": plan.reason.value, "due_at": due_at.isoformat(), "deadline": deadline.isoformat()}
    if plan.resumes:
        facts |= {"resumes": plan.resumes, "goes_on_at": plan.step}
    await file.write_history(case.id, "attempt_due", facts, now, attempt_id)
    await tell(file, case, Announcement.ATTEMPT_DUE, {"attempt": attempt_id, **facts}, now)


def _item(case: Case, order: OrderVisit | AskOfficer | CheckNumber | ConfirmSafe, now: datetime) -> WorkItem:
    match order:
        case OrderVisit(reason, deadline):
            kind = WorkKind.VISIT
        case AskOfficer(reason, deadline):
            kind = WorkKind.OFFICER_CALL
        case ConfirmSafe(reason, deadline):
            kind = WorkKind.CONFIRM_SAFE
        case CheckNumber(deadline):
            kind, reason = WorkKind.CHECK_NUMBER, WorkReason.WRONG_NUMBER
    return WorkItem(new_id(now), case.id, kind, reason, deadline, now)


async def ask(file: CaseFile, case: Case, item: WorkItem) -> None:
    """Have it done, unless somebody has been asked already; then the earlier deadline holds."""
    new, now = await file.ask_work(item), item.created_at
    facts = {"work": item.kind.value, "reason": item.reason.value, "deadline": item.deadline.isoformat()}
    await file.write_history(case.id, "work_wanted" if new else "work_wanted_still", facts, now)
    if new:
        await tell(file, case, Announcement.WORK_WANTED, {"item": item.id, **facts}, now)


async def _prepare(file: CaseFile, case: Case, order: PrepareStopPayment, now: datetime) -> None:
    """Have one open request, with all that is known of the payment. Nobody is sent anything."""
    told = order.paying
    await ask(file, case, WorkItem(new_id(now), case.id, WorkKind.STOP_PAYMENT, told.reason, order.deadline, now))
    [item] = [each for each in await file.open_work_of(case.id) if each.kind is WorkKind.STOP_PAYMENT]
    known = await file.stop_payment(item.id) or StopPayment(item.id)
    await file.put_stop_payment(known.learned(told.sum_yuan, told.paid_at, exact=told.exact))


async def _cancel(file: CaseFile, case: Case, kinds: tuple[WorkKind, ...], now: datetime) -> None:
    for item in await file.open_work_of(case.id):
        if item.kind in kinds:
            await cancel(file, case, item, now)


async def cancel(file: CaseFile, case: Case, item: WorkItem, now: datetime) -> None:
    """Nobody has to do it any more, and whoever has it is told."""
    await file.save_work(replace(item, state=WorkState.CANCELLED, done_at=now))
    facts = {"item": item.id, "work": item.kind.value, "verb": Verb.CANCEL.value, "by": ""}
    await file.write_history(case.id, "work_cancelled", facts, now)
    await tell(file, case, Announcement.WORK_MOVED, facts, now)


async def _want_sms(file: CaseFile, case: Case, order: SendSms, now: datetime) -> None:
    """That there has to be one is committed with the case; its text and the gateway are `dialer.filing.sms`'s."""
    last = await file.last_sms(case.id, order.occasion)
    facts: dict[str, object] = {"occasion": order.occasion.value, "flash": order.flash}
    if last is not None and now - last < order.gap:
        await file.write_history(case.id, "sms_inside_the_gap", facts, now)
        return
    sms = Sms(new_id(now), case.id, order.occasion, order.flash, now)
    await file.add_sms(sms)
    facts = {"sms": sms.id, **facts}
    await file.write_history(case.id, "sms_wanted", facts, now)
    await tell(file, case, Announcement.SMS_WANTED, facts, now)


async def tell(file: CaseFile, case: Case, kind: Announcement, facts: Mapping[str, object], now: datetime) -> None:
    """Put one announcement into the outbox; every source finds its own name for the alert in it."""
    names = [{"source": source, "id": name} for source, name in await file.alert_names(case.id)]
    payload = {
        "v": 1,
        "kind": kind.value,
        "case": case.id,
        "at": now.isoformat(),
        "grade": case.grade.value,
        "fraud_type": case.fraud_type.value,
        "state": case.state.value,
        "alerts": names,
        **facts,
    }
    await file.announce(case.id, kind, payload, now)
