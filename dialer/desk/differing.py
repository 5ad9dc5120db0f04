"""What is otherwise: between two versions, and for the people who are rung.

Rule 1: call scripts and what intents know (code `intents`) are told alike, in words.
Rule 2: what a second person approves is shown to him, every sentence of it; who publishes sees the same.
"""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from dialer.console.scripts import SHOWN_OF_HASH, print_changes, print_heard_anew
from dialer.desk.book import open_book
from dialer.desk.scriptfiles import written, written_knowledge
from dialer.errors import NoSuchVersion, VersionUnreadable
from dialer.ports.shelf import Shelf, Version
from dialer.settings import Settings
from dialer.versions.knowledge import known_by
from dialer.versions.scripts import KNOWLEDGE, decoded
from voice.script.compare import Change, compare, heard_anew
from voice.script.compareknowledge import compare_knowledge
from voice.script.model import Script
from voice.script.source import did_you_mean
from voice.understanding.knowledge import Knowledge, shipped


async def show_difference(settings: Settings, code: str, first: str, second: str, console: Console) -> bool:
    """From the published version, or the one whose hash begins with `first`, to the file, or `second`. True: none."""
    async with open_book(settings) as storage:
        old = await named(storage.shelf, code, first)
        new = await named(storage.shelf, code, second) if second else None
    changes, digest = _differences(Path(settings.scripts.dir), code, old, new)
    print_changes(changes, console)
    told = f"{len(changes)} changes from {old.hash[:SHOWN_OF_HASH]} to {digest[:SHOWN_OF_HASH]}"
    console.print(told, highlight=False)
    return not changes


def _differences(directory: Path, code: str, old: Version, new: Version | None) -> tuple[list[Change], str]:
    if code == KNOWLEDGE:
        knowledge = known_by(new) if new else written_knowledge(directory)
        return compare_knowledge(known_by(old), knowledge), knowledge.hash
    script = decoded(new) if new else written(directory, code)
    return compare(decoded(old), script), script.hash


async def named(shelf: Shelf, code: str, beginning: str) -> Version:
    """The published version, or the one whose hash begins so. Raises NoSuchVersion."""
    if beginning:
        found = list(await shelf.find(code, beginning))
        if len(found) != 1:
            raise NoSuchVersion
        return found[0]
    current = await shelf.current(code)
    if current is None:
        hint = did_you_mean(code, await shelf.codes())
        raise NoSuchVersion(f"'{code}' was never published here, so there is nothing to compare with{hint}")
    return current


async def print_news(shelf: Shelf, scripts: Sequence[Script], knowledge: Knowledge | None, console: Console) -> None:
    """Before these are published: each sentence that people have not heard until now, with the scripts that say it."""
    said_by: dict[str, list[str]] = {}
    for script in scripts:
        old = await _current(shelf, script.code)
        if old is None:
            console.print(f"{script.code} is published for the first time: all of it is new", highlight=False)
            continue
        for text in heard_anew(old, script):
            said_by.setdefault(text, []).append(script.code)
    print_heard_anew(said_by, console)
    if knowledge is not None:
        version = await shelf.current(KNOWLEDGE)
        print_changes(compare_knowledge(known_by(version) if version else shipped(), knowledge), console)


async def print_proposal(shelf: Shelf, proposal: Version, console: Console) -> None:
    """What the second person answers for: every new sentence; of a first version, all."""
    if proposal.code == KNOWLEDGE:
        version = await shelf.current(KNOWLEDGE)
        print_changes(compare_knowledge(known_by(version) if version else shipped(), known_by(proposal)), console)
        return
    new = decoded(proposal)
    old = await _current(shelf, proposal.code)
    said = heard_anew(old, new)
    print_heard_anew({text: [new.code] for text in said}, console)
    if not said:
        console.print(f"{new.code}: no sentence is new; `quanzu scripts diff` shows what is", highlight=False)


async def _current(shelf: Shelf, code: str) -> Script | None:
    """The published script; one that cannot be read any more keeps nobody from publishing a better one."""
    version = await shelf.current(code)
    try:
        return decoded(version) if version else None
    except VersionUnreadable:
        return None
