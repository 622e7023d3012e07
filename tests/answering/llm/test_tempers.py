"""Two hundred answers of models of several tempers, each sentence's verdict against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from rag.records import Answer, Statement
from tests.answering.llm.player import Reply, Spoken, _Server, player, reply
from tests.answering.llm.scenes import answerer, bare, extractive, scenes, texts

SCENES = 25
TEMPERS = ("well", "unmarked", "wrong", "inventor", "sloppy", "contradict", "outsider", "foreign")


@pytest.fixture(scope="module")
def server() -> Iterator[_Server]:
    with player() as running:
        yield running


def _answers(server: _Server, temper: str) -> Iterator[tuple[Answer, list[str], Reply]]:
    llm = answerer(server.url, temper)
    for question, passages in scenes(SCENES):
        *pieces, answer = llm.stream(question, passages, fallback=extractive(question, passages))
        assert isinstance(answer, Answer)
        prompt = server.requests[-1]["messages"][1]["content"]  # type: ignore[index]
        yield answer, [str(piece) for piece in pieces], reply(temper, prompt)


def _owner(answer: Answer, statement: Statement, said: Reply) -> Spoken:
    text = bare(answer.text[statement.start : statement.end])
    return next(one for one in said.spoken if text in bare(one.text))


def _count(server: _Server, temper: str) -> Counter[str]:
    """Tallies over all answers of a temper."""
    tally: Counter[str] = Counter()
    for answer, pieces, said in _answers(server, temper):
        for citation in answer.citations:
            text = texts()[citation.document_id]
            assert citation.quote == text[citation.start : citation.end]
        if answer.answerer == "extractive":
            assert answer.note == "资料不支持语言模型所写的内容，以下为资料原句。"
            assert pieces == []
            tally["replaced"] += 1
            for one in said.spoken:
                kind = "foreign" if one.source is None else "falsified" if one.falsified else ""
                tally.update([kind, f"{kind} marked"] if kind else ["honest", "alarms"])
            continue
        assert "".join(pieces) == answer.text
        groups: dict[Spoken, list[Statement]] = {}
        for statement in answer.statements:
            groups.setdefault(_owner(answer, statement, said), []).append(statement)
        for one, statements in groups.items():
            if one.source is None:
                tally["foreign"] += 1
                tally["foreign marked"] += not any(s.supported for s in statements)
            elif one.falsified:
                tally["falsified"] += 1
                tally["falsified marked"] += any(not s.supported for s in statements)
            else:
                for statement in statements:
                    right = [
                        bare(quote) in bare(one.source) or bare(one.source) in bare(quote)
                        for quote in (answer.citations[n - 1].quote for n in statement.citations)
                    ]
                    tally["honest"] += 1
                    tally["alarms"] += not statement.supported
                    tally["cited"] += any(right)
                    tally["citations"] += len(right)
                    tally["right citations"] += sum(right)
    return tally


@pytest.mark.parametrize("temper", TEMPERS)
def test_every_temper_is_cited_and_checked(server: _Server, temper: str) -> None:
    tally = _count(server, temper)
    assert sum(tally.values()) > SCENES / 2
    assert tally["right citations"] >= 0.95 * tally["citations"]
    assert tally["cited"] >= 0.90 * tally["honest"]
    assert tally["falsified marked"] >= 0.95 * tally["falsified"]
    assert tally["foreign marked"] >= 0.95 * tally["foreign"]
    assert tally["alarms"] <= 0.05 * tally["honest"]
    if temper == "contradict":
        assert tally["falsified"] >= SCENES / 2
    if temper in ("outsider", "foreign"):
        assert tally["foreign"] == SCENES


def test_a_model_that_only_speaks_from_outside_is_replaced(server: _Server) -> None:
    assert _count(server, "foreign")["replaced"] == SCENES
