"""What people do with work items: each verb is one transaction, with the history, the outbox and what follows for the case in it.

Rule 1: nothing is decided here: what may be done is `dialer.domain.workflow`'s, what follows is casework's.
Rule 2: history and outbox name officers, codes and times; notes, sums and who gave consent stay in their tables.
Rule 3: nothing of a stop payment is sent to anybody. That it was ordered is told; carrying it out is people's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from dialer.domain.actions import Announcement, PrepareStopPayment
from dialer.domain.case import Case, CaseState
from dialer.domain.events import WorkCancelled, WorkFinished
from dialer.domain.policy import Policy
from dialer.domain.stoppayment import Paying, StopPayment, StopRules, decline, order
from dialer.domain.work import WorkItem, WorkKind, WorkReason
from dialer.domain.workflow import Refusal, Step, Verb, move
from dialer.errors import WorkRefused
from dialer.filing.applying import apply
from dialer.filing.orders import ask, carry_out, tell
from dialer.ids import new_id
from dialer.node.standing import Rounds
from dialer.ports import Clock
from dialer.ports.casefile import CaseFile, CaseFiles
from dialer.ports.work import Consent, WorkViews

POLL_SECONDS = 5.0
MOST_AT_ONCE = 50
log = structlog.get_logger(__name__)
_WROTE: Mapping[Verb, str] = {
    Verb.ACCEPT: "work_accepted",
    Verb.GIVE_BACK: "work_given_back",
    Verb.ARRIVE: "work_arrived",
    Verb.ORDER: "stop_payment_ordered",
    Verb.SECOND: "stop_payment_seconded",
    Verb.FINISH: "work_done",
    Verb.CANCEL: "work_cancelled",
}


class Working:
    """Every verb is one transaction; what it raises left no trace."""

    def __init__(self, files: CaseFiles, policy: Policy, rules: StopRules) -> None:
        self._files, self._policy, self._rules = files, policy, rules

    async def do(self, work_id: str, step: Step) -> WorkItem:
        """Accept, give back, arrive, order, second, finish or cancel. Raises WorkRefused, NotOnFile."""
        async with self._files.transaction() as file:
            case = await file.case(await file.case_of_work(work_id))
            item = await self._moved(file, await file.work_item(work_id), step)
            await file.save_work(item)
            facts = _facts(item, step)
            await file.write_history(case.id, _WROTE[step.verb], facts, step.at)
            kind = Announcement.WORK_DONE if step.verb is Verb.FINISH else Announcement.WORK_MOVED
            await tell(file, case, kind, facts, step.at)
            await self._tell_casework(file, case, item, step)
            return item

    async def want(
        self,
        case_id: str,
        kind: WorkKind,
        by: str,
        now: datetime,
        *,
        given_by: str = "",
        given_at: datetime | None = None,
    ) -> WorkItem:
        """Somebody of the centre asks for it. The family is spoken to only when the person has said yes, and somebody heard it."""
        async with self._files.transaction() as file:
            case = await file.case(case_id)
            if refusal := _unwanted(case, kind, by, given_by, given_at):
                raise WorkRefused(refusal.reason, refusal.advice)
            deadline = now + self._within(case, kind)
            if kind is WorkKind.STOP_PAYMENT:
                paying = Paying(WorkReason.BY_HAND, case.sum_yuan)
                await carry_out(file, case, PrepareStopPayment(paying, deadline), now)
            else:
                await ask(file, case, WorkItem(new_id(now), case.id, kind, WorkReason.BY_HAND, deadline, now))
            [item] = [each for each in await file.open_work_of(case.id) if each.kind is kind]
            if kind is WorkKind.FAMILY_CONTACT and given_at is not None and item.created_at == now:
                await file.add_consent(Consent(item.id, given_by, given_at, by))
            await file.write_history(case.id, "work_wanted_by", {"item": item.id, "work": kind.value, "by": by}, now)
            return item

    async def overdue(self, work_id: str, now: datetime) -> bool:
        """Tell that the deadline has passed. False: it was told, moved, or done meanwhile."""
        async with self._files.transaction() as file:
            case = await file.case(await file.case_of_work(work_id))
            item = await file.work_item(work_id)
            if not item.state.open or item.deadline >= now or item.overdue_at is not None:
                return False
            await file.save_work(replace(item, overdue_at=now))
            facts = {
                "item": item.id,
                "work": item.kind.value,
                "state": item.state.value,
                "by": item.owner,
                "deadline": item.deadline.isoformat(),
            }
            await file.write_history(case.id, "work_overdue", facts, now)
            await tell(file, case, Announcement.WORK_OVERDUE, facts, now)
            return True

    async def _moved(self, file: CaseFile, item: WorkItem, step: Step) -> WorkItem:
        payment = await file.stop_payment(item.id) or StopPayment(item.id)
        match step.verb:
            case Verb.ORDER | Verb.SECOND:
                moved = order(self._rules, item, payment, step)
            case Verb.GIVE_BACK if item.kind is WorkKind.STOP_PAYMENT:
                moved = decline(item, payment, step)
            case _:
                plain = move(item, step)
                moved = plain if isinstance(plain, Refusal) else (plain, payment)
        if isinstance(moved, Refusal):
            raise WorkRefused(moved.reason, moved.advice)
        after, told = moved
        if told != payment:
            await file.put_stop_payment(told)
        return after

    async def _tell_casework(self, file: CaseFile, case: Case, item: WorkItem, step: Step) -> None:
        if step.verb is Verb.FINISH and item.result is not None:
            await apply(self._policy, file, case, WorkFinished(item.kind, item.result, step.by), step.at)
        elif step.verb is Verb.CANCEL:
            await apply(self._policy, file, case, WorkCancelled(item.kind, step.by), step.at)

    def _within(self, case: Case, kind: WorkKind) -> timedelta:
        rules = self._policy.of(case.grade)
        seconds = {
            WorkKind.VISIT: rules.visit_within_seconds,
            WorkKind.CONFIRM_SAFE: rules.visit_within_seconds,
            WorkKind.STOP_PAYMENT: self._policy.stop_payment_within_seconds,
        }
        return timedelta(seconds=seconds.get(kind, rules.officer_call_within_seconds))


def _unwanted(case: Case, kind: WorkKind, by: str, given_by: str, given_at: datetime | None) -> Refusal | None:
    if not by.strip():
        return Refusal("nobody", "say who wants it")
    if case.state is CaseState.CLOSED:
        return Refusal("case_closed", "the case is closed; a new alert on the person opens another one")
    if kind is WorkKind.FAMILY_CONTACT and (not given_by.strip() or given_at is None):
        return Refusal("no_consent", "the family is spoken to only with consent: say who said yes, and when")
    return None


def _facts(item: WorkItem, step: Step) -> Mapping[str, str]:
    facts = {
        "item": item.id,
        "work": item.kind.value,
        "verb": step.verb.value,
        "by": step.by,
        "state": item.state.value,
        "deadline": item.deadline.isoformat(),
    }
    return {**facts, "result": item.result.value} if item.result is not None else facts


class OverdueWork:
    """The standing task that looks for deadlines that have passed. It may run on every node: each is told once."""

    def __init__(self, views: WorkViews, working: Working, clock: Clock) -> None:
        self._views, self._working, self._clock = views, working, clock
        self._rounds = Rounds("overdue", POLL_SECONDS)

    async def run(self) -> None:
        """Until cancelled."""
        await self._rounds.run(self.tell_all)

    async def tell_all(self) -> None:
        now = self._clock.now()
        for work_id in await self._views.overdue(now, MOST_AT_ONCE):
            if await self._working.overdue(work_id, now):
                log.warning("work is overdue", item=work_id)
