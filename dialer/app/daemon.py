"""The daemon, from its start to its last word.

Rule 1: what cannot work at all is said before anything is opened.
Rule 2: if one standing task dies, the daemon goes down loudly and its supervisor restarts it.
Rule 3: on SIGTERM nothing new is started; talks that go on are finished by their workers, and the next daemon reads their reports.
"""

import asyncio
import signal
from contextlib import AsyncExitStack

import structlog

from dialer.app.parts import Parts, open_parts
from dialer.app.standing import standing_tasks
from dialer.calling.escalator import fallback_brief
from dialer.errors import DialerError
from dialer.node.lock import only_daemon
from dialer.node.notify import say
from dialer.settings import Settings
from voice.errors import VoiceError

log = structlog.get_logger(__name__)
PROMPTS_WAIT_SECONDS = 10.0  # for fixed prompts at the start; a call renders what it lacks


async def run(settings: Settings) -> None:
    """The daemon, until SIGTERM or SIGINT."""
    with only_daemon(settings.data_dir):
        async with AsyncExitStack() as house:
            parts = await open_parts(settings, house)
            await _prepare(parts, house)
            stop = _stop_asked()
            tasks = await house.enter_async_context(standing_tasks(parts))
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


def _stop_asked() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
