"""Unfolds `run` steps: a block's steps are laid out once for every step that runs it. Pure.

Rule 1: the block's first step takes the name of the running step, the others get it as a prefix: `paid_yet.again`.
Rule 2: inside a block a target is looked for among the block's steps, then its exits, then the script's steps.
Rule 3: a <name> in a block's sentence is replaced by the running step's text, or by the block's own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from voice.script.draft import DraftBlock
from voice.script.draftstep import AnyStep, DraftRun, DraftSentence, DraftStep
from voice.script.source import Place, Word, nearest

Complain = Callable[[Place, str, str, str], None]  # place, code, message, suggestion
_SLOT = re.compile(r"<([a-z][a-z0-9_]*)>")


def unfolded(
    steps: Mapping[str, AnyStep], blocks: Mapping[str, DraftBlock], complain: Complain
) -> dict[str, DraftStep]:
    """The steps with every block in its place; what cannot be unfolded is complained about and left out."""
    found: dict[str, DraftStep] = {}
    for step in steps.values():
        for each in _unfolded(step, blocks, complain, ()):
            found[each.name.text] = each
    return found


def _unfolded(
    step: AnyStep, blocks: Mapping[str, DraftBlock], complain: Complain, within: tuple[str, ...]
) -> Iterable[DraftStep]:
    if isinstance(step, DraftStep):
        yield step
        return
    block = blocks.get(step.block.text)
    if block is None:
        advice = nearest(step.block.text, blocks) or f"there are: {', '.join(sorted(blocks))}"
        complain(step.block.place, "no-such-block", f"there is no block '{step.block.text}'", advice)
    elif block.name.text in within:
        problem, advice = f"block '{block.name.text}' runs itself", "lead to its first step by an exit instead"
        complain(step.block.place, "block-circle", problem, advice)
    elif block.steps:
        _compare(step, block, complain)
        for inner in _Layout(step, block, complain).steps():
            yield from _unfolded(inner, blocks, complain, (*within, block.name.text))


def _compare(run: DraftRun, block: DraftBlock, complain: Complain) -> None:
    """Does the running step say where every exit leads, and nothing that the block does not have?"""
    exits = {word.text for word in block.exits}
    given = {name.text for name, _ in run.exits}
    what = f"block '{block.name.text}'"
    for name in sorted(exits - given):
        problem = f"step '{run.name.text}' does not say where {what} leads by '{name}'"
        complain(run.name.place, "missing-exit", problem, f"add 'exits: {{{name}: STEP}}'")
    for word, _ in run.exits:
        if word.text not in exits:
            complain(word.place, "no-such-exit", f"{what} has no exit '{word.text}'", _choice(word.text, exits))
    for word, _ in run.texts:
        if word.text not in block.texts:
            complain(word.place, "no-such-text", f"{what} has no text '{word.text}'", _choice(word.text, block.texts))


def _choice(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return nearest(word, names) or (f"there are: {', '.join(names)}" if names else "leave it out")


class _Layout:
    """One block, as one step runs it."""

    def __init__(self, run: DraftRun, block: DraftBlock, complain: Complain) -> None:
        self._run, self._block, self._complain = run, block, complain
        first = next(iter(block.steps))
        self._names = {name: run.name.text if name == first else f"{run.name.text}.{name}" for name in block.steps}
        self._exits = {name.text: target for name, target in run.exits}
        self._texts = {**block.texts, **{name.text: text for name, text in run.texts}}

    def steps(self) -> Iterable[AnyStep]:
        return [self._laid(name, step) for name, step in self._block.steps.items()]

    def _laid(self, local: str, step: AnyStep) -> AnyStep:
        name = Word(self._names[local], step.name.place)
        if isinstance(step, DraftRun):
            texts = [(key, Word(self._filled(text), text.place)) for key, text in step.texts]
            return DraftRun(name, step.block, [(key, self._target(target)) for key, target in step.exits], texts)
        pledge = step.pledge and replace(
            step.pledge, targets={key: self._target(target) for key, target in step.pledge.targets.items()}
        )
        return replace(
            step,
            name=name,
            say=[self._sentence(each) for each in step.say],
            hold=[self._sentence(each) for each in step.hold],
            targets={key: [self._target(word) for word in words] for key, words in step.targets.items()},
            replies=[(intent, self._target(target)) for intent, target in step.replies],
            keys=[(digit, self._target(target)) for digit, target in step.keys],
            pledge=pledge,
        )

    def _target(self, word: Word) -> Word:
        if word.text in self._names:
            return Word(self._names[word.text], word.place)
        return self._exits.get(word.text, word)

    def _sentence(self, sentence: DraftSentence) -> DraftSentence:
        return replace(
            sentence,
            text=Word(self._filled(sentence.text), sentence.text.place),
            otherwise=self._filled(Word(sentence.otherwise, sentence.text.place)),
            again=tuple(Word(self._filled(word), word.place) for word in sentence.again),
        )

    def _filled(self, word: Word) -> str:
        def text_of(slot: re.Match[str]) -> str:
            if slot[1] not in self._texts:
                advice = _choice(slot[1], self._texts)
                self._complain(word.place, "no-such-text", f"the block has no text '{slot[1]}'", advice)
                return ""
            return self._texts[slot[1]].text

        return _SLOT.sub(text_of, word.text)
