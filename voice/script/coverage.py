"""Which steps rehearsals entered, and which replies they took. Pure.

Rule 1: the steps are those that the script answers for: of its own file, with the blocks that they run.
Rule 2: what a group hears in place of a step counts for itself, as `elder:asked`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from voice.script.model import Script, Step, StepKind
from voice.script.rehearse import NO_MATCH, PLEDGE, SILENCE, RehearsalResult
from voice.script.source import Place


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the rehearsals of one script came through."""

    steps: Mapping[str, int] = field(default_factory=dict)  # step -> how many rehearsals entered it
    replies: Mapping[tuple[str, str], int] = field(default_factory=dict)  # question, reply -> how many took it

    @property
    def missed_steps(self) -> tuple[str, ...]:
        return tuple(step for step, count in self.steps.items() if not count)

    @property
    def missed_replies(self) -> tuple[tuple[str, str], ...]:
        return tuple(reply for reply, count in self.replies.items() if not count)


def coverage(script: Script, results: Iterable[RehearsalResult], own: Mapping[str, Place] | None = None) -> Coverage:
    """Over the steps of the script's own file (`Loaded.own`) and the blocks that they run; without `own`, over all."""
    watched = {name: step for name, step in _steps(script).items() if own is None or written_as(name) in own}
    steps = dict.fromkeys(watched, 0)
    replies = {(name, reply): 0 for name, step in watched.items() for reply in _replies(step)}
    for result in results:
        changed = _of_group(script, result)
        for name in entered(script, result) & steps.keys():
            steps[name] += 1
        for pair in {(changed.get(step, step), reply) for step, reply in result.replies} & replies.keys():
            replies[pair] += 1
    return Coverage(steps, replies)


def entered(script: Script, result: RehearsalResult) -> frozenset[str]:
    """The steps that a rehearsal came through."""
    changed = _of_group(script, result)
    return frozenset(changed.get(step, step) for step in result.steps)


def _of_group(script: Script, result: RehearsalResult) -> Mapping[str, str]:
    """Steps that stand for others in the rehearsal's group: asked -> elder:asked."""
    group = script.groups.get(result.rehearsal.group)
    return {name: f"{group.code}:{name}" for name in group.steps} if group else {}


def written_as(name: str) -> str:
    """The step as the file writes it: of `promise.confirm` the step `promise`, which runs the block."""
    return name.split(".", maxsplit=1)[0]


def _steps(script: Script) -> dict[str, Step]:
    changed = {f"{group.code}:{name}": step for group in script.groups.values() for name, step in group.steps.items()}
    return {**script.steps, **changed}


def _replies(step: Step) -> tuple[str, ...]:
    if step.kind is not StepKind.ASK:
        return ()
    pledges = (step.pledge.enough, step.pledge.partly, step.pledge.against) if step.pledge else ()
    return (*step.replies, *step.keys, *(f"{PLEDGE} {led}" for led in dict.fromkeys(pledges)), SILENCE, NO_MATCH)
