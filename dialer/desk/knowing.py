"""Which knowledge a command understands by. What it was is always said: figures of another one are figures of something else.

Rule: as everywhere where an admin tries something before it is published, it is the folder that he edits, unless he says otherwise.
"""

from dataclasses import dataclass
from pathlib import Path

from dialer.desk.book import open_book
from dialer.desk.scriptfiles import written_knowledge
from dialer.desk.whose import Whose
from dialer.settings import Settings
from dialer.versions.knowledge import known_by
from dialer.versions.scripts import KNOWLEDGE
from voice.script.knowledge import FOLDER
from voice.understanding.knowledge import Knowledge, shipped

SHOWN_OF_HASH = 12


@dataclass(frozen=True, slots=True)
class Known:
    """What intents know, and where that is from."""

    knowledge: Knowledge
    source: str

    def __str__(self) -> str:
        same = "" if self.knowledge.hash != shipped().hash else ", the same as shipped"
        return f"understood by {self.source}: intents {self.knowledge.hash[:SHOWN_OF_HASH]}{same}"


async def knowledge_of(settings: Settings, whose: Whose) -> Known:
    """Raises ScriptFault when the folder's does not compile, NoCasebook."""
    match whose:
        case Whose.SHIPPED:
            return Known(shipped(), "what this release came with")
        case Whose.FOLDER:
            directory = Path(settings.scripts.dir)
            return Known(written_knowledge(directory), f"the folder {directory / FOLDER}")
        case Whose.PUBLISHED:
            async with open_book(settings) as storage:
                version = await storage.shelf.current(KNOWLEDGE)
            return Known(known_by(version) if version else shipped(), "what is published")
