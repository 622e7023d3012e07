"""A chat model run in this process by ``transformers``: ``RAG_LLM=transformers:PATH-OR-NAME``.

For machines without a model server. Slow on a processor; any server is faster.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from rag.errors import SettingsError

__all__ = ["TransformersChatModel"]

_ROLES = {"human": "user", "ai": "assistant", "system": "system"}


class TransformersChatModel(BaseChatModel):
    """Greedy decoding of a local causal language model with a chat template.

    Attributes:
        path: Folder or cached hub name; nothing is downloaded when HF_HUB_OFFLINE is set.
        max_tokens: Longest answer, in the model's tokens.
    """

    path: str
    max_tokens: int = 800
    _model: Any = PrivateAttr(default=None)
    _tokenizer: Any = PrivateAttr(default=None)
    _loading: Any = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "transformers"

    def _loaded(self) -> tuple[Any, Any]:
        with self._loading:
            if self._model is None:
                from transformers import AutoModelForCausalLM, AutoTokenizer

                try:
                    self._tokenizer = AutoTokenizer.from_pretrained(self.path)
                    self._model = AutoModelForCausalLM.from_pretrained(self.path)
                    self._model.eval()
                except (OSError, ValueError) as error:
                    raise SettingsError(
                        f"RAG_LLM=transformers:{self.path}: no model can be loaded from there. "
                        "Give the path of a folder with a causal language model."
                    ) from error
        return self._model, self._tokenizer

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        del stop, run_manager, kwargs
        import torch
        from transformers import StoppingCriteria, TextIteratorStreamer

        model, tokenizer = self._loaded()
        turns = [{"role": _ROLES.get(m.type, "user"), "content": str(m.content)} for m in messages]
        inputs = tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        stopped = threading.Event()

        class Stopped(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **more: Any) -> Any:
                del scores, more
                return torch.full((input_ids.shape[0],), stopped.is_set(), dtype=torch.bool)

        outcome: dict[str, Any] = {}

        def generate() -> None:
            try:
                outcome["ids"] = model.generate(
                    **inputs,
                    max_new_tokens=self.max_tokens,
                    do_sample=False,
                    streamer=streamer,
                    stopping_criteria=[Stopped()],
                )
            except BaseException as error:  # noqa: BLE001  raised again below, in the caller's thread
                outcome["error"] = error
                streamer.end()  # type: ignore[no-untyped-call]

        thread = threading.Thread(target=generate, daemon=True)
        thread.start()
        try:
            for piece in streamer:
                if piece:
                    yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        finally:
            stopped.set()
            thread.join()
        if "error" in outcome:
            raise outcome["error"]
        asked = int(inputs["input_ids"].shape[1])
        written = int(outcome["ids"].shape[1]) - asked
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                response_metadata={
                    "finish_reason": "length" if written >= self.max_tokens else "stop"
                },
                usage_metadata={
                    "input_tokens": asked,
                    "output_tokens": written,
                    "total_tokens": asked + written,
                },
            )
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(
            str(chunk.message.content)
            for chunk in self._stream(messages, stop, run_manager, **kwargs)
        )
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])
