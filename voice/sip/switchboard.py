"""All legs of the process, as the SIP thread sees them.

Rule 1: everything here runs on the SIP thread, but for `note`, which any thread may call.
Rule 2: facts are drawn from the queue outside callbacks, and before anything is dialled: a call that DISCONNECTED is
        destroyed first (finding: a late destruction hangs up the stranger who got its slot).
Rule 3: INVITEs leave at least 50 ms apart and only while a slot is free (finding: 60 set-ups a second abort the process).
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pjsua2 as pj
import structlog

from voice.errors import PhoneFault
from voice.ports import LegEnded
from voice.report import HangupCause, Rang
from voice.sip.calls import AccountWire, CallWire
from voice.sip.frames import Tap
from voice.sip.library import Library, SipSettings, fault_of
from voice.sip.live import LiveCall, Order, Post
from voice.sip.media import Desk, LegMedia, Recording
from voice.sip.progress import Fact, InviteSeen

DIAL_SPACING_SECONDS = 0.05
IDLE_MS = 100
BUSY_MS = 10
UNAVAILABLE = 480

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Invitation:
    """An INVITE that came in."""

    key: int
    sip_id: str
    dialled: str  # the URI that was rung
    caller: str  # the URI of whoever rings


class Switchboard:
    """The library, the desk, and every live call by our own key."""

    def __init__(self, settings: SipSettings, keys: Iterator[int], wake: Callable[[], None]) -> None:
        self._keys = keys
        self._wake = wake
        self._facts: deque[tuple[int, Fact]] = deque()
        self._live: dict[int, LiveCall] = {}
        self._waiting: deque[tuple[LiveCall, Order]] = deque()
        self._last_dial = 0.0
        self._invited: dict[int, Invitation] = {}
        self._on_invite: Callable[[Invitation], None] | None = None
        self.library = Library(settings, self._incoming)
        self.desk = Desk(self.library.slots)

    def note(self, key: int, fact: Fact) -> None:
        """A callback saw something."""
        self._facts.append((key, fact))
        self._wake()

    # Orders

    def dial(self, key: int, order: Order, tap: Tap, recording: Recording, post: Post) -> None:
        call = LiveCall(key, self.note)
        call.equip(LegMedia(self.desk, tap, recording), post)
        self._live[key] = call
        self._waiting.append((call, order))

    def accept(self, key: int, tap: Tap, recording: Recording, post: Post) -> None:
        """Answer an INVITE that came in; if its caller has given up already, the end is told at once."""
        call = self._live.get(key)
        if call is None:
            post(LegEnded(HangupCause.NO_ANSWER, 487, by_far_end=True))
            return
        call.equip(LegMedia(self.desk, tap, recording), post)
        call.reply(200)

    def open_door(self, on_invite: Callable[[Invitation], None]) -> None:
        """Take incoming calls from now on."""
        self._on_invite = on_invite
        self.library.account(None)

    def tell(self, key: int, order: Callable[[LiveCall], None]) -> None:
        """An order to one call; a call that is gone needs none."""
        if call := self._live.get(key):
            order(call)

    def bridge(self, contact: int, officer: int) -> None:
        ours, theirs = self._live.get(contact), self._live.get(officer)
        if ours and theirs:
            ours.bridge(theirs)

    def hang_up_all(self) -> None:
        for call in self._live.values():
            call.hang_up()

    # The turn of the SIP thread

    def poll(self) -> None:
        """Let the library work until something happens or is due."""
        soon = self._waiting or self.desk.closing or any(call.over for call in self._live.values())
        self.library.poll(BUSY_MS if soon else IDLE_MS)

    def settle(self) -> None:
        """Draw the conclusions from what was seen."""
        while self._facts:
            key, fact = self._facts.popleft()
            if isinstance(fact, InviteSeen):
                self._show(key)
            elif call := self._live.get(key):
                call.take(fact)
        self.desk.sweep()
        now = time.monotonic()
        for key, call in list(self._live.items()):
            call.watch(now)
            if call.told():
                del self._live[key]
        self._dial_next(now)

    @property
    def empty(self) -> bool:
        return not self._live

    def close(self) -> None:
        """End what is left, by force, and leave the library."""
        self._waiting.clear()
        for call in self._live.values():
            call.abandon()
            call.tell_end()
        self._live.clear()
        self.desk.close()
        self.library.close()

    def _dial_next(self, now: float) -> None:
        while self._waiting and self._waiting[0][0].over:
            self._waiting.popleft()
        if not self._waiting or now - self._last_dial < DIAL_SPACING_SECONDS:
            return
        if self.library.calls() >= self.library.slots:
            return
        call, order = self._waiting.popleft()
        self._last_dial = now
        try:
            call.make(self.library, order)
        except (pj.Error, PhoneFault) as error:
            reason = error if isinstance(error, PhoneFault) else fault_of(error)
            log.error("the SIP library refused to dial", reason=str(reason))
            call.end(LegEnded(HangupCause.NEVER_DIALLED, 0, by_far_end=False, rang=Rang.NEVER))

    def _incoming(self, account: AccountWire, library_id: int) -> None:
        """Runs inside the library's callback: the wrapper must be made here; all else waits for its turn."""
        key = next(self._keys)
        wire = CallWire(account, key, self.note, "", library_id)
        info = wire.getInfo()
        call = LiveCall(key, self.note)
        call.came_in(wire)
        self._live[key] = call
        self._invited[key] = Invitation(key, str(info.callIdString), str(info.localUri), str(info.remoteUri))
        self.note(key, InviteSeen())

    def _show(self, key: int) -> None:
        invitation = self._invited.pop(key)
        if self._on_invite:
            self._on_invite(invitation)
        elif call := self._live.get(key):
            call.reply(UNAVAILABLE)
