"""The two engines of a database, and the migrations between them.

Rule 1: the writer begins IMMEDIATE and has one connection: read-then-write under a plain BEGIN fails with "database is
        locked" at once, whatever the timeout (finding: 681 of 1200), and one connection makes the queue ours and fair.
Rule 2: the reader begins plainly, is query_only, and never waits for a writer (WAL).
Rule 3: inside a transaction only the database is awaited: whoever opens a second one inside waits for himself.
Rule 4: with PostgreSQL the reader sees one moment as well, and rows are locked in one order (dialer/storage/locks.py).
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from dialer.errors import SettingsFault
from dialer.storage.faults import told_as_ours

BUSY_MS = 15_000  # how long another process may hold the writer's lock before it counts as a fault
CONNECTIONS = 16  # of one process to PostgreSQL at most; a heartbeat that waits for one costs the lease
CONNECT_SECONDS = 5
_MIGRATION_LOCK = 0x9_6110  # any number that is ours
_SESSION = {
    "application_name": "quanzu",
    "synchronous_commit": "on",  # whatever the server's own habit: what is committed before an INVITE must outlive a crash
    "idle_in_transaction_session_timeout": "5000",  # a node that stands still, or is cut off, gives its locks back
}
_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITER = (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_READER = (f"busy_timeout={BUSY_MS}", "query_only=ON")


class _Closing(sqlite3.Connection):
    """Lets go of the writer's lock when it is closed.

    A trap: a task that is cancelled between a query and its rows leaves a cursor behind, SQLite then keeps a closed connection
    and its transaction alive until that cursor is collected, and everybody else waits for the lock and fails.
    """

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()
        super().close()


@dataclass(frozen=True, slots=True)
class Engines:
    """One for writing, one for looking. With PostgreSQL they share their connections."""

    writer: AsyncEngine
    reader: AsyncEngine

    @property
    def over_server(self) -> bool:
        """Other nodes may work on this database, too."""
        return self.writer.dialect.name == "postgresql"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed when the block ends, undone when it raises."""
        with told_as_ours():
            async with self.writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent look."""
        with told_as_ours():
            async with self.reader.begin() as connection:
                yield connection


@asynccontextmanager
async def open_engines(url: str) -> AsyncIterator[Engines]:
    """Open the database, bring its tables up to date, and close it at the end."""
    address = _address(url)
    engines = _sqlite(address) if address.get_backend_name() == "sqlite" else _server(address)
    try:
        await _bring_up_to_date(address, engines)
        yield engines
    finally:
        await engines.writer.dispose()
        await engines.reader.dispose()


async def _bring_up_to_date(address: URL, engines: Engines) -> None:
    """On a server over a connection of its own: an index over millions of rows takes longer than any other statement may."""
    if not engines.over_server:
        async with engines.write() as connection:
            await connection.run_sync(migrate)
        return
    patient = create_async_engine(
        address, poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS, "server_settings": _SESSION}
    )
    with told_as_ours():
        async with patient.begin() as connection:
            await connection.run_sync(migrate)


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to this revision. Of several processes that start at once one does it and the others wait."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingsFault(["storage.url is not a database address, e.g. sqlite:///var/quanzu.db"]) from None
    match address.get_backend_name():
        case "sqlite":
            return address.set(drivername="sqlite+aiosqlite")
        case "postgresql":
            return address.set(drivername="postgresql+asyncpg")  # bare, the name means psycopg to SQLAlchemy 2.1
        case other:
            raise SettingsFault([f"storage.url names {other}; Quanzu keeps its casebook in sqlite or postgresql"])


def database_file(url: str) -> Path | None:
    """The file of this database; None: it lies on a server."""
    address = _address(url)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database))


def _sqlite(address: URL) -> Engines:
    if not address.database or address.database == ":memory:":
        raise SettingsFault(
            ["storage.url names no file; a casebook in memory would be lost, e.g. sqlite:///var/quanzu.db"]
        )
    with told_as_ours():
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    writer = create_async_engine(
        address,
        pool_size=1,
        max_overflow=0,
        pool_timeout=BUSY_MS / 1000,
        connect_args={"factory": _Closing},
    )
    reader = create_async_engine(address, pool_size=4, max_overflow=0, pool_timeout=BUSY_MS / 1000)
    _prepare(writer, _WRITER, "BEGIN IMMEDIATE")
    _prepare(reader, _READER, "BEGIN")
    return Engines(writer, reader)


def _server(address: URL) -> Engines:
    writer = create_async_engine(
        address,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY_MS / 1000,
        pool_pre_ping=True,  # a server that was restarted costs no transaction
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": BUSY_MS / 1000, "server_settings": _SESSION},
    )
    return Engines(writer, writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True))


def _prepare(engine: AsyncEngine, pragmas: tuple[str, ...], begin: str) -> None:
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be a plain one, and late
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
