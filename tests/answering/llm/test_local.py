"""A tiny chat model with random weights, run in this process: it streams, and what it babbles is
refused or marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.llm.answering import LLMAnswerer
from rag.answering.llm.ledger import Ledger
from rag.answering.llm.models import load_chat_model
from rag.chunking import split_sentences
from rag.errors import SettingsError
from rag.records import Answer
from rag.settings import Settings
from rag.tokens import count_tokens
from tests.answering.llm.scenes import extractive, scenes


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-chat")
    words = [
        "<unk>",
        "</s>",
        *"abcdefghijklmnopqrstuvwxyz.,",
        "市",
        "北",
        "区",
        "。",
        "的",
        "项",
        "目",
    ]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="</s>", pad_token="</s>"
    )
    fast.chat_template = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=16, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=8192,
        eos_token_id=1, pad_token_id=1, bos_token_id=None,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.mark.filterwarnings("ignore")
def test_it_runs_streams_and_is_not_believed(tiny_model: Path) -> None:
    settings = Settings(llm=f"transformers:{tiny_model}", llm_answer_tokens=24)
    llm = LLMAnswerer(
        model=load_chat_model(settings),
        name=settings.llm,
        settings=settings,
        sentences_of=split_sentences,
        count_tokens=count_tokens,
        embed=None,
        ledger=Ledger(None, cap=0),
    )
    question, passages = scenes(1)[0]
    pieces = [str(chunk.content) for chunk in llm.model.stream(question)]
    assert len([piece for piece in pieces if piece]) >= 1
    *_, answer = llm.stream(question, passages, fallback=extractive(question, passages))
    assert isinstance(answer, Answer)
    assert answer.refused or answer.note or not all(one.supported for one in answer.statements)


def test_a_path_without_a_model_is_a_settings_error(tmp_path: Path) -> None:
    model = load_chat_model(Settings(llm=f"transformers:{tmp_path}"))
    with pytest.raises(SettingsError, match="no model can be loaded"):
        model.invoke("x")
