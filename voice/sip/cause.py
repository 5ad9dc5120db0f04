"""What the network's words mean for a leg: SIP status, Q.850 cause and what was seen before -> HangupCause and Rang.

Rule 1: pure. The tables are the knowledge; odd rows carry their reason.
Rule 2: the more exact word wins: our own order, then Q.850 (the exchange's own cause), then the SIP status.
Rule 3: Rang says only what can be proved. A final answer that any proxy on the way may give proves nothing.

Rule 4: who hangs up says nothing, or "normal". Any other cause in the end of a talk is the network's: the line broke.

停机 (SUSPENDED) has no row: neither SIP nor Q.850 has a word for it. It is heard in the announcement, never signalled.
"""

from dataclasses import dataclass

from voice.report import HangupCause, Rang


@dataclass(frozen=True, slots=True)
class Ending:
    """Everything that was seen of a leg when it ended."""

    sip_code: int  # final status, 0 when there was none
    q850: int | None = None  # from a Reason header (RFC 3326)
    had_ringing: bool = False  # 180 was received: the telephone rang
    had_progress: bool = False  # 183 was received: the call got through to somebody, perhaps to an announcement
    was_forwarded: bool = False  # 181 was received
    was_answered: bool = False
    was_heard: bool = True  # RTP came after the answer
    fell_silent: bool = False  # RTP came, and then none any more; so we hung up
    by_us: bool = False  # we hung up
    from_wire: bool = True  # a message carried sip_code; False: our own library made it up (timeout, no route)
    invited: bool = True  # an INVITE left


@dataclass(frozen=True, slots=True)
class Verdict:
    cause: HangupCause
    rang: Rang


# Q.850 causes that say more than any SIP status. 16 and 31 (normal) are left out: they say nothing.
Q850: dict[int, HangupCause] = {
    1: HangupCause.VACANT_NUMBER,
    3: HangupCause.UNREACHABLE,  # no route to destination
    17: HangupCause.BUSY,
    18: HangupCause.NO_ANSWER,  # no user responding
    19: HangupCause.NO_ANSWER,
    20: HangupCause.SWITCHED_OFF,  # subscriber absent; usually comes under 480 or 404
    21: HangupCause.REJECTED,
    22: HangupCause.VACANT_NUMBER,  # number changed: this one is nobody's
    23: HangupCause.FORWARDED,  # redirection to a new destination
    27: HangupCause.UNREACHABLE,
    28: HangupCause.VACANT_NUMBER,  # number incomplete
    34: HangupCause.CONGESTION,
    38: HangupCause.CONGESTION,
    41: HangupCause.CONGESTION,
    42: HangupCause.CONGESTION,
    44: HangupCause.CONGESTION,
    47: HangupCause.CONGESTION,
    58: HangupCause.MEDIA_FAULT,  # bearer capability not available
    65: HangupCause.MEDIA_FAULT,
    88: HangupCause.MEDIA_FAULT,
}

# Q.850 causes in the BYE of a person who hangs up; 0 is no cause at all.
NORMAL_CLEARING = frozenset({None, 0, 16, 31})

# SIP status before anything rang.
SILENT: dict[int, HangupCause] = {
    0: HangupCause.TRUNK_FAULT,  # no reply at all
    181: HangupCause.FORWARDED,
    305: HangupCause.TRUNK_FAULT,  # use proxy: meant for our line, not for the person
    401: HangupCause.TRUNK_FAULT,
    402: HangupCause.TRUNK_FAULT,  # the trunk's account is empty
    403: HangupCause.TRUNK_FAULT,  # nobody was asked yet, so it is our line that may not dial
    404: HangupCause.VACANT_NUMBER,
    407: HangupCause.TRUNK_FAULT,
    408: HangupCause.TRUNK_FAULT,  # before anything: the next hop is mute
    410: HangupCause.VACANT_NUMBER,
    415: HangupCause.MEDIA_FAULT,
    433: HangupCause.REJECTED,  # anonymity disallowed
    480: HangupCause.NO_ANSWER,
    482: HangupCause.CONGESTION,  # a loop somewhere in the network
    483: HangupCause.CONGESTION,
    484: HangupCause.VACANT_NUMBER,
    485: HangupCause.VACANT_NUMBER,
    486: HangupCause.BUSY,
    487: HangupCause.NO_ANSWER,
    488: HangupCause.MEDIA_FAULT,
    491: HangupCause.CONGESTION,
    600: HangupCause.BUSY,
    603: HangupCause.REJECTED,
    604: HangupCause.VACANT_NUMBER,
    606: HangupCause.MEDIA_FAULT,
    607: HangupCause.REJECTED,  # unwanted
    608: HangupCause.REJECTED,  # an app on the phone refused it
}

# The same status after 183 alone. An announcement (空号, 停机) comes as early media too, so 404 stays 404.
AFTER_PROGRESS: dict[int, HangupCause] = {
    0: HangupCause.NO_ANSWER,
    403: HangupCause.UNREACHABLE,  # routed, so the line is well; an announcement was played and the call refused
    408: HangupCause.NO_ANSWER,
}

# The same status after 180.
AFTER_RINGING: dict[int, HangupCause] = {
    0: HangupCause.NO_ANSWER,
    403: HangupCause.REJECTED,  # it rang, so the line is well; the person or his phone refused
    404: HangupCause.UNREACHABLE,  # a number that rings is not vacant
    408: HangupCause.NO_ANSWER,
    410: HangupCause.UNREACHABLE,
    484: HangupCause.UNREACHABLE,
}

# Only the called side sends these, so they prove that the telephone was reached.
CALLEE_SIDE = frozenset({486, 600, 603, 607, 608})

# A challenge or a refusal of our line is answered before the call is routed; nothing rang.
BEFORE_ROUTING = frozenset({401, 407})


def cause_of_status(sip_code: int, *, had_ringing: bool, had_progress: bool = False) -> HangupCause:
    """The cause that a status alone means; total over 0..699."""
    if had_ringing and sip_code in AFTER_RINGING:
        return AFTER_RINGING[sip_code]
    if had_progress and sip_code in AFTER_PROGRESS:
        return AFTER_PROGRESS[sip_code]
    if sip_code in SILENT:
        return SILENT[sip_code]
    if 200 <= sip_code < 300:  # noqa: PLR2004
        return HangupCause.NORMAL
    by_class = {3: HangupCause.FORWARDED, 5: HangupCause.CONGESTION, 6: HangupCause.REJECTED}
    return by_class.get(sip_code // 100, HangupCause.TRUNK_FAULT)  # other 4xx: our INVITE displeased somebody


def judge(ending: Ending) -> Verdict:
    """The one way from what was seen to what it means."""
    return Verdict(_cause(ending), _rang(ending))


def _cause(ending: Ending) -> HangupCause:
    if not ending.invited:
        return HangupCause.NEVER_DIALLED
    if ending.was_answered:
        return _cause_of_talk(ending)
    if ending.was_forwarded:
        return HangupCause.FORWARDED  # 181, and then not answered: whatever came last came from another telephone
    if ending.by_us and ending.sip_code == 487:  # noqa: PLR2004
        return HangupCause.NO_ANSWER  # our own CANCEL, whatever Reason comes back with it
    if ending.q850 in Q850:
        return Q850[ending.q850]
    got_through = ending.had_ringing or ending.had_progress
    if not ending.from_wire and not got_through:
        return HangupCause.TRUNK_FAULT  # our library's own 503 or 408: no message reached us
    return cause_of_status(ending.sip_code, had_ringing=ending.had_ringing, had_progress=ending.had_progress)


def _cause_of_talk(ending: Ending) -> HangupCause:
    if not ending.was_heard:
        return HangupCause.MEDIA_FAULT
    refused = ending.sip_code >= 300  # noqa: PLR2004 - a request inside the dialog failed, or nobody answered it
    broke = not ending.by_us and (refused or ending.q850 not in NORMAL_CLEARING)
    return HangupCause.DROPPED if broke or ending.fell_silent else HangupCause.NORMAL


def _rang(ending: Ending) -> Rang:
    if not ending.invited:
        return Rang.NEVER
    if ending.had_ringing or ending.had_progress or ending.was_answered:
        return Rang.YES
    if ending.from_wire and ending.sip_code in CALLEE_SIDE:
        return Rang.YES
    if ending.from_wire and ending.sip_code in BEFORE_ROUTING:
        return Rang.NEVER
    return Rang.MAYBE
