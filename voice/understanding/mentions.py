"""Finds which values of a slot are named in a reply, and which of them are named only to be ruled out. Pure.

Rule 1: what is ruled out ("不是贷款，是投资", "没下软件") is not named.
Rule 2: characters first. By sound only when they find nothing, and only a long wording, or one that the recogniser had no
characters for: 透支 is not 投资.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from voice.understanding.sounds import spelled, with_pinyin

_LONG_ENOUGH = 3  # syllables
_RULED_OUT = (
    r"(?:没有?人?(?:让|叫|喊|要|跟|和|给|找|教)?|不是|不(?:是)?(?:做|搞|弄|玩|用|要|想|会|去)?|从来?(?:没有?|不)|未|别|没有?(?:做|搞|弄|玩|用|加|下|进|点|装|上|收到|接到|接|参加|碰到)?过?|不接)"
    r"(?:我|你|他|在|的|过|什么|任何|那个|这个|这种|那种|通过|用|是|个|去|来|谁|里)*$"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A value that was named, and where."""

    value: str
    start: int
    end: int
    ruled_out: bool


class Mentions:
    """Value -> the patterns that name it, each way of writing compiled once."""

    def __init__(self, patterns: Mapping[str, Iterable[str]]) -> None:
        self._written = {value: "|".join(each) for value, each in patterns.items()}
        self._by_characters = _Reader(self._written, lambda pattern: pattern)

    @cached_property
    def _by_sound(self) -> "_Reader":
        return _Reader(self._written, spelled)

    def warm_up(self) -> None:
        """Compile what is only needed when the characters name nothing."""
        _ = self._by_sound

    def read(self, plain: str) -> list[Mention]:
        """All that are named and not ruled out, in the order of the text."""
        found = self._by_characters.read(plain)
        if not found:
            heard = self._by_sound.read(spelled(plain))
            found = [each for each in heard if _is_certain(plain[each.start : each.end])]
        return [each for each in found if not each.ruled_out]


def _is_certain(written: str) -> bool:
    return len(written) >= _LONG_ENOUGH or with_pinyin(written) != written


class _Reader:
    """One way of writing."""

    def __init__(self, patterns: Mapping[str, str], write: Callable[[str], str]) -> None:
        self._values = {value: re.compile(write(pattern)) for value, pattern in patterns.items()}
        self._ruled_out = re.compile(write(_RULED_OUT))

    def read(self, text: str) -> list[Mention]:
        found = [
            Mention(value, match.start(), match.end(), bool(self._ruled_out.search(text[: match.start()])))
            for value, pattern in self._values.items()
            for match in pattern.finditer(text)
            if match.end() > match.start()
        ]
        return sorted(found, key=lambda each: (each.start, -each.end, each.value))
