"""The roof: builds the parts of the daemon, opens them in order, closes them in reverse.

Rule 1: what cannot work at all is said before anything is opened.
Rule 2: standing tasks live in one TaskGroup; if one dies, the daemon goes down loudly and its supervisor restarts it.
Rule 3: on SIGTERM nothing new is started; talks that go on are finished by their workers, and the next daemon reads their reports.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from dialer.bus.broker import InProcessBus, MqttBus
from dialer.bus.gateway import MqttGateway
from dialer.bus.link import Broker
from dialer.bus.outbox_pump import OutboxPump
from dialer.bus.port import Bus
from dialer.bus.topics import Topics
from dialer.calling.brake import POLL_SECONDS as BRAKE_SECONDS
from dialer.calling.brake import BrakePedal
from dialer.calling.caller import Caller, Desk, longest_call
from dialer.calling.calls import Calls
from dialer.calling.escalator import Escalator, fallback_brief
from dialer.calling.pacing import POLL_SECONDS, Pacing
from dialer.calling.recovery import Recovery
from dialer.calling.roster import Roster
from dialer.calling.trunks import Trunks
from dialer.calling.watch import Tower, Watch
from dialer.domain.degrading import Room
from dialer.errors import BrokerDown, DialerError
from dialer.filing.gate import Gate
from dialer.filing.intake import Intake
from dialer.filing.quota import Quotas
from dialer.filing.runner import Runner
from dialer.filing.sms import Messenger, Pouch
from dialer.filing.smsclock import SmsClock
from dialer.filing.working import OverdueWork, Working
from dialer.node.heartbeat import LEASE_SECONDS, Heartbeat, beating
from dialer.node.lock import only_daemon
from dialer.node.name import node_name
from dialer.node.notify import say
from dialer.node.waking import LOOK_SECONDS, wake_on_writes
from dialer.ports import Clock
from dialer.settings import Settings, dial_plan, policy, stop_rules
from dialer.sounding import SOUND
from dialer.storage import Storage, open_storage
from dialer.versions.knowledge import PublishedKnowledge
from dialer.versions.mouth import Mouth
from dialer.versions.publishing import Publisher
from dialer.versions.scripts import Scripts
from dialer.versions.watching import ScriptFiles
from dialer.web import alert_door, bound, serve
from voice.asr.catalogue import BUNDLED, find_model
from voice.errors import ModelMissing, VoiceError
from voice.ports import Prompts
from voice.tts.keeping import RecordedSentences
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer
from voice.workers.pool import PoolSettings, WorkerPool, open_pool

log = structlog.get_logger(__name__)
PROMPTS_WAIT_SECONDS = 10.0  # for fixed prompts at the start; a call renders what it lacks
LAST_NEWS_SECONDS = 2.0  # a broker that has not taken them by then takes them from the next daemon


@dataclass(frozen=True, slots=True)
class Parts:
    """What is open while the daemon runs."""

    settings: Settings
    clock: Clock
    storage: Storage
    runner: Runner
    bus: Bus
    intake: Intake
    prompts: Prompts
    pool: WorkerPool
    recovery: Recovery
    pacing: Pacing
    watch: Watch
    caller: Caller
    scripts: Scripts
    publisher: Publisher
    script_files: ScriptFiles
    node: str
    heart: Heartbeat
    beat: asyncio.Task[None]


async def run(settings: Settings) -> None:
    """The daemon, until SIGTERM or SIGINT."""
    with only_daemon(settings.data_dir):
        async with AsyncExitStack() as house:
            parts = await _open(settings, house)
            await _prepare(parts, house)
            stop = _stop_asked()
            tasks = await house.enter_async_context(_standing_tasks(parts))
            say("READY=1")
            log.info("daemon ready", node=parts.node, trunks=len(settings.trunks), officers=len(settings.officers))
            if not settings.trunks:
                log.warning("no trunk is set, nobody is rung", advice="add one under [[trunks]]; see docs/operating.md")
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait({stopped, parts.beat, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            say("STOPPING=1")
            stopped.cancel()
            for task in (parts.beat, *tasks):
                if task.done() and not task.cancelled() and (fault := task.exception()) is not None:
                    log.critical("standing task died, the daemon goes down", task=task.get_name())
                    raise fault
            log.info("daemon stops; talks that go on are finished by their workers")


async def _open(settings: Settings, house: AsyncExitStack) -> Parts:
    node = node_name(settings.data_dir)
    model = _model(settings)
    storage = await house.enter_async_context(open_storage(settings.database_url))
    if storage.server is not None:
        await house.enter_async_context(storage.server.alone_as(node))
    clock = storage.clock
    heart = Heartbeat(storage.casebook, clock, node, storage.keep_time)
    beat = await house.enter_async_context(beating(heart, longest_call(settings)))
    runner = Runner(storage.casebook, policy(settings))
    speech = SpeechSettings(
        voice=settings.speech.voice,
        rate_wpm=settings.speech.rate_wpm,
        espeak_library=settings.speech.espeak_library,
        espeak_data=settings.speech.espeak_data,
    )
    synthesizer = await house.enter_async_context(open_synthesizer(speech))
    prompts = PromptCache((settings.data_dir / "prompts").resolve(), synthesizer, speech)
    pool = await house.enter_async_context(open_pool(_pool_settings(settings, model)))
    recovery = Recovery(
        runner,
        storage.casebook,
        storage.casebook,
        clock,
        spool_dir(settings),
        node=node,
        longest_call=longest_call(settings),
        may_judge=lambda: heart.may_judge,
        ahead=storage.ahead,
    )
    scripts = Scripts(storage.shelf, settings.centre)
    recorded = RecordedSentences((settings.data_dir / "recorded").resolve(), Path(settings.scripts.dir))
    mouth = Mouth(prompts, recorded)
    publisher = Publisher(storage.shelf, scripts, mouth, clock)
    script_files = ScriptFiles(
        Path(settings.scripts.dir),
        storage.shelf,
        scripts,
        publisher,
        approval=settings.scripts.approval,
        sound=SOUND,
    )
    roster, trunks = Roster(settings.officers), Trunks(settings.trunks, clock.monotonic)
    caller = Caller(
        Desk(
            queue=storage.casebook,
            log=storage.casebook,
            scripts=scripts,
            knowledge=PublishedKnowledge(storage.shelf, settings.data_dir / "knowledge"),
            mouth=mouth,
            pool=pool,
            trunks=trunks,
            roster=roster,
            escalator=Escalator(runner, roster, prompts, clock, settings),
            recovery=recovery,
            clock=clock,
            settings=settings,
        )
    )
    calls = Calls(caller, recovery)
    house.push_async_callback(calls.leave)
    pacing = Pacing(
        storage.casebook,
        clock,
        node,
        policy=policy(settings),
        room=lambda: room_of(settings, trunks, calls, roster),
        in_hand=recovery.in_hand,
        start=lambda attempt: calls.start(attempt, pacing),
        barred=runner.barred,
        lease_seconds=LEASE_SECONDS,
        look_seconds=LOOK_SECONDS if storage.server else POLL_SECONDS,
    )
    intake = Intake(runner, dial_plan(settings), clock, scripts, most_body_bytes=settings.intake.most_body_bytes)
    return Parts(
        settings,
        clock,
        storage,
        runner,
        _bus(settings),
        intake,
        prompts,
        pool,
        recovery,
        pacing,
        _watch(settings, storage, runner, heart=heart, pacing=pacing, trunks=trunks),
        caller,
        scripts,
        publisher,
        script_files,
        node,
        heart,
        beat,
    )


def room_of(settings: Settings, trunks: Trunks, calls: Calls, roster: Roster) -> Room:
    """What pacing may fill now. Of one line that is left of all, 特急 keeps none: others would never be rung."""
    lines = min(settings.workers.most, trunks.lines)
    kept = min(settings.workers.kept_for_critical, max(lines - 1, 0))
    return Room(lines - calls.count, kept, roster.one_is_free)


def _watch(
    settings: Settings, storage: Storage, runner: Runner, *, heart: Heartbeat, pacing: Pacing, trunks: Trunks
) -> Watch:
    return Watch(
        Tower(
            storage.lateness,
            runner,
            storage.brake,
            policy(settings),
            storage.clock,
            is_ours=lambda: heart.is_first,
            short_for=pacing.short_for,
            lines=lambda: trunks.lines,
        )
    )


def _model(settings: Settings) -> Path:
    """What we listen with. Missing: said at once; alerts are taken all the same, and calls wait until it is there."""
    try:
        return find_model(settings.speech.model_dir)
    except ModelMissing as fault:
        log.error("no speech model, nobody is rung until it is there", advice=str(fault))
        return Path(settings.speech.model_dir).expanduser() if settings.speech.model_dir else BUNDLED


def _pool_settings(settings: Settings, model: Path) -> PoolSettings:
    return PoolSettings(
        spool_dir=str(spool_dir(settings)),
        bind_ip=settings.sip.bind_ip,
        rtp_port_from=settings.sip.rtp_port_from,
        rtp_port_to=settings.sip.rtp_port_to,
        warm=settings.workers.warm,
        most=settings.workers.most,
        recycle_after_calls=settings.workers.recycle_after_calls,
        model_dir=str(model.resolve()),
    )


def _bus(settings: Settings) -> Bus:
    if not settings.mqtt.url:
        return InProcessBus()
    broker = Broker.at(
        settings.mqtt.url,
        client_id=settings.mqtt.client_id,
        session_expiry_seconds=settings.mqtt.session_expiry_seconds,
        password=settings.mqtt.password,
    )
    return MqttBus(broker, Topics(settings.mqtt.topic_prefix))


async def _prepare(parts: Parts, house: AsyncExitStack) -> None:
    """Before the first call: what crashed daemons left, scripts, and fixed prompts as far as patience goes."""
    await parts.recovery.sweep()
    await parts.script_files.first_publication()
    rendering = asyncio.create_task(_rendered(parts), name="prompts")
    house.push_async_callback(_dropped, rendering)
    await asyncio.wait({rendering}, timeout=PROMPTS_WAIT_SECONDS)
    if not rendering.done():
        log.info("prompts are still being rendered, calls render what they lack")


async def _rendered(parts: Parts) -> None:
    try:
        await fallback_brief(parts.prompts)
        await parts.publisher.render(await parts.scripts.published())
        log.info("prompts are ready")
    except (DialerError, VoiceError) as fault:
        log.error("prompts are not rendered yet, calls wait for them", advice=str(fault))


async def _dropped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _standing_tasks(parts: Parts) -> AsyncIterator[list[asyncio.Task[None]]]:
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


def spool_dir(settings: Settings) -> Path:
    """Where workers leave their reports; it must be on a local disk."""
    return (settings.data_dir / "spool").resolve()


def _stop_asked() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
