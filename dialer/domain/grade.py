"""How urgent an alert is. The values are the words that sources send and the console shows."""

from enum import StrEnum


class Grade(StrEnum):
    """等级, most urgent first."""

    CRITICAL = "特急"  # money is moving, a screen is shared, a fund alert
    HIGH = "高"
    MEDIUM = "中"
    LOW = "低"

    @property
    def rank(self) -> int:
        """0 is the most urgent."""
        return tuple(Grade).index(self)

    @property
    def serious(self) -> bool:
        """特急 and 高: an officer must know, danger signs count, the case never closes by itself."""
        return self in (Grade.CRITICAL, Grade.HIGH)
