"""A centre whose daemon may die between any two words with its database, and is started again on what lies on the disk.

    with life(folder) as centre:
        answer = centre.do(lambda: centre.now.alert(...))
        centre.do(lambda: centre.now.runner.close(...), dies_after=7)  # raises Died: seven words were spoken, no more

Rule 1: for its callers it is synchronous, as hypothesis's machines are; inside runs the real storage over a real file.
Rule 2: a death drops every object. Nothing is carried over but the file, the telephones' side (the caller's own notes) and the clock.
Rule 3: deaths are counted in words with the database, not in time, so that a sequence found once is found again.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Generic, TypeVar

from tests.centre import Centre, open_centre
from tests.fakes.clock import HandClock

T = TypeVar("T")


class Died(Exception):
    """The daemon died in the middle of it."""


class Mortal:
    """One daemon after the other on one database."""

    def __init__(self, file: Path, loop: asyncio.Runner) -> None:
        self.clock = HandClock()
        self._file, self._loop = file, loop
        self._lives = count()
        self._looked: dict[tuple[str, tuple[Any, ...]], list[dict[str, Any]]] = {}
        self.now: Centre
        self._born()

    def do(self, work: Callable[[], Awaitable[T]], dies_after: int | None = None) -> T:
        """Have it done. dies_after: so many words with the database are spoken, then the daemon is gone and Died is raised."""

        async def whole() -> T:
            try:
                return await (work() if dies_after is None else Cut(work(), dies_after))
            except asyncio.CancelledError:
                raise Died from None

        self._looked.clear()
        try:
            return self._loop.run(whole())
        except Died:
            self.dies()
            raise

    def dies(self) -> None:
        """The daemon is gone, and the next one finds what lies on the disk: a copy, so that no lock of the dead one holds."""
        self._looked.clear()
        found = self._file.with_name(f"quanzu-{next(self._lives)}.db")
        for end in ("", "-wal"):
            left = Path(f"{self._file}{end}")
            if left.exists():
                shutil.copyfile(left, f"{found}{end}")
        self.ends()
        self._file = found
        self._born()

    def ends(self) -> None:
        self._eye.close()
        self._loop.run(self._opened.__aexit__(None, None, None))

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What lies in the file. It is looked at once between two deeds, however often one asks."""
        asked = (query, values)
        if asked not in self._looked:
            self._eye.row_factory = sqlite3.Row
            self._looked[asked] = [dict(row) for row in self._eye.execute(query, values)]
        return self._looked[asked]

    def _born(self) -> None:
        self._opened = open_centre(f"sqlite:///{self._file}")
        self.now = self._loop.run(self._opened.__aenter__())
        self.now = Centre(self.now.storage, self.clock)
        self._eye = sqlite3.connect(self._file)


class Cut(Generic[T]):
    """Awaits something up to so many waits; at the next one it is cancelled."""

    def __init__(self, work: Awaitable[T], after: int) -> None:
        self._work, self._after = work, after

    def __await__(self) -> Generator[Any, None, T]:
        inner, waits = self._work.__await__(), 0
        try:
            awaited = inner.send(None)
            while True:
                yield awaited
                waits += 1
                awaited = inner.throw(asyncio.CancelledError()) if waits == self._after else inner.send(None)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


@cache
def _empty() -> bytes:
    """A database with all tables and nothing in them: migrations are run once."""

    async def make(file: Path) -> None:
        async with open_centre(f"sqlite:///{file}"):
            pass

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        asyncio.run(make(file))
        return file.read_bytes()


@contextmanager
def life() -> Iterator[Mortal]:
    """A centre on an empty database, in memory if the machine has a place there: no test here pulls the plug."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="quanzu-life-", dir=memory if memory.is_dir() else None))
    try:
        file = folder / "quanzu.db"
        file.write_bytes(_empty())
        with asyncio.Runner() as loop:
            mortal = Mortal(file, loop)
            yield mortal
            mortal.ends()
    finally:
        shutil.rmtree(folder)
