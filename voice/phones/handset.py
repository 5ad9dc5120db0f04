"""A telephone with a simulated person behind it, as a process: renders, listens, rings, answers, until it is told to stop.

Rule 1: everything the person may say is rendered before `ready PORT` is printed, the one line on stdout.
Rule 2: no channel but SIP and RTP leads to whoever calls. What is recorded lies in files whose names tell nobody.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import structlog

from voice.errors import VoiceError
from voice.phones.manner import Manner
from voice.phones.talk import Talk, hold
from voice.ports import LegEvent
from voice.sip.endpoint import IncomingLeg, SipSettings, open_phone
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer

BUSY_HERE, DECLINE = 486, 603


@dataclass(frozen=True, slots=True)
class Habits:
    """What the telephone does when it is rung."""

    ring_seconds: float = 1.0
    answers: bool = True  # else it rings until the caller gives up
    refuses: int = 0  # with this SIP code; 0: it does not


@dataclass(frozen=True, slots=True)
class Handset:
    """One telephone and its person."""

    person: Callable[[], Manner]  # a new one for every call
    voice: str
    rate_wpm: int
    port: int  # 0: a free one
    record: Path
    calls: int  # to take before leaving; 0: without end
    habits: Habits = Habits()

    async def serve(self) -> None:
        """Take calls. Raises VoiceError when it cannot telephone or speak."""
        with tempfile.TemporaryDirectory(prefix="quanzu-phone-") as folder:
            await self._serve(Path(folder))

    async def _serve(self, folder: Path) -> None:
        sentences = await self._render(folder)
        self.record.mkdir(parents=True, exist_ok=True)
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        phone = open_phone(SipSettings(sip_port=self.port), loop)
        try:
            async with asyncio.TaskGroup() as calls:
                came, went = count(1), count(1)

                async def take(incoming: IncomingLeg) -> None:
                    await self._take(incoming, sentences, next(came))
                    if next(went) == self.calls:
                        stop.set()

                tasks: list[asyncio.Task[None]] = []
                opened = phone.on_invite(lambda incoming: tasks.append(calls.create_task(take(incoming))))
                await opened.wait()  # who reads `ready` rings at once
                sys.stdout.write(f"ready {phone.port}\n")
                sys.stdout.flush()
                await stop.wait()
                for task in tasks:
                    task.cancel()
        finally:
            await phone.close()

    async def _render(self, folder: Path) -> dict[str, Path]:
        settings = SpeechSettings(voice=self.voice)
        async with open_synthesizer(settings) as synthesizer:
            prompts = await PromptCache(folder, synthesizer, settings).render(self.person().may_say(), self.rate_wpm)
        return {text: Path(prompt.path) for text, prompt in prompts.items()}

    async def _take(self, incoming: IncomingLeg, sentences: dict[str, Path], serial: int) -> None:
        if self.habits.refuses:
            incoming.refuse(self.habits.refuses)
            return
        incoming.ring()
        if not self.habits.answers:
            await asyncio.Event().wait()  # until the process is stopped; the caller's CANCEL ends the leg
        await asyncio.sleep(self.habits.ring_seconds)
        events: asyncio.Queue[LegEvent] = asyncio.Queue()
        suffix = "" if serial == 1 else f"-{serial}"
        leg = incoming.accept(
            events.put_nowait,
            record_sent=self.record / f"sent{suffix}.wav",
            record_heard=self.record / f"heard{suffix}.wav",
        )
        await hold(Talk(leg, self.person(), sentences), events)


def arguments(what: str) -> argparse.ArgumentParser:
    """The options that all simulated people share."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--port", type=int, default=0, help="SIP port on 127.0.0.1; 0: a free one")
    parser.add_argument("--seed", type=int, default=1, help="draws the wordings")
    parser.add_argument("--record", type=Path, required=True, help="folder for what was heard and sent")
    parser.add_argument("--voice", default="", help="espeak-ng voice; see voice/tts/voices.py")
    parser.add_argument("--calls", type=int, default=0, help="leave after so many calls; 0: stay")
    return parser


def run(handset: Handset) -> int:
    """Serve until told to stop; the exit code of the process."""
    # stdout carries one line for whoever started us, so what the parts log goes to stderr.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        asyncio.run(handset.serve())
    except VoiceError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0
