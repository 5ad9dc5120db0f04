"""How long the voice takes for a text, measured once and remembered in a file.

Rule 1: `seconds` never waits: what was not measured yet is estimated, and noted, so that it can be measured afterwards.
Rule 2: the file holds names of renderings and milliseconds, or why the voice refuses; no text. When it is lost or spoilt
        everything is measured again.
"""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from voice.errors import PromptsNotStored, Unspeakable
from voice.ports import Prompts
from voice.script.lint.lasting import estimated
from voice.tts.prompts import name_of
from voice.tts.settings import SpeechSettings

Told = Callable[[int, int], None]  # texts that are measured, and all that were not


class Durations:
    """The measure of one voice."""

    def __init__(self, file: Path, voice: SpeechSettings) -> None:
        self._file, self._voice = file, voice
        self._known = _read(file)
        self._unknown: dict[tuple[str, int], None] = {}

    @property
    def unknown(self) -> int:
        """Texts that were asked for and only estimated."""
        return len(self._unknown)

    def seconds(self, text: str, rate_wpm: int) -> float:
        """Raises Unspeakable."""
        known = self._known.get(name_of(self._voice, text, rate_wpm))
        if known is None:
            self._unknown[text, rate_wpm] = None
            return estimated(text, rate_wpm)
        if isinstance(known, str):
            raise Unspeakable(known)
        return known / 1000

    async def measure(self, prompts: Prompts, told: Told) -> None:
        """Have all that was only estimated rendered; what is done stays done. Raises SpeechDown, PromptsNotStored."""
        wanted = list(self._unknown)
        try:
            for number, (text, rate_wpm) in enumerate(wanted):
                told(number, len(wanted))
                name = name_of(self._voice, text, rate_wpm)
                try:
                    self._known[name] = (await prompts.render([text], rate_wpm))[text].ms
                except Unspeakable as refusal:
                    self._known[name] = str(refusal)
                del self._unknown[text, rate_wpm]
        finally:
            self._write()

    def _write(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent, suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._known, file, ensure_ascii=False)
            Path(name).replace(self._file)
        except OSError as refusal:
            reason = os.strerror(refusal.errno or 0)
            raise PromptsNotStored(f"measured lengths cannot be kept: {reason}; see data.dir") from None


def _read(file: Path) -> dict[str, int | str]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in known.items() if isinstance(v, int | str)} if isinstance(known, dict) else {}
