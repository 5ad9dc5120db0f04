"""A script as one group of people hears it: what every family of checks is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from voice.script.lint.ways import reachable
from voice.script.model import Group, Script
from voice.script.source import Place
from voice.script.speak import for_group


@dataclass(frozen=True, slots=True)
class Places:
    """Where steps and sentences are written, by step name (of a group's own: `elder:asked`) and sentence id."""

    steps: dict[str, Place]
    sentences: dict[str, Place]


@dataclass(frozen=True)
class Heard:
    """The script for everybody, or for one group."""

    script: Script
    group: Group | None
    places: Places
    steps: Mapping[str, Place]  # where the steps that this group hears are written

    @property
    def whom(self) -> str:
        """For messages that differ from group to group."""
        return f" for {self.group.title}" if self.group else ""

    @property
    def goes_elsewhere(self) -> bool:
        """Does it take other ways than the script that everybody hears? Else there is nothing new to find on them."""
        return self.group is None or bool(self.group.steps or self.group.globals or self.group.after_opening)

    @cached_property
    def reached(self) -> frozenset[str]:
        return reachable(self.script)


def versions(script: Script, places: Places) -> list[Heard]:
    """As everybody hears it, then as each group does."""
    everybody = Heard(script, None, places, places.steps)
    return [everybody, *(_version(script, group, places) for group in script.groups.values())]


def _version(script: Script, group: Group, places: Places) -> Heard:
    own = {name: places.steps[f"{group.code}:{name}"] for name in group.steps}
    return Heard(for_group(script, group.code), group, places, {**places.steps, **own})
