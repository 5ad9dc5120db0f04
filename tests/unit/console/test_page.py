"""The page of one call."""

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dialer.console import labels
from dialer.console.page import render_page, write_page
from dialer.console.timeline import Bar, timeline_of
from dialer.console.views import masked
from dialer.domain.attempt import AttemptState
from dialer.domain.danger import DangerKind
from dialer.domain.escalation import EscalationState
from dialer.domain.outcome import Outcome
from tests.unit.console.calls import busy, handed_over, recorded, stereo
from voice.report import Conclusion, HangupCause, Recordings

pytestmark = pytest.mark.unit


class Resources(HTMLParser):
    """What a browser would fetch or run for this page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [
            value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "poster", "action")
        ]


def test_the_page_shows_what_was_said_understood_and_done(tmp_path: Path) -> None:
    page = render_page(handed_over(recorded(tmp_path)))

    for shown in (
        "特急",
        "机票退改签",
        "138****0001",
        "民警已接手",
        "an officer took the call",
        "张警官",
        "已转账",
        "97 %",
        "640 ms",
    ):
        assert shown in page
    assert "有人说您的航班变了吗？" in page
    assert "机票退改签，已转九十九万" in page


def test_times_are_in_the_zone_of_the_centre() -> None:
    assert "14:30:02 收到预警" in render_page(handed_over())
    assert "08:30:02 收到预警" in render_page(replace(handed_over(), zone="Africa/Kigali"))


def test_a_whole_number_never_reaches_the_page() -> None:
    assert "13812340001" not in render_page(handed_over())
    assert "12340001" not in repr(handed_over())


def test_the_page_fetches_nothing_from_anywhere(tmp_path: Path) -> None:
    page = render_page(handed_over(recorded(tmp_path)))
    resources = Resources(page)

    assert all(source.startswith("data:audio/wav;base64,") for source in resources.fetched)
    assert "link" not in resources.tags
    assert not re.search(r"(https?:)?//[a-z]|@import|url\(", re.sub(r"base64,[A-Za-z0-9+/=]+", "", page))
    assert "default-src 'none'" in page


def test_the_recordings_are_inside_the_page_byte_for_byte(tmp_path: Path) -> None:
    recordings = recorded(tmp_path)
    audio = [
        base64.b64decode(source.split(",")[1]) for source in Resources(render_page(handed_over(recordings))).fetched
    ]

    assert audio == [Path(recordings.stereo).read_bytes(), Path(recordings.brief).read_bytes()]


def test_what_was_heard_is_escaped() -> None:
    page = render_page(handed_over(heard="<script>alert(1)</script>\"><img src=x onerror='x'>"))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "img" not in Resources(page).tags


def test_a_recording_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    page = render_page(handed_over(Recordings(stereo=str(tmp_path / "gone.wav"))))

    assert "没有录音" in page
    assert Resources(page).fetched == []


def test_a_busy_line_has_a_danger_sign_a_next_attempt_and_no_timeline() -> None:
    page = render_page(busy())

    assert "busy 1 of 3" in page
    assert "14:32:04 下次拨打" in page
    assert "svg" not in Resources(page).tags


def test_the_timeline_is_read_from_the_recording() -> None:
    sound = stereo(("left", 1000, 3000), ("left", 3300, 4000), ("right", 4600, 5600), ("left", 12_000, 14_000))
    bars = timeline_of(handed_over(), sound).bars

    assert [(b.lane, b.start_ms, b.end_ms) for b in bars] == [
        ("robot", 1000, 4000),
        ("officer", 12_000, 14_000),
        ("contact", 4600, 5600),
    ]
    assert bars[0] == Bar("robot", 1000, 4000, "有人说您的航班变了吗？")


def test_the_officer_lane_shows_ringing_brief_and_bridge() -> None:
    spans = timeline_of(handed_over(), stereo()).spans

    assert [(s.kind, s.start_ms, s.end_ms) for s in spans] == [
        ("ringing", 6000, 7000),
        ("brief", 7000, 10_000),
        ("bridged", 10_200, 18_000),
    ]


@pytest.mark.parametrize("seconds", [0, 1, 9, 61, 600, 3000])
def test_a_timeline_of_any_length_has_few_ticks(seconds: int) -> None:
    ticks = list(timeline_of(handed_over(), stereo(length_ms=max(20, seconds * 1000))).ticks)

    assert 1 <= len(ticks) <= 13


def test_writing_leaves_one_private_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "pages" / "call.html"
    write_page(busy(), path)

    assert path.read_text(encoding="utf-8") == render_page(busy())
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["call.html"]


def test_a_page_that_cannot_be_made_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "call.html"
    write_page(busy(), path)
    before = path.read_bytes()

    with pytest.raises(KeyError):
        write_page(replace(busy(), zone="Nowhere/Land"), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["call.html"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812340001", "138****0001"),
        ("138****0001", "138****0001"),
        ("089112345678", "089****5678"),
        ("96110", "9***0"),
        ("11", "11"),
        ("1", "*"),
        ("", ""),
    ],
)
def test_numbers_are_masked(number: str, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize(
    ("names", "table"),
    [
        (Outcome, labels.OUTCOMES),
        (HangupCause, labels.CAUSES),
        (Conclusion, labels.CONCLUSIONS),
        (EscalationState, labels.OFFICER_STATES),
        (AttemptState, labels.ATTEMPT_STATES),
        (DangerKind, labels.DANGERS),
    ],
)
def test_everything_that_is_shown_has_a_chinese_name(names: type, table: dict[object, str]) -> None:
    assert set(table) == set(names)
