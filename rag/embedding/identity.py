"""Which names stand for the same model.

An index notes the name of its model with a revision: the commit of a published one, a digest of what the
folder holds for one given by path. However the path of a folder is written, its revision tells which it is.
"""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path

from rag.embedding.prompts import prompts_for

__all__ = ["folder_model", "same_model"]

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
    place = os.path.abspath(root)  # noqa: PTH100 - links stay
    # Bytes of a path that are no UTF-8 could not be noted in an index.
    return f"{place.encode('utf-8', 'backslashreplace').decode()}@{revision}"


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
        and prompts_for(found[1]) == prompts_for(wanted[1])
    )
