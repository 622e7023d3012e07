"""An encoder out of a reader: where it begins, that it learns, and that it is asked at run time."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from rag.answering.reader.encoder import single  # noqa: E402
from rag.answering.reader.model import Reader, ReaderInput  # noqa: E402
from rag.answering.reader.pieces import Embeddings, Table  # noqa: E402
from rag.answering.reader.words import EnglishWords  # noqa: E402
from rag.tokens import VOCABULARY_SIZE  # noqa: E402
from rag.training.reader import Recipe, finish, finished, own_encoding, write_encoder  # noqa: E402
from rag.training.reader_adapter import LowRank, merged  # noqa: E402
from rag.training.reader_encoder import EnglishTexts, begun, teach  # noqa: E402
from rag.training.reader_model import Layer, Network, mean_vector, padded  # noqa: E402
from rag.training.written import Article, WrittenQuestion  # noqa: E402

PARTS = {
    "attended": "attention.output.dense",
    "attended_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "outer_norm": "output.LayerNorm",
}


def body_of(network: Network) -> dict[str, torch.Tensor]:
    """The tensors of a network by the names that BERT has for them."""
    body = {
        "embeddings.position_embeddings.weight": network.position.weight,
        "embeddings.token_type_embeddings.weight": network.segment.weight,
        "embeddings.LayerNorm.weight": network.norm.weight,
        "embeddings.LayerNorm.bias": network.norm.bias,
    }
    for i, layer in enumerate(network.layers):
        for kind in ("weight", "bias"):
            parts = getattr(layer.query_key_value, kind).chunk(3)
            for name, part in zip(("query", "key", "value"), parts, strict=True):
                body[f"encoder.layer.{i}.attention.self.{name}.{kind}"] = part
            for mine, theirs in PARTS.items():
                body[f"encoder.layer.{i}.{theirs}.{kind}"] = getattr(getattr(layer, mine), kind)
    return {name: value.detach().clone() for name, value in body.items()}


@pytest.fixture
def table() -> Table:
    rows = np.random.default_rng(0).integers(-127, 128, (VOCABULARY_SIZE, 8)).astype(np.int8)
    return Table(rows, np.full(VOCABULARY_SIZE, 0.01, np.float32))


def known_words(table: Table) -> EnglishWords:
    chance = np.random.default_rng(1)
    codes = chance.integers(0, 256, (2, 2)).astype(np.uint8)
    entries = chance.normal(size=(2, 256, 4)).astype(np.float32)
    return EnglishWords(table, ["the", "number"], codes, entries, np.eye(8, dtype=np.float32))


def vectors_of(network: Network, table: Embeddings, texts: Sequence[str]) -> torch.Tensor:
    ids, mask = padded([single(own_encoding(), text, table).ids.tolist() for text in texts])
    rows = torch.from_numpy(table[np.arange(len(table), dtype=np.int32)])[ids]
    with torch.no_grad():
        return mean_vector(network.eval(), rows, mask)


TEXTS = ["The pier is long.", "It rains at the sea all day.", "海边有风。"]


def test_it_begins_as_near_the_english_body_as_its_rank_allows(table: Table) -> None:
    torch.manual_seed(0)
    reader, english = Network(8), Network(8)
    kept = copy.deepcopy(reader)
    whole = begun(reader, body_of(english), 384)
    english.projection.load_state_dict(reader.projection.state_dict())
    with torch.no_grad():
        english.segment.weight.copy_(english.segment.weight[:1].expand(3, -1))
    near = (vectors_of(merged(whole), table, TEXTS) * vectors_of(english, table, TEXTS)).sum(-1)
    assert near.min() > 0.999
    far = []
    for rank in (1, 64, 200):
        layer = begun(reader, body_of(english), rank).layers[2]
        wanted = english.layers[2]
        assert isinstance(layer, Layer)
        assert isinstance(wanted, Layer)
        assert isinstance(layer.inner, LowRank)
        assert layer.inner.down.shape == (rank, 384)
        far.append(float((layer.inner.whole().weight - wanted.inner.weight).norm().detach()))
    assert far == sorted(far, reverse=True)
    for before, after in zip(kept.parameters(), reader.parameters(), strict=True):
        assert torch.equal(before, after)


class ByLetter:
    """An English model that knows the first letter of a text and nothing else."""

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        places = torch.tensor([ord(text[0].lower()) % 26 for text in texts])
        return torch.nn.functional.one_hot(places, 384).float()


def test_it_comes_near_what_it_is_taught(table: Table, tmp_path: Path) -> None:
    lines = [
        {"s": "made", "l": "de", "e": f"apple tree with the number {n}", "x": "Baum"}
        for n in range(40)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "parallel.jsonl").write_text(text, encoding="utf-8")
    asked = WrittenQuestion("Boats: how many?", "direct", None, None)
    told = Article("a", "en", "Boats sail. Cats sleep.", (asked,))
    texts = EnglishTexts(tmp_path, [told])
    torch.manual_seed(0)
    reader = Network(8)
    learning = begun(reader, body_of(reader), 4)
    drawn = ["apple tree with the number 3", "Boats: how many?", "Cats sleep."]
    wanted = ByLetter().vectors(drawn)
    words = known_words(table)
    before = [vectors_of(merged(learning), known, drawn) for known in (table, words)]
    # "the" and "number" are words, and pieces that mean other things.
    assert not torch.allclose(*before)
    learned = teach(
        learning,
        table,
        words,
        own_encoding(),
        ByLetter(),
        itertools.repeat([("apple tree", "Apfelbaum"), ("boats", "Boote")]),
        texts,
        steps=24,
        rate=3e-2,
        batch=2,
        cooldown=0.5,
        threads=2,
        seed=0,
    )
    for vectors, known in zip(before, (table, words), strict=True):
        after = (vectors_of(learned, known, drawn) * wanted).sum(-1)
        assert (after > (vectors * wanted).sum(-1) + 0.1).all()
    assert not any(isinstance(module, LowRank) for module in learned.modules())


def test_a_reader_says_how_alike_texts_are_where_it_has_an_encoder(
    table: Table, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    finish(Network(8), table, tmp_path, Recipe())
    told = [ReaderInput(text) for text in TEXTS]
    question = "How long is the pier?"
    plain = Reader.load(tmp_path, threads=1).score(question, told, adapted=True)
    assert [score.alike for score in plain] == [0, 0, 0]
    learned = merged(begun(finished(tmp_path)[0], body_of(Network(8)), 64))
    write_encoder(tmp_path, learned, Recipe(seed=3))
    meta = json.loads((tmp_path / "reader.json").read_text(encoding="utf-8"))
    assert meta["encoder_recipe"]["seed"] == 3
    assert meta["encoder_recipe"]["encoder_rank"] == 64
    assert (tmp_path / meta["encoder"]).stat().st_size < 3_000_000
    reader = Reader.load(tmp_path, threads=2)
    scores = reader.score(question, told, adapted=True)
    vectors = vectors_of(learned, table, [question, *TEXTS])
    wanted = (vectors[1:] @ vectors[0]).tolist()
    assert [score.alike for score in scores] == pytest.approx(wanted, abs=0.03)
    for one, other in zip(scores, plain, strict=True):
        assert one.relevance == other.relevance, "it changes nothing of the reader"
    assert [score.alike for score in reader.score(question, told)] == [0, 0, 0]
