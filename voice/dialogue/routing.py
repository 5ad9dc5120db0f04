"""Where a reply leads: questions to the script and to the moment. Nothing here changes anything."""

from voice.dialogue.state import Dialogue
from voice.script.model import BACK, DOUBTED, RELATIVE, REPEAT, RESUME, Pledge, Script, Step, StepKind
from voice.understanding.model import Understood

WHO_ARE_YOU = "who_are_you"
WANT_HUMAN = "want_human"

# Said while we still speak, these are mostly politeness, or answer a question that was not heard yet.
BACKCHANNELS = frozenset({"affirm", "hello_only", "off_topic"})


def known(script: Script, now: Dialogue, intents: tuple[str, ...]) -> tuple[str, str]:
    """The first intent that the question knows and where it leads; else the first that the whole script knows."""
    replies = script.steps[now.step].replies
    for table in (replies, script.globals):
        for intent in intents:
            if intent in table:
                return intent, table[intent]
    return "", ""


def urgent(script: Script, intents: tuple[str, ...]) -> tuple[str, str]:
    """The first urgent intent and where it leads."""
    return next(((intent, script.urgent[intent]) for intent in intents if intent in script.urgent), ("", ""))


def pledged(pledge: Pledge | None, said: Understood) -> str:
    """Where a teach-back leads; nowhere when nothing was promised, or when he wants a human first."""
    if pledge is None or WANT_HUMAN in said.names():
        return ""
    if said.against:
        return pledge.against
    if set(pledge.needs) <= set(said.pledges):
        return pledge.enough
    return pledge.partly if said.pledges else ""


def worth_stopping_for(script: Script, now: Dialogue, intents: tuple[str, ...]) -> tuple[str, ...]:
    answering = {WHO_ARE_YOU} if script.opening in now.prompt.steps else set[str]()  # the opening is just saying it
    return tuple(i for i in intents if i not in BACKCHANNELS and i not in answering)


def rung(ladder: tuple[str, ...], climbed: int, without: str) -> str:
    return ladder[min(climbed, len(ladder) - 1)] if ladder else without


def fold(script: Script, now: Dialogue, target: str) -> tuple[Step, ...]:
    """The statements from here on and the step that ends them. Ends in a TELL only if statements run in a circle."""
    steps: list[Step] = []
    while True:
        if target == DOUBTED:
            target = now.question.doubted or BACK
        if target in (BACK, REPEAT, RESUME):
            target = now.question.step or script.opening
        step = script.steps[target]
        if step in steps:
            return tuple(steps)
        steps.append(step)
        if step.kind is not StepKind.TELL:
            return tuple(steps)
        target = step.then


def goes_on_at(steps: tuple[Step, ...]) -> str:
    """Of these folded steps the first that means the same in another call: `back` and `doubted` do not."""
    after = [index + 1 for index, step in enumerate(steps[:-1]) if step.then in RELATIVE]
    return steps[after[-1] if after else 0].name


def still_owed(script: Script, now: Dialogue) -> tuple[str, ...]:
    """Must-hear steps of the prompt that is being cut now, or were cut before. Who speaks of dying is not lectured."""
    if now.facts.get("crisis") == "yes":
        return ()
    if not now.prompt.playing:
        return now.owed
    cut = (name for name in now.prompt.steps if script.steps[name].must_hear)
    return tuple(dict.fromkeys((*now.owed, *cut)))


def sentences_of(script: Script, now: Dialogue, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """What is said; a step that was said before says its other wordings in turn."""
    return tuple(_worded(script, sentence, now.said.count(step.name)) for step in steps for sentence in step.say)


def _worded(script: Script, sentence: str, times: int) -> str:
    wordings = (sentence, *script.sentences[sentence].again)
    return wordings[times % len(wordings)]
