"""Reports of calls as voice would write them, for tests of what becomes of them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from voice.report import CallReport, Conclusion, HangupCause, OfficerPart, Rang, Recordings, Standing, TurnRecord

# What a telephone does under each cause: whether it rang, and the final SIP status.
_NETWORK: dict[HangupCause, tuple[Rang, int]] = {
    HangupCause.NORMAL: (Rang.YES, 200),
    HangupCause.BUSY: (Rang.YES, 486),
    HangupCause.NO_ANSWER: (Rang.YES, 487),
    HangupCause.REJECTED: (Rang.YES, 603),
    HangupCause.VACANT_NUMBER: (Rang.YES, 404),
    HangupCause.SUSPENDED: (Rang.YES, 480),
    HangupCause.SWITCHED_OFF: (Rang.YES, 480),
    HangupCause.UNREACHABLE: (Rang.YES, 480),
    HangupCause.FORWARDED: (Rang.YES, 302),
    HangupCause.CONGESTION: (Rang.MAYBE, 503),
    HangupCause.TRUNK_FAULT: (Rang.MAYBE, 403),
    HangupCause.MEDIA_FAULT: (Rang.YES, 200),
    HangupCause.DROPPED: (Rang.YES, 200),
    HangupCause.ENDED_BY_ORDER: (Rang.YES, 200),
    HangupCause.WORKER_LOST: (Rang.MAYBE, 0),
    HangupCause.NEVER_DIALLED: (Rang.NEVER, 0),
}


def report(
    at: datetime,
    cause: HangupCause = HangupCause.NORMAL,
    conclusion: Conclusion = Conclusion.NOTHING,
    *,
    attempt: str = "attempt",
    rang: Rang | None = None,
    sip_code: int | None = None,
    officers: tuple[OfficerPart, ...] = (),
    turns: tuple[TurnRecord, ...] = (),
    facts: Mapping[str, str] = MappingProxyType({}),
    standing: Standing | None = None,
) -> CallReport:
    """A report of a call that ended at this moment."""
    usual_rang, usual_code = _NETWORK[cause]
    rang = usual_rang if rang is None else rang
    return CallReport(
        attempt=attempt,
        call_id="call-of-" + attempt,
        script_hash="f" * 64,
        rang=rang,
        cause=cause,
        sip_code=usual_code if sip_code is None else sip_code,
        conclusion=conclusion,
        facts=dict(facts),
        turns=turns,
        officers=officers,
        recordings=Recordings(),
        dialled_at=None if rang is Rang.NEVER else at,
        answered_at=at if conclusion is not Conclusion.NOTHING or standing is not None else None,
        ended_at=at,
        standing=standing,
    )


def turn(number: int, *, said: str = "", heard: str = "", intents: tuple[str, ...] = ()) -> TurnRecord:
    """One turn of a talk."""
    return TurnRecord(
        turn=number,
        step=f"step-{number}",
        said=said,
        said_to_end=True,
        heard=heard,
        intents=intents,
        confidence=0.9,
        rule="",
        started_ms=1000 * number,
        reply_gap_ms=400,
    )
