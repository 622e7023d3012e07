"""The page's files: nothing from outside, no string parsed as HTML, both languages complete."""

import re
from importlib import resources

import pytest

ASSETS = {
    entry.name: entry.read_text(encoding="utf-8")
    for entry in (resources.files("rag.ui") / "assets").iterdir()
    if entry.name.endswith((".js", ".css", ".html", ".svg"))
}


@pytest.mark.parametrize("name", sorted(ASSETS))
def test_nothing_comes_from_outside(name):
    addresses = re.findall(r"https?://[^\s\"'`)]+", ASSETS[name])
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}
    assert "@import" not in ASSETS[name]


@pytest.mark.parametrize("name", sorted(name for name in ASSETS if name.endswith(".js")))
def test_no_string_becomes_html_or_code(name):
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|\.srcdoc"
    assert re.findall(forbidden, ASSETS[name]) == []


def texts():
    """The names of the page's texts, in English and in Chinese."""
    for block in re.findall(r"const (?:en|zh) = \{(.*?)\n\};", ASSETS["texts.js"], re.DOTALL):
        bare = re.sub(r"\(m\) => .*?\[m\]", "", re.sub(r'"[^"]*"|`[^`]*`', '""', block))
        yield set(re.findall(r"(?:^|[,{]\s*|\n\s*)(\w+): ", bare))


def test_both_languages_have_the_same_texts():
    english, chinese = texts()
    assert english == chinese
    assert len(english) > 120


def test_every_text_used_exists_and_is_used():
    known, _ = texts()
    used = {
        name
        for file, text in ASSETS.items()
        if file.endswith(".js") and file != "texts.js"
        for name in re.findall(r"\bt(?:\(\))?\.(\w+)", text)
    }
    assert used == known - {"name"}  # the language's, read from the list of them
