"""What the daemon does all the time: one task each, begun together and ended in order.

Rule: the bus ends last, so that what was committed a moment ago is still told.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from dialer.app.parts import Parts
from dialer.bus.gateway import MqttGateway
from dialer.bus.outbox_pump import OutboxPump
from dialer.bus.topics import Topics
from dialer.calling.brake import POLL_SECONDS as BRAKE_SECONDS
from dialer.calling.brake import BrakePedal
from dialer.errors import BrokerDown
from dialer.filing.gate import Gate
from dialer.filing.quota import Quotas
from dialer.filing.sms import Messenger, Pouch
from dialer.filing.smsclock import SmsClock
from dialer.filing.working import OverdueWork, Working
from dialer.node.waking import LOOK_SECONDS, wake_on_writes
from dialer.settings import Settings, policy, stop_rules
from dialer.web import alert_door, bound, serve

LAST_NEWS_SECONDS = 2.0  # a broker that has not taken them by then takes them from the next daemon


@asynccontextmanager
async def standing_tasks(parts: Parts) -> AsyncIterator[list[asyncio.Task[None]]]:
    topics = Topics(parts.settings.mqtt.topic_prefix)
    outbox = OutboxPump(parts.storage.outbox, parts.bus, topics, parts.clock, is_ours=lambda: parts.heart.is_first)
    server = parts.storage.server
    look_seconds = LOOK_SECONDS if server else BRAKE_SECONDS
    brake = BrakePedal(parts.storage.brake, parts.caller.end_calls, look_seconds=look_seconds)
    wakes = {"attempts": parts.pacing.wake, "stop_orders": brake.wake, "outbox": outbox.wake}
    quotas = Quotas({each.name: each.alerts_per_minute for each in parts.settings.sources}, parts.clock)
    gate = Gate(parts.intake, quotas, parts.pacing.wake)
    tasks = [
        *_http(parts.settings, gate),
        asyncio.create_task(parts.pool.run(), name="workers"),
        asyncio.create_task(parts.pacing.run(), name="pacing"),
        asyncio.create_task(parts.recovery.run(), name="recovery"),
        asyncio.create_task(parts.watch.run(), name="watch"),
        asyncio.create_task(outbox.run(), name="outbox"),
        asyncio.create_task(brake.run(), name="brake"),
        asyncio.create_task(parts.script_files.run(), name="scripts"),
        *_work(parts, gate),
        *([asyncio.create_task(wake_on_writes(server.hear, wakes), name="hearing")] if server else []),
    ]
    try:
        yield tasks
    finally:
        await _stopped(task for task in tasks if task.get_name() != "bus")
        await _last_news(outbox)
        await _stopped(tasks)


async def _stopped(tasks: Iterable[asyncio.Task[None]]) -> None:
    stopping = list(tasks)
    for task in stopping:
        task.cancel()
    await asyncio.gather(*stopping, return_exceptions=True)


async def _last_news(outbox: OutboxPump) -> None:
    """What was committed a moment ago is told while the broker is still there; what it does not take waits for the next start."""
    with suppress(BrokerDown, TimeoutError):
        await asyncio.wait_for(outbox.tell_all(), LAST_NEWS_SECONDS)


def _work(parts: Parts, gate: Gate) -> list[asyncio.Task[None]]:
    """What people do and what is sent beside calls; the bus brings alerts, and the SMS gateway's receipts if there is one."""
    settings, clock, files = parts.settings, parts.clock, parts.storage.casebook
    gateway = MqttGateway(parts.bus, Topics(settings.mqtt.topic_prefix)) if settings.sms.gateway else None
    messenger = Messenger(
        Pouch(files, parts.storage.work, parts.scripts, gateway, clock, settings.centre, settings.sms)
    )
    working = Working(files, policy(settings), stop_rules(settings))
    return [
        asyncio.create_task(
            parts.bus.run(gate.take_all, messenger.receive if gateway else None, together=gate.take_together),
            name="bus",
        ),
        asyncio.create_task(messenger.run(), name="sms"),
        asyncio.create_task(SmsClock(files, parts.storage.work, policy(settings), clock).run(), name="sms clock"),
        asyncio.create_task(OverdueWork(parts.storage.work, working, clock).run(), name="overdue"),
    ]


def _http(settings: Settings, gate: Gate) -> list[asyncio.Task[None]]:
    """The door for sources that speak HTTP, if one is wanted. Raises PortTaken."""
    if not settings.http.listen:
        return []
    tokens = {source.name: source.token_sha256 for source in settings.sources if source.token_sha256}
    door = alert_door(gate.take, tokens, gate.quotas, most_body_bytes=settings.intake.most_body_bytes)
    return [asyncio.create_task(serve(door, bound(settings.http.listen)), name="http")]
