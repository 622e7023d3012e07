"""From a model's name to an embedder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rag.embedding.identity import STATIC, base_name, folder_model, same_model
from rag.embedding.protocol import Embedder
from rag.embedding.static import StaticEmbedder, bundled_model_path, is_static_model
from rag.errors import IndexModelMismatchError

__all__ = [
    "bundled_model_path",
    "load_embedder",
    "may_match",
    "name_before_loading",
    "setting_of",
]


@lru_cache(maxsize=4)
def load_embedder(name: str = "bundled") -> Embedder:
    """The embedder called ``name``, kept for the next call.

    Args:
        name: ``"bundled"``; the folder of a model that ``python -m rag.training`` made, which runs
            without torch as well; or the name or folder of any sentence-transformers model.

    Raises:
        EmbeddingModelError: The model cannot be had; the message names it and the next step.
    """
    if name == "bundled":
        return StaticEmbedder(bundled_model_path())
    if is_static_model(Path(name)):
        return StaticEmbedder(Path(name))
    from rag.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name)


def name_before_loading(name: str) -> str | None:
    """The name that the embedder called ``name`` will bear; None where that takes loading a big model.

    Raises:
        EmbeddingModelError: It is a static model, and cannot be read.
    """
    if name == "bundled" or is_static_model(Path(name)):
        return load_embedder(name).name
    return folder_model(name) if Path(name).is_dir() else None


def may_match(path: str | Path, model: str, setting: str) -> None:
    """Refuse a setting that asks for another model than an index notes, as far as is known without loading it.

    Raises:
        IndexModelMismatchError: It does.
        EmbeddingModelError: It names a static model that cannot be read.
    """
    wanted = name_before_loading(setting)
    # The revision of a big model is known once it is loaded; the name tells most mistakes now.
    fits = same_model(model, wanted) if wanted else setting in (model, base_name(model))
    if not fits:
        raise IndexModelMismatchError(
            path=str(path), index_model=model, query_model=wanted or setting, model=setting
        )


def setting_of(name: str) -> str | None:
    """The setting ``model`` that asks for the model of this name.

    '' where only its folder could and the name does not say which; None for an embedder of the user's own,
    such as LangChain's, which no setting gives.
    """
    base = base_name(name)
    if base is None:
        return None
    if not base.startswith(STATIC):
        return base
    if same_model(name, load_embedder("bundled").name):
        return "bundled"
    return base.partition(":")[2]
