"""The shelf: versions of what admins write, and who switched to which. A port; `dialer.storage` holds it.

Rule 1: a version is never changed or removed. What was published last is the current one of its code.
Rule 2: nobody here looks into a content: call scripts lie on the shelf, and what intents know (code `intents`).
Rule 3: every switch, and every wish for one, is a line in a log that is only ever added to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one thing. The same content has the same hash."""

    code: str
    hash: str
    content: str = field(repr=False)
    published_at: datetime  # of a proposal: when it was proposed
    author: str
    note: str


class Deed(StrEnum):
    """What somebody did with a version."""

    PUBLISHED = "published"  # made it the current one
    PROPOSED = "proposed"  # asked a second person to
    APPROVED = "approved"  # was that second person; it is the current one now
    ROLLED_BACK = "rolled_back"  # made an older one the current one again


@dataclass(frozen=True, slots=True)
class LogLine:
    """Who did what with which version."""

    code: str
    hash: str
    deed: Deed
    who: str
    note: str
    at: datetime


class Shelf(Protocol):
    """Published versions. The last good one is always there."""

    async def publish(self, versions: Sequence[Version], deed: Deed = Deed.PUBLISHED) -> Sequence[str]:
        """Make each the current one of its code, all at once; the codes that had another one, or none, until now."""

    async def propose(self, versions: Sequence[Version]) -> Sequence[str]:
        """Lay each beside the current one, for a second person; the codes for which it did not lie there yet."""

    async def proposals(self, code: str = "") -> Sequence[Version]:
        """Open ones, oldest first: those since whose proposal nothing else was made current."""

    async def approve(self, code: str, version_hash: str, *, by: str, note: str, at: datetime) -> Version:
        """Make a proposed version the current one. Raises NotProposed, OwnProposal."""

    async def current(self, code: str) -> Version | None: ...

    async def by_hash(self, version_hash: str) -> Version | None: ...

    async def find(self, code: str, beginning: str) -> Sequence[Version]:
        """Versions of this code, published or proposed, whose hash begins so; each hash once, the newest first."""

    async def codes(self) -> Sequence[str]:
        """Codes that have a published version."""

    async def log(self, code: str = "") -> Sequence[LogLine]:
        """Of one code or of all, oldest first."""
