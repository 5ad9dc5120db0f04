"""Whether the far end is still there, judged by what arrives: RTP, and RTCP. Pure; time comes in as an argument.

Rule 1: a telephone that is muted, or whose owner says nothing, sends all the same; one that suppresses silence (RFC 3389) sends
        only while somebody speaks. So a stop is believed only of a leg that has been seen to send through silence: without a
        pause for longer than people talk without one, and never with a pause that ended.
Rule 2: a hold is no stop, and after a hold everything is to be seen anew.
"""

STEADY_SECONDS = 5.0  # of packets without a pause: nobody talks so long without drawing breath
PAUSE_SECONDS = 1.0  # longer than a burst that was lost; the pause of a telephone that suppresses silence
GONE_SECONDS = 6.0  # longer than a handover from cell to cell, which may take 3 s


class Flow:
    """What has arrived on one leg."""

    def __init__(self) -> None:
        self._arrived = 0  # packets and reports, as the library counts them
        self._last = 0.0  # when something came
        self._since: float | None = None  # when the present run without a pause began; None: nothing came yet
        self._steady = False
        self._sparse = False
        self._watched = False

    def starts(self) -> None:
        """The leg can be heard, for the first time or again."""
        self._watched, self._since, self._steady, self._sparse = True, None, False, False

    def stops(self) -> None:
        """The far end may rightly be silent: on hold, or it only listens."""
        self._watched = False

    def gone(self, arrived: int, now: float) -> bool:
        """So much has arrived by now: is nobody there any more?"""
        if arrived == self._arrived:
            settled = self._watched and self._steady and not self._sparse
            return settled and now - self._last >= GONE_SECONDS
        if self._since is None:
            self._since = now
        elif now - self._last >= PAUSE_SECONDS:
            self._sparse = True
        self._arrived, self._last = arrived, now
        self._steady = self._steady or now - self._since >= STEADY_SECONDS
        return False
