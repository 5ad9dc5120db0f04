"""Actions of a conversation: orders, imperative, frozen; carried out in one match that ends in assert_never."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Say:
    """Play these sentences, one after the other, as the prompt of this turn."""

    turn: int
    step: str
    sentences: tuple[str, ...]  # sentence ids of the script


@dataclass(frozen=True, slots=True)
class StopSaying:
    """Stop the prompt at once, within the frame."""


@dataclass(frozen=True, slots=True)
class WaitForReply:
    """Listen; report SilenceElapsed when nobody spoke for so long after now."""

    turn: int
    silence_ms: int
    expects: tuple[str, ...]  # intents that the question expects, for the recogniser's and understanding's bias


@dataclass(frozen=True, slots=True)
class WantOfficer:
    """Ask the centre for an officer; the talk goes on meanwhile."""

    reason: str  # e.g. "transferred"
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bridge:
    """Connect the contact with this officer, both ways."""

    escalation: str


@dataclass(frozen=True, slots=True)
class DismissOfficers:
    """Nobody is needed any more: hang up every officer leg that is not bridged."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the contact's leg."""


Action = Say | StopSaying | WaitForReply | WantOfficer | Bridge | DismissOfficers | HangUp
