"""How a simulated person hears."""

import numpy as np
import pytest

from voice.phones.listening import Ear, Heard

pytestmark = pytest.mark.unit

RATE = 8000
PACKET = 320  # bytes of 20 ms


def buzz(ms: int, pitch_hz: int = 90, seed: int = 1) -> bytes:
    """A voiced sound: harmonics whose strengths wander, so that two seeds do not look alike."""
    rng = np.random.default_rng(seed)
    at = np.arange(RATE * ms // 1000) / RATE
    knots = np.linspace(0, at[-1], max(4, ms // 80))
    sound = sum(
        np.interp(at, knots, rng.uniform(0.2, 1.0, knots.size))
        * np.sin(2 * np.pi * pitch_hz * n * at + rng.uniform(0, 6))
        for n in range(1, 9)
    )
    return bytes((np.asarray(sound) * 1500).astype("<i2").tobytes())


def quiet(ms: int) -> bytes:
    return np.full(RATE * ms // 1000, 8, dtype="<i2").tobytes()


def listen(pcm: bytes, packet: int = PACKET) -> list[Heard]:
    ear = Ear()
    return [heard for at in range(0, len(pcm), packet) for heard in ear.feed(pcm[at : at + packet])]


def test_speech_has_ended_after_900_ms_of_quiet_and_not_before() -> None:
    assert listen(buzz(1000) + quiet(880)) == []
    assert len(listen(buzz(1000) + quiet(900))) == 1


def test_a_pause_inside_a_sentence_does_not_end_it() -> None:
    (heard,) = listen(quiet(300) + buzz(700) + quiet(600) + buzz(700) + quiet(1000))

    assert len(heard.speech) == len(buzz(2000))


def test_a_click_is_no_speech() -> None:
    assert listen(buzz(200) + quiet(2000)) == []


@pytest.mark.parametrize("packet", [2, 318, 322, 1600, 100_000])
def test_the_size_of_packets_changes_nothing(packet: int) -> None:
    sound = quiet(200) + buzz(800) + quiet(1000) + buzz(900, 150) + quiet(1000)

    assert listen(sound, packet) == listen(sound)


def test_nothing_heard_means_no_speech_in_the_air() -> None:
    ear = Ear()
    ear.feed(quiet(500))

    assert not ear.hears_speech
    ear.feed(buzz(100))
    assert ear.hears_speech


@pytest.mark.parametrize("pitch_hz", [70, 90, 120, 150, 200])
def test_the_pitch_of_a_voice_is_found_within_five_percent(pitch_hz: int) -> None:
    (heard,) = listen(buzz(1500, pitch_hz) + quiet(1000))

    assert abs(heard.pitch_hz - pitch_hz) <= pitch_hz // 20


def test_a_higher_voice_is_another_person_and_the_same_pitch_is_not() -> None:
    robot, again, officer = listen(
        buzz(900) + quiet(900) + buzz(900, 94, 2) + quiet(900) + buzz(900, 125, 3) + quiet(900)
    )

    assert not again.by_another_voice_than(robot)
    assert officer.by_another_voice_than(robot)


def test_the_same_recording_is_recognised_behind_other_words_and_another_recording_is_not() -> None:
    question = buzz(1500, 90, 7)
    asked, other, again = listen(
        question + quiet(950) + buzz(1500, 90, 8) + quiet(950) + buzz(700, 90, 9) + quiet(300) + question + quiet(950)
    )

    assert again.sounds_like(asked)
    assert not other.sounds_like(asked)
