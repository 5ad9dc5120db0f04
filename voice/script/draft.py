"""One script file as it was written: shapes are checked, names are not looked up yet.

Rule 1: a step is what its first word says: `tell`, `ask`, `officer` or `close`; that word carries the sentences.
Rule 2: a sentence written as a bare name (lowercase, underscores) stands for the sentences of that name under `lines`.
"""

import re
from dataclasses import dataclass, field

from yaml.nodes import MappingNode, Node, SequenceNode

from voice.report import Conclusion
from voice.script.model import StepKind
from voice.script.source import Place, Source, Word, did_you_mean

LINE_NAME = re.compile(r"[a-z][a-z0-9_]*")

_TOP = (
    "code",
    "title",
    "opening",
    "goodbye",
    "machine",
    "greeting_ms",
    "rate_wpm",
    "lines",
    "steps",
    "urgent",
    "globals",
)
_ALLOWED: dict[StepKind, frozenset[str]] = {
    StepKind.TELL: frozenset({"tell", "then", "concludes", "must_hear"}),
    StepKind.ASK: frozenset({"ask", "replies", "no_input", "no_match", "wait_ms", "concludes"}),
    StepKind.OFFICER: frozenset({"officer", "reason", "hold", "no_officer", "concludes"}),
    StepKind.CLOSE: frozenset({"close", "concludes"}),
}
_NEEDED: dict[StepKind, dict[str, str]] = {
    StepKind.TELL: {"then": "where the talk goes on"},
    StepKind.ASK: {
        "replies": "where each reply leads",
        "no_input": "what to do when nobody speaks",
        "no_match": "what to do when the reply means nothing here",
    },
    StepKind.OFFICER: {
        "reason": "why an officer is wanted",
        "hold": "what we say while the officer is fetched",
        "no_officer": "where the talk goes when nobody comes",
    },
    StepKind.CLOSE: {},
}


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A text with its alternative, or the bare name of shared lines."""

    text: Word
    otherwise: str = ""

    @property
    def is_name(self) -> bool:
        return LINE_NAME.fullmatch(self.text.text) is not None


@dataclass(slots=True)
class DraftStep:
    """One step as written."""

    name: Word
    kind: StepKind
    say: list[DraftSentence]
    hold: list[DraftSentence] = field(default_factory=list)
    targets: dict[str, list[Word]] = field(default_factory=dict)  # then, no_input, no_match, no_officer
    replies: list[tuple[Word, Word]] = field(default_factory=list)
    concludes: Conclusion | None = None
    reason: str = ""
    must_hear: bool = False
    wait_ms: int = 4000


@dataclass(slots=True)
class Draft:
    """One file as written."""

    top: Place
    words: dict[str, Word] = field(default_factory=dict)  # code, title, opening, goodbye, machine
    numbers: dict[str, int] = field(default_factory=dict)
    lines: dict[str, tuple[Place, list[DraftSentence]]] = field(default_factory=dict)
    steps: dict[str, DraftStep] = field(default_factory=dict)
    routes: dict[str, list[tuple[Word, Word]]] = field(default_factory=dict)  # urgent, globals


def read_draft(source: Source) -> Draft:
    """Everything in the file that has the right shape; the rest is among the source's findings."""
    draft = Draft(Place(source.file, 1, 1))
    if source.root is None:
        return draft
    for key, node in source.fields(source.root, "a script", _TOP).items():
        match key:
            case "greeting_ms" | "rate_wpm":
                if (number := source.number(node, key)) is not None:
                    draft.numbers[key] = number
            case "lines":
                for name, value in source.entries(node, "'lines'"):
                    draft.lines[name.text] = (name.place, _sentences(source, value))
            case "steps":
                for name, value in source.entries(node, "'steps'"):
                    if (step := _step(source, name, value)) is not None:
                        draft.steps[name.text] = step
            case "urgent" | "globals":
                draft.routes[key] = _routes(source, node, f"'{key}'")
            case _:
                if (word := source.word(node, f"'{key}'")) is not None:
                    draft.words[key] = word
    return draft


def _routes(source: Source, node: Node, what: str) -> list[tuple[Word, Word]]:
    """intent: target"""
    pairs = [(intent, source.word(value, "a target")) for intent, value in source.entries(node, what)]
    return [(intent, target) for intent, target in pairs if target is not None]


def _sentences(source: Source, node: Node) -> list[DraftSentence]:
    """A text, a {text, else} pair, or a list of these. One item is one sentence: it is spoken in one breath."""
    found: list[DraftSentence] = []
    for item in node.value if isinstance(node, SequenceNode) else [node]:
        if isinstance(item, MappingNode):
            parts = source.fields(item, "a sentence", ("text", "else"))
            if "text" not in parts:
                source.complain(source.place(item), "missing-key", "a sentence needs a 'text'")
                continue
            word = source.word(parts["text"], "a sentence")
            otherwise = source.word(parts["else"], "'else'") if "else" in parts else None
        else:
            word, otherwise = source.word(item, "a sentence"), None
        if word is not None:
            found.append(DraftSentence(word, otherwise.text if otherwise else ""))
    return found


def _step(source: Source, name: Word, node: Node) -> DraftStep | None:
    what = f"step '{name.text}'"
    every = frozenset[str]().union(*_ALLOWED.values())
    fields = source.fields(node, what, every)
    kinds = [kind for kind in StepKind if kind.value in fields]
    if len(kinds) != 1:
        code, wish = "step-kind", "one of tell, ask, officer, close"
        source.complain(name.place, code, f"{what} must have exactly {wish}; it has {len(kinds)}")
        return None
    kind = kinds[0]
    for key in fields.keys() - _ALLOWED[kind]:
        source.complain(source.place(fields[key]), "unknown-key", f"{what} is a '{kind}' and has no '{key}'")
    for key in _NEEDED[kind].keys() - fields.keys():
        code = "no-ladder" if key in ("no_input", "no_match") else "missing-key"
        source.complain(name.place, code, f"{what} does not say '{key}': {_NEEDED[kind][key]}")
    step = DraftStep(name, kind, _sentences(source, fields[kind.value]))
    for key, value in fields.items():
        if key in _ALLOWED[kind]:
            _fill(source, step, key, value)
    return step


def _fill(source: Source, step: DraftStep, key: str, node: Node) -> None:
    match key:
        case "then" | "no_officer":
            step.targets[key] = [word] if (word := source.word(node, f"'{key}'")) else []
        case "no_input" | "no_match":
            step.targets[key] = source.words(node, f"'{key}'")
        case "replies":
            step.replies = _routes(source, node, "'replies'")
        case "hold":
            step.hold = _sentences(source, node)
        case "wait_ms":
            step.wait_ms = source.number(node, key) or step.wait_ms
        case "must_hear":
            step.must_hear = source.switch(node, key)
        case "reason":
            step.reason = word.text if (word := source.word(node, key)) else ""
        case "concludes":
            step.concludes = _conclusion(source, node)
        case _:
            pass  # the kind itself: its sentences are read already


def _conclusion(source: Source, node: Node) -> Conclusion | None:
    word = source.word(node, "'concludes'")
    if word is None:
        return None
    try:
        return Conclusion(word.text)
    except ValueError:
        hint = did_you_mean(word.text, [c.value for c in Conclusion])
        source.complain(word.place, "no-such-conclusion", f"there is no conclusion '{word.text}'{hint}")
        return None
