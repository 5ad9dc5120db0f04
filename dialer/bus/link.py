"""One connection to an MQTT 5 broker: the only module that knows aiomqtt, and paho below it.

Rule 1: an alert is acknowledged by hand, after its commit. aiomqtt has no public way for that (finding: of 3000 messages that
        paho had acknowledged by itself, an interrupted subscriber saw 1403), so paho's own client is used, behind aiomqtt's
        `_client`; requirements pin aiomqtt below 3 and a test with a real broker watches it.
Rule 2: publishing goes to paho's client as well, because aiomqtt drops the broker's reason: a refused message looks published.
Rule 3: whatever breaks comes out as BrokerDown. A Link is used once; the next connection is a new one, so that an
        acknowledgement can never go to a message of the same number in another connection.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from dialer.bus.payloads import News
from dialer.errors import BrokerDown

AT_LEAST_ONCE = 1
ANSWER_SECONDS = 10.0
CONNECT_SECONDS = 5.0
MOST_UNACKNOWLEDGED = 50  # so many alerts may wait in our memory; the broker keeps the rest
LONGEST_PACKET_BYTES = 2 * 1024 * 1024  # a longer alert is dropped by the broker and does not fill our memory


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who we are to it."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: bool
    client_id: str
    session_expiry_seconds: int

    @classmethod
    def at(cls, url: str, *, client_id: str, session_expiry_seconds: int, password: str = "") -> "Broker":
        """From mqtt://user:password@host:1883 or mqtts://host:8883."""
        parts = urlsplit(url)
        tls = parts.scheme == "mqtts"
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or (8883 if tls else 1883),
            user=unquote(parts.username) if parts.username else None,
            password=password or (unquote(parts.password) if parts.password else None),
            tls=tls,
            client_id=client_id,
            session_expiry_seconds=session_expiry_seconds,
        )

    def down(self, why: str) -> BrokerDown:
        """The one line that says what to do."""
        return BrokerDown(
            f"The MQTT broker at {self.host} port {self.port} does not serve us ({why}). Alerts wait there and news wait in "
            "the outbox; check mqtt.url, its password, and that no other daemon uses the same mqtt.client_id."
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that came in, not yet acknowledged."""

    topic: str
    body: bytes = field(repr=False)
    reply_to: str
    correlation: bytes | None
    number: int
    qos: int


class Link:
    """One open connection."""

    def __init__(self, broker: Broker, client: aiomqtt.Client) -> None:
        self._broker = broker
        self._client = client
        self._paho = client._client  # noqa: SLF001  # rule 1
        self._waiting: dict[int, asyncio.Future[ReasonCode]] = {}
        self._lost: asyncio.Future[None] = client._disconnected  # noqa: SLF001  # done when the connection is gone
        self._paho.on_publish = self._published

    async def subscribe(self, *topics: str) -> None:
        """Want these; what was kept for us while we were away comes as well."""
        options = SubscribeOptions(
            qos=AT_LEAST_ONCE, noLocal=True, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB
        )
        for topic in topics:
            subscribing = asyncio.ensure_future(self._client.subscribe(topic, options=options))
            await self._unless_lost(subscribing)
            try:
                codes = subscribing.result()
            except aiomqtt.MqttError as fault:
                raise self._broker.down(str(fault)) from fault
            if any(isinstance(code, ReasonCode) and code.is_failure for code in codes):
                raise self._broker.down(f"it refuses the subscription to {topic}; see its access list")

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """Messages in the order of their coming. Raises BrokerDown when the connection is lost."""
        try:
            async for message in self._client.messages:
                properties = message.properties
                yield Delivery(
                    topic=str(message.topic),
                    body=_as_bytes(message.payload),
                    reply_to=str(getattr(properties, "ResponseTopic", "")),
                    correlation=getattr(properties, "CorrelationData", None),
                    number=message.mid,
                    qos=message.qos,
                )
        except aiomqtt.MqttError as fault:
            raise self._broker.down(str(fault)) from fault

    async def deliveries_together(self, most: int) -> AsyncIterator[list[Delivery]]:
        """The same, with those that have come meanwhile. Raises BrokerDown when the connection is lost."""
        coming = self.deliveries()
        async for first in coming:
            together = [first]
            while len(together) < most and len(self._client.messages):
                together.append(await anext(coming))
            yield together

    def acknowledge(self, delivery: Delivery) -> None:
        """It is committed; the broker may forget it."""
        self._paho.ack(delivery.number, delivery.qos)

    async def publish(self, news: News, *, retain: bool = False, correlation: bytes | None = None) -> None:
        """Returns when the broker has taken it. Raises BrokerDown when it refused, or is gone."""
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if correlation is not None:
            properties.CorrelationData = correlation
        sent = self._paho.publish(news.topic, news.payload, AT_LEAST_ONCE, retain, properties)
        if self._lost.done() or sent.rc:
            raise self._broker.down("the connection is lost")
        taken: asyncio.Future[ReasonCode] = asyncio.get_running_loop().create_future()
        self._waiting[sent.mid] = taken
        try:
            await self._unless_lost(taken)
        finally:
            del self._waiting[sent.mid]
        if taken.result().is_failure:
            raise self._broker.down(f"it refuses to publish {news.topic}: {taken.result()}; see its access list")

    async def _unless_lost(self, answer: asyncio.Future[Any]) -> None:
        """Wait for the broker's answer, but not for one that cannot come any more."""
        either: set[asyncio.Future[Any]] = {answer, self._lost}
        try:
            await asyncio.wait(either, timeout=ANSWER_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise self._broker.down("the connection is lost" if self._lost.done() else "it does not answer")
        finally:
            answer.cancel()

    def _published(self, _client: Any, _userdata: Any, number: int, reason: ReasonCode, _properties: Any) -> None:
        waiting = self._waiting.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(reason)


@asynccontextmanager
async def connected(broker: Broker, will: News, *, last_words: News) -> AsyncIterator[Link]:
    """A connection with our standing session. `will` is told by the broker if we die, `last_words` by us if we leave."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = broker.session_expiry_seconds
    properties.ReceiveMaximum = MOST_UNACKNOWLEDGED
    properties.MaximumPacketSize = LONGEST_PACKET_BYTES
    client = aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.user,
        password=broker.password,
        identifier=broker.client_id,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=False,
        properties=properties,
        will=aiomqtt.Will(will.topic, will.payload, qos=AT_LEAST_ONCE, retain=True),
        tls_context=ssl.create_default_context() if broker.tls else None,
        timeout=CONNECT_SECONDS,
        max_queued_incoming_messages=0,  # never drop; ReceiveMaximum bounds it
        keepalive=15,
    )
    paho = client._client  # noqa: SLF001  # rule 1
    paho.manual_ack_set(True)
    paho.connect_timeout = CONNECT_SECONDS
    try:
        await client.__aenter__()
    except (aiomqtt.MqttError, OSError, ValueError) as fault:
        raise broker.down(str(fault)) from fault
    try:
        yield Link(broker, client)
    finally:
        # Not awaited: the connection may be the very thing that is broken.
        paho.publish(last_words.topic, last_words.payload, 0, retain=True)
        with suppress(aiomqtt.MqttError):
            await client.__aexit__(None, None, None)


def _as_bytes(payload: object) -> bytes:
    """aiomqtt types a payload as anything that could be sent; what is received is bytes."""
    return payload if isinstance(payload, bytes) else bytes(payload) if isinstance(payload, bytearray) else b""
