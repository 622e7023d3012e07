"""Prices in other languages than Chinese and English."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.price import asks_price, holds_price
from rag.answering.question.analysis import analyse
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Wie teuer ist ein Kurs?", True),
        ("Was kostet der Eintritt?", True),
        ("Welchen Preis gewann sie?", False),  # a prize
        ("Combien coûte un kilo de fromage ?", True),
        ("Quel est le prix d'une miche ?", True),
        ("Quel prix a-t-elle reçu ?", False),
        ("¿Cuánto cuesta el desayuno?", True),
        ("¿Cuál es la longitud de la costa?", False),
        ("Сколько стоит билет?", True),
        ("Giá vé là bao nhiêu?", True),
        ("Số lượng cây là bao nhiêu?", False),
        ("入館料はいくらですか。", True),
        ("いくつありますか。", False),
        ("How much is the ticket?", False),
        ("门票多少钱？", False),
    ],
)
def test_what_asks_for_a_price(question: str, asks: bool) -> None:
    asked = analyse(question)
    assert asks_price(asked.normalised, asked.language) == asks


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("Der Eintritt kostet 5 Euro.", True),
        ("Für Kinder ist der Eintritt frei.", True),
        ("Der Kurs findet im Mai statt.", False),
        ("Le kilo vaut 18 francs.", True),
        ("Le tarif est de 12 par personne.", True),  # no currency
        ("Le billet est à 5,50.", True),
        ("Die Miete beträgt 900 im Monat.", True),
        ("Die Miete wurde 1998 erhöht.", False),
        ("Eine Führung kostet vierzig pro Gruppe.", True),
        ("Die Kosten trägt die Stadt.", False),
        ("Es wird kein Eintritt erhoben.", True),
        ("La entrada cuesta 300.", True),
        ("No se cobra entrada.", True),
        ("Вход свободный.", True),
        ("L'entrée est gratuite.", True),
        ("45 % des ventes se font au magasin.", False),
        ("Билет стоит 300 рублей.", True),
        ("入館料は五百円です。", True),
        ("手帳は資料館にある。", False),
    ],
)
def test_what_holds_a_price(sentence: str, holds: bool) -> None:
    assert holds_price(normalize(sentence)) == holds
