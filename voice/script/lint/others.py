"""What is told of the other side: who says, wants or does it is not us. Pure.

Rule 1: the other side comes first ("他会说，请您..."); where people are told to do something before it, we tell them ("请转到他说的账户").
Rule 2: it is carried on from clause to clause until somebody is told to do something, or another subject begins.
"""

import re
from collections.abc import Sequence

from voice.script.lint.mention import DIRECTS, Mention

_OTHERS = re.compile(
    "他|她|对方|骗子|骗局|诈骗|那边|那头|那个人|人家|有人|没有?人(?=会|让|叫|要|能)|没有哪|谁(?:让|叫|要|说|催)|陌生人|卖家|网上的人|网友|假(?:警察|客服|民警|领导|公安|老师)|接下来|自称|冒充|凡是|凡|说您|说是|这类|这种人|套路|如果有|要是有|若有|比如|预警"
)
_HONEST_TITLES = re.compile("(?:客服|老师|领导|熟人|亲友|卖家)[^，我]{0,5}(?:会|说|让|叫|要|发)")
CAUSED = re.compile("(?:[让叫催逼劝哄骗拉]|要求|(?<!需)(?<!主)要)(?:您|你|人)")
_RELATIVE = re.compile(
    "(?:(?<![不能别])[让叫催逼收拉]|(?<![不您你])要(?!是))[^，我]{1,14}的(?:[人钱码款活单事]|兼职|任务|贷款|投资|电话|来电|软件|链接|公司|平台|网站|客服|生意)?(?:都)?$"
)
_OUR_OWN_CAUSING = re.compile("我们?(?:会|要|来|就)?(?:让|叫|要|请)|需要您|请您")
SAID = "说"
_FORBIDDING = re.compile("^(?:请|先|也|您)?(?:别(?![人的])|不要)")
_NEW_SUBJECT = re.compile("^(?:那|所以|因此|这样)?(?:您|你|我|咱|请|麻烦)(?!的|也?以为)")


def told_of_others(mention: Mention) -> bool:
    """Somebody else says, wants or does it."""
    before = mention.before + mention.words[: max(0, len(mention.words) - 1)]
    caused = CAUSED.sub(SAID, before)  # "让您先转账" directs nobody
    directed = DIRECTS.search(caused)
    other = _OTHERS.search(caused) or (None if "我" in before else _HONEST_TITLES.search(before))
    if other and not (directed and directed.start() < other.start()):
        return True
    if directed or _OUR_OWN_CAUSING.search(before):
        return False
    relative = _RELATIVE.search(mention.clause)
    if relative and relative.start() < mention.start:
        return True
    return not _NEW_SUBJECT.search(mention.clause) and _carried(mention)


def _carried(mention: Mention) -> bool:
    """An earlier clause names who does it, and nobody was told to do anything since."""
    return _others_act(mention.clauses[: mention.number])


def reported(clauses: Sequence[str], number: int) -> bool:
    """Is what the clause tells to do told of the other side? "他会说，您先...", "让您先..."."""
    clause = clauses[number]
    other, directed = _OTHERS.search(clause), DIRECTS.search(CAUSED.sub(SAID, clause))
    if other and not (directed and directed.start() < other.start()):
        return True
    return not directed and not _NEW_SUBJECT.search(clause) and _others_act(clauses[:number])


def _others_act(clauses: Sequence[str]) -> bool:
    for clause in reversed(clauses):
        if DIRECTS.search(CAUSED.sub(SAID, clause)) or _FORBIDDING.search(clause):
            return False
        if _OTHERS.search(clause) or _RELATIVE.search(clause) or ("我" not in clause and _HONEST_TITLES.search(clause)):
            return True
    return False
