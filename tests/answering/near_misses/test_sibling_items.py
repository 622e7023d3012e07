"""Whether a sentence tells only of siblings of the numbered item that a question asks about."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.evidence.candidates import candidates_of
from rag.answering.evidence.feature_names import INDEX
from rag.answering.evidence.features import features_of
from rag.answering.evidence.term_weights import weigh
from rag.answering.near_misses.sibling_items import numbered_items, only_siblings
from rag.answering.question.analysis import analyse
from tests.answering.made import passage


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("2号楼共有住户多少户？", [("楼共有住", {"2"})]),
        ("第二号楼在哪？", [("楼在哪", {"2"})]),
        ("Is the KX-200 heavier than the KX-300?", [("kx", {"200"}), ("kx", {"300"})]),
        ("How many mice were used in Experiment II?", [("experiment", {"2"})]),
        ("How many flats has building two?", [("building", {"2"})]),
        ("What does invoice no. 2024-102 cost?", [("invoice", {"2024-102"})]),
        ("B座的租金是多少？", [("座", {"b"})]),
        ("Who are the top 5?", []),
        ("Did 5 people come on May 3, 2023?", []),
        ("前三名是谁，第三名呢？", []),
        ("哪三个方面，第二个方面是什么？", []),
        ("第五条规定了什么？", []),
        ("5月3号下午几点开会？", []),
        ("Is the fee above EUR 500 in version 3?", []),
    ],
)
def test_what_a_question_asks_about_by_number(
    question: str, items: list[tuple[str, set[str]]]
) -> None:
    found = {(one.noun, one.numbers) for one in numbered_items(question)}
    assert found == {(noun, frozenset(numbers)) for noun, numbers in items}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("2号楼有多少户？", "1号楼共有住户42户。"),
        ("2号楼有多少户？", "12号楼与1、3号楼共有住户142户。"),
        ("市第二中学招收新生多少人？", "市第三中学2024年招收新生380人。"),
        ("第二分公司有多少员工？", "第三分公司员工210人。"),
        ("A4车间日产零件多少件？", "A3车间日产零件500件，A5车间日产零件800件。"),
        ("B座的租金是多少？", "A座的租金是5元。"),
        ("How many flats does Building 2 have?", "Building 1 has 42 flats."),
        ("How many flats does building two have?", "Building One has 42 flats."),
        ("How much does the KX-200 weigh?", "The KX-100 weighs 2 kg, the KX-300 3 kg."),
        (
            "How many mice were used in Experiment 2?",
            "Experiment 1 used 24 mice; Experiment 3 used 36 mice.",
        ),
        ("What does invoice 2024-102 cost?", "Invoice No. 2024-101 costs 5 euros."),
        ("How large is Group B?", "Group A has five members."),
    ],
)
def test_a_sentence_about_siblings_alone(question: str, told: str) -> None:
    assert only_siblings(numbered_items(question), told, "", told)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # Ranges and rows hold it.
        ("2号楼有多少户？", "1至5号楼共有住户200户。"),
        ("2号楼有多少户？", "1号、2号、3号楼共有住户200户。"),
        ("第三产业增加值多少？", "第一、第三产业增加值5亿元。"),
        ("How many flats does Building 2 have?", "Buildings 1–5 have 42 flats."),
        ("KX-200多重？", "KX-100/200/300重3公斤。"),
        ("A4车间日产多少件？", "A3至A5车间日产800件。"),
        ("B座的租金是多少？", "A-C座的租金是5元。"),
        # All of them, or the others.
        ("2号楼有多少户？", "各栋均为42户，1号楼也是。"),
        ("2号楼有多少户？", "1号楼42户，其余38户。"),
        ("How many lifts has Building 2?", "All but Building 1 have two lifts."),
        ("2号楼有多少户？", "住户共42户。"),
        # Other spellings.
        ("2号楼有多少户？", "二号楼42户，3号楼40户。"),
        ("第2号楼有多少户？", "2#楼42户，3#楼40户。"),
        ("How many flats has building 2?", "Building Two has 42 flats, Building One 3."),
        ("How many flats has Building Two?", "Building II has 42 flats, Building I 3."),
        ("What does E7 mean?", "E07: low level; E08: high level."),
        ("How much does the KX200 weigh?", "The KX-200A weighs 3 kg, the KX-100 2 kg."),
        # Counts, ranks, dates and what is cited name nothing.
        ("Who are the top 5?", "The Top 10 are Ann, Bob and Carl."),
        ("第二名是谁？", "第一名张三，李四次之。"),
        ("第二天去哪？", "第一天去北京，第三天去上海。"),
        ("第五条怎么规定？", "依照第三条的规定处罚。"),
        ("Is the fee above EUR 500?", "The fee is EUR 300."),
        ("What is new in version 3?", "Version 2 brings colours."),
        # Several are asked about, and one is here.
        ("1号楼和2号楼各有多少户？", "1号楼有42户。"),
        # Another noun, of which only the first character is the same.
        ("第二部分讲什么？", "第三部门的工作人员有三十人。"),
    ],
)
def test_a_sentence_that_may_tell_of_the_item(question: str, told: str) -> None:
    assert not only_siblings(numbered_items(question), told, "", told)


@pytest.mark.parametrize("around", ["2号楼概况", "二号楼.md", "第2号楼的设计单位是甲公司。", "2楼"])
def test_an_item_that_is_named_near_may_be_meant(around: str) -> None:
    asked = numbered_items("2号楼有多少户？")
    assert not only_siblings(asked, "比1号楼多3户，共45户。", "", around)
    assert only_siblings(asked, "比1号楼多3户，共45户。", "", "3号楼概况")


def test_the_heading_says_which_item_is_meant_where_the_sentence_does_not() -> None:
    asked = numbered_items("How much does the KX-200 weigh?")
    assert only_siblings(asked, "It weighs 2 kg.", "KX-100 manual", "KX-100 manual")
    assert not only_siblings(asked, "It weighs 2 kg.", "Pumps", "Pumps")


@pytest.mark.parametrize(
    ("question", "unfit"),
    [("2号楼有多少户？", [1, 1, 0]), ("3号楼有多少户？", [0, 0, 0])],
)
def test_sentences_about_siblings_are_unfit(question: str, unfit: list[int]) -> None:
    passages = [
        passage("1号楼共有住户42户。3号楼共有住户38户。", document="towers"),
        passage("停车场有车位120个。", document="parking", rank=2),
    ]
    asked = analyse(question)
    candidates = candidates_of(passages)
    weights = weigh(asked, passages, lambda terms: np.ones(len(terms), np.float32))
    table = features_of(asked, candidates, passages, weights=weights)
    assert table[:, INDEX["unfit"]].tolist() == unfit


def test_a_least_version_is_no_sibling() -> None:
    for told in (
        "The Java plugin requires Java 17 at minimum.",
        "Java 17 and up is needed.",
        "最低要求JDK17。",
    ):
        asked = numbered_items("Does the plugin work with Java 11, or JDK11?")
        assert not only_siblings(asked, told, "", told)


def test_a_number_of_thousands_of_digits_is_no_range() -> None:
    told = "柜 A" + "1" * 4_400 + "至A5"
    assert not only_siblings(numbered_items("B座的A5柜在哪"), told, "", told)
