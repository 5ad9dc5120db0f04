"""What a real broker does to us: it dies, it forbids, it sends rubbish; and what we must not do to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from dialer.bus.broker import MqttBus
from dialer.bus.link import Broker
from dialer.bus.outbox_pump import OutboxPump
from dialer.bus.port import Answer, Take
from dialer.bus.topics import Topics
from dialer.errors import BrokerDown
from dialer.ports import OutboxRow
from tests.mosquitto import Mosquitto

pytestmark = pytest.mark.integration

TOPICS = Topics()


class ListOutbox:
    """An outbox in memory. Keeps the promises of the stored one: by id, and what is marked does not come again."""

    def __init__(self) -> None:
        self.rows: list[OutboxRow] = []
        self.published: set[int] = set()

    def write(self, kind: str, facts: Mapping[str, Any]) -> None:
        self.rows.append(OutboxRow(len(self.rows) + 1, kind, f"case{len(self.rows)}", facts, datetime.now(UTC)))

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]:
        return [row for row in self.rows if row.id not in self.published][:limit]

    async def mark_published(self, ids: Sequence[int], now: datetime) -> None:
        assert now.tzinfo is not None
        self.published.update(ids)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


class Desk:
    """Takes alerts as intake does: keeps each body once."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.came = 0
        self.changed = asyncio.Event()

    async def take(self, body: bytes, _source: str) -> Answer:
        self.came += 1
        known = body in self.kept
        if not known:
            self.kept.append(body)
        self.changed.set()
        return Answer(accepted=True, alert_id=str(self.kept.index(body)), folded=known)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.kept) < count:
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def standing(*tasks: Awaitable[None]) -> AsyncIterator[None]:
    running = [asyncio.ensure_future(task) for task in tasks]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def bus_of(mosquitto: Mosquitto, **options: Any) -> MqttBus:
    return MqttBus(Broker.at(mosquitto.url, client_id="quanzu-test", session_expiry_seconds=600, **options), TOPICS)


async def until_up(mosquitto: Mosquitto) -> None:
    """The retained status says that the daemon is up."""
    async with mosquitto.client() as client, asyncio.timeout(20):
        await client.subscribe(TOPICS.status, qos=1)
        async for message in client.messages:
            if json.loads(message.payload)["up"]:
                return


async def send(mosquitto: Mosquitto, *bodies: bytes, topic: str = TOPICS.alerts) -> None:
    async with mosquitto.client() as client:
        for body in bodies:
            await client.publish(topic, body, qos=1)


async def test_an_alert_whose_commit_never_came_is_delivered_again(tmp_path: Path) -> None:
    """The watch over paho's private acknowledgement: acknowledged by itself, this alert would be lost."""
    in_hand = asyncio.Event()

    async def dies_before_the_commit(_body: bytes, _source: str) -> Answer:
        in_hand.set()
        return await asyncio.Future()

    desk = Desk()
    async with Mosquitto(tmp_path) as mosquitto:
        async with standing(bus_of(mosquitto).run(dies_before_the_commit)):
            await until_up(mosquitto)
            await send(mosquitto, b"first", b"second")
            await asyncio.wait_for(in_hand.wait(), 10)
        async with standing(bus_of(mosquitto).run(desk.take)):
            await desk.until(2)
        assert desk.kept == [b"first", b"second"]
        async with standing(bus_of(mosquitto).run(desk.take)):
            await until_up(mosquitto)
            await send(mosquitto, b"third")
            await desk.until(3)
    assert desk.came == 3, "what was committed has been acknowledged and does not come again"


async def test_alerts_sent_while_the_daemon_is_away_wait_for_it(tmp_path: Path) -> None:
    desk = Desk()
    async with Mosquitto(tmp_path) as mosquitto:
        async with standing(bus_of(mosquitto).run(desk.take)):
            await until_up(mosquitto)
        await send(mosquitto, *(str(n).encode() for n in range(100)))
        # mosquitto writes after it has acknowledged: what was acknowledged before the last message is on the disk.
        await send(mosquitto, b"the last one may be lost with the broker", topic="somewhere/else")
        await mosquitto.kill()
        await mosquitto.start()
        async with standing(bus_of(mosquitto).run(desk.take)):
            await desk.until(100)
    assert desk.kept == [str(n).encode() for n in range(100)]


class Listener:
    """A foreign subscriber with a standing session, that comes back after every loss."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.ready = asyncio.Event()
        self._changed = asyncio.Event()

    async def run(self, mosquitto: Mosquitto) -> None:
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 600
        while True:
            with suppress(aiomqtt.MqttError):
                async with mosquitto.client(
                    identifier="listener", clean_start=False, properties=properties, timeout=2
                ) as client:
                    await client.subscribe("quanzu/cases/#", qos=1)
                    self.ready.set()
                    async for message in client.messages:
                        self._hear(json.loads(message.payload)["id"])
            await asyncio.sleep(0.05)

    def _hear(self, number: int) -> None:
        self.heard.append(number)
        self._changed.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(set(self.heard)) < count:
                self._changed.clear()
                await self._changed.wait()


async def test_a_broker_killed_in_full_work_loses_no_alert_and_no_news(tmp_path: Path) -> None:
    desk, outbox, listener = Desk(), ListOutbox(), Listener()
    for number in range(1500):
        outbox.write("attempt_ended", {"n": number})
    async with Mosquitto(tmp_path) as mosquitto:
        bus = bus_of(mosquitto)
        pump = OutboxPump(outbox, bus, TOPICS, SystemClock())
        async with standing(listener.run(mosquitto), bus.run(desk.take)):
            await asyncio.wait_for(listener.ready.wait(), 10)
            await until_up(mosquitto)
            async with standing(pump.run()):
                for kill in range(3):
                    await send(mosquitto, *(f"{kill}.{n}".encode() for n in range(10)))
                    await listener.until(300 * (kill + 1))
                    assert len(outbox.published) < 1500, "the broker dies in the midst of it"
                    await mosquitto.kill()
                    await mosquitto.start()
                await desk.until(30)
                await listener.until(1500)
    assert sorted(desk.kept) == sorted(f"{kill}.{n}".encode() for kill in range(3) for n in range(10))
    assert list(dict.fromkeys(listener.heard)) == list(range(1, 1501)), "first heard in order, each at least once"


async def test_a_rejected_alert_without_a_response_topic_is_told_on_the_common_one(tmp_path: Path) -> None:
    async def reject(_body: bytes, _source: str) -> Answer:
        return Answer(accepted=False, reason="not_json", advice="send one JSON object, not 13800138000")

    async with Mosquitto(tmp_path) as mosquitto, standing(bus_of(mosquitto).run(reject)):
        await until_up(mosquitto)
        async with mosquitto.client() as source, asyncio.timeout(10):
            await source.subscribe(TOPICS.rejected, qos=1)
            await source.publish(TOPICS.alerts, b"{13800138000", qos=1)
            message = await anext(aiter(source.messages))
    told = json.loads(message.payload)
    assert (told["accepted"], told["reason"]) == (False, "not_json")
    assert "13800138000" not in message.payload.decode()


@pytest.mark.parametrize("topic", ["a/+/b", "#", "$SYS/x", TOPICS.alerts])
async def test_a_response_topic_that_cannot_be_used_holds_nobody_up(tmp_path: Path, topic: str) -> None:
    desk = Desk()
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic = topic
    async with Mosquitto(tmp_path) as mosquitto, standing(bus_of(mosquitto).run(desk.take)):
        await until_up(mosquitto)
        async with mosquitto.client() as source:
            with suppress(aiomqtt.MqttError):  # a broker may refuse it before we see it
                await source.publish(TOPICS.alerts, b"first", qos=1, properties=properties, timeout=2)
        await send(mosquitto, b"second")
        async with asyncio.timeout(20):
            while b"second" not in desk.kept:
                desk.changed.clear()
                await desk.changed.wait()


async def test_the_source_is_what_the_access_list_vouches_for(tmp_path: Path) -> None:
    sources: list[str] = []
    enough = asyncio.Event()

    async def take(_body: bytes, source: str) -> Answer:
        sources.append(source)
        if len(sources) == 2:
            enough.set()
        return Answer(accepted=True)

    async with Mosquitto(tmp_path) as mosquitto, standing(bus_of(mosquitto).run(take)):
        await until_up(mosquitto)
        await send(mosquitto, b"{}", topic="quanzu/alerts/from/bank-42")
        await send(mosquitto, b"{}", topic="quanzu/alerts/from/张三")
        await asyncio.wait_for(enough.wait(), 10)
    assert sources == ["bank-42", "mqtt"]


async def test_a_monstrous_body_neither_arrives_nor_ends_the_connection(tmp_path: Path) -> None:
    desk = Desk()
    async with Mosquitto(tmp_path) as mosquitto, standing(bus_of(mosquitto).run(desk.take)):
        await until_up(mosquitto)
        await send(mosquitto, b"before", b"x" * 5_000_000, b"after")
        await desk.until(2)
    assert desk.kept == [b"before", b"after"]


async def test_news_the_broker_refuses_stay_in_the_outbox(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic readwrite quanzu/daemon/#\ntopic readwrite quanzu/alerts/#\n")
    lines = "allow_anonymous true", f"acl_file {tmp_path / 'acl'}"
    async with Mosquitto(tmp_path, *lines) as mosquitto:
        bus = bus_of(mosquitto)
        async with standing(bus.run(Desk().take)):
            await until_up(mosquitto)
            with pytest.raises(BrokerDown, match="access list"):
                await bus.publish(TOPICS.of_case("c", "case_opened"), b"{}")


async def test_without_a_broker_publishing_fails_at_once_and_says_what_to_do(tmp_path: Path) -> None:
    mosquitto = Mosquitto(tmp_path)  # never started
    bus = bus_of(mosquitto, password="geheim-13800138000")
    async with standing(bus.run(Desk().take)):
        with pytest.raises(BrokerDown, match=r"check mqtt\.url") as fault:
            await bus.publish("quanzu/cases/c/case_opened", b"{}")
    assert "geheim" not in str(fault.value)


async def test_a_daemon_that_dies_is_told_as_down_by_the_broker(tmp_path: Path) -> None:
    async with Mosquitto(tmp_path) as mosquitto, mosquitto.client() as watcher:
        await watcher.subscribe(TOPICS.status, qos=1)
        bus = bus_of(mosquitto)
        async with standing(bus.run(Desk().take)), asyncio.timeout(10):
            assert json.loads((await anext(aiter(watcher.messages))).payload)["up"] is True
            assert bus._link is not None
            bus._link._paho.socket().shutdown(2)  # as if the process had died: no DISCONNECT
            assert json.loads((await anext(aiter(watcher.messages))).payload)["up"] is False


async def test_a_wrong_password_is_one_clear_line_and_no_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "passwords").write_text("")
    refused: Callable[[Take], Awaitable[None]]
    async with Mosquitto(tmp_path, "allow_anonymous false", f"password_file {tmp_path / 'passwords'}") as mosquitto:
        refused = bus_of(mosquitto, password="x").run
        async with standing(refused(Desk().take)), asyncio.timeout(10):
            while not any("not authorised" in line for line in mosquitto.log):
                await asyncio.sleep(0.02)
            while "check mqtt.url" not in (said := capsys.readouterr().out):
                await asyncio.sleep(0.02)
    assert said.count("broker lost") == 1
