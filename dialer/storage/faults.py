"""Where the database's exceptions die and come out as ours.

Rule 1: no message of the driver is passed on; it may hold the row, and the row may hold a number.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from asyncpg import InterfaceError, PostgresError
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dialer.errors import CaseConflict, DialerError, DiskFull, StorageDown

# Classes and codes of PostgreSQL, appendix A of its manual.
_DISK_FULL = "53100"
_OTHERS_FIRST = ("40001", "40P01")  # could not serialise; two transactions waited for one another, and ours gave way
_REFUSED = ("28", "3D", "42501")  # who we are, or of which database
_AWAY = ("08", "57P", "53300")  # not connected any more, shut down or starting up, no connection left for us


@contextmanager
def told_as_ours() -> Iterator[None]:
    """Around every use of the database."""
    try:
        yield
    except (SQLAlchemyError, CommandError, OSError, PostgresError, InterfaceError) as fault:
        raise _ours(fault) from None


def _ours(fault: Exception) -> DialerError:
    if isinstance(fault, IntegrityError):
        return CaseConflict()
    if isinstance(fault, DBAPIError):
        return _of_driver(fault.orig)
    if isinstance(fault, PostgresError | InterfaceError):  # from where the driver is asked itself, as for what it hears
        return _of_driver(fault)
    if isinstance(fault, PoolTimeout):
        return StorageDown("The database is too slow for what is asked of it. Look at the machine's load and its disk.")
    if isinstance(fault, CommandError):
        return StorageDown("The database was made by another version of Quanzu. Install that version, or a newer one.")
    if isinstance(fault, OSError):
        return StorageDown(f"The database cannot be used: {fault.strerror or type(fault).__name__}. Check storage.url.")
    return StorageDown()


def _of_driver(fault: BaseException | None) -> DialerError:
    words, code = str(fault).lower(), str(getattr(fault, "sqlstate", None) or "")
    if "disk is full" in words or code == _DISK_FULL:
        return DiskFull()
    if code in _OTHERS_FIRST:
        return CaseConflict()
    if code.startswith(_REFUSED):
        return StorageDown(
            "PostgreSQL refuses us: it has no such database or user, or not that password. Check storage.url."
        )
    if code.startswith(_AWAY):
        return StorageDown("PostgreSQL does not answer, or lets nobody in. It is tried again; nothing was changed.")
    if "locked" in words:
        return StorageDown("The database is locked by another process for too long. End it; nothing was changed.")
    if "readonly" in words or "unable to open" in words:
        return StorageDown("The database file cannot be written. Check storage.url and the folder's permissions.")
    if "disk i/o error" in words:
        return StorageDown(
            "The disk of the database cannot be written or read: it is full, or it fails. Free some space."
        )
    if "not a database" in words or "malformed" in words:
        return StorageDown("The database file is damaged. Restore the latest copy; see docs/operating.md.")
    if code:
        return StorageDown(
            f"PostgreSQL does not take what it is given (SQLSTATE {code}). Tell whoever looks after Quanzu."
        )
    return StorageDown()
