"""Names of a question that no passage holds."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.named_nowhere import named_nowhere
from rag.answering.question.analysis import analyse
from tests.answering.made import passage

TEXT = (
    "The library of Portmallow was opened by Ms Strand in 1998, when the town had no school. The Canada "
    "Room holds maps of Norway. The dryer DH-24 shows E1 where its filter is full, and the French envoy "
    "gave it to the director of the harbour office. Sensors: E11-E15. Page over HTTP/2, room B.12; "
    "carbon dioxide below 900 ppm, the second phase in wireless rooms."
)


@pytest.mark.parametrize(
    ("question", "nowhere"),
    [
        ("Which vaccines are recommended for a trip to Kenya?", True),
        ("How do I renew a Bolivian passport?", True),
        ("When did the Berlin Wall come down?", True),
        ("What does error E4 mean?", True),
        ("What does the DH-26 cost?", True),
        ("Who opened the library of Portmallow?", False),
        ("When did Helen Strand open the library?", False),  # one word of the name
        ("Are there Canadian maps?", False),  # another form
        ("Is there a Norwegian map?", False),
        ("Who was the envoy of France?", False),
        ("When was the library of Portmalow opened?", False),  # a letter less
        ("Who is the Harbour Director?", False),  # capitals of the questioner's own
        ("What does error E1 mean on the DH 24?", False),
        ("How large is the room in m2?", False),
        ("How many visitors came in the mid-1990s?", False),
        ("Which Kenyan school does the library of Portmallow help?", False),  # one name is held
        ("When must the Tenant pay?", False),  # what contracts write with a capital
        ("How many visitors came in Q3?", False),  # the third quarter
        ("How Many Vaccines Are Recommended For Kenya?", False),  # a capital for every word
        ("What does UNESCO say about the library?", False),  # may be spelt out
        ("What does error E13 mean?", False),  # from E11 to E15
        ("What does error E16 mean?", True),
        ("Does the page use HTTP2?", False),
        ("Where is room B12?", False),
        ("What is the limit of CO2?", False),  # spelt out
        ("When does phase2 begin?", False),  # a word and its number
        ("Is there Wifi?", False),
        ("How long is the Notice Period?", False),  # capitals of contracts
        ("Kenya has how many libraries?", False),  # the first word has one anyway
        ("Was it open in March?", False),
        ("Wann wurde die Bücherei von Nairobi eröffnet?", False),  # every noun has a capital
        ("¿Quién abrió la biblioteca de Londres?", False),  # another language: London
        ("图书馆在Kenya吗？", False),
        ("What is it?", False),
    ],
)
def test_names_that_no_passage_holds(question: str, nowhere: bool) -> None:
    told = passage(TEXT)
    assert named_nowhere(analyse(question), [told], told) == nowhere


def test_a_title_and_another_passage_name_it_too() -> None:
    asked = analyse("Which vaccines are recommended for a trip to Kenya?")
    told = passage("The vaccines are listed in the third part of the book.")
    other = passage("The flight to Kenya is in the morning.", document="b", rank=2)
    assert named_nowhere(asked, [told], told)
    assert not named_nowhere(asked, [told, other], told)
    titled = passage(told.text, title="Kenya for beginners")
    assert not named_nowhere(asked, [titled], titled)


def test_a_name_may_stand_in_any_case() -> None:
    told = passage("Музей был открыт в Праге в 1950 году.")
    assert not named_nowhere(analyse("Когда музей переехал в Прагу?"), [told], told)
    assert named_nowhere(analyse("Когда музей переехал в Лондон?"), [told], told)


def test_of_chinese_text_nothing_is_said() -> None:
    told = passage("图书馆于1998年开放。")
    assert not named_nowhere(analyse("When was the library of Nairobi opened?"), [told], told)
    assert not named_nowhere(analyse("E3是什么意思？"), [told], told)
