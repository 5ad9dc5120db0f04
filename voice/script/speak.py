"""Makes a script ready to be spoken in one call: its {variables} become words. Pure.

Rule 1: what leaves here has no braces left; a sentence whose variable has no value says its `otherwise`.
Rule 2: the version's hash stays: it names what the admin published, not what one person heard.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from voice.errors import ScriptFault, Unspeakable
from voice.script.model import Script, Sentence

VARIABLE = re.compile(r"\{([^{}]*)\}")

# 幺 for 1, as telephone numbers are read; 一 would be heard as 七 on a bad line.
_DIGITS = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))


def digits_spoken(number: str) -> str:
    """A telephone number digit by digit: 96110 -> 九六幺幺零; a dash or blank is a short pause."""
    groups = [group for group in re.split(r"[-\s]+", number.strip()) if group]
    if not groups or any(sign not in _DIGITS for group in groups for sign in group):
        raise Unspeakable("A telephone number in a script may hold digits, dashes and blanks only.")
    return "，".join("".join(_DIGITS[sign] for sign in group) for group in groups)


def text_spoken(text: str) -> str:
    """Words as they stand."""
    return text.strip()


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that differs from centre to centre or from call to call."""

    spoken: Callable[[str], str]
    always: bool  # every call has a value, so a sentence needs no `else`
    example: str  # for counting how long a sentence gets


VARIABLES: Mapping[str, Variable] = {
    "centre": Variable(text_spoken, always=True, example="拉萨市反诈骗中心"),
    "call_back": Variable(digits_spoken, always=True, example="96110"),
    "region": Variable(text_spoken, always=False, example="拉萨"),
}


def variables_in(text: str) -> tuple[str, ...]:
    """Names of the variables in a text, in order."""
    return tuple(VARIABLE.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every variable in its spoken form. All of them need a value."""
    return VARIABLE.sub(lambda found: VARIABLES[found[1]].spoken(values[found[1]]), text)


def spoken(script: Script, values: Mapping[str, str]) -> Script:
    """The script with all sentences as they will be heard in this call."""
    faults: list[str] = []
    sentences: dict[str, Sentence] = {}
    for name, sentence in script.sentences.items():
        missing = [v for v in variables_in(sentence.text) if v not in VARIABLES or not values.get(v, "").strip()]
        if missing and not sentence.otherwise:
            faults.append(
                f"{script.code}: sentence '{name}' needs a value for '{missing[0]}', and has no 'else' to say"
            )
            continue
        text = sentence.otherwise if missing else filled(sentence.text, values)
        sentences[name] = Sentence(name, text)
    if faults:
        raise ScriptFault(faults)
    return replace(script, sentences=sentences)
