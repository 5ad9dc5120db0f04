"""The only rooms that know SQLAlchemy: tables, mapping, casebook, outbox, scripts, views, migrations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from dialer.ports import Brake, Casebook, Outbox, Views
from dialer.shelf import Shelf
from dialer.storage.brake import SqlBrake
from dialer.storage.casebook import SqlCasebook
from dialer.storage.engine import Engines, open_engines
from dialer.storage.outbox import SqlOutbox
from dialer.storage.scripts import SqlShelf
from dialer.storage.views import SqlViews
from dialer.storage.work import SqlWorkViews
from dialer.workports import WorkDesk


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that is kept, as its callers see it."""

    casebook: Casebook
    outbox: Outbox
    shelf: Shelf
    views: Views
    brake: Brake
    work: WorkDesk


@asynccontextmanager
async def open_storage(url: str) -> AsyncIterator[Storage]:
    """Open the database at this address, e.g. sqlite:///var/quanzu.db. Raises StorageDown, DiskFull, SettingsFault."""
    async with open_engines(url) as engines:
        yield storage_over(engines)


def storage_over(engines: Engines) -> Storage:
    """Everything that is kept, in a database that is open."""
    return Storage(
        SqlCasebook(engines),
        SqlOutbox(engines),
        SqlShelf(engines),
        SqlViews(engines),
        SqlBrake(engines),
        SqlWorkViews(engines),
    )
