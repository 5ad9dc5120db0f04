"""What this call's script may say of this person: the alert's facts as values of the script's variables. Pure.

Rule 1: values are handed over as written; `voice.script.variables` says them, and a sentence without its value says its `else`.
Rule 2: whether anything personal may be said is the script's matter and proved by its linter, never decided here.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from dialer.domain.attempt import ClaimedAttempt

GROUP = "group"
OWN_TYPE = (
    "script"  # the code of a fraud type that only this centre knows; the alert's own type is then the generic one
)
OCCURRED_AT = "occurred_at"  # ISO 8601 with a zone
_AS_THEY_ARE = ("account_tail", "app")


def group_of(attempt: ClaimedAttempt) -> str:
    """The group that the latest alert named, as a code of the scripts; empty: nobody said."""
    return attempt.facts.get(GROUP, "")


def values_of(attempt: ClaimedAttempt, zone: ZoneInfo) -> Mapping[str, str]:
    """Variable -> value; what is not known is not there."""
    values = {name: attempt.facts[name] for name in _AS_THEY_ARE if attempt.facts.get(name)}
    if attempt.surname:
        values["surname"] = attempt.surname
    if attempt.sum_yuan:
        values["sum"] = str(attempt.sum_yuan)
    if OCCURRED_AT in attempt.facts:
        there = datetime.fromisoformat(attempt.facts[OCCURRED_AT]).astimezone(zone)
        values |= {"happened_on": f"{there:%Y-%m-%d}", "happened_at": f"{there:%H:%M}"}
    return values
