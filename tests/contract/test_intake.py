"""The door for alerts: what is taken, what is refused, and what is kept of either."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping

import pytest
from jsonschema import Draft202012Validator

from dialer.dialplan import DialPlan
from dialer.domain.alert import FraudType
from dialer.domain.grade import Grade
from dialer.filing.intake import KEPT_BYTES, Intake, schema
from dialer.ports import Answer
from tests.centre import NUMBER, Centre, open_centre

pytestmark = pytest.mark.contract

GOOD = {"number": NUMBER, "grade": "高", "fraud_type": "flight_refund"}


@pytest.fixture
async def centre(database: str) -> AsyncIterator[Centre]:
    async with open_centre(database) as opened:
        yield opened


async def take(centre: Centre, body: object) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await centre.intake.take(raw, "test")


@pytest.mark.parametrize(
    ("written", "grade"),
    [("特急", Grade.CRITICAL), ("高", Grade.HIGH), ("高危", Grade.HIGH), ("Medium", Grade.MEDIUM), (" 低 ", Grade.LOW)],
)
async def test_grades_are_understood_as_sources_write_them(centre: Centre, written: str, grade: Grade) -> None:
    answer = await take(centre, {**GOOD, "grade": written})

    assert (await centre.story(answer.case_id)).case.grade is grade


@pytest.mark.parametrize("kind", FraudType)
async def test_fraud_types_are_understood_by_code_and_by_title(centre: Centre, kind: FraudType) -> None:
    by_code = await take(centre, {**GOOD, "fraud_type": kind.value})
    by_title = await take(centre, {**GOOD, "fraud_type": kind.chinese})

    (first, second) = (await centre.story(by_code.case_id)).alerts
    assert by_code.case_id == by_title.case_id
    assert (first.fraud_type, second.fraud_type) == (kind, kind)


@pytest.mark.parametrize(
    ("body", "reason", "field", "advice"),
    [
        (b"{", "not_json", "", "UTF-8"),
        (b"\xff\xfe\x00", "not_json", "", "UTF-8"),
        (b"[" * 100_000, "too_long", "", "8192 bytes"),
        (b"[" * 8000, "not_an_object", "", "one JSON object"),
        (b"[]", "not_an_object", "", "one JSON object"),
        ({"grade": "高", "fraud_type": "generic"}, "missing_field", "number", "needed"),
        ({"number": NUMBER, "fraud_type": "generic"}, "missing_field", "grade", "needed"),
        ({**GOOD, "number": 13800138000}, "wrong_value", "number", "quotes"),
        ({**GOOD, "sum_yuan": "99万"}, "wrong_value", "sum_yuan", "whole yuan"),
        ({**GOOD, "sum_yuan": -1}, "wrong_value", "sum_yuan", "whole yuan"),
        ({**GOOD, "facts": {"a": 1}}, "wrong_value", "facts", "texts"),
        ({**GOOD, "occurred_at": "yesterday"}, "wrong_value", "occurred_at", "+08:00"),
        ({**GOOD, "v": 2}, "wrong_value", "v", "version 1"),
        ({**GOOD, "grade": "甚高"}, "unknown_grade", "grade", "did you mean '高'?"),
        ({**GOOD, "grade": "13800138000"}, "unknown_grade", "grade", "特急 高 中 低"),
        ({**GOOD, "fraud_type": "flight_refnud"}, "unknown_fraud_type", "fraud_type", "did you mean 'flight_refund'?"),
        ({**GOOD, "fraud_type": "机票退改"}, "unknown_fraud_type", "fraud_type", "did you mean '机票退改签'?"),
        ({**GOOD, "number": "110"}, "emergency_number", "number", "never rung"),
        ({**GOOD, "number": "+1 212 555 0100"}, "foreign_number", "number", "officer"),
        ({**GOOD, "id": f"alert-{NUMBER}"}, "number_in_id", "id", "leave the telephone number out"),
        ({**GOOD, "id": "x" * 201}, "wrong_value", "id", "not too long"),
        ({**GOOD, "surname": "x" * 21}, "wrong_value", "surname", "not too long"),
    ],
)
async def test_a_bad_alert_is_kept_with_its_reason_and_nothing_of_it_is_repeated(
    centre: Centre, body: object, reason: str, field: str, advice: str
) -> None:
    answer = await take(centre, body)

    assert (answer.accepted, answer.reason, answer.field, answer.case_id) == (False, reason, field, "")
    assert advice in answer.advice
    assert NUMBER not in repr(answer)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    (kept,) = await centre.storage.views.rejected_alerts(9)
    assert (kept.id, kept.reason, kept.where, kept.advice) == (answer.alert_id, reason, field, answer.advice)
    assert kept.body_sha256 == hashlib.sha256(raw).hexdigest()
    assert len(kept.body) <= KEPT_BYTES
    assert await centre.storage.views.cases(9) == []
    assert await centre.told() == []


async def test_a_rejected_alert_keeps_its_name_and_may_come_again_in_order(centre: Centre) -> None:
    refused = await take(centre, {**GOOD, "id": "a-1", "grade": "?"})
    (kept,) = await centre.storage.views.rejected_alerts(9)
    mended = await take(centre, {**GOOD, "id": "a-1"})

    assert (refused.accepted, kept.external_id, mended.accepted, mended.folded) == (False, "a-1", True, False)


async def test_fields_of_tomorrow_are_no_obstacle_and_the_body_is_kept(centre: Centre) -> None:
    body = {**GOOD, "colour": "red", "surname": " 王 ", "occurred_at": "2026-11-22T13:34:03+08:00"}
    answer = await take(centre, body)

    (alert,) = (await centre.story(answer.case_id)).alerts
    assert alert.surname == "王"
    assert json.loads(alert.body) == body
    assert alert.occurred_at is not None


@pytest.mark.parametrize(
    ("word", "group"), [("老人", "elder"), ("学生", "minor"), ("finance", "finance"), ("藏语", "tibetan")]
)
async def test_a_source_may_say_whom_the_script_speaks_to_otherwise(centre: Centre, word: str, group: str) -> None:
    answer = await take(centre, {**GOOD, "group": word})

    (alert,) = (await centre.story(answer.case_id)).alerts
    assert alert.facts == {"group": group}


async def test_a_group_that_nobody_knows_is_refused_with_a_hint(centre: Centre) -> None:
    refused = await take(centre, {**GOOD, "group": "elders"})

    assert (refused.reason, refused.field, refused.advice) == ("unknown_group", "group", "did you mean 'elder'?")


@pytest.mark.parametrize(
    ("field", "wrong"), [("grade", "很高"), ("group", "elders"), ("sum_yuan", -1), ("number", 138)]
)
def test_the_schema_refuses_what_the_door_would_refuse(field: str, wrong: object) -> None:
    told = Draft202012Validator(schema())

    assert told.is_valid({**GOOD, "group": "老人", "sum_yuan": 990000})
    assert not told.is_valid({**GOOD, field: wrong})


class OneOfOurOwn:
    """A centre that has published a script for 快递理赔."""

    async def own_types(self) -> Mapping[str, str]:
        return {"parcel": "parcel", "快递理赔": "parcel"}


@pytest.mark.parametrize("written", ["parcel", " Parcel ", "快递理赔"])
async def test_a_fraud_type_of_our_own_is_generic_and_names_its_script(centre: Centre, written: str) -> None:
    intake = Intake(centre.runner, DialPlan(), centre.clock, OneOfOurOwn())

    answer = await intake.take(json.dumps({**GOOD, "fraud_type": written}).encode(), "test")

    [alert] = (await centre.story(answer.case_id)).alerts
    assert (alert.fraud_type, alert.facts["script"]) == (FraudType.GENERIC, "parcel")


async def test_a_typo_is_compared_with_the_types_of_our_own_too(centre: Centre) -> None:
    intake = Intake(centre.runner, DialPlan(), centre.clock, OneOfOurOwn())

    answer = await intake.take(json.dumps({**GOOD, "fraud_type": "parcle"}).encode(), "test")

    assert (answer.reason, answer.advice) == ("unknown_fraud_type", "did you mean 'parcel'?")


async def test_no_source_chooses_a_script_by_a_fact(centre: Centre) -> None:
    answer = await take(centre, {**GOOD, "fraud_type": "generic", "facts": {"script": "intents", "app": "某某"}})

    [alert] = (await centre.story(answer.case_id)).alerts
    assert alert.facts == {"app": "某某"}
