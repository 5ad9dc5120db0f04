"""Is the far end still there? Counted by what arrives, so that a person who only listens is never cut off."""

import pytest

from voice.sip.flow import GONE_SECONDS, STEADY_SECONDS, Flow

pytestmark = pytest.mark.unit
LOOK = 0.5


class _Leg:
    """A leg that is looked at twice a second."""

    def __init__(self) -> None:
        self.flow, self.now, self.arrived, self.gone = Flow(), 100.0, 0, False
        self.flow.starts()

    def passes(self, seconds: float, *, packets: int) -> "_Leg":
        """So long, with so many packets between two looks."""
        for _ in range(int(seconds / LOOK)):
            self.now += LOOK
            self.arrived += packets
            self.gone = self.gone or self.flow.gone(self.arrived, self.now)
        return self


def test_packets_that_came_steadily_and_stop_mean_that_nobody_is_there() -> None:
    leg = _Leg().passes(STEADY_SECONDS + 1, packets=25)
    assert not leg.passes(GONE_SECONDS - LOOK, packets=0).gone
    assert leg.passes(LOOK, packets=0).gone


def test_who_says_nothing_sends_all_the_same_and_is_there() -> None:
    assert not _Leg().passes(120, packets=25).gone


def test_a_telephone_that_sends_only_speech_is_not_gone_while_its_owner_listens() -> None:
    leg = _Leg().passes(2, packets=25)  # "喂，你好"
    assert not leg.passes(20, packets=0).gone  # our warning
    assert not leg.passes(8, packets=25).passes(30, packets=0).gone, "he told a long story, and listens again"


def test_a_leg_that_paused_once_is_not_believed_gone() -> None:
    assert not _Leg().passes(10, packets=25).passes(3, packets=0).passes(20, packets=25).passes(60, packets=0).gone


def test_late_first_packets_are_no_pause() -> None:
    assert _Leg().passes(2.5, packets=0).passes(STEADY_SECONDS + 1, packets=25).passes(GONE_SECONDS, packets=0).gone


def test_reports_of_a_telephone_that_sends_no_audio_show_that_it_is_there() -> None:
    leg = _Leg().passes(10, packets=25)
    for _ in range(6):
        leg.passes(4.5, packets=0).passes(LOOK, packets=1)
    assert not leg.gone


def test_a_hold_is_no_stop_and_after_it_everything_is_seen_anew() -> None:
    leg = _Leg().passes(10, packets=25)
    leg.flow.stops()
    assert not leg.passes(60, packets=0).gone
    leg.flow.starts()
    assert not leg.passes(60, packets=0).gone, "nothing has come since"
    assert leg.passes(STEADY_SECONDS + 1, packets=25).passes(GONE_SECONDS, packets=0).gone
