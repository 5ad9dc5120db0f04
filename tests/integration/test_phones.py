"""Simulated citizens and officers: processes of their own, rung over real SIP, heard with the real recogniser."""

import asyncio
import signal
import sys
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from voice.asr.catalogue import find_model
from voice.asr.recognizer import LoadedModel, VoskRecognizer, load_model
from voice.phones.listening import Ear
from voice.phones.wordings import GREETING, TO_AN_OFFICER, TO_THE_ROBOT, Role, Turn
from voice.ports import Leg, LegAnswered, LegDigit, LegEnded, LegEvent, LegHeard, LegPlayed, LegRinging, Trunk
from voice.report import HangupCause
from voice.sip.endpoint import PjsuaPhone, SipSettings, open_phone
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer
from voice.tts.voices import CITIZEN_MAN, OFFICER, ROBOT

pytestmark = pytest.mark.integration

QUESTION = "请问您近期是否接到过说航班有变、要给您退钱的来电？"
PAID_YET = "您给他转过钱，或者说过验证码吗？"
AND_THEN = "他再让您转账，您怎么做？"
SHORT = "您给他转过钱吗？"
BRIEF = "机票退改签，已转九十九万。"
PATIENCE_SECONDS = 20


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load_model(find_model())


@pytest.fixture
async def phone() -> AsyncIterator[PjsuaPhone]:
    telephone = open_phone(SipSettings(), asyncio.get_running_loop())
    yield telephone
    await telephone.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("prompts")


@dataclass
class Simulated:
    """A simulated person's process."""

    process: asyncio.subprocess.Process
    port: int
    record: Path


@asynccontextmanager
async def simulated(kind: str, record: Path, *options: str) -> AsyncIterator[Simulated]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"voice.phones.{kind}", "--port", "0", "--record", str(record), *options),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    async with asyncio.timeout(PATIENCE_SECONDS):
        ready = await process.stdout.readline()
    try:
        yield Simulated(process, int(ready.removeprefix(b"ready ")), record)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await process.wait()


@dataclass
class Caller:
    """Our side of one call."""

    events: "asyncio.Queue[LegEvent]" = field(default_factory=asyncio.Queue)
    seen: list[LegEvent] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)  # since the answer, gap-free
    digits: list[tuple[str, int]] = field(default_factory=list)  # key, sample at which it came
    leg: Leg | None = None

    def ring(self, phone: PjsuaPhone, port: int) -> None:
        self.leg = phone.dial(f"sip:person@127.0.0.1:{port}", Trunk(), f"{uuid4().hex}@test", self.events.put_nowait)

    async def until(self, kind: type[LegEvent]) -> LegEvent:
        """The next event of this kind; what comes before it is kept."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                event = await self._next()
                if isinstance(event, kind):
                    return event

    async def listen(self, ms: int) -> bytes:
        """What comes in during so many milliseconds of the call's own clock."""
        start = len(self.heard)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.heard) < start + ms * 16:
                await self._next()
        return bytes(self.heard[start:])

    async def sentence(self) -> bytes:
        """What the person says next, once it is over."""
        ear = Ear(speech_ms=60, silence_ms=700)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                event = await self._next()
                if isinstance(event, LegHeard) and (ended := ear.feed(event.pcm)):
                    return ended[0].speech

    async def say(self, wav: Path) -> int:
        """Play this to its end; the sample at which it was over."""
        assert self.leg
        self.leg.play(len(self.seen), [wav])
        await self.until(LegPlayed)
        return len(self.heard) // 2

    async def _next(self) -> LegEvent:
        event = await self.events.get()
        self.seen.append(event)
        match event:
            case LegHeard(pcm=pcm):
                self.heard += pcm
            case LegDigit(digit=digit):
                self.digits.append((digit, len(self.heard) // 2))
        return event


async def spoken(folder: Path, voice: str, *texts: str) -> list[Path]:
    settings = SpeechSettings(voice=voice)
    async with open_synthesizer(settings) as synthesizer:
        prompts = await PromptCache(folder, synthesizer, settings).render(texts, rate_wpm=200)
    return [Path(prompts[text].path) for text in texts]


async def understood(model: LoadedModel, speech: bytes) -> str:
    recogniser = VoskRecognizer(model)
    padding = bytes(2 * 8 * 200)
    await recogniser.feed(padding + speech + padding)
    transcript = await recogniser.finish()
    recogniser.close()
    return transcript.text


def is_one_of(heard: str, turn: Turn) -> bool:
    """One of the turn's wordings, give or take a syllable: the small model may hear a 的 twice."""
    wordings = [wording.replace("，", "") for wording in turn.wordings]
    return any(SequenceMatcher(None, heard, wording).ratio() >= 0.85 for wording in wordings)


def samples(path: Path) -> "np.typing.NDArray[np.int16]":
    with wave.open(str(path)) as audio:
        assert (audio.getnchannels(), audio.getframerate()) == (1, 8000)
        return np.frombuffer(audio.readframes(audio.getnframes()), dtype="<i2")


def contains(recording: Path, prompt: Path) -> bool:
    """True when this very prompt sounds in the recording. By half seconds: a late packet may shift what follows it."""
    there, sought = samples(recording).astype(float), samples(prompt).astype(float)
    pieces = [sought[at : at + 4000] for at in range(0, sought.size - 4000, 4000)]
    found = 0
    for piece in pieces:
        size = there.size + piece.size
        match = np.fft.irfft(np.fft.rfft(there, size) * np.conj(np.fft.rfft(piece, size)), size)
        at = int(match.argmax())
        loudness = np.linalg.norm(there[at : at + 4000]) * np.linalg.norm(piece)
        found += bool(match[at] > 0.95 * max(1.0, float(loudness)))
    return found * 3 >= len(pieces) * 2


async def test_a_citizen_hears_our_questions_end_and_answers_in_words_that_are_recognised(
    phone: PjsuaPhone, model: LoadedModel, folder: Path, tmp_path: Path
) -> None:
    questions = await spoken(folder, ROBOT, QUESTION, PAID_YET, AND_THEN)
    async with simulated("citizen", tmp_path, "--role", "promises", "--seed", "1", "--calls", "1") as citizen:
        call = Caller()
        call.ring(phone, citizen.port)
        await call.until(LegRinging)
        await call.until(LegAnswered)
        assert is_one_of(await understood(model, await call.sentence()), GREETING)
        for question, turn in zip(questions, TO_THE_ROBOT[Role.PROMISES], strict=True):
            ended = await call.say(question)
            assert is_one_of(await understood(model, await call.sentence()), turn)
            silence = np.abs(np.frombuffer(call.heard, "<i2")[ended:].astype(int)) > 500
            assert 600 < int(silence.argmax()) // 8 < 2500  # he waits until we have stopped, and not for ever
        assert call.leg
        call.leg.hang_up()
        await call.until(LegEnded)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await citizen.process.wait() == 0

    assert all(contains(tmp_path / "heard.wav", question) for question in questions)
    assert not contains(tmp_path / "sent.wav", questions[0])


async def test_a_citizen_who_is_asked_the_same_again_says_the_same_again(
    phone: PjsuaPhone, model: LoadedModel, folder: Path, tmp_path: Path
) -> None:
    (question,) = await spoken(folder, ROBOT, SHORT)
    async with simulated("citizen", tmp_path, "--role", "promises", "--seed", "5") as citizen:
        call = Caller()
        call.ring(phone, citizen.port)
        await call.until(LegAnswered)
        await call.sentence()
        await call.say(question)
        first = await understood(model, await call.sentence())
        await call.say(question)
        again = await understood(model, await call.sentence())

    assert again == first
    assert is_one_of(first, TO_THE_ROBOT[Role.PROMISES][0])


async def test_one_who_has_paid_says_the_sum_keeps_quiet_while_held_and_answers_the_officers_voice(
    phone: PjsuaPhone, model: LoadedModel, folder: Path, tmp_path: Path
) -> None:
    question, hold = await spoken(folder, ROBOT, SHORT, "民警马上就来，请别挂断。")
    (officer,) = await spoken(folder, OFFICER, "您好，我是民警，请问您转了多少钱")
    async with simulated("citizen", tmp_path, "--role", "transferred", "--seed", "2") as citizen:
        call = Caller()
        call.ring(phone, citizen.port)
        await call.until(LegAnswered)
        await call.sentence()
        await call.say(question)
        paid = await understood(model, await call.sentence())
        await call.say(hold)
        quiet = np.frombuffer(await call.listen(2500), "<i2")
        await call.say(officer)
        the_sum = await understood(model, await call.sentence())

    assert is_one_of(paid, TO_THE_ROBOT[Role.TRANSFERRED][0])
    assert np.abs(quiet).max() < 100
    assert is_one_of(the_sum, TO_AN_OFFICER[Role.TRANSFERRED][0])


async def test_a_silent_citizen_answers_and_says_nothing(phone: PjsuaPhone, folder: Path, tmp_path: Path) -> None:
    (question,) = await spoken(folder, ROBOT, SHORT)
    async with simulated("citizen", tmp_path, "--role", "silent") as citizen:
        call = Caller()
        call.ring(phone, citizen.port)
        await call.until(LegAnswered)
        await call.say(question)
        await call.listen(2000)

    assert np.abs(np.frombuffer(call.heard, "<i2")).max() < 100


async def test_a_citizen_hangs_up_in_the_middle_when_told_to(phone: PjsuaPhone, folder: Path, tmp_path: Path) -> None:
    (question,) = await spoken(folder, ROBOT, SHORT)
    async with simulated("citizen", tmp_path, "--role", "refuses", "--hangs-up-at", "1") as citizen:
        call = Caller()
        call.ring(phone, citizen.port)
        await call.until(LegAnswered)
        await call.sentence()
        await call.say(question)
        ended = await call.until(LegEnded)

    assert isinstance(ended, LegEnded)
    assert (ended.cause, ended.by_far_end) == (HangupCause.NORMAL, True)


@pytest.mark.parametrize(
    ("kind", "option", "expected"),
    [
        ("citizen", "--role=busy", (HangupCause.BUSY, 486)),
        ("officer", "--busy", (HangupCause.BUSY, 486)),
        ("officer", "--declines", (HangupCause.REJECTED, 603)),
    ],
)
async def test_who_does_not_answer_says_so_in_sip(
    phone: PjsuaPhone, tmp_path: Path, kind: str, option: str, expected: tuple[HangupCause, int]
) -> None:
    async with simulated(kind, tmp_path, option, "--calls", "1") as person:
        call = Caller()
        call.ring(phone, person.port)
        ended = await call.until(LegEnded)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await person.process.wait() == 0

    assert isinstance(ended, LegEnded)
    assert (ended.cause, ended.sip_code) == expected


async def test_an_officer_who_never_answers_rings_until_we_give_up(phone: PjsuaPhone, tmp_path: Path) -> None:
    async with simulated("officer", tmp_path, "--never-answers") as officer:
        call = Caller()
        call.ring(phone, officer.port)
        await call.until(LegRinging)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                await call.until(LegAnswered)
        assert call.leg
        call.leg.hang_up()
        await call.until(LegEnded)

    assert officer.process.returncode == 0


async def test_an_officer_presses_1_after_the_brief_asks_listens_closes_and_hangs_up(
    phone: PjsuaPhone, folder: Path, tmp_path: Path
) -> None:
    (brief,) = await spoken(folder, ROBOT, BRIEF)
    (answer,) = await spoken(folder, CITIZEN_MAN, "九十九万")
    async with simulated("officer", tmp_path, "--seed", "4") as officer:
        call = Caller()
        call.ring(phone, officer.port)
        await call.until(LegAnswered)
        brief_ended = await call.say(brief)
        question = await call.sentence()
        await call.say(answer)
        closing = await call.sentence()
        ended = await call.until(LegEnded)

    assert [digit for digit, _ in call.digits] == ["1"]
    assert call.digits[0][1] > brief_ended
    assert len(question) > 16 * 1500
    assert len(closing) > 16 * 1500
    assert isinstance(ended, LegEnded)
    assert ended.by_far_end
    assert contains(tmp_path / "heard.wav", brief)
    assert contains(tmp_path / "heard.wav", answer)


async def test_an_officer_who_never_accepts_presses_nothing(phone: PjsuaPhone, folder: Path, tmp_path: Path) -> None:
    (brief,) = await spoken(folder, ROBOT, BRIEF)
    async with simulated("officer", tmp_path, "--never-accepts") as officer:
        call = Caller()
        call.ring(phone, officer.port)
        await call.until(LegAnswered)
        await call.say(brief)
        await call.listen(2500)

    assert call.digits == []
