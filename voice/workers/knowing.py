"""Which knowledge a call is understood by: the shipped one, or a published one that lies in a file named after its hash.

Rule 1: the shipped one is compiled before workers are forked; a published one is read by a thread of its own while the phone rings, and
        the worker keeps it for its next calls.
Rule 2: whoever needs it before it is there waits for it (a fraction of a second): a call is understood by one knowledge, whole.
Rule 3: a file that is lost or damaged costs no call: the shipped knowledge is used, and the report's hash says so.
"""

from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from voice.understanding import is_complete, understand, warm_up, warm_up_the_rest
from voice.understanding.knowledge import Knowledge, decode, shipped
from voice.understanding.model import Understood

_KEPT = 2  # versions: the present one, and the one before it while its calls end
_SHORTEST_WHOLE = 4  # characters


class Knowing:
    """Understanding by one knowledge, which may still be being read."""

    def __init__(self, reading: Future[Knowledge]) -> None:
        self._reading = reading

    @property
    def is_read(self) -> bool:
        return self._reading.done()

    @property
    def hash(self) -> str:
        return self._reading.result().hash

    def understand(
        self,
        text: str,
        expects: Collection[str] = (),
        *,
        asked: str = "",
        alternatives: Sequence[str] = (),
        heard: float = 1.0,
    ) -> Understood:
        knowledge = self._reading.result()
        return understand(text, expects, knowledge, asked=asked, alternatives=alternatives, heard=heard)

    def is_whole(self, text: str) -> bool:
        """Whether a shorter pause ends this reply. Not after a mere 是的 or 没有: that is where people draw breath and go on.

        Measured on 111 replies of simulated citizens: with the short ones one reply was cut in two, without them none.
        """
        return len(text) >= _SHORTEST_WHOLE and is_complete(text, self._reading.result())


def knowing(path: str) -> Knowing:
    """path: as in Conduct; empty for the shipped knowledge. A file that could not be read is looked at again."""
    if not path or Path(path).stem == shipped().hash:
        return _known(shipped())
    known = _read_file(path)
    if known.is_read and known.hash != Path(path).stem:
        _read_file.cache_clear()
        known = _read_file(path)
    return known


def _known(knowledge: Knowledge) -> Knowing:
    ready: Future[Knowledge] = Future()
    ready.set_result(knowledge)
    return Knowing(ready)


@lru_cache(maxsize=_KEPT)
def _read_file(path: str) -> Knowing:
    reader = ThreadPoolExecutor(1, thread_name_prefix="knowledge")
    reading = reader.submit(_read, path)
    reader.shutdown(wait=False)
    return Knowing(reading)


def _read(path: str) -> Knowledge:
    try:
        knowledge = decode(Path(path).read_bytes())
    except (OSError, ValueError):
        return shipped()
    warm_up(knowledge)
    for _ in warm_up_the_rest(knowledge):
        pass
    return knowledge
