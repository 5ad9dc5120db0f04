"""How only a fraudster talks: threats, haste, blame. Pure.

Rule 1: we warn of what others do to him; we never say what will be done to him, and never that it is too late.
Rule 2: what tells of the other side's threats is ours to say: "接下来他会吓您，说影响您的征信".
"""

import re
from functools import lru_cache

from voice.script.lint.wording import Asked

_PRESSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a threat",
        re.compile(
            "(?:不配合|不听|否则|不然|要不然?)[^。！？]{0,12}(?:抓|冻结|立案|拘|坐牢|通缉|追究|后果|判|起诉|停机|扣)"
            "|[您你](?:已经?)?(?:涉嫌|涉案|会被|将被|要被)|对[您你](?:立案|采取|进行调查)|负法律责任|承担[^，。]{0,4}后果"
            "|名下[^，。！？]{0,10}涉案|传票|传唤|拘留|逮捕|坐牢|作?废了|查封|强制执行|后果自负|跑不了|(?:警察|民警|我们)[^，。]{0,3}(?:就)?(?:到您家|上门抓)|就上门(?:$|[。！])|逾期不|征信[^，。！？]{0,4}(?:会受|受到?影响|变黑|有污点|会坏)"
        ),
    ),
    (
        "haste",
        re.compile(
            "快点|限[您你]|(?:分钟|小时|天|[分秒]钟?)(?:之?内|以内)[^，。]{0,2}(?:不|没|必须|要)|没时间了|来不及了|再不[^，。！？]{1,5}就|马上就?要[^，。！？]{0,4}(?:冻结|停用|扣)|只剩[^，。！？]{1,6}[分秒]"
        ),
    ),
    (
        "blame",
        re.compile(
            "活该|[您你](?:真|怎么这么|太|也太)[^，。！？]{0,2}(?:傻|蠢|笨|糊涂|贪)|[您你](?:就)?是骗子|自作自受|钱[^，。！？]{0,3}(?:全|都)没了"
        ),
    ),
)
_REPORTED = re.compile("[他她]|对方|骗子[会说]|有人|没有|没人|有没有|谁|接下来|凡是|自称|说[您你]|真的?公安")
_ADVICE = {
    "a threat": "say what the other side wants of him, not what will happen to him",
    "haste": "leave him time; it is the other side that hurries him",
    "blame": "leave it out; who is ashamed tells nobody",
}


@lru_cache(maxsize=4096)
def presses(text: str) -> tuple[Asked, ...]:
    """Clauses that threaten, hurry or blame, and what to do about each."""
    found = []
    for part in re.findall("[^。！？；]+", text):
        for what, pattern in _PRESSES:
            match = pattern.search(part)
            if match and not _REPORTED.search(part[: match.start() + 1]):
                found.append(Asked(part.strip(), what, _ADVICE[what]))
    return tuple(found)
