"""Which numbers may be rung."""

import pytest

from dialer.dialplan import DialPlan, check
from dialer.errors import NumberRefused

pytestmark = pytest.mark.unit

ALL = DialPlan()


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("013800138000", "13800138000"),  # as some trunks want it for other provinces
        ("１３８ ００１３ ８０００", "13800138000"),
        ("16512345678", "16512345678"),  # virtual operators are people too
        ("19912345678", "19912345678"),
        ("0891-6321234", "08916321234"),
        ("(0891) 632 1234", "08916321234"),
        ("+86 891 6321234", "08916321234"),
        ("010 65551234", "01065551234"),
        ("+86 10 6555 1234", "01065551234"),
        ("0755 1234", None),
        ("021-52345678", "02152345678"),
    ],
)
def test_a_number_is_written_as_it_is_dialled(written: str, dialled: str | None) -> None:
    if dialled is None:
        with pytest.raises(NumberRefused):
            check(written, ALL)
    else:
        assert check(written, ALL) == dialled
        assert check(dialled, ALL) == dialled


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "no_number"),
        (" - ", "no_number"),
        ("unknown", "not_a_number"),
        ("13800138000;ext=5", "not_a_number"),
        ("sip:13800138000@10.0.0.1", "not_a_number"),
        ("+1 212 555 0100", "foreign_number"),
        ("00852 2345 6789", "foreign_number"),
        ("+8613800138000000000", "not_assigned"),
        ("110", "emergency_number"),
        ("119", "emergency_number"),
        ("120", "emergency_number"),
        ("122", "emergency_number"),
        ("+86110", "emergency_number"),
        ("0891110", "emergency_number"),
        ("010-110", "emergency_number"),
        ("96110", "short_number"),
        ("95588", "short_number"),
        ("10086", "short_number"),
        ("12345", "short_number"),
        ("12381", "short_number"),
        ("114", "short_number"),
        ("12110", "short_number"),
        ("1008611", "short_number"),
        ("0891-96110", "service_number"),
        ("010 95588", "service_number"),
        ("95013123456", "service_number"),
        ("400-812-3123", "service_number"),
        ("8008123123", "service_number"),
        ("+86 400 812 3123", "service_number"),
        ("16812345", "premium_number"),
        ("0168 12345", "premium_number"),
        ("1441234567890", "iot_number"),
        ("6321234", "no_area_code"),
        ("65551234", "no_area_code"),
        ("08991234567", "not_assigned"),
        ("1380013800", "not_assigned"),
        ("138001380001", "not_assigned"),
        ("12345678901", "not_assigned"),
    ],
)
def test_what_may_not_be_rung_is_refused_with_a_reason_and_without_the_number(written: str, reason: str) -> None:
    with pytest.raises(NumberRefused) as refusal:
        check(written, ALL)

    assert refusal.value.reason == reason
    assert not written.strip(" -") or written not in str(refusal.value)
    assert "138" not in str(refusal.value)


def test_a_plan_may_allow_less() -> None:
    lhasa = DialPlan(only=("1", "0891"), never=("170", "171"))

    assert check("0891-6321234", lhasa) == "08916321234"
    for outside in ("010-65551234", "17012345678"):
        with pytest.raises(NumberRefused) as refusal:
            check(outside, lhasa)
        assert refusal.value.reason == "outside_plan"


def test_no_plan_allows_an_emergency_number() -> None:
    with pytest.raises(NumberRefused):
        check("110", DialPlan(only=("110",)))
