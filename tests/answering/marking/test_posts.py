"""The posts before a person's name."""

from __future__ import annotations

import pytest

from rag.answering.marking.posts import posts_asked
from rag.answering.question.analysis import analyse

TEXT = "市委常委，胶州市委书记，示范区党工委书记、管委会主任张新竹说，要抓落实。"


@pytest.mark.parametrize(
    ("question", "text", "posts"),
    [
        (
            "张新竹担任哪些职务?",
            TEXT,
            "市委常委，胶州市委书记，示范区党工委书记、管委会主任",
        ),
        ("胶州市委书记张新竹还有什么职务?", "胶州市委书记、市人大主任张新竹说。", "市人大主任"),
        ("崂山区委书记还有别的职务吗", "市政协副主席、崂山区委书记张元升表示。", "市政协副主席"),
        ("崂山区委书记的职务是什么", "市政协副主席、崂山区委书记张元升表示。", None),
        ("张新竹的职务是什么?", "会议由胶州市委书记张新竹主持。", "胶州市委书记"),
        ("张新竹的职务是什么?", "3月5日，区长张新竹说。", "区长"),
        ("李明的职务是什么?", TEXT, None),
        ("张新竹说了什么?", TEXT, None),
    ],
)
def test_the_posts_before_the_name(question: str, text: str, posts: str | None) -> None:
    found = posts_asked(analyse(question), text)
    assert (text[slice(*found)] if found else None) == posts
