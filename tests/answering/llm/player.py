"""Plays a language model of several tempers over HTTP, for tests that need a real endpoint.

The server speaks the OpenAI protocol on loopback. It reads the numbered passages out of the prompt,
picks the sentences that share most with the question, and says them in other words. What it does
with marks, figures and the connection is its temper, chosen by the model's name. Everything is
deterministic: the same prompt gives the same answer.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_SYNONYMS = (
    ("举行", "召开"), ("完成", "做完"), ("开展", "进行"), ("打造", "建设"), ("推动", "促进"), ("获得", "拿到"),
    ("设立", "成立"), ("达到", "达"), ("增长", "上升"), ("目前", "现在"), ("新增", "增加了"), ("全部", "都"),
    ("包括", "有"), ("提出", "表示"), ("计划", "打算"), ("负责", "主管"), ("帮助", "协助"), ("位于", "坐落在"),
)  # fmt: skip
_FOREIGN = (
    "青岛啤酒博物馆每年接待外国游客超过一百五十万人次。",
    "该区的森林覆盖率在全国城区中排名第十七位。",
    "此外,当地居民普遍认为房价会在明年下降。",
    "这一做法最早由德国汉堡市提出并推广。",
    "相关费用由世界银行提供的低息贷款支付。",
)
_REFUSALS = {"status-401": 401, "status-429": 429, "status-500": 500}


@dataclass(frozen=True)
class Spoken:
    """A sentence as it was said: its text without marks, the passage sentence behind it (None for
    what comes from outside), and whether it was falsified."""

    text: str
    source: str | None
    falsified: bool = False


@dataclass(frozen=True)
class Reply:
    """What the player says to one prompt."""

    text: str
    spoken: tuple[Spoken, ...]


def passages_of(prompt: str) -> list[str]:
    """The numbered passages of a prompt, as the model sees them."""
    fence = re.search(r"^PASSAGES (\w+)$", prompt, re.MULTILINE)
    assert fence is not None
    body = prompt.split(f"PASSAGES {fence[1]}\n", 1)[1].split(f"\nEND {fence[1]}\n", 1)[0]
    parts = re.split(r"(?:^|\n\n)\[\d+\](?: \([^\n]*\))?\n", body)
    return parts[1:]


def question_of(prompt: str) -> str:
    return prompt.rsplit("Question: ", 1)[1]


def reply(temper: str, prompt: str) -> Reply:
    """What a model of this temper says."""
    chance = random.Random(hashlib.sha256(f"{temper}{question_of(prompt)}".encode()).digest())
    passages = passages_of(prompt)
    picked = _picked(question_of(prompt), passages)
    spoken: list[Spoken] = []
    marks: list[str] = []
    for number, sentence in picked:
        said = _reworded(sentence, chance)
        falsified = False
        if temper == "sloppy":
            said = _slip(said, chance)
        if temper == "contradict":
            changed = _other_figure(said, chance)
            falsified = changed != said
            said = changed
        spoken.append(Spoken(said, sentence, falsified))
        marks.append(_mark(temper, number, len(passages), chance))
    if temper in ("outsider", "mixed"):
        spoken.append(Spoken(chance.choice(_FOREIGN), None))
        marks.append(f"[{chance.randint(1, len(passages))}]")
    if temper == "foreign":
        spoken = [Spoken(chance.choice(_FOREIGN), None)]
        marks = ["[1]"]
    pieces = []
    for one, mark in zip(spoken, marks, strict=True):
        inside = chance.random() < 0.5 and one.text[-1] in "。.!?"
        pieces.append(one.text[:-1] + mark + one.text[-1] if inside else one.text + mark)
    return Reply("".join(pieces), tuple(spoken))


def _picked(question: str, passages: list[str]) -> list[tuple[int, str]]:
    wanted = {question[i : i + 2] for i in range(len(question) - 1)}
    scored = []
    for number, passage in enumerate(passages, start=1):
        for sentence in re.findall(r"[^。！？\n#]+[。！？]", passage):
            body = sentence.strip(" -*\n")
            if 12 <= len(body) <= 140:
                shared = sum(body[i : i + 2] in wanted for i in range(len(body) - 1))
                scored.append((-shared / (len(body) ** 0.3), number, body))
    scored.sort()
    return [(number, body) for _, number, body in scored[:2]]


def _reworded(sentence: str, chance: random.Random) -> str:
    for old, new in _SYNONYMS:
        if chance.random() < 0.6:
            sentence = sentence.replace(old, new, 1)
    clauses = re.split(r"[,，]", sentence[:-1])
    if len(clauses) > 2 and chance.random() < 0.4:
        clauses = [clauses[0], *clauses[2:], clauses[1]]
    text = "，".join(clauses) + sentence[-1]
    if chance.random() < 0.3:
        text = "根据资料，" + text
    if chance.random() < 0.3:
        text = re.sub(r"(\d+(?:\.\d+)?)%", r"百分之\1", text)
    return text


def _slip(text: str, chance: random.Random) -> str:
    """One harmless character lost or doubled, never in a figure or a name in quotes."""
    places = [i for i, char in enumerate(text[:-1]) if char in "的了在和与等是"]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + text[at + 1 :] if chance.random() < 0.5 else text[:at] + text[at] + text[at:]


def _other_figure(text: str, chance: random.Random) -> str:
    figures = list(re.finditer(r"\d+(?:\.\d+)?", text))
    if not figures:
        return text
    match = chance.choice(figures)
    digits = list(match.group())
    at = chance.choice([i for i, char in enumerate(digits) if char.isdigit()])
    new = chance.choice([char for char in "123456789" if char != digits[at]])
    return text[: match.start() + at] + new + text[match.start() + at + 1 :]


def _mark(temper: str, number: int, count: int, chance: random.Random) -> str:
    if temper in ("unmarked", "sloppy-unmarked"):
        return ""
    if temper == "wrong":
        return f"[{number % count + 1}]"
    if temper == "inventor":
        return chance.choice(["[99]", "[S42]", "【77】", "[^12]"])
    return chance.choice([f"[{number}]", f" [{number}]", f"【{number}】"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        temper = request["model"]
        server = self.server
        assert isinstance(server, _Server)
        server.requests.append(request)
        server.keys.append(self.headers.get("Authorization", ""))
        status = _REFUSALS.get(temper)
        if temper == "flaky":
            status = 500 if len(server.requests) % 2 else None
        if status is not None:
            self._send(status, {"error": {"message": f"status {status}", "type": "error"}})
            return
        if temper == "overflow":
            message = "This model's maximum context length is 4096 tokens"
            self._send(400, {"error": {"message": message, "code": "context_length_exceeded"}})
            return
        if temper == "html":
            self._raw(200, b"<html>gateway</html>", "text/html")
            return
        if temper == "silent":
            time.sleep(3)
            return
        messages = request["messages"]
        prompt = messages[1]["content"]
        if "Last question:" in prompt:
            text = server.completion or prompt.rsplit("Last question: ", 1)[1]
        elif temper in server.scripts:
            script = server.scripts[temper]
            turn = sum(message["role"] == "assistant" for message in messages)
            text = script[min(turn, len(script) - 1)]
        elif temper == "empty":
            text = ""
        elif temper == "garbage":
            text = "\u0000\ufffd#@!%^&*()" * 20
        else:
            text = reply(temper, prompt).text
        if request.get("stream"):
            self._stream(temper, text)
        else:
            self._send(200, {
                "id": "x", "object": "chat.completion", "created": 0, "model": temper,
                "choices": [{"index": 0, "finish_reason": "stop",
                             "message": {"role": "assistant", "content": text}}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
            })  # fmt: skip

    def _stream(self, temper: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        size = 1 if temper == "slow" else 7
        pieces = [text[at : at + size] for at in range(0, len(text), size)] or [""]
        for number, piece in enumerate(pieces):
            if temper == "dies" and number == max(2, len(pieces) // 2):
                self.close_connection = True
                self.connection.shutdown(2)
                return
            self._event({"delta": {"role": "assistant", "content": piece}, "finish_reason": None})
            if temper == "slow":
                time.sleep(0.002)
            if temper == "crawl":
                time.sleep(0.4)
        if temper == "fades":  # ends politely, but without a reason
            self._chunk(b"data: [DONE]\n\n")
        else:
            reason = "length" if temper == "truncated" else "stop"
            self._event({"delta": {}, "finish_reason": reason})
            self._event(None, usage={"prompt_tokens": 10, "completion_tokens": 5,
                                     "total_tokens": 15})  # fmt: skip
            self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, choice: dict[str, object] | None, **more: object) -> None:
        choices = [] if choice is None else [{"index": 0, **choice}]
        event = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m",
                 "choices": choices, **more}  # fmt: skip
        self._chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _send(self, status: int, value: object) -> None:
        self._raw(status, json.dumps(value).encode(), "application/json")

    def _raw(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, object]] = []
        self.keys: list[str] = []
        self.scripts: dict[str, list[str]] = {}
        self.completion = ""

    def handle_error(self, *_: object) -> None:
        return

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def player() -> Iterator[_Server]:
    """A running server; ``url`` is its base URL, ``requests`` what it was sent."""
    server = _Server()
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
