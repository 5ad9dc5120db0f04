"""Hears one leg: finds speech, recognises it while it lasts, and reports. Decides nothing.

Rule 1: only speech is recognised, with a little of what came before it and after it (finding: this saves four fifths of the
recogniser's work; without the pre-roll a first consonant is lost).
Rule 2: a fault of the recogniser costs words, never the clock: the reports go on, so the turn still ends.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from voice.asr.vad import Activity, VoiceDetector, VoiceRules
from voice.dialogue.hearing import Hearing, Partial, SilentFor, SpeechStarted
from voice.errors import RecognizerFault
from voice.ports import SAMPLE_BYTES, Recognizer, Transcript

_PER_MS = 8  # samples
_PAUSE = 100 * _PER_MS  # a next word may have begun unnoticed in it, so it may be heard again


@dataclass(frozen=True, slots=True)
class EarRules:
    """How much around the voice is recognised."""

    pre_roll_samples: int = 300 * _PER_MS
    tail_samples: int = 700 * _PER_MS
    abandon_samples: int = 3000 * _PER_MS  # silence after which an utterance that nobody took is forgotten
    voice: VoiceRules = VoiceRules()


def never_complete(_text: str) -> bool:
    """For a listener who knows no answers: every reply waits the full pause."""
    return False


class Ear:
    """Voice activity and recognition over one leg's audio; the audio must come in order."""

    def __init__(
        self,
        recognizer: Recognizer,
        rules: EarRules | None = None,
        *,
        complete: Callable[[str], bool] = never_complete,
    ) -> None:
        self._recognizer = recognizer
        self._rules = rules or EarRules()
        self._complete = complete
        self._voice = VoiceDetector(self._rules.voice)
        self._past = _Past(self._rules.pre_roll_samples + 400 * _PER_MS)  # 400: an onset is known only afterwards
        self._partial: Partial | None = None  # of the present utterance; None: nobody speaks
        self._taken = 0  # what lies before this sample belongs to an earlier utterance
        self._voiced = 0  # after the last voiced sample

    async def hear(self, pcm: bytes, first_sample: int) -> tuple[Hearing, ...]:
        """Take the next audio and report what it tells; never empty."""
        end = first_sample + len(pcm) // SAMPLE_BYTES
        activity = self._voice.hear(pcm, first_sample)
        self._past.keep(pcm, end)
        self._voiced = activity.last_voiced
        if self._partial is not None:
            return await self._during(activity, end)
        silent = SilentFor(end - max(self._taken, activity.last_voiced), end)
        if activity.speaking_since is None:
            return (silent,)
        began = max(activity.speaking_since, self._taken)
        self._past.pre_roll_from(began - self._rules.pre_roll_samples)
        self._partial = Partial("", end)
        return (SpeechStarted(began), *await self._during(activity, end))

    async def take(self) -> Transcript:
        """End the utterance and return its words; what comes next is another one. Raises RecognizerFault."""
        self._partial = None
        self._taken = self._past.end
        pausing = self._taken - self._voiced >= _PAUSE
        self._past.forget_before(self._voiced if pausing else self._taken)
        return await self._recognizer.finish()

    async def _during(self, activity: Activity, end: int) -> tuple[Hearing, ...]:
        assert self._partial is not None
        silence = end - activity.last_voiced
        if silence >= self._rules.abandon_samples:  # nobody was listening when it began
            await self._abandon()
            return (SilentFor(silence, end),)
        text, complete = self._partial.text, self._partial.complete
        if silence <= self._rules.tail_samples:
            text = await self._recognise(text)
        if text != self._partial.text:
            complete = self._complete(text)
        self._partial = Partial(text, end, complete)
        return (self._partial, SilentFor(silence, end)) if silence > 0 else (self._partial,)

    async def _abandon(self) -> None:
        with suppress(RecognizerFault):
            await self.take()

    async def _recognise(self, known: str) -> str:
        try:
            return await self._recognizer.feed(self._past.unheard())
        except RecognizerFault:
            return known


class _Past:
    """The latest audio: what the recogniser has not had yet, and enough for a pre-roll."""

    def __init__(self, most_samples: int) -> None:
        self._most = most_samples
        self._pcm = bytearray()
        self._given = 0  # the recogniser has had all before this sample
        self._oldest = 0  # what lies before belongs to an earlier utterance
        self.end = 0

    def keep(self, pcm: bytes, end: int) -> None:
        self._pcm += pcm
        self.end = end
        surplus = len(self._pcm) - (self._most * SAMPLE_BYTES + len(pcm))
        if surplus > 0:
            del self._pcm[:surplus]

    def forget_before(self, sample: int) -> None:
        """An utterance ended here: no later one reaches back over it."""
        self._oldest = sample

    def pre_roll_from(self, sample: int) -> None:
        """A new utterance: recognise from this sample on."""
        self._given = max(sample, self._oldest)

    def unheard(self) -> bytes:
        """All that was not given out yet and is still remembered."""
        start = max(self._given, self.end - len(self._pcm) // SAMPLE_BYTES)
        self._given = self.end
        return bytes(self._pcm[len(self._pcm) - (self.end - start) * SAMPLE_BYTES :])
