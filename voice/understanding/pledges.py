"""What a person promises, in his own words, to do now: teach-back. Pure.

Rule 1: a promise is one concrete act of his own. What others told him to do, what he asks about, and "好的知道了" are none.
Rule 2: a negation takes away or turns round what it stands directly before; "不是不转", "不能不转" and "不转不行" are payments.
Rule 3: what speaks against a promise is never dropped: "我先转完再说，然后报警" holds both.
Rule 4: a promise that is missed is asked for once more; one that was never made is believed by an officer. So in doubt: none.
"""

from functools import cache

from voice.understanding.model import AGAINST, PLEDGES
from voice.understanding.pledgetable import CLASSES, CLASSES_BY_SOUND, TOPICS
from voice.understanding.rules import Found, Reader
from voice.understanding.sounds import spelled, with_pinyin

_LONG_ENOUGH = 3  # syllables of a match by sound
_PART_BY_SOUND = 0.6  # of the reply


def promised(plain: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pledges in a normalised reply, and what in it speaks against them, each in the order of the model's tables."""
    found = {each.intent for each in _by_characters().read(plain)}
    if not found:
        found = {each.intent for each in _by_sound().read(spelled(plain)) if _is_certain(plain, each)}
    pledges = tuple(name for name in PLEDGES if name in found)
    # "我先问问银行再看看" is no hesitation about what he promises.
    against = tuple(name for name in AGAINST if name in found and not (pledges and name == "undecided"))
    return pledges, against


def _is_certain(plain: str, found: Found) -> bool:
    """Most of the reply, and more than a syllable or two; or heard as pinyin, for which there were no characters to be wrong."""
    part = plain[found.start : found.end]
    return len(part) >= max(_LONG_ENOUGH, _PART_BY_SOUND * len(plain)) or with_pinyin(part) != part


@cache
def _by_characters() -> Reader:
    return Reader(TOPICS, CLASSES)


@cache
def _by_sound() -> Reader:
    return Reader(TOPICS, CLASSES | CLASSES_BY_SOUND, spelled)
