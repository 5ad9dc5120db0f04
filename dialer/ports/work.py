"""What work items and SMS need of the world; the ports of `dialer.filing.working` and `dialer.filing.sms`.

The rules of `dialer.ports` hold: one method, one transaction, unless it belongs to one that is open already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dialer.domain.alert import FraudType
from dialer.domain.figures import CaseFigures
from dialer.domain.grade import Grade
from dialer.domain.policy import Occasion
from dialer.domain.sms import Sms, SmsState
from dialer.domain.stoppayment import StopPayment
from dialer.domain.work import WorkItem


@dataclass(frozen=True, slots=True)
class Consent:
    """Who said yes to a talk with the family, and who heard it."""

    work_id: str
    given_by: str = field(repr=False)
    given_at: datetime
    heard_by: str


class WorkFile(Protocol):
    """Work items and SMS inside one open transaction of the casebook."""

    async def case_of_work(self, work_id: str) -> str:
        """Raises NotOnFile. The case is locked before the item is."""

    async def work_item(self, work_id: str) -> WorkItem:
        """Raises NotOnFile. Locks the item."""

    async def open_work_of(self, case_id: str) -> Sequence[WorkItem]:
        """Locked."""

    async def save_work(self, item: WorkItem) -> None: ...

    async def stop_payment(self, work_id: str) -> StopPayment | None: ...

    async def put_stop_payment(self, payment: StopPayment) -> None: ...

    async def add_consent(self, consent: Consent) -> None: ...

    async def last_sms(self, case_id: str, occasion: Occasion) -> datetime | None:
        """When one of this occasion was last wanted and did not fail."""

    async def sms_sent(self, case_id: str, occasion: Occasion) -> int:
        """How many of this occasion were ever wanted on the case."""

    async def was_met(self, case_id: str) -> bool:
        """Somebody of the centre has spoken to the person since the case's last alert, and wrote down what came of it."""

    async def add_sms(self, sms: Sms) -> None: ...

    async def case_of_sms(self, sms_id: str) -> str:
        """Raises NotOnFile."""

    async def sms(self, sms_id: str) -> Sms:
        """Locked. Raises NotOnFile."""

    async def save_sms(self, sms: Sms) -> None: ...


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One item in a list, with what is seen of its case."""

    item: WorkItem
    grade: Grade
    fraud_type: FraudType
    number_tail: str  # last four digits


@dataclass(frozen=True, slots=True)
class WorkStory:
    """All of one item."""

    line: WorkLine
    payment: StopPayment | None
    consent: Consent | None


class WorkViews(Protocol):
    """Reading."""

    async def work(self, *, open_only: bool, limit: int, owner: str = "") -> Sequence[WorkLine]:
        """Most urgent deadline first."""

    async def work_story(self, work_id: str) -> WorkStory | None: ...

    async def find_work(self, ending: str) -> Sequence[str]:
        """Ids that end so: nobody types forty characters."""

    async def find_cases(self, ending: str) -> Sequence[str]:
        """Ids of cases that end so."""

    async def overdue(self, now: datetime, limit: int) -> Sequence[str]:
        """Open items past their deadline of which nobody has been told."""

    async def figures(self, since: datetime) -> Sequence[CaseFigures]:
        """Cases opened since then."""


@dataclass(frozen=True, slots=True)
class DueSms:
    """One that the gateway has not answered, with what it needs to be sent."""

    sms: Sms
    fraud_type: FraudType
    number: str = field(repr=False)


class SmsViews(Protocol):
    """What waits for the gateway."""

    async def due_sms(self, now: datetime, limit: int) -> Sequence[DueSms]: ...

    async def sms_times(self, now: datetime, limit: int) -> Sequence[str]:
        """Cases for which it is time for an SMS without a call."""


class WorkDesk(WorkViews, SmsViews, Protocol):
    """Both, as storage holds them."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway says became of one."""

    sms_id: str
    state: SmsState
    code: str = ""


class Gateway(Protocol):
    """Whoever sends SMS, behind the broker."""

    async def send(self, due: DueSms, expires_at: datetime) -> None:
        """Returns when the broker has it. Raises BrokerDown. The same id again is the same SMS; none is sent after it expires."""
