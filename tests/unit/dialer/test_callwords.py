"""What an alert told becomes what the script may say, in the centre's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dialer.domain.alert import FraudType
from dialer.domain.attempt import AttemptReason, ClaimedAttempt
from dialer.domain.grade import Grade
from dialer.versions.callwords import group_of, values_of

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 22, 7, 20, tzinfo=UTC)
LHASA = ZoneInfo("Asia/Shanghai")


def attempt(surname: str = "", sum_yuan: int | None = None, **facts: str) -> ClaimedAttempt:
    return ClaimedAttempt(
        id="a", case_id="c", number="13800138000", grade=Grade.HIGH, fraud_type=FraudType.INVESTMENT,
        reason=AttemptReason.ALERT, due_at=NOW, deadline=NOW, lease_until=NOW, made=0, alerted_at=NOW,
        surname=surname, sum_yuan=sum_yuan, facts=facts,
    )  # fmt: skip


def test_what_is_not_known_is_not_there() -> None:
    assert values_of(attempt(), LHASA) == {}
    assert group_of(attempt()) == ""


def test_sum_name_and_group_are_told() -> None:
    told = attempt("王", 990_000, group="elder", account_tail="6217")

    assert values_of(told, LHASA) == {"surname": "王", "sum": "990000", "account_tail": "6217"}
    assert group_of(told) == "elder"


def test_the_moment_is_told_in_the_centres_zone() -> None:
    told = attempt(occurred_at="2026-11-22T20:30:00+00:00")

    assert values_of(told, LHASA) == {"happened_on": "2026-11-23", "happened_at": "04:30"}
