"""Which candidates a reader in training is shown as hard ones."""

from __future__ import annotations

import random
from collections.abc import Sequence

from rag.answering.reader.model import ReaderInput, ReaderScore
from rag.training.reader_data import Candidate
from rag.training.reader_mining import mistaken


class ByNumber:
    """Takes the candidate with the largest number for the answer."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def score(
        self, question: str, candidates: Sequence[ReaderInput], *, adapted: bool = False
    ) -> list[ReaderScore]:
        assert question == "几号？"
        self.seen = [given.text for given in candidates]
        return [ReaderScore(float(text.strip("号楼")), 0.5, None, 0.0) for text in self.seen]


def numbered(numbers: Sequence[int], sign: str) -> list[Candidate]:
    return [Candidate(f"{number}{sign}") for number in numbers]


def test_the_two_put_first_are_kept_and_one_of_the_next_three() -> None:
    own, elsewhere = numbered(range(9), "号"), numbered([20, 3], "楼")
    third = set()
    for seed in range(40):
        kept = mistaken(ByNumber(), "几号？", own, elsewhere, random.Random(seed))
        assert [one.text for one in kept[:2]] == ["20楼", "8号"]
        third.add(kept[2].text)
        assert len(kept) == 3
    assert third == {"7号", "6号", "5号"}


def test_twelve_of_its_own_and_four_of_the_nearest_eight_are_looked_at() -> None:
    reader = ByNumber()
    own, elsewhere = numbered(range(40), "号"), numbered(range(40), "楼")
    mistaken(reader, "几号？", own, elsewhere, random.Random(0))
    assert sum("号" in text for text in reader.seen) == 12
    others = [int(text.strip("楼")) for text in reader.seen if "楼" in text]
    assert len(others) == 4
    assert max(others) < 8


def test_few_candidates_are_all_kept() -> None:
    reader = ByNumber()
    assert mistaken(reader, "几号？", numbered([4], "号"), [], random.Random(0)) == [
        Candidate("4号")
    ]
