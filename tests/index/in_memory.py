"""The store protocols in plain dictionaries: proof that retrieval needs no more than the seam says."""

import contextlib
import copy
import math
import threading
from collections import Counter

import numpy as np

from rag.embedding.protocol import SentencePieces
from rag.errors import DocumentNotFoundError, IndexLockedError, QueryError
from rag.index.filters import matches
from rag.index.store import Finding, Hits, StoredChunk
from rag.index.terms import terms
from rag.records import DocumentInfo


class State:
    def __init__(self):
        self.documents = {}  # id -> (document, chunks, vectors, hash, first chunk id)
        self.sources = {}
        self.following = 1
        self.generation = 0


class MemoryStore:
    def __init__(self, dimension):
        self.dimension = dimension
        self._state = State()
        self._lock = threading.Lock()

    @property
    def generation(self):
        return self._state.generation

    @contextlib.contextmanager
    def view(self):
        yield MemoryView(self._state)

    @contextlib.contextmanager
    def writer(self, *, fits=None):
        if not self._lock.acquire(blocking=False):
            raise IndexLockedError("memory", None)
        try:
            if fits is not None:
                fits({})
            writer = MemoryWriter(self)
            yield writer
            writer.commit()
        finally:
            self._lock.release()

    def check(self):
        return [Finding(level="ok", subject="catalog", message="in memory")]

    def snapshot(self, path):
        raise NotImplementedError(path)

    def close(self):
        self._state = State()


class MemoryWriter:
    def __init__(self, store):
        self._store = store
        self._state = copy.copy(store._state)
        self._state.documents = dict(self._state.documents)
        self._state.sources = dict(self._state.sources)
        self._changed = False
        self._vectors = {}

    def content_hash(self, document_id):
        found = self._state.documents.get(document_id)
        return found[3] if found else None

    def source(self, name):
        return self._state.sources.get(name)

    def sources(self):
        return iter(self._state.sources.values())

    def cached_vectors(self, keys):
        return [self._vectors.get(key) for key in keys]

    def put(self, document, chunks, vectors, *, content_hash="", keys=None, sentences=None):
        half = np.asarray(vectors, np.float16).astype(np.float32)
        self._state.documents.pop(document.id, None)
        self._state.documents[document.id] = (
            document, list(chunks), half, content_hash, self._state.following,
        )  # fmt: skip
        self._state.following += max(1, len(chunks))
        self._vectors.update(zip(keys or (), half, strict=False))
        self._changed = True

    def remove(self, document_id):
        self._changed = True
        return self._state.documents.pop(document_id, None) is not None

    def put_source(self, source):
        self._state.sources[source.name] = source
        self._changed = True

    def remove_source(self, name):
        self._state.sources.pop(name, None)
        self._changed = True

    def commit(self):
        if self._changed:
            self._state.generation += 1
            self._store._state = copy.copy(self._state)
            self._state.documents = dict(self._state.documents)
            self._state.sources = dict(self._state.sources)
            self._changed = False
        return self._store.generation


class MemoryView:
    def __init__(self, state):
        self._state = state
        self._chunks, self._vectors = {}, {}
        for document, chunks, vectors, _, first in state.documents.values():
            for position, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True)):
                self._vectors[first + position] = vector
                self._chunks[first + position] = StoredChunk(
                    id=first + position,
                    document_id=document.id,
                    source=document.source,
                    title=document.title,
                    published=document.published,
                    start=chunk.start,
                    end=chunk.end,
                    text=chunk.text,
                    heading=chunk.heading,
                    position=position,
                    metadata=document.metadata,
                )
        self._terms = {
            i: Counter(
                terms(
                    "\n".join(
                        part
                        for part in (
                            c.title,
                            c.published and f"{c.published[:4]}年",
                            c.heading,
                            c.text,
                        )
                        if part
                    )
                )
            )
            for i, c in self._chunks.items()
        }

    @property
    def generation(self):
        return self._state.generation

    @property
    def passages(self):
        return len(self._chunks)

    def _passing(self, where):
        infos = list(self.documents())
        fields = {key for info in infos for key in info.metadata}
        passing = {
            info.id
            for info in infos
            if not where or matches(where, {**dict.fromkeys(fields), **_flat(info)})
        }
        return [i for i, chunk in self._chunks.items() if chunk.document_id in passing]

    @staticmethod
    def _best(ids, scores, k):
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise QueryError(f"k={k!r}")
        ids, scores = np.array(ids, np.int64), np.array(scores, np.float32)
        order = np.lexsort((ids, -scores))[:k]
        return Hits(ids[order], scores[order])

    def dense_search(self, vector, k, where=None):
        ids = self._passing(where)
        return self._best(ids, self.dense_scores(vector, ids), k)

    def lexical_search(self, query, k, where=None):
        ids = self._passing(where)
        hits = self._best(ids, self.lexical_scores(query, ids), k)
        return Hits(hits.ids[hits.scores > 0], hits.scores[hits.scores > 0])

    def dense_scores(self, vector, ids):
        return np.array([self._vectors[int(i)] @ vector for i in ids], np.float32)

    def lexical_scores(self, query, ids):
        asked = Counter(terms(query))
        weights = dict(zip(asked, self.idf(list(asked)), strict=True))
        mean = sum(map(Counter.total, self._terms.values())) / max(1, len(self._terms))

        def score(counts):
            norm = 1.2 * (0.25 + 0.75 * counts.total() / mean)
            return sum(
                weights[term] * n * 2.2 * counts[term] / (counts[term] + norm)
                for term, n in asked.items()
                if counts[term]
            )

        return np.array([score(self._terms[int(i)]) for i in ids], np.float32)

    def coverage(self, query, ids):
        asked = sorted(set(terms(query)))
        weights = self.idf(asked)
        held = [[term in self._terms[int(i)] for term in asked] for i in ids]
        return np.array(held, np.float32).reshape(-1, len(asked)) @ weights / weights.sum()

    def idf(self, asked):
        counts = [sum(term in found for found in self._terms.values()) for term in asked]
        n = len(self._terms)
        return np.array([math.log1p((n - df + 0.5) / (df + 0.5)) for df in counts], np.float32)

    def chunks(self, ids):
        return [self._chunks[int(i)] for i in ids]

    def vectors(self, ids):
        return np.stack([self._vectors[int(i)] for i in ids])

    def sentences(self, ids):
        return SentencePieces.joined([]), np.empty(0, np.int64)

    def documents(self, where=None):
        for document, chunks, _, _, _ in self._state.documents.values():
            info = DocumentInfo(
                id=document.id,
                source=document.source,
                title=document.title,
                published=document.published,
                language=document.language,
                characters=len(document.text),
                passages=len(chunks),
                indexed="",
                metadata=document.metadata,
            )
            if not where or matches(where, _flat(info)):
                yield info

    def document(self, document_id):
        if document_id not in self._state.documents:
            raise DocumentNotFoundError(document_id)
        return self._state.documents[document_id][0]

    def document_chunks(self, document_id):
        document = self.document(document_id)
        return [chunk for chunk in self._chunks.values() if chunk.document_id == document.id]

    def sources(self):
        return iter(sorted(self._state.sources.values(), key=lambda source: source.name))


def _flat(info):
    fields = ("id", "source", "title", "published", "language", "characters", "passages", "indexed")
    return {**info.metadata, **{name: getattr(info, name) for name in fields}}
