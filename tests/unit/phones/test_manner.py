"""What simulated people do next."""

import pytest

from tests.unit.phones.test_listening import buzz
from voice.phones.listening import Heard
from voice.phones.manner import HangUp, Helper, Press, Say, Talker
from voice.phones.wordings import (
    GREETING,
    OFFICER_ASKS,
    OFFICER_CLOSES,
    TO_AN_OFFICER,
    TO_THE_ROBOT,
    Role,
    Turn,
    draw,
)

pytestmark = pytest.mark.unit


def robot(question: int) -> Heard:
    return Heard(buzz(1200, 90, question), 90)


def officer(sentence: int) -> Heard:
    return Heard(buzz(1200, 125, sentence), 125)


def test_a_citizen_greets_and_gives_one_reply_per_question() -> None:
    citizen = Talker("喂", ("有的", "没转钱", "再见"))

    assert citizen.answered() == Say("喂")
    assert [citizen.heard(robot(n)) for n in (1, 2, 3)] == [Say("有的"), Say("没转钱"), Say("再见")]


def test_a_question_asked_again_gets_the_same_reply_again() -> None:
    citizen = Talker("喂", ("有的", "没转钱", "再见"))

    assert [citizen.heard(robot(n)) for n in (1, 1, 2, 1)] == [Say("有的"), Say("有的"), Say("没转钱"), Say("有的")]


def test_the_last_reply_is_repeated_when_there_are_more_questions() -> None:
    citizen = Talker("喂", ("有的", "再见"))

    assert [citizen.heard(robot(n)) for n in (1, 2, 3, 4)][-2:] == [Say("再见"), Say("再见")]


def test_one_who_has_paid_keeps_quiet_while_held_and_answers_the_officer() -> None:
    citizen = Talker("喂", ("转了九十九万",), ("九十九万", "好的"))

    assert citizen.heard(robot(1)) == Say("转了九十九万")
    assert [citizen.heard(robot(n)) for n in (2, 3)] == [None, None]
    assert [citizen.heard(officer(n)) for n in (4, 5, 6)] == [Say("九十九万"), Say("好的"), Say("好的")]


def test_a_silent_citizen_says_nothing_at_all() -> None:
    citizen = Talker("", ())

    assert (citizen.may_say(), citizen.answered(), citizen.heard(robot(1))) == ((), None, None)


def test_a_citizen_hangs_up_at_the_turn_that_was_asked_for() -> None:
    citizen = Talker("喂", ("有的", "再见"), hangs_up_at=2)

    assert [citizen.heard(robot(1)), citizen.heard(robot(2))] == [Say("有的"), HangUp()]


def test_an_officer_hears_the_brief_out_presses_one_asks_listens_closes_and_hangs_up() -> None:
    helper = Helper("转了多少钱", "请报案")

    assert helper.answered() is None
    assert helper.idle(60_000) is None
    assert helper.heard(robot(1)) == Press("1")
    assert helper.idle(980) is None
    assert helper.idle(1000) == Say("转了多少钱")
    assert helper.heard(robot(2)) == Say("请报案")
    assert helper.heard(robot(3)) == HangUp()


def test_an_officer_who_gets_no_answer_closes_by_himself() -> None:
    helper = Helper("转了多少钱", "请报案")
    helper.heard(robot(1))
    helper.idle(1000)

    assert helper.idle(8000) == Say("请报案")
    assert helper.idle(2000) == HangUp()


def test_an_officer_who_does_not_accept_presses_nothing() -> None:
    helper = Helper("转了多少钱", "请报案", accepts=False)

    assert [helper.heard(robot(n)) for n in (1, 2)] == [None, None]


ALL_TURNS: list[Turn] = [
    GREETING,
    OFFICER_ASKS,
    OFFICER_CLOSES,
    *(turn for turns in (*TO_THE_ROBOT.values(), *TO_AN_OFFICER.values()) for turn in turns),
]


@pytest.mark.parametrize("turn", ALL_TURNS, ids=lambda turn: turn.name)
def test_every_turn_has_at_least_five_wordings(turn: Turn) -> None:
    assert len(set(turn.wordings)) >= 5


@pytest.mark.parametrize("role", [Role.PROMISES, Role.TRANSFERRED])
def test_the_same_seed_draws_the_same_wordings_and_seeds_differ(role: Role) -> None:
    draws = [draw(TO_THE_ROBOT[role], seed) for seed in range(20)]

    assert draws == [draw(TO_THE_ROBOT[role], seed) for seed in range(20)]
    assert len(set(draws)) >= 5
