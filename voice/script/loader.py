"""From YAML files to a compiled Script, or to all that is wrong with them.

Rule 1: a Script that leaves here is whole; whatever is not whole is a ScriptFault with every finding at once.
Rule 2: `shared/*.yaml` belong to every script: their lines, steps and blocks may be used, never redefined; the script's own
        routes (urgent, globals, clarify), groups, resuming, goodbye and machine come before theirs. What a script does not use is left out.
Rule 3: what is wrong with a shared file is told once, not once for every script that it belongs to.
Rule 4: the hash is over what is said and where it leads, shared parts included; moving a line does not change it.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from voice.errors import ScriptFault
from voice.script import lint
from voice.script.compiling import Workshop
from voice.script.draft import Draft, DraftGroup, read_draft
from voice.script.draftstep import AnyStep
from voice.script.lint.unused import blocks_run, lines_in, unused, unused_steps
from voice.script.model import Script
from voice.script.source import Finding, Place, Source
from voice.script.speak import for_group


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file: its script when every reference is whole, and everything that is wrong with it."""

    script: Script | None
    findings: tuple[Finding, ...]
    places: lint.Places
    own: Mapping[str, Place]  # what the file itself writes: its steps, and its groups' as `elder:asked`
    blocks: frozenset[str]  # that it runs


def read(path: Path, shared: Path, seconds: lint.Seconds | None = None) -> Loaded:
    """Compile one script with the shared blocks. The findings come by file and line, each once.

    `seconds` measures how long the voice takes for a text at a rate; without it that is estimated.
    """
    source = Source(path)
    mine = read_draft(source)
    under = [_shared_draft(each) for each in sorted(shared.glob("*.yaml"))]
    findings = [*source.findings, *(finding for each in under for finding in each.findings)]
    own, written = _own_steps(mine), replace(mine, lines=dict(mine.lines), blocks=dict(mine.blocks))
    for each in under:
        findings += _laid_under(mine, each.draft)
    workshop = Workshop(mine, findings, path.parent)
    # What cannot be read has no missing keys and no lost targets worth telling.
    whole = workshop.compile() if source.root and all(each.readable for each in under) else None
    script, blocks = None, blocks_run(mine)
    if whole is None:
        findings += lint.in_sentences(workshop.sentences_alone(), workshop.places, seconds)
    else:
        # References that lead nowhere were reported; the graph is only walked when it is whole.
        script = _hashed(_without_unused(whole, own))
        findings += lint.check(script, workshop.places, seconds)
        findings += unused(written, lines_in(whole.sentences), blocks)
    sorted_findings = tuple(dict.fromkeys(sorted(findings, key=lambda f: f.place)))
    return Loaded(script, sorted_findings, workshop.places, own, blocks)


def load(path: Path, shared: Path) -> Script:
    """Compile one script with the shared blocks; raises ScriptFault with all findings, unless all are mere warnings."""
    loaded = read(path, shared)
    if loaded.script is None or any(finding.blocks for finding in loaded.findings):
        raise ScriptFault([str(finding) for finding in loaded.findings])
    return loaded.script


def load_all(directory: Path) -> tuple[dict[str, Script], list[str]]:
    """Every script of a directory by its code, and the findings of all."""
    scripts, findings = read_all(directory)
    return scripts, [str(finding) for finding in findings]


def read_all(directory: Path, seconds: lint.Seconds | None = None) -> tuple[dict[str, Script], list[Finding]]:
    """The same, with findings as values. A script with nothing but warnings is a good one."""
    shared = directory / "shared"
    every = {path: read(path, shared, seconds) for path in sorted(directory.glob("*.yaml"))}
    findings = _told_once(every.values(), shared)
    scripts: dict[str, Script] = {}
    for path, loaded in every.items():
        if loaded.script is None or any(finding.blocks for finding in loaded.findings):
            continue
        if loaded.script.code in scripts:
            place = Place(path.as_posix(), 1, 1)
            problem = f"another file has the code '{loaded.script.code}' already"
            findings.append(Finding(place, "duplicate-code", problem, "name it after its file"))
            continue
        scripts[loaded.script.code] = loaded.script
    return scripts, [*findings, *_unused_shared(list(every.values()), shared)]


def _told_once(every: Iterable[Loaded], shared: Path) -> list[Finding]:
    """A finding in a shared file may be worded after each script that it is in; the first one is enough."""
    found: dict[Finding, None] = {}
    told: set[tuple[Place, str]] = set()
    for loaded in every:
        news = [f for f in loaded.findings if (f.place, f.code) not in told]
        told |= {(f.place, f.code) for f in news if Path(f.place.file).parent == shared}
        found |= dict.fromkeys(news)
    return list(found)


def _unused_shared(every: list[Loaded], shared: Path) -> list[Finding]:
    scripts = [loaded.script for loaded in every if loaded.script is not None]
    if not scripts or len(scripts) < len(every):
        return []  # what the broken ones use is not known
    lines = lines_in([name for script in scripts for name in script.sentences])
    blocks = frozenset[str]().union(*(loaded.blocks for loaded in every))
    steps = frozenset(name for script in scripts for name in script.steps)
    findings: list[Finding] = []
    for path in sorted(shared.glob("*.yaml")):
        draft = _shared_draft(path).draft
        findings += [*unused(draft, lines, blocks, whose=" in any script"), *unused_steps(draft, steps)]
    return findings


def _own_steps(draft: Draft) -> dict[str, Place]:
    groups = {f"{code}:{name}": step for code, group in draft.groups.items() for name, step in group.steps.items()}
    return {name: step.name.place for name, step in {**draft.steps, **groups}.items()}


@dataclass(frozen=True, slots=True)
class _Shared:
    """A shared file as it was read. It lies under many scripts, so nobody may change the draft."""

    draft: Draft
    findings: tuple[Finding, ...]
    readable: bool


def _shared_draft(path: Path) -> _Shared:
    try:
        content = path.read_bytes()
    except OSError:
        return _drafted(path, None)  # tells why
    return _known_draft(path, content)


@lru_cache(maxsize=32)
def _known_draft(path: Path, content: bytes) -> _Shared:
    return _drafted(path, content)


def _drafted(path: Path, content: bytes | None) -> _Shared:
    source = Source(path, content)
    return _Shared(read_draft(source), tuple(source.findings), source.root is not None)


# --- shared parts -------------------------------------------------------------------------------------------------------


_ANOTHER_NAME = "give yours another name"


def _laid_under(mine: Draft, shared: Draft) -> list[Finding]:
    """Lay a shared block under the script."""
    findings: list[Finding] = []
    for name, line in shared.lines.items():
        if name in mine.lines:
            problem = f"lines '{name}' are defined twice; {line[0]} has them too"
            findings.append(Finding(mine.lines[name][0], "duplicate-key", problem, _ANOTHER_NAME))
        mine.lines.setdefault(name, line)
    findings += _added(mine.steps, shared.steps)
    for name, block in shared.blocks.items():
        if name in mine.blocks:
            problem = f"block '{name}' is defined twice; {block.name.place} has it too"
            findings.append(Finding(mine.blocks[name].name.place, "duplicate-key", problem, _ANOTHER_NAME))
        mine.blocks.setdefault(name, block)
    for key, pairs in shared.routes.items():
        routes = mine.routes.setdefault(key, [])
        known = {intent.text for intent, _ in routes}
        routes.extend(pair for pair in pairs if pair[0].text not in known)
    for key in ("resuming", "goodbye", "machine"):
        if key in shared.words:
            mine.words.setdefault(key, shared.words[key])
    for occasion, text in shared.sms.items():
        mine.sms.setdefault(occasion, text)
    for code, group in shared.groups.items():
        if code in mine.groups:
            findings += _group_under(mine.groups[code], group)
        copied = replace(group, numbers={**group.numbers}, globals=[*group.globals], steps={**group.steps})
        mine.groups.setdefault(code, copied)
    return findings


def _added(mine: dict[str, AnyStep], shared: dict[str, AnyStep]) -> list[Finding]:
    twice = [name for name in shared if name in mine]
    findings = [
        Finding(
            mine[name].name.place,
            "duplicate-key",
            f"step '{name}' is defined twice; {shared[name].name.place} has it too",
            _ANOTHER_NAME,
        )
        for name in twice
    ]
    mine |= {name: step for name, step in shared.items() if name not in mine}
    return findings


def _group_under(mine: DraftGroup, shared: DraftGroup) -> list[Finding]:
    """What the script says of a group comes before what all scripts say of it."""
    mine.title = mine.title or shared.title
    mine.numbers = {**shared.numbers, **mine.numbers}
    mine.twice = mine.twice or shared.twice
    mine.after_opening = mine.after_opening or shared.after_opening
    known = {intent.text for intent, _ in mine.globals}
    mine.globals += [pair for pair in shared.globals if pair[0].text not in known]
    return _added(mine.steps, shared.steps)


# --- the finished script ------------------------------------------------------------------------------------------------


def _without_unused(script: Script, own: Collection[str]) -> Script:
    """Shared steps that this script never reaches are left out; its own are kept, for the linter to complain about."""
    versions = [script, *(for_group(script, code) for code in script.groups)]
    reached = frozenset[str]().union(*(lint.reachable(version) for version in versions))
    kept = {name: s for name, s in script.steps.items() if name in reached or name.split(".")[0] in own}
    steps = [*kept.values(), *(step for group in script.groups.values() for step in group.steps.values())]
    used = {sentence for step in steps for sentence in (*step.say, *step.hold)}
    used |= {other for name in used for other in script.sentences[name].again}
    return replace(script, steps=kept, sentences={k: v for k, v in script.sentences.items() if k in used})


def _hashed(script: Script) -> Script:
    content = asdict(script)
    for steps in (content["steps"], *(group["steps"] for group in content["groups"].values())):
        for step in steps.values():
            del step["line"]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(script, hash=hashlib.sha256(canonical.encode()).hexdigest())
