"""One self-contained page per call: what was said, understood and done, with the recording inside.

Rule 1: the page asks the network for nothing; scripts, styles and audio are in the file, and its policy forbids the rest.
Rule 2: everything that came from outside is escaped.
"""

import base64
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from dialer.console import labels
from dialer.console.facts import told
from dialer.console.timeline import LANES, Timeline, timeline_of
from dialer.console.views import CallView

_LEFT, _RIGHT, _WIDTH = 92, 988, 1000
_LANE_TOP, _LANE_HEIGHT, _LANE_GAP = 30, 26, 14
_GRADE_CLASSES = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where things of the timeline lie on paper."""

    timeline: Timeline

    width = _WIDTH
    left = _LEFT
    right = _RIGHT
    bar_height = _LANE_HEIGHT
    bottom = _LANE_TOP + len(LANES) * (_LANE_HEIGHT + _LANE_GAP)
    height = bottom + 24

    def x(self, ms: int) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * ms / max(1, self.timeline.length_ms), 1)

    def w(self, start_ms: int, end_ms: int) -> float:
        return max(1.5, round(self.x(end_ms) - self.x(start_ms), 1))

    def y(self, lane: str) -> int:
        return _LANE_TOP + LANES.index(lane) * (_LANE_HEIGHT + _LANE_GAP)


def render_page(call: CallView) -> str:
    """The page as HTML. Reads the call's recordings; one that is gone is said to be gone."""
    stereo, brief = _audio(call.recordings.stereo), _audio(call.recordings.brief)
    timeline = timeline_of(call, stereo)
    return _template().render(
        call=call,
        labels=labels,
        lanes=LANES,
        grade_class=_GRADE_CLASSES[call.grade.rank],
        timeline=timeline,
        drawing=Drawing(timeline),
        steps=_steps(call),
        stereo=base64.b64encode(stereo).decode("ascii"),
        brief=base64.b64encode(brief).decode("ascii"),
    )


def write_page(call: CallView, path: Path) -> None:
    """Write the page, whole or not at all; only its owner may read it, it holds a voice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".page-")  # mkstemp: mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(render_page(call))
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _audio(path: str) -> bytes:
    """The recording; empty when there is none (any more)."""
    if not path or not Path(path).is_file():
        return b""
    return Path(path).read_bytes()


def _steps(call: CallView) -> list[tuple[str, str, datetime, float]]:
    """Chinese, English, moment, seconds since the alert; in order of time."""
    moments: list[tuple[str, str, datetime | None]] = [
        ("收到预警", "alert received", call.alerted_at),
        ("拨出", "dialled", call.dialled_at),
        ("接通", "answered", call.answered_at),
        ("结束", "ended", call.ended_at),
        ("下次拨打", "next attempt", call.next_attempt_at),
    ]
    for officer in call.officers:
        moments += [
            ("呼叫民警", "officer rung", officer.ringing_at),
            ("民警接听", "officer answered", officer.answered_at),
            ("民警受理", "officer pressed 1", officer.accepted_at),
            ("三方接通", "bridged", officer.bridged_at),
            ("民警离线", "officer left", officer.ended_at),
        ]
    seen = sorted((m for m in moments if m[2] is not None), key=lambda m: m[2] or call.alerted_at)
    return [(zh, en, at, (at - call.alerted_at).total_seconds()) for zh, en, at in seen if at is not None]


def _clock(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def _day(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def _offset(ms: int) -> str:
    return f"{ms // 60000}:{ms // 1000 % 60:02d}"


def _named(name: str, table: Mapping[str, str]) -> str:
    return table.get(name, name)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("dialer.console", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": _clock, "day": _day, "offset": _offset, "named": _named, "told": told}
    return environment.get_template("page.html")
