"""The browser's Back closes what was opened last, and nothing else."""

import pytest

from tests.ui.test_page_in_browser import QUESTION, ask, expect, marked

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BERTHS = "临海港现有万吨级泊位多少个？"
HOSTILE = "The hostile widget was sold how many times?"


def steps(page):
    return page.evaluate("history.length")


def hash_of(page):
    return page.evaluate("location.hash")


def test_back_closes_the_source_on_a_phone(open_page):
    """It used to leave the page."""
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    before = steps(page)
    ask(page, QUESTION)
    assert steps(page) == before  # neither a question nor its answer is a step
    conversation = hash_of(page)
    page.locator("a.cite").first.tap()
    assert marked(page) == "2021年临海港集装箱吞吐量达到362万标准箱，比上年增长8.4%。"
    assert "&n=1" in hash_of(page)
    page.go_back()
    expect(page.locator(".panel")).to_be_hidden()
    assert hash_of(page) == conversation
    expect(page.locator(".exchange")).to_have_count(1)
    page.go_forward()
    assert marked(page)
    page.locator(".panel .icon-close").tap()
    expect(page.locator(".panel")).to_be_hidden()
    page.wait_for_function("(hash) => location.hash === hash", arg=conversation)
    assert steps(page) == before + 1


def test_walking_through_citations_is_one_step(open_page):
    page = open_page()
    ask(page, HOSTILE)
    conversation = hash_of(page)
    page.locator("a.cite").first.click()
    marked(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".walk-count")).to_have_text("2 / 2")
    assert "&n=2" in hash_of(page)
    page.go_back()
    expect(page.locator(".panel")).to_be_hidden()
    assert hash_of(page) == conversation


def test_closing_and_opening_in_one_breath(open_page):
    page = open_page()
    ask(page, HOSTILE)
    conversation = hash_of(page)
    page.evaluate(
        """() => {
          const [one, two] = document.querySelectorAll("a.cite");
          one.click();
          document.querySelector(".panel").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
          two.click();
        }"""
    )
    page.wait_for_function("() => location.hash.endsWith('&n=2')")
    expect(page.locator(".walk-count")).to_have_text("2 / 2")
    page.go_back()
    expect(page.locator(".panel")).to_be_hidden()
    assert hash_of(page) == conversation


def test_back_from_a_passage_and_from_a_document(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.locator(".nearest summary").click()
    page.locator(".passage").nth(1).click()
    marked(page)
    assert hash_of(page).endswith("&n=p2")
    page.reload()
    assert marked(page)
    page.go_back()
    expect(page.locator(".panel")).to_be_hidden()
    page.locator("#tab-documents").click()
    page.locator("tr", has_text="Skerrow lighthouse").locator(".title-link").click()
    expect(page.locator(".sheet")).to_contain_text("first lit in 1874")
    page.reload()
    expect(page.locator(".sheet")).to_contain_text("first lit in 1874")
    expect(page.locator(".panel-title")).to_have_text("Skerrow lighthouse")
    page.go_back()
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator("#view-documents")).to_be_visible()
    page.go_back()
    expect(page.locator("#view-ask")).to_be_visible()
    expect(page.locator(".exchange")).to_have_count(1)


def test_back_and_forth_between_conversations(open_page):
    """After a new conversation, Back changed the address and left the screen."""
    page = open_page()
    ask(page, QUESTION)
    page.locator(".new").click()
    assert hash_of(page) == ""
    ask(page, BERTHS)
    page.locator(".new").click()
    expect(page.locator(".welcome")).to_be_visible()
    page.locator(".conversations a", has_text="集装箱").click()
    expect(page.locator(".bubble")).to_have_text(QUESTION)
    page.go_back()
    expect(page.locator(".welcome")).to_be_visible()
    assert hash_of(page) == ""
    page.go_back()
    expect(page.locator(".bubble")).to_have_text(BERTHS)
    page.go_back()
    expect(page.locator(".bubble")).to_have_text(QUESTION)
    page.go_forward()
    expect(page.locator(".bubble")).to_have_text(BERTHS)


def test_asking_again_leaves_no_step(open_page):
    page = open_page()
    ask(page, QUESTION)
    before = steps(page)
    page.locator(".actions .icon-refresh").click()
    expect(page.locator(".actions")).to_be_visible()
    assert steps(page) == before


def test_back_keeps_the_place_of_reading(open_page):
    page = open_page(viewport={"width": 1000, "height": 500})
    for question in (QUESTION, BERTHS, HOSTILE):
        ask(page, question)
    page.evaluate("document.querySelector('.log').scrollTop = 40")
    page.locator("a.cite").first.click()
    marked(page)
    place = page.evaluate("document.querySelector('.log').scrollTop")
    page.go_back()
    expect(page.locator(".panel")).to_be_hidden()
    assert page.evaluate("document.querySelector('.log').scrollTop") == place
