"""A JSON Schema of script files, so that an editor completes keys and underlines mistakes while they are typed.

Rule 1: it is made from the tables that the reader reads by; a key without a shape here is a KeyError, and a test asks for it.
Rule 2: what it refuses the reader refuses, too. The reader and the linter refuse more: names that lead nowhere, for example.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from voice.report import Conclusion
from voice.script.draft import BLOCK, GROUP, GROUP_NUMBERS, TOP, TOP_NUMBERS, TOP_ROUTES, TOP_WORDS
from voice.script.draftstep import ALLOWED, KEYS, NEEDED, PLEDGE, RUN, SENTENCE
from voice.script.model import SMS_OCCASIONS, Identity
from voice.understanding.intents import INTENTS
from voice.understanding.model import PLEDGES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NEEDED_OF_SCRIPT = ("code", "title", "opening")  # goodbye and machine may be the shared ones
OFFICERS_KEY = "1"

Shape = dict[str, Any]

_TEXT: Shape = {"type": "string", "pattern": r"\S"}
_NUMBER: Shape = {"type": "integer", "minimum": 1}
_TEXTS: Shape = {"oneOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_NAMED_TEXTS: Shape = {"type": "object", "additionalProperties": _TEXT}
_SENTENCE: Shape = {"$ref": "#/$defs/sentence"}
_SENTENCES: Shape = {"oneOf": [_SENTENCE, {"type": "array", "items": _SENTENCE}]}
_STEPS: Shape = {"type": "object", "additionalProperties": {"$ref": "#/$defs/step"}}
_ROUTES: Shape = {**_NAMED_TEXTS, "propertyNames": {"enum": list(INTENTS)}}

# What may stand behind each key of a step.
_OF_STEP: Mapping[str, Shape] = {
    "tell": _SENTENCES,
    "ask": _SENTENCES,
    "officer": _SENTENCES,
    "close": _SENTENCES,
    "run": _TEXT,
    "then": _TEXT,
    "concludes": {"enum": [conclusion.value for conclusion in Conclusion]},
    "must_hear": {"type": "boolean"},
    "identity": {"enum": [identity.value for identity in Identity]},
    "replies": _ROUTES,
    "keys": {**_NAMED_TEXTS, "propertyNames": {"enum": [key for key in KEYS if key != OFFICERS_KEY]}},
    "pledge": {"$ref": "#/$defs/pledge"},
    "no_input": _TEXTS,
    "no_match": _TEXTS,
    "wait_ms": _NUMBER,
    "reason": _TEXT,
    "hold": _SENTENCES,
    "no_officer": _TEXT,
    "texts": _NAMED_TEXTS,
    "exits": _NAMED_TEXTS,
}
_OF_SENTENCE: Mapping[str, Shape] = {"text": _TEXT, "else": _TEXT, "again": _TEXTS, "recording": _TEXT}
_OF_PLEDGE: Mapping[str, Shape] = {
    "needs": {"oneOf": [{"enum": list(PLEDGES)}, {"type": "array", "items": {"enum": list(PLEDGES)}}]},
    "enough": _TEXT,
    "partly": _TEXT,
    "against": _TEXT,
}
_OF_GROUP: Mapping[str, Shape] = {
    **dict.fromkeys(GROUP_NUMBERS, _NUMBER),
    "title": _TEXT,
    "twice": _TEXTS,
    "after_opening": _TEXT,
    "globals": _ROUTES,
    "steps": _STEPS,
}
_OF_BLOCK: Mapping[str, Shape] = {"exits": _TEXTS, "texts": _NAMED_TEXTS, "steps": _STEPS}
_OF_TOP: Mapping[str, Shape] = {
    **dict.fromkeys(TOP_WORDS, _TEXT),
    **dict.fromkeys(TOP_NUMBERS, _NUMBER),
    **dict.fromkeys(TOP_ROUTES, _ROUTES),
    "lines": {"type": "object", "additionalProperties": _SENTENCES},
    "steps": _STEPS,
    "blocks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}},
    "groups": {"type": "object", "additionalProperties": {"$ref": "#/$defs/group"}},
    "sms": {**_NAMED_TEXTS, "propertyNames": {"enum": list(SMS_OCCASIONS)}},
}


def schema(*, shared: bool = False) -> Shape:
    """Of a script; shared: of a file in `shared/`, which has no code and no opening of its own."""
    return {
        "$schema": DIALECT,
        "title": "Quanzu: shared parts of call scripts" if shared else "Quanzu: a call script",
        **_object(TOP, _OF_TOP, () if shared else NEEDED_OF_SCRIPT),
        "$defs": {
            "sentence": {"oneOf": [_TEXT, _object(SENTENCE, _OF_SENTENCE, ("text",))]},
            "step": {"oneOf": [_step(str(kind)) for kind in ALLOWED]},
            "pledge": _object(PLEDGE, _OF_PLEDGE, PLEDGE),
            "group": _object(GROUP, _OF_GROUP),
            "block": _object(BLOCK, _OF_BLOCK, ("steps",)),
        },
    }


def _step(kind: str) -> Shape:
    needed = (kind, *NEEDED[kind])
    described = {key: f"{why[0].upper()}{why[1:]}." for key, why in NEEDED[kind].items()}
    shape = _object(sorted(ALLOWED[kind]), _OF_STEP, needed)
    for key, why in described.items():
        shape["properties"][key] = {**shape["properties"][key], "description": why}
    return {"title": "runs a block" if kind == RUN else f"a step that is a '{kind}'", **shape}


def _object(keys: Iterable[str], shapes: Mapping[str, Shape], needed: Iterable[str] = ()) -> Shape:
    return {
        "type": "object",
        "properties": {key: shapes[key] for key in keys},
        "required": list(needed),
        "additionalProperties": False,
    }
