"""The promises of `dialer.bus.port.Bus`, kept by both holders: within the process and over a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from dialer.bus.broker import InProcessBus, MqttBus
from dialer.bus.link import Broker
from dialer.bus.port import Answer, Bus, Take
from dialer.bus.topics import Topics
from dialer.domain.sms import SmsState
from dialer.errors import StorageDown
from dialer.ports.work import Receipt
from tests.mosquitto import Mosquitto

pytestmark = pytest.mark.contract

TOPICS = Topics("quanzu")
News = asyncio.Queue[tuple[str, dict[str, Any]]]


class World(Protocol):
    """A bus and somebody at its other end."""

    bus: Bus
    news: News

    async def submit(self, body: bytes) -> dict[str, Any]:
        """Send an alert and return what its sender is answered."""


class WithinProcess:
    """The other end is in this process."""

    def __init__(self, bus: InProcessBus) -> None:
        self.bus = bus
        self.news: News = asyncio.Queue()

    async def submit(self, body: bytes) -> dict[str, Any]:
        answer = await self.bus.submit(body, "mqtt")
        return {"accepted": answer.accepted, "reason": answer.reason, "alert": answer.alert_id}

    async def listen(self) -> None:
        with self.bus.subscribe() as subscription:
            async for each in subscription:
                self.news.put_nowait((each.topic, json.loads(each.payload)))


class OverBroker:
    """The other end is a foreign MQTT client."""

    def __init__(self, bus: MqttBus, client: Any) -> None:
        self.bus = bus
        self.news: News = asyncio.Queue()
        self._client = client
        self._answers: dict[bytes, asyncio.Future[dict[str, Any]]] = {}

    async def submit(self, body: bytes) -> dict[str, Any]:
        properties = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic = "sources/answers"
        properties.CorrelationData = f"{len(self._answers)}".encode()
        answered = asyncio.get_running_loop().create_future()
        self._answers[properties.CorrelationData] = answered
        await self._client.publish(TOPICS.alerts, body, qos=1, properties=properties)
        return await asyncio.wait_for(answered, 10)

    async def listen(self) -> None:
        async for message in self._client.messages:
            payload = json.loads(message.payload)
            if str(message.topic) == "sources/answers":
                self._answers[message.properties.CorrelationData].set_result(payload)
            else:
                self.news.put_nowait((str(message.topic), payload))


@asynccontextmanager
async def running(task: Awaitable[None]) -> AsyncIterator[None]:
    standing = asyncio.ensure_future(task)
    try:
        yield
    finally:
        standing.cancel()
        with suppress(asyncio.CancelledError):
            await standing


@asynccontextmanager
async def within_process(take: Take, _directory: Path) -> AsyncIterator[World]:
    bus = InProcessBus()
    world = WithinProcess(bus)
    async with running(bus.run(take)), running(world.listen()):
        await asyncio.sleep(0)  # both have begun
        yield world


@asynccontextmanager
async def over_broker(take: Take, directory: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        mosquitto = await stack.enter_async_context(Mosquitto(directory))
        client = await stack.enter_async_context(mosquitto.client())
        await client.subscribe([("sources/answers", 1), ("quanzu/cases/#", 1), (TOPICS.status, 1)])
        bus = MqttBus(Broker.at(mosquitto.url, client_id="quanzu-test", session_expiry_seconds=60), TOPICS)
        world = OverBroker(bus, client)
        await stack.enter_async_context(running(world.listen()))
        await stack.enter_async_context(running(bus.run(take)))
        async with asyncio.timeout(10):
            while (await world.news.get())[0] != TOPICS.status:
                pass
        yield world


@pytest.fixture(params=[within_process, over_broker], ids=["within the process", "over a broker"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Take], Any]:
    return lambda take: request.param(take, tmp_path)


async def told(world: World, topic: str) -> dict[str, Any]:
    """The next news on this topic."""
    async with asyncio.timeout(10):
        while True:
            where, what = await world.news.get()
            if where == topic:
                return what


async def test_an_alert_is_taken_with_its_source_and_its_sender_is_answered(opened: Callable[[Take], Any]) -> None:
    came: list[tuple[bytes, str]] = []

    async def take(body: bytes, source: str) -> Answer:
        came.append((body, source))
        return Answer(accepted=True, alert_id="a1", case_id="c1")

    async with opened(take) as world:
        answer = await world.submit(b'{"grade": "\xe9\xab\x98"}')
    assert came == [(b'{"grade": "\xe9\xab\x98"}', "mqtt")]
    assert answer["accepted"] is True
    assert answer["alert"] == "a1"


async def test_a_rejection_tells_the_sender_why(opened: Callable[[Take], Any]) -> None:
    async def take(_body: bytes, _source: str) -> Answer:
        return Answer(accepted=False, reason="not_json", advice="send one JSON object")

    async with opened(take) as world:
        assert (await world.submit(b"{{{"))["reason"] == "not_json"


async def test_alerts_are_taken_one_after_the_other_in_their_order(opened: Callable[[Take], Any]) -> None:
    at_once = 0
    order: list[bytes] = []

    async def take(body: bytes, _source: str) -> Answer:
        nonlocal at_once
        at_once += 1
        assert at_once == 1
        await asyncio.sleep(0)
        order.append(body)
        at_once -= 1
        return Answer(accepted=True)

    bodies = [str(n).encode() for n in range(20)]
    async with opened(take) as world:
        await asyncio.gather(*(world.submit(body) for body in bodies))
    assert order == bodies


async def test_an_alert_waits_until_what_ails_us_is_healed(opened: Callable[[Take], Any]) -> None:
    calls = 0

    async def take(_body: bytes, _source: str) -> Answer:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise StorageDown
        return Answer(accepted=True)

    async with opened(take) as world:
        assert (await world.submit(b"{}"))["accepted"] is True
    assert calls == 2


async def test_news_reach_a_listener_in_order(opened: Callable[[Take], Any]) -> None:
    async def take(_body: bytes, _source: str) -> Answer:
        raise AssertionError("no alert was sent")

    topic = TOPICS.of_case("c1", "attempt_ended")
    async with opened(take) as world:
        for number in range(5):
            await world.bus.publish(topic, json.dumps({"id": number}).encode())
        assert [(await told(world, topic))["id"] for _ in range(5)] == [0, 1, 2, 3, 4]


async def test_a_large_body_is_taken_and_those_behind_it_too(opened: Callable[[Take], Any]) -> None:
    lengths: list[int] = []

    async def take(body: bytes, _source: str) -> Answer:
        lengths.append(len(body))
        return Answer(accepted=len(body) < 1000, reason="" if len(body) < 1000 else "too_long")

    async with opened(take) as world:
        assert (await world.submit(b"x" * 1_000_000))["reason"] == "too_long"
        assert (await world.submit(b"{}"))["accepted"] is True
    assert lengths == [1_000_000, 2]


async def test_a_receipt_of_the_sms_gateway_is_heard_after_what_ails_us_is_healed(tmp_path: Path) -> None:
    """Only over a broker: without one there is no gateway."""
    heard: list[Receipt] = []
    calls = 0

    async def take(_body: bytes, _source: str) -> Answer:
        raise AssertionError("no alert was sent")

    async def receive(receipt: Receipt) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise StorageDown
        heard.append(receipt)

    async with Mosquitto(tmp_path) as mosquitto, mosquitto.client() as client:
        await client.subscribe(TOPICS.status)
        bus = MqttBus(Broker.at(mosquitto.url, client_id="quanzu-test", session_expiry_seconds=60), TOPICS)
        async with running(bus.run(take, receive)), asyncio.timeout(20):
            await anext(aiter(client.messages))
            for body in (b"not json", b'{"id": "s1", "state": "lost"}', b'{"id": "s1", "state": "delivered"}'):
                await client.publish(TOPICS.sms_receipts, body, qos=1)
            await client.publish(TOPICS.sms_receipts, b'{"id": "s2", "state": "failed", "code": "13800138000"}', qos=1)
            while len(heard) < 2:
                await asyncio.sleep(0.02)
    assert heard == [Receipt("s1", SmsState.DELIVERED), Receipt("s2", SmsState.FAILED)]
