"""A clock that a test moves by hand."""

from datetime import UTC, datetime, timedelta


class HandClock:
    """Holds dialer.ports.Clock. It stands still until somebody moves it."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)) -> None:
        self._now = now
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def pass_by(self, seconds: float) -> datetime:
        """Let time pass; answers the new now."""
        self._elapsed += seconds
        self._now += timedelta(seconds=seconds)
        return self._now
