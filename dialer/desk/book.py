"""The casebook that the daemon keeps, opened from outside it.

Rule: nothing here makes one. A command that stands in the wrong directory, or reads the wrong settings, would stop calls in a casebook
      of its own, say so, and the daemon would ring on.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dialer.errors import NoCasebook, NotOnFile, SeveralOnFile
from dialer.settings import Settings
from dialer.storage import Storage, open_storage
from dialer.storage.engine import database_file


@asynccontextmanager
async def open_book(settings: Settings) -> AsyncIterator[Storage]:
    """Like open_storage. Raises NoCasebook when there is none."""
    file = database_file(settings.database_url)
    if file is not None and not file.is_file():
        raise NoCasebook(f"There is no casebook {file.absolute()}. {NoCasebook.__doc__}")
    async with open_storage(settings.database_url) as storage:
        yield storage


async def case_named(storage: Storage, named: str) -> str:
    """The id of the case whose id ends so. Raises NotOnFile, SeveralOnFile."""
    found = await storage.work.find_cases(named) if named else []
    if not found:
        raise NotOnFile
    if len(found) > 1:
        raise SeveralOnFile
    return found[0]
