"""An alert as it was accepted. What identifies a person is hidden from every repr, so that it cannot reach a log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dialer.domain.contacts import NumberKind
from dialer.domain.grade import Grade


class FraudType(StrEnum):
    """The codes of the ministry's list, and one for what nobody could name. The code is also the script's name."""

    BRUSHING = "brushing"
    INVESTMENT = "investment"
    FAKE_SHOPPING = "fake_shopping"
    FAKE_SERVICE = "fake_service"
    FAKE_LOAN = "fake_loan"
    FAKE_CREDIT = "fake_credit"
    FAKE_BOSS = "fake_boss"
    FAKE_POLICE = "fake_police"
    DATING = "dating"
    GAME_TRADE = "game_trade"
    FLIGHT_REFUND = "flight_refund"
    GENERIC = "generic"

    @property
    def chinese(self) -> str:
        """The title, as sources write it."""
        return _CHINESE[self]


_CHINESE: Mapping[FraudType, str] = {
    FraudType.BRUSHING: "刷单返利",
    FraudType.INVESTMENT: "虚假投资理财",
    FraudType.FAKE_SHOPPING: "虚假购物服务",
    FraudType.FAKE_SERVICE: "冒充电商物流客服",
    FraudType.FAKE_LOAN: "虚假贷款",
    FraudType.FAKE_CREDIT: "虚假征信",
    FraudType.FAKE_BOSS: "冒充领导熟人",
    FraudType.FAKE_POLICE: "冒充公检法",
    FraudType.DATING: "网络婚恋交友",
    FraudType.GAME_TRADE: "网络游戏交易",
    FraudType.FLIGHT_REFUND: "机票退改签",
    FraudType.GENERIC: "通用",
}


@dataclass(frozen=True, slots=True)
class OtherNumber:
    """One more number that a source or the centre knows of the person."""

    number: str = field(repr=False)  # national, checked against the dial plan
    kind: NumberKind
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Alert:
    """预警线索: a source believes that someone is being defrauded."""

    id: str
    source: str
    external_id: str  # the source's own name for it; empty when it gave none
    received_at: datetime
    grade: Grade
    fraud_type: FraudType
    number: str = field(repr=False)  # national, checked against the dial plan
    surname: str = field(default="", repr=False)
    sum_yuan: int | None = field(default=None, repr=False)
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    occurred_at: datetime | None = None
    body: str = field(default="", repr=False)
    body_sha256: str = ""
    others: tuple[OtherNumber, ...] = field(default=(), repr=False)
    left_out: tuple[str, ...] = ()  # why one of the others was not taken, as codes


@dataclass(frozen=True, slots=True)
class RejectedAlert:
    """An alert that was refused, kept with its reason. The body is kept to 8 KiB; the hash is of all of it."""

    id: str
    source: str
    external_id: str
    received_at: datetime
    reason: str  # a code, e.g. "unknown_grade"
    where: str  # the field at fault
    advice: str
    body: str = field(repr=False)
    body_sha256: str
