"""The calls of this moment, in a terminal."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from dialer.console.live import LiveBoard, board, file_list, new_lines, outcome_table
from dialer.console.views import CallNow, LineOfTalk
from dialer.domain.attempt import AttemptState
from dialer.domain.danger import DangerSign
from dialer.domain.escalation import EscalationState
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from tests.unit.console.calls import busy, handed_over, recorded
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.unit

TALKING = CallNow(
    attempt="at-1",
    grade=Grade.CRITICAL,
    title="机票退改签",
    number="13812340001",
    state=AttemptState.ANSWERED,
    seconds_since_alert=23.42,
    talk=(
        LineOfTalk("robot", "您好，这里是市反诈中心的智能助手，本次通话有录音，有人说您的航班变了吗？"),
        LineOfTalk("contact", "已经转了九十九万", "transferred amount"),
    ),
)
RINGING = replace(TALKING, attempt="at-2", number="13912340002", state=AttemptState.RINGING, talk=())
ENDED = replace(
    RINGING,
    attempt="at-3",
    state=AttemptState.ENDED,
    outcome=Outcome.BUSY,
    conclusion=Conclusion.NOTHING,
    cause=HangupCause.BUSY,
    danger_signs=(DangerSign.busy(1, 3),),
    note="next attempt in 2 minutes",
)


def drawn(what: RenderableType, width: int = 100) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(what)
    return console.export_text()


def printed(*looks: Sequence[CallNow]) -> list[str]:
    paper = io.StringIO()
    with LiveBoard(Console(file=paper, width=80)) as live:
        for calls in looks:
            live.show(calls)
    return paper.getvalue().splitlines()


def test_a_panel_shows_who_says_what_and_what_was_understood() -> None:
    text = drawn(board([TALKING], 100))

    for shown in ("特急", "138****0001", "通话 answered", "23.4 s", "当事人", "已经转了九十九万  → 已转账 金额"):
        assert shown in text
    assert "13812340001" not in text


def test_the_officer_the_outcome_and_danger_signs_are_shown() -> None:
    waiting = replace(TALKING, officer="张警官", officer_state=EscalationState.RINGING)

    assert "正在呼叫民警 张警官" in drawn(board([waiting], 100))
    text = drawn(board([ENDED], 100))
    assert "占线 busy (nothing · busy)" in text
    assert "busy 1 of 3" in text
    assert "next attempt in 2 minutes" in text


def test_a_wide_terminal_shows_calls_side_by_side_and_a_narrow_one_below_each_other() -> None:
    calls = [TALKING, RINGING, ENDED]

    assert "138****0001" in drawn(board(calls, 150), 150).splitlines()[0]
    assert "139****0002" in drawn(board(calls, 150), 150).splitlines()[0]
    assert "139****0002" not in drawn(board(calls, 80), 80).splitlines()[0]


@pytest.mark.parametrize("width", [60, 80, 120, 150])
def test_no_word_is_lost_and_no_line_is_too_long(width: int) -> None:
    text = drawn(board([TALKING, RINGING, ENDED], width), width)
    letters = "".join(c for c in text if c not in "│╭╮╰╯─ \n")

    assert all(cell_len(line.rstrip()) <= width for line in text.splitlines())
    if width < 92:  # side by side, lines of neighbours mix
        assert "您好，这里是市反诈中心的智能助手，本次通话有录音，有人说您的航班变了吗？" in letters


def test_three_calls_fit_a_small_terminal() -> None:
    long_talk = tuple(LineOfTalk("contact", f"第{n}句") for n in range(30))
    calls = [replace(call, talk=long_talk) for call in (TALKING, RINGING, ENDED)]

    assert len(drawn(board(calls, 80, 30), 80).splitlines()) <= 30


def test_markup_in_what_was_heard_is_plain_text() -> None:
    odd = replace(TALKING, talk=(LineOfTalk("contact", "[red]x[/nothing]"),))

    assert "[red]x[/nothing]" in drawn(board([odd], 100))


def test_without_a_terminal_every_new_thing_is_one_line_and_nothing_comes_twice() -> None:
    later = replace(TALKING, seconds_since_alert=24.0, talk=(*TALKING.talk, LineOfTalk("robot", "请不要挂机")))
    lines = printed([TALKING], [TALKING], [later, RINGING], [later, RINGING])

    assert [line.split("  ", 2)[2] for line in (s.strip() for s in lines)] == [
        "劝阻：您好，这里是市反诈中心的智能助手，本次通话有录音，有人说您的航班变了吗？",
        "当事人：已经转了九十九万  → 已转账 金额",
        "通话 answered",
        "劝阻：请不要挂机",
        "振铃 ringing",
    ]


def test_a_line_that_is_understood_later_is_printed_again_with_its_meaning() -> None:
    raw = replace(TALKING, talk=(LineOfTalk("contact", "转了"),))
    understood = replace(TALKING, talk=(LineOfTalk("contact", "转了", "transferred"),))

    assert [line.split("0001  ")[1] for line in new_lines(raw, understood)] == ["当事人：转了  → 已转账"]


def test_on_a_terminal_the_board_is_drawn_in_place_and_leaves_the_last_look_behind() -> None:
    paper = io.StringIO()
    with LiveBoard(Console(file=paper, width=100, height=40, force_terminal=True)) as live:
        live.show([RINGING])
        live.show([TALKING])

    assert "已经转了九十九万" in paper.getvalue()


def test_the_table_at_the_end_has_a_row_per_call(tmp_path: Path) -> None:
    calls = [handed_over(recorded(tmp_path)), busy()]
    text = drawn(outcome_table(calls), 140)

    for shown in ("民警已接手", "an officer took the call", "张警官", "25.0", "占线", "busy 1 of 3", "139****0002"):
        assert shown in text


def test_the_files_of_a_call_are_listed_in_full(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = drawn(file_list([handed_over(recorded(tmp_path)), busy()], {"at-1": page}), 200)

    assert all(str(tmp_path / name) in text for name in ("stereo.wav", "brief.wav", "page.html"))
    assert "139****0002" not in text
