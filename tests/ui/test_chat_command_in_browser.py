"""``rag chat`` over the real library and the seeds, from the first moment on."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from rag.knowledge_base import KnowledgeBase
from rag.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def chat(tmp_path_factory):
    """Address of a ``rag chat`` that began to answer this moment."""
    index = tmp_path_factory.mktemp("chat") / "seeds"
    with KnowledgeBase.open(index, settings=Settings(reader=False)) as knowledge_base:
        assert not knowledge_base.index(SEEDS).failed
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "rag", "chat", "--index", str(index), "--port", str(port),
        "--set", "reader=false", "--no-browser",
    ]  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RAG_")}
    process = subprocess.Popen(command, env=environment, cwd=index.parent)
    url = f"http://127.0.0.1:{port}"
    began = time.monotonic()
    while True:
        try:
            urllib.request.urlopen(url).close()
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < began + 180
            time.sleep(0.02)
    yield url
    process.terminate()
    process.wait(30)


def test_ask_before_everything_is_loaded_then_check(open_page, picture, chat):
    from playwright.sync_api import expect

    page = open_page(url=chat)
    page.locator("#question").fill("2023年市北区新落地的亿元以上项目有多少个？")
    page.locator("#question").press("Enter")
    expect(page.locator(".answer .text")).to_contain_text("172个", timeout=180_000)
    page.locator(".answer a.cite").first.click()
    expect(page.locator(".panel mark.exact")).to_have_text("172个")
    expect(page.locator(".panel-head")).to_contain_text("半岛新闻")
    citation = page.evaluate(
        """async () => {
          const request = indexedDB.open("rag");
          const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
          const all = database.transaction("conversations").objectStore("conversations").getAll();
          await new Promise((resolve) => { all.onsuccess = resolve; });
          return all.result[0].messages[0].answer.citations[0];
        }"""
    )
    shown = "".join(page.locator(".panel mark.quote").all_text_contents())
    assert shown.replace("\n", "") == citation["quote"].replace("\n", "")
    picture(page, "zh-light-wide-seeds")
    page.locator(".new").click()
    expect(page.locator(".suggestions button")).to_have_count(4)
    page.locator(".suggestions button").first.click()
    expect(page.locator(".answer a.cite").first).to_be_visible()
