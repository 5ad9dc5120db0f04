"""Several numbers a person, and the lists, over both databases: who is found by what, what is rung, and what never is."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import cast

import pytest
from rich.console import Console

from dialer.desk.numberroom import Whom, add, allow, put_on_list, show_lists
from dialer.domain.alert import OtherNumber
from dialer.domain.attempt import AttemptState
from dialer.domain.case import CaseState
from dialer.domain.contacts import Listing, NumberKind
from dialer.domain.work import WorkReason
from dialer.errors import NotOnFile, NumberListed
from dialer.ids import new_id
from dialer.ports.contacts import Entry
from dialer.settings import Settings, StorageSettings
from tests.centre import NUMBER, OTHER_NUMBER, Centre, open_centre
from tests.reports import report
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.contract

LANDLINE, FAMILY, WORK = "08916331234", "13700137000", "08916335678"
EVERYTHING = [
    {"number": FAMILY, "kind": "family", "note": "女儿"},
    {"number": "+86 139 0013 9000", "kind": "mobile"},
    {"number": LANDLINE, "kind": "landline"},
    {"number": WORK, "kind": "work"},
]


@pytest.fixture
async def centre(database: str) -> AsyncIterator[Centre]:
    async with open_centre(database) as opened:
        yield opened


async def put(
    centre: Centre, listing: Listing, number: str = "", *, person: str = "", until: datetime | None = None
) -> None:
    async with centre.storage.casebook.transaction() as file:
        now = centre.clock.now()
        await file.put_on_list(Entry(new_id(now), listing, number, person, "投诉", "zhang", now, until))


async def number_rung_next(centre: Centre) -> str:
    centre.clock.pass_by(7200)
    return (await centre.dial()).number


# --- who is found


@pytest.mark.parametrize("known", [OTHER_NUMBER, LANDLINE])
async def test_an_alert_on_any_own_number_of_a_person_goes_into_his_case(centre: Centre, known: str) -> None:
    first = await centre.alert(id="a-1", numbers=EVERYTHING)
    second = await centre.alert(id="a-2", number=known, source="carrier")

    assert (second.case_id, second.folded) == (first.case_id, True)
    assert len((await centre.story(first.case_id)).attempts) == 1


@pytest.mark.parametrize("elses", [FAMILY, WORK])
async def test_whoever_answers_at_work_or_in_the_family_is_somebody_else(centre: Centre, elses: str) -> None:
    first = await centre.alert(id="a-1", numbers=EVERYTHING)
    second = await centre.alert(id="a-2", number=elses)

    assert second.case_id != first.case_id


async def test_an_unknown_number_joins_the_person_whom_a_known_one_finds(centre: Centre) -> None:
    first = await centre.alert(id="a-1")
    second = await centre.alert(id="a-2", number=OTHER_NUMBER, numbers=[{"number": NUMBER, "kind": "mobile"}])
    third = await centre.alert(id="a-3", number=OTHER_NUMBER)

    assert {first.case_id, second.case_id, third.case_id} == {first.case_id}


async def test_alerts_at_the_same_moment_on_two_numbers_of_one_person_are_one_case(centre: Centre) -> None:
    both = [{"number": OTHER_NUMBER, "kind": "mobile"}, {"number": NUMBER, "kind": "mobile"}]
    answers = await asyncio.gather(
        *(centre.alert(id=f"a-{n}", number=(NUMBER, OTHER_NUMBER)[n % 2], numbers=both) for n in range(10))
    )

    assert len({answer.case_id for answer in answers}) == 1


async def test_a_further_number_that_cannot_be_rung_does_not_hold_the_alert_up(centre: Centre) -> None:
    answer = await centre.alert(numbers=[{"number": "110", "kind": "landline"}, *EVERYTHING])

    assert answer.accepted
    left_out = [line.facts for line in (await centre.story(answer.case_id)).history if line.what == "number_left_out"]
    assert left_out == [{"reason": "emergency_number"}]


async def test_a_kind_that_nobody_knows_is_told_with_its_field(centre: Centre) -> None:
    answer = await centre.alert(numbers=[{"number": LANDLINE, "kind": "neighbour"}])

    assert (answer.accepted, answer.field) == (False, "numbers")
    assert LANDLINE not in answer.advice


# --- what is rung


async def test_an_attempt_is_for_one_number_and_the_next_one_for_the_next(centre: Centre) -> None:
    answer = await centre.alert(grade="特急", numbers=EVERYTHING)

    rung = []
    for _ in range(5):
        rung.append(await number_rung_next(centre))
        await centre.call_ends(HangupCause.NO_ANSWER)
    assert rung == [NUMBER, OTHER_NUMBER, LANDLINE, WORK, NUMBER]  # no consent, so never the daughter
    assert (await centre.story(answer.case_id)).case.person.calls_today == 5


async def test_with_consent_the_family_is_rung_on_the_gravest_grade(centre: Centre) -> None:
    answer = await centre.alert(grade="特急", numbers=EVERYTHING[:1])
    person = await centre.storage.contacts.person_in(answer.case_id)
    async with centre.storage.casebook.transaction() as file:
        await file.consent(person, FAMILY, "本人", centre.clock.now())

    await centre.call_ends(HangupCause.NO_ANSWER)
    assert await number_rung_next(centre) == FAMILY


async def test_consent_is_recorded_for_numbers_of_the_person_only(centre: Centre) -> None:
    answer = await centre.alert()
    person = await centre.storage.contacts.person_in(answer.case_id)

    with pytest.raises(NotOnFile):
        async with centre.storage.casebook.transaction() as file:
            await file.consent(person, FAMILY, "本人", centre.clock.now())


async def test_two_people_who_share_a_number_are_never_rung_at_once(centre: Centre) -> None:
    shared = [{"number": WORK, "kind": "work"}]
    await centre.alert(id="a-1", grade="特急", number=NUMBER, numbers=shared)
    await centre.alert(id="a-2", grade="特急", number=OTHER_NUMBER, numbers=shared)
    for _ in range(2):
        await centre.call_ends(HangupCause.NO_ANSWER)
    centre.clock.pass_by(600)

    due = await centre.storage.casebook.due_attempts(centre.clock.now(), 9)
    assert len(due) == 2
    claims = [
        await centre.storage.casebook.claim(each.id, node, centre.clock.now(), 30)
        for each, node in zip(due, ("node-1", "node-2"), strict=True)
    ]
    assert [claim.number if claim else None for claim in claims] == [WORK, None]


async def test_a_wrong_number_is_told_to_its_source_without_the_number_and_not_rung_again(centre: Centre) -> None:
    answer = await centre.alert(id="bank-7", source="bank", grade="高", numbers=EVERYTHING[1:2])
    attempt = await centre.dial()
    now = centre.clock.now()
    await centre.runner.finish(report(now, conclusion=Conclusion.WRONG_PERSON, attempt=attempt.id), now)

    (told,) = [row for row in await centre.storage.outbox.unpublished(99) if row.kind == "wrong_number"]
    assert told.payload["alerts"] == [{"source": "bank", "id": "bank-7"}]
    assert NUMBER not in str(told.payload)
    assert (await centre.alert(id="bank-7", source="bank")).case_id == answer.case_id
    await centre.alert(id="bank-8", source="bank", grade="特急")
    for _ in range(3):
        assert await number_rung_next(centre) == OTHER_NUMBER
        await centre.call_ends(HangupCause.NO_ANSWER)


@pytest.mark.parametrize("grade", ["高", "低"])
async def test_the_same_alert_sent_again_does_not_ring_a_wrong_number(centre: Centre, grade: str) -> None:
    first = await centre.alert(grade=grade)
    attempt = await centre.dial()
    now = centre.clock.now()
    await centre.runner.finish(report(now, conclusion=Conclusion.WRONG_PERSON, attempt=attempt.id), now)

    centre.clock.pass_by(2 * 86400)  # far longer than a repetition is folded otherwise
    again = await centre.alert(grade=grade)
    assert again.case_id == first.case_id
    assert await centre.storage.casebook.next_due_at() is None


# --- lists


@pytest.mark.parametrize("listing", Listing)
async def test_a_listed_number_is_not_claimed_and_an_officer_has_a_serious_case(
    centre: Centre, listing: Listing
) -> None:
    answer = await centre.alert(grade="特急")
    await put(centre, listing, NUMBER)
    (due,) = await centre.storage.casebook.due_attempts(centre.clock.now(), 9)

    with pytest.raises(NumberListed):
        await centre.claim()
    assert await centre.runner.barred(due.id, centre.clock.now())
    story = await centre.story(answer.case_id)
    assert ([attempt.state for attempt in story.attempts], story.case.state) == (
        [AttemptState.CANCELLED],
        CaseState.WITH_PEOPLE,
    )
    assert [item.reason for item in story.work] == [WorkReason.LISTED]
    assert not await centre.runner.barred(due.id, centre.clock.now())  # once


async def test_a_number_that_is_listed_after_the_claim_is_not_dialled(centre: Centre) -> None:
    await centre.alert()
    claimed = await centre.claim()
    assert claimed is not None
    await put(centre, Listing.BLOCKED, NUMBER)

    with pytest.raises(NumberListed):
        await centre.begin_dialling(claimed.hold)
    assert await centre.storage.casebook.unfinished_attempts() == []
    assert await centre.runner.barred(claimed.id, centre.clock.now())


async def test_a_listed_person_is_rung_on_none_of_his_numbers(centre: Centre) -> None:
    answer = await centre.alert(numbers=EVERYTHING)
    person = await centre.storage.contacts.person_in(answer.case_id)
    await put(centre, Listing.BLOCKED, person=person)

    for _ in range(4):
        for due in await centre.storage.casebook.due_attempts(centre.clock.now(), 9):
            await centre.runner.barred(due.id, centre.clock.now())
    story = await centre.story(answer.case_id)
    assert {attempt.state for attempt in story.attempts} == {AttemptState.CANCELLED}
    assert story.case.state is CaseState.WITH_PEOPLE


async def test_a_list_holds_until_its_time_or_its_end(centre: Centre) -> None:
    await centre.alert()
    await put(centre, Listing.BLOCKED, NUMBER, until=centre.clock.now() + timedelta(hours=1))
    with pytest.raises(NumberListed):
        await centre.claim()

    centre.clock.pass_by(3600)
    await put(centre, Listing.OFFICER_ONLY, NUMBER)
    async with centre.storage.casebook.transaction() as file:
        assert await file.end_listings(NUMBER, "", "li", centre.clock.now()) == 1
    assert await centre.claim() is not None
    assert await centre.storage.contacts.entries(centre.clock.now(), 9) == []
    assert len(await centre.storage.contacts.entries(centre.clock.now(), 9, every=True)) == 2


async def test_whoever_puts_a_number_on_a_list_takes_back_what_is_planned_to_it(centre: Centre, database: str) -> None:
    settings, console = Settings(storage=StorageSettings(database)), Console(file=io.StringIO(), width=200)
    answer = await centre.alert(grade="特急")
    await centre.call_ends(HangupCause.NO_ANSWER)  # the next call is planned, and not due yet

    await put_on_list(settings, Listing.BLOCKED, Whom(NUMBER), console, by="zhang", why="投诉")
    await show_lists(settings, console, every=False)
    story = await centre.story(answer.case_id)
    assert (story.case.state, story.attempts[-1].state) == (CaseState.WITH_PEOPLE, AttemptState.CANCELLED)
    await allow(settings, Whom(case=answer.case_id), "zhang", console)
    await allow(settings, Whom(NUMBER), "zhang", console)
    told = cast(io.StringIO, console.file).getvalue()
    assert "1 planned calls taken back" in told
    assert "0 listings ended" in told
    assert "1 listings ended" in told
    assert NUMBER not in told


async def test_a_number_that_the_centre_enters_may_be_rung_with_consent_only(centre: Centre, database: str) -> None:
    settings, console = Settings(storage=StorageSettings(database)), Console(file=io.StringIO(), width=200)
    answer = await centre.alert(grade="特急")
    daughter = OtherNumber(FAMILY, NumberKind.FAMILY, "女儿")

    await add(settings, answer.case_id, daughter, "zhang", console)
    await centre.call_ends(HangupCause.NO_ANSWER)
    assert await number_rung_next(centre) == NUMBER
    await add(settings, answer.case_id, daughter, "zhang", console, consent_of="本人")
    await centre.call_ends(HangupCause.NO_ANSWER)
    assert await number_rung_next(centre) == FAMILY
    assert FAMILY not in cast(io.StringIO, console.file).getvalue()


async def test_people_see_a_persons_numbers_by_their_ends_only(centre: Centre) -> None:
    answer = await centre.alert(numbers=EVERYTHING)

    known = await centre.storage.contacts.numbers_of(answer.case_id)
    assert [(each.kind, each.tail) for each in known] == [
        (NumberKind.MOBILE, NUMBER[-4:]),
        (NumberKind.FAMILY, FAMILY[-4:]),
        (NumberKind.MOBILE, OTHER_NUMBER[-4:]),
        (NumberKind.LANDLINE, LANDLINE[-4:]),
        (NumberKind.WORK, WORK[-4:]),
    ]
    assert FAMILY not in repr(known)
