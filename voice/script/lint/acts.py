"""What people may be told to do, and asked about, by us. Everything else is a finding. Pure.

Rule 1: a new trick needs a new act. No list of tricks is whole, but what a centre wants of people is a short list: stop, undo, ask, wait, ring us.
Rule 2: an act that is forbidden (请别...) or told of the other side (他会请您...) is none that we ask for.
Rule 3: a question with an open answer (多少, 哪, 几) is asked by officers; the robot asks whether something happened.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_VERBS = "[点扫念报读发填输按拨加装下转汇打交付存取充缴补投买登进开拍传寄讲回签选搜接收找记拿带]"
_TELLS = re.compile(
    "(?<![申邀约聘])请(?!问|民警|社区|会藏|家里?人|孩子|大人|身边|他(?!的)|她|(?:您|你)?(?:先|一定|千万|再)?(?:别|不|勿)|假|求|教|示|客)"
    "|麻烦(?!了|的|您?了)|劳驾"
    "|(?<![给帮跟对和陪])(?<!问)(?<!让)(?<!叫)(?<!要)(?:您|你)(?:先|就|再|也|现在就?|马上|赶紧|尽快|可以|得(?!提)|需要|必须|只要|只需|那边|一会儿?)*"
    f"(?:把|将|按照|照着|到(?!了)|去(?!过|了)|用(?!了|过|的)|{_VERBS}(?![过了着得完没的错]|[^，]{{0,6}}(?:了|过|的(?:时候|话|人|是|$)|之前|前$)))"
    "|^(?:先|再|那|就|现在|马上|赶紧|尽快)*(?:把|将)"
)
_MAY = re.compile(
    "别|不(?!停|断|同)|勿|停|退|卸|删|关(?!注|于|系)|断|撤|取消|挂[失掉]?|冻结|止付|报警|报案|举报|投诉|拉黑|拦"
    "|改(?:掉|了|一下|密码|$)|换(?:个|掉|一下)?密码|密码[^，]{0,6}(?:改|换)"
    "|\\{call_back\\}|幺幺零|九六幺幺零|96110|(?<!\\d)110|派出所|国家反诈中心"
    "|问|核实|复核|查(?!收)|看(?!到|着|病)|想|试(?!转|打)|当面|见|约|商量|拿主意|决定|验(?=真|货)"
    "|家里|家人|孩子|儿女|子女|大人|身边|亲戚|亲人|朋友(?!圈)|陪|有人的地方|走出来|同事一起"
    "|打开手机$|联系(?:银行|民警|家|运营商|子女|孩子|亲)|告诉(?:民警|警察|他们|派出所|银行)|给民警看|照实|实话|开门"
    "|留|存好|保存|截图|收好|记住|牢记|记牢|记下来|护好|保管好|看好|管好|守住|提醒|注意|当心|小心|警惕|防"
    "|放心|慢慢|稍等|稍候|等|(?<!接)听(?!我们的|从)|歇|坐|喝|睡|休息|相信自己|说慢|大声|再说|按[一二三](?:$|，|键|，)|用自己的话|老号码|通讯录"
    "|(?:银行|运营商|平台|官方|购物软件|快递公司|航空公司)的?(?:客服|电话|柜台)|柜台|找银行|找(?:民警|警察|公安)|本人|重启|飞行模式|回平台|官方平台|平台里"
)
# What looks like a permitted act and is bent to another end.
_BENT = re.compile(
    "给我|我们的|我发|(?<!听)我说|我教|我给|发给|短信(?:上|里|指)|指引|指示|照(?:着|做|办)|提示操作|接听|查收|查验|听从|听候|地下|宾馆"
)
_OPEN = re.compile("多少(?!都)|哪(?:个|家|张|里|几|些|位)|几(?:张|个|位|号|月|点|万|家)|是什么$|叫什么$|是啥")
_MAY_BE_ASKED = re.compile(
    "谁在|一步|看[到见]|听[到说]|认识|下的|下载的|怎么|做什么用|多大|多久|在哪个平台(?!有)|哪里(?:看|听|认|下|来|装)"
)
# The act comes in the next clause: "把软件名字、收款人，告诉民警".
_NAMES_ALONE = re.compile("(?:请|麻烦)?(?:您|你)?(?:先|现在就?|马上)?(?:把[^，]*(?:名|名字|人|、[^，]{1,4}))?")
_NOT = re.compile("不|(?<![特级识分])别(?![人的])|没有?|从未")
_WISHED = re.compile("可以|(?<!可)能|方便|愿意|好吗|行吗")


class Told(NamedTuple):
    """What a clause tells or asks people, and what to do about it."""

    what: str
    advice: str


_TELL = Told(
    "an act that we want of nobody",
    "tell people only to stop, to undo, to ask, to wait, to tell others or to ring {call_back}; docs/script-findings.md lists the acts",
)
_ASK = Told(
    "an answer that only officers may ask for",
    "ask whether it happened (...过吗？), or let an officer ask: a step `officer`",
)


def told(clauses: Sequence[str], number: int, *, question: bool) -> Told | None:
    """What the clause tells people to do, or asks them, that we never do."""
    clause = clauses[number]
    if question and number == len(clauses) - 1:
        asked = _OPEN.search(clause)
        if asked and not _MAY_BE_ASKED.search(clause):
            return _ASK
    telling = _TELLS.search(clause)
    if telling is None or _NOT.search(clause[: telling.start()]):
        return None
    if question and clause[telling.start()] not in "请麻劳" and not _WISHED.search(clause):
        return None
    act = clause[telling.start() :]
    ahead = "，".join((act, *clauses[number + 1 :])) if _NAMES_ALONE.fullmatch(act) else act
    if _MAY.search(ahead) and not _BENT.search(act):
        return None
    return _TELL
