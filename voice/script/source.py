"""Reads YAML so that every complaint can name file, line and column.

Rule 1: nothing is guessed. A plain yes/no/on/off is a boolean in YAML 1.1 and never what an admin meant: it is refused.
Rule 2: reading goes on after a mistake; all findings come at once.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

_TEXT = "tag:yaml.org,2002:str"
_BOOLEAN = "tag:yaml.org,2002:bool"
_LINES = "begin each line with a name and a colon, as far to the right as its neighbours"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is written, counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"  # such a script is not published
    WARNING = "warning"  # worth a look


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint. The code is stable; admins and tests refer to it, docs/script-findings.md explains it."""

    place: Place
    code: str
    message: str  # what is wrong
    suggestion: str = ""  # what to do about it
    severity: Severity = Severity.ERROR

    @property
    def blocks(self) -> bool:
        """Does it keep the script from being published?"""
        return self.severity is Severity.ERROR

    def as_dict(self) -> Mapping[str, str | int]:
        """For `--json`."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "suggestion": self.suggestion,
        }

    def __str__(self) -> str:
        weight = "" if self.blocks else f"{self.severity}: "
        advice = f"; {self.suggestion}" if self.suggestion else ""
        return f"{self.place}: {weight}{self.code}: {self.message}{advice}"


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text and where it stands."""

    text: str
    place: Place


def nearest(word: str, known: Iterable[str]) -> str:
    """A kind word for a typo, or nothing."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The same, to be added to a sentence."""
    kind = nearest(word, known)
    return f"; {kind}" if kind else ""


def _lines_advice(node: Node) -> str:
    return _COLON if isinstance(node, ScalarNode) and _KEY_LIKE.search(node.value) else _LINES


def _yaml_advice(problem: str | None, near: str) -> str:
    if near:
        return _COLON
    if not problem or "'{'" not in problem:
        return "look at this line and the one before: a colon, a quote, a bracket, or blanks at the beginning"
    return "a sentence with {...} between brackets needs quotes, or a line of its own with a dash"


def _place_of(file: str, before: str) -> Place:
    """Behind this text."""
    return Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


_ENCODING = "save it with the encoding UTF-8; in Notepad: File, Save as, at the bottom"
_COLON = "behind a key stands the colon of English, with a blank: `affirm: warn`, not `affirm：warn`"
_KEY_LIKE = re.compile("^\\s*[\\w.]+：", re.MULTILINE)


def _composed(text: str) -> Node | None:
    """libyaml is ten times as quick; of what it cannot read the other one tells better why."""
    try:
        return _compose_quickly(text)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def _compose_quickly(text: str) -> Node | None:
    return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Source:
    """One YAML file being read. What is in it may be given by whoever has read it already."""

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        self.file = path.as_posix()
        self.findings: list[Finding] = []
        self.root = self._compose(path, content)

    def _compose(self, path: Path, content: bytes | None) -> MappingNode | None:
        top = Place(self.file, 1, 1)
        text = ""
        if content is None and path.exists() and not path.is_file():
            self.complain(top, "unreadable", "this is no file", "keep nothing but files here; a pipe would never end")
            return None
        try:
            content = path.read_bytes() if content is None else content
            text = content.decode()
            node = _composed(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = Place(self.file, mark.line + 1, mark.column + 1) if mark else top
            near = "\n".join(_KEY_LIKE.findall("\n".join(text.splitlines()[max(0, place.line - 2) : place.line])))
            self.complain(place, "not-yaml", f"this is not YAML: {error.problem}", _yaml_advice(error.problem, near))
            return None
        except UnicodeDecodeError as error:
            place = _place_of(self.file, (content or b"")[: error.start].decode())
            self.complain(place, "not-yaml", "this is not UTF-8", _ENCODING)
            return None
        except ReaderError as error:
            place = _place_of(self.file, text[: error.position])
            sign = f"YAML allows no character U+{ord(text[error.position]):04X}"
            self.complain(place, "not-yaml", sign, "delete what stands here, seen or unseen")
            return None
        except (yaml.YAMLError, RecursionError):
            self.complain(top, "not-yaml", "this is not YAML", "begin anew from a copy: quanzu scripts new")
            return None
        except OSError as error:
            advice = "see that it is there and that you may read it"
            self.complain(top, "unreadable", f"the file cannot be read: {error.strerror}", advice)
            return None
        if not isinstance(node, MappingNode):
            self.complain(top, "wrong-shape", "a script is a list of 'key: value' lines", _LINES)
            return None
        return node

    def complain(self, place: Place, code: str, message: str, suggestion: str = "") -> None:
        self.findings.append(Finding(place, code, message, suggestion))

    def place(self, node: Node) -> Place:
        mark = node.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def word(self, node: Node, what: str) -> Word | None:
        """A text. Booleans in disguise, numbers and empty values are refused."""
        place = self.place(node)
        if not isinstance(node, ScalarNode):
            self.complain(place, "wrong-shape", f"{what} must be a text", "write one text; in quotes if it holds signs")
        elif node.tag == _BOOLEAN:
            problem, advice = f"YAML reads {node.value} as true or false", f'write it in quotes: "{node.value}"'
            self.complain(place, "yaml-boolean", problem, advice)
        elif node.tag != _TEXT or not node.value.strip():
            advice = (
                f'write it in quotes: "{node.value}"' if node.value.strip() else "write something, or take the key out"
            )
            self.complain(place, "wrong-shape", f"{what} must be a text, not '{node.value}'", advice)
        else:
            return Word(node.value.strip(), place)
        return None

    def words(self, node: Node, what: str) -> list[Word]:
        """A text, or a list of texts."""
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        return [word for item in nodes if (word := self.word(item, what)) is not None]

    def number(self, node: Node, what: str) -> int | None:
        if isinstance(node, ScalarNode) and node.value.isascii() and node.value.isdigit() and int(node.value) > 0:
            return int(node.value)
        self.complain(self.place(node), "wrong-shape", f"{what} must be a whole number above 0", "for example 4000")
        return None

    def switch(self, node: Node, what: str) -> bool:
        if isinstance(node, ScalarNode) and node.tag == _BOOLEAN:
            return node.value.lower() in ("true", "yes", "on")
        self.complain(self.place(node), "wrong-shape", f"{what} must be true or false", "write true, or take it out")
        return False

    def entries(self, node: Node, what: str) -> list[tuple[Word, Node]]:
        """The 'key: value' lines of a mapping; a key written twice is refused."""
        if not isinstance(node, MappingNode):
            self.complain(self.place(node), "wrong-shape", f"{what} must be 'key: value' lines", _lines_advice(node))
            return []
        found: dict[str, tuple[Word, Node]] = {}
        for key_node, value in node.value:
            key = self.word(key_node, "a key")
            if key is None:
                continue
            if key.text in found:
                advice = f"keep one of them; the other is in line {found[key.text][0].place.line}"
                self.complain(key.place, "duplicate-key", f"'{key.text}' stands here a second time", advice)
                continue
            found[key.text] = (key, value)
        return list(found.values())

    def fields(self, node: Node, what: str, known: Iterable[str]) -> dict[str, Node]:
        """The lines of a mapping whose keys are ours; others are refused with the nearest of ours."""
        names = frozenset(known)
        kept: dict[str, Node] = {}
        for key, value in self.entries(node, what):
            if key.text in names:
                kept[key.text] = value
            else:
                advice = nearest(key.text, names) or f"it may have: {', '.join(sorted(names))}"
                self.complain(key.place, "unknown-key", f"{what} has no '{key.text}'", advice)
        return kept
