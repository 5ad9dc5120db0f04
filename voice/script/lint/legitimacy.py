"""What makes us sound like the fraudster, or leaves out what tells us from him.

Rule 1: every call opens with who rings, that it is a machine, that it is recorded, and what we never ask for.
Rule 2: who was heard by a person ends with the key sentence; the line of that name is it.
Rule 3: what we say is judged sentence by sentence in `voice.script.lint.wording`; SMS are judged by the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from voice.report import Conclusion
from voice.script.lint.claims import claims
from voice.script.lint.heard import Heard
from voice.script.lint.lasting import Lengths
from voice.script.lint.outside import OUR_NUMBERS, connects_outside, numbers
from voice.script.lint.pressure import presses
from voice.script.lint.ways import folded, reachable
from voice.script.lint.wording import asked_for
from voice.script.model import Identity, Script, StepKind
from voice.script.source import Finding, Place

OPENING_SECONDS = 12.0
KEY_LINE = "key"
CRISIS = "crisis"

_OPENING_MUST_SAY: Mapping[str, re.Pattern[str]] = {
    "who rings ({centre})": re.compile(r"\{centre\}"),
    "that it is a machine (智能助手)": re.compile("助手|机器人"),
    "that the call is recorded (录音)": re.compile("录音"),
    "that we ask for no transfer (不…转账)": re.compile(r"不[^，。！？]{0,5}转账"),
    "that we ask for no code (不…密码, 验证码)": re.compile(r"不[^，。！？]{0,5}(密码|验证码)"),
}


def check(heard: Heard, lengths: Lengths) -> Iterator[Finding]:
    """The opening, and the end of every way; as this group hears them."""
    yield from opens_well(heard, lengths, heard.script.opening)
    if heard.goes_elsewhere:
        yield from _newcomers(heard)
        yield from _endings(heard)


def in_sentences(script: Script, places: Mapping[str, Place]) -> Iterator[Finding]:
    """Every sentence, however seldom it is said."""
    for sentence in script.sentences.values():
        for text in filter(None, (sentence.text, sentence.otherwise)):
            yield from dubious(text, places[sentence.id])


def dubious(text: str, place: Place) -> Iterator[Finding]:
    """What a text asks, claims or dials that we never do."""
    for clause, what, advice in asked_for(text):
        yield Finding(place, "sounds-like-fraud", f"'{clause}' asks for {what}; we never do", advice)
    for clause, what, advice in presses(text):
        yield Finding(place, "sounds-like-fraud", f"'{clause}' is {what}; a fraudster talks so, we never do", advice)
    for clause, what, advice in claims(text):
        yield Finding(place, "claims-to-be", f"'{clause}' claims to be {what}; we are a machine and say so", advice)
    for number in numbers(text):
        problem = f"'{number}' is a telephone number that is not ours"
        advice = f"name none but {{call_back}} and {', '.join(sorted(OUR_NUMBERS))} (幺幺零, 九六幺幺零)"
        yield Finding(place, "outside-number", problem, advice)
    for words in connects_outside(text):
        problem = f"'{words}': we connect to nobody but an officer of the centre"
        yield Finding(place, "outside-number", problem, "let him ring there himself, by a number he looks up")


def opens_well(heard: Heard, lengths: Lengths, name: str) -> Iterator[Finding]:
    """What must be known of a call's first step: the opening of every call, and that of a call-back."""
    script = heard.script
    step, place = script.steps[name], heard.steps[name]
    if step.kind is not StepKind.TELL:
        yield Finding(place, "opening-asks", f"the opening '{step.name}' must be a 'tell'", "ask in the step after it")
    if not step.must_hear:
        problem = f"the opening '{step.name}' is not said again when it was cut short"
        yield Finding(place, "not-must-hear", problem, "add 'must_hear: true'")
    sentences = [script.sentences[name] for name in step.say]
    for text in {"".join(s.text for s in sentences), "".join(s.otherwise or s.text for s in sentences)}:
        for what, pattern in _OPENING_MUST_SAY.items():
            if not pattern.search(text):
                problem = f"the opening '{step.name}' does not say {what}"
                yield Finding(place, "opening-lacks", problem, "write 'tell: opening' for the shared one")
    takes = lengths.of_step(step)
    if takes > OPENING_SECONDS:
        problem = f"the opening takes {takes:.1f} s{heard.whom}; after {OPENING_SECONDS:.0f} s nobody listens"
        yield Finding(place, "opening-too-long", problem, "take at most 32 characters")


def _newcomers(heard: Heard) -> Iterator[Finding]:
    """Who takes the telephone hears the opening before he is asked anything."""
    script = heard.script
    opening = script.steps[script.opening].say
    for step in script.steps.values():
        if step.kind is not StepKind.ASK or step.identity is not Identity.LOST:
            continue
        for target in sorted({*step.replies.values(), *step.keys.values(), *step.no_match}):
            steps = folded(script.steps, target)
            if (
                steps
                and steps[-1].kind is StepKind.ASK
                and step not in steps
                and steps[0].say[: len(opening)] != opening
            ):
                problem = (
                    f"who takes the telephone at step '{step.name}' may be led to '{target}' and never hear who rings"
                )
                yield Finding(heard.steps[step.name], "newcomer-uninformed", problem, "lead him to 'opening'")


def _endings(heard: Heard) -> Iterator[Finding]:
    script = heard.script
    without_crisis = {intent: target for intent, target in script.urgent.items() if intent != CRISIS}
    # Nobody who wants to die is told about codes and screens.
    for name in sorted(reachable(replace(script, urgent=without_crisis))):
        step = script.steps[name]
        if step.kind is not StepKind.CLOSE or step.concludes is Conclusion.MACHINE:
            continue
        if not (step.say and step.say[-1].startswith(f"lines.{KEY_LINE}.")):
            problem = f"the call ends at step '{name}' without the key sentence"
            yield Finding(heard.steps[name], "no-key-sentence", problem, f"end it with the line '{KEY_LINE}'")
