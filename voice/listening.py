"""The ear's own loop: audio in, replies and silences out, all in order.

Rule 1: recognition never holds up the conversation; it has its own queue and its own task.
Rule 2: time is counted in samples of the call; nothing here reads a clock.
Rule 3: a reply belongs to the turn in which it began.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from voice.dialogue.hearing import Hearing
from voice.dialogue.turntaking import (
    Deafen,
    Listen,
    NobodySpoke,
    TurnRules,
    TurnState,
    UtteranceBegan,
    UtteranceEnded,
    advance,
)
from voice.errors import RecognizerFault
from voice.ports import Transcript


class Ear(Protocol):
    """Voice activity and recognition over one leg's audio."""

    async def hear(self, pcm: bytes, first_sample: int) -> Sequence[Hearing]: ...
    async def take(self) -> Transcript: ...


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Somebody began to speak in this turn."""

    turn: int


@dataclass(frozen=True, slots=True)
class ReplyHeard:
    """An utterance is complete. Samples count from the answer; ended is the last voiced one."""

    turn: int
    transcript: Transcript
    began: int
    ended: int


@dataclass(frozen=True, slots=True)
class SilenceHeard:
    """As much silence as was asked for, and nobody spoke."""

    turn: int


HeardSomething = SpeechBegan | ReplyHeard | SilenceHeard


@dataclass(frozen=True, slots=True)
class _Audio:
    pcm: bytes
    first_sample: int


class Listener:
    """Feeds the ear and takes turns."""

    def __init__(self, ear: Ear, rules: TurnRules, post: Callable[[HeardSomething], None]) -> None:
        self._ear, self._rules, self._post = ear, rules, post
        self._queue: asyncio.Queue[_Audio | Listen | Deafen] = asyncio.Queue()
        self._state = TurnState()
        self._turn = 0
        self._began_in = 0
        self._deaf = False

    def begin_turn(self, turn: int) -> None:
        """A new prompt starts; speech that begins from now on answers it."""
        self._turn = turn

    def audio(self, pcm: bytes, first_sample: int) -> None:
        if not self._deaf:
            self._queue.put_nowait(_Audio(pcm, first_sample))

    def listen(self, at_sample: int, silence_samples: int) -> None:
        """From this sample on, so much silence is no input."""
        self._queue.put_nowait(Listen(at_sample, silence_samples))

    def deafen(self) -> None:
        """Stop for good: two people are talking to one another now."""
        self._deaf = True
        self._queue.put_nowait(Deafen())

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            match await self._queue.get():
                case _Audio(pcm, first_sample):
                    for hearing in await self._hear(pcm, first_sample):
                        await self._decide(hearing)
                case Listen() | Deafen() as told:
                    await self._decide(told)

    async def _hear(self, pcm: bytes, first_sample: int) -> Sequence[Hearing]:
        try:
            return await self._ear.hear(pcm, first_sample)
        except RecognizerFault:
            return ()  # the utterance counts as heard and not understood; the next starts afresh

    async def _take(self) -> Transcript:
        try:
            return await self._ear.take()
        except RecognizerFault:
            return Transcript("")

    async def _decide(self, event: Hearing | Listen | Deafen) -> None:
        self._state, decisions = advance(self._rules, self._state, event)
        for decision in decisions:
            match decision:
                case UtteranceBegan():
                    self._began_in = self._turn
                    self._post(SpeechBegan(self._turn))
                case UtteranceEnded(began, ended):
                    transcript = await self._take()
                    self._post(ReplyHeard(self._began_in, transcript, began, ended))
                case NobodySpoke():
                    self._post(SilenceHeard(self._turn))
