"""A call-back after the line broke: it opens like every call, says why it rings, asks who answers, and goes on where the talk was.

That nothing personal is said before the answer is `voice.script.lint.privacy`'s to prove.
"""

import re
from collections.abc import Iterator

from voice.script.lint.heard import Heard
from voice.script.lint.identity import YES
from voice.script.lint.lasting import Lengths
from voice.script.lint.legitimacy import opens_well
from voice.script.lint.ways import folded, roots_of, targets_of
from voice.script.model import RESUME, Identity, Script, StepKind
from voice.script.source import Finding

_BROKE = re.compile(r"刚才[^。！？]{0,6}断")


def check(heard: Heard, lengths: Lengths) -> Iterator[Finding]:
    """All of it, as this group hears it."""
    script = heard.script
    if not script.resuming:
        return
    yield from opens_well(heard, lengths, script.resuming)
    place, opening = heard.steps[script.resuming], script.steps[script.resuming]
    said = "".join(script.sentences[name].text for name in opening.say)
    if not _BROKE.search(said):
        problem = f"the call-back's opening '{opening.name}' does not say that the line broke (刚才…断…)"
        yield Finding(place, "opening-lacks", problem, "write 'tell: resumed' for the shared one")
    if not (heard.group and heard.group.after_opening) and not _goes_on(
        script
    ):  # they go their own way from the beginning
        problem = f"who is rung back at '{opening.name}' and says yes is not led to 'resume'{heard.whom}"
        advice = "ask with the block 'identity' and write 'exits: {confirmed: resume}'"
        yield Finding(place, "resumes-nothing", problem, advice)
    if heard.group is None:
        yield from _elsewhere(heard)


def _goes_on(script: Script) -> bool:
    """Is the first question the one who answers, and does its yes go on with the dropped talk?"""
    asked = folded(script.steps, script.resuming)[-1]
    if asked.kind is not StepKind.ASK or YES not in asked.replies:
        return False
    steps = folded(script.steps, asked.replies[YES])
    confirmed = any(step.identity is Identity.CONFIRMED for step in steps)
    return confirmed and steps[-1].then == RESUME


def _elsewhere(heard: Heard) -> Iterator[Finding]:
    """In a call that resumes nothing the word has no meaning."""
    script = heard.script
    ahead, seen = [name for name in roots_of(script) if name != script.resuming], set[str]()
    while ahead:
        name = ahead.pop()
        if name not in seen and name in script.steps:
            seen.add(name)
            ahead += targets_of(script.steps[name])
    for name in sorted(seen):
        step = script.steps[name]
        if RESUME in (step.then, step.no_officer, *step.replies.values(), *step.keys.values()):
            problem = f"step '{name}' leads to 'resume', and a call that takes nothing up comes there, too"
            yield Finding(heard.steps[name], "resumes-unasked", problem, "keep it to the steps after 'resuming'")
