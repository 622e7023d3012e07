"""Everything that can go wrong on purpose, as one tree.

    RagError
    ├── SettingsError            a setting has a wrong name, type or value
    ├── ReadingError             a source cannot be read
    │   └── UnsupportedFormatError
    ├── EmbeddingModelError      a model cannot be loaded or used
    ├── IndexStoreError          an index folder cannot be used
    │   ├── NotAnIndexError          the folder holds something else
    │   ├── IndexLockedError         another writer holds it
    │   ├── IndexModelMismatchError  built with another embedding model
    │   ├── IndexChunkingMismatchError  built with other chunk_* settings
    │   ├── IndexFormatError         written by a newer version
    │   ├── IndexReadOnlyError       the folder or disk cannot be written
    │   ├── IndexCorruptError        checksums do not agree
    │   └── StorageFullError         no space left
    ├── QueryError               a question, k or filter cannot be searched
    ├── DocumentNotFoundError    no such document in the index
    ├── AnsweringError           an answerer failed
    │   └── LLMError                 the language model failed: carries ``cause``
    ├── SuiteError               an eval suite is wrong: file, line, mend
    └── MissingExtraError        an optional package is not installed

Each message says what is wrong, in which file or setting, and the next step, and fits one line.
The facts are attributes as well. A dependency's errors are translated once, at the border.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

__all__ = [
    "AnsweringError",
    "DocumentNotFoundError",
    "EmbeddingModelError",
    "IndexChunkingMismatchError",
    "IndexCorruptError",
    "IndexFormatError",
    "IndexLockedError",
    "IndexModelMismatchError",
    "IndexReadOnlyError",
    "IndexStoreError",
    "LLMError",
    "MissingExtraError",
    "NotAnIndexError",
    "QueryError",
    "RagError",
    "ReadingError",
    "SettingsError",
    "StorageFullError",
    "SuiteError",
    "UnsupportedFormatError",
]


class RagError(Exception):
    """A fault the user can act on; its message is meant for them."""


class SettingsError(RagError):
    """A setting has an unknown name, a wrong type or a value out of range."""


class ReadingError(RagError):
    """A source cannot be read."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class UnsupportedFormatError(ReadingError):
    """The file's format is not one that can be read."""


class EmbeddingModelError(RagError):
    """An embedding model or reranker cannot be loaded or used."""


class IndexStoreError(RagError):
    """An index folder cannot be used."""


class NotAnIndexError(IndexStoreError):
    """The folder holds something that is not an index."""


class IndexLockedError(IndexStoreError):
    """Another process is writing to the index."""

    def __init__(self, path: str, pid: int | None) -> None:
        this = "this " if pid == os.getpid() else ""
        holder = f"{this}process {pid}" if pid else "another process"
        super().__init__(
            f"{path} is being written by {holder}. Wait until it is done, or stop it, "
            "then try again; reading and asking work meanwhile."
        )
        self.path = path
        self.pid = pid


class IndexModelMismatchError(IndexStoreError):
    """The index and the query would be embedded by different models.

    ``model`` is the setting that asks for the other one, as a command line can give it; None where an
    embedder was given as an object.
    """

    def __init__(
        self, *, path: str, index_model: str, query_model: str, model: str | None = None
    ) -> None:
        from rag.embedding import base_name, setting_of  # which import this module

        asked = model or setting_of(query_model)
        if asked is None:
            who = "the embedder given is"
            anew = f"rag.knowledge_base.reembed({path!r}, embedder=...)"
        else:
            who = "the settings ask for"
            anew = f"rag index --reembed --index {shlex.quote(path)}"
            anew += "" if asked == "bundled" else f" --model {shlex.quote(asked)}"
        step = f"embed its text anew: {anew}"
        base = base_name(index_model)
        if base is None or base != base_name(query_model):
            step = f"{_how_to_ask(index_model)}, or {step}"
        if query_model.startswith(f"{index_model}:"):  # the class alone was noted
            step += (
                ". If it is the model that the index was made with, name it so: "
                f"rag.retrieval.langchain.LangChainEmbedder(embeddings, name={index_model!r})"
            )
        super().__init__(
            f"{path} was built with the model {index_model!r}, but {who} {query_model!r}. "
            f"{step[0].upper()}{step[1:]}"
        )
        self.path = path
        self.index_model = index_model
        self.query_model = query_model


def _how_to_ask(model: str) -> str:
    """What asks an index for which this model is noted."""
    from rag.embedding import base_name, setting_of

    setting = setting_of(model)
    if setting is None:
        return "open it from Python with the embedder that it was made with"
    if not setting:  # an older index notes no place of a model that was made with rag.training
        return f"ask it with --model and the folder of the model {base_name(model)!r}"
    if Path(setting).is_absolute() and not Path(setting).is_dir():
        return f"ask it with --model and the folder of that model, which was {shlex.quote(setting)}"
    return f"ask it with --model {shlex.quote(setting)}"


class IndexChunkingMismatchError(IndexStoreError):
    """The index would hold passages cut by different settings."""

    def __init__(self, *, path: str, index_chunking: str, wanted_chunking: str) -> None:
        super().__init__(
            f"{path} was built with {index_chunking}, but the settings ask for {wanted_chunking}. "
            "Set them back, or cut and embed its text anew: "
            f"rag index --reembed --index {shlex.quote(path)}"
        )
        self.path = path


class IndexFormatError(IndexStoreError):
    """The index was written by a newer version of rag."""


class IndexReadOnlyError(IndexStoreError):
    """The index cannot be written."""


class IndexCorruptError(IndexStoreError):
    """The index's truth is damaged; the message says what is lost and what to do."""


class StorageFullError(IndexStoreError):
    """No space is left; what was committed before is intact."""


class QueryError(RagError):
    """A question, a k or a filter cannot be searched."""


class DocumentNotFoundError(RagError):
    """No document of that id or source is in the index."""


class AnsweringError(RagError):
    """An answerer failed."""


class LLMError(AnsweringError):
    """The language model failed; ``cause`` is one word such as ``timeout`` or ``rate-limit``."""

    def __init__(self, message: str, *, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


class SuiteError(RagError):
    """An eval suite is wrong; the message names file, line and mend."""


class MissingExtraError(RagError):
    """An optional package is missing."""

    def __init__(self, *, package: str, extra: str, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs the package {package!r}. Install it: pip install 'rag[{extra}]'"
        )
        self.package = package
        self.extra = extra
