"""Articles to measure with: real ones from a folder or JSON Lines, or made ones.

Made articles string together clauses of seeds/ with other figures, so that their terms and lengths are
like those of news; they measure speed, never quality.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "seeds"


def made_articles(count: int, *, characters: int = 690, seed: int = 0) -> Iterator[str]:
    """Made articles of about so many characters."""
    chance = random.Random(seed)
    clauses = [
        clause
        for path in sorted(SEEDS.glob("*.md"))
        for clause in re.findall(r"[^。！？；，\n]{4,}[。！？；，]", path.read_text("utf-8"))
    ]
    letters = sorted(set("".join(clauses)))
    for number in range(count):
        text = f"第{number}篇\n\n"
        while len(text) < characters * chance.uniform(0.3, 1.7):
            clause = chance.choice(clauses)
            # New figures and a few new words, so that the number of terms grows with the corpus.
            clause = re.sub(r"\d+", lambda _: str(chance.randrange(10_000)), clause)
            at = chance.randrange(len(clause))
            text += clause[:at] + "".join(chance.choices(letters, k=2)) + clause[at:]
            if chance.random() < 0.05:
                text += "\n\n"
        yield text


def real_articles(path: Path, count: int) -> Iterator[str]:
    """The ``text`` (or ``t``) of the first rows of a JSON Lines file, plain or under zstd."""
    if path.suffix == ".zst":
        import io

        import zstandard

        with path.open("rb") as raw:
            stream = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8")
            for _, line in zip(range(count), stream, strict=False):
                row = json.loads(line)
                yield row.get("text") or row["t"]
        return
    with path.open(encoding="utf-8") as file:
        for _, line in zip(range(count), file, strict=False):
            row = json.loads(line)
            yield row.get("text") or row["t"]


def write_articles(folder: Path, count: int, source: Path | None) -> Path:
    """A folder of ``count`` text files, made once; a thousand files to a subfolder."""
    target = folder / f"articles-{'real' if source else 'made'}-{count}"
    if not target.exists():
        partial = target.with_suffix(".part")
        articles = real_articles(source, count) if source else made_articles(count)
        for number, text in enumerate(articles):
            path = partial / f"{number // 1000:03d}" / f"{number:06d}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        partial.rename(target)
    return target


def questions(folder: Path, count: int = 100) -> list[str]:
    """Short questions: a clause of each of some articles."""
    chance = random.Random(1)
    paths = sorted(folder.rglob("*.txt"))
    found: list[str] = []
    while len(found) < count:
        clauses = re.findall(r"[^。！？；，\s]{8,30}", chance.choice(paths).read_text("utf-8"))
        if clauses:
            found.append(chance.choice(clauses) + "？")
    return found
