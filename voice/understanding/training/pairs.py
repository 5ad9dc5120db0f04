"""Sentences that differ by a small word and mean the opposite: negation, plan, question, supposition, demand.

People say them rarely enough that no author's list holds them all, and taking "没转" for "转了" is the costly mistake; so they are
made from frames, every verb in every frame.
"""

from collections.abc import Iterator, Mapping

from voice.understanding.measure import Labelled

_PAY = ("转", "转账", "转钱", "打钱", "打款", "汇款", "付款", "付钱", "充值", "交钱", "给钱", "投钱", "垫钱", "扫码付")
_SECRETS = ("验证码", "密码", "银行卡号", "身份证号", "短信里的数字", "卡号密码")
_SCREENS = ("共享屏幕", "屏幕共享", "下载软件", "装软件", "开会议", "装他发的App")

_FRAMES: tuple[tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]], ...] = (
    (
        _PAY,
        {
            "transferred": ("{}了", "已经{}了", "刚{}了", "我都{}了", "{}完了", "是{}了", "不是要{}是已经{}了"),
            "transferring_now": ("正在{}", "马上就{}", "正准备{}", "正要{}呢", "现在就{}", "在{}呢", "我这就{}"),
            "not_transferred": (
                "没{}",
                "还没{}",
                "我没{}",
                "没有{}",
                "没有还没{}",
                "差点就{}了",
                "差一点{}了",
                "幸好没{}",
                "没{}成",
                "他让我{}我没{}",
                "不敢{}",
                "本来要{}后来没{}",
                "正想{}但是没{}",
                "一分钱都没{}",
            ),
            "will_stop": ("不{}了", "不会{}的", "我不{}", "保证不{}", "再也不{}", "听你的不{}了"),
            "mention_scam": ("他让我{}", "对方叫我{}", "老是催我{}", "他说要先{}"),
            "ask_what_to_do": ("要是{}了怎么办", "万一{}了怎么办", "那我还要不要{}"),
            "recover_money": ("{}了能追回来吗", "{}了还要得回来吗"),
            "ask_reason": ("{}了吗", "是不是{}了", "谁{}了"),
        },
    ),
    (
        _SECRETS,
        {
            "gave_code_or_info": ("{}给了", "把{}告诉他了", "{}念给他了", "我说了{}", "{}都填了"),
            "deny": ("没给{}", "没说{}", "{}没给过", "我没告诉他{}", "没填{}", "{}我没说"),
            "mention_scam": ("他要{}", "他问我要{}", "让我报{}"),
            "will_stop": ("不会给他{}的", "{}我不给", "好的不说{}"),
        },
    ),
    (
        _SCREENS,
        {
            "app_or_screen_share": ("正在{}", "他让我{}我就照做了", "我已经{}了", "刚{}了", "还在{}呢"),
            "deny": ("没{}", "没有{}", "我没{}", "没有{}过"),
            "mention_scam": ("他让我{}", "叫我{}"),
            "will_stop": ("不{}了", "不会{}的", "我不{}"),
        },
    ),
)

# The same words, harmless.
_HARMLESS: tuple[tuple[str, str], ...] = (
    ("opt_out_complaint", "烦死了"),
    ("opt_out_complaint", "烦死我了"),
    ("opt_out_complaint", "吵死了别打了"),
    ("busy_later", "忙死了"),
    ("busy_later", "累死了要睡了"),
    ("angry_abuse", "气死我了"),
    ("angry_abuse", "去死吧"),
    ("off_topic", "笑死我了"),
    ("off_topic", "我在充电"),
    ("off_topic", "手机没电了在充电"),
    ("want_human", "转人工"),
    ("want_human", "帮我转接民警"),
    ("affirm", "给他打了个电话"),
    ("affirm", "给他打了电话"),
    ("affirm", "给他打电话了"),
    ("affirm", "他给我打了电话"),
    ("affirm", "打过电话来"),
    ("opt_out_complaint", "我要投诉"),
    ("busy_later", "正在开会"),
    ("busy_later", "在公司开会呢"),
    ("busy_later", "在银行上班"),
    ("affirm", "好"),
    ("affirm", "好的"),
    ("affirm", "行"),
    ("affirm", "可以"),
    ("affirm", "嗯"),
    ("affirm", "嗯嗯"),
    ("affirm", "对"),
    ("affirm", "有"),
    ("affirm", "是"),
    ("suspect_scam", "我不相信你"),
    ("suspect_scam", "我不信你"),
)


def pairs() -> Iterator[Labelled]:
    """All of them, in a fixed order."""
    for words, frames in _FRAMES:
        for intent, patterns in frames.items():
            for pattern in patterns:
                for word in words:
                    yield Labelled(intent, pattern.replace("{}", word))
    yield from (Labelled(intent, reply) for intent, reply in _HARMLESS)
