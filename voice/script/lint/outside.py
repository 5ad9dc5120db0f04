"""Telephone numbers that are not ours, and people whom we connect to nobody. Pure.

Rule: {call_back} and two emergency numbers are ours, however they are written; everything else with three digits in a row is not.
"""

import re
from functools import lru_cache

_DIGITS = "零〇一幺二两三四五六七八九0-9０-９"
_NUMBER = re.compile(f"[{_DIGITS}](?:[{_DIGITS}]|[-－— ](?=[{_DIGITS}])){{2,}}")
_CONNECTS = re.compile(
    "(?:转接|转到|接通|接到|连线|[帮给为]您[转接](?:一下)?)[^，。！？]{0,8}(?:银行|客服|检察|法院|法官|专员|专案|公证|银监|通管|航空|平台)"
)
_FORBIDS = re.compile("[别不没勿]")
_PLAIN = str.maketrans("零〇一幺二两三四五六七八九０１２３４５６７８９", "0011223456789" + "0123456789")
OUR_NUMBERS = frozenset({"110", "96110"})


@lru_cache(maxsize=4096)
def numbers(text: str) -> tuple[str, ...]:
    """Telephone numbers that are not ours, however they are written. {call_back} is none."""
    found = (match[0] for match in _NUMBER.finditer(text))
    return tuple(n for n in found if re.sub("[^0-9]", "", n.translate(_PLAIN)) not in OUR_NUMBERS)


@lru_cache(maxsize=4096)
def connects_outside(text: str) -> tuple[str, ...]:
    """To whom a text would connect the person, when that is no officer."""
    return tuple(match[0] for match in _CONNECTS.finditer(text) if not _FORBIDS.search(text[: match.start()]))
