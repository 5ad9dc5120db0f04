"""What was on the wire, by SIPp's own traces: who was rung when, and when it was over."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path

from tests.sipp import header

_MESSAGE = re.compile(r"^-{10,}\s*(\d{4}-\d\d-\d\d)[ T\t](\S+).*$", re.MULTILINE)
_OVER = re.compile(r"(BYE|CANCEL) |SIP/2\.0 [3-6]")


@dataclass(slots=True)
class Ring:
    """One call as the far end saw it; times in seconds since 1970."""

    call_id: str
    number: str
    invited_at: float
    heard_at: float  # the last message that came from us
    over_at: float | None = None  # the first one, of either side, that ended it

    def end(self, believed: float) -> float:
        """Never later than we may have thought that it ended, which is `believed`: who hangs up on a dead worker does so later."""
        over_at = inf if self.over_at is None else self.over_at
        return max(min(self.heard_at, over_at), min(over_at, believed))


def rings(traces: Iterable[Path]) -> list[Ring]:
    """Oldest first; a repeated INVITE is none of its own."""
    found: dict[str, Ring] = {}
    for trace in traces:
        parts = _MESSAGE.split(trace.read_text(errors="replace") if trace.exists() else "")
        for day, time, message in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            direction, _, text = message.strip().partition("\n\n")
            at = datetime.fromisoformat(f"{day} {time}").timestamp()
            _take(found, text, at, came="received" in direction)
    return sorted(found.values(), key=lambda ring: ring.invited_at)


def _take(found: dict[str, Ring], text: str, at: float, *, came: bool) -> None:
    call_id = header(text, "Call-ID")
    if came and text.startswith("INVITE "):
        number = text.split()[1].removeprefix("sip:").partition("@")[0]
        found.setdefault(call_id, Ring(call_id, number, at, at))
    ring = found.get(call_id)
    if ring is None or "Cue:" in text:  # a cue comes from the test
        return
    if came:
        ring.heard_at = at
    if ring.over_at is None and _OVER.match(text):
        ring.over_at = at
