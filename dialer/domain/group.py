"""Groups of people whom a script speaks to otherwise. The codes are those under `groups` in the scripts."""

from collections.abc import Mapping
from enum import StrEnum


class Group(StrEnum):
    """What a source may say of the person it warns about; nobody is put into a group by a guess of ours."""

    ELDER = "elder"
    MINOR = "minor"
    FINANCE = "finance"
    TIBETAN = "tibetan"

    @property
    def chinese(self) -> str:
        """The word of the centre."""
        return _CHINESE[self]


_CHINESE: Mapping[Group, str] = {
    Group.ELDER: "老人",
    Group.MINOR: "学生·未成年",
    Group.FINANCE: "财务人员",
    Group.TIBETAN: "藏语居民",
}
