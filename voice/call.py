"""The pump of one conversation: one queue of events, one loop, one match over actions.

Rule 1: nothing here decides what to say; `voice.dialogue.machine` and `voice.dialogue.officerleg` do.
Rule 2: what must survive us is told (and by that written down) before it is done: INVITING before the INVITE.
Rule 3: every conversation ends in exactly one CallReport, whatever breaks.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import assert_never

from voice.dialogue import actions as act
from voice.dialogue import events as ev
from voice.dialogue.machine import advance
from voice.dialogue.state import Dialogue
from voice.dialogue.turntaking import TurnRules
from voice.errors import VoiceError
from voice.listening import Ear, HeardSomething, Listener, ReplyHeard, SilenceHeard, SpeechBegan
from voice.messages import (
    Conduct,
    EndCall,
    LegProgress,
    NoOfficerFree,
    OfficerWanted,
    Progress,
    RingOfficer,
    StopOfficer,
    ToDaemon,
    TurnEnded,
    TurnStarted,
)
from voice.officers import OfficerLegs, OfficerNews
from voice.ports import (
    SAMPLE_RATE,
    Leg,
    LegAnswered,
    LegDigit,
    LegEnded,
    LegEvent,
    LegHeard,
    LegPlayed,
    LegRinging,
    Phone,
)
from voice.report import CallReport, Conclusion, HangupCause, Rang, Recordings, TurnRecord
from voice.turns import Turns
from voice.understanding.model import Understood

Understand = Callable[[str, Collection[str]], Understood]
MergeStereo = Callable[[Path, Path, Path], None]


@dataclass(frozen=True, slots=True)
class DaemonGone:
    """The wire is at its end: from here on the call looks after itself."""


@dataclass(frozen=True, slots=True)
class _RingTimeUp:
    pass


@dataclass(frozen=True, slots=True)
class _CallTimeUp:
    pass


@dataclass(frozen=True, slots=True)
class _OfficerTimeUp:
    pass


Order = RingOfficer | StopOfficer | NoOfficerFree | EndCall | DaemonGone
_Inbox = LegEvent | HeardSomething | Order | OfficerNews | _RingTimeUp | _CallTimeUp | _OfficerTimeUp


@dataclass(frozen=True, slots=True)
class Senses:
    """What a call is given to work with."""

    phone: Phone
    ear: Ear
    understand: Understand
    merge_stereo: MergeStereo
    now: Callable[[], datetime]  # aware UTC
    rules: TurnRules = TurnRules()


class Call:
    """One attempt's conversation with one contact."""

    def __init__(self, order: Conduct, senses: Senses, tell: Callable[[ToDaemon], None]) -> None:
        self._order, self._senses, self._tell = order, senses, tell
        self._inbox: asyncio.Queue[_Inbox] = asyncio.Queue()
        self._listener = Listener(senses.ear, senses.rules, self._inbox.put_nowait)
        self._turns = Turns(self._turn_ended)
        self._officers = OfficerLegs(order, senses.phone, tell, self._inbox.put_nowait, senses.now)
        self._life = _Life()
        self._dialogue = Dialogue.open()

    def put(self, order: Order) -> None:
        """Give the call an order of the daemon, at any moment."""
        self._inbox.put_nowait(order)

    async def run(self) -> CallReport:
        """Dial, talk, report. Never raises for what the world did."""
        listening = asyncio.create_task(self._listener.run(), name="listener")
        loop = asyncio.get_running_loop()
        timers = [loop.call_later(self._order.ring_seconds, self._inbox.put_nowait, _RingTimeUp())]
        try:
            leg = self._dial()
            if leg is not None:
                timers.append(loop.call_later(self._order.max_call_seconds, self._inbox.put_nowait, _CallTimeUp()))
                await self._pump(leg, listening)
            await self._officers.settle()
        finally:
            for timer in timers:
                timer.cancel()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        return await self._report()

    def _dial(self) -> Leg | None:
        order, folder = self._order, Path(self._order.recording_dir)
        self._progress(Progress.INVITING)
        self._life.dialled_at = self._senses.now()
        try:
            return self._senses.phone.dial(
                order.uri,
                order.trunk,
                order.call_id,
                self._inbox.put_nowait,
                record_sent=folder / "sent.wav",
                record_heard=folder / "heard.wav",
            )
        except VoiceError:
            self._life.ended = LegEnded(HangupCause.NEVER_DIALLED, 0, by_far_end=False)
            return None

    async def _pump(self, leg: Leg, listening: asyncio.Task[None]) -> None:
        while self._life.ended is None:
            event = await self._inbox.get()
            if listening.done() and not listening.cancelled() and listening.exception() is not None:
                # Deaf for good: the person is not left with a robot that cannot hear.
                self._advance(leg, ev.EndOrdered())
            try:
                self._take(leg, event)
            except VoiceError:  # e.g. a prompt's file is gone: better a short call than a dumb one
                self._life.broken = True
                leg.hang_up()

    def _take(self, leg: Leg, event: _Inbox) -> None:
        match event:
            case LegRinging():
                self._ringing()
            case LegAnswered():
                self._life.answered_at = self._senses.now()
                self._progress(Progress.ANSWERED)
                self._advance(leg, ev.Answered())
            case LegHeard(pcm, first_sample):
                self._listener.audio(pcm, first_sample)
            case LegPlayed(tag):
                self._turns.said_to_end(tag)
                self._advance(leg, ev.PromptFinished(tag))
            case LegDigit(digit):
                self._turns.pressed(digit)
                self._advance(leg, ev.DigitPressed(digit))
            case LegEnded():
                self._life.ended = event
                self._advance(leg, ev.HungUp())
            case SpeechBegan():
                pass
            case ReplyHeard(turn, transcript, _, ended):
                understood = self._senses.understand(transcript.text, self._life.expects)
                self._turns.heard(turn, transcript, understood, ended)
                self._advance(leg, ev.ReplyUnderstood(turn, understood))
            case SilenceHeard(turn):
                self._advance(leg, ev.SilenceElapsed(turn))
            case OfficerNews():
                self._officer_news(leg, event)
            case RingOfficer():
                self._officers.ring(event)
            case StopOfficer(escalation):
                self._officers.stop(escalation)
            case NoOfficerFree():
                self._advance(leg, ev.NoOfficerCame())
            case EndCall():
                self._life.ended_by_order = True
                self._end(leg)
            case DaemonGone():
                self._life.alone = True
                self._look_after_ourselves(leg)
            case _RingTimeUp():
                if self._life.answered_at is None:
                    leg.hang_up()
            case _CallTimeUp():
                self._advance(leg, ev.TimeIsUp())
            case _OfficerTimeUp():
                self._life.officer_late = True
                self._look_after_ourselves(leg)
            case _:
                assert_never(event)

    def _advance(self, leg: Leg, event: ev.Event) -> None:
        self._dialogue, actions = advance(self._order.script, self._dialogue, event)
        for action in actions:
            self._carry_out(leg, action)

    def _carry_out(self, leg: Leg, action: act.Action) -> None:
        match action:
            case act.Say(turn, step, sentences):
                self._listener.begin_turn(turn)
                said = "".join(self._order.script.sentences[s].text for s in sentences)
                self._turns.begin(turn, step, said, leg.sample_clock())
                leg.play(turn, [Path(self._order.prompts[s].path) for s in sentences])
                self._tell(TurnStarted(self._order.attempt, turn, step, said, self._senses.now()))
            case act.StopSaying():
                leg.stop_playing()
            case act.WaitForReply(turn, silence_ms, expects):
                self._life.expects = expects
                self._listener.listen(leg.sample_clock(), silence_ms * SAMPLE_RATE // 1000)
            case act.WantOfficer(reason, facts):
                self._want_officer(reason, dict(facts))
            case act.Bridge(escalation):
                self._listener.deafen()
                self._turns.close()
                self._officers.bridge(leg, escalation)
            case act.DismissOfficers():
                self._officers.dismiss()
            case act.HangUp():
                leg.hang_up()
            case _:
                assert_never(action)

    def _want_officer(self, reason: str, facts: dict[str, str]) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(self._order.officer_wait_seconds, self._inbox.put_nowait, _OfficerTimeUp())
        self._life.officer_wanted = True
        self._tell(OfficerWanted(self._order.attempt, reason, facts, self._senses.now()))
        if self._life.alone:
            self._inbox.put_nowait(DaemonGone())

    def _officer_news(self, leg: Leg, news: OfficerNews) -> None:
        if news.accepted:
            self._advance(leg, ev.OfficerAccepted(news.escalation))
        elif news.left:
            self._advance(leg, ev.OfficerLeft(news.escalation))
        elif self._life.alone or self._life.officer_late:
            self._look_after_ourselves(leg)

    def _look_after_ourselves(self, leg: Leg) -> None:
        """The daemon is gone, or does not answer: the fallback officer is rung once, and then nobody came."""
        if not self._life.officer_wanted or self._officers.busy:
            return
        fallback = self._order.fallback
        if fallback is not None and not self._life.fallback_rung:
            self._life.fallback_rung = True
            escalation = f"{self._order.attempt}-fallback"
            self._officers.ring(
                RingOfficer(
                    escalation=escalation,
                    call_id=f"{self._order.call_id}-fallback",
                    uri=fallback.uri,
                    trunk=fallback.trunk,
                    brief=fallback.brief,
                    ring_seconds=fallback.ring_seconds,
                    accept_seconds=fallback.accept_seconds,
                )
            )
            return
        self._advance(leg, ev.NoOfficerCame())

    def _end(self, leg: Leg) -> None:
        if self._life.answered_at is None:
            leg.hang_up()
        else:
            self._advance(leg, ev.EndOrdered())

    def _ringing(self) -> None:
        if not self._life.rang:
            self._life.rang = True
            self._progress(Progress.RINGING)

    def _progress(self, progress: Progress) -> None:
        self._tell(LegProgress(self._order.attempt, progress, self._senses.now()))

    def _turn_ended(self, record: TurnRecord) -> None:
        self._tell(TurnEnded(self._order.attempt, record, self._senses.now()))

    async def _report(self) -> CallReport:
        self._turns.close()
        life, order = self._life, self._order
        ended = life.ended or LegEnded(HangupCause.MEDIA_FAULT, 0, by_far_end=False)
        cause = ended.cause
        if not ended.by_far_end and life.broken:
            cause = HangupCause.MEDIA_FAULT
        elif not ended.by_far_end and life.ended_by_order:
            cause = HangupCause.ENDED_BY_ORDER
        return CallReport(
            attempt=order.attempt,
            call_id=order.call_id,
            script_hash=order.script.hash,
            rang=self._rang(ended),
            cause=cause,
            sip_code=ended.sip_code,
            conclusion=self._dialogue.conclusion if life.answered_at else Conclusion.NOTHING,
            facts=dict(self._dialogue.facts),
            turns=self._turns.records(),
            officers=self._officers.parts(),
            recordings=await self._recordings(),
            dialled_at=life.dialled_at,
            answered_at=life.answered_at,
            ended_at=self._senses.now(),
        )

    def _rang(self, ended: LegEnded) -> Rang:
        if ended.cause is HangupCause.NEVER_DIALLED:
            return Rang.NEVER
        return Rang.YES if self._life.rang or self._life.answered_at else ended.rang

    async def _recordings(self) -> Recordings:
        folder = Path(self._order.recording_dir)
        sent, heard, stereo = folder / "sent.wav", folder / "heard.wav", folder / "call.wav"
        brief = self._officers.brief_recording()
        if self._life.answered_at is None or not sent.exists() or not heard.exists():
            return Recordings(brief=brief)
        try:
            await asyncio.to_thread(self._senses.merge_stereo, sent, heard, stereo)
        except (OSError, ValueError):
            return Recordings(brief=brief)  # the mono files stay; a full disk must not cost the report
        sent.unlink()
        heard.unlink()
        return Recordings(stereo=str(stereo), brief=brief)


@dataclass(slots=True)
class _Life:
    """What has happened to the contact's leg, and who still stands by us."""

    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    rang: bool = False
    ended: LegEnded | None = None
    ended_by_order: bool = False
    broken: bool = False
    expects: tuple[str, ...] = ()
    officer_wanted: bool = False
    officer_late: bool = False
    fallback_rung: bool = False
    alone: bool = False
