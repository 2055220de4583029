"""The shapes of answers: one for errors, three for lists of events."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import msgpack
import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from persistence.errors import MalformedCursor, PersistenceError, Rejected
from persistence.event_log.log import Health
from server.errors import Refused, RoomQuarantined, RoomUnavailable
from server.games.rules import Refusal
from server.wire.error_codes import ErrorCode, http_status

_log = logging.getLogger(__name__)
_RETRY_AFTER_S = {429: 1, 503: 1}
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def error(
    status: int, code: str, message: str, *, field: str | None = None, retry_after_s: int | None = None
) -> Response:
    """{"error": {"code", "message", "details"?}}"""
    body: dict[str, Any] = {"code": str(code), "message": message}
    if field is not None:
        body["details"] = {"field": field}
    wait_s = retry_after_s or _RETRY_AFTER_S.get(status)
    headers = None if wait_s is None else {"Retry-After": str(wait_s)}
    return Response(orjson.dumps({"error": body}), status, headers, media_type="application/json")


def refused(refusal: Refusal) -> Refused:
    """The same refusal, for HTTP."""
    return Refused(http_status(refusal.code), refusal.code, refusal.message, refusal.field)


def install(app: FastAPI) -> None:
    """Give every error that can leave a route its one shape."""
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(RoomUnavailable, _on_unavailable)
    app.add_exception_handler(RoomQuarantined, _on_quarantined)
    app.add_exception_handler(PersistenceError, _on_database)
    app.add_exception_handler(Rejected, _on_rejected)
    app.add_exception_handler(MalformedCursor, _on_cursor)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_bug)


def _on_refused(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, Refused)  # so it was registered; likewise below
    return error(exc.status, exc.code, exc.message, field=exc.field)


def _on_unavailable(request: Request, exc: Exception) -> Response:
    return error(503, ErrorCode.UNAVAILABLE, str(exc))


def _on_quarantined(request: Request, exc: Exception) -> Response:
    return error(500, ErrorCode.INTERNAL, str(exc))


def _on_database(request: Request, exc: Exception) -> Response:
    # In an outage every request fails, and the log's writer has said so: who asks must not fill the server's own log.
    outage = request.app.state.kernel.log.health is Health.PAUSED
    _log.log(logging.DEBUG if outage else logging.WARNING, "database: %s", exc)
    return error(503, ErrorCode.UNAVAILABLE, "the database is out of reach")


def _on_rejected(request: Request, exc: Exception) -> Response:
    """The database found a value malformed that no schema describes, such as a cursor that was made up."""
    assert isinstance(exc, Rejected)
    return error(422, "invalid_request", exc.reason)


def _on_cursor(request: Request, exc: Exception) -> Response:
    return error(422, "invalid_request", "cursor: not one that this list gave", field="cursor")


def _on_invalid(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)
    first = exc.errors()[0]
    if first["type"] == "json_invalid":
        return error(400, "malformed", "the body is not JSON")
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return error(422, "invalid_request", f"{where}: {first['msg']}", field=where)


def _on_http(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    answer = error(exc.status_code, _CODES.get(exc.status_code, "malformed"), str(exc.detail))
    answer.headers.update(exc.headers or {})  # Allow
    return answer


def _on_bug(request: Request, exc: Exception) -> Response:
    _log.error("bug in %s %s", request.method, request.url.path, exc_info=exc)
    return error(500, ErrorCode.INTERNAL, "the server failed on this request")


Item = dict[str, Any]
_NDJSON = "application/x-ndjson"
_MSGPACK = "application/vnd.msgpack"
_JSON = "application/json"


def events_format(request: Request) -> str:
    """The media type in which the client wants its events: one JSON object unless it names another."""
    accept = request.headers.get("accept", "")
    return next((kind for kind in (_NDJSON, _MSGPACK) if kind in accept), _JSON)


def events_answer(request: Request, items: list[Item], following: int | None, headers: dict[str, str]) -> Response:
    """A page of events as the client wants it: one JSON object, NDJSON (an event a line), or msgpack."""
    kind = events_format(request)
    if following is not None:
        headers = {**headers, "X-Next-Index": str(following)}
    headers = {**headers, "Vary": "Accept, Authorization"}
    if kind == _NDJSON:
        return StreamingResponse(_lines(items), headers=headers, media_type=kind)
    page = {"items": items, "next": following}
    body = msgpack.packb(page) if kind == _MSGPACK else orjson.dumps(page)
    return Response(body, headers=headers, media_type=kind)


async def _lines(items: list[Item]) -> AsyncIterator[bytes]:
    for item in items:
        yield orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE)
