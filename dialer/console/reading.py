"""Makes views out of what the casebook tells: the one bridge between storage's words and what people look at."""

from datetime import datetime, timedelta

from dialer.console.views import CallNow, CallView, LineOfTalk, OfficerView
from dialer.domain.attempt import PENDING, AttemptState
from dialer.domain.escalation import Escalation
from dialer.ports.views import AttemptLine, CaseStory
from voice.report import Conclusion, HangupCause, Recordings


def call_view(story: CaseStory, attempt: AttemptLine, zone: str) -> CallView:
    """One ended attempt for its page. Raises ValueError when it has not ended."""
    if attempt.ended_at is None or attempt.outcome is None:
        raise ValueError("this attempt has not ended")
    alert = story.alerts[0]
    return CallView(
        attempt=attempt.id,
        case=story.case.id,
        call_id=attempt.call_id,
        script_hash=attempt.script_hash,
        knowledge_hash=attempt.knowledge_hash,
        grade=story.case.grade,
        title=story.case.fraud_type.chinese,
        source=alert.source,
        number=story.number,
        alerted_at=alert.received_at,
        dialled_at=attempt.dialled_at,
        answered_at=attempt.answered_at,
        ended_at=attempt.ended_at,
        cause=HangupCause(attempt.cause),
        sip_code=attempt.sip_code,
        conclusion=Conclusion(attempt.conclusion),
        outcome=attempt.outcome,
        turns=attempt.turns,
        officers=tuple(officer_view(e) for e in attempt.escalations),
        facts=attempt.facts,
        danger_signs=tuple(danger.sign for danger in story.dangers),
        next_attempt_at=next_attempt_at(story),
        recordings=Recordings(attempt.recording, attempt.brief),
        zone=zone,
    )


def officer_view(escalation: Escalation) -> OfficerView:
    return OfficerView(
        name=escalation.officer,
        tier=escalation.tier,
        state=escalation.state,
        reason=escalation.reason,
        brief=escalation.brief,
        brief_heard_to_end=escalation.briefed_at is not None,
        ringing_at=escalation.ringing_at,
        answered_at=_brief_began(escalation),
        accepted_at=escalation.accepted_at,
        bridged_at=escalation.bridged_at,
        ended_at=escalation.ended_at,
    )


def _brief_began(escalation: Escalation) -> datetime | None:
    """He answers and is told at once, so the brief's length dates the answer."""
    if escalation.briefed_at is None:
        return None
    return escalation.briefed_at - timedelta(milliseconds=escalation.brief_ms)


def call_now(story: CaseStory, attempt: AttemptLine, now: datetime) -> CallNow:
    """One attempt at this moment, for the live view. The clock stops when the attempt has ended."""
    taken = attempt.escalations[-1] if attempt.escalations else None
    return CallNow(
        attempt=attempt.id,
        grade=story.case.grade,
        title=story.case.fraud_type.chinese,
        number=story.number,
        state=attempt.state,
        seconds_since_alert=((attempt.ended_at or now) - story.alerts[0].received_at).total_seconds(),
        talk=talk_of(attempt),
        officer=taken.officer if taken else "",
        officer_state=taken.state if taken else None,
        outcome=attempt.outcome,
        conclusion=Conclusion(attempt.conclusion) if attempt.conclusion else None,
        cause=HangupCause(attempt.cause) if attempt.cause else None,
        danger_signs=tuple(danger.sign for danger in story.dangers),
        note=_next_ring(story, attempt),
    )


def _next_ring(story: CaseStory, attempt: AttemptLine) -> str:
    due = next_attempt_at(story)
    if due is None or attempt.ended_at is None:
        return ""
    return f"下次拨打 next attempt in {(due - attempt.ended_at).total_seconds() / 60:.0f} min"


def talk_of(attempt: AttemptLine) -> tuple[LineOfTalk, ...]:
    lines: list[LineOfTalk] = []
    for turn in attempt.turns:
        if turn.said:
            lines.append(LineOfTalk("robot", turn.said))
        if turn.heard:
            lines.append(LineOfTalk("contact", turn.heard, " ".join(turn.intents)))
    return tuple(lines)


def next_attempt_at(story: CaseStory) -> datetime | None:
    """When the case is rung next, if it is."""
    due = [a.due_at for a in story.attempts if a.state in PENDING and a.state is not AttemptState.ANSWERED]
    return min(due, default=None)
