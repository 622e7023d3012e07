"""Chunks: spans, budgets, overlap, headings; and agreement with the sentences of the document."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.chunking import chunk_document, document_sentences, split_sentences
from rag.records import Chunk, Document
from rag.tokens import count_tokens
from tests.chunking.test_sentences import HOSTILE


def document(text: str, **fields: object) -> Document:
    return Document(id="d", source="d", text=text, **fields)  # type: ignore[arg-type]


def check(text: str, chunks: list[Chunk]) -> None:
    covered = 0
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text
        assert not text[covered : max(covered, chunk.start)].strip()
        covered = max(covered, chunk.end)
    assert not text[covered:].strip()
    assert all(a.end < b.end and a.start < b.start for a, b in itertools.pairwise(chunks))


@given(HOSTILE, st.integers(1, 40), st.integers(0, 39))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_any_budget(text: str, budget: int, overlap: int) -> None:
    chunks = chunk_document(
        document(text), chunk_tokens=budget, chunk_overlap=min(overlap, budget - 1)
    )
    check(text, chunks)


@given(st.lists(st.sampled_from(
    ["港口吞吐量增长了一成。", "It grew by a tenth.", "今年计划新增两条航线，扩建三座码头，改造四个泊位；",
     "\n\n", "\n", "## 航线\n\n", "一、目标\n", "完善制度，\n\n", "雨停了！", " "]), max_size=60),
    st.integers(24, 80), st.integers(0, 20))  # fmt: skip
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_budget_is_kept_in_tokens(parts: list[str], budget: int, overlap: int) -> None:
    text = "".join(parts)
    chunks = chunk_document(document(text), chunk_tokens=budget, chunk_overlap=overlap)
    check(text, chunks)
    for chunk in chunks:
        assert count_tokens(chunk.text) <= budget
        assert chunk.tokens == count_tokens(chunk.text)


@pytest.mark.parametrize(("budget", "overlap", "count"), [(37, 0, 2), (44, 18, 3)])
def test_no_chunk_holds_all_of_another(budget: int, overlap: int, count: int) -> None:
    grown = "港口吞吐量增长了一成。"
    text = f"{grown}It grew by a tenth.{grown}一、目标\n{grown * count}"
    check(text, chunk_document(document(text), chunk_tokens=budget, chunk_overlap=overlap))


def test_a_short_text_is_one_chunk() -> None:
    text = "\n港口开通了。船来了。\n"
    (chunk,) = chunk_document(document(text))
    assert (chunk.start, chunk.end, chunk.heading) == (1, 11, None)
    assert chunk.tokens == count_tokens("港口开通了。") + count_tokens("船来了。")


def test_blank_text_has_no_chunks() -> None:
    assert chunk_document(document(" \n\n")) == []


SENTENCES = [f"第{n}号码头去年完成吞吐量{n}万吨，比上年增长百分之{n}。" for n in range(1, 41)]


def test_overlap_is_whole_sentences_and_no_sentence_is_cut() -> None:
    text = "".join(SENTENCES)
    spans = set(split_sentences(text))
    starts, ends = {s for s, _ in spans}, {e for _, e in spans}
    chunks = chunk_document(document(text), chunk_tokens=120, chunk_overlap=30)
    assert all(chunk.start in starts and chunk.end in ends for chunk in chunks)
    shared = [text[b.start : a.end] for a, b in itertools.pairwise(chunks)]
    assert all(part in SENTENCES for part in shared)
    sizes = [chunk.tokens for chunk in chunks]
    assert min(sizes) > 0.5 * max(sizes)


def test_a_leftover_is_shared_out() -> None:
    text = "".join(SENTENCES[:9])
    one = count_tokens(SENTENCES[8])
    chunks = chunk_document(document(text), chunk_tokens=8 * one, chunk_overlap=0)
    assert len(chunks) == 2
    assert min(chunk.tokens for chunk in chunks) >= 3 * (one - 2)


def test_a_chunk_ends_where_a_new_section_begins() -> None:
    sections = ["## 航线\n\n" + "".join(SENTENCES[:6]), "## 泊位\n\n" + "".join(SENTENCES[6:12])]
    text = "\n\n".join(sections)
    chunks = chunk_document(document(text), chunk_tokens=200, chunk_overlap=0)
    assert [chunk.text for chunk in chunks] == sections
    assert [chunk.heading for chunk in chunks] == ["航线", "泊位"]


def test_tiny_sections_share_a_chunk() -> None:
    text = "## 甲\n\n雨。\n\n## 乙\n\n雪。\n\n## 丙\n\n风。"
    (chunk,) = chunk_document(document(text))
    assert chunk.text == text


def test_a_heading_never_ends_a_chunk() -> None:
    text = "".join(f"{SENTENCES[n]}\n\n## 第{n}节\n\n" for n in range(20)) + "完。"
    for budget in range(30, 120, 7):
        for chunk in chunk_document(document(text), chunk_tokens=budget, chunk_overlap=0):
            assert not chunk.text.rstrip().endswith("节")


def test_the_head_of_a_table_stays_with_its_first_row() -> None:
    head = "| Berth | Length | Depth |\n|:---|---:|---|\n"
    rows = [f"| {n} | {200 + n} | {10 + n} |" for n in range(6)]
    for n in range(1, 9):
        text = "".join(SENTENCES[:n]) + "\n\n" + head + "\n".join(rows)
        for budget in range(60, 160, 7):
            chunks = chunk_document(document(text), chunk_tokens=budget, chunk_overlap=0)
            (first,) = [chunk for chunk in chunks if "Berth" in chunk.text]
            assert f"{head}{rows[0]}" in first.text


def test_headings_of_markup_count() -> None:
    text = "港口概况\n\n位于东岸。\n\n航线\n\n" + "".join(SENTENCES[:10])
    start = text.index("航线")
    chunks = chunk_document(
        document(text, title="港口概况", metadata={"headings": [[0, 4, 1], [start, start + 2, 2]]}),
        chunk_tokens=100,
        chunk_overlap=0,
    )
    assert chunks[0].text.startswith("港口概况")
    assert chunks[0].heading is None
    assert {chunk.heading for chunk in chunks[1:]} == {"航线"}


class TestASentenceLongerThanTheBudget:
    def test_is_cut_after_commas(self) -> None:
        text = "，".join(["本月新增航线三条"] * 60) + "。"
        chunks = chunk_document(document(text), chunk_tokens=50, chunk_overlap=0)
        assert all(chunk.text.endswith(("，", "。")) for chunk in chunks)
        assert all(count_tokens(chunk.text) <= 50 for chunk in chunks)

    def test_is_cut_between_words(self) -> None:
        text = "harbour " * 300
        chunks = chunk_document(document(text), chunk_tokens=40, chunk_overlap=8)
        assert all(set(chunk.text.split()) == {"harbour"} for chunk in chunks)

    def test_is_not_cut_inside_a_number(self) -> None:
        text = "1,234,567," * 100
        chunks = chunk_document(document(text), chunk_tokens=30, chunk_overlap=0)
        check(text, chunks)

    def test_is_not_cut_inside_a_character_as_seen(self) -> None:
        family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
        text = family * 200
        chunks = chunk_document(document(text), chunk_tokens=60, chunk_overlap=0)
        assert len(chunks) > 1
        assert all(chunk.text == family * (len(chunk.text) // 5) for chunk in chunks)

    def test_that_has_no_place_to_cut(self) -> None:
        text = "码" * 3000
        chunks = chunk_document(document(text), chunk_tokens=64, chunk_overlap=0)
        check(text, chunks)
        assert all(count_tokens(chunk.text) <= 64 for chunk in chunks)


@pytest.mark.parametrize("budget", [40, 80, 160])
def test_a_chunk_alone_has_the_sentences_that_the_document_has(budget: int) -> None:
    pieces = [
        "港口新貌\n\n",
        "去年，港口吞吐量增长一成。今年要继续完善\n\n“码上办”体系，做到当日回复。",
        "\n\n会议强调,要压紧压实码头防\n\n汛责任,做好值守。会上还作出\n\n部署，要求如下：\n",
        "- 清理航道\n- 检修吊机\n\n",
        "The committee met on Tuesday to discuss the harbour and the\nnew railway line. It agreed\nto wait.\n",
        "优化服务\n\n窗口延长一小时；周末照常开放，游客凭证件领取船票。\n",
    ] * 6
    text = "".join(pieces)
    known = set(document_sentences(document(text)))
    chunks = chunk_document(document(text), chunk_tokens=budget, chunk_overlap=12)
    for chunk in chunks:
        found = {(s + chunk.start, e + chunk.start) for s, e in split_sentences(chunk.text)}
        assert found <= known


def test_bad_sizes_are_refused() -> None:
    for budget, overlap in ((0, 0), (10, 10), (10, -1)):
        with pytest.raises(ValueError, match="chunk_tokens"):
            chunk_document(document("雨。"), chunk_tokens=budget, chunk_overlap=overlap)


def test_the_same_text_gives_the_same_chunks() -> None:
    text = "".join(SENTENCES)
    assert chunk_document(document(text)) == chunk_document(document(text))
