"""Reads the files of `scripts/shared/intents`: what stands in them and where, before anything is compiled.

    INTENT.yaml                what it means, phrases, examples, pairs, silences, signs: an admin's usual edit
    patterns/TOPIC.yaml        ordered rules of regular expressions, for experts
    words/classes.yaml         the word classes that patterns name
    words/short_answers.yaml   有, 没有, 好: replies whose meaning is the question's
    words/around.yaml          words that undo a phrase: 没 in front, 吗 behind
    words/slots.yaml           how people name what a call wants to know: by telephone, a refund ...

Rule 1: only shapes are judged here; whether names exist and wordings are understood is judged by who compiles and checks.
Rule 2: reading goes on after a mistake; all findings come at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from yaml.nodes import MappingNode, Node, SequenceNode

from voice.script.source import Finding, Place, Source, Word

NOTHING = "nothing"  # `means: nothing`: the words mean nothing, and no later rule may take them
PATTERNS, WORDS = "patterns", "words"
_FILES = "classes, short_answers, around, slots"
_PERCENT = 90
_MOST_PERCENT = 100
_LEAST_WORDINGS = 2  # in a pair


@dataclass(slots=True)
class DraftIntent:
    """One intent's file."""

    place: Place
    meaning: Word | None = None
    phrases: list[Word] = field(default_factory=list)
    examples: list[Word] = field(default_factory=list)
    pairs: list[list[tuple[Word, Word]]] = field(default_factory=list)  # (wording, what it means)
    silences: list[Word] = field(default_factory=list)
    signs: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class DraftRule:
    """One rule of a topic."""

    place: Place
    means: Word | None = None
    percent: int = _PERCENT
    keeps_words: bool = False
    patterns: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class DraftClass:
    """One word class."""

    name: Word
    words: list[Word] = field(default_factory=list)
    by_sound: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class DraftAnswers:
    """One row of short answers, or the replies after which a turn ends sooner."""

    place: Place
    name: Word | None = None
    openings: list[Word] = field(default_factory=list)
    phrases: list[Word] = field(default_factory=list)
    patterns: list[Word] = field(default_factory=list)
    endings: list[Word] = field(default_factory=list)
    means: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class DraftKnowledge:
    """Everything of one folder."""

    directory: str
    findings: list[Finding]
    intents: dict[str, DraftIntent] = field(default_factory=dict)
    topics: dict[str, list[DraftRule]] = field(default_factory=dict)
    classes: dict[str, DraftClass] = field(default_factory=dict)
    answers: list[DraftAnswers] = field(default_factory=list)
    complete: DraftAnswers | None = None
    around: dict[str, list[Word]] = field(default_factory=dict)
    slots: list[tuple[Word, Word, list[Word]]] = field(default_factory=list)  # slot, value, patterns


def read_folder(directory: Path) -> DraftKnowledge:
    """All files of the folder."""
    draft = DraftKnowledge(directory.as_posix(), [])
    for path in sorted(directory.glob("*.yaml")):
        source = Source(path)
        draft.intents[path.stem] = _intent(source)
        draft.findings += source.findings
    for path in sorted((directory / PATTERNS).glob("*.yaml")):
        source = Source(path)
        draft.topics[path.stem] = list(_topic(source))
        draft.findings += source.findings
    for path in sorted((directory / WORDS).glob("*.yaml")):
        source = Source(path)
        _read_words(source, path.stem, draft)
        draft.findings += source.findings
    return draft


def _intent(source: Source) -> DraftIntent:
    draft = DraftIntent(Place(source.file, 1, 1))
    if source.root is None:
        return draft
    fields = source.fields(source.root, "an intent", ("meaning", "phrases", "examples", "pairs", "silences", "signs"))
    for key, node in fields.items():
        match key:
            case "meaning":
                draft.meaning = source.word(node, "'meaning'")
            case "pairs":
                draft.pairs = list(_pairs(source, node))
            case _:
                setattr(draft, key, source.words(node, f"'{key}'"))
    if "meaning" not in fields:
        source.complain(draft.place, "missing-key", "the intent does not say its 'meaning'")
    return draft


def _pairs(source: Source, node: Node) -> Iterator[list[tuple[Word, Word]]]:
    for item in _items(source, node, "'pairs'"):
        pair = [
            (wording, means)
            for wording, value in source.entries(item, "a pair")
            if (means := source.word(value, "what a wording means")) is not None
        ]
        if isinstance(item, MappingNode) and len(item.value) < _LEAST_WORDINGS:
            source.complain(source.place(item), "wrong-shape", "a pair has two wordings, each with what it means")
        yield pair


def _topic(source: Source) -> Iterator[DraftRule]:
    if source.root is None:
        return
    fields = source.fields(source.root, "a topic", ("rules",))
    for item in _items(source, fields["rules"], "'rules'") if "rules" in fields else ():
        rule = DraftRule(source.place(item))
        keys = source.fields(item, "a rule", ("note", "means", "percent", "keeps_words", "patterns"))
        if "note" in keys:
            source.word(keys["note"], "'note'")
        if "means" in keys:
            rule.means = source.word(keys["means"], "'means'")
        if "percent" in keys:
            rule.percent = _percent(source, keys["percent"])
        if "keeps_words" in keys:
            rule.keeps_words = source.switch(keys["keeps_words"], "'keeps_words'")
        if "patterns" in keys:
            rule.patterns = source.words(keys["patterns"], "a pattern")
        for missing in sorted({"means", "patterns"} - keys.keys()):
            source.complain(rule.place, "missing-key", f"the rule does not say its '{missing}'")
        yield rule


def _percent(source: Source, node: Node) -> int:
    percent = source.number(node, "'percent'") or _PERCENT
    if percent > _MOST_PERCENT:
        source.complain(source.place(node), "wrong-shape", "'percent' is at most 100")
    return percent


def _read_words(source: Source, name: str, draft: DraftKnowledge) -> None:
    if source.root is None:
        return
    match name:
        case "classes":
            keys = source.fields(source.root, "the word classes", ("classes",))
            for word, node in source.entries(keys["classes"], "'classes'") if "classes" in keys else ():
                draft.classes[word.text] = _class(source, word, node)
        case "short_answers":
            keys = source.fields(source.root, "the short answers", ("rows", "complete"))
            if "rows" in keys:
                draft.answers = [_answers(source, item, "a row") for item in _items(source, keys["rows"], "'rows'")]
            if "complete" in keys:
                draft.complete = _answers(source, keys["complete"], "'complete'")
        case "around":
            keys = source.fields(source.root, "the words around phrases", ("before", "after"))
            draft.around = {key: source.words(node, f"'{key}'") for key, node in keys.items()}
        case "slots":
            for slot, values in source.entries(source.root, "the slots"):
                for value, node in source.entries(values, f"slot '{slot.text}'"):
                    draft.slots.append((slot, value, source.words(node, "a pattern")))
        case _:
            source.complain(Place(source.file, 1, 1), "unknown-file", f"nothing reads this file; there are: {_FILES}")


def _class(source: Source, name: Word, node: Node) -> DraftClass:
    draft = DraftClass(name)
    for key, value in source.fields(node, f"class '{name.text}'", ("note", "words", "by_sound")).items():
        if key == "note":
            source.word(value, "'note'")
        else:
            setattr(draft, key, source.words(value, f"'{key}'"))
    if not draft.words:
        source.complain(name.place, "missing-key", f"class '{name.text}' has no 'words'")
    return draft


def _answers(source: Source, node: Node, what: str) -> DraftAnswers:
    draft = DraftAnswers(source.place(node))
    known = ("name", "note", "openings", "phrases", "patterns", "endings", "means")
    for key, value in source.fields(node, what, known).items():
        match key:
            case "name":
                draft.name = source.word(value, "'name'")
            case "note":
                source.word(value, "'note'")
            case _:
                setattr(draft, key, source.words(value, f"'{key}'"))
    if not draft.phrases and not draft.patterns:
        source.complain(draft.place, "missing-key", f"{what} has neither 'phrases' nor 'patterns'")
    return draft


def _items(source: Source, node: Node, what: str) -> list[Node]:
    if isinstance(node, SequenceNode):
        return list(node.value)
    source.complain(source.place(node), "wrong-shape", f"{what} must be a list; each entry begins with a dash")
    return []
