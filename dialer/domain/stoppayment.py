"""Stop-payment requests (止付). The program prepares one; an authorised officer orders it; other people carry it out elsewhere. Pure.

Rule 1: nothing here, and nothing anywhere in the program, sends a request to a bank or asks the person for an account.
Rule 2: an emergency stop holds 48 hours and may be ordered twice for one account, no more (银发[2016]86).
Rule 3: above a sum, or when nobody knows the sum, a second authorised officer has to agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dialer.domain.work import WorkItem, WorkKind, WorkReason, WorkState
from dialer.domain.workflow import Refusal, Step, Verb, move

HOLDS = timedelta(hours=48)
MOST_TIMES = 2
RULE = "48 hours, at most two times per account (银发[2016]86)"


class Needed(StrEnum):
    """What the bank wants to know (names of fields; the values are collected by people, outside of this program)."""

    NAME = "name"
    ID_NUMBER = "id_number"
    OWN_ACCOUNT = "own_account"
    OWN_BANK = "own_bank"
    SUM = "sum"
    PAID_AT = "paid_at"
    THEIR_ACCOUNT = "their_account"
    THEIR_NAME = "their_name"
    THEIR_BANK = "their_bank"
    VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class StopPayment:
    """What is known of the payment, and who ordered that it be stopped."""

    work_id: str
    sum_yuan: int | None = field(default=None, repr=False)
    sum_exact: bool = False  # false: the person said "about", or a source guessed
    paid_at: datetime | None = None  # self-reported
    ordered_by: str = ""
    ordered_at: datetime | None = None
    seconded_by: str = ""
    seconded_at: datetime | None = None
    holds_until: datetime | None = None  # when the order in force runs out
    times: int = 0  # orders that came into force

    @property
    def missing(self) -> tuple[Needed, ...]:
        """What a person still has to find out; the program knows the sum and the time at best."""
        known = {Needed.SUM: self.sum_yuan is not None and self.sum_exact, Needed.PAID_AT: self.paid_at is not None}
        return tuple(each for each in Needed if not known.get(each, False))

    def learned(self, sum_yuan: int | None, paid_at: datetime | None, *, exact: bool) -> "StopPayment":
        """With what a later call told: the largest sum, the earliest time."""
        after = self
        if sum_yuan is not None and (self.sum_yuan is None or sum_yuan >= self.sum_yuan):
            after = replace(after, sum_yuan=sum_yuan, sum_exact=exact)
        if paid_at is not None:
            after = replace(after, paid_at=min(paid_at, self.paid_at or paid_at))
        return after


@dataclass(frozen=True, slots=True)
class StopRules:
    """Who may order, and when two of them have to."""

    officers: frozenset[str] = frozenset()  # authorised ones
    second_above_yuan: int = 50_000

    def wants_second(self, payment: StopPayment) -> bool:
        return payment.sum_yuan is None or payment.sum_yuan > self.second_above_yuan


@dataclass(frozen=True, slots=True)
class Paying:
    """What a call told about money."""

    reason: WorkReason
    sum_yuan: int | None = field(default=None, repr=False)
    exact: bool = False
    paid_at: datetime | None = None


def paying(facts: Mapping[str, str], told_at: datetime) -> Paying | None:
    """Whether money moves or has moved, by what the person said; None: he did not say so."""
    now = facts.get("transferring_now") == "yes"
    if not now and facts.get("transferred") != "yes":
        return None
    amount = facts.get("amount_yuan", "")
    return Paying(
        WorkReason.PAYING if now else WorkReason.PAID,
        int(amount) if amount.isdecimal() else None,
        exact=amount.isdecimal() and facts.get("sum_about") != "yes",
        paid_at=told_at if now else None,
    )


def order(rules: StopRules, item: WorkItem, payment: StopPayment, step: Step) -> tuple[WorkItem, StopPayment] | Refusal:
    """An officer orders, or agrees as the second one; the deadline becomes the moment at which the order runs out."""
    refusal = _refused(rules, item, payment, step)
    if refusal is not None:
        return refusal
    moved = move(item, step)
    if isinstance(moved, Refusal):
        return moved
    if step.verb is Verb.ORDER:
        payment = replace(payment, ordered_by=step.by, ordered_at=step.at, seconded_by="", seconded_at=None)
        if rules.wants_second(payment):
            return replace(moved, state=WorkState.ASKED), payment
    else:
        payment = replace(payment, seconded_by=step.by, seconded_at=step.at)
    holds_until = step.at + HOLDS
    payment = replace(payment, times=payment.times + 1, holds_until=holds_until)
    return replace(moved, deadline=holds_until, overdue_at=None), payment


def decline(item: WorkItem, payment: StopPayment, step: Step) -> tuple[WorkItem, StopPayment] | Refusal:
    """Given back. What the second officer does not agree to is as if it had never been ordered; an earlier order holds on."""
    moved = move(item, step)
    if isinstance(moved, Refusal) or item.state is not WorkState.ASKED:
        return moved if isinstance(moved, Refusal) else (moved, payment)
    payment = replace(payment, ordered_by="", ordered_at=None)
    return replace(moved, state=WorkState.ORDERED if payment.times else WorkState.WANTED), payment


def _refused(rules: StopRules, item: WorkItem, payment: StopPayment, step: Step) -> Refusal | None:
    if item.kind is not WorkKind.STOP_PAYMENT or step.verb not in (Verb.ORDER, Verb.SECOND):
        return Refusal("no_stop_payment", "only a stop payment is ordered; `quanzu work list` shows them")
    if step.by not in rules.officers:
        advice = "give him may_order_stop_payment = true under [[officers]], or have another officer do it"
        return Refusal("not_authorised", f"this officer may not order a stop payment; {advice}")
    if step.verb is Verb.SECOND and step.by == payment.ordered_by:
        return Refusal("same_person", "whoever ordered it cannot be the second person; another officer has to read it")
    if step.verb is Verb.ORDER and payment.times >= MOST_TIMES:
        return Refusal("twice_already", f"it was ordered {MOST_TIMES} times: {RULE}; now freezing needs a case")
    return None
