"""An alert arrives: it is checked, kept, and becomes or feeds a case; or it is kept as rejected, with the reason.

Rule 1: `take` answers after the commit; whatever it raises is retryable, and nothing was kept.
Rule 2: an answer, a reason and an advice never repeat what the body said: it may be a number in the wrong field.
Rule 3: a fraud type is one of the ministry's, or has a published script of this centre; then it is filed as the generic type, with the
        script's code among the facts.
Rule 4: of every body at most 8 KiB are kept, and the hash of all of it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Protocol, TypeVar

import msgspec

from dialer.dialplan import DialPlan, check
from dialer.domain.alert import Alert, FraudType, OtherNumber, RejectedAlert
from dialer.domain.contacts import NumberKind, own_kind
from dialer.domain.grade import Grade
from dialer.domain.group import Group
from dialer.errors import AlertRejected, NumberRefused
from dialer.filing.runner import Runner
from dialer.ids import new_id
from dialer.ports import Answer, Clock
from dialer.versions.callwords import OWN_TYPE

Known = TypeVar("Known")
KEPT_BYTES = 8 * 1024
VERSION = 1
MOST_NUMBERS = 8  # beside the first

_GRADES: Mapping[str, Grade] = {
    **{grade.value: grade for grade in Grade},
    "极高危": Grade.CRITICAL,
    "特高危": Grade.CRITICAL,
    "紧急": Grade.CRITICAL,
    "高危": Grade.HIGH,
    "中危": Grade.MEDIUM,
    "低危": Grade.LOW,
    "critical": Grade.CRITICAL,
    "high": Grade.HIGH,
    "medium": Grade.MEDIUM,
    "low": Grade.LOW,
}
_FRAUD_TYPES: Mapping[str, FraudType] = {
    **{kind.value: kind for kind in FraudType},
    **{kind.chinese: kind for kind in FraudType},
    "冒充公检法及政府机关": FraudType.FAKE_POLICE,
}

_GROUPS: Mapping[str, Group] = {
    **{group.value: group for group in Group},
    **{group.chinese: group for group in Group},
    "学生": Group.MINOR,
    "未成年": Group.MINOR,
    "未成年人": Group.MINOR,
    "财务": Group.FINANCE,
    "藏语": Group.TIBETAN,
}

ExternalId = Annotated[
    str, msgspec.Meta(max_length=200, description="The sender's own name for the alert; repeats are folded by it.")
]
Number = Annotated[
    str, msgspec.Meta(max_length=40, description="The person's telephone, mobile or landline with area code.")
]
GradeWord = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(_GRADES)})]
FraudWord = Annotated[str, msgspec.Meta(extra_json_schema={"examples": [kind.value for kind in FraudType]})]
GroupWord = Annotated[
    str,
    msgspec.Meta(
        description="Whom the script speaks to otherwise, if the source knows.",
        extra_json_schema={"enum": ["", *_GROUPS]},
    ),
]
Surname = Annotated[
    str, msgspec.Meta(max_length=20, description="For the address only: 王 becomes 王女士 or 王先生 by the script.")
]
Yuan = Annotated[int, msgspec.Meta(ge=0, le=10**12, description="The money at stake, in whole yuan.")]
Moment = Annotated[datetime, msgspec.Meta(tz=True, description="When it happened, with its zone.")]


class NumberPayload(msgspec.Struct, frozen=True, omit_defaults=True):
    """One more number of the person. At work and in the family others answer: the person is not found by those."""

    number: Number
    kind: NumberKind
    note: Annotated[
        str, msgspec.Meta(max_length=80, description="Whose it is, e.g. 女儿; kept, and told to nobody.")
    ] = ""


class AlertPayload(msgspec.Struct, frozen=True, omit_defaults=True):
    """One alert as a source sends it. Fields that are not named here are kept with the body and otherwise ignored."""

    number: Number
    grade: GradeWord
    fraud_type: FraudWord
    v: Literal[1] = 1
    id: ExternalId = ""
    surname: Surname = ""
    group: GroupWord = ""
    sum_yuan: Yuan | None = None
    occurred_at: Moment | None = None
    facts: dict[str, str] = {}
    numbers: Annotated[
        list[NumberPayload],
        msgspec.Meta(max_length=MOST_NUMBERS, description="Beside `number`; one that cannot be rung is left out."),
    ] = []


_decoder = msgspec.json.Decoder(AlertPayload)


def schema() -> dict[str, Any]:
    """The payload as JSON Schema, for the people who build sources."""
    return msgspec.json.schema(AlertPayload)


class OwnTypes(Protocol):
    """The fraud types that are this centre's own."""

    async def own_types(self) -> Mapping[str, str]:
        """Code, and title in small letters, to code."""


class Intake:
    """The door for alerts, whatever way they come."""

    def __init__(
        self,
        runner: Runner,
        plan: DialPlan,
        clock: Clock,
        scripts: OwnTypes | None = None,
        *,
        most_body_bytes: int = KEPT_BYTES,
    ) -> None:
        self._runner, self._plan, self._clock, self._scripts = runner, plan, clock, scripts
        self._most_body_bytes = most_body_bytes

    async def take(self, body: bytes, source: str) -> Answer:
        """Check and commit one alert. Raises only what is retryable: StorageDown, DiskFull, CaseConflict."""
        now = self._clock.now()
        kept = _Kept.of(body)
        try:
            alert = await self._alert(body, kept, source, now)
        except AlertRejected as fault:
            return await self.refuse(body, source, fault)
        accepted = await self._runner.accept(alert, now)
        return Answer(True, accepted.alert_id, accepted.case_id, folded=accepted.folded)

    async def take_together(self, given: Sequence[tuple[bytes, str]]) -> list[Answer]:
        """The same for bodies, each with its source, that came together: cheaper by far. What it raises, everything may be given again for."""
        now = self._clock.now()
        answers: dict[int, Answer] = {}
        alerts: dict[int, Alert] = {}
        for place, (body, source) in enumerate(given):
            try:
                alerts[place] = await self._alert(body, _Kept.of(body), source, now)
            except AlertRejected as fault:
                answers[place] = await self.refuse(body, source, fault)
        filed = await self._runner.accept_together(list(alerts.values()), now)
        for place, accepted in zip(alerts, filed, strict=True):
            answers[place] = Answer(True, accepted.alert_id, accepted.case_id, folded=accepted.folded)
        return [answers[place] for place in range(len(given))]

    async def refuse(self, body: bytes, source: str, fault: AlertRejected) -> Answer:
        """Keep a body as rejected: by what is wrong with it, or by what the door that it came through found. Raises as `take`."""
        now = self._clock.now()
        kept = _Kept.of(body)
        name = _name_in(body)
        refused = RejectedAlert(
            new_id(now), source, name, now, fault.reason, fault.field, fault.advice, kept.text, kept.sha256
        )
        await self._runner.reject(refused)
        return Answer(False, refused.id, reason=fault.reason, field=fault.field, advice=fault.advice)

    async def _alert(self, body: bytes, kept: "_Kept", source: str, now: datetime) -> Alert:
        """The alert in this body. For a fraud type that is none of the ministry's the published scripts are asked. Raises AlertRejected."""
        try:
            return self._read(body, kept, source, now, {})
        except AlertRejected as fault:
            if fault.reason != "unknown_fraud_type" or self._scripts is None:
                raise
        return self._read(body, kept, source, now, await self._scripts.own_types())

    def _read(self, body: bytes, kept: "_Kept", source: str, now: datetime, own_types: Mapping[str, str]) -> Alert:
        if len(body) > self._most_body_bytes:
            raise AlertRejected("too_long", "", f"send at most {self._most_body_bytes} bytes")
        payload = _decoded(body)
        number = _checked_number(payload, self._plan)
        others, left_out = _others(payload, number, self._plan)
        known = {**own_types, **_FRAUD_TYPES}
        own = own_types.get(payload.fraud_type.strip().lower(), "")
        return Alert(
            id=new_id(now),
            source=source,
            external_id=payload.id,
            received_at=now,
            grade=_word(payload.grade, _GRADES, "grade"),
            fraud_type=FraudType.GENERIC if own else FraudType(_word(payload.fraud_type, known, "fraud_type")),
            number=number,
            surname=payload.surname.strip(),
            sum_yuan=payload.sum_yuan,
            facts=_facts(payload, own),
            occurred_at=payload.occurred_at,
            body=kept.text,
            body_sha256=kept.sha256,
            others=others,
            left_out=left_out,
        )


def _facts(payload: AlertPayload, own_type: str) -> Mapping[str, str]:
    """What the source told beside the fields that every alert has."""
    facts = {name: value for name, value in payload.facts.items() if name != OWN_TYPE}
    if own_type:
        facts[OWN_TYPE] = own_type
    if payload.group:
        facts["group"] = _word(payload.group, _GROUPS, "group").value
    if payload.occurred_at is not None:
        facts["occurred_at"] = payload.occurred_at.isoformat()
    return facts


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a body, whatever it is."""

    text: str
    sha256: str

    @classmethod
    def of(cls, body: bytes) -> "_Kept":
        text = body[:KEPT_BYTES].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        return cls(text, hashlib.sha256(body).hexdigest())


def _decoded(body: bytes) -> AlertPayload:
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as fault:
        raise _told(str(fault)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise AlertRejected("not_json", "", "send one JSON object in UTF-8") from None


def _told(fault: str) -> AlertRejected:
    """msgspec's complaint as ours. Its own words may hold the value, so only the field's name is taken over."""
    missing = re.search(r"missing required field `(\w+)`", fault)
    if missing and "`$." not in fault:
        return AlertRejected("missing_field", missing[1], "this field is needed")
    path = re.search(r"`\$\.(\w+)", fault)
    if path is None:
        return AlertRejected("not_an_object", "", "send one JSON object in UTF-8")
    field = path[1]
    kinds = {"v": f"this is version {VERSION}", "occurred_at": 'write it as "2026-11-22T13:34:03+08:00"'}
    kinds |= {"numbers": f'write at most {MOST_NUMBERS} of {{"number": ..., "kind": "{"|".join(NumberKind)}"}}'}
    kinds |= {"sum_yuan": "write whole yuan without quotes", "facts": "write an object of texts"}
    return AlertRejected("wrong_value", field, kinds.get(field, "write a text in quotes, not too long"))


def _checked_number(payload: AlertPayload, plan: DialPlan) -> str:
    try:
        number = check(payload.number, plan)
    except NumberRefused as refusal:
        raise AlertRejected(refusal.reason, "number", refusal.advice) from None
    _not_in_id(number, payload)
    return number


def _others(payload: AlertPayload, first: str, plan: DialPlan) -> tuple[tuple[OtherNumber, ...], tuple[str, ...]]:
    """The person's further numbers, and why some are left out: money that leaves does not wait for a second number."""
    taken: dict[str, OtherNumber] = {}
    left_out: list[str] = []
    for each in payload.numbers:
        try:
            number = check(each.number, plan)
        except NumberRefused as refusal:
            left_out.append(refusal.reason)
            continue
        _not_in_id(number, payload)
        if number != first:
            kind = own_kind(number) if each.kind.own else each.kind
            taken.setdefault(number, OtherNumber(number, kind, each.note.strip()))
    return tuple(taken.values()), tuple(left_out)


def _not_in_id(number: str, payload: AlertPayload) -> None:
    if number in re.sub(r"\D", "", payload.id):
        raise AlertRejected("number_in_id", "id", "ids are told to the world; leave the telephone number out of it")


def _word(written: str, known: Mapping[str, Known], field: str) -> Known:
    word = written.strip().lower()
    if word in known:
        return known[word]
    close = get_close_matches(word, known, n=1, cutoff=0.4)
    words = " ".join(dict.fromkeys(str(each) for each in known.values()))
    hint = f"did you mean '{close[0]}'?" if close else f"write one of: {words}"
    raise AlertRejected(f"unknown_{field}", field, hint)


class _Named(msgspec.Struct):
    id: ExternalId = ""


_name_decoder = msgspec.json.Decoder(_Named)


def _name_in(body: bytes) -> str:
    """The sender's name for an alert that could not be read otherwise; empty when there is none to be had."""
    try:
        return _name_decoder.decode(body).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
