"""Our telephone: the real holder of the Phone port.

Rule 1: lives in the event loop's thread; never touches the SIP library, which belongs to the SIP thread alone.
Rule 2: one telephone per process: the library is a process-wide singleton.
Rule 3: limits whose breach would abort the process are refused here, before an order is given.

Host names in a URI or a proxy are resolved by the library while everything else on the SIP thread waits: give addresses.
"""

import asyncio
from collections.abc import Callable
from itertools import count
from pathlib import Path

import structlog

from voice.errors import PhoneFault
from voice.ports import Leg, Tell, Trunk
from voice.sip.leg import IncomingLeg, PjsuaLeg, post_to
from voice.sip.library import MAX_ACCOUNTS, SipSettings
from voice.sip.live import Order
from voice.sip.media import Recording
from voice.sip.switchboard import Invitation, Switchboard
from voice.sip.thread import SipThread

__all__ = ["IncomingLeg", "PjsuaLeg", "PjsuaPhone", "SipSettings", "open_phone"]

CLOSE_SECONDS = 3.0

log = structlog.get_logger()


class PjsuaPhone:
    """Our end of the telephone network, inside one process."""

    def __init__(self, settings: SipSettings, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._keys = count(1)
        self._left = asyncio.Event()
        self._closed = False
        self._trunks: set[Trunk | None] = set()
        self._thread = SipThread(settings, self._keys, lambda: post_to(loop, self._left.set))

    @property
    def port(self) -> int:
        """The SIP port that was bound."""
        return self._thread.port

    @property
    def slots(self) -> int:
        """How many legs the library can hold at once, read from it."""
        return self._thread.slots

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
    ) -> PjsuaLeg:
        """Send an INVITE. With no slot free it waits for one; hang_up ends the waiting."""
        if self._closed:
            raise PhoneFault("The telephone was closed")
        self._reserve(trunk)
        for path in (record_sent, record_heard):
            if path is not None and path.suffix != ".wav":
                raise PhoneFault("A recording's name must end in .wav")
        leg = PjsuaLeg(self._thread, self._loop, next(self._keys), tell, listen=listen)
        order = Order(uri if ":" in uri else f"sip:{uri}@{trunk.domain}", trunk, call_id)
        recording = Recording(record_sent, record_heard)
        self._thread.order(lambda board: board.dial(leg.key, order, leg.tap, recording, leg.post))
        return leg

    def bridge(self, contact: Leg, officer: Leg) -> None:
        """Both hear each other; the officer's own recordings end here, so that they hold the brief and no more."""
        if not isinstance(contact, PjsuaLeg) or not isinstance(officer, PjsuaLeg):
            raise PhoneFault("Only legs of this telephone can be bridged")
        first, second = contact.key, officer.key
        self._thread.order(lambda board: board.bridge(first, second))

    def on_invite(self, handler: Callable[[IncomingLeg], None]) -> asyncio.Event:
        """Take incoming calls; without this every INVITE is refused. The handler runs in the loop's thread.

        The event is set when the door is open: an INVITE that comes before is still refused.
        """
        self._reserve(None)
        opened = asyncio.Event()

        def show(invitation: Invitation) -> None:
            post_to(self._loop, lambda: handler(IncomingLeg(self._thread, self._loop, invitation)))

        def open_door(board: Switchboard) -> None:
            board.open_door(show)
            post_to(self._loop, opened.set)

        self._thread.order(open_door)
        return opened

    async def close(self) -> None:
        """Hang up everything and leave the library, in at most three seconds."""
        if not self._closed:
            self._closed = True
            self._thread.leave()
        try:
            await asyncio.wait_for(self._left.wait(), CLOSE_SECONDS)
        except TimeoutError:
            log.error("the SIP library did not let go; end the process with os._exit")

    def _reserve(self, trunk: Trunk | None) -> None:
        if trunk not in self._trunks and len(self._trunks) >= MAX_ACCOUNTS:
            raise PhoneFault("One process can use eight trunks; give some officers the same trunk")
        self._trunks.add(trunk)


def open_phone(settings: SipSettings, loop: asyncio.AbstractEventLoop) -> PjsuaPhone:
    """Open the telephone of this process. Takes some milliseconds; raises PhoneFault."""
    return PjsuaPhone(settings, loop)
