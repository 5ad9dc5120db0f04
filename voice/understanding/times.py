"""Times as people name them: when to ring again, when to come. Pure and without a clock: `when.resolve` has one come in.

Rule 1: what is over (昨天, 上午转的, 半小时前) is no time for anything to come, and 一会儿 is no time at all.
Rule 2: an hour without its half of the day is one that people are awake at: 六点 is 18:00, 九点 is 9:00 or 21:00.
Rule 3: of two times the later said counts (上午不行，下午吧); of alternatives, and of a span (三点到五点), the first.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from voice.understanding.amounts import parse_number
from voice.understanding.sounds import spelled
from voice.understanding.when import Named

Match = re.Match[str]

# A time is put together from these, tried in this order at each place. <D> is a digit.
_TOKENS: Mapping[str, str] = {
    "past": r"昨[天晚日]|前[天晚]|刚[才刚]|上个?(?:周|星期|礼拜)|那天|当[天时]",
    "offset": r"(?P<count>[半<D>十]{1,3}|\d{1,3}|个把)[多来]?个?(?P<and>半)?[多来]?(?:(?P<hours>小时|钟头)|(?P<quarters>刻钟)|分钟)",
    "week": r"(?P<next>下个?)?(?:周|星期|礼拜)(?P<weekday>[<D>天日末])|(?P<nextweek>下个?(?:周|星期|礼拜))",
    "day0": r"今[天日]|今(?=[早晚])",
    "day1": r"明[天日]|明(?=[早晚])",
    "day3": r"大后天",
    "day2": r"后天",
    "days": r"(?:(?<=过)(?P<few>[<D>几])天|(?P<some>[<D>])天(?=以?后|之后))",
    "morning": r"(?:凌晨|早上|早晨|清早|一早|大早|上午)(?!好(?!不好|吗))|(?<=[明今])早|早(?=[两三四五六七八九十]+点)",
    "noon": r"中午(?!好(?!不好|吗))",
    "afternoon": r"下午(?!好(?!不好|吗))",
    "evening": r"(?:傍晚|晚上|夜里|半夜)(?!好(?!不好|吗))|(?<=[明今])晚|晚(?=[两三四五六七八九十]+点)",
    "work": r"下了?班|收了?工",
    "event": r"吃完.?饭|下了?课|放学|散会|开完会|会开完",
    "clock": (
        r"(?P<hour>二?十[<D>]?|[<D>]|2[0-4]|1?\d)(?:[<D>十](?=点))?点"
        r"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[<D>]?十[<D>]?|零[<D>]|[0-5]\d|[<D>](?=分)))?(?P<sure>分|钟|整|多)?"
        r"(?![一二三四五六七八九零\d]|[万千百块元动击赞链])"
    ),
    "after": r"以后|之后|过后|(?<![然今最])后(?![天面来悔])",
    "before": r"以前|之前|前(?![天面几])",
}
_CONTEXTS: Mapping[str, str] = {
    # In front of a time, up to it.
    "waits": r"(?:过|等|隔|再)(?:我|他)?$",
    "not_yet": r"(?:没有?|刚|才|不)$",
    # Behind a time.
    "ahead": r"(?:以后|之后|后(?!悔)|再|就|打|来|吧|左右|了再|行|可以)",
    "done": (
        r"(?:的时候|来钟|多钟)?(?:我|他们?|就|都|才|又|给|把|钱|那边|对方){0,4}(?:转|打|汇|付|给|存|充|投|买|交|取|报|点|下载|装|加|接|聊|刷|收|操作|去)"
        r".{0,3}(?:过(?!来|去)|了(?!再|以后)|走|完(?!再)|的钱?款?$)|(?:之|以)?前|了(?!再|就|以?后|打|给)"
    ),
    "not_then": r"(?:我|都|也|不太|可能|要)*(?:不行|不得行|没有?空|没有?时间|不方便|不可以|不在|上班|开会|有[课事会])",
    # Between two times.
    "or": r".{0,2}(?:或|要么|还是|到|至|不然)",
}
_DAYS: Mapping[str, int] = {"day0": 0, "day1": 1, "day2": 2, "day3": 3}
_WEEKDAYS: Mapping[str, int] = {sign: day for day, sign in enumerate("一二三四五六天", 1)} | {"日": 7, "末": 6}
_NOTHING_ELSE = re.compile(
    r"(?:那|就|过|等|隔|你们?|我|嗯|好|大概|可能|应该|要|得|在|吧|啊|呢|的|都|可以|行|左右|有空|方便|再|打|来|过来|给我)*"
)
_DIGITS = "一两二三四五六七八九"
_DIGITS_BY_SOUND = "两三五六七八九"  # 四 sounds like 十, 一 like 以, 二 like 儿
_FEW_DAYS = 2  # 过几天
_EVENT_MINUTES = 60  # a lesson, a meal or a meeting is over by then
_BY_SOUND = 0.4  # of the reply; a few syllables in a long one sound like too many things
_NEAR = 1  # sign between two parts of one time: 明天的下午
_NOON, _HALF_DAY, _DAY, _MINUTES_OF_HOUR = 12, 12, 24, 60
_EITHER_FROM = 8  # 八点 may be in the morning or in the evening; 七点 is rarely wished for in the morning
_LATE_MORNING = 11  # 中午十一点
_NIGHT_UNTIL = 4  # 半夜两点


def find_when(plain: str) -> str:
    """The form of the time that a normalised reply names for something to come; empty: none."""
    return str(_found(plain) or "")


def is_only_a_time(plain: str) -> bool:
    """Whether the reply names a time and says nothing else."""
    found = _found(plain)
    return found is not None and bool(_NOTHING_ELSE.fullmatch(plain[: found.start] + plain[found.end :]))


def _found(plain: str) -> "_Time | None":
    written = _characters().when(plain)
    if written and (written.named.day or written.form):
        return written
    heard = _sounds().when(_sounding(plain))
    if heard and heard.end - heard.start >= _BY_SOUND * len(plain) and str(heard).endswith(str(written or "")):
        return heard  # 厚天下午: what was written right, and a day beside it
    return written


@cache
def _characters() -> "_Reader":
    return _Reader(_by_characters, _DIGITS)


@cache
def _sounds() -> "_Reader":
    return _Reader(_sounding, _DIGITS + spelled(_DIGITS_BY_SOUND))


def _by_characters(text: str) -> str:
    return text


def _sounding(text: str) -> str:
    """Spelled by sound, but for the digits, which stay what they are."""
    return "".join(sign if sign in f"零十{_DIGITS}" else spelled(sign) for sign in text)


@cache
def _sign_of_sound() -> Mapping[str, str]:
    return {spelled(sign): sign for sign in f"半个把几日末天{_DIGITS_BY_SOUND}"}


@dataclass(slots=True)
class _Time:
    """One time while its parts are put together."""

    start: int
    end: int
    named: Named = Named()
    form: str = ""  # of an offset, which has no parts
    over: bool = False  # 昨天 belongs to it
    vague: bool = False  # 一点, which is mostly no time

    def __str__(self) -> str:
        return self.form or str(self.named)

    @property
    def meant(self) -> bool:
        return bool(self.form or self.named.time or self.named.day not in ("", "+0d")) and not (self.over or self.vague)


class _Reader:
    """The tables compiled for one way of writing."""

    def __init__(self, write: Callable[[str], str], digits: str) -> None:
        tokens = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TOKENS.items())
        self._tokens = re.compile(write(tokens).replace("<D>", digits))
        self._contexts = {name: re.compile(write(pattern)) for name, pattern in _CONTEXTS.items()}

    def when(self, text: str) -> _Time | None:
        best: _Time | None = None
        for time in self._times(text):
            if self._behind("not_then", text, time):
                best = None
            elif not (time.meant and self._to_come(text, time)):
                continue
            elif best is None or not self._contexts["or"].match(text[best.end : time.start]):
                best = time
        return best

    def _times(self, text: str) -> Iterator[_Time]:
        """All times, with their parts joined. A day that was ruled out in part (明天上午不行，下午吧) goes on."""
        time: _Time | None = None
        for token in self._tokens.finditer(text):
            joined = _joined(time, token) if time and token.start() - time.end <= _NEAR else None
            if joined is None:
                day = time.named.day if time and self._behind("not_then", text, time) else ""
                if time:
                    yield time
                joined = _joined(_Time(token.start(), token.start(), Named(day)), token)
            time = joined
        if time:
            yield time

    def _to_come(self, text: str, time: _Time) -> bool:
        """Whether it is not over, by the words around it."""
        if time.form:
            awaited = self._contexts["waits"].search(text[: time.start]) or self._behind("ahead", text, time)
            alone = time.end - time.start == len(text)
            return bool((awaited or alone) and not self._behind("done", text, time))
        if time.named.time == "work" and self._contexts["not_yet"].search(text[: time.start]):
            return False
        ahead = time.named.bound or time.named.day not in ("", "+0d")
        return bool(ahead or not self._behind("done", text, time))

    def _behind(self, context: str, text: str, time: _Time) -> bool:
        return bool(self._contexts[context].match(text, time.end))


def _joined(time: _Time, token: Match) -> _Time | None:
    """The time with this part; None when the part begins another one."""
    kind, named = token.lastgroup or "", time.named
    after = replace(time, end=token.end())
    match kind:
        case "past":
            return replace(after, over=True)
        case "offset" | "event" if named == Named() and not time.form:
            return replace(after, form=f"+{_minutes(token) if kind == 'offset' else _EVENT_MINUTES}m")
        case "after" | "before" if time.form:
            return after if kind == "after" else replace(after, over=True)
        case "after" | "before" if named != Named():
            bound = "" if kind == "after" and named.time == "work" else f"{kind}:"
            return replace(after, named=replace(named, bound=bound), vague=False)
        case "week" | "days" | "day0" | "day1" | "day2" | "day3" if not (named.day or named.time or time.form):
            return replace(after, named=Named(_day(kind, token)))
        case "morning" | "noon" | "afternoon" | "evening" | "work" if not (named.time or time.form):
            return replace(after, named=replace(named, time=kind))
        case "work" if not time.form:
            return after  # 六点下班
        case "clock" if not (named.bound or time.form) and ":" not in named.time:
            return _on_the_clock(after, token)
        case _:
            return None


def _minutes(token: Match) -> int:
    count = _written(token["count"])
    unit = 60 if token["hours"] else 15 if token["quarters"] else 1
    if count.startswith("半"):
        return unit // 2
    whole = 1 if count == "个把" else _number(count)
    return whole * unit + (unit // 2 if token["and"] or count.endswith("半") else 0)


def _day(kind: str, token: Match) -> str:
    if kind == "days":
        count = token["few"] or token["some"]
        return f"+{_number(count) or _FEW_DAYS}d"
    if kind != "week":
        return f"+{_DAYS[kind]}d"
    weekday = _WEEKDAYS.get(_written(token["weekday"] or "一"), 1)
    return f"+1w weekday:{weekday}" if token["next"] or token["nextweek"] else f"weekday:{weekday}"


def _on_the_clock(time: _Time, token: Match) -> _Time | None:
    hour, part = _number(token["hour"]), time.named.time
    minute = 30 if token["half"] else 15 * _number(token["quarter"] or "") or _number(token["minute"] or "")
    hours = _hours(hour, part)
    if hours is None or minute >= _MINUTES_OF_HOUR:
        return None
    # 一点 and 两点 are mostly "a little" and "two things".
    sure = part or time.named.day or minute or token["sure"] or hour not in (1, 2)
    form = "~".join(f"{each:02}:{minute:02}" for each in hours)
    return replace(time, named=replace(time.named, time=form), vague=not sure)


def _hours(hour: int, part: str) -> tuple[int, ...] | None:
    """The hours of the day that are meant; None: there is no such hour."""
    if not 0 < hour <= _DAY:
        return None
    if hour > _NOON:
        return (hour % _DAY,)
    match part:
        case "morning":
            return (hour,)
        case "noon" | "afternoon":
            return (hour if hour >= _LATE_MORNING else hour + _HALF_DAY,)
        case "evening" | "work":
            return (hour % _HALF_DAY + (_HALF_DAY if hour > _NIGHT_UNTIL and hour != _NOON else 0),)
        case _ if hour < _EITHER_FROM:
            return (hour + _HALF_DAY,)
        case _:
            return (hour, hour + _HALF_DAY) if hour < _NOON else (hour,)


def _number(count: str) -> int:
    """A count as it was said; of 两三 the lower."""
    written = _written(count).lstrip("零几")
    return (parse_number(written) or parse_number(written[0]) or 0) if written else 0


def _written(sounding: str) -> str:
    return "".join(_sign_of_sound().get(sign, sign) for sign in sounding)
