"""Calls to show, made for tests."""

import io
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from dialer.console.views import CallView, OfficerView
from dialer.domain.danger import DangerSign
from dialer.domain.escalation import EscalationState
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from voice.report import Conclusion, HangupCause, Recordings, TurnRecord

ALERTED = datetime(2026, 11, 22, 6, 30, 2, tzinfo=UTC)
ANSWERED = ALERTED + timedelta(seconds=6)


def after(ms: int) -> datetime:
    return ANSWERED + timedelta(milliseconds=ms)


def stereo(*stretches: tuple[str, int, int], length_ms: int = 20_000) -> bytes:
    """A recording with sound on the left or right from one millisecond to another."""
    samples = np.full((length_ms * 8, 2), 8, dtype="<i2")
    for side, start, end in stretches:
        tone = 8000 * np.sin(np.arange((end - start) * 8) * 0.5)
        samples[start * 8 : end * 8, ("left", "right").index(side)] = tone
    return wav(samples, 2)


def wav(samples: "np.typing.NDArray[np.int16]", channels: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setnchannels(channels)
        audio.setsampwidth(2)
        audio.setframerate(8000)
        audio.writeframes(samples.tobytes())
    return file.getvalue()


def turn(number: int, said: str, heard: str = "", *intents: str, at_ms: int = 0) -> TurnRecord:
    return TurnRecord(number, "question", said, True, heard, intents, 0.97, "a rule", at_ms, 640 if heard else None)


def handed_over(recordings: Recordings | None = None, heard: str = "已经转了九十九万") -> CallView:
    officer = OfficerView(
        name="张警官",
        tier=1,
        state=EscalationState.ENDED,
        reason="transferred",
        brief="机票退改签，已转九十九万",
        brief_heard_to_end=True,
        ringing_at=after(6000),
        answered_at=after(7000),
        accepted_at=after(10_000),
        bridged_at=after(10_200),
        ended_at=after(18_000),
    )
    return CallView(
        attempt="at-1",
        case="cs-1",
        call_id="3f2a@quanzu",
        script_hash="a" * 64,
        grade=Grade.CRITICAL,
        title="机票退改签",
        source="bank",
        number="13812340001",
        alerted_at=ALERTED,
        dialled_at=ALERTED + timedelta(seconds=1),
        answered_at=ANSWERED,
        ended_at=after(19_000),
        cause=HangupCause.NORMAL,
        sip_code=200,
        conclusion=Conclusion.HANDED_OVER,
        outcome=Outcome.HANDED_TO_OFFICER,
        turns=(
            turn(1, "有人说您的航班变了吗？", heard, "transferred", "amount", at_ms=1000),
            turn(2, "请不要挂机", at_ms=5000),
        ),
        officers=(officer,),
        facts={"transferred": "yes", "amount_yuan": "990000"},
        recordings=recordings or Recordings(),
    )


def busy() -> CallView:
    return CallView(
        attempt="at-2",
        case="cs-2",
        call_id="77@quanzu",
        script_hash="b" * 64,
        grade=Grade.HIGH,
        title="机票退改签",
        source="mqtt",
        number="13912340002",
        alerted_at=ALERTED,
        dialled_at=ALERTED + timedelta(seconds=1),
        answered_at=None,
        ended_at=ALERTED + timedelta(seconds=2),
        cause=HangupCause.BUSY,
        sip_code=486,
        conclusion=Conclusion.NOTHING,
        outcome=Outcome.BUSY,
        danger_signs=(DangerSign.busy(1, 3),),
        next_attempt_at=ALERTED + timedelta(seconds=122),
    )


def recorded(folder: Path) -> Recordings:
    both, brief = folder / "stereo.wav", folder / "brief.wav"
    both.write_bytes(stereo(("right", 200, 600), ("left", 1000, 3000), ("right", 3600, 4600), ("left", 12_000, 14_000)))
    brief.write_bytes(wav(np.full(8000, 500, dtype="<i2"), 1))
    return Recordings(stereo=str(both), brief=str(brief))
