"""How the robot speaks, as one value, and which espeak-ng it speaks with."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path

from voice.tts.voices import ROBOT


@dataclass(frozen=True)
class SpeechSettings:
    """Everything that changes how a sentence sounds, and how long we wait for it."""

    voice: str = ROBOT
    rate_wpm: int = 160  # of `say` when the caller names none
    pitch: int = 50  # 0..99
    espeak_library: str = ""  # empty: the one in the espeakng-loader wheel; else a libespeak-ng.so.1
    espeak_data: str = ""  # the espeak-ng-data folder that belongs to the library
    start_seconds: float = 20.0  # until a new speech process must be ready
    sentence_seconds: float = 60.0  # until an order must be answered; the process gives up before that
    rest_seconds: float = 5.0  # pause after a process that could not be started
    tries: int = 3  # processes that one sentence may cost

    @cached_property
    def engine(self) -> str:
        """Names the very engine: other library, other sound, other cache entries. Needs no running process."""
        if not self.espeak_library:
            return f"espeakng-loader {metadata.version('espeakng-loader')}"
        library = Path(self.espeak_library)
        try:
            content = hashlib.sha256(library.read_bytes()).hexdigest()
        except OSError:
            content = "unreadable"  # the process will say so; until then nothing is found in the cache under it
        return f"{content} {self.espeak_data}"

    def options(self) -> list[str]:
        """Arguments of the speech process."""
        library = ["--library", self.espeak_library] if self.espeak_library else []
        data = ["--data", self.espeak_data] if self.espeak_data else []
        return library + data
