"""Recorded sentences of published scripts, kept for ever: the real holder of `voice.ports.Recorded`.

Rule 1: a file's name is the hash of the recording as somebody made it; it is written beside, synced and renamed, and never
        changed or removed, so an older version of a script can come back.
Rule 2: what is played is made of it once, and again when it is spoilt.
"""

import asyncio
import contextlib
import hashlib
import io
import os
import tempfile
import wave
from pathlib import Path

from voice.errors import PromptsNotStored, RecordedSentenceLost
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE, Prompt
from voice.tts.recorded import for_the_line, sound_of

FORMAT = 1  # raise it when voice.tts.recorded makes other sound of the same recording
READ_ONLY = 0o440


class RecordedSentences:
    """One folder of recordings, and the folder of scripts beside which new ones are found."""

    def __init__(self, directory: Path, scripts: Path) -> None:
        self._directory, self._scripts = directory, scripts
        self._checked: dict[
            str, tuple[tuple[int, int], int]
        ] = {}  # hash -> size and date of what is played, and its ms

    async def prompt(self, recording: str, sha256: str, text: str) -> Prompt:
        """Raises RecordedSentenceLost, RecordedSentenceUnfit, PromptsNotStored."""
        return await asyncio.to_thread(self._prompt, recording, sha256, text)

    def _prompt(self, recording: str, sha256: str, text: str) -> Prompt:
        played = self._directory / f"{sha256}.{FORMAT}.line.wav"
        mark, ms = self._checked.get(sha256, ((0, 0), 0))
        if not ms or mark != _mark(played):
            ms = _length_ms(played) or self._made(recording, sha256, played)
            self._checked[sha256] = (_mark(played), ms)
        return Prompt(text, str(played), ms)

    def _made(self, recording: str, sha256: str, played: Path) -> int:
        original = self._kept(recording, sha256)
        samples = for_the_line(sound_of(original))
        whole = io.BytesIO()
        with wave.open(whole, "wb") as audio:
            audio.setnchannels(1)
            audio.setsampwidth(SAMPLE_BYTES)
            audio.setframerate(SAMPLE_RATE)
            audio.writeframes(samples.astype("<i2").tobytes())
        self._write(played, whole.getvalue())
        return samples.size * 1000 // SAMPLE_RATE

    def _kept(self, recording: str, sha256: str) -> Path:
        """The recording as it was made, from here on ours."""
        original = self._directory / f"{sha256}.wav"
        if _hash(original) == sha256:
            return original
        beside = self._scripts / recording
        if _hash(beside) != sha256:
            raise RecordedSentenceLost(
                f"'{recording}' is not the recording that was published, and no copy of that is kept; "
                "put it back beside the scripts, or publish the script again"
            )
        self._write(original, beside.read_bytes())
        return original

    def _write(self, path: Path, content: bytes) -> None:
        """Whole under its name, or not there."""
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._directory, suffix=".part")
            part = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(handle)
                part.chmod(READ_ONLY)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        except OSError as refusal:
            reason = os.strerror(refusal.errno or 0)
            raise PromptsNotStored(f"a recorded sentence cannot be kept: {reason}; see data.dir") from None


def _hash(path: Path) -> str:
    with contextlib.suppress(OSError):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return ""


def _mark(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return (-1, -1)
    return (facts.st_size, facts.st_mtime_ns)


def _length_ms(path: Path) -> int:
    """Of a whole file in the line's own format; 0: there is none."""
    try:
        with wave.open(str(path), "rb") as audio:
            shape = (audio.getnchannels(), audio.getsampwidth(), audio.getframerate())
            pcm = audio.readframes(audio.getnframes())
            whole = len(pcm) == audio.getnframes() * SAMPLE_BYTES
    except (OSError, EOFError, wave.Error):
        return 0
    return len(pcm) // SAMPLE_BYTES * 1000 // SAMPLE_RATE if whole and shape == (1, SAMPLE_BYTES, SAMPLE_RATE) else 0
