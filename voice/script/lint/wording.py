"""What only a fraudster says: the wordings by which a sentence asks for a code, money, secrecy, or lies about who speaks. Pure.

Rule 1: what asks is found by patterns; then it is looked whether the sentence forbids it, or tells what somebody else asks for.
Rule 2: who is asked in our own name (请, 麻烦, 告诉我, 我需要) is asked by us, whatever else stands around it.
Rule 3: a miss costs more than a false alarm: an admin can reword, a citizen cannot.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

_CODE = (
    "(?:验证码|校验码|动态码|确认码|识别码|取件码|口令|密码|卡号|账号|身份证|支付码|付款码|收款码|人脸|刷脸|指纹|余额"
    "|(?:银行|信用)?卡(?:号|信息|正面|背面|照片|后面)|(?:短信|手机|屏幕|卡|上面|收到)[^，。]{0,5}(?:数字|号码|码|内容)|[四六八几]位(?:数|码))"
)
_GAP = "[^，。！？；：别不没勿]"
_TOLD_TO_US = (
    "(?:(?:告诉|发给|发到|发来|发过来|报给|念给|说给|读给|交给|提供给|传给|拍给|给)(?:我|咱|这边)"
    "|(?:念|报|说|读|发|输|填|提供|核对|讲|拍)(?:一下|一遍|一念|一报|出来|过来|上来|给我|给咱)"
    "|(?:是|有)?多少(?:[？吗呢啊]|$)|是什么(?:[？吗呢啊]|$)|哪几位)"
)
_POLITELY = "(?:请|麻烦|劳驾|需要|得|必须|方便|能不能|能否|可不可以|可以|您就|您把|赶紧|马上|现在|配合|帮我|先)"
_GIVES = "(?:告诉|发|报|念|说|读|提供|输入|填写|填|核对|确认|登记|录入|出示|拍|扫)(?![过了])"
_ACCOUNT = "(?:账户|账号|平台|这里|我们?这|对公|指定|公司|一张卡|卡里|卡上)"
_INTO = "(?:转|汇|打|存|充|划|归集|集中|挪)(?:账|款|钱)?(?:到|进|入|至|给我|给咱|往|过来)"
_PAYS = (
    "(?:转账|转钱|转款|汇款|打款|付款|付钱|缴费|缴款|缴纳|交纳|交费|交钱|充值|充钱|垫付|垫钱|支付|交保证金|交押金|交定金|交解冻费|交税"
    "|[转打汇交付充]一?笔)(?!记录|凭证|截图)"
)
_NO_OBJECT = "(?:(?![码卡钱])[^，。！？；]){0,4}"  # "不要把验证码告诉任何人" asks for no secrecy
_OWN = "(?:家人|家里|老公|老婆|爱人|丈夫|妻子|孩子|儿女|子女|儿子|女儿|爸妈|爸爸|妈妈|父母|朋友|同事|领导|任何人|别人|其他人|旁人|外人|警察|民警|公安|银行|柜员)"

# A topic, and the wordings that ask for it. Several patterns may stand for one topic.
_ASKS: tuple[tuple[str, str], ...] = (
    ("a code or password", f"{_CODE}{_GAP}{{0,6}}，?{_GAP}{{0,4}}{_TOLD_TO_US}"),
    ("a code or password", f"{_POLITELY}{_GAP}{{0,6}}{_GIVES}{_GAP}{{0,10}}{_CODE}"),
    ("a code or password", f"{_POLITELY}{_GAP}{{0,6}}(?:刷脸|扫脸|人脸|指纹|实名认证)"),
    ("a code or password", f"(?:告诉我|发我|发给我|念给我|报给我|说一下|念一下|报一下|提供){_GAP}{{0,8}}{_CODE}"),
    ("a code or password", f"(?:把|将){_CODE}{_GAP}{{0,4}}(?:告知|告诉|报|念|发|交|回复)"),
    ("a code or password", f"(?:回复|回个?短信|回信){_GAP}{{0,3}}，?{_GAP}{{0,8}}(?:码|数)"),
    ("a code or password", "(?:身份证|卡)(?:号|号码)?的?(?:后面|最后|背面|后|末|前|头)[一二三四五六八几]位"),
    ("a code or password", f"密码{_GAP}{{0,4}}(?:改成|改为|设成|设为)"),
    ("something to be read out or sent", "(?:念|报|读|发|传|拍)给(?:我|咱)"),
    (
        "something to be read out or sent",
        f"(?:串|[四六八几]个)数字?{_GAP}{{0,4}}，?{_GAP}{{0,4}}[说讲念读报](?![过了])",
    ),
    (
        "something to be read out or sent",
        f"(?:屏幕|手机|短信|页面)[上里]{_GAP}{{0,10}}，?[您你请]?(?:照着)?[念读报](?![过了])",
    ),
    ("what he owns or where he lives", f"(?:存款|积蓄|余额|卡上|卡里|账户里|家里|一共有){_GAP}{{0,4}}多少"),
    (
        "what he owns or where he lives",
        f"哪(?:家|个)银行{_GAP}{{0,5}}(?:存|开|有)|住(?:在)?哪|住址|家庭地址|出生日期|全名",
    ),
    (
        "a transfer",
        f"(?:钱|资金|存款|款){_GAP}{{0,8}}(?:归到|统一到|放(?:在|到)?(?:我们|我这|咱)|挪|退给我们|换一?张卡)",
    ),
    (
        "a transfer",
        f"(?:钱|资金|存款){_GAP}{{0,6}}(?:清查|核查|验证(?!码)|保管)|不安全，?{_GAP}{{0,4}}换一?张|保管{_GAP}{{0,4}}(?:钱|款|资金)",
    ),
    ("a transfer", f"(?:打开|登录|进入){_GAP}{{0,4}}(?:手机银行|网银|支付宝|钱包|银行软件)|收款人{_GAP}{{0,3}}我"),
    ("a transfer", "[转汇打](?:一分钱|一块钱)|[交付][一二两三四五六七八九十百千几]+(?:块|元)钱?就"),
    (
        "cash or goods",
        f"(?:上门|到家|派人){_GAP}{{0,4}}[取收拿](?!证)|(?:钱|现金|卡){_GAP}{{0,8}}，?交给{_GAP}{{0,6}}(?:同事|人员|民警|专员|我)",
    ),
    ("cash or goods", f"买{_GAP}{{0,3}}(?:黄金|金条|礼品卡|购物卡|充值卡|点卡)|取{_GAP}{{0,4}}现金"),
    ("a transfer", f"{_INTO}"),
    ("a transfer", f"{_POLITELY}{_GAP}{{0,6}}{_PAYS}"),
    ("a transfer", f"(?:钱|资金|存款|余额){_GAP}{{0,6}}(?:转|汇|打|存|划|挪){_GAP}{{0,4}}{_ACCOUNT}"),
    ("a 'safe account'", "(?:安全|监管|核查|清查|验资|托管|过渡|专用|指定)(?:账户|账号)"),
    ("a link or an app", f"(?:点|点击|点开|打开|访问|登录|登陆|复制){_GAP}{{0,8}}(?:链接|网址|网站|网页|小程序)"),
    ("a link or an app", f"(?:扫|扫描|识别){_GAP}{{0,6}}(?:码|二维码)"),
    ("a link or an app", f"(?:下载|安装|装|下)(?![过了掉]){_GAP}{{0,8}}(?:软件|应用|程序|客户端|插件)"),
    ("a link or an app", f"(?:加|添加){_GAP}{{0,6}}(?:微信|好友|企业微信|群)"),
    (
        "a link or an app",
        f"[请您你]{_GAP}{{0,4}}(?:下载|安装)(?![过了])|装上|关注{_GAP}{{0,6}}公众号|公众号{_GAP}{{0,4}}，?关注",
    ),
    (
        "a link or an app",
        f"扫一下|(?:点|点开|点击){_GAP}{{0,8}}蓝色|(?:短信|信息|消息){_GAP}{{0,4}}，?{_GAP}{{0,4}}点开|点(?:网|康姆)",
    ),
    ("a code to dial", f"(?:拨|输入|按)(?![过了]){_GAP}{{0,6}}[星井]号"),
    (
        "screen sharing",
        f"(?:打开|开启|开(?![着过了的])|同意|接受|进入|加入|点){_GAP}{{0,6}}(?:屏幕|共享|会议|远程|视频通话|摄像头)",
    ),
    ("screen sharing", f"(?:请|把|麻烦|配合|需要){_GAP}{{0,6}}(?:共享{_GAP}{{0,4}}屏幕|屏幕{_GAP}{{0,4}}(?:共享|投))"),
    (
        "screen sharing",
        f"(?:把|将)(?:手机|屏幕|共享|摄像头|远程){_GAP}{{0,4}}(?:打开|开启|开一下|给我)|远程{_GAP}{{0,3}}(?:帮|协助|操作|控制)",
    ),
    ("secrecy", f"(?:请|要|得|必须|务必|一定|注意){_GAP}{{0,6}}保密"),
    (
        "secrecy",
        f"(?:别|不要|不能|不可以|不许|不得|不准|先不|不用|不必){_NO_OBJECT}(?:告诉|跟|和|对|让|找|联系|惊动)[^，。！？；]{{0,3}}{_OWN}(?!跟我)",
    ),
    ("secrecy", "(?:自己|一个人|咱俩|我们俩)(?:知道|清楚|明白)就(?:行|好|可以|够)"),
    ("secrecy", f"(?:找个?|去|到|换个?)(?:没人|没有人|安静|单独|隐蔽|宾馆|酒店|旅馆){_GAP}{{0,4}}"),
    ("a code or password", f"(?:口令|密码|码|身份证|签名栏){_GAP}{{0,8}}(?:是啥|是什么|多少|几|呢)(?:[？]|$)"),
    ("something to be read out or sent", f"复述|(?:讲下|说下|讲一下|说一下){_GAP}{{0,10}}(?:数|码|短信|号)"),
    (
        "what he owns or where he lives",
        f"(?:资产|财产|理财|定期){_GAP}{{0,8}}(?:登记|申报|赎|解开|转成)|定期{_GAP}{{0,4}}活期|赎回来",
    ),
    ("what he owns or where he lives", "用的?哪(?:家|个)银行|一个人住"),
    ("cash or goods", f"(?:钱|现金|存款){_GAP}{{0,4}}取出来|保管{_GAP}{{0,4}}现金"),
    (
        "a transfer",
        "(?:保释|核查|保障|取保|解冻|手续)(?:金|费)(?:就|可以|后)|(?:小时|天)内?后?(?:退还|返还|退回)|走个流程",
    ),
    (
        "a link or an app",
        f"(?:窗口|弹窗|请求|提示|地址|消息){_GAP}{{0,3}}，?{_GAP}{{0,4}}(?:点|同意|允许)|点{_GAP}{{0,3}}(?:允许|同意|进去|确认就)|同意{_GAP}{{0,4}}请求",
    ),
    ("a link or an app", f"(?:聊天软件|微信|群)里?{_GAP}{{0,3}}(?:跟|和|与)我们|我{_GAP}{{0,2}}加您|通过一下"),
)
_PATTERNS = tuple((topic, re.compile(pattern)) for topic, pattern in _ASKS)

# They name the other side, or forbid, and are asked in our own name all the same. Only whom he is told about excuses them.
_OUTRIGHT: tuple[tuple[str, str], ...] = (
    ("a transfer", "您(?:就|可以|先|不妨)先?(?:给[他她])?[转付汇打交充](?:给[他她]|给对方|过去|一点|点|一笔|一分)"),
    ("going along with him", "您(?:就|可以|先)先?[按照](?:[他她]们?|对方)(?:说|讲|要)的?"),
    ("secrecy", "谁[都也](?:别|不要|不许|不能)(?:说|讲|提|告诉|联系)|(?:别|不要|不许|不得)声张|涉密|飞行模式|打草惊蛇"),
    (
        "secrecy",
        "[先得]瞒着|(?:别|不要)接(?:别的|其他|任何)|请您?(?:先)?(?:一个人|独自|单独)|也?别跟家里(?:人)?[说讲提]",
    ),
    (
        "a lie to the bank",
        "(?:银行|柜员|柜台|警察|民警|家里人|别人)[^，。]{0,4}问[^，。]{0,3}，?[您你]?就?说|(?:^|[您你请])(?:就)?说是(?:自己|装修|买房|给亲戚|家用|做生意)|[您你]就说[^，。]{0,6}(?:自己|家里|亲戚)",
    ),
    (
        "secrecy",
        "外传|(?:对外|向外)[^，。]{0,2}(?:透露|说|讲)|(?:别|不要|不能)[让被][^，。]{0,4}人(?:知道|听见|看见)|关掉手机|换一部[^，。]{0,3}联系",
    ),
    ("ringing us by another number", r"我的?(?:手机号|电话号|微信号)|回拨(?!\{call_back\})[^，。]{0,4}(?:号码|手机)"),
)
_OUTRIGHT_PATTERNS = tuple((topic, re.compile(pattern)) for topic, pattern in _OUTRIGHT)
_REPORTED = re.compile("[让叫要催逼教][您你]|[他她]会?说|对方说|有没有|有人|是不是|凡是|(?<!用)的$|[吗？]$")

_SENTENCE = re.compile(r"[^。！？；]+[。！？；]*")
_CLAUSE_END = re.compile(r"[，：]")
# They hold a "not" and forbid nothing.
_NOT_FORBIDDING = re.compile(
    "不要?忘|别忘|别犹豫|别担心|别着急|别急|别怕|别害怕|别慌|不慌|不急|不用担心|不妨|不得不|不如|要不|差不多|不好意思|对不起"
    "|没关系|没问题|没事|不管|不客气|不错|不然|不便|方不方便|能不能|是不是|有没有|可不可以|要不要|[过了]没有?"
)
_FORBIDS = re.compile("[别不没勿甭莫]|拒绝|停止|退出|取消|小心|当心|防止")
_HALTS = re.compile("停止|暂停|退出|取消|拒绝|卸")
_OURS = re.compile(
    "请(?!问)|麻烦|劳驾|给(?:我|咱)|我们?(?:这边|需要|得|帮您|教您|来)|(?:告诉|发|转|教)我|您需要|您得|配合|方便(?:说|报|念|提供)"
)
_OTHERS = re.compile(
    "他|她|对方|骗子|那边|那头|人家|有人|没人|别人|谁|陌生人|卖家|老师|客服|接下来|说您|说是|自称|凡是|(?<!我)(?<!我们)会[说让叫催要]"
    "|您答应|您是说|有没有|是不是|有吗|还是|[接遇碰]到过"
)
_CAUSED = re.compile("(?<!我)(?<!我不)(?<!我们)(?<!我们不)(?:[让叫要催逼劝哄拉]|要求)(?:您|你|人)")
_DISOWNED = re.compile(
    "(?:是|都是|就是)骗|骗局|骗人|骗术|是诈骗|别信|[不别]要?[信做理碰]|别补|先停|都停|当心|追回|追不回|回不来|提不出来|没人担保|可疑"
)
_HEARD_OF = re.compile("有吗|有过吗|有没有|有印象|还是")
_NAMED = re.compile("^[^，。！？]{0,8}(?:的(?![^，。]{0,4}(?:给我|告诉我))|骗)")
_ASKED = re.compile("[？]|[吗呢]$|没有$")


class Asked(NamedTuple):
    """A clause that asks for something we never ask for."""

    clause: str
    what: str


@lru_cache(maxsize=4096)
def asked_for(text: str) -> tuple[Asked, ...]:
    """What a text asks for in our name that only a fraudster would."""
    found: dict[tuple[str, str], Asked] = {}
    for part in _SENTENCE.findall(text):
        for topic, pattern in _PATTERNS:
            for match in pattern.finditer(part):
                clause = _around(part, match.start(), match.end())
                if not _is_ours_to_say(part, match, clause):
                    found[clause, topic] = Asked(clause, topic)
        for topic, pattern in _OUTRIGHT_PATTERNS:
            for match in pattern.finditer(part):
                clause = _around(part, match.start(), match.end())
                if not _REPORTED.search(clause):
                    found[clause, topic] = Asked(clause, topic)
    return tuple(found.values())


def _around(part: str, start: int, end: int) -> str:
    """The clauses that a match touches."""
    begins = max((m.end() for m in _CLAUSE_END.finditer(part, 0, start)), default=0)
    stop = _CLAUSE_END.search(part, end)
    return part[begins : stop.start() if stop else len(part)].strip("。！？； ")


def _is_ours_to_say(part: str, match: re.Match[str], clause: str) -> bool:
    """Does the sentence forbid it, or tell what somebody else wants?"""
    begins = max((m.end() for m in _CLAUSE_END.finditer(part, 0, match.start())), default=0)
    before = _NOT_FORBIDDING.sub("", part[begins : match.start()])
    if _FORBIDS.search(before):
        return True
    if _HALTS.search(match[0]):
        return True
    if _OURS.search(clause):
        return False
    so_far, rest = part[: match.end()], part[match.end() :]
    if _OTHERS.search(so_far) or _DISOWNED.search(rest) or _HEARD_OF.search(part):
        return True
    named, asked = _NAMED.search(rest), _ASKED.search(part.strip("。；"))
    return bool((_CAUSED.search(so_far) and (named or asked)) or (named and asked))


# --- who we say that we are ---------------------------------------------------------------------------------------------

_CLAIMS: Mapping[str, re.Pattern[str]] = {
    "an officer": re.compile(
        "(?:我|我们|咱们|本人|这里|这边)(?:就|也|真的?|确实)?(?:是|叫|代表)[^，。！？不]{0,16}?(?:民警|警官|警察|公安局|公安(?!提示)|派出所|检察|法院|警队|刑警)"
        "|^[^，。！？不去到找问打拨]{0,6}(?:公安局|派出所)(?:给您|来电|打来)|^(?:这里|这边|我们)[^，。！？不去到找问打拨]{0,4}公安局$"
    ),
    "a human": re.compile(
        "(?:我|我们|这里|这边)(?:就|也|真的?|确实)?是[^，。！？不]{0,14}?(?:真人|人工|活人|值班员|工作人员|专员|客服|同志)"
        "|我(?:可|才|真的?)?不是(?:机器|录音|电脑|程序|智能)|(?:说话的|我)(?:就|可)?是(?:真|活)[^，。]{0,3}人|我是[^，。！？]{0,14}的?[小老][\u4e00-\u9fff](?:$)|我是[^，。！？]{0,12}(?:主任|队长|所长|科长|局长)"
    ),
}
_HONEST = re.compile("助手|机器人|智能|吗$|吗？|冒充|自称|他说|对方说|说他|说自己")


@lru_cache(maxsize=4096)
def claims(text: str) -> tuple[Asked, ...]:
    """What a text says we are and we are not."""
    found = []
    for clause in re.split("[，。！？；：]", text):
        for what, pattern in _CLAIMS.items():
            match = pattern.search(clause)
            if match and (not _HONEST.search(clause) or match[0].startswith(("我不是", "我可不是", "我真不是"))):
                found.append(Asked(clause, what))
    return tuple(found)


# --- telephone numbers ---------------------------------------------------------------------------------------------------

_DIGITS = "零〇一幺二两三四五六七八九0-9０-９"
_NUMBER = re.compile(f"[{_DIGITS}](?:[{_DIGITS}]|[-－— ](?=[{_DIGITS}])){{2,}}")
_CONNECTS = re.compile(
    "(?:转接|转到|接通|接到|连线|[帮给为]您[转接](?:一下)?)[^，。！？]{0,8}(?:银行|客服|检察|法院|法官|专员|专案|公证|银监|通管|航空|平台)"
)
_PLAIN = str.maketrans("零〇一幺二两三四五六七八九０１２３４５６７８９", "0011223456789" + "0123456789")
OUR_NUMBERS = frozenset({"110", "96110"})


@lru_cache(maxsize=4096)
def numbers(text: str) -> tuple[str, ...]:
    """Telephone numbers that are not ours, however they are written. {call_back} is none."""
    found = (match[0] for match in _NUMBER.finditer(text))
    return tuple(n for n in found if re.sub("[^0-9]", "", n.translate(_PLAIN)) not in OUR_NUMBERS)


@lru_cache(maxsize=4096)
def connects_outside(text: str) -> tuple[str, ...]:
    """To whom a text would connect the person, when that is no officer."""
    return tuple(match[0] for match in _CONNECTS.finditer(text) if not _FORBIDS.search(text[: match.start()]))
