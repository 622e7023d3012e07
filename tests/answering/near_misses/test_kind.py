"""Whether a sentence in another language than Chinese can hold the kind of value asked for."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.kind import lacks_kind
from rag.answering.question.analysis import analyse
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "sentence", "lacks"),
    [
        ("In which year did the mine open?", "The mine was opened by the mayor.", True),
        ("In which year did the mine open?", "The mine was opened in 1791.", False),
        ("How old is Pauline Greaves?", "Pauline Greaves works on the 12 boats.", True),
        ("How old is Pauline Greaves?", "Pauline Greaves, 54, works on the boats.", False),
        ("When was Ruth Calloway born?", "It was started in 1976 by Ruth Calloway.", True),
        ("When was Ruth Calloway born?", "Ruth Calloway (1931–1999) was a teacher in the town.", False),
        ("How many children were born in 1976?", "In the year it was 12.", False),
        ("When did Ruth Calloway die?", "The school was led by Ruth Calloway until 1976.", True),
        ("When did Ruth Calloway die?", "Ruth Calloway was killed on 3 May.", False),
        ("What did the annexe cost?", "The annexe was built of larch in 2011.", True),
        ("What did the annexe cost?", "The annexe was paid for in 2011 with 300 a head.", False),
        ("What did the annexe cost?", "The annexe was a gift and cost nothing.", False),
        ("What is the salary of a clerk?", "The first six months are a probationary period.", True),
        ("What are the costs of smoking?", "They are borne by the families.", False),
        ("What cost reductions were made?", "The office in the town was closed.", False),
        ("How many labourers dug the canal?", "It was dug in 1791 to bring 40 tonnes of stone.", True),
        ("How many labourers dug the canal?", "The canal was dug by forty men.", False),
        ("How many sons had he?", "They were Tom, Dick and Harry.", False),
        ("How many years did it take?", "The canal was dug by men.", False),  # a length of time
        ("How many times was it shut?", "The canal was shut in winter.", False),
        ("What does the course cost?", "Le cours a lieu en mai.", False),  # another language
        ("How many pairs were made?", "Burada bir kışta on çift üretildi.", False),  # "on" is ten there
        ("How many animals were taken in?", "In March 31 animals were taken in.", False),
        ("What did the course earn?", "The office was moved to the town.", False),  # not known as a sum
        ("How much did the course earn?", "The office was moved to the town.", True),
        ("How many vacation days are there?", "Employees get 28 days in the year.", False),  # measured
        ("How many working hours are there?", "The week has 38 hours and the day is short.", False),
        ("How many euros do I get?", "You get €40 from the fund.", False),
        ("How many guests came?", "The guests numbered 1800 in the summer.", False),
        ("How many guests may come?", "The number of them is unlimited in the summer.", False),
        ("In which year was it built?", "It was built in AD 98 by the river.", False),
        ("In which year was it built?", "It was built of 300 stones from the river.", True),
        ("How old is she?", "She is in her fifties and the head of the house.", False),
        ("How old must one be?", "The minimum to enter is 18.", False),
        ("How old was he?", "He left the school at 16.", False),
        ("How old are the pupils?", "They were at 12 schools of the town.", True),
        ("When was Ann Lee born?", "Ann Lee (May 3, 1950 - June 4, 2000) was the head of the school.", False),
        ("When did Ann Lee die?", "Ann Lee (May 3, 1950 - June 4, 2000) was the head of the school.", False),
        ("When did Ann Lee die?", "Ann Lee was hanged in the tower in 1536.", False),
        ("When did the custom die out?", "The custom was given up in the war.", False),
        ("Where was Helen born?", "Helen comes from the north of the county.", False),
        ("How much is the rent?", "The rent is nine hundred a month to the owner.", False),
        ("How much is the ticket?", "The ticket is 40 SEK for the day.", False),
        ("What is the price of the course?", "The course is held three times a week in the hall.", True),
        ("What was the training cost?", "It was 3.5 days on eight of the machines.", False),
        ("What is the cost of attention?", "It is quadratic in the length of the text.", False),
        ("What is the cost function?", "It is the mean of the squared errors.", False),
        ("What is the main source of income?", "It is the sale of the wool.", False),
        ("Combien coûte le cours ?", "Le cours a lieu en mai.", True),
        ("Combien coûte le cours ?", "Le cours coûte 30 euros.", False),
        ("Combien coûte le cours ?", "課程は五月にある。", False),  # another script
        ("这座桥花了多少钱？", "大桥全长3公里。", False),  # of Chinese `lacks_value` tells
        ("Why did it close?", "The canal was shut in winter.", False),
    ],
)  # fmt: skip
def test_kinds_of_value_in_other_languages(question: str, sentence: str, lacks: bool) -> None:
    told = normalize(sentence)
    assert lacks_kind(analyse(question), told, told) == lacks


def test_a_year_may_stand_beside_the_sentence() -> None:
    asked = analyse("In which year did the mine open?")
    told = normalize("The mine was opened by the mayor.")
    assert not lacks_kind(asked, told, f"chronicle 1791 {told}")
