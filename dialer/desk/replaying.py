"""`quanzu replay`: a call as it was recorded, through its own version of the script, another version, or a file."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from dialer.console.replay import print_replay
from dialer.desk.book import case_named, open_book
from dialer.desk.differing import named
from dialer.desk.scriptfiles import read_script, written
from dialer.errors import NoSuchVersion, NotOnFile, NotRecorded
from dialer.ports.shelf import Shelf
from dialer.settings import Settings
from dialer.versions.scripts import decoded
from voice.record import read
from voice.replay import Replayed, replay
from voice.script.model import Script

FILE = "file"


async def replay_call(settings: Settings, call: str, through: str, console: Console) -> bool:
    """Play it and show it; True: all of it came out as in the call. Raises NotRecorded, NoSuchVersion."""
    async with open_book(settings) as storage:
        recorded = await storage.views.recorded_call(call)
        if recorded is None:  # the end of a case's id, as lists show it
            with suppress(NotOnFile):
                recorded = await storage.views.recorded_call(await case_named(storage, call))
        if recorded is None:
            raise NotRecorded
        own = await storage.shelf.by_hash(recorded.script_hash)
        if own is None:
            raise NoSuchVersion("the version of the script that this call followed is not in this database")
        script = decoded(own)
        other = await _other(settings, storage.shelf, script.code, through) if through else None
    head, lines = read(recorded.lines)
    played: Sequence[Replayed] = list(replay(script, head, lines, other))
    print_replay(played, len(lines), script.hash, other.hash if other else "", console)
    return all(each.same for each in played)


async def _other(settings: Settings, shelf: Shelf, code: str, through: str) -> Script:
    """`file`: the script of this code as it lies in the folder; else a path; else the beginning of a hash."""
    if through == FILE:
        return written(Path(settings.scripts.dir), code)
    if Path(through).is_file():
        return read_script(Path(through))
    return decoded(await named(shelf, code, through))
