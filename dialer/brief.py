"""What an officer is told before he is connected: at most 20 hanzi, at most six seconds. Pure.

Rule 1: what he must do something about comes first, then the sum, then the type.
Rule 2: nothing that names the person: the officer's telephone may be on a loudspeaker.
"""

from collections.abc import Mapping

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
}
_CLOSING = "人在线"
FALLBACK = "反诈劝阻转接，人在线"


def brief(reason: str, facts: Mapping[str, str], title: str) -> str:
    """For example 刚转九十九万，机票退改签，人在线. The longest form that fits."""
    what = _REASONS.get(reason, "")
    amount = facts.get("amount_yuan", "")
    if what and amount.isdigit() and int(amount) > 0:
        what = (
            f"{what.removesuffix('账')}{spoken_amount(int(amount))}"
            if what.endswith("转账")
            else f"{what}，{spoken_amount(int(amount))}"
        )
    forms = (
        (what, title, _CLOSING),
        (what, _CLOSING),
        (_REASONS.get(reason, ""), title, _CLOSING),
        (title, _CLOSING),
    )
    for form in forms:
        text = "，".join(part for part in form if part)
        if text != _CLOSING and hanzi(text) <= LONGEST:
            return text
    return FALLBACK


def hanzi(text: str) -> int:
    """How many characters are spoken."""
    return sum(1 for c in text if "一" <= c <= "鿿")
