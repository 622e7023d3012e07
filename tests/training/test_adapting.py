"""Adapting the model to unlabelled documents."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from rag.embedding import StaticEmbedder, bundled_model_path
from rag.errors import EmbeddingModelError, RagError
from rag.training import adapting
from rag.training.__main__ import main
from rag.training.adapting import Adaptation, adapt_static_model
from rag.training.building import encode_meaning
from rag.training.corpus import Ragged
from rag.training.export import read_table

pytestmark = pytest.mark.filterwarnings("ignore")


WORDS = (
    "apple river window copper dancer engine forest guitar hammer island jacket kitchen ladder mirror needle "
    "orange paper queen rabbit silver table uncle valley winter yellow zebra bottle candle desert eagle finger "
    "garden honey iron jungle kettle"
).split()


def documents(count: int) -> list[str]:
    """Documents of six fields, in each of which six words go together, one a sentence."""
    random = np.random.default_rng(0)
    fields = random.permutation(WORDS).reshape(6, 6)
    return [
        " ".join(
            f"The {word} is in state {random.integers(100, 1000)}."
            for word in random.permutation(fields[number % 6])
        )
        for number in range(count)
    ]


def quiet(_line: str) -> None:
    pass


def written(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number, text in enumerate(documents(count)):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def helped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Adaptation, Path, list[str]]:
    """Forty documents of a passage each, adapted to."""
    lines: list[str] = []
    out = tmp_path_factory.mktemp("helped") / "adapted"
    done = adapt_static_model(
        documents(40), bundled_model_path(), out, steps=20, rate=0.3, log=lines.append
    )
    return done, out, lines


def test_sentences_held_out_find_their_passages_by_words_that_go_together(
    helped: tuple[Adaptation, Path, list[str]],
) -> None:
    done, _, lines = helped
    assert done.documents == done.before.passages == done.after.passages == 40
    assert done.before.queries == done.after.queries == 3 * 40
    assert done.better
    assert done.after.mrr_at_10 > 2 * done.before.mrr_at_10
    change = done.after.mrr_at_10 - done.before.mrr_at_10
    assert done.change.value == pytest.approx(change)
    assert 0 < done.change.low <= change <= done.change.high
    assert [line for line in lines if line.startswith("training")] == [
        f"training {number} of 3" for number in (1, 2, 3)
    ]


def test_it_writes_a_model_near_the_one_it_starts_from(
    helped: tuple[Adaptation, Path, list[str]],
) -> None:
    done, out, _ = helped
    embedder = StaticEmbedder(out)
    assert embedder.name.startswith(f"rag-static-adapted:{out.resolve()}@")
    card = (out / "README.md").read_text(encoding="utf-8")
    bundled = StaticEmbedder(bundled_model_path())
    assert f"{bundled.name} of rag, trained further on 40 documents" in card
    assert f"MRR@10 {done.change.value:+.3f}, 95% from {done.change.low:+.3f}" in card
    same = embedder.embed_queries(["谁发明了电话？"]) @ bundled.embed_queries(["谁发明了电话？"]).T
    assert same[0, 0] > 0.99
    assert sorted(path.name for path in out.iterdir()) == sorted(
        path.name for path in bundled_model_path().iterdir()
    )


def test_the_model_is_half_its_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, helped: tuple[Adaptation, Path, list[str]]
) -> None:
    monkeypatch.setattr(adapting, "_SHARE", 1.0)
    out = tmp_path / "whole"
    adapt_static_model(documents(40), bundled_model_path(), out, steps=20, rate=0.3, log=quiet)
    pieces = np.unique(np.concatenate(encode_meaning(WORDS)))
    start, half, whole = (
        table[rows[pieces]]
        for table, rows in map(read_table, (bundled_model_path(), helped[1], out))
    )
    way = whole - start
    assert np.linalg.norm(way) > 0.05 * np.linalg.norm(start)
    assert float(((half - start) * way).sum() / (way * way).sum()) == pytest.approx(0.5, abs=0.05)


def test_what_does_not_help_is_not_written(
    tmp_path: Path, helped: tuple[Adaptation, Path, list[str]]
) -> None:
    out = tmp_path / "adapted"
    done = adapt_static_model(documents(40), bundled_model_path(), out, steps=1, log=quiet)
    assert not done.better
    assert not out.exists()
    earlier = tmp_path / "earlier"
    shutil.copytree(helped[1], earlier)
    adapt_static_model(documents(40), bundled_model_path(), earlier, steps=1, log=quiet)
    assert (earlier / "rag_model.json").read_bytes() == (helped[1] / "rag_model.json").read_bytes()


def test_one_sentence_of_each_passage_is_held_out_unless_it_occurs_again() -> None:
    # A passage of six and one of two; three sentences of which two occur once; two; three that are one.
    sentences = Ragged.of(
        [[n] for n in range(8)] + [[50], [51], [52], [60], [50], [70], [70], [70]]
    )
    spans = [(0, 8), (8, 11), (11, 13), (13, 16)]
    taken = []
    for draw in range(3):
        asked = adapting._Asked.of(sentences, spans, draw, seed=0)
        first, second = (question.tolist() for question in asked.questions)
        assert sorted(first + asked.passages[0].tolist()) == [0, 1, 2, 3, 4, 5]
        assert sorted(second + asked.passages[1].tolist()) == [50, 51, 52]
        left = [asked.rest.rows(*document).tolist() for document in asked.documents]
        assert left == [[*asked.passages[0], 6, 7], [*asked.passages[1]], [60, 50], [70, 70, 70]]
        taken.append((*first, *second))
    assert len({first for first, _ in taken}) == 3
    assert {second for _, second in taken} == {51, 52}


def test_no_more_passages_are_measured_than_the_scores_have_room_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(adapting, "_MOST", 31)
    texts = documents(40)
    done = adapt_static_model(
        [*texts, *texts], bundled_model_path(), tmp_path / "adapted", steps=1, log=quiet
    )
    assert (done.documents, done.before.passages, done.before.queries) == (40, 31, 93)


def test_it_works_without_the_extra_for_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    out = tmp_path / "adapted"
    adapt_static_model(documents(40), bundled_model_path(), out, steps=20, rate=0.3, log=quiet)
    same = (bundled_model_path() / "tokenizer.json").read_bytes()
    assert (out / "tokenizer.json").read_bytes() == same


def test_too_little_to_measure_on(tmp_path: Path) -> None:
    with pytest.raises(RagError, match="at least 30 passages .* there are 0"):
        adapt_static_model(["One. Two."], bundled_model_path(), tmp_path / "unused")
    texts = documents(29)
    with pytest.raises(RagError, match="there are 29. Give more documents"):
        adapt_static_model([*texts, *texts], bundled_model_path(), tmp_path / "unused")
    assert not (tmp_path / "unused").exists()


def test_files_of_someone_else_are_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "README.md").write_text("mine", encoding="utf-8")
    docs = written(tmp_path / "docs", 2)
    assert main(["adapt", str(docs), "--out", str(mine)]) == 1
    assert "holds files and no model of rag" in capsys.readouterr().err
    assert [path.name for path in mine.iterdir()] == ["README.md"]
    assert (mine / "README.md").read_text(encoding="utf-8") == "mine"
    assert main(["adapt", str(docs), "--out", str(mine / "README.md")]) == 1
    error = capsys.readouterr().err
    assert (
        error == f"error: {mine / 'README.md'} is a file. Name a folder for the model with --out.\n"
    )


def test_the_model_to_start_from_stays() -> None:
    with pytest.raises(RagError, match="is the model to start from"):
        adapt_static_model(documents(2), bundled_model_path(), bundled_model_path())


def test_a_better_model_replaces_an_earlier_one(
    tmp_path: Path, helped: tuple[Adaptation, Path, list[str]]
) -> None:
    out = tmp_path / "adapted"
    shutil.copytree(helped[1], out)
    adapt_static_model(
        documents(40), bundled_model_path(), out, steps=20, rate=0.3, seed=1, log=quiet
    )
    names = [
        json.loads((folder / "rag_model.json").read_text(encoding="utf-8"))["revision"]
        for folder in (helped[1], out)
    ]
    assert names[0] != names[1]


def test_a_model_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EmbeddingModelError, match="can be adapted"):
        adapt_static_model(documents(2), tmp_path / "none", tmp_path / "out")
    docs = written(tmp_path / "docs", 2)
    command = ["adapt", str(docs), "--out", str(tmp_path / "out"), "--model", "none"]
    assert main(command) == 1
    assert capsys.readouterr().err.startswith("error: none holds no model")


def test_what_cannot_be_read_is_told_and_the_rest_is_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = written(tmp_path / "docs", 40)
    (docs / "short.txt").write_text("One.", encoding="utf-8")
    (docs / "broken.pdf").write_bytes(b"no pdf")
    out = tmp_path / "adapted"
    command = ["adapt", str(docs), str(tmp_path / "missing"), "--out", str(out), "--steps", "1"]
    assert main(command) == 1
    printed = capsys.readouterr()
    failed = [line for line in printed.err.splitlines() if line.startswith("failed: ")]
    assert len(failed) == 2
    assert "missing: does not exist" in failed[0]
    assert "broken.pdf" in failed[1]
    assert "note: documents not learned (copies, or without two sentences): 1\n" in printed.err
    assert printed.out.startswith("MRR@10 of 120 sentences held out, ")
    assert printed.out.endswith(
        f"no difference shown. Nothing was written to {out}: keep the bundled model.\n"
    )
    assert "Use it" not in printed.out
    assert not out.exists()


@pytest.mark.parametrize(
    ("value", "p", "end"),
    [
        (
            0.1,
            0.01,
            "better. Use it: rag index 'a b' --reembed --model out, and RAG_MODEL=out from then on.",
        ),
        (0.1, 0.2, "no difference shown. Nothing was written to out: keep the bundled model."),
        (-0.1, 0.01, "worse. Nothing was written to out: keep the bundled model."),
    ],
)
def test_only_what_helped_is_to_be_used(
    helped: tuple[Adaptation, Path, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    value: float,
    p: float,
    end: str,
) -> None:
    low, high = value - 0.05, value + 0.05
    change = replace(helped[0].change, value=value, low=low, high=high, p=p)
    monkeypatch.setattr(
        adapting,
        "adapt_static_model",
        lambda *_, **__: replace(helped[0], change=change, documents=0),
    )
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "a b", 1)
    main(["adapt", "a b", "--out", "out"])
    printed = capsys.readouterr().out
    assert f"({value:+.3f}, 95% from {low:+.3f} to {high:+.3f}): {end}\n" in printed


@pytest.mark.parametrize("option", ["--steps=0", "--seed=-1", "--steps=many"])
def test_numbers_that_make_no_sense_are_usage(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["adapt", "docs", "--out", str(tmp_path / "out"), option])
    assert caught.value.code == 2
    assert option.partition("=")[0] in capsys.readouterr().err
    with pytest.raises(ValueError, match="at least one step"):
        adapt_static_model(documents(40), bundled_model_path(), tmp_path / "out", steps=0)


@pytest.mark.parametrize("command", ["static", "vocabulary", "lexicon"])
def test_missing_training_data_is_one_line(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main([command, "--data", str(tmp_path / "none"), "--out", str(out)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {tmp_path / 'none'} has no training data: none of ")
    assert error.count("\n") == 1
    assert not out.exists()


def test_a_file_that_is_missing_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["answering", "--data", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error == f"error: {tmp_path} has no qa.jsonl.zst; name the data folder with --data\n"
