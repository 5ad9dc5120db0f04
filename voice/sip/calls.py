"""The wrappers whose callbacks the SIP library runs: calls and accounts.

Rule 1: a callback describes and never decides. It copies facts into the queue and returns.
Rule 2: facts carry our own key, never the library's call id, which is reused (finding: events of an old call reach
        the new one in its slot). onCallTsxState is believed only when the message carries our own Call-ID.
Rule 3: keep every object that a property was read from (finding: self.getInfo().media[0] dangles).
"""

import re
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from voice.sip.progress import DigitSeen, Fact, MediaSeen, RedirectSeen, ReplySeen, State, StateSeen

Note = Callable[[int, Fact], None]  # key, fact; thread-safe, and wakes the SIP thread

STATES = {
    pj.PJSIP_INV_STATE_EARLY: State.EARLY,
    pj.PJSIP_INV_STATE_CONFIRMED: State.CONFIRMED,
    pj.PJSIP_INV_STATE_DISCONNECTED: State.DISCONNECTED,
}

_REASON = re.compile(r"^Reason\s*:.*?\bQ\.850\b[^,\r\n]*?;\s*cause\s*=\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"^SIP/2\.0 (\d{3})")
_CALL_ID = re.compile(r"^(?:Call-ID|i)\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def q850_of(message: str) -> int | None:
    """The Q.850 cause of a Reason header (RFC 3326), if there is one."""
    found = _REASON.search(message)
    return int(found.group(1)) if found else None


def status_of(message: str) -> int:
    """The status of a response; 0 for a request."""
    found = _STATUS.match(message)
    return int(found.group(1)) if found else 0


def _received(event: Any) -> str:
    """The message that caused this event; empty when a timer, an error or we ourselves did."""
    if event.type != pj.PJSIP_EVENT_TSX_STATE:
        return ""
    body = event.body
    change = body.tsxState
    if change.type != pj.PJSIP_EVENT_RX_MSG:
        return ""
    source = change.src
    data = source.rdata
    return str(data.wholeMsg)


class CallWire(pj.Call):  # type: ignore[misc]
    """One SIP call as the library knows it."""

    def __init__(self, account: pj.Account, key: int, note: Note, sip_id: str, library_id: int = -1) -> None:
        super().__init__(account, library_id)
        self._key = key
        self._note = note
        self._sip_id = sip_id
        self._replied = False

    def onCallState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        state = STATES.get(info.state)
        if state is None:
            return
        message = _received(prm.e)
        has_sdp = "application/sdp" in message.lower()
        self._note(self._key, StateSeen(state, info.lastStatusCode, bool(message), q850_of(message), has_sdp))

    def onCallTsxState(self, prm: Any) -> None:  # noqa: N802
        if self._replied:
            return
        message = _received(prm.e)
        found = _CALL_ID.search(message)
        if status_of(message) and found and found.group(1) == self._sip_id:
            self._replied = True
            self._note(self._key, ReplySeen())

    def onCallRedirected(self, prm: Any) -> int:  # noqa: N802
        self._note(self._key, RedirectSeen(status_of(_received(prm.e))))
        return int(pj.PJSIP_REDIRECT_STOP)

    def onCallMediaState(self, prm: Any) -> None:  # noqa: ARG002, N802
        info = self.getInfo()
        streams = info.media
        index, flows = None, False
        for stream in streams:
            if stream.type == pj.PJMEDIA_TYPE_AUDIO and stream.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                index = int(stream.index)
                flows = bool(int(stream.dir) & pj.PJMEDIA_DIR_DECODING)
                break
        self._note(self._key, MediaSeen(index, flows))

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        self._note(self._key, DigitSeen(str(prm.digit)))  # runs on a native media thread


class AccountWire(pj.Account):  # type: ignore[misc]
    """A trunk's account, or the one that takes incoming calls."""

    def __init__(self, on_invite: Callable[["AccountWire", int], None]) -> None:
        super().__init__()
        self._on_invite = on_invite

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        # The wrapper must exist before this returns, or the library answers 500 by itself.
        self._on_invite(self, int(prm.callId))
