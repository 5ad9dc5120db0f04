"""The conversation, and nothing but the conversation.

Rule 1: every change of dialogue state happens in this file.
Rule 2: nothing here waits, reads a clock, draws a random number or logs. "Wait" is an action, "nobody spoke" is an event.
Rule 3: an event of an earlier turn is history; it changes nothing.
Rule 4: a turn is one prompt and its reply. Statements are folded into the prompt of the question (officer step, ending)
        that follows them, so what is said during a statement is never late.
Rule 5: urgent intents are heard at any moment and cut us short. While an officer is fetched nothing lets the person go.
Rule 6: an officer is wanted at most once in a call, and every call ends: MAX_PROMPTS and MAX_HOLDS see to it.
Rule 7: what the last reply that was understood has settled is `confirmed`: there a call-back goes on when the line breaks.
Rule 8: on a high grade a doubtful reply is not guessed: it is asked about once, then a human decides.
"""

from dataclasses import replace

from voice.dialogue.actions import Action, Bridge, DismissOfficers, HangUp, WaitForReply, WantOfficer
from voice.dialogue.events import (
    Answered,
    DigitPressed,
    EndOrdered,
    Event,
    HungUp,
    NoOfficerCame,
    OfficerAccepted,
    OfficerLeft,
    PromptFinished,
    ReplyUnderstood,
    SilenceElapsed,
    TimeIsUp,
)
from voice.dialogue.routing import (
    WANT_HUMAN,
    fold,
    goes_on_at,
    known,
    pledged,
    rung,
    sentences_of,
    still_owed,
    urgent,
    worth_stopping_for,
)
from voice.dialogue.saying import Next, said_to_end, say, say_on_hold, stop
from voice.dialogue.state import (
    Confirmed,
    Dialogue,
    Officer,
    Phase,
    Question,
    Search,
    concluded_at_end,
    learned,
    stronger,
)
from voice.report import Conclusion
from voice.script.model import Script, Step, StepKind
from voice.understanding.model import Understood

MAX_PROMPTS = 24  # then the goodbye, whatever is open
MAX_ASKED = 5  # times one question is said; then its no_match ladder's last rung, whatever the detours were
MAX_HOLDS = 100  # prompts while an officer is fetched, some ten minutes; then nobody came
HOLD_PAUSE_MS = 1500  # between two sentences of the hold; 2 s of silence sound like a dead line
OFFICER_KEY = "1"
MACHINE_ANSWER = "machine_answer"


def advance(script: Script, now: Dialogue, event: Event) -> Next:
    """Answer one event. Same inputs, same answer, always."""
    match now.phase, event:
        case Phase.ENDED, _:
            return now, ()
        case _, HungUp():
            return _ended(now, hang_up=False)
        case Phase.RINGING, Answered():
            return replace(now, phase=Phase.GREETING), (WaitForReply(now.turn, script.greeting_ms, ()),)
        case (Phase.RINGING, EndOrdered() | TimeIsUp()) | (Phase.BRIDGED, EndOrdered()):
            return _ended(now)
        case Phase.BRIDGED, OfficerLeft(escalation=now.officer.escalation):
            return _go(script, replace(now, officer=replace(now.officer, search=Search.LEFT)), script.goodbye)
        case Phase.RINGING | Phase.BRIDGED, _:
            return now, ()
        case _, OfficerAccepted(escalation=escalation):
            return _bridge(now, escalation)
        case _, NoOfficerCame():
            return _nobody_came(script, now)
        case _, EndOrdered():
            return _stop_talking(script, now, dismiss=True)
        case _, TimeIsUp():
            return _stop_talking(script, now, dismiss=False)
        case _, DigitPressed(digit=digit):
            return _pressed(script, replace(now, heard=True), digit)
        case _, ReplyUnderstood(turn=now.turn, understood=understood):
            return _hear(script, now, understood)
        case Phase.SPEAKING, PromptFinished(turn=now.turn):
            return _listen(script, said_to_end(script, now))
        case Phase.HOLDING, PromptFinished(turn=now.turn) if now.prompt.playing:
            return said_to_end(script, now), (WaitForReply(now.turn, HOLD_PAUSE_MS, ()),)
        case Phase.CLOSING, PromptFinished(turn=now.turn):
            return _ended(said_to_end(script, now))
        case Phase.GREETING, SilenceElapsed(turn=now.turn):
            return _go(script, now, script.opening)
        case Phase.LISTENING, SilenceElapsed(turn=now.turn):
            return _silence(script, now)
        case Phase.HOLDING, SilenceElapsed(turn=now.turn) if not now.prompt.playing:
            return _hold_on(script, now)
        case _:
            return now, ()


# --- what the person said -----------------------------------------------------------------------------------------------


def _hear(script: Script, now: Dialogue, said: Understood) -> Next:
    """A reply of this turn: remember what it tells, then route it by where we are."""
    intents = said.names()
    asked = script.steps.get(now.step)
    facts = learned(
        now.facts,
        intents,
        said.amount_yuan,
        slots=said.slots,
        pledges=said.pledges,
        against=said.against,
        promise_asked=asked is not None and asked.pledge is not None,
    )
    now = replace(now, facts=facts, heard=now.heard or bool(said.text or intents))
    danger, target = urgent(script, intents)
    match now.phase:
        case Phase.HOLDING:
            return _hear_while_holding(script, now, target, intents)
        case Phase.CLOSING:
            # Everything is said; only danger that nobody has been called for opens the talk again.
            return _fetch_if_new(script, now, target)
        case Phase.GREETING | Phase.SPEAKING if target and now.careful and said.doubtful:
            return _doubt(script, now, danger, target)
        case Phase.GREETING:
            machine = script.machine if MACHINE_ANSWER in intents else script.opening
            return _go(script, now, target or machine)
        case Phase.SPEAKING:
            if not (target or (now.careful and said.doubtful)):
                _, target = known(script, now, worth_stopping_for(script, now, intents))
            if danger:
                return _understood(script, now, target)
            return _go(script, _matched(now), target) if target else (now, ())
        case _:
            return _answer(script, now, said)


def _answer(script: Script, now: Dialogue, said: Understood) -> Next:
    """A reply to a question that was said to its end."""
    step = script.steps[now.step]
    intents = said.names()
    danger, target = urgent(script, intents)
    promised = "" if target else pledged(step.pledge, said)
    if promised:
        return _understood(script, now, promised)
    intent, target = (danger, target) if target else known(script, now, intents)
    if now.careful and said.doubtful and said.text:
        return _doubt(script, now, intent, target)
    if target:
        return _understood(script, now, target)
    if not said.text and not said.intents:
        return _silence(script, now)  # a cough: the recogniser found no word in it
    return _mismatch(script, now)


def _doubt(script: Script, now: Dialogue, intent: str, target: str) -> Next:
    """It may mean this, and a guess could cost somebody's savings: ask, once. Danger that nobody can ask about is believed."""
    question = now.question
    if intent in script.clarify and not question.doubted:
        return _go(script, replace(now, question=replace(question, doubted=target)), script.clarify[intent])
    if intent in script.urgent:
        return _understood(script, now, target)
    return _mismatch(script, now, last=bool(question.doubted))


def _mismatch(script: Script, now: Dialogue, *, last: bool = False) -> Next:
    """The next rung of the question's ladder, or its last one."""
    question, ladder = now.question, script.steps[now.step].no_match
    target = rung(ladder, len(ladder) if last else question.mismatches, script.goodbye)
    return _go(script, replace(now, question=replace(question, silences=0, mismatches=question.mismatches + 1)), target)


def _silence(script: Script, now: Dialogue) -> Next:
    question = now.question
    target = rung(script.steps[now.step].no_input, question.silences, script.goodbye)
    return _go(script, replace(now, question=replace(question, silences=question.silences + 1)), target)


def _understood(script: Script, now: Dialogue, target: str) -> Next:
    """A reply that settles where we are: if the line breaks from here on, a call-back goes on where it leads."""
    owed = tuple(name for name in still_owed(script, now) if name != script.opening)
    confirmed = Confirmed(goes_on_at(fold(script, now, target)), owed, now.conclusion)
    return _go(script, replace(_matched(now), confirmed=confirmed), target)


def _matched(now: Dialogue) -> Dialogue:
    return replace(now, question=replace(now.question, silences=0, mismatches=0))


def _pressed(script: Script, now: Dialogue, digit: str) -> Next:
    """Key 1 fetches an officer at any moment, the other keys answer a question that lists them."""
    asked = now.phase in (Phase.SPEAKING, Phase.LISTENING)
    keys = script.steps[now.step].keys if asked else {}
    target = script.globals.get(WANT_HUMAN, "") if digit == OFFICER_KEY else keys.get(digit, "")
    if not target or now.phase is Phase.HOLDING:
        return now, ()
    if now.phase is Phase.CLOSING:
        return _fetch_if_new(script, now, target)
    return _understood(script, now, target)


def _fetch_if_new(script: Script, now: Dialogue, target: str) -> Next:
    if not target or now.officer.search is not Search.NOT_WANTED:
        return now, ()
    return _go(script, now, target) if fold(script, now, target)[-1].kind is StepKind.OFFICER else (now, ())


# --- where we go --------------------------------------------------------------------------------------------------------


def _go(script: Script, now: Dialogue, target: str) -> Next:
    """Say what the target says, with all that follows it up to a question, an officer or the end."""
    searched = now.officer.search is not Search.NOT_WANTED
    steps = fold(script, now, target)
    if steps[-1].kind is StepKind.OFFICER and searched:
        # Asked for again after nobody came: what to do without an officer, and never a second search.
        steps = (*steps[:-1], *fold(script, now, steps[-1].no_officer))
    match steps[-1].kind:
        case StepKind.ASK if now.prompts < MAX_PROMPTS:
            return _ask(script, now, steps)
        case StepKind.OFFICER if not searched:
            return _fetch(script, now, steps)
        case StepKind.CLOSE:
            return _close(script, now, steps)
        case _:
            return _close(script, now, (script.steps[script.goodbye],))


def _ask(script: Script, now: Dialogue, steps: tuple[Step, ...]) -> Next:
    owed = still_owed(script, now)
    names = {step.name for step in steps}
    again = tuple(script.steps[name] for name in owed if name not in names)
    question = now.question
    if steps[-1].name in script.clarify.values():  # asked about the reply; the question it answers stays open
        return say(script, replace(now, phase=Phase.SPEAKING, owed=owed), (*again, *steps))
    if question.step == steps[-1].name and question.asked >= MAX_ASKED:
        return _go(script, replace(now, question=Question()), rung(steps[-1].no_match, MAX_ASKED, script.goodbye))
    if question.step == steps[-1].name:
        steps = (*steps[:-1], *again, steps[-1])  # first what he wanted to know, then where we were
    else:
        steps, question = (*again, *steps), Question(steps[-1].name)
    question = replace(question, asked=question.asked + 1)
    return say(script, replace(now, phase=Phase.SPEAKING, question=question, owed=owed), steps)


def _close(script: Script, now: Dialogue, steps: tuple[Step, ...]) -> Next:
    return say(script, replace(now, phase=Phase.CLOSING, owed=still_owed(script, now)), steps)


def _fetch(script: Script, now: Dialogue, steps: tuple[Step, ...]) -> Next:
    """Tell the person that an officer comes, and want one."""
    step = steps[-1]
    facts = learned(now.facts, (step.reason,))
    officer = Officer(Search.WANTED, told=frozenset({step.name}))
    owed = still_owed(script, now)  # when nobody comes the talk goes on, and it is said to its end then
    after, actions = say(script, replace(now, phase=Phase.HOLDING, officer=officer, owed=owed, facts=facts), steps)
    return after, (*actions, WantOfficer(step.reason, facts))


def _listen(script: Script, now: Dialogue) -> Next:
    step = script.steps[now.step]
    return replace(now, phase=Phase.LISTENING), (WaitForReply(now.turn, step.wait_ms, tuple(step.replies)),)


# --- the officer --------------------------------------------------------------------------------------------------------


def _hold_on(script: Script, now: Dialogue) -> Next:
    """The next sentence that keeps the person company."""
    if now.officer.holds >= MAX_HOLDS:
        return _nobody_came(script, now)
    step = script.steps[now.step]
    sentences = step.hold or step.say
    return say_on_hold(now, step, (sentences[now.officer.holds % len(sentences)],))


def _hear_while_holding(script: Script, now: Dialogue, urgent: str, intents: tuple[str, ...]) -> Next:
    """Urgent words are answered once each, questions when we are silent; nothing leads out of the hold."""
    if urgent:
        steps = fold(script, now, urgent)
        if steps[-1].kind is StepKind.OFFICER and steps[-1].name not in now.officer.told:
            officer = replace(now.officer, told=now.officer.told | {steps[-1].name})
            return say_on_hold(replace(now, officer=officer), steps[-1], sentences_of(script, now, steps))
    if now.prompt.playing:
        return now, ()
    for intent in intents if now.officer.holds < MAX_HOLDS else ():
        steps = fold(script, now, script.globals[intent]) if intent in script.globals else ()
        if len(steps) > 1 and steps[-1].kind is StepKind.ASK:  # the statements answer him; the question can wait
            return say_on_hold(now, script.steps[now.step], sentences_of(script, now, steps[:-1]))
    return _hold_on(script, now)


def _bridge(now: Dialogue, escalation: str) -> Next:
    """An officer is here. Even if we had given up already: the person is still on the line."""
    if now.officer.search not in (Search.WANTED, Search.MISSED):
        return now, ()
    after = replace(
        now,
        phase=Phase.BRIDGED,
        prompt=replace(now.prompt, playing=False),
        officer=replace(now.officer, search=Search.BRIDGED, escalation=escalation),
        conclusion=stronger(now.conclusion, Conclusion.HANDED_OVER),
    )
    return after, (*stop(now), Bridge(escalation))


def _nobody_came(script: Script, now: Dialogue) -> Next:
    if now.officer.search is not Search.WANTED:
        return now, ()
    now = replace(
        now,
        officer=replace(now.officer, search=Search.MISSED),
        conclusion=stronger(now.conclusion, Conclusion.OFFICER_MISSED),
    )
    return _go(script, now, now.step) if now.phase is Phase.HOLDING else (now, ())


# --- the end ------------------------------------------------------------------------------------------------------------


def _stop_talking(script: Script, now: Dialogue, *, dismiss: bool) -> Next:
    """The talk must end: politely, now. On time's end an officer who is on his way may still save it; on an order not."""
    dismissed: tuple[Action, ...] = ()
    if dismiss and now.officer.search is Search.WANTED:
        now = replace(now, officer=replace(now.officer, search=Search.DISMISSED))
        dismissed = (DismissOfficers(),)
    if now.phase is Phase.CLOSING:
        return now, dismissed
    after, actions = _go(script, now, script.goodbye)
    return after, (*actions, *dismissed)


def _ended(now: Dialogue, *, hang_up: bool = True) -> Next:
    actions: list[Action] = []
    if now.officer.search is Search.WANTED:
        actions.append(DismissOfficers())
    if hang_up:
        actions.append(HangUp())
    prompt = replace(now.prompt, playing=False)
    return replace(now, phase=Phase.ENDED, prompt=prompt, conclusion=concluded_at_end(now)), tuple(actions)
