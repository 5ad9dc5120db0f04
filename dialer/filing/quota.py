"""How many alerts a source may send: a source that runs wild must not drown the others. Per node.

Rule: a source without a limit of its own is not limited; unused room does not grow beyond one minute's.
"""

from collections.abc import Mapping

from dialer.ports import Clock

MINUTE = 60.0


class Quotas:
    """A bucket for each source that has a limit (token bucket, RFC 2697's single rate without colours)."""

    def __init__(self, per_minute: Mapping[str, int], clock: Clock) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._room: dict[str, float] = {source: float(most) for source, most in per_minute.items()}
        self._at: dict[str, float] = dict.fromkeys(per_minute, clock.monotonic())

    def admit(self, source: str) -> bool:
        """May this source send one more now? It has then done so."""
        most = self._per_minute.get(source, 0)
        if not most:
            return True
        now = self._clock.monotonic()
        room = min(float(most), self._room[source] + (now - self._at[source]) * most / MINUTE)
        self._at[source] = now
        self._room[source] = room - 1.0 if room >= 1.0 else room
        return room >= 1.0

    def limit(self, source: str) -> int:
        """Alerts a minute; 0: no limit."""
        return self._per_minute.get(source, 0)
