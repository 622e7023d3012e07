"""What a package imports late: once, and only what it offers."""

from __future__ import annotations

import sys

import pytest

import rag.reading
from rag.lazy import lazily


def test_what_was_asked_for_stays_in_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(rag.reading), "read_path", raising=False)
    get, _ = lazily("rag.reading", {"read_path": "rag.reading.reader"})
    assert get("read_path") is sys.modules["rag.reading.reader"].read_path
    assert vars(rag.reading)["read_path"] is get("read_path")


def test_a_name_that_it_does_not_offer_is_told() -> None:
    with pytest.raises(AttributeError, match=r"module 'rag.reading' has no attribute 'read_minds'"):
        rag.reading.read_minds  # noqa: B018


def test_every_name_is_shown_before_it_is_imported() -> None:
    for package in (rag, rag.reading):
        assert set(package.__all__) <= set(dir(package))
        for name in package.__all__:
            offered = getattr(package, name)
            assert isinstance(offered, int) or offered.__name__ == name
