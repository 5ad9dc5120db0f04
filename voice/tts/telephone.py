"""From the engine's sound to a telephone prompt, and whether a prompt is fit to be played. Pure arithmetic on samples.

G.711 A-law has its full 13 bit steps for loud samples only, and a trunk clips what is louder than full scale after its
own gain: so prompts peak at -6 dBFS, which puts espeak-ng's speech near the -20 dBFS RMS that telephone speech has.
"""

import numpy as np
import numpy.typing as npt
import soxr

from voice.ports import SAMPLE_RATE

Samples = npt.NDArray[np.int16]

LEAD_MS, TAIL_MS = 60, 120  # silence kept around the speech
PEAK = 16423  # -6 dBFS
QUIETEST_RMS = 655  # -34 dBFS over the whole prompt; less is not heard in the street
FRAME = SAMPLE_RATE // 100
FLOOR = 0.01  # of the peak: below it is silence

HANZI_PER_WPM_SECOND = 47.0  # measured: 3.4 hanzi a second at 160 words per minute, 4.5 at 200
# Of the expected length. Measured over 45 sentences, 80 to 300 words per minute: 0.84 to 1.5, single syllables apart; the
# rest is for other libraries (1.51 speaks a quarter slower). Half a sentence or two of them lie outside.
SHORTEST, LONGEST = 0.6, 1.9
SHORTEST_SLACK_SECONDS = 0.1  # an 啊 is shorter than other syllables
LONGEST_SLACK_SECONDS = 0.5  # silence around, and the last syllable is drawn out
PAUSE_SECONDS = 0.5  # at most, for one punctuation mark


def for_the_line(samples: Samples, rate: int) -> Samples:
    """8 kHz, trimmed, levelled."""
    if samples.size == 0:
        return samples
    narrow = soxr.resample(samples.astype(np.float32), rate, SAMPLE_RATE, quality="HQ")
    peak = float(np.max(np.abs(narrow)))
    if peak < 1:
        return np.zeros(0, np.int16)
    levelled: Samples = np.round(_trim(narrow, peak * FLOOR) * (PEAK / peak)).astype(np.int16)
    return levelled


def _trim(samples: npt.NDArray[np.float32], floor: float) -> npt.NDArray[np.float32]:
    lead, tail = LEAD_MS * SAMPLE_RATE // 1000, TAIL_MS * SAMPLE_RATE // 1000
    loud = np.flatnonzero(np.abs(samples) > floor)
    padded = np.pad(samples, (lead, tail))  # the engine may begin and end at once
    return padded[loud[0] : loud[-1] + 1 + lead + tail]


def fault(samples: Samples, hanzi: int, marks: int, rate_wpm: int) -> str:
    """What is wrong with a prompt of so many syllables and punctuation marks; empty: nothing."""
    if samples.size == 0:
        return "no sound"
    wide = samples.astype(np.float64)
    if float(np.sqrt(np.mean(wide * wide))) < QUIETEST_RMS:
        return "too quiet"
    seconds = samples.size / SAMPLE_RATE
    expected = hanzi * HANZI_PER_WPM_SECOND / rate_wpm
    if seconds < expected * SHORTEST - SHORTEST_SLACK_SECONDS:
        return "too short"
    if seconds > expected * LONGEST + marks * PAUSE_SECONDS + LONGEST_SLACK_SECONDS:
        return "too long"
    return ""
