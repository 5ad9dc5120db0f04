"""An ear that is told what it will hear; the promises of voice.asr.ear.Ear (tests/contract/test_ear.py).

Sound that is not digital silence is speech. The n-th utterance has the n-th of the words given to `will_hear`; an exception in
their place is raised when the utterance is taken, `breaks` raises one at once.
"""

from collections import deque

from voice.dialogue.hearing import Hearing, Partial, SilentFor, SpeechStarted
from voice.ports import SAMPLE_BYTES, Transcript

CONFIDENCE = 0.9


class FakeEar:
    """Hears by the script."""

    def __init__(self) -> None:
        self._words: deque[str | Exception] = deque()
        self._fault: Exception | None = None
        self._speaking = False
        self._last_voiced = 0
        self._taken = 0
        self._end = 0

    @property
    def heard_samples(self) -> int:
        """Up to where it was given the call's sound."""
        return self._end

    def will_hear(self, *words: str | Exception) -> None:
        self._words.extend(words)

    def breaks(self, fault: Exception) -> None:
        """From the next audio on."""
        self._fault = fault

    async def hear(self, pcm: bytes, first_sample: int) -> tuple[Hearing, ...]:
        if self._fault is not None:
            raise self._fault
        self._end = end = first_sample + len(pcm) // SAMPLE_BYTES
        if any(pcm):
            began, self._speaking, self._last_voiced = not self._speaking, True, end
            start = (SpeechStarted(max(first_sample, self._taken)),) if began else ()
            return (*start, Partial(self._text(), end))
        if self._speaking:
            return (Partial(self._text(), end), SilentFor(end - self._last_voiced, end))
        return (SilentFor(end - max(self._taken, self._last_voiced), end),)

    async def take(self) -> Transcript:
        if not self._speaking:
            return Transcript("")
        self._speaking, self._taken = False, self._end
        words = self._words.popleft() if self._words else ""
        if isinstance(words, Exception):
            raise words
        return Transcript(words, (), CONFIDENCE if words else 0.0)

    def _text(self) -> str:
        words = self._words[0] if self._words else ""
        return words if isinstance(words, str) else ""
