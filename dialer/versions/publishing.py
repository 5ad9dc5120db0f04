"""Puts versions of call scripts, and of what intents know, on the shelf.

Rule 1: prompts are rendered before the switch, so no call waits for a sentence of a version that has just become current. Only
        the very first publication does not: without it there would be nothing to say at all.
Rule 2: a switch is one transaction over all scripts that are published together: shared words change for all of them at once.
Rule 3: going back to an older version needs no second person: it was published once, and it may have to be quick.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from dialer.errors import AlreadyCurrent, NoSuchVersion, NotProposed, Unsigned
from dialer.ports import Clock
from dialer.ports.shelf import Deed, Shelf, Version
from dialer.versions.knowledge import version_of as knowledge_version
from dialer.versions.mouth import Mouth
from dialer.versions.scripts import KNOWLEDGE, Scripts, decoded, renderings, version_of
from voice.script.model import Script
from voice.understanding.knowledge import Knowledge

AT_ONCE = 8  # sentences between two looks at the progress
SHORTEST_HASH = 4  # nobody approves by accident what he has not looked at
Progress = Callable[[int, int], None]  # sentences that are ready, and all of them


@dataclass(frozen=True, slots=True)
class Signed:
    """Who does it, and why. Blanks around a name do not make another person of him. Raises Unsigned."""

    who: str
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "who", self.who.strip())
        if not self.who:
            raise Unsigned

    @property
    def reasoned(self) -> "Signed":
        """The same; a switch needs its reason. Raises Unsigned."""
        if not self.note.strip():
            raise Unsigned
        return self


def _untold(_ready: int, _all: int) -> None:
    pass


class Publisher:
    """Renders, then switches."""

    def __init__(self, shelf: Shelf, scripts: Scripts, mouth: Mouth, clock: Clock) -> None:
        self._shelf, self._scripts, self._mouth, self._clock = shelf, scripts, mouth, clock

    async def publish(
        self,
        scripts: Sequence[Script],
        signed: Signed,
        *,
        knowledge: Knowledge | None = None,
        propose: bool = False,
        rendered: bool = True,
        progress: Progress = _untold,
    ) -> Sequence[str]:
        """Make these the current ones, or proposals; the codes for which that is news. The caller has sent them through the gate."""
        now, news = self._clock.now(), [script for script in scripts if await self._is_news(script.code, script.hash)]
        versions = [version_of(script, signed.who, signed.note, now) for script in news]
        if knowledge is not None and await self._is_news(KNOWLEDGE, knowledge.hash):
            versions.append(knowledge_version(knowledge, signed.who, signed.note, now))
        if not versions:
            return ()
        await self._keep(news)
        if rendered:
            await self.render(news, progress)
        return await (self._shelf.propose(versions) if propose else self._shelf.publish(versions))

    async def approve(self, code: str, beginning: str, signed: Signed, progress: Progress = _untold) -> Version:
        """Make a proposal the current version. Raises NotProposed, OwnProposal."""
        waiting = await self.proposed(code, beginning)
        await self._make_ready(waiting, progress)
        return await self._shelf.approve(code, waiting.hash, by=signed.who, note=signed.note, at=self._clock.now())

    async def proposed(self, code: str, beginning: str) -> Version:
        """The proposal whose hash begins so. Raises NotProposed."""
        if len(beginning) < SHORTEST_HASH:
            raise NotProposed(f"Give at least {SHORTEST_HASH} characters of the hash that you have read.")
        waiting = [v for v in await self._shelf.proposals(code) if v.hash.startswith(beginning)]
        if len(waiting) != 1:
            raise NotProposed
        return waiting[0]

    async def roll_back(self, code: str, beginning: str, signed: Signed, progress: Progress = _untold) -> Version:
        """Make an earlier version the current one again; without a hash, the one before. Raises NoSuchVersion, AlreadyCurrent."""
        if not await self._shelf.current(code):
            raise NoSuchVersion(f"'{code}' was never published here; there is nothing to go back to.")
        earlier = await (self._named(code, beginning) if beginning else self._before(code))
        await self._make_ready(earlier, progress)
        version = replace(earlier, author=signed.who, note=signed.note, published_at=self._clock.now())
        if not await self._shelf.publish([version], Deed.ROLLED_BACK):
            raise AlreadyCurrent
        return version

    async def render(self, scripts: Iterable[Script], progress: Progress = _untold) -> None:
        """Have every sentence of these scripts ready. Raises SpeechDown, PromptsNotStored, Unspeakable."""
        spoken = [list(renderings(self._scripts.fill(script))) for script in scripts]
        first = [each[0] for each in spoken]  # what most people hear
        rest = [rendering for each in spoken for rendering in each[1:]]
        pairs = list(dict.fromkeys((rate, text) for rate, texts in (*first, *rest) for text in texts))
        for ready in range(0, len(pairs), AT_ONCE):
            progress(ready, len(pairs))
            for rate in {rate for rate, _ in pairs[ready : ready + AT_ONCE]}:
                await self._mouth.voice.render([t for r, t in pairs[ready : ready + AT_ONCE] if r == rate], rate)
        progress(len(pairs), len(pairs))

    async def _keep(self, scripts: Iterable[Script]) -> None:
        """No version becomes current whose recordings are not ours. Raises RecordedSentenceLost, PromptsNotStored."""
        for sentence in (each for script in scripts for each in script.sentences.values() if each.recording):
            await self._mouth.recorded.prompt(sentence.recording, sentence.recording_sha256, sentence.text)

    async def _make_ready(self, version: Version, progress: Progress) -> None:
        if version.code != KNOWLEDGE:  # which nobody speaks
            script = decoded(version)
            await self._keep([script])
            await self.render([script], progress)

    async def _is_news(self, code: str, content_hash: str) -> bool:
        current = await self._shelf.current(code)
        return current is None or current.hash != content_hash

    async def _named(self, code: str, beginning: str) -> Version:
        once_current = {line.hash for line in await self._shelf.log(code) if line.deed is not Deed.PROPOSED}
        found = [v for v in await self._shelf.find(code, beginning) if v.hash in once_current]
        if len(found) != 1:
            raise NoSuchVersion
        return found[0]

    async def _before(self, code: str) -> Version:
        """The version that was current before the present one."""
        hashes = [line.hash for line in await self._shelf.log(code) if line.deed is not Deed.PROPOSED]
        earlier = [each for each in hashes if each != hashes[-1]]
        if not earlier:
            raise NoSuchVersion(f"'{code}' has never had another version than the published one.")
        return await self._named(code, earlier[-1])
