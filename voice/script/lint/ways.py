"""Where the steps of a script lead. Questions to the graph; nothing here complains.

Rule: a way is folded as the machine folds it: statements run into the question, officer or ending that follows them.
"""

from collections.abc import Mapping

from voice.script.model import BACK, DOUBTED, RELATIVE, REPEAT, RESUME, Script, Step, StepKind


def targets_of(step: Step) -> list[str]:
    """The steps that a step names; not the relative ones."""
    pledge = (step.pledge.enough, step.pledge.partly, step.pledge.against) if step.pledge else ()
    answers = (*step.replies.values(), *step.keys.values(), *pledge)
    every = [step.then, *answers, *step.no_input, *step.no_match, step.no_officer]
    return [target for target in every if target and target not in RELATIVE]


def roots_of(script: Script) -> list[str]:
    """Where a call may come to from anywhere."""
    routes = (script.urgent, script.globals, script.clarify)
    named = filter(None, (script.opening, script.resuming, script.goodbye, script.machine))
    return [*named, *(target for route in routes for target in route.values())]


def reachable(script: Script) -> frozenset[str]:
    """Steps that a call can come to."""
    ahead, found = roots_of(script), set[str]()
    while ahead:
        name = ahead.pop()
        if name in script.steps and name not in found:
            found.add(name)
            ahead += targets_of(script.steps[name])
    return frozenset(found)


def folded(
    steps: Mapping[str, Step],
    target: str,
    *,
    question: str = "",
    opening: str = "",
    doubted: str = "",
    resumed: str = "",
) -> tuple[Step, ...]:
    """The statements from a target on and the step that ends them.

    Ends in a TELL if statements run in a circle, or into `back` when no `opening` was given to go back to.
    """
    found: list[Step] = []
    while True:
        if target == DOUBTED:
            target = doubted or BACK
        if target == RESUME:
            target = resumed or BACK
        if target in (BACK, REPEAT):
            target = question or opening
        step = steps.get(target)
        if step is None or step in found:
            return tuple(found)
        found.append(step)
        if step.kind is not StepKind.TELL:
            return tuple(found)
        target = step.then


def end_of(script: Script, target: str) -> Step | None:
    """The question, officer or ending that a target's statements run into; None: back to where we were, or a circle."""
    steps = folded(script.steps, target) if target else ()
    return steps[-1] if steps and steps[-1].kind is not StepKind.TELL else None


def is_officer(script: Script, target: str) -> bool:
    """Does it lead to a human at once?"""
    end = end_of(script, target)
    return end is not None and end.kind is StepKind.OFFICER


def questions_of_doubt(script: Script) -> frozenset[str]:
    """The steps that clear a doubt; `doubted` means something in them alone."""
    return frozenset(script.clarify.values())
