"""Files from the page: their names are not trusted, their bytes land in one folder.

A file arrives under ``uploads/.incoming/<token>/``, and takes its place in ``uploads/`` only to
be indexed; if any of it cannot be read, an earlier file of the name is put back. A file replaces the one
that was sent by the same path (:mod:`rag.ui.sent_paths`); all others of its name lie side by side, with
numbers.
"""

from __future__ import annotations

import filecmp
import re
import secrets
import shutil
import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import RagError, ReadingError, StorageFullError
from rag.ui.sent_paths import SentPaths, sent_path

if TYPE_CHECKING:
    from rag.knowledge_base import KnowledgeBase
    from rag.records import IngestReport

__all__ = ["MAX_BYTES", "Uploads", "safe_name"]

#: Bytes of one file.
MAX_BYTES = 200 * 1024 * 1024
# File systems take 255 bytes; a margin stays for temporary suffixes.
_MAX_NAME = 180
# Rows that cannot be read are told one by one up to so many.
_TOLD = 10
# Batches remembered; the oldest is forgotten first, whose files have long been indexed.
_BATCHES = 100
_RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))}


def safe_name(name: str) -> str:
    r"""A file name without folders, control or direction characters; at most 180 bytes.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\x\\report.pdf"), safe_name("")
    ('passwd', 'report.pdf', 'upload')
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Cc, Cf (direction overrides), Cs, Co, Cn: nothing a reader could see or type.
    name = "".join(c for c in name if not unicodedata.category(c).startswith("C"))
    name = re.sub(r'[<>:"|?*]', "_", name)
    name = re.sub(r"\s+", " ", name).strip(" .").removeprefix("~$")
    stem, tail = _stem_and_tail(name)
    stem = _cut(stem, tail) or "upload"
    if stem.casefold() in _RESERVED:
        stem = f"_{stem}"
    return stem + tail


def _stem_and_tail(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not dot or not suffix or len(suffix) > 12:
        return name, ""
    return stem, f".{suffix}"


def _cut(stem: str, tail: str) -> str:
    """As much of the stem as leaves room for the tail."""
    room = _MAX_NAME - len(tail.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .")


def _numbered(name: str, number: int) -> str:
    """``report.md`` -> ``report (2).md``."""
    stem, tail = _stem_and_tail(name)
    tail = f" ({number}){tail}"
    return _cut(stem, tail) + tail


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A file that was received.

    Attributes:
        name: A safe one.
        path: By which it was sent.
        batch: What it was sent together with; empty if with nothing.
    """

    name: str
    path: str
    batch: str


class Uploads:
    """The upload folder of one index.

    Attributes:
        folder: Where the files lie; made at the first upload.
    """

    def __init__(self, index_dir: str | Path, *, max_bytes: int = MAX_BYTES) -> None:
        self.folder = Path(index_dir) / "uploads"
        self.max_bytes = max_bytes
        self._sent = SentPaths(self.folder)
        self._arrived: dict[str, _Arrival] = {}
        self._batches: dict[str, set[str]] = {}

    async def receive(
        self, name: str, pieces: AsyncIterator[bytes], *, batch: str = ""
    ) -> dict[str, Any]:
        """Store a file that is being sent.

        Args:
            name: As the sender calls it, with the folders below the one that was chosen.
            pieces: Its bytes.
            batch: The same for all files that were chosen together; none of them replaces another.

        Returns:
            ``token`` to index it by, its safe ``name``, and its ``bytes``.

        Raises:
            ReadingError: It is larger than ``max_bytes``.
            StorageFullError: The disk has no room.
        """
        token, safe = secrets.token_hex(16), safe_name(name)
        place = self.folder / ".incoming" / token
        written = 0
        complete = False
        try:
            place.mkdir(parents=True)
            with (place / safe).open("wb") as file:
                async for piece in pieces:
                    written += len(piece)
                    if written > self.max_bytes:
                        raise ReadingError(safe, f"is larger than {self.max_bytes >> 20} MiB.")
                    file.write(piece)
            complete = True
        except OSError as error:
            raise StorageFullError(
                f"{self.folder}: cannot be written ({error.strerror}). Free space or check rights."
            ) from error
        finally:
            if not complete:
                shutil.rmtree(place, ignore_errors=True)
        self._arrived[token] = _Arrival(safe, sent_path(name), batch[:64])
        return {"token": token, "name": safe, "bytes": written}

    def index(
        self, kb: KnowledgeBase, token: str, *, progress: Callable[[str], None] | None = None
    ) -> dict[str, Any]:
        """Give a received file its place and index it.

        Returns:
            ``name``, ``numbered`` (whether it has a number, since another file has its own name),
            ``unsure`` (whether nothing tells which of the earlier files of its name it is to replace,
            if any, so that all are kept), ``replaced`` (whether an earlier file is gone whose new
            version it is), ``outcome`` (``added``,
            ``updated``, ``unchanged``), ``passages``, ``notes``: among them which rows of it could
            not be read.

        Raises:
            RagError: The upload is unknown, or nothing of the file can be read; of one that replaces an
                earlier file, not all.
        """
        incoming = self.folder / ".incoming" / token
        arrival = self._arrived.pop(token, None)
        if arrival is None or not incoming.is_dir():
            raise RagError("This upload is gone, perhaps after a restart. Upload the file again.")
        arrived = incoming / arrival.name
        name, unsure = self._place(arrival, arrived)
        target, earlier = self.folder / name, incoming / ".earlier"
        before: set[str] | None = None
        there = target.exists()
        same_bytes = there and filecmp.cmp(target, arrived, shallow=False)
        if there:
            before = {info.id for info in kb.documents()}
            target.replace(earlier)
        arrived.replace(target)
        read = False
        try:
            report = kb.index(target, progress=progress)
            # Rows that can be read are in the index by now, so the file they came from stays, unless
            # it would take the place of one that may have been whole.
            some = before is None and bool(report.added or report.updated or report.unchanged)
            read = some or not report.failed
        finally:
            if not read:
                target.unlink(missing_ok=True)
                if earlier.exists():
                    earlier.replace(target)
            shutil.rmtree(incoming, ignore_errors=True)
        if not read and before is not None:
            _back_to(kb, target, before, report)
        if not read:
            raise RagError(report.failed[0].reason)
        self._remember(arrival.batch, name)
        self._sent.note(name, arrival.path, same_bytes=same_bytes)
        unread = [failure.reason for failure in report.failed]
        if len(unread) > _TOLD:
            unread[_TOLD:] = [f"and {len(unread) - _TOLD} more like these"]
        outcome = next(
            (kind for kind in ("added", "updated") if getattr(report, kind)), "unchanged"
        )
        return {
            "name": name,
            "numbered": name != arrival.name,
            "unsure": unsure,
            "replaced": there and not same_bytes,
            "outcome": outcome,
            "passages": report.passages,
            "notes": [*report.notes, *unread],
        }

    def _place(self, arrival: _Arrival, file: Path) -> tuple[str, bool]:
        """The name under which a file goes into the folder, and whether it is perhaps meant to replace another.

        That of the one file that was sent by the same path, unless it came in the same batch. Else that of
        a file with the same bytes, if there is one; it comes first for a bare name. Else its own, with
        a number where that is taken.
        """
        namesakes, free = self._namesakes(arrival.name)
        together = self._batches.get(arrival.batch, set())
        earlier = self._sent.versions(arrival.path, namesakes)
        others = {name.casefold() for name in earlier} - together
        bare = "/" not in arrival.path
        equal = [one for one in namesakes if filecmp.cmp(self.folder / one, file, shallow=False)]
        if bare and equal:
            return equal[0], False
        if len(earlier) == len(others) == 1 and self._sent.is_only(arrival.path, earlier[0]):
            return earlier[0], False
        if equal:
            return equal[0], False
        if not bare:
            return free, not all(self._sent.knows(name) for name in namesakes)
        return free, bool(others)

    def _namesakes(self, name: str) -> tuple[list[str], str]:
        """The files of this name and its numbers that lie in the folder, and the first that does not."""
        found: list[str] = []
        numbered, number = name, 1
        while (self.folder / numbered).exists():
            found.append(numbered)
            number += 1
            numbered = _numbered(name, number)
        return found, numbered

    def _remember(self, batch: str, name: str) -> None:
        if batch:
            self._batches.setdefault(batch, set()).add(name.casefold())
        if len(self._batches) > _BATCHES:
            del self._batches[next(iter(self._batches))]

    def forget(self, source: str, location: str = "") -> None:
        """Delete the uploaded file behind a source without documents; other files are not ours.

        Args:
            source: The file's name in the index.
            location: Where the index says that it lies, if it does.
        """
        file = self.folder / Path(source).name
        if not file.is_file():
            return
        ours = source.endswith(f"{self.folder.name}/{file.name}")
        if location:
            try:
                ours = file.samefile(location)  # not a stranger's, from another folder of this name
            except PermissionError:
                ours = False  # a stranger's, since ours may be looked at
            except (OSError, ValueError):
                pass  # gone, or of another machine: the name is all there is to go by
        if ours:
            self._sent.forget(file.name)
            file.unlink()

    def clear_incoming(self) -> None:
        """Drop what a stopped server left half received."""
        shutil.rmtree(self.folder / ".incoming", ignore_errors=True)


def _back_to(kb: KnowledgeBase, file: Path, before: set[str], report: IngestReport) -> None:
    """Let the index serve an earlier file again, as it did before a new one was read in part."""
    if not (report.added or report.updated or report.unchanged):
        return
    back = kb.index(file)
    # A document that was not there before is of a row that only the new file had, or of one that a
    # reader took out; one that the earlier file does not give stays in the new file's words.
    wrong = {*report.added, *back.added} - before
    wrong |= set(report.updated) - {*back.added, *back.updated, *back.unchanged}
    wrong &= {info.id for info in kb.documents()}
    if wrong:
        kb.remove(*wrong)
