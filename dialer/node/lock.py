"""One daemon for one data directory, and a way to ask whether it lives. A lock dies with its holder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dialer.errors import AnotherDaemon

_NAME = "daemon.lock"


@contextmanager
def only_daemon(data_dir: Path) -> Iterator[None]:
    """Hold the lock. Raises AnotherDaemon."""
    with (data_dir / _NAME).open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherDaemon from None
        yield


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
