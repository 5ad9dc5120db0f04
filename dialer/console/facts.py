"""What a call learned, as an officer reads it: in the order of use, in Chinese. Pure."""

import re
from collections.abc import Mapping

from dialer.console import labels

_TIMES = frozenset({"call_back_at", "visit_at"})
_PARTS: Mapping[str, str] = {
    "morning": "上午",
    "noon": "中午",
    "afternoon": "下午",
    "evening": "晚上",
    "work": "下班后",
}
_DAYS = ("当天", "次日", "第三天")
_FORM = re.compile(
    r"(?:\+(?P<days>\d+)d|(?P<next>\+1w )?weekday:(?P<weekday>[1-7]))? ?(?P<bound>after:|before:)?(?P<time>[\d:~]+|[a-z]+)?"
)


def told(facts: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """(name, its label, the value as it is read), the most useful first; what nobody named comes last, by name."""
    known = [name for name in labels.FACTS if name in facts]
    others = sorted(name for name in facts if name not in labels.FACTS)
    return tuple(
        (name, labels.FACTS.get(name, name), _read(name, facts[name])) for name in (*known, *others) if facts[name]
    )


def _read(name: str, value: str) -> str:
    if name in _TIMES:
        return named_time(value)
    table = labels.VALUES.get(name)
    if table is None:
        return labels.ANSWERS.get(value, value)
    return "、".join(table.get(each, each) for each in value.split(","))


def named_time(when: str) -> str:
    """A time as it was named, counted from the call: 次日 上午, 18:00以后."""
    if minutes := re.fullmatch(r"\+(\d+)m", when):
        return f"{minutes[1]}分钟后"
    form = _FORM.fullmatch(when)
    if form is None:
        return when
    clock = _PARTS.get(form["time"] or "", (form["time"] or "").replace("~", "或"))
    bound = {"after:": "以后", "before:": "以前"}.get(form["bound"] or "", "") if clock else ""
    return f"{_day(form)} {clock}{bound}".strip()


def _day(form: re.Match[str]) -> str:
    if form["weekday"]:
        return f"{'下' if form['next'] else ''}周{'一二三四五六日'[int(form['weekday']) - 1]}"
    if not form["days"]:
        return ""
    days = int(form["days"])
    return _DAYS[days] if days < len(_DAYS) else f"{days}天后"
