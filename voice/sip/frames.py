"""Audio from the far end, on its way from the library's clock thread to the event loop.

Rule 1: the clock thread copies once and leaves. bytes(frame.buf) costs four times as much as string_at (finding), so
        the vector's memory is read directly, if a check at start-up proves that its layout is the one we think.
Rule 2: three frames (60 ms) travel together: a wake-up of the loop costs more than the copy.
Rule 3: the frames are the call's clock; every one counts, also those nobody listens to.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from voice.ports import SAMPLE_BYTES, SAMPLE_RATE

FRAME_SAMPLES = 160
FRAMES_TOGETHER = 3

Deliver = Callable[[bytes, int], None]


def _copy_directly(buffer: Any, size: int) -> bytes:
    begin = ctypes.c_size_t.from_address(int(buffer.this)).value
    return ctypes.string_at(begin, size)


def _copy_safely(buffer: Any, size: int) -> bytes:
    return bytes(buffer)[:size]


def _choose_copy() -> Callable[[Any, int], bytes]:
    """The first word of a std::vector is its begin pointer in libstdc++; nobody promises it, so look."""
    known = bytes(range(256)) * 2
    vector = pj.ByteVector(known)
    head = (ctypes.c_size_t * 2).from_address(int(vector.this))
    if head[1] - head[0] == len(known) and _copy_directly(vector, len(known)) == known:
        return _copy_directly
    return _copy_safely


copy_frame = _choose_copy()


class Tap:
    """What one leg has heard since it was answered."""

    def __init__(self, deliver: Deliver, *, listen: bool) -> None:
        self.samples = 0
        self._deliver = deliver
        self._listen = listen
        self._open = True
        self._batch: list[bytes] = []
        self._first = 0
        self._lock = threading.Lock()  # the clock thread's frame against the SIP thread's close

    def take(self, frame: Any) -> None:
        size = int(frame.size)
        if not size:
            return
        with self._lock:
            if not self._open:
                return
            self.samples += size // SAMPLE_BYTES
            if self._listen:
                self._batch.append(copy_frame(frame.buf, size))
                if len(self._batch) >= FRAMES_TOGETHER:
                    self._flush()

    def close(self) -> None:
        """Deliver what is left; nothing comes after it."""
        with self._lock:
            self._open = False
            if self._batch:
                self._flush()

    def _flush(self) -> None:
        pcm = b"".join(self._batch)
        self._batch.clear()
        self._deliver(pcm, self._first)
        self._first += len(pcm) // SAMPLE_BYTES


class FramePort(pj.AudioMediaPort):  # type: ignore[misc]
    """A place in the bridge that a leg borrows to be heard."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.tap: Tap | None = None
        format_ = pj.MediaFormatAudio()
        format_.init(pj.PJMEDIA_FORMAT_PCM, SAMPLE_RATE, 1, 1_000_000 * FRAME_SAMPLES // SAMPLE_RATE, 8 * SAMPLE_BYTES)
        self.createPort(name, format_)

    def onFrameReceived(self, frame: Any) -> None:  # noqa: N802
        tap = self.tap
        if tap is not None:
            tap.take(frame)
