"""What differs between two versions of what intents know, in words: intent by intent, then the experts' tables. Pure.

Rule: nothing that is in a version is left out; a test changes every field and finds it here.
"""

from collections.abc import Iterator, Mapping

from voice.script.compare import Change, Facts, differences
from voice.understanding.knowledge import Knowledge
from voice.understanding.rules import Rule


def compare_knowledge(old: Knowledge, new: Knowledge) -> list[Change]:
    """In the order of the new version; parts that are gone come last."""
    return differences(dict(_parts(old)), dict(_parts(new)))


def _parts(known: Knowledge) -> Iterator[tuple[str, Facts]]:
    phrases: dict[str, list[str]] = {}
    for phrase, owner in sorted(known.phrases.owners.items()):
        phrases.setdefault(owner, []).append(phrase)
    for intent in dict.fromkeys((*known.meanings, *phrases, *known.silences, *known.signs)):
        yield (
            f"intent '{intent}'",
            {
                "means": (known.meanings.get(intent, ""),),
                "has the phrases": tuple(phrases.get(intent, ())),
                "silences": tuple(known.silences.get(intent, ())),
                "has the signs": tuple(known.signs.get(intent, ())),
            },
        )
    yield (
        "around a phrase",
        {
            "undone by a word before": known.phrases.unmeant_before,
            "undone by a word behind": known.phrases.unmeant_after,
        },
    )
    for topic in known.patterns.topics:
        yield f"patterns of '{topic.name}'", {"are": tuple(_rule(rule) for rule in topic.rules)}
    yield "word classes", _named(known.patterns.classes)
    yield "word classes by sound", _named(known.patterns.classes_by_sound)
    for answer in known.short_answers:
        yield f"short answer '{answer.name}'", {"is": (answer.pattern,), "means": answer.means}
    yield "a complete reply", {"is": (known.complete,)}
    for slot, values in known.slots.items():
        yield f"slot '{slot}'", {f"is '{value}' by": patterns for value, patterns in values.items()}


def _rule(rule: Rule) -> str:
    keeps = ", keeps the words" if rule.keeps else ""
    return f"{rule.intent or 'nothing'} ({rule.strength}{keeps}): {'  '.join(rule.patterns)}"


def _named(classes: Mapping[str, str]) -> Facts:
    return {f"<{name}> is": (pattern,) for name, pattern in classes.items()}
