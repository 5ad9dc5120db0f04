"""What happened in a call, event by event, as JSON lines: enough to play it again at a desk.

Rule 1: the first line says how the call began; every other one is an event, when it came on the call's sample clock, and what the
        machine answered. An event without an answer is the one that the machine broke at.
Rule 2: digits that a person said are masked before a line is made, as in the turns. The lines are personal all the same.
Rule 3: old lines stay readable. Whatever is added to an event or an action has a default, and no name is used for another thing.
"""

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache, reduce
from operator import or_
from types import GenericAlias
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec

from voice.dialogue.actions import Action
from voice.dialogue.events import Event, ReplyUnderstood
from voice.errors import RecordUnreadable
from voice.masking import masked
from voice.ports import SAMPLE_RATE
from voice.report import Standing
from voice.understanding.model import Understood

FORMAT = 1
MOST_EVENTS = 2000  # a call of a hundred prompts has some five hundred


class Head(msgspec.Struct, frozen=True):
    """How the call began."""

    v: int = FORMAT
    careful: bool = False
    group: str = ""  # whose variant of the script it was
    resumes: Standing | None = None  # the dropped talk that it took up


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event and its answer."""

    at_ms: int
    event: Event
    actions: tuple[Action, ...] | None  # None: there was none


class _Kinds(NamedTuple):
    """The tagged union that stands for a union of our dataclasses; msgspec tags none but its own."""

    by_dataclass: dict[type, type[msgspec.Struct]]
    union: Any

    def wrapped(self, value: Any) -> msgspec.Struct:
        kind = self.by_dataclass[type(value)]
        return kind(**{each.name: getattr(value, each.name) for each in fields(value)})


class Recorder:
    """Keeps the record while the call goes on."""

    def __init__(self, head: Head) -> None:
        self._lines = [msgspec.json.encode(head).decode()]
        self._open: tuple[int, Event] | None = None

    def came(self, event: Event, at_sample: int) -> None:
        """Before the machine is asked: an event that breaks it is the one worth having."""
        self._close(None)
        self._open = (at_sample * 1000 // SAMPLE_RATE, event)

    def answered(self, actions: Sequence[Action]) -> None:
        self._close(actions)

    def text(self) -> str:
        """All of it."""
        self._close(None)
        return "\n".join(self._lines)

    def _close(self, actions: Sequence[Action] | None) -> None:
        opened, self._open = self._open, None
        if opened is None or len(self._lines) > MOST_EVENTS:
            return
        events, answers = _events(), _actions()
        line = _line()(
            at=opened[0],
            event=events.wrapped(_without_digits(opened[1])),
            actions=None if actions is None else [answers.wrapped(action) for action in actions],
        )
        self._lines.append(msgspec.json.encode(line).decode())


def read(text: str) -> tuple[Head, list[Recorded]]:
    """The record again. Raises RecordUnreadable."""
    first, *rest = text.split("\n")
    try:
        head = msgspec.json.decode(first, type=Head)
        lines = [msgspec.json.decode(line, type=_line()) for line in rest]
    except msgspec.DecodeError:
        raise RecordUnreadable from None
    return head, [_recorded(line) for line in lines]


def _recorded(line: Any) -> Recorded:
    actions = None if line.actions is None else tuple(_unwrapped(each, _actions()) for each in line.actions)
    return Recorded(line.at, _unwrapped(line.event, _events()), actions)


def _unwrapped(value: msgspec.Struct, kinds: _Kinds) -> Any:
    ours = next(kind for kind, theirs in kinds.by_dataclass.items() if theirs is type(value))
    return ours(**{name: getattr(value, name) for name in value.__struct_fields__})


def _without_digits(event: Event) -> Event:
    if not isinstance(event, ReplyUnderstood):
        return event
    said = event.understood
    intents = tuple(replace(match, evidence=masked(match.evidence)) for match in said.intents)
    slots = {name: masked(value) for name, value in said.slots.items()}
    understood: Understood = replace(said, text=masked(said.text), intents=intents, slots=slots)
    return replace(event, understood=understood)


@cache
def _events() -> _Kinds:
    return _kinds(Event)


@cache
def _actions() -> _Kinds:
    return _kinds(Action)


@cache
def _line() -> Any:
    answers = GenericAlias(list, _actions().union)
    parts: list[Any] = [("at", int), ("event", _events().union), ("actions", answers | None, None)]
    return msgspec.defstruct("Line", parts, frozen=True)


def _kinds(union: Any) -> _Kinds:
    structs = {kind: _struct(kind) for kind in get_args(union)}
    return _Kinds(structs, reduce(or_, structs.values()))


def _struct(kind: type) -> type[msgspec.Struct]:
    hints = get_type_hints(kind)
    parts: list[Any] = []
    for each in fields(kind):
        if each.default_factory is not MISSING:
            parts.append((each.name, hints[each.name], msgspec.field(default_factory=each.default_factory)))
        elif each.default is not MISSING:
            parts.append((each.name, hints[each.name], each.default))
        else:
            parts.append((each.name, hints[each.name]))
    return msgspec.defstruct(kind.__name__, parts, tag=kind.__name__, frozen=True, omit_defaults=True)
