"""Written conversations: reads `scripts/rehearsals/*.yaml`.

Rule 1: a rehearsal says what the contact does and what must come of it; it knows nothing of how the script gets there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yaml.nodes import MappingNode, Node, SequenceNode

from voice.errors import ScriptFault
from voice.report import Conclusion
from voice.script.source import Place, Source, did_you_mean
from voice.understanding.intents import INTENTS

INTERRUPTS = "(interrupts)"
CUES = (
    "(silence)",
    "(hangup)",
    "(press 1)",
    "(officer accepts)",
    "(officer leaves)",
    "(no officer)",
    "(end ordered)",
    "(time is up)",
)
_PRESS = re.compile(r"\(press ([0-9*#])\)")


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that the contact, or the centre, does."""

    said: str  # words, or one of CUES
    interrupts: bool = False  # while we still speak
    intents: tuple[str, ...] = ()  # given: understanding is not asked
    amount_yuan: int | None = None
    digit: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must come of it."""

    conclusion: Conclusion
    steps: tuple[str, ...] = ()  # in this order, others may lie between
    officer: tuple[str, ...] = ()  # reasons for which an officer was wanted: none, or one
    facts: Mapping[str, str] = field(default_factory=dict)
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One written conversation."""

    script: str
    it: str
    persona: str
    hear: tuple[Heard, ...]
    expect: Expectation
    place: Place


def load_rehearsals(path: Path) -> list[Rehearsal]:
    """All rehearsals of a file; raises ScriptFault with all findings."""
    source = Source(path)
    rehearsals: list[Rehearsal] = []
    if source.root is not None:
        fields = source.fields(source.root, "a file of rehearsals", ("script", "rehearsals"))
        code = source.word(fields["script"], "'script'") if "script" in fields else None
        if code is None:
            source.complain(
                Place(source.file, 1, 1), "missing-key", "the file does not say which 'script' it rehearses"
            )
        nodes = fields.get("rehearsals")
        for node in nodes.value if isinstance(nodes, SequenceNode) else ():
            rehearsal = _rehearsal(source, code.text if code else "", node)
            if rehearsal is not None:
                rehearsals.append(rehearsal)
        if not rehearsals and not source.findings:
            source.complain(Place(source.file, 1, 1), "missing-key", "the file has no 'rehearsals'")
    if source.findings:
        raise ScriptFault(source.findings)
    return rehearsals


def _rehearsal(source: Source, code: str, node: Node) -> Rehearsal | None:
    fields = source.fields(node, "a rehearsal", ("it", "persona", "hear", "expect"))
    for key in ("it", "hear", "expect"):
        if key not in fields:
            source.complain(source.place(node), "missing-key", f"a rehearsal needs '{key}'")
    if not {"it", "hear", "expect"} <= fields.keys():
        return None
    it = source.word(fields["it"], "'it'")
    persona = source.word(fields["persona"], "'persona'") if "persona" in fields else None
    items = fields["hear"].value if isinstance(fields["hear"], SequenceNode) else [fields["hear"]]
    hear = [heard for item in items if (heard := _heard(source, item)) is not None]
    expect = _expectation(source, fields["expect"])
    if it is None or expect is None:
        return None
    return Rehearsal(code, it.text, persona.text if persona else "", tuple(hear), expect, source.place(node))


def _heard(source: Source, node: Node) -> Heard | None:
    if isinstance(node, MappingNode):
        return _given(source, node)
    word = source.word(node, "what is heard")
    if word is None:
        return None
    said = word.text.removeprefix(INTERRUPTS).strip()
    interrupts = word.text.startswith(INTERRUPTS)
    press = _PRESS.fullmatch(said)
    if said.startswith("(") and not press and said not in CUES:
        source.complain(word.place, "no-such-cue", f"nobody can do '{said}'{did_you_mean(said, CUES)}")
    return Heard(said, interrupts, digit=press[1] if press else "")


def _given(source: Source, node: Node) -> Heard | None:
    """{intent: affirm}, {intent: [transferred, amount], amount_yuan: 990000, text: 转了}: the meaning is given."""
    fields = source.fields(node, "what is heard", ("intent", "amount_yuan", "text", "interrupts"))
    if "intent" not in fields:
        source.complain(source.place(node), "missing-key", "what is heard needs a text or an 'intent'")
        return None
    intents = source.words(fields["intent"], "'intent'")
    for intent in intents:
        if intent.text not in INTENTS:
            hint = did_you_mean(intent.text, INTENTS)
            source.complain(intent.place, "no-such-intent", f"nobody can mean '{intent.text}'{hint}")
    text = source.word(fields["text"], "'text'") if "text" in fields else None
    amount = source.number(fields["amount_yuan"], "'amount_yuan'") if "amount_yuan" in fields else None
    interrupts = "interrupts" in fields and source.switch(fields["interrupts"], "'interrupts'")
    return Heard(text.text if text else "……", interrupts, tuple(i.text for i in intents), amount)


def _expectation(source: Source, node: Node) -> Expectation | None:
    fields = source.fields(node, "'expect'", ("conclusion", "steps", "officer", "facts", "must_say", "must_not_say"))
    if "conclusion" not in fields:
        source.complain(source.place(node), "missing-key", "'expect' needs a 'conclusion'")
        return None
    word = source.word(fields["conclusion"], "'conclusion'")
    known = [c.value for c in Conclusion]
    if word is None or word.text not in known:
        if word is not None:
            hint = did_you_mean(word.text, known)
            source.complain(word.place, "no-such-conclusion", f"there is no conclusion '{word.text}'{hint}")
        return None

    def texts(key: str) -> tuple[str, ...]:
        return tuple(w.text for w in source.words(fields[key], f"'{key}'")) if key in fields else ()

    pairs = source.entries(fields["facts"], "'facts'") if "facts" in fields else []
    facts = {key.text: value.text for key, node in pairs if (value := source.word(node, "a fact")) is not None}
    return Expectation(
        conclusion=Conclusion(word.text),
        steps=texts("steps"),
        officer=texts("officer"),
        facts=facts,
        must_say=texts("must_say"),
        must_not_say=texts("must_not_say"),
    )
