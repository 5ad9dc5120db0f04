"""What makes a whole script a bad one: it hangs, it hides an officer, it does not say who we are, it sounds like a fraud.

Rule 1: a check looks at a compiled script and reports where it was written; it never repairs.
Rule 2: lengths are counted with the variables' example values.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from voice.script.model import RELATIVE, Script, Step, StepKind
from voice.script.source import Finding, Place, did_you_mean
from voice.script.speak import for_group
from voice.script.variables import VARIABLES, filled, variables_in
from voice.understanding.intents import URGENT

MAX_CLAUSE_HANZI = 20
MAX_OPENING_HANZI = 32  # ends within 12 s at any rate from 140 words a minute on
WANT_HUMAN = "want_human"

_HANZI = re.compile(r"[\u4e00-\u9fff〇]")
_CLAUSE = re.compile(r"[，。！？；：、…—,.!?;:]+")
_UNSPEAKABLE = re.compile(r"[^\u4e00-\u9fff〇，。！？；：、“”‘’《》（）…—\s]+")

_OPENING_MUST_SAY: Mapping[str, re.Pattern[str]] = {
    "who rings ({centre})": re.compile(r"\{centre\}"),
    "that it is a machine (智能助手)": re.compile("助手|机器人"),
    "that the call is recorded (录音)": re.compile("录音"),
    "that we ask for no transfer (不…转账)": re.compile(r"不[^，。！？]{0,5}转账"),
    "that we ask for no code (不…密码, 验证码)": re.compile(r"不[^，。！？]{0,5}(密码|验证码)"),
}

# What only a fraudster asks for. A clause that forbids it ("不要把验证码告诉任何人") is ours.
_BANNED: Mapping[str, re.Pattern[str]] = {
    "a code or password": re.compile(
        r"(验证码|密码|卡号|身份证号?)[^，。]{0,4}(告诉我|发给我|发我|念给我|报给我|说给我|念一下|报一下|说一下|是多少)"
    ),
    "a code or password ": re.compile(
        r"(告诉我|发给我|念给我|报给我|说一下|念一下|提供)[^，。]{0,6}(验证码|密码|卡号|身份证号?)"
    ),
    "a transfer": re.compile(r"(转账到|转到|转给我|汇到|汇给我|打到|存到|存入)"),
    "a 'safe account'": re.compile(r"安全账户"),
    "a link": re.compile(r"(点击?|打开)[^，。]{0,6}(链接|网址)"),
    "screen sharing": re.compile(r"(打开|开启|开一下|同意)[^，。]{0,6}(屏幕共享|共享屏幕|会议)"),
    "secrecy": re.compile(
        r"(请|要)[^，。]{0,6}保密|(别|不要|不能)[^，。]{0,4}(告诉|跟|和)[^，。]{0,3}(家人|家里人|民警|警察|银行)"
    ),
}
_FORBIDS = re.compile(r"[不别没勿]")


@dataclass(frozen=True, slots=True)
class Places:
    """Where steps and sentences are written, by step name and sentence id."""

    steps: dict[str, Place]
    sentences: dict[str, Place]


def check(script: Script, places: Places) -> list[Finding]:
    """Everything that is wrong with a script whose references are whole, as everybody hears it and as each group does."""
    findings: dict[Finding, None] = {}
    known = frozenset[str]()
    for code in ("", *script.groups):
        version = for_group(script, code)
        known |= reachable(version)
        there = Places({**places.steps, **_steps_of(places, code)}, places.sentences)
        findings |= dict.fromkeys(_structure(version, there))
        findings |= dict.fromkeys(_legitimacy(version, there))
        findings |= dict.fromkeys(_speakability(version, there))
    for name in script.steps.keys() - known:
        findings[Finding(places.steps[name], "unreachable-step", f"nothing leads to step '{name}'")] = None
    return list(findings)


def _steps_of(places: Places, group: str) -> dict[str, Place]:
    prefix = f"{group}:"
    return {name.removeprefix(prefix): place for name, place in places.steps.items() if name.startswith(prefix)}


def reachable(script: Script) -> frozenset[str]:
    """Steps that a call can come to."""
    roots = [
        script.opening,
        script.goodbye,
        script.machine,
        *script.urgent.values(),
        *script.globals.values(),
        *script.clarify.values(),
    ]
    found: set[str] = set()
    while roots:
        name = roots.pop()
        if name in script.steps and name not in found:
            found.add(name)
            roots += _targets(script.steps[name])
    return frozenset(found)


def _targets(step: Step) -> list[str]:
    pledge = (step.pledge.enough, step.pledge.partly, step.pledge.against) if step.pledge else ()
    answers = (*step.replies.values(), *step.keys.values(), *pledge)
    every = [step.then, *answers, *step.no_input, *step.no_match, step.no_officer]
    return [target for target in every if target and target not in RELATIVE]


def _ends_of(script: Script, target: str) -> Step | None:
    """The question, officer or ending that a target's statements run into; None: back to where we were, or a circle."""
    seen: set[str] = set()
    while target not in RELATIVE and target not in seen:
        seen.add(target)
        step = script.steps[target]
        if step.kind is not StepKind.TELL:
            return step
        target = step.then
    return None


# --- structure ----------------------------------------------------------------------------------------------------------


def _structure(script: Script, places: Places) -> Iterator[Finding]:
    top = places.steps[script.opening]
    ending = _that_end(script)
    for name, step in script.steps.items():
        place = places.steps[name]
        if name not in ending:
            yield Finding(place, "never-ends", f"from step '{name}' no way leads to the end of the call")
        if not step.say:
            yield Finding(place, "says-nothing", f"step '{name}' has no sentence")
        if step.kind is StepKind.ASK:
            yield from _ladders(script, step, place)
        if step.kind is StepKind.OFFICER and not step.hold:
            yield Finding(place, "says-nothing", f"step '{name}' has no sentence for the wait ('hold')")
        if step.kind is StepKind.OFFICER and _is_officer(script, step.no_officer):
            yield Finding(place, "officer-circle", f"when nobody comes, step '{name}' asks for an officer again")
    for key, target in (("goodbye", script.goodbye), ("machine", script.machine)):
        if script.steps[target].kind is not StepKind.CLOSE:
            yield Finding(places.steps[target], "not-an-ending", f"'{key}' must lead to a 'close' step")
    if not _is_officer(script, script.globals.get(WANT_HUMAN, "")):
        yield Finding(
            top, "no-officer-in-reach", f"'globals' must lead '{WANT_HUMAN}' (and with it key 1) to an 'officer' step"
        )
    for intent in sorted(URGENT - script.urgent.keys()):
        yield Finding(top, "urgent-unheard", f"'urgent' does not say where '{intent}' leads")


def _is_officer(script: Script, target: str) -> bool:
    end = _ends_of(script, target) if target else None
    return end is not None and end.kind is StepKind.OFFICER


def _ladders(script: Script, step: Step, place: Place) -> Iterator[Finding]:
    for key, ladder in (("no_input", step.no_input), ("no_match", step.no_match)):
        if not ladder:
            yield Finding(place, "no-ladder", f"step '{step.name}' has an empty '{key}'")
            continue
        end = _ends_of(script, ladder[-1])
        if end is None or end.name == step.name:
            message = f"the last rung of '{key}' ('{ladder[-1]}') does not leave step '{step.name}': the call would nag"
            yield Finding(place, "ladder-stays", message)


def _that_end(script: Script) -> frozenset[str]:
    """Steps from which the call can end. What leads back ends if the question it came from does, so it ends no question."""
    back = {name for name, step in script.steps.items() if _leads_back(script, step)}
    ending = {name for name, step in script.steps.items() if step.kind is StepKind.CLOSE} | back
    while True:
        more = {name for name, step in script.steps.items() if name not in ending and _can_reach(step, ending, back)}
        if not more:
            return frozenset(ending)
        ending |= more


def _can_reach(step: Step, ending: set[str], back: set[str]) -> bool:
    useful = ending - back if step.kind is StepKind.ASK else ending
    return any(target in useful for target in _targets(step))


def _leads_back(script: Script, step: Step) -> bool:
    target = {StepKind.TELL: step.then, StepKind.OFFICER: step.no_officer}.get(step.kind, "")
    seen: set[str] = set()
    while target and target not in seen:
        if target in RELATIVE:
            return True
        seen.add(target)
        target = script.steps[target].then
    return False


# --- legitimacy ---------------------------------------------------------------------------------------------------------


def _legitimacy(script: Script, places: Places) -> Iterator[Finding]:
    opening = script.steps[script.opening]
    place = places.steps[opening.name]
    text = "".join(script.sentences[sentence].text for sentence in opening.say)
    for what, pattern in _OPENING_MUST_SAY.items():
        if not pattern.search(text):
            yield Finding(place, "opening-lacks", f"the opening '{opening.name}' does not say {what}")
    hanzi = _hanzi(text) if opening.kind is StepKind.TELL else 0
    if hanzi > MAX_OPENING_HANZI:
        yield Finding(
            place,
            "opening-too-long",
            f"the opening has {hanzi} characters; at most {MAX_OPENING_HANZI} are listened to",
        )
    for sentence in script.sentences.values():
        for text in filter(None, (sentence.text, sentence.otherwise)):
            for clause in _CLAUSE.split(text):
                yield from _banned(clause, places.sentences[sentence.id])


def _banned(clause: str, place: Place) -> Iterator[Finding]:
    for what, pattern in _BANNED.items():
        match = pattern.search(clause)
        if match and not _FORBIDS.search(clause[: match.start()]):
            yield Finding(place, "sounds-like-fraud", f"'{clause.strip()}' asks for {what.strip()}; we never do")


# --- speakability -------------------------------------------------------------------------------------------------------


def _speakability(script: Script, places: Places) -> Iterator[Finding]:
    for sentence in script.sentences.values():
        place = places.sentences[sentence.id]
        yield from _variables(sentence.text, sentence.otherwise, place)
        for text in filter(None, (sentence.text, sentence.otherwise)):
            yield from _sayable(text, place)
    for name, step in script.steps.items():
        questions = sum(script.sentences[sentence].text.count("？") for sentence in step.say)
        if questions > (1 if step.kind in (StepKind.ASK, StepKind.OFFICER) else 0):
            message = (
                "asks more than one question" if step.kind is StepKind.ASK else "asks, and nobody waits for the reply"
            )
            yield Finding(places.steps[name], "too-many-questions", f"step '{name}' {message}")


def _variables(text: str, otherwise: str, place: Place) -> Iterator[Finding]:
    for name in variables_in(text):
        if name not in VARIABLES:
            hint = did_you_mean(name, VARIABLES)
            yield Finding(place, "no-such-variable", f"there is no variable '{{{name}}}'{hint}")
        elif not VARIABLES[name].always and not otherwise:
            yield Finding(
                place, "no-else", f"'{{{name}}}' may have no value; give an 'else' that stays whole without it"
            )
    if variables_in(otherwise):
        yield Finding(place, "no-else", "an 'else' must hold no variable")


def _sayable(text: str, place: Place) -> Iterator[Finding]:
    words = _with_examples(text)
    odd = _UNSPEAKABLE.search(words)
    if odd:
        yield Finding(place, "unspeakable", f"the voice cannot say '{odd[0]}'; write it in Chinese characters")
    for clause in _CLAUSE.split(words):
        if _hanzi(clause) > MAX_CLAUSE_HANZI:
            message = f"'{clause}' has {_hanzi(clause)} characters without a pause; at most {MAX_CLAUSE_HANZI}"
            yield Finding(place, "clause-too-long", message)


def _with_examples(text: str) -> str:
    names: Iterable[str] = variables_in(text)
    return (
        filled(text, {n: VARIABLES[n].example for n in names})
        if all(n in VARIABLES for n in names)
        else re.sub(r"\{.*?\}", "", text)
    )


def _hanzi(text: str) -> int:
    return len(_HANZI.findall(_with_examples(text)))
