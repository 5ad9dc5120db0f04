"""What the command line does with versions of call scripts: puts them on the shelf and shows them, from outside the daemon.

Rule 1: nothing is published that has not come through the gate, all that is named together or nothing.
Rule 2: prompts are rendered into the cache that the daemon on this machine uses, before the switch.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console

from dialer.clock import SystemClock
from dialer.console.scripts import SHOWN_OF_HASH, history_table, list_table, print_rehearsals
from dialer.desk.book import open_book
from dialer.desk.differing import print_news, print_proposal
from dialer.desk.scriptfiles import rehearse_codes
from dialer.domain.alert import FraudType
from dialer.errors import NoSuchVersion
from dialer.settings import Settings
from dialer.sounding import SOUND, bar, heard, open_mouth
from dialer.storage import Storage, open_storage
from dialer.versions.publishing import Publisher, Signed
from dialer.versions.scripts import KNOWLEDGE, Scripts
from voice.script.gate import Examined, check, files
from voice.script.knowledge import FOLDER, examine_knowledge
from voice.script.source import did_you_mean

RENDERING = "rendering prompts"


async def publish_codes(settings: Settings, codes: Sequence[str], signed: Signed, console: Console) -> bool:
    """Publish, or propose, these or all; False: the gate is shut, and why was printed.

    What intents know is published by its own code, after every script was rehearsed with it, or with all.
    """
    directory = Path(settings.scripts.dir)
    every = not codes or KNOWLEDGE in codes
    examined, _ = rehearse_codes(directory, [] if every else codes)
    if all(each.passed for each in examined):
        examined = await _measured(settings, examined, console)
    bad = [each for each in examined if not each.passed]
    if bad:
        print_rehearsals(bad, [], console)
        console.print(f"nothing is published: {len(bad)} of {len(examined)} scripts have mistakes", highlight=False)
        return False
    scripts = [each.script for each in examined if each.script is not None and (not codes or each.code in codes)]
    knowledge = examine_knowledge(directory / FOLDER)[0] if every else None
    propose = settings.scripts.approval
    async with _open(settings) as (storage, publisher):
        await print_news(storage.shelf, scripts, knowledge, console)
        with bar(console, RENDERING) as told:
            done = await publisher.publish(scripts, signed, knowledge=knowledge, propose=propose, progress=told)
        waiting = {version.code for version in await storage.shelf.proposals()}
    hashes = {script.code: script.hash for script in scripts} | ({KNOWLEDGE: knowledge.hash} if knowledge else {})
    for code, digest in hashes.items():
        name = f"{code} {digest[:SHOWN_OF_HASH]}"
        if code not in done:
            print(f"{name} {'waits for approval' if code in waiting else 'is published'} already")
        elif propose:
            print(f"{name} proposed; somebody else: quanzu scripts approve {name} --by NAME")
        else:
            print(f"{name} published")
    for script in scripts:
        if script.code in done and script.code not in set(FraudType):
            print(f"the ministry has no fraud type {script.code}; alerts name it '{script.code}' or '{script.title}'")
    return True


async def _measured(settings: Settings, examined: Sequence[Examined], console: Console) -> list[Examined]:
    """Those that are news checked again, with lengths as the voice has them: their sentences are rendered now anyway."""
    async with open_storage(settings.database_url) as storage:
        current = {each.code: await storage.shelf.current(each.code) for each in examined}
    hashes = {code: version.hash if version else "" for code, version in current.items()}
    news = [each for each in examined if each.script is not None and each.script.hash != hashes[each.code]]
    checked = await heard(settings, partial(check, [each.path for each in news]), console) if news else []
    wrong = {each.code: each.findings for each in checked if not each.passed}
    return [replace(each, findings=wrong.get(each.code, each.findings)) for each in examined]


async def approve_version(settings: Settings, code: str, beginning: str, signed: Signed, console: Console) -> None:
    """Be the second person: what people will hear anew is printed, and then it is so."""
    async with _open(settings) as (storage, publisher):
        await print_proposal(storage.shelf, await publisher.proposed(code, beginning), console)
        with bar(console, RENDERING) as told:
            version = await publisher.approve(code, beginning, signed, told)
    print(f"{code} {version.hash[:SHOWN_OF_HASH]} of {version.author} approved by {signed.who}, published")


async def roll_back(settings: Settings, code: str, beginning: str, signed: Signed, console: Console) -> None:
    """Go back to an earlier version."""
    async with _open(settings) as (_, publisher):
        with bar(console, RENDERING) as told:
            version = await publisher.roll_back(code, beginning, signed, told)
    print(f"{code} {version.hash[:SHOWN_OF_HASH]} is the published version again")


async def show_list(settings: Settings, console: Console) -> None:
    """Every script: what calls follow, whether the file says the same, and what waits for a second person."""
    examined = {each.code: each for each in check(files(Path(settings.scripts.dir)).values(), SOUND)}
    async with open_storage(settings.database_url) as storage:
        codes = [code for code in await storage.shelf.codes() if code != KNOWLEDGE]
        current = {code: await storage.shelf.current(code) for code in dict.fromkeys((*codes, *examined))}
        waiting = await storage.shelf.proposals()
    console.print(list_table(current, examined, waiting, settings.centre.zone))


async def show_history(settings: Settings, code: str, console: Console) -> None:
    """Who did what with this script. Raises NoSuchVersion."""
    async with open_book(settings) as storage:
        lines = await storage.shelf.log(code)
        current = await storage.shelf.current(code)
        codes = await storage.shelf.codes()
    if not lines:
        raise NoSuchVersion(f"'{code}' was never published here{did_you_mean(code, codes)}")
    console.print(history_table(lines, current.hash if current else "", settings.centre.zone))


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[Storage, Publisher]]:
    async with open_storage(settings.database_url) as storage, open_mouth(settings) as mouth:
        yield storage, Publisher(storage.shelf, Scripts(storage.shelf, settings.centre), mouth, SystemClock())
