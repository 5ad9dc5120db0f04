"""Keeps the record of a conversation, turn by turn, while it happens.

Rule: six digits in a row that a person says (a code, a card, an identity number) are masked before anything is kept.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from voice.masking import masked
from voice.ports import SAMPLE_RATE, Transcript
from voice.report import TurnRecord
from voice.understanding.model import Understood

GREETING_STEP = "greeting"
_GREETING = TurnRecord(0, GREETING_STEP, "", True, "", (), 0.0, "", 0, None)  # before our first word


class Turns:
    """All turns of one call. A turn is closed, and told, when the next one begins or the call ends."""

    def __init__(self, told: Callable[[TurnRecord], None]) -> None:
        self._told = told
        self._closed: list[TurnRecord] = []
        self._open: TurnRecord | None = None
        self._reply_ended: int | None = None  # sample; only while it is being answered

    def begin(self, turn: int, step: str, said: str, at_sample: int) -> None:
        """We start to say the prompt of this turn, at this sample of the call's clock."""
        if self._open is not None and self._reply_ended is not None:
            gap = max(0, _ms(at_sample - self._reply_ended))
            self._open = replace(self._open, reply_gap_ms=gap)
        self.close()
        self._open = TurnRecord(turn, step, said, False, "", (), 0.0, "", _ms(at_sample), None)

    def said_to_end(self, turn: int) -> None:
        if self._open is not None and self._open.turn == turn:
            self._open = replace(self._open, said_to_end=True)

    @contextmanager
    def replied(self, turn: int, transcript: Transcript, understood: Understood, ended_sample: int) -> Iterator[None]:
        """A reply that belongs to this turn. A prompt that begins within answers it: that gap he had to wait."""
        now = self._present()
        if now is not None and now.turn == turn and transcript.text:
            self._open = replace(
                now,
                heard=masked(f"{now.heard} {transcript.text}".strip()),  # a code may come in two breaths
                intents=tuple(dict.fromkeys((*now.intents, *understood.names()))),
                confidence=min(transcript.confidence, now.confidence) if now.heard else transcript.confidence,
                rule=masked(understood.intents[0].evidence) if understood.intents else now.rule,
            )
            self._reply_ended = ended_sample
        try:
            yield
        finally:
            self._reply_ended = None

    def pressed(self, digit: str) -> None:
        now = self._present()
        if now is not None:
            self._open = replace(now, digit=now.digit + digit)

    def close(self) -> None:
        """The turn is over."""
        record, self._open = self._open, None
        if record is not None:
            self._closed.append(record)
            self._told(record)

    def records(self) -> tuple[TurnRecord, ...]:
        return tuple(self._closed)

    def _present(self) -> TurnRecord | None:
        """The turn that is open. Before our first word that is the greeting; after a bridge there is none."""
        return self._open if self._open is not None or self._closed else _GREETING


def _ms(samples: int) -> int:
    return samples * 1000 // SAMPLE_RATE
