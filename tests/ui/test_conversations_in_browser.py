"""Conversations that several tabs, or several indexes, go on with."""

import pytest

from tests.ui.test_page_in_browser import QUESTION, ask, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BERTHS = "临海港现有万吨级泊位多少个？"
SLOW = "slowly: when was the Skerrow lighthouse first lit, how tall?"
KEPT = """async () => {
  const done = (r) => new Promise((resolve) => { r.onsuccess = () => resolve(r.result); });
  const database = await done(indexedDB.open("rag", 1));
  const all = await done(database.transaction("conversations").objectStore("conversations").getAll());
  database.close();
  return all.map((c) => c.messages.map((m) => [m.question, m.state, m.vote ?? null]));
}"""


def second_tab(page):
    other = page.context.new_page()
    other.set_default_timeout(60_000)
    other.goto(page.url)
    other.wait_for_selector("html[data-ready]")
    return other


def send(page, question):
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    expect(page.locator(".streaming")).to_be_visible()


def settled(page, count):
    expect(page.locator(".answer[data-state=done]")).to_have_count(count)


def test_an_answer_is_kept_though_another_tab_wrote_meanwhile(open_page):
    """It was lost for good: the other tab's write put another object into the first one's hands."""
    page = open_page()
    ask(page, QUESTION)
    other = second_tab(page)
    send(page, SLOW)
    expect(other.locator(".exchange")).to_have_count(2)
    other.locator(".exchange").first.locator(".icon-up").click()
    settled(page, 2)
    settled(other, 2)
    kept = [[QUESTION, "done", "up"], [SLOW, "done", None]]
    assert page.evaluate(KEPT) == [kept]
    page.reload()
    settled(page, 2)


def test_two_tabs_ask_at_once_and_go_on(open_page):
    page = open_page()
    ask(page, QUESTION)
    other = second_tab(page)
    send(page, SLOW)
    other.locator("#question").fill(BERTHS)
    other.locator("#question").press("Enter")
    settled(page, 3)
    settled(other, 3)
    ask(page, "临海港集装箱吞吐量比上年增长多少？")
    settled(other, 4)
    kept = page.evaluate(KEPT)
    assert [question for question, *_ in kept[0]] == [
        QUESTION, SLOW, BERTHS, "临海港集装箱吞吐量比上年增长多少？",
    ]  # fmt: skip
    assert {state for _, state, _ in kept[0]} == {"done"}


def test_what_one_tab_dropped_does_not_come_back_from_another(open_page):
    page = open_page()
    for question in (QUESTION, BERTHS):
        ask(page, question)
    other = second_tab(page)
    page.locator(".exchange").first.locator(".actions .icon-refresh").click()
    settled(page, 1)
    settled(other, 1)
    other.locator(".icon-down").click()
    page.wait_for_selector(".icon-button.on .icon-down")
    assert page.evaluate(KEPT) == [[[QUESTION, "done", "down"]]]
    # The way back brings all of it, and the answer that took their place goes.
    page.locator(".toast button").click()
    settled(page, 2)
    settled(other, 2)
    assert page.evaluate(KEPT) == [[[QUESTION, "done", None], [BERTHS, "done", None]]]


def test_a_conversation_deleted_in_another_tab_stays_deleted(open_page):
    page = open_page()
    ask(page, QUESTION)
    other = second_tab(page)
    send(page, SLOW)
    page.locator("#tab-documents").click()
    other.locator(".conversations .icon-more").click()
    other.get_by_role("menuitem", name="删除").click()
    expect(page.locator(".conversations a")).to_have_count(0)
    expect(page.locator("#view-documents")).to_be_visible()
    page.locator("#tab-ask").click()
    expect(page.locator(".welcome")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate(KEPT) == []
    expect(page.locator(".conversations a")).to_have_count(0)
    other.locator(".toast button").click()
    expect(page.locator(".conversations a")).to_have_count(1)


def test_title_and_restriction_reach_the_other_tab(open_page):
    page = open_page()
    ask(page, QUESTION)
    other = second_tab(page)
    send(page, SLOW)
    other.locator(".conversations .icon-more").click()
    other.get_by_role("menuitem", name="重命名").click()
    other.locator("dialog input").fill("港口")
    other.locator("dialog .primary").click()
    other.locator(".scope").click()
    other.get_by_label("从", exact=True).fill("2021-01-01")
    other.locator("dialog .primary").click()
    settled(page, 2)
    for tab in (page, other):
        expect(tab.locator(".scope.on")).to_have_text("2021-01-01 起")
        expect(tab.locator(".conversations a")).to_have_text("港口")
    page.reload()
    expect(page.locator(".scope.on")).to_have_text("2021-01-01 起")
    expect(page.locator(".conversations a")).to_have_text("港口")


def test_a_note_being_typed_survives_what_another_tab_does(open_page):
    page = open_page()
    ask(page, QUESTION)
    other = second_tab(page)
    page.locator(".icon-up").click()
    page.locator(".note-form textarea").fill("刚好")
    ask(other, BERTHS)
    settled(page, 2)
    expect(page.locator(".note-form textarea")).to_have_value("刚好")
    expect(page.locator(".note-form textarea")).to_be_focused()


def test_a_conversation_of_another_index_says_so(open_page):
    page = open_page()
    ask(page, QUESTION)
    expect(page.locator(".elsewhere")).to_have_count(0)
    status = page.evaluate("fetch('rag/status').then((response) => response.json())")
    page.route("**/rag/status", lambda route: route.fulfill(json={**status, "index_id": "0" * 16}))
    page.reload()
    expect(page.locator(".elsewhere")).to_contain_text("另一个索引（index）")
    page.locator(".new").click()
    ask(page, BERTHS)
    expect(page.locator(".elsewhere")).to_have_count(0)
