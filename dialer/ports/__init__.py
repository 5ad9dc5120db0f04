"""What the dialer needs from the world: one small Protocol per caller. `dialer.storage` holds all but Clock.

Rule 1: every method is one transaction. Inside it only the database is awaited.
Rule 2: what goes through casework (alerts, ends of calls, officers) goes through `dialer.filing.runner`, which uses `CaseFiles`.
Rule 3: foreign exceptions come out as StorageDown, DiskFull, CaseConflict or NotOnFile.
Rule 4: all times are aware.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from dialer.domain.attempt import ClaimedAttempt, DueAttempt, Hold
from dialer.domain.stop import StopLevel, StopOrder
from dialer.ports.calllog import CallLog
from dialer.ports.casefile import CaseFiles
from dialer.ports.nodes import Nodes
from voice.messages import ToDaemon, ToWorker


class Clock(Protocol):
    """now() for deadlines, aware and in UTC; monotonic() for durations, in seconds."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


# --- pacing


class AttemptQueue(Protocol):
    """What is due. Used by pacing."""

    async def due_attempts(self, now: datetime, limit: int) -> Sequence[DueAttempt]:
        """Attempts that `claim` would grant now, in the order of `dialer.domain.degrading`'s rule 1."""

    async def next_due_at(self) -> datetime | None:
        """When the earliest due attempt may start; None: nothing is due, ever. May lie in the past."""

    async def claim(self, attempt_id: str, node: str, now: datetime, lease_seconds: float) -> ClaimedAttempt | None:
        """Take it, alone. None: somebody else has it, the person is being rung, or the safe gap is not over. Raises NumberListed."""

    async def release(self, hold: Hold, due_at: datetime, why: str) -> None:
        """Give a claimed attempt back before anything left the house. Raises TakenOver, CaseConflict."""

    async def calls_in_hand(self, node: str) -> int:
        """Attempts that this node has claimed or is conducting."""


class Brake(Protocol):
    """The emergency stop of all nodes. Used by the command line and by the task that watches it."""

    async def order_in_force(self) -> StopOrder:
        """The newest order; epoch 0 when there was never one."""

    async def order(self, level: StopLevel, who: str, why: str, at: datetime) -> StopOrder:
        """Holds from the commit on, for every INVITE of every node."""

    async def orders(self, limit: int) -> Sequence[StopOrder]:
        """Newest first."""


# --- caller


class Wire(Protocol):
    """One call worker, for one conversation."""

    pid: int

    def send(self, order: ToWorker) -> None:
        """Orders to a worker that is gone are lost with it; `receive` says so."""

    async def receive(self) -> ToDaemon:
        """The next thing the worker tells. Raises WorkerLost."""

    def kill(self) -> None:
        """End a worker that hangs, at once. Nobody is told."""


AnyWire = TypeVar("AnyWire", bound=Wire)


class Workers(Protocol[AnyWire]):
    """Whence the caller has its workers. The roof opens the pool."""

    async def take(self) -> AnyWire:
        """A ready one. Raises WorkerLost when none can be had."""

    def give_back(self, link: AnyWire, *, usable: bool) -> None:
        """The conversation is over."""


# --- intake


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one body that claimed to be an alert. Holds nothing of what the body said."""

    accepted: bool
    alert_id: str = ""
    case_id: str = ""
    folded: bool = False  # it was known already, or went into a case that was there
    reason: str = ""  # why it was rejected: a code, e.g. "unknown_grade"
    field: str = ""  # which field is at fault
    advice: str = ""  # what to send instead


# --- the world outside: the broker


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One thing the world has to be told. At least once, in order of id."""

    id: int
    kind: str
    case_id: str
    payload: Mapping[str, Any]
    created_at: datetime


class Outbox(Protocol):
    """What was committed and not yet told. Used by the broker's shell."""

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]: ...

    async def mark_published(self, ids: Sequence[int], now: datetime) -> None: ...


class Casebook(CaseFiles, AttemptQueue, CallLog, Nodes, Protocol):
    """The writing side as one object, for the composition root and for tests."""
