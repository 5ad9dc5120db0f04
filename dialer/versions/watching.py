"""Script files beside a running daemon: published once when there is nothing yet, afterwards only looked at. The one room that knows watchfiles.

Rule 1: a file never replaces a published version by itself. The one exception is a shelf without any script.
Rule 2: an edited file is checked and rehearsed at once, and what is wrong with it, or that it is not published yet, is told in the log.
Rule 3: directories are watched, never files: an editor replaces a file by renaming another, and a watch on it would go with it.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable
from contextlib import aclosing
from pathlib import Path

import structlog
from watchfiles import Change, awatch

from dialer.errors import DialerError
from dialer.ports.shelf import Shelf
from dialer.versions.publishing import Publisher, Signed
from dialer.versions.scripts import KNOWLEDGE, Scripts
from voice.errors import VoiceError
from voice.script.gate import UNHEARD, Examined, Sound, check, examine, files
from voice.script.knowledge import FOLDER, examine_knowledge
from voice.understanding.knowledge import Knowledge, shipped

SHARED = "shared"
_DEEPEST = 3  # folders: shared/intents/patterns
DEBOUNCE_MS = 400  # an editor writes several times for one save
REST_SECONDS = 30.0  # before a folder that cannot be watched is tried again
MOST_TOLD = 20  # findings of one script; `quanzu scripts check` shows all
NO_SCRIPT = "set scripts.dir to the folder of the scripts, and `quanzu scripts publish`; none is good in"
DAEMON = Signed("daemon", "found in the script folder by the first start")

log = structlog.get_logger(__name__)


class ScriptFiles:
    """The folder that admins edit."""

    def __init__(
        self,
        directory: Path,
        shelf: Shelf,
        scripts: Scripts,
        publisher: Publisher,
        *,
        approval: bool,
        sound: Sound = UNHEARD,
    ) -> None:
        self._directory, self._shelf, self._sound = directory, shelf, sound
        self._scripts, self._publisher, self._approval = scripts, publisher, approval

    async def first_publication(self) -> None:
        """Publish what passes the gate, when no script was ever published here."""
        if await self._scripts.codes() or await self._shelf.proposals():
            return
        examined = await self._examined()
        for each in examined:
            _tell_mistakes(each)
        good = [each.script for each in examined if each.passed and each.script is not None]
        knowledge = await self._unpublished_knowledge()
        for code in await self._publisher.publish(
            good, DAEMON, knowledge=knowledge, propose=self._approval, rendered=False
        ):
            log.info("script proposed" if self._approval else "script published", script=code)
        if not good:
            folder = self._directory.absolute()
            log.error("no script is published, nobody is rung", advice=f"{NO_SCRIPT} {folder}", folder=folder.name)
        if self._approval and good:
            log.warning("nobody is rung until a second person has approved a script", advice="quanzu scripts list")

    async def run(self) -> None:
        """Tell what is not as published, now and after every change. Until cancelled."""
        while True:
            begun = False
            try:
                async with aclosing(changed_codes(self._directory)) as changes:
                    async for codes in changes:
                        await self._tell(codes, edited=begun)
                        begun = True
            except (OSError, RuntimeError):  # gone, or no watches left; RuntimeError is what comes out of Rust
                log.warning("script folder cannot be watched, trying again", folder=self._directory.name)
            await asyncio.sleep(REST_SECONDS)

    async def _tell(self, codes: Collection[str], *, edited: bool) -> None:
        try:
            codes = codes if edited else await self._suspect(codes)
            for each in await self._examined(codes) if codes else ():
                if _tell_mistakes(each):
                    continue
                if not await self._as_published(each):
                    advice = f"quanzu scripts publish {each.code}"
                    log.info("script file is good and not published yet", script=each.code, advice=advice)
                elif edited:
                    log.info("script file is as published", script=each.code)
            if await self._unpublished_knowledge() is not None:
                advice = f"quanzu scripts publish {KNOWLEDGE}"
                log.info("intents are good and not published yet", advice=advice)
        except (DialerError, VoiceError) as fault:
            log.error("script files cannot be compared with what is published", advice=str(fault))

    async def _suspect(self, codes: Collection[str]) -> Collection[str]:
        """Of these scripts those whose file is not as published; without their rehearsals, for this is asked at every start."""
        known = files(self._directory)
        checked = await asyncio.to_thread(check, [known[code] for code in codes], self._sound)
        return [each.code for each in checked if not each.passed or not await self._as_published(each)]

    async def _as_published(self, examined: Examined) -> bool:
        version = await self._shelf.current(examined.code)
        return version is not None and examined.script is not None and version.hash == examined.script.hash

    async def _unpublished_knowledge(self) -> Knowledge | None:
        """What the folder's intents know, if that is good and not what calls are understood by."""
        knowledge = (await asyncio.to_thread(examine_knowledge, self._directory / FOLDER))[0]
        version = await self._shelf.current(KNOWLEDGE)
        in_use = version.hash if version else shipped().hash
        return knowledge if knowledge is not None and knowledge.hash != in_use else None

    async def _examined(self, codes: Collection[str] = ()) -> list[Examined]:
        """In a thread: seconds of thinking, and calls are being conducted."""
        return (await asyncio.to_thread(examine, self._directory, codes, self._sound))[0]


async def changed_codes(directory: Path) -> AsyncGenerator[Collection[str], None]:
    """All codes, as soon as no change is missed any more; then those whose script was changed, or its rehearsals, or what all share."""
    changes = awatch(directory, watch_filter=_is_script, debounce=DEBOUNCE_MS)
    coming = asyncio.ensure_future(anext(changes))
    try:
        await asyncio.sleep(0)  # awatch sets its watch before it waits for the first time
        yield files(directory).keys()
        while True:
            yield _codes(directory, (Path(name) for _, name in await coming))
            coming = asyncio.ensure_future(anext(changes))
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _is_script(_change: Change, name: str) -> bool:
    path = Path(name)
    return path.suffix == ".yaml" and not path.name.startswith(".")


def _codes(directory: Path, paths: Iterable[Path]) -> frozenset[str]:
    known = files(directory)
    found: set[str] = set()
    for path in paths:
        shared = SHARED in path.parent.parts[-_DEEPEST:]
        found |= known.keys() if shared else {path.stem} & known.keys()
    return frozenset(found)


def _tell_mistakes(examined: Examined) -> bool:
    """Say what is wrong with it, if anything is."""
    for finding in [finding for finding in examined.findings if not finding.blocks][:MOST_TOLD]:
        log.warning("script is worth a look", script=examined.code, finding=str(finding))
    wrong = [str(finding) for finding in examined.findings if finding.blocks]
    wrong += [fault for result in examined.failed for fault in result.faults]
    for mistake in wrong[:MOST_TOLD]:
        log.error("script has a mistake, its last good version stays in use", script=examined.code, finding=mistake)
    if len(wrong) > MOST_TOLD:
        log.error("script has more mistakes", script=examined.code, more=len(wrong) - MOST_TOLD)
    return bool(wrong)
