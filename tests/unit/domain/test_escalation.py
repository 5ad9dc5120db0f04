"""An escalation only moves forward."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from dialer.domain.escalation import Escalation, EscalationState

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WANTED = Escalation("e", "a", "c", "transferred", 1, "zhang", NOON, NOON)


def test_the_whole_way_of_an_officer_is_kept_with_its_times() -> None:
    escalation = WANTED
    for state in (
        EscalationState.RINGING,
        EscalationState.BRIEFED,
        EscalationState.ACCEPTED,
        EscalationState.BRIDGED,
        EscalationState.ENDED,
    ):
        escalation = escalation.moved(state, NOON)

    assert escalation.state is EscalationState.ENDED
    assert escalation.over
    assert None not in (escalation.ringing_at, escalation.briefed_at, escalation.accepted_at, escalation.bridged_at)


@pytest.mark.parametrize(
    "end", [EscalationState.ENDED, EscalationState.DECLINED, EscalationState.UNANSWERED, EscalationState.NOBODY]
)
@pytest.mark.parametrize("late", EscalationState)
def test_nothing_moves_one_that_is_over(end: EscalationState, late: EscalationState) -> None:
    over = WANTED.moved(end, NOON)

    assert over.moved(late, NOON) == over


def test_in_whatever_order_messages_come_the_furthest_wins() -> None:
    way = (EscalationState.RINGING, EscalationState.BRIEFED, EscalationState.BRIDGED)
    for order in permutations(way):
        escalation = WANTED
        for state in order:
            escalation = escalation.moved(state, NOON)

        assert escalation.state is EscalationState.BRIDGED


def test_a_bridge_whose_key_press_was_not_told_counts_as_accepted() -> None:
    assert WANTED.moved(EscalationState.BRIDGED, NOON).accepted_at == NOON
