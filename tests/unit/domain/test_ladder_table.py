"""What the network and the person say, and what the centre does: one row each, as the people who do this work put it.

A serious case has two mobiles here, so that "other number" can be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from dialer.domain.actions import CloseCase, ConfirmSafe, NoteDanger, OrderVisit, ScheduleAttempt, SendSms
from dialer.domain.attempt import AttemptReason
from dialer.domain.case import CaseState
from dialer.domain.contacts import ContactLadder, Rung
from dialer.domain.danger import DangerKind
from dialer.domain.grade import Grade
from dialer.domain.policy import Occasion
from dialer.domain.work import WorkReason
from tests.casefile import File
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.unit

TWO_MOBILES = ContactLadder((Rung(0), Rung(1)))
CRITICAL, HIGH, MEDIUM, LOW = Grade
MINUTE, HOUR = 60, 3600
BUSY, VACANT, SUSPENDED = HangupCause.BUSY, HangupCause.VACANT_NUMBER, HangupCause.SUSPENDED
OFF, UNREACHABLE, NO_ANSWER = HangupCause.SWITCHED_OFF, HangupCause.UNREACHABLE, HangupCause.NO_ANSWER
REJECTED, FORWARDED, OURS = HangupCause.REJECTED, HangupCause.FORWARDED, HangupCause.TRUNK_FAULT


@dataclass(frozen=True)
class Row:
    """One row: what happened, last of all, and what is done about that."""

    grade: Grade
    happened: Sequence[HangupCause | Conclusion]
    rings_after: float | None  # seconds; None: the robot rings no more
    officer: WorkReason | None = None
    visit: bool = False
    other_number: bool = False
    sms: bool = True
    sign: DangerKind | None = None
    state: CaseState = CaseState.OPEN


# fmt: off
NETWORK = {
    # 正在通话中, 正忙: probably on the line with the fraudster
    "高 busy": Row(HIGH, [BUSY], 2 * MINUTE, sign=DangerKind.BUSY),
    "高 busy twice": Row(HIGH, [BUSY] * 2, 3 * MINUTE, sign=DangerKind.BUSY),
    "高 busy three times": Row(HIGH, [BUSY] * 3, 4 * MINUTE, WorkReason.BUSY, visit=True, sign=DangerKind.BUSY),
    "高 busy a fourth time": Row(HIGH, [BUSY] * 4, None, WorkReason.BUSY, visit=True, sign=DangerKind.BUSY,
                                state=CaseState.WITH_PEOPLE),
    "特急 busy": Row(CRITICAL, [BUSY], 2 * MINUTE, WorkReason.BUSY, sign=DangerKind.BUSY),
    "特急 busy three times": Row(CRITICAL, [BUSY] * 3, 4 * MINUTE, WorkReason.BUSY, visit=True, sign=DangerKind.BUSY),
    "中 busy": Row(MEDIUM, [BUSY], 30 * MINUTE),
    # 空号, 停机: a forwarded line sounds so
    "特急 vacant": Row(CRITICAL, [VACANT], 2 * MINUTE, WorkReason.VACANT, visit=True, other_number=True,
                     sign=DangerKind.VACANT),
    "高 vacant": Row(HIGH, [VACANT], 2 * MINUTE, WorkReason.VACANT, visit=True, other_number=True, sign=DangerKind.VACANT),
    "高 suspended": Row(HIGH, [SUSPENDED], 2 * MINUTE, WorkReason.VACANT, visit=True, other_number=True,
                       sign=DangerKind.SUSPENDED),
    "低 vacant": Row(LOW, [VACANT], 4 * HOUR, other_number=True, sms=False),
    "低 vacant, both numbers": Row(LOW, [VACANT, VACANT], None, other_number=True, sms=False, state=CaseState.CLOSED),
    # 呼叫转移: marked, and the grade is raised
    "高 forwarded": Row(HIGH, [FORWARDED], 2 * MINUTE, WorkReason.VACANT, visit=True, other_number=True,
                       sign=DangerKind.FORWARDED),
    "中 forwarded": Row(MEDIUM, [FORWARDED], 2 * MINUTE, WorkReason.VACANT, visit=True, other_number=True,
                       sign=DangerKind.FORWARDED),
    # 关机, 不在服务区, 无法接通, 无人接听, 拒接: redialled by plan, with an SMS
    "高 switched off": Row(HIGH, [OFF], 5 * MINUTE),
    "高 out of reach": Row(HIGH, [UNREACHABLE], 5 * MINUTE),
    "高 no answer": Row(HIGH, [NO_ANSWER], 5 * MINUTE),
    "高 no answer twice": Row(HIGH, [NO_ANSWER] * 2, 2 * MINUTE, WorkReason.NOT_REACHED, other_number=True),
    "高 no answer three times": Row(HIGH, [NO_ANSWER] * 3, 20 * MINUTE, WorkReason.NOT_REACHED, visit=True,
                                  other_number=True),
    "高 no answer by plan": Row(HIGH, [NO_ANSWER] * 5, None, WorkReason.NOT_REACHED, visit=True,
                              state=CaseState.WITH_PEOPLE),
    "高 rejected": Row(HIGH, [REJECTED], 5 * MINUTE),
    "特急 no answer": Row(CRITICAL, [NO_ANSWER], 2 * MINUTE, WorkReason.NOT_REACHED, visit=True, other_number=True),
    "中 no answer": Row(MEDIUM, [NO_ANSWER], 30 * MINUTE),
    "低 no answer": Row(LOW, [NO_ANSWER], 4 * HOUR, other_number=True),
    # 语音秘书, 信箱: not reached
    "高 a machine": Row(HIGH, [Conclusion.MACHINE], 5 * MINUTE),
    # 主叫侧故障: ours; the person is not blamed and not told
    "高 our line": Row(HIGH, [OURS], 10, sms=False),
}
PEOPLE = {
    # the fraudster may have answered: 没事 closes nothing, and he would read the SMS
    "高 a third party": Row(HIGH, [Conclusion.THIRD_PARTY], 5 * MINUTE, WorkReason.THIRD_PARTY, sms=False,
                       sign=DangerKind.THIRD_PARTY),
    "特急 a third party": Row(CRITICAL, [Conclusion.THIRD_PARTY], 2 * MINUTE, WorkReason.THIRD_PARTY, visit=True,
                            other_number=True, sms=False, sign=DangerKind.THIRD_PARTY),
    # 已识破, 没有接到过: self-reported, and often false
    "高 saw through it": Row(HIGH, [Conclusion.AWARE], 30 * MINUTE, WorkReason.SELF_REPORTED, state=CaseState.FOLLOW_UP),
    "高 denies": Row(HIGH, [Conclusion.DENIES], 30 * MINUTE, WorkReason.SELF_REPORTED, state=CaseState.FOLLOW_UP),
    "高 warned, no promise": Row(HIGH, [Conclusion.WARNED], 30 * MINUTE, WorkReason.NOT_PERSUADED,
                               state=CaseState.FOLLOW_UP),
    # 口头答应: asked again after 30 minutes, 24 hours and 72 hours, then a person makes sure
    "高 promised": Row(HIGH, [Conclusion.PROMISED], 30 * MINUTE, state=CaseState.FOLLOW_UP),
    "高 promised twice": Row(HIGH, [Conclusion.PROMISED] * 2, 24 * HOUR, state=CaseState.FOLLOW_UP),
    "高 promised three times": Row(HIGH, [Conclusion.PROMISED] * 3, 72 * HOUR, state=CaseState.FOLLOW_UP),
    "高 promised four times": Row(HIGH, [Conclusion.PROMISED] * 4, None, state=CaseState.WITH_PEOPLE),
    "中 promised": Row(MEDIUM, [Conclusion.PROMISED], 24 * HOUR, state=CaseState.FOLLOW_UP),
    "低 promised": Row(LOW, [Conclusion.PROMISED], None, state=CaseState.CLOSED),
    # 打错了: never again on this case
    "高 wrong number": Row(HIGH, [Conclusion.WRONG_PERSON], 2 * MINUTE, other_number=True, sms=False),
    "低 wrong number": Row(LOW, [Conclusion.WRONG_PERSON], 2 * MINUTE, other_number=True, sms=False),
}
# fmt: on


@pytest.mark.parametrize("name", [*NETWORK, *PEOPLE])
def test_the_ladder_is_climbed_as_the_table_says(name: str) -> None:
    row = {**NETWORK, **PEOPLE}[name]
    file = File.of(row.grade, numbers=TWO_MOBILES)
    for each in row.happened:
        if isinstance(each, HangupCause):
            file.call_ends(each)
        else:
            file.call_ends(conclusion=each)

    assert file.case.state is row.state
    assert [(plan.due_at - file.now).total_seconds() for plan in file.ordered(ScheduleAttempt)] == (
        [] if row.rings_after is None else [row.rings_after]
    )
    assert row.officer in file.asked() if row.officer else not file.asked()
    assert bool(file.ordered(OrderVisit)) is row.visit
    assert (file.case.numbers.at == 1) is row.other_number
    assert bool(file.ordered(SendSms)) is row.sms
    assert {note.sign.kind for note in file.ordered(NoteDanger)} == ({row.sign} if row.sign else set())


@pytest.mark.parametrize("name", [name for name, row in {**NETWORK, **PEOPLE}.items() if row.grade.serious])
def test_no_row_closes_a_serious_case(name: str) -> None:
    row = {**NETWORK, **PEOPLE}[name]
    file = File.of(row.grade)
    for each in row.happened:
        file.call_ends(each) if isinstance(each, HangupCause) else file.call_ends(conclusion=each)
        assert file.case.state is not CaseState.CLOSED
        assert not file.ordered(CloseCase)


def test_a_forwarded_line_raises_the_grade() -> None:
    assert File.of(LOW).call_ends(FORWARDED).case.grade is HIGH
    assert File.of(CRITICAL).call_ends(FORWARDED).case.grade is CRITICAL


def test_the_sms_after_the_third_busy_is_the_one_for_who_cannot_be_reached() -> None:
    file = File.of(HIGH)
    for _ in range(3):
        file.call_ends(BUSY)

    assert [sms.occasion for sms in file.ordered(SendSms)] == [Occasion.NOT_REACHED]


def test_after_the_last_promise_a_person_makes_sure() -> None:
    file = File.of(HIGH)
    for _ in range(4):
        file.call_ends(conclusion=Conclusion.PROMISED)

    assert file.ordered(ConfirmSafe)
    assert not file.ordered(ScheduleAttempt)


def test_a_promise_is_asked_about_in_a_call_of_that_kind() -> None:
    assert File.of(HIGH).call_ends(conclusion=Conclusion.PROMISED).rings().reason is AttemptReason.FOLLOW_UP
