"""Adapting the model to unlabelled documents."""

import json
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

pytestmark = pytest.mark.filterwarnings("ignore")


def documents(count: int) -> list[str]:
    """Documents about made-up devices, each with words of its own."""
    random = np.random.default_rng(0)
    syllables = ["mor", "tak", "vel", "zin", "pok", "gra", "lum", "dex"]

    def word() -> str:
        return "".join(random.choice(syllables, 3))

    texts = []
    for _ in range(count):
        names = [word() for _ in range(6)]
        texts.append(
            " ".join(
                f"The {names[n]} unit drives the {names[(n + 1) % 6]} valve at stage {n}."
                for n in range(6)
            )
        )
    return texts


def quiet(_line: str) -> None:
    pass


def written(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number, text in enumerate(documents(count)):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[Adaptation, Path, list[str]]:
    """Forty documents of a passage each, adapted to in folds."""
    lines: list[str] = []
    out = tmp_path_factory.mktemp("few") / "adapted"
    done = adapt_static_model(documents(40), bundled_model_path(), out, steps=10, log=lines.append)
    return done, out, lines


def test_few_documents_are_all_measured_in_folds(
    few: tuple[Adaptation, Path, list[str]],
) -> None:
    done, _, lines = few
    assert (done.documents, done.held_out, done.folds) == (40, 40, 5)
    assert done.before.queries == done.after.queries == 240
    assert done.before.passages == 40
    assert 0 <= done.before.recall_at_1 <= 1
    assert done.enough
    change = done.after.recall_at_1 - done.before.recall_at_1
    assert done.change.value == pytest.approx(change)
    assert done.change.low <= change <= done.change.high
    assert [line.split(":")[0] for line in lines if "{" in line] == [
        *(f"fold {number} of 5" for number in range(1, 6)),
        "all documents",
    ]


def test_a_passage_is_found_among_those_of_its_fold(tmp_path: Path) -> None:
    # Two folds of one passage each: nothing to take it for, so that all questions find it.
    done = adapt_static_model(
        documents(2), bundled_model_path(), tmp_path / "adapted", steps=1, log=quiet
    )
    assert (done.folds, done.before.passages, done.before.recall_at_1) == (2, 2, 1.0)
    assert not done.enough


def test_it_writes_a_model_near_the_one_it_starts_from(
    few: tuple[Adaptation, Path, list[str]],
) -> None:
    _, out, _ = few
    embedder = StaticEmbedder(out)
    assert embedder.name.startswith("rag-static-adapted@")
    card = (out / "README.md").read_text(encoding="utf-8")
    bundled = StaticEmbedder(bundled_model_path())
    assert f"{bundled.name} of rag, trained further on 40 documents" in card
    assert "in 5 folds" in card
    same = embedder.embed_queries(["谁发明了电话？"]) @ bundled.embed_queries(["谁发明了电话？"]).T
    assert same[0, 0] > 0.95
    assert sorted(path.name for path in out.iterdir()) == sorted(
        path.name for path in bundled_model_path().iterdir()
    )


def test_of_many_documents_a_tenth_is_held_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(adapting, "_TENTH", 4)
    texts = documents(40)
    done = adapt_static_model(
        [*texts, *texts], bundled_model_path(), tmp_path / "adapted", steps=1, log=quiet
    )
    assert (done.documents, done.held_out, done.folds) == (40, 4, 1)
    assert done.before.queries == 24


def test_no_more_passages_are_measured_than_the_scores_have_room_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(adapting, "_MOST", 10)
    done = adapt_static_model(
        documents(40), bundled_model_path(), tmp_path / "adapted", steps=1, log=quiet
    )
    assert (done.before.passages, done.before.queries) == (10, 60)


def test_it_works_without_the_extra_for_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    out = tmp_path / "adapted"
    adapt_static_model(documents(2), bundled_model_path(), out, steps=1, log=quiet)
    same = (bundled_model_path() / "tokenizer.json").read_bytes()
    assert (out / "tokenizer.json").read_bytes() == same


def test_too_few_documents(tmp_path: Path) -> None:
    with pytest.raises(RagError, match="at least two documents"):
        adapt_static_model(["One. Two."], bundled_model_path(), tmp_path / "unused")
    text = documents(1)[0]
    with pytest.raises(RagError, match="at least two documents"):
        adapt_static_model([text, text], bundled_model_path(), tmp_path / "unused")
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


def test_an_earlier_model_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "adapted"
    names = []
    for steps in (1, 2):
        adapt_static_model(documents(2), bundled_model_path(), out, steps=steps, log=quiet)
        names.append(json.loads((out / "rag_model.json").read_text(encoding="utf-8"))["revision"])
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
    docs = written(tmp_path / "docs", 2)
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
    assert "2 documents in 2 folds (2 passages)" in printed.out
    assert printed.out.endswith(
        "too little to tell. Keep the bundled model, or give more documents.\n"
    )
    assert "Use it" not in printed.out
    assert (out / "rag_model.json").is_file()


@pytest.mark.parametrize(
    ("value", "p", "end"),
    [
        (
            0.1,
            0.01,
            "better. Use it: rag index 'a b' --reembed --model out, and RAG_MODEL=out from then on.",
        ),
        (0.1, 0.2, "no difference shown. Keep the bundled model."),
        (-0.1, 0.01, "worse. Keep the bundled model."),
    ],
)
def test_only_what_helped_is_to_be_used(
    few: tuple[Adaptation, Path, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    value: float,
    p: float,
    end: str,
) -> None:
    low, high = value - 0.05, value + 0.05
    change = replace(few[0].change, value=value, low=low, high=high, p=p)
    monkeypatch.setattr(
        adapting, "adapt_static_model", lambda *_, **__: replace(few[0], change=change, documents=0)
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
        adapt_static_model(documents(2), bundled_model_path(), tmp_path / "out", steps=0)


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
