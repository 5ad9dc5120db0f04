"""What goes out: small, versioned, and nothing of a person in it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.bus import payloads
from dialer.bus.topics import Topics, may_answer_on
from dialer.domain.actions import Announcement
from dialer.domain.alert import FraudType
from dialer.domain.policy import Occasion
from dialer.domain.sms import Sms, SmsState
from dialer.ports import Answer, OutboxRow
from dialer.ports.work import DueSms, Receipt
from dialer.privacy import HIDDEN, scrubbed

pytestmark = pytest.mark.unit

CASE = "019a3c1f4e2173b09c5d2e8f41a6b7c0"
AT = datetime(2026, 11, 22, 21, 34, 3, 135947, timezone(timedelta(hours=8)))
CANARY = "13800138000"


def told(kind: str, facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    news = payloads.news(OutboxRow(17, kind, CASE, facts, AT), Topics("lhasa"))
    return news.topic, json.loads(news.payload)


@pytest.mark.parametrize("kind", Announcement)
def test_every_announcement_has_its_topic_under_the_case(kind: Announcement) -> None:
    topic, news = told(kind, {"outcome": "warned_promised"})
    assert topic == f"lhasa/cases/{CASE}/{kind}"
    assert not set(topic) & set("+#")
    assert news == {
        "version": 1,
        "id": 17,
        "kind": kind,
        "case": CASE,
        "at": "2026-11-22T13:34:03.135+00:00",
        "facts": {"outcome": "warned_promised"},
    }


@pytest.mark.parametrize("kind", [Announcement.ROBOT_DEGRADED, Announcement.ROBOT_HEALED])
def test_news_of_the_robot_as_a_whole_come_beside_the_daemons_status(kind: Announcement) -> None:
    news = payloads.news(OutboxRow(1, kind.value, "", {"late": 3}, AT), Topics())

    assert news.topic == f"quanzu/daemon/{kind.value}"
    assert json.loads(news.payload)["facts"] == {"late": 3}


def test_a_number_that_slipped_into_the_outbox_does_not_slip_out() -> None:
    _, news = told(
        "attempt_due", {"pii_name": "张三", "note": f"rang {CANARY}", "due_at": AT.isoformat(), "attempt": CASE}
    )
    assert news["facts"] == {"pii_name": HIDDEN, "note": "rang •••", "due_at": AT.isoformat(), "attempt": CASE}


def test_facts_that_are_too_long_do_not_block_those_behind_them() -> None:
    _, news = told("attempt_ended", {"note": "长" * 20_000})
    assert news["facts"] == {}
    assert news["facts_too_long"] is True
    assert news["id"] == 17


def test_an_answer_says_which_body_it_is_about_and_repeats_nothing_of_it() -> None:
    body = f'{{"number": "{CANARY}"}}'.encode()
    rejected = json.loads(
        payloads.answer(Answer(False, "r1", reason="no_number", field="number", advice=f"not {CANARY}"), body)
    )
    assert rejected["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert (rejected["accepted"], rejected["reason"], rejected["field"]) == (False, "no_number", "number")
    assert CANARY not in json.dumps(rejected)
    accepted = json.loads(payloads.answer(Answer(True, "a1", CASE, folded=True), body))
    assert (accepted["accepted"], accepted["case"], accepted["folded"]) == (True, CASE, True)


@pytest.mark.parametrize(
    ("topic", "source"),
    [
        ("quanzu/alerts", "mqtt"),
        ("quanzu/alerts/from/bank", "bank"),
        ("quanzu/alerts/from/13 800", "mqtt"),
        ("quanzu/alerts/from/", "mqtt"),
        ("other/alerts/from/bank", "mqtt"),
    ],
)
def test_the_source_is_read_from_the_topic(topic: str, source: str) -> None:
    assert Topics().source_of(topic) == source


@pytest.mark.parametrize(
    ("topic", "usable"),
    [("a/b", True), ("", False), ("a/+", False), ("#", False), ("$SYS/x", False), ("a" * 300, False)],
)
def test_a_strangers_topic_is_looked_at_before_it_is_used(topic: str, usable: bool) -> None:
    assert may_answer_on(topic) is usable


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.from_regex(r"\A1[3-9][0-9]{9}\Z"), st.text(max_size=3), st.text(max_size=3))
def test_wherever_a_number_hides_it_is_found(around: Any, number: str, before: str, after: str) -> None:
    hidden_in = {"x": [around, f"{before}{number}{after}", int(number), {number: around}, number.encode()]}
    assert number not in json.dumps(scrubbed(hidden_in), ensure_ascii=False)


def test_moments_and_ids_stay_readable() -> None:
    assert scrubbed("2026-11-22T13:34:03.135947+00:00") == "2026-11-22T13:34:03.135947+00:00"
    assert scrubbed(datetime(2026, 11, 22, 13, 34, 3, 135947, UTC)) == "2026-11-22T13:34:03.135+00:00"
    assert scrubbed(CASE) == CASE
    assert scrubbed("T13800138000") == "T•••"


def test_an_sms_is_the_one_thing_that_carries_a_number_and_it_goes_to_the_gateway_alone() -> None:
    sms = Sms("s1", CASE, Occasion.NOT_REACHED, flash=True, wanted_at=AT, text="【中心】先别转账")
    due = DueSms(sms, FraudType.GENERIC, CANARY)
    told = json.loads(payloads.sms(due, AT))

    assert told == {
        "version": 1,
        "id": "s1",
        "number": CANARY,
        "text": "【中心】先别转账",
        "flash": True,
        "expires_at": "2026-11-22T13:34:03.135+00:00",
    }
    assert (Topics("lhasa").sms_send, Topics("lhasa").sms_receipts) == ("lhasa/sms/send", "lhasa/sms/receipts")
    assert CANARY not in repr(due)


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        (b'{"id": "s1", "state": "accepted"}', Receipt("s1", SmsState.ACCEPTED)),
        (b'{"id": "s1", "state": "failed", "code": "UNDELIV", "more": 1}', Receipt("s1", SmsState.FAILED, "UNDELIV")),
        (b'{"id": "s1", "state": "failed", "code": "to 13800138000"}', Receipt("s1", SmsState.FAILED)),
        (b'{"id": "s1", "state": "unsendable"}', None),
        (b'{"id": "s1"}', None),
        (b"\xff", None),
        (b"[]", None),
    ],
)
def test_a_receipt_is_understood_or_left_alone(body: bytes, heard: Receipt | None) -> None:
    assert payloads.receipt(body) == heard
