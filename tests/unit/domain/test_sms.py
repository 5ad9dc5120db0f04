"""Which call is followed by which SMS, to whom none goes, and which text may leave."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from dialer.domain.alert import FraudType
from dialer.domain.case import Case, Person
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.policy import DEFAULT_GRADES, Occasion, Policy
from dialer.domain.sms import OCCASIONS, SmsState, follows, occasion_for, unsafe

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
GOOD = "【拉萨市反诈骗中心】先别转账，拿不准就拨96110。"


def case_of(grade: Grade, *, officer_only: bool = False) -> Case:
    return Case("c", Person("p", officer_only=officer_only), grade, FraudType.GENERIC, NOON)


def test_every_outcome_has_its_occasion_or_none() -> None:
    assert set(OCCASIONS) == set(Outcome)
    assert set(OCCASIONS.values()) == {None, *Occasion}


@pytest.mark.parametrize("outcome", [Outcome.WRONG_PERSON, Outcome.THIRD_PARTY, Outcome.OPTED_OUT, Outcome.LINE_FAULT])
@pytest.mark.parametrize("grade", Grade)
def test_no_stranger_and_nobody_who_was_not_rung_gets_one(grade: Grade, outcome: Outcome) -> None:
    assert occasion_for(Policy(), case_of(grade), outcome) is None


@pytest.mark.parametrize("grade", Grade)
def test_who_wants_no_robot_gets_none_but_on_serious_grades(grade: Grade) -> None:
    wanted = occasion_for(Policy(), case_of(grade, officer_only=True), Outcome.NOT_REACHED)

    assert (wanted is not None) is grade.serious


@pytest.mark.parametrize("grade", Grade)
def test_a_vacant_number_is_written_to_only_where_it_may_be_a_forwarded_one(grade: Grade) -> None:
    assert (occasion_for(Policy(), case_of(grade), Outcome.VACANT_ALARM) is not None) is grade.serious


@pytest.mark.parametrize("occasion", Occasion)
def test_a_grade_may_be_without_an_occasion(occasion: Occasion) -> None:
    rules = replace(DEFAULT_GRADES[Grade.HIGH], sms_occasions=tuple(each for each in Occasion if each != occasion))
    policy = Policy(grades={**DEFAULT_GRADES, Grade.HIGH: rules})

    wanted = {occasion_for(policy, case_of(Grade.HIGH), outcome) for outcome in Outcome}
    assert wanted == {None, *Occasion} - {occasion}


@pytest.mark.parametrize(("now", "told"), list(product(SmsState, SmsState)))
def test_a_receipt_moves_forward_only(now: SmsState, told: SmsState) -> None:
    order = [SmsState.WANTED, SmsState.SENT, SmsState.ACCEPTED]
    ended = now not in order
    forward = not ended and (told not in order or order.index(told) > order.index(now))

    assert follows(now, told) is forward


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (GOOD, ""),
        (GOOD.replace("96110", "0891-96110"), "foreign_number"),
        ("先别转账，拿不准就拨96110。", "no_sender"),
        (GOOD + "详情看 http://a.cn", "link"),
        (GOOD + "详情看abc.com", "link"),
        (GOOD + "回电13800138000", "foreign_number"),
        (GOOD + "回电138-0013-8000", "foreign_number"),
        (GOOD + "您的账户13800", "foreign_number"),
        (GOOD + "{sum}", "unfilled"),
        (GOOD + "长" * 134, "too_long"),
    ],
)
def test_a_text_that_could_be_a_fraudsters_does_not_leave(text: str, why: str) -> None:
    assert unsafe(text, "拉萨市反诈骗中心", "96110") == why


def test_a_call_back_number_with_its_area_code_is_ours() -> None:
    assert unsafe(GOOD.replace("96110", "0891-96110"), "拉萨市反诈骗中心", "0891-96110") == ""
