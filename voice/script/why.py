"""Why a conversation went where it went, in words for the people who write scripts. Pure.

Rule: nothing here decides. It asks the same tables in the same order as `voice.dialogue.machine`; the step that followed is
told beside it, so a wrong word here cannot hide what happened.
"""

from voice.dialogue.events import (
    DigitPressed,
    EndOrdered,
    Event,
    HungUp,
    NoOfficerCame,
    OfficerAccepted,
    OfficerLeft,
    ReplyUnderstood,
    SilenceElapsed,
    TimeIsUp,
)
from voice.dialogue.routing import known, pledged, urgent, worth_stopping_for
from voice.dialogue.state import Dialogue, Phase
from voice.script.model import Script
from voice.understanding.model import Understood


def why(script: Script, now: Dialogue, event: Event) -> str:
    """What this event means at this moment of this call."""
    match event:
        case ReplyUnderstood(understood=said):
            return _of_reply(script, now, said)
        case SilenceElapsed():
            return _of_silence(now)
        case DigitPressed(digit=digit):
            return _of_key(script, now, digit)
        case OfficerAccepted():
            return "an officer accepted"
        case OfficerLeft():
            return "the officer left"
        case NoOfficerCame():
            return "no officer came"
        case EndOrdered():
            return "the centre ended the call"
        case TimeIsUp():
            return "the call's time is up"
        case HungUp():
            return "the person hung up"
        case _:
            return ""


def _of_silence(now: Dialogue) -> str:
    match now.phase:
        case Phase.LISTENING:
            return f"silence, rung {now.question.silences + 1} of 'no_input'"
        case Phase.GREETING:
            return "nobody said 喂, so we begin"
        case _:
            return "silence"


def _of_key(script: Script, now: Dialogue, digit: str) -> str:
    if digit == "1":
        return "key 1, the officer's"
    listed = now.phase in (Phase.SPEAKING, Phase.LISTENING) and digit in script.steps[now.step].keys
    return f"key {digit} of '{now.step}'" if listed else f"key {digit} means nothing here"


def _of_reply(script: Script, now: Dialogue, said: Understood) -> str:
    intents = said.names()
    danger, _ = urgent(script, intents)
    if danger:
        doubt = _doubt(script, now, danger, said)
        return doubt or f"'{danger}' is urgent"
    match now.phase:
        case Phase.GREETING:
            return "a machine answered" if "machine_answer" in intents else "somebody is there, so we begin"
        case Phase.HOLDING:
            return "nothing leads out of the wait for an officer"
        case Phase.CLOSING:
            return "everything is said"
        case Phase.SPEAKING:
            intent, _ = known(script, now, worth_stopping_for(script, now, intents))
            return f"'{intent}' interrupts us" if intent else "not worth interrupting us"
        case Phase.LISTENING:
            return _of_answer(script, now, said)
        case _:
            return ""


def _of_answer(script: Script, now: Dialogue, said: Understood) -> str:
    step = script.steps[now.step]
    if pledged(step.pledge, said):
        told = [*said.pledges, *(f"against: {each}" for each in said.against)]
        return f"teach-back of '{step.name}': {', '.join(told)}"
    intent, _ = known(script, now, said.names())
    if doubt := _doubt(script, now, intent, said):
        return doubt
    if intent:
        return f"'{intent}' is a reply of '{step.name}'" if intent in step.replies else f"'{intent}' at any question"
    if not said.text:
        return _of_silence(now)
    return f"means nothing here, rung {now.question.mismatches + 1} of 'no_match'"


def _doubt(script: Script, now: Dialogue, intent: str, said: Understood) -> str:
    if not (now.careful and said.doubtful):
        return ""
    if intent in script.clarify and not now.question.doubted:
        return f"'{intent}' is doubtful, so it is asked about"
    return "" if intent in script.urgent else "doubtful, and not to be cleared with a question"
