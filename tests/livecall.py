"""A call over a telephone without a network, which reads like the call.

    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        await call.contact_says("没有，没接到过")
        ...
        report = await call.over()

Rule 1: the pump, the machines, turn-taking and understanding are the real ones; the test plays the telephone network, the
        contact's voice, the officers and the daemon.
Rule 2: nothing here waits for time to pass: sound is what moves a call's clock.
Rule 3: whatever a test does, its call ends in exactly one sound report and leaves no leg behind (checked on leaving).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tests.fakes.ear import FakeEar
from tests.fakes.phone import FakeLeg, FakePhone
from tests.orders import brief_in, order_for, ring_order
from voice.call import Call, Senses
from voice.messages import (
    Conduct,
    LegProgress,
    OfficerLeg,
    OfficerStage,
    OfficerWanted,
    Progress,
    RingOfficer,
    ToDaemon,
    TurnEnded,
    TurnStarted,
)
from voice.record import read
from voice.replay import replay
from voice.report import CallReport, HangupCause, Rang, TurnRecord
from voice.sip.recording import merge_stereo
from voice.understanding import understand

PATIENCE_SECONDS = 5
A_WORD_MS = 480
A_PAUSE_MS = 1300  # longer than any pause inside an utterance

CAME = (
    OfficerStage.RINGING,
    OfficerStage.BRIEFED,
    OfficerStage.ACCEPTED,
    OfficerStage.BRIDGED,
    OfficerStage.ENDED,
)

M = TypeVar("M", bound=ToDaemon)


class OfficerPhone:
    """An officer's telephone; the test is the officer."""

    def __init__(self, call: "LiveCall", escalation: str, leg: FakeLeg) -> None:
        self._call = call
        self.escalation = escalation
        self.leg = leg

    async def picks_up(self) -> None:
        self.leg.answers()
        await self._call.until(lambda: self.leg.playing is not None)

    async def hears_the_brief(self) -> None:
        self.leg.plays_out()
        await self._call.until(lambda: OfficerStage.BRIEFED in self._call.stages_of(self.escalation))

    async def presses(self, digit: str) -> None:
        self.leg.presses(digit)
        await self._call.settled()

    async def comes(self) -> None:
        """All of it, up to the bridge."""
        await self.picks_up()
        await self.hears_the_brief()
        await self.presses("1")
        await self._call.until(lambda: OfficerStage.BRIDGED in self._call.stages_of(self.escalation))


class LiveCall:
    """One conversation, from outside."""

    def __init__(self, order: Conduct, phone: FakePhone, ear: FakeEar, goodbye_seconds: float) -> None:
        self.order, self.phone, self.ear = order, phone, ear
        self.told: list[ToDaemon] = []
        self.legs_when_told: list[int] = []
        self._heard_of = 0
        self._changed = asyncio.Event()
        senses = Senses(
            phone, ear, understand, merge_stereo, lambda: datetime.now(UTC), goodbye_seconds=goodbye_seconds
        )
        self.pump = Call(order, senses, self._tell)
        self.running = asyncio.create_task(self.pump.run())

    # The contact

    @property
    def contact(self) -> FakeLeg:
        return self.phone.legs[0]

    async def rung(self) -> FakeLeg:
        """The INVITE left."""
        return await asyncio.wait_for(self.phone.dialled(1), PATIENCE_SECONDS)

    async def answered(self) -> None:
        """Picked up, and nobody says anything: the opening comes."""
        (await self.rung()).answers()
        await self.settled()
        await self.silence()

    async def we_say(self, step: str, *, to_the_end: bool = True) -> str:
        """Wait for the prompt of this step, and let it play; what was said."""
        await self.until(lambda: len(self.all_of(TurnStarted)) > self._heard_of)
        started = self.all_of(TurnStarted)[self._heard_of]
        assert started.step == step
        self._heard_of += 1
        if to_the_end:
            await self.prompt_ends()
        return started.said

    async def prompt_ends(self) -> None:
        self.contact.plays_out()
        await self.settled()

    async def contact_says(self, words: str | Exception) -> None:
        self.ear.will_hear(words)
        self.contact.says(b"\x10\x20" * (8 * A_WORD_MS))
        await self.settled()
        self.contact.is_silent(A_PAUSE_MS)
        await self.settled()

    async def silence(self, milliseconds: int = 9000) -> None:
        """Longer than any question waits."""
        self.contact.is_silent(milliseconds)
        await self.settled()

    async def contact_presses(self, digit: str) -> None:
        self.contact.presses(digit)
        await self.settled()

    # Officers

    async def officer_rung(self, escalation: str) -> OfficerPhone:
        """The newest leg is this officer's."""
        await self.until(lambda: OfficerStage.RINGING in self.stages_of(escalation))
        return OfficerPhone(self, escalation, self.phone.leg)

    async def centre_rings(self, escalation: str, **changes: Any) -> OfficerPhone:
        """The daemon has chosen an officer."""
        self.pump.put(self.ring_order(escalation, **changes))
        return await self.officer_rung(escalation)

    def ring_order(self, escalation: str, **changes: Any) -> RingOfficer:
        return ring_order(escalation, **{"brief": brief_in(Path(self.order.recording_dir)), **changes})

    def stages_of(self, escalation: str) -> tuple[OfficerStage, ...]:
        return tuple(leg.stage for leg in self.all_of(OfficerLeg) if leg.escalation == escalation)

    # What was told

    def all_of(self, kind: type[M]) -> list[M]:
        return [message for message in self.told if isinstance(message, kind)]

    async def wanted(self) -> OfficerWanted:
        await self.until(lambda: bool(self.all_of(OfficerWanted)))
        return self.all_of(OfficerWanted)[0]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                if self.running.done():
                    await self.settled()
                    assert condition(), "the call is over"
                    return
                self._changed.clear()
                waiter = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait({waiter, self.running}, timeout=0.01, return_when=asyncio.FIRST_COMPLETED)
                waiter.cancel()

    async def settled(self) -> None:
        """What was set going has run its course: nothing in the pump waits for anything but sound and orders."""
        for _ in range(40):
            await asyncio.sleep(0)

    async def over(self) -> CallReport:
        """The report."""
        return await asyncio.wait_for(asyncio.shield(self.running), PATIENCE_SECONDS)

    def _tell(self, message: ToDaemon) -> None:
        self.told.append(message)
        self.legs_when_told.append(len(self.phone.legs))
        self._changed.set()


@asynccontextmanager
async def live_call(
    folder: Path, phone: FakePhone | None = None, *, goodbye_seconds: float = 60.0, **changes: Any
) -> AsyncIterator[LiveCall]:
    """A call that has been ordered. `changes` are fields of its Conduct."""
    call = LiveCall(order_for(folder, **changes), phone or FakePhone(), FakeEar(), goodbye_seconds)
    try:
        yield call
        report = await call.over()
        await call.settled()
        check(call, report)
    finally:
        call.running.cancel()
        await asyncio.gather(call.running, return_exceptions=True)


def check(call: LiveCall, report: CallReport) -> None:
    """What holds for every report."""
    order = call.order
    assert (report.attempt, report.call_id, report.script_hash) == (order.attempt, order.call_id, order.script.hash)
    assert all(leg.ended for leg in call.phone.legs), "a leg was left behind"
    assert [turn.turn for turn in report.turns] == sorted({turn.turn for turn in report.turns})
    assert [message.record for message in call.all_of(TurnEnded)] == list(report.turns)
    times = [report.dialled_at, report.answered_at, report.ended_at]
    known = [time for time in times if time is not None]
    assert known == sorted(known)
    assert all(time.utcoffset() is not None for time in known)
    if report.answered_at is not None:
        assert report.rang is Rang.YES
        head, events = read(report.events)
        assert [each.event for each in replay(order.script, head, events) if not each.same] == [], "another replay"
        assert len(events) > 0
    if report.cause is HangupCause.NEVER_DIALLED:
        assert (report.rang, report.dialled_at, call.phone.legs) == (Rang.NEVER, None, [])
    assert {part.escalation for part in report.officers} == {leg.escalation for leg in call.all_of(OfficerLeg)}
    for path in (report.recordings.stereo, report.recordings.brief):
        assert not path or Path(path).is_file()
    steps = [progress.progress for progress in call.all_of(LegProgress)]
    assert steps == sorted(set(steps), key=tuple(Progress).index)


def turn_of(report: CallReport, step: str) -> TurnRecord:
    """The only turn of this step."""
    (turn,) = [turn for turn in report.turns if turn.step == step]
    return turn


async def transferred(call: LiveCall) -> OfficerWanted:
    """The talk up to the moment in which an officer is wanted: the hold is being said."""
    await call.answered()
    await call.we_say("asked")
    await call.contact_says("有的，已经转了九十九万")
    wanted = await call.wanted()
    await call.we_say("paid", to_the_end=False)
    return wanted


async def later(seconds: float) -> None:
    """When a timer of the pump that was set earlier, and for less, has run out."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()
