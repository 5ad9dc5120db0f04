"""What becomes of calls whose process died, hangs or is not known: the real caller, recovery, casebook and spool; fake workers."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from dialer.calling.caller import Caller, Desk
from dialer.calling.escalator import Escalator
from dialer.calling.recovery import Recovery
from dialer.calling.roster import Roster
from dialer.calling.trunks import Trunks
from dialer.domain.attempt import AttemptState, ClaimedAttempt
from dialer.domain.work import WorkReason
from dialer.settings import DataSettings, Settings, SipSettings, TrunkSettings
from dialer.storage import open_storage
from dialer.versions.knowledge import PublishedKnowledge, version_of
from dialer.versions.mouth import Mouth
from dialer.versions.scripts import Scripts
from tests.centre import LEASE_SECONDS, Centre
from tests.fakes.prompts import FakePrompts
from tests.fakes.workers import FakeWorkers
from tests.reports import report
from tests.smallscript import SCRIPT
from voice.messages import Conduct, LegProgress, Progress, Reported
from voice.report import CallReport, HangupCause
from voice.script.model import Script, Sentence
from voice.tts.keeping import RecordedSentences
from voice.understanding.knowledge import decode, hashed, shipped
from voice.workers.spool import CallFile

pytestmark = pytest.mark.integration
SPEAKABLE = replace(SCRIPT, sentences={name: Sentence(name, "您好") for name in SCRIPT.sentences})
LONGEST_CALL = timedelta(seconds=400)
PATIENCE_SECONDS = 1.0  # in place of minutes, before a worker counts as hanging


class OneScript:
    """The same script for every call."""

    async def for_talk(self, _attempt: ClaimedAttempt) -> tuple[Script, None, str]:
        return SPEAKABLE, None, ""


@dataclass
class Others:
    """What this node knows of other nodes, and of their common clock."""

    may_be_judged: bool = True
    clock_ahead: timedelta = timedelta()


@dataclass
class House:
    """What surrounds a call, with workers that do as a test says."""

    centre: Centre
    recovery: Recovery
    caller: Caller
    workers: FakeWorkers
    spool: Path
    recordings: Path
    others: "Others"

    async def claimed(self) -> ClaimedAttempt:
        await self.centre.alert()
        attempt = await self.centre.claim()
        assert attempt is not None
        self.centre.clock.pass_by(1)
        return attempt

    async def dialled(self) -> ClaimedAttempt:
        """DIALLING is committed, and then its daemon died."""
        await self.centre.alert()
        attempt = await self.centre.dial()
        self.centre.clock.pass_by(1)  # ids are in order of time
        return attempt

    async def conduct(self, attempt: ClaimedAttempt) -> None:
        with self.recovery.in_hand(attempt.id):
            await self.caller.conduct(attempt)

    async def states(self) -> list[AttemptState]:
        [line] = await self.centre.storage.views.cases(10)
        return [attempt.state for attempt in (await self.centre.story(line.id)).attempts]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_storage(f"sqlite:///{tmp_path / 'quanzu.db'}") as storage:
        centre, spool, others = Centre(storage), tmp_path / "spool", Others()
        settings = Settings(
            data=DataSettings(str(tmp_path)),
            sip=SipSettings(ring_seconds=PATIENCE_SECONDS / 2, max_call_seconds=PATIENCE_SECONDS / 2),
        )
        recovery = Recovery(
            centre.runner,
            storage.casebook,
            storage.casebook,
            centre.clock,
            spool,
            node=centre.node,
            longest_call=LONGEST_CALL,
            may_judge=lambda: others.may_be_judged,
            ahead=lambda: others.clock_ahead,
        )
        prompts, roster, workers = FakePrompts(tmp_path / "prompts"), Roster(()), FakeWorkers()
        desk = Desk(
            queue=storage.casebook,
            log=storage.casebook,
            scripts=cast(Scripts, OneScript()),
            knowledge=PublishedKnowledge(storage.shelf, tmp_path / "knowledge"),
            mouth=Mouth(prompts, RecordedSentences(tmp_path / "recorded", tmp_path)),
            pool=workers,
            trunks=Trunks([TrunkSettings("tests")], time.monotonic),
            roster=roster,
            escalator=Escalator(centre.runner, roster, prompts, centre.clock, settings),
            recovery=recovery,
            clock=centre.clock,
            settings=settings,
        )
        caller = Caller(desk, margin_seconds=0)
        yield House(centre, recovery, caller, workers, spool, tmp_path / "recordings", others)


# --- this node's own calls


async def test_a_worker_that_hangs_is_ended_and_the_person_waits_the_safe_gap(house: House) -> None:
    attempt = await house.claimed()
    conducting = asyncio.create_task(house.conduct(attempt))
    await _taken(house)
    with CallFile(house.spool, attempt.id) as spool:
        spool.note(Progress.INVITING)
    async with asyncio.timeout(5):
        await conducting

    assert house.workers.taken[0].killed
    assert house.workers.given_back == [(house.workers.taken[0], False)]
    assert await house.states() == [AttemptState.LOST, AttemptState.DUE]
    assert await house.centre.claim() is None  # inside the gap


async def test_a_worker_that_reports_in_time_is_kept(house: House) -> None:
    attempt = await house.claimed()
    conducting = asyncio.create_task(house.conduct(attempt))
    await _taken(house)
    worker = house.workers.taken[0]
    worker.tells(Reported(report(house.centre.clock.now(), HangupCause.BUSY, attempt=attempt.id)))
    worker.is_ready()
    await conducting

    assert not worker.killed
    assert house.workers.given_back == [(worker, True)]
    assert await house.states() == [AttemptState.ENDED, AttemptState.DUE]


async def test_a_call_is_told_the_published_knowledge_and_its_record_says_by_which_it_was_understood(
    house: House,
) -> None:
    known = hashed(replace(shipped(), complete="^没有$"))
    shelf = house.centre.storage.shelf
    await shelf.publish([version_of(known, "王", "", house.centre.clock.now())])
    attempt = await house.claimed()
    conducting = asyncio.create_task(house.conduct(attempt))
    await _taken(house)
    worker = house.workers.taken[0]
    await worker.ordered.wait()
    done = report(house.centre.clock.now(), HangupCause.BUSY, attempt=attempt.id)
    worker.tells(Reported(replace(done, knowledge_hash=known.hash)))
    worker.is_ready()
    await conducting

    [order] = worker.orders
    assert isinstance(order, Conduct)
    assert decode(Path(order.knowledge).read_bytes()).hash == known.hash
    [line] = await house.centre.storage.views.cases(10)
    assert known.hash in [each.knowledge_hash for each in (await house.centre.story(line.id)).attempts]


async def test_a_call_that_cannot_be_recorded_is_not_dialled_and_its_worker_stays(house: House) -> None:
    attempt = await house.claimed()
    house.recordings.write_text("a file where a folder should be")
    await house.conduct(attempt)

    assert house.workers.taken[0].orders == []
    assert house.workers.given_back == [(house.workers.taken[0], True)]
    assert await house.states() == [AttemptState.ENDED, AttemptState.DUE]


async def test_a_claim_that_is_being_started_is_not_taken_for_a_dead_daemons(house: House) -> None:
    attempt = await house.claimed()
    with house.recovery.in_hand(attempt.id):
        with house.recovery.in_hand(attempt.id):
            await house.recovery.sweep()
        await house.recovery.sweep()
        assert await house.states() == [AttemptState.CLAIMED]
    await house.recovery.sweep()
    assert await house.states() == [AttemptState.DUE]


async def test_nothing_dialled_is_due_again_at_once(house: House) -> None:
    attempt = await house.dialled()
    spooled(house, CallReport.never_dialled(attempt.id, house.centre.clock.now()))
    await house.recovery.sweep()

    assert await house.states() == [AttemptState.LOST, AttemptState.DUE]
    assert await house.centre.claim() is not None


async def test_a_late_word_that_nothing_was_dialled_does_not_ring_anybody_again(house: House) -> None:
    attempt = await house.dialled()
    await house.recovery.sweep()  # no trace in the spool: never rang
    house.centre.clock.pass_by(1)
    await house.centre.call_ends(HangupCause.BUSY)
    due = await house.centre.storage.casebook.next_due_at()
    spooled(house, CallReport.never_dialled(attempt.id, house.centre.clock.now()))
    await house.recovery.sweep()

    assert await house.states() == [AttemptState.LOST, AttemptState.ENDED, AttemptState.DUE]
    assert await house.centre.storage.casebook.next_due_at() == due
    assert list(house.spool.iterdir()) == []


@pytest.mark.parametrize("reported", [True, False])
async def test_a_call_of_another_casebook_is_set_aside_and_stops_nobody(house: House, *, reported: bool) -> None:
    with CallFile(house.spool, "stranger") as spool:
        spool.note(Progress.INVITING)
        if reported:
            spool.report(report(house.centre.clock.now(), HangupCause.BUSY, attempt="stranger"))
    attempt = await house.dialled()
    spooled(house, report(house.centre.clock.now(), HangupCause.BUSY, attempt=attempt.id))
    await house.recovery.sweep()
    await house.recovery.sweep()

    assert await house.states() == [AttemptState.ENDED, AttemptState.DUE]
    kept = ["stranger.call.unknown", "stranger.report.json.unknown"]
    assert sorted(path.name for path in house.spool.iterdir()) == (kept if reported else kept[:1])


async def test_a_machine_whose_clock_is_slow_keeps_the_safe_gap_all_the_same(house: House) -> None:
    attempt = await house.dialled()
    house.others.clock_ahead = timedelta(hours=1)
    now = house.centre.clock.now()
    spooled(house, report(now - timedelta(hours=1), HangupCause.NO_ANSWER, attempt=attempt.id))
    await house.recovery.sweep()

    assert await house.states() == [AttemptState.ENDED, AttemptState.DUE]
    [line] = await house.centre.storage.views.cases(1)
    story = await house.centre.story(line.id)
    assert story.attempts[0].ended_at == now
    assert story.case.person.clear_at is not None
    assert story.case.person.clear_at > now


# --- calls of another node


async def of_another_node(house: House, *, dialled: bool) -> ClaimedAttempt:
    """Another node has it, and its lease is just over."""
    await house.centre.alert()
    house.centre.node = "node-2"
    attempt = await (house.centre.dial() if dialled else house.centre.claim())
    house.centre.node = "node-1"
    assert attempt is not None
    house.centre.clock.pass_by(LEASE_SECONDS)
    return attempt


async def test_a_claim_of_a_silent_node_is_due_again_at_once(house: House) -> None:
    attempt = await of_another_node(house, dialled=False)
    await house.recovery.sweep()

    again = await house.centre.claim()
    assert again is not None
    assert (again.id, again.fence) == (attempt.id, attempt.fence + 1)


async def test_a_call_of_a_silent_node_is_not_taken_for_one_that_never_rang(house: House) -> None:
    await of_another_node(house, dialled=True)
    over_by = house.centre.clock.now() + LONGEST_CALL
    await house.recovery.sweep()
    await house.recovery.sweep()

    (orphan,) = await house.centre.storage.casebook.unfinished_attempts()
    assert (orphan.state, orphan.owner, orphan.lease_until) == (AttemptState.DIALLING, "", over_by)
    (work,) = await house.centre.storage.views.open_work(9)
    assert work.reason is WorkReason.MAY_HAVE_RUNG
    house.centre.clock.pass_by(LONGEST_CALL.total_seconds() - 1)
    await house.recovery.sweep()
    assert await house.states() == [AttemptState.DIALLING]
    house.centre.clock.pass_by(1)
    await house.recovery.sweep()
    assert await house.states() == [AttemptState.LOST, AttemptState.DUE]
    assert await house.centre.claim() is None, "the safe gap"


async def test_nodes_that_nobody_could_hear_are_not_judged(house: House) -> None:
    await of_another_node(house, dialled=False)
    house.others.may_be_judged = False
    await house.recovery.sweep()

    assert await house.states() == [AttemptState.CLAIMED]


async def test_what_this_nodes_spool_proves_holds_even_when_the_call_was_taken_from_it(house: House) -> None:
    attempt = await house.dialled()
    with CallFile(house.spool, attempt.id) as spool:
        spool.note(Progress.ACCEPTED)
    now = house.centre.clock.pass_by(LEASE_SECONDS)
    await house.centre.runner.orphan(attempt.hold, now + LONGEST_CALL, now)
    await house.recovery.sweep()

    assert await house.states() == [AttemptState.LOST, AttemptState.DUE]
    assert await house.centre.claim() is not None, "no INVITE ever left"


async def test_a_node_that_was_taken_for_dead_lets_its_worker_finish_alone(house: House) -> None:
    attempt = await house.claimed()
    conducting = asyncio.create_task(house.conduct(attempt))
    await _taken(house)
    worker, now = house.workers.taken[0], house.centre.clock.pass_by(LEASE_SECONDS)
    await house.centre.runner.orphan(attempt.hold, now + LONGEST_CALL, now)
    worker.tells(LegProgress(attempt.id, Progress.ANSWERED, now))
    async with asyncio.timeout(5):
        await conducting

    assert house.workers.given_back == [(worker, False)]
    assert not worker.killed
    spooled(house, report(now, HangupCause.BUSY, attempt=attempt.id))
    await house.recovery.sweep()
    assert await house.states() == [AttemptState.ENDED, AttemptState.DUE]


def spooled(house: House, ended: CallReport) -> None:
    """A worker has written this and is gone."""
    with CallFile(house.spool, ended.attempt) as spool:
        spool.note(Progress.ACCEPTED)
        spool.report(ended)


async def _taken(house: House) -> None:
    """Wait until a worker has its order."""
    async with asyncio.timeout(5):
        while not house.workers.taken:
            await asyncio.sleep(0)
        await house.workers.taken[0].ordered.wait()
    assert isinstance(house.workers.taken[0].orders[0], Conduct)


async def test_what_was_due_by_day_and_is_claimed_at_night_waits_for_the_morning(house: House) -> None:
    await house.centre.alert(grade="中")
    house.centre.clock.pass_by(12 * 3600)  # the daemon was away; it is midnight in Lhasa
    attempt = await house.centre.claim()
    assert attempt is not None
    await house.conduct(attempt)

    assert house.workers.taken == []
    assert await house.states() == [AttemptState.DUE]
    assert await house.centre.storage.casebook.next_due_at() == house.centre.clock.now() + timedelta(hours=9)


async def test_a_call_at_night_leaves_by_a_rule_that_is_written_down(house: House) -> None:
    house.centre.clock.pass_by(12 * 3600)
    attempt = await house.claimed()
    conducting = asyncio.create_task(house.conduct(attempt))
    await _taken(house)
    worker = house.workers.taken[0]
    worker.tells(Reported(report(house.centre.clock.now(), HangupCause.BUSY, attempt=attempt.id)))
    worker.is_ready()
    await conducting

    history = (await house.centre.story(attempt.case_id)).history
    assert [line.facts for line in history if line.what == "hours_overridden"] == [
        {"rule": "high: the fraud goes on now"}
    ]
