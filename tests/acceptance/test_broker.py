"""Alerts from a real broker, calls to a real far end: mosquitto's own clients and SIPp, none of it written here."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.daemon import Daemon
from tests.mosquitto import Mosquitto
from tests.mqttclients import Message, Subscriber, mosquitto_pub, mosquitto_rr, mosquitto_sub, remember
from tests.sipp import Sipp, header, sipp, until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

ALERTS = "quanzu/alerts"
BUSY: dict[str, Any] = {"status": 486, "header": "Reason: Q.850;cause=17"}
LIMIT = 65536


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre that works: broker, daemon, a telephone that is always busy, and somebody who reads all news."""

    broker: Mosquitto
    daemon: Daemon
    peer: Sipp
    news: Subscriber

    async def send(self, body: dict[str, Any], *properties: str) -> None:
        await mosquitto_pub(self.broker, ALERTS, json.dumps(body, ensure_ascii=False).encode(), *properties)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Centre]:
    folder = tmp_path_factory.mktemp("centre")
    async with (
        Mosquitto(folder) as broker,
        sipp("refuse", folder, **BUSY) as peer,
        mosquitto_sub(broker, "quanzu/#") as news,
        Daemon(folder, trunk=f"127.0.0.1:{peer.port}", mqtt={"url": broker.url}) as daemon,
    ):
        await news.first("/daemon/status", lambda message: message.told["up"])
        yield Centre(broker, daemon, peer, news)


def alert(number: str, **more: Any) -> dict[str, Any]:
    return {"v": 1, "number": number, "grade": "高", "fraud_type": "flight_refund", **more}


# --- accepted


async def test_one_published_alert_rings_the_telephone_and_its_outcome_is_published(tmp_path: Path) -> None:
    async with (
        Mosquitto(tmp_path) as broker,
        sipp("answer_then_bye", tmp_path, talk_ms=1500) as peer,
        mosquitto_sub(broker, "quanzu/#") as news,
        Daemon(tmp_path, trunk=f"127.0.0.1:{peer.port}", mqtt={"url": broker.url}) as daemon,
    ):
        await news.first("/daemon/status", lambda message: message.told["up"])
        await mosquitto_pub(broker, ALERTS, json.dumps(alert("13800138000", id="A-17")).encode())
        ended = await news.first("/attempt_ended")
        [attempt] = daemon.rows("SELECT * FROM attempts WHERE state = 'ended'")
        [call_id] = peer.call_ids()
        invite = peer.messages("INVITE ")[0]
        assert invite.startswith("INVITE sip:13800138000@127.0.0.1")
        assert "<sip:96110@" in header(invite, "From")
        assert call_id == attempt["call_id"]
        told = ended.told
        assert ended.topic == f"quanzu/cases/{attempt['case_id']}/attempt_ended"
        assert told["kind"] == "attempt_ended"
        assert told["facts"]["outcome"] == attempt["outcome"] != ""
        assert told["facts"]["alerts"] == [{"source": "mqtt", "id": "A-17"}]
        order = [message.topic.rsplit("/", 1)[-1] for message in news.messages if "/cases/" in message.topic]
        assert order[:3] == ["case_opened", "attempt_due", "attempt_ended"]
        _nothing_about(news, "13800138000")


async def test_who_asks_for_an_answer_is_told_which_case_it_became(centre: Centre) -> None:
    answer = await mosquitto_rr(centre.broker, ALERTS, "answers/1", json.dumps(alert("13800138001")))
    assert answer["accepted"] is True
    assert answer["case"] in [row["id"] for row in centre.daemon.rows("SELECT id FROM cases")]
    outcome = await centre.news.first(f"{answer['case']}/attempt_ended")
    assert outcome.told["facts"]["outcome"] == "busy"


async def test_the_same_alert_twice_is_one_case_and_one_call(centre: Centre) -> None:
    body = alert("13800138002", id="twice")
    before = len(centre.peer.call_ids())
    first = await mosquitto_rr(centre.broker, ALERTS, "answers/2", json.dumps(body))
    await centre.news.first(f"{first['case']}/attempt_ended")
    second = await mosquitto_rr(centre.broker, ALERTS, "answers/2", json.dumps(body))
    assert (second["case"], second["folded"]) == (first["case"], True)
    assert len(centre.peer.call_ids()) == before + 1


async def test_the_topic_tells_the_source(centre: Centre) -> None:
    body = json.dumps(alert("13800138003", id="B-1")).encode()
    await mosquitto_pub(centre.broker, f"{ALERTS}/from/ministry", body)
    opened = await centre.news.first("/case_opened", lambda m: "B-1" in m.payload)
    assert opened.told["facts"]["alerts"] == [{"source": "ministry", "id": "B-1"}]
    await centre.news.first(f"{opened.told['case']}/attempt_ended")


# --- rejected

REJECTED = [
    pytest.param(alert("1380013800"), "not_assigned", "number", id="a number with a digit missing"),
    pytest.param(alert("call me"), "not_a_number", "number", id="a number that is words"),
    pytest.param(alert("110"), "emergency_number", "number", id="an emergency number"),
    pytest.param(alert("0891 110"), "emergency_number", "number", id="an emergency number behind an area code"),
    pytest.param(alert("0891 1234567"), "not_assigned", "number", id="a landline that does not exist"),
    pytest.param(alert("96110"), "short_number", "number", id="our own short number"),
    pytest.param(alert("95588"), "short_number", "number", id="a bank's short number"),
    pytest.param(alert("+12025550123"), "foreign_number", "number", id="a foreign number"),
    pytest.param(alert("16899123"), "premium_number", "number", id="a premium number"),
    pytest.param(alert("4008123123"), "service_number", "number", id="a service number"),
    pytest.param(alert("13800138009", fraud_type="flight_refnd"), "unknown_fraud_type", "fraud_type", id="fraud type"),
    pytest.param(alert("13800138009", grade="critcal"), "unknown_grade", "grade", id="grade"),
    pytest.param({"v": 1, "grade": "高", "fraud_type": "flight_refund"}, "missing_field", "number", id="missing field"),
    pytest.param(alert("13800138009", v=2), "wrong_value", "v", id="another version"),
    pytest.param(alert("13800138009", id="case-13800138009"), "number_in_id", "id", id="a number in the id"),
    pytest.param('{"number": "13800138009", ', "not_json", "", id="invalid JSON"),
    pytest.param("[]", "not_an_object", "", id="no object"),
    pytest.param(json.dumps(alert("13800138009", note="x" * LIMIT)), "too_long", "", id="oversized body"),
]


@pytest.mark.parametrize(("body", "reason", "field"), REJECTED)
async def test_a_bad_alert_is_kept_answered_and_never_rung(centre: Centre, body: Any, reason: str, field: str) -> None:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    rung = len(centre.peer.call_ids())
    attempts = centre.daemon.rows("SELECT count(*) AS n FROM attempts")
    await mosquitto_pub(centre.broker, ALERTS, text.encode())
    told = (await centre.news.first("/alerts/rejected", lambda message: sha256 in message.payload)).told
    assert (told["accepted"], told["reason"], told["field"]) == (False, reason, field)
    assert told["advice"]
    [kept] = centre.daemon.rows("SELECT * FROM alerts WHERE body_sha256 = ?", sha256)
    assert (kept["state"], kept["reason"], kept["advice"]) == ("rejected", reason, told["advice"])
    assert kept["id"] == told["alert"]
    assert kept["body"] == text[:8192]
    assert kept["case_id"] is None
    assert centre.daemon.rows("SELECT count(*) AS n FROM attempts") == attempts
    assert len(centre.peer.call_ids()) == rung
    assert centre.daemon.runs()


async def test_a_typo_is_answered_with_what_was_meant(centre: Centre) -> None:
    for wrong, meant in (({"fraud_type": "flight_refnd"}, "flight_refund"), ({"grade": "critcal"}, "critical")):
        body = json.dumps(alert("13800138010", **wrong))
        answer = await mosquitto_rr(centre.broker, ALERTS, "answers/3", body)
        assert answer["advice"] == f"did you mean '{meant}'?"


async def test_a_rejection_goes_to_the_response_topic_alone_when_there_is_one(centre: Centre) -> None:
    body = json.dumps(alert("112", id="C-1"))
    answer = await mosquitto_rr(centre.broker, ALERTS, "answers/4", body)
    assert answer["reason"] == "emergency_number"
    await centre.send(alert("119", id="C-2"))
    last = await centre.news.first("/alerts/rejected", lambda message: _sha(alert("119", id="C-2")) in message.payload)
    assert last is centre.news.of("/alerts/rejected")[-1]
    assert hashlib.sha256(body.encode()).hexdigest() not in "".join(m.payload for m in centre.news.messages)


async def test_a_response_topic_that_nobody_may_publish_to_does_not_stop_the_daemon(centre: Centre) -> None:
    await centre.send(alert("120", id="D-1"), "-D", "publish", "response-topic", "$SYS/broker/uptime")
    told = await centre.news.first("/alerts/rejected", lambda m: _sha(alert("120", id="D-1")) in m.payload)
    assert told.told["reason"] == "emergency_number"


async def test_after_all_that_a_good_alert_is_rung(centre: Centre) -> None:
    answer = await mosquitto_rr(centre.broker, ALERTS, "answers/5", json.dumps(alert("13800138011")))
    await centre.news.first(f"{answer['case']}/attempt_ended")
    dialled = centre.daemon.rows("SELECT * FROM attempts WHERE dialled_at IS NOT NULL")
    assert sorted(centre.peer.call_ids()) == sorted(attempt["call_id"] for attempt in dialled)
    rung = {invite.removeprefix("INVITE sip:").split("@")[0] for invite in centre.peer.messages("INVITE ")}
    assert rung == {attempt["number"] for attempt in dialled}


async def test_no_topic_and_no_news_and_no_line_of_the_log_holds_a_number(centre: Centre) -> None:
    numbers = {row["number"] for row in centre.daemon.rows("SELECT number FROM numbers")}
    assert len(numbers) >= 2
    for number in numbers | {"13800138009", "12025550123"}:
        _nothing_about(centre.news, number)
        assert number not in centre.daemon.log_text()


# --- the broker comes and goes


async def test_without_its_broker_the_daemon_rings_and_tells_the_news_when_it_comes(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path)
    await broker.start()
    session = await remember(broker, "quanzu/cases/#", "reader")
    await broker.stop()
    async with (
        sipp("refuse", tmp_path, **BUSY) as peer,
        Daemon(tmp_path, trunk=f"127.0.0.1:{peer.port}", mqtt={"url": broker.url}) as daemon,
    ):
        lost = await daemon.logged("broker lost, trying again")
        assert "check mqtt.url" in lost["advice"]
        case = await daemon.alert("13800138000")
        await daemon.until_rows("SELECT 1 FROM attempts WHERE outcome = 'busy'")
        assert len(peer.call_ids()) == 1
        assert daemon.rows("SELECT 1 FROM outbox WHERE published_at IS NOT NULL") == []
        async with broker, mosquitto_sub(broker, "quanzu/cases/#", *session) as news:
            await news.first("/danger_noted", seconds=30)
            kinds = [message.topic.removeprefix(f"quanzu/cases/{case}/") for message in news.messages]
            assert list(dict.fromkeys(kinds))[:4] == ["case_opened", "attempt_due", "attempt_ended", "danger_noted"]
            await until(lambda: not daemon.rows("SELECT 1 FROM outbox WHERE published_at IS NULL"))
        assert (
            len(daemon.events("broker lost, trying again")) <= 2
        )  # said once when it was away, once when it left again


async def test_an_alert_that_came_while_the_daemon_was_away_waits_at_the_broker(tmp_path: Path) -> None:
    async with (
        Mosquitto(tmp_path) as broker,
        sipp("refuse", tmp_path, **BUSY) as peer,
        mosquitto_sub(broker, "quanzu/#") as news,
    ):
        daemon = Daemon(tmp_path, trunk=f"127.0.0.1:{peer.port}", mqtt={"url": broker.url})
        async with daemon:
            await news.first("/daemon/status", lambda message: message.told["up"])
        await news.first("/daemon/status", lambda message: not message.told["up"])
        await mosquitto_pub(broker, ALERTS, json.dumps(alert("13800138000", id="late")).encode())
        async with daemon:
            ended = await news.first("/attempt_ended")
            assert ended.told["facts"]["alerts"] == [{"source": "mqtt", "id": "late"}]
        assert len(peer.call_ids()) == 1


def _sha(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()


def _nothing_about(news: Subscriber, number: str) -> None:
    seen: list[Message] = [
        m for m in news.messages if m.topic.startswith(("quanzu/cases/", "quanzu/daemon/", "quanzu/alerts/rejected"))
    ]
    assert seen
    assert not [message for message in seen if number in message.topic or number in message.payload]
