"""One officer's leg: nobody is connected who has not heard the brief, only the key 1 accepts."""

import pytest

from voice.dialogue.officerleg import (
    Accept,
    AwaitKey,
    BriefEnded,
    Connected,
    Decline,
    Dismissed,
    Drop,
    Gone,
    KeyPressed,
    OfficerAction,
    OfficerEvent,
    OfficerPhase,
    OfficerState,
    PickedUp,
    PlayBrief,
    Stopped,
    TalkOver,
    WaitedEnough,
    advance,
)

pytestmark = pytest.mark.unit

EVERY_EVENT: tuple[OfficerEvent, ...] = (
    PickedUp(),
    BriefEnded(),
    KeyPressed("1"),
    KeyPressed("9"),
    WaitedEnough(),
    Gone(refused=True),
    Gone(refused=False),
    Stopped(),
    Dismissed(),
    Connected(),
)


def after(*events: OfficerEvent) -> tuple[OfficerState, list[OfficerAction]]:
    state, said = OfficerState(), []
    for event in events:
        state, actions = advance(state, event)
        said += actions
    return state, said


def test_an_officer_hears_the_brief_presses_one_and_is_connected() -> None:
    state, said = after(PickedUp(), BriefEnded(), KeyPressed("1"), Connected())

    assert said == [PlayBrief(), AwaitKey(), Accept()]
    assert state.phase is OfficerPhase.BRIDGED


def test_a_key_pressed_too_early_accepts_only_when_the_brief_has_ended() -> None:
    early, said = after(PickedUp(), KeyPressed("1"))

    assert said == [PlayBrief()]
    assert advance(early, BriefEnded())[1] == (AwaitKey(), Accept())


@pytest.mark.parametrize("before", [(PickedUp(),), (PickedUp(), BriefEnded())])
def test_any_other_key_declines(before: tuple[OfficerEvent, ...]) -> None:
    state, said = after(*before, KeyPressed("9"))

    assert said[-2:] == [Decline(declined=True), Drop()]
    assert state.phase is OfficerPhase.OVER


def test_nobody_answering_and_nobody_pressing_are_both_unanswered() -> None:
    assert after(WaitedEnough())[1] == [Decline(declined=False), Drop()]
    assert after(PickedUp(), BriefEnded(), WaitedEnough())[1][-2:] == [Decline(declined=False), Drop()]


def test_a_brief_is_not_cut_by_the_clock() -> None:
    state, said = after(PickedUp(), WaitedEnough())

    assert state.phase is OfficerPhase.BRIEFING
    assert said == [PlayBrief()]


def test_a_bridged_officer_who_leaves_ends_the_talk() -> None:
    _, said = after(PickedUp(), BriefEnded(), KeyPressed("1"), Connected(), Gone(refused=True))

    assert said[-2:] == [TalkOver(), Drop()]


def test_an_officer_who_accepted_a_contact_who_was_gone_is_let_go() -> None:
    _, said = after(PickedUp(), BriefEnded(), KeyPressed("1"), Dismissed())

    assert said[-2:] == [Accept(), Drop()]


def test_only_an_officer_who_is_stopped_is_told_of_since_another_may_be_wanted() -> None:
    assert after(Stopped())[1] == [Decline(declined=False), Drop()]
    assert after(Dismissed())[1] == [Drop()]


@pytest.mark.parametrize("late", EVERY_EVENT, ids=repr)
def test_a_leg_that_is_over_stays_over(late: OfficerEvent) -> None:
    over, _ = after(Gone(refused=True))

    assert advance(over, late) == (over, ())


@pytest.mark.parametrize("event", EVERY_EVENT, ids=repr)
@pytest.mark.parametrize("phase", list(OfficerPhase))
def test_every_pair_of_phase_and_event_has_an_answer(phase: OfficerPhase, event: OfficerEvent) -> None:
    state, actions = advance(OfficerState(phase), event)

    assert isinstance(state, OfficerState)
    assert actions.count(Accept()) <= 1
    if Accept() in actions:
        assert phase in (OfficerPhase.ASKED, OfficerPhase.BRIEFING)
