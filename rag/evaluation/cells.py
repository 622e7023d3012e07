"""One cell of an evaluation: a suite's documents indexed under one setting, kept for the next run.

The folder ``indexes/eval-<documents>-<key>`` is named after all that decides its content: the
documents, the settings of the build, the bundled model's files and the code that reads, chunks and
embeds. A changed line of that code gives another folder: a kept index is never a stale one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import SuiteError
from rag.evaluation.outcomes import System
from rag.evaluation.suites import Suite
from rag.evaluation.written import is_written
from rag.reading.discovery import SourceFile
from rag.records import Chunk, Document, to_dict
from rag.settings import Settings

__all__ = ["Cell", "check_built", "code_version", "open_cell"]

_PACKAGE = Path(__file__).resolve().parents[1]
_BUILD = ("model", "chunk_tokens", "chunk_overlap")
# What an index is made by; searching and answering may change without indexing again.
_BUILDERS = ("normalization.py", "tokens.py", "han_pieces.py", "records.py", "knowledge_base.py")
_BUILDER_ROOMS = ("reading", "chunking", "embedding", "index", "indexing", "data")
_KEPT = 12


@dataclass(frozen=True, kw_only=True)
class Cell:
    """An open knowledge base over a suite's documents, and what it cost to build.

    Attributes:
        build: ``seconds``, ``bytes`` (of the index folder), ``documents``, ``characters``,
            ``passages``; seconds are those of the run that built it.
        failed: Lines on documents that could not be read.
    """

    system: System
    folder: Path
    documents: Mapping[str, Document]
    build: Mapping[str, float]
    failed: tuple[str, ...]
    opener: Callable[[Settings], System]
    settings: Settings

    def leg(self, fusion: str) -> System:
        """The same index, searched with another fusion, in the order that it gives."""
        return self.opener(self.settings.replace(fusion=fusion, reranker=""))

    def chunks(self) -> dict[str, list[Chunk]] | None:
        """Every document's chunks, as the index has them; None when they cannot be told."""
        try:
            from rag.chunking import chunk_document
        except ImportError:
            return None
        tokens, over = self.settings.chunk_tokens, self.settings.chunk_overlap
        return {
            identity: list(chunk_document(document, chunk_tokens=tokens, chunk_overlap=over))
            for identity, document in self.documents.items()
        }


def open_cell(
    suite: Suite,
    settings: Settings,
    *,
    indexes: Path = Path("indexes"),
    index: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Cell:
    """The suite's documents, indexed; built at the first call, opened at later ones.

    Args:
        suite: Its documents are a path or records in memory.
        settings: Of the build and of the questions.
        indexes: Folder that holds the kept indexes.
        index: An index to evaluate as it stands, in place of a kept one.
        tell: Takes one line when something slow begins.
    """
    from rag.knowledge_base import KnowledgeBase

    def opener(wanted: Settings, folder: Path | None = None) -> System:
        return KnowledgeBase.open(folder or target, settings=wanted)

    if index is not None:
        target = index
        check_built(index, settings)
        build = {"bytes": _bytes(index)}
        return _cell(target, build, (), opener, settings)
    key = _key(suite, settings)
    # Suites over the same documents share one index.
    name = Path(suite.documents).stem if suite.documents else suite.file_name
    target = indexes / f"eval-{name}-{key}"
    if not (target / "eval.json").is_file():
        tell(f"{suite.name}: indexing {suite.documents or f'{len(suite.corpus)} documents'}")
        _build(suite, settings, target, opener)
        _forget(indexes)
    facts = json.loads((target / "eval.json").read_text(encoding="utf-8"))
    os.utime(target / "eval.json")
    return _cell(target, facts["build"], tuple(facts["failed"]), opener, settings)


def check_built(index: Path, settings: Settings) -> None:
    """Raise when a given index is not there, or was built otherwise than the settings say.

    It could be searched all the same; but a figure for ``chunk_tokens=256`` over passages of 128
    would be filed under the wrong settings, and failures of chunking could not be told.

    Raises:
        SuiteError: There is no such folder, or its passages were cut otherwise.
        NotAnIndexError: The folder holds no index.
    """
    from rag.index import open_store

    if not index.is_dir():
        raise SuiteError(f"{index}: there is no index. Build it: rag index PATH --index {index}")
    store = open_store(index, create=False, read_only=True)
    facts = dict(store.facts)
    store.close()
    names = ("chunk_tokens", "chunk_overlap")
    other = [n for n in names if n in facts and facts[n] != str(getattr(settings, n))]
    if other:
        built = ", ".join(f"{name}={facts[name]}" for name in other)
        asked = ", ".join(f"{name}={getattr(settings, name)}" for name in other)
        options = " ".join(f"--set {name}={facts[name]}" for name in other)
        raise SuiteError(
            f"{index} was built with {built}, the settings say {asked}. Evaluate it as it is: "
            f"add {options}; or leave out --index to have one built."
        )


def _cell(
    folder: Path,
    build: Mapping[str, float],
    failed: tuple[str, ...],
    opener: Callable[[Settings], System],
    settings: Settings,
) -> Cell:
    system = opener(settings)
    documents = {info.id: system.document(info.id) for info in system.documents()}
    return Cell(
        system=system,
        folder=folder,
        documents=documents,
        build=build,
        failed=failed,
        opener=opener,
        settings=settings,
    )


def _build(
    suite: Suite, settings: Settings, target: Path, opener: Callable[[Settings, Path], Any]
) -> None:
    """Index into a folder beside the target and rename: two runs at once do not meet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    building = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    begin = time.perf_counter()
    system = opener(settings, building)
    add, documents = (
        (system.index, suite.documents_path)
        if suite.documents
        else (system.add, list(suite.corpus))
    )
    report = add(documents)
    own = {file.source for file in _listed(suite) if _is_own(suite, file)}
    if found := own & {info.source for info in system.documents()}:
        system.remove(*found)
    seconds = time.perf_counter() - begin
    infos = list(system.documents())
    failed = [f"{one.source}: {one.reason}" for one in report.failed if one.source not in own]
    if hasattr(system, "close"):
        system.close()
    if not infos:
        shutil.rmtree(building, ignore_errors=True)
        raise SuiteError(
            f"{suite.place}: no document of {suite.documents or 'the collection'} could be read"
            + (f" ({failed[0]})" if failed else "")
            + ". Check 'documents:'."
        )
    facts = {
        "suite": suite.name,
        "settings": to_dict(settings),
        "failed": failed,
        "build": {
            "seconds": seconds,
            "bytes": _bytes(building),
            "documents": len(infos),
            "characters": sum(info.characters for info in infos),
            "passages": sum(info.passages for info in infos),
        },
    }
    (building / "eval.json").write_text(
        json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    try:
        building.rename(target)
    except OSError:
        # Another run was first: its index is the same.
        shutil.rmtree(building, ignore_errors=True)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _forget(indexes: Path) -> None:
    """Keep the dozen used last, and whatever was used within the hour."""
    stamped = sorted(indexes.glob("eval-*/eval.json"), key=lambda path: -path.stat().st_mtime)
    for path in stamped[_KEPT:]:
        if time.time() - path.stat().st_mtime > 3600:
            with contextlib.suppress(OSError):
                shutil.rmtree(path.parent)


def _key(suite: Suite, settings: Settings) -> str:
    digest = hashlib.sha256()
    digest.update(documents_version(suite).encode())
    digest.update(json.dumps([getattr(settings, name) for name in _BUILD]).encode())
    paths = [_PACKAGE / name for name in _BUILDERS]
    paths += [path for room in _BUILDER_ROOMS for path in _files(_PACKAGE / room)]
    digest.update(_version(paths).encode())
    digest.update(_version(_files(_PACKAGE / "models")).encode())
    return digest.hexdigest()[:12]


def documents_version(suite: Suite) -> str:
    """Twelve hexadecimal digits that change with the documents."""
    digest = hashlib.sha256()
    if suite.documents:
        for file in _listed(suite):
            if not _is_own(suite, file):
                digest.update(f"{file.source}\0".encode("utf-8", "surrogatepass"))
                # What cannot be read is a line among the failures, and no document.
                with contextlib.suppress(OSError):
                    digest.update(file.path.read_bytes())
    for document in suite.corpus:
        facts = (document.id, document.source, document.title, document.published, document.text)
        digest.update("\0".join(map(str, facts)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:12]


def _listed(suite: Suite) -> list[SourceFile]:
    """The files that indexing the suite's documents reads, linked folders included."""
    from rag.reading import discover

    return discover([suite.documents_path]).files if suite.documents else []


def _is_own(suite: Suite, file: SourceFile) -> bool:
    """True for the suite's file and for what evaluations wrote, wherever it lies.

    Their questions and answers are no document: they would be found before the documents are.
    """
    if is_written(file.path):
        return True
    if suite.path is None or not suite.path.exists():
        return False
    # The size first: it is known of each file.
    return file.size == suite.path.stat().st_size and file.path.samefile(suite.path)


def code_version() -> str:
    """Twelve hexadecimal digits that change with the code and models that search and answer."""
    shells = {"evaluation", "ui", "training", "cli.py"}
    rooms = [path for path in _PACKAGE.iterdir() if path.name not in shells]
    return _version([file for room in rooms for file in _files(room)])


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
    )


def _version(paths: Iterable[Path]) -> str:
    """Code by content, model files by size and time: they are large and change as a whole."""
    digest = hashlib.sha256()
    for path in paths:
        if not path.is_file():
            continue
        digest.update(f"{path.relative_to(_PACKAGE)}\0".encode())
        if path.suffix in {".py", ".txt"}:
            digest.update(path.read_bytes())
        else:
            stat = path.stat()
            digest.update(f"{stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]
