"""SMS by the clock, with the real runner over both databases: each once, whoever looks and whoever dies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from dialer.domain.grade import Grade
from dialer.domain.policy import DEFAULT_GRADES, Policy
from dialer.domain.stoppayment import StopRules
from dialer.domain.work import WorkKind, WorkResult
from dialer.domain.workflow import Step, Verb
from dialer.filing.smsclock import SmsClock
from dialer.filing.working import Working
from tests.centre import OTHER_NUMBER, Centre, open_centre
from tests.reports import report
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.contract


@pytest.fixture
async def centre(database: str) -> AsyncIterator[Centre]:
    async with open_centre(database) as opened:
        yield opened


def clock_of(centre: Centre, policy: Policy | None = None) -> SmsClock:
    return SmsClock(centre.storage.casebook, centre.storage.work, policy or Policy(), centre.clock)


async def not_reached(centre: Centre, **given: object) -> str:
    case_id = (await centre.alert(grade="特急", **given)).case_id
    await centre.call_ends(HangupCause.NO_ANSWER)
    return case_id


async def wanted(centre: Centre, case_id: str) -> int:
    """SMS on the case so far."""
    return len([line for line in (await centre.story(case_id)).history if line.what == "sms_wanted"])


async def after(centre: Centre, seconds: float, *clocks: SmsClock) -> None:
    centre.clock.pass_by(seconds)
    await asyncio.gather(*(clock.look() for clock in clocks or (clock_of(centre),)))


async def test_every_five_minutes_one_goes_out_without_a_call(centre: Centre) -> None:
    case_id = await not_reached(centre)

    counted = []
    for seconds in (0, 299, 1, 1, 298, 1, 300, 900):
        await after(centre, seconds)
        counted.append(await wanted(centre, case_id))
    assert counted == [1, 1, 2, 2, 2, 3, 4, 5]  # after an outage one, not all that were missed


async def test_of_several_nodes_that_look_at_once_one_wants_it(database: str, centre: Centre) -> None:
    case_id = await not_reached(centre)
    async with open_centre(database) as opened:
        other = replace(opened, clock=centre.clock)
        for n in range(2, 5):
            await after(centre, 300, *(clock_of(each) for each in (centre, other, centre, other)))

            assert await wanted(centre, case_id) == n


async def test_a_node_that_dies_over_it_wants_none_or_one_and_the_next_one_goes_on(centre: Centre) -> None:
    case_id = await not_reached(centre)
    centre.clock.pass_by(300)
    for waits in range(1, 60):
        dies = asyncio.create_task(clock_of(centre).look())
        for _ in range(waits):
            await asyncio.sleep(0)
        dies.cancel()
        await asyncio.gather(dies, return_exceptions=True)

    await clock_of(centre).look()
    assert await wanted(centre, case_id) == 2


async def test_it_ends_when_the_person_is_reached_and_begins_again_with_a_new_alert(centre: Centre) -> None:
    case_id = await not_reached(centre, id="a-1")
    centre.clock.pass_by(130)
    attempt = await centre.dial()
    now = centre.clock.now()
    await centre.runner.finish(report(now, conclusion=Conclusion.PROMISED, attempt=attempt.id), now)
    before = await wanted(centre, case_id)
    for _ in range(4):
        await after(centre, 300)

    assert await wanted(centre, case_id) == before
    await centre.alert(grade="特急", id="a-2")
    await centre.call_ends(HangupCause.NO_ANSWER)
    await after(centre, 300)
    assert await wanted(centre, case_id) > before


async def test_it_ends_when_an_officer_has_spoken_to_him(centre: Centre) -> None:
    case_id = await not_reached(centre)
    now = centre.clock.now()
    desk = Working(centre.storage.casebook, Policy(), StopRules(officers=frozenset()))
    item = await desk.want(case_id, WorkKind.OFFICER_CALL, "zhang", now)
    await desk.do(item.id, Step(Verb.ACCEPT, "li", now))
    await desk.do(item.id, Step(Verb.FINISH, "li", now, WorkResult.NOT_PERSUADED))
    await after(centre, 300)

    assert await wanted(centre, case_id) == 1
    assert (await centre.story(case_id)).case.sms_again_at is None


async def test_it_ends_at_the_number_of_the_grade_and_with_the_case(centre: Centre) -> None:
    three = Policy(grades={**DEFAULT_GRADES, Grade.CRITICAL: replace(DEFAULT_GRADES[Grade.CRITICAL], sms_most=3)})
    case_id = await not_reached(centre, id="a-1")
    other = await not_reached(centre, id="b-1", number=OTHER_NUMBER)
    await centre.runner.close(other, "zhang", "safe", centre.clock.now())
    for _ in range(6):
        await after(centre, 300, clock_of(centre, three))

    assert (await wanted(centre, case_id), await wanted(centre, other)) == (3, 1)


async def test_two_who_became_one_have_one_clock(centre: Centre) -> None:
    older = await not_reached(centre, id="a-1")
    centre.clock.pass_by(10)
    await not_reached(centre, id="b-1", number=OTHER_NUMBER)
    both = [{"number": OTHER_NUMBER, "kind": "mobile"}]
    await centre.alert(id="c-1", numbers=both, grade="低")
    before = await wanted(centre, older)
    await after(centre, 300)
    await after(centre, 0)

    assert await wanted(centre, older) == before + 1
    waiting = await centre.storage.work.sms_times(centre.clock.now() + timedelta(days=1), 9)
    assert waiting == [older]
