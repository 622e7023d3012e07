"""Training of the static model on a toy corpus: repeatable, resumable, and it learns."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
zstandard = pytest.importorskip("zstandard", reason="needs the extra 'training'")

from rag.embedding import StaticEmbedder, bundled_model_path  # noqa: E402
from rag.embedding.static import is_static_model  # noqa: E402
from rag.errors import RagError  # noqa: E402
from rag.training.alignment import align  # noqa: E402
from rag.training.building import (  # noqa: E402
    build_static_model,
    encode_meaning,
    headline,
    in_legs,
)
from rag.training.corpus import Ragged, load_corpus, sentences_of  # noqa: E402
from rag.training.data_files import bucket  # noqa: E402
from rag.training.export import quantised, read_table, silent_pieces, write_model  # noqa: E402
from rag.training.measures import ranked  # noqa: E402
from rag.training.pairs import tasks_of  # noqa: E402
from rag.training.static import (  # noqa: E402
    Recipe,
    initial_table,
    piece_counts,
    row_of_pieces,
    train,
)

pytestmark = pytest.mark.filterwarnings("ignore")

NOUNS = {
    "铁路": "railway",
    "大学": "university",
    "天气": "weather",
    "音乐": "music",
    "经济": "economy",
}
VERBS = {"发展": "develops", "下降": "declines", "开始": "begins", "结束": "ends"}


def write_data(folder: Path) -> Path:
    """Training files of the four kinds, made of ten words."""
    news, parallel, questions = [], [], []
    for noun, english in NOUNS.items():
        sentences = [f"{noun}今年{verb}得很快。" for verb in VERBS]
        news.append({"t": "".join(sentences)})
        for verb, verb_english in VERBS.items():
            row = {"l": "zh", "e": f"The {english} {verb_english}.", "x": f"{noun}{verb}。"}
            parallel.append({"s": "python-docs", **row})
            parallel.append({"s": "ntrex-128", **row})
        for number in range(6):
            paragraph = f"第{number}段。" + "".join(sentences)
            answer = f"{noun}今年下降"
            questions.append(
                {
                    "s": "drcd-dev",
                    "l": "zh-hant",
                    "q": f"{noun}今年怎么样？",
                    "p": paragraph,
                    "a": [[answer, paragraph.index(answer)]],
                }
            )
    titles = [{"s": "wikidict", "l": "zh", "e": e, "x": x} for x, e in (NOUNS | VERBS).items()]
    for name, rows in {
        "news_zh": news,
        "parallel": parallel,
        "titles_dict": titles * 5,
        "qa": questions,
    }.items():
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl.zst").write_bytes(zstandard.compress(text.encode()))
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


RECIPE = Recipe(dimension=16, rows=3_000, own_rows=2_000, batch=16, rate=0.2)


def quiet(_line: str) -> None:
    pass


def test_buckets_are_the_agreed_ones() -> None:
    # int(sha256("").hexdigest()[:8], 16) = 0xe3b0c442
    assert bucket("") == 0xE3B0C442 % 10


def test_sentences_cover_the_text() -> None:
    text = "这是第一句话。这是第二句话！Is this a third one? Yes it is."
    spans = sentences_of(text)
    assert "".join(text[a:b] for a, b in spans) == text
    assert len(spans) >= 3


def test_held_out_texts_are_not_trained_on(data: Path) -> None:
    corpus = load_corpus(data, encode_meaning, log=quiet)
    assert len(corpus.translations["zh"].english) == 20
    assert len(corpus.held_out_translations["zh"].english) == 20
    trained = set(corpus.questions["zh"].keys)
    assert trained
    assert trained.isdisjoint(corpus.held_out_questions["zh"].keys)
    assert all(bucket(paragraph) > 2 for paragraph in trained)
    asked = corpus.questions["zh"]
    answer = asked.sentences.row(asked.answer_sentence[0]).tolist()
    assert set(encode_meaning(["下降"])[0]) <= set(answer)


def test_alignment_finds_the_dictionary() -> None:
    source = Ragged.of([[1, 2], [1, 3], [2, 3], [1], [2]])
    target = Ragged.of([[11, 12], [11, 13], [12, 13], [11], [12]])
    lexicon = align([(source, target)], 20)
    best = [int(lexicon.targets[lexicon.offsets[piece]]) for piece in (1, 2, 3)]
    assert best == [11, 12, 13]
    random = np.random.default_rng(0)
    drawn = [lexicon.gloss(random, np.array([1, 5], np.int32), fertility=9).tolist()]
    assert drawn == [[11]]


def test_every_task_draws_pairs(data: Path) -> None:
    corpus = load_corpus(data, encode_meaning, log=quiet)
    random = np.random.default_rng(0)
    for task in tasks_of(corpus, {("zh", "en"): lambda _random, bag: bag}):
        batch = task.draw(random, 8)
        assert batch.left, task.name
        assert len(batch.left) <= len(batch.right) == len(batch.keys)
        assert all(len(bag) for bag in batch.left + batch.right)


def trained(data: Path, checkpoint: Path | None, steps: int, stop: int | None = None) -> np.ndarray:
    corpus = load_corpus(data, encode_meaning, log=quiet)
    counts = piece_counts(corpus, 65_536)
    rows = row_of_pieces(counts, RECIPE)
    table = initial_table(counts, rows, RECIPE)

    def interrupt(line: str) -> None:
        if stop is not None and line.startswith(f"step {stop + 10} "):
            raise KeyboardInterrupt

    return train(
        table,
        rows,
        tasks_of(corpus),
        RECIPE,
        steps=steps,
        checkpoint=checkpoint,
        log=interrupt,
        measure_every=10,
    )


def test_a_seed_decides_the_outcome_and_resuming_changes_nothing(
    data: Path, tmp_path: Path
) -> None:
    once = trained(data, None, 40)
    assert (once == trained(data, None, 40)).all()
    with pytest.raises(KeyboardInterrupt):
        trained(data, tmp_path / "checkpoint.npz", 40, stop=20)
    assert (once == trained(data, tmp_path / "checkpoint.npz", 40)).all()


def test_the_last_of_two_legs_is_half_of_their_mean(data: Path) -> None:
    corpus = load_corpus(data, encode_meaning, log=quiet)
    counts = piece_counts(corpus, 65_536)
    rows = row_of_pieces(counts, RECIPE)
    start = initial_table(counts, rows, RECIPE)
    recipe = replace(RECIPE, asked_steps=10, asked_legs=2)
    table = start.copy()
    ends = []
    for leg in (0, 1):
        again = replace(recipe, rate=recipe.asked_rate, seed=5 + leg)
        train(table, rows, tasks_of(corpus), again, steps=5, log=quiet)
        ends.append(table.copy())
    mean = in_legs(start.copy(), rows, tasks_of(corpus), recipe, log=quiet)
    np.testing.assert_allclose(mean, (ends[0] + ends[1]) / 2, atol=1e-6)
    assert np.abs(mean - ends[1]).max() > 1e-4


def test_rare_pieces_share_rows() -> None:
    counts = np.arange(100)[::-1]
    rows = row_of_pieces(counts, Recipe(rows=60, own_rows=50))
    assert rows[:50].tolist() == list(range(50))
    assert set(rows[50:].tolist()) == set(range(50, 60))
    assert np.bincount(rows)[50:].tolist() == [5] * 10


def test_building_writes_a_model_that_learned(data: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    out = tmp_path / "model"
    results = build_static_model(
        data, out, steps=150, recipe=RECIPE, log=lines.append, measure_every=50
    )
    assert headline(results)
    assert is_static_model(out)
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "recall@1" in card
    assert "CC BY-SA" in card
    embedder = StaticEmbedder(out)
    vectors = embedder.embed_passages(list(NOUNS))
    english = embedder.embed_queries(list(NOUNS.values()))
    assert (english @ vectors.T).argmax(axis=1).tolist() == list(range(len(NOUNS)))


def test_nothing_but_a_model_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("mine", encoding="utf-8")
    with pytest.raises(RagError, match="holds files and no model of rag"):
        write_model(
            tmp_path, np.zeros((1, 8), np.float32), np.zeros(65_536, np.int64), name="x", card=""
        )
    assert (tmp_path / "modules.json").read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("steps", "minutes"), [(0, None), (-1, None), (None, 0.0), (None, None)])
def test_a_training_has_a_length(steps: int | None, minutes: float | None) -> None:
    with pytest.raises(ValueError, match="Give "):
        train(
            np.zeros((1, 8), np.float32),
            np.zeros(1, np.int64),
            [],
            RECIPE,
            steps=steps,
            minutes=minutes,
        )


def test_a_written_table_is_read_back(tmp_path: Path) -> None:
    table = np.random.default_rng(0).standard_normal((70_000, 8)).astype(np.float32)
    rows = np.arange(65_536)
    write_model(tmp_path, table, rows, name="rag-static", card="")
    again, places = read_table(tmp_path)
    audible = ~silent_pieces()
    close = np.abs(again[places] - table[rows]).max(axis=1)
    assert close[audible].max() <= np.abs(table).max() / 127
    prompts = json.loads((tmp_path / "config_sentence_transformers.json").read_text("utf-8"))
    bundled = bundled_model_path() / "config_sentence_transformers.json"
    assert prompts == json.loads(bundled.read_text("utf-8"))
    assert prompts["prompts"][prompts["default_prompt_name"]] == " "
    whole, mapping, factors = quantised(table, rows, silent_pieces())
    assert whole.dtype == np.int8
    assert (factors[~audible] < 1e-6).all()
    assert (mapping[~audible] == len(table)).all()


def test_ranks_count_ties_against_the_right_passage() -> None:
    scores = np.array([[1, 1, 0], [0, 2, 1], [3, 2, 1]], np.float32)
    result = ranked("worked", scores, [0, 1, 2])
    assert (result.recall_at_1, result.recall_at_5) == (pytest.approx(1 / 3), 1)
    assert result.mrr_at_10 == pytest.approx((1 / 2 + 1 + 1 / 3) / 3)


def test_the_bars_of_tables_say_nothing() -> None:
    from rag.embedding import load_embedder

    embedder = load_embedder("bundled")
    plain, table, nothing, marks = embedder.embed_passages(
        ["二季度 640 万元", "| 二季度 | 640 | 万元 |\n|---|:-:|---|", "", "|---|~~~|```|"]
    )
    np.testing.assert_allclose(plain, table, atol=1e-6)
    np.testing.assert_allclose(marks, nothing, atol=1e-6)
