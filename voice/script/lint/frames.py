"""What makes a sensitive word ours to say: it is forbidden, told of the other side, asked about as a fact, or undone. Pure.

Rule 1: a frame must govern the clause in which the word stands. "别挂电话，把验证码告诉我" forbids the hanging up and asks for the code.
Rule 2: what turns a frame round is looked at first: "不转账就会被冻结" forbids nothing, "验证码不说不行" demands.
Rule 3: whoever is asked in our own name (告诉我, 请您, 您把) is asked by us, whatever the other side does elsewhere in the sentence.
Rule 4: what fits no frame is a finding; a frame too few costs a rewording, one too many lets a fraudster's sentence pass.
"""

import re

from voice.script.lint.forbidding import NOT, demanded, forbidden, harmless_left_out, names_it
from voice.script.lint.mention import BARELY, DIRECTS, Mention
from voice.script.lint.others import CAUSED, SAID, told_of_others
from voice.script.lint.sensitive import OUTSIDE, Kind

_TO_US = re.compile(
    "(?:给|告诉|发|跟|和|对|教|听|加|转|交|传|报|回复)(?:我|咱)(?!们?(?:就|不|也)不|的聊)|给(?:中心|民警|警官|同志|同事|工作人员)|我们?(?:这边|这里|这儿|需要|得(?!提)|要(?!不)|的(?!智能)|帮您(?!取消|挂|报)|教您|派|合作|给您|发)"
    "|我说|我教|咱们"
)
_US = re.compile("给我们打|打(?:电话)?给我们|联系我们(?!的)")


def is_ours_to_say(mention: Mention) -> bool:
    """Does a frame govern it?"""
    if mention.topic.kind is Kind.HUSHES:
        frames = _FRAMES_OF_SLANDER if _RESCUERS.search(mention.clause) else _FRAMES_OF_HUSHING
        return any(frame(mention) for frame in frames)
    if demanded(mention):
        return False
    if forbidden(mention):
        return True
    if mention.topic.what == OUTSIDE and _US.search(mention.clause):
        return True
    if _TO_US.search(mention.clause):
        return False
    return any(frame(mention) for frame in _FRAMES)


# --- never so, or a fact ----------------------------------------------------------------------------------------------

_HIDES = re.compile("^(?:您|你)?(?:一个人|独自|单独)|宾馆|酒店|旅馆|没人的|隐蔽")
_WARNED_OF = re.compile("(?:不要|(?<![特级识分])别(?![人的])|不能|勿)[^，]{0,4}$")
_TRULY = re.compile("照实|如实|实话|听一听|听劝")


def _never_so(mention: Mention) -> bool:
    """ "公安不会叫您瞒着家人": what nobody honest does."""
    if _TRULY.search("，".join(mention.clauses)):
        return True
    if _HIDES.search(mention.words) and _WARNED_OF.search(mention.before):
        return True
    return re.search("(?:不会|从不|没有|不是|不该)[^，]{0,8}$", mention.before) is not None or bool(
        re.search("不会(?:叫|让|要|不让)", mention.clause[: mention.end])
    )


_DONE = re.compile(
    "过(?![来去])|了(?:吗|没|，|$)|还是|要不要|他|她|对方|着|正在|还在|有没有|有没|是不是|是[^，]*还是|是[^，]*吗|有印象|知道吗|知不知道|对吗|多久|在不在|现在|有吗|近期|最近|还没|看到的|来的|的$"
)
_WANTS = re.compile(
    "一个人住|(?<!可)能(?!不能信)|可以|方便|可否|愿意|多少|几[张位个]|什么(?!软件|时候|人|手段|没有)|哪(?!一步|怕|里(?:看|听|认|下|来|装|[^，]*的$))|请(?!问)|告诉我|一下|好吗|行吗|是啥|给我|我们"
)
_EVER = re.compile(
    "[念填给说报转付交打拨点扫装下加投充垫借开输发露供诉买卖取连进用提贷问寄删过充]+(?:钱|款|码|给|到)?(?:他|她|对方|他们|陌生人)?过(?![来去])|看看?[^，]{0,3}(?:有没有|是不是|开着)|已经[^，]*[了的]|(?:如果|要是|万一)[^，]*了|(?<!我)(?<!我们)能看[到见][您你]|在[您你]自己[^，]{0,4}(?:里|上)|(?:转|付|打|汇|给|交|投|借|垫)(?:出去|走|掉|进去)的|答应了|^您是说|您说的是"
)


def _asked_as_a_fact(mention: Mention) -> bool:
    """ "您转过钱吗？", "密码填给过他的": what was done, not what shall be done."""
    if mention.question:
        rest = "，".join(mention.clauses[mention.number :])
        if _DONE.search("，".join(mention.clauses)) and not _WANTS.search(rest):
            return True
    whole = mention.clauses[0] if mention.number else mention.clause
    return _EVER.search(mention.clause) is not None or re.search("您答应了|^您是说", whole) is not None


# --- undone, condemned, put off ----------------------------------------------------------------------------------------

_GUARDING = re.compile(
    "退出|退群|退掉|关掉|关闭|关了|断开|断网|卸|删掉|挂失|止付|拉黑|拦截|停止|停掉|关了|停了|暂停|停用|停下|取消|解绑|举报|报警|投诉|当心|小心|警惕|防止|谨防|防范|识破|追回(?!.*先)|打开预警"
    "|改(?:掉|了|一下|一改|密码|好)|换(?:个|掉|一下)?密码|密码[^，]{0,4}(?:改|换)(?!成|为)|先?冻结(?:起来|住|掉)|[把先]卡[^，]{0,3}冻结|锁(?:住|起来)"
    "|留好|留着|留住|保存|截图|留证|收好|护好|保护好|管好|守住|捂住"
)
_AFRESH = re.compile("改成|改为|设成|设为|念|报给|告诉我|提供|登录|输入")
_CONDEMNS = re.compile(
    "是骗|是诈|诈骗|骗局|骗人|骗术|骗走|骗您|假的|假冒|别信|不要信|不可信|别理|当心|小心|有问题|可疑|(?:都|先|就|再)停|停一停|停下|没有的事|没有$|危险|坏人|陷阱|圈套|鱼饵|钱归他|不靠谱|靠不住|违法|为了?您好|有道理|偷|盗|看得见|看得到"
)
_LOST = re.compile("追不回|回不来|提不出|没了|亏|要不回|没人担保|拿不回|打水漂|下一次|第二次|又来一|越陷|回不了")
_OTHERWISE = re.compile("不然|否则|免得|以免|避免|防止|省得|要不(?!回)")
_SAFE = re.compile(
    "\\{call_back\\}|幺幺零|九六幺幺零|96110|(?<!\\d)110|国家反诈中心|(?:银行|运营商|平台|购物软件|快递公司|航空公司|官方)的?(?:客服|电话|热线|柜台)|官方|柜台|平台里|买票的平台|派出所|家里?人|家里|孩子|子女"
    "|通讯录|老号码|本人|银行(?:问|查|核|，|$)|当面|身边的人|自己的?(?:软件|平台)|打电话[^，]{0,4}(?:核实|问)"
)
_ONLY_THERE = re.compile(
    "只在[^，]{0,4}平台|平台里|平台会[^，]{0,6}退|给您看[^，]*证|只(?:到|在|从)[^，]{0,8}(?:商店|官方|官网|平台|柜台)|国家反诈中心"
)
_NOT_SAFE = re.compile("短信|链接|扫|群|我给|我发|发给您|给您的|刚才那|下面的?|我们的|收款")
_NEXT = re.compile(
    "先?(?:自己)?(?:打|拨)(?:一下)?(?:\\{call_back\\}|幺幺零|九六幺幺零|96110|110|银行客服)|先?去?(?:问|问一?问|问一句|问银行|问他本人)(?:问|一|银行|家|他|清|$)|报警|先停|都停|停一?停|想一?想|看清|挂失|改掉|当面|派出所|两个人|签字|复核|审批|马上改|截图|留好|止付"
)
_HELP = re.compile("报警|幺幺零|\\{call_back\\}")
_NOT_YET = re.compile("^[^，]{0,4}(?:之前|以前|前(?!面|台|几|后))")
_THEN = re.compile("(?:等|见面|见一面|核实|查|问|看过|复核|收到货|上架)[^。]*(?:再|才)[^，]{0,2}$")


def _undone(mention: Mention) -> bool:
    """ "请退出共享", "把密码改了": the clause protects him."""
    for clause in (mention.clause, mention.following if names_it(mention) else ""):
        guard = _GUARDING.search(clause)
        if guard and not _AFRESH.search(clause) and not re.search("[不别没]$", clause[: guard.start()]):
            return True
    return False


def _condemned(mention: Mention) -> bool:
    """ "往安全账户转钱的，都是诈骗": said to be a fraud, or money that is lost."""
    caused = CAUSED.sub(SAID, mention.clause)
    if DIRECTS.sub("", caused) != caused and not BARELY.search(caused):
        return False
    if _OTHERWISE.search(f"{mention.clause}，{mention.following}"):
        return False
    rest = "，".join((mention.after, *mention.clauses[mention.number + 1 :]))
    if _CONDEMNS.search(rest) and not DIRECTS.search(rest.split("，")[-1]):
        return True
    if DIRECTS.search(caused):
        return False
    return _LOST.search(rest) is not None and not NOT.search(harmless_left_out(mention.before))


def _put_off(mention: Mention) -> bool:
    """ "转账之前", "等见了面再谈钱", "要转账，先打{call_back}": something else comes first."""
    so_far = "，".join((*mention.clauses[: mention.number], mention.before))
    if _NOT_YET.search(mention.after) or ("我" not in so_far and _THEN.search(so_far)):
        return True
    ahead = f"{mention.after}，{'，'.join(mention.clauses[mention.number + 1 :])}"
    return not DIRECTS.search(mention.clause) and _NEXT.search(ahead) is not None


def _calls_for_help(mention: Mention) -> bool:
    """ "把手机调成飞行模式，用别人的手机报警": what hides him from the other side alone."""
    return "飞行" in mention.words and _HELP.search("，".join(mention.clauses)) is not None


def _at_a_safe_place(mention: Mention) -> bool:
    """ "打给领导本人", "在平台里付", "国家反诈中心软件": where nobody of the other side listens."""
    safe = _SAFE if mention.topic.what == OUTSIDE else _ONLY_THERE
    words = mention.clause if DIRECTS.search(mention.clause) else f"{mention.clause}，{mention.following}"
    return safe.search(words) is not None and not _NOT_SAFE.search(words)


# "不要接96110的电话，那是假的": whoever keeps people from those who help them is not excused by calling them false.
_RESCUERS = re.compile("幺幺零|九六幺幺零|110|\\{call_back|派出所|警察|民警|公安|反诈")
_FRAMES_OF_SLANDER = (_never_so, told_of_others, _asked_as_a_fact)
_FRAMES_OF_HUSHING = (_never_so, told_of_others, _asked_as_a_fact, _condemned, _calls_for_help)
_FRAMES = (_undone, told_of_others, _asked_as_a_fact, _condemned, _put_off, _at_a_safe_place)
