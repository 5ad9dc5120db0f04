"""What an attempt meant for the case: one total table joins what the network said with what the script believes.

Rule 1: every HangupCause × Conclusion has exactly one Outcome; a test counts them.
Rule 2: a conclusion that the network contradicts (warned, yet never answered) is not believed: the call reached nobody.
Rule 3: an officer who was wanted or came is never forgotten, whatever the network says.
"""

from collections.abc import Mapping
from enum import StrEnum

from voice.report import Conclusion, HangupCause, Rang


class Outcome(StrEnum):
    """The disposition of one attempt."""

    REACHED_PROMISED = "reached_promised"
    REACHED_WARNED = "reached_warned"
    HANDED_TO_OFFICER = "handed_to_officer"
    NEEDS_OFFICER = "needs_officer"
    DENIED = "denied"
    AWARE = "aware"
    REFUSED = "refused"
    CALL_LATER = "call_later"
    OPTED_OUT = "opted_out"
    WRONG_PERSON = "wrong_person"
    THIRD_PARTY = "third_party"
    MACHINE = "machine"
    UNHEARD = "unheard"
    HUNG_UP = "hung_up"
    CUT_OFF = "cut_off"
    ENDED_BY_ORDER = "ended_by_order"
    NOT_REACHED = "not_reached"
    BUSY = "busy"
    REJECTED = "rejected"
    OUT_OF_REACH = "out_of_reach"
    VACANT_ALARM = "vacant_alarm"
    FORWARDED_ALARM = "forwarded_alarm"
    LINE_FAULT = "line_fault"
    LOST = "lost"
    SHED = "shed"

    @property
    def sentence(self) -> str:
        """What the console and the tables say."""
        return _SENTENCES[self]


_SENTENCES: Mapping[Outcome, str] = {
    Outcome.REACHED_PROMISED: "warned, promised",
    Outcome.REACHED_WARNED: "warned, no promise",
    Outcome.HANDED_TO_OFFICER: "an officer took the call",
    Outcome.NEEDS_OFFICER: "an officer was wanted and none came",
    Outcome.DENIED: "says there was no such contact (self-reported)",
    Outcome.AWARE: "says he saw through it (self-reported)",
    Outcome.REFUSED: "would not listen",
    Outcome.CALL_LATER: "asked to be rung later",
    Outcome.OPTED_OUT: "wants no robot calls",
    Outcome.WRONG_PERSON: "wrong number",
    Outcome.THIRD_PARTY: "somebody else answered",
    Outcome.MACHINE: "a machine answered",
    Outcome.UNHEARD: "answered, but not a word came back",
    Outcome.HUNG_UP: "hung up before the warning was over",
    Outcome.CUT_OFF: "the line broke during the call",
    Outcome.ENDED_BY_ORDER: "the centre ended the call",
    Outcome.NOT_REACHED: "nobody answered",
    Outcome.BUSY: "busy",
    Outcome.REJECTED: "the call was rejected",
    Outcome.OUT_OF_REACH: "switched off or out of reach",
    Outcome.VACANT_ALARM: "vacant or suspended number",
    Outcome.FORWARDED_ALARM: "the line is forwarded",
    Outcome.LINE_FAULT: "our line failed, the person was not rung",
    Outcome.LOST: "the call was lost; it may have rung",
    Outcome.SHED: "no line was free: an SMS in place of the call",
}

# Nobody listened to anything: the network decides.
_NOTHING: Mapping[HangupCause, Outcome] = {
    HangupCause.NORMAL: Outcome.HUNG_UP,
    HangupCause.BUSY: Outcome.BUSY,
    HangupCause.NO_ANSWER: Outcome.NOT_REACHED,
    HangupCause.REJECTED: Outcome.REJECTED,
    HangupCause.VACANT_NUMBER: Outcome.VACANT_ALARM,  # may be a forwarded line: an alarm on serious cases, not an end
    HangupCause.SUSPENDED: Outcome.VACANT_ALARM,
    HangupCause.SWITCHED_OFF: Outcome.OUT_OF_REACH,
    HangupCause.UNREACHABLE: Outcome.OUT_OF_REACH,
    HangupCause.FORWARDED: Outcome.FORWARDED_ALARM,
    HangupCause.CONGESTION: Outcome.LINE_FAULT,  # the network's crowd, not the person's answer
    HangupCause.TRUNK_FAULT: Outcome.LINE_FAULT,
    HangupCause.MEDIA_FAULT: Outcome.CUT_OFF,
    HangupCause.DROPPED: Outcome.CUT_OFF,
    HangupCause.ENDED_BY_ORDER: Outcome.ENDED_BY_ORDER,
    HangupCause.WORKER_LOST: Outcome.LOST,
    HangupCause.NEVER_DIALLED: Outcome.LINE_FAULT,
}

# Somebody or something answered: the script decides.
_ANSWERED: Mapping[Conclusion, Outcome] = {
    Conclusion.WARNED: Outcome.REACHED_WARNED,
    Conclusion.PROMISED: Outcome.REACHED_PROMISED,
    Conclusion.DENIES: Outcome.DENIED,
    Conclusion.AWARE: Outcome.AWARE,
    Conclusion.HANDED_OVER: Outcome.HANDED_TO_OFFICER,
    Conclusion.OFFICER_MISSED: Outcome.NEEDS_OFFICER,
    Conclusion.WRONG_PERSON: Outcome.WRONG_PERSON,
    Conclusion.THIRD_PARTY: Outcome.THIRD_PARTY,
    Conclusion.REFUSED: Outcome.REFUSED,
    Conclusion.CALL_LATER: Outcome.CALL_LATER,
    Conclusion.OPTED_OUT: Outcome.OPTED_OUT,
    Conclusion.MACHINE: Outcome.MACHINE,
    Conclusion.UNHEARD: Outcome.UNHEARD,
}

# Causes after which a talk can have happened; with any other one, only the officer's part is believed.
_TALKED = (
    HangupCause.NORMAL,
    HangupCause.MEDIA_FAULT,
    HangupCause.DROPPED,
    HangupCause.ENDED_BY_ORDER,
    HangupCause.WORKER_LOST,
)
_BELIEVED = (Conclusion.HANDED_OVER, Conclusion.OFFICER_MISSED)

_ODD: Mapping[tuple[HangupCause, Conclusion], Outcome] = {
    # Our side played the warning, but the line broke: nobody can say that it was heard.
    (HangupCause.MEDIA_FAULT, Conclusion.WARNED): Outcome.CUT_OFF,
    (HangupCause.MEDIA_FAULT, Conclusion.UNHEARD): Outcome.CUT_OFF,
    (HangupCause.DROPPED, Conclusion.WARNED): Outcome.CUT_OFF,
    (HangupCause.DROPPED, Conclusion.UNHEARD): Outcome.CUT_OFF,
}


def _join(cause: HangupCause, conclusion: Conclusion) -> Outcome:
    if conclusion is Conclusion.NOTHING:
        return _NOTHING[cause]
    if (cause, conclusion) in _ODD:
        return _ODD[cause, conclusion]
    if cause in _TALKED or conclusion in _BELIEVED:
        return _ANSWERED[conclusion]
    return _NOTHING[cause]


TABLE: Mapping[tuple[HangupCause, Conclusion], Outcome] = {
    (cause, conclusion): _join(cause, conclusion) for cause in HangupCause for conclusion in Conclusion
}


def outcome_of(cause: HangupCause, conclusion: Conclusion) -> Outcome:
    """What this call meant for the case."""
    return TABLE[cause, conclusion]


def outcome_of_loss(rang: Rang) -> Outcome:
    """What a call without a report meant: only a proof that it never rang makes it ours alone."""
    return Outcome.LINE_FAULT if rang is Rang.NEVER else Outcome.LOST
