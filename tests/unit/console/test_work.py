"""Work as people read it: every code has its word, numbers are four digits, and missing fields are named."""

from datetime import UTC, datetime
from enum import StrEnum
from io import StringIO

import pytest
from rich.console import Console, RenderableType

from dialer.console import labels
from dialer.console.work import work_sheet, work_table
from dialer.domain.alert import FraudType
from dialer.domain.grade import Grade
from dialer.domain.stoppayment import Needed, StopPayment
from dialer.domain.work import WorkItem, WorkKind, WorkReason, WorkResult, WorkState
from dialer.domain.workflow import may
from dialer.ports.work import WorkLine, WorkStory

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
EARLIER = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"


def shown(what: RenderableType) -> str:
    console = Console(file=StringIO(), width=220)
    console.print(what)
    return console.file.getvalue()  # type: ignore[attr-defined]


def line(kind: WorkKind = WorkKind.VISIT, state: WorkState = WorkState.WANTED) -> WorkLine:
    item = WorkItem("0" * 24 + "abcdef12", "case-1", kind, WorkReason.BUSY, EARLIER, EARLIER, state)
    return WorkLine(item, Grade.HIGH, FraudType.FAKE_POLICE, "8000")


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (WorkKind, labels.WORK_KINDS),
        (WorkReason, labels.WORK_REASONS),
        (WorkState, labels.WORK_STATES),
        (WorkResult, labels.WORK_RESULTS),
        (Needed, labels.NEEDED),
    ],
)
def test_every_code_has_its_word(codes: type[StrEnum], words: dict[StrEnum, str]) -> None:
    assert set(words) == set(codes)


def test_a_list_shows_who_has_what_and_what_is_late() -> None:
    text = shown(work_table([line()], NOON, ZONE))

    assert "见面劝阻 visit" in text
    assert "…8000" in text
    assert "11-22 11:00:00 OVERDUE" in text
    assert "abcdef12" in text


@pytest.mark.parametrize("kind", WorkKind)
def test_one_item_says_what_can_be_done_to_it(kind: WorkKind) -> None:
    text = shown(work_sheet(WorkStory(line(kind), None, None), NOON, ZONE, "96110"))

    assert text.count("quanzu work ") == len(may(kind, WorkState.WANTED))
    assert "quanzu work accept abcdef12 --by WHO" in text


def test_who_speaks_to_the_person_is_reminded_how_he_proves_himself() -> None:
    visit = shown(work_sheet(WorkStory(line(), None, None), NOON, ZONE, "0891-96110"))

    assert "请对方自己拨0891-96110或110核实" in visit


def test_a_stop_payment_names_what_is_missing_and_says_that_it_goes_nowhere() -> None:
    payment = StopPayment("w", 990_000, sum_exact=False)
    text = shown(work_sheet(WorkStory(line(WorkKind.STOP_PAYMENT), payment, None), NOON, ZONE, "96110"))

    assert "about 990000 yuan" in text
    assert "对方账号 their_account" in text
    assert "银发[2016]86" in text
    assert "48 hours, at most two times per account" in text
    assert "sends this to nobody" in text
