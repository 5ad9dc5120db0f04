"""What differs between two versions of a script, in words: sentences and routes, step by step. Pure.

Rule 1: what a person hears is compared by its text; that a sentence or a line moved within a file is no change.
Rule 2: nothing that stands in a script is left out; a test changes every field and finds it here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from voice.script.model import Group, Pledge, Script, Step

Facts = Mapping[str, tuple[str, ...]]  # what is said of a part -> one or more texts


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise. Without `was` it is new, without `now` it is gone."""

    part: str  # "the script", "step 'warn'", "elder: step 'warn'"
    what: str  # "says", "on 'affirm' goes to"
    was: tuple[str, ...]
    now: tuple[str, ...]


def compare(old: Script, new: Script) -> list[Change]:
    """In the order of the new script; parts that are gone come last."""
    return differences(dict(_parts(old)), dict(_parts(new)))


def heard_anew(old: Script | None, new: Script) -> list[str]:
    """Every sentence and SMS that people may hear or read from now on and did not before, once, in the order of the script."""
    before = set(_heard(old)) if old else set[str]()
    return [text for text in dict.fromkeys(_heard(new)) if text not in before]


def _heard(script: Script) -> Iterator[str]:
    for sentence in script.sentences.values():
        yield from filter(None, (sentence.text, sentence.otherwise))
    yield from script.sms.values()


def differences(before: Mapping[str, Facts], after: Mapping[str, Facts]) -> list[Change]:
    """Of two things that are told part by part; parts that are gone come last."""
    changes: list[Change] = []
    for part in dict.fromkeys((*after, *before)):
        was, now = before.get(part, {}), after.get(part, {})
        for what in dict.fromkeys((*now, *was)):
            changes += _changed(part, what, was.get(what, ()), now.get(what, ()))
    return changes


def _changed(part: str, what: str, was: tuple[str, ...], now: tuple[str, ...]) -> Iterator[Change]:
    """Of a list of sentences only those that changed."""
    for kind, i, j, k, m in SequenceMatcher(a=was, b=now, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Change(part, what, was[i:j], now[k:m])


def _parts(script: Script) -> Iterator[tuple[str, Facts]]:
    yield (
        "the script",
        _kept(
            {
                "has the code": (script.code,),
                "has the title": (script.title,),
                "begins at": (script.opening,),
                "begins a call-back at": (script.resuming,),
                "ends early at": (script.goodbye,),
                "tells a machine": (script.machine,),
                "waits for his hello": (f"{script.greeting_ms} ms",),
                "is spoken at": (f"{script.rate_wpm} words a minute",),
                **{f"sends by SMS when {occasion}": (text,) for occasion, text in script.sms.items()},
            }
        ),
    )
    yield "urgent, at any moment", _routes(script.urgent)
    yield "at any question", _routes(script.globals)
    yield "a doubtful reply", {f"'{intent}' is cleared by": (target,) for intent, target in script.clarify.items()}
    for name, step in script.steps.items():
        yield f"step '{name}'", _step(script, step)
    for code, group in script.groups.items():
        yield f"group {code}", _group(script, group)
        for name, step in group.steps.items():
            yield f"group {code}, step '{name}'", _step(script, step)


def _group(script: Script, group: Group) -> Facts:
    return _kept(
        {
            "has the title": (group.title,),
            "hears it at": (f"{group.rate_percent} % of the speed",),
            "has time to answer": (f"{group.wait_percent} %",),
            "hears twice": tuple(_text(script, sentence) for sentence in group.twice),
            "after the opening goes to": (group.after_opening,),
            "may hear at most": (f"{group.longest_clause} characters a clause",) if group.longest_clause else (),
            **_routes(group.globals),
        }
    )


def _step(script: Script, step: Step) -> Facts:
    return _kept(
        {
            "is a": (step.kind.value,),
            "says": tuple(_text(script, sentence) for sentence in step.say),
            "must be heard": ("yes",) if step.must_hear else (),
            "settles that the person is": (step.identity.value,) if step.identity else (),
            "concludes": (step.concludes.value,) if step.concludes else (),
            "goes on to": (step.then,),
            **_routes(step.replies),
            **{f"on key {digit} goes to": (target,) for digit, target in step.keys.items()},
            **(_pledge(step.pledge) if step.pledge else {}),
            "when nobody speaks goes to": step.no_input,
            "when the reply means nothing here goes to": step.no_match,
            "waits": (f"{step.wait_ms} ms",) if step.replies else (),
            "fetches an officer because": (step.reason,),
            "while he is fetched says": tuple(_text(script, sentence) for sentence in step.hold),
            "when no officer comes goes to": (step.no_officer,),
        }
    )


def _pledge(pledge: Pledge) -> Facts:
    return {
        "wants to hear the promise of": pledge.needs,
        "when all is promised goes to": (pledge.enough,),
        "when a part is promised goes to": (pledge.partly,),
        "when he means to go on goes to": (pledge.against,),
    }


def _routes(routes: Mapping[str, str]) -> Facts:
    return {f"on '{intent}' goes to": (target,) for intent, target in routes.items()}


def _text(script: Script, name: str) -> str:
    """A sentence with everything that may be heard in its place."""
    sentence = script.sentences[name]
    parts = [sentence.text]
    if sentence.otherwise:
        parts.append(f"(else: {sentence.otherwise})")
    parts += [f"(again: {_text(script, other)})" for other in sentence.again]
    if sentence.recording:
        parts.append(f"(recording {sentence.recording} {sentence.recording_sha256[:12]})")
    return " ".join(parts)


def _kept(facts: Facts) -> Facts:
    """Without what is not there."""
    return {what: texts for what, texts in facts.items() if any(texts)}
