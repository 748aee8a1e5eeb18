"""Stand between the server and the application: ids, headers, size, log, last resort."""

from __future__ import annotations

import logging
import re
import time
import traceback
import uuid
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adclassifier_api.problems import problem_response

logger = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

#: Nothing may be loaded, run or framed; the page of /docs adds its own style sheet.
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_TIMING = b"server-timing"
#: Name, in lower case, and value.
_Header = tuple[bytes, bytes]


class Guard:
    """Middleware around the whole application.

    It gives every answer a request id, the security headers and the time that it took, refuses a
    body that declares itself too large before a byte of it is read, logs one line a request
    without address, query or body, and turns a fault into a bare problem with the trace in the
    log. The trace is without the exception's message, which may quote a post.

    Parameters
    ----------
    app : ASGI application
    max_body_bytes : int
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self._answer(scope, receive, exchange)
        except Exception as error:  # the last resort: whatever comes here is a fault of ours
            logger.error("fault in %s: %s", exchange.request_id, describe_fault(error))
            if not exchange.status:
                await problem_response(500)(scope, receive, exchange.send)
        finally:
            exchange.log()

    async def _answer(self, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
        if _declared_bytes(scope) > self.max_body_bytes:
            await problem_response(413)(scope, receive, exchange.send)
        else:
            await self.app(scope, receive, exchange.send)


class _Exchange:
    """One request and what became of it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._started = time.perf_counter()
        self.request_id = choose_request_id(Headers(scope=scope).get("x-request-id", ""))
        self.status = 0

    async def send(self, message: Message) -> None:
        """Add our headers to the start of an answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._complete(message["headers"])
        await self._send(message)

    def _complete(self, headers: Iterable[_Header]) -> list[_Header]:
        """Add to an answer's own headers those that every answer has."""
        told = dict(headers)
        timing = self._timing(told.get(_TIMING, b"").decode())
        return [
            *(header for header in headers if header[0] != _TIMING),
            (b"x-request-id", self.request_id.encode()),
            (_TIMING, timing.encode()),
            *(header for header in SECURITY_HEADERS if header[0] not in told),
        ]

    def _timing(self, parts: str) -> str:
        """Add to an answer's own times the whole: from the request's head to the answer's."""
        total = f"total;dur={(time.perf_counter() - self._started) * 1000:.3f}"
        return f"{parts}, {total}" if parts else total

    def log(self) -> None:
        """Log the method, the route's own pattern, the status and the time taken."""
        method = self._scope["method"]
        logger.info(
            "%s %s %s %d in %.1f ms",
            self.request_id,
            method if method in _METHODS else "-",
            getattr(self._scope.get("route"), "path", "-"),
            self.status,
            (time.perf_counter() - self._started) * 1000,
        )


def choose_request_id(given: str) -> str:
    """Keep the caller's id if it is plain enough for a log, or make one.

    Examples
    --------
    >>> choose_request_id("batch-7.2")
    'batch-7.2'
    >>> len(choose_request_id("two words"))
    32
    """
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def describe_fault(error: BaseException) -> str:
    """Give the type and the trace of an exception, without its message.

    Examples
    --------
    >>> describe_fault(ValueError("0908 123 456"))
    'ValueError'
    """
    trace = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{trace}".rstrip()


def _declared_bytes(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length[:20]) if length.isascii() and length.isdigit() else 0
