"""What is turned away before anything runs, and the headers on what is not."""

import asyncio

import pytest

from rag.ui.guard import Guard


def request(method="GET", path="/", *, local_only=True, **headers):
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        sent.append(message)

    headers.setdefault("host", "127.0.0.1:7860")
    scope = {
        "type": "http", "method": method, "path": path,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    asyncio.run(Guard(app, local_only=local_only, upload_path="/up")(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"])


def test_headers_forbid_everything_from_elsewhere():
    _, headers = request()
    policy = headers[b"content-security-policy"].decode()
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (200, {"host": "localhost:7860"}),
        (200, {"host": "[::1]:7860"}),
        (403, {"host": "evil.example"}),  # a name rebound to 127.0.0.1
        (200, {"host": "evil.example", "local_only": False}),
        (200, {"method": "POST"}),  # a program
        (200, {"method": "POST", "origin": "http://127.0.0.1:7860"}),
        (403, {"method": "POST", "origin": "http://evil.example"}),
        (403, {"method": "POST", "origin": "null"}),
        (403, {"method": "POST", "sec_fetch_site": "cross-site"}),
        (200, {"method": "POST", "sec_fetch_site": "same-origin"}),
        (413, {"method": "POST", "content_length": "3000000"}),
        (411, {"method": "POST", "transfer_encoding": "chunked"}),
        (200, {"method": "PUT", "path": "/up", "content_length": "3000000"}),
    ],
)
def test_who_is_let_in(status, options):
    assert request(**options)[0] == status
