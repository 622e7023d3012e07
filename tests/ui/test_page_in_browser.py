"""What a reader does on the page, done in a real browser."""

import json
import re
import threading

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

QUESTION = "2021年临海港集装箱吞吐量达到多少标准箱？"
# The line break in the source is closed up for reading.
QUOTE = "2021年临海港集装箱吞吐量达到362万标准箱，比上年增长8.4%。"


def expect(locator):
    from playwright.sync_api import expect

    return expect(locator)


def ask(page, question):
    asked = page.locator(".exchange").count()
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    expect(page.locator(".exchange").nth(asked).locator(".actions")).to_be_visible()


def marked(page):
    page.wait_for_selector(".panel mark.quote")
    return "".join(page.locator(".panel mark.quote").all_text_contents())


def in_view(page, selector):
    return page.evaluate(
        """(selector) => {
          const box = document.querySelector(selector).getBoundingClientRect();
          const frame = document.querySelector(".panel-scroll").getBoundingClientRect();
          return box.top >= frame.top && box.bottom <= frame.bottom && box.height > 0;
        }""",
        selector,
    )


def test_ask_then_check_at_the_source(open_page, picture):
    page = open_page()
    expect(page.locator(".welcome")).to_be_visible()
    picture(page, "zh-light-wide-welcome")
    ask(page, QUESTION)
    answer = page.locator(".answer .text")
    expect(answer).to_contain_text("362万标准箱")
    page.locator(".answer .text a.cite", has_text="[1]").click()
    assert marked(page) == QUOTE
    exact = "".join(page.locator(".panel mark.exact").all_text_contents())
    assert exact
    assert exact in QUOTE
    assert in_view(page, ".panel mark.quote")
    head = page.locator(".panel-head")
    for fact in ("临海港年度报告", "临海日报", "2022-03-01", "第 3 页", "notes/harbour.md"):
        expect(head).to_contain_text(fact)
    # The whole document is there, tidied: the broken line is closed up, the rest is around it.
    assert page.locator(".sheet p").count() > 90
    picture(page, "zh-light-wide-source")


def test_walk_through_citations_by_key_and_close(open_page):
    page = open_page()
    ask(page, "The hostile widget was sold how many times?")
    page.locator("a.cite").first.click()
    first = marked(page)
    count = page.locator(".answer a.cite").count()
    assert count == 2
    page.keyboard.press("ArrowRight")
    expect(page.locator(".walk-count")).to_have_text("2 / 2")
    page.wait_for_function(
        "(t) => [...document.querySelectorAll('.panel mark.quote')].map(m => m.textContent).join('') !== t",
        arg=first,
    )
    page.keyboard.press("ArrowRight")
    expect(page.locator(".walk-count")).to_have_text("1 / 2")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "cite"


def test_language_follows_the_browser_and_can_be_switched(open_page, picture):
    page = open_page(locale="en-GB", color_scheme="dark")
    expect(page.locator("#question")).to_have_attribute("placeholder", "Ask a question")
    ask(page, "When was the Skerrow lighthouse first lit?")
    expect(page.locator(".answer .text")).to_contain_text("1874")
    page.locator("a.cite").first.click()
    assert marked(page).startswith("The Skerrow lighthouse was first lit in 1874")
    picture(page, "en-dark-wide-source")
    page.locator(".language").click()
    expect(page.locator("#question")).to_have_attribute("placeholder", "输入你的问题")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.reload()
    expect(page.locator("#question")).to_have_attribute("placeholder", "输入你的问题")


def test_refusal_offers_reading_not_citations(open_page, picture):
    page = open_page(locale="en-US")
    ask(page, "Zebra quartz xylophone?")
    expect(page.locator(".refusal")).to_contain_text("Not in the documents")
    assert page.locator(".answer a.cite").count() == 0
    page.locator(".nearest .passage").first.click()
    assert marked(page)
    picture(page, "en-light-wide-refusal")


def test_unsupported_statement_is_marked(open_page):
    page = open_page(locale="en-US")
    ask(page, "Is it unsupported by later records that ghosts live there?")
    expect(page.locator(".unsupported .badge").first).to_contain_text("not supported")


def test_conversation_survives_reload_with_working_citations(open_page):
    page = open_page()
    ask(page, QUESTION)
    ask(page, "临海港现有万吨级泊位多少个？")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".exchange")).to_have_count(2)
    # From the first message, not only the last.
    page.locator(".exchange").first.locator("a.cite").first.click()
    assert marked(page) == QUOTE
    # The address now names the citation: the page opens there again.
    page.reload()
    assert marked(page) == QUOTE


def test_link_reopens_the_page_at_the_question(open_page):
    page = open_page()
    ask(page, QUESTION)
    ask(page, "临海港现有万吨级泊位多少个？")
    page.locator(".exchange").first.locator(".actions .icon-link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    page.locator(".new").click()
    expect(page.locator(".exchange")).to_have_count(0)
    page.evaluate("(link) => { location.href = link }", link)
    expect(page.locator(".exchange")).to_have_count(2)
    # In a browser that does not keep the conversation the question is there to be asked.
    other = open_page("/" + link.split("/", 3)[3])
    expect(other.locator("#question")).to_have_value(QUESTION)


def test_export_and_copy_carry_citations_and_quotes(open_page, tmp_path):
    page = open_page()
    ask(page, QUESTION)
    page.locator(".conversations .icon-more").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="JSON").click()
    waiting.value.save_as(tmp_path / "c.json")
    exported = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    citation = exported["messages"][0]["answer"]["citations"][0]
    assert exported["messages"][0]["question"] == QUESTION
    assert citation["quote"].replace("\n", "") == QUOTE
    assert citation["end"] - citation["start"] == len(citation["quote"])
    page.locator(".conversations .icon-more").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Markdown").click()
    waiting.value.save_as(tmp_path / "c.md")
    written = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert written.startswith("# ")
    assert "**[1]** 临海港年度报告" in written
    assert "> 2021年临海港集装箱吞吐\n> 量达到362万标准箱" in written
    page.locator(".actions .icon-copy").first.click()
    expect(page.locator(".toast").last).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "362万标准箱" in copied
    assert "[1] 临海港年度报告" in copied


def test_rename_search_delete_and_undo(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.locator(".new").click()
    ask(page, "临海港现有万吨级泊位多少个？")
    expect(page.locator(".conversations a")).to_have_count(2)
    page.locator(".conversations .current .icon-more").click()
    page.get_by_role("menuitem", name="重命名").click()
    page.locator("dialog input").fill("泊位")
    page.locator("dialog .primary").click()
    expect(page.locator(".conversations .current a")).to_have_text("泊位")
    page.locator(".sidebar input[type=search]").fill("362万")
    expect(page.locator(".conversations a")).to_have_count(1)
    page.locator(".sidebar input[type=search]").fill("")
    page.locator(".conversations .current .icon-more").click()
    page.get_by_role("menuitem", name="删除").click()
    expect(page.locator(".conversations a")).to_have_count(1)
    page.locator(".toast button").click()
    expect(page.locator(".conversations a")).to_have_count(2)


def test_edit_and_ask_again(open_page):
    page = open_page()
    ask(page, "临海港现有万吨级泊位多少个？")
    page.locator(".question").first.hover()
    page.locator(".question .edit").click()
    page.locator(".editing textarea").fill(QUESTION)
    page.locator(".editing textarea").press("Enter")
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.locator(".answer .text")).to_contain_text("362万标准箱")


def test_stop_frees_the_server(open_page, served):
    page = open_page(locale="en-US")
    page.locator("#question").fill("slowly: when was the Skerrow lighthouse first lit, how tall?")
    page.locator("#question").press("Enter")
    expect(page.locator(".streaming")).to_be_visible()
    assert served.asking() == 1
    page.locator(".send.stop").click()
    expect(page.locator(".answer .told")).to_contain_text("Stopped")
    page.wait_for_function("() => !document.querySelector('.send.stop')")
    for _ in range(300):
        if served.asking() == 0:
            break
        page.wait_for_timeout(100)
    assert served.asking() == 0
    ask(page, "When was the Skerrow lighthouse first lit?")


def test_upload_gb18030_ask_restrict_delete_and_be_refused(open_page, picture):
    page = open_page()
    page.locator("#tab-documents").click()
    page.locator(".documents input[type=file]").set_input_files(
        [
            {"name": "../../茶园 记录.txt", "mimeType": "text/plain",
             "buffer": "云雾山茶园2020年产茶5300公斤。\n".encode("gb18030")},
            {"name": "picture.bin", "mimeType": "application/octet-stream", "buffer": b"\0\1\2"},
        ]
    )  # fmt: skip
    expect(page.locator(".job[data-state=done]")).to_have_count(1)
    expect(page.locator(".job[data-state=failed]")).to_contain_text("文件里没有文字")
    row = page.locator("tr", has_text="茶园 记录.txt")
    expect(row).to_contain_text("gb18030")
    picture(page, "zh-light-wide-documents")
    row.locator("input").check()
    page.locator(".selection .primary").click()
    expect(page.locator(".scope.on")).to_be_visible()
    ask(page, "云雾山茶园2020年产茶多少公斤？")
    expect(page.locator(".answer .text")).to_contain_text("5300公斤")
    page.locator("a.cite").first.click()
    assert marked(page) == "云雾山茶园2020年产茶5300公斤。"
    # Restricted to the tea garden, the harbour is out of reach; without, it is not.
    ask(page, QUESTION)
    expect(page.locator(".exchange").last.locator(".refusal")).to_be_visible()
    page.locator(".composer .icon-close").click()
    ask(page, QUESTION)
    expect(page.locator(".exchange").last.locator(".text")).to_contain_text("362万")
    page.locator("#tab-documents").click()
    page.locator("tr", has_text="茶园 记录.txt").locator("input").check()
    page.locator(".selection .danger-text").click()
    page.locator("dialog .danger").click()
    expect(page.locator("tr", has_text="茶园 记录.txt")).to_have_count(0)
    page.locator("#tab-ask").click()
    ask(page, "云雾山茶园2020年产茶多少公斤？")
    expect(page.locator(".exchange").last.locator(".refusal")).to_be_visible()
    # The old citation keeps its quote.
    page.locator(".exchange").first.locator("a.cite").first.click()
    expect(page.locator(".lost")).to_contain_text("云雾山茶园2020年产茶5300公斤")


def test_hostile_text_stays_text(open_page, picture, tmp_path):
    page = open_page(locale="en-US")
    ask(page, "What does the hostile widget cost in coins?")
    expect(page.locator(".answer")).to_contain_text("<script>window.hacked = 1</script>")
    page.locator("a.cite").first.click()
    shown = marked(page)
    for text in ("<script>", "onerror", "[click](javascript:", "&lt;b&gt;", "⟦202E⟧gnp.exe⟦202C⟧"):
        assert text in shown
    expect(page.locator(".panel-title")).to_contain_text(
        "<img src=x onerror='window.hacked=4'> ⟦202E⟧eltit"
    )
    picture(page, "en-light-wide-hostile")
    page.locator(".nearest summary").click()
    page.locator("#tab-documents").click()
    expect(page.locator("table")).to_contain_text("<b onmouseover=alert(1)>")
    page.locator("#tab-ask").click()
    page.locator(".conversations .icon-more").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Markdown").click()
    waiting.value.save_as(tmp_path / "c.md")
    written = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert "<script" not in written
    assert not re.search(r"(?<!\\)\]\(", written)
    assert "\u202e" not in written
    assert page.evaluate("window.hacked") is None
    assert page.locator("main script, aside script, main img, aside img").count() == 0


def test_feedback_is_kept_beside_the_index(open_page, served):
    page = open_page(locale="en-US")
    ask(page, "When was the Skerrow lighthouse first lit?")
    page.locator(".actions .icon-up").click()
    page.locator(".note-form textarea").fill("just right")
    page.locator(".note-form .primary").click()
    expect(page.locator(".toast").last).to_contain_text("Thank you")
    lines = (served.folder / "index" / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[-1])
    assert (record["vote"], record["note"]) == ("up", "just right")
    assert record["answer"]["citations"][0]["quote"].startswith("The Skerrow lighthouse")


def test_feedback_on_a_follow_up_keeps_what_was_asked_before(open_page, served):
    page = open_page(locale="en-US")
    ask(page, "When was the Skerrow lighthouse first lit?")
    ask(page, "And how tall is it?")
    page.locator(".actions .icon-up").last.click()
    page.locator(".note-form textarea").fill("yes")
    page.locator(".note-form .primary").click()
    expect(page.locator(".toast").last).to_contain_text("Thank you")
    lines = (served.folder / "index" / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[-1])
    assert record["question"] == "And how tall is it?"
    ((question, answer),) = record["history"]
    assert question == "When was the Skerrow lighthouse first lit?"
    assert answer.startswith("The Skerrow lighthouse")


def test_a_chain_of_follow_ups_is_asked_after_the_completed_questions(open_page):
    """The second follow-up was completed from "And how tall is it?", which names nothing."""
    page = open_page(locale="en-US")
    sent = []
    page.on("request", lambda r: "call/ask" in r.url and sent.append(r.post_data_json["data"][1]))
    first = "When was the Skerrow lighthouse first lit?"
    ask(page, first)
    ask(page, "And how tall is it?")
    expect(page.locator(".actions")).to_have_count(2)
    ask(page, "And when was the cottage sold?")
    expect(page.locator(".actions")).to_have_count(3)
    asked_after = [[question for question, _ in history] for history in sent]
    assert asked_after == [[], [first], [first, f"{first} And how tall is it?"]]


def test_two_readers_at_once_see_their_own(open_page):
    first, second = open_page(), open_page(locale="en-US")
    first.locator("#question").fill(QUESTION)
    second.locator("#question").fill("When was the Skerrow lighthouse first lit?")
    first.locator("#question").press("Enter")
    second.locator("#question").press("Enter")
    expect(first.locator(".answer .text")).to_contain_text("362万标准箱")
    expect(second.locator(".answer .text")).to_contain_text("1874")
    assert first.locator(".conversations a").count() == 1
    expect(second.locator(".conversations")).not_to_contain_text("临海港")


def test_keyboard_alone(open_page):
    page = open_page()
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    assert page.locator("#question").input_value() == f"{QUESTION}\n第二行"
    page.keyboard.press("Enter")
    expect(page.locator(".actions")).to_be_visible()
    page.locator("a.cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("a.cite").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()


def test_every_control_has_a_name(open_page):
    page = open_page(locale="en-US")
    ask(page, "When was the Skerrow lighthouse first lit?")
    page.locator("a.cite").first.click()
    marked(page)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, textarea, select")]
          .filter((e) => e.getClientRects().length)
          .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.title || e.closest("label")))
          .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_screen(open_page, picture, scheme):
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    expect(page.locator(".suggestions, .holdings").first).to_be_visible()
    picture(page, f"zh-{scheme}-390-welcome")
    ask(page, QUESTION)
    picture(page, f"zh-{scheme}-390-answer")
    page.locator("a.cite").first.click()
    assert marked(page) == QUOTE
    assert in_view(page, ".panel mark.quote")
    picture(page, f"zh-{scheme}-390-source")
    page.locator(".panel .icon-close").click()
    page.locator("#tab-documents").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    picture(page, f"zh-{scheme}-390-documents")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_left_the_machine(open_page, served):
    open_page()
    assert served.outside() == ""
    assert not re.search(r"Traceback", (served.folder / "server.log").read_text())


def test_twenty_ask_at_once(served):
    from gradio_client import Client

    client = Client(served.url, verbose=False)
    answers, errors = [], []

    def one(number):
        try:
            answers.append(client.predict(QUESTION, [], {}, api_name="/ask")["answer"])
        except Exception as error:  # noqa: BLE001 (all are faults here)
            errors.append((number, error))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {answer["text"] for answer in answers} == {answers[0]["text"]}
    assert len(answers) == 20
