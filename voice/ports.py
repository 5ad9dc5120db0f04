"""What a conversation needs from the world. Each port has one real holder and one fake, and the same contract tests.

Audio everywhere: 8 kHz, mono, signed 16 bit little-endian PCM.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from voice.report import HangupCause, Rang

SAMPLE_RATE = 8000
SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Trunk:
    """The SIP account a leg is dialled through. No registration; digest on the INVITE (RFC 3261 22)."""

    proxy: str = ""  # e.g. "sip:10.0.0.1:5060;lr"; empty: dial the address itself
    user: str = ""
    password: str = field(default="", repr=False)
    caller_id: str = "96110"  # user part of From and P-Asserted-Identity
    domain: str = "127.0.0.1"  # host part of From and, through a proxy, of the number dialled


@dataclass(frozen=True, slots=True)
class LegRinging:
    """180 or 183 came; early says that audio flows already."""

    sip_code: int
    early: bool = False


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The 2xx was received, ACK left, media is up."""


@dataclass(frozen=True, slots=True)
class LegPlayed:
    """Everything given to `play` under this tag was played to its end (never after stop_playing)."""

    tag: int


@dataclass(frozen=True, slots=True)
class LegHeard:
    """Audio from the far end, in order, gap-free, a few frames at a time. Index of the first sample since the answer."""

    pcm: bytes
    first_sample: int


@dataclass(frozen=True, slots=True)
class LegDigit:
    """One DTMF digit (RFC 4733)."""

    digit: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The leg is over. Comes exactly once and last."""

    cause: HangupCause
    sip_code: int
    by_far_end: bool
    rang: Rang = Rang.MAYBE


LegEvent = LegRinging | LegAnswered | LegPlayed | LegHeard | LegDigit | LegEnded
Tell = Callable[[LegEvent], None]


class Leg(Protocol):
    """One live SIP call. Nothing here waits; everything that happens comes as a LegEvent in the event loop's thread."""

    def play(self, tag: int, wavs: Sequence[Path]) -> None:
        """Play these WAV files one after the other; replaces what is playing."""

    def stop_playing(self) -> None:
        """Silence within the frame."""

    def sample_clock(self) -> int:
        """Samples received since the answer: the call's own clock, to date what we send."""

    def hang_up(self) -> None:
        """CANCEL or BYE; LegEnded follows, with by_far_end False."""


class Phone(Protocol):
    """Our end of the telephone network, inside one worker."""

    def dial(
        self,
        uri: str,
        trunk: Trunk,
        call_id: str,
        tell: Tell,
        *,
        listen: bool = True,
        record_sent: Path | None = None,
        record_heard: Path | None = None,
    ) -> Leg:
        """Send an INVITE with this Call-ID. listen: deliver LegHeard. The mono recordings start at the answer, aligned."""

    def bridge(self, contact: Leg, officer: Leg) -> None:
        """Let both hear each other; what the officer says goes into the contact's `record_sent` too."""

    async def close(self) -> None:
        """Hang up everything and leave the library cleanly."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in milliseconds from the start of the utterance's audio."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the recogniser believes was said in one turn, pieces joined, without spaces."""

    text: str
    words: tuple[Word, ...] = ()
    confidence: float = 0.0


class Recognizer(Protocol):
    """Speech to text for one conversation; one utterance at a time."""

    async def feed(self, pcm: bytes) -> str:
        """Take audio of the present utterance; return what is believed so far (may be empty)."""

    async def finish(self) -> Transcript:
        """End the utterance, return all of it, and be ready for the next."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered sentence: checked, 8 kHz mono WAV."""

    text: str
    path: str
    ms: int


class Prompts(Protocol):
    """Renders sentences; used by the daemon before a call, never by a worker."""

    async def render(self, texts: Sequence[str], rate_wpm: int = 160) -> Mapping[str, Prompt]:
        """Render what is not in the cache yet and check it; text -> Prompt. Raises SpeechDown, Unspeakable."""


class Recorded(Protocol):
    """Sentences that a person has recorded."""

    async def prompt(self, recording: str, sha256: str, text: str) -> Prompt:
        """The recording with this hash as a prompt; kept for ever from the first time on. Raises RecordedSentenceLost."""
