"""What an officer is told before he is connected: at most 20 hanzi, at most six seconds. Pure.

Rule 1: what he must do something about comes first, then the sum, then the type: the one that the person told, if he told another.
Rule 2: who speaks is said when it is not the person himself: "家属在线". It is self-reported, as everything here is.
Rule 3: nothing that names the person: the officer's telephone may be on a loudspeaker.
"""

from collections.abc import Mapping

from dialer.domain.alert import FraudType
from voice.understanding.amounts import spoken_amount

LONGEST = 20  # hanzi, punctuation not counted
LONGEST_MS = 6000  # of the rendered file

# By the reason of the script's officer step; what is not listed is told by the fraud type alone.
_REASONS: Mapping[str, str] = {
    "crisis": "当事人情绪危急",
    "transferring_now": "正在转账",
    "app_or_screen_share": "正在共享屏幕",
    "transferred": "刚转账",
    "gave_code_or_info": "已泄露验证码",
    "secrecy_coached": "被教唆保密",
    "trust_scammer": "坚信对方",
    "want_human": "要求人工",
    "no_match": "机器听不明白",
    "minor": "未成年人",
    "language_barrier": "听不懂汉语",
    "forwarded": "电话被呼叫转移",
    "blackmailed": "被威胁要钱",
    "payment_pending": "有款待付",
}
_STILL_PAYS = "仍要转账"
_ON_THE_LINE: Mapping[str, str] = {
    "family": "家属在线",
    "colleague": "同事在线",
    "child": "孩子在线",
    "other": "他人在线",
}
_CLOSING = "人在线"
FALLBACK = "反诈劝阻转接，人在线"


def brief(reason: str, facts: Mapping[str, str], title: str) -> str:
    """For example 刚转九十九万，机票退改签，人在线. The longest form that fits."""
    what = _REASONS.get(reason, "")
    happened = _with_sum(what, facts)
    kind = _type(facts, title)
    still = _STILL_PAYS if "transfer" in facts.get("pledged_against", "").split(",") and "转账" not in what else ""
    closing = _ON_THE_LINE.get(facts.get("speaker", ""), _CLOSING)
    forms = (
        (happened, still, kind, closing),
        (happened, still, closing),
        (happened, kind, closing),
        (happened, closing),
        (what, kind, closing),
        (kind, closing),
    )
    for form in forms:
        text = "，".join(part for part in form if part)
        if text != closing and hanzi(text) <= LONGEST:
            return text
    return FALLBACK


def _with_sum(what: str, facts: Mapping[str, str]) -> str:
    amount = facts.get("amount_yuan", "")
    if not what or not amount.isdigit() or int(amount) == 0:
        return what
    about = "约" if facts.get("sum_about") == "yes" else ""
    spoken = f"{about}{spoken_amount(int(amount))}"
    return f"{what.removesuffix('账')}{spoken}" if what.endswith("转账") else f"{what}，{spoken}"


def _type(facts: Mapping[str, str], title: str) -> str:
    told = facts.get("mentioned_type", "")
    return next((kind.chinese for kind in FraudType if kind.value == told and kind is not FraudType.GENERIC), title)


def hanzi(text: str) -> int:
    """How many characters are spoken."""
    return sum(1 for c in text if "一" <= c <= "鿿")
