"""The watch over late calls, with the real runner, over SQLite and over PostgreSQL: each is told of once, whoever looks, and when."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
from structlog.testing import capture_logs

from dialer.calling.watch import GIVEN_BACK_SECONDS, Tower, Watch
from dialer.console.audit import proof_of
from dialer.domain.attempt import AttemptState
from dialer.domain.case import CaseState
from dialer.domain.degrading import HEALED_AFTER_SECONDS, Condition
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.policy import DEFAULT_GRADES, Policy
from dialer.domain.stop import StopLevel
from dialer.domain.work import WorkKind, WorkReason
from tests.centre import NUMBER, OTHER_NUMBER, Centre, open_centre
from voice.report import HangupCause, Rang

pytestmark = pytest.mark.contract

CANNOT_RING = "robot_cannot_ring"


@dataclass
class Guard:
    """A centre with somebody who watches."""

    centre: Centre
    ours: bool = True
    lines: int = 4
    short_for: float = 0.0
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self, policy: Policy | None = None) -> None:
        """As a daemon that has just started."""
        storage = self.centre.storage
        self.watch = Watch(
            Tower(
                storage.lateness,
                self.centre.runner,
                storage.brake,
                policy or Policy(),
                self.centre.clock,
                is_ours=lambda: self.ours,
                short_for=lambda: self.short_for,
                lines=lambda: self.lines,
            )
        )

    async def after(self, seconds: float) -> None:
        """Look, when so much time has passed."""
        self.centre.clock.pass_by(seconds)
        await self.watch.look()

    async def told(self, kind: str) -> int:
        return (await self.centre.told()).count(kind)

    async def sms(self) -> list[str]:
        rows = await self.centre.storage.outbox.unpublished(1000)
        return [row.payload["occasion"] for row in rows if row.kind == "sms_wanted"]


@pytest.fixture
async def guard(database: str) -> AsyncIterator[Guard]:
    async with open_centre(database) as centre:
        yield Guard(centre)


# --- late


async def test_at_its_deadline_a_serious_call_that_is_not_begun_becomes_an_sms_and_an_officers_work(
    guard: Guard,
) -> None:
    case_id = (await guard.centre.alert(grade="特急")).case_id
    await guard.after(59)
    assert await guard.sms() == []
    await guard.after(1)

    story = await guard.centre.story(case_id)
    assert await guard.sms() == [CANNOT_RING]
    [work] = story.work
    assert (work.kind, work.reason) == (WorkKind.OFFICER_CALL, WorkReason.ROBOT_CANNOT_RING)
    assert (work.deadline - guard.centre.clock.now()).total_seconds() == 120
    assert [attempt.state for attempt in story.attempts] == [AttemptState.DUE]
    assert "attempt_overdue" in [line.what for line in story.history]
    assert await guard.centre.claim() is not None


async def test_it_is_told_once_however_often_and_from_wherever_somebody_looks(guard: Guard, database: str) -> None:
    for person in (NUMBER, OTHER_NUMBER):
        await guard.centre.alert(grade="高", number=person)
    guard.centre.clock.pass_by(300)
    async with open_centre(database) as elsewhere:
        elsewhere.clock.pass_by(300)
        other = Guard(elsewhere)
        await asyncio.gather(guard.watch.look(), other.watch.look(), guard.watch.look())
        await other.watch.look()
    guard.begin()
    await guard.after(3600)

    assert await guard.sms() == [CANNOT_RING] * 2
    assert await guard.told("work_wanted") == 2


async def test_a_node_that_is_not_the_first_leaves_it_to_the_first(guard: Guard) -> None:
    await guard.centre.alert(grade="特急")
    guard.ours = False
    await guard.after(3600)

    assert await guard.sms() == []


async def test_what_is_claimed_and_does_not_begin_is_late_too_and_what_has_left_the_house_is_not(guard: Guard) -> None:
    await guard.centre.alert(grade="特急")
    await guard.centre.alert(grade="特急", number=OTHER_NUMBER)
    await guard.centre.dial()
    assert await guard.centre.claim() is not None
    await guard.after(60)

    assert len(await guard.sms()) == 1


async def test_an_attempt_that_is_given_back_over_and_over_is_late_all_the_same(guard: Guard) -> None:
    await guard.centre.alert(grade="特急")
    claimed = await guard.centre.claim()
    assert claimed is not None
    guard.centre.clock.pass_by(60)
    soon = guard.centre.clock.pass_by(GIVEN_BACK_SECONDS)
    guard.centre.clock.pass_by(-GIVEN_BACK_SECONDS)
    await guard.centre.storage.casebook.release(claimed.hold, soon, "cannot_start")
    await guard.after(0)

    assert await guard.sms() == [CANNOT_RING]


async def test_faults_of_ours_do_not_put_off_the_hour_at_which_somebody_else_is_told(guard: Guard) -> None:
    case_id = (await guard.centre.alert(grade="特急")).case_id
    for wait in (10, 30):
        await guard.centre.call_ends(HangupCause.CONGESTION)
        await guard.after(wait)
    await guard.after(20)

    assert await guard.sms() == [CANNOT_RING]
    deadlines = {attempt.deadline for attempt in (await guard.centre.story(case_id)).attempts}
    assert len(deadlines) == 1


async def test_who_is_rung_after_all_can_be_late_again(guard: Guard) -> None:
    case_id = (await guard.centre.alert(grade="特急")).case_id
    await guard.after(60)
    await guard.centre.call_ends(HangupCause.NO_ANSWER)
    assert (await guard.centre.story(case_id)).case.late_at is None
    await guard.after(3600)

    assert (await guard.sms()).count(CANNOT_RING) == 2
    assert (await guard.centre.storage.lateness.late_people()) == 1


async def test_the_centres_own_stop_leaves_nobody_without_a_word(guard: Guard) -> None:
    await guard.centre.storage.brake.order(StopLevel.NO_NEW_CALLS, "王", "why", guard.centre.clock.now())
    await guard.centre.alert(grade="高")
    await guard.centre.alert(grade="低", number=OTHER_NUMBER)
    guard.short_for = 1e6
    await guard.after(3600 * 3)

    assert await guard.sms() == [CANNOT_RING]  # 低 waits: nothing is shed while nothing may leave
    seen = await guard.centre.storage.lateness.condition()
    assert seen.cause is not None
    assert seen.cause.value == "stopped"


# --- shed


async def test_who_waited_too_long_for_a_line_is_told_by_sms_and_provably_never_rung(guard: Guard) -> None:
    low = (await guard.centre.alert(grade="低")).case_id
    await guard.centre.alert(grade="中", number=OTHER_NUMBER)
    guard.short_for = 1799
    await guard.after(1800)
    assert await guard.sms() == []
    guard.short_for = 1800
    await guard.after(0)

    story = await guard.centre.story(low)
    shed, later = story.attempts
    assert (shed.state, shed.outcome, proof_of(shed).rang) == (AttemptState.CANCELLED, Outcome.SHED, Rang.NEVER)
    assert (later.due_at - guard.centre.clock.now()).total_seconds() == 14400
    assert "attempt_shed" in [line.what for line in story.history]
    assert await guard.sms() == [CANNOT_RING]
    assert story.case.state is CaseState.OPEN


async def test_who_is_shed_again_is_closed(guard: Guard) -> None:
    low = (await guard.centre.alert(grade="低")).case_id
    guard.short_for = 1e6
    await guard.after(1800)
    await guard.after(14400 + 1800)

    story = await guard.centre.story(low)
    assert story.case.state is CaseState.CLOSED
    assert [attempt.outcome for attempt in story.attempts] == [Outcome.SHED] * 2
    assert not await guard.centre.storage.casebook.due_attempts(guard.centre.clock.now(), 5)


async def test_a_storm_sheds_hundreds_and_not_one_who_is_urgent(guard: Guard) -> None:
    policy = Policy(
        grades={**DEFAULT_GRADES, Grade.LOW: replace(DEFAULT_GRADES[Grade.LOW], shed_to_sms_after_seconds=20)}
    )
    guard.begin(policy)
    grades = ["特急", "高", "中", *["低"] * 30]
    for n, grade in enumerate(grades):
        await guard.centre.alert(grade=grade, number=f"138001380{n:02}")
    guard.short_for = 20
    await guard.after(20)

    waiting = {
        each.grade: each.people for each in await guard.centre.storage.lateness.waiting(guard.centre.clock.now())
    }
    assert waiting == {Grade.CRITICAL: 1, Grade.HIGH: 1, Grade.MEDIUM: 1}
    assert await guard.sms() == [CANNOT_RING] * 30


async def test_a_case_that_has_become_serious_is_not_shed(guard: Guard) -> None:
    low = (await guard.centre.alert(grade="低")).case_id
    [attempt] = (await guard.centre.story(low)).attempts
    await guard.centre.alert(grade="高", id="again")

    assert not await guard.centre.runner.shed(attempt.id, guard.centre.clock.now())
    assert (await guard.centre.claim()) is not None


async def test_an_attempt_that_was_begun_meanwhile_is_neither_late_nor_shed(guard: Guard) -> None:
    await guard.centre.alert(grade="低")
    dialled = await guard.centre.dial()
    now = guard.centre.clock.pass_by(10)

    assert not await guard.centre.runner.shed(dialled.id, now)
    assert not await guard.centre.runner.overdue(dialled.id, now)
    assert await guard.sms() == []


# --- the robot as a whole


async def test_that_the_robot_is_late_and_well_again_is_one_line_and_one_piece_of_news_each(guard: Guard) -> None:
    guard.lines = 0
    for n in range(5):
        await guard.centre.alert(grade="特急", number=f"1380013800{n}")
    with capture_logs() as logs:
        await guard.after(60)
        await guard.after(1)
        guard.begin()  # a daemon that starts again says nothing twice
        await guard.after(1)
        for _ in range(5):
            await guard.centre.call_ends(HangupCause.NO_ANSWER)
        await guard.after(0)
        assert (await guard.centre.storage.lateness.condition()).condition is Condition.DEGRADED
        await guard.after(HEALED_AFTER_SECONDS)
        await guard.after(1)

    said = [line["event"] for line in logs if line["log_level"] in ("error", "warning")]
    assert said == ["people are not rung in time, they get SMS and officers", "the robot rings in time again"]
    assert [await guard.told("robot_degraded"), await guard.told("robot_healed")] == [1, 1]
    rows = await guard.centre.storage.outbox.unpublished(1000)
    [degraded] = [row for row in rows if row.kind == "robot_degraded"]
    assert (degraded.payload["cause"], degraded.payload["late"], degraded.case_id) == ("no_trunk", 5, "")
    assert (await guard.centre.storage.lateness.condition()).condition is Condition.WELL


async def test_two_nodes_tell_one_condition_once(guard: Guard, database: str) -> None:
    await guard.centre.alert(grade="特急")
    guard.centre.clock.pass_by(60)
    async with open_centre(database) as elsewhere:
        elsewhere.clock.pass_by(60)
        await asyncio.gather(guard.watch.look(), Guard(elsewhere).watch.look())

    assert await guard.told("robot_degraded") == 1
