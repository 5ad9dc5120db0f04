"""What people do with work items, over real storage: owners, clocks, results, and what follows for the case."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from dialer.domain.breakdown import By, broken_down
from dialer.domain.case import CaseState
from dialer.domain.figures import Rate, figures
from dialer.domain.policy import Policy
from dialer.domain.stoppayment import HOLDS, StopRules
from dialer.domain.work import WorkItem, WorkKind, WorkReason, WorkResult, WorkState
from dialer.domain.workflow import Step, Verb
from dialer.errors import NotOnFile, WorkRefused
from dialer.filing.working import OverdueWork, Working
from tests.centre import NUMBER, Centre, open_centre
from tests.reports import report, turn
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.contract

ZONE = "Asia/Shanghai"
RULES = StopRules(frozenset({"8001", "8002"}), second_above_yuan=50_000)


@dataclass
class Bureau:
    """A centre with people in it."""

    centre: Centre
    working: Working = field(init=False)

    def __post_init__(self) -> None:
        self.working = Working(self.centre.storage.casebook, Policy(), RULES)

    async def case(self, **given: object) -> str:
        return (await self.centre.alert(**given)).case_id

    async def item(self, case_id: str, kind: WorkKind) -> WorkItem:
        """The newest of this kind on the case."""
        story = await self.centre.story(case_id)
        return [item for item in story.work if item.kind is kind][-1]

    async def call(self, conclusion: Conclusion, facts: dict[str, str] | None = None) -> None:
        """The next call ends so."""
        attempt = await self.centre.dial()
        now = self.centre.clock.now()
        told = report(now, conclusion=conclusion, attempt=attempt.id, facts=facts or {}, turns=(turn(1, heard="喂"),))
        await self.centre.runner.finish(told, now)

    async def do(
        self, item: WorkItem, verb: Verb, by: str = "8001", result: WorkResult | None = None, note: str = ""
    ) -> WorkItem:
        return await self.working.do(item.id, Step(verb, by, self.centre.clock.now(), result, note))

    async def history(self, case_id: str) -> list[str]:
        return [line.what for line in (await self.centre.story(case_id)).history]


@pytest.fixture
async def bureau(database: str) -> AsyncIterator[Bureau]:
    async with open_centre(database) as centre:
        yield Bureau(centre)


async def visit_of(bureau: Bureau) -> WorkItem:
    """A visit that was ordered because the number sounds vacant."""
    case_id = await bureau.case(grade="高")
    await bureau.centre.call_ends(HangupCause.VACANT_NUMBER)
    return await bureau.item(case_id, WorkKind.VISIT)


async def test_a_visit_from_order_to_close(bureau: Bureau) -> None:
    visit = await visit_of(bureau)
    clock = bureau.centre.clock
    clock.pass_by(60)
    await bureau.do(visit, Verb.ACCEPT)
    clock.pass_by(600)
    await bureau.do(visit, Verb.ARRIVE)
    clock.pass_by(900)
    done = await bureau.do(visit, Verb.FINISH, result=WorkResult.DISSUADED, note="本人在家")

    assert await bureau.item(visit.case_id, WorkKind.VISIT) == done
    assert (done.accepted_at, done.arrived_at) == (
        visit.created_at + timedelta(seconds=60),
        visit.created_at + timedelta(seconds=660),
    )
    assert done.done_at == clock.now()
    story = await bureau.centre.story(visit.case_id)
    assert story.case.state is CaseState.CLOSED
    assert [item.state for item in story.work if item.kind is WorkKind.OFFICER_CALL] == [WorkState.CANCELLED]
    steps = [what for what in await bureau.history(visit.case_id) if what.startswith("work_")]
    assert steps[-5:] == ["work_accepted", "work_arrived", "work_done", "work_finished", "work_cancelled"]
    told = await bureau.centre.told()
    assert told[-5:] == ["work_moved", "work_moved", "work_done", "work_moved", "case_closed"]


async def test_what_is_told_of_work_holds_no_note_and_nothing_of_the_person(bureau: Bureau) -> None:
    visit = await visit_of(bureau)
    await bureau.do(visit, Verb.ACCEPT)
    await bureau.do(visit, Verb.FINISH, result=WorkResult.NOT_FOUND, note="门卫说13900139000")

    rows = await bureau.centre.storage.outbox.unpublished(1000)
    history = (await bureau.centre.story(visit.case_id)).history
    said = str([row.payload for row in rows]) + str([line.facts for line in history])
    assert "门卫" not in said
    assert NUMBER not in said
    done = next(row.payload for row in rows if row.kind == "work_done")
    assert (done["work"], done["result"], done["by"]) == ("visit", "not_found", "8001")


async def test_who_was_not_found_is_rung_by_an_officer_and_the_case_goes_on(bureau: Bureau) -> None:
    visit = await visit_of(bureau)
    call = await bureau.item(visit.case_id, WorkKind.OFFICER_CALL)
    await bureau.do(call, Verb.ACCEPT)
    await bureau.do(call, Verb.FINISH, result=WorkResult.NOT_FOUND)
    bureau.centre.clock.pass_by(1)
    await bureau.do(visit, Verb.ACCEPT)
    await bureau.do(visit, Verb.FINISH, result=WorkResult.NOT_FOUND)

    again = await bureau.item(visit.case_id, WorkKind.OFFICER_CALL)
    assert again.id != call.id
    assert (again.reason, again.state) == (WorkReason.NOT_FOUND, WorkState.WANTED)
    assert (await bureau.centre.story(visit.case_id)).case.state is not CaseState.CLOSED


async def test_two_people_never_both_accept(bureau: Bureau) -> None:
    visit = await visit_of(bureau)
    answers = await asyncio.gather(
        *(bureau.do(visit, Verb.ACCEPT, by=f"80{n}") for n in range(8)), return_exceptions=True
    )

    won = [answer for answer in answers if isinstance(answer, WorkItem)]
    assert len(won) == 1
    assert sum(isinstance(answer, WorkRefused) for answer in answers) == 7
    assert (await bureau.item(visit.case_id, WorkKind.VISIT)).owner == won[0].owner


async def test_what_is_refused_leaves_no_trace(bureau: Bureau) -> None:
    visit = await visit_of(bureau)
    before = await bureau.centre.story(visit.case_id)

    with pytest.raises(WorkRefused, match="accept it first"):
        await bureau.do(visit, Verb.ARRIVE)
    with pytest.raises(NotOnFile):
        await bureau.working.do("nothing", Step(Verb.ACCEPT, "8001", bureau.centre.clock.now()))
    assert await bureau.centre.story(visit.case_id) == before


async def test_an_arrived_visit_is_still_open_and_no_second_one_is_ordered_beside_it(bureau: Bureau) -> None:
    visit = await visit_of(bureau)
    await bureau.do(visit, Verb.ACCEPT)
    await bureau.do(visit, Verb.ARRIVE)
    bureau.centre.clock.pass_by(1000)
    await bureau.centre.call_ends(HangupCause.VACANT_NUMBER)

    story = await bureau.centre.story(visit.case_id)
    assert [(item.id, item.state) for item in story.work if item.kind is WorkKind.VISIT] == [
        (visit.id, WorkState.ARRIVED)
    ]
    assert visit.id in [line.item.id for line in await bureau.centre.storage.work.work(open_only=True, limit=9)]


async def test_an_overdue_item_is_told_once_by_however_many_nodes(bureau: Bureau) -> None:
    visit = await visit_of(bureau)
    clock, views = bureau.centre.clock, bureau.centre.storage.work
    nodes = [OverdueWork(views, bureau.working, clock) for _ in range(3)]
    await nodes[0].tell_all()
    assert "work_overdue" not in await bureau.centre.told()

    clock.pass_by(7201)  # both the visit and the officer's call are late now
    await asyncio.gather(*(node.tell_all() for node in nodes))
    await nodes[0].tell_all()

    late = [row.payload for row in await bureau.centre.storage.outbox.unpublished(99) if row.kind == "work_overdue"]
    assert sorted(each["work"] for each in late) == ["officer_call", "visit"]
    assert visit.id in [each["item"] for each in late]
    assert await views.overdue(clock.now(), 9) == []


# --- stop payments


async def stop_of(bureau: Bureau, amount: str) -> WorkItem:
    case_id = await bureau.case(grade="特急")
    await bureau.call(Conclusion.OFFICER_MISSED, {"transferred": "yes", "amount_yuan": amount})
    return await bureau.item(case_id, WorkKind.STOP_PAYMENT)


async def test_a_call_that_tells_of_money_prepares_a_stop_payment(bureau: Bureau) -> None:
    stop = await stop_of(bureau, "30000")
    story = await bureau.centre.storage.work.work_story(stop.id)

    assert (stop.reason, stop.state) == (WorkReason.PAID, WorkState.WANTED)
    assert stop.deadline == stop.created_at + timedelta(seconds=600)
    assert story is not None
    assert story.payment is not None
    assert (story.payment.sum_yuan, story.payment.sum_exact, story.payment.paid_at) == (30_000, True, None)


async def test_a_second_call_adds_to_the_same_request(bureau: Bureau) -> None:
    case_id = await bureau.case(grade="高")
    await bureau.call(Conclusion.WARNED, {"transferred": "yes"})
    stop = await bureau.item(case_id, WorkKind.STOP_PAYMENT)
    bureau.centre.clock.pass_by(2000)
    await bureau.call(Conclusion.WARNED, {"transferring_now": "yes", "amount_yuan": "80000"})

    story = await bureau.centre.storage.work.work_story(stop.id)
    assert story is not None
    assert story.payment is not None
    assert (story.payment.sum_yuan, story.payment.paid_at) == (80_000, bureau.centre.clock.now())
    again = [item.id for item in (await bureau.centre.story(case_id)).work if item.kind is WorkKind.STOP_PAYMENT]
    assert again == [stop.id]


async def test_a_large_stop_payment_needs_two_officers_and_every_step_is_logged(bureau: Bureau) -> None:
    stop = await stop_of(bureau, "990000")
    with pytest.raises(WorkRefused, match="not_authorised"):
        await bureau.do(stop, Verb.ORDER, by="8003")
    assert (await bureau.do(stop, Verb.ORDER)).state is WorkState.ASKED
    with pytest.raises(WorkRefused, match="same_person"):
        await bureau.do(stop, Verb.SECOND)
    ordered = await bureau.do(stop, Verb.SECOND, by="8002")
    await bureau.do(stop, Verb.FINISH, by="8003", result=WorkResult.STOPPED)

    assert (ordered.state, ordered.deadline) == (WorkState.ORDERED, bureau.centre.clock.now() + HOLDS)
    history = await bureau.history(stop.case_id)
    assert [what for what in history if what.startswith("stop_")] == ["stop_payment_ordered", "stop_payment_seconded"]
    rows = await bureau.centre.storage.outbox.unpublished(99)
    assert "990000" not in str([row.payload for row in rows])
    assert (await bureau.item(stop.case_id, WorkKind.STOP_PAYMENT)).result is WorkResult.STOPPED


async def test_an_order_that_runs_out_is_overdue_again_and_may_be_given_once_more(bureau: Bureau) -> None:
    stop = await stop_of(bureau, "30000")
    await bureau.do(stop, Verb.ORDER)
    bureau.centre.clock.pass_by(HOLDS.total_seconds() + 1)
    assert await bureau.working.overdue(stop.id, bureau.centre.clock.now())
    again = await bureau.do(stop, Verb.ORDER, by="8002")

    assert (again.deadline, again.overdue_at) == (bureau.centre.clock.now() + HOLDS, None)
    with pytest.raises(WorkRefused, match="twice_already"):
        await bureau.do(stop, Verb.ORDER)


# --- by hand


async def test_the_family_is_contacted_only_with_consent_and_never_by_the_robot(bureau: Bureau) -> None:
    case_id = await bureau.case(grade="特急")
    now = bureau.centre.clock.now()
    with pytest.raises(WorkRefused, match="no_consent"):
        await bureau.working.want(case_id, WorkKind.FAMILY_CONTACT, "8001", now)
    with pytest.raises(WorkRefused, match="no_consent"):
        await bureau.working.want(case_id, WorkKind.FAMILY_CONTACT, "8001", now, given_at=now)
    item = await bureau.working.want(case_id, WorkKind.FAMILY_CONTACT, "8001", now, given_by="本人", given_at=now)

    story = await bureau.centre.storage.work.work_story(item.id)
    assert story is not None
    assert story.consent is not None
    assert (story.consent.given_by, story.consent.given_at, story.consent.heard_by) == ("本人", now, "8001")
    assert "本人" not in repr(story.consent)
    await bureau.do(item, Verb.ACCEPT)
    await bureau.do(item, Verb.FINISH, result=WorkResult.REACHED)
    assert (await bureau.centre.story(case_id)).case.state is CaseState.OPEN


async def test_a_person_may_ask_for_any_work_on_an_open_case(bureau: Bureau) -> None:
    case_id = await bureau.case(grade="中", sum_yuan=70_000)
    now = bureau.centre.clock.now()
    for kind in WorkKind:
        item = await bureau.working.want(case_id, kind, "8001", now, given_by="本人", given_at=now)
        assert (item.kind, item.reason) == (kind, WorkReason.BY_HAND)
    await bureau.centre.runner.close(case_id, "8001", "met", now)

    with pytest.raises(WorkRefused, match="case_closed"):
        await bureau.working.want(case_id, WorkKind.VISIT, "8001", now)


async def test_what_is_cancelled_leaves_somebody_who_decides(bureau: Bureau) -> None:
    case_id = await bureau.case(grade="高")
    await bureau.call(Conclusion.OFFICER_MISSED)
    await bureau.do(await bureau.item(case_id, WorkKind.OFFICER_CALL), Verb.CANCEL)

    assert (await bureau.item(case_id, WorkKind.CONFIRM_SAFE)).reason is WorkReason.GIVEN_UP


async def test_an_id_is_found_by_its_end(bureau: Bureau) -> None:
    visit = await visit_of(bureau)
    views = bureau.centre.storage.work

    assert await views.find_work(visit.id[-8:]) == [visit.id]
    assert await views.find_work("%") == []
    assert await views.find_cases(visit.case_id[-8:]) == [visit.case_id]
    assert await views.find_cases("%") == []


# --- figures


async def test_the_figures_count_calls_and_visits_as_they_were(bureau: Bureau) -> None:
    visit = await visit_of(bureau)  # dialled at once, nobody spoke
    clock = bureau.centre.clock
    await bureau.do(visit, Verb.ACCEPT)
    clock.pass_by(600)
    await bureau.do(visit, Verb.ARRIVE)
    await bureau.do(visit, Verb.FINISH, result=WorkResult.DISSUADED)
    await bureau.case(grade="特急", number="13900139000")
    clock.pass_by(30)
    await bureau.call(Conclusion.PROMISED)
    since = clock.now() - timedelta(days=1)
    told = figures(await bureau.centre.storage.work.figures(since))

    shares = {
        name: (getattr(told, name).hits, getattr(told, name).of)
        for name in ("answered", "warned", "willing", "verified", "met", "met_in_time")
    }
    assert shares == {
        "answered": (1, 2),
        "warned": (1, 1),
        "willing": (1, 1),
        "verified": (1, 2),
        "met": (1, 1),
        "met_in_time": (1, 1),
    }
    assert told.to_first_dial is not None
    assert (told.to_first_dial.count, told.to_first_dial.mean) == (2, timedelta(seconds=15))
    assert told.to_arrival is not None
    assert told.to_arrival.mean == timedelta(seconds=600)
    assert figures(await bureau.centre.storage.work.figures(clock.now())).cases == 0


async def test_the_figures_know_type_source_and_hour_of_every_case(bureau: Bureau) -> None:
    await bureau.case(grade="特急", fraud_type="brushing", source="bank", id="a-1")
    await bureau.centre.alert(number="13800138000", fraud_type="brushing", source="carrier", id="a-2")
    await bureau.case(grade="低", fraud_type="fake_loan", number="13900139000")
    bureau.centre.clock.pass_by(3600)
    await bureau.call(Conclusion.PROMISED)
    cases = await bureau.centre.storage.work.figures(bureau.centre.clock.now() - timedelta(days=1))

    counted = {by: {name: row.cases for name, row in broken_down(cases, by, ZONE).items() if row.cases} for by in By}
    begun = (bureau.centre.clock.now() - timedelta(hours=1)).astimezone(ZoneInfo(ZONE)).hour
    assert counted == {
        By.GRADE: {"特急": 1, "低": 1},
        By.TYPE: {"brushing": 1, "fake_loan": 1},
        By.SOURCE: {"bank": 1, "carrier": 1, "test": 1},
        By.HOUR: {f"{begun:02}": 2},
    }
    by_hour = broken_down(cases, By.HOUR, ZONE)
    assert {name: row.answered for name, row in by_hour.items()} == {
        f"{begun:02}": Rate(0, 0),
        f"{(begun + 1) % 24:02}": Rate(1, 1),
    }


async def test_two_cases_that_became_one_are_counted_as_one_with_the_calls_of_both(bureau: Bureau) -> None:
    await bureau.case(number="13800138000", source="bank", id="a-1")
    bureau.centre.clock.pass_by(1)
    await bureau.case(number="13900139000", source="carrier", id="b-1")
    for _ in range(2):
        await bureau.call(Conclusion.PROMISED)
    both = [{"number": "13800138000", "kind": "mobile"}]
    await bureau.centre.alert(number="13900139000", numbers=both, source="platform", id="c-1")

    [case] = await bureau.centre.storage.work.figures(bureau.centre.clock.now() - timedelta(days=1))
    assert (len(case.calls), case.sources) == (2, ("bank", "carrier", "platform"))
