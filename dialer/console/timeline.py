"""Who spoke when, read from the recording itself, laid out as bars over seconds.

Rule 1: pure: bytes and values in, bars out. What is drawn is what sounded, not what was planned.
Rule 2: left is what the contact was sent. Before the bridge that is the robot, while an officer is bridged it is him.
"""

import io
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from dialer.console.views import CallView

_FRAMES_PER_SECOND = 50
_LOUD = 150  # mean absolute sample; A-law silence reads 8
_JOIN_MS = 400  # shorter pauses stay inside one bar
_SHORTEST_MS = 80  # anything shorter is a click

LANES = ("robot", "contact", "officer")


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of speech."""

    lane: str
    start_ms: int
    end_ms: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment worth a flag."""

    at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A longer state of the officer's leg."""

    start_ms: int
    end_ms: int
    kind: str  # ringing, brief or bridged


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that the drawing needs; times are milliseconds since the answer."""

    length_ms: int
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def ticks(self) -> Iterator[int]:
        """Whole seconds to write under the drawing, at most about a dozen."""
        seconds = self.length_ms // 1000
        step = next((s for s in (1, 2, 5, 10, 15, 30, 60, 120) if seconds <= s * 12), 300)
        return iter(range(0, seconds + 1, step))


def timeline_of(call: CallView, stereo: bytes) -> Timeline:
    """The timeline of a call; empty when nobody answered."""
    if call.answered_at is None:
        return Timeline(0)
    left, right, recorded_ms = _speech(stereo)
    bridged = _spans(call, "bridged", recorded_ms)
    ours = [Bar(_side(start, bridged), start, end, _said(call, start, bridged)) for start, end in left]
    theirs = [Bar("contact", start, end, "") for start, end in right]
    spans = (*_spans(call, "ringing", recorded_ms), *_spans(call, "brief", recorded_ms), *bridged)
    length = max(recorded_ms, *(bar.end_ms for bar in (*ours, *theirs)), _ms(call, call.ended_at), 1)
    return Timeline(length, (*ours, *theirs), tuple(Mark(t.started_ms, str(t.turn)) for t in call.turns), spans)


def _speech(stereo: bytes) -> tuple[list[tuple[int, int]], list[tuple[int, int]], int]:
    if not stereo:
        return [], [], 0
    with wave.open(io.BytesIO(stereo)) as audio:
        rate, channels, frames = audio.getframerate(), audio.getnchannels(), audio.getnframes()
        samples = np.frombuffer(audio.readframes(frames), dtype="<i2").reshape(-1, channels)
    return _stretches(samples[:, 0], rate), _stretches(samples[:, -1], rate), frames * 1000 // rate


def _stretches(samples: npt.NDArray[np.int16], rate: int) -> list[tuple[int, int]]:
    """Start and end of every stretch of sound, in milliseconds."""
    size = rate // _FRAMES_PER_SECOND
    frames = samples[: samples.size - samples.size % size].reshape(-1, size)
    loud = np.abs(frames.astype(np.int32)).mean(axis=1) > _LOUD
    frame_ms = 1000 // _FRAMES_PER_SECOND
    found: list[tuple[int, int]] = []
    for at in np.flatnonzero(loud):
        start, end = int(at) * frame_ms, (int(at) + 1) * frame_ms
        if found and start - found[-1][1] < _JOIN_MS:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if end - start >= _SHORTEST_MS]


def _side(start_ms: int, bridged: Sequence[Span]) -> str:
    return "officer" if any(span.start_ms <= start_ms < span.end_ms for span in bridged) else "robot"


def _said(call: CallView, start_ms: int, bridged: Sequence[Span]) -> str:
    if _side(start_ms, bridged) == "officer":
        return ""
    slack = 300  # a prompt's first sample may be dated a moment after the frame it sounds in
    return next((t.said for t in reversed(call.turns) if t.started_ms <= start_ms + slack), "")


def _spans(call: CallView, kind: str, last_ms: int) -> list[Span]:
    found: list[Span] = []
    for officer in call.officers:
        starts, ends = {
            "ringing": (officer.ringing_at, officer.answered_at or officer.accepted_at or officer.ended_at),
            "brief": (officer.answered_at, officer.accepted_at or officer.ended_at),
            "bridged": (officer.bridged_at, officer.ended_at),
        }[kind]
        if starts is not None:
            start = max(0, _ms(call, starts))
            found.append(Span(start, max(start, _ms(call, ends) if ends else last_ms), kind))
    return found


def _ms(call: CallView, at: datetime) -> int:
    if call.answered_at is None:
        return 0
    return int((at - call.answered_at).total_seconds() * 1000)
