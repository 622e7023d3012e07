"""The server in front of Gradio: files, status, login, uploads, and what it does not pass on."""

import asyncio

import pytest
from starlette.testclient import TestClient

from rag.settings import Settings
from rag.ui.front import Front
from rag.ui.login import Login
from rag.ui.opening import Opening
from tests.ui.fake_knowledge_base import FakeKnowledgeBase


def client(folder, auth=None):
    opening = Opening(folder, Settings())
    opening.open_with(FakeKnowledgeBase())
    front = Front(opening, Login(auth, port=1), local_only=auth is None)
    # Without "with": the lifespan does not run, and Gradio is not imported.
    return TestClient(front.app, base_url="http://127.0.0.1")


def test_the_page_and_its_files(tmp_path):
    page = client(tmp_path)
    assert page.get("/").headers["content-type"] == "text/html; charset=utf-8"
    assert page.head("/").status_code == 200
    script = page.get("/rag/assets/main.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert page.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "path",
    [
        "/rag/assets/nothing.js", "/rag/assets/..%2F__init__.py", "/rag/assets/../front.py",
        "/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/docs", "/openapi.json",
    ],
)  # fmt: skip
def test_what_is_not_served(tmp_path, path):
    assert client(tmp_path).get(path).status_code == 404


def test_status_tells_what_the_page_needs(tmp_path):
    status = client(tmp_path / "seeds").get("/rag/status").json()
    assert status["phase"] == "opening"  # Gradio is not there yet
    assert (status["index"], status["k"], status["llm"]) == ("seeds", 8, "")


def test_upload_by_any_name_lands_in_the_folder(tmp_path):
    page = client(tmp_path)
    for name in ("", "../" * 9 + "x.txt", "n" * 300, "/etc/cron.d/x"):
        received = page.put("/rag/upload", params={"name": name}, content=b"text")
        assert received.status_code == 200, received.text
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 4
    assert all(path.parent.parent == tmp_path / "uploads" / ".incoming" for path in files)


def test_login_before_anything(tmp_path):
    page = client(tmp_path, auth=("reader", "secret"))
    assert page.get("/rag/status").status_code == 401
    assert page.put("/rag/upload", content=b"x").status_code == 401
    assert page.post("/gradio_api/run/documents", json={"data": []}).status_code == 401
    assert page.post("/login", data={"username": "reader", "password": "x"}).status_code == 400
    entered = page.post("/login", data={"username": "reader", "password": "secret"})
    assert entered.status_code == 200
    assert "httponly" in entered.headers["set-cookie"].lower()
    assert "samesite=strict" in entered.headers["set-cookie"].lower()
    assert page.get("/rag/status").json()["user"] == "reader"
    page.get("/logout")
    assert page.get("/rag/status").status_code == 401


def test_the_right_password_after_too_many_tries_is_told_to_wait(tmp_path):
    """It used to be told that it is wrong."""
    page = client(tmp_path, auth=("reader", "secret"))
    for _ in range(8):
        assert page.post("/login", data={"username": "reader", "password": "x"}).status_code == 400
    held = page.post("/login", data={"username": "reader", "password": "secret"})
    assert (held.status_code, held.headers["retry-after"]) == (429, "10")
    assert held.json() == {"error": "Too much at once. Try again in 10 s."}


def answer(app, scope, *received):
    """What an application sends back, given what it receives."""
    sent, waiting = [], [*received]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "query_string": b"", "root_path": "", **scope}
    scope["headers"] = [(b"host", b"127.0.0.1"), *scope.get("headers", [])]
    asyncio.run(app(scope, receive, send))
    return sent


@pytest.mark.parametrize(("method", "path"), [("PUT", "/rag/upload"), ("POST", "/login")])
def test_a_body_that_breaks_off_is_no_failure(tmp_path, method, path):
    """It used to end in a traceback in the terminal."""
    sent = answer(
        client(tmp_path).app,
        {"method": method, "path": path},
        {"type": "http.request", "body": b"abc", "more_body": True},
        {"type": "http.disconnect"},
    )
    assert sent[0]["status"] == 400
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_who_waits_for_gradio_is_answered_when_the_server_stops(tmp_path):
    front = Front(Opening(tmp_path, Settings()), Login(None, port=1), local_only=True)

    async def app(scope, receive, send):
        asyncio.get_running_loop().call_later(0.01, front.stop)
        await front.app(scope, receive, send)

    sent = answer(app, {"method": "POST", "path": "/gradio_api/run/documents"})
    assert sent[0]["status"] == 503
    assert b"being stopped" in sent[1]["body"]


def test_an_index_that_cannot_be_opened_is_told(tmp_path):
    opening = Opening(tmp_path, Settings())
    opening.phase, opening.error = "failed", "It was built with another model."
    front = Front(opening, Login(None, port=1), local_only=True)
    status = TestClient(front.app, base_url="http://127.0.0.1").get("/rag/status").json()
    assert (status["phase"], status["error"]) == ("failed", "It was built with another model.")
