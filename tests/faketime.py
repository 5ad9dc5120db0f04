"""A machine's clock that jumps under running processes: Debian's libfaketime, steered by a file.

    clock = JumpingClock(folder / "clock")
    Daemon(folder, environ=clock.environ)
    await clock.jumps(timedelta(hours=1))

Rule 1: only the wall clock jumps. Monotonic clocks and the dates of files stay real, as they do on a real machine.
Rule 2: a process asks the file once a second at most, so that a jump is seen by all of them a little later.
A trap: its "monotonic fix", which Debian turns on, ends waits for Python's lock at once: threads spin and get 50 times slower.
A trap: with it time.sleep() fails on Debian 12 (its clock_nanosleep is wrong for absolute monotonic times); asyncio's does not.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from tests.peers import require_library

LIBRARY = "*/faketime/libfaketimeMT.so.1"
SEEN_SECONDS = 1


class JumpingClock:
    """The clock of whoever is started with its environment."""

    def __init__(self, file: Path) -> None:
        self._library, self._file = require_library(LIBRARY), file
        self._set(timedelta())

    @property
    def environ(self) -> Mapping[str, str]:
        return {
            "LD_PRELOAD": self._library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(SEEN_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }

    async def jumps(self, to: timedelta) -> None:
        """So far from the real time it is from now on; returns when everybody has seen it."""
        self._set(to)
        await asyncio.sleep(SEEN_SECONDS + 0.2)

    def _set(self, to: timedelta) -> None:
        part = self._file.with_suffix(".part")
        part.write_text(f"{to.total_seconds():+.0f}\n", encoding="ascii")
        part.replace(self._file)  # nobody reads half a line
