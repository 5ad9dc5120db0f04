"""One attempt: write it down, have it conducted, report what happened.

Rule 1: DIALLING, with the SIP Call-ID, is committed before the worker hears of the number.
Rule 2: everything that can be prepared is prepared before; what cannot be prepared gives the attempt back.
Rule 3: a worker that is lost, or hangs, costs its own call; what it left in the spool decides what may be done next.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from dialer.calling.escalator import Escalator, LiveCall, fallback_brief, officer_trunk
from dialer.calling.recovery import Recovery
from dialer.calling.roster import Roster
from dialer.calling.trunks import Passage, Trunks, address
from dialer.domain import callback
from dialer.domain.attempt import ClaimedAttempt, Hold
from dialer.errors import CallsStopped, DialerError, NumberListed, OutsideHours, ScriptMissing, TakenOver, TrunkDown
from dialer.ids import new_id
from dialer.ports import AttemptQueue, Clock, Wire, Workers
from dialer.ports.calllog import CallLog
from dialer.settings import Settings, TrunkSettings, policy
from dialer.versions.callwords import group_of
from dialer.versions.knowledge import PublishedKnowledge
from dialer.versions.mouth import Mouth
from dialer.versions.scripts import Scripts
from voice.errors import RecordingLost, VoiceError, WorkerLost, WorkersBusy
from voice.messages import (
    Conduct,
    EndCall,
    FallbackOfficer,
    LegProgress,
    OfficerLeg,
    OfficerStage,
    OfficerWanted,
    Ready,
    Reported,
    ToDaemon,
    TurnEnded,
    TurnStarted,
)
from voice.ports import Prompt
from voice.report import CallReport, Standing
from voice.script.model import Script

log = structlog.get_logger(__name__)
RETRY_SECONDS = 5.0
MARGIN_SECONDS = 60.0  # for goodbye, recordings and report, over ringing and talking; then a worker hangs


@dataclass(frozen=True, slots=True)
class Desk:
    """What the caller works with."""

    queue: AttemptQueue
    log: CallLog
    scripts: Scripts
    knowledge: PublishedKnowledge
    mouth: Mouth
    pool: Workers[Any]
    trunks: Trunks
    roster: Roster
    escalator: Escalator
    recovery: Recovery
    clock: Clock
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Prepared:
    script: Script
    prompts: Mapping[str, Prompt]
    knowledge: str  # a file; see dialer.versions.knowledge
    fallback: FallbackOfficer | None
    resumes: Standing | None = None
    goes_on_at: str = ""  # the step with which a call-back begins


class Caller:
    """Conducts attempts, each in a task of its own."""

    def __init__(self, desk: Desk, *, margin_seconds: float = MARGIN_SECONDS) -> None:
        self._desk = desk
        self._longest_call = longest_call(desk.settings, margin_seconds).total_seconds()
        self._policy = policy(desk.settings)
        self._robot_talks: dict[str, Wire] = {}  # by attempt; not those that an officer has on the line

    def end_calls(self) -> int:
        """Have every talk of the robot's end politely, each told once; how many. Whom an officer talks to is left alone."""
        talks, self._robot_talks = self._robot_talks, {}
        for link in talks.values():
            link.send(EndCall())
        return len(talks)

    async def conduct(self, attempt: ClaimedAttempt) -> None:
        """From the claim to the committed outcome. Whoever starts this has the attempt in hand until it ends."""
        desk = self._desk
        try:
            self._hours_rule(attempt)
            with desk.trunks.line(attempt.number) as trunk:
                prepared = await self._prepare(attempt)
                link = await desk.pool.take()
                await self._on_the_line(attempt, prepared, trunk, link)
        except CallsStopped as order:
            log.warning("calls are stopped, the attempt waits", attempt=attempt.id, advice=str(order))
        except OutsideHours as early:
            log.info("outside the calling hours, the attempt waits", attempt=attempt.id)
            await self._give_back(attempt, early.opens_at, "outside_hours")
        except NumberListed as listed:
            log.warning("the number was put on a list, it is not rung", attempt=attempt.id, advice=str(listed))
        except TakenOver as fault:  # and the worker sees its wire end: it finishes the talk alone
            log.warning(
                "this node was silent for too long, it lets go of a call", attempt=attempt.id, advice=str(fault)
            )
        except (TrunkDown, WorkersBusy) as fault:
            log.warning("no line or worker, the attempt waits", attempt=attempt.id, advice=str(fault))
            await self._give_back(attempt)
        except (VoiceError, ScriptMissing) as fault:
            # Counted as a fault of ours: casework tries again, and after a few an officer must know.
            log.error("attempt cannot start", attempt=attempt.id, advice=str(fault))
            await desk.recovery.reported(CallReport.never_dialled(attempt.id, desk.clock.now()))
        except DialerError as fault:
            log.error("attempt cannot start, recovery will give it back", attempt=attempt.id, advice=str(fault))

    async def _prepare(self, attempt: ClaimedAttempt) -> _Prepared:
        script, resumes, goes_on_at = await self._desk.scripts.for_talk(attempt)
        prompts, knowledge = await self._desk.mouth.of(script), await self._desk.knowledge.file()
        return _Prepared(script, prompts, knowledge, await self._fallback(), resumes, goes_on_at)

    async def _fallback(self) -> FallbackOfficer | None:
        officer = self._desk.roster.first()
        if officer is None:
            return None
        return FallbackOfficer(
            officer.uri, officer_trunk(self._desk.settings, officer), await fallback_brief(self._desk.mouth.voice)
        )

    async def _on_the_line(
        self, attempt: ClaimedAttempt, prepared: _Prepared, trunk: TrunkSettings, link: Wire
    ) -> None:
        call_id = new_id(self._desk.clock.now())
        usable = True
        try:
            order = self._order(attempt, prepared, trunk, call_id)
            await self._begin(attempt, prepared, call_id)
            usable = False
            log.info("dialling", attempt=attempt.id, case=attempt.case_id, grade=attempt.grade.name, call_id=call_id)
            link.send(order)
            await self._follow(attempt, link, Passage(trunk.name, self._desk.trunks.ended))
            usable = True
        except WorkerLost:
            log.error("call worker lost", attempt=attempt.id, worker_pid=link.pid)
            await self._desk.recovery.settle(attempt.id, attempt.hold)
        finally:
            self._desk.pool.give_back(link, usable=usable)

    async def _begin(self, attempt: ClaimedAttempt, prepared: _Prepared, call_id: str) -> None:
        await self._desk.log.begin_dialling(
            attempt.hold,
            call_id=call_id,
            script_hash=prepared.script.hash,
            now=self._desk.clock.now(),
            hours_rule=self._hours_rule(attempt),
            goes_on_at=prepared.goes_on_at,
        )

    def _hours_rule(self, attempt: ClaimedAttempt) -> str:
        """By which rule this call may leave now; empty: inside the hours. Raises OutsideHours: what was due may have waited long."""
        now = self._desk.clock.now()
        permit = self._policy.permit(attempt.grade, now)
        if permit.at > now and attempt.talk is not None:
            return callback.RULE
        if permit.at > now:
            raise OutsideHours(permit.at)
        return permit.override

    def _order(self, attempt: ClaimedAttempt, prepared: _Prepared, trunk: TrunkSettings, call_id: str) -> Conduct:
        settings = self._desk.settings
        folder = recordings_of(settings, attempt.id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise RecordingLost from None
        return Conduct(
            attempt=attempt.id,
            call_id=call_id,
            uri=address(attempt.number, trunk),
            trunk=trunk.account(),
            ring_seconds=settings.sip.ring_seconds,
            max_call_seconds=settings.sip.max_call_seconds,
            script=prepared.script,
            prompts=prepared.prompts,
            recording_dir=str(folder),
            knowledge=prepared.knowledge,
            group=group_of(attempt),
            careful=attempt.grade.serious,
            resumes=prepared.resumes,
            fallback=prepared.fallback,
        )

    async def _follow(self, attempt: ClaimedAttempt, link: Wire, passage: Passage) -> None:
        """Until the report is committed and the worker is ready again. Raises WorkerLost."""
        try:
            async with asyncio.timeout(self._longest_call) as patience:
                await self._listen(attempt, link, patience, passage)
        except TimeoutError:
            log.error("call worker hangs, it is ended", attempt=attempt.id, worker_pid=link.pid)
            link.kill()
            raise WorkerLost from None

    async def _listen(self, attempt: ClaimedAttempt, link: Wire, patience: asyncio.Timeout, passage: Passage) -> None:
        stages: asyncio.Queue[OfficerLeg] = asyncio.Queue()
        live = LiveCall(attempt.hold, attempt.fraud_type.chinese, link.send)
        fetching: list[asyncio.Task[None]] = []
        self._robot_talks[attempt.id] = link
        try:
            while True:
                match await link.receive():
                    case OfficerWanted() as wanted:
                        fetching.append(asyncio.create_task(self._desk.escalator.fetch(live, wanted, stages)))
                    case OfficerLeg() as leg:
                        stages.put_nowait(leg)
                        self._wait_longer(leg, patience)
                        if leg.stage is OfficerStage.BRIDGED:
                            self._robot_talks.pop(attempt.id, None)
                    case Reported(report):
                        passage.over(report)
                        for task in fetching:
                            task.cancel()
                        await asyncio.gather(*fetching, return_exceptions=True)
                        await self._desk.recovery.reported(report)
                    case Ready():
                        return
                    case told:
                        passage.note(told)
                        await self._note(attempt.hold, told, link.pid)
        finally:
            self._robot_talks.pop(attempt.id, None)
            for task in fetching:
                task.cancel()

    def _wait_longer(self, leg: OfficerLeg, patience: asyncio.Timeout) -> None:
        """Officer and person talk for as long as they like."""
        if leg.stage is OfficerStage.BRIDGED:
            patience.reschedule(None)
        elif leg.stage is OfficerStage.ENDED:
            patience.reschedule(asyncio.get_running_loop().time() + self._longest_call)

    async def _note(self, hold: Hold, told: ToDaemon, worker_pid: int) -> None:
        """Keep the live view and the proof current; a database that is away must not end a talk. Raises TakenOver."""
        try:
            match told:
                case LegProgress(attempt, progress, at):
                    log.info("call", attempt=attempt, progress=progress.value)
                    await self._desk.log.note_progress(hold, progress.value, at, worker_pid=worker_pid)
                case TurnStarted(attempt, turn, step, said, at):
                    log.info("turn", attempt=attempt, turn=turn, step=step)
                    await self._desk.log.note_turn_started(hold, turn, step, said, at)
                case TurnEnded(attempt, record, at, standing):
                    log.info("heard", attempt=attempt, turn=record.turn, understood=list(record.intents))
                    await self._desk.log.note_turn_ended(hold, record, at, standing, self._desk.clock.now())
                case _:
                    pass
        except TakenOver:
            raise
        except DialerError as fault:
            log.error("turn not written down, the report will have it", advice=str(fault))

    async def _give_back(self, attempt: ClaimedAttempt, due: datetime | None = None, why: str = "cannot_start") -> None:
        due = due or self._desk.clock.now() + timedelta(seconds=RETRY_SECONDS)
        try:
            await self._desk.queue.release(attempt.hold, due, why)
        except DialerError as fault:  # recovery finds the claim as soon as the database is back
            log.error("attempt not given back yet", attempt=attempt.id, advice=str(fault))


def recordings_of(settings: Settings, attempt_id: str) -> Path:
    """Where an attempt's recordings lie."""
    return (settings.data_dir / "recordings" / attempt_id).resolve()


def longest_call(settings: Settings, margin_seconds: float = MARGIN_SECONDS) -> timedelta:
    """From the INVITE to the report, unless an officer talks on."""
    return timedelta(seconds=settings.sip.ring_seconds + settings.sip.max_call_seconds + margin_seconds)
