"""Alerts that come together are filed as if they had come one by one, over SQLite and over PostgreSQL."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator

import pytest

from dialer.domain.grade import Grade
from dialer.ports import Answer
from dialer.ports.views import CaseStory
from tests.centre import Centre, open_centre

pytestmark = pytest.mark.contract

SOURCE = "bank"


@pytest.fixture
async def centre(database: str) -> AsyncIterator[Centre]:
    async with open_centre(database) as opened:
        yield opened


def body(number: str, **given: object) -> bytes:
    return json.dumps({"number": number, "grade": "高", "fraud_type": "flight_refund", **given}).encode()


async def together(centre: Centre, *bodies: bytes) -> list[Answer]:
    return await centre.intake.take_together([(each, SOURCE) for each in bodies])


def shape(story: CaseStory) -> object:
    """All that a story tells but its names."""
    return (
        story.number,
        story.surname,
        story.case.grade,
        story.case.state,
        story.case.sum_yuan,
        story.case.numbers,
        [(alert.source, alert.external_id, alert.facts, alert.body_sha256) for alert in story.alerts],
        [(each.state, each.reason, each.due_at, each.deadline) for each in story.attempts],
        [(line.what, dict(line.facts)) for line in story.history],
    )


async def test_they_are_filed_as_one_by_one(centre: Centre) -> None:
    told = {"surname": "王", "sum_yuan": 990_000, "facts": {"app": "会议"}}
    mobile, landline = [each.case_id for each in await together(
        centre, body("13800138000", id="a-1", **told), body("08916331234", id="a-2", grade="特急"))]  # fmt: skip
    rows = await centre.storage.outbox.unpublished(10)
    alike = (await centre.alert(source=SOURCE, number="13900139000", id="a-1x", **told)).case_id

    assert shape(await centre.story(mobile)) == shape_like(await centre.story(alike), "a-1", "13800138000", told)
    assert [row.kind for row in rows] == ["case_opened", "attempt_due"] * 2
    assert rows[0].payload["alerts"] == [{"source": SOURCE, "id": "a-1"}]
    claims = [await centre.claim() for _ in range(3)]
    numbers = [claim.number for claim in claims if claim]
    assert (numbers[0], {*numbers[1:]}) == ("08916331234", {"13800138000", "13900139000"})
    assert (await centre.story(landline)).case.grade is Grade.CRITICAL


def shape_like(story: CaseStory, name: str, number: str, told: dict[str, object]) -> object:
    """The shape that the story would have had with this name and number."""
    [alert] = story.alerts
    other = json.loads(alert.body) | {"id": name, "number": number}
    assert other == json.loads(body(number, id=name, **told))
    expected = list(shape(story))  # type: ignore[call-overload]
    expected[0] = number
    expected[6] = [(SOURCE, name, alert.facts, hashlib.sha256(body(number, id=name, **told)).hexdigest())]
    return tuple(expected)


async def test_of_two_on_one_person_the_first_opens_the_case_and_the_other_goes_into_it(centre: Centre) -> None:
    first, second, other = await together(
        centre,
        body("13800138000", id="a-1", grade="低"),
        body("+86 138-0013-8000", id="a-2", grade="特急"),
        body("13900139000", id="a-3"),
    )

    assert (first.case_id, first.folded, second.folded, other.folded) == (second.case_id, False, True, False)
    assert (await centre.story(first.case_id)).case.grade is Grade.CRITICAL


async def test_a_repeated_alert_is_the_same_alert_wherever_it_stands(centre: Centre) -> None:
    once, again = await together(centre, body("13800138000", id="a-1"), body("13800138000", id="a-1"))
    later, new = await together(centre, body("13800138000", id="a-1"), body("13900139000", id="a-2"))
    nameless, twice = await together(centre, body("13700137000"), body("13700137000"))

    assert once.alert_id == again.alert_id == later.alert_id
    assert new.case_id != once.case_id
    assert nameless.alert_id == twice.alert_id


async def test_an_alert_with_several_numbers_joins_whom_it_names(centre: Centre) -> None:
    family = [{"number": "13700137000", "kind": "mobile"}]
    named, found = await together(centre, body("13800138000", id="a-1", numbers=family), body("13700137000", id="a-2"))

    assert named.case_id == found.case_id


async def test_what_is_wrong_is_answered_in_its_place_and_holds_up_nobody(centre: Centre) -> None:
    answers = await together(centre, body("13800138000"), b"no json", body("110"), body("13900139000"))

    assert [answer.accepted for answer in answers] == [True, False, False, True]
    assert len(await centre.storage.views.rejected_alerts(9)) == 2


async def test_two_nodes_that_hear_the_same_alerts_together_file_each_once(centre: Centre, database: str) -> None:
    bodies = [body(f"138001380{n:02}", id=f"a-{n}") for n in range(20)]
    async with open_centre(database) as other:
        mine, theirs = await asyncio.gather(together(centre, *bodies), together(other, *reversed(bodies)))

    assert [each.case_id for each in mine] == [each.case_id for each in reversed(theirs)]
    assert len(await centre.storage.casebook.due_attempts(centre.clock.now(), 100)) == 20
    assert await centre.told() == ["case_opened", "attempt_due"] * 20
