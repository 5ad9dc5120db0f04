"""Looks up every name in a draft and makes the Script, or says which names lead nowhere.

Rule: `Script.steps` and `Script.sentences` are keyed by names that stay the same while the script does; `Places` says where
each was written.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from voice.script.draft import Draft, DraftGroup
from voice.script.draftstep import DraftPledge, DraftSentence, DraftStep
from voice.script.lint import Places
from voice.script.model import RELATIVE, Group, Pledge, Script, Sentence, Step
from voice.script.source import Finding, Place, Word, nearest
from voice.script.unfold import unfolded
from voice.understanding.intents import INTENTS
from voice.understanding.model import PLEDGES


class Workshop:
    """A script with the shared parts laid under it, on its way to one Script."""

    def __init__(self, draft: Draft, findings: list[Finding], directory: Path) -> None:
        self._draft, self._findings, self._directory = draft, findings, directory
        self._sentences: dict[str, Sentence] = {}
        self._targets: frozenset[str] = frozenset()
        self.places = Places({}, {})

    def compile(self) -> Script | None:
        """The Script, or None when a reference leads nowhere or something is missing."""
        draft = self._draft
        for key in ("code", "title", "opening", "goodbye", "machine"):
            if key not in draft.words:
                self._complain(draft.top, "missing-key", f"the script does not say its '{key}'", f"add '{key}: ...'")
        drafts = unfolded(draft.steps, draft.blocks, self._complain)
        self._targets = frozenset(drafts)
        for key in ("opening", "resuming", "goodbye", "machine"):
            if key in draft.words:
                self._target(draft.words[key], f"'{key}'", relative=False)
        routes = {key: self._routes(draft.routes.get(key, []), f"'{key}'") for key in ("urgent", "globals", "clarify")}
        steps = {name: self._step(step) for name, step in drafts.items()}
        groups = {code: self._group(group) for code, group in draft.groups.items()}
        if any(finding.blocks for finding in self._findings):
            return None
        return Script(
            code=draft.words["code"].text,
            title=draft.words["title"].text,
            hash="",
            opening=draft.words["opening"].text,
            resuming=draft.words["resuming"].text if "resuming" in draft.words else "",
            steps=steps,
            sentences=self._sentences,
            urgent=routes["urgent"],
            globals=routes["globals"],
            goodbye=draft.words["goodbye"].text,
            machine=draft.words["machine"].text,
            clarify=routes["clarify"],
            sms=self._sms(),
            groups=groups,
            **draft.numbers,
        )

    def sentences_alone(self) -> Script:
        """What is said, when where it leads is not whole: good for looking at sentences, and for nothing else."""
        return Script("", "", "", "", {}, self._sentences, {}, {}, "", "", sms=self._sms())

    def _complain(self, place: Place, code: str, message: str, suggestion: str = "") -> None:
        self._findings.append(Finding(place, code, message, suggestion))

    def _sms(self) -> dict[str, str]:
        for occasion, word in self._draft.sms.items():
            self.places.sentences[f"sms.{occasion}"] = word.place
        return {occasion: word.text for occasion, word in self._draft.sms.items()}

    def _group(self, draft: DraftGroup) -> Group:
        code = draft.code.text
        drafts = unfolded(draft.steps, self._draft.blocks, self._complain)
        outside, self._targets = self._targets, self._targets | drafts.keys()
        twice = [self._lines(word) for word in draft.twice]
        what = f"group '{code}'"
        group = Group(
            code=code,
            title=draft.title.text if draft.title else code,
            twice=tuple(name for names in twice for name in names),
            after_opening=self._target(draft.after_opening, what) if draft.after_opening else "",
            globals=self._routes(draft.globals, what),
            steps={name: self._step(step, f"{code}:") for name, step in drafts.items()},
            **draft.numbers,
        )
        self._targets = outside
        return group

    def _step(self, draft: DraftStep, prefix: str = "") -> Step:
        name = draft.name.text
        what = f"step '{name}'"
        self.places.steps[prefix + name] = draft.name.place
        targets = {key: tuple(self._target(word, what) for word in words) for key, words in draft.targets.items()}
        return Step(
            name=name,
            kind=draft.kind,
            say=self._said(draft.say, prefix + name),
            line=draft.name.place.line,
            concludes=draft.concludes,
            must_hear=draft.must_hear,
            identity=draft.identity,
            then="".join(targets.get("then", ())),
            replies=self._routes(draft.replies, what),
            keys={digit.text: self._target(target, what) for digit, target in draft.keys},
            pledge=self._pledge(draft.pledge, what) if draft.pledge else None,
            no_input=targets.get("no_input", ()),
            no_match=targets.get("no_match", ()),
            wait_ms=draft.wait_ms,
            reason=draft.reason,
            hold=self._said(draft.hold, f"{prefix}{name}.hold"),
            no_officer="".join(targets.get("no_officer", ())),
        )

    def _pledge(self, draft: DraftPledge, what: str) -> Pledge:
        for need in draft.needs:
            if need.text not in PLEDGES:
                advice = nearest(need.text, PLEDGES) or f"there are: {', '.join(PLEDGES)}"
                self._complain(need.place, "no-such-pledge", f"nobody can promise '{need.text}'", advice)
        targets = {key: self._target(word, what) for key, word in draft.targets.items()}
        return Pledge(tuple(need.text for need in draft.needs), **targets)

    def _routes(self, pairs: Iterable[tuple[Word, Word]], what: str) -> dict[str, str]:
        for intent, _ in pairs:
            if intent.text not in INTENTS:
                problem = f"{what} waits for '{intent.text}', which nobody can mean"
                advice = nearest(intent.text, INTENTS) or "shared/intents has a file for each"
                self._complain(intent.place, "no-such-intent", problem, advice)
        return {intent.text: self._target(target, what) for intent, target in pairs}

    def _target(self, target: Word, what: str, *, relative: bool = True) -> str:
        known = self._targets | (set(RELATIVE) if relative else set())
        if target.text not in known:
            problem = f"{what} leads to '{target.text}', which does not exist"
            advice = nearest(target.text, known) or f"add a step '{target.text}' under 'steps'"
            self._complain(target.place, "no-such-step", problem, advice)
        return target.text

    # --- sentences ------------------------------------------------------------------------------------------------------

    def _said(self, drafts: Iterable[DraftSentence], prefix: str) -> tuple[str, ...]:
        ids: list[str] = []
        for number, draft in enumerate(drafts, start=1):
            ids += self._lines(draft.text) if draft.is_name else (self._sentence(f"{prefix}.{number}", draft),)
        return tuple(ids)

    def _lines(self, name: Word) -> tuple[str, ...]:
        """The sentences of a bare name."""
        if name.text not in self._draft.lines:
            advice = nearest(name.text, self._draft.lines) or "write the sentence itself, or add it under 'lines'"
            self._complain(name.place, "no-such-line", f"there are no lines '{name.text}'", advice)
            return ()
        lines = self._draft.lines[name.text][1]
        return tuple(self._sentence(f"lines.{name.text}.{n}", line) for n, line in enumerate(lines, start=1))

    def _sentence(self, name: str, draft: DraftSentence) -> str:
        again = tuple(f"{name}~{number}" for number, _ in enumerate(draft.again, start=2))
        for other, word in zip(again, draft.again, strict=True):
            self._sentences[other] = Sentence(other, word.text, draft.otherwise)
            self.places.sentences[other] = word.place
        recording, digest = self._recording(draft.recording) if draft.recording else ("", "")
        self._sentences[name] = Sentence(name, draft.text.text, draft.otherwise, again, recording, digest)
        self.places.sentences[name] = draft.text.place
        return name

    def _recording(self, word: Word) -> tuple[str, str]:
        """The file's name and what is in it; the sound itself is checked by whoever can hear it."""
        home = self._directory.resolve()
        if not (home / word.text).resolve().is_relative_to(home):
            problem = f"'{word.text}' lies outside the folder of the scripts"
            self._complain(word.place, "no-such-recording", problem, "copy it into the folder, e.g. recordings/")
            return word.text, ""
        try:
            content = (home / word.text).read_bytes()
        except OSError as refusal:
            problem = f"'{word.text}' cannot be read: {refusal.strerror}"
            self._complain(word.place, "no-such-recording", problem, "give its path from the folder of the scripts")
            return word.text, ""
        return word.text, hashlib.sha256(content).hexdigest()
