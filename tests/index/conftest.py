"""Tiny real documents and vectors that a person can follow."""

import hashlib

import numpy as np
import pytest

from rag.index import open_store
from rag.records import Chunk, Document

DIMENSION = 16


def vector_of(text: str) -> np.ndarray:
    """A unit vector made of the text's hash: equal texts, equal vectors; others nearly orthogonal."""
    seed = int.from_bytes(
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "little"
    )
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def make_document(
    name: str, sentences: list[str], **fields
) -> tuple[Document, list[Chunk], np.ndarray]:
    """A document with one chunk a sentence."""
    text = "\n".join(sentences)
    document = Document(id=name, source=f"{name}.txt", text=text, **fields)
    chunks, start = [], 0
    for sentence in sentences:
        chunks.append(
            Chunk(document_id=name, start=start, end=start + len(sentence), text=sentence, tokens=3)
        )
        start += len(sentence) + 1
    vectors = np.stack([vector_of(s) for s in sentences]) if sentences else np.zeros((0, DIMENSION))
    return document, chunks, vectors.astype(np.float32)


SAMPLES = {
    "river": ["钱塘江大桥建于1937年。", "大桥全长1453米，由茅以升主持设计。"],
    "tea": ["龙井茶产于杭州西湖周边。", "Green tea is picked before the rains of April."],
    "rail": ["The station opened in 1909.", "沪杭铁路連接上海與杭州。", "เชียงใหม่อยู่ทางเหนือ"],
}


def fill(writer) -> None:
    """Put the three sample documents."""
    for year, (name, sentences) in enumerate(SAMPLES.items(), 2021):
        writer.put(
            *make_document(
                name,
                sentences,
                title=name.title(),
                published=f"{year}-05-01",
                metadata={
                    "publisher": "A" if name == "tea" else "B",
                    "tags": ["x", name],
                    "n": year,
                },
            ),
            content_hash=f"hash of {name}",
        )


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "index", model="toy", dimension=DIMENSION) as opened:
        yield opened


@pytest.fixture
def filled(store):
    with store.writer() as writer:
        fill(writer)
    return store
