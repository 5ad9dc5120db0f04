"""Voice activity by energy over an adaptive noise floor. Integer samples; no clock, no I/O, no numpy.

Plain Python on purpose: numpy would bring threads and 25 MB into every worker, and this costs less than 0.2 ms per 100 ms.

Rule 1: the floor is the quietest 60 ms of the last seconds; a lasting noise becomes silence after them, speech never does,
because it has gaps.
Rule 2: voice is loud and smooth: white noise is not, whatever its level (a line that falls out of digital silence into noise
would else be speech until the floor has learnt). Hissing consonants are not either; the pre-roll brings them back, and every
Mandarin syllable ends in a vowel or a nasal.
Rule 3: a burst shorter than ONSET frames is a click or a breath; a voiced stretch shorter than TOUCH frames does not even
prolong speech.
"""

from array import array
from collections import deque
from dataclasses import dataclass
from operator import mul

from voice.ports import SAMPLE_BYTES, SAMPLE_RATE

FRAME = SAMPLE_RATE // 100  # 10 ms


@dataclass(frozen=True, slots=True)
class VoiceRules:
    """Levels are effective values of samples; ratios are of power."""

    quietest_voice: int = 80  # below this everything is silence; A-law silence decodes to a constant 8
    loudest_floor: int = 700  # no lasting sound is believed to be louder, so who speaks from the first sample is heard
    onset_ratio: int = 6  # over the floor to begin (finding: line noise alone stays below 2)
    stay_ratio: int = 3  # over the floor to go on
    smooth_percent: int = 30  # correlation of neighbouring samples; white noise 0, vowels 50 to 95
    onset_frames: int = 10  # of onset_window; a burst of 80 ms touches 9
    onset_window: int = 12
    touch_frames: int = 3
    hang_frames: int = 20  # silence after which the next voice is a new start
    floor_blocks: int = 6
    block_frames: int = 48  # 480 ms


@dataclass(frozen=True, slots=True)
class Activity:
    """After a chunk of audio. All are samples of the caller's clock."""

    at: int  # after the last whole frame
    speaking_since: int | None  # speech goes on, or stopped less than the hang time ago
    last_voiced: int  # after the last voiced frame; the first sample ever heard, when none was


class VoiceDetector:
    """Follows one leg's audio."""

    def __init__(self, rules: VoiceRules | None = None) -> None:
        self._rules = rules or VoiceRules()
        self._floor = _Floor(self._rules)
        self._window: deque[bool] = deque(maxlen=self._rules.onset_window)
        self._rest = b""
        self._at: int | None = None
        self._run = 0  # voiced frames in a row
        self._since: int | None = None
        self._last_voiced = 0

    def hear(self, pcm: bytes, first_sample: int) -> Activity:
        """Take the next audio; what does not fill a frame waits for the next call."""
        start = first_sample - len(self._rest) // SAMPLE_BYTES
        if self._at is None:
            self._at = self._last_voiced = start
        elif start != self._at:  # a gap: the frame that straddles it means nothing
            self._rest, self._at = b"", first_sample
        samples = array("h")
        joined = self._rest + pcm
        whole = len(joined) - len(joined) % (FRAME * SAMPLE_BYTES)
        samples.frombytes(joined[:whole])
        self._rest = joined[whole:]
        for offset in range(0, len(samples), FRAME):
            self._frame(samples[offset : offset + FRAME])
            self._at += FRAME
        return Activity(self._at, self._since, self._last_voiced)

    def _frame(self, frame: "array[int]") -> None:
        assert self._at is not None
        mean = sum(frame) // FRAME  # the line's DC offset is no sound
        power = max(0, sum(map(mul, frame, frame)) // FRAME - mean * mean)
        voiced = power > self._threshold() and self._smooth(frame, mean, power)
        self._floor.learn(power)
        self._window.append(voiced)
        self._run = self._run + 1 if voiced else 0
        end = self._at + FRAME
        if self._since is None:
            if sum(self._window) >= self._rules.onset_frames:
                self._since = end - FRAME * (len(self._window) - self._window.index(True))
                self._last_voiced = end
        elif self._run >= self._rules.touch_frames:
            self._last_voiced = end
        elif end - self._last_voiced >= self._rules.hang_frames * FRAME:
            self._since = None
            self._window.clear()

    def _smooth(self, frame: "array[int]", mean: int, power: int) -> bool:
        neighbours: int = sum(map(mul, frame, frame[1:])) // (FRAME - 1) - mean * mean
        return 100 * neighbours > self._rules.smooth_percent * power

    def _threshold(self) -> int:
        ratio = self._rules.onset_ratio if self._since is None else self._rules.stay_ratio
        return max(self._rules.quietest_voice**2, ratio * self._floor.power)


class _Floor:
    """The quietest 60 ms of the last few seconds, as power."""

    SMOOTH = 6  # frames

    def __init__(self, rules: VoiceRules) -> None:
        self._most = rules.loudest_floor**2
        self._block_frames = rules.block_frames
        self._recent: deque[int] = deque(maxlen=self.SMOOTH)
        self._blocks: deque[int] = deque(maxlen=rules.floor_blocks)
        self._block = self._most
        self._count = 0

    @property
    def power(self) -> int:
        return min(self._block, *self._blocks) if self._blocks else self._block

    def learn(self, power: int) -> None:
        self._recent.append(power)
        if len(self._recent) == self.SMOOTH:
            self._block = min(self._block, sum(self._recent) // self.SMOOTH)
        self._count += 1
        if self._count == self._block_frames:
            self._blocks.append(self._block)
            self._block, self._count = self._most, 0
