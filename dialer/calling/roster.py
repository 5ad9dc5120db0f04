"""Which officer is rung next. Officers' addresses come from the settings and from nowhere else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dialer.settings import OfficerSettings


class Roster:
    """The officers of this node's settings and who of them is on the telephone with us."""

    def __init__(self, officers: Sequence[OfficerSettings]) -> None:
        self._officers = sorted(officers, key=lambda officer: officer.tier)
        self._engaged: set[str] = set()

    def next_after(self, tried: Sequence[str]) -> OfficerSettings | None:
        """The lowest tier first; nobody twice for one call, nobody who is engaged."""
        for officer in self._officers:
            if officer.id not in tried and officer.id not in self._engaged:
                return officer
        return None

    @property
    def one_is_free(self) -> bool:
        """Somebody could be rung now. True where there are no officers: nobody is waited for in vain."""
        return len(self._engaged) < len(self._officers) or not self._officers

    def first(self) -> OfficerSettings | None:
        """Whom a worker rings by itself when the daemon is gone."""
        return self._officers[0] if self._officers else None

    @contextmanager
    def engage(self, officer: OfficerSettings) -> Iterator[None]:
        """He is rung or talked to for as long as this lasts."""
        self._engaged.add(officer.id)
        try:
            yield
        finally:
            self._engaged.discard(officer.id)
