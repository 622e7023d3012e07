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

    ``model`` is the setting that asks for the other one, as a command line can give it.
    """

    def __init__(
        self, *, path: str, index_model: str, query_model: str, model: str | None = None
    ) -> None:
        known, _, _ = index_model.partition("@")
        wanted, _, _ = query_model.partition("@")
        asked = model or query_model
        if known == wanted:
            step = f"Embed its text anew: rag index --reembed --index {shlex.quote(path)}"
        else:
            step = (
                f"Ask it with --model {_as_option(index_model)}, or embed its text anew: "
                f"rag index --reembed --index {shlex.quote(path)}"
            )
        if asked != "bundled":
            step += f" --model {shlex.quote(asked)}"
        super().__init__(
            f"{path} was built with the model {index_model!r}, but the settings ask for "
            f"{query_model!r}. {step}"
        )
        self.path = path
        self.index_model = index_model
        self.query_model = query_model


def _as_option(model: str) -> str:
    """What follows ``--model`` for the model that an index names."""
    from rag.embedding import name_before_loading  # which imports this module

    name, _, revision = model.partition("@")
    if not name.startswith("rag-static"):
        return shlex.quote(name)
    # Models that were made with rag.training have no place in their name, nor has an older bundled one.
    is_bundled = model == name_before_loading("bundled") if revision else name == "rag-static"
    return "bundled" if is_bundled else f"and the folder of the model {name!r}"


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
