"""The numbers of one person, as a ladder: own mobiles, own landlines, then work, then family. Pure; holds no digits.

Rule 1: a person is found by his own numbers (mobile, landline) only: others answer at work and in the family, too.
Rule 2: which kinds the robot may ring is the grade's rule; family besides only when consent is recorded.
Rule 3: a number that is shut on a case is never rung on it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class NumberKind(StrEnum):
    """Whose it is; in the order of the ladder."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    WORK = "work"
    FAMILY = "family"

    @property
    def own(self) -> bool:
        """The person himself is found by it."""
        return self in (NumberKind.MOBILE, NumberKind.LANDLINE)


def own_kind(number: str) -> NumberKind:
    """Of somebody's own number: in this country a landline begins with the 0 of its area code."""
    return NumberKind.LANDLINE if number.startswith("0") else NumberKind.MOBILE


_ORDER = tuple(NumberKind)


class Listing(StrEnum):
    """The lists that keep the robot from a number or a person."""

    BLOCKED = "blocked"  # the robot does not ring; on a serious case an officer decides
    OFFICER_ONLY = "officer_only"  # an officer rings, whatever the grade


@dataclass(frozen=True, slots=True)
class Rung:
    """One number of the person."""

    place: int = 0  # storage's name for it among the person's numbers; never changes
    kind: NumberKind = NumberKind.MOBILE
    consent: bool = False  # of whoever answers there, recorded by a person


@dataclass(frozen=True, slots=True)
class ContactLadder:
    """Where a case stands on its person's ladder."""

    rungs: tuple[Rung, ...] = (Rung(),)
    at: int = 0  # place of the number that is rung now
    shut: tuple[int, ...] = ()
    failures: int = 0  # calls in a row that reached nobody on the number at `at`

    @classmethod
    def of(cls, rungs: Sequence[Rung]) -> "ContactLadder":
        """Of a new case: it stands at the top."""
        top = min(rungs, key=lambda rung: (_ORDER.index(rung.kind), rung.place), default=Rung())
        return cls(tuple(rungs) or (top,), at=top.place)

    @property
    def kind(self) -> NumberKind:
        """Of the number that is rung now."""
        return next((rung.kind for rung in self.rungs if rung.place == self.at), NumberKind.MOBILE)

    @property
    def sms_place(self) -> int:
        """Where an SMS is read: the mobile that is rung now, or the first one that is not shut."""
        mobiles = [rung.place for rung in self.rungs if rung.kind is NumberKind.MOBILE and rung.place not in self.shut]
        return self.at if self.at in mobiles or not mobiles else min(mobiles)

    def usable(self, kinds: tuple[NumberKind, ...]) -> tuple[int, ...]:
        """Places that the robot may ring, from the top."""
        allowed = [
            rung
            for rung in self.rungs
            if rung.kind in kinds
            and rung.place not in self.shut
            and (rung.kind is not NumberKind.FAMILY or rung.consent)
        ]
        return tuple(rung.place for rung in sorted(allowed, key=lambda rung: (_ORDER.index(rung.kind), rung.place)))

    def first(self, kinds: tuple[NumberKind, ...]) -> "ContactLadder | None":
        """From the number it stands on, if that may be rung, else from the top. None: there is nothing to ring."""
        places = self.usable(kinds)
        if not places:
            return None
        return self if self.at in places else replace(self, at=places[0], failures=0)

    def next(self, kinds: tuple[NumberKind, ...]) -> "ContactLadder | None":
        """The number below, and from the last one the first again. None: there is no other."""
        places = self.usable(kinds)
        others = [place for place in places if place != self.at]
        if not others:
            return None
        below = places[places.index(self.at) + 1 :] if self.at in places else places
        return replace(self, at=(*below, *others)[0], failures=0)

    def shutting(self) -> "ContactLadder":
        """The number it stands on is not rung on this case any more."""
        return replace(self, shut=tuple(sorted({*self.shut, self.at})), failures=0)
