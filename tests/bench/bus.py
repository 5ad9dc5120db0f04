"""The bus, with a real broker.

Alerts per second: taken one after the other, answered and acknowledged. News per second: from the outbox to the broker's PUBACK,
in order. The casebook is left out of both (a list in memory), so they bound what the bus allows.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from dialer.bus.broker import MqttBus
from dialer.bus.link import Broker
from dialer.bus.outbox_pump import OutboxPump
from dialer.bus.topics import Topics
from dialer.clock import SystemClock
from dialer.ports import Answer, OutboxRow
from tests.mosquitto import Mosquitto

COUNT = 2000
FACTS: Mapping[str, str] = {"outcome": "warned_promised", "cause": "normal", "conclusion": "promised"}


class Shelf:
    """Rows that wait to be told."""

    def __init__(self, count: int) -> None:
        self.rows = [OutboxRow(n, "attempt_ended", f"{n:032x}", FACTS, datetime.now(UTC)) for n in range(count)]

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]:
        return self.rows[:limit]

    async def mark_published(self, ids: Sequence[int], now: datetime) -> None:
        assert now.tzinfo
        del self.rows[: len(ids)]


async def measure(directory: Path) -> dict[str, float]:
    """Alerts taken and news told, per second."""
    taken, all_taken = 0, asyncio.Event()

    async def take(_body: bytes, _source: str) -> Answer:
        nonlocal taken
        taken += 1
        if taken == COUNT:
            all_taken.set()
        return Answer(accepted=True)

    topics = Topics()
    async with Mosquitto(directory) as mosquitto:
        broker = Broker.at(mosquitto.url, client_id="bench", session_expiry_seconds=60)
        bus = MqttBus(broker, topics)
        running = asyncio.create_task(bus.run(take))
        async with mosquitto.client() as client:
            await client.subscribe(topics.status, qos=1)
            await anext(aiter(client.messages))  # the daemon is up
            taken_a_second = await alerts(client, topics, all_taken)
        told_a_second = await news(bus, topics)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return {"alerts_taken_a_second": taken_a_second, "news_told_a_second": told_a_second}


async def alerts(client: object, topics: Topics, all_taken: asyncio.Event) -> float:
    begun = time.monotonic()
    for _ in range(COUNT):
        await client.publish(topics.alerts, b'{"grade": "x"}', qos=1)  # type: ignore[attr-defined]
    await all_taken.wait()
    return round(COUNT / (time.monotonic() - begun), 1)


async def news(bus: MqttBus, topics: Topics) -> float:
    begun = time.monotonic()
    await OutboxPump(Shelf(COUNT), bus, topics, SystemClock()).tell_all()
    return round(COUNT / (time.monotonic() - begun), 1)
