"""From YAML files to a compiled Script, or to all that is wrong with them.

Rule 1: a Script that leaves here is whole; whatever is not whole is a ScriptFault with every finding at once.
Rule 2: `shared/*.yaml` belong to every script: their lines, steps and blocks may be used, never redefined; the script's own
        routes (urgent, globals, clarify), groups, goodbye and machine come before theirs. What a script does not use is left out.
Rule 3: the hash is over what is said and where it leads, shared parts included; moving a line does not change it.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from voice.errors import ScriptFault
from voice.script import lint
from voice.script.compiling import Workshop
from voice.script.draft import Draft, DraftGroup, read_draft
from voice.script.draftstep import AnyStep
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


def read(path: Path, shared: Path) -> Loaded:
    """Compile one script with the shared blocks. The findings come by file and line, each once."""
    sources = [Source(p) for p in (path, *sorted(shared.glob("*.yaml")))]
    drafts = [read_draft(source) for source in sources]
    findings = [finding for source in sources for finding in source.findings]
    mine = drafts[0]
    own = _own_steps(mine)
    for draft in drafts[1:]:
        findings += _laid_under(mine, draft)
    workshop = Workshop(mine, findings, path.parent)
    # What cannot be read has no missing keys and no lost targets worth telling.
    whole = workshop.compile() if all(source.root for source in sources) else None
    script = None
    if whole is not None:
        # References that lead nowhere were reported; the graph is only walked when it is whole.
        script = _hashed(_without_unused(whole, own))
        findings += lint.check(script, workshop.places)
    return Loaded(script, tuple(dict.fromkeys(sorted(findings, key=lambda f: f.place))), workshop.places, own)


def load(path: Path, shared: Path) -> Script:
    """Compile one script with the shared blocks; raises ScriptFault with all findings."""
    loaded = read(path, shared)
    if loaded.findings or loaded.script is None:
        raise ScriptFault([str(finding) for finding in loaded.findings])
    return loaded.script


def load_all(directory: Path) -> tuple[dict[str, Script], list[str]]:
    """Every script of a directory by its code, and the findings of those that are broken."""
    scripts, findings = read_all(directory)
    return scripts, [str(finding) for finding in findings]


def read_all(directory: Path) -> tuple[dict[str, Script], list[Finding]]:
    """The same, with findings as values."""
    scripts: dict[str, Script] = {}
    findings: dict[Finding, None] = {}
    for path in sorted(directory.glob("*.yaml")):
        loaded = read(path, directory / "shared")
        findings.update(dict.fromkeys(loaded.findings))
        if loaded.findings or loaded.script is None:
            continue
        if loaded.script.code in scripts:
            place = Place(path.as_posix(), 1, 1)
            message = f"another file has the code '{loaded.script.code}' already"
            findings[Finding(place, "duplicate-code", message)] = None
            continue
        scripts[loaded.script.code] = loaded.script
    return scripts, list(findings)


def _own_steps(draft: Draft) -> dict[str, Place]:
    groups = {f"{code}:{name}": step for code, group in draft.groups.items() for name, step in group.steps.items()}
    return {name: step.name.place for name, step in {**draft.steps, **groups}.items()}


# --- shared parts -------------------------------------------------------------------------------------------------------


def _laid_under(mine: Draft, shared: Draft) -> list[Finding]:
    """Lay a shared block under the script."""
    findings: list[Finding] = []
    for name, line in shared.lines.items():
        if name in mine.lines:
            message = f"lines '{name}' are defined twice; {line[0]} has them too"
            findings.append(Finding(mine.lines[name][0], "duplicate-key", message))
        mine.lines.setdefault(name, line)
    findings += _added(mine.steps, shared.steps)
    for name, block in shared.blocks.items():
        if name in mine.blocks:
            message = f"block '{name}' is defined twice; {block.name.place} has it too"
            findings.append(Finding(mine.blocks[name].name.place, "duplicate-key", message))
        mine.blocks.setdefault(name, block)
    for key, pairs in shared.routes.items():
        routes = mine.routes.setdefault(key, [])
        known = {intent.text for intent, _ in routes}
        routes.extend(pair for pair in pairs if pair[0].text not in known)
    for key in ("goodbye", "machine"):
        if key in shared.words:
            mine.words.setdefault(key, shared.words[key])
    for occasion, text in shared.sms.items():
        mine.sms.setdefault(occasion, text)
    for code, group in shared.groups.items():
        if code in mine.groups:
            findings += _group_under(mine.groups[code], group)
        mine.groups.setdefault(code, group)
    return findings


def _added(mine: dict[str, AnyStep], shared: dict[str, AnyStep]) -> list[Finding]:
    twice = [name for name in shared if name in mine]
    findings = [
        Finding(
            mine[name].name.place,
            "duplicate-key",
            f"step '{name}' is defined twice; {shared[name].name.place} has it too",
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
