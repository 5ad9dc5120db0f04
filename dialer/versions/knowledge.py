"""What intents know, as calls use it: the published version as a file that call workers read.

Rule 1: a file is named after the hash of what it holds, written once and never changed; workers of earlier calls may still read it.
Rule 2: without a published version, or with one that is the shipped one, there is no file: every worker has the shipped one in memory.
Rule 3: a version that cannot be read or written down costs no call: the shipped one is used, and the log says so.
"""

from datetime import datetime
from pathlib import Path

import structlog

from dialer.errors import VersionUnreadable
from dialer.ports.shelf import Shelf, Version
from dialer.versions.scripts import KNOWLEDGE
from voice.understanding.knowledge import Knowledge, decode, encode, shipped

log = structlog.get_logger(__name__)


class PublishedKnowledge:
    """Hands out the file of the current version."""

    def __init__(self, shelf: Shelf, directory: Path) -> None:
        self._shelf, self._directory = shelf, directory.resolve()

    async def file(self) -> str:
        """The path for a call's order; empty: the shipped knowledge."""
        version = await self._shelf.current(KNOWLEDGE)
        if version is None or version.hash == shipped().hash:
            return ""
        path = self._directory / f"{version.hash}.json"
        if not path.exists():
            try:
                self._write(path, version)
            except (OSError, ValueError) as fault:
                advice = "publish the intents again, or free space; calls use the knowledge of this release"
                log.error(
                    "published knowledge not usable", version=version.hash, fault=type(fault).__name__, advice=advice
                )
                return ""
        return str(path)

    def _write(self, path: Path, version: Version) -> None:
        decode(version.content.encode())
        self._directory.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(version.content, encoding="utf-8")
        part.replace(path)


def version_of(knowledge: Knowledge, author: str, note: str, at: datetime) -> Version:
    """What intents know as it lies on the shelf."""
    return Version(KNOWLEDGE, knowledge.hash, encode(knowledge).decode(), at, author, note)


def known_by(version: Version) -> Knowledge:
    """The knowledge of a version. Raises VersionUnreadable."""
    try:
        return decode(version.content.encode())
    except ValueError:
        raise VersionUnreadable from None
