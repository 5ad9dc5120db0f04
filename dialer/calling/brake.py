"""Has the emergency stop obeyed by the calls of this node: the database is asked, so a dead broker stops nothing from stopping.

Rule 1: no new call needs this task: the order is read again in the transaction before every INVITE (`CallLog.begin_dialling`).
Rule 2: END_CALLS ends what the robot says, politely; two people who talk are left alone.
"""

from collections.abc import Callable

import structlog

from dialer.domain.stop import StopLevel
from dialer.node.standing import Rounds
from dialer.ports import Brake

POLL_SECONDS = 0.2
log = structlog.get_logger(__name__)


class BrakePedal:
    """Watches the order and tells whoever conducts calls."""

    def __init__(self, brake: Brake, end_calls: Callable[[], int], *, look_seconds: float = POLL_SECONDS) -> None:
        self._brake, self._end_calls = brake, end_calls
        self._epoch = -1
        self._rounds = Rounds("brake", look_seconds)

    def wake(self) -> None:
        """There may be a new order."""
        self._rounds.wake()

    async def run(self) -> None:
        """Standing task."""
        await self._rounds.run(self.look)

    async def look(self) -> None:
        """Obey the newest order. A call that was just beginning when it came is ended by a later look."""
        order = await self._brake.order_in_force()
        if order.epoch != self._epoch:
            self._epoch = order.epoch
            if order.epoch:
                log.warning("emergency stop", level=order.level.value, epoch=order.epoch, who=order.who)
        if order.level is StopLevel.END_CALLS:
            ended = self._end_calls()
            if ended:
                log.warning("calls are told to end", calls=ended, epoch=order.epoch)
