"""Keeps the record of a conversation, turn by turn, while it happens."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from voice.ports import SAMPLE_RATE, Transcript
from voice.report import TurnRecord
from voice.understanding.model import Understood

GREETING_STEP = "greeting"


@dataclass(frozen=True, slots=True)
class _Reply:
    """The last reply, so that the next prompt can say how long it let the contact wait."""

    turn: int
    ended_sample: int


class Turns:
    """All turns of one call. A turn is closed, and told, when the next one begins or the call ends."""

    def __init__(self, told: Callable[[TurnRecord], None]) -> None:
        self._told = told
        self._closed: list[TurnRecord] = []
        self._open: TurnRecord | None = None
        self._reply: _Reply | None = None

    def begin(self, turn: int, step: str, said: str, at_sample: int) -> None:
        """We start to say the prompt of this turn, at this sample of the call's clock."""
        self.close(answered_at_sample=at_sample)
        self._open = TurnRecord(turn, step, said, False, "", (), 0.0, "", _ms(at_sample), None)

    def said_to_end(self, turn: int) -> None:
        if self._open is not None and self._open.turn == turn:
            self._open = replace(self._open, said_to_end=True)

    def heard(self, turn: int, transcript: Transcript, understood: Understood, ended_sample: int) -> None:
        """A reply that belongs to this turn; several in one turn are joined."""
        if self._open is None:
            self._open = TurnRecord(turn, GREETING_STEP, "", True, "", (), 0.0, "", 0, None)
        if self._open.turn != turn:
            return
        now = self._open
        self._open = replace(
            now,
            heard=f"{now.heard} {transcript.text}".strip(),
            intents=tuple(dict.fromkeys((*now.intents, *understood.names()))),
            confidence=transcript.confidence,
            rule=understood.intents[0].evidence if understood.intents else now.rule,
        )
        self._reply = _Reply(turn, ended_sample)

    def pressed(self, digit: str) -> None:
        if self._open is not None:
            self._open = replace(self._open, digit=self._open.digit + digit)

    def close(self, answered_at_sample: int | None = None) -> None:
        """The turn is over; when we speak again, that moment dates the reply gap."""
        record, self._open = self._open, None
        if record is None:
            return
        if self._reply is not None and self._reply.turn == record.turn and answered_at_sample is not None:
            record = replace(record, reply_gap_ms=_ms(answered_at_sample - self._reply.ended_sample))
        self._reply = None
        self._closed.append(record)
        self._told(record)

    def records(self) -> tuple[TurnRecord, ...]:
        return tuple(self._closed)


def _ms(samples: int) -> int:
    return samples * 1000 // SAMPLE_RATE
