"""Which names stand for the same model.

An index notes the name of its model with a revision: the commit of a published one, a digest of what the
folder holds for one given by path. However the path of a folder is written, its revision tells which it is.
Of a static model the name in its description comes first: ``rag-static-adapted:/models/ours@2887e45b918b``.
"""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path

from rag.embedding.prompts import prompts_for
from rag.errors import IndexModelMismatchError

__all__ = ["STATIC", "base_name", "folder_model", "must_match", "place_of", "same_model"]

#: A model's name and the length of its vectors.
Space = tuple[str, int]
#: The names of all static models begin so.
STATIC = "rag-static"

_DIGITS = 12
_DIGEST = rf"[0-9a-f]{{{_DIGITS}}}"
_REVISION = re.compile(rf"(.*)@({_DIGEST})(?:-({_DIGEST}))?", re.DOTALL)
_EDGE = 65_536
_SAMPLES, _SAMPLE = 128, 4_096
_KINDS = {".json", ".safetensors", ".bin", ".model", ".txt"}


def folder_model(folder: str | Path) -> str:
    """The name of the model in a folder: its absolute path and a digest of its files.

    The digest is of their names, sizes and edges; where files are longer, a second one follows, of samples
    from all of their length: two models may differ in the middle alone, as after training some layers. Both
    take milliseconds and need no model loaded.
    """
    root = Path(folder)
    digest, inside = sha256(), sha256()
    nothing = inside.digest()
    for path in sorted(root.rglob("*")):
        if path.suffix not in _KINDS or not path.is_file():
            continue
        size = path.stat().st_size
        digest.update(os.fsencode(path.relative_to(root)) + f" {size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(_EDGE))
            if size > _EDGE:
                file.seek(max(_EDGE, size - _EDGE))
                digest.update(file.read())
            for start in _samples(size):
                file.seek(start)
                inside.update(file.read(_SAMPLE))
    revision = digest.hexdigest()[:_DIGITS]
    if inside.digest() != nothing:
        revision += f"-{inside.hexdigest()[:_DIGITS]}"
    return f"{place_of(os.path.abspath(root))}@{revision}"  # noqa: PTH100 - links stay


def place_of(folder: str | Path) -> str:
    """A path as an index can note it: bytes that are no UTF-8 are escaped."""
    return str(folder).encode("utf-8", "backslashreplace").decode()


def _samples(size: int) -> range:
    """Where the samples begin of what lies between the edges of a file, evenly spread."""
    step = max(_SAMPLE, (size - 2 * _EDGE) // _SAMPLES)
    return range(_EDGE, size - _EDGE, step)


def same_model(one: str, other: str) -> bool:
    """Whether vectors of two models, by the names that embedders bear, may be compared.

    Equal revisions are equal models wherever they lie, as long as their paths ask for the same prompts. A
    name from before samples were taken tells no more than the edges of the files.
    """
    if one == other:
        return True
    found, wanted = _REVISION.fullmatch(one), _REVISION.fullmatch(other)
    return (
        found is not None
        and wanted is not None
        and found[2] == wanted[2]
        and (found[3] is None or wanted[3] is None or found[3] == wanted[3])
        and _prompts(found[1]) == _prompts(wanted[1])
    )


def base_name(name: str) -> str | None:
    """The name of a model without its revision; None for one that has none of ours, as users' own."""
    known = name.removesuffix("@unknown")
    found = _REVISION.fullmatch(name)
    return known if known != name else found and found[1]


def _prompts(name: str) -> tuple[str, str]:
    """What comes before questions and passages: with a static model nothing, wherever it lies."""
    return ("", "") if name.startswith(STATIC) else prompts_for(name)


def must_match(path: str | Path, index: Space, query: Space, *, setting: str | None = None) -> None:
    """Refuse to compare the vectors of an index with those of another model or length.

    Args:
        path: The index folder, for the message.
        index: What the index notes: the model's name and the length of its vectors.
        query: The same of the embedder.
        setting: What asked for the embedder by name; None where it was given as an object.

    Raises:
        IndexModelMismatchError: They are of different models, or of different lengths.
    """
    (known, dimension), (mine, wanted) = index, query
    if same_model(known, mine):
        if dimension == wanted:
            return
        known = f"{known} with {dimension} dimensions"
        mine = f"{mine} with {wanted} dimensions"
    raise IndexModelMismatchError(
        path=str(path), index_model=known, query_model=mine, model=setting
    )
