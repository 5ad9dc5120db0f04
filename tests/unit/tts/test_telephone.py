"""From the engine's sound to a telephone prompt."""

import numpy as np
import pytest

from voice.tts.telephone import FRAME, LEAD_MS, PEAK, TAIL_MS, Samples, fault, for_the_line

pytestmark = pytest.mark.unit

RATE = 22050


def _speech(seconds: float, before: float = 0.0, after: float = 0.0, loud: int = 5000) -> Samples:
    tone = loud * np.sin(np.arange(round(seconds * RATE)) * (2 * np.pi * 300 / RATE))
    return np.concatenate([np.zeros(round(before * RATE)), tone, np.zeros(round(after * RATE))]).astype(np.int16)


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.0), (0.5, 1.0), (0.02, 0.05)])
def test_silence_around_the_speech_is_always_the_same(before: float, after: float) -> None:
    line = for_the_line(_speech(1.0, before, after), RATE)

    assert line.size == pytest.approx(8000 + (LEAD_MS + TAIL_MS) * 8, abs=2 * FRAME)


@pytest.mark.parametrize("loud", [40, 5000, 32000])
def test_every_prompt_peaks_at_the_same_level(loud: int) -> None:
    line = for_the_line(_speech(0.5, loud=loud), RATE)

    assert np.max(np.abs(line)) == PEAK


@pytest.mark.parametrize("nothing", [np.zeros(0, np.int16), np.zeros(RATE, np.int16)])
def test_silence_becomes_nothing_and_is_found_out(nothing: Samples) -> None:
    line = for_the_line(nothing, RATE)

    assert line.size == 0
    assert fault(line, 1, 0, 160) == "no sound"


@pytest.mark.parametrize(
    ("seconds", "wrong"),
    [(3.0, ""), (1.0, "too short"), (12.0, "too long")],
)
def test_the_length_must_fit_the_number_of_syllables(seconds: float, wrong: str) -> None:
    assert fault(for_the_line(_speech(seconds), RATE), 10, 1, 160) == wrong


def test_a_click_in_silence_is_too_quiet() -> None:
    click = np.zeros(24000, np.int16)
    click[12000] = 32000

    assert fault(click, 10, 1, 160) == "too quiet"
