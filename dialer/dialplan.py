"""Which numbers may be rung, and how they are written. Contacts only: officers' addresses come from `config/`.

Rule 1: a number is normalised to the national way of dialling: mobiles 13800138000, landlines with area code 08916321234.
Rule 2: whatever is not known to be a person's telephone in this country is refused; a refusal never repeats the number.
Rule 3: emergency, short, service and premium numbers are refused whatever a plan allows.
"""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from dialer.errors import NumberRefused

_REGION = "CN"
_SEPARATORS = re.compile(r"[\s\-‐-―()/.·]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_IOT = re.compile(r"14\d{11}")
_LANDLINE = re.compile(r"0(?:10|2\d)[2-8]\d{7}|0[3-9]\d{2}[2-8]\d{6,7}")
_EMERGENCY = frozenset({"110", "112", "119", "120", "122", "911", "999"})
_PREMIUM = re.compile(r"0?16[08]\d*")  # 声讯台: 160 and 168 with five more digits
_LONGEST_SHORT = 6  # 110, 10086, 12345, 95588, 96110, 118114
_PEOPLE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

_ADVICE = {
    "no_number": "give the person's telephone number",
    "not_a_number": "write digits only, as it is dialled inside the country",
    "foreign_number": "only numbers of the mainland are rung; hand the alert to an officer",
    "emergency_number": "emergency numbers are never rung",
    "short_number": "short numbers (1xx, 9xxxx ...) are never rung; give the person's own number",
    "service_number": "service numbers (400, 800, 95x, 96x) are never rung; give the person's own number",
    "premium_number": "premium numbers are never rung; give the person's own number",
    "iot_number": "numbers of things (14x, 13 digits) have nobody who answers",
    "no_area_code": "write a landline with its area code, e.g. 0891 and the number",
    "not_assigned": "no such number exists in the numbering plan; check the digits",
    "outside_plan": "the dial plan in config/ does not allow this number",
}


@dataclass(frozen=True, slots=True)
class DialPlan:
    """Which normalised numbers a centre rings, by prefix. No prefix in `only`: the whole country."""

    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def allows(self, number: str) -> bool:
        """Whether a normalised number lies inside."""
        inside = not self.only or number.startswith(self.only)
        return inside and not (self.never and number.startswith(self.never))


def check(number: str, plan: DialPlan) -> str:
    """The number as it is dialled. Raises NumberRefused."""
    digits = _national(number)
    for reason, refused in _REFUSALS:
        if refused(digits):
            raise _refusal(reason)
    if _MOBILE.fullmatch(digits.removeprefix("0")):
        digits = digits.removeprefix("0")
    elif not _LANDLINE.fullmatch(digits):
        raise _refusal("no_area_code" if re.fullmatch(r"[2-8]\d{6,7}", digits) else "not_assigned")
    parsed = phonenumbers.parse(digits, _REGION)
    if not phonenumbers.is_valid_number(parsed) or phonenumbers.number_type(parsed) not in _PEOPLE:
        raise _refusal("not_assigned")
    if not plan.allows(digits):
        raise _refusal("outside_plan")
    return digits


def _national(number: str) -> str:
    """Digits as dialled inside the country; full-width digits and the usual separators are no obstacle."""
    text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", number))
    if not text:
        raise _refusal("no_number")
    abroad = re.match(r"\+|00", text)
    if abroad:
        text = text[abroad.end() :]
        if not text.startswith("86"):
            raise _refusal("foreign_number" if text.isdecimal() else "not_a_number")
        text = text.removeprefix("86")
        if re.match(r"[2-9]|10", text):  # abroad, the 0 of an area code is left out
            text = "0" + text
    elif re.fullmatch(r"861[3-9]\d{9}", text):
        text = text.removeprefix("86")
    if not re.fullmatch(r"[0-9]+", text):
        raise _refusal("not_a_number")
    return text


def _is_short(digits: str) -> bool:
    return len(digits) <= _LONGEST_SHORT or bool(re.fullmatch(r"(?:10|11|12)\d{1,6}", digits))


def _is_service(digits: str) -> bool:
    """Also behind an area code, where 95x and 96x reach the same desks."""
    return bool(re.fullmatch(r"0?[48]00\d{7}|(?:0\d{2,3})?(?:95|96)\d{3,9}|(?:0\d{2,3})?10[01]\d{2,3}", digits))


# In this order: the first that fits names the reason.
_REFUSALS = (
    (
        "emergency_number",
        lambda digits: digits in _EMERGENCY or bool(re.fullmatch(r"0\d{2,3}1(?:10|19|20|22)", digits)),
    ),
    ("short_number", _is_short),
    ("service_number", _is_service),
    ("premium_number", lambda digits: bool(_PREMIUM.fullmatch(digits)) and not _MOBILE.fullmatch(digits)),
    ("iot_number", lambda digits: bool(_IOT.fullmatch(digits))),
)


def _refusal(reason: str) -> NumberRefused:
    return NumberRefused(reason, _ADVICE[reason])
