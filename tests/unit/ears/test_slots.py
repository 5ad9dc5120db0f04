"""What replies tell beside their intents: who speaks, through what, of which fraud, and whether a sum is an estimate."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.domain.alert import FraudType
from voice.understanding import understand
from voice.understanding.amounts import find_sums
from voice.understanding.channels import channels
from voice.understanding.knowledge import shipped
from voice.understanding.model import SLOTS
from voice.understanding.ready import ready
from voice.understanding.schemes import mentioned_type
from voice.understanding.slots import slots_of
from voice.understanding.speaker import speaker
from voice.understanding.wording import normalised

pytestmark = pytest.mark.unit

MENTIONS = ready(shipped()).mentions


# --- sums ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "yuan", "about"),
    [
        ("九十九万", 990_000, False),
        ("三万五", 35_000, False),
        ("两千块", 2000, False),
        ("两万半", 25_000, False),
        ("三千半", 3500, False),
        ("5w", 50_000, False),
        ("5万8", 58_000, False),
        ("俩万", 20_000, False),
        ("仨千块", 3000, False),
        ("一个亿", 100_000_000, False),
        ("二百五", 250, False),
        ("三块五", 3, False),
        ("一百来块", 100, True),
        ("十几万", 100_000, True),
        ("一万多", 10_000, True),
        ("万把块", 10_000, True),
        ("个把万", 10_000, True),
        ("百把块", 100, True),
        ("三五千", 3000, True),
        ("一万二三", 12_000, True),
        ("一万两三千", 12_000, True),
        ("一万八九", 18_000, True),
        ("十五六万", 150_000, True),
        ("一二十万", 100_000, True),
        ("上万块", 10_000, True),
        ("转了上百万", 1_000_000, True),
        ("五万左右", 50_000, True),
        ("三万出头", 30_000, True),
        ("大概三万", 30_000, True),
        ("差不多两万", 20_000, True),
        ("快十万了", 100_000, True),
        ("不到一万", 10_000, True),
        ("小一万", 10_000, True),
        ("好几万", 10_000, True),
    ],
)
def test_a_sum_says_whether_it_is_an_estimate(said: str, yuan: int, *, about: bool) -> None:
    (found, *_) = find_sums(said)

    assert (found.yuan, found.about) == (yuan, about)


@pytest.mark.parametrize(
    "said", ["五毛钱", "一角", "两分钱", "网上千万别转", "早上百货", "一半", "身上万一", "三个人", "半个月"]
)
def test_small_change_and_other_things_are_no_sums(said: str) -> None:
    assert find_sums(said, asked=True) == ()


def test_the_largest_sum_says_whether_the_reply_is_an_estimate() -> None:
    assert "sum_about" not in understand("先转了三千多后来转了五万").slots
    assert understand("先转了三千后来转了五万多").slots["sum_about"] == "yes"


# --- who speaks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("我是本人", "self"),
        ("是我本人", "self"),
        ("是我", "self"),
        ("喂对我就是", "self"),
        ("我就是您说", "self"),
        ("本人", "self"),
        ("我是他老公", "family husband"),
        ("我是他老婆", "family wife"),
        ("我是她女儿我妈没在", "family daughter"),
        ("我是机主女儿我妈在外面", "family daughter"),
        ("他手机被我没收了我是他妈", "family mother"),
        ("我是他爸", "family father"),
        ("我是他爱人", "family spouse"),
        ("我是他幺女", "family daughter"),
        ("我是她婆娘", "family wife"),
        ("我是他儿媳妇", "family in_law"),
        ("我是他外甥", "family relative"),
        ("她是我姐", "family sibling"),
        ("他弟弟接的", "family sibling"),
        ("不是本人我是家属", "family"),
        # The other way round: whose telephone it is.
        ("这是我老公的电话他在洗澡", "family wife"),
        ("这是我老婆的手机", "family husband"),
        ("机主是我爸我帮他接的", "family child"),
        ("我是他同事他去仓库了", "colleague"),
        ("我是他老板", "colleague"),
        ("我是他们公司的财务", "colleague"),
        ("我是他朋友帮他接", "other"),
        ("我是他房东", "other"),
        ("我是护工老爷子不方便接", "other"),
        ("我捡到的手机", "other"),
        ("我不是本人", "other"),
        ("本人不在", "other"),
        ("我是派出所的", "officer"),
        ("我是市公安局的民警", "officer"),
    ],
)
def test_a_speaker_says_who_he_is(said: str, who: str) -> None:
    assert " ".join(speaker(normalised(said), ("third_party",)).values()) == who


@pytest.mark.parametrize(
    "said",
    [
        "",
        "我就是问一下",
        "我就是不信",
        "你是不是本人",
        "是本人吗",
        "我老公让我别转",
        "我问下我老婆",
        "我妈手机现在被人远程着呢",
        "我姐去年让杀猪盘骗过",
        "你是派出所的吗",
        "他是我男朋友",
    ],
)
def test_who_speaks_is_not_guessed(said: str) -> None:
    assert speaker(normalised(said), ()) == {}


def test_without_words_of_his_own_the_intents_tell_who_speaks() -> None:
    assert speaker("他去洗澡了", ("third_party",)) == {"speaker": "other"}
    assert speaker("打错了", ("wrong_number",)) == {"speaker": "other"}
    assert speaker("我上五年级", ("minor",)) == {"speaker": "child"}
    assert speaker("我是机主的语音助手", ("machine_answer",)) == {}


# --- through what -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("接到一个陌生电话", "phone"),
        ("有个客服打给我了", "phone"),
        ("他给我打了电话", "phone"),
        ("收到一条短信", "sms"),
        ("他加了我QQ", "qq"),
        ("加了扣扣", "qq"),
        ("他加了我微信", "wechat"),
        ("公众号上看到的", "wechat"),
        ("让我下了个软件", "app"),
        ("闲鱼上认识的", "app"),
        ("在腾讯会议里", "meeting"),
        ("他让我进了那个会议", "meeting"),
        ("抖音上刷到的", "social"),
        ("小红书上加的", "social"),
        ("他拉我进了一个群", "group"),
        ("微信群里发的", "group,wechat"),
        ("在一个网站上填的", "website"),
        ("点了他的链接", "website"),
        ("上门来取的现金", "offline"),
        ("先打的电话后来加了微信", "phone,wechat"),
        ("不是微信是QQ", "qq"),
        ("没加微信是打电话来的", "phone"),
    ],
)
def test_a_channel_is_told(said: str, codes: str) -> None:
    assert channels(normalised(said), MENTIONS["channel"]) == codes


@pytest.mark.parametrize(
    "said",
    [
        "",
        "你打电话干什么",
        "我在开会",
        "没接到过电话",
        "我从来不接陌生电话",
        "没下过软件",
        "没收到短信",
        "短信验证码给他了",
        "我装了反诈App",
        "你就打来了",
    ],
)
def test_our_own_call_and_what_did_not_happen_are_no_channel(said: str) -> None:
    assert channels(normalised(said), MENTIONS["channel"]) == ""


# --- of which fraud -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("让我刷单做任务", "brushing"),
        ("喊我给主播点赞挣零花钱", "brushing"),
        ("先给你返几十块后面越做越大", "brushing"),
        ("拉我进群做那个垫付单", "brushing"),
        ("有个老师带我炒股", "investment"),
        ("虚拟币搬砖的项目", "investment"),
        ("导师说稳赚", "investment"),
        ("在网上买二手手机让我走外面付款", "fake_shopping"),
        ("部队采购的叫我垫钱买罐头", "fake_shopping"),
        ("买演唱会门票先付款", "fake_shopping"),
        ("说我快递丢了给我理赔", "fake_service"),
        ("说我百万保障到期了要扣钱", "fake_service"),
        ("淘宝客服讲要取消代理商", "fake_service"),
        ("网贷说要先刷流水", "fake_loan"),
        ("办贷款要交解冻金", "fake_loan"),
        ("说我征信有问题要修复", "fake_credit"),
        ("让我注销校园贷账户", "fake_credit"),
        ("说京东金条利率太高", "fake_credit"),
        ("冒充领导叫我转账", "fake_boss"),
        ("老板QQ上让我给供应商打款", "fake_boss"),
        ("说我儿子在外面出车祸了", "fake_boss"),
        ("班主任在群里收学费", "fake_boss"),
        ("自称公安局的说我犯案了", "fake_police"),
        ("说我涉嫌洗钱", "fake_police"),
        ("医保卡在外地被盗刷说要配合调查", "fake_police"),
        ("转到安全账户里去了", "fake_police"),
        ("网恋的那个人叫我投资", "dating"),
        ("一个外国军官要给我寄包裹", "dating"),
        ("那个杀猪盘", "dating"),
        ("卖游戏账号他说账户被冻结要解冻", "game_trade"),
        ("免费领皮肤那个", "game_trade"),
        ("说我航班延误给我退改签", "flight_refund"),
        ("退机票的", "flight_refund"),
        ("有人跟我裸聊录了视频要挟我", "generic"),
        ("说我中了大奖要交税", "generic"),
        # Ruled out, and put right.
        ("不是贷款是投资", "investment"),
        ("不是投资是贷款", "fake_loan"),
        ("我没刷单他是让我炒股", "investment"),
        ("不是机票是刷单那个", "brushing"),
        # By sound.
        ("shua dan zuo ren wu", "brushing"),
        ("航班曲消了", "flight_refund"),
    ],
)
def test_a_fraud_is_told_in_whatever_words(said: str, code: str) -> None:
    assert mentioned_type(normalised(said), MENTIONS["mentioned_type"]) == code


@pytest.mark.parametrize(
    "said", ["", "没有", "好的", "他让我转钱", "没人让我刷单", "我没贷款", "没有投资", "不炒股也不理财"]
)
def test_what_is_ruled_out_or_not_named_is_no_type(said: str) -> None:
    assert mentioned_type(normalised(said), MENTIONS["mentioned_type"]) == ""


def test_every_code_is_one_of_the_dialers() -> None:
    said = [
        "刷单",
        "投资",
        "代购",
        "快递理赔",
        "贷款",
        "征信",
        "冒充领导",
        "公检法",
        "网恋",
        "游戏装备",
        "机票",
        "裸聊",
    ]

    assert {mentioned_type(each, MENTIONS["mentioned_type"]) for each in said} == {kind.value for kind in FraudType}


@pytest.mark.parametrize("said", ["我在玩游戏呢等会儿再打", "你是不是骗子", "我不买保险不要打了"])
def test_who_only_rings_us_off_tells_of_no_fraud(said: str) -> None:
    assert "mentioned_type" not in understand(said).slots


# --- all of them --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("没有", {}),
        ("好的", {}),
        (
            "先是打电话来说我航班取消，后来加了微信",
            {"channel": "phone,wechat", "mentioned_type": "flight_refund"},
        ),
        ("我是他老婆，他六点以后回来", {"speaker": "family", "relation": "wife", "when": "after:18:00"}),
        ("你明天上午再打", {"when": "+1d morning"}),
        ("今天上午转了三万多", {"sum_about": "yes"}),
    ],
)
def test_a_reply_fills_the_slots_it_speaks_of(said: str, slots: Mapping[str, str]) -> None:
    assert understand(said).slots == slots


@given(st.text(alphabet="我是他老公婆不没刷单投资微信电话群里三万多块六点以后明天本人吗的了贷款QQ0138 ", max_size=40))
def test_slots_hold_only_what_their_table_says(text: str) -> None:
    slots = slots_of(normalised(text), (), find_sums(normalised(text)), MENTIONS)

    assert set(slots) <= set(SLOTS)
    assert all(slots.values())


@given(st.text(max_size=40))
def test_no_text_breaks_the_slots(text: str) -> None:
    assert set(understand(text).slots) <= set(SLOTS)
