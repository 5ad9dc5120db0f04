"""Finds an officer for a live call: writes the escalation down, has him rung, climbs to the next one.

Rule 1: the Escalation is committed before his telephone rings.
Rule 2: every officer is rung at most once for one call; when all were, the worker is told that nobody is free.
Rule 3: a brief that cannot be rendered in time never delays the ring: the fixed one is played.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from dialer.calling.brief import FALLBACK, LONGEST_MS, brief
from dialer.calling.roster import Roster
from dialer.domain.attempt import Hold
from dialer.domain.escalation import Escalation, EscalationState
from dialer.filing.runner import Runner
from dialer.ids import new_id
from dialer.ports import Clock
from dialer.settings import OfficerSettings, Settings
from voice.errors import VoiceError
from voice.messages import NoOfficerFree, OfficerLeg, OfficerStage, OfficerWanted, RingOfficer, ToWorker
from voice.ports import Prompt, Prompts, Trunk

log = structlog.get_logger(__name__)
BRIEF_RATE_WPM = 190  # twenty hanzi stay below six seconds, and recognition does not suffer (measured)
_CAME = (OfficerStage.ACCEPTED, OfficerStage.BRIDGED)
_WILL_NOT_COME = (OfficerStage.DECLINED, OfficerStage.UNANSWERED)


@dataclass(frozen=True, slots=True)
class LiveCall:
    """The call that an officer is wanted for."""

    hold: Hold
    title: str  # of the fraud type, in Chinese
    send: Callable[[ToWorker], None]


class Escalator:
    """The officers' side of all calls of this node."""

    def __init__(self, runner: Runner, roster: Roster, prompts: Prompts, clock: Clock, settings: Settings) -> None:
        self._runner, self._roster, self._prompts = runner, roster, prompts
        self._clock, self._settings = clock, settings

    async def fetch(self, call: LiveCall, wanted: OfficerWanted, stages: asyncio.Queue[OfficerLeg]) -> None:
        """Ring officers until one comes or none is left. Cancelled when the call is over."""
        tried: list[str] = []
        while (officer := self._roster.next_after(tried)) is not None:
            tried.append(officer.id)
            with self._roster.engage(officer):
                if await self._ring(call, wanted, officer, stages):
                    return
        await self._runner.nobody_came(call.hold, reason=wanted.reason, facts=wanted.facts, now=self._clock.now())
        log.warning("no officer came", attempt=call.hold.attempt, rung=len(tried))
        call.send(NoOfficerFree())

    async def _ring(
        self, call: LiveCall, wanted: OfficerWanted, officer: OfficerSettings, stages: asyncio.Queue[OfficerLeg]
    ) -> bool:
        """True: he came, and the talk is over. False: he will not come."""
        spoken = await self._brief(call, wanted)
        now = self._clock.now()
        written = await self._runner.want_officer(
            call.hold,
            reason=wanted.reason,
            facts=wanted.facts,
            officer=officer.name,
            tier=officer.tier,
            call_id=new_id(now),
            brief=spoken.text,
            brief_ms=spoken.ms,
            now=now,
        )
        escalation = written.id
        log.info("officer rung", attempt=call.hold.attempt, escalation=escalation, officer=officer.id)
        call.send(self._order(written, officer, spoken))
        came = False
        while True:
            leg = await stages.get()
            if leg.escalation != escalation:
                continue  # an earlier officer's last word
            await self._runner.note_escalation(call.hold, escalation, EscalationState(leg.stage.value), leg.at)
            log.info("officer", attempt=call.hold.attempt, escalation=escalation, stage=leg.stage.value)
            came = came or leg.stage in _CAME
            if leg.stage is OfficerStage.ENDED or leg.stage in _WILL_NOT_COME:
                return came

    def _order(self, escalation: Escalation, officer: OfficerSettings, spoken: Prompt) -> RingOfficer:
        ring = self._settings.officers_ring
        return RingOfficer(
            escalation=escalation.id,
            call_id=escalation.call_id,
            uri=officer.uri,
            trunk=officer_trunk(self._settings, officer),
            brief=spoken,
            ring_seconds=ring.ring_seconds,
            accept_seconds=ring.accept_seconds,
        )

    async def _brief(self, call: LiveCall, wanted: OfficerWanted) -> Prompt:
        """What he is told: rendered now, about 30 ms, while nobody waits for it."""
        text = brief(wanted.reason, wanted.facts, call.title)
        with suppress(VoiceError):
            spoken = (await self._prompts.render([text], BRIEF_RATE_WPM))[text]
            if spoken.ms <= LONGEST_MS:
                return spoken
        return await fallback_brief(self._prompts)


async def fallback_brief(prompts: Prompts) -> Prompt:
    """The fixed brief; in the cache since the daemon's start."""
    return (await prompts.render([FALLBACK], BRIEF_RATE_WPM))[FALLBACK]


def officer_trunk(settings: Settings, officer: OfficerSettings) -> Trunk:
    """The account through which this officer is rung."""
    trunk = settings.trunk(officer.trunk)
    return trunk.account() if trunk is not None else Trunk(caller_id=settings.centre.call_back)
