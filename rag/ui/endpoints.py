"""The page's verbs as Gradio endpoints, and its files.

Gradio's server mode brings the queue, server-sent events, login and a documented API (any
``gradio_client`` can call these endpoints); the page itself is ours. Imported late: this module
imports Gradio.
"""

from __future__ import annotations

import logging
import mimetypes
import queue
import threading
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import gradio as gr
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from rag.errors import DocumentNotFoundError, RagError
from rag.feedback import FeedbackStore
from rag.ui.asking import MAX_QUESTION, Question, events
from rag.ui.guard import Guard
from rag.ui.holdings import listing, reading_list
from rag.ui.limits import Allowance
from rag.ui.opening import Opening
from rag.ui.source import source_view
from rag.ui.suggestions import suggest
from rag.ui.uploads import Uploads

__all__ = ["serve"]

_LOG = logging.getLogger("rag.ui")

# Questions worked on at once. More would only take turns on the processor; the rest wait in
# the queue, and see their place in it.
_AT_ONCE = 4
_UPLOAD_PATH = "/rag/upload"
_ASSETS = resources.files("rag.ui") / "assets"


def serve(
    opening: Opening, *, host: str, port: int, auth: tuple[str, str] | None = None
) -> gr.Blocks:
    """Start the server in a thread and return the running blocks; ``close()`` stops it."""
    server = gr.Server(title="rag", docs_url=None, redoc_url=None, openapi_url=None)
    server.add_middleware(
        Guard,
        local_only=auth is None and host in {"127.0.0.1", "localhost", "::1"},
        upload_path=_UPLOAD_PATH,
    )
    _Endpoints(opening, server, login=auth is not None).register()
    app, _, _ = server.launch(
        server_name=host,
        server_port=port,
        auth=auth,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        show_error=False,
        run_history=False,  # it would keep every visitor's questions on the server
        enable_monitoring=False,
        max_file_size="2mb",
        num_workers=0,
        footer_links=[],
        _frontend=False,
    )
    return app.get_blocks()


class _Endpoints:
    def __init__(self, opening: Opening, server: gr.Server, *, login: bool) -> None:
        self.opening = opening
        self.server = server
        self.login = login
        self.uploads = Uploads(opening.index_dir)
        self.feedback_store = FeedbackStore(opening.index_dir)
        self.questions = Allowance(burst=120, per_minute=120)
        self.transfers = Allowance(burst=200, per_minute=200)
        self._suggested: dict[tuple[int, bool], list[str]] = {}
        self._suggesting = threading.Lock()

    def register(self) -> None:
        self._pages()
        api = self.server.api
        api(self.ask, name="ask", concurrency_limit=_AT_ONCE, concurrency_id="ask")
        api(self.index_upload, name="index_upload", concurrency_limit=1, concurrency_id="write")
        api(self.reindex, name="reindex", concurrency_limit=1, concurrency_id="write")
        api(self.remove, name="remove", concurrency_limit=1, concurrency_id="write")
        api(self.documents, name="documents", queue=False)
        api(self.source, name="source", queue=False)
        api(self.suggestions, name="suggestions", queue=False)
        api(self.feedback, name="feedback", queue=False)

    # ------------------------------------------------------------------ verbs

    def ask(
        self,
        question: str,
        history: list[list[str]] = [],  # noqa: B006  (Gradio reads the default, nothing writes it)
        options: dict[str, Any] = {},  # noqa: B006
        request: gr.Request = None,
    ) -> Iterator[dict[str, Any]]:
        """Answer a question: yields stages and pieces of text, then the whole answer."""
        with _told():
            self._pace(self.questions, request)
            asked = Question.from_page(question, history, options)
            if not self.opening.ready:
                yield {"stage": "opening"}
            kb = self.opening.knowledge_base()
            yield {"stage": "searching"}
            yield from events(kb, asked)

    def documents(
        self, text: str = "", offset: int = 0, limit: int = 100, order: str = "indexed"
    ) -> dict[str, Any]:
        """One page of the documents in the index, filtered."""
        with _told():
            kb = self.opening.knowledge_base()
            return listing(kb.documents(), text=text, offset=offset, limit=limit, order=order)

    def source(
        self,
        document_id: str,
        marks: list[list[Any]] = [],
        focus: int = 0,  # noqa: B006
    ) -> dict[str, Any]:
        """A document tidied for reading, with these spans of its stored text marked."""
        with _told():
            document = self.opening.knowledge_base().document(document_id)
            return source_view(document, marks, focus)

    def suggestions(self, language: str = "en") -> list[str]:
        """Questions that the documents at hand can answer; ``zh`` or ``en`` ones first."""
        with _told():
            kb = self.opening.knowledge_base()
            key = (kb.generation, language == "zh")
            # One visitor's page works them out; the others wait for the same list.
            with self._suggesting:
                if key not in self._suggested:
                    self._suggested = {
                        known: found
                        for known, found in self._suggested.items()
                        if known[0] == kb.generation
                    }
                    self._suggested[key] = suggest(kb, chinese_first=language == "zh")
                return self._suggested[key]

    def index_upload(self, token: str) -> Iterator[dict[str, Any]]:
        """Index a file that was uploaded: yields what is being done, then the outcome."""
        with _told():
            kb = self.opening.knowledge_base()
            yield from _with_progress(
                lambda progress: self.uploads.index(kb, token, progress=progress)
            )

    def reindex(self) -> Iterator[dict[str, Any]]:
        """Read again every file that can still be found."""
        with _told():
            kb = self.opening.knowledge_base()
            yield from _with_progress(lambda progress: _reindexed(kb, self.uploads, progress))

    def remove(self, document_ids: list[str]) -> dict[str, Any]:
        """Remove documents from the index; uploaded files are deleted with them."""
        with _told():
            kb = self.opening.knowledge_base()
            sources = {info.id: info.source for info in kb.documents()}
            removed = []
            for document_id in document_ids:
                if document_id in sources:
                    kb.remove(document_id)
                    self.uploads.forget(sources[document_id])
                    removed.append(document_id)
            return {"removed": removed}

    def feedback(self, record: dict[str, Any], request: gr.Request = None) -> dict[str, Any]:
        """Keep a reader's verdict on an answer, with the answer and its citations."""
        with _told():
            self._pace(self.questions, request)
            self.feedback_store.add(record)
            return {"kept": True}

    # ------------------------------------------------------------------ files of the page

    def _pages(self) -> None:
        @self.server.api_route("/", methods=["GET", "HEAD"])
        def page() -> Response:
            return _asset("index.html")

        @self.server.get("/rag/assets/{name}")
        def asset(name: str) -> Response:
            return _asset(name)

        @self.server.get("/favicon.ico")
        def icon() -> Response:
            return _asset("icon.svg")

        @self.server.get("/rag/status")
        def status(request: Request) -> Response:
            if not self._admitted(request):
                return JSONResponse({"login": True}, status_code=401)
            return JSONResponse(self._status())

        @self.server.put(_UPLOAD_PATH)
        async def upload(request: Request, name: str = "") -> Response:
            if not self._admitted(request):
                return JSONResponse({"error": "Log in first."}, status_code=401)
            wait = self.transfers.wait(_visitor(request))
            if wait:
                return JSONResponse({"error": _later(wait)}, status_code=429)
            try:
                received = await self.uploads.receive(name, request.stream())
            except RagError as error:
                return JSONResponse({"error": str(error)}, status_code=413)
            return JSONResponse(received)

    def _admitted(self, request: Request) -> bool:
        if not self.login:
            return True
        app = self.server
        names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
        return any(request.cookies.get(name) in app.tokens for name in names)

    def _status(self) -> dict[str, Any]:
        settings = self.opening.settings
        return {
            "phase": self.opening.phase,
            "error": self.opening.error,
            "index": self.opening.index_dir.name,
            "llm": settings.llm,
            "answerer": settings.answerer,
            "k": settings.k,
            "max_question": MAX_QUESTION,
            "max_bytes": self.uploads.max_bytes,
            "login": self.login,
        }

    def _pace(self, allowance: Allowance, request: gr.Request | None) -> None:
        if request is not None and (wait := allowance.wait(_visitor(request))):
            raise RagError(_later(wait))


def _reindexed(kb: Any, uploads: Uploads, progress: Callable[[str], None]) -> dict[str, Any]:
    """Read the uploads, and the folders the index was made from if they lie here, once more."""
    report = kb.index(*reading_list(kb.documents(), uploads.folder), progress=progress)
    return {
        "added": len(report.added),
        "updated": len(report.updated),
        "failed": [
            {"source": failure.source, "reason": failure.reason} for failure in report.failed
        ],
    }


class _told:  # noqa: N801  (reads as a word at each use: ``with _told():``)
    """Turn our errors into lines the page shows; log the rest and say only that it happened."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, (GeneratorExit, gr.Error)):
            return
        if isinstance(error, DocumentNotFoundError):
            raise gr.Error("not-found: " + str(error), print_exception=False) from error
        if isinstance(error, RagError):
            raise gr.Error(str(error), print_exception=False) from error
        if isinstance(error, Exception):
            _LOG.error("the chat page failed", exc_info=error)
            raise gr.Error(
                f"Something failed inside ({type(error).__name__}); the terminal says more.",
                print_exception=False,
            ) from error


def _with_progress(
    work: Callable[[Callable[[str], None]], dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    """Run in a thread; yield ``{"progress": line}`` meanwhile and ``{"done": result}`` at the end."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(work(lines.put))
        except BaseException as error:  # noqa: BLE001  (carried over to the caller below)
            outcome.append(error)
        lines.put(None)

    threading.Thread(target=run, daemon=True).start()
    while (line := lines.get()) is not None:
        yield {"progress": line}
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    yield {"done": outcome[0]}


def _asset(name: str) -> Response:
    file = _ASSETS / name
    # One flat folder, known names: nothing to traverse.
    if name not in {entry.name for entry in _ASSETS.iterdir()} or not file.is_file():
        return JSONResponse({"error": "no such file"}, status_code=404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = {".js": "text/javascript", ".css": "text/css"}.get(name[name.rfind(".") :], kind)
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return Response(file.read_bytes(), media_type=kind, headers={"cache-control": "no-cache"})


def _visitor(request: Any) -> str:
    """Who asks: the user who logged in, else the address. ``X-Forwarded-For`` can be made up."""
    username = getattr(request, "username", None)
    client = getattr(request, "client", None)
    return str(username or getattr(client, "host", None) or "unknown")


def _later(seconds: float) -> str:
    return f"Too much at once. Try again in {max(1, round(seconds))} s."
