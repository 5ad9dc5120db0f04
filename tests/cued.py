"""A foreign telephone that does what a test says, when the test says it: SIPp with the scenario `cued`.

    async with cued(folder) as citizen:
        call = await citizen.invited("13800138000")
        call.rings()
        await call.answers()
        call.presses("1")
        call.hangs_up()

A cue is a datagram to SIPp with the headers of the INVITE. Sound and keys are RTP of our own, sent to where the INVITE's
SDP says (finding: no source check), because SIPp's own play_pcap needs a raw socket. The sound is silence.
"""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import SystemRandom

from tests.sipp import Sipp, header, sipp, until

_NEXT, _DECLINE = "INFO", "MESSAGE"
_PACKET_SECONDS, _PACKET_SAMPLES = 0.02, 160
_PCMA = 8
_SILENCE = b"\xd5" * _PACKET_SAMPLES
_KEYS = "0123456789*#"
_KEY_PACKETS, _END_PACKETS = 6, 3


class CuedCall:
    """One call at the telephone."""

    def __init__(self, peer: Sipp, invite: str) -> None:
        self._peer, self._invite = peer, invite
        self.call_id = header(invite, "Call-ID")
        self._cues = 0
        self._sound: _Sound | None = None

    def rings(self) -> None:
        self._cue(_NEXT)

    async def answers(self) -> None:
        """Picks up; returns when the caller has acknowledged it."""
        self._cue(_NEXT)
        await until(lambda: self.call_id in [header(ack, "Call-ID") for ack in self._peer.messages("ACK ")])
        self._sound = _Sound(self._invite)

    def presses(self, key: str) -> None:
        assert self._sound is not None, "nobody has answered"
        self._sound.press(key)

    def hangs_up(self, q850: int = 16) -> None:
        """BYE with this cause; 16 is a person who hangs up."""
        self.falls_silent()
        self._cue(_NEXT, f"Reason: Q.850;cause={q850}")

    def declines(self) -> None:
        """486, ringing or not."""
        self._cue(_DECLINE)

    async def is_ended(self, seconds: float = 10) -> None:
        """Wait until the caller has hung up."""
        await until(lambda: self.call_id in [header(bye, "Call-ID") for bye in self._peer.messages("BYE ")], seconds)

    def falls_silent(self) -> None:
        """No RTP any more."""
        if self._sound is not None:
            self._sound.end()

    def _cue(self, method: str, *more: str) -> None:
        self._cues += 1
        kept = [f"{name}: {header(self._invite, name)}" for name in ("Via", "From", "To", "Call-ID", "CSeq")]
        uri = self._invite.split()[1]
        lines = [f"{method} {uri} SIP/2.0", *kept, f"Cue: {self._cues}", *more, "Content-Length: 0", "", ""]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto("\r\n".join(lines).encode(), ("127.0.0.1", self._peer.port))


class Cued:
    """The telephone: every number that is dialled there."""

    def __init__(self, peer: Sipp) -> None:
        self.peer = peer
        self.port = peer.port
        self.calls: list[CuedCall] = []

    def uri(self, user: str) -> str:
        return self.peer.uri(user)

    def invites(self, user: str = "") -> list[str]:
        """The distinct Call-IDs of INVITEs for this number, or for all: how often it was rung."""
        found = self.peer.messages(f"INVITE sip:{user}")
        return list(dict.fromkeys(header(invite, "Call-ID") for invite in found))

    async def invited(self, user: str, seconds: float = 10) -> CuedCall:
        """Wait until this number is rung; the newest call."""
        known = [call.call_id for call in self.calls]
        await until(lambda: any(each not in known for each in self.invites(user)), seconds)
        newest = [m for m in self.peer.messages(f"INVITE sip:{user}") if header(m, "Call-ID") not in known][-1]
        self.calls.append(CuedCall(self.peer, newest))
        return self.calls[-1]

    def new_calls(self) -> list[CuedCall]:
        """Those that came since we looked, whoever is rung."""
        known = {call.call_id for call in self.calls}
        invites = {header(invite, "Call-ID"): invite for invite in self.peer.messages("INVITE ")}
        new = [CuedCall(self.peer, invite) for call_id, invite in invites.items() if call_id not in known]
        self.calls += new
        return new


@asynccontextmanager
async def cued(folder: Path) -> AsyncIterator[Cued]:
    """A telephone until the block ends."""
    async with sipp("cued", folder) as peer:
        telephone = Cued(peer)
        try:
            yield telephone
        finally:
            for call in telephone.calls:
                call.falls_silent()


class _Sound:
    """An RTP stream: silence in packets of 20 ms, and keys as RFC 4733 events."""

    def __init__(self, invite: str) -> None:
        host = re.search(r"^c=IN IP4 (\S+)", invite, re.MULTILINE)
        port = re.search(r"^m=audio (\d+) ", invite, re.MULTILINE)
        events = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", invite, re.MULTILINE)
        assert host and port and events, "the INVITE offers no audio, or no keys"
        self._to, self._events_kind = (host.group(1), int(port.group(1))), int(events.group(1))
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.setblocking(False)
        self._ssrc = SystemRandom().getrandbits(32)
        self._packets = 0
        self._events: list[tuple[bool, bytes]] = []  # does it begin a key, and what is sent
        self._pressed_at = 0
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.call_soon(self._tick)

    def press(self, key: str) -> None:
        code = _KEYS.index(key)
        for packet in range(_KEY_PACKETS + _END_PACKETS):
            end = 0x80 if packet >= _KEY_PACKETS else 0
            lasted = _PACKET_SAMPLES * min(packet + 1, _KEY_PACKETS)
            self._events.append((packet == 0, struct.pack("!BBH", code, end | 10, lasted)))

    def end(self) -> None:
        self._next.cancel()
        self._line.close()

    def _tick(self) -> None:
        if self._events:
            begins, event = self._events.pop(0)
            if begins:
                self._pressed_at = self._packets * _PACKET_SAMPLES
            self._send(self._events_kind | (0x80 if begins else 0), self._pressed_at, event)
        else:
            self._send(_PCMA, self._packets * _PACKET_SAMPLES, _SILENCE)
        self._next = self._loop.call_later(_PACKET_SECONDS, self._tick)

    def _send(self, kind: int, moment: int, payload: bytes) -> None:
        self._packets += 1
        head = struct.pack("!BBHII", 0x80, kind, self._packets & 0xFFFF, moment & 0xFFFFFFFF, self._ssrc)
        self._line.sendto(head + payload, self._to)
