"""From YAML files to a compiled Script, or to all that is wrong with them.

Rule 1: a Script that leaves here is whole; whatever is not whole is a ScriptFault with every finding at once.
Rule 2: `shared/*.yaml` belong to every script: their lines and steps may be used, never redefined; the script's own
        routes (urgent, globals), goodbye and machine come before theirs. What a script does not use is left out.
Rule 3: the hash is over what is said and where it leads, shared parts included; moving a line does not change it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from voice.errors import ScriptFault
from voice.script import lint
from voice.script.draft import Draft, DraftSentence, DraftStep, read_draft
from voice.script.model import BACK, REPEAT, Script, Sentence, Step
from voice.script.source import Finding, Place, Source, Word, did_you_mean
from voice.understanding.intents import INTENTS


def load(path: Path, shared: Path) -> Script:
    """Compile one script with the shared blocks; raises ScriptFault with all findings."""
    sources = [Source(p) for p in (path, *sorted(shared.glob("*.yaml")))]
    drafts = [read_draft(source) for source in sources]
    findings = [finding for source in sources for finding in source.findings]
    book = _Book(drafts[0], findings)
    for draft in drafts[1:]:
        book.add_shared(draft)
    # What cannot be read has no missing keys and no lost targets worth telling.
    script = book.compile() if all(source.root for source in sources) else None
    if script is not None:
        # References that lead nowhere were reported; the graph is only walked when it is whole.
        findings += lint.check(script, book.places)
    if findings or script is None:
        raise ScriptFault([str(finding) for finding in dict.fromkeys(sorted(findings, key=lambda f: f.place))])
    return script


def load_all(directory: Path) -> tuple[dict[str, Script], list[str]]:
    """Every script of a directory by its code, and the findings of those that are broken."""
    scripts: dict[str, Script] = {}
    findings: dict[str, None] = {}
    for path in sorted(directory.glob("*.yaml")):
        try:
            script = load(path, directory / "shared")
        except ScriptFault as fault:
            findings.update(dict.fromkeys(fault.findings))
            continue
        if script.code in scripts:
            place = Place(path.as_posix(), 1, 1)
            findings[str(Finding(place, "duplicate-code", f"another file has the code '{script.code}' already"))] = None
            continue
        scripts[script.code] = script
    return scripts, list(findings)


@dataclass(slots=True)
class _Book:
    """A script and the shared blocks, on their way to one Script."""

    draft: Draft
    findings: list[Finding]
    own: frozenset[str] = frozenset()  # steps that the script itself defines
    sentences: dict[str, Sentence] = field(default_factory=dict)
    places: lint.Places = field(default_factory=lambda: lint.Places({}, {}))

    def __post_init__(self) -> None:
        self.own = frozenset(self.draft.steps)

    def _complain(self, place: Place, code: str, message: str) -> None:
        self.findings.append(Finding(place, code, message))

    def add_shared(self, shared: Draft) -> None:
        """Lay a shared block under the script."""
        mine = self.draft
        for name, line in shared.lines.items():
            if name in mine.lines:
                self._complain(
                    mine.lines[name][0], "duplicate-key", f"lines '{name}' are defined twice; {line[0]} has them too"
                )
            mine.lines.setdefault(name, line)
        for name, step in shared.steps.items():
            if name in mine.steps:
                other = step.name.place
                self._complain(
                    mine.steps[name].name.place, "duplicate-key", f"step '{name}' is defined twice; {other} has it too"
                )
            mine.steps.setdefault(name, step)
        for key, pairs in shared.routes.items():
            routes = mine.routes.setdefault(key, [])
            known = {intent.text for intent, _ in routes}
            routes.extend(pair for pair in pairs if pair[0].text not in known)
        for key in ("goodbye", "machine"):
            if key in shared.words:
                mine.words.setdefault(key, shared.words[key])

    def compile(self) -> Script | None:
        """The Script, or None when a reference leads nowhere or something is missing."""
        draft = self.draft
        for key in ("code", "title", "opening", "goodbye", "machine"):
            if key not in draft.words:
                self._complain(draft.top, "missing-key", f"the script does not say its '{key}'")
        for key in ("opening", "goodbye", "machine"):
            if key in draft.words:
                self._target(draft.words[key], f"'{key}'", relative=False)
        routes = {key: self._routes(draft.routes.get(key, []), f"'{key}'") for key in ("urgent", "globals")}
        steps = {name: self._step(step) for name, step in draft.steps.items()}
        if self.findings:
            return None
        script = Script(
            code=draft.words["code"].text,
            title=draft.words["title"].text,
            hash="",
            opening=draft.words["opening"].text,
            steps=steps,
            sentences=self.sentences,
            urgent=routes["urgent"],
            globals=routes["globals"],
            goodbye=draft.words["goodbye"].text,
            machine=draft.words["machine"].text,
            **draft.numbers,
        )
        return _hashed(self._without_unused(script))

    def _without_unused(self, script: Script) -> Script:
        """Shared steps that this script never reaches are left out; its own are kept, for the linter to complain about."""
        kept = lint.reachable(script) | self.own
        steps = {name: step for name, step in script.steps.items() if name in kept}
        used = {sentence for step in steps.values() for sentence in (*step.say, *step.hold)}
        return replace(script, steps=steps, sentences={k: v for k, v in script.sentences.items() if k in used})

    def _step(self, draft: DraftStep) -> Step:
        name = draft.name.text
        what = f"step '{name}'"
        self.places.steps[name] = draft.name.place
        targets = {key: tuple(self._target(word, what) for word in words) for key, words in draft.targets.items()}
        return Step(
            name=name,
            kind=draft.kind,
            say=self._sentences(draft.say, name),
            line=draft.name.place.line,
            concludes=draft.concludes,
            must_hear=draft.must_hear,
            then="".join(targets.get("then", ())),
            replies=self._routes(draft.replies, what),
            no_input=targets.get("no_input", ()),
            no_match=targets.get("no_match", ()),
            wait_ms=draft.wait_ms,
            reason=draft.reason,
            hold=self._sentences(draft.hold, f"{name}.hold"),
            no_officer="".join(targets.get("no_officer", ())),
        )

    def _routes(self, pairs: Iterable[tuple[Word, Word]], what: str) -> dict[str, str]:
        for intent, _ in pairs:
            if intent.text not in INTENTS:
                hint = did_you_mean(intent.text, INTENTS)
                self._complain(
                    intent.place, "no-such-intent", f"{what} waits for '{intent.text}', which nobody can mean{hint}"
                )
        return {intent.text: self._target(target, what) for intent, target in pairs}

    def _target(self, target: Word, what: str, *, relative: bool = True) -> str:
        known = self.draft.steps.keys() | ({BACK, REPEAT} if relative else set[str]())
        if target.text not in known:
            hint = did_you_mean(target.text, known)
            self._complain(target.place, "no-such-step", f"{what} leads to '{target.text}', which does not exist{hint}")
        return target.text

    def _sentences(self, drafts: Iterable[DraftSentence], prefix: str) -> tuple[str, ...]:
        ids: list[str] = []
        for number, draft in enumerate(drafts, start=1):
            if not draft.is_name:
                ids.append(self._sentence(f"{prefix}.{number}", draft))
            elif draft.text.text in self.draft.lines:
                name = draft.text.text
                ids += [
                    self._sentence(f"lines.{name}.{n}", s) for n, s in enumerate(self.draft.lines[name][1], start=1)
                ]
            else:
                hint = did_you_mean(draft.text.text, self.draft.lines)
                self._complain(draft.text.place, "no-such-line", f"there are no lines '{draft.text.text}'{hint}")
        return tuple(ids)

    def _sentence(self, name: str, draft: DraftSentence) -> str:
        self.sentences[name] = Sentence(name, draft.text.text, draft.otherwise)
        self.places.sentences[name] = draft.text.place
        return name


def _hashed(script: Script) -> Script:
    content = asdict(script)
    for step in content["steps"].values():
        del step["line"]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(script, hash=hashlib.sha256(canonical.encode()).hexdigest())
