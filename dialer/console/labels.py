"""What names are called on screen: Chinese for the officers who work with it, English small beside it.

Every member of an enumeration that is shown has a row here; a test counts them.
"""

from collections.abc import Mapping

from dialer.domain.alert import FraudType
from dialer.domain.attempt import AttemptState
from dialer.domain.danger import DangerKind
from dialer.domain.escalation import EscalationState
from dialer.domain.outcome import Outcome
from dialer.domain.stoppayment import Needed
from dialer.domain.work import WorkKind, WorkReason, WorkResult, WorkState
from voice.report import Conclusion, HangupCause

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.REACHED_PROMISED: "已劝阻，口头承诺",
    Outcome.REACHED_WARNED: "已警示，未承诺",
    Outcome.HANDED_TO_OFFICER: "民警已接手",
    Outcome.NEEDS_OFFICER: "需民警，未接通",
    Outcome.DENIED: "自述未接触",
    Outcome.AWARE: "自述已识破",
    Outcome.REFUSED: "拒绝沟通",
    Outcome.CALL_LATER: "约定回拨",
    Outcome.OPTED_OUT: "拒绝机器来电",
    Outcome.WRONG_PERSON: "非本人",
    Outcome.THIRD_PARTY: "他人代接",
    Outcome.MACHINE: "语音助手接听",
    Outcome.UNHEARD: "接通无声",
    Outcome.HUNG_UP: "中途挂断",
    Outcome.CUT_OFF: "通话中断",
    Outcome.ENDED_BY_ORDER: "中心终止",
    Outcome.NOT_REACHED: "无人接听",
    Outcome.BUSY: "占线",
    Outcome.REJECTED: "拒接",
    Outcome.OUT_OF_REACH: "关机或无法接通",
    Outcome.VACANT_ALARM: "空号或停机（警惕）",
    Outcome.FORWARDED_ALARM: "呼叫转移（警惕）",
    Outcome.LINE_FAULT: "线路故障，未拨出",
    Outcome.LOST: "通话记录丢失",
    Outcome.SHED: "无空闲线路，已转短信",
}

CAUSES: Mapping[HangupCause, str] = {
    HangupCause.NORMAL: "正常挂断",
    HangupCause.BUSY: "占线",
    HangupCause.NO_ANSWER: "无人接听",
    HangupCause.REJECTED: "拒接",
    HangupCause.VACANT_NUMBER: "空号",
    HangupCause.SUSPENDED: "停机",
    HangupCause.SWITCHED_OFF: "关机",
    HangupCause.UNREACHABLE: "无法接通",
    HangupCause.FORWARDED: "呼叫转移",
    HangupCause.CONGESTION: "网络拥塞",
    HangupCause.TRUNK_FAULT: "中继故障",
    HangupCause.MEDIA_FAULT: "语音故障",
    HangupCause.DROPPED: "通话中断线",
    HangupCause.ENDED_BY_ORDER: "中心终止",
    HangupCause.WORKER_LOST: "进程丢失",
    HangupCause.NEVER_DIALLED: "未拨出",
}

CONCLUSIONS: Mapping[Conclusion, str] = {
    Conclusion.NOTHING: "无",
    Conclusion.WARNED: "已警示",
    Conclusion.PROMISED: "已承诺",
    Conclusion.DENIES: "否认接触",
    Conclusion.AWARE: "已识破",
    Conclusion.HANDED_OVER: "已转民警",
    Conclusion.OFFICER_MISSED: "民警未接通",
    Conclusion.WRONG_PERSON: "非本人",
    Conclusion.THIRD_PARTY: "他人代接",
    Conclusion.REFUSED: "拒绝",
    Conclusion.CALL_LATER: "稍后再打",
    Conclusion.OPTED_OUT: "不再接听",
    Conclusion.MACHINE: "语音助手",
    Conclusion.UNHEARD: "没有听到声音",
}

OFFICER_STATES: Mapping[EscalationState, str] = {
    EscalationState.WANTED: "等待民警",
    EscalationState.RINGING: "正在呼叫民警",
    EscalationState.BRIEFED: "民警已听简报",
    EscalationState.ACCEPTED: "民警已受理",
    EscalationState.BRIDGED: "民警通话中",
    EscalationState.DECLINED: "民警未受理",
    EscalationState.UNANSWERED: "民警未接",
    EscalationState.ENDED: "民警通话结束",
    EscalationState.NOBODY: "无民警可接",
}

ATTEMPT_STATES: Mapping[AttemptState, str] = {
    AttemptState.DUE: "待拨",
    AttemptState.CLAIMED: "准备",
    AttemptState.DIALLING: "拨号",
    AttemptState.RINGING: "振铃",
    AttemptState.ANSWERED: "通话",
    AttemptState.ENDED: "结束",
    AttemptState.LOST: "丢失",
    AttemptState.CANCELLED: "取消",
}

DANGERS: Mapping[DangerKind, str] = {
    DangerKind.BUSY: "占线",
    DangerKind.VACANT: "提示空号",
    DangerKind.SUSPENDED: "提示停机",
    DangerKind.FORWARDED: "被设呼叫转移",
    DangerKind.THIRD_PARTY: "他人代接",
    DangerKind.ALERTED_AGAIN: "再次预警",
}

WORK_KINDS: Mapping[WorkKind, str] = {
    WorkKind.VISIT: "见面劝阻",
    WorkKind.OFFICER_CALL: "民警回电",
    WorkKind.CHECK_NUMBER: "核对号码",
    WorkKind.CONFIRM_SAFE: "核实止损",
    WorkKind.STOP_PAYMENT: "止付",
    WorkKind.FAMILY_CONTACT: "联系家属",
}

WORK_REASONS: Mapping[WorkReason, str] = {
    WorkReason.OFFICER_MISSED: "民警未接",
    WorkReason.BUSY: "持续占线",
    WorkReason.NOT_REACHED: "未触达",
    WorkReason.VACANT: "空号、停机或转移",
    WorkReason.NOT_PERSUADED: "未听劝",
    WorkReason.SELF_REPORTED: "自述，待核实",
    WorkReason.THIRD_PARTY: "他人代接",
    WorkReason.OPTED_OUT: "拒绝机器来电",
    WorkReason.WRONG_NUMBER: "非本人",
    WorkReason.MAY_HAVE_RUNG: "可能已响铃",
    WorkReason.OUR_FAULT: "我方故障",
    WorkReason.DAILY_CAP: "当日次数已满",
    WorkReason.ALERTED_AGAIN: "再次预警",
    WorkReason.TALK_LOST: "通话中断",
    WorkReason.PAYING: "正在转账",
    WorkReason.PAID: "已转账",
    WorkReason.NOT_FOUND: "未找到本人",
    WorkReason.PERSUADED: "已听劝，待核实",
    WorkReason.GIVEN_UP: "原工单已取消",
    WorkReason.BY_HAND: "人工指派",
    WorkReason.LISTED: "号码在禁拨名单",
    WorkReason.ROBOT_CANNOT_RING: "机器无法外呼",
}

WORK_STATES: Mapping[WorkState, str] = {
    WorkState.WANTED: "待受理",
    WorkState.ACCEPTED: "已受理",
    WorkState.ARRIVED: "已到达",
    WorkState.ASKED: "待复核",
    WorkState.ORDERED: "已下令",
    WorkState.DONE: "已办结",
    WorkState.CANCELLED: "已取消",
}

WORK_RESULTS: Mapping[WorkResult, str] = {
    WorkResult.DISSUADED: "已劝阻",
    WorkResult.NOT_PERSUADED: "未劝住",
    WorkResult.ALREADY_PAID: "已转账",
    WorkResult.NOT_FOUND: "未找到",
    WorkResult.NOT_NEEDED: "不需要",
    WorkResult.SAFE: "已核实安全",
    WorkResult.RIGHT_NUMBER: "号码无误",
    WorkResult.WRONG_NUMBER: "号码有误",
    WorkResult.STOPPED: "已止付",
    WorkResult.NOT_STOPPED: "未止住",
    WorkResult.REACHED: "已联系",
}

NEEDED: Mapping[Needed, str] = {
    Needed.NAME: "姓名",
    Needed.ID_NUMBER: "身份证号",
    Needed.OWN_ACCOUNT: "本人账号",
    Needed.OWN_BANK: "本人开户行",
    Needed.SUM: "准确金额",
    Needed.PAID_AT: "转账时间",
    Needed.THEIR_ACCOUNT: "对方账号",
    Needed.THEIR_NAME: "对方户名",
    Needed.THEIR_BANK: "对方开户行",
    Needed.VOUCHER: "转账凭证",
}

# What officers are to say and never to do (domain.md 1.4), beside every item for which somebody speaks to a person.
PROVE_YOURSELF = "请对方自己拨{call_back}或110核实，也可到派出所；不要转账、密码、验证码，不发链接。"

SPEAKERS: Mapping[str, str] = {"robot": "劝阻", "contact": "当事人", "officer": "民警"}

# Names that scripts may add to: what is not here is shown as it is.
INTENTS: Mapping[str, str] = {
    "crisis": "轻生倾向",
    "transferring_now": "正在转账",
    "app_or_screen_share": "共享屏幕",
    "transferred": "已转账",
    "gave_code_or_info": "已泄露信息",
    "amount": "金额",
    "recover_money": "要求追款",
    "secrecy_coached": "被教保密",
    "trust_scammer": "相信对方",
    "mention_scam": "说出骗局",
    "want_human": "要求人工",
    "are_you_robot": "问是否机器人",
    "minor": "未成年人",
    "language_barrier": "语言不通",
    "machine_answer": "语音助手",
    "suspect_scam": "怀疑诈骗",
    "prove_identity": "要求证明身份",
    "how_know_me": "问信息来源",
    "who_are_you": "问对方身份",
    "ask_reason": "问事由",
    "third_party": "他人代接",
    "hand_over_family": "转交家人",
    "wrong_number": "打错了",
    "opt_out_complaint": "投诉拒打",
    "angry_abuse": "辱骂",
    "hangup_refuse": "拒绝",
    "busy_later": "现在没空",
    "visit_ok": "同意上门",
    "visit_refuse": "拒绝上门",
    "ask_what_to_do": "问怎么办",
    "will_stop": "承诺停止",
    "aware_not_fooled": "已识破",
    "not_transferred": "未转账",
    "deny": "否认",
    "affirm": "肯定",
    "unsure": "不确定",
    "repeat_please": "请重复",
    "cannot_hear": "听不清",
    "hello_only": "问候",
    "thanks_bye": "道谢告别",
    "off_topic": "无关",
}

# In the order in which an officer needs them: what is happening, how much, what to do about it, who and how; then the rest.
FACTS: Mapping[str, str] = {
    "crisis": "轻生倾向",
    "transferring_now": "正在转账",
    "transferred": "已转账",
    "amount_yuan": "金额（元）",
    "sum_about": "金额为约数",
    "screen_share": "共享屏幕",
    "gave_code_or_info": "已泄露信息",
    "secrecy_coached": "被教保密",
    "pledged_against": "仍可能",
    "pledged": "承诺",
    "promised": "承诺停止",
    "speaker": "接听人",
    "relation": "与当事人关系",
    "minor": "未成年人",
    "mentioned_type": "自述骗局",
    "channel": "接触渠道",
    "call_back_at": "希望回拨",
    "visit_at": "方便见面",
    "opted_out": "拒绝机器来电",
}

ANSWERS: Mapping[str, str] = {"yes": "是 yes", "no": "否 no"}

_NAMED = {kind.value: kind.chinese for kind in FraudType}
# Fact -> its values; a fact may hold several, comma-joined. What is not here is shown as it is.
VALUES: Mapping[str, Mapping[str, str]] = {
    "speaker": {
        "self": "自称本人",
        "family": "自称家属",
        "colleague": "自称同事",
        "child": "孩子",
        "officer": "自称民警",
        "other": "他人",
    },
    "relation": {
        "husband": "丈夫",
        "wife": "妻子",
        "spouse": "配偶",
        "partner": "恋人",
        "son": "儿子",
        "daughter": "女儿",
        "child": "子女",
        "mother": "母亲",
        "father": "父亲",
        "parent": "父母",
        "sibling": "兄弟姐妹",
        "grandparent": "祖辈",
        "grandchild": "孙辈",
        "in_law": "姻亲",
        "relative": "亲属",
    },
    "channel": {
        "phone": "电话",
        "sms": "短信",
        "qq": "QQ",
        "wechat": "微信",
        "app": "App",
        "meeting": "会议软件",
        "social": "短视频或社交平台",
        "group": "群",
        "website": "网站",
        "offline": "线下",
    },
    "mentioned_type": _NAMED,
    "pledged": {
        "no_transfer": "不转账",
        "no_code": "不给验证码",
        "leave_share": "退出会议或共享",
        "uninstall": "卸载软件",
        "hang_up": "挂断、不再联系",
        "ask_official": "向官方核实",
        "call_96110": "打96110",
        "call_110": "打110",
        "tell_family": "告诉家人",
        "go_station": "去派出所",
        "keep_evidence": "保留证据",
    },
    "pledged_against": {
        "transfer": "转账",
        "code": "给验证码",
        "stay": "继续与对方联系",
        "tell_nobody": "不告诉任何人",
        "undecided": "还在考虑",
    },
}
