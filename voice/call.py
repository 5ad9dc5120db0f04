"""The pump of one conversation: one queue of events, one loop, one match over actions.

Rule 1: nothing here decides what to say; `voice.dialogue.machine` and `voice.dialogue.officerleg` do.
Rule 2: what must survive us is told (and by that written down) before it is done: INVITING before the INVITE.
Rule 3: every conversation ends in exactly one CallReport, whatever breaks.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import assert_never

from voice.dialogue import actions as act
from voice.dialogue import events as ev
from voice.dialogue.machine import advance
from voice.dialogue.state import Dialogue, Phase, Search
from voice.dialogue.turntaking import TurnRules
from voice.errors import PromptsMissing, VoiceError
from voice.inbox import CallTimeUp, DaemonGone, GoodbyeTimeUp, Inbox, Order, RingTimeUp, clocks
from voice.life import Life, MergeStereo, Tapes
from voice.listening import GARBLED, Ear, EarLost, Listener, ReplyHeard, SilenceHeard, SpeechBegan
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
    LegHeard,
    LegPlayed,
    LegRinging,
    Phone,
)
from voice.record import Head, Recorder
from voice.report import CallReport, Conclusion, HangupCause, Rang, Recordings, TurnRecord
from voice.search import OfficerSearch
from voice.turns import Turns
from voice.understanding.model import Understand, Understood


@dataclass(frozen=True, slots=True)
class Senses:
    """What a call is given to work with."""

    phone: Phone
    ear: Ear
    understand: Understand
    merge_stereo: MergeStereo
    now: Callable[[], datetime]  # aware UTC
    rules: TurnRules = TurnRules()
    goodbye_seconds: float = 60.0  # from TimeIsUp to the last sample of any goodbye; then the line is cut


class Call:
    """One attempt's conversation with one contact."""

    def __init__(self, order: Conduct, senses: Senses, tell: Callable[[ToDaemon], None]) -> None:
        self._order, self._senses, self._tell = order, senses, tell
        self._inbox: asyncio.Queue[Inbox] = asyncio.Queue()
        post = self._inbox.put_nowait
        self._listener = Listener(senses.ear, senses.rules, post)
        self._turns = Turns(self._turn_ended)
        self._officers = OfficerLegs(order, senses.phone, tell, post, senses.now)
        self._search = OfficerSearch(order, self._officers, self._wants_officer, post)
        self._life = Life()
        self._dialogue = Dialogue.open(careful=order.careful, resumes=order.resumes)
        self._recorder = Recorder(Head(careful=order.careful, group=order.group, resumes=order.resumes))
        self._expects: tuple[str, ...] = ()
        self._asked = ""

    def put(self, order: Order) -> None:
        """Give the call an order of the daemon, at any moment."""
        self._inbox.put_nowait(order)

    async def run(self) -> CallReport:
        """Dial, talk, report. Never raises for what the world did."""
        listening = asyncio.create_task(self._listener.run(), name="listener")
        try:
            leg = self._dial()
            if leg is not None:
                with clocks(self._order, self._senses.goodbye_seconds, self._inbox.put_nowait):
                    await self._pump(leg)
            await self._officers.settle()
        finally:
            self._search.end()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        return await self._report()

    def _dial(self) -> Leg | None:
        order, tapes = self._order, Tapes(Path(self._order.recording_dir))
        try:
            self._check_prompts()
            self._progress(Progress.INVITING)
            self._life.dialled_at = self._senses.now()
            return self._senses.phone.dial(
                order.uri,
                order.trunk,
                order.call_id,
                self._inbox.put_nowait,
                record_sent=tapes.sent,
                record_heard=tapes.heard,
            )
        except VoiceError:
            self._life.dialled_at = None
            self._life.ended = LegEnded(HangupCause.NEVER_DIALLED, 0, by_far_end=False, rang=Rang.NEVER)
            return None

    def _check_prompts(self) -> None:
        """Nobody is rung to hear silence."""
        for sentence in self._order.script.sentences:
            prompt = self._order.prompts.get(sentence)
            if prompt is None or not Path(prompt.path).is_file():
                raise PromptsMissing

    async def _pump(self, leg: Leg) -> None:
        while self._life.ended is None:
            event = await self._inbox.get()
            try:
                self._take(leg, event)
            except Exception:  # noqa: BLE001 - a prompt that vanished, or a mistake of ours: a short call, not a dumb one
                self._life.broken = True
                leg.hang_up()

    def _take(self, leg: Leg, event: Inbox) -> None:
        match event:
            case LegRinging():
                self._ringing()
            case LegAnswered():
                self._answered(leg)
            case LegHeard(pcm, first_sample):
                self._listener.audio(pcm, first_sample)
            case LegPlayed(tag):
                self._turns.said_to_end(tag)
                self._advance(leg, ev.PromptFinished(tag))
            case LegDigit(digit):
                self._turns.pressed(digit)
                self._advance(leg, ev.DigitPressed(digit))
            case LegEnded():
                self._life.ended, self._life.standing = event, self._dialogue.standing
                self._advance(leg, ev.HungUp())
            case SpeechBegan():
                pass  # what is said while we speak is judged when it is understood
            case ReplyHeard():
                self._heard(leg, event)
            case SilenceHeard(turn):
                self._advance(leg, ev.SilenceElapsed(turn))
            case EarLost():
                self._life.deaf = True
            case OfficerNews():
                self._officer_news(leg, event)
            case ev.NoOfficerCame():
                self._advance(leg, event)
            case RingTimeUp():
                if self._life.answered_at is None:
                    leg.hang_up()
            case CallTimeUp():
                self._advance(leg, ev.TimeIsUp())
            case GoodbyeTimeUp():
                if self._dialogue.phase is not Phase.BRIDGED:
                    leg.hang_up()
            case _:
                self._obey(leg, event)

    def _obey(self, leg: Leg, order: Order) -> None:
        match order:
            case RingOfficer():
                if self._dialogue.officer.search in (Search.WANTED, Search.MISSED):
                    self._officers.ring(order)
            case StopOfficer(escalation):
                self._officers.stop(escalation)
            case NoOfficerFree():
                self._search.centre_has_nobody()
            case EndCall():
                self._life.ended_by_order = True
                self._end(leg)
            case DaemonGone():
                self._search.centre_is_gone()
            case _:
                assert_never(order)

    def _advance(self, leg: Leg, event: ev.Event) -> None:
        self._recorder.came(event, leg.sample_clock())
        self._dialogue, actions = advance(self._order.script, self._dialogue, event)
        self._recorder.answered(actions)
        for action in actions:
            self._carry_out(leg, action)

    def _carry_out(self, leg: Leg, action: act.Action) -> None:
        match action:
            case act.Say():
                self._say(leg, action)
            case act.StopSaying():
                leg.stop_playing()
            case act.WaitForReply(turn, silence_ms, expects):
                self._expects = expects
                self._listener.listen(turn, leg.sample_clock(), silence_ms * SAMPLE_RATE // 1000)
            case act.WantOfficer(reason, facts):
                self._tell(OfficerWanted(self._order.attempt, reason, dict(facts), self._senses.now()))
                self._search.begin()
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

    def _say(self, leg: Leg, prompt: act.Say) -> None:
        script, turn = self._order.script, prompt.turn
        said = "".join(script.sentences[s].text for s in prompt.sentences)
        # Who answers before we have ended answers this.
        self._expects = tuple(script.steps[prompt.step].replies)
        self._asked = script.sentences[prompt.sentences[-1]].text if prompt.sentences else ""
        self._listener.begin_turn(turn)
        self._turns.begin(turn, prompt.step, said, leg.sample_clock())
        leg.play(turn, [Path(self._order.prompts[s].path) for s in prompt.sentences])
        self._tell(TurnStarted(self._order.attempt, turn, prompt.step, said, self._senses.now()))

    def _answered(self, leg: Leg) -> None:
        self._life.answered_at = self._senses.now()
        self._progress(Progress.ANSWERED)
        self._advance(leg, ev.Answered())

    def _heard(self, leg: Leg, reply: ReplyHeard) -> None:
        text = reply.transcript.text
        garbled = reply.transcript is GARBLED
        understood = Understood(text) if garbled else self._senses.understand(text, self._expects, asked=self._asked)
        with self._turns.replied(reply.turn, reply.transcript, understood, reply.ended):
            self._advance(leg, ev.ReplyUnderstood(reply.turn, understood))

    def _wants_officer(self) -> bool:
        return self._dialogue.officer.search is Search.WANTED

    def _officer_news(self, leg: Leg, news: OfficerNews) -> None:
        if news.left:
            self._advance(leg, ev.OfficerLeft(news.escalation))
        elif news.accepted and self._officers.waits(news.escalation):
            self._advance(leg, ev.OfficerAccepted(news.escalation))
        else:
            self._search.consider()

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
        self._tell(TurnEnded(self._order.attempt, record, self._senses.now(), self._dialogue.standing))

    async def _report(self) -> CallReport:
        self._turns.close()
        life, order, stereo = self._life, self._order, ""
        if life.answered_at is not None:
            tapes = Tapes(Path(order.recording_dir))
            stereo = await asyncio.to_thread(tapes.joined, self._senses.merge_stereo)
        return CallReport(
            attempt=order.attempt,
            call_id=order.call_id,
            script_hash=order.script.hash,
            rang=life.proved(),
            cause=life.cause(),
            sip_code=life.sip_code(),
            conclusion=self._dialogue.conclusion if life.answered_at else Conclusion.NOTHING,
            facts=dict(self._dialogue.facts),
            turns=self._turns.records(),
            officers=self._officers.parts(),
            recordings=Recordings(stereo, self._officers.brief_recording()),
            dialled_at=life.dialled_at,
            answered_at=life.answered_at,
            ended_at=self._senses.now(),
            events=self._recorder.text() if life.answered_at else "",
            standing=life.standing if life.answered_at else None,
        )
