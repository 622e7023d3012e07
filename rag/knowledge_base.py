"""The one class that wires the stages: documents in, cited answers out."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from rag.errors import (
    IndexChunkingMismatchError,
    QueryError,
    RagError,
    SettingsError,
)
from rag.forks import unlocked_when_forked
from rag.index import EmbeddedStore, Finding, Where, open_store
from rag.index.catalog import CATALOG_FILE
from rag.records import Answer, Document, DocumentInfo, IngestReport, Passage
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.documents import Document as LangChainDocument
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

    from rag.answering.llm.answering import LLMAnswerer
    from rag.answering.reader.model import Reader
    from rag.embedding import Embedder
    from rag.index.embedded import EmbeddedView
    from rag.indexing import Progress
    from rag.retrieval import Found

__all__ = ["KnowledgeBase", "check_index", "list_documents", "reembed", "remove", "snapshot"]

History = Sequence[tuple[str, str]]


class KnowledgeBase:
    """An index of documents that can be asked. Open it with :meth:`open`.

    Safe to share between threads: any number may ask while one indexes. Models are loaded when
    they are first needed.
    """

    def __init__(
        self,
        path: Path,
        store: EmbeddedStore,
        settings: Settings,
        *,
        embedder: Embedder | None = None,
        llm: BaseChatModel | None = None,
    ) -> None:
        self.path = path
        self.settings = settings
        self._store = store
        self._embedder = embedder
        #: What asks for the embedding model; None where that was given as an object.
        self._setting = None if embedder else settings.model
        self._llm = llm
        self._reader: Reader | None = None
        self._loading = unlocked_when_forked(threading.RLock())
        self._loading_reader = unlocked_when_forked(threading.Lock())
        # Searches are short and mostly Python, or read with all processors: twenty at once take turns, which
        # is twice as fast as all of them pulling at the interpreter's lock.
        self._turn = unlocked_when_forked(threading.Lock())

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        settings: Settings | None = None,
        create: bool = True,
        read_only: bool = False,
        embedder: Embedder | Embeddings | None = None,
        llm: BaseChatModel | None = None,
    ) -> Self:
        """Open the index in a folder; created when absent, unless ``create`` is False.

        Args:
            path: The index folder.
            create: Make a new index where there is none.
            settings: Default: :meth:`Settings.load` (environment, ``rag.toml``, defaults).
            read_only: Never write, not even to mend derived files.
            embedder: Takes the place of the model that the settings name; LangChain's ``Embeddings`` too.
            llm: A LangChain chat model that takes the place of the one the settings name.

        Raises:
            NotAnIndexError: The folder holds something else, or nothing and ``create`` is False.
            IndexModelMismatchError: Built with another embedding model.
            IndexFormatError: Written by a newer version.
            IndexCorruptError: The catalog is damaged.
            EmbeddingModelError: LangChain's embeddings give no vector.
            SettingsError: ``settings``, ``embedder`` or ``llm`` is something else.
        """
        if settings is not None and not isinstance(settings, Settings):
            raise SettingsError(f"settings: give Settings(k=3), say, not {settings!r}.")
        if llm is not None and not hasattr(llm, "invoke"):
            raise SettingsError(
                f"llm: give a LangChain chat model, not {llm!r}. One by name is a setting: "
                "settings=Settings(llm='provider:model')"
            )
        settings = settings or Settings.load()
        ours = _as_embedder(embedder)
        store = _opened(Path(path), settings, ours, create=create, read_only=read_only)
        return cls(Path(path), store, settings, embedder=ours, llm=llm)

    def close(self) -> None:
        """Release files and memory; further use is an error."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ documents

    def index(
        self,
        *paths: str | Path | Iterable[str | Path],
        prune: bool = False,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Read files and folders and bring the index up to date with them.

        Unchanged files are skipped, changed ones replaced; a file that cannot be read is reported
        and stops nothing. Each batch is committed whole: an interrupted run loses nothing that was
        committed, and the next one goes on from there.

        Args:
            paths: Files and folders, one by one or in lists.
            prune: Also remove documents whose files have vanished from these folders, or were moved
                there from a folder that is gone.
            progress: Called with one line now and then.

        Raises:
            IndexLockedError: Another process is writing.
            IndexChunkingMismatchError: The index was built with other chunk_* settings.
            IndexModelMismatchError: It was embedded anew with another model since it was opened.
        """
        from rag.indexing import index_paths

        named = _names(paths)
        if not named:
            raise QueryError("Nothing to index: name files or folders.")
        self._must_fit_chunking(self._store.facts)
        report = index_paths(
            self._store,
            self.embedder,
            self.settings,
            named,
            prune=prune,
            fits=self._must_fit,
            progress=progress,
        )
        return _noting_window(report, self.embedder, self.settings)

    def add(self, documents: Iterable[Document | LangChainDocument]) -> IngestReport:
        """Add documents from memory; one with a known id replaces the old one.

        LangChain documents are accepted: their ``id`` or ``metadata["id"]``, else a hash of source
        and text, becomes the id; ``source``, ``title``, ``published`` and ``language`` are taken
        from the metadata.

        Metadata become JSON values: dates ISO text, what JSON does not know its text; a ``published`` that
        is no date goes there too. A document that takes the place of a file's is no longer the file's;
        indexing the file again brings that back.

        Raises:
            IndexLockedError: Another process is writing, or another thread for more than a minute.
            IndexChunkingMismatchError, IndexModelMismatchError: As for :meth:`index`.
            QueryError: One of them is no document, or has a field that cannot be stored. Of what came
                before it, what had been committed is kept; a commit comes about every ten seconds, so
                that of a short call nothing is.
        """
        from rag.indexing import index_documents

        self._must_fit_chunking(self._store.facts)
        report = index_documents(
            self._store, self.embedder, self.settings, documents, fits=self._must_fit
        )
        return _noting_window(report, self.embedder, self.settings)

    def remove(self, *names: str | Iterable[str]) -> tuple[str, ...]:
        """Remove documents by id, source or ``folder/``, all files in it; gives the ids removed.

        Names come one by one or in lists.

        Raises:
            DocumentNotFoundError: A name is none of these; nothing was removed then.
        """
        from rag.indexing import remove_documents

        return remove_documents(self._store, _names(names))

    def documents(self, where: Where | None = None) -> Iterator[DocumentInfo]:
        """All documents that pass the filter, oldest first, without their texts."""
        with self._store.view() as view:
            yield from view.documents(where)

    def document(self, document_id: str) -> Document:
        """The document with its text, as read.

        Raises:
            DocumentNotFoundError: No document has that id.
        """
        with self._store.view() as view:
            return view.document(document_id)

    @property
    def generation(self) -> int:
        """Rises with each commit, whoever made it."""
        return self._store.generation

    def check(self) -> list[Finding]:
        """What a thorough check of the index finds; derived files are mended on the way."""
        return self._store.check()

    def snapshot(self, folder: str | Path) -> None:
        """Copy the last commit to a new folder, also while a writer is at work."""
        self._store.snapshot(str(folder))

    # ------------------------------------------------------------------ asking

    def search(
        self, question: str, *, k: int | None = None, where: Where | None = None
    ) -> list[Passage]:
        """The passages nearest to a question, best first.

        Where the question's words alone do not tell which, the bundled reader puts the first sixteen in
        the order in which their sentences answer, which takes a tenth of a second or two (setting
        ``reranker``; of itself with the bundled model and its fusion only). Scores belong to ranks then.

        Args:
            question: Any language.
            k: How many; default from the settings.
            where: Filter, e.g. ``{"published": {">=": "2023-01-01"}}``.

        Raises:
            QueryError: The question is empty or far too long, k is not positive, or the filter
                names an unknown field.
            IndexModelMismatchError: The index was embedded anew with another model since it was opened.
        """
        from rag.retrieval import find

        kept = self.settings.k if k is None else k
        with self._turn, self._view() as view:
            found = find(view, self.embedder, question, k=kept, where=where, settings=self.settings)
            if not self._must_reread(found):
                return found.passages(kept)
            from rag.answering import READ_OVER, reread

            return reread(
                question,
                found.passages(max(kept, READ_OVER)),
                view=view,
                embedder=self.embedder,
                reader=self.reader,
            )[:kept]

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        where: Where | None = None,
        k: int | None = None,
        answerer: str | None = None,
    ) -> Answer:
        """Answer a question with citations, or say that the documents do not hold the answer.

        Args:
            question: Any language; may be a follow-up of ``history``.
            history: Earlier (question, answer) turns, oldest first.
            where: Filter on the documents.
            k: Passages to look at; default from the settings.
            answerer: ``extractive``, ``llm`` or ``auto``; default from the settings.

        Raises:
            QueryError: As for :meth:`search`, or the history is no list of pairs of texts.
        """
        answer: Answer | None = None
        for event in self.stream(question, history=history, where=where, k=k, answerer=answerer):
            if isinstance(event, Answer):
                answer = event
        assert answer is not None
        return answer

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        where: Where | None = None,
        k: int | None = None,
        answerer: str | None = None,
    ) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they stand, then the whole :class:`Answer`.

        The last record is what counts: a model's answer that fails half way is replaced by it.
        Closing the iterator stops the work.
        """
        from rag.answering.several import questions_in, together
        from rag.retrieval.query import check_query

        began = time.perf_counter()
        kept = self.settings.k if k is None else k
        query, kept = check_query(question, kept), int(kept)
        turns = list(_checked(history))
        llm = self._answerer(answerer)
        parts = questions_in(query)
        if turns and len(parts) == 1:
            query = self._completed(llm, query, turns)
        with self._reader_beside() as reader, self._turn, self._view() as view:
            if len(parts) == 1:
                extracted = self._extracted(view, question, query, reader, k=kept, where=where)
            else:
                answers: list[Answer] = []
                for part in parts:
                    # Each may be a follow-up of those before it.
                    whole = self._completed(None, part, turns) if turns else part
                    answers.append(self._extracted(view, part, whole, reader, k=kept, where=where))
                    turns.append((part, answers[-1].text))
                extracted = together(question, answers, k=kept)
                query = extracted.query or query
        extracted = replace(
            extracted,
            timings={**extracted.timings, "total": time.perf_counter() - began},
        )
        insist = (answerer or self.settings.answerer) == "llm"
        if llm is None or not llm.may_answer(extracted, insist=insist):
            yield from _pieces(extracted)
            yield extracted
            return
        yield from llm.stream(question, extracted.passages, fallback=extracted, query=query)

    def _extracted(
        self,
        view: EmbeddedView,
        question: str,
        query: str,
        reader: Callable[[], Reader | None],
        *,
        k: int,
        where: Where | None,
    ) -> Answer:
        """The answer to one question in the documents' own words; ``query`` is what is searched."""
        from rag.answering import LOOKED_AT
        from rag.answering import answer as extract
        from rag.retrieval import retrieve

        began = time.perf_counter()
        passages = retrieve(
            view, self.embedder, query, k=k + LOOKED_AT, where=where, settings=self.settings
        )
        retrieved = time.perf_counter()
        extracted = extract(
            question,
            passages,
            query=query,
            view=view,
            embedder=self.embedder,
            settings=self.settings,
            reader=reader(),
            k=k,
        )
        timings = {
            **extracted.timings,
            "retrieval": retrieved - began,
            "answering": time.perf_counter() - retrieved,
        }
        return replace(extracted, timings=timings)

    def retriever(self, *, k: int | None = None, where: Where | None = None) -> BaseRetriever:
        """This knowledge base as a LangChain retriever."""
        from rag.retrieval.langchain import KnowledgeBaseRetriever

        return KnowledgeBaseRetriever(
            knowledge_base=self,
            k=self.settings.k if k is None else k,
            where=dict(where) if where else None,
        )

    def chain(self) -> Runnable[str | dict[str, Any], Answer]:
        """This knowledge base as a LangChain runnable: question -> :class:`Answer`.

        The input is a question, or a mapping with ``question`` and any arguments of :meth:`ask`.
        """
        from rag.chain import answer_chain

        return answer_chain(self)

    # ------------------------------------------------------------------ models

    @property
    def embedder(self) -> Embedder:
        """The embedding model, loaded at first use."""
        if self._embedder is None:
            with self._loading:
                if self._embedder is None:
                    from rag.embedding import load_embedder

                    embedder = load_embedder(self.settings.model)
                    self._must_match(self._store.model, self._store.dimension, embedder)
                    self._embedder = embedder
        return self._embedder

    @property
    def reader(self) -> Reader | None:
        """The bundled reader, loaded at first use; None when the settings turn it off."""
        if not self.settings.reader:
            return None
        if self._reader is None:
            with self._loading_reader:
                if self._reader is None:
                    from rag.answering.reader.model import Reader

                    self._reader = Reader.load()
        return self._reader

    @contextmanager
    def _reader_beside(self) -> Iterator[Callable[[], Reader | None]]:
        """What gives the reader, which is loaded beside the search: half of that needs no interpreter."""
        if self._reader is not None or not self.settings.reader:
            yield lambda: self.reader
            return
        with ThreadPoolExecutor(1, "rag-reader-load") as beside:
            yield beside.submit(lambda: self.reader).result

    def warm_up(self) -> None:
        """Load what the first question will need."""
        _ = self.embedder, self.reader
        with self._store.view() as view:
            if view.passages:
                view.lexical_search("a", 1)

    def _must_reread(self, found: Found) -> bool:
        """Whether the bundled reader is to put these passages in order.

        Of itself it does where nothing else was asked for: another fusion or a larger embedding model
        is chosen for the order that it gives.
        """
        from rag.embedding import knows_pieces
        from rag.retrieval import BUNDLED_READER, WHERE_UNSURE

        if len(found.ids) < 2:
            return False
        if self.settings.reranker != WHERE_UNSURE:
            return self.settings.reranker == BUNDLED_READER
        if found.words_decide or not self.settings.reader:
            return False
        return self.settings.fusion == "calibrated" and knows_pieces(self.embedder)

    @contextmanager
    def _view(self) -> Iterator[EmbeddedView]:
        """A view of vectors that the embedder's may be compared with.

        While an index is open, another process may embed it anew with another model.
        """
        with self._store.view() as view:
            self._must_match(view.model, self._store.dimension, self.embedder)
            yield view

    def _must_fit(self, facts: Mapping[str, str]) -> None:
        """Refuse to write what would not fit the index with these facts."""
        self._must_fit_chunking(facts)
        self._must_match(facts["model"], int(facts["dimension"]), self.embedder)

    def _must_match(self, model: str, dimension: int, embedder: Embedder) -> None:
        from rag.embedding import must_match

        mine = (embedder.name, embedder.dimension)
        must_match(self.path, (model, dimension), mine, setting=self._setting)

    def _must_fit_chunking(self, facts: Mapping[str, str]) -> None:
        from rag.indexing import chunking_differs

        built = chunking_differs(facts, self.settings)
        if built:
            raise IndexChunkingMismatchError(
                path=str(self.path),
                index_chunking=built,
                wanted_chunking=(
                    f"chunk_tokens={self.settings.chunk_tokens}, "
                    f"chunk_overlap={self.settings.chunk_overlap}"
                ),
            )

    def _answerer(self, wanted: str | None) -> LLMAnswerer | None:
        """The LLM with its checks, or None for the extractive answerer."""
        wanted = wanted or self.settings.answerer
        if wanted not in ("auto", "extractive", "llm"):
            raise QueryError(f"answerer {wanted!r}: must be 'auto', 'extractive' or 'llm'.")
        configured = self._llm is not None or bool(self.settings.llm)
        if wanted == "extractive" or (wanted == "auto" and not configured):
            return None
        with self._loading:
            from rag.answering.llm.answering import LLMAnswerer
            from rag.answering.llm.ledger import Ledger
            from rag.answering.llm.models import load_chat_model
            from rag.chunking import split_sentences
            from rag.tokens import count_tokens

            if self._llm is None:
                self._llm = load_chat_model(self.settings)
            return LLMAnswerer(
                model=self._llm,
                name=self.settings.llm or getattr(self._llm, "_llm_type", "llm"),
                settings=self.settings,
                sentences_of=split_sentences,
                count_tokens=count_tokens,
                embed=self.embedder.embed_queries,
                ledger=Ledger(
                    self.path / "llm-tokens.jsonl" if self.path.is_dir() else None,
                    cap=self.settings.llm_daily_tokens,
                ),
            )

    @staticmethod
    def _completed(llm: LLMAnswerer | None, question: str, history: History) -> str:
        """A follow-up made complete by the model, else by rule; the question itself where none can be asked."""
        from rag.answering.followup.completion import complete_in_conversation
        from rag.retrieval.query import check_query

        if llm is not None:
            from rag.answering.llm.answering import complete_question as ask_model
            from rag.errors import LLMError

            with suppress(LLMError, QueryError):
                completed = ask_model(
                    llm.model,
                    question,
                    history,
                    name=llm.name,
                    ledger=llm.ledger,
                    count_tokens=llm.count_tokens,
                )
                return check_query(completed)
        with suppress(QueryError):
            return check_query(complete_in_conversation(question, history))
        return question


def _checked(history: History | None) -> History:
    turns = list(history or ())
    for turn in turns:
        if (
            not isinstance(turn, (list, tuple))
            or len(turn) != 2
            or not all(isinstance(text, str) for text in turn)
        ):
            raise QueryError(f"history: each turn must be a pair (question, answer), not {turn!r}.")
    return turns


def _names(given: Iterable[Any]) -> list[str]:
    """Paths or names that were given one by one or in lists, as texts.

    Raises:
        QueryError: One is something else.
    """
    names: list[str] = []
    for one in given:
        if isinstance(one, str):
            names.append(one)
        elif isinstance(one, os.PathLike):
            names.append(Path(one).as_posix())
        elif isinstance(one, Iterable) and not isinstance(one, bytes | Mapping):
            names.extend(_names(one))
        else:
            raise QueryError(f"{one!r} is no path and no name. Give texts or a list of them.")
    return names


def list_documents(path: str | Path) -> list[DocumentInfo]:
    """All documents of the index in ``path``, oldest first, whatever model it was made with.

    Raises:
        NotAnIndexError: The folder holds no index.
    """
    with open_store(path, create=False) as store, store.view() as view:
        return list(view.documents())


def remove(path: str | Path, *names: str) -> tuple[str, ...]:
    """As :meth:`KnowledgeBase.remove`, whatever model the index in ``path`` was made with."""
    from rag.indexing import remove_documents

    with open_store(path, create=False) as store:
        return remove_documents(store, names)


def check_index(path: str | Path, *, repair: bool = False) -> list[Finding]:
    """Check the index in a folder without needing its embedding model.

    Args:
        path: The index folder.
        repair: Also drop what is damaged beyond mending, so that the rest can be used.

    Raises:
        NotAnIndexError: The folder holds no index.
    """
    if repair:
        from rag.index.checking import repair as repaired

        return repaired(path)
    store = open_store(path, create=False)
    try:
        return store.check()
    finally:
        store.close()


def reembed(
    path: str | Path,
    *,
    settings: Settings | None = None,
    embedder: Embedder | Embeddings | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Chunk and embed the stored texts again with the model and chunking of the settings.

    The old index answers until the new one takes its place in one step.

    Args:
        path: The index folder.
        settings: Default: :meth:`Settings.load`.
        embedder: Takes the place of the model that the settings name, as in :meth:`KnowledgeBase.open`.
        progress: Called with one line now and then.

    Raises:
        NotAnIndexError: The folder holds no index.
        EmbeddingModelError: The model cannot be loaded.
        IndexLockedError: Another process is writing.
    """
    from rag.embedding import load_embedder
    from rag.indexing import reembed as again

    settings = settings or Settings.load()
    model = _as_embedder(embedder) or load_embedder(settings.model)
    report = again(Path(path), model, settings, progress=progress)
    return _noting_window(report, model, settings)


def _noting_window(report: IngestReport, embedder: Embedder, settings: Settings) -> IngestReport:
    """The report, with a note where the model reads less of a passage than may be in one."""
    window = getattr(embedder, "max_tokens", None)
    if not report.passages or not window or window >= settings.chunk_tokens:
        return report
    note = (
        f"the model {embedder.name} reads {window} tokens of a text: what stands behind them in passages of up "
        f"to {settings.chunk_tokens} has no part in their vectors. Cut shorter ones: "
        f"chunk_tokens={window}, then rag index --reembed"
    )
    return replace(report, notes=(*report.notes, note))


def snapshot(path: str | Path, folder: str | Path) -> None:
    """Copy the index in ``path`` to the new folder ``folder``, also while it is in use."""
    store = open_store(path, create=False, read_only=True)
    try:
        store.snapshot(str(folder))
    finally:
        store.close()


def _as_embedder(given: Embedder | Embeddings | None) -> Embedder | None:
    """An embedder as it is, LangChain's ``Embeddings`` as one; LangChain is imported only for those."""
    if given is None:
        return None
    if not hasattr(given, "embed_documents"):
        wanted = ("name", "dimension", "embed_passages", "embed_queries")
        missing = [name for name in wanted if not hasattr(given, name)]
        if missing:
            raise SettingsError(
                f"embedder: {type(given).__name__} has no {missing[0]}. Give LangChain's Embeddings or a "
                "rag.embedding.Embedder; a model by name or folder is a setting: Settings(model=...)"
            )
        return given
    from rag.embedding.langchain import LangChainEmbeddings
    from rag.retrieval.langchain import LangChainEmbedder

    if isinstance(given, LangChainEmbeddings):
        return given.embedder
    return LangChainEmbedder(cast("Embeddings", given))


def _opened(
    path: Path,
    settings: Settings,
    embedder: Embedder | None,
    *,
    create: bool,
    read_only: bool,
) -> EmbeddedStore:
    """The store; a model is loaded only where a new index has to note its name and dimension."""
    catalog = path / CATALOG_FILE
    if catalog.is_file() and catalog.stat().st_size:
        store = open_store(path, create=False, read_only=read_only)
        try:
            _must_be_asked_with(store, settings.model, embedder)
        except RagError:
            store.close()
            raise
        return store
    if embedder is None and create and not read_only:
        from rag.embedding import load_embedder

        embedder = load_embedder(settings.model)
    return open_store(
        path,
        model=embedder.name if embedder else None,
        dimension=embedder.dimension if embedder else None,
        create=create,
        read_only=read_only,
        chunk_tokens=settings.chunk_tokens,
        chunk_overlap=settings.chunk_overlap,
    )


def _must_be_asked_with(store: EmbeddedStore, setting: str, embedder: Embedder | None) -> None:
    """Refuse a model that the index was not made with, as far as that is known without loading one."""
    from rag.embedding import may_match, must_match

    if embedder is None:
        may_match(store.path, store.model, setting)
    else:
        index = (store.model, store.dimension)
        must_match(store.path, index, (embedder.name, embedder.dimension))


def _pieces(answer: Answer) -> Iterator[str]:
    """The text of an extractive answer, statement by statement; joined they are the text."""
    at = 0
    for statement in answer.statements[1:]:
        if statement.start > at:
            yield answer.text[at : statement.start]
            at = statement.start
    if at < len(answer.text):
        yield answer.text[at:]
