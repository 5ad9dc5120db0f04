"""Everything that can reach a conversation from outside, in the order in which it comes: one queue, one union."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from voice.dialogue.events import NoOfficerCame
from voice.listening import HeardSomething
from voice.messages import Conduct, EndCall, NoOfficerFree, RingOfficer, StopOfficer
from voice.officers import OfficerNews
from voice.ports import LegEvent


@dataclass(frozen=True, slots=True)
class DaemonGone:
    """The wire is at its end: from here on the call looks after itself."""


@dataclass(frozen=True, slots=True)
class RingTimeUp:
    """ring_seconds have passed since the dial."""


@dataclass(frozen=True, slots=True)
class CallTimeUp:
    """max_call_seconds have passed since the dial."""


@dataclass(frozen=True, slots=True)
class GoodbyeTimeUp:
    """And no goodbye can still be playing: something hangs."""


Order = RingOfficer | StopOfficer | NoOfficerFree | EndCall | DaemonGone
Inbox = LegEvent | HeardSomething | Order | OfficerNews | NoOfficerCame | RingTimeUp | CallTimeUp | GoodbyeTimeUp


@contextmanager
def clocks(order: Conduct, goodbye_seconds: float, post: Callable[[Inbox], None]) -> Iterator[None]:
    """What time has to say about a call, while it lasts."""
    loop = asyncio.get_running_loop()
    timers = [
        loop.call_later(order.ring_seconds, post, RingTimeUp()),
        loop.call_later(order.max_call_seconds, post, CallTimeUp()),
        loop.call_later(order.max_call_seconds + goodbye_seconds, post, GoodbyeTimeUp()),
    ]
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
