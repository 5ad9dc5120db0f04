"""The audio of a leg: what it is sent, what it hears, what is recorded.

Rule 1: everything runs on the SIP thread, but for `FramePort.onFrameReceived` (the library's clock thread, which copies
        and leaves) and `Player.onEof2` (a native thread, which notes a fact).
Rule 2: a silence player stays connected to every leg, tap and recorder for the leg's whole life: without a source the
        library sends 5 packets a second, and recorders stand still (finding).
Rule 3: ports are pooled, players die late: freeing either with an upcall in flight is a crash (finding).
"""

import tempfile
import time
import wave
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pjsua2 as pj
import structlog

from voice.ports import SAMPLE_BYTES, SAMPLE_RATE
from voice.sip.frames import FramePort, Tap
from voice.sip.recording import is_closed

GRAVE_SECONDS = 0.3
CLOSE_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Recording:
    """Where to record a leg, each side on its own; None: nowhere."""

    sent: Path | None = None
    heard: Path | None = None


class Player(pj.AudioMediaPlayer):  # type: ignore[misc]
    """One WAV file, played once."""

    def __init__(self, wav: Path, serial: int, on_end: Callable[[int], None]) -> None:
        super().__init__()
        self.serial = serial
        self._on_end = on_end
        self.createPlayer(str(wav), pj.PJMEDIA_FILE_NO_LOOP)

    def onEof2(self) -> None:  # noqa: N802
        self._on_end(self.serial)


class Desk:
    """What the legs share: the silence, the pool of ports, and the grave of players."""

    def __init__(self, ports: int) -> None:
        self._pool: list[FramePort] = []
        self._all: list[FramePort] = []
        self._grave: list[tuple[float, Player]] = []
        self._closing: list[tuple[float, Path]] = []
        self._serial = 0
        self.silence = pj.AudioMediaPlayer()
        with tempfile.TemporaryDirectory() as folder:
            silent = Path(folder) / "silence.wav"
            with wave.open(str(silent), "wb") as out:
                out.setparams((1, SAMPLE_BYTES, SAMPLE_RATE, 0, "NONE", ""))
                out.writeframes(bytes(SAMPLE_BYTES * SAMPLE_RATE))
            self.silence.createPlayer(str(silent))  # keeps the file open, so the folder may go
        for number in range(ports):
            port = FramePort(f"tap{number}")
            self._all.append(port)
            self._pool.append(port)

    def borrow(self, tap: Tap) -> FramePort:
        port = self._pool.pop()
        port.tap = tap
        self.silence.startTransmit(port)
        return port

    def give_back(self, port: FramePort) -> None:
        port.tap = None
        self.silence.stopTransmit(port)
        self._pool.append(port)

    def player(self, wav: Path, on_end: Callable[[int], None]) -> Player:
        self._serial += 1
        return Player(wav, self._serial, on_end)

    def bury(self, player: Player) -> None:
        self._grave.append((time.monotonic() + GRAVE_SECONDS, player))

    def recorder(self, path: Path | None) -> Any:
        """Open a recording that nobody feeds yet. A disk that is full costs the recording, never the talk."""
        if path is None:
            return None
        recorder = pj.AudioMediaRecorder()
        try:
            recorder.createRecorder(str(path))
        except pj.Error as error:
            log.error(
                "a leg is not recorded; see that the recordings' directory is there and has room", reason=error.reason
            )
            return None
        return recorder

    def close_recorder(self, recorder: pj.AudioMediaRecorder, path: Path) -> None:
        """The library closes the file a frame or two later; `closing` knows."""
        self.silence.stopTransmit(recorder)
        recorder.__swig_destroy__(recorder)
        self._closing.append((time.monotonic() + CLOSE_SECONDS, path))

    @property
    def closing(self) -> list[Path]:
        """Recordings whose files the library has not finished yet."""
        return [path for _, path in self._closing]

    def sweep(self) -> None:
        now = time.monotonic()
        while self._grave and self._grave[0][0] <= now:
            player = self._grave.pop(0)[1]
            player.__swig_destroy__(player)
        self._closing = [(until, path) for until, path in self._closing if until > now and not is_closed(path)]

    def close(self) -> None:
        for _, player in self._grave:
            player.__swig_destroy__(player)
        self._grave.clear()
        for port in self._all:
            port.tap = None
            port.__swig_destroy__(port)
        self._all.clear()
        self._pool.clear()
        self.silence.__swig_destroy__(self.silence)


class Track:
    """Files played one after the other into the same sinks; the next one is opened before the present one ends."""

    def __init__(self, desk: Desk, wavs: Sequence[Path], on_file_end: Callable[[int], None]) -> None:
        self._desk = desk
        self._left = list(wavs)
        self._on_file_end = on_file_end
        self._sinks: list[Any] = []
        self._now: Player | None = None
        self._next: Player | None = self._open()

    def start(self, sinks: list[Any]) -> None:
        self._sinks = sinks
        self._advance()

    def file_ended(self, serial: int) -> bool:
        """True when this was the end of the last file."""
        if self._now is None or self._now.serial != serial:
            return False  # an end that crossed a stop on its way
        self._retire()
        self._advance()
        return self._now is None

    def connect(self, sinks: list[Any]) -> None:
        """The leg's audio was renegotiated: play on into these."""
        self._sinks = sinks
        if self._now:
            for sink in sinks:
                self._now.startTransmit(sink)

    def stop(self) -> None:
        self._retire()
        if self._next:
            self._desk.bury(self._next)
            self._next = None

    @property
    def at_end(self) -> bool:
        return self._now is None and self._next is None

    def _advance(self) -> None:
        self._now, self._next = self._next, None
        if self._now:
            for sink in self._sinks:
                self._now.startTransmit(sink)
            self._next = self._open()

    def _open(self) -> Player | None:
        return self._desk.player(self._left.pop(0), self._on_file_end) if self._left else None

    def _retire(self) -> None:
        if self._now is None:
            return
        for sink in self._sinks:
            with suppress(pj.Error):  # the leg's own audio may be gone already
                self._now.stopTransmit(sink)
        self._desk.bury(self._now)
        self._now = None


class LegMedia:
    """The connections of one leg, from its first audio to its end."""

    def __init__(self, desk: Desk, tap: Tap, recording: Recording) -> None:
        self._desk = desk
        self._tap = tap
        self._recording = recording
        self._sent: Any = None  # recorders
        self._heard: Any = None
        self._port: FramePort | None = None  # there is one from the answer to the end
        self.audio: Any = None  # the call's place in the bridge; None while there is none
        self._track: Track | None = None
        self.peer: LegMedia | None = None

    @property
    def up(self) -> bool:
        return self.audio is not None

    @property
    def closing(self) -> bool:
        return any(path in (self._recording.sent, self._recording.heard) for path in self._desk.closing)

    def audio_is(self, audio: Any) -> None:
        """Negotiation gave the leg this audio, or None for a hold."""
        self.audio = audio
        if audio is None:
            return
        self._desk.silence.startTransmit(audio)
        if self._port:
            self.connect()

    def answered(self) -> None:
        """From here on it is heard and recorded. Everything is opened first and started together: sample-aligned."""
        self._sent = self._desk.recorder(self._recording.sent)
        self._heard = self._desk.recorder(self._recording.heard)
        self._port = self._desk.borrow(self._tap)
        for recorder in (self._sent, self._heard):
            if recorder is not None:
                self._desk.silence.startTransmit(recorder)
        self.connect()
        if self._track:
            self._track.start(self.inlets)

    def play(self, wavs: Sequence[Path], on_file_end: Callable[[int], None]) -> bool:
        """True when there is nothing to play. What is given before the answer starts with it."""
        self.stop()
        self._track = Track(self._desk, wavs, on_file_end)
        if self._port:
            self._track.start(self.inlets)
        return self._track.at_end

    def stop(self) -> None:
        if self._track:
            self._track.stop()
            self._track = None

    def file_ended(self, serial: int) -> bool:
        """True when this was the end of the last file."""
        return self._track is not None and self._track.file_ended(serial)

    def bridge(self, peer: "LegMedia") -> None:
        """Each hears the other, and the other goes into the record of what each was sent."""
        for one, other in ((self, peer), (peer, self)):
            one.peer = other
            one.connect()

    def stop_recording(self) -> None:
        for recorder, path in ((self._sent, self._recording.sent), (self._heard, self._recording.heard)):
            if recorder is not None and path is not None:
                self._desk.close_recorder(recorder, path)
        self._sent = self._heard = None

    def close(self) -> None:
        """The leg is over; its own audio has left the bridge already."""
        self.audio = None
        self.stop()
        if self.peer:
            self.peer.peer = None
            self.peer = None
        self.stop_recording()
        if self._port:
            self._desk.give_back(self._port)
            self._port = None
        self._tap.close()

    @property
    def inlets(self) -> list[Any]:
        """Where that goes which the far end shall hear."""
        return [inlet for inlet in (self.audio, self._sent) if inlet is not None]

    def connect(self) -> None:
        """Everything that should be connected; connecting twice is nothing to the library."""
        if self.audio is None:
            return
        outlets = [self._port, self._heard, *(self.peer.inlets if self.peer else ())]
        for outlet in outlets:
            if outlet is not None:
                self.audio.startTransmit(outlet)
        if self.peer and self.peer.up:
            for inlet in self.inlets:
                self.peer.audio.startTransmit(inlet)
        if self._track:
            self._track.connect(self.inlets)
