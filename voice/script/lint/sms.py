"""What is sent beside a call. An SMS is read by whoever holds the telephone, and a fraudster's SMS looks just like it.

Rule 1: no link, no number but ours, no reply wanted, nothing personal; it says who sends it.
Rule 2: lengths are counted with example values, in UCS-2: 70 characters in one part, 67 in each of several.
"""

import re
from collections.abc import Iterator, Mapping

from voice.script.lint.legitimacy import dubious
from voice.script.model import Script
from voice.script.source import Finding, Place, nearest
from voice.script.variables import EXAMPLES, VARIABLE, VARIABLES, variables_in

ONE_PART, EACH_PART, MOST_PARTS = 70, 67, 2

_LINK = re.compile(
    r"https?:|www\.|://|[a-z0-9-]+\.(?:com|cn|net|org|top|cc|vip|xyz|io|me)\b|t\.cn|链接|网址|二维码|点击",
    re.IGNORECASE,
)
_FORBIDS = re.compile("[别不没勿]")
_ASKS_REPLY = re.compile(
    "(?:请|可|直接)?(?:回复|回信|回短信|短信回)(?!给?他)|加(?:我|微信|QQ)|(?:微信|QQ)(?:号|联系)", re.IGNORECASE
)
_ACCOUNT = re.compile(r"(?:微信|QQ|[Vv]信)号?[:：]?\s*[a-z0-9_-]{5,}", re.IGNORECASE)


def check(script: Script, places: Mapping[str, Place]) -> Iterator[Finding]:
    """All texts of a script."""
    for occasion, text in script.sms.items():
        place = places[f"sms.{occasion}"]
        yield from _variables(text, place)
        yield from _words(text, place)
        yield from dubious(text, place)
        yield from _length(text, place)


def _variables(text: str, place: Place) -> Iterator[Finding]:
    for name in variables_in(text):
        variable = VARIABLES.get(name)
        if variable is None:
            advice = nearest(name, VARIABLES) or "an SMS may hold {centre} and {call_back}"
            yield Finding(place, "no-such-variable", f"there is no variable '{{{name}}}'", advice)
        elif variable.personal:
            problem = f"{{{name}}} is personal; nobody knows who reads an SMS"
            yield Finding(place, "personal-in-sms", problem, "say it without")
        elif not variable.always:
            yield Finding(
                place, "no-else", f"'{{{name}}}' may have no value, and an SMS has no 'else'", "say it without"
            )
    if "centre" not in variables_in(text):
        yield Finding(place, "sms-without-sender", "the SMS does not say who sends it", "begin it with 【{centre}】")


def _words(text: str, place: Place) -> Iterator[Finding]:
    if (link := _LINK.search(text)) and not _FORBIDS.search(text[max(0, link.start() - 6) : link.start()]):
        problem = f"the SMS holds or names a link: '{link[0]}'"
        yield Finding(place, "sms-link", problem, "an SMS of ours has none; people learn to trust none")
    wants = _ACCOUNT.search(text) or _ASKS_REPLY.search(text)
    if wants and not _FORBIDS.search(text[max(0, wants.start() - 4) : wants.start()]):
        problem = f"the SMS wants a reply: '{wants[0]}'"
        yield Finding(place, "sms-wants-reply", problem, "give {call_back} to ring instead")


def _length(text: str, place: Place) -> Iterator[Finding]:
    length = len(VARIABLE.sub(lambda found: EXAMPLES.get(found[1], ""), text).encode("utf-16-be")) // 2
    parts = 1 if length <= ONE_PART else -(-length // EACH_PART)
    if parts > MOST_PARTS:
        problem = f"the SMS has {length} characters, which are {parts} parts; at most {MOST_PARTS}"
        advice = f"shorten it to {MOST_PARTS * EACH_PART} characters, or to {ONE_PART} for one part"
        yield Finding(place, "sms-too-long", problem, advice)
