"""Sums of money as people say them, and as we say them back. Pure.

Rule 1: of "more than", "a dozen" and "two or three" the lower bound counts: 十几万 is 100000, 两三千 is 2000, 三万多 is 30000. Such
a sum, and one that was said to be an estimate, is marked `about`.
Rule 2: a number is money only by its unit, by its size (百 千 万 亿), or because the question asked for a sum.
Rule 3: of several sums in one reply the largest counts.
"""

import re
from dataclasses import dataclass

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_ROUGH = "多来余把"

_PASSED = _ROUGH + "个"
_SAME = {"俩": "两", "仨": "三", "w": "万"}
_SIGNS = "零〇一二两三四五六七八九十百千万亿几俩仨"
_NUMBER = re.compile(
    # 上万 and 个把万 are "about one"; not 网上千万别转.
    r"(?P<one>(?<![网早晚身以手线马头面车])上(?=[百千万亿]+(?:[块元的多了]|$))|个把(?=[百千万]))?"
    rf"(?P<number>(?:\d+(?:\.\d+)?|[{_SIGNS}])"
    rf"(?:\d+(?:\.\d+)?|[{_SIGNS}]|[{_ROUGH}](?![零〇一二两三四五六七八九\d])|个(?=[万亿])|(?<=[\d百千万亿])[w半](?![个年天月小a-z]))*)"
    r"(?P<unit>块钱?|元|圆|人民币|钱)?"
)
_ABOUT_BEFORE = re.compile(
    r"(?:大概|大约|差不多|将近|接近|快|不到|不足|起码|至少|最少|约|可能|好像|小|估计|超过|得有)(?:是|有|转了?|个)?$"
)
_ABOUT_WITHIN = re.compile(rf"[{_ROUGH}几]|([一二两三四五六七八九])(?!\1)[二三四五六七八九](?=[十百千万亿块]|$)")
_ABOUT_BEHIND = re.compile(r"[多来]|左右|上下|以上|出头|的样子|不到")
# What is counted by these is not money: 三千个, 一百岁, 十万火急.
_OTHER_THINGS = re.compile(
    r"[岁年月号日点分秒天个次遍回家样种声群笔单人级楼路页度倍斤位张条家楼里公火保斤平股毛角半]|小时|块(?:地|砖|屏)"
)
_READ_OUT = re.compile(r"\d{6,}")  # a code, a card or a telephone before it is a sum
# Around a bare number that answers "how much": 一共五十吧; not 一看就是骗子, 提过几回.
_BARE_BEFORE = re.compile(
    r"(?:大概|大约|差不多|将近|接近|也|就|才|只|是|有|了|一共|总共|共|我|他|嗯|哦|啊|那|好像|可能|应该|估计|不到|至少|起码|刚|已经|全部|加起来|前后|给|转|付|交|打|汇|充|垫|补|投)*"
)
_BARE_BEHIND = re.compile(r"(?:左右|上下|以上|出头|的?样子|多|来|吧|啊|呢|的|了|嘛|不到)*")
_SIGN = re.compile(r"\d+(?:\.\d+)?|.")


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum found in a text, and where."""

    yuan: int
    start: int
    end: int
    about: bool = False  # a lower bound or an estimate


def find_sums(text: str, *, asked: bool = False) -> tuple[Sum, ...]:
    """All sums in the text, in order. asked: the question was how much, so a bare number is a sum."""
    found = []
    for match in _NUMBER.finditer(text):
        number, unit = match["number"], match["unit"]
        if not unit and _OTHER_THINGS.match(text, match.end()):
            continue
        large = any(sign in number for sign in "百千万亿w")
        if not (unit or large or (asked and _is_bare(text, match))):
            continue
        yuan = parse_number(f"一{number}" if match["one"] else number)
        if yuan:
            found.append(Sum(yuan, match.start(), match.end(), _is_about(text, match)))
    return tuple(found)


def _is_bare(text: str, match: re.Match[str]) -> bool:
    """Whether a number without unit and size is all that the reply says."""
    alone = _BARE_BEFORE.fullmatch(text, 0, match.start()) and _BARE_BEHIND.fullmatch(text, match.end())
    return bool(alone) and not _READ_OUT.fullmatch(match["number"]) and match["number"] != "几"


def _is_about(text: str, match: re.Match[str]) -> bool:
    return bool(
        match["one"]
        or _ABOUT_WITHIN.search(match["number"])
        or _ABOUT_BEFORE.search(text[: match.start()])
        or _ABOUT_BEHIND.match(text, match.end())
    )


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
    signs = [_SAME.get(sign, sign) for sign in _SIGN.findall(number) if sign not in _PASSED]
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
        elif sign == "半":
            self._digit = 5.0
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
        # 两三千 and 一万二三 are ranges, and the lower digit stays; other digits in a row are read out, like a telephone number.
        return (not last or self._unit > _SMALL["十"]) and digit in (self._digit + 1, self._digit + 2)

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
