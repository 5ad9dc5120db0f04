"""The officers' legs of one call: rings them, briefs them, bridges one. Decisions are `voice.dialogue.officerleg`'s.

Rule 1: what becomes of a leg is told to the centre, but for one thing: that nobody is needed any more. The centre would ring
the next officer for a call that is ending; the report, which follows, says it all.
Rule 2: nothing that goes wrong on an officer's leg harms the contact's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from voice.dialogue import officerleg as leg_machine
from voice.errors import VoiceError
from voice.messages import Conduct, OfficerLeg, OfficerStage, RingOfficer, ToDaemon
from voice.ports import Leg, LegAnswered, LegDigit, LegEnded, LegEvent, LegPlayed, Phone
from voice.report import OfficerPart

_BRIEF_TAG = 1
_SETTLE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class OfficerNews:
    """What an officer's leg means for the conversation. Neither flag: this officer will not come."""

    escalation: str
    accepted: bool = False
    left: bool = False


@dataclass(slots=True)
class _Visitor:
    """One officer's leg. `leg` is absent when the dial itself failed."""

    order: RingOfficer
    part: OfficerPart
    state: leg_machine.OfficerState = leg_machine.OfficerState()
    leg: Leg | None = None
    ended: bool = False
    timer: asyncio.TimerHandle | None = None


class OfficerLegs:
    """Up to a few officers at a time; at most one is bridged."""

    def __init__(
        self,
        order: Conduct,
        phone: Phone,
        tell: Callable[[ToDaemon], None],
        post: Callable[[OfficerNews], None],
        now: Callable[[], datetime],
    ) -> None:
        self._order, self._phone = order, phone
        self._tell, self._post, self._now = tell, post, now
        self._visitors: dict[str, _Visitor] = {}
        self._all_ended = asyncio.Event()

    @property
    def busy(self) -> bool:
        """Somebody is being rung, briefed or talked to."""
        return any(v.state.phase is not leg_machine.OfficerPhase.OVER for v in self._visitors.values())

    def waits(self, escalation: str) -> bool:
        """This officer accepted and is still on the line."""
        visitor = self._visitors.get(escalation)
        return visitor is not None and visitor.state.phase is leg_machine.OfficerPhase.ACCEPTED

    def has_rung(self, uri: str) -> bool:
        """This telephone rang for this call, or was to."""
        return any(visitor.order.uri == uri for visitor in self._visitors.values())

    def ring(self, order: RingOfficer) -> None:
        """Ring this officer; what becomes of it is told and posted."""
        if order.escalation in self._visitors:
            return  # the wire repeats nothing, but a repeated order must not ring twice
        visitor = _Visitor(order, OfficerPart(order.escalation, None, None, None, None, brief_heard_to_end=False))
        self._visitors[order.escalation] = visitor
        try:
            visitor.leg = self._phone.dial(
                order.uri,
                order.trunk,
                order.call_id,
                lambda event: self._leg_event(visitor, event),
                listen=False,
                record_sent=self._brief_path(len(self._visitors)),
            )
        except VoiceError:
            self._advance(visitor, leg_machine.Gone(refused=False))
            return
        self._report(visitor, OfficerStage.RINGING)
        self._clock(visitor, order.ring_seconds)

    def bridge(self, contact: Leg, escalation: str) -> None:
        """Connect both; they hear one another from now on. Whoever else was rung is not needed any more."""
        visitor = self._visitors[escalation]
        if visitor.leg is None or not self.waits(escalation):
            self._post(OfficerNews(escalation, left=True))
            return
        self._phone.bridge(contact, visitor.leg)
        self._advance(visitor, leg_machine.Connected())
        visitor.part = replace(visitor.part, bridged_at=self._now())
        self._report(visitor, OfficerStage.BRIDGED)
        self.dismiss()

    def stop(self, escalation: str) -> None:
        """The centre does not want this officer any more."""
        if escalation in self._visitors:
            self._advance(self._visitors[escalation], leg_machine.Stopped())

    def dismiss(self) -> None:
        """Hang up every officer who is not bridged."""
        for visitor in self._visitors.values():
            if visitor.state.phase is not leg_machine.OfficerPhase.BRIDGED:
                self._advance(visitor, leg_machine.Dismissed())

    async def settle(self) -> None:
        """The contact is gone: end all legs and wait, boundedly, until they are."""
        for visitor in self._visitors.values():
            self._advance(visitor, leg_machine.Dismissed())
        if not self._live():
            return
        self._all_ended.clear()  # earlier officers have set it
        try:
            async with asyncio.timeout(_SETTLE_SECONDS):
                await self._all_ended.wait()
        except TimeoutError:
            return  # a mute officer phone must not hold the report back

    def parts(self) -> tuple[OfficerPart, ...]:
        return tuple(v.part for v in self._visitors.values())

    def brief_recording(self) -> str:
        """What the officer who took the call, or else the last one, was told. Empty: nobody was."""
        briefed = [n for n, v in enumerate(self._visitors.values(), 1) if v.part.answered_at is not None]
        bridged = [n for n, v in enumerate(self._visitors.values(), 1) if v.part.bridged_at is not None]
        chosen = (bridged or briefed)[-1:]
        return str(self._brief_path(chosen[0])) if chosen and self._brief_path(chosen[0]).exists() else ""

    def _brief_path(self, number: int) -> Path:
        return Path(self._order.recording_dir) / f"brief-{number}.wav"

    def _live(self) -> bool:
        return any(v.leg is not None and not v.ended for v in self._visitors.values())

    def _leg_event(self, visitor: _Visitor, event: LegEvent) -> None:
        match event:
            case LegAnswered():
                visitor.part = replace(visitor.part, answered_at=self._now())
                self._advance(visitor, leg_machine.PickedUp())
            case LegPlayed():
                visitor.part = replace(visitor.part, brief_heard_to_end=True)
                self._advance(visitor, leg_machine.BriefEnded())
            case LegDigit(digit):
                self._advance(visitor, leg_machine.KeyPressed(digit))
            case LegEnded(by_far_end=by_far_end):
                visitor.ended = True
                visitor.part = replace(visitor.part, ended_at=self._now())
                self._advance(visitor, leg_machine.Gone(refused=by_far_end))
                if not self._live():
                    self._all_ended.set()
            case _:
                pass  # ringing and audio change nothing here

    def _advance(self, visitor: _Visitor, event: leg_machine.OfficerEvent) -> None:
        visitor.state, actions = leg_machine.advance(visitor.state, event)
        for action in actions:
            self._carry_out(visitor, action)

    def _carry_out(self, visitor: _Visitor, action: leg_machine.OfficerAction) -> None:
        escalation = visitor.order.escalation
        match action:
            case leg_machine.PlayBrief() if visitor.leg is not None:
                self._stop_clock(visitor)
                self._play_brief(visitor, visitor.leg)
            case leg_machine.AwaitKey():
                self._report(visitor, OfficerStage.BRIEFED)
                self._clock(visitor, visitor.order.accept_seconds)
            case leg_machine.Accept():
                self._stop_clock(visitor)
                visitor.part = replace(visitor.part, accepted_at=self._now())
                self._report(visitor, OfficerStage.ACCEPTED)
                self._post(OfficerNews(escalation, accepted=True))
            case leg_machine.Decline(declined):
                self._stop_clock(visitor)
                self._report(visitor, OfficerStage.DECLINED if declined else OfficerStage.UNANSWERED)
                self._post(OfficerNews(escalation))
            case leg_machine.TalkOver():
                self._report(visitor, OfficerStage.ENDED)
                self._post(OfficerNews(escalation, left=True))
            case leg_machine.Drop() if visitor.leg is not None and not visitor.ended:
                self._stop_clock(visitor)
                visitor.leg.hang_up()
            case _:
                pass  # nothing to play to, or to hang up, on a leg that never was

    def _play_brief(self, visitor: _Visitor, leg: Leg) -> None:
        try:
            leg.play(_BRIEF_TAG, [Path(visitor.order.brief.path)])
        except VoiceError:  # its file is gone; nobody is bridged who was not briefed, so the next officer is wanted
            self._advance(visitor, leg_machine.Stopped())

    def _clock(self, visitor: _Visitor, seconds: float) -> None:
        self._stop_clock(visitor)
        loop = asyncio.get_running_loop()
        visitor.timer = loop.call_later(seconds, self._advance, visitor, leg_machine.WaitedEnough())

    def _stop_clock(self, visitor: _Visitor) -> None:
        if visitor.timer is not None:
            visitor.timer.cancel()

    def _report(self, visitor: _Visitor, stage: OfficerStage) -> None:
        self._tell(OfficerLeg(self._order.attempt, visitor.order.escalation, stage, self._now()))
