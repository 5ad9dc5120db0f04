"""A call worker: one process, one conversation at a time. The composition root of a call.

Rule 1: what must survive is in the spool before it is on the wire.
Rule 2: an order that arrives on a dead wire is not dialled: the next daemon will. Nor is one that cannot be written down.
Rule 3: when the daemon is gone, the talk is finished, the report spooled, and the process exits.
Rule 4: a worker tells facts on the wire and logs nothing: it knows numbers and hears what people say.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import msgspec
import structlog

from voice.asr.ear import Ear
from voice.asr.recognizer import LoadedModel, VoskRecognizer
from voice.call import Call, Senses
from voice.errors import NotSpooled, PhoneFault
from voice.inbox import DaemonGone
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
    Unfit,
)
from voice.report import CallReport, Conclusion, HangupCause, Rang, Recordings
from voice.sip.endpoint import PjsuaPhone, SipSettings, open_phone
from voice.sip.recording import merge_stereo
from voice.workers.knowing import Knowing, knowing
from voice.workers.spool import CallFile
from voice.workers.wire import LONGEST_LINE, WorkerSettings, encode, next_line, to_worker_decoder


def work(wire: socket.socket, settings: WorkerSettings, model: LoadedModel) -> None:
    """Run one worker in this process until its wire ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the daemon ends talks politely; a service stop does not cut them
    logging.disable(logging.CRITICAL)  # asyncio's own complaints may quote what was said
    structlog.configure(processors=[_say_nothing], cache_logger_on_first_use=False)
    asyncio.run(_serve(wire, settings, model))


def _say_nothing(_logger: object, _method: str, _event: object) -> NoReturn:
    raise structlog.DropEvent


async def _serve(wire: socket.socket, settings: WorkerSettings, model: LoadedModel) -> None:
    reader, writer = await asyncio.open_connection(sock=wire, limit=LONGEST_LINE)
    try:
        phone = open_phone(
            SipSettings(
                bind_ip=settings.bind_ip, rtp_port_from=settings.rtp_port_from, rtp_port_to=settings.rtp_port_to
            ),
            asyncio.get_running_loop(),
        )
    except PhoneFault as fault:
        writer.write(encode(Unfit(str(fault))))
        return
    worker = Worker(phone, model, Path(settings.spool_dir), writer)
    worker.tell(Ready(os.getpid(), phone.slots))
    try:
        while (order := await _next_order(reader)) is not None:
            if not await worker.obey(order):
                break
        await worker.finish()
    finally:
        await phone.close()


async def _next_order(reader: asyncio.StreamReader) -> ToWorker | None:
    """None: nobody is there any more, or somebody whom we do not understand."""
    line = await next_line(reader)
    try:
        return to_worker_decoder.decode(line) if line else None
    except msgspec.MsgspecError:
        return None


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
                self._begin(order)
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

    def _begin(self, order: Conduct) -> None:
        """The call is there before the next order is read, so that none misses it."""
        try:
            spool = CallFile(self._spool_dir, order.attempt)
        except NotSpooled:
            self._tell_end(_never_dialled(order))
            return
        recognizer, known = VoskRecognizer(self._model), knowing(order.knowledge)
        ear = Ear(recognizer, complete=known.is_whole)
        senses = Senses(self._phone, ear, known.understand, merge_stereo, _now)
        self._call = Call(order, senses, self._teller(spool))
        running = self._conduct(order, self._call, spool, recognizer, known)
        self._running = asyncio.create_task(running, name="call")

    async def _conduct(
        self, order: Conduct, call: Call, spool: CallFile, recognizer: VoskRecognizer, known: Knowing
    ) -> None:
        try:
            with spool:
                report = await self._to_its_end(order, call, self._teller(spool))
                report = replace(report, knowledge_hash=known.hash)
                with suppress(NotSpooled):  # a full disk; whoever is at the wire has it all the same
                    spool.report(report)
        except BaseException:
            self._writer.close()  # a mistake of ours: the daemon must see a dead worker, not a silent one
            raise
        finally:
            self._call = None
            recognizer.close()
        self._tell_end(report)

    async def _to_its_end(self, order: Conduct, call: Call, tell: Callable[[ToDaemon], None]) -> CallReport:
        try:
            tell(LegProgress(order.attempt, Progress.ACCEPTED, _now()))
        except NotSpooled:
            return _never_dialled(order)
        if self._writer.transport.is_closing():  # that was an attempt to write: a dead wire has shown itself
            return _never_dialled(order)
        return await call.run()

    def _teller(self, spool: CallFile) -> Callable[[ToDaemon], None]:
        def tell(message: ToDaemon) -> None:
            if isinstance(message, LegProgress):
                _note(spool, message.progress)
            self.tell(message)

        return tell

    def _tell_end(self, report: CallReport) -> None:
        self.tell(Reported(report))
        self.tell(Ready(os.getpid(), self._phone.slots))


def _note(spool: CallFile, progress: Progress) -> None:
    try:
        spool.note(progress)
    except NotSpooled:
        if progress in (Progress.ACCEPTED, Progress.INVITING):
            raise  # nobody is rung of whom nothing would be known
        # A talk goes on: INVITING is written down, which forbids a second ring already.


def _now() -> datetime:
    return datetime.now(UTC)


def _never_dialled(order: Conduct) -> CallReport:
    return CallReport(
        attempt=order.attempt,
        call_id=order.call_id,
        script_hash=order.script.hash,
        rang=Rang.NEVER,
        cause=HangupCause.NEVER_DIALLED,
        sip_code=0,
        conclusion=Conclusion.NOTHING,
        facts={},
        turns=(),
        officers=(),
        recordings=Recordings(),
        dialled_at=None,
        answered_at=None,
        ended_at=_now(),
    )
