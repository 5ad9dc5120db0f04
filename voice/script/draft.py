"""One script file as it was written: shapes are checked, names are not looked up yet.

Rule 1: a step is what its first word says: `tell`, `ask`, `officer`, `close` or `run`; that word carries the sentences, or
        the name of the block that is run.
Rule 2: a sentence written as a bare name (lowercase, underscores) stands for the sentences of that name under `lines`.
Rule 3: the tables of keys below are all that can be written; the JSON Schema for editors is made from them.
"""

from dataclasses import dataclass, field

from yaml.nodes import Node

from voice.script.draftstep import AnyStep, DraftSentence, read_routes, read_sentences, read_steps
from voice.script.model import SMS_OCCASIONS
from voice.script.source import Place, Source, Word

TOP_WORDS = ("code", "title", "opening", "resuming", "goodbye", "machine")
TOP_NUMBERS = ("greeting_ms", "rate_wpm")
TOP_ROUTES = ("urgent", "globals", "clarify")
TOP = (*TOP_WORDS, *TOP_NUMBERS, *TOP_ROUTES, "lines", "steps", "blocks", "groups", "sms")
BLOCK = ("exits", "texts", "steps")
GROUP_NUMBERS = ("rate_percent", "wait_percent", "longest_clause")
GROUP = ("title", *GROUP_NUMBERS, "twice", "after_opening", "globals", "steps")


@dataclass(slots=True)
class DraftBlock:
    """Steps that scripts run like one step of their own; the first one begins. They leave by the exits."""

    name: Word
    exits: list[Word] = field(default_factory=list)
    texts: dict[str, Word] = field(default_factory=dict)  # <name> in its sentences -> what stands there by default
    steps: dict[str, AnyStep] = field(default_factory=dict)


@dataclass(slots=True)
class DraftGroup:
    """What a group of people hears otherwise."""

    code: Word
    title: Word | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    twice: list[Word] = field(default_factory=list)  # names of lines
    after_opening: Word | None = None
    globals: list[tuple[Word, Word]] = field(default_factory=list)
    steps: dict[str, AnyStep] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """One file as written."""

    top: Place
    words: dict[str, Word] = field(default_factory=dict)  # TOP_WORDS
    numbers: dict[str, int] = field(default_factory=dict)  # TOP_NUMBERS
    lines: dict[str, tuple[Place, list[DraftSentence]]] = field(default_factory=dict)
    steps: dict[str, AnyStep] = field(default_factory=dict)
    routes: dict[str, list[tuple[Word, Word]]] = field(default_factory=dict)  # TOP_ROUTES
    blocks: dict[str, DraftBlock] = field(default_factory=dict)
    groups: dict[str, DraftGroup] = field(default_factory=dict)
    sms: dict[str, Word] = field(default_factory=dict)


def read_draft(source: Source) -> Draft:
    """Everything in the file that has the right shape; the rest is among the source's findings."""
    draft = Draft(Place(source.file, 1, 1))
    if source.root is None:
        return draft
    for key, node in source.fields(source.root, "a script", TOP).items():
        match key:
            case "lines":
                for name, value in source.entries(node, "'lines'"):
                    draft.lines[name.text] = (name.place, read_sentences(source, value))
            case "steps":
                draft.steps = read_steps(source, node)
            case "blocks":
                draft.blocks = {name.text: _block(source, name, value) for name, value in source.entries(node, key)}
            case "groups":
                draft.groups = {code.text: _group(source, code, value) for code, value in source.entries(node, key)}
            case "sms":
                draft.sms = _texts(source, node, "'sms'", SMS_OCCASIONS)
            case _ if key in TOP_NUMBERS:
                if (number := source.number(node, key)) is not None:
                    draft.numbers[key] = number
            case _ if key in TOP_ROUTES:
                draft.routes[key] = read_routes(source, node, f"'{key}'")
            case _:
                if (word := source.word(node, f"'{key}'")) is not None:
                    draft.words[key] = word
    return draft


def _texts(source: Source, node: Node, what: str, known: tuple[str, ...]) -> dict[str, Word]:
    fields = source.fields(node, what, known)
    return {key: word for key, value in fields.items() if (word := source.word(value, f"{what} '{key}'")) is not None}


def _block(source: Source, name: Word, node: Node) -> DraftBlock:
    what = f"block '{name.text}'"
    fields = source.fields(node, what, BLOCK)
    block = DraftBlock(name)
    if "exits" in fields:
        block.exits = source.words(fields["exits"], "'exits'")
    if "texts" in fields:
        pairs = source.entries(fields["texts"], "'texts'")
        block.texts = {key.text: word for key, value in pairs if (word := source.word(value, "a text")) is not None}
    block.steps = read_steps(source, fields["steps"]) if "steps" in fields else {}
    if not block.steps:
        source.complain(name.place, "missing-key", f"{what} has no 'steps'", "write them, or delete it")
    return block


def _group(source: Source, code: Word, node: Node) -> DraftGroup:
    group = DraftGroup(code)
    for key, value in source.fields(node, f"group '{code.text}'", GROUP).items():
        match key:
            case "title":
                group.title = source.word(value, "'title'")
            case "twice":
                group.twice = source.words(value, "'twice'")
            case "after_opening":
                group.after_opening = source.word(value, "'after_opening'")
            case "globals":
                group.globals = read_routes(source, value, "'globals'")
            case "steps":
                group.steps = read_steps(source, value)
            case _:
                if (number := source.number(value, key)) is not None:
                    group.numbers[key] = number
    return group
