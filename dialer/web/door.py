"""`POST /api/alerts`: the door for sources that speak HTTP. `GET /api/alerts/schema` tells what to send.

Rule 1: the answer comes after the commit; until then the source has the alert, and it may send it again at any time.
Rule 2: who sends is known by his token (RFC 6750); tokens are compared as hashes, in constant time.
Rule 3: an answer never repeats what the body said.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dialer.errors import DialerError
from dialer.filing.intake import schema
from dialer.filing.quota import Quotas
from dialer.ports import Answer

Take = Callable[[bytes, str], Awaitable[Answer]]
RETRY_SECONDS = 5
QUOTA_SECONDS = 60
log = structlog.get_logger(__name__)


def alert_door(take: Take, tokens: Mapping[str, str], quotas: Quotas, *, most_body_bytes: int) -> Starlette:
    """tokens: source -> sha256 of its token, hex. The application, ready to be served."""
    door = _Door(take, tokens, quotas, most_body_bytes)
    return Starlette(
        routes=[
            Route("/api/alerts", door.alert, methods=["POST"]),
            Route("/api/alerts/schema", _schema, methods=["GET"]),
        ]
    )


async def _schema(_request: Request) -> Response:
    return JSONResponse(schema())


class _Door:
    def __init__(self, take: Take, tokens: Mapping[str, str], quotas: Quotas, most_body_bytes: int) -> None:
        self._take, self._tokens, self._quotas, self._most = take, tokens, quotas, most_body_bytes

    async def alert(self, request: Request) -> Response:
        """201 a new case, 200 folded or known, 422 refused and kept, 401, 413, 429, 503: nothing was kept, send it again."""
        source = self._source(request.headers.get("authorization", ""))
        if not source:
            return _told(401, "no_token", "send 'Authorization: Bearer TOKEN'", {"WWW-Authenticate": "Bearer"})
        body = await self._body(request)
        if body is None:
            return _told(413, "too_long", f"send at most {self._most} bytes")
        if not self._quotas.admit(source):
            advice = f"this source may send {self._quotas.limit(source)} alerts a minute; send it again"
            return _told(429, "over_quota", advice, {"Retry-After": str(QUOTA_SECONDS)})
        try:
            answer = await self._take(body, source)
        except DialerError as fault:
            log.error("alert not taken, the source keeps it", source=source, advice=str(fault))
            return _told(503, "not_kept", "nothing was kept; send it again", {"Retry-After": str(RETRY_SECONDS)})
        return _answered(answer)

    def _source(self, authorization: str) -> str:
        scheme, _, token = authorization.partition(" ")
        given = hashlib.sha256(token.strip().encode()).hexdigest() if scheme.lower() == "bearer" else ""
        found = ""
        for source, wanted in self._tokens.items():  # all of them: how long it takes tells nothing
            if hmac.compare_digest(given, wanted.lower()):
                found = source
        return found

    async def _body(self, request: Request) -> bytes | None:
        """None: longer than it may be. A source that goes away in the middle has sent nothing."""
        parts, size = [], 0
        try:
            async for part in request.stream():
                size += len(part)
                if size > self._most:
                    return None
                parts.append(part)
        except ClientDisconnect:
            return b""
        return b"".join(parts)


def _answered(answer: Answer) -> Response:
    if not answer.accepted:
        return _told(422, answer.reason, answer.advice, field=answer.field)
    told = {"accepted": True, "alert": answer.alert_id, "case": answer.case_id, "folded": answer.folded}
    return JSONResponse(told, 200 if answer.folded else 201)


def _told(
    status: int, reason: str, advice: str, headers: Mapping[str, str] | None = None, *, field: str = ""
) -> Response:
    told = {"accepted": False, "reason": reason, "field": field, "advice": advice}
    return JSONResponse(told, status, headers=headers)
