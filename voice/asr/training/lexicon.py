"""The vocabulary and how it is pronounced: words.txt, and every character that our scripts and the replies are written with.

Rule: a word may have several pronunciations; the first is what the synthetic voices are told to say.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from voice.asr.training.texts import replies, scripted
from voice.asr.training.units import spelled, toneless, units_of

WORDS = Path(__file__).with_name("words.txt")
LONGEST = 8  # characters of a word

# Where pypinyin takes another reading than speech has; with tones, for the synthetic voices.
_READINGS: Mapping[str, tuple[str, ...]] = {
    "一": ("yi1", "yao1"),
    "不得": ("bu4 de2", "bu4 dei3"),
    "地": ("di4", "de5"),
    "得": ("de5", "dei3", "de2"),
    "的": ("de5",),
    "着": ("zhe5", "zhao2"),
    "了": ("le5", "liao3"),
    "都": ("dou1",),
    "还": ("hai2", "huan2"),
    "谁": ("shei2", "shui2"),
    "那": ("na4", "nei4"),
    "哪": ("na3", "nei3"),
    "这": ("zhe4", "zhei4"),
    "那个": ("na4 ge5", "nei4 ge5"),
    "哪个": ("na3 ge5", "nei3 ge5"),
    "这个": ("zhe4 ge5", "zhei4 ge5"),
    "没得": ("mei2 de5", "mei2 dei3"),
    "莫得": ("mo4 de5",),
    "要得": ("yao4 de5",),
    "要不得": ("yao4 bu5 de5",),
    "得不得": ("de2 bu4 de2",),
    "嗯": ("en1", "en4"),
    "嗯嗯": ("en1 en1",),
    "诶": ("ei4", "ai1"),
    "行": ("xing2", "hang2"),
    "重": ("zhong4", "chong2"),
    "好友": ("hao3 you3",),
    "啷个": ("lang1 ge5",),
    "啷个办": ("lang1 ge5 ban4",),
    "娃儿": ("wa2 er5",),
    "巴适": ("ba1 shi4",),
    "莫要": ("mo4 yao4",),
    "借呗": ("jie4 bei5",),
    "头发": ("tou2 fa5",),
    "率": ("lv4", "shuai4"),
    "哟": ("you5",),
    "咯": ("lo5", "ge1"),
}


@cache
def vocabulary() -> tuple[str, ...]:
    """Every word of words.txt, sorted; what is a word does not depend on its order there."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return tuple(sorted({word for line in lines if not line.startswith("#") for word in line.split()}))


@cache
def characters() -> tuple[str, ...]:
    """Every hanzi of the vocabulary, of the scripts and of the replies that is not a word itself: what is written can be heard."""
    written = {*"".join((*vocabulary(), *scripted(), *replies()))}
    return tuple(sorted(character for character in written - {*vocabulary()} if _is_spoken(character)))


def _is_spoken(character: str) -> bool:
    try:
        return bool(readings(character))
    except ValueError:  # a sigh that is no syllable
        return False


@cache
def readings(word: str) -> tuple[tuple[str, ...], ...]:
    """Pronunciations as syllables with tones."""
    from pypinyin import Style, lazy_pinyin

    if word in _READINGS:
        return tuple(tuple(reading.split()) for reading in _READINGS[word])
    usual = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True)
    for syllable in usual:
        units_of(syllable)
    return (tuple(usual),)


def pronunciations(word: str) -> tuple[tuple[str, ...], ...]:
    """Pronunciations as units, each once."""
    return tuple(dict.fromkeys(spelled(reading) for reading in readings(word)))


def cut(text: str, known: frozenset[str] | None = None) -> tuple[str, ...]:
    """The text as words of the vocabulary, longest first. Raises ValueError, which names what is not in there."""
    known = known or _known()
    words: list[str] = []
    at = 0
    while at < len(text):
        for length in range(min(LONGEST, len(text) - at), 0, -1):
            if text[at : at + length] in known:
                words.append(text[at : at + length])
                at += length
                break
        else:
            raise ValueError(f"{text[at]} of {text} is not in words.txt")
    return tuple(words)


def said(words: Sequence[str]) -> tuple[str, ...]:
    """What a voice says for these words: syllables with tones."""
    return tuple(syllable for word in words for syllable in readings(word)[0])


def plain(syllables: Sequence[str]) -> tuple[str, ...]:
    return tuple(toneless(syllable) for syllable in syllables)


@cache
def _known() -> frozenset[str]:
    return frozenset(vocabulary()) | frozenset(characters())
