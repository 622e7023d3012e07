from __future__ import annotations

import pytest

from rag.answering.near_misses.named_items import items_asked, items_named, of_another_item


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The rent of flat A is 500 euros.", {"flat": {"a"}}),
        ("House number 5 has a garden.", {"house": {"5"}}),
        ("INVOICE No. 2024-101", {"invoice": {"2024-101"}}),
        ("Model X200 has a new door.", {"x": {"200"}}),
        ("11号楼的月租金为5011元，共有13间房。", {"号楼": {"11"}}),
        ("B型机的重量是45公斤。", {"型": {"b"}}),
        ("服务合同（第二版）", {"版": {"2"}}),
        ("In 2023 the fee was 1,234 euros, on 5 May 2023, by John F. Kennedy.", {}),
        ("2023年5月11号全区有930家企业，增长12.5%。", {}),
    ],
)
def test_items_are_named_by_number_or_letter(text: str, named: dict[str, set[str]]) -> None:
    assert items_named(text) == named


def test_a_question_may_write_the_letter_small_but_the_article_is_none() -> None:
    assert items_asked("what is the rent of flat a?") == {"flat": {"a"}}
    assert items_asked("how much does flat b cost") == {"flat": {"b"}}
    assert items_asked("How much rent does a flat have?") == {}


@pytest.mark.parametrize(
    ("told", "around", "another"),
    [
        ("9号楼共有11间房。", "", True),
        ("9号楼共有11间房。", "见11号楼的合同", True),  # the sentence itself says which
        ("共有11间房。", "9号楼", True),
        ("共有11间房。", "11号楼", False),
        ("9号楼与11号楼共有24间房。", "", False),
        ("共有11间房。", None, False),  # of the same document
    ],
)
def test_another_item_is_told_by_the_sentence_or_else_by_its_passage(
    told: str, around: str | None, *, another: bool
) -> None:
    asked, best = items_asked("11号楼有几间房？"), items_named("11号楼共有13间房。")
    near = None if around is None else items_named(around)
    assert of_another_item(asked, best, items_named(told), near) is another


def test_what_the_best_sentence_does_not_name_shuts_nothing_out() -> None:
    asked = items_asked("How many rooms has house 99?")
    assert not of_another_item(asked, items_named("House 3 has rooms."), {}, {})
