"""Which of the intents found in one reply stand beside one another. Pure.

Rule 1: nothing urgent is ever dropped, except beside an announcement: "您拨打的用户正忙，请稍后再拨" is the network's, whole.
Rule 2: a courtesy or a bare yes or no does not stand beside something that says more.
"""

from collections.abc import Mapping, Sequence

from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.rules import Found

# The first makes the others meaningless in the same reply.
_SILENCES: dict[str, frozenset[str]] = {
    # "喂你好哪个" is how people here answer; who_are_you comes from a longer question.
    "hello_only": frozenset({"who_are_you", "repeat_please", "affirm", "busy_later"}),
    "minor": frozenset({"amount", "third_party", "busy_later", "off_topic"}),
    "language_barrier": frozenset(
        {"repeat_please", "cannot_hear", "wrong_number", "want_human", "who_are_you", "unsure", "affirm"}
    ),
    # "我没被骗，他是真的": and "不是骗子" holds the word 骗子.
    "trust_scammer": frozenset({"suspect_scam", "deny", "affirm", "hangup_refuse", "wrong_number"}),
    "suspect_scam": frozenset({"deny", "affirm", "mention_scam", "who_are_you"}),
    "are_you_robot": frozenset({"who_are_you", "want_human", "suspect_scam", "affirm", "deny"}),
    "prove_identity": frozenset({"how_know_me", "who_are_you", "suspect_scam", "ask_reason", "unsure"}),
    "how_know_me": frozenset({"who_are_you", "ask_reason", "mention_scam", "affirm", "unsure"}),
    "who_are_you": frozenset({"ask_reason", "repeat_please", "affirm"}),
    "ask_reason": frozenset({"repeat_please", "affirm", "deny", "opt_out_complaint"}),
    "ask_what_to_do": frozenset({"unsure", "repeat_please", "ask_reason", "affirm", "want_human", "hangup_refuse"}),
    "hand_over_family": frozenset({"third_party", "affirm", "busy_later", "want_human"}),
    "third_party": frozenset({"busy_later", "deny", "affirm"}),
    "wrong_number": frozenset({"deny", "affirm", "unsure"}),
    "busy_later": frozenset({"affirm", "repeat_please", "off_topic"}),
    "visit_ok": frozenset({"affirm", "want_human", "unsure"}),
    "visit_refuse": frozenset({"visit_ok", "hangup_refuse", "deny", "opt_out_complaint", "ask_reason"}),
    "secrecy_coached": frozenset({"hangup_refuse", "opt_out_complaint"}),
    "will_stop": frozenset({"affirm", "deny", "hangup_refuse"}),
    "aware_not_fooled": frozenset({"suspect_scam", "hangup_refuse", "deny", "affirm", "unsure", "will_stop"}),
    "not_transferred": frozenset({"affirm", "hangup_refuse"}),
    "opt_out_complaint": frozenset({"hangup_refuse", "affirm", "who_are_you"}),
    "angry_abuse": frozenset({"affirm", "hangup_refuse", "ask_reason"}),
    "deny": frozenset({"affirm", "hangup_refuse", "off_topic"}),
    "unsure": frozenset({"affirm", "deny"}),
    "recover_money": frozenset({"mention_scam", "off_topic", "affirm"}),
    "thanks_bye": frozenset({"hello_only"}),
    "cannot_hear": frozenset({"hello_only", "repeat_please", "affirm"}),
}
_WEAK_YES = 0.65  # 好, 行, 可以: assent to anything, or mere politeness
_WEAK = 0.55  # 知道了, 骗子: meant only when nothing else is said
_SAY_LITTLE = frozenset({"affirm", "hello_only", "thanks_bye", "amount"})


def weighed(plain: str, found: Sequence[Found]) -> list[Found]:
    """What stands."""
    strengths: dict[str, float] = {}
    for one in found:
        strengths[one.intent] = max(one.strength, strengths.get(one.intent, 0.0))
    standing = _standing(plain, strengths)
    return [one for one in found if one.intent in standing]


def _standing(plain: str, strengths: Mapping[str, float]) -> set[str]:
    names = set(strengths)
    if "machine_answer" in names:
        return {"machine_answer"}
    for name in (intent for intent in INTENTS if intent in strengths):
        if name in names:  # what was silenced silences nobody
            names -= _SILENCES.get(name, frozenset()) - URGENT
    weak = {name for name in names if strengths[name] <= _WEAK and name not in URGENT}
    names -= {name for name in weak if names - {name} - _SAY_LITTLE}
    if strengths.get("affirm", 1.0) <= _WEAK_YES and names - {"affirm", "hello_only"}:
        names.discard("affirm")
    if not plain.startswith("喂") and names - {"hello_only"}:
        names.discard("hello_only")
    return names
