"""A call worker: one process, one conversation at a time. The composition root of a call.

Rule 1: what must survive is in the spool before it is on the wire.
Rule 2: an order that arrives on a dead wire is not dialled: the next daemon will.
Rule 3: when the daemon is gone, the talk is finished, the report spooled, and the process exits.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from voice.asr.ear import Ear
from voice.asr.recognizer import LoadedModel, VoskRecognizer
from voice.call import Call, DaemonGone, Senses
from voice.messages import (
    Conduct,
    EndCall,
    LegProgress,
    NoOfficerFree,
    Progress,
    Ready,
    Reported,
    RingOfficer,
    Shutdown,
    StopOfficer,
    ToDaemon,
    ToWorker,
)
from voice.report import CallReport
from voice.sip.endpoint import PjsuaPhone, SipSettings, open_phone
from voice.sip.recording import merge_stereo
from voice.understanding import understand
from voice.workers.spool import CallFile
from voice.workers.wire import LONGEST_LINE, WorkerSettings, encode, to_worker_decoder


def work(wire: socket.socket, settings: WorkerSettings, model: LoadedModel) -> None:
    """Run one worker in this process until its wire ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the daemon ends talks politely; a service stop does not cut them
    logging.disable(logging.CRITICAL)  # asyncio's own complaints may quote what was said
    asyncio.run(_serve(wire, settings, model))


async def _serve(wire: socket.socket, settings: WorkerSettings, model: LoadedModel) -> None:
    reader, writer = await asyncio.open_connection(sock=wire, limit=LONGEST_LINE)
    phone = open_phone(
        SipSettings(bind_ip=settings.bind_ip, rtp_port_from=settings.rtp_port_from, rtp_port_to=settings.rtp_port_to),
        asyncio.get_running_loop(),
    )
    worker = Worker(phone, model, Path(settings.spool_dir), writer)
    worker.tell(Ready(os.getpid(), phone.slots))
    try:
        async for line in reader:
            if not await worker.obey(to_worker_decoder.decode(line)):
                break
        await worker.finish()
    finally:
        await phone.close()


class Worker:
    """Obeys the wire; conducts one call at a time."""

    def __init__(self, phone: PjsuaPhone, model: LoadedModel, spool_dir: Path, writer: asyncio.StreamWriter) -> None:
        self._phone, self._model = phone, model
        self._spool_dir, self._writer = spool_dir, writer
        self._call: Call | None = None
        self._running: asyncio.Task[None] | None = None

    async def obey(self, order: ToWorker) -> bool:
        """Carry an order out; False: stop working."""
        match order:
            case Conduct():
                if self._running is not None:
                    await self._running  # has told Reported already, or the daemon would not ask
                self._running = asyncio.create_task(self._conduct(order), name="call")
            case Shutdown():
                return False
            case RingOfficer() | StopOfficer() | NoOfficerFree() | EndCall():
                if self._call is not None:
                    self._call.put(order)
        return True

    async def finish(self) -> None:
        """The wire is at its end: let the talk end by itself."""
        if self._call is not None:
            self._call.put(DaemonGone())
        if self._running is not None:
            await self._running

    def tell(self, message: ToDaemon) -> None:
        """Put it on the wire, unless nobody is there."""
        if not self._writer.transport.is_closing():
            self._writer.write(encode(message))

    async def _conduct(self, order: Conduct) -> None:
        with CallFile(self._spool_dir, order.attempt) as spool:

            def tell(message: ToDaemon) -> None:
                if isinstance(message, LegProgress):
                    spool.note(message.progress)
                self.tell(message)

            tell(LegProgress(order.attempt, Progress.ACCEPTED, _now()))
            if self._writer.transport.is_closing():
                report = CallReport.never_dialled(
                    order.attempt, _now(), call_id=order.call_id, script_hash=order.script.hash
                )
            else:
                report = await self._talk(order, tell)
            spool.report(report)
        self.tell(Reported(report))
        self.tell(Ready(os.getpid(), self._phone.slots))

    async def _talk(self, order: Conduct, tell: Callable[[ToDaemon], None]) -> CallReport:
        recognizer = VoskRecognizer(self._model)
        try:
            senses = Senses(self._phone, Ear(recognizer), understand, merge_stereo, _now)
            self._call = Call(order, senses, tell)
            return await self._call.run()
        finally:
            self._call = None
            recognizer.close()


def _now() -> datetime:
    return datetime.now(UTC)
