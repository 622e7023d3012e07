"""The chat page over the fake knowledge base, for the browser tests: ``served.py PORT FOLDER [auth]``.

Connections to anywhere but this machine are refused and written to FOLDER/outside.log.
"""

import os
import socket
import sys
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

FOLDER = Path(sys.argv[2])


def only_loopback(name):
    real = getattr(socket.socket, name)

    def guarded(self, address, *rest):
        internet = self.family in (socket.AF_INET, socket.AF_INET6)
        if internet and address[0] not in ("127.0.0.1", "::1", "localhost"):
            with (FOLDER / "outside.log").open("a") as log:
                log.write(f"{address}\n")
            raise OSError(f"outside: {address}")
        return real(self, address, *rest)

    setattr(socket.socket, name, guarded)


for name in ("connect", "connect_ex", "sendto"):
    only_loopback(name)

from fake_knowledge_base import FakeKnowledgeBase  # noqa: E402

from rag.records import Document  # noqa: E402
from rag.settings import Settings  # noqa: E402
from rag.ui.launching import Serving  # noqa: E402
from rag.ui.opening import Opening  # noqa: E402

HARBOUR = (
    "# 临海港年度报告\n\n"
    + "".join(f"第{n}节介绍港区的日常维护与道路清洁工作，内容从略。\n\n" for n in range(1, 60))
    + "港务局公布了去年的账单。2021年临海港集装箱吞吐\n量达到362万标准箱，比上年增长8.4%。\n\n"
    + "临海港现有万吨级泊位27个，其中专用泊位9个。\n\n"
    + "".join(f"附录{n}列出各码头的值班安排。\n\n" for n in range(1, 40))
)
LIGHTHOUSE = (
    "The Skerrow lighthouse was first lit in 1874 and stands 41 metres tall.\n\n"
    "The keeper's cottage was sold in 1983. It is unsupported by later records that ghosts live there."
)
HOSTILE = (
    "<script>window.hacked = 1</script> The hostile widget costs 77 coins "
    '<img src=x onerror="window.hacked = 2"> [click](javascript:window.hacked=3) '
    "&lt;b&gt; \u202egnp.exe\u202c end.\n\nThe hostile widget was sold 12 times."
)

DOCUMENTS = [
    Document(
        id="notes/harbour.md", source="notes/harbour.md", text=HARBOUR, title="临海港年度报告",
        published="2022-03-01", language="zh",
        metadata={"publisher": "临海日报", "encoding": "utf-8", "bytes": 9000, "pages": [0, 400, 1200]},
    ),
    Document(
        id="notes/lighthouse.txt", source="notes/lighthouse.txt", text=LIGHTHOUSE,
        title="Skerrow lighthouse", published="1999", language="en", metadata={"encoding": "utf-8"},
    ),
    Document(
        id="notes/hostile.html", source="notes/<b onmouseover=alert(1)>.html", text=HOSTILE,
        title="<img src=x onerror='window.hacked=4'> \u202eeltit", published=None,
        metadata={"publisher": "<svg/onload=alert(5)>", "encoding": "utf-8"},
    ),
]  # fmt: skip

if __name__ == "__main__":
    knowledge_base = FakeKnowledgeBase(DOCUMENTS, delay=0.01)
    opening = Opening(FOLDER / "index", Settings())
    opening.open_with(knowledge_base)
    auth = ("reader", "let me in") if "auth" in sys.argv else None
    Serving(opening, host="127.0.0.1", port=int(sys.argv[1]), auth=auth).start()
    (FOLDER / "ready").touch()
    while sys.stdin.readline().strip() == "asking":
        sys.stdout.write(f"{knowledge_base.asking}\n")
        sys.stdout.flush()
