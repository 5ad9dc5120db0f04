"""Who a text says that we are: neither an officer nor a human. Pure.

Rule: what tells of others who claim it ("他说他是民警") is ours to say.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from voice.script.lint.wording import Asked

_CLAIMS: Mapping[str, re.Pattern[str]] = {
    "an officer": re.compile(
        "(?:我|我们|咱们|本人|这里|这边)(?:就|也|真的?|确实)?(?:是|叫|代表)[^，。！？不]{0,16}?(?:民警|警官|警察|公安局|公安(?!提示)|派出所|检察|法院|警队|刑警|刑侦|经侦|网警|支队|大队|专案组)"
        "|^[^，。！？不去到找问打拨]{0,6}(?:公安局|派出所)(?:给您|来电|打来)|^(?:这里|这边|我们)[^，。！？不去到找问打拨]{0,4}公安局$"
    ),
    "a human": re.compile(
        "(?:我|我们|这里|这边)(?:就|也|真的?|确实)?是[^，。！？不]{0,14}?(?:真人|人工|活人|值班员|工作人员|专员|客服|同志)"
        "|我(?:可|才|真的?)?不是(?:机器|录音|电脑|程序|智能)|(?:说话的|我)(?:就|可)?是(?:真|活)[^，。]{0,3}人|我是[^，。！？]{0,14}的?[小老][\u4e00-\u9fff](?:$)|我是[^，。！？]{0,12}(?:主任|队长|所长|科长|局长)"
    ),
}
_ADVICE = "write for example '我是{centre}的智能助手'"
_HONEST = re.compile("助手|机器人|智能|吗$|吗？|冒充|自称|他说|对方说|说他|说自己")


@lru_cache(maxsize=4096)
def claims(text: str) -> tuple[Asked, ...]:
    """What a text says we are and we are not."""
    found = []
    for clause in re.split("[，。！？；：]", text):
        for what, pattern in _CLAIMS.items():
            match = pattern.search(clause)
            if match and (not _HONEST.search(clause) or match[0].startswith(("我不是", "我可不是", "我真不是"))):
                found.append(Asked(clause, what, _ADVICE))
    return tuple(found)
