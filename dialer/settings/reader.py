"""Reads one TOML file and the environment into frozen dataclasses, and finds every mistake at once.

Rule 1: the dataclass is the description: its fields are the settings, its defaults the defaults, its types the checks.
Rule 2: a finding names file and line (or the variable), the setting, and what to write instead; never the value, which may be a
        password.
Rule 3: nothing is guessed. An unknown key, a wrong type or a missing value is a finding, and no settings come out.

QUANZU_SIP__RING_SECONDS=30 is `ring_seconds` of `[sip]`; QUANZU_TRUNKS__1__PASSWORD belongs to the first of `[[trunks]]`;
a list is given with commas between. A variable without a double underscore is not a setting.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import time
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from dialer.errors import SettingsFault

PREFIX = "QUANZU_"
S = TypeVar("S")
KeyPath = tuple[str, ...]


class _Typed(str):
    """A value from the environment: text that may stand for a number, a truth or a list."""

    __slots__ = ()


class Reader:
    """One reading. `read` gives the settings, or raises SettingsFault with all findings."""

    def __init__(self, path: Path | None, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = {k: v for k, v in environ.items() if k.startswith(PREFIX) and "__" in k}
        self._sources: dict[KeyPath, str] = {}
        self._findings: list[str] = []

    def read(self, kind: type[S]) -> S:
        tree = self._file()
        for name in sorted(self._environ):
            self._lay_over(tree, name)
        settings = self._section(kind, None, tree, ())
        if self._findings or settings is None:
            raise SettingsFault(self._findings)
        return settings

    def where(self, *path: str) -> str:
        """File and line, or the variable, that gave this setting; the nearest that is known of what is around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._sources:
                return self._sources[path[:length]]
        return str(self._path or "settings")

    def _file(self) -> dict[str, Any]:
        if self._path is None:
            return {}
        try:
            text = self._path.read_text(encoding="utf-8-sig")  # as Notepad saves it
            tree = tomllib.loads(text)
        except OSError as fault:
            raise SettingsFault(
                [f"{self._path}: cannot be read ({fault.strerror}); give the right path with --config"]
            ) from fault
        except UnicodeDecodeError as fault:
            raise SettingsFault([f"{self._path}: is not UTF-8 text; save it as UTF-8"]) from fault
        except tomllib.TOMLDecodeError as fault:
            raise SettingsFault([_syntax(self._path, str(fault))]) from fault
        self._sources = {path: f"{self._path}:{line}" for path, line in line_numbers(text).items()}
        return tree

    def _lay_over(self, tree: dict[str, Any], name: str) -> None:
        """Put one variable into the tree, over what the file says."""
        path = tuple(name.removeprefix(PREFIX).lower().split("__"))
        spot: Any = tree
        for depth, key in enumerate(path):
            last = depth == len(path) - 1
            self._sources.setdefault(path[: depth + 1], name)
            if isinstance(spot, list):
                if not key.isdigit() or not 1 <= int(key) <= len(spot) + 1 or last:
                    self._finding(
                        path, f"give the entry's number, 1 to {len(spot) + 1}, and then its setting", source=name
                    )
                    return
                if int(key) == len(spot) + 1:
                    spot.append({})
                spot = spot[int(key) - 1]
            elif not isinstance(spot, dict):
                self._finding(path, "is not a section", source=name)
                return
            elif last:
                spot[key] = _Typed(self._environ[name])
                self._sources[path] = name
            else:
                spot = spot.setdefault(key, [] if path[depth + 1].isdigit() else {})

    def _section(self, kind: type[S], base: S | None, table: object, path: KeyPath) -> S | None:
        """Build one dataclass from a table; `base` holds the defaults of this very section."""
        if not isinstance(table, dict):
            self._finding(path, "is a section; write it as a table in brackets")
            return None
        known: dict[str, Field[Any]] = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
        hints = get_type_hints(kind, include_extras=True)
        for key in table:
            if key not in known:
                self._unknown((*path, key), known)
        values: dict[str, Any] = {}
        for name, field in known.items():
            default = getattr(base, name) if base is not None else _default(field)
            if name in table:
                values[name] = self._value(hints[name], default, table[name], (*path, name))
            elif default is MISSING:
                self._finding((*path, name), "is missing; every entry needs it")
            else:
                values[name] = default
        return kind(**values) if not self._findings else None

    def _value(self, hint: Any, default: Any, given: object, path: KeyPath) -> Any:
        args = get_args(hint)
        if _is_section(hint):
            return self._section(hint, None if default is MISSING else default, given, path)
        if get_origin(hint) is tuple and _is_section(args[0]):
            if not isinstance(given, list):
                self._finding(path, f"is a list of entries; begin each with [[{path[-1]}]]")
                return ()
            return tuple(self._section(args[0], None, table, (*path, str(n))) for n, table in enumerate(given, 1))
        if get_origin(hint) in (dict, Mapping) and _is_section(args[1]):
            return self._named_sections(args[0], args[1], default, given, path)
        return self._leaf(hint, default, given, path)

    def _named_sections(self, names: type[Enum], kind: Any, default: Any, given: object, path: KeyPath) -> Any:
        """Tables whose names are an Enum's values, e.g. one per grade; each has defaults of its own."""
        if not isinstance(given, dict):
            self._finding(path, "is a section; write it as a table in brackets")
            return default
        known = {str(name.value): name for name in names}
        result = dict(default)
        for key, table in given.items():
            if key in known:
                result[known[key]] = self._section(kind, default[known[key]], table, (*path, key))
            else:
                self._unknown((*path, key), known)
        return result

    def _leaf(self, hint: Any, default: Any, given: object, path: KeyPath) -> Any:
        loose = isinstance(given, _Typed)
        value: object = given
        if isinstance(given, str):
            value = str(given)
            if loose and get_origin(hint) is tuple:
                value = [part.strip() for part in given.split(",") if part.strip()]
            elif hint is time and re.fullmatch(r"\d\d:\d\d", given):
                value = f"{given}:00"
        try:
            return msgspec.convert(value, hint, strict=not loose)
        except msgspec.ValidationError:
            example = "" if default is MISSING else f", e.g. {path[-1]} = {as_toml(default)}"
            self._finding(path, f"expected {_expected(hint)}, found {_found(given, hint)}{example}")
            return default

    def _unknown(self, path: KeyPath, known: Mapping[str, object]) -> None:
        close = get_close_matches(path[-1], known, n=1, cutoff=0.5) or [k for k in known if k.startswith(path[-1])]
        hint = f"; did you mean '{close[0]}'?" if close else f"; known here are: {', '.join(known)}"
        self._finding(path, f"no such setting{hint}")

    def _finding(self, path: KeyPath, what: str, source: str = "") -> None:
        self._findings.append(f"{source or self.where(*path)}: {'.'.join(path)}: {what}")


def line_numbers(text: str) -> dict[KeyPath, int]:
    """Where each section and key of a TOML text begins. tomllib does not tell, but it can read a text statement by statement."""
    found: dict[KeyPath, int] = {}
    entries: dict[KeyPath, int] = {}
    section: KeyPath = ()
    statement, begun = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        statement, begun = (statement + "\n" + line, begun) if statement else (line, number)
        try:
            parsed = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # a value that goes on in the next line
        if statement.lstrip().startswith("["):
            section = _only_path(parsed)
            if statement.lstrip().startswith("[["):
                entries[section] = entries.get(section, 0) + 1
                section = (*section, str(entries[section]))
            found.setdefault(section, begun)
        else:
            for path in _paths(parsed):
                found.setdefault((*section, *path), begun)
        statement = ""
    return found


def as_toml(value: object) -> str:
    """A value as one would write it in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(as_toml(part) for part in value)}]"
    return json.dumps(str(value), ensure_ascii=False)


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _is_section(hint: Any) -> bool:
    return is_dataclass(hint)


def _only_path(tree: object) -> KeyPath:
    path: KeyPath = ()
    while tree:
        if isinstance(tree, list):
            tree = tree[0]
        elif isinstance(tree, dict):
            key = next(iter(tree))
            path, tree = (*path, key), tree[key]
    return path


def _paths(tree: Mapping[str, Any]) -> list[KeyPath]:
    below = [(key, *path) for key, value in tree.items() if isinstance(value, dict) for path in _paths(value)]
    return [(key,) for key in tree] + below


def _syntax(path: Path, fault: str) -> str:
    """tomllib says "Invalid value (at line 3, column 5)"; editors and people want path:line first."""
    at = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$", fault)
    line = f":{at[1]}" if at and at[1] else ""
    return f"{path}{line}: not valid TOML: {fault[: at.start()] if at else fault}"


_NAMES: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    time: "a time of day",
}


def _expected(hint: Any) -> str:
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        words = (("at least", "ge"), ("above", "gt"), ("at most", "le"), ("below", "lt"))
        bounds = [f"{word} {getattr(n, of)}" for n in notes for word, of in words if getattr(n, of) is not None]
        return f"{_expected(inner)} {' and '.join(bounds)}"
    if get_origin(hint) is tuple:
        return f"a list, each of it {_expected(get_args(hint)[0])}"
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "one of " + ", ".join(str(each.value) for each in hint)
    return _NAMES.get(hint, "something else")


def _found(given: object, hint: Any) -> str:
    """What is there, by its kind: the value itself may be a password."""
    wanted = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if isinstance(given, _Typed) or (isinstance(given, str) and get_origin(wanted) is Literal):
        return "other text"
    if isinstance(given, list):
        return "one of other things" if get_origin(wanted) is tuple else "a list"
    for kind, name in _NAMES.items():
        if isinstance(kind, type) and isinstance(given, kind):
            return "one outside of that" if kind is wanted else name.removesuffix(" in quotes")
    return "a table" if isinstance(given, dict) else "something else"
