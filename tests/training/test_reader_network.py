"""The reader's network: the exported graph gives what torch gives; int8 stays close."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from rag.answering.reader.adapter import adapted_weights  # noqa: E402
from rag.answering.reader.inputs import FEATURES  # noqa: E402
from rag.answering.reader.model import Reader, ReaderInput  # noqa: E402
from rag.answering.reader.pieces import Table  # noqa: E402
from rag.tokens import VOCABULARY_SIZE  # noqa: E402
from rag.training.reader import (  # noqa: E402
    Recipe,
    examples_of,
    finish,
    finished,
    listing_losses,
    own_encoding,
    read,
    settle,
    write_adapter,
)
from rag.training.reader_adapter import adapted, adapter_rates, merged  # noqa: E402
from rag.training.reader_data import Candidate, Listing  # noqa: E402
from rag.training.reader_evaluation import area, kept_at, logistic  # noqa: E402
from rag.training.reader_export import export, restore  # noqa: E402
from rag.training.reader_model import Network  # noqa: E402


@pytest.mark.parametrize(("quantise", "allowed"), [(False, 1e-4), (True, 0.2)])
def test_the_exported_graph_agrees_with_torch(
    tmp_path: Path, quantise: bool, allowed: float
) -> None:
    import onnxruntime

    torch.manual_seed(0)
    network = Network(128, width=384, layers=1).eval()
    segments = torch.tensor([[0, 0, 1, 2, 2, 0], [0, 0, 2, 2, 0, 0]])
    inputs = {
        "rows": torch.randn(2, 6, 128),
        "segments": segments,
        "features": torch.rand(2, 6, FEATURES),
        "mask": torch.tensor([[1.0] * 6, [1.0] * 5 + [0.0]]),
    }
    with torch.no_grad():
        verdict, spans = network(**inputs)
    path = tmp_path / "reader.onnx"
    export(network, path, quantise=quantise)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got_verdict, got_spans = session.run(
        ["verdict", "spans"], {name: value.numpy() for name, value in inputs.items()}
    )
    real = inputs["mask"].numpy() > 0
    assert np.abs(got_verdict - verdict.numpy()).max() < allowed
    assert np.abs(got_spans - spans.numpy())[real].max() < allowed


def test_a_finished_reader_can_be_trained_on(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Network(64)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    export(network, tmp_path / "reader.onnx")
    found = restore(tmp_path / "reader.onnx", 64)
    for (name, before), after in zip(network.named_parameters(), found.parameters(), strict=True):
        step = float(before.detach().abs().max()) / 127  # the coarsest int8 step
        assert torch.allclose(before, after, atol=step), name
    with pytest.raises(ValueError, match="no reader of this shape"):
        restore(tmp_path / "reader.onnx", 32)


def small() -> tuple[Network, Table]:
    """An untrained network of one layer, and its piece embeddings."""
    torch.manual_seed(0)
    rows = np.random.default_rng(0).integers(-127, 128, (VOCABULARY_SIZE, 8)).astype(np.int8)
    return Network(8, width=384, layers=1), Table(rows, np.full(VOCABULARY_SIZE, 0.01, np.float32))


class Digits:
    """Listings of which one candidate holds a figure; stands for the pool of training data."""

    def __init__(self) -> None:
        self.reader: Reader | None = None
        self.readers: list[Reader | None] = []

    def draw(self, chance: random.Random) -> Listing:
        if self.reader not in self.readers:
            self.readers.append(self.reader)
        figure = str(chance.randrange(10, 99))
        good = Candidate(f"码头长{figure}米。", good=True, span=(3, 3 + len(figure)))
        return Listing("码头多长？", (good, Candidate("海边有风。")), "made")


def test_settling_gives_a_mean_of_the_start_and_of_each_legs_end(tmp_path: Path) -> None:
    network, table = small()
    recipe = Recipe(
        read_batch=2, warmup=1, settle_legs=2, settle_steps=2, settle_rate=1e-3, settle_start=0.2,
        threads=1,
    )  # fmt: skip
    start = {name: value.clone() for name, value in network.state_dict().items()}
    ends = [start]
    for leg in (1, 2):
        network.load_state_dict(start)
        again = replace(recipe, seed=leg, read_steps=2, read_rate=1e-3, cooldown=0.6)
        read(network, table, Digits(), tmp_path / f"{leg}.pt", again)
        ends.append({name: value.clone() for name, value in network.state_dict().items()})
    network.load_state_dict(start)
    pool = Digits()
    settle(network, table, pool, tmp_path, recipe)
    assert pool.readers == [None]
    for name, value in network.state_dict().items():
        mean = 0.2 * ends[0][name] + 0.4 * ends[1][name] + 0.4 * ends[2][name]
        assert torch.allclose(value, mean, atol=1e-6), name
    moved = [name for name, value in start.items() if not torch.equal(value, ends[1][name])]
    assert moved


def test_settling_on_mistakes_shows_the_pool_the_reader_that_it_begins_with(tmp_path: Path) -> None:
    network, table = small()
    recipe = Recipe(
        read_batch=2, warmup=1, settle_legs=2, settle_steps=1, settle_mined=True, threads=1
    )
    finish(network, table, tmp_path / "before", recipe)
    pool = Digits()
    settle(network, table, pool, tmp_path, recipe)
    assert pool.reader is None
    (shown,) = pool.readers  # the same in both legs
    assert shown is not None
    told = [ReaderInput("码头长42米。"), ReaderInput("海边有风。")]
    expected = Reader.load(tmp_path / "before", threads=1).score("码头多长？", told)
    assert shown.score("码头多长？", told) == expected
    plain = replace(recipe, settle_mined=False)
    settle(network, table, pool, tmp_path, plain)
    assert len(list(tmp_path.glob("settle-*-1.pt"))) == 2  # neither goes on from the other's


@torch.no_grad()
def test_where_nobody_knows_what_is_good_the_order_learns_shares_and_nothing_else_does() -> None:
    network, table = small()
    encoding = own_encoding()
    shares = (0.7, 0.2, 0.1)
    told = tuple(Candidate(text) for text in ("The pier is long.", "It rains.", "Ships lie there."))
    guided = Listing("How long is the pier?", told, "made", shares)
    losses, _ = listing_losses(network, [guided], encoding, table, 0.0)
    alone = [
        listing_losses(network, [replace(guided, shares=tuple(float(i == k) for k in range(3)))],
                       encoding, table, 0.0)[0]["order"]
        for i in range(3)
    ]  # fmt: skip
    expected = sum(share * float(loss) for share, loss in zip(shares, alone, strict=True))
    assert float(losses["order"]) == pytest.approx(expected, rel=1e-3)
    assert float(losses["answerable"]) == 0
    assert float(losses["span"]) == 0
    known = Digits().draw(random.Random(0))
    assert examples_of(known, encoding, table)[1] is not None
    both, _ = listing_losses(network, [known, guided], encoding, table, 0.0)
    one, _ = listing_losses(network, [known], encoding, table, 0.0)
    assert float(both["answerable"]) == pytest.approx(float(one["answerable"]), rel=0.05)


def test_area_counts_ties_as_half() -> None:
    assert area([1.0, 2.0], [0.0, 1.0]) == pytest.approx(3.5 / 4)


def test_kept_at_five_percent_wrong() -> None:
    assert kept_at([0.5, 2.0, 3.0, 3.0], list(np.linspace(0, 1, 101))) == 0.75


def test_logistic_finds_the_side() -> None:
    weights = logistic(np.array([[-2.0], [-1.0], [1.0], [2.0]]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert weights[0] > 1
    assert abs(weights[1]) < 1e-6


def test_an_adapter_learns_beside_matrices_that_stay(tmp_path: Path) -> None:
    network, table = small()
    learning = adapted(network, 4)
    kept = {name: p.detach().clone() for name, p in learning.named_parameters()}
    recipe = Recipe(read_batch=2, read_steps=3, warmup=1, threads=1)
    groups = adapter_rates(learning, 1e-2)
    read(learning, table, Digits(), tmp_path / "adapter.pt", recipe, groups=groups)
    for name, parameter in learning.named_parameters():
        assert torch.equal(parameter, kept[name]) == (not parameter.requires_grad), name
    assert not learning.get_parameter("layers.0.inner.weight").requires_grad
    whole = merged(learning)
    layer = learning.get_submodule("layers.0.inner")
    values = torch.randn(3, 384)
    assert torch.allclose(whole.get_submodule("layers.0.inner")(values), layer(values), atol=1e-4)


def test_a_reader_reads_with_its_adapter_where_asked_and_else_as_before(tmp_path: Path) -> None:
    _, table = small()
    finish(Network(8, width=384), table, tmp_path, Recipe())
    told = [ReaderInput("The pier is 42 metres long."), ReaderInput("It rains at the sea.")]
    before = Reader.load(tmp_path, threads=1).score("How long is the pier?", told)
    assert Reader.load(tmp_path).score("How long is the pier?", told, adapted=True) == before
    learning = adapted(finished(tmp_path)[0], 2)
    with torch.no_grad():
        for name, parameter in learning.named_parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * (0.1 if name.endswith("up") else 0.02))
    write_adapter(tmp_path, merged(learning), Recipe(seed=5))
    meta = json.loads((tmp_path / "reader.json").read_text(encoding="utf-8"))
    assert meta["adapter_recipe"]["seed"] == 5
    weights = adapted_weights(tmp_path / "reader.onnx", tmp_path / meta["adapter"])
    inner = learning.get_submodule("layers.5.inner")
    wanted = (inner.weight + inner.up @ inner.down).detach().numpy().T
    found = [
        weights[name] * weights[name.replace("_quantized", "_scale")]
        for name in weights
        if name.endswith("_quantized") and weights[name].shape == wanted.shape
    ]
    assert len(found) == 6
    off = [float(np.abs(one - wanted).max()) for one in found]
    assert min(off) < np.abs(wanted).max() / 127
    reader = Reader.load(tmp_path, threads=1)
    assert reader.score("How long is the pier?", told) == before
    after = reader.score("How long is the pier?", told, adapted=True)
    assert all(abs(a.relevance - b.relevance) > 0.05 for a, b in zip(after, before, strict=True))
