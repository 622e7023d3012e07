"""What every request passes first: host and size checks in, security headers out.

A plain ASGI layer, for Starlette's function middleware buffers streams.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["Guard"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# The page needs its own files and nothing else: no inline script, no frame, no other host. What
# escaping might miss, the browser still refuses to run.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]

_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}
_MAX_JSON = 2 * 1024 * 1024


class Guard:
    """An ASGI layer.

    Args:
        app: What comes behind it.
        local_only: Turn away requests whose Host is not this machine: a page elsewhere whose
            name was rebound to 127.0.0.1 must not read the documents.
        upload_path: The path that takes large bodies; it counts its bytes itself.
    """

    def __init__(self, app: Application, *, local_only: bool, upload_path: str) -> None:
        self.app = app
        self.local_only = local_only
        self.upload_path = upload_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, pass on, add the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {key: value.decode("latin-1") for key, value in scope["headers"]}
        problem = self._problem(scope, headers)
        if problem is not None:
            await _refuse(send, *problem)
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self.app(scope, receive, send_guarded)

    def _problem(self, scope: Scope, headers: dict[bytes, str]) -> tuple[int, str] | None:
        host = headers.get(b"host", "")
        if self.local_only and _name(host) not in _LOOPBACK_NAMES:
            return 403, "This page answers on this machine only: open http://127.0.0.1."
        if scope["method"] in {"GET", "HEAD"}:
            return None
        if _from_elsewhere(headers, host):
            return 403, "Requests from other pages are not taken."
        if scope["path"] != self.upload_path:
            length = headers.get(b"content-length", "")
            if b"transfer-encoding" in headers or (length and not length.isdigit()):
                return 411, "The request must tell its length."
            if int(length or 0) > _MAX_JSON:
                return 413, "The request is too large."
        return None


def _from_elsewhere(headers: dict[bytes, str], host: str) -> bool:
    """Whether a page of another site sends this (programs send neither header)."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get(b"origin")
    known = {host, headers.get(b"x-forwarded-host", host)}
    return origin is not None and origin.partition("://")[2] not in known


def _name(host: str) -> str:
    return host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host


async def _refuse(send: Send, status: int, error: str) -> None:
    body = json.dumps({"error": error}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"application/json"), *_HEADERS],
        }
    )
    await send({"type": "http.response.body", "body": body})
