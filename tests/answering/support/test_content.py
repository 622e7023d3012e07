"""What texts say, in comparable units."""

from __future__ import annotations

from rag.answering.support.content import content_units, translated_share


def test_translated_share() -> None:
    assert translated_share("How many hospitals are there in Shibei?", "市北区的医院") > 0.6
    assert translated_share("How many hospitals are there in Shibei?", "崂山区的学校") < 0.3


def test_content_units() -> None:
    assert content_units("新的项目") == ["项目"]
    assert content_units("the projects") == ["proje"]
    assert content_units("128,000,000元的172个项目") == ["项目"]
    assert content_units("172 projects, $128 million") == ["proje"]
