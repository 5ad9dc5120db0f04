"""The parts of the daemon: built once, opened in order, closed in reverse. Nobody else knows them all."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog

from dialer.bus.broker import InProcessBus, MqttBus
from dialer.bus.link import Broker
from dialer.bus.port import Bus
from dialer.bus.topics import Topics
from dialer.calling.caller import Caller, Desk, longest_call
from dialer.calling.calls import Calls
from dialer.calling.escalator import Escalator
from dialer.calling.pacing import POLL_SECONDS, Pacing
from dialer.calling.recovery import Recovery
from dialer.calling.roster import Roster
from dialer.calling.trunks import Trunks
from dialer.calling.watch import Tower, Watch
from dialer.domain.degrading import Room
from dialer.filing.intake import Intake
from dialer.filing.runner import Runner
from dialer.node.heartbeat import LEASE_SECONDS, Heartbeat, beating
from dialer.node.name import node_name
from dialer.node.waking import LOOK_SECONDS
from dialer.ports import Clock
from dialer.settings import Settings, dial_plan, policy
from dialer.sounding import SOUND
from dialer.storage import Storage, open_storage
from dialer.versions.knowledge import PublishedKnowledge
from dialer.versions.mouth import Mouth
from dialer.versions.publishing import Publisher
from dialer.versions.scripts import Scripts
from dialer.versions.watching import ScriptFiles
from voice.asr.catalogue import BUNDLED, find_model
from voice.errors import ModelMissing
from voice.ports import Prompts
from voice.tts.keeping import RecordedSentences
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer
from voice.workers.pool import PoolSettings, WorkerPool, open_pool

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is open while the daemon runs."""

    settings: Settings
    clock: Clock
    storage: Storage
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


async def open_parts(settings: Settings, house: AsyncExitStack) -> Parts:
    """Everything that the settings ask for, open until the house is left. Raises what cannot be opened, with advice."""
    node = node_name(settings.data_dir)
    pool_settings = _pool_settings(settings, _model(settings))
    storage = await house.enter_async_context(open_storage(settings.database_url))
    if storage.server is not None:
        await house.enter_async_context(storage.server.alone_as(node))
    heart = Heartbeat(storage.casebook, storage.clock, node, storage.keep_time)
    beat = await house.enter_async_context(beating(heart, longest_call(settings)))
    prompts = await _prompts(settings, house)
    pool = await house.enter_async_context(open_pool(pool_settings))
    runner = Runner(storage.casebook, policy(settings))
    scripts = Scripts(storage.shelf, settings.centre)
    recorded = RecordedSentences((settings.data_dir / "recorded").resolve(), Path(settings.scripts.dir))
    mouth = Mouth(prompts, recorded)
    publisher = Publisher(storage.shelf, scripts, mouth, storage.clock)
    roster, trunks = Roster(settings.officers), Trunks(settings.trunks, storage.clock.monotonic)
    recovery = _recovery(settings, storage, runner, heart, node)
    desk = Desk(
        queue=storage.casebook,
        log=storage.casebook,
        scripts=scripts,
        knowledge=PublishedKnowledge(storage.shelf, settings.data_dir / "knowledge"),
        mouth=mouth,
        pool=pool,
        trunks=trunks,
        roster=roster,
        escalator=Escalator(runner, roster, prompts, storage.clock, settings),
        recovery=recovery,
        clock=storage.clock,
        settings=settings,
    )
    caller = Caller(desk)
    calls = Calls(caller, recovery)
    house.push_async_callback(calls.leave)
    pacing = _pacing(desk, storage, runner, calls, node)
    return Parts(
        settings=settings,
        clock=storage.clock,
        storage=storage,
        bus=_bus(settings),
        intake=Intake(
            runner, dial_plan(settings), storage.clock, scripts, most_body_bytes=settings.intake.most_body_bytes
        ),
        prompts=prompts,
        pool=pool,
        recovery=recovery,
        pacing=pacing,
        watch=_watch(settings, storage, runner, heart=heart, pacing=pacing, trunks=trunks),
        caller=caller,
        scripts=scripts,
        publisher=publisher,
        script_files=_script_files(settings, storage, publisher, scripts),
        node=node,
        heart=heart,
        beat=beat,
    )


async def _prompts(settings: Settings, house: AsyncExitStack) -> PromptCache:
    speech = SpeechSettings(
        voice=settings.speech.voice,
        rate_wpm=settings.speech.rate_wpm,
        espeak_library=settings.speech.espeak_library,
        espeak_data=settings.speech.espeak_data,
    )
    synthesizer = await house.enter_async_context(open_synthesizer(speech))
    return PromptCache((settings.data_dir / "prompts").resolve(), synthesizer, speech)


def _recovery(settings: Settings, storage: Storage, runner: Runner, heart: Heartbeat, node: str) -> Recovery:
    return Recovery(
        runner,
        storage.casebook,
        storage.casebook,
        storage.clock,
        spool_dir(settings),
        node=node,
        longest_call=longest_call(settings),
        may_judge=lambda: heart.may_judge,
        ahead=storage.ahead,
    )


def _script_files(settings: Settings, storage: Storage, publisher: Publisher, scripts: Scripts) -> ScriptFiles:
    return ScriptFiles(
        Path(settings.scripts.dir),
        storage.shelf,
        scripts,
        publisher,
        approval=settings.scripts.approval,
        sound=SOUND,
    )


def _pacing(desk: Desk, storage: Storage, runner: Runner, calls: Calls, node: str) -> Pacing:
    pacing = Pacing(
        storage.casebook,
        storage.clock,
        node,
        policy=policy(desk.settings),
        room=lambda: room_of(desk.settings, desk.trunks, calls, desk.roster),
        in_hand=desk.recovery.in_hand,
        start=lambda attempt: calls.start(attempt, pacing),
        barred=runner.barred,
        lease_seconds=LEASE_SECONDS,
        look_seconds=LOOK_SECONDS if storage.server else POLL_SECONDS,
    )
    return pacing


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


def spool_dir(settings: Settings) -> Path:
    """Where workers leave their reports; it must be on a local disk."""
    return (settings.data_dir / "spool").resolve()
