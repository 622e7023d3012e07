from __future__ import annotations

from pathlib import Path

import pytest

from rag.evaluation.checking import Place
from rag.evaluation.retrieval_measures import measure_files, passage_holds, write_qrels, write_run
from rag.evaluation.suites import Evidence, Question, Suite
from rag.records import Passage


def passage(document: str, start: int, end: int, rank: int, **more) -> Passage:
    return Passage(
        document_id=document,
        source=f"dir/{document} x.md",
        title=None,
        published=None,
        start=start,
        end=end,
        text="x" * (end - start),
        heading=None,
        score=1.0,  # all equal: the order must come from the rank
        rank=rank,
        **more,
    )


def place(document: str, *spans: tuple[int, int], item: int = 1) -> Place:
    return Place(document_id=document, source=f"dir/{document} x.md", spans=spans, item=item)


def measured(tmp_path, suite, places, rankings):
    write_qrels(tmp_path / "qrels", suite, places)
    write_run(tmp_path / "run", suite, places, rankings, "t")
    return measure_files(tmp_path / "qrels", tmp_path / "run")


def question(identity: str, **more) -> Question:
    return Question(id=identity, question="?", evidence=(Evidence(document="a"),), **more)


def test_any_evidence_counts_once(tmp_path) -> None:
    suite = Suite(name="s", questions=(question("q"),))
    places = {"q": (place("a", (10, 20)), place("b", (0, 5)))}
    ranking = [
        passage("a", 0, 15, 1),  # cuts the evidence: no
        passage("b", 0, 8, 2),  # holds it
        passage("a", 5, 30, 3),  # the other one: no second gain
    ]
    figures = measured(tmp_path, suite, places, {"q": ranking})["q"]
    assert figures["recall@1"] == 0
    assert figures["recall@5"] == figures["success@5"] == 1
    assert figures["MRR@10"] == 0.5
    assert figures["nDCG@10"] == pytest.approx(0.6309, abs=1e-4)  # 1 / log2(3), the ideal being 1


def test_all_evidence_is_wanted(tmp_path) -> None:
    suite = Suite(name="s", questions=(question("q", all=True),))
    wanted = (("a", (0, 5)), ("a", (6, 9)), ("b", (0, 5)))
    places = {"q": tuple(place(*one, item=item) for item, one in enumerate(wanted, 1))}
    # Both items of a stand in the first passage; b's is missing.
    figures = measured(tmp_path, suite, places, {"q": [passage("a", 0, 10, 1)]})["q"]
    assert figures["recall@1"] == pytest.approx(2 / 3)
    assert figures["success@5"] == 1
    assert figures["MRR@10"] == pytest.approx(2 / 3)


def test_rows_that_hold_the_same_evidence_are_one_item(tmp_path) -> None:
    suite = Suite(name="s", questions=(question("q", all=True),))
    rows = (place("a", (0, 5)), place("c", (0, 5)), place("b", (0, 5), item=2))
    figures = measured(tmp_path, suite, {"q": rows}, {"q": [passage("c", 0, 10, 1)]})["q"]
    assert figures["recall@1"] == 0.5
    assert (tmp_path / "qrels").read_text() == "q#1 0 evidence 1\nq#2 0 evidence 1\n"


def test_rows_that_hold_the_same_evidence_are_one_document(tmp_path) -> None:
    suite = Suite(name="s", questions=(question("q"),), relevance="document")
    rows = (place("a", (0, 5)), place("c", (0, 5)), place("b", (0, 5), item=2))
    ranking = [passage("x", 0, 10, 1), passage("c", 0, 10, 2), passage("a", 0, 10, 3)]
    figures = measured(tmp_path, suite, {"q": rows}, {"q": ranking})["q"]
    assert (figures["recall@5"], figures["MRR@10"]) == (0.5, 0.5)
    assert (tmp_path / "qrels").read_text() == "q 0 a 1\nq 0 b 1\n"


def test_no_results_count_zero(tmp_path) -> None:
    suite = Suite(name="s", questions=(question("q"), question("r")))
    places = {"q": (place("a", (0, 5)),), "r": (place("a", (0, 5)),)}
    figures = measured(tmp_path, suite, places, {"q": [passage("a", 0, 5, 1)]})
    assert figures["q"]["recall@5"] == 1
    assert figures["r"] == dict.fromkeys(figures["q"], 0.0)


def test_document_relevance_counts_each_document_once(tmp_path) -> None:
    suite = Suite(name="s", questions=(question("q"),), relevance="document")
    places = {"q": (place("b", (0, 5)),)}
    ranking = [passage("a", 0, 5, 1), passage("a", 5, 9, 2), passage("b", 50, 60, 3)]
    figures = measured(tmp_path, suite, places, {"q": ranking})["q"]
    assert figures["MRR@10"] == 0.5, "two passages of a are one document"


def test_rank_decides_not_the_order_of_arrival(tmp_path) -> None:
    suite = Suite(name="s", questions=(question("q"),))
    places = {"q": (place("b", (0, 5)),)}
    shuffled = [passage("b", 0, 5, 3), passage("a", 0, 5, 1), passage("c", 0, 5, 2)]
    assert measured(tmp_path, suite, places, {"q": shuffled})["q"]["MRR@10"] == pytest.approx(1 / 3)


def test_files_are_trec(tmp_path) -> None:
    suite = Suite(name="s", questions=(question("q"),))
    measured(tmp_path, suite, {"q": (place("a", (0, 5)),)}, {"q": [passage("b", 2, 9, 1)]})
    assert (tmp_path / "qrels").read_text() == "q#1 0 evidence 1\n"
    assert (tmp_path / "run").read_text() == "q#1 Q0 dir/b%20x.md:2-9 1 1.000000000 t\n"


def test_near_duplicates_in_one_slot() -> None:
    grouped = passage("a", 0, 9, 1, duplicates=(("b", "b.md", 10, 30),))
    assert passage_holds(grouped, place("b", (12, 20)))
    assert not passage_holds(grouped, place("b", (5, 20)))


def test_files_are_written_whole_or_not_at_all(tmp_path, monkeypatch) -> None:
    question = Question(id="问1", question="?", evidence=(Evidence(document="d", text="x"),))
    suite = Suite(name="s", questions=(question,))
    places = {"问1": (place("d", (0, 4)),)}
    write_qrels(tmp_path / "qrels.trec", suite, places)
    write_run(tmp_path / "run.trec", suite, places, {"问1": (passage("d", 0, 9, 1),)}, "t")
    monkeypatch.setattr(Path, "replace", lambda *_: pytest.fail("killed"))
    with pytest.raises(pytest.fail.Exception):
        write_run(tmp_path / "run.trec", suite, places, {}, "t")
    found = measure_files(tmp_path / "qrels.trec", tmp_path / "run.trec")
    assert found["问1"]["recall@1"] == 1
