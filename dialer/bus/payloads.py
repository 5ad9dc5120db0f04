"""What goes out, as JSON. Pure.

Rule 1: every object has `version`; a field may be added within a version, never changed or removed.
Rule 2: no number, name, sum or spoken word: everything passes the sieve, whoever put it into the outbox. What the SMS gateway is
        given is the one exception, on a topic of its own.
Rule 3: an object is small whatever was put into it, so that no broker's limit can block those behind it.

News of a case, on `<prefix>/cases/<case>/<kind>`, kinds being those of `dialer.domain.actions.Announcement`:
    {"version": 1, "id": 17, "kind": "attempt_ended", "case": "...", "at": "2026-11-22T13:34:03.135+00:00", "facts": {...}}
`id` grows; news may come twice, and the same id is the same news. News of no one case come on `<prefix>/daemon/<kind>`.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from dialer.bus.topics import Topics
from dialer.domain.sms import SmsState
from dialer.ports import Answer, OutboxRow
from dialer.ports.work import DueSms, Receipt
from dialer.privacy import scrubbed

VERSION = 1
_CODE = re.compile(r"(?!.*\d{6})[A-Za-z0-9_.:-]{1,40}")
MOST_BYTES = 16 * 1024
_encode = msgspec.json.Encoder(enc_hook=str).encode


@dataclass(frozen=True, slots=True)
class News:
    """One message that goes out."""

    topic: str
    payload: bytes = field(repr=False)


def news(row: OutboxRow, topics: Topics) -> News:
    """One row of the outbox as the world reads it."""
    envelope = {
        "version": VERSION,
        "id": row.id,
        "kind": row.kind,
        "case": row.case_id,
        "at": _moment(row.created_at),
    }
    facts: Mapping[str, Any] = scrubbed(row.payload)
    payload = _encode({**envelope, "facts": facts})
    if len(payload) > MOST_BYTES:
        payload = _encode({**envelope, "facts": {}, "facts_too_long": True})
    topic = topics.of_case(row.case_id, row.kind) if row.case_id else topics.of_robot(row.kind)
    return News(topic, payload)


def answer(given: Answer, body: bytes) -> bytes:
    """What the sender of an alert is told. The hash lets him find which of his alerts it was."""
    told: dict[str, object] = {
        "version": VERSION,
        "accepted": given.accepted,
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }
    if given.accepted:
        told |= {"alert": given.alert_id, "case": given.case_id, "folded": given.folded}
    else:
        told |= {
            "alert": given.alert_id,
            "reason": given.reason,
            "field": given.field,
            "advice": scrubbed(given.advice),
        }
    return _encode(told)


def sms(due: DueSms, expires_at: datetime) -> bytes:
    """What the gateway is to send. Rule 2's one exception: it needs the number, and its topic is its own."""
    return _encode(
        {
            "version": VERSION,
            "id": due.sms.id,
            "number": due.number,
            "text": due.sms.text,
            "flash": due.sms.flash,
            "expires_at": _moment(expires_at),
        }
    )


class _Receipt(msgspec.Struct):
    id: str
    state: Literal["accepted", "delivered", "failed"]
    code: str = ""


def receipt(body: bytes) -> Receipt | None:
    """What the gateway says of one SMS; None: it cannot be read. A code that may be a number is left out."""
    try:
        told = msgspec.json.decode(body, type=_Receipt)
    except msgspec.DecodeError:
        return None
    return Receipt(told.id, SmsState(told.state), told.code if _CODE.fullmatch(told.code) else "")


def status(node: str, *, up: bool) -> bytes:
    """Whether this node's daemon is up."""
    return _encode({"version": VERSION, "node": node, "up": up})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
