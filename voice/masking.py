"""What may be kept of what a person said. Pure.

Rule 1: six digits in a row (a code, a card, a telephone, an identity number) are never kept, however they were read out: one by one,
in twos or threes (十三 八十 零零), with blanks and fillers between, or as the pinyin of a recogniser that had no words for them.
Rule 2: a sum is kept: 千, 万 and 亿 are said in sums and end a number that is read out.
Rule 3: in doubt it is a number: a transcript loses less than a person.
"""

import re

LONGEST_KEPT = 5  # digits
MASK = "〔数字〕"

_PINYIN = "ling|dong|yao|yi|er|liang|san|si|wu|liu|qi|guai|ba|jiu"
_DIGIT = rf"(?:[0-9０-９零〇一二三四五六七八九幺两洞拐]|(?<![a-z])(?:{_PINYIN})(?![a-z]))"
_BETWEEN = r"(?:[\s、，,。.…·\-－—_/]|嗯|呃|额|啊|哦|那个|这个|然后|就是|接着|后面|空格|杠|再|是)"
_RUN = re.compile(rf"(?:{_DIGIT}|十)(?:{_BETWEEN}{{0,4}}(?:{_DIGIT}|[十百]))*")
_ONE = re.compile(rf"{_DIGIT}|[十百]")


def masked(text: str) -> str:
    """The text without any number that was read out."""
    return _RUN.sub(_kept, text)


def _kept(run: re.Match[str]) -> str:
    signs = _ONE.findall(run[0])
    return MASK if sum(_digits(signs, place) for place in range(len(signs))) > LONGEST_KEPT else run[0]


def _digits(signs: list[str], place: int) -> int:
    """How many digits this sign writes: 八十 is 80, 十三 is 13, 二十二 is 22."""
    sign = signs[place]
    if sign not in "十百":
        return 1
    last = place == len(signs) - 1 or signs[place + 1] in "十百"
    if sign == "百":
        return 2 if last else 0
    first = place == 0 or signs[place - 1] in "十百"
    return int(first) + int(last)
