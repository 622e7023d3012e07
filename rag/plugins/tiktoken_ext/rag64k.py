"""Register the project's own encoding: ``tiktoken.get_encoding("rag64k")``.

Installed into the namespace package ``tiktoken_ext``, where tiktoken imports every module it
finds: a fault here would break all encodings of the environment. So nothing is imported until it
is asked for.
"""

from __future__ import annotations

from typing import Any


def rag64k() -> dict[str, Any]:
    """The arguments of ``tiktoken.Encoding``."""
    from rag import tokens

    return tokens.rag64k()


ENCODING_CONSTRUCTORS = {"rag64k": rag64k}
