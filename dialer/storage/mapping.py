"""From rows to values: the single way in. What goes out is written where it is used."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import RowMapping

from dialer.domain.alert import Alert, FraudType, RejectedAlert
from dialer.domain.attempt import AttemptReason, AttemptState, ClaimedAttempt, TalkToResume, UnfinishedAttempt
from dialer.domain.case import Case, CaseState, Person, Tally
from dialer.domain.contacts import ContactLadder
from dialer.domain.danger import DangerKind, DangerSign
from dialer.domain.escalation import Escalation, EscalationState
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.work import WorkItem, WorkKind, WorkReason, WorkResult, WorkState
from dialer.ports.casefile import FiledAttempt
from dialer.ports.shelf import Deed, LogLine, Version
from dialer.ports.views import AttemptLine, DangerLine, HistoryLine
from voice.report import Conclusion, Standing, TurnRecord


def outcome(word: str) -> Outcome | None:
    """Empty: the attempt has none yet."""
    return Outcome(word) if word else None


def person(row: RowMapping) -> Person:
    return Person(
        id=row["contact_id"],
        officer_only=row["officer_only"],
        clear_at=row["clear_at"],
        calls_day=row["calls_day"],
        calls_today=row["calls_today"],
    )


def case(row: RowMapping, ladder: ContactLadder | None = None) -> Case:
    """A row of cases joined with contacts, and the ladder of their person."""
    return Case(
        id=row["id"],
        person=person(row),
        grade=Grade(row["grade"]),
        fraud_type=FraudType(row["fraud_type"]),
        opened_at=row["opened_at"],
        state=CaseState(row["state"]),
        sum_yuan=row["sum_yuan"],
        tally=Tally(row["not_reached"], row["busy"], row["faults"], row["follow_ups"]),
        numbers=replace(
            ladder or ContactLadder(), at=row["rung"], shut=tuple(row["shut"]), failures=row["rung_failures"]
        ),
        outcome=outcome(row["outcome"]),
        officer=row["officer"],
        officer_at=row["officer_at"],
        closed_at=row["closed_at"],
        late_at=row["late_at"],
        sms_again_at=row["sms_again_at"],
        called_back=row["called_back"],
        version=row["version"],
    )


def case_columns(value: Case) -> Mapping[str, Any]:
    """The columns of cases that casework may change."""
    return {
        "grade": value.grade.value,
        "state": value.state.value,
        "sum_yuan": value.sum_yuan,
        "not_reached": value.tally.not_reached,
        "busy": value.tally.busy,
        "faults": value.tally.faults,
        "follow_ups": value.tally.follow_ups,
        "rung": value.numbers.at,
        "shut": list(value.numbers.shut),
        "rung_failures": value.numbers.failures,
        "outcome": value.outcome.value if value.outcome else "",
        "officer": value.officer,
        "officer_at": value.officer_at,
        "closed_at": value.closed_at,
        "late_at": value.late_at,
        "sms_again_at": value.sms_again_at,
        "called_back": value.called_back,
    }


def new_case_columns(value: Case, number: str) -> dict[str, Any]:
    """The whole row of a case that is opened."""
    return {
        "id": value.id,
        "contact_id": value.person.id,
        "number": number,
        "fraud_type": value.fraud_type.value,
        "opened_at": value.opened_at,
        "version": value.version,
        **case_columns(value),
    }


def alert_columns(value: Alert, case_id: str) -> Mapping[str, Any]:
    """The row of an alert that was accepted."""
    return {
        "id": value.id,
        "source": value.source,
        "external_id": value.external_id,
        "received_at": value.received_at,
        "occurred_at": value.occurred_at,
        "state": "accepted",
        "grade": value.grade.value,
        "fraud_type": value.fraud_type.value,
        "number": value.number,
        "surname": value.surname,
        "sum_yuan": value.sum_yuan,
        "facts": dict(value.facts),
        "body": value.body,
        "body_sha256": value.body_sha256,
        "case_id": case_id,
    }


def rank_columns(row: RowMapping | Mapping[str, Any]) -> Mapping[str, Any]:
    """What orders a case's attempt in the queue after its deadline."""
    return {"urgency": Grade(row["grade"]).rank, "sum_yuan": row["sum_yuan"] or 0}


def filed_attempt(row: RowMapping) -> FiledAttempt:
    return FiledAttempt(
        id=row["id"],
        case_id=row["case_id"],
        state=AttemptState(row["state"]),
        due_at=row["due_at"],
        deadline=row["deadline"],
        outcome=outcome(row["outcome"]),
        fence=row["fence"],
        lease_until=row["lease_until"],
        progress=row["progress"],
        standing=standing(row["standing"]),
        heard_at=row["heard_at"] or row["answered_at"],
    )


def standing(kept: Mapping[str, Any] | None) -> Standing | None:
    if kept is None:
        return None
    return Standing(
        step=kept["step"],
        owed=tuple(kept["owed"]),
        conclusion=Conclusion(kept["conclusion"]),
        facts=kept["facts"],
        over=kept["over"],
    )


def standing_columns(value: Standing | None) -> Mapping[str, Any]:
    """Nothing, when nothing is told of it."""
    if value is None:
        return {}
    kept = {"step": value.step, "owed": list(value.owed), "conclusion": value.conclusion.value}
    return {"standing": {**kept, "facts": dict(value.facts), "over": value.over}}


def claimed(
    row: RowMapping, alerted_at: datetime, facts: Mapping[str, str], made: int, talk: TalkToResume | None
) -> ClaimedAttempt:
    """A row of attempts with the case's grade and type and the person's name."""
    return ClaimedAttempt(
        id=row["id"],
        case_id=row["case_id"],
        number=row["number"],
        grade=Grade(row["grade"]),
        fraud_type=FraudType(row["fraud_type"]),
        reason=AttemptReason(row["reason"]),
        due_at=row["due_at"],
        deadline=row["deadline"],
        lease_until=row["lease_until"],
        made=made,
        alerted_at=alerted_at,
        surname=row["surname"],
        sum_yuan=row["sum_yuan"] or None,
        facts=facts,
        talk=talk,
        fence=row["fence"],
    )


def unfinished(row: RowMapping) -> UnfinishedAttempt:
    return UnfinishedAttempt(
        id=row["id"],
        case_id=row["case_id"],
        state=AttemptState(row["state"]),
        owner=row["owner"],
        lease_until=row["lease_until"],
        fence=row["fence"],
        call_id=row["call_id"],
        worker_pid=row["worker_pid"],
        dialled_at=row["dialled_at"],
        answered_at=row["answered_at"],
    )


def alert(row: RowMapping) -> Alert:
    return Alert(
        id=row["id"],
        source=row["source"],
        external_id=row["external_id"],
        received_at=row["received_at"],
        grade=Grade(row["grade"]),
        fraud_type=FraudType(row["fraud_type"]),
        number=row["number"],
        surname=row["surname"],
        sum_yuan=row["sum_yuan"],
        facts=row["facts"],
        occurred_at=row["occurred_at"],
        body=row["body"],
        body_sha256=row["body_sha256"],
    )


def rejected_alert(row: RowMapping) -> RejectedAlert:
    return RejectedAlert(
        id=row["id"],
        source=row["source"],
        external_id=row["external_id"],
        received_at=row["received_at"],
        reason=row["reason"],
        where=row["fault"],
        advice=row["advice"],
        body=row["body"],
        body_sha256=row["body_sha256"],
    )


def escalation(row: RowMapping) -> Escalation:
    return Escalation(**{**row, "state": EscalationState(row["state"])})


def escalation_columns(value: Escalation) -> Mapping[str, Any]:
    return {**asdict(value), "state": value.state.value}


# The exact states that the column `state`, which an index and the release before know, has no word for.
_STORED = dict.fromkeys((WorkState.ARRIVED, WorkState.ASKED, WorkState.ORDERED), WorkState.ACCEPTED)


def work_item(row: RowMapping | Mapping[str, Any]) -> WorkItem:
    words = {
        "kind": WorkKind(row["kind"]),
        "reason": WorkReason(row["reason"]),
        "state": WorkState(row["stage"] or row["state"]),
        "result": WorkResult(row["result"]) if row["result"] else None,
    }
    known: dict[str, Any] = {**row, **words}
    known.pop("stage")
    return WorkItem(**known)


def work_columns(item: WorkItem) -> Mapping[str, Any]:
    words = {
        "kind": item.kind.value,
        "reason": item.reason.value,
        "state": _STORED.get(item.state, item.state).value,
        "stage": item.state.value,
        "result": item.result.value if item.result else "",
    }
    return {**asdict(item), **words}


def danger(row: RowMapping) -> DangerLine:
    return DangerLine(DangerSign(DangerKind(row["kind"]), row["text"]), row["at"])


def history(row: RowMapping) -> HistoryLine:
    return HistoryLine(row["at"], row["what"], row["attempt_id"], row["facts"])


def version_columns(value: Version) -> Mapping[str, Any]:
    return asdict(value)


def proposal_columns(value: Version) -> Mapping[str, Any]:
    columns = version_columns(value)
    return {"proposed_at" if name == "published_at" else name: each for name, each in columns.items()}


def version(row: RowMapping) -> Version:
    """A row of script_versions or of script_proposals."""
    at = row["published_at"] if "published_at" in row else row["proposed_at"]
    return Version(row["code"], row["hash"], row["content"], at, row["author"], row["note"])


def log_columns(line: LogLine) -> Mapping[str, Any]:
    return {**asdict(line), "deed": line.deed.value}


def log_line(row: RowMapping) -> LogLine:
    return LogLine(row["code"], row["hash"], Deed(row["deed"]), row["who"], row["note"], row["at"])


def turn(row: RowMapping) -> TurnRecord:
    return TurnRecord(
        turn=row["turn"],
        step=row["step"],
        said=row["said"],
        said_to_end=row["said_to_end"],
        heard=row["heard"],
        intents=tuple(row["intents"]),
        confidence=row["confidence"],
        rule=row["rule"],
        started_ms=row["started_ms"],
        reply_gap_ms=row["reply_gap_ms"],
        digit=row["digit"],
    )


def turn_columns(record: TurnRecord) -> Mapping[str, Any]:
    """Everything of a turn but its key."""
    return {
        "step": record.step,
        "said": record.said,
        "said_to_end": record.said_to_end,
        "heard": record.heard,
        "intents": list(record.intents),
        "confidence": record.confidence,
        "rule": record.rule,
        "started_ms": record.started_ms,
        "reply_gap_ms": record.reply_gap_ms,
        "digit": record.digit,
    }


_SHOWN = [
    "id",
    "case_id",
    "due_at",
    "deadline",
    "owner",
    "call_id",
    "script_hash",
    "knowledge_hash",
    "progress",
    "rang",
    "cause",
    "sip_code",
    "conclusion",
    "facts",
    "recording",
    "brief",
    "dialled_at",
    "ringing_at",
    "answered_at",
    "ended_at",
    "resumes",
]


def attempt_line(row: RowMapping, turns: tuple[TurnRecord, ...], escalations: tuple[Escalation, ...]) -> AttemptLine:
    return AttemptLine(
        **{name: row[name] for name in _SHOWN},
        state=AttemptState(row["state"]),
        reason=AttemptReason(row["reason"]),
        outcome=outcome(row["outcome"]),
        turns=turns,
        escalations=escalations,
    )
