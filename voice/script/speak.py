"""Makes a script ready to be spoken in one call: for this person's group, with its {variables} as words. Pure.

Rule 1: what leaves here has no braces left; a sentence whose variable has no value that can be spoken says its `otherwise`.
Rule 2: the version's hash stays: it names what the admin published, not what one person heard.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from voice.errors import ScriptFault, Unspeakable
from voice.script.model import Group, Script, Sentence, Step
from voice.script.variables import VARIABLES, filled, variables_in


def spoken(script: Script, values: Mapping[str, str]) -> Script:
    """The script with all sentences as they will be heard in this call. Raises ScriptFault."""
    faults: list[str] = []
    sentences: dict[str, Sentence] = {}
    for name, sentence in script.sentences.items():
        text = _worded(sentence, values)
        if text is None:
            variable = next((v for v in variables_in(sentence.text) if not values.get(v, "").strip()), "")
            faults.append(
                f"{script.code}: sentence '{name}' needs a value for '{variable}' that can be spoken, and has no 'else'"
            )
        else:
            sentences[name] = replace(sentence, text=text, otherwise="")
    if faults:
        raise ScriptFault(faults)
    return replace(script, sentences=sentences)


def _worded(sentence: Sentence, values: Mapping[str, str]) -> str | None:
    names = variables_in(sentence.text)
    if all(name in VARIABLES and values.get(name, "").strip() for name in names):
        with suppress(Unspeakable):  # as good as no value: the sentence has an `else` for that
            return filled(sentence.text, values)
    return sentence.otherwise or None


def for_group(script: Script, code: str) -> Script:
    """The script as this group of people hears it; the script itself when it has no such group."""
    group = script.groups.get(code)
    if group is None:
        return script
    steps = {**script.steps, **group.steps}
    opening = steps[script.opening]
    if group.after_opening:
        steps[opening.name] = replace(opening, then=group.after_opening)
        if script.resuming:  # a call-back, too, goes their own way from the beginning
            steps[script.resuming] = replace(steps[script.resuming], then=group.after_opening)
    return replace(
        script,
        steps={name: _for_step(step, group) for name, step in steps.items()},
        globals={**script.globals, **group.globals},
        greeting_ms=script.greeting_ms * group.wait_percent // 100,
        rate_wpm=script.rate_wpm * group.rate_percent // 100,
        groups={},
    )


def _for_step(step: Step, group: Group) -> Step:
    say = tuple(sentence for each in step.say for sentence in ((each, each) if each in group.twice else (each,)))
    return replace(step, say=say, wait_ms=step.wait_ms * group.wait_percent // 100)
