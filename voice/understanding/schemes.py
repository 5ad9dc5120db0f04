"""Which fraud is being told of: the codes of the ministry's list, in whatever words. Pure.

Rule 1: the fraud that most of the reply speaks of; of two equals the one named last ("先说贷款，后来叫我投资").
Rule 2: a fraud that is none of the listed ones (裸聊, 中奖) is "generic"; nothing named is no type at all.
Rule 3: whoever is only ringing us off ("我在玩游戏呢") tells of no fraud; `about_fraud` knows the intents.
"""

from collections import Counter
from collections.abc import Collection
from functools import cache

from voice.understanding.mentions import Mentions

# The codes are those of dialer/domain/alert.py; voice does not know that module.
_TYPES: dict[str, tuple[str, ...]] = {
    "brushing": (
        r"刷(?:单|信誉|好评|销量|流量|数据)|做(?:任务|单)|(?:任务|福利|垫付|连环?|组合)单|抢单|补单|派单|卡单|返(?:利|佣|现)|佣金",
        r"点(?:个)?赞|点关注|关注.{0,6}(?:返|给|块|单|零花)|涨(?:销量|粉)|兼职|打字员|挣零花|垫(?:单|付单|资)|一单.{0,6}(?:块|返|提成)|手工活",
        r"先给?(?:你|我)?返.{0,4}(?:几|块)|越做越大|红包.{0,6}(?:充值|抢)",
    ),
    "investment": (
        r"投资|理财|炒(?:股|币|外汇|黄金|期货)|股票|股民|老股|打新|荐股|喊单|带单|抄底|基金|期货|外汇|黄金|比特币|泰达币?|usdt|(?:虚拟|数字)货?币|区块链",
        r"导师|内幕|高(?:利息|收益|回报)|月月?返|稳赚|包赚|保本|养老(?:项目|院)|原始股|搬砖|民族资产|资产解冻|收藏?(?:品|我的藏)|藏品|入股|分红",
    ),
    "fake_shopping": (
        r"代购|闲鱼|咸鱼|二手|(?:便宜|低价|打折|内部价?|八折).{0,6}(?:卖|买|票|油卡|手机|烟|车)|(?:卖|买)(?:烟|酒|油卡|玉|茶|衣服|手机|口罩|票|药|保健)|演唱会|门票|直播间.{0,4}(?:卖|买|退)|缅甸|租房|领养",
        r"(?:采购|订|买|要|垫钱).{0,6}(?:罐头|牛肉|床|被子|盒饭|自热|物资)|部队采购|先(?:交|付|打).{0,4}(?:定金|订金|样品费)|收茶叶|微商|拼团|团购|发货",
        r"小姐|上门服务|保健(?:品|床)|送(?:米|鸡蛋|油)|听课|包工程|保证金.{0,4}工程",
    ),
    "fake_service": (
        r"快递|物流|理赔|丢件|包裹(?:丢|破|坏)|退货|(?:淘宝|京东|拼多多|抖音|唯品会|电商|网购|购物|商家|店铺|平台).{0,4}客服|客服.{0,8}(?:退|赔|关|取消|会员|扣)",
        r"百万(?:保障|医疗|保险)|(?:关|取消|退|开了?|开通|到期).{0,6}(?:会员|保险|保障|自动扣|服务|免密)|会员.{0,6}(?:扣|到期|关|取消|费)|自动扣|扣费|代理商|代?退保|保险没关|燃气|电表|停电|停气|退税|质量问题.{0,4}(?:退|赔)",
    ),
    "fake_loan": (
        r"(?<!校园)贷款|网贷|放(?:了)?款|借款|(?<!校园)贷(?!过|账)|解冻金|验证还款|还款能力|刷流水|走流水|提额|额度|办信用卡|信用卡提|低息|无抵押|筹款|代还信用卡|卡号(?:填|输|写)错",
    ),
    "fake_credit": (
        r"征信|校园贷|注销.{0,6}(?:账户|账号|贷|花呗|白条)|(?:花呗|白条|借呗).{0,6}(?:关|注销|额度|提前还|利)|金条|利率|利息高|逾期|不良记录|信用记录|银保监|银监",
    ),
    "fake_boss": (
        r"(?:冒充|自称|假|装|说(?:他|自己)?是|他是|是)(?:的)?(?:我们?|我的|他们|个|市里|单位|公司|学校|镇上?|一个)*(?:的)?(?:领导|老板|老总|校长|书记|镇长|乡长|县长|市长|局长|处长|主任|总经理|董事长|首长|战友|同学|亲戚|侄子|儿子|女儿|孙子|孙女|孙儿|班主任|老师|熟人)",
        r"(?:领导|老板|老总|公司老总|书记|校长|局长).{0,8}(?:加我|加了|微信|qq|建群|让|叫|喊|转|垫|借|打款|财务)|(?:班主任|老师).{0,6}收|家长群|财务.{0,6}(?:群|打款|转)|建群.{0,6}财务",
        r"(?:微信|qq).{0,4}(?:被盗|盗了|叫人盗).{0,4}|(?:儿子|女儿|孙[子女儿]|娃儿?|侄子|家里人).{0,10}(?:出事|车祸|住院|被抓|打架|学费|培训费|补课|急用)",
    ),
    "fake_police": (
        r"公检法|检察院|检察官|法院|通缉|逮捕|拘捕|洗(?:黑)?钱|涉嫌|涉案|犯(?:了)?(?:案|事|罪|法)|安全账户|资金(?:清查|核查|审查)|(?:冒充|自称|假|说(?:他|自己)?是).{0,6}(?:警察|民警|公安|警官|派出所|政府|社保|税务|医保|教育局|民政|退役军人)",
        r"(?:警察|公安|警官)(?:说我|.{0,4}(?:让我转|叫我转|账户|做笔录|通缉))|做笔录|配合调查|护照.{0,8}(?:问题|犯|办)|(?:社保|医保)(?:局|卡)?.{0,8}(?:停|盗刷|冻|异常|问题)|(?:社保|医保|税务|教育|民政|电信|通信管理)局|助学金|抚恤金|养老金补缴|退休补缴|拐卖|电话卡.{0,4}(?:停|注销)|包裹.{0,6}(?:毒品|违禁)|名下.{0,8}(?:卡|号).{0,8}(?:诈骗|短信)",
    ),
    "dating": (
        r"网恋|网上.{0,4}(?:认识|处|谈|聊)|网(?:友|络交友)|交友|婚恋|相亲|谈(?:的)?(?:对象|恋爱|朋友)|处对象|男朋友|女朋友|我?对象(?:说|叫|让|喊|要)|兵哥哥|军官|当兵的.{0,6}(?:包裹|网)|外国人|老外|海外|关税|海关|杀猪盘|美女(?!约我?裸)|帅哥|(?:跟|和)(?:我|他)结婚|骗.{0,4}感情",
    ),
    "game_trade": (
        r"游戏|皮肤|装备|代练|点券|(?:卖|买|收)(?:我的?)?(?:账?号|号)|账号.{0,6}(?:冻结|解冻|估价|回收)|回收.{0,4}(?:账?号)|王者|吃鸡|原神|和平精英|手办|粉丝群|明星",
    ),
    "flight_refund": (
        r"机票|航班|航空|飞机|改签|退票|退改|延误|(?:火车|高铁|车)票.{0,4}(?:退|改)|(?:取消|误点).{0,6}(?:补偿|赔)",
    ),
    "generic": (
        r"裸聊|中(?:了)?(?:个)?(?:大)?奖|录了?像.{0,4}威胁|裸照|跑分|银行卡租|租.{0,4}银行卡|退学费|补贴|绑架|嫖娼|内部名额|etc.{0,6}(?:停|过期|失效|认证)",
    ),
}
_HEAVIER = {"dating": 2}  # 网恋的那个人叫我投资: the lure names the fraud, not the hook
# Whoever means one of these and nothing else is not telling what happened to him.
_SAYS_NOTHING = frozenset(
    {
        "busy_later", "off_topic", "who_are_you", "are_you_robot", "wrong_number", "third_party", "hand_over_family",
        "hangup_refuse", "opt_out_complaint", "angry_abuse", "prove_identity", "repeat_please", "cannot_hear", "hello_only",
        "thanks_bye", "machine_answer", "language_barrier", "minor", "visit_ok", "visit_refuse", "suspect_scam",
    }
)  # fmt: skip


def mentioned_type(plain: str) -> str:
    """The code of the fraud that a normalised reply tells of; empty: none."""
    weights: Counter[str] = Counter()
    last: dict[str, int] = {}
    for each in _mentions().read(plain):
        weights[each.value] += (each.end - each.start) * _HEAVIER.get(each.value, 1)
        last[each.value] = each.start
    return max(weights, key=lambda value: (weights[value], last[value]), default="")


def about_fraud(names: Collection[str]) -> bool:
    """Whether a reply with these intents may tell of a fraud."""
    return not names or not _SAYS_NOTHING.issuperset(names)


@cache
def _mentions() -> Mentions:
    return Mentions(_TYPES)
