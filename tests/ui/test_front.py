"""The server in front of Gradio: files, status, login, uploads, and what it does not pass on."""

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


def test_an_index_that_cannot_be_opened_is_told(tmp_path):
    opening = Opening(tmp_path, Settings())
    opening.phase, opening.error = "failed", "It was built with another model."
    front = Front(opening, Login(None, port=1), local_only=True)
    status = TestClient(front.app, base_url="http://127.0.0.1").get("/rag/status").json()
    assert (status["phase"], status["error"]) == ("failed", "It was built with another model.")
