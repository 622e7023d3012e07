"""The page's verbs as Gradio endpoints.

Gradio brings the queue, server-sent events and a documented API: any ``gradio_client`` can call
these endpoints. The page itself is ours. Imported late: this module imports Gradio.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request

from rag.errors import DocumentNotFoundError, RagError
from rag.feedback import FeedbackStore
from rag.index.places import files_of
from rag.ui.asking import Question, events
from rag.ui.holdings import listing, reading_list
from rag.ui.limits import Allowance, later
from rag.ui.login import Login
from rag.ui.opening import Opening
from rag.ui.source import source_view
from rag.ui.suggestions import suggest
from rag.ui.uploads import Uploads

__all__ = ["build"]

_LOG = logging.getLogger("rag.ui")

# Questions worked on at once. More would only take turns on the processor; the rest wait in
# the queue, and see their place in it.
_AT_ONCE = 4


def build(opening: Opening, uploads: Uploads, login: Login) -> FastAPI:
    """The endpoints as an application to be put behind the page; its lifespan starts the queue."""

    def user(request: Request) -> str | None:
        return login.user(request.cookies)

    endpoints = _Endpoints(opening, uploads)
    with gr.Blocks(title="rag", analytics_enabled=False) as blocks:
        endpoints.register()
    application: FastAPI = gr.mount_gradio_app(
        FastAPI(docs_url=None, redoc_url=None, openapi_url=None),
        blocks,
        path="/",
        auth_dependency=user if login.needed else None,
        show_error=False,
        run_history=False,  # it would keep every visitor's questions on the server
        enable_monitoring=False,
        ssr_mode=False,
        footer_links=[],
        max_file_size="1mb",
    )
    return application


class _Endpoints:
    def __init__(self, opening: Opening, uploads: Uploads) -> None:
        self.opening = opening
        self.uploads = uploads
        self.feedback_store = FeedbackStore(opening.index_dir)
        self.questions = Allowance(burst=120, per_minute=120)
        self._suggested: dict[tuple[int, bool], list[str]] = {}
        self._suggesting = threading.Lock()

    def register(self) -> None:
        gr.api(self.ask, api_name="ask", concurrency_limit=_AT_ONCE, concurrency_id="ask")
        for slow in (self.index_upload, self.reindex, self.remove):
            # One after the other: an index has one writer.
            gr.api(slow, api_name=slow.__name__, concurrency_limit=1, concurrency_id="write")
        for quick in (self.documents, self.missing, self.source, self.suggestions, self.feedback):
            gr.api(quick, api_name=quick.__name__, queue=False)

    # ------------------------------------------------------------------ verbs

    def ask(
        self,
        question: str,
        history: list[list[str]] | None = None,
        options: dict[str, Any] | None = None,
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

    def missing(self, document_ids: list[str]) -> list[str]:
        """Those of these ids that no document of the index has (any more)."""
        with _told():
            there = {info.id for info in self.opening.knowledge_base().documents()}
            return [one for one in document_ids if one not in there]

    def source(
        self,
        document_id: str,
        marks: list[list[Any]] | None = None,
        focus: int = 0,
    ) -> dict[str, Any]:
        """A document tidied for reading, with these spans of its stored text marked."""
        with _told():
            document = self.opening.knowledge_base().document(document_id)
            return source_view(document, marks or [], focus)

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
        """Read again every file of the index that can still be found, and the uploads."""
        with _told():
            kb = self.opening.knowledge_base()
            yield from _with_progress(lambda progress: self._reindexed(kb, progress))

    def remove(self, document_ids: list[str]) -> dict[str, Any]:
        """Remove documents from the index; an uploaded file is deleted with its last one."""
        with _told():
            kb = self.opening.knowledge_base()
            sources = {info.id: info.source for info in kb.documents()}
            chosen = [one for one in dict.fromkeys(document_ids) if one in sources]
            if not chosen:
                return {"removed": []}
            locations = files_of(self.opening.index_dir)
            removed = kb.remove(*chosen)
            touched = dict.fromkeys(sources.pop(one) for one in removed if one in sources)
            for source in touched.keys() - set(sources.values()):
                self.uploads.forget(source, locations.get(source, ""))
            return {"removed": list(removed)}

    def feedback(self, record: dict[str, Any], request: gr.Request = None) -> dict[str, Any]:
        """Keep a reader's verdict on an answer, with the answer and its citations."""
        with _told():
            self._pace(self.questions, request)
            self.feedback_store.add(record)
            return {"kept": True}

    def _reindexed(self, kb: Any, progress: Callable[[str], None]) -> dict[str, Any]:
        files = files_of(self.opening.index_dir)
        report = kb.index(*reading_list(files, self.uploads.folder), progress=progress)
        return {
            "added": len(report.added),
            "updated": len(report.updated),
            "failed": [
                {"source": failure.source, "reason": failure.reason} for failure in report.failed
            ],
        }

    def _pace(self, allowance: Allowance, request: gr.Request | None) -> None:
        if request is not None and (wait := allowance.wait(_visitor(request))):
            raise RagError(later(wait))


class _told:  # noqa: N801  (reads as a word at each use: ``with _told():``)
    """Turn our errors into lines the page shows; log the rest and say only that it happened."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
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
    """Run in a thread; yield ``{"progress": line}`` meanwhile, then ``{"done": result}``."""
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


def _visitor(request: Any) -> str:
    """Who asks: the user who logged in, else the address. ``X-Forwarded-For`` can be made up."""
    username = getattr(request, "username", None)
    client = getattr(request, "client", None)
    return str(username or getattr(client, "host", None) or "unknown")
