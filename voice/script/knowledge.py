"""From the files of `scripts/shared/intents` to one Knowledge, or to all that is wrong with them.

Rule 1: a Knowledge that leaves here is whole: every name exists and every pattern compiles.
Rule 2: `check_knowledge` adds what only shows when it is used: examples and pairs that are not understood as written, patterns that
        are slow. A version is published only when it finds nothing.
Rule 3: a folder that is not there is no mistake: the shipped knowledge applies.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from voice.script.knowledgedraft import NOTHING, DraftAnswers, DraftKnowledge, read_folder
from voice.script.knowledgelint import check_use, no_such_class, pattern_findings, phrase_findings
from voice.script.source import Finding, Place, Word, nearest
from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.knowledge import Knowledge, Patterns, Phrases, ShortAnswer, hashed
from voice.understanding.model import SLOTS
from voice.understanding.rules import Rule, Topic, classes_named, expanded
from voice.understanding.wording import normalised

FOLDER = Path("shared", "intents")  # below the folder of scripts
_NEVER = "(?!)"


def load_knowledge(directory: Path) -> tuple[Knowledge | None, list[Finding]]:
    """The compiled knowledge of a folder, or None; and what is wrong with it."""
    return _load(directory)[:2]


def check_knowledge(directory: Path) -> list[Finding]:
    """Everything that is wrong with a folder of intents; nothing when there is no such folder."""
    return list(examine_knowledge(directory)[1])


def examine_knowledge(directory: Path) -> tuple[Knowledge | None, Sequence[Finding]]:
    """What may be published, or None; and everything that is wrong. Looked at anew only when a file has changed."""
    files = sorted(directory.rglob("*.yaml"))
    return _examined(directory, tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files))


@lru_cache(maxsize=4)
def _examined(directory: Path, files: tuple[tuple[Path, int, int], ...]) -> tuple[Knowledge | None, Sequence[Finding]]:
    if not files:
        return None, ()
    knowledge, findings, draft = _load(directory)
    if knowledge is not None:
        findings += check_use(draft, knowledge)
    fit = not any(finding.blocks for finding in findings)
    return knowledge if fit else None, tuple(sorted(findings, key=lambda finding: finding.place))


def _load(directory: Path) -> tuple[Knowledge | None, list[Finding], DraftKnowledge]:
    draft = read_folder(directory)
    findings = [*draft.findings, *_names(draft)]
    classes = {name: _joined(each.words) for name, each in draft.classes.items()}
    broken = list(_classes(draft, classes))
    findings += broken
    if not broken:  # every pattern that names a broken class would be broken too
        findings += pattern_findings(draft, classes)
    findings += phrase_findings(draft)
    findings = sorted(dict.fromkeys(findings), key=lambda finding: finding.place)
    whole = not any(finding.blocks for finding in findings)
    return _compiled(draft, classes) if whole else None, findings, draft


# --- names --------------------------------------------------------------------------------------------------------------


def _names(draft: DraftKnowledge) -> Iterator[Finding]:
    for name, intent in draft.intents.items():
        if name not in INTENTS:
            yield Finding(intent.place, "no-such-intent", f"nobody can mean '{name}'", nearest(name, INTENTS))
        for word in intent.silences:
            yield from _intent(word, "'silences'")
            if word.text in URGENT or word.text == name:
                yield Finding(
                    word.place, "never-silenced", f"'{word.text}' stands whatever is said beside it", "leave it out"
                )
        for pair in intent.pairs:
            for _, means in pair:
                yield from _intent(means, "a pair", "other")
    for name in INTENTS:
        if name not in draft.intents:
            message = f"the intent '{name}' has no file"
            yield Finding(
                Place(f"{draft.directory}/{name}.yaml", 1, 1), "no-file", message, "write it, with its 'meaning'"
            )
    for rules in draft.topics.values():
        for rule in rules:
            if rule.means is not None:
                yield from _intent(rule.means, "a rule", NOTHING)
    for row in draft.answers:
        for word in row.means:
            yield from _intent(word, "a short answer")
    for slot, _, _ in draft.slots:
        if slot.text not in SLOTS:
            message = f"there is no slot '{slot.text}'"
            yield Finding(slot.place, "no-such-slot", message, nearest(slot.text, SLOTS))


def _intent(word: Word, what: str, *others: str) -> Iterator[Finding]:
    if word.text not in INTENTS and word.text not in others:
        message = f"{what} names '{word.text}', which nobody can mean"
        yield Finding(word.place, "no-such-intent", message, nearest(word.text, (*INTENTS, *others)))


def _classes(draft: DraftKnowledge, classes: Mapping[str, str]) -> Iterator[Finding]:
    for name, each in draft.classes.items():
        for word in (*each.words, *each.by_sound):
            for named in classes_named(word.text):
                if named not in classes:
                    yield no_such_class(word, named, classes)
        if _is_circle(name, classes):
            message = f"the word class <{name}> holds itself"
            yield Finding(each.name.place, "class-circle", message, "take one of the two names out")


def _is_circle(name: str, classes: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    ahead = list(classes_named(classes[name]))
    while ahead:
        here = ahead.pop()
        if here == name:
            return True
        if here in classes and here not in seen:
            seen.add(here)
            ahead += classes_named(classes[here])
    return False


# --- compiling ----------------------------------------------------------------------------------------------------------


def _compiled(draft: DraftKnowledge, classes: Mapping[str, str]) -> Knowledge:
    return hashed(
        Knowledge(
            patterns=Patterns(
                topics=tuple(_topic(name, draft) for name in draft.topics),
                classes=classes,
                classes_by_sound={n: _joined(each.by_sound) for n, each in draft.classes.items() if each.by_sound},
            ),
            phrases=Phrases(
                owners={normalised(word.text): name for name in INTENTS for word in draft.intents[name].phrases},
                unmeant_before=tuple(normalised(word.text) for word in draft.around.get("before", [])),
                unmeant_after=tuple(normalised(word.text) for word in draft.around.get("after", [])),
            ),
            short_answers=tuple(_short_answer(row) for row in draft.answers),
            complete=_whole(draft.complete) if draft.complete else _NEVER,
            silences={name: _texts(draft.intents[name].silences) for name in INTENTS if draft.intents[name].silences},
            signs={
                name: tuple(normalised(sign) for sign in _texts(draft.intents[name].signs))
                for name in INTENTS
                if draft.intents[name].signs
            },
            meanings={name: meaning.text for name in INTENTS if (meaning := draft.intents[name].meaning)},
            slots=_slots(draft, classes),
        )
    )


def _topic(name: str, draft: DraftKnowledge) -> Topic:
    return Topic(
        name,
        tuple(
            Rule(
                intent="" if rule.means is None or rule.means.text == NOTHING else rule.means.text,
                patterns=_texts(rule.patterns),
                strength=rule.percent / 100,
                keeps=rule.keeps_words,
            )
            for rule in draft.topics[name]
        ),
    )


def _short_answer(row: DraftAnswers) -> ShortAnswer:
    return ShortAnswer(row.name.text if row.name else "", _whole(row), _texts(row.means))


def _whole(row: DraftAnswers) -> str:
    """The pattern of a whole reply: openings, one of the wordings, endings."""
    wordings = [*(re.escape(normalised(word.text)) for word in row.phrases), *_texts(row.patterns)]
    opening = f"(?:{_joined(row.openings)})*" if row.openings else ""
    ending = f"(?:{_joined(row.endings)})*" if row.endings else ""
    return f"^{opening}(?:{'|'.join(wordings)}){ending}$"


def _slots(draft: DraftKnowledge, classes: Mapping[str, str]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    slots: dict[str, dict[str, tuple[str, ...]]] = {}
    for slot, value, patterns in draft.slots:
        slots.setdefault(slot.text, {})[value.text] = tuple(expanded(word.text, classes) for word in patterns)
    return slots


def _texts(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in words)


def _joined(words: Sequence[Word]) -> str:
    return "|".join(_texts(words))
