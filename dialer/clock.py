"""The real clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """A dialer.ports.Clock over this machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
