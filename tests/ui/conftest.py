"""One server and one browser for all tests of the page; a fresh browser context for each."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ARTIFACTS = HERE.parent / "artifacts" / "ui"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
GET_CHROMIUM = (
    "needs Chromium and playwright: apt-get install chromium fonts-noto-cjk && "
    "pip install 'rag[test]'"
)


class Served:
    """A running page: ``url``, its ``folder``, and how many questions are ``asking``."""

    def __init__(self, folder, *options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "served.py"), str(self.port), str(folder), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )  # fmt: skip
        until = time.monotonic() + 120
        while not (folder / "ready").exists():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((folder / "server.log").read_text())
            time.sleep(0.05)

    def asking(self):
        self.process.stdin.write("asking\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def outside(self):
        log = self.folder / "outside.log"
        return log.read_text() if log.exists() else ""

    def close(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.log):
            stream.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    running = Served(tmp_path_factory.mktemp("served"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def browser():
    """Per module: while playwright runs, its event loop forbids ``asyncio.run`` to other tests."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        pytest.skip(GET_CHROMIUM)
    if chromium is None:
        pytest.skip(GET_CHROMIUM)
    expect.set_options(timeout=60_000)
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser, served):
    """A function that opens the page in a context of its own and notes what it asked for.

    After the test: no request left the machine, and no script failed.
    """
    contexts, requests, faults = [], [], []

    def open_page(path="/", *, locale="zh-CN", url=None, **options):
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(
            locale=locale, permissions=["clipboard-read", "clipboard-write"], **options
        )
        contexts.append(context)
        context.on("request", lambda request: requests.append(request.url))
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto((url or served.url) + path)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    outside = [
        url for url in requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))
    ]
    assert outside == []
    assert faults == []


@pytest.fixture
def picture():
    """Keep a picture of a page under tests/artifacts/ui, to be looked at."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)

    def picture(page, name):
        page.screenshot(path=ARTIFACTS / f"{name}.png")

    return picture
