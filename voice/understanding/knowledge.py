"""What understanding knows: patterns, phrases, short answers. A pure value, and its form as JSON.

Rule 1: admins write it in `scripts/shared/intents`; `voice.script.knowledge` reads and checks that; the code only matches.
Rule 2: one version never changes and is named by its hash, which is over everything that can change a decision or its name.
Rule 3: `knowledge.json` beside this file is the shipped version, made by `make knowledge`; a house test compares.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import msgspec

from voice.understanding.rules import Topic

SHIPPED = Path(__file__).with_name("knowledge.json")


@dataclass(frozen=True, slots=True)
class Patterns:
    """For experts: topics of ordered rules, and the word classes that they name."""

    topics: tuple[Topic, ...]
    classes: Mapping[str, str]
    classes_by_sound: Mapping[str, str]  # in place of the class of the same name when a text is matched by sound


@dataclass(frozen=True, slots=True)
class Phrases:
    """For everybody: wordings that mean an intent wherever they are said, and the words around them that undo it."""

    owners: Mapping[str, str]  # normalised wording -> intent
    unmeant_before: tuple[str, ...] = ()  # directly in front: 没, 要是
    unmeant_after: tuple[str, ...] = ()  # directly behind: 吗


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """A whole reply whose meaning is the question's: the first intent that the question lists."""

    name: str
    pattern: str  # of the whole normalised reply
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """One version. Compared and kept in caches by identity; two of the same content have the same hash."""

    patterns: Patterns
    phrases: Phrases
    short_answers: tuple[ShortAnswer, ...]
    complete: str  # pattern of a reply after which a shorter pause ends the turn
    silences: Mapping[str, tuple[str, ...]]  # intent -> intents that mean nothing beside it
    meanings: Mapping[str, str]  # intent -> what it means, in Chinese
    slots: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)  # slot -> value -> patterns
    signs: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # intent -> words without which it is no mere guess
    hash: str = ""  # sha256 of the content, hex


def hashed(knowledge: Knowledge) -> Knowledge:
    """The same with its hash."""
    content = msgspec.json.encode(replace(knowledge, hash=""), order="deterministic")
    return replace(knowledge, hash=hashlib.sha256(content).hexdigest())


def encode(knowledge: Knowledge) -> bytes:
    """JSON in lines, so that two versions can be compared by eye."""
    return msgspec.json.format(msgspec.json.encode(knowledge, order="deterministic"), indent=1) + b"\n"


def decode(content: bytes) -> Knowledge:
    """Raises ValueError when the content is no knowledge, or is not what its hash says."""
    try:
        knowledge = msgspec.json.decode(content, type=Knowledge)
    except msgspec.DecodeError as error:
        raise ValueError(f"this is no compiled knowledge: {error}") from None
    if hashed(knowledge).hash != knowledge.hash:
        raise ValueError("the knowledge was changed after it was compiled")
    return knowledge


@cache
def shipped() -> Knowledge:
    """The version that came with this release."""
    return decode(SHIPPED.read_bytes())
