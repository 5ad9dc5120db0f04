"""Spoken sentences through A-law, the ear, turn-taking and understanding, with the bundled model: no part is a fake."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.line import mixed, noise, silence, through_alaw
from tests.fakes.speaker import Speaker, speaker
from voice.asr.ear import Ear
from voice.asr.preload import model
from voice.asr.recognizer import VoskRecognizer
from voice.dialogue.turntaking import Listen, NobodySpoke, TurnRules, TurnState, UtteranceEnded, advance
from voice.ports import Transcript
from voice.understanding import is_complete, understand

pytestmark = pytest.mark.integration

SECOND = 8000
CHUNK = 1600


@dataclass(frozen=True)
class Reply:
    transcript: Transcript
    ended: int
    decided: int


@pytest.fixture(scope="module")
def voice() -> Iterator[Speaker]:
    with speaker() as speaking:
        yield speaking


async def replies(pcm: bytes, *, asked_at: int | None = None) -> tuple[list[Reply], bool]:
    """All replies in this audio, and whether nobody spoke for four seconds after asked_at."""
    recognizer = VoskRecognizer(model())
    ear, rules, state = Ear(recognizer, complete=is_complete), TurnRules(), TurnState()
    if asked_at is not None:
        state, _ = advance(rules, state, Listen(asked_at, 4 * SECOND))
    heard, nobody = [], False
    for at in range(0, len(pcm), CHUNK):
        for report in await ear.hear(pcm[at : at + CHUNK], at // 2):
            state, decisions = advance(rules, state, report)
            for decision in decisions:
                if isinstance(decision, UtteranceEnded):
                    heard.append(Reply(await ear.take(), decision.ended, (at + CHUNK) // 2))
                nobody = nobody or isinstance(decision, NobodySpoke)
    recognizer.close()
    return heard, nobody


VOICES = ("sit/cmn-latn-pinyin", "sit/cmn-latn-pinyin+f2", "sit/cmn", "sit/cmn+m3")


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize(
    ("text", "top"),
    [
        ("喂 你好", "hello_only"),
        ("有 接到过", "affirm"),
        ("没有 还没转", "not_transferred"),
        ("知道了 我不会转账", "will_stop"),
        ("钱已经转过去了 九十九万", "transferred"),
        ("再说一遍", "repeat_please"),
        ("转人工", "want_human"),
    ],
)
async def test_a_spoken_reply_is_understood(voice: Speaker, name: str, text: str, top: str) -> None:
    spoken = voice.say(text, name)
    heard, _ = await replies(through_alaw(silence(SECOND) + spoken + silence(2 * SECOND)))
    assert [reply.transcript.text for reply in heard] == [text.replace(" ", "")]
    assert understand(heard[0].transcript.text).top == top
    assert heard[0].transcript.confidence > 0.6


async def test_a_sum_with_a_pause_in_it_is_one_reply(voice: Speaker) -> None:
    parts = [voice.say("我转了"), silence(2400), voice.say("九十九万")]
    heard, _ = await replies(through_alaw(silence(SECOND) + b"".join(parts) + silence(2 * SECOND)))
    assert [reply.transcript.text for reply in heard] == ["我转了九十九万"]
    assert understand(heard[0].transcript.text).amount_yuan == 990_000


async def test_a_reply_is_decided_within_a_second_of_its_end(voice: Speaker) -> None:
    heard, _ = await replies(through_alaw(silence(SECOND) + voice.say("没有接到过") + silence(2 * SECOND)))
    assert heard[0].decided - heard[0].ended <= 5000  # a whole answer: 400 ms and at most two chunks


@pytest.mark.parametrize("rms", [30, 100, 200])
async def test_noise_at_20_db_and_more_leaves_the_meaning(voice: Speaker, rms: int) -> None:
    clean = (
        silence(SECOND) + voice.say("没有接到过") + silence(2 * SECOND) + voice.say("我已经转了") + silence(2 * SECOND)
    )
    heard, _ = await replies(through_alaw(mixed(clean, noise(len(clean) // 2, rms))))
    assert [understand(reply.transcript.text).top for reply in heard] == ["deny", "transferred"]


async def test_a_noisy_line_on_which_nobody_speaks_is_silence() -> None:
    heard, nobody = await replies(through_alaw(noise(6 * SECOND, 300)), asked_at=SECOND)
    assert heard == []
    assert nobody


async def test_who_answers_is_not_called_silent(voice: Speaker) -> None:
    pcm = through_alaw(silence(3 * SECOND) + voice.say("没有接到过") + silence(6 * SECOND))
    heard, nobody = await replies(pcm, asked_at=SECOND)
    assert len(heard) == 1
    assert not nobody


def test_forked_workers_share_the_model_that_the_fork_server_loaded(voice: Speaker, tmp_path: Path) -> None:
    audio = tmp_path / "reply.pcm"
    audio.write_bytes(through_alaw(silence(2400) + voice.say("没有接到过") + silence(4800)))
    told = subprocess.run(
        [sys.executable, "-m", "tests.fakes.forked_listener", str(audio)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout.split("\n")[:4] == ["True False 没有接到过", "0"] * 2


def test_a_missing_model_is_told_to_whoever_asks_for_it_and_breaks_nothing_before(tmp_path: Path) -> None:
    program = (
        "from voice.asr.preload import model\nfrom voice.errors import ModelMissing\n"
        "try:\n    model()\nexcept ModelMissing as missing:\n    print(missing)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=os.environ | {"QUANZU_MODEL_DIR": str(tmp_path / "nothing")},
    )
    assert "does not exist. Set speech.model_dir" in told.stdout


async def test_a_word_that_follows_a_reply_at_once_loses_nothing(voice: Speaker) -> None:
    for pause in (4400, 4800, 5200, 5600, 6000):
        parts = [voice.say("我转了"), silence(pause), voice.say("九十九万")]
        heard, _ = await replies(through_alaw(silence(SECOND) + b"".join(parts) + silence(2 * SECOND)))
        assert "".join(reply.transcript.text for reply in heard) == "我转了九十九万"
