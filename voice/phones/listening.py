"""How a simulated person hears: where speech ends, who seems to speak, and whether he was asked that before.

Rule 1: audio in, facts out; nothing here waits or knows SIP. Time is counted in samples of what was heard.
Rule 2: a simulated person hears what a person would hear: no text reaches him, and no word from the dialer's insides.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voice.ports import SAMPLE_BYTES, SAMPLE_RATE

FRAME = SAMPLE_RATE // 50  # 20 ms
_LOUD = 200  # mean absolute sample of a frame; A-law silence decodes to 8, synthetic speech to thousands
_TAIL = SAMPLE_RATE * 5 // 2  # how much of a question's end is remembered
_PIECE = SAMPLE_RATE // 2
_SAME_PIECE = 0.92  # correlation: the same half second through A-law reads 0.99, other ones were seen up to 0.84
_OTHER_VOICE_PERCENT = 18  # pitch apart; sentences of one synthetic voice stay within 10

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of speech that is over: the line has been quiet since."""

    speech: bytes  # from the first loud frame to the last
    pitch_hz: int  # median; 0 when no voiced frame was found

    def by_another_voice_than(self, first: "Heard") -> bool:
        """True when the pitch is so far off that somebody else must be speaking."""
        if not self.pitch_hz or not first.pitch_hz:
            return False
        return abs(self.pitch_hz - first.pitch_hz) * 100 > _OTHER_VOICE_PERCENT * first.pitch_hz

    def sounds_like(self, other: "Heard") -> bool:
        """True when both end with the same recording: the same question, asked again.

        Compared piece by piece, because a lost packet shifts what follows it.
        """
        mine, theirs = _tail(self.speech), _tail(other.speech)
        length = min(mine.size, theirs.size)
        mine, theirs = mine[-length:], theirs[-length:]
        pieces = [mine[at : at + _PIECE] for at in range(0, length - _PIECE + 1, _PIECE)]
        same = sum(_best_match(piece, theirs) >= _SAME_PIECE for piece in pieces)
        return same * 2 > len(pieces)


class Ear:
    """Finds the ends of what the other side says."""

    def __init__(self, speech_ms: int = 600, silence_ms: int = 900) -> None:
        self._speech_needed = speech_ms * SAMPLE_RATE // 1000
        self._silence_needed = silence_ms * SAMPLE_RATE // 1000
        self._rest = b""
        self._speech = bytearray()
        self._loud = 0
        self._quiet = 0

    @property
    def hears_speech(self) -> bool:
        """Somebody speaks, or has only just stopped."""
        return self._loud > 0

    def feed(self, pcm: bytes) -> list[Heard]:
        """Take what came from the line; return what ended with it."""
        pcm = self._rest + pcm
        size = FRAME * SAMPLE_BYTES
        whole = len(pcm) - len(pcm) % size
        self._rest = pcm[whole:]
        ended = [self._frame(pcm[at : at + size]) for at in range(0, whole, size)]
        return [heard for heard in ended if heard is not None]

    def _frame(self, frame: bytes) -> Heard | None:
        if _is_loud(frame):
            self._loud, self._quiet = self._loud + FRAME, 0
            self._speech += frame
            return None
        if not self._loud:
            return None
        self._quiet += FRAME
        self._speech += frame
        if self._quiet < self._silence_needed:
            return None
        enough, quiet = self._loud >= self._speech_needed, self._quiet * SAMPLE_BYTES
        speech = bytes(self._speech[:-quiet])
        self._loud = self._quiet = 0
        self._speech.clear()
        return Heard(speech, _pitch(_samples(speech))) if enough else None


def _samples(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, dtype="<i2")


def _is_loud(frame: bytes) -> bool:
    return int(np.abs(_samples(frame).astype(np.int32)).sum()) > _LOUD * FRAME


def _tail(speech: bytes) -> Samples:
    return _samples(speech)[-_TAIL:]


def _best_match(piece: Samples, within: Samples) -> float:
    """Correlation of the piece with the stretch that is most like it, 0..1."""
    x, y = piece.astype(np.float64), within.astype(np.float64)
    products = np.correlate(y, x, "valid")
    energies = np.convolve(y * y, np.ones(x.size), "valid")
    scale = np.sqrt(np.maximum(energies, 1.0) * max(float(x @ x), 1.0))
    return float(np.max(products / scale))


def _pitch(speech: Samples) -> int:
    """Median pitch over the voiced frames, by autocorrelation between 60 and 400 Hz."""
    window, lowest, highest = SAMPLE_RATE // 25, SAMPLE_RATE // 400, SAMPLE_RATE // 60
    found = []
    for at in range(0, speech.size - window - highest, FRAME):
        long = speech[at : at + window + highest].astype(np.float64)
        short = long[:window]
        energy = float(short @ short)
        if energy < window * float(_LOUD) ** 2:
            continue
        strength = np.correlate(long, short, "valid")[lowest:]
        best = int(strength.argmax())
        if strength[best] > energy / 2:
            found.append(SAMPLE_RATE // (best + lowest))
    return int(np.median(found)) if found else 0
