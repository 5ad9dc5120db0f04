"""A leg's story, folded from what callbacks saw."""

import pytest

from voice.ports import LegEnded, LegRinging
from voice.report import HangupCause, Rang
from voice.sip.progress import Progress, RedirectSeen, State, StateSeen

pytestmark = pytest.mark.unit


def early(code: int, *, has_sdp: bool = False) -> StateSeen:
    return StateSeen(State.EARLY, code, from_wire=True, has_sdp=has_sdp)


def over(code: int, *, from_wire: bool = True, q850: int | None = None) -> StateSeen:
    return StateSeen(State.DISCONNECTED, code, from_wire=from_wire, q850=q850)


@pytest.fixture
def progress() -> Progress:
    progress = Progress()
    progress.invited = True
    return progress


def test_only_180_and_183_are_told_as_ringing(progress: Progress) -> None:
    told = [progress.early(early(code, has_sdp=code == 183)) for code in (181, 182, 180, 183)]
    assert told == [None, None, LegRinging(180), LegRinging(183, early=True)]


def test_a_redirect_is_believed_more_than_the_librarys_487(progress: Progress) -> None:
    progress.redirected(RedirectSeen(302))
    assert progress.ended(over(487)) == LegEnded(HangupCause.FORWARDED, 302, by_far_end=True)


def test_our_cancel_of_an_invite_that_nobody_ever_replied_to_blames_the_trunk(progress: Progress) -> None:
    progress.by_us = True
    assert progress.ended(over(487, from_wire=False)) == LegEnded(HangupCause.TRUNK_FAULT, 0, by_far_end=False)


def test_our_cancel_after_100_trying_is_no_answer(progress: Progress) -> None:
    progress.replied()
    progress.by_us = True
    assert progress.ended(over(487, from_wire=False)) == LegEnded(HangupCause.NO_ANSWER, 487, by_far_end=False)


@pytest.mark.parametrize("trying", [False, True])
def test_our_own_timeout_is_nobodys_hang_up_and_nobodys_answer(progress: Progress, *, trying: bool) -> None:
    if trying:
        progress.replied()
    ended = progress.ended(over(408, from_wire=False))
    assert ended == LegEnded(HangupCause.TRUNK_FAULT, 0, by_far_end=False, rang=Rang.MAYBE)


def test_our_own_timeout_after_ringing_keeps_its_code(progress: Progress) -> None:
    progress.early(early(180))
    ended = progress.ended(over(408, from_wire=False))
    assert ended == LegEnded(HangupCause.NO_ANSWER, 408, by_far_end=False, rang=Rang.YES)


def test_an_answer_that_brought_no_audio_is_a_media_fault(progress: Progress) -> None:
    progress.confirmed = True
    assert progress.ended(over(200)).cause == HangupCause.MEDIA_FAULT


def test_forwarded_and_then_busy_is_forwarded(progress: Progress) -> None:
    progress.early(early(181))
    assert progress.ended(over(486)).cause == HangupCause.FORWARDED
