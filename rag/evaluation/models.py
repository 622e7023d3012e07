"""A chat model for drafting questions and for judging answers: never needed, always named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.errors import LLMError
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["ask_model", "chat_model"]


def chat_model(name: str, settings: Settings) -> BaseChatModel:
    """The model of that ``provider:model`` name, with the settings' limits."""
    from rag.answering.llm.models import load_chat_model

    return load_chat_model(settings.replace(llm=name))


def ask_model(model: Any, prompt: str) -> str:
    """One reply as text.

    Raises:
        LLMError: The call failed.
    """
    try:
        content = model.invoke(prompt).content
    except Exception as error:
        from rag.answering.llm.failures import as_llm_error

        raise as_llm_error(error, model=str(getattr(model, "model_name", "the model"))) from error
    if not isinstance(content, str):
        content = "".join(part.get("text", "") for part in content or () if isinstance(part, dict))
    if not content.strip():
        raise LLMError("the model gave an empty reply. Try again.", cause="empty")
    return str(content)
