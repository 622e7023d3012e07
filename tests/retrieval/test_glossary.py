"""The words of English questions as Chinese passages write them."""

from __future__ import annotations

import pytest

from rag.retrieval.glossary import Glossed, gloss, meets


def _glossed(question: str) -> dict[str, Glossed]:
    return {one.word: one for one in gloss(question)}


def test_months_are_met_as_chinese_texts_write_them() -> None:
    found = _glossed("How fast did the economy grow in January-September 2022?")
    assert meets(found["january-september"], "前三季度增长5%") == 1.0
    assert meets(found["january-september"], "1至9月增长5%") == 1.0
    assert meets(found["january-september"], "3月增长5%") == 0.0
    assert "january" not in found
    assert meets(_glossed("What was built in the first half?")["first half"], "上半年建成") == 1.0
    assert meets(_glossed("What opened in May?")["may"], "5月开业") == 1.0
    assert "may" not in _glossed("Who may enter the park?")


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("urbanisation", "urbanization"),
        ("recognised", "recognized"),
        ("harbours", "harbors"),
        ("favourable", "favorable"),
        ("theatre", "theater"),
        ("licence", "license"),
        ("catalogue", "catalog"),
        ("programme", "program"),
    ],
)
def test_british_spellings_have_the_translations_of_american_ones(
    british: str, american: str
) -> None:
    (one,) = gloss(f"the {british}")
    (other,) = gloss(f"the {american}")
    assert other.alternatives[0][0] in dict(one.alternatives)


def test_words_that_only_look_british_are_left() -> None:
    assert [one.word for one in gloss("four hours of exercise")] == ["four", "hours", "exercise"]
    assert gloss("hours")[0].alternatives[0][0] == "小时"


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_an_apostrophe_within_a_name_parts_syllables(apostrophe: str) -> None:
    found = _glossed(f"When was the Xi{apostrophe}an Jiaotong University institute founded?")
    assert meets(found["xi'an"], "西安交通大学研究所成立") == 1.0
    assert "an" not in found
    found = _glossed(f"Is Tai{apostrophe}an{apostrophe}s new station open?")
    assert meets(found["tai'an"], "泰安新站启用") == 1.0
