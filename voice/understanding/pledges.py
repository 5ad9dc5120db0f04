"""What a person promises, in his own words, to do now: teach-back. Pure.

Rule 1: a promise is one concrete act of his own. What others told him to do, what he asks about, and "好的知道了" are none.
Rule 2: a negation takes away or turns round what it stands directly before; "不是不转", "不能不转" and "不转不行" are payments.
Rule 3: what speaks against a promise is never dropped: "我先转完再说，然后报警" holds both.
Rule 4: a promise that is missed is asked for once more; one that was never made is believed by an officer. So in doubt: none.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache

from voice.understanding.model import AGAINST, PLEDGES, IntentMatch
from voice.understanding.pledgetable import CLASSES, CLASSES_BY_SOUND, TOPICS
from voice.understanding.rules import Found, Reader
from voice.understanding.sounds import spelled, with_pinyin

ASKED_FOR = "will_stop"  # a question that lists it asks for a promise
_CONTRARY: Mapping[str, str] = {
    "no_transfer": "transferring_now",
    "no_code": "gave_code_or_info",
    "leave_share": "app_or_screen_share",
    "uninstall": "app_or_screen_share",
}
_MAY_BE_IN_WORDS = frozenset({*_CONTRARY.values(), "secrecy_coached"})  # what is done already, and despair, stay
_LITTLE_LIKELY, _LIKELY = 0.5, 0.9
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


def settled(
    matches: tuple[IntentMatch, ...], pledges: Collection[str], against: Collection[str], expects: Collection[str]
) -> tuple[IntentMatch, ...]:
    """The intents without the danger that is only in the words of a promise: "验证码我谁都不给", "把会议退了".

    Only where a promise was asked for, and only danger that is little likely or the very contrary of what was promised.
    """
    if ASKED_FOR not in expects or not pledges or against:
        return matches
    contrary = {_CONTRARY[pledge] for pledge in pledges if pledge in _CONTRARY}
    return tuple(match for match in matches if not _is_only_in_words(match, contrary))


def _is_only_in_words(match: IntentMatch, contrary: Collection[str]) -> bool:
    least = _LIKELY if match.intent in contrary else _LITTLE_LIKELY
    return match.intent in _MAY_BE_IN_WORDS and match.confidence < least


def _is_certain(plain: str, found: Found) -> bool:
    """Most of the reply, and more than a syllable or two; or heard as pinyin, for which there were no characters to be wrong."""
    part = plain[found.start : found.end]
    return len(part) >= max(_LONG_ENOUGH, _PART_BY_SOUND * len(plain)) or with_pinyin(part) != part


def warm_up() -> tuple[Callable[[], object], ...]:
    """Compile what is needed from the first teach-back on; the second part when the characters promise nothing."""
    return (_by_characters, _by_sound)


@cache
def _by_characters() -> Reader:
    return Reader(TOPICS, CLASSES)


@cache
def _by_sound() -> Reader:
    return Reader(TOPICS, CLASSES | CLASSES_BY_SOUND, spelled)
