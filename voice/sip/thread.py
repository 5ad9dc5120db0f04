"""The one thread that owns every object of the SIP library.

Rule 1: orders come by deque and a CRLF datagram to our own SIP port, which wakes the library's poll in a tenth of a
        millisecond and is a keep-alive that it ignores (finding).
Rule 2: an order that fails costs itself, never the thread.
"""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

import pjsua2 as pj
import structlog

from voice.errors import PhoneFault, VoiceError
from voice.sip.library import SipSettings, fault_of
from voice.sip.switchboard import Switchboard

GOODBYE_SECONDS = 1.2  # for the peers to answer our hang-ups

Command = Callable[[Switchboard], None]

log = structlog.get_logger()


class SipThread:
    """Runs the switchboard until it is told to leave."""

    def __init__(self, settings: SipSettings, keys: Iterator[int], on_left: Callable[[], None]) -> None:
        self.port = 0
        self.slots = 0
        self._commands: deque[Command] = deque()
        self._leaving = False
        self._on_left = on_left
        self._bell = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._address = (settings.bind_ip, 0)
        opened = threading.Event()
        faults: list[VoiceError] = []
        self._thread = threading.Thread(
            target=self._run, args=(settings, keys, opened, faults), name="sip", daemon=True
        )
        self._thread.start()
        opened.wait()
        if faults:
            self._bell.close()
            raise faults[0]

    def order(self, command: Command) -> None:
        """Have this done on the SIP thread, soon and in order. From any thread; never waits."""
        self._commands.append(command)
        self.wake()

    def wake(self) -> None:
        if threading.current_thread() is self._thread or not self.port:
            return
        try:
            self._bell.sendto(b"\r\n", self._address)
        except OSError:
            log.debug("the SIP thread was not woken and will see for itself")  # it polls every 100 ms anyway

    def leave(self) -> None:
        """Hang up everything, leave the library, end the thread; on_left is called then."""
        self._leaving = True
        self.wake()

    def _run(
        self, settings: SipSettings, keys: Iterator[int], opened: threading.Event, faults: list[VoiceError]
    ) -> None:
        try:
            board = Switchboard(settings, keys, self.wake)
        except (VoiceError, pj.Error) as error:
            faults.append(error if isinstance(error, VoiceError) else fault_of(error))
            opened.set()
            return
        self.port, self.slots = board.library.port, board.library.slots
        self._address = (settings.bind_ip, self.port)
        opened.set()
        try:
            self._serve(board)
            self._say_goodbye(board)
        finally:
            board.close()
            self._bell.close()
            self._on_left()

    def _serve(self, board: Switchboard) -> None:
        while not self._leaving:
            self._turn(board)

    def _say_goodbye(self, board: Switchboard) -> None:
        board.hang_up_all()
        until = time.monotonic() + GOODBYE_SECONDS
        while time.monotonic() < until and not (board.empty and board.library.calls() == 0):
            self._turn(board)

    def _turn(self, board: Switchboard) -> None:
        board.poll()
        board.settle()
        while self._commands:
            command = self._commands.popleft()
            try:
                command(board)
            except pj.Error as error:
                log.error("the SIP library refused an order", reason=str(fault_of(error)))
            except PhoneFault as error:
                log.error("an order to the telephone failed", reason=str(error))
            board.settle()
