"""One daemon for one data directory, and a way to ask whether it lives. A lock dies with its holder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from dialer.errors import AnotherDaemon, NoDataDirectory

_NAME = "daemon.lock"


@contextmanager
def only_daemon(data_dir: Path) -> Iterator[None]:
    """Hold the lock; the directory is made, if need be. Raises AnotherDaemon, NoDataDirectory."""
    with _lock_file(data_dir / _NAME) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherDaemon from None
        yield


def _lock_file(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="ascii")
    except OSError as fault:
        raise NoDataDirectory(f"{path.parent}: {fault.strerror}. {NoDataDirectory.__doc__}") from None


def daemon_runs(data_dir: Path) -> bool:
    """Does a daemon hold the lock?"""
    try:
        with (data_dir / _NAME).open(encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
