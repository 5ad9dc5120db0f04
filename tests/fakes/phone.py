"""A telephone without a network, which keeps the real one's promises; the test plays the far end.

    phone = FakePhone()
    leg = phone.dial(...)           # by the code under test
    leg.rings(); leg.answers(); leg.says(pcm); leg.presses("1"); leg.plays_out(); leg.hangs_up()

Promises kept, and checked by tests/contract/test_phone.py over this and the real one:
- events are told in the loop's thread, later than the order that caused them, in order;
- LegEnded comes exactly once and last, after the recordings are there;
- LegHeard only after LegAnswered, gap-free, first_sample counted from the answer;
- LegPlayed never after stop_playing, and only for the newest `play`;
- hang_up before an answer ends with NO_ANSWER/487, after it with NORMAL, by_far_end False.
"""

import asyncio
import wave
from collections.abc import Sequence
from pathlib import Path

from voice.errors import PhoneFault
from voice.ports import (
    SAMPLE_BYTES,
    SAMPLE_RATE,
    Leg,
    LegAnswered,
    LegDigit,
    LegEnded,
    LegEvent,
    LegHeard,
    LegPlayed,
    LegRinging,
    Tell,
    Trunk,
)
from voice.report import HangupCause, Rang
from voice.sip.cause import Ending, judge

MAX_TRUNKS = 8
BATCH_BYTES = 960  # 60 ms, as the real one


class FakeLeg:
    """One call; the methods in the third person are what the far end does."""

    def __init__(
        self, uri: str, trunk: Trunk, call_id: str, tell: Tell, *, listen: bool, sent: Path | None, heard: Path | None
    ) -> None:
        self.uri = uri
        self.trunk = trunk
        self.call_id = call_id
        self.listen = listen
        self.record_sent = sent
        self.record_heard = heard
        self.auto_play = False
        self.plays: list[tuple[int, tuple[Path, ...]]] = []  # everything ever given to play
        self.stops = 0
        self.playing: int | None = None  # the tag
        self.bridged_to: FakeLeg | None = None
        self.hung_up = False  # by us
        self.ended = False
        self.answered = False
        self._ringing = False
        self._tell = tell
        self._samples = 0
        self._loop = asyncio.get_running_loop()

    # What the code under test calls

    def play(self, tag: int, wavs: Sequence[Path]) -> None:
        for path in wavs:
            if not Path(path).is_file():
                raise PhoneFault("A prompt's file is missing or no WAV; render it again")
        if self.ended:
            return
        self.plays.append((tag, tuple(wavs)))
        self.playing = tag
        if self.auto_play and self.answered:
            self.plays_out()

    def stop_playing(self) -> None:
        self.stops += 1
        self.playing = None

    def sample_clock(self) -> int:
        return self._samples

    def hang_up(self) -> None:
        if self.hung_up or self.ended:
            return
        self.hung_up = True
        self._end(Ending(200 if self.answered else 487, by_us=True))

    # What the test lets the far end do

    def rings(self, sip_code: int = 180, *, early: bool = False) -> None:
        self._ringing = True
        self._soon(LegRinging(sip_code, early=early))

    def answers(self) -> None:
        self.answered = True
        self._soon(LegAnswered())
        if self.auto_play and self.playing is not None:
            self.plays_out()

    def says(self, pcm: bytes) -> None:
        """Audio comes in, in the portions of the real one."""
        assert self.answered, "nothing is heard before the answer"
        for start in range(0, len(pcm), BATCH_BYTES):
            part = pcm[start : start + BATCH_BYTES]
            first, self._samples = self._samples, self._samples + len(part) // SAMPLE_BYTES
            if self.listen:
                self._soon(LegHeard(part, first))

    def is_silent(self, milliseconds: int) -> None:
        """Silence comes in: the call's clock goes on."""
        self.says(bytes(milliseconds * SAMPLE_RATE // 1000 * SAMPLE_BYTES))

    def presses(self, digits: str) -> None:
        for digit in digits:
            self._soon(LegDigit(digit))

    def plays_out(self) -> None:
        """What we are playing comes to its end."""
        assert self.playing is not None, "nothing is playing"
        number = len(self.plays)
        self._loop.call_soon(self._played, number)

    def hangs_up(self) -> None:
        """BYE after an answer; before it, 487 by the far end."""
        self._end(Ending(200 if self.answered else 487))

    def fails(self, sip_code: int, q850: int | None = None) -> None:
        """A final reply instead of an answer: 486 is busy, 404 vacant ..."""
        self._end(Ending(sip_code, q850=q850))

    def _end(self, ending: Ending) -> None:
        verdict = judge(
            Ending(
                ending.sip_code,
                q850=ending.q850,
                had_ringing=self._ringing,
                was_answered=self.answered,
                by_us=ending.by_us,
            )
        )
        for path in (self.record_sent, self.record_heard):
            if path and self.answered:
                write_silence(path, self._samples)
        self._soon(LegEnded(verdict.cause, ending.sip_code, by_far_end=not ending.by_us, rang=verdict.rang))

    def lost(self) -> None:
        """The line dropped in a way that only our own end noticed."""
        self._soon(LegEnded(HangupCause.MEDIA_FAULT, 0, by_far_end=False, rang=Rang.YES))

    def _played(self, number: int) -> None:
        if number == len(self.plays) and self.playing is not None and not self.ended:
            tag, self.playing = self.playing, None
            self._tell(LegPlayed(tag))

    def _soon(self, event: LegEvent) -> None:
        self._loop.call_soon(self._now, event)

    def _now(self, event: LegEvent) -> None:
        if self.ended:
            return
        if isinstance(event, LegEnded):
            self.ended = True
            self.playing = None
        self._tell(event)


class FakePhone:
    """Remembers every leg that was dialled. auto_play: every prompt ends at once."""

    slots = 4

    def __init__(self, *, auto_play: bool = False) -> None:
        self.legs: list[FakeLeg] = []
        self.bridges: list[tuple[FakeLeg, FakeLeg]] = []
        self.closed = False
        self.auto_play = auto_play
        self._waiting: list[tuple[int, asyncio.Future[FakeLeg]]] = []

    @property
    def leg(self) -> FakeLeg:
        """The newest leg."""
        return self.legs[-1]

    async def dialled(self, number: int = 1) -> FakeLeg:
        """Wait until so many legs were dialled; the last of them."""
        if len(self.legs) < number:
            future: asyncio.Future[FakeLeg] = asyncio.get_running_loop().create_future()
            self._waiting.append((number, future))
            return await future
        return self.legs[number - 1]

    def dial(
        self,
        uri: str,
        trunk: Trunk,
        call_id: str,
        tell: Tell,
        *,
        listen: bool = True,
        record_sent: Path | None = None,
        record_heard: Path | None = None,
    ) -> FakeLeg:
        if self.closed:
            raise PhoneFault("The telephone was closed")
        if len({leg.trunk for leg in self.legs} | {trunk}) > MAX_TRUNKS:
            raise PhoneFault("One process can use eight trunks; give some officers the same trunk")
        for path in (record_sent, record_heard):
            if path is not None and path.suffix != ".wav":
                raise PhoneFault("A recording's name must end in .wav")
        leg = FakeLeg(uri, trunk, call_id, tell, listen=listen, sent=record_sent, heard=record_heard)
        leg.auto_play = self.auto_play
        self.legs.append(leg)
        for number, future in self._waiting:
            if number == len(self.legs) and not future.done():
                future.set_result(leg)
        return leg

    def bridge(self, contact: Leg, officer: Leg) -> None:
        if not isinstance(contact, FakeLeg) or not isinstance(officer, FakeLeg):
            raise PhoneFault("Only legs of this telephone can be bridged")
        contact.bridged_to, officer.bridged_to = officer, contact
        self.bridges.append((contact, officer))

    async def close(self) -> None:
        self.closed = True
        for leg in self.legs:
            leg.hang_up()
        await asyncio.sleep(0)  # what was to be told is told now
        await asyncio.sleep(0)


def write_silence(path: Path, samples: int) -> None:
    """A recording in which nothing happened."""
    with wave.open(str(path), "wb") as out:
        out.setparams((1, SAMPLE_BYTES, SAMPLE_RATE, samples, "NONE", ""))
        out.writeframes(bytes(samples * SAMPLE_BYTES))
