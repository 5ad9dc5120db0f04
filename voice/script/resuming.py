"""The script of a call-back: it opens with "刚才电话断了", asks who is there, and goes on where the dropped talk was. Pure.

Rule 1: nothing that was settled about who is on the line holds any more; whoever answers is asked, and then nothing is asked twice.
Rule 2: where the dropped talk was waiting for somebody else it begins anew; so it does where its step is not known any more.
Rule 3: what had to be heard and was cut short is said first, when he has said who he is: as a copy of the step, `resume.NAME`.
"""

from collections.abc import Mapping
from dataclasses import replace

from voice.report import Standing
from voice.script.model import RESUME, Identity, Script, Step, StepKind

_YES = "affirm"


def for_resuming(script: Script, standing: Standing) -> Script:
    """The script as this call-back follows it; one without `resuming` is followed from its beginning as ever."""
    if not script.resuming:
        return script
    target, steps = goes_on_at(script, standing), dict(script.steps)
    for name in reversed(_owed(script, standing)):
        copy = replace(script.steps[name], name=f"{RESUME}.{name}", then=target)
        steps[copy.name], target = copy, copy.name
    return replace(script, opening=script.resuming, steps={name: _led(step, target) for name, step in steps.items()})


def goes_on_at(script: Script, standing: Standing) -> str:
    """The step with which the talk goes on."""
    return _entry(script, standing.step) or begins_at(script)


def begins_at(script: Script) -> str:
    """What follows the opening: the call-back has one of its own."""
    opening = script.steps[script.opening]
    return opening.then if opening.kind is StepKind.TELL else opening.name


def entries(script: Script) -> frozenset[str]:
    """Every step with which a call-back may go on."""
    return frozenset({begins_at(script), *(_entry(script, name) for name in script.steps)} - {""})


def _entry(script: Script, name: str) -> str:
    """This step, or what follows when it settles who is on the line; empty: no call-back goes on there."""
    step, seen = script.steps.get(name), set[str]()
    while step is not None and step.name not in seen:
        seen.add(step.name)
        confirmed = script.steps.get(step.replies.get(_YES, "")) if step.kind is StepKind.ASK else step
        if confirmed is None or confirmed.identity is not Identity.CONFIRMED or confirmed.kind is not StepKind.TELL:
            waits = step.identity is Identity.LOST or step.kind is StepKind.CLOSE
            return "" if waits or step.name == script.opening else step.name
        step = script.steps.get(confirmed.then)
    return ""


def _owed(script: Script, standing: Standing) -> list[str]:
    """Of a script that was changed meanwhile, what is still a statement that must be heard."""
    known = (script.steps[name] for name in standing.owed if name in script.steps and name != standing.step)
    return [step.name for step in known if step.kind is StepKind.TELL and step.must_hear and step.identity is None]


def _led(step: Step, target: str) -> Step:
    """The step with RESUME replaced."""

    def to(name: str) -> str:
        return target if name == RESUME else name

    def all_of(routes: Mapping[str, str]) -> dict[str, str]:
        return {word: to(name) for word, name in routes.items()}

    pledge = step.pledge and replace(
        step.pledge, enough=to(step.pledge.enough), partly=to(step.pledge.partly), against=to(step.pledge.against)
    )
    return replace(
        step,
        then=to(step.then),
        replies=all_of(step.replies),
        keys=all_of(step.keys),
        pledge=pledge,
        no_input=tuple(map(to, step.no_input)),
        no_match=tuple(map(to, step.no_match)),
        no_officer=to(step.no_officer),
    )
