"""Alerts on ever new people, and again on the same ones, at a broker that is not always there."""

import asyncio
import json
from random import Random

import aiomqtt

from tests.fault.centre import WANTS_OFFICER
from tests.mosquitto import Mosquitto
from tests.onescript import SCRIPT

EVERY_SECONDS = 1.0
AGAIN = 0.25  # so many of them are on somebody who was alerted before
OFFICERS = 4  # every so manieth person wants one
TOPIC = "quanzu/alerts"
OTHERS = "137"


class Load:
    """A source. What it cannot hand over it sends again under the same name, as sources do."""

    def __init__(self, broker: Mosquitto, seed: int) -> None:
        self._broker, self._chance = broker, Random(seed)
        self._taken: set[str] = set()
        self._people = 0
        self._running: asyncio.Task[None] | None = None
        self._enough = asyncio.Event()

    def begin(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def end(self) -> set[str]:
        """The names of the alerts that the broker has taken; the last one is handed over first."""
        assert self._running is not None
        self._enough.set()
        await self._running
        return self._taken

    async def _run(self) -> None:
        while not self._enough.is_set():
            await self._hand_over(self._alert())
            await asyncio.sleep(self._chance.expovariate(1 / EVERY_SECONDS))

    def _alert(self) -> dict[str, str]:
        again = self._people and self._chance.random() < AGAIN
        person = self._chance.randrange(self._people) if again else self._people
        self._people += not again
        grade = self._chance.choice(["特急", "高"])
        name = f"fault-{len(self._taken)}"
        prefix = OTHERS if person % OFFICERS else WANTS_OFFICER
        return {"number": f"{prefix}1{person:07}", "grade": grade, "fraud_type": SCRIPT, "id": name}

    async def _hand_over(self, alert: dict[str, str]) -> None:
        while True:
            try:
                async with asyncio.timeout(5), self._broker.client() as client:
                    await client.publish(TOPIC, json.dumps(alert).encode(), qos=1)
            except (aiomqtt.MqttError, TimeoutError):
                await asyncio.sleep(0.1)  # it is dead just now
                continue
            self._taken.add(alert["id"])
            return
