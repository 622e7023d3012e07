"""Lexical and dense search against what a few lines of arithmetic say."""

import contextlib
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from rag.index import catalog, dense, generation, lexical, open_store, segments, writing
from rag.index.arrays import checksum
from rag.index.dense import VectorRows, write_dense
from rag.index.lexical import COUNT_BITS
from rag.index.scan import dead_among, holds
from rag.index.segments import plan_growth, plan_tidy
from rag.index.terms import terms
from tests.index.conftest import DIMENSION, make_document, vector_of

WORDS = "江 大桥 建成 于 茶 杭州 车站 the station rail 1909 ไทย 年 龙井 北 east шоссе".split()


def corpus(count, seed=0):
    """Name to sentences of common and rare words."""
    random = np.random.default_rng(seed)
    weight = 1 / np.arange(1, len(WORDS) + 1)
    return {
        f"d{number}": [
            " ".join(random.choice(WORDS, random.integers(1, 12), p=weight / weight.sum()))
            + (f" 第{number}号" if number % 7 == 0 else "")
            for _ in range(random.integers(1, 4))
        ]
        for number in range(count)
    }


def bm25(texts, query, k1=1.2, b=0.75):
    """Score of each text: the formula, term by term."""
    counts = [Counter(terms(text)) for text in texts]
    mean = sum(map(Counter.total, counts)) / len(counts)
    scores = np.zeros(len(texts))
    for term, weight in Counter(terms(query)).items():
        df = sum(term in count for count in counts)
        idf = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
        for place, count in enumerate(counts):
            f = min(count[term], 15)
            norm = k1 * (1 - b + b * count.total() / mean)
            scores[place] += weight * idf * f * (k1 + 1) / (f + norm) if f else 0
    return scores


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A store with a history of many commits, replacements and removals, and what it should hold."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexical, "_RANGE_POSTINGS", 300)  # merges in several ranges of keys
        yield from _built(tmp_path_factory)


def _built(tmp_path_factory):
    held = corpus(160)
    store = open_store(tmp_path_factory.mktemp("built") / "index", model="toy", dimension=DIMENSION)
    with store.writer() as writer:
        for number, (name, sentences) in enumerate(held.items()):
            writer.put(*make_document(name, sentences))
            if number % 9 == 0:
                writer.commit()
    newer = corpus(40, seed=1)
    with store.writer() as writer:
        for name, sentences in newer.items():
            writer.put(*make_document(name, sentences))
    held |= newer
    with store.writer() as writer:
        for number in range(100, 120):
            writer.remove(f"d{number}")
            held.pop(f"d{number}")
    yield store, held
    store.close()


QUERIES = [
    "江",
    "杭州 车站 1909",
    "the station шоссе",
    "第7号 大桥 江",
    "ไทย 年 年 龙井",
    "不在其中 zebra",
]


@pytest.mark.parametrize("k", [1, 5, 40, 1000])
@pytest.mark.parametrize("query", QUERIES)
def test_lexical_search_equals_the_formula(built, query, k):
    store, held = built
    with store.view() as view:
        chunks = [chunk for name in held for chunk in view.document_chunks(name)]
        wanted = bm25([chunk.text for chunk in chunks], query)
        hits = view.lexical_search(query, k)
        best = np.sort(wanted[wanted > 0])[::-1][:k]
        assert hits.scores == pytest.approx(best, rel=1e-4)
        by_id = {chunk.id: score for chunk, score in zip(chunks, wanted, strict=True)}
        assert [by_id[i] for i in hits.ids.tolist()] == pytest.approx(hits.scores, rel=1e-4)
        ids = [chunk.id for chunk in chunks]
        assert view.lexical_scores(query, ids) == pytest.approx(wanted, rel=1e-4)


def test_idf_is_the_formula(built):
    store, held = built
    texts = [sentence for sentences in held.values() for sentence in sentences]
    df = sum("江" in terms(text) for text in texts)
    wanted = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
    with store.view() as view:
        assert view.idf(["江", "no such"])[0] == pytest.approx(wanted, rel=1e-5)
        assert view.idf(["no such"])[0] == pytest.approx(math.log(1 + (len(texts) + 0.5) / 0.5))


@pytest.mark.parametrize("route", ["numpy", "faiss", "coarse"])
def test_each_dense_route_equals_exact_search(built, monkeypatch, tmp_path, route):
    store, held = built
    if route != "numpy":
        monkeypatch.setattr(generation, "NUMPY_UP_TO", 0)
    if route == "coarse":
        from rag.index import writing

        for module in (generation, writing):
            monkeypatch.setattr(module, "COARSE_FROM", 1)
        monkeypatch.setattr(writing, "COARSE_SEGMENT_FROM", 50)
        with store.writer() as writer:
            writer.put(*make_document("coarse", ["粗"]))
            writer.commit()
            writer.remove("coarse")
        assert list(store.path.glob(f"segments/*/{dense.COARSE_FILE}"))
    with open_store(store.path) as opened, opened.view() as view:
        chunks = [chunk for name in held for chunk in view.document_chunks(name)]
        ids = np.array([chunk.id for chunk in chunks])
        matrix = np.stack([vector_of(chunk.text) for chunk in chunks])
        for query in QUERIES:
            exact = matrix @ vector_of(query)
            hits = view.dense_search(vector_of(query), 10)
            assert hits.scores == pytest.approx(np.sort(exact)[::-1][:10], abs=2e-3)
            where = {"source": {"prefix": "d1"}}
            inside = np.array([chunk.source.startswith("d1") for chunk in chunks])
            hits = view.dense_search(vector_of(query), 10, where)
            assert hits.scores == pytest.approx(np.sort(exact[inside])[::-1][:10], abs=2e-3)
            assert set(hits.ids.tolist()) <= set(ids[inside].tolist())
            assert view.dense_search(vector_of(query), 10_000).ids.size == len(chunks)


def test_a_history_leaves_few_segments_and_no_strangers(built):
    store, _ = built
    findings = store.check()
    assert "fault" not in [finding.level for finding in findings]
    rows = [len(part.segment) for part in store._memory.generation.parts]
    assert len(rows) <= 4
    assert len(list((store.path / "segments").iterdir())) == len(rows)


@pytest.mark.parametrize(
    ("rows", "plan"),
    [
        ([], None),
        ([8192] * 7, None),
        ([8192] * 8, (0, 8)),
        ([65536, *[8192] * 8], (1, 9)),
        ([65536] * 8, (0, 8)),
        ([500_000, *[1] * 8], (1, 9)),
    ],
)
def test_growth_merges_eight_neighbours_of_a_size(rows, plan):
    assert plan_growth(rows) == plan


@pytest.mark.parametrize(
    ("rows", "dead", "plan"),
    [
        ([], [], None),
        ([100_000, 1_000], [0, 0], None),
        ([100_000, 1_000, 1_000], [0, 0, 0], (1, 3)),
        ([100, 30], [0, 0], (0, 2)),
        ([100_000, 1_000], [30_000, 0], (0, 1)),
        ([100_000, 20_000, 6_000], [0, 0, 0], (0, 3)),
        ([10], [10], (0, 1)),
    ],
)
def test_tidying_leaves_sizes_that_fall_by_four(rows, dead, plan):
    assert plan_tidy(rows, dead) == plan


def test_the_dense_file_is_one_that_faiss_writes(tmp_path):
    import faiss

    rows = np.stack([vector_of(str(i)) for i in range(30)]).astype(np.float16)
    assert write_dense(tmp_path / dense.DENSE_FILE, [rows[:7], rows[7:]], DIMENSION) == 30
    index = faiss.read_index(str(tmp_path / dense.DENSE_FILE))
    assert index.ntotal == 30
    assert index.reconstruct_n(0, 30) == pytest.approx(rows.astype(np.float32))
    faiss.write_index(index, str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == (tmp_path / dense.DENSE_FILE).read_bytes()
    opened = VectorRows(tmp_path, 30, DIMENSION)
    assert opened.take(np.array([29, 0])) == pytest.approx(rows[[29, 0]].astype(np.float32))


def test_the_kind_follows_the_size():
    kinds = [dense.describe_kind(rows).split(":")[0] for rows in (0, 2_048, 2_049, 16_384)]
    assert "numpy" in kinds[0]
    assert kinds[0] == kinds[1]
    assert "SQfp16" in kinds[2]
    assert "PQ fast-scan" in kinds[3]


def test_many_threads_get_the_same_answers(built):
    import threading

    store, _ = built
    with store.view() as view:
        wanted = [
            (
                view.lexical_search(q, 9).ids.tolist(),
                view.dense_search(vector_of(q), 9).ids.tolist(),
            )
            for q in QUERIES
        ]
    wrong = []

    def ask():
        for _ in range(5):
            with store.view() as view:
                for query, (lexical, dense_ids) in zip(QUERIES, wanted, strict=True):
                    if view.lexical_search(query, 9).ids.tolist() != lexical:
                        wrong.append(query)
                    if view.dense_search(vector_of(query), 9).ids.tolist() != dense_ids:
                        wrong.append(query)
                    view.chunks(lexical)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_rebuilt_index_equals_the_one_that_grew(built, tmp_path):
    import shutil

    store, _ = built
    store.snapshot(str(tmp_path / "copy"))
    shutil.rmtree(tmp_path / "copy" / segments.SEGMENTS_FOLDER)
    with open_store(tmp_path / "copy") as copy, copy.view() as one, store.view() as other:
        for query in QUERIES:
            a, b = one.lexical_search(query, 50), other.lexical_search(query, 50)
            assert a.ids.tolist() == b.ids.tolist()
            assert a.scores == pytest.approx(b.scores, rel=1e-6)


def test_another_index_takes_the_place_while_a_reader_is_open(built, tmp_path):
    from rag.index.checking import replace_catalog
    from rag.index.lock import WriteLock

    store, _ = built
    store.snapshot(str(tmp_path / "index"))
    with open_store(tmp_path / "index") as reader:
        with open_store(tmp_path / "index" / "fresh", model="new", dimension=8) as fresh:
            document, chunks, _ = make_document("only", ["只有这一句"])
            with fresh.writer() as writer:
                writer.put(document, chunks, np.eye(8, dtype=np.float32)[:1])
        with WriteLock(tmp_path / "index" / "write.lock", folder=tmp_path / "index"):
            replace_catalog(tmp_path / "index", tmp_path / "index" / "fresh")
        with reader.view() as view:
            assert [info.id for info in view.documents()] == ["only"]
            assert len(view.lexical_search("这一句", 3).ids) == 1
        assert (reader.model, reader.dimension) == ("new", 8)
        assert "fault" not in [finding.level for finding in reader.check()]
    assert not (tmp_path / "index" / "fresh").exists()


def test_many_terms_are_looked_up_in_a_few_rows_at_once():
    chance = np.random.default_rng(3)
    lists = [np.sort(chance.choice(500, size, replace=False)) for size in (1, 2, 3, 64, 127, 500)]
    packed = np.concatenate([rows.astype(np.uint32) << 4 | np.uint32(3) for rows in lists])
    ends = np.cumsum([len(rows) for rows in lists])
    starts = ends - [len(rows) for rows in lists]
    asked = np.array([0, 7, 250, 499])
    found = holds(packed, starts, ends, asked)
    assert found.tolist() == [[row in rows for row in asked] for rows in lists]
    assert holds(packed, starts[:0], ends[:0], asked).shape == (0, 4)


def test_dead_rows_among_postings_are_counted_alike_however_many_there_are() -> None:
    chance = np.random.default_rng(4)
    rows = np.sort(chance.choice(5000, 900, replace=False))
    packed = (rows.astype(np.uint32) << np.uint32(COUNT_BITS)) | np.uint32(3)
    for count in (1, 40, 112, 113, 2000, 5000):  # 900 postings: a search below 113 dead rows
        dead = np.sort(chance.choice(5000, count, replace=False))
        alive = np.ones(5000, np.bool_)
        alive[dead] = False
        assert dead_among(packed, dead, alive) == len(set(rows) & set(dead))
    assert dead_among(packed[:0], dead, alive) == 0


def test_a_coarse_index_for_which_the_disk_has_no_room_is_told(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    rows = np.stack([vector_of(str(i)) for i in range(40)]).astype(np.float16)
    write_dense(tmp_path / dense.DENSE_FILE, [rows], DIMENSION)
    with pytest.raises(OSError, match="No space left"):
        dense.write_coarse(Path("/dev/full"), VectorRows(tmp_path, 40, DIMENSION))


@pytest.fixture
def coarse(tmp_path, monkeypatch):
    """A store whose one segment has a coarse index, although it is small."""
    for module in (dense, generation, writing):
        if hasattr(module, "COARSE_FROM"):
            monkeypatch.setattr(module, "COARSE_FROM", 1)
    monkeypatch.setattr(writing, "COARSE_SEGMENT_FROM", 50)
    monkeypatch.setattr(generation, "NUMPY_UP_TO", 1)
    with open_store(tmp_path / "index", model="toy", dimension=DIMENSION) as store:
        with store.writer() as writer:
            for name, sentences in corpus(60).items():
                writer.put(*make_document(name, sentences))
        yield store


def test_a_coarse_index_that_is_not_noted_is_not_used(coarse):
    """A writer died between its making and the commit that notes it."""
    with contextlib.closing(catalog.connect(coarse.path, read_only=False)) as connection:
        (row,) = segments.read_rows(connection)
        assert dense.COARSE_FILE in row.sizes()
        files = {name: noted for name, noted in row.sizes().items() if name != dense.COARSE_FILE}
        connection.execute("UPDATE segments SET files = ?", (json.dumps(files),))
    (row.folder(coarse.path) / dense.COARSE_FILE).write_bytes(b"half of it")
    with open_store(coarse.path) as store, store.view() as view:
        sentence = corpus(60)["d7"][0]
        found = view.chunks(view.dense_search(vector_of(sentence), 1).ids)
        assert found[0].text == sentence


def test_a_coarse_index_that_was_noted_torn_is_made_anew(coarse):
    with contextlib.closing(catalog.connect(coarse.path, read_only=False)) as connection:
        (row,) = segments.read_rows(connection)
        path = row.folder(coarse.path) / dense.COARSE_FILE
        path.write_bytes(path.read_bytes()[:-40])
        files = dict(row.sizes()) | {path.name: (path.stat().st_size, checksum(path))}
        connection.execute("UPDATE segments SET files = ?", (json.dumps(files),))
    with open_store(coarse.path) as store, store.view() as view:
        sentence = corpus(60)["d7"][0]
        assert view.chunks(view.dense_search(vector_of(sentence), 1).ids)[0].text == sentence
