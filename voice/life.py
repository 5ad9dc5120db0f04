"""What has happened to the contact's leg, and what can be said of it afterwards.

Rule 1: facts only; nothing here talks, waits or decides what to do.
Rule 2: what was our fault is never put down to the person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from voice.errors import VoiceError
from voice.ports import LegEnded
from voice.report import HangupCause, Rang, Standing

MergeStereo = Callable[[Path, Path, Path], None]


@dataclass(slots=True)
class Life:
    """The contact's leg from the order to its end."""

    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    rang: bool = False
    ended: LegEnded | None = None
    standing: Standing | None = None  # of the talk, when it ended
    ended_by_order: bool = False
    broken: bool = False  # we could not speak, and hung up
    deaf: bool = False  # the ear failed: who was not heard cannot be blamed for hanging up

    def cause(self) -> HangupCause:
        """Why it ended."""
        if self.ended is None:
            return HangupCause.MEDIA_FAULT
        if self.answered_at is not None and self.deaf:
            return HangupCause.MEDIA_FAULT
        if self.ended.by_far_end:
            return self.ended.cause
        if self.broken:
            return HangupCause.MEDIA_FAULT
        return HangupCause.ENDED_BY_ORDER if self.ended_by_order else self.ended.cause

    def sip_code(self) -> int:
        return self.ended.sip_code if self.ended is not None else 0

    def proved(self) -> Rang:
        """What can be proved about the person's telephone."""
        if self.rang or self.answered_at is not None:
            return Rang.YES
        if self.ended is None:
            return Rang.MAYBE
        return Rang.NEVER if self.ended.cause is HangupCause.NEVER_DIALLED else self.ended.rang


@dataclass(frozen=True, slots=True)
class Tapes:
    """Where a call's recordings lie: two mono files while it lasts, one stereo file afterwards."""

    folder: Path

    @property
    def sent(self) -> Path:
        return self.folder / "sent.wav"

    @property
    def heard(self) -> Path:
        return self.folder / "heard.wav"

    def joined(self, merge_stereo: MergeStereo) -> str:
        """Path of the stereo file; empty when there is none. A full disk costs the join, never the report: the halves stay."""
        if not self.sent.exists() or not self.heard.exists():
            return ""
        stereo = self.folder / "call.wav"
        try:
            merge_stereo(self.sent, self.heard, stereo)
            self.sent.unlink()
            self.heard.unlink()
        except (OSError, VoiceError):
            return str(stereo) if stereo.is_file() else ""
        return str(stereo)
