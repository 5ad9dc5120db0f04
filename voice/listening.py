"""The ear's own loop: audio in, replies and silences out, all in order.

Rule 1: recognition never holds up the conversation; it has its own queue and its own task.
Rule 2: time is counted in samples of the call; nothing here reads a clock.
Rule 3: a reply belongs to the turn in which it began, a silence to the turn that asked for it.
Rule 4: an ear that fails for good is replaced by silence, so that the conversation's own ladders end it: nobody is left with
a robot that waits for ever, and nobody loses the officer who is on his way.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from voice.dialogue.hearing import Hearing, SilentFor
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
from voice.ports import SAMPLE_BYTES, Transcript

GARBLED = Transcript("（没听清）")  # something was said, and the recogniser failed on it


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


@dataclass(frozen=True, slots=True)
class EarLost:
    """The ear has failed for good; from now on there is only silence. Comes once."""


HeardSomething = SpeechBegan | ReplyHeard | SilenceHeard | EarLost


@dataclass(frozen=True, slots=True)
class _Audio:
    pcm: bytes
    first_sample: int


@dataclass(frozen=True, slots=True)
class _Wait:
    turn: int
    order: Listen


class _NoEar:
    """In the place of an ear that was lost: the call's clock goes on, and nothing is heard."""

    async def hear(self, pcm: bytes, first_sample: int) -> Sequence[Hearing]:
        end = first_sample + len(pcm) // SAMPLE_BYTES
        return (SilentFor(end, end),)

    async def take(self) -> Transcript:
        return Transcript("")


class Listener:
    """Feeds the ear and takes turns."""

    def __init__(self, ear: Ear, rules: TurnRules, post: Callable[[HeardSomething], None]) -> None:
        self._ear, self._rules, self._post = ear, rules, post
        self._queue: asyncio.Queue[_Audio | _Wait | Deafen] = asyncio.Queue()
        self._state = TurnState()
        self._turn = 0
        self._began_in = 0
        self._awaited_in = 0
        self._deaf = False

    def begin_turn(self, turn: int) -> None:
        """A new prompt starts; speech that begins from now on answers it."""
        self._turn = turn

    def audio(self, pcm: bytes, first_sample: int) -> None:
        if not self._deaf:
            self._queue.put_nowait(_Audio(pcm, first_sample))

    def listen(self, turn: int, at_sample: int, silence_samples: int) -> None:
        """From this sample on, so much silence is no input to this turn."""
        self._queue.put_nowait(_Wait(turn, Listen(at_sample, silence_samples)))

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
                case _Wait(turn, order):
                    self._awaited_in = turn
                    await self._decide(order)
                case Deafen() as order:
                    await self._decide(order)

    async def _hear(self, pcm: bytes, first_sample: int) -> Sequence[Hearing]:
        try:
            return await self._ear.hear(pcm, first_sample)
        except RecognizerFault:
            return ()  # costs words, never the clock: the next audio reports again
        except Exception:  # noqa: BLE001 - whatever it is, see rule 4
            return await self._lose_ear().hear(pcm, first_sample)

    async def _take(self) -> Transcript:
        try:
            return await self._ear.take()
        except RecognizerFault:
            return GARBLED  # counts as heard and not understood; the next utterance starts afresh
        except Exception:  # noqa: BLE001 - whatever it is, see rule 4
            self._lose_ear()
            return GARBLED

    def _lose_ear(self) -> Ear:
        self._ear = _NoEar()
        self._post(EarLost())
        return self._ear

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
                    self._post(SilenceHeard(self._awaited_in))
