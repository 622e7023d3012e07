"""Iterators that run ahead in threads."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from rag.indexing.lanes import ahead, in_order


class Doubling:
    """A lane that doubles numbers, and notes which of them and whether it was stopped."""

    def __init__(self, *, slow: float = 0.0, fails_at: int | None = None) -> None:
        self.taken: list[int] = []
        self.stops = 0
        self._slow = slow
        self._fails_at = fails_at

    def work(self, item: int) -> int:
        self.taken.append(item)
        if item == self._fails_at:
            raise ValueError(f"cannot double {item}")
        time.sleep(self._slow)
        return 2 * item

    def stop(self) -> None:
        self.stops += 1


def test_ahead_gives_all_items_and_then_what_the_source_raised() -> None:
    def source() -> Iterator[int]:
        yield from range(5)
        raise KeyError("gone")

    found: list[int] = []
    with pytest.raises(KeyError, match="gone"):
        found.extend(ahead(source()))
    assert found == [0, 1, 2, 3, 4]


def test_ahead_stops_its_thread_when_it_is_left() -> None:
    count = itertools.count()
    stream = ahead(count, depth=2)
    assert next(stream) == 0
    stream.close()
    reached = next(count)
    time.sleep(0.05)
    assert next(count) == reached + 1, "nobody else takes from it any more"


def test_results_come_in_the_order_of_the_items_and_both_lanes_work() -> None:
    both = threading.Barrier(2)

    class Meeting(Doubling):
        def work(self, item: int) -> int:
            if not self.taken:
                both.wait(60)  # both lanes have an item at the same time
            return super().work(item)

    lanes = [Meeting(), Meeting()]
    found = list(in_order(iter(range(60)), [lambda: lanes[0], lambda: lanes[1]]))
    assert found == [(n, 2 * n) for n in range(60)]
    assert sorted(lanes[0].taken + lanes[1].taken) == list(range(60))
    assert lanes[0].taken
    assert lanes[1].taken
    assert lanes[0].stops >= 1 <= lanes[1].stops


def test_the_first_lane_begins_alone_and_the_others_are_not_made_for_little() -> None:
    made: list[str] = []
    two = threading.Event()

    class Waiting(Doubling):
        def work(self, item: int) -> int:
            if item == 7:
                assert two.wait(60), "the other lane has been made by now"
            return super().work(item)

    def own() -> Doubling:
        made.append("own")
        return Waiting()

    def other() -> Doubling:
        made.append("other")
        two.set()
        return Doubling()

    few = in_order(iter(range(3)), [own, other], alone=4)
    assert [result for _, result in few] == [0, 2, 4]
    assert made == ["own"]
    assert len(list(in_order(iter(range(30)), [own, other], alone=4))) == 30
    assert sorted(made) == ["other", "own", "own"]


def test_nothing_runs_far_ahead_of_a_slow_caller() -> None:
    lanes = [Doubling(), Doubling()]
    stream = in_order(iter(range(1000)), [lambda: lanes[0], lambda: lanes[1]])
    next(stream)
    time.sleep(0.1)
    assert len(lanes[0].taken) + len(lanes[1].taken) <= 1 + 4 * 2 + 2
    stream.close()


@pytest.mark.parametrize("bad", [0, 7, 19])
def test_what_a_lane_raises_is_raised_in_its_place(bad: int) -> None:
    lanes = [Doubling(fails_at=bad), Doubling(fails_at=bad)]
    found: list[tuple[int, int]] = []
    with pytest.raises(ValueError, match=f"cannot double {bad}"):
        found.extend(in_order(iter(range(20)), [lambda: lanes[0], lambda: lanes[1]]))
    assert found == [(n, 2 * n) for n in range(bad)]


def test_what_the_source_raises_comes_after_the_results_before_it() -> None:
    def source() -> Iterator[int]:
        yield from range(6)
        raise OSError("the disk is gone")

    lane = Doubling(slow=0.001)
    found: list[tuple[int, int]] = []
    with pytest.raises(OSError, match="the disk is gone"):
        found.extend(in_order(source(), [lambda: lane]))
    assert found == [(n, 2 * n) for n in range(6)]


def test_a_lane_that_cannot_be_made_does_not_hang_the_caller() -> None:
    def make() -> Doubling:
        raise RuntimeError("no lane")

    with pytest.raises(RuntimeError, match="no lane"):
        list(in_order(iter(range(6)), [make]))


def test_leaving_early_stops_the_lanes_and_their_threads() -> None:
    lanes = [Doubling(slow=0.002), Doubling(slow=0.002)]
    stream = in_order(itertools.count(), [lambda: lanes[0], lambda: lanes[1]])
    assert next(stream) == (0, 0)
    stream.close()
    assert lanes[0].stops >= 1
    assert lanes[1].stops >= 1
    assert not [one for one in threading.enumerate() if one.name == "rag-lane"]
