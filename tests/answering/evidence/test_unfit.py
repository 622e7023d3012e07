"""Candidates whose document names nothing of what the question is about are unfit."""

from __future__ import annotations

import pytest

from rag.answering.evidence.candidates import candidates_of
from rag.answering.evidence.texts import normalised_text
from rag.answering.evidence.unfit import Unfit
from rag.answering.question.analysis import analyse
from rag.normalization import normalize
from tests.answering.made import passage


@pytest.mark.parametrize(
    ("question", "unfit"),
    [
        ("香枝木分布在哪些地区？", [True, False, False]),
        ("乔木分布在哪些地区？", [False, False, False]),  # a word
        ("《南岛林木志》说它分布在哪里？", [True, True, False]),
    ],
)
def test_documents_that_name_nothing_of_it_are_unfit(question: str, unfit: list[bool]) -> None:
    passages = [
        passage("柚木分布于缅甸的山地。", document="teak"),
        passage("香枝木是一种乔木,分布于海南。", document="rosewood", rank=2),
        passage("《南岛林木志》说香枝木分布于东方县。", document="annals", rank=3),
    ]
    asked = analyse(question)
    judge = Unfit(asked, passages)
    assert [
        judge(
            one, normalised_text(one.told), normalize(f"{one.frame} {one.before} {one.told}"), False
        )
        for one in candidates_of(passages)
    ] == unfit


def test_documents_in_other_languages_spell_names_otherwise() -> None:
    passages = [passage("Teak grows in the hills of Burma and on the islands.", document="teak")]
    (candidate,) = candidates_of(passages)
    told = normalised_text(candidate.told)
    assert not Unfit(analyse("香枝木分布在哪些地区？"), passages)(candidate, told, told, False)


@pytest.mark.parametrize(
    ("question", "text", "title", "unfit"),
    [
        ("霄腾泺的董事长是谁？", "公司董事长为张立。", "蓝港公司", True),
        ("霄腾泺的董事长是谁？", "本公司董事长为张立。", None, False),
        ("霄腾泺的上班时间是几点？", "上班时间为9:00。", "员工手册", False),
        ("霄腾泺的总部在哪里？", "总部在东港。", "XTL", False),  # by its name in Latin letters
        ("沙烏地的首都是哪裡？", "沙特首都利雅得。", "沙特", False),  # spelt otherwise elsewhere
    ],
)
def test_who_issued_a_document_is_not_named_in_it(
    question: str, text: str, title: str | None, *, unfit: bool
) -> None:
    passages = [passage(text, title=title)]
    (candidate,) = candidates_of(passages)
    told = normalised_text(candidate.told)
    assert Unfit(analyse(question), passages)(candidate, told, told, False) is unfit
