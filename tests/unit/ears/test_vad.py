"""Voice activity over synthesised lines: digital silence, noise, clicks, breaths and a vowel-like tone."""

import time

import numpy as np
import pytest

from tests.fakes.line import mixed, noise, silence, through_alaw
from voice.asr.vad import FRAME, Activity, VoiceDetector

pytestmark = pytest.mark.unit

SECOND = 8000


def vowel(ms: int, rms: float = 2000.0, pitch: int = 120) -> bytes:
    """Harmonics under two formants, as a vowel has them."""
    at = np.arange(ms * 8) / SECOND
    wave = np.zeros(len(at))
    for harmonic in range(1, 3400 // pitch):
        hertz = harmonic * pitch
        level = 1 / (1 + ((hertz - 600) / 200) ** 2) + 0.4 / (1 + ((hertz - 1300) / 250) ** 2)
        wave += level * np.sin(2 * np.pi * hertz * at + harmonic)
    wave *= rms / np.sqrt(np.mean(wave**2))
    return bytes(np.clip(wave, -32768, 32767).astype("<i2").data)


def hear(pcm: bytes, chunk: int = 1600, detector: VoiceDetector | None = None) -> list[Activity]:
    detector = detector or VoiceDetector()
    return [detector.hear(pcm[at : at + chunk], at // 2) for at in range(0, len(pcm), chunk)]


def onsets(pcm: bytes) -> set[int]:
    return {heard.speaking_since for heard in hear(pcm) if heard.speaking_since is not None}


@pytest.mark.parametrize("rms", [0, 20, 60, 200, 500, 1500])
def test_a_line_without_voice_is_silent_whatever_its_noise(rms: int) -> None:
    assert onsets(through_alaw(noise(10 * SECOND, rms))) == set()


def test_a_line_that_falls_out_of_digital_silence_into_noise_is_silent() -> None:
    assert onsets(through_alaw(silence(2 * SECOND) + noise(8 * SECOND, 300))) == set()


def test_a_constant_offset_is_silence() -> None:
    assert onsets(np.full(3 * SECOND, 900, "<i2").tobytes()) == set()


@pytest.mark.parametrize("rms", [0, 30, 200])
def test_voice_is_found_where_it_begins_and_ends(rms: int) -> None:
    speech = silence(SECOND) + vowel(500) + silence(SECOND)
    heard = hear(through_alaw(mixed(speech, noise(len(speech) // 2, rms))))
    since = {one.speaking_since for one in heard} - {None}
    assert len(since) == 1
    assert abs(next(iter(since)) - SECOND) <= 2 * FRAME
    assert abs(heard[-1].last_voiced - (SECOND + 4000)) <= 2 * FRAME


def test_a_quiet_voice_at_20_db_over_noise_is_heard() -> None:
    speech = silence(SECOND) + vowel(300, rms=300) + silence(SECOND)
    assert len(onsets(through_alaw(mixed(speech, noise(len(speech) // 2, 30))))) == 1


@pytest.mark.parametrize("ms", [1, 10, 40, 79])
@pytest.mark.parametrize("offset", [0, 3, 37, 79])
def test_a_click_or_breath_is_no_speech(ms: int, offset: int) -> None:
    assert onsets(silence(SECOND + offset) + vowel(ms, rms=6000) + silence(SECOND)) == set()


def test_clicks_after_speech_do_not_prolong_it() -> None:
    clicks = b"".join(vowel(15, rms=6000) + silence(1600) for _ in range(5))
    heard = hear(silence(SECOND) + vowel(400) + silence(1600) + clicks)
    assert heard[-1].last_voiced <= SECOND + 3200 + FRAME


def test_a_noise_that_comes_to_stay_becomes_silence() -> None:
    hum = vowel(12_000, rms=300, pitch=50)
    heard = hear(through_alaw(silence(SECOND) + hum))
    assert heard[-1].speaking_since is None
    assert heard[-1].last_voiced < 6 * SECOND


def test_after_a_pause_the_next_voice_is_a_new_start() -> None:
    assert len(onsets(silence(SECOND) + vowel(300) + silence(4000) + vowel(300) + silence(SECOND))) == 2


@pytest.mark.parametrize("chunk", [2, 160, 320, 330, 1600, 4800])
def test_the_size_of_the_chunks_does_not_matter(chunk: int) -> None:
    pcm = through_alaw(silence(SECOND) + vowel(300) + silence(SECOND))
    assert hear(pcm, chunk)[-1].last_voiced == hear(pcm)[-1].last_voiced


def test_a_gap_in_the_audio_is_followed() -> None:
    detector = VoiceDetector()
    detector.hear(silence(100), 0)
    assert detector.hear(vowel(300), 50_000).last_voiced > 50_000


def test_a_chunk_of_100_ms_costs_less_than_a_millisecond() -> None:
    pcm = through_alaw(mixed(vowel(10_000), noise(80_000, 200)))
    started = time.process_time()
    chunks = len(hear(pcm))
    assert (time.process_time() - started) / chunks < 0.001
