"""A new script to start from: a whole one under another name, with its rehearsals. Never overwrites; both files or none.

Rule: it is a copy, comments and all; only code, title and the head's remark change, so it is as good as what it was copied from.
"""

import os
import re
from pathlib import Path

from voice.errors import ScriptFault
from voice.script.draftstep import LINE_NAME
from voice.script.source import Finding, Place

_CODE = re.compile(r"^code:.*$", re.MULTILINE)
_TITLE = re.compile(r"^title:.*$", re.MULTILINE)
_SCRIPT = re.compile(r"^script:.*$", re.MULTILINE)
_HEAD = re.compile(r"\A(#.*\n)*")
_PLAIN = re.compile(r"[\w\u4e00-\u9fff·、（）()-]+")


def fresh(directory: Path, code: str, title: str, like: str) -> tuple[Path, Path]:
    """Write CODE.yaml and its rehearsals after the script `like`; their paths. Raises ScriptFault."""
    source, rehearsals = directory / f"{like}.yaml", directory / "rehearsals" / f"{like}.yaml"
    script, rehearsed = directory / f"{code}.yaml", directory / "rehearsals" / f"{code}.yaml"
    if not LINE_NAME.fullmatch(code):
        raise _fault(script, "wrong-name", "a code is small Latin letters, digits and underscores, e.g. fake_loan")
    if not _PLAIN.fullmatch(title):
        raise _fault(script, "wrong-title", "a title is Chinese or Latin letters, without blanks")
    head = f"# {title}: begun as a copy of {like}. Say here what is special about this fraud.\n"
    text = _replaced(_read(source), (_CODE, f"code: {code}"), (_TITLE, f"title: {title}"))
    talks = _replaced(_read(rehearsals), (_SCRIPT, f"script: {code}"))
    _write_new(rehearsed, _HEAD.sub(f"# What must come of a call with {title}.\n", talks, count=1))
    try:
        _write_new(script, _HEAD.sub(head, text, count=1))
    except ScriptFault:
        rehearsed.unlink()
        raise
    return script, rehearsed


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        there = ", ".join(sorted(each.stem for each in path.parent.glob("*.yaml")))
        message = f"the file to start from cannot be read; there are {there or 'none'}"
        raise _fault(path, "unreadable", message) from None


def _replaced(text: str, *lines: tuple[re.Pattern[str], str]) -> str:
    for pattern, line in lines:
        text = pattern.sub(line, text, count=1)
    return text


def _write_new(path: Path, text: str) -> None:
    """Whole or not at all, and never over another file: a link, unlike a rename, refuses a name that is taken."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.link(part, path)
    except FileExistsError:
        raise _fault(path, "exists", "there is such a file already; nothing was written") from None
    except OSError as refusal:
        raise _fault(path, "unwritable", f"the file cannot be written: {refusal.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def _fault(path: Path, code: str, message: str) -> ScriptFault:
    return ScriptFault([Finding(Place(path.as_posix(), 1, 1), code, message)])
