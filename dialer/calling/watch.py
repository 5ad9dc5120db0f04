"""Looks every second for people who are not rung in time, and has somebody else told: an SMS, an officer; and how the robot does at all.

Rule 1: one node does it for all; should two do it at once, each case is still told of once, for it is locked and looked at again.
Rule 2: nothing hangs on why a call is not begun: trunks, workers, speech, a storm, an order to stop. What is kept is in the database,
        so a daemon that starts again goes on where another one was.
Rule 3: one line and one piece of news when the robot as a whole begins to be late, and one when it is well again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from dialer.domain.degrading import Condition, cause_of, condition_after, late_by, shed_by
from dialer.domain.policy import Policy
from dialer.errors import CaseConflict
from dialer.filing.runner import Runner
from dialer.node.standing import Rounds
from dialer.ports import Brake, Clock
from dialer.ports.degrading import Lateness, RobotCondition

LOOK_SECONDS = 1.0
MOST_AT_ONCE = 100  # between two looks at the more urgent ones
GIVEN_BACK_SECONDS = 10.0  # an attempt that was given back a moment ago is due again within it, and waits all the same
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tower:
    """What the watch looks from."""

    lateness: Lateness
    runner: Runner
    brake: Brake
    policy: Policy
    clock: Clock
    is_ours: Callable[[], bool]  # this node does it now
    short_for: Callable[[], float]  # seconds since when somebody has always been left waiting for a line
    lines: Callable[[], int]  # that this node's trunks would carry now


class Watch:
    """One per daemon."""

    def __init__(self, tower: Tower) -> None:
        self._tower = tower
        self._rounds = Rounds("watch", LOOK_SECONDS)
        self._busy_at = tower.clock.monotonic()  # when somebody was late, or shed, for the last time

    async def run(self) -> None:
        """Standing task."""
        await self._rounds.run(self.look)

    async def look(self) -> None:
        """Once."""
        if not self._tower.is_ours():
            return
        may_ring = (await self._tower.brake.order_in_force()).level.may_ring
        told = await self._tell_of_the_late()
        shed = await self._shed() if may_ring else 0
        late = await self._tower.lateness.late_people()
        now = self._tower.clock.monotonic()
        if late or shed:
            self._busy_at = now
        await self._weigh(late, may_ring=may_ring, shed_lately=bool(shed))
        if max(told, shed) >= MOST_AT_ONCE:
            self._rounds.wake()

    async def _tell_of_the_late(self) -> int:
        tower, now = self._tower, self._tower.clock.now()
        until = now + timedelta(seconds=GIVEN_BACK_SECONDS)
        found = await tower.lateness.overdue(late_by(tower.policy, now), until, MOST_AT_ONCE)
        for attempt in found:
            try:
                await tower.runner.overdue(attempt, now)
            except CaseConflict:  # somebody works on the case; it is found again if nothing comes of that
                continue
        return len(found)

    async def _shed(self) -> int:
        tower, now = self._tower, self._tower.clock.now()
        until = now + timedelta(seconds=GIVEN_BACK_SECONDS)
        by = shed_by(tower.policy, now, timedelta(seconds=tower.short_for()))
        found = await tower.lateness.giving_way(by, until, MOST_AT_ONCE)
        for attempt in found:
            try:
                await tower.runner.shed(attempt, now)
            except CaseConflict:
                continue
        return len(found)

    async def _weigh(self, late: int, *, may_ring: bool, shed_lately: bool) -> None:
        tower = self._tower
        was = await tower.lateness.condition()
        quiet = tower.clock.monotonic() - self._busy_at
        after = condition_after(was.condition, late, shed_lately=shed_lately, quiet_seconds=quiet)
        if after is was.condition:
            return
        cause = cause_of(may_ring=may_ring, lines=tower.lines()) if after is Condition.DEGRADED else None
        if await tower.lateness.note_condition(RobotCondition(after, cause, late), tower.clock.now()):
            if cause is not None:
                log.error("people are not rung in time, they get SMS and officers", cause=cause.value, late=late)
            else:
                log.warning("the robot rings in time again")
