"""SMS beside calls: on which occasion one is wanted, and whether a text may leave the house. Pure.

Rule 1: an SMS is read by whoever holds the telephone: it names no sum, no name and no fraud, and whoever is not the person gets none.
Rule 2: never two of one occasion within the grade's gap. Who wants no robot gets none, but on serious grades.
Rule 3: no link, no number but ours, no reply wanted, and it says who sends it (domain.md 1.4: people learn to trust nothing else).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dialer.domain.case import Case
from dialer.domain.outcome import Outcome
from dialer.domain.policy import Occasion, Policy

LONGEST = 134  # UCS-2, two parts of 67


class SmsState(StrEnum):
    """How far it is. DELIVERED, FAILED and UNSENDABLE are ends."""

    WANTED = "wanted"
    SENT = "sent"  # the broker has it for the gateway; sent again until a receipt comes
    ACCEPTED = "accepted"  # the gateway has it
    DELIVERED = "delivered"
    FAILED = "failed"
    UNSENDABLE = "unsendable"  # there is no gateway, or no text that may leave


_RANK: Mapping[SmsState, int] = {
    SmsState.WANTED: 0,
    SmsState.SENT: 1,
    SmsState.ACCEPTED: 2,
    SmsState.DELIVERED: 3,
    SmsState.FAILED: 3,
    SmsState.UNSENDABLE: 3,
}
RECEIPTS = (SmsState.ACCEPTED, SmsState.DELIVERED, SmsState.FAILED)
WAITING = (SmsState.WANTED, SmsState.SENT)  # for the gateway's first word


def follows(now: SmsState, told: SmsState) -> bool:
    """Whether a receipt says something new; one that comes twice, or late, does not."""
    return _RANK[told] > _RANK[now]


@dataclass(frozen=True, slots=True)
class Sms:
    """One message to the person of a case."""

    id: str
    case_id: str
    occasion: Occasion
    flash: bool  # shown at once, on top of everything, and not kept by the telephone
    wanted_at: datetime
    state: SmsState = SmsState.WANTED
    text: str = field(default="", repr=False)
    script_hash: str = ""
    tries: int = 0
    next_try_at: datetime | None = None
    sent_at: datetime | None = None  # first given to the broker
    told_at: datetime | None = None  # of the last receipt, or of its end
    code: str = ""  # the gateway's, or ours for what is unsendable


# Every outcome of a call has its row: the occasion, or why there is none.
OCCASIONS: Mapping[Outcome, Occasion | None] = {
    Outcome.REACHED_PROMISED: Occasion.WARNED,
    Outcome.REACHED_WARNED: Occasion.WARNED,
    Outcome.HANDED_TO_OFFICER: None,  # a person talks to him
    Outcome.NEEDS_OFFICER: Occasion.WARNED,
    Outcome.DENIED: Occasion.WARNED,  # self-reported
    Outcome.AWARE: Occasion.WARNED,
    Outcome.REFUSED: Occasion.NOT_REACHED,
    Outcome.CALL_LATER: Occasion.NOT_REACHED,
    Outcome.OPTED_OUT: None,
    Outcome.WRONG_PERSON: None,  # a stranger is told nothing
    Outcome.THIRD_PARTY: None,  # perhaps the fraudster holds the telephone
    Outcome.MACHINE: Occasion.NOT_REACHED,
    Outcome.UNHEARD: Occasion.SILENT,
    Outcome.HUNG_UP: Occasion.NOT_REACHED,
    Outcome.CUT_OFF: Occasion.NOT_REACHED,
    Outcome.ENDED_BY_ORDER: None,
    Outcome.NOT_REACHED: Occasion.NOT_REACHED,
    Outcome.BUSY: Occasion.NOT_REACHED,  # an SMS gets through while the fraudster is on the line
    Outcome.REJECTED: Occasion.NOT_REACHED,
    Outcome.OUT_OF_REACH: Occasion.NOT_REACHED,
    Outcome.VACANT_ALARM: Occasion.NOT_REACHED,  # ... and when the line is forwarded
    Outcome.FORWARDED_ALARM: Occasion.NOT_REACHED,
    Outcome.LINE_FAULT: None,  # "we rang you" would be a lie
    Outcome.LOST: None,
    Outcome.SHED: Occasion.ROBOT_CANNOT_RING,
}
_PERHAPS_NOBODYS = (Outcome.VACANT_ALARM,)


def occasion_for(policy: Policy, case: Case, outcome: Outcome) -> Occasion | None:
    """On which occasion an SMS goes out after a call that ended so."""
    occasion, serious = OCCASIONS[outcome], case.grade.serious
    if occasion is None or occasion not in policy.of(case.grade).sms_occasions:
        return None
    if not serious and (case.person.officer_only or outcome in _PERHAPS_NOBODYS):
        return None
    return occasion


_LINK = re.compile(r"https?:|www\.|://|[a-z0-9-]\.(?:com|cn|net|org|top|cc|vip|xyz|io|me)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d{5,}")


def unsafe(text: str, centre: str, call_back: str) -> str:
    """Why a text made for one person must not leave, as a code; empty: it may. The linter has looked at the script before."""
    if not text.startswith(f"【{centre}】"):
        return "no_sender"
    if _LINK.search(text):
        return "link"
    ours = (call_back.replace("-", ""), "96110")
    if any(number not in ours for number in _DIGITS.findall(text.replace("-", ""))):
        return "foreign_number"
    if "{" in text or "}" in text:
        return "unfilled"
    return "too_long" if len(text.encode("utf-16-be")) // 2 > LONGEST else ""
