"""What the model is trained with: the same speech every time, and lines as bad as they are meant to be."""

import multiprocessing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from voice.asr.training.lexicon import cut
from voice.asr.training.noises import any_noise, coloured, crackle, hum, music, people, street
from voice.asr.training.phoneline import FOUL, Line, any_line, this_line
from voice.asr.training.shards import file_of, load, make
from voice.asr.training.texts import replies, scripted

pytestmark = pytest.mark.unit

COUNT = 12_345
TONE = (8000 * np.sin(np.arange(COUNT) * 0.3)).astype(np.float32)


def test_every_noise_is_as_long_as_the_speech_and_of_effective_value_one() -> None:
    chance = np.random.default_rng(1)
    noises = [
        coloured(COUNT, 0.5, chance), hum(COUNT, chance), street(COUNT, chance), crackle(COUNT, chance),
        people(COUNT, [TONE[:4000], TONE[:900]], 3, chance), music(COUNT, chance),
        *(any_noise(COUNT, [TONE], chance) for _ in range(20)),
    ]  # fmt: skip

    assert [len(noise) for noise in noises] == [COUNT] * len(noises)
    assert [float(noise.std()) for noise in noises] == pytest.approx([1.0] * len(noises), rel=1e-3)


def test_a_line_of_ten_decibels_has_them() -> None:
    clean = this_line(TONE, Line(None), TONE, np.random.default_rng(2))
    noisy = this_line(TONE, Line(10.0, music=True), TONE, np.random.default_rng(2))
    inside = slice(2400, 2400 + COUNT)
    share = float(np.dot(noisy[inside], clean[inside]) / np.dot(clean[inside], clean[inside]))
    rest = noisy[inside] - share * clean[inside]

    # The level is that of the loudest sample, so speech in noise is softer; what counts is the ratio.
    assert 10 * np.log10(np.square(share * clean[inside]).mean() / np.square(rest).mean()) == pytest.approx(10, abs=1.5)


def test_the_same_seed_gives_the_same_line() -> None:
    one, other, third = (any_line(TONE, [TONE], FOUL, np.random.default_rng(seed)) for seed in (5, 5, 6))

    assert np.array_equal(one.samples, other.samples)
    assert len(one.samples) != len(third.samples)
    assert 0 < one.begins < one.ends < len(one.samples)


def test_a_shard_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        process = multiprocessing.get_context("spawn").Process(target=make, args=(tmp_path / name, 7, 25))
        process.start()
        process.join()

    one, other = (load(file_of(tmp_path / name, 7)) for name in ("one", "other"))
    assert len(one) == 25
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(one, other, strict=True))


def test_every_word_of_our_texts_is_in_the_vocabulary() -> None:
    assert len(replies()) > 5000
    assert all(cut(text) for text in (*replies(), *scripted()))


def test_texts_are_hanzi_alone(tmp_path: Path) -> None:
    (tmp_path / "one.tsv").write_text("# 注\naffirm\t是的，对！\ndeny\t没有App\ndeny\t是的对\n", encoding="utf-8")

    assert replies(tmp_path) == ("是的对",)
    assert all(one < other for one, other in pairwise(scripted()))
