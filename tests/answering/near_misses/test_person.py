"""Whether a sentence can say who was asked for."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.person import lacks_person
from rag.answering.question.analysis import analyse


@pytest.mark.parametrize(
    ("question", "sentence", "lacks"),
    [
        ("Who designed the Fallow Hill tunnel?", "The Fallow Hill tunnel has no towpath.", True),
        ("Who trained the model?", "The model won on the second site only.", True),
        ("Who designed the Fallow Hill tunnel?", "The tunnel was designed by Ann Lee.", False),
        ("Who runs the library?", "Strand runs the library.", False),  # a name that opens it
        ("Who runs the library?", "It is run by volunteers.", False),
        ("Who succeeded Helen Strand?", "Helen Strand was followed by her son.", False),
        ("Who may use the room?", "The room is open to all.", False),
        ("Who repairs the lift?", "Write to lift@house.example.", False),
        ("Why do the people who come here leave?", "The winters in the hills are hard.", False),
        ("By whom was the model trained?", "The model won on the second site only.", True),
        ("Who repairs the lift?", "Call 5550 1998 in the morning.", False),
        ("Who should I call?", "In an emergency call 112.", False),
        ("Who built the bridge?", "The bridge was built by slaves.", False),
        ("Who built the bridge?", "The bridge was built by 1998.", True),
        ("Who may use the hall?", "The hall is for clubs.", False),
        ("Who approves the budget?", "The budget is approved in the assembly.", False),
        ("Who wrote the report?", "The report is anonymous.", False),
        ("Who owns the copyright?", "The copyright stays with you.", False),
        ("Qui garde la clé de la Mairie ?", "La clé de la Mairie est gardée par le boulanger.", False),
        ("¿Quién vive en Lugo?", "En Lugo viven campesinos.", False),
        ("Who pays?", "The rent falls on the landlord.", False),
        ("Where is the Fallow Hill tunnel?", "The Fallow Hill tunnel has no towpath.", False),
        ("Qui a remplacé Mireille Gaudrel dans le village ?", "Mireille Gaudrel a quitté la présidence en mai.", True),
        ("Qui a remplacé Mireille Gaudrel dans le village ?", "La fille de Mireille Gaudrel l’a remplacée.", False),
        ("Qui a remplacé Mireille Gaudrel dans le village ?", "Jean Roux a remplacé Mireille Gaudrel.", False),
        ("Qui dirige la coopérative ?", "La coopérative fut fondée en mai.", False),  # no name at all
        ("谁设计了隧道？", "隧道全长三公里。", False),
        ("谁设计了隧道？", "The tunnel is long.", False),
        ("Who designed the tunnel?", "隧道全长三公里。", False),
        ("Wer leitet das Museum?", "Das Museum ist alt.", False),  # every noun has a capital
    ],
)  # fmt: skip
def test_whom_a_sentence_names(question: str, sentence: str, lacks: bool) -> None:
    assert lacks_person(analyse(question), sentence) == lacks
