"""The configured chat model, through LangChain's ``init_chat_model``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from rag.errors import MissingExtraError, SettingsError
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["load_chat_model", "provider_and_model"]

# Names people use for endpoints that speak the protocol of another provider.
_COMPATIBLE = frozenset(
    "vllm llamacpp llama.cpp lmstudio dashscope openai-compatible local".split()
)
_EXTRAS = {
    "openai": ("langchain-openai", "openai"),
    "anthropic": ("langchain-anthropic", "anthropic"),
    "deepseek": ("langchain-deepseek", "deepseek"),
    "ollama": ("langchain-ollama", "ollama"),
}
_KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
}


def provider_and_model(settings: Settings) -> tuple[str, str]:
    """The provider and the model's name from ``settings.llm``.

    A name without a provider, or of a provider that only speaks OpenAI's protocol, is ``openai``
    when a base URL is set.

    Raises:
        SettingsError: No model is set, or the provider cannot be told.
    """
    if not settings.llm.strip():
        raise SettingsError("No language model is set. Set RAG_LLM=provider:model.")
    provider, colon, model = settings.llm.partition(":")
    if colon and provider.lower() in _COMPATIBLE:
        if not settings.llm_base_url:
            raise SettingsError(f"RAG_LLM={settings.llm!r} needs RAG_LLM_BASE_URL=http://...")
        return "openai", model
    if colon and model and provider.lower() == "transformers":
        return "transformers", model
    if colon and model and "/" not in provider:
        return provider.lower(), model
    if settings.llm_base_url:
        return "openai", settings.llm
    raise SettingsError(
        f"RAG_LLM={settings.llm!r}: write it as provider:model, for instance ollama:qwen3, "
        "or set RAG_LLM_BASE_URL."
    )


def load_chat_model(settings: Settings) -> BaseChatModel:
    """The chat model that the settings name. Nothing is sent yet.

    Retries are ours (:mod:`rag.answering.llm.answering`), so that they are counted once.

    Raises:
        SettingsError: The setting is wrong, or the provider's key is not in the environment.
        MissingExtraError: The provider's package is not installed.
    """
    provider, model = provider_and_model(settings)
    if provider == "transformers":
        from rag.answering.llm.local import TransformersChatModel

        return TransformersChatModel(path=model, max_tokens=settings.llm_answer_tokens)
    arguments: dict[str, Any] = {"temperature": 0}
    if provider == "ollama":
        arguments["num_predict"] = settings.llm_answer_tokens
        arguments["client_kwargs"] = {"timeout": settings.llm_timeout}
    else:
        arguments["max_tokens"] = settings.llm_answer_tokens
        arguments["timeout"] = settings.llm_timeout
        arguments["max_retries"] = 0
    if settings.llm_base_url:
        arguments["base_url"] = settings.llm_base_url
    _check_key(provider, settings, arguments)
    if provider == "openai":
        arguments["stream_usage"] = True
        if _only_default_temperature(model):
            del arguments["temperature"]
    try:
        from langchain.chat_models import init_chat_model

        return cast("BaseChatModel", init_chat_model(model, model_provider=provider, **arguments))
    except ImportError as error:
        package, extra = _EXTRAS.get(provider, (f"langchain-{provider}", provider))
        if provider not in _EXTRAS:
            raise SettingsError(
                f"RAG_LLM={settings.llm!r} needs the package {package!r}. "
                f"Install it: pip install {package}"
            ) from error
        raise MissingExtraError(
            package=package, extra=extra, needed_for=f"RAG_LLM={settings.llm}"
        ) from error
    except (ValueError, TypeError) as error:
        raise SettingsError(
            f"RAG_LLM={settings.llm!r}: LangChain cannot make this model. "
            "Providers: openai, anthropic, deepseek, ollama and those LangChain lists."
        ) from error


def _check_key(provider: str, settings: Settings, arguments: dict[str, Any]) -> None:
    variable = _KEYS.get(provider)
    if variable is None or os.environ.get(variable):
        return
    if provider == "openai" and settings.llm_base_url:
        # Local servers ask for none, but the client insists on one.
        arguments["api_key"] = "none"
        return
    raise SettingsError(f"RAG_LLM={settings.llm!r} needs a key. Set {variable} in the environment.")


def _only_default_temperature(model: str) -> bool:
    """OpenAI's reasoning models refuse any temperature but their default."""
    name = model.lower().rsplit("/", 1)[-1]
    return name.startswith(("o1", "o3", "o4", "gpt-5"))
