"""One answered call of a simulated person: what the leg tells goes to his manner, what he decides goes to the leg.

Rule 1: he answers after he has heard the other side stop; what ends while he speaks himself is answered when he is done.
Rule 2: time is counted in samples that came in, so a slow machine makes nobody impatient.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, assert_never

from voice.phones.listening import Ear, Heard
from voice.phones.manner import Deed, HangUp, Manner, Press, Say
from voice.ports import (
    SAMPLE_BYTES,
    SAMPLE_RATE,
    Leg,
    LegAnswered,
    LegDigit,
    LegEnded,
    LegEvent,
    LegHeard,
    LegPlayed,
    LegRinging,
)


class KeyLeg(Leg, Protocol):
    """A leg that can press keys, too."""

    def send_digits(self, digits: str) -> None:
        """Press these keys (RFC 4733)."""


class Talk:
    """A person on the telephone."""

    def __init__(self, leg: KeyLeg, manner: Manner, sentences: Mapping[str, Path]) -> None:
        self._leg = leg
        self._manner = manner
        self._sentences = sentences
        self._ear = Ear(speech_ms=manner.shortest_speech_ms)
        self._speaking = False
        self._unanswered: Heard | None = None
        self._idle_samples = 0
        self._tag = 0

    def take(self, event: LegEvent) -> None:
        """One event of the leg, in order."""
        match event:
            case LegAnswered():
                self._do(self._manner.answered())
            case LegHeard(pcm=pcm):
                self._listen(pcm)
            case LegPlayed():
                self._speaking = False
                self._answer()
            case LegRinging() | LegDigit() | LegEnded():
                return
            case _:
                assert_never(event)

    def _listen(self, pcm: bytes) -> None:
        for heard in self._ear.feed(pcm):
            self._unanswered = heard
        if self._speaking or self._ear.hears_speech:
            self._idle_samples = 0
            return
        self._idle_samples += len(pcm) // SAMPLE_BYTES
        self._answer()
        if not self._speaking:
            self._do(self._manner.idle(self._idle_samples * 1000 // SAMPLE_RATE))

    def _answer(self) -> None:
        """Not while the other side has begun to speak again."""
        if self._unanswered is None or self._speaking or self._ear.hears_speech:
            return
        heard, self._unanswered = self._unanswered, None
        self._do(self._manner.heard(heard))

    def _do(self, deed: Deed | None) -> None:
        if deed is None:
            return
        self._idle_samples = 0
        match deed:
            case Say(text):
                self._tag += 1
                self._speaking = True
                self._leg.play(self._tag, [self._sentences[text]])
            case Press(digit):
                self._leg.send_digits(digit)
            case HangUp():
                self._leg.hang_up()
            case _:
                assert_never(deed)


async def hold(talk: Talk, events: "asyncio.Queue[LegEvent]") -> None:
    """Carry the talk to its end."""
    while True:
        event = await events.get()
        talk.take(event)
        if isinstance(event, LegEnded):
            return
