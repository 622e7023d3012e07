"""The next key goes on from where the last one was: what is drawn anew keeps the focus."""

import pytest

from tests.ui.test_documents_in_browser import text_file, upload
from tests.ui.test_page_in_browser import ask, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def press(page, selector, key="Enter"):
    place = page.locator(selector).first
    place.focus()
    place.press(key)


def test_what_is_drawn_anew_keeps_the_focus(open_page):
    """It used to fall to the top of the page after nearly every key."""
    page = open_page(locale="en-US")
    ask(page, "How tall is the Skerrow lighthouse?")
    press(page, ".actions [aria-label='Good answer']")
    expect(page.locator(".actions .on")).to_be_focused()
    press(page, ".question .edit")
    page.locator(".editing textarea").press("Escape")
    expect(page.locator(".question .edit")).to_be_focused()
    for selector in (".language", ".top .icon-button[aria-label^=外观]"):
        press(page, selector)
        expect(page.locator(selector)).to_be_focused()
    press(page, "#tab-documents")
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator("#tab-documents")).to_be_focused()
    press(page, "thead input", "Space")
    expect(page.locator("thead input")).to_be_checked()
    expect(page.locator("thead input")).to_be_focused()


def test_a_list_that_comes_later_leaves_the_focus(open_page):
    page = open_page(locale="en-US")
    page.locator("#tab-documents").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    order = page.locator(".toolbar select")
    order.focus()
    with page.expect_response("**/run/documents"):
        order.select_option("title")
    expect(order.locator("option:checked")).to_have_text("By title")
    page.wait_for_timeout(300)  # the new list is drawn
    expect(order).to_be_focused()
    with page.expect_response("**/run/documents"):
        page.locator(".documents input[type=search]").press_sequentially("light")
    expect(page.locator("tbody tr", has_not_text="lighthouse")).to_have_count(0)
    page.keyboard.type("house")
    expect(page.locator(".documents input[type=search]")).to_have_value("lighthouse")


def test_one_may_ask_on_where_asking_took_the_control_away(open_page):
    page = open_page(locale="en-US")
    ask(page, "How tall is the Skerrow lighthouse?")
    expect(page.locator("#question")).to_be_focused()
    press(page, ".actions [aria-label='Ask again']")
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator(".actions")).to_be_visible()
    page.locator("#question").fill("slowly: 2021年临海港集装箱吞吐量多少?")
    press(page, ".send")
    expect(page.locator(".stage")).to_be_visible()
    expect(page.locator("#question")).to_be_focused()
    press(page, ".send.stop")
    expect(page.locator(".answer[data-state=stopped]")).to_be_visible()
    expect(page.locator("body > [role=status]").first).to_have_text("Stopped.")
    expect(page.locator("#question")).to_be_focused()


def test_only_the_outcome_of_an_upload_is_read_aloud(open_page):
    page = open_page(locale="en-US")
    page.locator("#tab-documents").click()
    upload(page, [text_file("keyboard.md", "The organ has 61 keys.")], 1)
    expect(page.locator(".documents [role=status]").first).to_have_text(
        "keyboard.md: added · 1 passage"
    )
    expect(page.locator(".jobs[aria-live]")).to_have_count(0)


def test_a_text_from_right_to_left_runs_so(open_page, picture):
    """Its full stop used to stand at the wrong end."""
    page = open_page(locale="en-US")
    page.locator("#tab-documents").click()
    upload(page, [text_file("haifa.txt", "מגדלור חיפה נבנה בשנת 1864 וגובהו 33 מטרים.")], 1)
    page.locator("#tab-ask").click()
    ask(page, "מתי נבנה מגדלור חיפה בשנת?")
    page.locator(".source-card").first.click()
    expect(page.locator(".panel mark.quote").first).to_be_visible()
    picture(page, "en-light-wide-right-to-left")
    ends = page.evaluate(
        """() => [".answer .text p", ".source-quote", ".sheet p"].map((selector) => {
          const texts = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (texts.nextNode()) nodes.push(texts.currentNode);
          const left = (word) => {
            const node = nodes.find((one) => one.data.includes(word));
            const range = document.createRange();
            range.setStart(node, node.data.indexOf(word));
            range.setEnd(node, node.data.indexOf(word) + 1);
            return range.getBoundingClientRect().left;
          };
          return left(".") < left("מטרים");
        })"""
    )
    assert ends == [True, True, True]
