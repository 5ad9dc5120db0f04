"""Sums of money as people say them, and as we say them back. Pure.

Rule 1: of "more than", "a dozen" and "two or three" the lower bound counts: 十几万 is 100000, 两三千 is 2000, 三万多 is 30000.
Rule 2: a number is money only by its unit, by its size (百 千 万 亿), or because the question asked for a sum.
Rule 3: of several sums in one reply the largest counts.
"""

import re
from dataclasses import dataclass

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_ROUGH = "多来余把"

_NUMBER = re.compile(
    rf"(?P<number>(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万亿几])(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万亿几]|[{_ROUGH}](?![零〇一二两三四五六七八九\d]))*)"
    r"(?P<unit>块钱?|元|圆|人民币|钱)?"
)
# What is counted by these is not money: 三千个, 一百岁, 十万火急.
_OTHER_THINGS = re.compile(
    r"[岁年月号日点分秒天个次遍笔单人级楼路页度倍斤位张条家楼里公火保斤平股]|小时|块(?:地|砖|屏)"
)
_SIGN = re.compile(r"\d+(?:\.\d+)?|.")


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum found in a text, and where."""

    yuan: int
    start: int
    end: int


def find_sums(text: str, *, asked: bool = False) -> tuple[Sum, ...]:
    """All sums in the text, in order. asked: the question was how much, so a bare number is a sum."""
    found = []
    for match in _NUMBER.finditer(text):
        number, unit = match["number"], match["unit"]
        if not unit and _OTHER_THINGS.match(text, match.end()):
            continue
        large = any(sign in number for sign in "百千万亿")
        if not (unit or large or asked):
            continue
        yuan = parse_number(number)
        if yuan:
            found.append(Sum(yuan, match.start(), match.end()))
    return tuple(found)


def amount_yuan(text: str, *, asked: bool = False) -> int | None:
    """The largest sum in the text, or None."""
    return max((one.yuan for one in find_sums(text, asked=asked)), default=None)


def parse_number(number: str) -> int | None:
    """A spoken or written number; None when it is none (a telephone number, 万一, 百分百)."""
    if number[0] in "百千万亿" and not (len(number) > 1 and number[1] in _ROUGH + "十"):
        return None
    if number[0] in _ROUGH:
        return None
    reading = _Reading()
    signs = [sign for sign in _SIGN.findall(number) if sign not in _ROUGH]
    for place, sign in enumerate(signs, 1):
        if not reading.take(sign, last=place == len(signs)):
            return None
    return int(reading.total())


class _Reading:
    """The state of reading a number from left to right."""

    def __init__(self) -> None:
        self._done = 0.0  # above the present 万 or 亿
        self._section = 0.0
        self._digit: float | None = None
        self._unit = 0  # of the place just read, for 三万五 = 35000
        self._zero = False  # 一百零五: no place is implied

    def take(self, sign: str, *, last: bool) -> bool:
        if sign in _LARGE:
            self._large(_LARGE[sign])
        elif sign in _SMALL:
            self._small(_SMALL[sign])
        elif sign == "几":
            self._digit = 0.0 if self._unit == _SMALL["十"] else 1.0
        elif sign in _DIGITS:
            return self._spoken_digit(_DIGITS[sign], last=last)
        elif self._digit is None:
            self._digit = float(sign)
        else:
            return False
        return True

    def total(self) -> float:
        digit = self._digit or 0.0
        implied = self._unit // 10 if self._unit > _SMALL["十"] and not self._zero and digit < _SMALL["十"] else 1
        return self._done + self._section + digit * implied

    def _spoken_digit(self, digit: int, *, last: bool) -> bool:
        if digit == 0:
            self._zero = True
            return self._digit is None
        if self._digit is None:
            self._digit = float(digit)
            return True
        # 两三千 is a range, and the lower digit stays; other digits in a row are read out, like a telephone number.
        return not last and digit in (self._digit + 1, self._digit + 2)

    def _small(self, unit: int) -> None:
        self._section += (1.0 if self._digit is None else self._digit) * unit
        self._digit, self._unit, self._zero = None, unit, False

    def _large(self, unit: int) -> None:
        below = self._section + (self._digit or 0.0)
        if unit > _LARGE["万"]:
            self._done = (self._done + (below or 1.0)) * unit
        else:
            self._done += (below or 1.0) * unit
        self._section, self._digit, self._unit, self._zero = 0.0, None, unit, False


def spoken_amount(yuan: int) -> str:
    """The sum as we say it, without its unit: 990000 is 九十九万, 2050 is 两千零五十."""
    if yuan == 0:
        return "零"
    parts = ""
    gap = False
    for unit, sign in ((_LARGE["亿"], "亿"), (_LARGE["万"], "万"), (1, "")):
        section, yuan = divmod(yuan, unit)
        if section:
            gap = gap or (bool(parts) and section < _SMALL["千"])
            parts += ("零" if gap else "") + _spoken_section(section, first=not parts) + sign
        gap = bool(parts) and not section
    return parts


def _spoken_section(section: int, *, first: bool) -> str:
    if section >= _LARGE["万"]:  # 万亿: no sum that anybody transfers, and still a number
        return spoken_amount(section)
    spoken = ""
    gap = False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, section = divmod(section, unit)
        if digit:
            spoken += ("零" if gap else "") + _name(digit, unit, leads=not spoken, first=first) + sign
        gap = bool(spoken) and not digit
    return spoken


def _name(digit: int, unit: int, *, leads: bool, first: bool) -> str:
    if unit == _SMALL["十"] and digit == 1 and first and leads:
        return ""  # 十五, not 一十五
    if "零一二三四五六七八九"[digit] == "二" and unit != _SMALL["十"] and (unit > 1 or leads):
        return "两"  # 两千, 两百, 两块; but 二十 and 十二
    return "零一二三四五六七八九"[digit]
