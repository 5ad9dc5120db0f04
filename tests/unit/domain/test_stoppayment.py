"""A stop payment is prepared by the program, ordered by an authorised officer, above a sum by two, and at most twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialer.domain.stoppayment import (
    HOLDS,
    MOST_TIMES,
    Needed,
    Paying,
    StopPayment,
    StopRules,
    decline,
    order,
    paying,
)
from dialer.domain.work import WorkItem, WorkKind, WorkReason, WorkState
from dialer.domain.workflow import Refusal, Step, Verb

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
RULES = StopRules(frozenset({"8001", "8002"}), second_above_yuan=50_000)
WORK = WorkItem("w", "c", WorkKind.STOP_PAYMENT, WorkReason.PAID, NOON + timedelta(minutes=10), NOON)
SMALL, LARGE = StopPayment("w", sum_yuan=50_000), StopPayment("w", sum_yuan=50_001)


def ordered(
    payment: StopPayment, verb: Verb = Verb.ORDER, by: str = "8001", work: WorkItem = WORK
) -> tuple[WorkItem, StopPayment]:
    after = order(RULES, work, payment, Step(verb, by, NOON))
    assert not isinstance(after, Refusal), after
    return after


def refused(payment: StopPayment, verb: Verb = Verb.ORDER, by: str = "8001", work: WorkItem = WORK) -> str:
    after = order(RULES, work, payment, Step(verb, by, NOON))
    assert isinstance(after, Refusal)
    return after.reason


def test_one_authorised_officer_orders_a_small_sum_and_the_48_hours_begin() -> None:
    work, payment = ordered(SMALL)

    assert (work.state, work.deadline) == (WorkState.ORDERED, NOON + HOLDS)
    assert (payment.ordered_by, payment.times, payment.holds_until) == ("8001", 1, NOON + timedelta(hours=48))


@pytest.mark.parametrize("payment", [LARGE, StopPayment("w")], ids=["a large sum", "nobody knows the sum"])
def test_a_large_or_unknown_sum_waits_for_a_second_officer(payment: StopPayment) -> None:
    work, asked = ordered(payment)
    assert (work.state, asked.times, asked.holds_until) == (WorkState.ASKED, 0, None)
    assert work.deadline == WORK.deadline  # the clock of the decision goes on

    work, seconded = ordered(asked, Verb.SECOND, "8002", work)
    assert (work.state, work.deadline, seconded.times) == (WorkState.ORDERED, NOON + HOLDS, 1)
    assert (seconded.ordered_by, seconded.seconded_by) == ("8001", "8002")


def test_who_ordered_it_is_not_his_own_second_person() -> None:
    work, asked = ordered(LARGE)

    assert refused(asked, Verb.SECOND, "8001", work) == "same_person"


@pytest.mark.parametrize("verb", [Verb.ORDER, Verb.SECOND])
def test_nobody_else_orders_or_agrees(verb: Verb) -> None:
    work, asked = ordered(LARGE)

    assert refused(asked, verb, "8003", work if verb is Verb.SECOND else WORK) == "not_authorised"
    assert isinstance(order(StopRules(), WORK, SMALL, Step(Verb.ORDER, "8001", NOON)), Refusal)


def test_only_a_stop_payment_is_ordered() -> None:
    assert refused(SMALL, work=replace(WORK, kind=WorkKind.VISIT)) == "no_stop_payment"


def test_it_is_ordered_twice_and_not_a_third_time() -> None:
    work, payment = ordered(SMALL)
    work, payment = ordered(payment, work=work)

    assert payment.times == MOST_TIMES
    assert refused(payment, work=work) == "twice_already"


def test_a_second_officers_no_undoes_the_order_and_leaves_an_earlier_one_in_force() -> None:
    work, asked = ordered(LARGE)
    first = decline(work, asked, Step(Verb.GIVE_BACK, "8002", NOON))
    assert not isinstance(first, Refusal)
    assert (first[0].state, first[1].ordered_by) == (WorkState.WANTED, "")

    work, agreed = ordered(asked, Verb.SECOND, "8002", work)
    work, again = ordered(agreed, work=work)
    second = decline(work, again, Step(Verb.GIVE_BACK, "8002", NOON))
    assert not isinstance(second, Refusal)
    assert (second[0].state, second[1].times, second[1].holds_until) == (WorkState.ORDERED, 1, NOON + HOLDS)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, None),
        ({"transferred": "no"}, None),
        ({"amount_yuan": "5000"}, None),
        ({"transferred": "yes"}, Paying(WorkReason.PAID)),
        ({"transferred": "yes", "amount_yuan": "5000"}, Paying(WorkReason.PAID, 5000, exact=True)),
        (
            {"transferring_now": "yes", "amount_yuan": "5000", "sum_about": "yes"},
            Paying(WorkReason.PAYING, 5000, exact=False, paid_at=NOON),
        ),
        ({"transferring_now": "yes", "transferred": "yes"}, Paying(WorkReason.PAYING, paid_at=NOON)),
    ],
)
def test_money_moves_when_the_person_says_so(facts: dict[str, str], told: Paying | None) -> None:
    assert paying(facts, NOON) == told


def test_what_is_missing_is_named_by_its_field_and_never_asked_for() -> None:
    assert StopPayment("w").missing == tuple(Needed)
    known = StopPayment("w", sum_yuan=5000, sum_exact=True, paid_at=NOON)
    assert set(Needed) - set(known.missing) == {Needed.SUM, Needed.PAID_AT}
    assert Needed.SUM in replace(known, sum_exact=False).missing
    assert "5000" not in repr(known)


def test_a_later_call_adds_what_it_knows() -> None:
    first = StopPayment("w").learned(5000, NOON, exact=True)

    assert first.learned(None, None, exact=False) == first
    assert first.learned(3000, NOON + timedelta(hours=1), exact=True) == first
    assert first.learned(8000, None, exact=False) == StopPayment("w", 8000, sum_exact=False, paid_at=NOON)
