"""A recogniser that needs no ears: it believes what a script says, utterance by utterance."""

from collections.abc import Sequence

from voice.errors import RecognizerFault
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE, Transcript, Word

_CHARACTER_MS = 200


class FakeRecognizer:
    """The n-th utterance that is fed has the n-th text; a character becomes known for every 200 ms of audio."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._texts = list(texts)
        self._fed_ms = 0.0
        self._closed = False
        self.fed: list[bytes] = []  # of the present utterance
        self.utterances: list[bytes] = []  # audio of the finished ones

    async def feed(self, pcm: bytes) -> str:
        self._open()
        self.fed.append(pcm)
        self._fed_ms += len(pcm) * 1000 / SAMPLE_BYTES / SAMPLE_RATE
        return self._text()[: int(self._fed_ms / _CHARACTER_MS)]

    async def finish(self) -> Transcript:
        self._open()
        if not self.fed:
            return Transcript("")
        text = self._text()
        self._texts = self._texts[1:]
        self.utterances.append(b"".join(self.fed))
        self.fed, self._fed_ms = [], 0.0
        words = tuple(
            Word(sign, place * _CHARACTER_MS, (place + 1) * _CHARACTER_MS, 0.9) for place, sign in enumerate(text)
        )
        return Transcript(text, words, 0.9 if text else 0.0)

    def close(self) -> None:
        self._closed = True

    def _text(self) -> str:
        return self._texts[0] if self._texts else ""

    def _open(self) -> None:
        if self._closed:
            raise RecognizerFault("The recogniser of this conversation is closed.")
