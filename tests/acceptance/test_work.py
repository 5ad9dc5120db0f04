"""A visit from its order to the end of the case, and an SMS there and back: real daemon, real broker, real SIP, the real command line."""

import json
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.daemon import Daemon
from tests.mosquitto import Mosquitto
from tests.mqttclients import Subscriber, mosquitto_pub, mosquitto_sub
from tests.sipp import sipp, until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

NUMBER, VACANT = "13800138000", {"status": 404, "header": "Reason: Q.850;cause=1"}
OFFICERS: list[Any] = [
    {"id": "8001", "name": "值班民警", "uri": "sip:8001@127.0.0.1:9", "may_order_stop_payment": True},
    {"id": "8002", "name": "带班领导", "uri": "sip:8002@127.0.0.1:9", "may_order_stop_payment": True},
]


@dataclass(frozen=True, slots=True)
class Town:
    """A centre whose one citizen cannot be reached, and all that its broker carries."""

    broker: Mosquitto
    daemon: Daemon
    heard: Subscriber
    case: str

    async def work(self, *words: str) -> str:
        ran = await self.daemon.quanzu("work", *words)
        assert ran.code == 0, ran.err
        return ran.out

    def item(self, kind: str) -> dict[str, Any]:
        [row] = self.daemon.rows("SELECT * FROM work_items WHERE kind = ? ORDER BY id DESC LIMIT 1", kind)
        return row


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("town")
    async with (
        Mosquitto(folder) as broker,
        sipp("refuse", folder, **VACANT) as peer,
        mosquitto_sub(broker, "quanzu/#") as heard,
    ):
        daemon = Daemon(
            folder,
            trunk=f"127.0.0.1:{peer.port}",
            mqtt={"url": broker.url},
            sms={"gateway": True, "retry_seconds": 2},
            officers=OFFICERS,
        )
        shutil.copytree(prompts, daemon.data / "prompts")
        async with daemon:
            await heard.first("/daemon/status", lambda message: message.told["up"])
            case = await daemon.alert(NUMBER, grade="特急")
            await peer.invited(1, seconds=30)
            await heard.first("/attempt_ended", seconds=30)
            yield Town(broker, daemon, heard, case)


async def test_an_sms_is_sent_again_until_its_receipt_comes_and_both_are_on_the_case(town: Town) -> None:
    first = await town.heard.first("/sms/send", seconds=20)
    await until(lambda: len(town.heard.of("/sms/send")) >= 2, 20)
    told = first.told
    assert (told["number"], told["flash"]) == (NUMBER, True)
    assert told["text"].startswith("【拉萨市反诈骗中心】")
    assert "96110" in told["text"]
    assert {message.told["id"] for message in town.heard.of("/sms/send")} == {told["id"]}

    for state in ("accepted", "delivered", "delivered"):
        receipt = json.dumps({"version": 1, "id": told["id"], "state": state, "code": "0"}).encode()
        await mosquitto_pub(town.broker, "quanzu/sms/receipts", receipt)
    done = await town.heard.first("/sms_told", lambda message: message.told["facts"]["state"] == "delivered")
    assert done.told["case"] == town.case
    [row] = town.daemon.rows("SELECT state, code, tries FROM sms")
    assert (row["state"], row["code"]) == ("delivered", "0")
    told_again = [message for message in town.heard.of("/sms_told") if message.told["facts"]["state"] == "delivered"]
    assert len(told_again) == 1


async def test_a_visit_from_its_order_to_the_end_of_the_case(town: Town) -> None:
    await town.heard.first("/work_wanted", lambda message: message.told["facts"]["work"] == "visit")
    listed = await town.work("list", "--open")
    assert "见面劝阻 visit" in listed
    assert "…8000" in listed
    visit = town.item("visit")["id"]
    refused = await town.daemon.quanzu("work", "arrive", visit[-8:], "--by", "8001")
    assert (refused.code, "accept it first" in refused.err) == (1, True)

    await town.work("accept", visit[-8:], "--by", "8001")
    assert visit[-8:] in await town.work("list", "--mine", "8001")
    await town.work("arrive", visit[-8:], "--by", "8001")
    shown = await town.work("show", visit[-8:])
    assert "已到达 arrived 8001" in shown
    await town.work("finish", visit[-8:], "--by", "8001", "--result", "dissuaded", "--note", "本人在家")

    [case] = town.daemon.rows("SELECT state FROM cases WHERE id = ?", town.case)
    assert case["state"] == "closed"
    assert not town.daemon.rows("SELECT 1 FROM attempts WHERE state = 'due'")
    closed = await town.heard.first("/case_closed")
    assert closed.told["facts"]["why"] == "visit: dissuaded, by 8001"
    moved = [message.told["facts"]["verb"] for message in town.heard.of("/work_moved")]
    assert moved[:2] == ["accept", "arrive"]
    done = (await town.heard.first("/work_done")).told["facts"]
    assert (done["work"], done["result"]) == ("visit", "dissuaded")

    figures = await town.daemon.quanzu("kpi")
    assert "见面率" in figures.out
    assert figures.out.count("100.0%  1/1") >= 4  # met and met in time, in the row of 特急 and in that of all
    for_programs = json.loads((await town.daemon.quanzu("kpi", "--by", "source", "--json")).out)
    assert list(for_programs["rows"]) == ["manual"]
    assert for_programs["rows"]["manual"]["rates"]["met"] == {"hits": 1, "of": 1, "share": 1.0}


async def test_a_stop_payment_takes_two_officers_and_is_carried_nowhere(town: Town) -> None:
    case = await town.daemon.alert("13900139000", "--sum", "990000", grade="高")
    asked = await town.work("want", "stop_payment", case, "--by", "8001")
    assert "对方账号 their_account" in asked
    stop = town.item("stop_payment")["id"]
    unknown = await town.daemon.quanzu("work", "order-stop-payment", stop, "--by", "8003")
    assert "not_authorised" in unknown.err
    await town.work("order-stop-payment", stop, "--by", "8001")
    assert "待复核 asked" in await town.work("show", stop)
    ordered = await town.work("second", stop, "--by", "8002")
    assert "runs out" in ordered

    await town.heard.first("/work_moved", lambda message: message.told["facts"]["verb"] == "second")
    carried = "".join(message.payload for message in town.heard.messages if "/sms/send" not in message.topic)
    assert "990000" not in carried
    ran = await town.daemon.quanzu("close", case, "--by", "8001", "--why", "演练结束")
    assert "closed" in ran.out


async def test_numbers_are_on_the_gateways_topic_and_nowhere_else(town: Town) -> None:
    others = [message for message in town.heard.messages if not message.topic.endswith("/sms/send")]
    assert others
    assert not [message for message in others if re.search(r"1[39]\d{9}", message.payload + message.topic)]
    log = town.daemon.log_text()
    assert NUMBER not in log
    assert "本人在家" not in log
