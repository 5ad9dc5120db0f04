"""Every word of the network has one meaning."""

import pytest

from voice.report import HangupCause, Rang
from voice.sip.cause import Ending, cause_of_status, judge

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("ending", "cause", "rang"),
    [
        (Ending(200, was_answered=True), HangupCause.NORMAL, Rang.YES),
        (Ending(200, was_answered=True, by_us=True), HangupCause.NORMAL, Rang.YES),
        (Ending(200, was_answered=True, was_heard=False), HangupCause.MEDIA_FAULT, Rang.YES),
        (Ending(200, was_answered=True, q850=16), HangupCause.NORMAL, Rang.YES),
        (Ending(200, was_answered=True, q850=31), HangupCause.NORMAL, Rang.YES),
        (Ending(200, was_answered=True, q850=41), HangupCause.DROPPED, Rang.YES),
        (Ending(200, was_answered=True, q850=41, by_us=True), HangupCause.NORMAL, Rang.YES),
        (Ending(200, was_answered=True, q850=41, was_heard=False), HangupCause.MEDIA_FAULT, Rang.YES),
        (Ending(200, was_answered=True, by_us=True, fell_silent=True), HangupCause.DROPPED, Rang.YES),
        (Ending(481, was_answered=True), HangupCause.DROPPED, Rang.YES),
        (Ending(408, was_answered=True, from_wire=False), HangupCause.DROPPED, Rang.YES),
        (Ending(486), HangupCause.BUSY, Rang.YES),
        (Ending(600), HangupCause.BUSY, Rang.YES),
        (Ending(603), HangupCause.REJECTED, Rang.YES),
        (Ending(487, by_us=True, had_ringing=True), HangupCause.NO_ANSWER, Rang.YES),
        (Ending(487, by_us=True), HangupCause.NO_ANSWER, Rang.MAYBE),
        (Ending(487, by_us=True, q850=31), HangupCause.NO_ANSWER, Rang.MAYBE),
        (Ending(487, by_us=True, q850=20), HangupCause.NO_ANSWER, Rang.MAYBE),
        (Ending(302), HangupCause.FORWARDED, Rang.MAYBE),
        (Ending(301), HangupCause.FORWARDED, Rang.MAYBE),
        (Ending(480, was_forwarded=True, had_ringing=True), HangupCause.FORWARDED, Rang.YES),
        (Ending(200, was_forwarded=True, was_answered=True), HangupCause.NORMAL, Rang.YES),
        (Ending(408), HangupCause.TRUNK_FAULT, Rang.MAYBE),
        (Ending(408, from_wire=False), HangupCause.TRUNK_FAULT, Rang.MAYBE),
        (Ending(408, had_ringing=True), HangupCause.NO_ANSWER, Rang.YES),
        (Ending(408, had_ringing=True, from_wire=False), HangupCause.NO_ANSWER, Rang.YES),
        (Ending(503), HangupCause.CONGESTION, Rang.MAYBE),
        (Ending(503, from_wire=False), HangupCause.TRUNK_FAULT, Rang.MAYBE),
        (Ending(0), HangupCause.TRUNK_FAULT, Rang.MAYBE),
        (Ending(0, by_us=True), HangupCause.TRUNK_FAULT, Rang.MAYBE),
        (Ending(0, invited=False), HangupCause.NEVER_DIALLED, Rang.NEVER),
        (Ending(401), HangupCause.TRUNK_FAULT, Rang.NEVER),
        (Ending(407), HangupCause.TRUNK_FAULT, Rang.NEVER),
        (Ending(403), HangupCause.TRUNK_FAULT, Rang.MAYBE),
        (Ending(403, had_ringing=True), HangupCause.REJECTED, Rang.YES),
        (Ending(403, had_progress=True), HangupCause.UNREACHABLE, Rang.YES),
        (Ending(404), HangupCause.VACANT_NUMBER, Rang.MAYBE),
        (Ending(404, had_progress=True), HangupCause.VACANT_NUMBER, Rang.YES),
        (Ending(404, had_ringing=True), HangupCause.UNREACHABLE, Rang.YES),
        (Ending(410), HangupCause.VACANT_NUMBER, Rang.MAYBE),
        (Ending(484), HangupCause.VACANT_NUMBER, Rang.MAYBE),
        (Ending(604), HangupCause.VACANT_NUMBER, Rang.MAYBE),
        (Ending(480), HangupCause.NO_ANSWER, Rang.MAYBE),
        (Ending(480, q850=20), HangupCause.SWITCHED_OFF, Rang.MAYBE),
        (Ending(404, q850=1), HangupCause.VACANT_NUMBER, Rang.MAYBE),
        (Ending(500, q850=17), HangupCause.BUSY, Rang.MAYBE),
        (Ending(480, q850=16), HangupCause.NO_ANSWER, Rang.MAYBE),
        (Ending(500, q850=34), HangupCause.CONGESTION, Rang.MAYBE),
        (Ending(415), HangupCause.MEDIA_FAULT, Rang.MAYBE),
        (Ending(488), HangupCause.MEDIA_FAULT, Rang.MAYBE),
        (Ending(400), HangupCause.TRUNK_FAULT, Rang.MAYBE),
    ],
)
def test_an_ending_means_this(ending: Ending, cause: HangupCause, rang: Rang) -> None:
    verdict = judge(ending)
    assert (verdict.cause, verdict.rang) == (cause, rang)


@pytest.mark.parametrize("had_ringing", [False, True])
@pytest.mark.parametrize("had_progress", [False, True])
def test_every_status_has_a_cause_and_none_is_made_up(*, had_ringing: bool, had_progress: bool) -> None:
    never_signalled = {
        HangupCause.ENDED_BY_ORDER,
        HangupCause.WORKER_LOST,
        HangupCause.NEVER_DIALLED,
        HangupCause.SUSPENDED,
        HangupCause.DROPPED,  # no status of an INVITE: a talk was there before
    }
    for status in range(700):
        assert cause_of_status(status, had_ringing=had_ringing, had_progress=had_progress) not in never_signalled
