"""Carries out what casework decided: one event, one transaction, with the outbox and the history in it.

Rule 1: nothing is decided here; every decision is casework's.
Rule 2: an event is applied once: a report by its attempt, an alert by its name, an officer by his escalation.
        What a node tells of a call that it conducts is taken with the newest fence only; a report is the truth without one.
Rule 3: history and outbox hold no number, name, sum or spoken word.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dialer.domain.actions import Announcement
from dialer.domain.alert import Alert, RejectedAlert
from dialer.domain.attempt import LIVE, MAY_HAVE_RUNG, AttemptState, Hold
from dialer.domain.callback import DroppedTalk
from dialer.domain.case import Case
from dialer.domain.escalation import Escalation, EscalationState
from dialer.domain.events import (
    AlertAccepted,
    AttemptEnded,
    AttemptLost,
    AttemptOrphaned,
    AttemptOverdue,
    AttemptShed,
    ClosedByPerson,
    Event,
    NobodyCame,
    NumberBarred,
    OfficerTook,
)
from dialer.domain.outcome import Outcome, outcome_of, outcome_of_loss
from dialer.domain.policy import Policy
from dialer.errors import CaseConflict, NotOnFile, TakenOver
from dialer.filing.applying import apply
from dialer.filing.orders import tell
from dialer.filing.people import case_of, whom
from dialer.ids import new_id
from dialer.ports.casefile import CaseFile, CaseFiles, FiledAttempt
from voice.report import CallReport, OfficerPart, Rang, Standing
from voice.understanding.when import resolve

CONFLICTS = 4  # by any of his numbers; each time somebody else has got further
_KNOWN = {"inviting": Rang.MAYBE, "ringing": Rang.YES, "answered": Rang.YES}  # by what the worker has told so far
SAME_BODY_SECONDS = 600  # an alert without a name, repeated byte for byte inside this time, is the same alert


@dataclass(frozen=True, slots=True)
class Accepted:
    """Where an alert went."""

    alert_id: str
    case_id: str
    repeated: bool  # this very alert was accepted before; nothing was changed
    folded: bool  # it went into a case that was there already


@dataclass(frozen=True, slots=True)
class Finished:
    """What the end of an attempt led to."""

    case: Case
    outcome: Outcome


class Runner:
    """Every verb is one transaction; what it raises left no trace."""

    def __init__(self, files: CaseFiles, policy: Policy) -> None:
        self._files = files
        self._policy = policy

    async def accept(self, alert: Alert, now: datetime) -> Accepted:
        """File the alert under its person's live case, or open one."""
        return (await self.accept_together([alert], now))[0]

    async def _accept_known(self, alert: Alert, now: datetime) -> Accepted:
        """The long way, which finds whoever is on file."""
        for _ in range(CONFLICTS):
            with suppress(
                CaseConflict
            ):  # another node opens a file on this person at the same moment: soon it is there
                return await self._accept(alert, now)
        return await self._accept(alert, now)

    async def accept_together(self, alerts: Sequence[Alert], now: datetime) -> list[Accepted]:
        """The same for alerts that came together, in their order. Nearly all are on people nobody has heard of: the short way."""
        done: dict[str, Accepted] = {}
        with suppress(CaseConflict):  # somebody else has just filed one of them: nothing was kept
            async with self._files.newcomers(alerts) as files:
                filed = {
                    alert.id: await self._file(files[alert.id], alert, now) for alert in alerts if alert.id in files
                }
            done = filed
        return [done.get(alert.id) or await self._accept_known(alert, now) for alert in alerts]

    async def _accept(self, alert: Alert, now: datetime) -> Accepted:
        async with self._files.transaction() as file:
            return await self._file(file, alert, now)

    async def _file(self, file: CaseFile, alert: Alert, now: datetime) -> Accepted:
        since = now - timedelta(seconds=SAME_BODY_SECONDS)
        filed = await file.filed_alert(alert.source, alert.external_id, alert.body_sha256, since)
        if filed is not None:
            return Accepted(filed.alert_id, filed.case_id, repeated=True, folded=True)
        person, apart = await whom(self._policy, file, alert, now)
        case = await file.live_case_of(person.id)
        opened = case is None
        if case is None:
            numbers = await file.ladder_of(person.id)
            case = Case(
                new_id(now), person, alert.grade, alert.fraud_type, now, sum_yuan=alert.sum_yuan, numbers=numbers
            )
            await file.add_case(case, alert.number)
        await file.add_alert(alert, case.id)
        for reason in alert.left_out:
            await file.write_history(case.id, "number_left_out", {"reason": reason}, now)
        if apart:
            await file.write_history(case.id, "people_kept_apart", {"why": apart}, now)
        kind = Announcement.CASE_OPENED if opened else Announcement.ALERT_FOLDED
        await tell(file, case, kind, {"alert": alert.id}, now)
        await self._apply(file, case, AlertAccepted(alert.grade, alert.received_at, alert.sum_yuan), now)
        return Accepted(alert.id, case.id, repeated=False, folded=not opened)

    async def barred(self, attempt_id: str, now: datetime) -> bool:
        """Take an attempt back whose number stands on a list. False: it stands on none, or the attempt is not due any more."""
        async with self._files.transaction() as file:
            attempt = await self._attempt(file, attempt_id)
            case = await file.case(attempt.case_id)
            listing = await file.listing_of(attempt_id, now)
            if listing is None or attempt.state is not AttemptState.DUE:
                return False
            await self._apply(file, case, NumberBarred(listing), now, attempt_id)
            return True

    async def overdue(self, attempt_id: str, now: datetime) -> bool:
        """The robot has not begun this attempt in time. False: it has meanwhile, or somebody was told already."""
        async with self._files.transaction() as file:
            attempt = await self._attempt(file, attempt_id)
            case = await file.case(attempt.case_id)
            if attempt.state not in (AttemptState.DUE, AttemptState.CLAIMED) or case.late_at is not None:
                return False
            return (await self._apply(file, case, AttemptOverdue(attempt_id), now, attempt_id)).late_at == now

    async def shed(self, attempt_id: str, now: datetime) -> bool:
        """This attempt gives way. False: it is begun or over, or does not give way any more."""
        async with self._files.transaction() as file:
            attempt = await self._attempt(file, attempt_id)
            case = await file.case(attempt.case_id)
            if attempt.state is not AttemptState.DUE or case.grade.serious:
                return False
            await self._apply(file, case, AttemptShed(attempt_id), now, attempt_id)
            return True

    async def reject(self, alert: RejectedAlert) -> None:
        """Keep a refused alert with its reason."""
        async with self._files.transaction() as file:
            await file.add_rejected(alert)

    async def finish(self, report: CallReport, now: datetime) -> Finished | None:
        """Apply a report. None: it was applied before. One that comes after the attempt was given up is still the truth."""
        async with self._files.transaction() as file:
            attempt = await self._attempt(file, report.attempt)
            if attempt.state in (AttemptState.ENDED, AttemptState.CANCELLED):
                return None
            case = await self._settle_officers(file, await case_of(file, attempt), report, now)
            outcome = outcome_of(report.cause, report.conclusion)
            await file.end_attempt(
                attempt.id, AttemptState.ENDED, at=report.ended_at, rang=report.rang, outcome=outcome
            )
            await file.write_report(report)
            ended = AttemptEnded(report, self._wished_at(report), attempt.deadline)
            case = await self._apply(file, case, ended, now, attempt.id)
            return Finished(case, outcome)

    def _wished_at(self, report: CallReport) -> datetime | None:
        """When the person asked to be rung again: what he named, counted from the end of the talk in the centre's zone."""
        named = report.facts.get("call_back_at", "")
        return resolve(named, report.ended_at.astimezone(ZoneInfo(self._policy.hours.zone)))

    async def orphan(self, hold: Hold, over_by: datetime, now: datetime) -> bool:
        """Take an attempt from a node that is silent. False: it was heard of again, or the call is over. Raises TakenOver."""
        async with self._files.transaction() as file:
            attempt = await self._held(file, hold)
            if attempt.state not in MAY_HAVE_RUNG or attempt.lease_until is None or attempt.lease_until > now:
                return False
            await file.orphan(attempt.id, over_by)
            await self._apply(file, await file.case(attempt.case_id), AttemptOrphaned(attempt.id), now, attempt.id)
            return True

    async def lose(
        self, attempt_id: str, rang: Rang, now: datetime, *, hold: Hold | None = None, dead: bool = False
    ) -> bool:
        """Give up an attempt whose process is gone. False: it was over, or is not begun. rang: what is proved, at least.

        hold: where nothing is left of the call and only whose it is makes that a proof. dead: its worker is known to be, so that
        a talk may be taken up. Raises TakenOver.
        """
        async with self._files.transaction() as file:
            attempt = await (self._attempt(file, attempt_id) if hold is None else self._held(file, hold))
            if attempt.state not in LIVE:
                return False
            rang = max(rang, _KNOWN.get(attempt.progress, rang), key=tuple(Rang).index)
            case = await case_of(file, attempt)
            await self._end_escalations(file, attempt_id, now)
            outcome = outcome_of_loss(rang)
            await file.end_attempt(attempt_id, AttemptState.LOST, at=now, rang=rang, outcome=outcome)
            lost = AttemptLost(attempt_id, rang, attempt.deadline, _talk_of(attempt) if dead else None)
            await self._apply(file, case, lost, now, attempt_id)
            return True

    async def want_officer(
        self,
        hold: Hold,
        *,
        reason: str,
        facts: Mapping[str, str],
        now: datetime,
        officer: str = "",
        tier: int = 0,
        call_id: str = "",
        brief: str = "",
        brief_ms: int = 0,
    ) -> Escalation:
        """Write down that this officer is rung for this live call, before his telephone rings."""
        async with self._files.transaction() as file:
            attempt = await self._held(file, hold)
            case = await file.case(attempt.case_id)
            escalation = Escalation(
                id=new_id(now),
                attempt_id=attempt.id,
                case_id=case.id,
                reason=reason,
                tier=tier,
                officer=officer,
                wanted_at=now,
                deadline=now + timedelta(seconds=self._policy.of(case.grade).officer_within_seconds),
                facts=facts,
                call_id=call_id,
                brief=brief,
                brief_ms=brief_ms,
            )
            await file.put_escalation(escalation)
            told = {"escalation": escalation.id, "reason": reason, "officer": officer, "tier": tier}
            await file.write_history(case.id, "officer_wanted", told, now, attempt.id)
            await tell(file, case, Announcement.OFFICER_WANTED, {"attempt": attempt.id, **told}, now)
            return escalation

    async def note_escalation(self, hold: Hold, escalation_id: str, state: EscalationState, at: datetime) -> Escalation:
        """Move an escalation forward; a bridge means that the officer took the case. Late messages change nothing."""
        async with self._files.transaction() as file:
            await self._held(file, hold)
            escalation = await file.escalation(escalation_id)
            if escalation is None:
                raise NotOnFile
            case = await file.case(escalation.case_id)
            await self._move(file, case, escalation, state, at)
            return escalation.moved(state, at)

    async def nobody_came(self, hold: Hold, *, reason: str, facts: Mapping[str, str], now: datetime) -> Escalation:
        """Nobody (more) can be rung for this live call."""
        escalation = await self.want_officer(hold, reason=reason, facts=facts, now=now)
        return await self.note_escalation(hold, escalation.id, EscalationState.NOBODY, now)

    async def close(self, case_id: str, who: str, why: str, now: datetime) -> Case:
        """Somebody who may do so closes the case."""
        async with self._files.transaction() as file:
            return await self._apply(file, await file.case(case_id), ClosedByPerson(who, why), now)

    async def _attempt(self, file: CaseFile, attempt_id: str) -> FiledAttempt:
        attempt = await file.attempt(attempt_id)
        if attempt is None:
            raise NotOnFile
        return attempt

    async def _held(self, file: CaseFile, hold: Hold) -> FiledAttempt:
        attempt = await self._attempt(file, hold.attempt)
        if attempt.fence != hold.fence:
            raise TakenOver
        return attempt

    async def _apply(self, file: CaseFile, case: Case, event: Event, now: datetime, attempt_id: str = "") -> Case:
        return await apply(self._policy, file, case, event, now, attempt_id=attempt_id)

    async def _settle_officers(self, file: CaseFile, case: Case, report: CallReport, now: datetime) -> Case:
        """What the report knows of officers and nobody had told us yet: a daemon may have died in between."""
        for part in report.officers:
            escalation = await file.escalation(part.escalation)
            if (
                escalation is None
            ):  # the fall-back officer, whom the worker rang when the daemon was gone, by a name of its own
                wanted = part.answered_at or report.ended_at
                escalation = Escalation(new_id(now), report.attempt, case.id, "fallback", 0, "fallback", wanted, wanted)
                await file.put_escalation(escalation)
            for state, at in _steps_of(part):
                case = await self._move(file, case, escalation, state, at)
                escalation = escalation.moved(state, at)
        await self._end_escalations(file, report.attempt, report.ended_at)
        return case

    async def _move(
        self, file: CaseFile, case: Case, escalation: Escalation, state: EscalationState, at: datetime
    ) -> Case:
        moved = escalation.moved(state, at)
        if moved == escalation:
            return case
        await file.put_escalation(moved)
        facts = {"escalation": moved.id, "officer": moved.officer, "state": state.value}
        await file.write_history(case.id, "officer_moved", facts, at, moved.attempt_id)
        if state is EscalationState.BRIDGED:
            return await self._apply(file, case, OfficerTook(moved.officer, at), at, moved.attempt_id)
        if state is EscalationState.NOBODY:
            return await self._apply(file, case, NobodyCame(), at, moved.attempt_id)
        return case

    async def _end_escalations(self, file: CaseFile, attempt_id: str, at: datetime) -> None:
        for escalation in await file.escalations_of(attempt_id):
            met = escalation.state in (EscalationState.ACCEPTED, EscalationState.BRIDGED)
            end = EscalationState.ENDED if met else EscalationState.UNANSWERED
            if not escalation.over:
                await file.put_escalation(escalation.moved(end, at))


def _talk_of(attempt: FiledAttempt) -> DroppedTalk | None:
    """Only an answer that was committed makes a talk."""
    if attempt.progress != "answered" or attempt.heard_at is None:
        return None
    return DroppedTalk(attempt.id, attempt.heard_at, attempt.standing or Standing())


def _steps_of(part: OfficerPart) -> list[tuple[EscalationState, datetime]]:
    steps = [
        (EscalationState.BRIEFED, part.answered_at if part.brief_heard_to_end else None),
        (EscalationState.ACCEPTED, part.accepted_at),
        (EscalationState.BRIDGED, part.bridged_at),
        (EscalationState.ENDED, part.ended_at if part.bridged_at else None),
    ]
    return [(state, at) for state, at in steps if at is not None]
