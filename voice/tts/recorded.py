"""Sentences that a person has recorded: whether the sound is fit for the telephone, and the prompt that is made of it.

Rule 1: what is wrong with a recording is told with its file's name and what to do; nothing is repaired that a person would
        hear, and nothing asked for that can be done here (stereo, rate, silence around, loudness).
Rule 2: a recording is as loud as the voice: the same strength while somebody speaks. What is then louder than a prompt's
        peaks is rounded off, because voices have sharper peaks than the synthesiser.
Rule 3: the text of a recorded sentence is for the transcript, so it may hold what the voice cannot say, and no variable: the
        recording says one thing only.
"""

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from voice.errors import RecordedSentenceUnfit
from voice.ports import SAMPLE_RATE
from voice.script.model import Sentence
from voice.script.source import Finding, Place, Severity
from voice.script.variables import variables_in
from voice.tts.readings import hanzi_in
from voice.tts.telephone import HANZI_PER_WPM_SECOND, LEAD_MS, PEAK, TAIL_MS, Samples

Floats = npt.NDArray[np.float32]

SPEECH_RMS = 3470  # -19.5 dBFS: the median of the shipped prompts, over the frames in which something is said
KNEE = PEAK // 2
FRAME_MS = 20
SHORTEST_SECONDS, LONGEST_SECONDS = 0.3, 20.0
SPOKEN = 0.1  # of the loudest frames: above it somebody speaks
QUIETEST = 0.003  # of full scale (-50 dB): what is amplified from below it is mostly noise
FULL, MOST_FULL = 0.999, 0.002  # clipped: more than this part of the samples stands at full scale
LONGEST_PAUSE_SECONDS = 1.5
NOISIEST = 0.18  # of the speech (-15 dB)
_WIDTHS = {1: 8, 2: 16, 3: 24, 4: 32}
_SAVE_AS = "save it as WAV, PCM 16 bit, mono, 16 kHz or more"
_ANEW = "record it anew"


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as it was made, mono, -1 to 1."""

    samples: Floats
    rate: int

    @property
    def seconds(self) -> float:
        return self.samples.size / self.rate

    def frames(self) -> Floats:
        """Strength of every 20 ms."""
        length = self.rate * FRAME_MS // 1000
        whole = self.samples[: self.samples.size // length * length].reshape(-1, length)
        return np.asarray(np.sqrt(np.mean(np.square(whole), axis=1)), np.float32)


def sound_of(path: Path) -> Sound:
    """What the file holds. Raises RecordedSentenceUnfit."""
    try:
        with wave.open(str(path), "rb") as audio:
            channels, width, rate = audio.getnchannels(), audio.getsampwidth(), audio.getframerate()
            content = audio.readframes(audio.getnframes())
    except (OSError, EOFError, wave.Error) as fault:
        raise RecordedSentenceUnfit(f"'{path.name}' is no WAV file of plain samples; {_SAVE_AS}") from fault
    if channels > 2 or rate < SAMPLE_RATE or width not in _WIDTHS:  # noqa: PLR2004 - mono or stereo
        raise RecordedSentenceUnfit(f"'{path.name}' has {channels} channels at {rate} Hz; {_SAVE_AS}")
    whole = _samples(content, width)
    mono = whole[: whole.size // channels * channels].reshape(-1, channels).mean(axis=1, dtype=np.float32)
    return Sound(np.asarray(mono, np.float32), rate)


def _samples(content: bytes, width: int) -> Floats:
    if width == 1:  # the one width that is unsigned
        return np.asarray((np.frombuffer(content, np.uint8).astype(np.float32) - 128) / 128, np.float32)
    bytes_of = np.frombuffer(content, np.uint8)
    wide = bytes_of[: bytes_of.size // width * width].reshape(-1, width)  # a cut file may end in half a sample
    padded = np.zeros((len(wide), 4), np.uint8)
    padded[:, 4 - width :] = wide
    return np.asarray(padded.view("<i4")[:, 0] / 2**31, np.float32)


def listened(path: Path, sentence: Sentence, rate_wpm: int, place: Place) -> list[Finding]:
    """Everything that is wrong with a recorded sentence."""
    if not path.is_file():
        return []  # told by whoever looked for the file
    try:
        sound = sound_of(path)
    except RecordedSentenceUnfit as fault:
        return [Finding(place, "recording-unreadable", str(fault))]
    flaws = [*_varying(sentence), *_heard(sound), *_measured(sound, sentence, rate_wpm)]
    return [Finding(place, f.code, f"'{sentence.recording}' {f.message}", f.advice, f.severity) for f in flaws]


@dataclass(frozen=True, slots=True)
class _Flaw:
    code: str
    message: str
    advice: str
    severity: Severity = Severity.ERROR


def _varying(sentence: Sentence) -> Iterator[_Flaw]:
    if names := variables_in(sentence.text):
        message = f"is always the same, and its text differs from call to call ({{{names[0]}}})"
        yield _Flaw("recording-varies", message, "write the words that were recorded")


def _heard(sound: Sound) -> Iterator[_Flaw]:
    frames = sound.frames()
    peak = float(np.max(np.abs(sound.samples), initial=0.0))
    if peak < QUIETEST:
        yield _Flaw("recording-silent", "holds no sound", f"see that the microphone is on and {_ANEW}")
        return
    strength = _strength(frames)
    if strength < QUIETEST:
        yield _Flaw("recording-quiet", "is too quiet to be made louder", f"{_ANEW}, nearer to the microphone")
    if float(np.mean(np.abs(sound.samples) >= FULL)) > MOST_FULL:
        yield _Flaw("recording-clipped", "is too loud, its peaks are cut off", f"{_ANEW} with less gain")
    pause = _longest_pause(frames)
    if pause > LONGEST_PAUSE_SECONDS:
        yield _Flaw("recording-pauses", f"is silent for {pause:.1f} s in the middle", "cut the pause out")
    if float(np.percentile(frames, 5)) > NOISIEST * strength:
        message = "has noise behind the voice, or none of the room's silence"
        yield _Flaw("recording-noisy", message, "listen to it, in a quiet room", Severity.WARNING)


def _measured(sound: Sound, sentence: Sentence, rate_wpm: int) -> Iterator[_Flaw]:
    if not SHORTEST_SECONDS <= sound.seconds <= LONGEST_SECONDS:
        message = f"lasts {sound.seconds:.1f} s; a sentence lasts {SHORTEST_SECONDS} to {LONGEST_SECONDS:.0f} s"
        yield _Flaw("recording-length", message, "record one sentence in one file")
        return
    expected = hanzi_in(sentence.text) * HANZI_PER_WPM_SECOND / rate_wpm
    if expected > sound.seconds * 3 or 1 < expected < sound.seconds / 3:
        message = f"lasts {sound.seconds:.1f} s, and its text about {expected:.1f} s"
        yield _Flaw("recording-other-length", message, "see that it is the right file", Severity.WARNING)


def _strength(frames: Floats) -> float:
    """While somebody speaks."""
    loudest = float(np.max(frames, initial=0.0))
    spoken = frames[frames > loudest * SPOKEN]
    return float(np.sqrt(np.mean(np.square(spoken)))) if spoken.size else 0.0


def _longest_pause(frames: Floats) -> float:
    spoken = np.flatnonzero(frames > np.max(frames) * SPOKEN)
    return float(np.max(np.diff(spoken), initial=1) - 1) * FRAME_MS / 1000


def for_the_line(sound: Sound) -> Samples:
    """8 kHz, without the silence around, as loud as the voice."""
    narrow = soxr.resample(sound.samples, sound.rate, SAMPLE_RATE, quality="HQ") * 32768
    frames = Sound(narrow, SAMPLE_RATE).frames()
    strength = _strength(frames)
    if strength < 1:
        raise RecordedSentenceUnfit("a recorded sentence holds no sound")
    spoken = np.flatnonzero(frames > np.max(frames) * SPOKEN)
    length = SAMPLE_RATE * FRAME_MS // 1000
    lead, tail = LEAD_MS * SAMPLE_RATE // 1000, TAIL_MS * SAMPLE_RATE // 1000
    padded = np.pad(narrow, (lead, tail))
    cut = padded[spoken[0] * length : (spoken[-1] + 1) * length + lead + tail]
    rounded: Samples = np.round(_rounded_off(cut * np.float32(SPEECH_RMS / strength))).astype(np.int16)
    return rounded


def _rounded_off(samples: Floats) -> Floats:
    """Nothing above PEAK, and nothing changed below KNEE."""
    over = np.maximum(np.abs(samples) - KNEE, 0)
    room = PEAK - KNEE
    return np.asarray(np.sign(samples) * (np.minimum(np.abs(samples), KNEE) + room * np.tanh(over / room)), np.float32)
