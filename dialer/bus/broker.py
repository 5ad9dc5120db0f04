"""The two holders of the port `Bus`: within this process, and over an MQTT broker.

Rule 1: alerts are taken in their order, so that of two alerts on one person the first one opens the case; those that came while others
        were taken go on together.
Rule 2: the daemon goes on without the broker: alerts wait there, news wait in the outbox, and one line says what to do.
Rule 3: an alert is answered where its sender asked (response topic and correlation data), else its rejection is told on
        `<prefix>/alerts/rejected`; an answer that cannot be delivered is logged and never holds up the next alert.
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from dialer.bus import payloads
from dialer.bus.link import Broker, Delivery, Link, connected
from dialer.bus.payloads import News
from dialer.bus.port import Answer, Receive, Take, TakeTogether, received, taken, taken_together
from dialer.bus.topics import Topics, may_answer_on
from dialer.errors import BrokerDown
from dialer.node.standing import Patience

FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 15.0
STEADY_SECONDS = 10.0  # a connection that held so long has not been a flapping one
MOST_IN_FLIGHT = 20
MOST_UNREAD = 1000
MOST_TOGETHER = 25  # alerts that one transaction takes: what is urgent waits for no longer one
log = structlog.get_logger(__name__)


class InProcessBus:
    """No broker: alerts are submitted here and news are read here, within this process."""

    def __init__(self) -> None:
        self._alerts: asyncio.Queue[tuple[bytes, str, asyncio.Future[Answer]]] = asyncio.Queue()
        self._subscriptions: set[Subscription] = set()

    async def run(
        self,
        take: Take,
        receive: Receive | None = None,  # noqa: ARG002  # no gateway is in here
        *,
        together: TakeTogether | None = None,  # noqa: ARG002  # each waits for its own answer
    ) -> None:
        """Standing task."""
        patience = Patience("alerts")
        while True:
            body, source, answered = await self._alerts.get()
            try:
                answer = await taken(take, body, source, patience)
                if not answered.done():  # its sender may have gone
                    answered.set_result(answer)
            finally:
                answered.cancel()

    async def submit(self, body: bytes, source: str = "local") -> Answer:
        """Hand in an alert and wait until it is committed or rejected."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        await self._alerts.put((body, source, answered))
        return await answered

    async def publish(self, topic: str, payload: bytes) -> None:
        """Give it to everybody who listens now."""
        for subscription in self._subscriptions:
            subscription.put(News(topic, payload))

    def subscribe(self) -> "Subscription":
        """`with bus.subscribe() as news: async for each in news: ...`; begins with the call, ends with the block."""
        return Subscription(self._subscriptions)


class Subscription:
    """What one listener has not read yet. A listener that sleeps loses the oldest, and never holds up the daemon."""

    def __init__(self, among: "set[Subscription]") -> None:
        self._among = among
        self._unread: deque[News] = deque(maxlen=MOST_UNREAD)
        self._arrived = asyncio.Event()
        among.add(self)

    def put(self, news: News) -> None:
        """Called by the bus."""
        self._unread.append(news)
        self._arrived.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._among.discard(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> News:
        while not self._unread:
            self._arrived.clear()
            await self._arrived.wait()
        return self._unread.popleft()


@dataclass(frozen=True, slots=True)
class _Hands:
    """Who takes what comes in."""

    take: Take
    receive: Receive | None
    together: TakeTogether | None


class MqttBus:
    """Alerts from a broker and news to it, over one connection that is made again whenever it is lost."""

    def __init__(self, broker: Broker, topics: Topics) -> None:
        self._broker = broker
        self._topics = topics
        self._link: Link | None = None
        self._room = asyncio.Semaphore(MOST_IN_FLIGHT)

    async def run(self, take: Take, receive: Receive | None = None, *, together: TakeTogether | None = None) -> None:
        """Standing task."""
        hands = _Hands(take, receive, together)
        wait, told = FIRST_WAIT_SECONDS, ""
        clock = asyncio.get_running_loop().time
        while True:
            begun = clock()
            try:
                await self._one_connection(hands, was_down=bool(told))
            except BrokerDown as fault:
                if clock() - begun > STEADY_SECONDS:
                    wait, told = FIRST_WAIT_SECONDS, ""
                if str(fault) != told:
                    log.error("broker lost, trying again", advice=str(fault))
                told = str(fault)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def publish(self, topic: str, payload: bytes) -> None:
        """Returns when the broker has it; never more than MOST_IN_FLIGHT at once. Raises BrokerDown."""
        async with self._room:
            if self._link is None:
                raise self._broker.down("there is no connection")
            await self._link.publish(News(topic, payload))

    async def _one_connection(self, hands: "_Hands", *, was_down: bool) -> None:
        node = self._broker.client_id
        gone = News(self._topics.status, payloads.status(node, up=False))
        async with connected(self._broker, gone, last_words=gone) as link:
            try:
                await link.subscribe(self._topics.alerts, self._topics.alerts_by_source)
                if hands.receive is not None:
                    await link.subscribe(self._topics.sms_receipts)
                self._link = link
                await link.publish(News(self._topics.status, payloads.status(node, up=True)), retain=True)
                log.info(
                    "broker is back" if was_down else "broker connected", host=self._broker.host, port=self._broker.port
                )
                await self._serve(link, hands)
            finally:
                self._link = None

    async def _serve(self, link: Link, hands: "_Hands") -> None:
        patience = Patience("alerts")
        async for deliveries in link.deliveries_together(MOST_TOGETHER if hands.together else 1):
            alerts = [each for each in deliveries if each.topic != self._topics.sms_receipts]
            given = [(each.body, self._topics.source_of(each.topic)) for each in alerts]
            if hands.together is not None and len(given) > 1:
                answers = await taken_together(hands.together, given, patience)
            else:
                answers = [await taken(hands.take, body, source, patience) for body, source in given]
            for delivery, answer in zip(alerts, answers, strict=True):
                await self._answer(link, delivery, answer)
                link.acknowledge(delivery)
            for delivery in deliveries:
                if delivery.topic == self._topics.sms_receipts:
                    await self._hear(delivery, hands.receive, patience)
                    link.acknowledge(delivery)

    async def _hear(self, delivery: Delivery, receive: Receive | None, patience: Patience) -> None:
        receipt = payloads.receipt(delivery.body)
        if receipt is None:
            log.warning("the SMS gateway sends receipts that cannot be read; see docs/operating.md")
        elif receive is not None:  # else the gateway was switched off, and its last words wait at the broker
            await received(receive, receipt, patience)

    async def _answer(self, link: Link, delivery: Delivery, answer: Answer) -> None:
        payload = payloads.answer(answer, delivery.body)
        if may_answer_on(delivery.reply_to):
            with suppress(BrokerDown):  # the sender's own topic, which our access list may well forbid
                await link.publish(News(delivery.reply_to, payload), correlation=delivery.correlation)
                return
            log.warning("the sender's response topic cannot be published to", alert=answer.alert_id)
        if not answer.accepted:
            await link.publish(News(self._topics.rejected, payload))
