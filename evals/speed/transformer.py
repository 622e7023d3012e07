"""A transformer of multilingual-e5-small's shape with random weights: speed needs no others.

    python evals/speed/transformer.py FOLDER

Twelve BERT layers of 384, a vocabulary of 250,037 (of which the project's own 65,536 pieces occur),
512 positions, mean pooling: saved as a sentence-transformers model, which ours and the peer load.
"""

from __future__ import annotations

import sys
from pathlib import Path


def make(folder: Path) -> Path:
    """Make the model, unless it is there."""
    if (folder / "modules.json").exists():
        return folder
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    from rag.embedding import bundled_model_path

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=250_037,
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
        max_position_embeddings=512,
    )
    body = folder / "body"
    BertModel(config).save_pretrained(body)
    PreTrainedTokenizerFast(
        tokenizer_file=str(Path(bundled_model_path()) / "tokenizer.json"),
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        model_max_length=512,
    ).save_pretrained(body)
    first = Transformer(str(body), max_seq_length=512)
    model = SentenceTransformer(modules=[first, Pooling(384), Normalize()], device="cpu")
    model.save(str(folder))
    return folder


if __name__ == "__main__":
    print(make(Path(sys.argv[1])))
