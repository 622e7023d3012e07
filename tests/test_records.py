"""Records check themselves and become plain JSON."""

from __future__ import annotations

import dataclasses
import json

import pytest

from rag.chunking import chunk_document
from rag.records import Answer, Chunk, Citation, Document, Passage, to_dict


def _citation(**changes: object) -> Citation:
    values: dict[str, object] = {
        "number": 1, "document_id": "a", "source": "a.md", "title": None, "published": None,
        "page": None, "start": 10, "end": 14, "quote": "四个字啊", "highlight": (11, 13),
    }  # fmt: skip
    return Citation(**{**values, **changes})  # type: ignore[arg-type]


def test_highlight_text_is_cut_from_the_quote() -> None:
    assert _citation().highlight_text == "个字"
    assert _citation(highlight=None).highlight_text is None


@pytest.mark.parametrize(
    "changes",
    [{"end": 15}, {"start": 14}, {"highlight": (9, 12)}, {"highlight": (12, 12)}, {"start": -1}],
)
def test_a_citation_that_is_no_span_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="span|outside"):
        _citation(**changes)


def test_a_chunk_that_is_no_span_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="span"):
        Chunk(document_id="a", start=0, end=3, text="ab")


def test_records_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        _citation().number = 2  # type: ignore[misc]


def test_pages_count_from_one() -> None:
    document = Document(id="a", source="a.pdf", text="x" * 30, metadata={"pages": [0, 10, 20]})
    assert [document.page_of(at) for at in (0, 9, 10, 29)] == [1, 1, 2, 3]
    assert Document(id="b", source="b", text="x").page_of(0) is None


def test_json_has_the_record_fields() -> None:
    passage = Passage(
        document_id="a", source="a.md", title="t", published="2024", start=0, end=1, text="x",
        heading=None, score=0.5, rank=1,
    )  # fmt: skip
    answer = Answer(
        question="q", text="a [1]", citations=(_citation(),), refused=False, confidence=0.9,
        passages=(passage,), answerer="extractive", timings={"total": 0.1},
    )  # fmt: skip
    record = json.loads(json.dumps(to_dict(answer)))
    assert record["citations"][0]["highlight"] == [11, 13]
    assert record["passages"][0]["rank"] == 1
    assert set(record) == {field.name for field in dataclasses.fields(Answer)}


@pytest.mark.parametrize("given", [12, "112-118", ["a"], {"a": 1}, None, [True]])
def test_pages_of_the_users_are_no_offsets(given: object) -> None:
    document = Document(id="a", source="a", text="Eins. Zwei.", metadata={"pages": given})
    assert document.page_of(6) is None


@pytest.mark.parametrize("given", ["intro", 3, [1, 2], [[0, 4]], [[0, 99, 1]], [["a", 4, 1]]])
def test_headings_of_the_users_are_no_spans(given: object) -> None:
    document = Document(id="a", source="a", text="Eins. Zwei.", metadata={"headings": given})
    assert document.headings == ()
    assert [chunk.text for chunk in chunk_document(document)] == ["Eins. Zwei."]


def test_offsets_in_a_tuple() -> None:
    told = {"pages": (0, 6), "headings": ((0, 5, 1),)}
    document = Document(id="a", source="a", text="Eins. Zwei.", metadata=told)
    assert (document.page_of(6), document.headings) == (2, ((0, 5, 1),))


def test_headings_that_markup_told() -> None:
    told = [[0, 4, 1]]
    document = Document(id="a", source="a", text="Eins\n\nZwei.", metadata={"headings": told})
    assert document.headings == told
