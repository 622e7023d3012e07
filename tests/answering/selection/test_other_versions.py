from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answering import answer
from rag.index import View, open_store
from rag.indexing import index_documents
from rag.records import Document
from rag.retrieval import retrieve
from rag.settings import Settings

CONTRACT = (
    "Service contract between Alpha Ltd and Beta GmbH, version {v}.\n\n"
    "The contractor maintains the heating of the building in Mill Street, every month of the year.\n"
    "The yearly fee is {fee} euros, payable in advance.\n"
    "Notice must be given in writing, three months before the end of the year.\n\n"
    "| Item | Deposit |\n|---|---|\n| Key of the cellar | {deposit} euros |\n| Ladder | 15 euros |\n"
)
FEES = {"1": "12,000", "2": "13,500", "3": "14,250"}
DEPOSITS = {"1": "40", "2": "55", "3": "60"}


@pytest.fixture(scope="module")
def contracts(embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    folder: Path = tmp_path_factory.mktemp("contracts")
    store = open_store(folder / "index", model=embedder.name, dimension=embedder.dimension)
    documents = [
        Document(
            id=f"v{v}", source=f"contract_v{v}.txt",
            text=CONTRACT.format(v=v, fee=fee, deposit=DEPOSITS[v]),
            published=f"202{v}-01-01",
        )
        for v, fee in FEES.items()
    ]  # fmt: skip
    index_documents(store, embedder, Settings(), documents)
    with store.view() as view:
        yield view
    store.close()


def ask(view: View, embedder, question: str):
    passages = retrieve(view, embedder, question, k=8)
    assert len(passages) == 1  # they share one slot
    return answer(
        question,
        passages,
        view=view,
        settings=Settings(refusal_threshold=0.0, max_sentences=1),
        k=8,
    )


def test_versions_that_share_a_slot_are_shown_with_their_figures_newest_first(
    contracts, embedder
) -> None:
    given = ask(contracts, embedder, "How much is the yearly fee?")
    assert [c.source for c in given.citations] == [f"contract_v{v}.txt" for v in "321"]
    assert [c.highlight_text for c in given.citations] == [f"{FEES[v]} euros" for v in "321"]
    assert given.note
    for citation in given.citations:
        text = contracts.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
    assert len(given.passages) == 1


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_the_version_that_is_asked_for_is_shown_alone(contracts, embedder, version: str) -> None:
    given = ask(contracts, embedder, f"How much is the yearly fee in version {version}?")
    assert [c.highlight_text for c in given.citations] == [f"{FEES[version]} euros"]
    assert given.note is None


def test_rows_of_tables_are_shown_with_the_figures_of_their_versions(contracts, embedder) -> None:
    given = ask(contracts, embedder, "How much is the deposit for the key of the cellar?")
    assert [c.source for c in given.citations] == [f"contract_v{v}.txt" for v in "321"]
    told = [given.text[one.start : one.end] for one in given.statements]
    assert told == [f"Item: Key of the cellar; Deposit: {DEPOSITS[v]} euros." for v in "321"]
    assert [c.highlight_text for c in given.citations] == [f"{DEPOSITS[v]} euros" for v in "321"]
