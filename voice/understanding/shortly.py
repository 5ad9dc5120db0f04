"""Short replies whose meaning is the question's: 有, 没有, 好, 行, 不用. Pure.

Rule 1: only a whole reply is read here. One more word, and the rules read it.
Rule 2: the first intent in a row that the question lists is meant; when it lists none of them, the rules decide.
"""

import re
from collections.abc import Collection

from voice.understanding.model import IntentMatch
from voice.understanding.wording import normalised

_END = r"(?:的|了|啊|呀|吧|呢|哦|嘛)*$"
_ROWS: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = (
    (
        "assent",
        re.compile(
            r"^(?:嗯|哦|啊|那)*(?:好|好的|行|可以|没问题|知道|我知道|明白|我明白|好的知道|好知道|好我知道|好的我知道|ok|听你|放心|成)"
            + _END
        ),
        ("will_stop", "visit_ok", "affirm"),
    ),
    ("yes", re.compile(r"^(?:嗯|哦|啊)*(?:是|对|有|嗯|没错|确实)" + _END), ("affirm", "will_stop", "visit_ok")),
    (
        "no",
        re.compile(r"^(?:嗯|哦|啊|我|都|也)*(?:没|没有|没有没|还没|还没有|没有还没)" + _END),
        ("deny", "not_transferred"),
    ),
    (
        "not",
        re.compile(r"^(?:嗯|哦|啊|我|那)*(?:不|不用|不要|不会|不行|不好|不可以|不是)" + _END),
        ("deny", "visit_refuse", "will_stop", "hangup_refuse"),
    ),
    (
        "did not",
        re.compile(r"^(?:我|都|也|什么都)*没有?(?:给|说|开|下|下载|点|填|装|弄|报|加)(?:过|他|的)*" + _END),
        ("deny", "not_transferred"),
    ),
    (
        "given",
        re.compile(r"^(?:我|都|已经|刚|也)*(?:给|说|报|告诉他|念|填|发)(?:了|过)+(?:他)?" + _END),
        ("gave_code_or_info", "affirm"),
    ),
    (
        "opened",
        re.compile(r"^(?:我|都|已经|刚|也)*(?:开着|(?:开|下|下载|装|安装|点|共享|进)(?:了|过)+)" + _END),
        ("app_or_screen_share", "affirm"),
    ),
)
_SURE = 0.9


def bare_answer(plain: str, expects: Collection[str]) -> tuple[IntentMatch, ...]:
    """The reply's meaning by the question, or nothing when it is no bare answer or the question does not settle it."""
    for name, pattern, row in _ROWS:
        if pattern.match(plain):
            meant = next((intent for intent in row if intent in expects), None)
            return (IntentMatch(meant, _SURE, f"bare {name}: {plain}"),) if meant else ()
    return ()


_COMPLETE = re.compile(
    r"^(?:喂|你好|嗯|啊|哦|我|都|也|好的?|行|没有|是的?|有|对的?)*"
    r"(?:没有|没有转账?|没转账?|没转钱|还没转|还没有|没有接到过?|没接到?过|没有过?|接到过|接到了|有的|是的|对的|好的|知道了|明白了"
    r"|不会转的|不会转账的?|不转了|不会的|不用了|不需要|打错了|再见|谢谢|听不清楚?|再说一遍|你是谁|不知道|不记得了?)"
    r"(?:啊|呀|吧|呢|谢谢|再见)*$"
)


def is_complete(text: str) -> bool:
    """Whether so much of a reply is already a whole answer, so that a shorter pause ends it. "转了" is not: the sum follows; and a sum
    may go on itself.
    """
    return bool(_COMPLETE.match(normalised(text)))
