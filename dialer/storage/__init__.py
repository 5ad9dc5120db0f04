"""The only rooms that know SQLAlchemy: tables, mapping, casebook, outbox, scripts, views, migrations."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from dialer.ports import Brake, Casebook, Clock, Outbox
from dialer.ports.contacts import ContactViews
from dialer.ports.degrading import Lateness
from dialer.ports.shelf import Shelf
from dialer.ports.views import Views
from dialer.ports.work import WorkDesk
from dialer.storage.brake import SqlBrake
from dialer.storage.casebook import SqlCasebook
from dialer.storage.contacts import SqlContactViews
from dialer.storage.degrading import SqlLateness
from dialer.storage.engine import Engines, open_engines
from dialer.storage.outbox import SqlOutbox
from dialer.storage.scripts import SqlShelf
from dialer.storage.server import Server
from dialer.storage.steady import SteadyTime
from dialer.storage.views import SqlViews
from dialer.storage.work import SqlWorkViews


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that is kept, as its callers see it."""

    casebook: Casebook
    outbox: Outbox
    shelf: Shelf
    views: Views
    brake: Brake
    work: WorkDesk
    contacts: ContactViews
    lateness: Lateness
    clock: Clock  # the database's: the same for all who work on it
    read_time: Callable[[], Awaitable[None]]  # set the clock, before it is asked
    keep_time: Callable[[], Awaitable[None]]  # set it anew, every few seconds
    ahead: Callable[[], timedelta]  # by how much the clock is ahead of this machine's
    server: Server | None  # SQLite has none


@asynccontextmanager
async def open_storage(url: str) -> AsyncIterator[Storage]:
    """Open the database at this address, e.g. sqlite:///var/quanzu.db. Raises StorageDown, DiskFull, SettingsFault."""
    async with open_engines(url) as engines:
        storage = storage_over(engines)
        await storage.read_time()
        yield storage


def storage_over(engines: Engines) -> Storage:
    """Everything that is kept, in a database that is open."""
    server = Server(engines) if engines.over_server else None
    steady = SteadyTime(engines)
    return Storage(
        casebook=SqlCasebook(engines),
        outbox=SqlOutbox(engines),
        shelf=SqlShelf(engines),
        views=SqlViews(engines),
        brake=SqlBrake(engines),
        work=SqlWorkViews(engines),
        contacts=SqlContactViews(engines),
        lateness=SqlLateness(engines),
        clock=server.clock if server else steady,
        read_time=server.keep_time if server else steady.read,
        keep_time=server.keep_time if server else steady.follow,
        ahead=server.ahead if server else steady.ahead,
        server=server,
    )
