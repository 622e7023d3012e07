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
_REVISION = re.compile(rf"(.*)@([0-9a-f]{{{_DIGITS}}})", re.DOTALL)
_EDGE = 65_536
_KINDS = {".json", ".safetensors", ".bin", ".model", ".txt"}


def folder_model(folder: str | Path) -> str:
    """The name of the model in a folder: its absolute path and a digest of its files.

    The digest is of their names, sizes and edges: it takes milliseconds and needs no model loaded.
    """
    root = Path(folder)
    digest = sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix not in _KINDS or not path.is_file():
            continue
        size = path.stat().st_size
        digest.update(f"{path.relative_to(root)} {size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(_EDGE))
            if size > _EDGE:
                file.seek(max(_EDGE, size - _EDGE))
                digest.update(file.read())
    return f"{os.path.abspath(root)}@{digest.hexdigest()[:_DIGITS]}"  # noqa: PTH100 - links stay


def same_model(one: str, other: str) -> bool:
    """Whether vectors of two models, by the names that embedders bear, may be compared.

    Equal revisions are equal models wherever they lie, as long as their paths ask for the same prompts.
    """
    if one == other:
        return True
    found, wanted = _REVISION.fullmatch(one), _REVISION.fullmatch(other)
    return (
        found is not None
        and wanted is not None
        and found[2] == wanted[2]
        and prompts_for(found[1]) == prompts_for(wanted[1])
    )
