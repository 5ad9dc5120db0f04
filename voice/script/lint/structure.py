"""What makes a call hang, nag or hide the officer.

Rule: the machine bounds every call, so nothing here would last for ever; but whoever is led in a circle has hung up by then.
"""

from collections.abc import Iterator, Mapping

from voice.dialogue.machine import MAX_ASKED
from voice.dialogue.routing import WANT_HUMAN
from voice.script.lint.heard import Heard
from voice.script.lint.ways import end_of, folded, is_officer, questions_of_doubt, targets_of
from voice.script.model import DOUBTED, RELATIVE, Script, Step, StepKind
from voice.script.source import Finding
from voice.understanding.intents import URGENT

LADDERS = ("no_input", "no_match")


def check(heard: Heard) -> Iterator[Finding]:
    """All of it, for the script as this group hears it."""
    if heard.goes_elsewhere:
        yield from _steps(heard)
        yield from _circles(heard)
        yield from _routes(heard)
        yield from _doubts(heard)


def unreached(versions: list[Heard]) -> Iterator[Finding]:
    """Steps that nobody comes to."""
    everybody = versions[0]
    known = frozenset[str]().union(*(heard.reached for heard in versions))
    names = {name: place for name, place in everybody.steps.items() if name in everybody.script.steps.keys() - known}
    for heard in versions[1:]:
        own = heard.group.steps.keys() if heard.group else ()
        names |= {name: heard.steps[name] for name in own if name not in heard.reached}
    for name, place in names.items():
        advice = "lead to it from somewhere, or delete it"
        yield Finding(place, "unreachable-step", f"nothing leads to step '{name}'", advice)


def _steps(heard: Heard) -> Iterator[Finding]:
    script = heard.script
    ending = _that_end(script)
    for name, step in script.steps.items():
        place = heard.steps[name]
        if name not in ending and not _told_in_a_circle(script, name):
            problem = f"from step '{name}' no way leads to the end of the call"
            yield Finding(place, "never-ends", problem, "lead some reply to a 'close' or 'officer' step")
        if not step.say:
            yield Finding(place, "says-nothing", f"step '{name}' has no sentence", "write at least one")
        if step.kind is StepKind.ASK:
            yield from _ladders(heard, step)
        if step.kind is StepKind.OFFICER:
            yield from _officer(heard, step)
    opening = script.steps[script.opening]
    end = folded(script.steps, opening.name)[-1]
    if end.kind is StepKind.TELL and not _told_in_a_circle(script, opening.name):
        problem = f"after '{end.name}' the call goes back, and no question was asked yet"
        yield Finding(heard.steps[end.name], "nothing-to-go-back-to", problem, "lead to the first question by its name")


def _officer(heard: Heard, step: Step) -> Iterator[Finding]:
    place, name = heard.steps[step.name], step.name
    if not step.hold:
        problem = f"step '{name}' has no sentence for the wait ('hold')"
        yield Finding(place, "says-nothing", problem, "write 'hold: hold' for the shared ones")
    if is_officer(heard.script, step.no_officer):
        problem = f"when nobody comes, step '{name}' asks for an officer again"
        yield Finding(
            place, "officer-circle", problem, "lead 'no_officer' to 'officer_missed', or to a step of your own"
        )


def _ladders(heard: Heard, step: Step) -> Iterator[Finding]:
    place = heard.steps[step.name]
    for key, ladder in zip(LADDERS, (step.no_input, step.no_match), strict=True):
        if not ladder:
            problem = f"step '{step.name}' has an empty '{key}'"
            yield Finding(place, "no-ladder", problem, f"write for example '{key}: [repeat, unclear]'")
            continue
        end = end_of(heard.script, ladder[-1])
        if end is None or end.name == step.name:
            problem = f"the last rung of '{key}' ('{ladder[-1]}') does not leave step '{step.name}': the call would nag"
            yield Finding(
                place, "ladder-stays", problem, f"end it with a way out, for example '{key}: [repeat, unclear]'"
            )


def _routes(heard: Heard) -> Iterator[Finding]:
    script, top = heard.script, heard.steps[heard.script.opening]
    for key, target in (("goodbye", script.goodbye), ("machine", script.machine)):
        if script.steps[target].kind is not StepKind.CLOSE:
            problem = f"'{key}' must lead to a 'close' step"
            yield Finding(heard.steps[target], "not-an-ending", problem, f"write 'close:' in step '{target}'")
    if not is_officer(script, script.globals.get(WANT_HUMAN, "")):
        problem = f"'globals' must lead '{WANT_HUMAN}' (and with it key 1) to an 'officer' step"
        yield Finding(top, "no-officer-in-reach", problem, f"write '{WANT_HUMAN}: ask_officer'")
    for intent in sorted(URGENT):
        target = script.urgent.get(intent, "")
        if not target:
            problem = f"'urgent' does not say where '{intent}' leads"
            yield Finding(top, "urgent-unheard", problem, "lead it to an 'officer' step")
        elif not is_officer(script, target):
            problem = f"'{intent}' is urgent and leads to '{target}', where no officer is fetched"
            yield Finding(
                heard.steps.get(target, top), "urgent-without-officer", problem, "lead it to an 'officer' step"
            )
    for step in script.steps.values():
        if WANT_HUMAN in step.replies and not is_officer(script, step.replies[WANT_HUMAN]):
            problem = f"who wants a human at step '{step.name}' is led to '{step.replies[WANT_HUMAN]}' instead"
            advice = f"take '{WANT_HUMAN}' out of its replies; all questions know it"
            yield Finding(heard.steps[step.name], "officer-hidden", problem, advice)


def _doubts(heard: Heard) -> Iterator[Finding]:
    """Questions that clear a doubt, and the word that only they may use."""
    script = heard.script
    asked = questions_of_doubt(script)
    for name in sorted(asked):
        step, place = script.steps[name], heard.steps[name]
        if step.kind is not StepKind.ASK:
            problem = f"'clarify' leads to step '{name}', which asks nothing"
            yield Finding(place, "clarify-asks-nothing", problem, "make it an 'ask'")
            continue
        for key, ladder in zip(LADDERS, (step.no_input, step.no_match), strict=True):
            if ladder and not is_officer(script, ladder[-1]):
                problem = f"who does not clear the doubt at step '{name}' ('{key}') gets no officer"
                yield Finding(place, "clarify-without-human", problem, f"write '{key}: [unclear]'")
    for step in script.steps.values():
        if DOUBTED in _every_target(step) and step.name not in asked and not _follows(script, step, asked):
            problem = f"step '{step.name}' leads to 'doubted', and no doubt was asked about there"
            advice = "name a step; 'doubted' belongs into the questions under 'clarify'"
            yield Finding(heard.steps[step.name], "doubted-unasked", problem, advice)


def _every_target(step: Step) -> tuple[str, ...]:
    pledge = (step.pledge.enough, step.pledge.partly, step.pledge.against) if step.pledge else ()
    ladders = (*step.no_input, *step.no_match)
    return (step.then, step.no_officer, *step.replies.values(), *step.keys.values(), *pledge, *ladders)


def _follows(script: Script, step: Step, asked: frozenset[str]) -> bool:
    """Is it a statement that only the questions of doubt lead to?"""
    before = [other.name for other in script.steps.values() if step.name in targets_of(other)]
    return step.kind is StepKind.TELL and bool(before) and asked >= set(before)


# --- ends and circles -----------------------------------------------------------------------------------------------------


def _that_end(script: Script) -> frozenset[str]:
    """Steps from which the call can end. What leads back ends if the question it came from does, so it ends no question."""
    back = {name for name, step in script.steps.items() if _leads_back(script, step)}
    ending = {name for name, step in script.steps.items() if step.kind is StepKind.CLOSE} | back
    ahead = {name: step for name, step in script.steps.items() if name not in ending}
    while True:
        more = {name for name, step in ahead.items() if _can_reach(step, ending, back)}
        if not more:
            return frozenset(ending)
        ending |= more
        ahead = {name: step for name, step in ahead.items() if name not in more}


def _can_reach(step: Step, ending: set[str], back: set[str]) -> bool:
    asks = step.kind is StepKind.ASK
    return any(target in ending and not (asks and target in back) for target in targets_of(step))


def _leads_back(script: Script, step: Step) -> bool:
    target = {StepKind.TELL: step.then, StepKind.OFFICER: step.no_officer}.get(step.kind, "")
    steps = folded(script.steps, target) if target else ()
    if not steps:
        return target in RELATIVE
    return steps[-1].kind is StepKind.TELL and steps[-1].then in RELATIVE


def _told_in_a_circle(script: Script, name: str) -> bool:
    steps = folded(script.steps, name)
    return bool(steps) and steps[-1].kind is StepKind.TELL and steps[-1].then not in RELATIVE


def _circles(heard: Heard) -> Iterator[Finding]:
    script = heard.script
    told_of = set[str]()
    for name in script.steps:
        told = folded(script.steps, name)
        if _told_in_a_circle(script, name) and told[-1].then == name and name not in told_of:
            told_of |= {each.name for each in told}
            around = " > ".join((*(each.name for each in told), name))
            problem = f"statements follow each other in a circle and never ask: {around}"
            yield Finding(
                heard.steps[name], "circle-of-statements", problem, "lead the last one to a question or an ending"
            )
    for key, who in zip(LADDERS, ("stays silent", "is not understood"), strict=True):
        seen: set[frozenset[str]] = set()
        for name, step in script.steps.items():
            way = _nagged(script, key, name) if step.kind is StepKind.ASK else ()
            if way and frozenset(way) not in seen:
                seen.add(frozenset(way))
                problem = f"who {who} is asked in a circle: {' > '.join(way)}"
                advice = f"let some '{key}' of these end with an officer or an ending"
                yield Finding(heard.steps[name], "circle-of-questions", problem, advice)


def _nagged(script: Script, key: str, name: str) -> tuple[str, ...]:
    """The circle of questions in which somebody is led who never gives one of them an answer; empty: he is let out."""
    asked = [name]
    climbed = 0
    while climbed <= MAX_ASKED:
        ladder = _ladder(script.steps[asked[-1]], key)
        if not ladder:
            return ()
        end = folded(script.steps, ladder[min(climbed, len(ladder) - 1)], question=asked[-1])[-1]
        climbed += 1
        if end.kind is not StepKind.ASK:
            return ()
        if end.name == asked[-1]:
            continue
        climbed = 0  # another question begins its own ladder
        if end.name in asked:
            return (*asked[asked.index(end.name) :], end.name)
        asked.append(end.name)
    return ()  # it stays at one question: ladder-stays tells of that


def _ladder(step: Step, key: str) -> tuple[str, ...]:
    ladders: Mapping[str, tuple[str, ...]] = dict(zip(LADDERS, (step.no_input, step.no_match), strict=True))
    return ladders[key]
