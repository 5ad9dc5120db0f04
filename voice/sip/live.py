"""One live call, as the SIP thread sees it: folds facts, tells LegEvents, carries out orders.

Rule 1: everything here runs on the SIP thread and outside callbacks. Orders that come too late change nothing.
Rule 2: LegEnded is told once, last, and after the recordings were closed.
Rule 3: the wrapper is destroyed here, explicitly, as soon as the call is over, and nothing reaches it afterwards.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import pjsua2 as pj
import structlog

from voice.ports import LegAnswered, LegDigit, LegEnded, LegEvent, Trunk
from voice.report import HangupCause, Rang
from voice.sip.calls import CallWire, Note
from voice.sip.flow import Flow
from voice.sip.library import Library, assign, fault_of
from voice.sip.media import LegMedia
from voice.sip.progress import (
    CANCELLED,
    DigitSeen,
    Fact,
    FileEnded,
    InviteSeen,
    MediaSeen,
    Progress,
    RedirectSeen,
    ReplySeen,
    State,
    StateSeen,
)

AUDIO_SECONDS = 5.0  # an answer that brings no audio within this is a media fault
HEAR_SECONDS = 3.0  # an answered call in which no RTP came for so long was not heard
LOOK_SECONDS = 0.5  # between two looks at what has arrived
END_SECONDS = 2.0  # the library reports our own hang-up at once; this is for the day it does not

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Order:
    """What to dial, and as whom."""

    uri: str
    trunk: Trunk
    sip_id: str


@dataclass(frozen=True, slots=True)
class PlayedOut:
    """The last file of this track was played to its end; the leg's handle knows which tag it had."""

    track: int


Post = Callable[[LegEvent | PlayedOut], None]


class LiveCall:
    """A call between its order and its LegEnded."""

    def __init__(self, key: int, note: Note) -> None:
        self.key = key
        self._note = note
        self._progress = Progress()
        self._flow = Flow()
        self._wire: CallWire | None = None
        self.media: LegMedia | None = None
        self._post: Post | None = None
        self._last: LegEnded | None = None
        self._track = 0
        self._hear_by = 0.0
        self._due = 0.0  # when something that is awaited must have come; 0: nothing is

    @property
    def over(self) -> bool:
        """Nothing more can happen to it; perhaps its recordings are still being closed."""
        return self._last is not None

    def equip(self, media: LegMedia, post: Post) -> None:
        """Give it its audio and somebody to tell."""
        self.media = media
        self._post = post

    # Orders

    def make(self, library: Library, order: Order) -> None:
        """Send the INVITE."""
        wire = CallWire(library.account(order.trunk), self.key, self._note, order.sip_id)
        how = pj.CallOpParam(True)
        assign(how.opt, audioCount=1, videoCount=0, customCallId=order.sip_id)
        asserted = pj.SipHeader()
        assign(asserted, hName="P-Asserted-Identity", hValue=f"<sip:{order.trunk.caller_id}@{order.trunk.domain}>")
        how.txOption.headers.append(asserted)
        try:
            wire.makeCall(order.uri, how)
        except pj.Error:
            wire.__swig_destroy__(wire)
            raise
        self._wire = wire
        self._progress.invited = True

    def came_in(self, wire: CallWire) -> None:
        self._wire = wire
        self._progress.invited = True

    def reply(self, sip_code: int) -> None:
        """Answer the INVITE that came in: 180 rings, 200 accepts, 4xx and 6xx refuse."""
        if self._wire is None or self.over:
            return
        how = pj.CallOpParam(True)
        assign(how, statusCode=sip_code)
        assign(how.opt, audioCount=1, videoCount=0)
        if sip_code < 300:  # noqa: PLR2004
            self._try(lambda wire: wire.answer(how))
        else:
            self._progress.by_us = True
            self._try(lambda wire: wire.hangup(how))

    def hang_up(self) -> None:
        if self.over:
            return
        self._progress.by_us = True
        if self._wire is None:
            self.end(LegEnded(HangupCause.NEVER_DIALLED, 0, by_far_end=False, rang=Rang.NEVER))
            return
        self._due = time.monotonic() + END_SECONDS
        self._try(lambda wire: wire.hangup(pj.CallOpParam()))

    def play(self, track: int, wavs: Sequence[Path]) -> None:
        if self.over or self.media is None:
            return
        self._track = track
        try:
            at_end = self.media.play(wavs, lambda serial: self._note(self.key, FileEnded(serial)))
        except pj.Error as error:
            self._media_failed(error)
            return
        if at_end:
            self._tell(PlayedOut(track))

    def stop_playing(self) -> None:
        if self.media:
            self.media.stop()

    def send_digits(self, digits: str) -> None:
        self._try(lambda wire: wire.dialDtmf(digits))

    def bridge(self, officer: "LiveCall") -> None:
        if self.over or officer.over or self.media is None or officer.media is None:
            return
        officer.media.stop_recording()
        self.media.bridge(officer.media)

    # Facts

    def take(self, fact: Fact) -> None:
        """One fact; after the end none counts."""
        if self.over:
            return
        match fact:
            case ReplySeen():
                self._progress.replied()
            case RedirectSeen():
                self._progress.redirected(fact)
            case StateSeen(State.EARLY):
                if ringing := self._progress.early(fact):
                    self._tell(ringing)
            case StateSeen(State.CONFIRMED):
                self._progress.confirmed = True
                self._due = self._due or time.monotonic() + AUDIO_SECONDS
                self._perhaps_answered()
            case StateSeen():
                self.end(self._progress.ended(fact))
            case MediaSeen(index, flows):
                (self._flow.starts if flows else self._flow.stops)()
                self._audio_is(index)
            case DigitSeen(digit):
                self._tell(LegDigit(digit))
            case FileEnded(serial):
                self._file_ended(serial)
            case InviteSeen():
                pass  # the switchboard shows it to whoever takes incoming calls
            case _:
                assert_never(fact)

    def watch(self, now: float) -> None:
        """Something awaited is overdue."""
        if self.over or not self._due or now < self._due:
            return
        progress = self._progress
        if progress.by_us:
            self.abandon()
        elif progress.answered:
            self._due = now + LOOK_SECONDS
            self._listen(now)
        else:
            progress.was_heard = False
            self.hang_up()

    def _listen(self, now: float) -> None:
        """Does anything come? Whom an officer talks to is left alone: he hears for himself that nobody is there."""
        packets, reports = self._arrived()
        self._progress.rtp_came |= packets > 0
        if now >= self._hear_by:
            self._progress.was_heard = self._progress.rtp_came
        gone = self._flow.gone(packets + reports, now)
        if gone and self.media is not None and self.media.peer is None:
            log.warning("a leg fell silent in mid-talk, it is ended")
            self._progress.fell_silent = True
            self.hang_up()

    def abandon(self) -> None:
        """End it without the library's word."""
        if not self.over:
            code = CANCELLED if self._progress.by_us else 0
            self.end(self._progress.ended(StateSeen(State.DISCONNECTED, code, from_wire=False)))

    def end(self, last: LegEnded) -> None:
        self._last = last
        if self.media:
            self.media.close()
        if self._wire:
            self._wire.__swig_destroy__(self._wire)
            self._wire = None

    def told(self) -> bool:
        """Tell LegEnded as soon as the recordings are closed; True when that is done."""
        if self._last is None or (self.media and self.media.closing):
            return False
        self.tell_end()
        return True

    def tell_end(self) -> None:
        if self._last and self._post:
            self._post(self._last)

    def _tell(self, event: LegEvent | PlayedOut) -> None:
        if self._post:
            self._post(event)

    def _try(self, order: Callable[[CallWire], None]) -> None:
        if self._wire is None or self.over:
            return
        try:
            order(self._wire)
        except pj.Error as error:
            log.warning("the SIP library refused an order", reason=str(fault_of(error)))

    def _audio_is(self, index: int | None) -> None:
        if self.media is None or self._wire is None:
            return
        try:
            self.media.audio_is(None if index is None else self._wire.getAudioMedia(index))
        except pj.Error as error:
            self._media_failed(error)
            return
        self._perhaps_answered()

    def _perhaps_answered(self) -> None:
        if self._progress.answered or not self._progress.confirmed or not (self.media and self.media.up):
            return
        self._progress.answered = True
        self._due = time.monotonic()
        self._hear_by = self._due + HEAR_SECONDS
        self._tell(LegAnswered())  # before the tap opens, so that nothing is heard earlier
        self.media.answered()

    def _file_ended(self, serial: int) -> None:
        try:
            if self.media and self.media.file_ended(serial):
                self._tell(PlayedOut(self._track))
        except pj.Error as error:
            self._media_failed(error)

    def _arrived(self) -> tuple[int, int]:
        """RTP packets and RTCP reports so far."""
        if self._wire is None:
            return 0, 0
        try:
            stat = self._wire.getStreamStat(0)
        except pj.Error:
            return 0, 0  # no stream at all, as on hold
        rtcp = stat.rtcp
        received, sent = rtcp.rxStat, rtcp.txStat
        return int(received.pkt), int(sent.updateCount)  # the far end's reports are about what we sent

    def _media_failed(self, error: pj.Error) -> None:
        """A leg that cannot be spoken to must not stay open and silent."""
        log.error("a leg's audio failed", reason=str(fault_of(error)))
        self._progress.was_heard = False
        self.hang_up()
