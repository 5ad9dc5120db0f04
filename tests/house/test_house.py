"""The house's own rules: its words, its file lengths, its documents, and that nothing in it points into one machine."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.house

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
LONGEST_TEST_FILE = 600
# What other dialers say, and what we say instead (docs/glossary.md).
NOT_OUR_WORDS = {
    "lead": "alert",
    "ticket": "alert or case",
    "job": "case or attempt",
    "customer": "contact",
    "target": "contact",
    "agent": "officer",
    "provider": "trunk",
    "channel": "leg",
    "session": "case, call or leg",
    "notification": "escalation",
    "disposition": "outcome",
    "helper": "the name of what it does",
    "helpers": "the name of what it does",
    "util": "the name of what it does",
    "utils": "the name of what it does",
    "manager": "the name of what it does",
}
# Words of a library at the adapter that knows it.
ALLOWED = {
    ("dialer/storage", "session"),  # SQLAlchemy's
    ("dialer/bus/link.py", "session"),  # MQTT's
    ("dialer/storage/server.py", "channel"),  # PostgreSQL's, of NOTIFY
    ("dialer/settings/sections.py", "session"),  # of MQTT: session_expiry_seconds
    ("dialer/app/parts.py", "session"),  # the same, handed on
    ("voice/asr", "target"),  # where a fetched model is put
    ("voice/dialogue", "target"),  # the step that a reply leads to
    ("voice/script", "target"),
    ("voice/sip", "target"),  # whose option is set
    ("voice/sip", "agent"),  # User-Agent, RFC 3261 20.41
    ("voice/sip", "channel"),  # of a WAV file
    ("voice/tts", "lead"),  # silence before the first word
    ("voice/phones", "helper"),  # an officer's manner on the telephone
}


@cache
def tracked() -> tuple[str, ...]:
    """Files of the repository; in an unpacked archive, which has no git, everything that is not made by make."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return tuple(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())
    made = re.compile(r"(^|/)(\.venv|var|build|__pycache__|[^/]*\.egg-info|\.[a-z_]+_cache|\.hypothesis|\.git)/")
    names = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
    return tuple(sorted(name for name in names if not made.search(name)))


def modules(*roots: str) -> list[str]:
    return [name for name in tracked() if name.endswith(".py") and name.startswith(roots)]


def text_files() -> Iterator[tuple[str, str]]:
    for name in tracked():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def words(name: str) -> set[str]:
    apart = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    return {word.lower() for word in apart.split("_")}


def names_given(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What we name ourselves: classes, functions, parameters, variables, fields; not what we call of others."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name


def test_names_are_the_words_of_the_house() -> None:
    wrong = [
        f"{module}:{line}: {name}: say {NOT_OUR_WORDS[word]}, not {word}"
        for module in modules("dialer/", "voice/")
        for line, name in names_given(ast.parse((ROOT / module).read_text(encoding="utf-8")))
        for word in words(name) & NOT_OUR_WORDS.keys()
        if not any(module.startswith(where) and word == allowed for where, allowed in ALLOWED)
    ]
    assert not wrong, "\n".join(wrong)


def test_file_names_are_the_words_of_the_house() -> None:
    wrong = [name for name in modules("dialer/", "voice/") if words(Path(name).stem) & NOT_OUR_WORDS.keys()]
    assert not wrong


def test_every_module_says_in_its_first_lines_what_it_is_for() -> None:
    silent = [
        name
        for name in modules("dialer/", "voice/", "tests/")
        if (text := (ROOT / name).read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert not silent


def test_no_file_is_too_long_to_be_read_at_one_sitting() -> None:
    for name in modules("dialer/", "voice/", "tests/"):
        length = len((ROOT / name).read_text(encoding="utf-8").splitlines())
        assert length <= (LONGEST_TEST_FILE if name.startswith("tests/") else LONGEST_FILE), (
            f"{name} has {length} lines"
        )


def test_no_file_points_into_one_machine_or_at_one_registry() -> None:
    own = Path(__file__).relative_to(ROOT).as_posix()
    paths = re.compile(r"(?<![\w.])/(?:home/[a-z]|Users/|root/|work/|mnt/[a-z]|tmp/[a-z])|[A-Z]:\\\\Users")
    registries = re.compile(
        r"--(?:extra-)?index-url[ =]|find-links|https?://[^\s\"')]*(?:pypi|/simple/|mirrors?\.|tsinghua|aliyun)"
    )
    wrong = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in text_files()
        if name != own
        for number, line in enumerate(text.splitlines(), 1)
        if paths.search(line) or (registries.search(line) and not name.endswith((".js", ".html")))
    ]
    assert not wrong, "\n".join(wrong)


def test_requirements_are_pinned_and_hashed() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert blocks
        assert all("==" in block.splitlines()[0] and "--hash=sha256:" in block for block in blocks), name


def test_a_broken_import_is_seen() -> None:
    """`make check` runs the import contracts; here it is made sure that there are some and that they watch both packages."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert text.count("[[tool.importlinter.contracts]]") >= 12
    assert 'root_packages = ["dialer", "voice"]' in text


def test_links_of_documents_lead_somewhere() -> None:
    for name in (name for name in tracked() if name.endswith(".md")):
        text = (ROOT / name).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#\s]+)", text):
            if not re.match(r"[a-z]+:", link):
                assert ((ROOT / name).parent / link).exists(), f"{name}: {link} leads nowhere"


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_what_the_readme_calls_is_there() -> None:
    """Every `make something` of the documents is a target."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for name in tracked():
        if name == "README.md" or (name.startswith("docs/") and name.endswith(".md")):
            called = re.findall(r"`(?:[A-Z]+=\S+ )?make ([a-z]+)", (ROOT / name).read_text(encoding="utf-8"))
            assert set(called) <= targets, name


def test_ci_runs_what_the_readme_says() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    text = script.read_text(encoding="utf-8")
    assert "REQUIRE_PEERS=1" in text
    assert "make check" in text
    assert "make test" in text


def test_every_part_we_ship_with_is_named_in_the_third_party_list() -> None:
    listed = (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8").lower()
    wanted = re.findall(r"^([a-z0-9_-]+)", (ROOT / "requirements.in").read_text(encoding="utf-8"), re.MULTILINE)
    missing = [name for name in wanted if name.lower() not in listed]
    assert not missing


def test_make_help_names_every_command_in_a_c_locale() -> None:
    said = subprocess.run(
        ["make", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )
    for command in ("demo", "run", "test", "peers", "check", "requirements", "clean"):
        assert f"\n  {command} " in said.stdout
    assert sys.version_info >= (3, 11)
