"""What is written and never used: nobody will say it, and nothing else checks it. All of these are warnings.

Rule: lines and blocks of a script's own file are told with it; those of shared files only when no script uses them.
"""

import re
from collections.abc import Collection, Iterator

from voice.script.draft import Draft, DraftBlock
from voice.script.draftstep import AnyStep, DraftRun, DraftStep
from voice.script.source import Finding, Place, Severity

_SLOT = re.compile(r"<([a-z][a-z0-9_]*)>")
_LINE = re.compile(r"lines\.([a-z0-9_]+)\.")


def lines_in(sentences: Collection[str]) -> frozenset[str]:
    """The names of the lines that these sentence ids come from."""
    return frozenset(found[1] for name in sentences if (found := _LINE.match(name)))


def blocks_run(draft: Draft) -> frozenset[str]:
    """The blocks that some step of the script or of a group runs, or that such a block runs."""
    ahead = [step for steps in (draft.steps, *(g.steps for g in draft.groups.values())) for step in steps.values()]
    found: set[str] = set()
    while ahead:
        step = ahead.pop()
        if isinstance(step, DraftRun) and step.block.text not in found:
            found.add(step.block.text)
            block = draft.blocks.get(step.block.text)
            ahead += block.steps.values() if block else ()
    return frozenset(found)


def unused(draft: Draft, lines: Collection[str], blocks: Collection[str], *, whose: str = "") -> Iterator[Finding]:
    """Lines and blocks of a file that are not among the used ones, and what its blocks have to no purpose."""
    for name, (place, _) in draft.lines.items():
        if name not in lines:
            yield _warning(place, "unused-line", f"nothing says the lines '{name}'{whose}")
    for name, block in draft.blocks.items():
        if name not in blocks:
            yield _warning(block.name.place, "unused-block", f"nothing runs block '{name}'{whose}")
        yield from _in_block(block)


def unused_steps(draft: Draft, steps: Collection[str]) -> Iterator[Finding]:
    """Shared steps that no script comes to."""
    for name, step in draft.steps.items():
        if name not in steps:
            yield _warning(step.name.place, "unused-step", f"no script comes to the shared step '{name}'")


def _in_block(block: DraftBlock) -> Iterator[Finding]:
    what = f"block '{block.name.text}'"
    said = "".join(text for step in block.steps.values() for text in _texts(step))
    slots = frozenset(_SLOT.findall(said))
    for name, text in block.texts.items():
        if name not in slots:
            yield _warning(text.place, "unused-text", f"no sentence of {what} holds its text <{name}>")
    taken = frozenset(target for step in block.steps.values() for target in _targets(step))
    for exit_ in block.exits:
        if exit_.text not in taken:
            yield _warning(exit_.place, "unused-exit", f"no step of {what} leads to its exit '{exit_.text}'")


def _texts(step: AnyStep) -> Iterator[str]:
    if isinstance(step, DraftRun):
        yield from (text.text for _, text in step.texts)
        return
    for sentence in (*step.say, *step.hold):
        yield from (sentence.text.text, sentence.otherwise, *(word.text for word in sentence.again))


def _targets(step: AnyStep) -> Iterator[str]:
    if isinstance(step, DraftRun):
        yield from (target.text for _, target in step.exits)
        return
    yield from _named(step)


def _named(step: DraftStep) -> Iterator[str]:
    yield from (word.text for words in step.targets.values() for word in words)
    yield from (target.text for _, target in (*step.replies, *step.keys))
    yield from (target.text for target in step.pledge.targets.values()) if step.pledge else ()


def _warning(place: Place, code: str, problem: str) -> Finding:
    return Finding(place, code, problem, "use it, or delete it", Severity.WARNING)
