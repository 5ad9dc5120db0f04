"""All trunks are ill, then one is well again: real daemon, real broker, real SIP. Nobody waits silently, and everybody is rung once."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from tests.daemon import Daemon
from tests.mosquitto import Mosquitto
from tests.mqttclients import mosquitto_sub
from tests.sipp import sipp, until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]

NUMBER, OTHER = "13800138000", "13900139000"
SHORT = {
    "特急": {"ring_within_seconds": 6, "officer_call_within_seconds": 120},
    "低": {"ring_within_seconds": 600, "shed_to_sms_after_seconds": 4},
}


async def test_while_no_trunk_is_well_the_person_gets_an_sms_and_an_officer_the_work_and_then_he_is_rung_once(
    tmp_path: Path, prompts: Path
) -> None:
    shutil.copytree(prompts, tmp_path / "var" / "prompts")
    async with (
        Mosquitto(tmp_path) as broker,
        mosquitto_sub(broker, "quanzu/#") as heard,
        sipp("refuse", tmp_path, status=503, header="X-None: 0") as ill,
        Daemon(
            tmp_path,
            trunk=f"127.0.0.1:{ill.port}",
            mqtt={"url": broker.url},
            sms={"gateway": True},
            **{f'grades."{grade}"': rules for grade, rules in SHORT.items()},
        ) as daemon,
    ):
        await heard.first("/daemon/status", lambda message: message.told["up"])
        case = await daemon.alert(NUMBER, grade="特急")
        sms = await heard.first("/sms/send", seconds=30)
        assert sms.told["flash"]
        assert "96110" in sms.told["text"]
        work = await heard.first("/work_wanted", lambda message: message.told["facts"]["work"] == "officer_call")
        assert (work.told["case"], work.told["facts"]["reason"]) == (case, "robot_cannot_ring")
        degraded = await heard.first("/daemon/robot_degraded")
        assert degraded.told["facts"]["late"] == 1
        status = await daemon.quanzu("status")
        assert (status.code, "degraded" in status.out) == (1, True)
        assert not daemon.rows("SELECT 1 FROM attempts WHERE rang = 'yes'")

        await daemon.stop()  # and it is not told again by the daemon that comes after it
        trunks = daemon.settings.read_text().replace(str(ill.port), "{port}")
        async with sipp("refuse", tmp_path, status=486, header="Reason: Q.850;cause=17") as well:
            daemon.settings.write_text(trunks.replace("{port}", str(well.port)))
            await daemon.start()
            await daemon.until_rows("SELECT 1 FROM attempts WHERE outcome = 'busy'", seconds=60)
            await heard.first("/daemon/robot_healed", seconds=60)
            assert len(well.call_ids()) == 1
        assert len(daemon.rows("SELECT 1 FROM sms WHERE occasion = 'robot_cannot_ring'")) == 1
        assert len(heard.of("/daemon/robot_degraded")) == 1
        assert len(daemon.events("people are not rung in time, they get SMS and officers")) == 1
        others = [message for message in heard.messages if not message.topic.endswith("/sms/send")]
        assert not [message for message in others if re.search(r"1[39]\d{9}", message.payload + message.topic)]


async def test_a_low_case_that_finds_no_line_is_told_by_sms_and_its_audit_says_that_nothing_rang(
    tmp_path: Path, prompts: Path
) -> None:
    shutil.copytree(prompts, tmp_path / "var" / "prompts")
    async with (
        Mosquitto(tmp_path) as broker,
        mosquitto_sub(broker, "quanzu/#") as heard,
        sipp("ring", tmp_path) as peer,
        Daemon(
            tmp_path,
            trunk=f"127.0.0.1:{peer.port}",
            mqtt={"url": broker.url},
            sms={"gateway": True},
            workers={"warm": 1, "most": 2, "kept_for_critical": 1},
            **{f'grades."{grade}"': rules for grade, rules in SHORT.items()},
        ) as daemon,
    ):
        await heard.first("/daemon/status", lambda message: message.told["up"])
        first, second = await daemon.alert(NUMBER, grade="低"), await daemon.alert(OTHER, grade="低")
        await peer.invited(1, seconds=30)
        told = await heard.first("/sms_wanted", seconds=30)
        assert told.told["facts"]["occasion"] == "robot_cannot_ring"
        [shed] = {first, second} & {told.told["case"]}

        audit = await daemon.quanzu("audit", shed)
        assert "attempt_shed" in audit.out
        assert "never rang" in audit.out
        await daemon.alert("13700137000", grade="特急")  # the line that was kept
        await until(lambda: len(peer.call_ids()) == 2, 30)
        await asyncio.sleep(0)
        assert not daemon.rows("SELECT 1 FROM attempts WHERE urgency = 0 AND outcome = 'shed'")
