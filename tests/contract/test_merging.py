"""Two people on file who turn out to be one, over both databases: one case, one budget, one call, and nothing is lost."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import pytest
from rich.console import Console

from dialer.console.audit import audit_sheet
from dialer.console.casebook import case_table
from dialer.domain.attempt import AttemptState as State
from dialer.domain.attempt import ClaimedAttempt
from dialer.domain.case import CaseState
from dialer.domain.contacts import Listing
from dialer.domain.escalation import EscalationState
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.policy import Occasion, Policy
from dialer.domain.sms import Sms
from dialer.domain.stoppayment import StopRules
from dialer.domain.work import WorkKind, WorkReason, WorkResult, WorkState
from dialer.domain.workflow import Step, Verb
from dialer.errors import CaseConflict, NumberListed, TakenOver
from dialer.filing.working import Working
from dialer.ids import new_id
from dialer.ports import Answer, OutboxRow
from dialer.ports.contacts import Entry
from tests.centre import NUMBER, OTHER_NUMBER, Centre, open_centre
from tests.reports import report
from voice.report import Conclusion, HangupCause, Rang

pytestmark = pytest.mark.contract

THIRD, LANDLINE = "13700137000", "08916331234"


@pytest.fixture
async def centre(database: str) -> AsyncIterator[Centre]:
    async with open_centre(database) as opened:
        yield opened


def beside(*numbers: str, kind: str = "mobile") -> list[dict[str, str]]:
    return [{"number": number, "kind": kind} for number in numbers]


async def two_people(centre: Centre, first: str = "高", second: str = "高") -> tuple[str, str]:
    """Two cases, the second one's person a second younger."""
    older = await centre.alert(id="a-1", source="bank", grade=first)
    centre.clock.pass_by(1)
    younger = await centre.alert(id="b-1", source="carrier", grade=second, number=OTHER_NUMBER)
    centre.clock.pass_by(1)
    assert younger.case_id != older.case_id
    return older.case_id, younger.case_id


async def are_one(centre: Centre, **given: object) -> Answer:
    """An alert that names both their numbers, the younger's first."""
    named = {"number": OTHER_NUMBER, "numbers": beside(NUMBER), "grade": "低", "id": "c-1", **given}
    return await centre.alert(source="platform", **named)


async def claim(centre: Centre, case_id: str) -> ClaimedAttempt:
    """The due attempt of this case."""
    (due,) = [
        each for each in await centre.storage.casebook.due_attempts(centre.clock.now(), 9) if each.case_id == case_id
    ]
    claimed = await centre.storage.casebook.claim(due.id, centre.node, centre.clock.now(), 30)
    assert claimed is not None
    return claimed


async def dial(centre: Centre, case_id: str) -> ClaimedAttempt:
    claimed = await claim(centre, case_id)
    await centre.begin_dialling(claimed.hold)
    return claimed


async def ends(centre: Centre, attempt: ClaimedAttempt, conclusion: Conclusion, **more: object) -> None:
    now = centre.clock.now()
    await centre.runner.finish(report(now, conclusion=conclusion, attempt=attempt.id, **more), now)  # type: ignore[arg-type]


async def news(centre: Centre, kind: str) -> list[OutboxRow]:
    return [row for row in await centre.storage.outbox.unpublished(1000) if row.kind == kind]


async def due(centre: Centre, hours: float = 0) -> list[str]:
    """Cases that could be rung, then."""
    then = centre.clock.now() + timedelta(hours=hours)
    return [each.case_id for each in await centre.storage.casebook.due_attempts(then, 99)]


# --- one case


async def test_two_people_whom_one_alert_names_become_one_with_one_open_case(centre: Centre) -> None:
    older, younger = await two_people(centre, "中", "特急")

    answer = await are_one(centre, sum_yuan=70_000)
    assert (answer.case_id, answer.folded) == (older, True)
    lines = {line.id: line for line in await centre.storage.views.cases(9)}
    assert (lines[older].state, lines[older].grade, lines[older].merged_into) == ("open", Grade.CRITICAL, "")
    assert (lines[younger].state, lines[younger].merged_into) == ("closed", older)
    assert set(lines[older].sources) == {"bank", "carrier", "platform"}
    assert await due(centre) == [older]


async def test_later_alerts_on_either_number_go_into_the_one_case(centre: Centre) -> None:
    older, _ = await two_people(centre)
    await are_one(centre)

    answers = [await centre.alert(id=f"d-{n}", number=number) for n, number in enumerate((NUMBER, OTHER_NUMBER))]
    assert {answer.case_id for answer in answers} == {older}


async def test_the_very_alert_of_the_younger_case_sent_again_is_known_and_changes_nothing(centre: Centre) -> None:
    older, _ = await two_people(centre)
    await are_one(centre)
    before = await centre.story(older)

    again = await centre.alert(id="b-1", source="carrier", grade="高", number=OTHER_NUMBER)
    assert (again.case_id, again.folded) == (older, True)
    assert await centre.story(older) == before


async def test_both_numbers_stand_on_one_ladder_and_are_rung_in_turn(centre: Centre) -> None:
    await two_people(centre, "特急", "特急")
    await are_one(centre)

    rung = []
    for _ in range(4):
        centre.clock.pass_by(7200)
        rung.append((await centre.dial()).number)
        await centre.call_ends(HangupCause.NO_ANSWER)
    assert rung == [NUMBER, OTHER_NUMBER, NUMBER, OTHER_NUMBER]


async def test_calls_of_both_count_on_one_day(centre: Centre) -> None:
    older, younger = await two_people(centre)
    for case_id in (older, younger):
        await ends(centre, await dial(centre, case_id), Conclusion.NOTHING, cause=HangupCause.NO_ANSWER)
    await are_one(centre)

    person = (await centre.story(older)).case.person
    assert person.calls_today == 2
    assert person.clear_at is not None
    assert person.clear_at > centre.clock.now()
    assert await due(centre) == []


async def test_a_person_whose_file_lay_closed_is_joined_too_and_the_open_case_goes_on(centre: Centre) -> None:
    older, younger = await two_people(centre)
    await centre.runner.close(older, "zhang", "safe", centre.clock.now())

    answer = await are_one(centre)
    assert answer.case_id == younger
    story = await centre.story(younger)
    assert {each.tail for each in await centre.storage.contacts.numbers_of(younger)} == {
        NUMBER[-4:],
        OTHER_NUMBER[-4:],
    }
    assert "persons_merged" in [line.what for line in story.history]
    assert (await centre.dial()).number == OTHER_NUMBER
    assert (await centre.alert(id="d", number=NUMBER)).case_id == younger


async def test_a_number_that_was_shut_on_the_younger_case_stays_shut(centre: Centre) -> None:
    await centre.alert(id="a-1", grade="高")
    centre.clock.pass_by(1)
    younger = (await centre.alert(id="b-1", grade="高", number=OTHER_NUMBER, numbers=beside(THIRD))).case_id
    await ends(centre, await dial(centre, younger), Conclusion.WRONG_PERSON)
    await are_one(centre, number=THIRD)

    rung = set()
    for _ in range(3):
        centre.clock.pass_by(7200)
        rung.add((await centre.dial()).number)
        await centre.call_ends(HangupCause.NO_ANSWER)
    assert rung == {NUMBER, THIRD}


async def test_three_people_become_one_whatever_came_when(centre: Centre) -> None:
    older, younger = await two_people(centre)
    youngest = (await centre.alert(id="e-1", source="app", number=THIRD)).case_id
    await are_one(centre, numbers=beside(THIRD))
    answer = await are_one(centre, id="c-2", numbers=beside(NUMBER))

    assert answer.case_id == older
    merged = {line.id: line.merged_into for line in await centre.storage.views.cases(9)}
    assert merged == {older: "", younger: older, youngest: older}
    assert {alert.external_id for alert in (await centre.story(youngest)).alerts} == {"a-1", "b-1", "e-1", "c-1", "c-2"}


# --- calls


async def test_a_call_of_the_younger_case_is_let_finish_and_its_result_is_the_olders(centre: Centre) -> None:
    older, younger = await two_people(centre)
    talking = await dial(centre, younger)
    await are_one(centre)

    assert await due(centre) == []  # nobody rings him meanwhile
    await ends(centre, talking, Conclusion.PROMISED)
    story = await centre.story(older)
    assert (story.case.state, story.case.outcome) == (CaseState.FOLLOW_UP, Outcome.REACHED_PROMISED)
    told = (await news(centre, "attempt_ended"))[-1].payload
    assert told["case"] == older
    assert {(each["source"], each["id"]) for each in told["alerts"]} == {
        ("bank", "a-1"),
        ("carrier", "b-1"),
        ("platform", "c-1"),
    }


async def test_a_claim_on_the_younger_case_is_withdrawn_before_its_call_leaves(centre: Centre) -> None:
    older, younger = await two_people(centre)
    claimed = await claim(centre, younger)
    await are_one(centre)

    with pytest.raises((CaseConflict, TakenOver)):
        await centre.begin_dialling(claimed.hold)
    assert [(each.case_id, each.state) for each in (await centre.story(older)).attempts] == [
        (older, State.DUE),
        (younger, State.CANCELLED),
    ]
    assert await due(centre) == [older]


async def test_a_claim_on_the_older_case_is_given_back_while_the_younger_ones_call_goes_on(centre: Centre) -> None:
    older, younger = await two_people(centre)
    talking = await dial(centre, younger)
    claimed = await claim(centre, older)
    await are_one(centre)

    with pytest.raises((CaseConflict, TakenOver)):
        await centre.begin_dialling(claimed.hold)
    assert await due(centre, hours=9) == []
    await ends(centre, talking, Conclusion.NOTHING, cause=HangupCause.NO_ANSWER)
    assert await due(centre, hours=9) == [older]


@pytest.mark.parametrize("first", [0, 1])
async def test_when_both_were_being_rung_nobody_rings_before_the_second_call_is_over(
    centre: Centre, first: int
) -> None:
    older, younger = await two_people(centre)
    calls = [await dial(centre, older), await dial(centre, younger)]
    await are_one(centre)

    await ends(centre, calls[first], Conclusion.NOTHING, cause=HangupCause.NO_ANSWER)
    assert await due(centre, hours=9) == []
    await ends(centre, calls[1 - first], Conclusion.NOTHING, cause=HangupCause.NO_ANSWER)
    assert await due(centre, hours=9) == [older]


async def test_a_wrong_number_of_the_younger_case_shuts_its_own_number_and_no_other(centre: Centre) -> None:
    await two_people(centre)
    talking = await dial(centre, (await centre.storage.views.cases(1))[0].id)
    await are_one(centre)

    await ends(centre, talking, Conclusion.WRONG_PERSON)
    centre.clock.pass_by(7200)
    assert (await centre.dial()).number == NUMBER


async def test_a_call_of_the_younger_case_that_is_lost_keeps_everybody_away_for_the_gap(centre: Centre) -> None:
    older, younger = await two_people(centre)
    talking = await dial(centre, younger)
    await are_one(centre)

    assert await centre.runner.lose(talking.id, Rang.MAYBE, centre.clock.now())
    assert await due(centre) == []
    story = await centre.story(older)
    assert story.case.person.clear_at == centre.clock.now() + Policy().of(Grade.HIGH).safe_gap
    assert WorkReason.MAY_HAVE_RUNG in {item.reason for item in story.work}


async def test_an_officer_who_talks_to_the_younger_has_the_one_case(centre: Centre) -> None:
    older, younger = await two_people(centre)
    talking = await dial(centre, younger)
    wanted = await centre.runner.want_officer(
        talking.hold, reason="paying", facts={}, now=centre.clock.now(), officer="li"
    )
    await are_one(centre)
    await centre.runner.note_escalation(talking.hold, wanted.id, EscalationState.BRIDGED, centre.clock.now())

    story = await centre.story(older)
    assert (story.case.state, story.case.officer) == (CaseState.WITH_OFFICER, "li")
    assert await due(centre, hours=9) == []
    assert [each.officer for attempt in story.attempts for each in attempt.escalations] == ["li"]


async def test_whom_an_officer_has_already_is_not_rung_as_somebody_else(centre: Centre) -> None:
    older, younger = await two_people(centre)
    talking = await dial(centre, younger)
    wanted = await centre.runner.want_officer(
        talking.hold, reason="paying", facts={}, now=centre.clock.now(), officer="li"
    )
    await centre.runner.note_escalation(talking.hold, wanted.id, EscalationState.BRIDGED, centre.clock.now())
    await are_one(centre)

    story = await centre.story(older)
    assert (story.case.state, story.case.officer) == (CaseState.WITH_OFFICER, "li")
    assert await due(centre, hours=9) == []


# --- lists, work, SMS, what is told


async def test_who_wants_no_robot_on_one_file_is_not_rung_on_the_other(centre: Centre) -> None:
    older, younger = await two_people(centre)
    await ends(centre, await dial(centre, younger), Conclusion.OPTED_OUT)
    await are_one(centre)

    story = await centre.story(older)
    assert (story.case.state, story.case.person.officer_only) == (CaseState.WITH_PEOPLE, True)
    assert [each.state for each in story.attempts if each.case_id == older] == [State.CANCELLED]
    assert await due(centre, hours=9) == []


async def test_who_wanted_no_robot_on_a_closed_case_is_not_rung_on_another_number(centre: Centre) -> None:
    older, younger = await two_people(centre)
    await ends(centre, await dial(centre, younger), Conclusion.OPTED_OUT)
    await centre.runner.close(younger, "zhang", "safe", centre.clock.now())
    answer = await are_one(centre)

    story = await centre.story(older)
    assert (answer.case_id, story.case.state) == (older, CaseState.WITH_PEOPLE)
    assert [each.state for each in story.attempts] == [State.CANCELLED]


async def test_a_person_on_a_list_stays_on_it(centre: Centre) -> None:
    older, younger = await two_people(centre)
    person = await centre.storage.contacts.person_in(younger)
    async with centre.storage.casebook.transaction() as file:
        now = centre.clock.now()
        await file.put_on_list(Entry(new_id(now), Listing.BLOCKED, "", person, "投诉", "zhang", now))
    await are_one(centre)

    with pytest.raises(NumberListed):
        await claim(centre, older)


async def test_open_work_goes_on_under_the_one_case_and_its_result_closes_it(centre: Centre) -> None:
    older, younger = await two_people(centre)
    desk = Working(centre.storage.casebook, Policy(), StopRules(officers=frozenset({"li"})))
    now = centre.clock.now()
    mine = await desk.want(older, WorkKind.VISIT, "zhang", now)
    theirs = await desk.want(younger, WorkKind.VISIT, "zhang", now)
    call = await desk.want(younger, WorkKind.OFFICER_CALL, "zhang", now)
    await desk.do(theirs.id, Step(Verb.ACCEPT, "li", now))
    await are_one(centre)

    work = {item.id: item.state for item in (await centre.story(older)).work}
    assert work == {mine.id: WorkState.CANCELLED, theirs.id: WorkState.ACCEPTED, call.id: WorkState.WANTED}
    await desk.do(theirs.id, Step(Verb.ARRIVE, "li", now))
    await desk.do(theirs.id, Step(Verb.FINISH, "li", now, WorkResult.DISSUADED))
    assert (await centre.story(older)).case.state is CaseState.CLOSED
    told = (await news(centre, "case_closed"))[-1].payload
    assert {(each["source"], each["id"]) for each in told["alerts"]} == {
        ("bank", "a-1"),
        ("carrier", "b-1"),
        ("platform", "c-1"),
    }


async def test_the_gap_between_two_sms_is_one_persons(centre: Centre) -> None:
    older, younger = await two_people(centre)
    now = centre.clock.now()
    async with centre.storage.casebook.transaction() as file:
        await file.add_sms(Sms(new_id(now), younger, Occasion.NOT_REACHED, flash=False, wanted_at=now))
    await are_one(centre)

    async with centre.storage.casebook.transaction() as file:
        assert await file.last_sms(older, Occasion.NOT_REACHED) == now


async def test_the_younger_ones_sources_hear_where_their_alert_goes_on(centre: Centre) -> None:
    older, younger = await two_people(centre)
    await are_one(centre)

    (told,) = await news(centre, "case_merged")
    assert (told.case_id, told.payload["into"]) == (younger, older)
    assert told.payload["alerts"] == [{"source": "carrier", "id": "b-1"}]


async def test_the_audit_of_either_case_tells_the_whole_story_of_the_one(centre: Centre) -> None:
    older, younger = await two_people(centre)
    await ends(centre, await dial(centre, younger), Conclusion.NOTHING, cause=HangupCause.NO_ANSWER)
    await are_one(centre)

    told = []
    for case_id in (older, younger):
        console = Console(file=io.StringIO(), width=250)
        console.print(audit_sheet(await centre.story(case_id), "Asia/Shanghai"))
        console.print(case_table(await centre.storage.views.cases(9), "Asia/Shanghai"))
        told.append(cast(io.StringIO, console.file).getvalue())
    assert told[0] == told[1]
    for words in (f"into={older}", f"case={younger}", "case_merged", "persons_merged", f"merged into {older}", "rang"):
        assert words in told[0]
    assert "ODD" not in told[0]
    assert NUMBER not in told[0]


# --- who is not joined


async def test_a_familys_landline_makes_nobody_one(centre: Centre) -> None:
    husband = await centre.alert(id="a-1", numbers=beside(LANDLINE, kind="landline"))
    wife = await centre.alert(id="b-1", number=OTHER_NUMBER, numbers=beside(LANDLINE, kind="landline"))
    both = await centre.alert(id="b-2", number=LANDLINE, numbers=beside(OTHER_NUMBER))

    assert husband.case_id != wife.case_id
    assert both.case_id == wife.case_id


async def test_a_landline_and_a_mobile_that_find_two_people_join_nobody(centre: Centre) -> None:
    grandmother = await centre.alert(id="a-1", number=LANDLINE)
    grandson = await centre.alert(id="b-1", number=OTHER_NUMBER)
    again = await centre.alert(id="b-2", number=OTHER_NUMBER, numbers=beside(LANDLINE, kind="landline"))

    assert again.case_id == grandson.case_id != grandmother.case_id
    assert sorted(await due(centre)) == sorted([grandmother.case_id, grandson.case_id])


async def test_a_new_mobile_is_his_of_whom_only_a_landline_was_known(centre: Centre) -> None:
    first = await centre.alert(id="a-1", number=LANDLINE)
    second = await centre.alert(id="a-2", number=NUMBER, numbers=beside(LANDLINE, kind="landline"))
    third = await centre.alert(id="a-3", number=NUMBER)

    assert {first.case_id, second.case_id, third.case_id} == {first.case_id}


@pytest.mark.parametrize("kind", ["family", "work"])
async def test_numbers_at_work_and_in_the_family_join_nobody(centre: Centre, kind: str) -> None:
    _, younger = await two_people(centre)
    answer = await are_one(centre, numbers=beside(NUMBER, kind=kind))

    assert answer.case_id == younger
    assert [line.merged_into for line in await centre.storage.views.cases(9)] == ["", ""]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({}, {"numbers": beside(NUMBER, kind="family")}, "known_as_somebody_elses"),
        ({"surname": "王"}, {"surname": "李"}, "surnames_differ"),
    ],
)
async def test_whoever_was_known_as_somebody_else_is_kept_apart_and_the_file_says_so(
    centre: Centre, first: dict[str, object], second: dict[str, object], why: str
) -> None:
    older = await centre.alert(id="a-1", **first)
    younger = await centre.alert(id="b-1", number=OTHER_NUMBER, **second)
    answer = await are_one(centre)

    assert answer.case_id == younger.case_id != older.case_id
    apart = [line.facts for line in (await centre.story(younger.case_id)).history if line.what == "people_kept_apart"]
    assert apart == [{"why": why}]


# --- at the same moment


async def test_nodes_that_join_the_same_people_in_opposite_order_never_wait_for_one_another_for_ever(
    database: str,
) -> None:
    """Each alert names two or three of six people, in any order, and calls begin and end meanwhile."""
    async with open_centre(database) as one, open_centre(database) as two:
        numbers = [f"1380013800{n}" for n in range(6)]
        for n, number in enumerate(numbers):
            await one.alert(id=f"a-{n}", number=number)

        async def tells(centre: Centre, name: str, order: list[str]) -> None:
            for n in range(len(order) - 1):
                given = {"number": order[n + 1], "numbers": beside(order[n])}
                assert (await centre.alert(id=f"{name}-{n}", **given)).accepted

        async def rings(centre: Centre) -> None:
            for _ in range(12):
                claimed = await centre.claim()
                if claimed is None:
                    continue
                try:
                    await centre.begin_dialling(claimed.hold)
                except (CaseConflict, TakenOver):
                    continue
                await ends(centre, claimed, Conclusion.NOTHING, cause=HangupCause.NO_ANSWER)

        async with asyncio.timeout(60):
            await asyncio.gather(tells(one, "up", numbers), tells(two, "down", numbers[::-1]), rings(one), rings(two))

        lines = await one.storage.views.cases(99)
        assert [line.id for line in lines if line.state != "closed"] == [
            line.id for line in lines if not line.merged_into
        ]
        (stays,) = [line for line in lines if not line.merged_into]
        assert {line.merged_into for line in lines if line is not stays} == {stays.id}
        story = await two.story(stays.id)
        assert len(story.alerts) == 16
        assert len([each for each in story.attempts if each.ended_at is None]) == 1
