"""docs/script-findings.md tells of every code that the check of scripts can give, and of no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.house

ROOT = Path(__file__).parents[2]
KEBAB = re.compile(r"[a-z]+(?:-[a-z]+)+")
COMPLAINS = re.compile(r"Finding|_?complain|_warning|_fault")


CHECKED = (*(ROOT / "voice" / "script").rglob("*.py"), ROOT / "voice" / "tts" / "recorded.py")


def codes_in_code() -> Iterator[str]:
    for path in CHECKED:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEBAB.fullmatch(node.value):
                yield node.value
            elif isinstance(node, ast.Call) and COMPLAINS.fullmatch(ast.unparse(node.func).split(".")[-1]):
                second = node.args[1] if len(node.args) > 1 else None
                if isinstance(second, ast.Constant) and isinstance(second.value, str):
                    yield second.value


def rows() -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / "script-findings.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([a-z-]+)` \| (.+?) \|(.*)\|$", text, re.MULTILINE)


def test_every_code_is_explained_and_every_explained_code_exists() -> None:
    explained = [code for code, _, _ in rows()]

    assert sorted(explained) == sorted(set(explained))
    # "unspeakable" is handed on in a tuple, so no call shows it.
    assert set(explained) == {*codes_in_code(), "unspeakable"}


def test_every_explanation_is_a_sentence() -> None:
    assert [code for code, meaning, _ in rows() if not meaning.rstrip("*").endswith((".", ".)"))] == []


def test_warnings_are_marked() -> None:
    marked = {code for code, meaning, _ in rows() if meaning.startswith("*Warning.*")}
    given: set[str] = set()
    for path in (ROOT / "voice" / "script").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and "Severity.WARNING" in ast.unparse(node) and len(node.args) > 4:
                code = node.args[1]
                given |= {code.value} if isinstance(code, ast.Constant) and isinstance(code.value, str) else set()

    assert given <= marked
