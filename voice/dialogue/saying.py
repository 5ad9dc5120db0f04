"""How a prompt begins and how it was heard to its end: what the machine does whatever led there. Pure.

Rule: a new prompt is a new turn, and whatever still plays stops first.
"""

from dataclasses import replace

from voice.dialogue.actions import Action, Say, StopSaying
from voice.dialogue.routing import sentences_of
from voice.dialogue.state import Dialogue, Prompt, needs_hearing, stronger
from voice.report import Conclusion
from voice.script.model import Identity, Script, Step

_SOMEBODY_ELSE = (Conclusion.THIRD_PARTY, Conclusion.WRONG_PERSON)
Next = tuple[Dialogue, tuple[Action, ...]]


def say(script: Script, now: Dialogue, steps: tuple[Step, ...]) -> Next:
    """The sentences of these steps as the prompt of a new turn; what the steps settle holds from now on."""
    conclusion, facts = now.conclusion, now.facts
    for step in steps:
        if not needs_hearing(step.concludes):
            conclusion = stronger(conclusion, step.concludes)
        identity = Identity.LOST if step.concludes in _SOMEBODY_ELSE and "identity" in facts else step.identity
        if identity is not None:
            facts = {**facts, "identity": identity.value}
    names = tuple(step.name for step in steps)
    after = replace(
        now,
        turn=now.turn + 1,
        step=names[-1],
        prompt=Prompt(names, playing=True),
        conclusion=conclusion,
        facts=facts,
        said=(*now.said, *names),
    )
    return after, (*stop(now), Say(after.turn, after.step, sentences_of(script, now, steps)))


def say_on_hold(now: Dialogue, step: Step, sentences: tuple[str, ...]) -> Next:
    """These sentences while an officer is fetched; the conversation itself stands still."""
    after = replace(
        now,
        turn=now.turn + 1,
        step=step.name,
        prompt=Prompt((), playing=True),
        officer=replace(now.officer, holds=now.officer.holds + 1),
    )
    return after, (*stop(now), Say(after.turn, after.step, sentences))


def stop(now: Dialogue) -> tuple[Action, ...]:
    """Nothing that plays goes on."""
    return (StopSaying(),) if now.prompt.playing else ()


def said_to_end(script: Script, now: Dialogue) -> Dialogue:
    """The prompt was heard: what had to be heard is paid, what stands on it is concluded."""
    conclusion = now.conclusion
    for name in now.prompt.steps:
        conclusion = stronger(conclusion, script.steps[name].concludes)
    owed = tuple(name for name in now.owed if name not in now.prompt.steps)
    return replace(now, prompt=replace(now.prompt, playing=False), owed=owed, conclusion=conclusion)
