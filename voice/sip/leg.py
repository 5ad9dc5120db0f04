"""Our handles on legs, in the event loop's thread.

Rule 1: nothing here waits and nothing here touches the SIP library; orders go to the SIP thread by the leg's key.
Rule 2: what comes back is told in order; LegPlayed only for the track that is playing now, nothing after LegEnded.
"""

import asyncio
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from voice.errors import PhoneFault
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE, LegEnded, LegEvent, LegHeard, LegPlayed, Tell
from voice.sip.frames import Tap
from voice.sip.live import LiveCall, PlayedOut
from voice.sip.media import Recording
from voice.sip.switchboard import Invitation
from voice.sip.thread import SipThread


class PjsuaLeg:
    """One live SIP call."""

    def __init__(
        self, thread: SipThread, loop: asyncio.AbstractEventLoop, key: int, tell: Tell, *, listen: bool
    ) -> None:
        self.key = key
        self.tap = Tap(self._heard, listen=listen)
        self._thread = thread
        self._loop = loop
        self._tell = tell
        self._tracks = 0
        self._tag: int | None = None  # of the track that is playing
        self._ended = False

    def play(self, tag: int, wavs: Sequence[Path]) -> None:
        for path in wavs:
            check_prompt(path)
        if self._ended:
            return
        self._tracks += 1
        self._tag = tag
        track, files = self._tracks, tuple(wavs)
        self._order(lambda call: call.play(track, files))

    def stop_playing(self) -> None:
        self._tag = None
        self._tracks += 1
        self._order(LiveCall.stop_playing)

    def sample_clock(self) -> int:
        return self.tap.samples

    def hang_up(self) -> None:
        self._order(LiveCall.hang_up)

    def send_digits(self, digits: str) -> None:
        """Press these keys (RFC 4733)."""
        self._order(lambda call: call.send_digits(digits))

    def post(self, event: LegEvent | PlayedOut) -> None:
        """From any thread."""
        post_to(self._loop, lambda: self._take(event))

    def _heard(self, pcm: bytes, first_sample: int) -> None:
        self.post(LegHeard(pcm, first_sample))

    def _order(self, order: Callable[[LiveCall], None]) -> None:
        key = self.key
        self._thread.order(lambda board: board.tell(key, order))

    def _take(self, event: LegEvent | PlayedOut) -> None:
        if self._ended:
            return
        if isinstance(event, PlayedOut):
            if event.track != self._tracks or self._tag is None:
                return  # it ended while a stop or a new prompt was on its way
            tag, self._tag = self._tag, None
            self._tell(LegPlayed(tag))
            return
        self._ended = isinstance(event, LegEnded)
        self._tell(event)


class IncomingLeg:
    """An INVITE that came in and waits for our answer."""

    def __init__(self, thread: SipThread, loop: asyncio.AbstractEventLoop, invitation: Invitation) -> None:
        self.call_id = invitation.sip_id
        self.dialled = user_of(invitation.dialled)  # the number that was rung
        self.caller = user_of(invitation.caller)
        self._key = invitation.key
        self._thread = thread
        self._loop = loop

    def ring(self) -> None:
        """180 Ringing."""
        self._reply(180)

    def refuse(self, sip_code: int) -> None:
        """A final reply, such as 486."""
        self._reply(sip_code)

    def accept(
        self,
        tell: Tell,
        *,
        listen: bool = True,
        record_sent: Path | None = None,
        record_heard: Path | None = None,
    ) -> PjsuaLeg:
        """200 OK. If the caller has given up already, LegEnded is all that comes."""
        leg = PjsuaLeg(self._thread, self._loop, self._key, tell, listen=listen)
        recording = Recording(record_sent, record_heard)
        self._thread.order(lambda board: board.accept(leg.key, leg.tap, recording, leg.post))
        return leg

    def _reply(self, sip_code: int) -> None:
        key = self._key
        self._thread.order(lambda board: board.tell(key, lambda call: call.reply(sip_code)))


def user_of(uri: str) -> str:
    """`"A" <sip:138@host;x>` -> `138`."""
    return uri.partition("sip:")[2].partition("@")[0].partition(";")[0].strip("<>")


def check_prompt(path: Path) -> None:
    """Refuse what the bridge cannot play as it is, while the caller can still say so."""
    try:
        with wave.open(str(path), "rb") as wav:
            shape = (wav.getnchannels(), wav.getsampwidth(), wav.getframerate())
    except (OSError, EOFError, wave.Error):
        raise PhoneFault("A prompt's file is missing or no WAV; render it again") from None
    if shape != (1, SAMPLE_BYTES, SAMPLE_RATE):
        raise PhoneFault("A prompt is not 8 kHz mono 16 bit; render it again")


def post_to(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    """Run this in the loop's thread. A loop that is closed has nobody left to tell."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
