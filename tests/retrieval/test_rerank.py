"""Which models may re-order: those that score a pair with one number that they have learned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.errors import EmbeddingModelError
from rag.retrieval.rerank import CrossEncoderReranker, load_reranker


def _saved(folder: Path, architecture: str, labels: int) -> str:
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b"]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_labels=labels,
    )
    getattr(transformers, architecture)(config).save_pretrained(folder)
    return str(folder)


@pytest.mark.filterwarnings("ignore")
def test_a_cross_encoder_gives_one_score_a_text(tmp_path: Path) -> None:
    reranker = load_reranker(_saved(tmp_path, "BertForSequenceClassification", 1))
    scores = reranker.rerank("a", ["a b", "b"])
    assert len(scores) == 2
    assert all(isinstance(score, float) for score in scores)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("architecture", "labels", "reason"),
    [
        ("BertForSequenceClassification", 2, "gives 2 scores a pair"),
        ("BertForSequenceClassification", 3, "gives 3 scores a pair"),
        ("BertModel", 1, r"is no cross-encoder \(BertModel\)"),
    ],
)
def test_other_models_are_refused(
    tmp_path: Path, architecture: str, labels: int, reason: str
) -> None:
    folder = _saved(tmp_path, architecture, labels)
    with pytest.raises(EmbeddingModelError, match=reason):
        load_reranker(folder)


def test_scores_that_are_no_numbers_are_told() -> None:
    class Overflowing:
        def predict(self, pairs: list[Any], **_: Any) -> Any:
            return np.array([1.0, *[np.nan] * (len(pairs) - 1)])

    assert CrossEncoderReranker(Overflowing()).rerank("a", ["b"]) == [1.0]
    with pytest.raises(EmbeddingModelError, match="not finite"):
        CrossEncoderReranker(Overflowing()).rerank("a", ["b", "c"])
