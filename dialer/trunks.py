"""Which trunk a call goes out on, and how many lines it has left."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dialer.errors import TrunkDown
from dialer.settings import TrunkSettings


class Trunks:
    """The trunks of this node, in the order of the settings."""

    def __init__(self, trunks: Sequence[TrunkSettings]) -> None:
        self._trunks = trunks
        self._in_use: Counter[str] = Counter()

    @property
    def lines(self) -> int:
        """How many calls there can be at once, over all trunks."""
        return sum(trunk.lines for trunk in self._trunks)

    @contextmanager
    def line(self, number: str) -> Iterator[TrunkSettings]:
        """One line for as long as the call lasts. Raises TrunkDown when none serves this number or all are busy."""
        trunk = self._choose(number)
        self._in_use[trunk.name] += 1
        try:
            yield trunk
        finally:
            self._in_use[trunk.name] -= 1

    def _choose(self, number: str) -> TrunkSettings:
        serving = [t for t in self._trunks if not t.serves or number.startswith(t.serves)]
        if not serving:
            raise TrunkDown("No trunk serves this number. Add one under [[trunks]], or widen its `serves`.")
        for trunk in serving:
            if self._in_use[trunk.name] < trunk.lines:
                return trunk
        raise TrunkDown("Every line of the trunks that serve this number is in use; the attempt waits for one.")


def address(number: str, trunk: TrunkSettings) -> str:
    """The SIP URI of this number on this trunk."""
    return f"sip:{number}@{trunk.domain}"
