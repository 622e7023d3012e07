"""rag.KnowledgeBase: the library's contract."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatResult

from rag import Answer, Document, KnowledgeBase, Settings
from rag.embedding import load_embedder
from rag.embedding.langchain import LangChainEmbeddings
from rag.errors import (
    AnsweringError,
    DocumentNotFoundError,
    IndexChunkingMismatchError,
    IndexModelMismatchError,
    IndexReadOnlyError,
    IndexStoreError,
    NotAnIndexError,
    QueryError,
    SettingsError,
)
from rag.indexing import reembed as again
from rag.knowledge_base import list_documents, reembed, remove
from tests.toy import ToyEmbedder

PLAIN = Settings(reader=False)
QUESTION = "市北区2023年新落地亿元以上项目多少个?"
QUESTIONS = (
    QUESTION,
    "市北区2023年完成老旧街区改造多少户?",
    "How many projects above 100 million yuan landed in Shibei in 2023?",
    "市北區2023年新落地億元以上項目多少個？",
    "西海岸新区设立十年有哪些成绩?",
    "市北区2023年出生多少人?",
    "木星有几颗卫星?",
)


@pytest.fixture(scope="module")
def seeds_index(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The five digests, indexed with the bundled model."""
    path = tmp_path_factory.mktemp("seeds") / "index"
    with KnowledgeBase.open(path, settings=Settings()) as kb:
        kb.index(root / "seeds")
    return path


@pytest.fixture(scope="module")
def kb(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    path = tmp_path_factory.mktemp("kb") / "seeds"
    with KnowledgeBase.open(path, settings=PLAIN) as opened:
        report = opened.index(root / "seeds")
        assert len(report.added) == 5
        yield opened


def check(kb: KnowledgeBase, answer: Answer) -> None:
    """What holds for every answer."""
    assert answer.refused == (not answer.citations)
    assert 0 <= answer.confidence <= 1
    assert [citation.number for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    for citation in answer.citations:
        document = kb.document(citation.document_id)
        assert citation.quote == document.text[citation.start : citation.end]
        assert citation.source == document.source
        assert f"[{citation.number}]" in answer.text
        if citation.highlight:
            start, end = citation.highlight
            assert document.text[start:end] == citation.highlight_text
    for passage in answer.passages:
        text = kb.document(passage.document_id).text
        assert passage.text == text[passage.start : passage.end]
    assert [passage.rank for passage in answer.passages] == list(range(1, len(answer.passages) + 1))
    assert answer.timings["total"] >= answer.timings["retrieval"] > 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_is_checkable(kb: KnowledgeBase, question: str) -> None:
    answer = kb.ask(question)
    assert answer.question == question
    check(kb, answer)


def test_the_answer_is_found_and_marked(kb: KnowledgeBase) -> None:
    answer = kb.ask(QUESTION)
    assert not answer.refused
    assert answer.answerer == "extractive"
    assert answer.citations[0].document_id == "seeds/003.md"
    assert answer.citations[0].highlight_text == "172个"


def test_what_is_not_there_is_refused(kb: KnowledgeBase) -> None:
    answer = kb.ask("2018年世界杯冠军是谁?")
    assert answer.refused
    assert answer.citations == ()


def test_search(kb: KnowledgeBase) -> None:
    passages = kb.search(QUESTION, k=3)
    assert [passage.rank for passage in passages] == [1, 2, 3]
    assert passages[0].document_id == "seeds/003.md"
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)


def test_k_and_where(kb: KnowledgeBase) -> None:
    assert len(kb.search("青岛", k=1)) == 1
    only = kb.search(QUESTION, k=50, where={"published": {"<": "2024"}})
    assert only
    assert {passage.document_id for passage in only} == {"seeds/002.md"}
    answer = kb.ask(QUESTION, where={"source": {"!=": "seeds/003.md"}}, k=4)
    assert all(citation.source != "seeds/003.md" for citation in answer.citations)
    assert len(answer.passages) <= 4
    assert kb.search(QUESTION, where={"source": "nowhere"}) == []
    assert kb.ask(QUESTION, where={"source": "nowhere"}).refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"question": ""}, "empty"),
        ({"question": "  \n"}, "empty"),
        ({"question": "问" * 100_000}, "100,000"),
        ({"question": "青岛", "k": 0}, "k is 0"),
        ({"question": "青岛", "k": -3}, "k is -3"),
        ({"question": "青岛", "where": {"colour": "red"}}, "'colour'"),
        ({"question": "青岛", "where": {"published": {"~": "2024"}}}, "'~'"),
        ({"question": "青岛", "where": "published>2024"}, "mapping"),
    ],
)
def test_what_cannot_be_asked(kb: KnowledgeBase, arguments: dict[str, Any], message: str) -> None:
    for ask in (kb.search, kb.ask, lambda **given: list(kb.stream(**given))):
        with pytest.raises(QueryError, match=message) as caught:
            ask(**arguments)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300


def test_an_unknown_answerer(kb: KnowledgeBase) -> None:
    with pytest.raises(QueryError, match="'extractive' or 'llm'"):
        kb.ask(QUESTION, answerer="oracle")


def test_stream_ends_with_the_answer(kb: KnowledgeBase) -> None:
    for question in QUESTIONS[:3]:
        *pieces, answer = kb.stream(question)
        assert isinstance(answer, Answer)
        assert "".join(str(piece) for piece in pieces) == answer.text


def test_a_stream_may_be_left(kb: KnowledgeBase) -> None:
    events = kb.stream(QUESTION)
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert kb.ask(QUESTION).citations


def test_several_questions_of_one_message_are_answered_each(kb: KnowledgeBase) -> None:
    message = f"{QUESTION}木星有几颗卫星?"
    answer = kb.ask(message)
    assert not answer.refused
    assert answer.question == message
    assert answer.query is None  # nothing had to be completed
    first, second = answer.text.split("\n")
    assert first.startswith(answer.citations[0].quote)
    assert answer.citations[0].highlight_text == "172个"
    assert second == "“木星有几颗卫星?”：资料中没有找到答案。"
    pieces = [piece for piece in kb.stream(message) if isinstance(piece, str)]
    assert "".join(pieces) == answer.text


def test_a_later_question_of_a_message_may_follow_up_the_one_before(kb: KnowledgeBase) -> None:
    both = kb.ask("新区有多少个智慧社区？那智慧小区呢？")
    assert both.query is not None
    assert both.query.split("\n")[1].startswith("新区有多少个智慧小区")
    alone = kb.ask("新区有多少个智慧小区?")
    assert alone.citations[0].quote in both.text.split("\n")[1]


def test_a_follow_up(kb: KnowledgeBase) -> None:
    answer = kb.ask("那西海岸新区呢?", history=[(QUESTION, kb.ask(QUESTION).text)])
    assert answer.question == "那西海岸新区呢?"
    assert answer.query is not None
    assert "西海岸新区" in answer.query
    assert "亿元以上项目" in answer.query
    check(kb, answer)


def test_documents(kb: KnowledgeBase) -> None:
    infos = list(kb.documents())
    assert [info.id for info in infos] == [f"seeds/00{n}.md" for n in range(5)]
    assert sum(info.passages for info in infos) > 20
    assert infos[3].published == "2024-01-04"
    document = kb.document("seeds/003.md")
    assert len(document.text) == infos[3].characters
    with pytest.raises(DocumentNotFoundError, match=r"'no\.md'"):
        kb.document("no.md")
    (late,) = kb.documents({"published": {">=": "2024-06"}})
    assert late.id == "seeds/001.md"


def test_many_threads_get_the_same_answers(kb: KnowledgeBase) -> None:
    expected = [(kb.ask(question).text, kb.ask(question).citations) for question in QUESTIONS[:3]]
    found: list[list[tuple[str, Any]]] = [[] for _ in range(8)]

    def ask(place: int) -> None:
        for question in QUESTIONS[:3]:
            answer = kb.ask(question)
            found[place].append((answer.text, answer.citations))

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers == expected for answers in found)


def test_the_original_names_do_not_matter(tmp_path: Path, root: Path) -> None:
    """The same answer, whatever the folder is called."""
    with KnowledgeBase.open(tmp_path / "i", settings=PLAIN) as kb:
        kb.add([Document(id="x", source="a/b", text=(root / "seeds/003.md").read_text("utf-8"))])
        assert kb.ask(QUESTION).citations[0].highlight_text == "172个"


def test_of_a_short_call_with_what_is_no_document_nothing_is_kept(tmp_path: Path) -> None:
    """As the docstring says: what had been committed stays, and such a call ends before a commit."""
    good = Document(id="x", source="s", text="猫吃鱼。")
    with KnowledgeBase.open(tmp_path / "i", settings=PLAIN, embedder=ToyEmbedder()) as kb:
        with pytest.raises(QueryError, match="not str"):
            kb.add([good, "bad"])  # type: ignore[list-item]
        assert list(kb.documents()) == []
        assert kb.add([good]).added == ("x",)


# ------------------------------------------------------------------ opening


def test_a_new_index_is_empty_and_can_be_asked(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a" / "b", settings=PLAIN) as kb:
        assert list(kb.documents()) == []
        assert kb.search("青岛") == []
        assert kb.ask("青岛有多少人?").refused
    with pytest.raises(IndexStoreError, match="closed"):
        kb.search("青岛")


def test_not_created_unless_wanted(tmp_path: Path) -> None:
    with pytest.raises(NotAnIndexError, match="rag index"):
        KnowledgeBase.open(tmp_path / "none", settings=PLAIN, create=False)
    assert not (tmp_path / "none").exists()


def test_read_only(tmp_path: Path) -> None:
    path = tmp_path / "i"
    with KnowledgeBase.open(path, settings=PLAIN, embedder=ToyEmbedder()) as kb:
        kb.add([Document(id="x", source="s", text="猫吃鱼。")])
    before = sorted((p, p.stat().st_mtime_ns) for p in path.rglob("*.sqlite"))
    with KnowledgeBase.open(path, settings=PLAIN, embedder=ToyEmbedder(), read_only=True) as kb:
        assert kb.search("猫", k=1)[0].document_id == "x"
        for change in (lambda: kb.add([]), lambda: kb.remove("x"), lambda: kb.index(path)):
            with pytest.raises(IndexReadOnlyError, match="read"):
                change()
    assert sorted((p, p.stat().st_mtime_ns) for p in path.rglob("*.sqlite")) == before


def test_query_settings_may_differ_from_those_of_the_build(tmp_path: Path) -> None:
    path = tmp_path / "i"
    embedder = ToyEmbedder()
    with KnowledgeBase.open(path, settings=PLAIN, embedder=embedder) as kb:
        kb.add([Document(id="x", source="s", text="猫吃鱼。")])
    for changes in ({"fusion": "dense"}, {"fusion": "lexical"}, {"fusion": "rrf"}, {"k": 1}):
        with KnowledgeBase.open(path, settings=PLAIN.replace(**changes), embedder=embedder) as kb:
            assert kb.search("猫吃鱼")[0].document_id == "x"


def test_search_is_re_ordered_by_the_bundled_reader(seeds_index: Path) -> None:
    question = "老百姓给改革出的点子收上来多少？"
    found = {}
    for reranker in ("", "bundled", "auto"):
        with KnowledgeBase.open(seeds_index, settings=Settings(reranker=reranker)) as kb:
            found[reranker] = kb.search(question, k=3)
            # However search is set, an answer's passages are in the order of their sentences.
            assert "800余条" in kb.ask(question, k=1).passages[0].text
    assert "800余条" not in found[""][0].text
    assert "800余条" in found["bundled"][0].text
    assert [passage.rank for passage in found["bundled"]] == [1, 2, 3]
    assert found["auto"] == found["bundled"]
    with KnowledgeBase.open(seeds_index, settings=Settings()) as kb:
        for k in (1, 8, 30):  # up to 33 are chosen from the same candidates
            assert kb.search(question, k=k)[:3] == found["auto"][:k]


class _NoPieces:
    """The bundled model as any other model is: it embeds texts and knows no pieces."""

    def __init__(self) -> None:
        bundled = load_embedder()
        self.name, self.dimension, self.max_tokens = bundled.name, bundled.dimension, None
        self.embed_queries, self.embed_passages = bundled.embed_queries, bundled.embed_passages


def test_search_reads_only_where_words_do_not_decide(
    seeds_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def noted(question: str, passages: Any, **_: Any) -> Any:
        read.append(question)
        return passages

    monkeypatch.setattr("rag.answering.reread", noted)
    worded, other = "市北区2023年新落地亿元以上项目多少个？", "老百姓给改革出的点子收上来多少？"
    changes: dict[str, Any]
    for changes, expected in (
        ({}, [other]),
        ({"reader": False}, []),
        ({"fusion": "dense"}, []),
        ({"fusion": "lexical"}, []),
        ({"reranker": ""}, []),
        ({"reranker": "bundled"}, [worded, other]),
        ({"reranker": "bundled", "reader": False, "fusion": "rrf"}, [worded, other]),
    ):
        with KnowledgeBase.open(seeds_index, settings=Settings(**changes)) as kb:
            for question in (worded, other):
                assert kb.search(question)
        assert read == expected, changes
        read.clear()
    with KnowledgeBase.open(seeds_index, settings=Settings(), embedder=_NoPieces()) as kb:
        assert kb.search(other)
        assert read == []
    with KnowledgeBase.open(seeds_index, settings=Settings()) as kb:
        assert kb.search(other, where={"source": "no such"}) == []
        assert read == []  # nothing to put in order
        assert kb._reader is None


def test_what_is_cited_stands_in_the_answers_passages(tmp_path: Path, seeds_index: Path) -> None:
    towns = [
        Document(id=name, source=name, text=f"{name}苹果产量是{n}万吨。{name}风景很好。")
        for n, name in enumerate(("河东镇", "河西镇", "河南镇"), 3)
    ]
    with KnowledgeBase.open(tmp_path / "towns", settings=Settings()) as kb:
        kb.add(towns)
        answers = [kb.ask("各镇苹果产量是多少?", k=k) for k in (1, 2, 8)]
    assert max(len(answer.citations) for answer in answers) > 1
    questions = [
        "拿到国家层面肯定、可供别处照搬的点子有几十项？",
        "老百姓给改革出的点子收上来多少？",
    ]
    with KnowledgeBase.open(seeds_index, settings=Settings()) as kb:
        answers += [kb.ask(question, k=1) for question in questions]
    for answer in answers:
        assert [passage.rank for passage in answer.passages] == [
            n for n, _ in enumerate(answer.passages, 1)
        ]
        for cited in answer.citations:
            assert any(
                passage.document_id == cited.document_id
                and passage.start <= cited.start < cited.end <= passage.end
                for passage in answer.passages
            )


def test_an_open_reader_sees_what_is_written(tmp_path: Path) -> None:
    path, embedder = tmp_path / "i", ToyEmbedder()
    with (
        KnowledgeBase.open(path, settings=PLAIN, embedder=embedder) as writer,
        KnowledgeBase.open(path, settings=PLAIN, embedder=embedder) as reader,
    ):
        before = reader.generation
        writer.add([Document(id="x", source="s", text="猫吃鱼。")])
        assert reader.generation > before
        assert reader.search("猫")[0].document_id == "x"
        writer.remove("x")
        assert reader.search("猫") == []


def test_snapshot_is_an_index(kb: KnowledgeBase, tmp_path: Path) -> None:
    kb.snapshot(tmp_path / "copy")
    with KnowledgeBase.open(tmp_path / "copy", settings=PLAIN) as copy:
        assert copy.ask(QUESTION).citations == kb.ask(QUESTION).citations
        assert not [finding for finding in copy.check() if finding.level == "fault"]


def test_a_reader_that_cannot_be_loaded_is_told_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.answering.reader.model import Reader

    tried = []

    def broken(*_arguments: object) -> Reader:
        tried.append(1)
        raise AnsweringError("the reader is torn")

    with KnowledgeBase.open(tmp_path / "index", settings=Settings()) as opened:
        opened.add([Document(id="a", source="a", text="码头长二百米。")])
        monkeypatch.setattr(Reader, "load", broken)
        for _ in range(2):
            with pytest.raises(AnsweringError, match="torn"):
                opened.ask("码头有多长？")
        assert len(tried) == 2
        with pytest.raises(QueryError, match="empty"):
            opened.ask(" ")
        with pytest.raises(QueryError, match="whole number"):
            opened.ask("码头有多长？", k=0)
        assert len(tried) == 2  # what cannot be asked loads no reader
        monkeypatch.undo()
        assert "二百米" in opened.ask("码头有多长？").text


@pytest.mark.parametrize(
    "history", [["ab"], [("a",)], [("a", None)], [{"question": "a"}], "ab", [(1, 2)]]
)
def test_a_history_that_is_none_is_told(kb: KnowledgeBase, history: Any) -> None:
    with pytest.raises(QueryError, match="history: each turn must be a pair"):
        kb.ask("它有多少?", history=history)


def test_a_readers_metadata_are_the_readers_own(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "index", settings=PLAIN, embedder=ToyEmbedder()) as kb:
        metadata = {"tags": ["x"], "deep": {"a": [1]}}
        kb.add([Document(id="a", source="a", text="猫吃鱼。", metadata=metadata)])
        mine: Any = kb.search("猫")[0].metadata
        mine["n"] = 1
        mine["tags"].append("y")
        mine["deep"]["a"].clear()
        assert kb.search("猫")[0].metadata == metadata


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_forked_while_another_thread_asks_answers(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "index", settings=PLAIN, embedder=ToyEmbedder()) as kb:
        kb.add([Document(id="a", source="a", text="猫吃鱼。")])
        fork = multiprocessing.get_context("fork")
        answers = fork.SimpleQueue()
        child = fork.Process(target=lambda: answers.put(kb.search("猫")[0].text))
        with kb._turn, kb._loading_reader, kb._store.view():  # as a thread that asks holds them
            child.start()
        child.join(20)
        if child.exitcode is None:
            child.kill()
        assert child.exitcode == 0
        assert answers.get() == "猫吃鱼。"


def test_documents_are_listed_and_removed_whatever_the_model(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with KnowledgeBase.open(path, settings=PLAIN, embedder=ToyEmbedder("no such model")) as kb:
        kb.add([Document(id=name, source=name, text=name) for name in "ab"])
    assert [info.id for info in list_documents(path)] == ["a", "b"]
    assert remove(path, "a") == ("a",)
    assert [info.id for info in list_documents(path)] == ["b"]


@pytest.mark.parametrize("dimension", [9, 12])
def test_an_index_embedded_anew_while_open_takes_no_vectors_of_the_old_model(
    tmp_path: Path, dimension: int
) -> None:
    """They used to be compared with, and stored beside, those of the new one without a word."""
    path, note = tmp_path / "index", tmp_path / "b.txt"
    note.write_text("狗看家。", encoding="utf-8")
    with KnowledgeBase.open(path, settings=PLAIN, embedder=ToyEmbedder()) as kb:
        kb.add([Document(id="a", source="a", text="猫吃鱼。")])
        assert len(kb.search("猫")) == 1
        new = ToyEmbedder("new", dimension)
        again(path, new, PLAIN)
        for refused in (
            lambda: kb.search("猫"),
            lambda: kb.ask("猫吃什么?"),
            lambda: kb.add([Document(id="b", source="b", text="狗看家。")]),
            lambda: kb.index(note),
        ):
            with pytest.raises(IndexModelMismatchError, match="'new'.*'toy'"):
                refused()
        assert [info.id for info in kb.documents()] == ["a"]
        assert kb.remove("a") == ("a",)  # needs no model
    with KnowledgeBase.open(path, settings=PLAIN, embedder=new) as kb:
        assert kb.index(note).added == (f"{tmp_path.name}/b.txt",)


def test_an_index_cut_anew_before_the_lock_is_held_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, embedder = tmp_path / "index", ToyEmbedder()
    with KnowledgeBase.open(path, settings=PLAIN, embedder=embedder) as kb:
        kb.add([Document(id="a", source="a", text="猫吃鱼。")])
        writer = kb._store.writer

        def late(**more: Any) -> Any:
            again(path, embedder, PLAIN.replace(chunk_tokens=64, chunk_overlap=8))
            return writer(**more)

        monkeypatch.setattr(kb._store, "writer", late)
        with pytest.raises(IndexChunkingMismatchError, match="chunk_tokens=64"):
            kb.add([Document(id="b", source="b", text="狗看家。")])
        assert [info.id for info in kb.documents()] == ["a"]


class Scripted(GenericFakeChatModel):
    """Says its messages in turn; ``before`` happens while it writes."""

    before: Any = None
    asked: int = 0

    def _generate(self, *given: Any, **more: Any) -> ChatResult:
        self.asked += 1
        if self.before is not None:
            self.before()
        return super()._generate(*given, **more)


def _says(*replies: str, before: Any = None) -> Scripted:
    return Scripted(messages=iter([AIMessage(reply) for reply in replies]), before=before)


RENT = "What is the monthly rent of house number 3?"
FILLER = "Filler sentence here. " * 20
HOUSE = Document(
    id="d3",
    source="s3.pdf",
    text=f"{FILLER}House number 3 has a monthly rent of 503 euros.",
    metadata={"pages": [0, len(FILLER)]},
)


@pytest.mark.parametrize("what", ["removed", "replaced"])
def test_a_document_that_changes_while_the_model_writes(tmp_path: Path, what: str) -> None:
    longer = replace(HOUSE, text=FILLER + HOUSE.text, metadata={"pages": [0, 100, 200, 300, 400]})
    with KnowledgeBase.open(tmp_path / "index", settings=PLAIN) as kb:
        kb.add([HOUSE])

        def change() -> None:
            if what == "removed":
                kb.remove("d3")
            else:
                kb.add([longer])

        kb._llm = _says("The monthly rent of house number 3 is 503 euros [1].", before=change)
        answer = kb.ask(RENT)
        assert answer.text == "The monthly rent of house number 3 is 503 euros. [1]"
        (citation,) = answer.citations
        assert citation.page == 2
        assert HOUSE.text[citation.start : citation.end] == citation.quote
        assert len(list(kb.documents())) == (0 if what == "removed" else 1)


@pytest.mark.parametrize(
    ("question", "message"), [("", "empty"), ("x" * 100_000, "100,000"), (None, "NoneType")]
)
def test_what_cannot_be_asked_cannot_be_a_follow_up(
    tmp_path: Path, question: Any, message: str
) -> None:
    model = _says(RENT, "The monthly rent of house number 3 is 503 euros [1].")
    with KnowledgeBase.open(tmp_path / "index", settings=PLAIN, llm=model) as kb:
        kb.add([HOUSE])
        with pytest.raises(QueryError, match=message):
            kb.ask(question, history=[(RENT, "503 euros")])
        assert model.asked == 0


def test_a_completed_question_that_is_too_long_gives_way_to_the_one_asked(tmp_path: Path) -> None:
    question = f"{'Please tell me. ' * 240}{RENT}"
    assert len(question) < 4000
    model = _says(f"{question}{' Please.' * 60}", "The monthly rent is 503 euros [1].")
    with KnowledgeBase.open(tmp_path / "index", settings=PLAIN, llm=model) as kb:
        kb.add([HOUSE])
        answer = kb.ask(question, history=[("Who lives there?", "……")], answerer="llm")
        assert (answer.question, answer.query or question) == (question, question)
        assert model.asked == 2


class Counts(Embeddings):
    """LangChain's embeddings: a text's vector is its length and its number of spaces."""

    model = "counts-1"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(len(text)), float(text.count(" ")), 1.0]


def test_langchains_embeddings_are_embedders(tmp_path: Path) -> None:
    for _ in range(2):  # made, and opened again
        with KnowledgeBase.open(tmp_path / "index", settings=PLAIN, embedder=Counts()) as kb:
            kb.add([HOUSE])
            assert kb.embedder.dimension == 3
            assert kb.search(RENT)[0].document_id == "d3"
    ours = LangChainEmbeddings(ToyEmbedder())
    with KnowledgeBase.open(tmp_path / "toy", settings=PLAIN, embedder=ours) as kb:
        assert kb.embedder is ours.embedder


def test_an_embedder_given_as_an_object_is_told_what_it_can_do(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with KnowledgeBase.open(path, settings=PLAIN, embedder=ToyEmbedder("one")) as kb:
        kb.add([HOUSE])
    for other, what in (
        (ToyEmbedder("two"), "'one', but the embedder given is 'two'"),
        (ToyEmbedder("one", 12), "'one with 9 dimensions', but .* 'one with 12 dimensions'"),
        (Counts(), "'one', but the embedder given is 'Counts:counts-1'"),
    ):
        with pytest.raises(IndexModelMismatchError, match=rf"{what}.*reembed\('.*', embedder="):
            KnowledgeBase.open(path, settings=PLAIN, embedder=other)
    with pytest.raises(IndexModelMismatchError, match="with the embedder that it was made with"):
        KnowledgeBase.open(path, settings=PLAIN)
    assert len(reembed(path, settings=PLAIN, embedder=Counts()).updated) == 1
    with KnowledgeBase.open(path, settings=PLAIN, embedder=Counts()) as kb:
        assert kb.search(RENT)[0].document_id == "d3"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"settings": {"k": 3}}, r"settings: give Settings\(k=3\), say, not {'k': 3}"),
        ({"llm": "openai:gpt-5"}, r"not 'openai:gpt-5'.*Settings\(llm="),
        ({"embedder": "bundled"}, r"embedder: str has no name.*Settings\(model="),
    ],
)
def test_what_cannot_be_opened_with(
    tmp_path: Path, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        KnowledgeBase.open(tmp_path / "index", **arguments)
    assert not (tmp_path / "index").exists()


def test_paths_and_names_may_come_in_lists(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("a", "b", "c"):
        (docs / f"{name}.txt").write_text(f"{name}: 猫吃鱼。", encoding="utf-8")
    with KnowledgeBase.open(tmp_path / "index", settings=PLAIN, embedder=ToyEmbedder()) as kb:
        report = kb.index(sorted(docs.iterdir()))
        assert report.added == ("docs/a.txt", "docs/b.txt", "docs/c.txt")
        assert kb.remove(["docs/a.txt"], Path("docs/b.txt")) == ("docs/a.txt", "docs/b.txt")
        for nothing in ((), ([],)):
            with pytest.raises(QueryError, match="Nothing to index"):
                kb.index(*nothing)
        with pytest.raises(QueryError, match="None is no path and no name"):
            kb.index(None)  # type: ignore[arg-type]
        with pytest.raises(QueryError, match="3 is no path and no name"):
            kb.remove([3])  # type: ignore[list-item]


def test_numpys_integers_are_integers(kb: KnowledgeBase) -> None:
    assert len(kb.search(QUESTION, k=np.int64(2))) == 2  # type: ignore[arg-type]
    many = np.uint8(250)  # of which thrice as many overflow
    assert kb.search(QUESTION, k=many) == kb.search(QUESTION, k=250)  # type: ignore[arg-type]


def test_records_may_be_members_of_sets(kb: KnowledgeBase) -> None:
    one, other = kb.ask(QUESTION), kb.ask(QUESTION)
    assert set(one.passages) == set(other.passages)
    assert len({one, one}) == 1
    assert len(set(kb.documents())) == 5
    assert str(one) == one.text


def test_a_model_that_reads_less_than_a_passage_is_noted(tmp_path: Path) -> None:
    embedder = ToyEmbedder("short")
    embedder.max_tokens = 128  # type: ignore[assignment]
    path = tmp_path / "index"
    with KnowledgeBase.open(path, settings=PLAIN, embedder=embedder) as kb:
        (note,) = kb.add([HOUSE]).notes
        assert "short reads 128 tokens" in note
        assert "passages of up to 256" in note
        assert kb.add([HOUSE]).notes == ()  # nothing new
    short = PLAIN.replace(chunk_tokens=128)
    assert reembed(path, settings=short, embedder=embedder).notes == ()
