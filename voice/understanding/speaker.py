"""Who speaks to us, as he says it himself. Pure; self-reported, so it never closes anything (a fraudster says "我是他老公").

Rule 1: a relation is the speaker's to the person whom we ring: "我是他老公" and "这是我老婆的手机" are both a husband.
Rule 2: what a speaker is not counts as somebody else: "我不是本人".
Rule 3: without words of his own the intents tell: third_party and wrong_number are others, minor is a child.
"""

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache

SELF, FAMILY, COLLEAGUE, CHILD, OFFICER, OTHER = "self", "family", "colleague", "child", "officer", "other"

# The relation that a word names, and what somebody is to whom he calls so.
_RELATIVES: tuple[tuple[str, str, str], ...] = (
    ("grandparent", "grandchild", "爷爷|奶奶|外婆|外公|姥姥|姥爷|婆婆爷爷|祖母|祖父"),
    ("grandchild", "grandparent", "孙子|孙女儿?|外孙女?|孙孙|孙儿"),
    ("in_law", "in_law", "女婿|儿媳妇?|媳妇儿他妈|公公|婆婆|岳父|岳母|丈母娘|老丈人|嫂子|姐夫|妹夫|弟媳|弟妹|亲家"),
    ("husband", "wife", "老公|丈夫|男人|当家的|他?先生"),
    ("wife", "husband", "老婆|妻子|媳妇儿?|太太|婆娘|堂客|婆姨"),
    ("spouse", "spouse", "爱人|老伴儿?|对象|内人|那口子|老头子|老太婆"),
    ("partner", "partner", "男朋友|女朋友|未婚[夫妻]"),
    ("son", "parent", "(?:大|小|二|幺)?儿子|(?:大|小|幺)儿|儿娃子"),
    ("daughter", "parent", "(?:大|小|二|幺)?女儿|闺女|姑娘|幺女|丫头"),
    ("child", "parent", "娃娃|娃儿?|孩子|小孩(?!子?$)"),
    ("mother", "child", "妈妈?|母亲|娘(?!家)|老妈|老娘"),
    ("father", "child", "爸爸?|父亲|爹|老爸|老爹|老汉"),
    ("parent", "child", "家长|父母|爸妈"),
    ("sibling", "sibling", "(?:大|二|三|小|堂|表)?(?:哥哥?|姐姐?|弟弟?|妹妹?)(?!们)|兄弟|姊妹"),
    (
        "relative",
        "relative",
        "舅舅?|姑姑?|姑[父妈]|姨妈?|叔叔?|婶婶?|伯伯?|伯[父母]|侄子|侄女|外甥女?|亲戚|家属|家里?人",
    ),
)
_FRIENDS = "朋友|哥们儿?|闺蜜|同学|室友|舍友|同桌|邻居|房东|租客|房客|保姆|护工|保安|护士|老师|村支书|村干部|网格员|客服|导师|经理"
_COLLEAGUES = "同事|领导|老板|秘书|助理|员工|下属|主管|工友|单位的|公司的|财务|徒弟|师傅"
_OFFICERS = "派出所|公安局?|警察|民警|警官|刑警|刑侦|反诈中心|检察院|法院|经侦"

_HIM = r"(?:他|你们?(?:要)?找的(?:那个)?人?|机主|这个?(?:人|机主|号主)|人家)"
_IAM = r"(?:我(?:就|才)?是|这里是|这边是|这是)"
_SELF = re.compile(
    r"(?<!不)是我本人|我(?:就是|是|便是)(?:他)?(?:本人|(?:机主|号主)(?=$|本人|啊|你))|^(?:喂|哎|嗯|对|是|你好|啊|哦)*本人$|(?:就是|对|嗯|是)本人(?!吗)"
    r"|^(?:喂|哎|嗯|对|是的|你好|啊|哦)*(?:我(?:就)?是|是我|就是我|正是)(?:的|啊|呀|嘛|你说|请说|什么事|有什么事|怎么了|你哪位|你是哪个|你是谁|你好)*$"
)
_NOT_SELF = re.compile(
    r"(?<!是)(?:我)?(?:不是|不算)(?:他)?(?:本人|机主|号主|他(?:本人)?$)|(?:他)?本人(?:不在|没在|出去|不方便|在睡)"
)
_NOT_THE_PERSON = frozenset({"third_party", "wrong_number"})
_FOR_SOMEBODY = frozenset({"third_party", "hand_over_family", "minor"})
_ASKED = re.compile(r"吗$|是不是本人|是本人吗")


def speaker(plain: str, names: Collection[str]) -> Mapping[str, str]:
    """The slots speaker and relation, as far as they were told. names: the intents of the reply."""
    if "machine_answer" in names:
        return {}
    named = frozenset(names)
    if _NOT_SELF.search(plain):
        return _relation(plain, named) or _introduced(plain) or {"speaker": OTHER}
    if _SELF.search(plain) and not _ASKED.search(plain):
        return {"speaker": SELF}
    related = _relation(plain, named)
    if "minor" in named:
        return {**related, "speaker": CHILD}
    return related or _introduced(plain) or ({"speaker": OTHER} if named & _NOT_THE_PERSON else {})


def warm_up() -> tuple[Callable[[], object], ...]:
    """Compile what is needed when a relative is named."""
    return (_frames,)


@cache
def _relatives() -> re.Pattern[str]:
    return re.compile("|".join(words for _, _, words in _RELATIVES))


def _relation(plain: str, named: frozenset[str]) -> dict[str, str]:
    if not _relatives().search(plain):
        return {}
    for relation, inverse, i_am, he_is_mine, mine_is_away in _frames():
        if i_am.search(plain):
            return {"speaker": FAMILY, "relation": relation}
        if he_is_mine.search(plain) or (named & _FOR_SOMEBODY and mine_is_away.search(plain)):
            return {"speaker": FAMILY, "relation": inverse}
    return {}


def _introduced(plain: str) -> dict[str, str]:
    return next(({"speaker": who} for who, pattern in _others() if pattern.search(plain)), {})


@cache
def _frames() -> tuple[tuple[str, str, re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...]:
    """Relation, its inverse, "I am his ...", "this is my ...'s telephone", "my ... is away"."""
    return tuple(
        (
            relation,
            inverse,
            re.compile(
                rf"我(?:就|才)?是{_HIM}(?:的)?(?:亲)?(?:{words})(?![^的]?的(?:朋友|同事|同学))|我{_HIM}(?:{words})$"
                rf"|^{_HIM}(?:{words})(?:接的|我来接)"
            ),
            re.compile(
                rf"(?:这(?:个)?(?:电话|手机|号码?)?是|手机号?(?:码)?是|电话是|号码?是|机主是?)我(?:的)?(?:亲)?(?:{words})"
            ),
            re.compile(
                rf"(?:{_HIM}是|要?找|帮|替)我(?:的)?(?:{words})|^我(?:的)?(?:{words})(?:的)?(?:手机|电话|号)"
                rf"|我(?:的)?(?:{words}).{{0,3}}(?:不在|没在|出去|出门|睡|在忙|上班|没带|忘带|住院|开车|在洗|在做|赶场|下地|去)"
            ),
        )
        for relation, inverse, words in _RELATIVES
    )


@cache
def _others() -> tuple[tuple[str, re.Pattern[str]], ...]:
    mine = r"我(?:的)?(?:同事|领导|老板)(?:在|去|出|不在|没).{0,10}(?:接|$)"
    carer = r"我是(?:这里的?)?(?:保安|护工|护士|保姆|店员)|捡到的|我(?:只是)?(?:帮|替)(?:忙|他|人)?接"
    his = rf"我(?:就|才)?是{_HIM}(?:的|们)?(?:公司|单位)?(?:的)?"
    return (
        (FAMILY, re.compile(r"我是(?:家属|家里?人|亲戚)")),
        (OFFICER, re.compile(rf"{_IAM}[^你他吗]{{0,8}}(?:{_OFFICERS})(?!吗|的电话|打来)")),
        (COLLEAGUE, re.compile(rf"{his}(?:{_COLLEAGUES})|^{_HIM}?(?:{_COLLEAGUES})接的|{mine}")),
        (OTHER, re.compile(rf"{his}(?:{_FRIENDS})|{carer}")),
    )
