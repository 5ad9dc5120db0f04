"""What may stand in braces, and how each kind of value is spoken. Pure.

Rule 1: a value is a text in the written form of its kind; `spoken` gives the words, in characters that the voice can say.
Rule 2: a value that cannot be spoken is as good as none: the sentence then says its `else`.
Rule 3: personal variables are spoken only after the person has confirmed who he is; the linter proves it on every path.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time

from voice.errors import Unspeakable
from voice.understanding.amounts import spoken_amount

VARIABLE = re.compile(r"\{([^{}]*)\}")
LONGEST_NAME = 4
LONGEST_LABEL = 10
LARGEST_SUM = 10**12

# 幺 for 1, as telephone numbers are read; 一 would be heard as 七 on a bad line.
_DIGITS = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_HANZI = re.compile(r"[\u4e00-\u9fff〇]+")
_NOON, _EVENING, _MORNING = 12, 18, 6


def digits_spoken(number: str) -> str:
    """Digit by digit: 96110 -> 九六幺幺零; a dash or blank is a short pause."""
    groups = [group for group in re.split(r"[-\s]+", number.strip()) if group]
    if not groups or any(sign not in _DIGITS for group in groups for sign in group):
        raise Unspeakable("A number in a script may hold digits, dashes and blanks only.")
    return "，".join("".join(_DIGITS[sign] for sign in group) for group in groups)


def text_spoken(text: str) -> str:
    """Words as they stand."""
    return text.strip()


def name_spoken(name: str) -> str:
    """A family name: one to four Chinese characters."""
    plain = name.strip()
    if not _HANZI.fullmatch(plain) or len(plain) > LONGEST_NAME:
        raise Unspeakable("A name in a script is one to four Chinese characters.")
    return plain


def label_spoken(label: str) -> str:
    """What a thing is called: one to ten Chinese characters."""
    plain = label.strip()
    if not _HANZI.fullmatch(plain) or len(plain) > LONGEST_LABEL:
        raise Unspeakable("A label in a script is one to ten Chinese characters.")
    return plain


def money_spoken(yuan: str) -> str:
    """Whole yuan: 990000 -> 九十九万元."""
    if not (yuan.isascii() and yuan.isdigit() and int(yuan) < LARGEST_SUM):
        raise Unspeakable("A sum in a script is a whole number of yuan.")
    return f"{spoken_amount(int(yuan))}元"


def date_spoken(day: str) -> str:
    """ISO 8601: 2026-11-22 -> 十一月二十二号."""
    try:
        at = date.fromisoformat(day[:10])
    except ValueError:
        raise Unspeakable("A date in a script is written 2026-11-22.") from None
    return f"{_counted(at.month)}月{_counted(at.day)}号"


def clock_spoken(clock: str) -> str:
    """ISO 8601: 15:20 -> 下午三点二十分; the hour alone when it is full."""
    try:
        at = time.fromisoformat(clock)
    except ValueError:
        raise Unspeakable("A clock time in a script is written 15:20.") from None
    part = "凌晨" if at.hour < _MORNING else "上午" if at.hour < _NOON else "下午" if at.hour < _EVENING else "晚上"
    hour = at.hour if at.hour <= _NOON else at.hour - _NOON
    spoken_hour = "两" if hour == 2 else _counted(hour)  # noqa: PLR2004 - 两点, never 二点
    minutes = "" if not at.minute else f"{'零' if at.minute < 10 else ''}{_counted(at.minute)}分"  # noqa: PLR2004
    return f"{part}{spoken_hour}点{minutes}"


def _counted(number: int) -> str:
    """二 where one counts: 十二月, 二十二号."""
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    if not tens:
        return digits[ones]
    return f"{'' if tens == 1 else digits[tens]}十{digits[ones] if ones else ''}"


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that differs from centre to centre or from call to call."""

    meaning: str
    spoken: Callable[[str], str]
    example: str  # for counting how long a sentence gets
    always: bool = False  # every call has a value, so a sentence needs no `else`
    personal: bool = False


VARIABLES: Mapping[str, Variable] = {
    "centre": Variable("the centre's name", text_spoken, "拉萨市反诈骗中心", always=True),
    "call_back": Variable("the number to ring us back at", digits_spoken, "96110", always=True),
    "region": Variable("the centre's city or county", text_spoken, "拉萨"),
    "surname": Variable("the person's family name", name_spoken, "王"),  # asked for to learn who is on the line
    "sum": Variable("the money at stake", money_spoken, "990000", personal=True),
    "account_tail": Variable("last digits of the account", digits_spoken, "6217", personal=True),
    "app": Variable("the app or platform of the fraud", label_spoken, "航讯通", personal=True),
    "happened_on": Variable("the day on which the alert happened", date_spoken, "2026-11-22", personal=True),
    "happened_at": Variable("the clock time at which it happened", clock_spoken, "15:20", personal=True),
}


def variables_in(text: str) -> tuple[str, ...]:
    """Names of the variables in a text, in order."""
    return tuple(VARIABLE.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every variable in its spoken form. All of them need a value. Raises Unspeakable."""
    return VARIABLE.sub(lambda found: VARIABLES[found[1]].spoken(values[found[1]]), text)


EXAMPLES: Mapping[str, str] = {name: variable.example for name, variable in VARIABLES.items()}
