"""One run of `quanzu demo` as its user sees it: its exit status, what it printed, and what lies in its directory afterwards."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dialer.calling.escalator import BRIEF_RATE_WPM
from dialer.ports.views import CaseStory
from dialer.settings import Settings, load
from dialer.storage import open_storage
from dialer.versions.scripts import Scripts
from tests.daemon import REPOSITORY, clean_environment
from tests.sound import Samples
from tests.telephone import read_wav
from voice.ports import SAMPLE_RATE, Prompts
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer

LONGEST_SECONDS = 200.0


@dataclass
class Demo:
    """A demo that runs, or has run."""

    folder: Path
    process: "subprocess.Popen[str]"
    begun: float = field(default_factory=time.monotonic)
    code: int = -1
    printed: str = ""
    seconds: float = 0.0

    def finish(self) -> "Demo":
        """Wait for its end."""
        try:
            self.printed, _ = self.process.communicate(timeout=LONGEST_SECONDS)
        finally:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)  # as Ctrl-C: it ends its telephones and its daemon first
                self.process.wait()
        self.seconds = time.monotonic() - self.begun
        self.code = self.process.returncode
        return self

    @property
    def summary(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))
        return found

    def call(self, role: str) -> Mapping[str, Any]:
        """What the summary says of this citizen's call."""
        [call] = [call for call in self.summary["calls"] if call["role"] == role]
        return dict(call)

    def settings(self) -> Settings:
        return load(self.folder / "demo.toml", {})

    async def story(self, role: str) -> CaseStory:
        """The whole case of this citizen, from the casebook."""
        async with open_storage(self.settings().database_url) as storage:
            story = await storage.views.story(self.call(role)["case"])
        assert story is not None
        return story

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(f"file:{self.folder / 'quanzu.sqlite3'}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query, values)]

    def heard_by(self, phone: str) -> Samples:
        """All that this telephone heard, from its answer to its end."""
        return read_wav(self.folder / "phones" / phone / "heard.wav")[0]

    def sent_by(self, phone: str) -> Samples:
        return read_wav(self.folder / "phones" / phone / "sent.wav")[0]

    def recording(self, role: str) -> Sequence[Samples]:
        """Our own: left and right."""
        return read_wav(Path(self.call(role)["recording"]))

    async def bridged_at(self, role: str) -> int:
        """The sample of this citizen's call from which he and the officer heard each other."""
        story = await self.story(role)
        attempt = story.attempts[0]
        bridged = attempt.escalations[-1].bridged_at
        assert bridged is not None
        assert attempt.answered_at is not None
        return int((bridged - attempt.answered_at).total_seconds() * SAMPLE_RATE)

    async def prompts(self) -> Mapping[str, Samples]:
        """Every sentence of the script as it was rendered before the calls."""
        settings = self.settings()
        async with open_storage(settings.database_url) as storage:
            published = await Scripts(storage.shelf, settings.centre).published()
        [script] = [script for script in published if script.code == "flight_refund"]
        texts = [sentence.text for sentence in script.sentences.values()]
        return await self._rendered(texts, script.rate_wpm)

    async def brief(self) -> Samples:
        """What the officer was to be told, as it was rendered."""
        text = self.call("transferred")["officer"]["brief"]
        return (await self._rendered([text], BRIEF_RATE_WPM))[text]

    async def _rendered(self, texts: Sequence[str], rate_wpm: int) -> Mapping[str, Samples]:
        """From the demo's own cache; it must have them, for they were to be said."""
        folder = self.folder / "prompts"
        before = set(folder.iterdir())
        speech = SpeechSettings(voice=self.settings().speech.voice)
        async with open_synthesizer(speech) as synthesizer:
            cache: Prompts = PromptCache(folder, synthesizer, speech)
            found = await cache.render(texts, rate_wpm)
        assert set(folder.iterdir()) == before, "sentences were not rendered before they were to be said"
        return {text: read_wav(Path(prompt.path))[0] for text, prompt in found.items()}


def start(folder: Path, seed: int, **environ: str) -> Demo:
    """`quanzu demo`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dialer", "demo", "--dir", str(folder), "--seed", str(seed)],
        cwd=REPOSITORY,
        env={**clean_environment(), **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    return Demo(folder, process)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Demos:
    """One whose citizens speak, one whose citizens do not. Both have ended."""

    spoken: Demo
    silent: Demo
