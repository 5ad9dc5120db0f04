"""What a call leaves on disk, so that a daemon that died knows what became of it.

Rule 1: progress is on disk before the thing it names is done; INVITING is there before the INVITE leaves.
Rule 2: a report exists whole or not at all (`.part`, fsync, rename).
Rule 3: a worker holds a lock on its call's file for as long as it lives: a free lock is a dead worker.
File names hold the attempt's id and nothing else.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec

from voice.errors import NotSpooled
from voice.messages import Progress
from voice.report import CallReport

_CALL, _REPORT = ".call", ".report.json"
_STEPS = {progress.value: progress for progress in Progress}
_decoder: msgspec.json.Decoder[CallReport] = msgspec.json.Decoder(CallReport)


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise NotSpooled from fault


class CallFile:
    """One attempt's progress, written by the worker that conducts it. Every verb raises NotSpooled."""

    def __init__(self, directory: Path, attempt: str) -> None:
        self._directory, self._attempt = directory, attempt
        with _on_disk():
            directory.mkdir(parents=True, exist_ok=True)
            self._file = os.open(directory / f"{attempt}{_CALL}", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def note(self, progress: Progress) -> None:
        """Append one line; it survives the death of this process."""
        with _on_disk():
            line = f"{progress.value}\n".encode()
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if progress is Progress.INVITING:
                # Before the INVITE it must outlive a power cut too: a lost line would permit a second ring.
                os.fsync(self._file)
                _sync_directory(self._directory)

    def report(self, report: CallReport) -> None:
        """Write the report under its name, whole, and onto the disk."""
        final = self._directory / f"{self._attempt}{_REPORT}"
        part = final.with_name(final.name + ".part")
        with _on_disk():
            with part.open("wb") as out:
                out.write(msgspec.json.encode(report))
                out.flush()
                os.fsync(out.fileno())
            part.replace(final)
            _sync_directory(self._directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)  # frees the lock


@dataclass(frozen=True, slots=True)
class SpooledCall:
    """What is known on disk of one attempt."""

    attempt: str
    alive: bool  # its worker still runs
    progress: Progress | None
    report: CallReport | None


def read(directory: Path) -> Iterator[SpooledCall]:
    """Every attempt that left something; a report that cannot be read counts as none."""
    if not directory.is_dir():
        return
    names = {p.name.removesuffix(_CALL) for p in directory.glob(f"*{_CALL}")}
    names |= {p.name.removesuffix(_REPORT) for p in directory.glob(f"*{_REPORT}")}
    for attempt in sorted(names):
        yield look(directory, attempt)


def look(directory: Path, attempt: str) -> SpooledCall:
    """What is known on disk of this attempt; nothing at all is a valid answer."""
    call = directory / f"{attempt}{_CALL}"
    alive = _is_locked(call)  # asked first: a worker writes its report before it frees the lock
    return SpooledCall(attempt, alive, _last_progress(call), _read_report(directory / f"{attempt}{_REPORT}"))


def forget(directory: Path, attempt: str) -> None:
    """The daemon has committed what this attempt left."""
    for suffix in (_REPORT, _CALL, f"{_REPORT}.part"):
        (directory / f"{attempt}{suffix}").unlink(missing_ok=True)


def set_aside(directory: Path, attempt: str) -> None:
    """Nobody knows this attempt: keep what it left out of the way of `read`."""
    for suffix in (_REPORT, _CALL):
        left = directory / f"{attempt}{suffix}"
        if left.exists():
            left.replace(left.with_name(left.name + ".unknown"))


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who ask are not two who work
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _last_progress(path: Path) -> Progress | None:
    try:
        lines = path.read_text(encoding="ascii", errors="replace").split()
    except FileNotFoundError:
        return None
    steps = [_STEPS.get(line, Progress.INVITING) for line in lines]  # a torn line: it may have rung
    return max(steps, key=tuple(Progress).index, default=None)


def _read_report(path: Path) -> CallReport | None:
    try:
        return _decoder.decode(path.read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        return None
