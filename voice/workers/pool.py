"""Starts call workers, keeps a few warm, watches them, replaces them. The daemon's only door to voice.

Rule 1: a worker is somebody's from `take` to `give_back`; what it says meanwhile goes to that somebody.
Rule 2: a wire at its end is a dead worker, and costs one call, and its holder is told which (WorkerLost).
Rule 3: nobody waits for a fork while a warm worker is idle.
"""

import asyncio
import os
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from voice.asr.preload import MODEL_DIR
from voice.errors import WorkerLost, WorkersBusy
from voice.messages import Ready, Shutdown, ToDaemon, ToWorker
from voice.workers.wire import LONGEST_LINE, WorkerSettings, encode, to_daemon_decoder


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How many workers, and what they share."""

    spool_dir: str  # absolute
    bind_ip: str = "127.0.0.1"
    rtp_port_from: int = 20000
    rtp_port_to: int = 29999
    warm: int = 2
    most: int = 8
    recycle_after_calls: int = 1000
    model_dir: str = ""
    start_seconds: float = 20.0


class WorkerLink:
    """Our end of one worker's wire."""

    def __init__(self, slot: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pid: int) -> None:
        self.slot, self.pid = slot, pid
        self.calls = 0
        self._reader, self._writer = reader, writer

    def send(self, order: ToWorker) -> None:
        """Orders to a worker that is gone are lost with it; `receive` says so."""
        if not self._writer.transport.is_closing():
            self._writer.write(encode(order))

    async def receive(self) -> ToDaemon:
        """The next thing the worker tells. Raises WorkerLost."""
        try:
            line = await self._reader.readline()
        except OSError as gone:
            raise WorkerLost from gone
        if not line.endswith(b"\n"):
            raise WorkerLost
        return to_daemon_decoder.decode(line)

    def close(self) -> None:
        self._writer.close()


class WorkerPool:
    """Warm workers, and forks on demand up to `most`."""

    def __init__(self, settings: PoolSettings, nursery: "Nursery") -> None:
        self._settings, self._nursery = settings, nursery
        self._idle: deque[WorkerLink] = deque()
        self._free_slots = set(range(settings.most))
        self._forking = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def free(self) -> int:
        """How many more calls could start now."""
        return len(self._idle) + len(self._free_slots)

    async def take(self) -> WorkerLink:
        """An idle worker, or a new one. Raises WorkerLost when none can be started."""
        while self._idle:
            link = self._idle.popleft()
            self._changed.set()
            return link
        return await self._fork()

    def give_back(self, link: WorkerLink, *, usable: bool) -> None:
        """The call is over. usable: the worker said Ready again."""
        link.calls += 1
        if usable and link.calls < self._settings.recycle_after_calls:
            self._idle.append(link)
        else:
            self._dismiss(link)
        self._changed.set()

    async def run(self) -> None:
        """Standing task: keep `warm` workers idle."""
        while True:
            self._changed.clear()
            while len(self._idle) < self._settings.warm and self._free_slots:
                try:
                    self._idle.append(await self._fork())
                except (WorkerLost, WorkersBusy):
                    break  # the next change, or the next call, tries again
            await self._changed.wait()

    def close(self) -> None:
        """Idle workers exit; busy ones finish their talk on their own."""
        for link in self._idle:
            self._dismiss(link)
        self._idle.clear()

    def _dismiss(self, link: WorkerLink) -> None:
        link.send(Shutdown())
        link.close()
        self._free_slots.add(link.slot)

    async def _fork(self) -> WorkerLink:
        async with self._forking:
            if not self._free_slots:
                raise WorkersBusy
            slot = min(self._free_slots)
            self._free_slots.discard(slot)
            try:
                return await asyncio.wait_for(self._born(slot), self._settings.start_seconds)
            except (OSError, TimeoutError, WorkerLost) as fault:
                self._free_slots.add(slot)
                raise WorkerLost("A call worker could not be started; see the log of the daemon.") from fault

    async def _born(self, slot: int) -> WorkerLink:
        low, high = self._rtp_ports(slot)
        order = WorkerSettings(self._settings.bind_ip, low, high, self._settings.spool_dir)
        ours, theirs = socket.socketpair()
        with theirs:
            pid = await self._nursery.fork(order, theirs)
        reader, writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
        link = WorkerLink(slot, reader, writer, pid)
        if not isinstance(await link.receive(), Ready):
            raise WorkerLost
        return link

    def _rtp_ports(self, slot: int) -> tuple[int, int]:
        """A range of its own for each worker, as wide as can be: a port rests before it is used again, because a
        peer that still sends to it would be heard in the next call (finding: no source check)."""
        span = self._settings.rtp_port_to - self._settings.rtp_port_from + 1
        each = span // self._settings.most // 2 * 2
        low = self._settings.rtp_port_from + slot * each
        return low, low + each - 1


class Nursery:
    """The fork server's process; started again when it is found dead."""

    def __init__(self, model_dir: str) -> None:
        # One BLAS thread: a process that forks must not have started any (finding: what a fork copies must stand still).
        self._environ = {**os.environ, MODEL_DIR: model_dir, "OPENBLAS_NUM_THREADS": "1"}
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None

    async def fork(self, order: WorkerSettings, wire: socket.socket) -> int:
        """Have a worker forked on this wire; its pid. Raises WorkerLost."""
        if self._process is None or self._process.returncode is not None or self._control is None:
            await self._start()
        assert self._control is not None
        control = self._control
        try:
            await asyncio.to_thread(socket.send_fds, control, [msgspec.json.encode(order)], [wire.fileno()])
            pid = await asyncio.to_thread(control.recv, 64)
        except OSError as gone:
            raise WorkerLost("The nursery is gone.") from gone
        if not pid:
            raise WorkerLost("The nursery is gone.")
        return int(pid)

    async def _start(self) -> None:
        if self._control is not None:
            self._control.close()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "voice.workers.nursery",
                str(theirs.fileno()),
                pass_fds=(theirs.fileno(),),
                env=self._environ,
            )

    async def close(self) -> None:
        """Workers that still talk finish on their own."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            await self._process.wait()


@asynccontextmanager
async def open_pool(settings: PoolSettings) -> AsyncIterator[WorkerPool]:
    """A pool; on leaving, idle workers go, and busy ones finish their talk on their own."""
    nursery = Nursery(settings.model_dir)
    pool = WorkerPool(settings, nursery)
    try:
        yield pool
    finally:
        pool.close()
        await nursery.close()
