from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.term_weights import weigh
from rag.answering.evidence.word_forms import _stem, forms_used
from rag.answering.question.analysis import analyse
from rag.index.terms import terms
from rag.records import Passage


def _held(*texts: str) -> list[frozenset[str]]:
    return [frozenset(terms(text)) for text in texts]


def test_a_word_meets_its_other_forms() -> None:
    found = forms_used("process killed", "en", _held("An index is safe to kill.", "Killing it"))
    # The five letters that stand in for a longer word meet them too.
    assert found == {"killed": ("kill", "killing"), "kille": ("kill", "killing")}


def test_forms_are_those_of_the_language() -> None:
    texts = _held("Die Verträge wurden unterschrieben.", "Les chevaux")
    assert forms_used("vertrag", "de", texts) == {
        "vertrag": ("verträge",),
        "vertr": ("verträge",),
    }
    assert forms_used("кошки", "ru", _held("Кошка спит.")) == {"кошки": ("кошка",)}


def test_the_beginning_of_a_longer_word_is_no_word() -> None:
    assert forms_used("law passed", "en", _held("The passengers left.")) == {}
    assert forms_used("killed", "en", _held("killers")) == {}


def test_letters_come_with_their_marks() -> None:
    assert forms_used("किताबें कहाँ", "hi", _held("यह किताब है।")) == {"किताबें": ("किताब",)}


def test_what_is_told_as_it_is_asked_has_no_other_form() -> None:
    assert forms_used("kill", "en", _held("Safe to kill.")) == {}
    assert forms_used("组织", "zh", _held("组织部")) == {}
    assert forms_used("as is", "en", _held("as is a")) == {}


def test_threads_do_not_mix_their_words() -> None:
    words = [f"{a}{b}{c}ational" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfgklmnprst"]
    alone = [_stem(word, "en") for word in words]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(3):
            _stem.cache_clear()
            with ThreadPoolExecutor(8) as pool:
                assert list(pool.map(lambda word: _stem(word, "en"), words)) == alone
    finally:
        sys.setswitchinterval(interval)


def _passage(text: str) -> Passage:
    return Passage(
        document_id="a",
        source="a",
        title=None,
        published=None,
        start=0,
        end=len(text),
        text=text,
        heading=None,
        score=1.0,
        rank=1,
    )


def test_a_word_is_as_rare_as_its_commonest_form() -> None:
    asked = analyse("Which rows were killed?")
    rarity = {"rows": 4.0, "row": 1.0, "killed": 3.0, "kille": 3.0}

    def idf(words: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.array([rarity[word] for word in words], np.float32)

    plain = weigh(asked, [_passage("Nothing of it.")], idf)
    assert plain.worth["rows"] > plain.worth["killed"]
    assert not plain.forms
    met = weigh(asked, [_passage("One row is left.")], idf)
    assert met.forms == {"rows": ("row",)}
    assert met.worth["rows"] < met.worth["killed"]
    held = frozenset(terms("One row is left."))
    assert met.share(held) == met.worth["rows"]
    assert plain.share(held) == 0
