"""Mosquitto's own command-line clients: what a user of the broker types, in processes that nobody here wrote."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.mosquitto import Mosquitto
from tests.peers import require
from tests.sipp import until

LONGEST_LINE = 2**20


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came."""

    topic: str
    payload: str

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.payload))


class Subscriber:
    """A running mosquitto_sub and what it has printed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def of(self, topic_end: str) -> list[Message]:
        return [message for message in self.messages if message.topic.endswith(topic_end)]

    async def first(
        self, topic_end: str, fits: Callable[[Message], bool] = lambda _: True, seconds: float = 15
    ) -> Message:
        """Wait for a message whose topic ends so and that fits."""
        await until(lambda: any(fits(message) for message in self.of(topic_end)), seconds)
        return next(message for message in self.of(topic_end) if fits(message))

    def take(self, line: str) -> None:
        topic, tab, payload = line.partition("\t")
        if tab:
            self.messages.append(Message(topic, payload))


@asynccontextmanager
async def mosquitto_sub(broker: Mosquitto, topic: str, *options: str) -> AsyncIterator[Subscriber]:
    """Subscribed until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *("stdbuf", "-oL"),  # a pipe is filled before it is written to, and we wait for its lines
        *_command("mosquitto_sub", broker, *("-t", topic, "-q", "1", "-d", "-F", "%t\t%p"), *options),
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    subscriber, subscribed = Subscriber(), asyncio.Event()

    async def read() -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            line = raw.decode().rstrip("\n")
            if line.startswith("Subscribed"):
                subscribed.set()
            subscriber.take(line)

    reading = asyncio.create_task(read())
    try:
        await asyncio.wait_for(subscribed.wait(), 10)
        yield subscriber
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await reading


async def remember(broker: Mosquitto, topic: str, name: str) -> tuple[str, ...]:
    """Have the broker keep what comes for this client from now on; the options with which to fetch it later."""
    session = ("-i", name, "-c", "-x", "3600")
    await _ended("mosquitto_sub", broker, "-t", topic, "-q", "1", "-E", *session)
    return session


async def mosquitto_pub(broker: Mosquitto, topic: str, body: bytes, *properties: str) -> None:
    """One message. properties: such as `-D publish response-topic answers/7`."""
    await _ended("mosquitto_pub", broker, "-t", topic, "-q", "1", "-s", *properties, given=body)


async def mosquitto_rr(broker: Mosquitto, topic: str, answer_topic: str, body: str) -> dict[str, Any]:
    """Ask and wait for the answer, by MQTT 5's response topic."""
    out = await _ended("mosquitto_rr", broker, "-t", topic, "-e", answer_topic, "-q", "1", "-m", body, "-W", "15")
    return dict(json.loads(out))


async def _ended(program: str, broker: Mosquitto, *options: str, given: bytes = b"") -> str:
    process = await asyncio.create_subprocess_exec(
        *_command(program, broker, *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(given), 20)
    assert process.returncode == 0, err.decode()
    return out.decode()


def _command(program: str, broker: Mosquitto, *options: str) -> list[str]:
    return [require(program), "-h", "127.0.0.1", "-p", str(broker.port), "-V", "mqttv5", *options]
