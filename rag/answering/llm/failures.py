"""What can go wrong with an endpoint, in one word and one sentence, whatever client raised it."""

from __future__ import annotations

import re

from rag.errors import LLMError, MissingExtraError, SettingsError

__all__ = ["as_llm_error", "cut_off", "llm_error", "meaning", "passing", "without_secrets"]

_BY_STATUS = {
    400: "refused",
    401: "key",
    402: "quota",
    403: "key",
    404: "model",
    408: "timeout",
    413: "context",
    422: "refused",
    429: "rate-limit",
}
_MEANING = {
    "key": "the key was not accepted; check the provider's key variable",
    "quota": "the account has no credit left",
    "model": "the endpoint does not know this model; check RAG_LLM and RAG_LLM_BASE_URL",
    "timeout": "it did not answer in time; raise RAG_LLM_TIMEOUT or try again",
    "rate-limit": "too many requests; try again later",
    "context": "the passages do not fit the model; lower RAG_LLM_CONTEXT_TOKENS",
    "refused": "the endpoint refused the request",
    "server": "the endpoint failed",
    "down": "the endpoint cannot be reached; check RAG_LLM_BASE_URL and that it runs",
    "broken-off": "the answer broke off",
    "truncated": "the answer was cut at the token limit; raise RAG_LLM_ANSWER_TOKENS",
    "filtered": "the endpoint's content filter cut the answer off",
    "empty": "the answer was empty",
    "garbage": "the answer was not text",
    "protocol": "the reply was not that of a chat model; check RAG_LLM_BASE_URL",
    "cap": "the token limit of the day is reached (RAG_LLM_DAILY_TOKENS)",
    "fault": "an unexpected fault",
}
_MEANING_ZH = {
    "key": "密钥未被接受，请检查服务商的密钥变量",
    "quota": "账户余额不足",
    "model": "服务端没有这个模型，请检查 RAG_LLM 与 RAG_LLM_BASE_URL",
    "timeout": "未在时限内作答，可调大 RAG_LLM_TIMEOUT 或重试",
    "rate-limit": "请求过多，请稍后再试",
    "context": "段落超出模型容量，请调小 RAG_LLM_CONTEXT_TOKENS",
    "refused": "服务端拒绝了请求",
    "server": "服务端出错",
    "down": "无法连接服务端，请检查 RAG_LLM_BASE_URL 以及它是否在运行",
    "broken-off": "回答中断",
    "truncated": "回答达到长度上限被截断，可调大 RAG_LLM_ANSWER_TOKENS",
    "filtered": "回答被服务端的内容过滤截断",
    "empty": "回答为空",
    "garbage": "回答不是文字",
    "protocol": "返回的不是聊天模型的回答，请检查 RAG_LLM_BASE_URL",
    "cap": "已达到当天的用量上限（RAG_LLM_DAILY_TOKENS）",
    "fault": "意外错误",
}
_NO_CHAT_REPLY = re.compile(
    r"no generation chunks|unexpected response type|\bchoices\b", re.IGNORECASE
)
# The words with which providers say why an answer ended: OpenAI, Anthropic, Gemini, Bedrock, Cohere, Zhipu.
_ENDS = {
    "truncated": re.compile(r"length|max_tokens|context_window"),
    "filtered": re.compile(
        r"filter|safety|refusal|recitation|blocklist|blocked|prohibited|spii|sensitive|guardrail|toxic"
    ),
    "broken-off": re.compile(r"error|insufficient_system_resource"),
}
_PASSING = frozenset({"timeout", "rate-limit", "server", "down"})
_SECRET = re.compile(r"\b(?:sk|pk|key|ak|xai|gsk|Bearer)[-_ ][A-Za-z0-9_\-.]{8,}", re.IGNORECASE)


def as_llm_error(error: BaseException, *, model: str) -> LLMError:
    """The error as an :class:`LLMError` whose message names model, cause and next step.

    Raises:
        SettingsError: It is one: the settings have to be mended, no other answer helps.
        MissingExtraError: It is one.
    """
    if isinstance(error, LLMError):
        return error
    if isinstance(error, SettingsError | MissingExtraError):
        raise error
    return llm_error(_cause(error), model=model)


def llm_error(cause: str, *, model: str) -> LLMError:
    """An error of a known cause."""
    return LLMError(f"{model}: {_MEANING[cause]}", cause=cause)


def meaning(cause: str, language: str) -> str:
    """What a cause means and what to do, in Chinese for Chinese questions, else in English."""
    return (_MEANING_ZH if language.startswith("zh") else _MEANING)[cause]


def passing(error: LLMError) -> bool:
    """Whether trying again may help."""
    return error.cause in _PASSING


def cut_off(finish: str | None) -> str | None:
    """The cause, where an answer's finish reason says that it is no whole one.

    Args:
        finish: As the endpoint gives it: ``stop``, ``content_filter``, ``MAX_TOKENS``; unknown words
            and None tell nothing.
    """
    word = (finish or "").lower()
    return next((cause for cause, form in _ENDS.items() if form.search(word)), None)


def without_secrets(text: str) -> str:
    """The text with everything that looks like a key blotted out."""
    return _SECRET.sub("[key]", text)


def _cause(error: BaseException) -> str:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and len(chain) < 8:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for one in chain:
        text = str(one).lower()
        if "context_length" in text or "maximum context" in text or "context window" in text:
            return "context"
    for one in chain:
        status = getattr(one, "status_code", None)
        if status is None:
            status = getattr(getattr(one, "response", None), "status_code", None)
        if isinstance(status, int) and status >= 400:
            return _BY_STATUS.get(status, "server" if status >= 500 else "refused")
    for one in chain:
        name = type(one).__name__.lower()
        if isinstance(one, TimeoutError) or "timeout" in name:
            return "timeout"
        # A page or another program's answer: what LangChain says then has no class of its own.
        if "json" in name or "decode" in name or _NO_CHAT_REPLY.search(str(one)):
            return "protocol"
        cut = "remoteprotocol" in name or "chunkedencoding" in name
        if cut or "incomplete" in str(one).lower():
            return "broken-off"
        if isinstance(one, ConnectionError) or "connect" in name:
            return "down"
    return "fault"
