"""One step of a script file as it was written, with its sentences and routes.

Rule: what each kind of step may say and must say stands in the tables below, and nowhere else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from yaml.nodes import MappingNode, Node, SequenceNode

from voice.report import Conclusion
from voice.script.model import Identity, StepKind
from voice.script.source import Source, Word, nearest

Known = TypeVar("Known", Identity, Conclusion)
LINE_NAME = re.compile(r"[a-z][a-z0-9_]*")
RUN = "run"
SENTENCE = ("text", "else", "again", "recording")
PLEDGE = ("needs", "enough", "partly", "against")
ALLOWED: Mapping[str, frozenset[str]] = {
    StepKind.TELL: frozenset({"tell", "then", "concludes", "must_hear", "identity"}),
    StepKind.ASK: frozenset(
        {"ask", "replies", "keys", "pledge", "no_input", "no_match", "wait_ms", "concludes", "identity"}
    ),
    StepKind.OFFICER: frozenset({"officer", "reason", "hold", "no_officer", "concludes"}),
    StepKind.CLOSE: frozenset({"close", "concludes"}),
    RUN: frozenset({"run", "texts", "exits"}),
}
NEEDED: Mapping[str, Mapping[str, str]] = {
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
    RUN: {},
}
EVERY_KEY = frozenset[str]().union(*ALLOWED.values())
KEYS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A text with its alternatives, or the bare name of shared lines."""

    text: Word
    otherwise: str = ""
    again: tuple[Word, ...] = ()
    recording: Word | None = None

    @property
    def is_name(self) -> bool:
        return LINE_NAME.fullmatch(self.text.text) is not None


@dataclass(slots=True)
class DraftPledge:
    """The teach-back of a question."""

    needs: list[Word]
    targets: dict[str, Word]  # enough, partly, against


@dataclass(slots=True)
class DraftStep:
    """One step as written."""

    name: Word
    kind: StepKind
    say: list[DraftSentence]
    hold: list[DraftSentence] = field(default_factory=list)
    targets: dict[str, list[Word]] = field(default_factory=dict)  # then, no_input, no_match, no_officer
    replies: list[tuple[Word, Word]] = field(default_factory=list)
    keys: list[tuple[Word, Word]] = field(default_factory=list)
    pledge: DraftPledge | None = None
    concludes: Conclusion | None = None
    identity: Identity | None = None
    reason: str = ""
    must_hear: bool = False
    wait_ms: int = 4000


@dataclass(slots=True)
class DraftRun:
    """A step that runs a block."""

    name: Word
    block: Word
    exits: list[tuple[Word, Word]]
    texts: list[tuple[Word, Word]]


AnyStep = DraftStep | DraftRun


def read_steps(source: Source, node: Node) -> dict[str, AnyStep]:
    """name: step"""
    found = ((name, _step(source, name, value)) for name, value in source.entries(node, "'steps'"))
    return {name.text: step for name, step in found if step is not None}


def read_routes(source: Source, node: Node, what: str) -> list[tuple[Word, Word]]:
    """intent: target"""
    pairs = [(intent, source.word(value, "a target")) for intent, value in source.entries(node, what)]
    return [(intent, target) for intent, target in pairs if target is not None]


def read_sentences(source: Source, node: Node) -> list[DraftSentence]:
    """A text, a {text, else, again, recording}, or a list of these. One item is one sentence: it is spoken in one breath."""
    items = node.value if isinstance(node, SequenceNode) else [node]
    return [sentence for item in items if (sentence := _sentence(source, item)) is not None]


def _sentence(source: Source, node: Node) -> DraftSentence | None:
    if not isinstance(node, MappingNode):
        word = source.word(node, "a sentence")
        return None if word is None else DraftSentence(word)
    parts = source.fields(node, "a sentence", SENTENCE)
    if "text" not in parts:
        source.complain(source.place(node), "missing-key", "a sentence needs a 'text'", "write 'text: ...'")
        return None
    word = source.word(parts["text"], "a sentence")
    otherwise = source.word(parts["else"], "'else'") if "else" in parts else None
    again = source.words(parts["again"], "'again'") if "again" in parts else []
    recording = source.word(parts["recording"], "'recording'") if "recording" in parts else None
    if word is None:
        return None
    return DraftSentence(word, otherwise.text if otherwise else "", tuple(again), recording)


def _step(source: Source, name: Word, node: Node) -> AnyStep | None:
    what = f"step '{name.text}'"
    fields = source.fields(node, what, EVERY_KEY)
    kinds = [kind for kind in ALLOWED if str(kind) in fields]
    if len(kinds) != 1:
        problem = f"{what} must have exactly one of tell, ask, officer, close, run; it has {len(kinds)}"
        advice = "say what it does" if not kinds else f"make {len(kinds)} steps of it"
        source.complain(name.place, "step-kind", problem, advice)
        return None
    kind = str(kinds[0])
    for key in fields.keys() - ALLOWED[kind]:
        problem, known = f"{what} is a '{kind}' and has no '{key}'", ALLOWED[kind] - {kind}
        source.complain(source.place(fields[key]), "unknown-key", problem, f"it may have: {', '.join(sorted(known))}")
    for key in NEEDED[kind].keys() - fields.keys():
        ladder = key in ("no_input", "no_match")
        code, advice = (
            ("no-ladder", f"write for example '{key}: [repeat, unclear]'")
            if ladder
            else ("missing-key", f"add '{key}: ...'")
        )
        source.complain(name.place, code, f"{what} does not say '{key}': {NEEDED[kind][key]}", advice)
    if kind == RUN:
        return _run(source, name, fields)
    step = DraftStep(name, StepKind(kind), read_sentences(source, fields[kind]))
    for key, value in fields.items():
        if key in ALLOWED[kind]:
            _fill(source, step, key, value)
    return step


def _run(source: Source, name: Word, fields: Mapping[str, Node]) -> DraftRun | None:
    block = source.word(fields[RUN], "'run'")
    exits = read_routes(source, fields["exits"], "'exits'") if "exits" in fields else []
    texts = read_routes(source, fields["texts"], "'texts'") if "texts" in fields else []
    return None if block is None else DraftRun(name, block, exits, texts)


def _fill(source: Source, step: DraftStep, key: str, node: Node) -> None:
    match key:
        case "then" | "no_officer":
            step.targets[key] = [word] if (word := source.word(node, f"'{key}'")) else []
        case "no_input" | "no_match":
            step.targets[key] = source.words(node, f"'{key}'")
        case "replies":
            step.replies = read_routes(source, node, "'replies'")
        case "keys":
            step.keys = _keys(source, node)
        case "pledge":
            step.pledge = _pledge(source, node)
        case "hold":
            step.hold = read_sentences(source, node)
        case "wait_ms":
            step.wait_ms = source.number(node, key) or step.wait_ms
        case "must_hear":
            step.must_hear = source.switch(node, key)
        case "reason":
            step.reason = word.text if (word := source.word(node, key)) else ""
        case "identity":
            step.identity = _one_of(source, node, Identity, "identity")
        case "concludes":
            step.concludes = _one_of(source, node, Conclusion, "conclusion")
        case _:
            pass  # the kind itself: its sentences are read already


def _keys(source: Source, node: Node) -> list[tuple[Word, Word]]:
    pairs = read_routes(source, node, "'keys'")
    for digit, _ in pairs:
        if len(digit.text) != 1 or digit.text not in KEYS:
            problem, advice = f"a telephone has no key '{digit.text}'", 'write one digit in quotes, for example "2"'
            source.complain(digit.place, "no-such-key", problem, advice)
        elif digit.text == "1":
            source.complain(digit.place, "officers-key", "key 1 always fetches an officer", "take another key")
    return pairs


def _pledge(source: Source, node: Node) -> DraftPledge | None:
    fields = source.fields(node, "'pledge'", PLEDGE)
    for key in PLEDGE:
        if key not in fields:
            source.complain(source.place(node), "missing-key", f"a pledge does not say '{key}'", f"add '{key}: ...'")
            return None
    words = {key: source.word(fields[key], f"'{key}'") for key in PLEDGE[1:]}
    targets = {key: word for key, word in words.items() if word is not None}
    return DraftPledge(source.words(fields["needs"], "'needs'"), targets) if len(targets) == len(words) else None


def _one_of(source: Source, node: Node, kind: type[Known], what: str) -> Known | None:
    word = source.word(node, "a name")
    if word is None:
        return None
    try:
        return kind(word.text)
    except ValueError:
        known = [each.value for each in kind]
        advice = nearest(word.text, known) or f"there are: {', '.join(known)}"
        code = "no-such-identity" if kind is Identity else "no-such-conclusion"
        source.complain(word.place, code, f"there is no {what} '{word.text}'", advice)
        return None
