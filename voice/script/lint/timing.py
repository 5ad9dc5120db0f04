"""When things are said: the warning soon, no prompt too long, the whole talk about a minute.

Rule 1: time runs from the answer; every question costs a short reply and the pauses around it.
Rule 2: a group that is spoken to slower, or waited for longer, gets as much longer limits: it is slow because it should be.
"""

import heapq
from collections.abc import Iterator

from voice.report import Conclusion
from voice.script.lint.heard import Heard
from voice.script.lint.identity import YES
from voice.script.lint.lasting import Lengths
from voice.script.lint.ways import folded, targets_of
from voice.script.model import Script, Step, StepKind
from voice.script.source import Finding, Severity

WARNED_AFTER_SECONDS = 20.0  # from the answer to the first word of the warning
QUESTIONS_BEFORE_WARNING = 1
REPLY_SECONDS = 1.5  # a short one
GAP_SECONDS = 0.8  # the pause that ends it, and what we need to think
PROMPT_SECONDS = 20.0  # in one go, before he may answer
TALK_SECONDS = 65.0  # to the promise, by the shortest way; the mean talk of such calls lasts 40 s


def check(heard: Heard, lengths: Lengths) -> Iterator[Finding]:
    """All of it, as this group hears it."""
    yield from _prompts(heard, lengths)
    if not (heard.group and heard.group.after_opening):  # who is led elsewhere on purpose is not to be warned first
        yield from _warning(heard, lengths)
    if heard.group is None:
        yield from _talk(heard, lengths)


def _slowness(heard: Heard) -> float:
    return max(1.0, 100 / heard.group.rate_percent) if heard.group else 1.0


def _longer_greeting(heard: Heard) -> float:
    greeting = heard.script.greeting_ms / 1000
    usual = greeting * 100 / heard.group.wait_percent if heard.group else greeting
    return max(0.0, greeting - usual * _slowness(heard))


def _prompts(heard: Heard, lengths: Lengths) -> Iterator[Finding]:
    """What is said in one go, from its first statement to the question."""
    script, limit = heard.script, PROMPT_SECONDS * _slowness(heard)
    followed = {step.then for step in script.steps.values() if step.kind is StepKind.TELL}
    for name in script.steps:
        if name in followed and name != script.opening:
            continue  # the longer prompt that it belongs to is told
        steps = folded(script.steps, name)
        takes = lengths.of_steps(steps)
        if takes > limit and steps[-1].kind is not StepKind.CLOSE:  # nothing is asked of him any more
            way = " > ".join(step.name for step in steps)
            problem = f"{takes:.0f} s are said{heard.whom} without a pause: {way}"
            advice = f"shorten it to {limit:.0f} s, or ask something in between"
            yield Finding(heard.steps[name], "prompt-too-long", problem, advice, Severity.WARNING)


def _warning(heard: Heard, lengths: Lengths) -> Iterator[Finding]:
    """Who says yes is warned soon; he may hang up at any second."""
    script = heard.script
    place = heard.steps[script.opening]
    before, asked, warns = _before_warning(script)
    if warns is None:
        problem = f"who says yes is never warned{heard.whom}"
        yield Finding(place, "never-warns", problem, "lead 'affirm' to a step that 'concludes: warned'")
        return
    if warns.kind is StepKind.OFFICER:
        return  # a human warns him
    if not warns.must_hear and warns.kind is StepKind.TELL:
        problem = f"the warning '{warns.name}' is not said again when it was cut short"
        yield Finding(heard.steps[warns.name], "not-must-hear", problem, "add 'must_hear: true'")
    if asked > QUESTIONS_BEFORE_WARNING:
        problem = (
            f"{asked} questions come before the warning '{warns.name}'{heard.whom}; whoever hangs up was not warned"
        )
        advice = "lead 'affirm' of the first question to the warning; ask the rest afterwards"
        yield Finding(heard.steps[warns.name], "late-warning", problem, advice)
    starts = script.greeting_ms / 1000 + lengths.of_steps(before) + asked * (REPLY_SECONDS + GAP_SECONDS)
    limit = WARNED_AFTER_SECONDS * _slowness(heard) + _longer_greeting(heard)
    if starts > limit:
        problem = (
            f"the warning '{warns.name}' starts {starts:.1f} s after the answer{heard.whom}; at most {limit:.0f} s"
        )
        advice = f"shorten what comes before it: {' > '.join(step.name for step in before)}"
        yield Finding(heard.steps[warns.name], "late-warning", problem, advice)


def _before_warning(script: Script) -> tuple[list[Step], int, Step | None]:
    """What is said and how many questions are answered with yes before the warning, or a human, begins."""
    before: list[Step] = []
    asked, target = 0, script.opening
    while True:
        for step in folded(script.steps, target, opening=script.opening):
            if step in before:
                return before, asked, None
            if step.concludes is Conclusion.WARNED or step.kind is StepKind.OFFICER:
                return before, asked, step
            before.append(step)
        last = before[-1]
        target = last.replies.get(YES, script.globals.get(YES, "")) if last.kind is StepKind.ASK else ""
        if not target:
            return before, asked, None
        asked += 1


def _talk(heard: Heard, lengths: Lengths) -> Iterator[Finding]:
    """The shortest way from the answer to the promise."""
    script = heard.script
    ahead: list[tuple[float, str]] = [(script.greeting_ms / 1000, script.opening)]
    seen: set[str] = set()
    while ahead:
        so_far, name = heapq.heappop(ahead)
        if name in seen:
            continue
        seen.add(name)
        step = script.steps[name]
        so_far += lengths.of_step(step)
        if step.concludes is Conclusion.PROMISED:
            if so_far > TALK_SECONDS:
                problem = f"the promise '{name}' is heard {so_far:.0f} s after the answer at best"
                advice = f"ask less before it; {TALK_SECONDS:.0f} s are as much as people listen to"
                yield Finding(heard.steps[script.opening], "talk-too-long", problem, advice, Severity.WARNING)
            return
        so_far += REPLY_SECONDS + GAP_SECONDS if step.kind is StepKind.ASK else 0.0
        for target in targets_of(step) if step.kind is not StepKind.OFFICER else ():
            heapq.heappush(ahead, (so_far, target))
