"""The search for an officer: who is asked, and when nobody came.

The centre is asked while it is there; when it is gone, or late, the fall-back officer is rung, once; then nobody came.

Rule 1: while somebody is being rung or briefed, nobody has failed to come.
Rule 2: nobody is rung twice for one call, the fall-back neither: whoever did not come has heard of it.
Rule 3: a search that is over (bridged, given up, dismissed) rings nobody any more.
"""

import asyncio
from collections.abc import Callable

from voice.dialogue.events import NoOfficerCame
from voice.messages import Conduct, RingOfficer
from voice.officers import OfficerLegs


class OfficerSearch:
    """One call's search. `wanted` answers whether the conversation still waits for an officer."""

    def __init__(
        self,
        order: Conduct,
        officers: OfficerLegs,
        wanted: Callable[[], bool],
        post: Callable[[NoOfficerCame], None],
    ) -> None:
        self._order, self._officers = order, officers
        self._wanted, self._post = wanted, post
        self._alone = False  # the centre is gone, or did not find anybody in time
        self._exhausted = False  # the centre has nobody (more)
        self._clock: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The conversation wants an officer, and the centre was told."""
        loop = asyncio.get_running_loop()
        self._clock = loop.call_later(self._order.officer_wait_seconds, self.centre_is_gone)
        self.consider()

    def end(self) -> None:
        if self._clock is not None:
            self._clock.cancel()

    def centre_is_gone(self) -> None:
        """Or as good as gone: nobody it rang has come in time."""
        self._alone = True
        self.consider()

    def centre_has_nobody(self) -> None:
        self._exhausted = True
        self.consider()

    def consider(self) -> None:
        """Something has changed: ring the fall-back, or give up, or go on waiting."""
        if not self._wanted() or self._officers.busy:
            return
        given_up = self._exhausted or (self._alone and not self._ring_fallback())
        if given_up:
            self._post(NoOfficerCame())

    def _ring_fallback(self) -> bool:
        fallback = self._order.fallback
        if fallback is None or self._officers.has_rung(fallback.uri):
            return False
        order = RingOfficer(
            escalation=f"{self._order.attempt}-fallback",
            call_id=f"{self._order.call_id}-fallback",
            uri=fallback.uri,
            trunk=fallback.trunk,
            brief=fallback.brief,
            ring_seconds=fallback.ring_seconds,
            accept_seconds=fallback.accept_seconds,
        )
        self._officers.ring(order)
        return True
