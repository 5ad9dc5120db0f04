"""What a "not" forbids, and what it only seems to. Pure.

Rule 1: a not reaches a word when nothing that was forbidden in its place, and nothing that is told to do, stands between.
Rule 2: a not that threatens ("不转账就会被冻结") or demands ("验证码不说不行") forbids nothing.
"""

import re

from voice.script.lint.mention import BARELY, DIRECTS, Mention

# They hold a "not" and forbid nothing, or forbid something harmless.
_FORBIDS_NOTHING = re.compile(
    "不要?忘|别忘|[别不](?:用|要|必)?(?:犹豫|担心|着急|急|怕|害怕|慌|紧张|理解|客气|耽误|磨蹭|等了)|不妨|不得不|不如|要不(?:要|然)?|差不多|不好意思|对不起"
    "|没关系|没问题|没事|不管|不论|无论|不错|不然|不便|不(?:行|对|够|安全|方便|放心|清楚|明白|知道|好|止|但|仅|光|只)|方不方便|[能会是要肯]不[能会是要肯]|有没有|可不可以|[过了]没有?"
    "|(?:不要|别|先别|不用)(?:挂断?|关机|走开?|离开|出声|说话|动)|没见过|没有见过"
)
NOT = re.compile("不(?!过)|(?<![特级识分告性])别(?![人的])|没|未|勿|莫|甭|无需|无须|拒绝|禁止|严禁|杜绝")
_BREAKS = re.compile("就|才|除非|请(?!别|不|勿)|麻烦|您先|您把|帮我|而是|但|却")
_GUARDS = re.compile("挂|退|关(?!系)|断|停|卸|报警|取消|开门|离开|删(?!聊)")
_AFTERWARDS = re.compile(
    "^[^，]{0,10}?(?:不要|别|不能|不可|不许|勿|甭|莫|不会|不用|不需要|不必|不|没)(?!行|对|够|成|可$|安全|过来)"
)
_IN_VAIN = re.compile("[不没][^，]{1,8}(?:不行|不可|不成|不算)(?!以)|不得不|非[^，]{1,6}不可|必须|务必|一定(?!别|不)")
_OR_ELSE = re.compile(
    "^[^，]{0,6}(?:就|将|便|只能|算)[^，]{0,4}(?:会|被|要|得|没|不|无|算|冻|抓|立|拘|影响|扣|停|失|作废|晚)|没办法|没法|无法|不了(?!您)|冻结|立案|拘|通缉|起诉|后果|作废|失效|逾期"
)
_WELL = re.compile("他|她|对方|骗子|上当|被骗|骗不|没事|安全|损失|不会丢|不会少")
_NOMINAL = re.compile(
    "(?:的|时|时候|的话|[码卡号钱金费件址页]|链接|软件|网址|共享|信息|照片|屏幕|摄像头|画面|会议|账户|数字|好友|知道)$|(?:等于|好比|就像|就是)[^，]{1,8}$"
)


def demanded(mention: Mention) -> bool:
    """ "不转账就会被冻结", "验证码不说不行": the not is a threat."""
    clause = mention.clause
    if not NOT.search(clause):
        return False
    if _IN_VAIN.search(clause) and not re.search("(?:必须|务必|一定)[^，]{0,3}[不别]", clause):
        return True
    if not NOT.search(harmless_left_out(mention.before[-6:])):
        return False
    consequence = f"{mention.after}，{mention.following}"
    return any(
        _OR_ELSE.search(part.strip()) is not None and not _WELL.search(part) for part in consequence.split("，") if part
    )


def harmless_left_out(text: str) -> str:
    return _FORBIDS_NOTHING.sub("", text)


def forbidden(mention: Mention) -> bool:
    """The not stands before it and reaches it, or behind it, or in the next clause when this one only names the thing."""
    before = harmless_left_out(mention.before)
    nots = list(NOT.finditer(before))
    if nots:
        between = before[nots[-1].end() :]
        reach = before[nots[0].end() :]
        if not _BREAKS.search(between) and not _GUARDS.search(between):
            return True
        if not _BREAKS.search(reach) and not _GUARDS.search(reach):
            return True
    if NOT.search(harmless_left_out(mention.words)) and not _GUARDS.search(mention.words):
        return True
    after = harmless_left_out(mention.after)
    negated = _AFTERWARDS.search(after)
    if negated and not _GUARDS.match(after[negated.end() :]) and not _BREAKS.search(after[: negated.end()]):
        return True
    follows = harmless_left_out(mention.following)
    forbids = re.search(
        "^[^，]{0,6}(?:别|不要|不能|勿|莫|[不没](?:给|说|念|借|点|装|加|扫|打|接|回|信|理|付|交|转))|[不没](?:用|收|要|问|有)$",
        follows,
    )
    return bool(names_it(mention) and forbids and not _GUARDS.match(follows[forbids.end() :]))


def names_it(mention: Mention) -> bool:
    """The clause only names the thing: what is done with it comes in the next."""
    if DIRECTS.search(mention.clause) and not BARELY.search(mention.clause):
        return False
    return _NOMINAL.search(mention.clause) is not None
