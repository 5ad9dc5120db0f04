"""Starts call workers, keeps a few warm, watches them, replaces them. The daemon's only door to voice.

Rule 1: a worker is somebody's from `take` to `give_back`; what it says meanwhile goes to that somebody.
Rule 2: a wire at its end is a dead worker, and costs one call, and its holder is told which (WorkerLost).
Rule 3: nobody waits for a fork while a warm worker is idle.
"""

import asyncio
import os
import select
import signal
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import msgspec

from voice.asr.preload import MODEL_DIR
from voice.errors import WorkerLost
from voice.messages import Ready, Shutdown, ToDaemon, ToWorker, Unfit
from voice.workers.wire import LONGEST_LINE, WorkerSettings, encode, next_line, to_daemon_decoder

LOOK_SECONDS = 1.0  # between two looks at idle workers, who say nothing when they die
RETRY_SECONDS = 5.0  # after a fork that failed
LEAVE_SECONDS = 5.0  # for the nursery to go


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

    def __init__(self, slot: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.slot = slot
        self.pid = 0  # known when it is ready
        self.calls = 0
        self._reader, self._writer = reader, writer

    @property
    def alive(self) -> bool:
        """The kernel is asked: a reader may not have been told yet."""
        if self._writer.transport.is_closing():
            return False
        wire = select.poll()
        wire.register(self._writer.get_extra_info("socket"), select.POLLRDHUP)
        return not wire.poll(0)

    def send(self, order: ToWorker) -> None:
        """Orders to a worker that is gone are lost with it; `receive` says so."""
        if not self._writer.transport.is_closing():
            self._writer.write(encode(order))

    async def receive(self) -> ToDaemon:
        """The next thing the worker tells. Raises WorkerLost."""
        line = await next_line(self._reader)
        if not line:
            raise WorkerLost
        try:
            return to_daemon_decoder.decode(line)
        except msgspec.MsgspecError as fault:
            raise WorkerLost("A call worker speaks another language than the daemon; restart the daemon.") from fault

    async def ready(self) -> None:
        """Wait until it can work. Raises WorkerLost."""
        match await self.receive():
            case Ready(pid=pid):
                self.pid = pid
            case Unfit(advice):
                raise WorkerLost(advice)
            case _:
                raise WorkerLost

    def kill(self) -> None:
        """End a worker that hangs. Its wire has not ended, so the pid is still its own."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        self._writer.close()


class WorkerPool:
    """Warm workers, and forks on demand up to `most`."""

    def __init__(self, settings: PoolSettings, nursery: "Nursery") -> None:
        self._settings, self._nursery = settings, nursery
        self._idle: deque[WorkerLink] = deque()
        self._free_slots = deque(range(settings.most))  # the one that rested longest first: see _rtp_ports
        self._forking = asyncio.Lock()
        self._changed = asyncio.Event()
        self._closed = False

    @property
    def free(self) -> int:
        """How many more calls could start now."""
        return len(self._idle) + len(self._free_slots)

    async def take(self) -> WorkerLink:
        """An idle worker, or a new one. Raises WorkerLost when none can be started."""
        if (link := self._idle_one()) is not None:
            return link
        async with self._forking:
            return self._idle_one() or await self._fork()

    def give_back(self, link: WorkerLink, *, usable: bool) -> None:
        """The call is over. usable: the worker said Ready again."""
        link.calls += 1
        if usable and link.calls < self._settings.recycle_after_calls and not self._closed:
            self._idle.append(link)
        else:
            self._dismiss(link)
        self._changed.set()

    async def run(self) -> None:
        """Standing task: keep `warm` workers idle."""
        while True:
            self._changed.clear()
            for link in [link for link in self._idle if not link.alive]:
                self._idle.remove(link)
                self._dismiss(link)
            if not await self._warm_up():
                await asyncio.sleep(RETRY_SECONDS)
                continue
            with suppress(TimeoutError):
                # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the change.
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._changed.wait()

    def close(self) -> None:
        """Idle workers exit; busy ones finish their talk on their own."""
        self._closed = True
        for link in self._idle:
            self._dismiss(link)
        self._idle.clear()

    def _idle_one(self) -> WorkerLink | None:
        while self._idle:
            link = self._idle.popleft()
            self._changed.set()
            if link.alive:
                return link
            self._dismiss(link)
        return None

    async def _warm_up(self) -> bool:
        """False: a worker could not be started."""
        while self._too_few():
            async with self._forking:  # one fork at a time, so that who waits in `take` gets the next worker
                if not self._too_few():
                    break
                try:
                    self._idle.append(await self._fork())
                except WorkerLost:
                    return False
        return True

    def _too_few(self) -> bool:
        return len(self._idle) < self._settings.warm and bool(self._free_slots)

    def _dismiss(self, link: WorkerLink) -> None:
        link.send(Shutdown())
        link.close()
        self._free_slots.append(link.slot)

    async def _fork(self) -> WorkerLink:
        if not self._free_slots:
            raise WorkerLost("All call workers are busy.")
        slot = self._free_slots.popleft()
        ours, theirs = socket.socketpair()
        with theirs:
            reader, writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
            link = WorkerLink(slot, reader, writer)
            try:
                async with asyncio.timeout(self._settings.start_seconds):
                    await self._nursery.fork(self._order(slot), theirs)
                    theirs.close()  # or its death would never be seen here
                    await link.ready()
            except TimeoutError as late:
                self._dismiss(link)
                raise WorkerLost(
                    "A call worker was not ready in time: the machine is overloaded, or the speech model is very large."
                ) from late
            except BaseException:  # a caller that was cancelled, too: neither the slot nor the process may be lost
                self._dismiss(link)
                raise
        return link

    def _order(self, slot: int) -> WorkerSettings:
        low, high = self._rtp_ports(slot)
        return WorkerSettings(self._settings.bind_ip, low, high, self._settings.spool_dir)

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

    async def fork(self, order: WorkerSettings, wire: socket.socket) -> None:
        """Have a worker forked on this wire, where it will say the rest. Raises WorkerLost."""
        packet = [msgspec.json.encode(order)]
        for _ in range(2):  # a nursery that died since the last fork shows it now
            control = self._control or await self._start()
            try:
                socket.send_fds(control, packet, [wire.fileno()])
            except OSError:
                await self.close()
            else:
                return
        raise WorkerLost("The nursery of call workers does not stay alive; see its words on stderr.")

    async def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "voice.workers.nursery", str(theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                env=self._environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C in the daemon's terminal must not end conversations
            )
        self._control = ours
        return ours

    async def close(self) -> None:
        """Workers that still talk finish on their own."""
        process, self._process = self._process, None
        if self._control is not None:
            self._control.close()
            self._control = None
        if process is None:
            return
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


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
