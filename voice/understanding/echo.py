"""Answers that say the question's own verb again: "提得出来" to "您全提出来过吗", "不肯" to "他愿意吗". Pure.

Rule 1: only where the question lists both affirm and deny, and only a verb that was asked about.
Rule 2: an answer that is nothing else decides. At the head of a longer one it stands beside the rest.
Rule 3: what a rule or a phrase found to be urgent is never taken away; a guess of the learned table is.
Rule 4: verbs of paying are no echo: "给过" is money that went, whatever was asked.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.judging import LEARNED
from voice.understanding.model import IntentMatch
from voice.understanding.wording import normalised

AFFIRM, DENY = "affirm", "deny"
_SURE, _BESIDE = 0.9, 0.8
_LITTLE_LIKELY = 0.5
_URGENCY = {intent: rank for rank, intent in enumerate(INTENTS)}


class _Verb(NamedTuple):
    """What says the same of one question."""

    asked: str  # pattern in the question
    said: str  # pattern in the answer, without its result and aspect
    contrary: str = ""  # says the opposite: 关了 to "还开着吗"


_VERBS = (
    _Verb("提(?!供|起|过吗)|取", "全?提(?:现|成功)?|取", "卡住"),
    _Verb("说起|提过吗|说过|谈过", "说起?|提起?|谈到?|开过?口"),
    _Verb("见过|见面|见一面|见一次", "见(?:面|上|着)?|碰面"),
    _Verb("愿意|答应|行吗|好不好|好吗", "愿意|肯|答应|同意|干(?=$|的|啊|嘛)|乐意"),
    _Verb("看得见|看见|看到", "看(?:见|到)?|瞧(?:见)?"),
    _Verb("开着|共享", "开(?:着|起)?|连(?:着|起)|看得(?:见|到)|看(?=不)", "关(?:掉|上|了)?(?!系)|退出?来?|断开?"),
    _Verb("还在|在您?你?卡", "在|剩"),
    _Verb("到你?卡|收到|看到贷|卡上", "到(?:账)?|收到|看到|看见|在(?=卡|里|我|账)|进(?:账|卡)"),
    _Verb("试过|试", "试"),
    _Verb("装", "装|下载?|安装", "(?:卸|删)(?:掉|载|除)?"),
    _Verb("拨过|拨", "拨|按|输|打(?=了串|过串|过井|了井)"),
    _Verb("借", "借|贷"),
    _Verb("买卖|卖|买", "买|卖|收(?!到)"),
    _Verb("扫", "扫"),
    _Verb("送", "送"),
    _Verb("核实|打电话|打过电话|问一|问问|问过", "核实|问|打(?=过|了$|了电|通|的)|联系"),
    _Verb("认识|谈得来|聊", "认识|聊|谈|处(?=着|了)"),
    _Verb("知道", "知道|清楚|听说|他?跟我说"),
    _Verb("接到|来过", "接|接到|来"),
    _Verb("新给|新号", "新(?:给|的|号)"),
    _Verb("办", "办|申请"),
    _Verb("点赞|刷单|做任务|做过", "做|点|刷|弄|搞"),
    _Verb("加你?好友|加您|拉你|进群|拉", "加|进|拉"),
    _Verb("躲|去宾馆|待", "躲|去|住|待"),
    _Verb("让|叫|要|喊", "让|叫|要(?!求)|喊|催"),
    _Verb("填错", "说|填错"),
    _Verb("私下", "私下|私底下", "在平台(?:里|上)?(?:付|买|拍|下单)"),
    _Verb("私人", "(?:是)?(?:私人|个人)", "(?:是)?(?:公司|对公|单位)"),
    _Verb("是他发|他给的|他发", "(?:是)?他(?:们)?(?:发|给|推荐)", "(?:游戏|官方|商店|商城|手机).{0,2}(?:自带|里面|里|上)|我?自己(?:下|装|搜|找)"),
)  # fmt: skip

# What may stand in front of the verb and changes nothing.
_BEFORE = (
    r"(?:嗯|啊|是的?|对的?|有的?|倒是?|那|我们?|他们?|钱|都|也|就|还是?|又|再|应该|可能|好像|肯定|当然|已经|早就|早|确实|真的|全|现在|目前|当面|亲自|本人"
    r"|一[直次回]|从来|自己|里面|里头|小的|大的|以前|昨天|前天|上次|刚才|刚|后来|老是?|总|手机|屏幕|会议|软件)*"
)
_NOT = (
    r"(?:从)?(?:没有?|未|还?没|不能|不会|不得|不敢|没敢|没法|不让|没让|没能|不给|哪敢|哪里敢|不太|不|别)"
    r"(?:敢|能|法|真|当面|再|去|给|跟|和|人|他|过|哪)*"
)
_ABLE = r"(?:能够?|会|可以|得|想|敢|是|正?在)*"
_CANNOT = r"得?不(?:出来?|到|见|了|着|成|上|动|完|起|下来|清)"
_DONE = r"(?:出来|出去|起来|出|到|见|着|成功?|上|动|完|起|下来|清|过|了|的|得|好)*"
# What may follow and changes nothing.
_REST = (
    r"(?:他|我|你|我们|自己|本人|真人|面|钱|电话|软件|会议|东西|号|网|几块|的|手上|手里|卡上|卡里|账户里?|账上|里面|里头|这里?|在|一[回次下串个]|[两三几]+[回次个天]|好几[回次]"
    r"|过|了|啊|呀|吧|呢|嘛|呗|噢|着|来|去|没问题|多少|一点|点|全|都|可以|当然)*"
)
_WHO = re.compile("本人|机主|先生|女士")
_ASKS_BACK = ("吗", "么", "没有")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


class Echo(NamedTuple):
    """What the answer means, and whether it says nothing else."""

    intent: str
    whole: bool


def echo(plain: str, asked: str, expects: Collection[str]) -> Echo | None:
    """The echo of the question in a normalised reply, if there is one."""
    if not asked or AFFIRM not in expects or DENY not in expects:
        return None
    if plain.endswith(_ASKS_BACK) and len(plain) > len("没有"):
        return None
    question = _last_question(asked)
    if plain.startswith("不是") and "是" in question and not _WHO.search(question):
        return Echo(DENY, whole=False)
    verbs = [verb for verb in _VERBS if _pattern(verb.asked).search(question)]
    starts = dict.fromkeys((_end(_BEFORE, plain, 0), 0))
    read = [found for verb in verbs for start in starts if (found := _read(plain, start, verb))]
    return next((each for each in read if each.whole), read[0] if read else None)


def _last_question(asked: str) -> str:
    """What was asked in the end: "谁都有周转的时候。这笔钱，您急着做什么用？"."""
    return normalised(re.split(r"[。！!]", asked.rstrip("。？?！! "))[-1])


def _read(plain: str, start: int, verb: _Verb) -> Echo | None:
    """The echo of this verb that begins here."""
    meant = _end(_NOT, plain, start)
    denied = meant > start
    able = _end(_ABLE, plain, meant)
    said = _pattern(verb.said).match(plain, able) or _pattern(verb.said).match(plain, meant)
    if not said and verb.contrary:
        said = _pattern(verb.contrary).match(plain, able) or _pattern(verb.contrary).match(plain, meant)
        denied = not denied
    if not said:
        return None
    done = _end(_CANNOT, plain, said.end())
    denied = denied or done > said.end()
    done = _end(_DONE, plain, done)
    whole = _end(_REST, plain, done) == len(plain)
    answered = denied or done > said.end() or plain.endswith("在", 0, said.start())
    if not (whole or answered):  # 他要补钱我就不要了: a story begins with the word, nothing is answered
        return None
    return Echo(DENY if denied else AFFIRM, whole)


def _end(pattern: str, plain: str, start: int) -> int:
    found = _pattern(pattern).match(plain, start)
    return found.end() if found else start


def with_echo(found: Echo | None, matches: Sequence[IntentMatch], plain: str) -> tuple[IntentMatch, ...]:
    """What was understood otherwise, and the echo: in urgency order."""
    if found is None:
        return tuple(matches)
    certain = [match for match in matches if match.intent in URGENT and not _is_guess(match)]
    kept = certain if found.whole else [match for match in matches if match in certain or match.intent not in URGENT]
    other = DENY if found.intent == AFFIRM else AFFIRM
    kept = [match for match in kept if match.intent not in (found.intent, other)]
    said = IntentMatch(found.intent, _SURE if found.whole else _BESIDE, f"echo: {plain}")
    return tuple(sorted((*kept, said), key=lambda match: _URGENCY[match.intent]))


def _is_guess(match: IntentMatch) -> bool:
    return match.evidence.startswith(LEARNED) and match.confidence < _LITTLE_LIKELY
