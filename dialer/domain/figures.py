"""The centre's figures (domain.md 6), each with its numerator and its denominator. Pure.

Rule 1: five rates are five rates: reached is not warned, warned is not willing, willing is not safe, ordered is not met.
Rule 2: what a person says of himself counts as said; only a person's or a bank's word counts as verified.
Rule 3: a grade without cases has a denominator of zero, and no rate.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialer.domain import visit
from dialer.domain.alert import FraudType
from dialer.domain.grade import Grade
from dialer.domain.work import MET, WorkItem, WorkKind, WorkResult
from voice.report import Conclusion


@dataclass(frozen=True, slots=True)
class CallFigures:
    """One call, as far as figures go."""

    dialled_at: datetime
    answered_at: datetime | None
    conclusion: Conclusion
    spoke: bool  # at least one word or key came from a person
    bridged_at: datetime | None  # an officer spoke to the person


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """One case with its calls that left the house and its work."""

    grade: Grade
    alerted_at: datetime
    calls: tuple[CallFigures, ...]
    work: tuple[WorkItem, ...]
    fraud_type: FraudType = FraudType.GENERIC
    sources: tuple[str, ...] = ()  # everybody who alerted


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    of: int
    hits: int

    @property
    def share(self) -> float | None:
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took."""

    count: int
    mean: timedelta
    median: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them for some cases."""

    cases: int
    answered: Rate  # 接通率: calls with human speech, of calls made
    warned: Rate  # 有效沟通率: calls whose warning was heard to its end by the person, of those with human speech
    willing: Rate  # 口头听劝率: cases with a promise, of those at risk whose person was reached
    verified: Rate  # 核实止损率: cases that a person or the bank confirmed, of those at risk
    met: Rate  # 见面率: met, of visits ordered
    met_in_time: Rate  # 见面及时率: met before the deadline, of visits ordered
    to_first_dial: Times | None
    to_first_human: Times | None  # officer bridged, officer's call or visit
    to_arrival: Times | None


_HEARD = (Conclusion.WARNED, Conclusion.PROMISED)
_NOT_HIM = (Conclusion.NOTHING, Conclusion.MACHINE, Conclusion.UNHEARD, Conclusion.WRONG_PERSON, Conclusion.THIRD_PARTY)
_VERIFIED: Mapping[WorkKind, WorkResult] = {
    WorkKind.VISIT: WorkResult.DISSUADED,
    WorkKind.OFFICER_CALL: WorkResult.DISSUADED,
    WorkKind.CONFIRM_SAFE: WorkResult.SAFE,
    WorkKind.STOP_PAYMENT: WorkResult.STOPPED,
}


def figures(cases: Sequence[CaseFigures], calls: Sequence[CallFigures] | None = None) -> Figures:
    """Of all these cases together. calls: those that the first two rates are of, if not simply the cases'."""
    calls = [call for case in cases for call in case.calls] if calls is None else calls
    spoken = [call for call in calls if _spoke(call)]
    at_risk = [case for case in cases if _at_risk(case)]
    reached = [case for case in at_risk if any(call.conclusion not in _NOT_HIM for call in case.calls)]
    visits = [item for case in cases for item in case.work if visit.counts(item)]
    return Figures(
        cases=len(cases),
        answered=Rate(len(calls), len(spoken)),
        warned=_rate(spoken, lambda call: call.conclusion in _HEARD),
        willing=_rate(reached, lambda case: any(call.conclusion is Conclusion.PROMISED for call in case.calls)),
        verified=_rate(at_risk, lambda case: any(_VERIFIED.get(item.kind, "") == item.result for item in case.work)),
        met=_rate(visits, visit.met),
        met_in_time=_rate(visits, visit.met_in_time),
        to_first_dial=_times(_after(case, (call.dialled_at for call in case.calls)) for case in cases),
        to_first_human=_times(_after(case, _human(case)) for case in cases),
        to_arrival=_times(visit.arrival_after(item, case.alerted_at) for case in cases for item in case.work),
    )


def by_grade(cases: Sequence[CaseFigures]) -> Mapping[Grade, Figures]:
    """Every grade has its row, the empty ones too."""
    return {grade: figures([case for case in cases if case.grade is grade]) for grade in Grade}


def _rate(among: Sequence[object], such: Callable[..., bool]) -> Rate:
    return Rate(len(among), sum(1 for each in among if such(each)))


def _spoke(call: CallFigures) -> bool:
    return call.answered_at is not None and call.spoke and call.conclusion is not Conclusion.MACHINE


def _at_risk(case: CaseFigures) -> bool:
    """Nobody has found that the number is somebody else's; a denial takes nobody out, for it is self-reported."""
    checked = any(item.result is WorkResult.WRONG_NUMBER for item in case.work)
    said = bool(case.calls) and all(call.conclusion is Conclusion.WRONG_PERSON for call in case.calls)
    return not checked and not (said and not case.grade.serious)


def _human(case: CaseFigures) -> Iterable[datetime]:
    yield from (call.bridged_at for call in case.calls if call.bridged_at is not None)
    for item in case.work:
        if item.kind is WorkKind.VISIT and item.arrived_at is not None and visit.met(item):
            yield item.arrived_at
        elif item.kind is WorkKind.OFFICER_CALL and item.result in MET and item.done_at is not None:
            yield item.done_at


def _after(case: CaseFigures, moments: Iterable[datetime]) -> timedelta | None:
    first = min(moments, default=None)
    return None if first is None else first - case.alerted_at


def _times(waits: Iterable[timedelta | None]) -> Times | None:
    known = sorted(wait for wait in waits if wait is not None)
    if not known:
        return None
    mean = sum(known, timedelta()) / len(known)
    return Times(len(known), mean, known[len(known) // 2], known[-1])
