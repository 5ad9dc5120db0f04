"""Through what the fraudster got to the person: codes for the officer's form, in the order in which they were told. Pure.

Rule: our own call is no channel ("你打电话干什么"), nor is a place where the person happens to be ("我在开会").
"""

from functools import cache

from voice.understanding.mentions import Mentions

_CHANNELS: dict[str, tuple[str, ...]] = {
    "phone": (
        r"(?<![你们能])(?<!你们)(?<!你给我)(?<!你又)(?<!你就)(?<!你怎么)(?<!怎么)(?<!乱)(?<!有人)(?<!给他)(?<!再)(?:打(?:了|来|过)?(?:个|一个|好几个|几个)?(?:的)?电话|打过来|打(?:给我|来)(?:的|说|了))(?!报警|给你|去|问)",
        r"(?:接(?:到|了|过)(?:了|过)?(?:一?个|好几个|几个)?(?:的)?(?:陌生|境外|外地|座机|诈骗)?(?:来电|电话))|(?:他|对方|那边|陌生|境外|外地|四零零|400)的?(?:来电|电话)|电话(?:里|头|上)(?:说|讲|教|让|叫|他|跟)?|座机|来电话",
    ),
    "sms": (r"(?<!反诈)(?<!扣款)(?<!银行发)(?<!银行)短信(?!验证|码|里的码|上的码|说扣|来了)|彩信|发(?:了)?(?:一?条|个)(?:信息|消息)|收到.{0,3}(?:信息|消息)",),
    "qq": (r"qq|扣扣|球球号|企鹅号",),
    "wechat": (r"微信|薇信|v信|朋友圈|公众号|视频号|企业微信|小程序",),
    "app": (
        r"(?:下(?:载)?|装|安装|注册|用)(?:了|过|的|个|一个|他的|他发的|那个|啥)*.{0,6}(?:软件|(?<!反诈)app|应用|平台|客户端)|(?:软件|app)(?:里|上|头|叫|是|让)|(?:交友|理财|贷款|投资|炒股|刷单|聊天|那个)(?:的)?(?:软件|app)|闲鱼|咸鱼|探探|陌陌|支付宝里|他(?:发|给)的(?:软件|app)",
    ),
    "meeting": (
        r"(?:腾讯|钉钉|视频|云|飞书|网络|线上|银监会)(?:的)?会议|会议(?:软件|号|室|里|头|app)|进(?:了|去|入|他的?|那个)*会议|开(?:着|了)?(?:视频|他的)会议|zoom|todesk|向日葵",
    ),
    "social": (r"抖音(?!客服|会员|直播会员)|快手|小红书|微博|b站|直播间|短视频|贴吧|soul",),
    "group": (r"(?:拉|进|加|退|建)(?:我|了|到|进|个|一个|他的|那个|什么)*.{0,4}群|(?:微信|qq|炒股|股票|家长|班级|任务|老板|粉丝|购物|福利)群|群(?:里|头|主|聊)",),
    "website": (r"网(?:站|址|页)|链接|网上|浏览器|论坛|二维码|扫码进|邮件|邮箱",),
    "offline": (r"线下|面对面|当面(?:给|交|说|见)|见过?面(?:给|的|了)|上门(?:来)?(?:收|取|拿)|来(?:我)?家(?:里)?(?:收|取|拿)|小哥来取|会场听课|现场",),
}  # fmt: skip


def channels(plain: str) -> str:
    """Codes, comma-joined; empty: none was told."""
    return ",".join(dict.fromkeys(each.value for each in _mentions().read(plain)))


@cache
def _mentions() -> Mentions:
    return Mentions(_CHANNELS)
