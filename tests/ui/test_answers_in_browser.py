"""How answers, exports and sources are shown, down to the characters, in a real browser."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

QUESTION = "When was the Skerrow lighthouse first lit?"
DRAW = """async ({ text, answerer, statements }) => {
  const { answerBlock } = await import("/rag/assets/answers.js");
  const { toMarkdown } = await import("/rag/assets/exporting.js");
  const { LANGUAGES } = await import("/rag/assets/texts.js");
  const citations = [1, 2, 3].map((number) => ({ number, title: `Source ${number}`, source: "s", quote: "q", start: 0, end: 1 }));
  const answer = { text, answerer, statements, citations, passages: [], question: "?", confidence: 1 };
  const message = { question: "?", asked: "2026-01-01", state: "done", answer };
  const shown = answerBlock(message, LANGUAGES.en, {}).querySelector(".text");
  const exported = toMarkdown({ title: "?", messages: [message] }, LANGUAGES.en, "en");
  return {
    text: shown.textContent,
    bold: [...shown.querySelectorAll("strong")].map((e) => e.textContent),
    unsupported: [...shown.querySelectorAll(".unsupported")].map((e) => e.textContent),
    links: [...shown.querySelectorAll("a.cite")].map((e) => e.textContent),
    exported: exported.split("\\n").find((line, i, lines) => lines[i - 2]?.startsWith("*Asked")),
  };
}"""


def expect(locator):
    from playwright.sync_api import expect

    return expect(locator)


def drawn(page, *sentences, answerer="extractive"):
    """An answer of (text, citation numbers) pairs as shown; a model's marks stand behind its spans."""
    text, statements = "", []
    for sentence, citations in sentences:
        marks = "".join(f"[{number}]" for number in citations or ())
        start = len(text)
        text += sentence + (f" {marks}" if marks else "")
        end = len(text) if answerer == "extractive" else start + len(sentence)
        statements.append(
            {"start": start, "end": end, "citations": citations or [], "supported": bool(citations)}
        )
        text += " "
    answer = {"text": text.rstrip(), "answerer": answerer, "statements": statements}
    return page.evaluate(DRAW, answer)


@pytest.fixture
def page(open_page):
    return open_page(locale="en-US")


def test_a_power_in_a_quote_keeps_its_asterisks(page):
    """2**10 used to be shown as 210."""
    shown = drawn(
        page, ("A block has 2**10 bytes and a page 2**12; **kwargs and **this** too.", [1])
    )
    assert shown["text"] == (
        "A block has 2**10 bytes and a page 2**12; **kwargs and **this** too. [1]"
    )
    assert shown["bold"] == []


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("The answer is **forty-two**.", ["forty-two"]),
        ("产量为**362万吨**，**同比**增长。", ["362万吨", "同比"]),
        ("**All of it.**", ["All of it."]),
        (
            "实现**营业收入**362亿元，**净利润**(扣非后)为2021**年**最高。",
            ["营业收入", "净利润", "年"],
        ),
        ("It is 2**10 and 2**12.", []),
        ("It is 2 ** 10 and 2 ** 12.", []),
        ("It is (a+b)**2 and (a-b)**2.", []),
        ("Call f(**first) or g(**second).", []),
    ],
)
def test_bold_of_a_language_model(page, text, bold):
    shown = drawn(page, (text, [1]), answerer="model")
    assert shown["bold"] == bold
    for words in bold:
        text = text.replace(f"**{words}**", words)
    assert shown["text"] == f"{text} [1]"


@pytest.mark.parametrize("answerer", ["extractive", "model"])
def test_only_the_markers_that_close_a_statement_are_links(page, answerer):
    """A paper's own [2] used to lead to our second source."""
    shown = drawn(
        page,
        ("😀 It weighs 40 kg [2] and costs 3 coins [1].", [1]),
        ("[3] B. Writer, On Attention [2].", [2, 3]),
        ("And so on [1].", None),
        answerer=answerer,
    )
    assert shown["links"] == ["[1]", "[2]", "[3]"]
    assert "It weighs 40 kg [2] and costs 3 coins [1]. [1]" in shown["text"]
    assert shown["exported"] == (
        r"😀 It weighs 40 kg \[2\] and costs 3 coins \[1\]. [1] "
        r"\[3\] B. Writer, On Attention \[2\]. [2][3] And so on \[1\]."
    )
    assert len(shown["unsupported"]) == 1
    assert shown["unsupported"][0].startswith("And so on [1].")


def test_markers_in_the_rows_of_a_table_are_links(page):
    text = "| Port | Boxes | | Linhai | 362 [1] | | Kell [4] | 40 [2] |"
    rows = [(0, 17, []), (18, 33, [1]), (40, 55, [2])]
    statements = [
        {"start": start, "end": end, "citations": citations, "supported": True}
        for start, end, citations in rows
    ]
    answer = {"text": text, "answerer": "model", "statements": statements}
    assert page.evaluate(DRAW, answer)["links"] == ["[1]", "[2]"]


def test_a_refusal_is_exported_in_its_own_words(page):
    text = "No document fits the restriction, so this question cannot be answered."
    answer = {"text": text, "answerer": "extractive", "statements": []}
    assert page.evaluate(DRAW, answer)["exported"] == text


def test_markers_keep_their_links_inside_bold_words(page):
    shown = drawn(page, ("**It rose.", [1]), ("Much.**", [2]), answerer="model")
    assert (shown["links"], shown["bold"]) == (["[1]", "[2]"], ["It rose. [1] Much."])


QUOTED = """async (quotes) => {
  const { answerBlock } = await import("/rag/assets/answers.js");
  const { LANGUAGES } = await import("/rag/assets/texts.js");
  const citations = quotes.map(([quote, exact], i) => {
    const start = [...quote.slice(0, quote.indexOf(exact))].length;
    return { number: i + 1, title: "A title", source: "s", start: 100, quote, highlight: [100 + start, 100 + start + [...exact].length] };
  });
  const answer = { text: "It is so.", answerer: "extractive", statements: [], citations, passages: [], question: "?", confidence: 1 };
  const thread = document.querySelector(".thread");
  thread.replaceChildren(answerBlock({ question: "?", state: "done", answer }, LANGUAGES.en, {}));
  return [...thread.querySelectorAll(".source-quote")].map((card) => ({
    text: card.textContent,
    shown: card.querySelector("b").getBoundingClientRect().bottom <= card.getBoundingClientRect().bottom + 2,
  }));
}"""


@pytest.mark.parametrize("width", [1440, 390])
def test_the_marked_words_are_in_sight_on_a_source_card(page, width):
    """They used to be below the two lines that a card shows."""
    page.set_viewport_size({"width": width, "height": 900})
    cards = page.evaluate(
        QUOTED,
        [
            ["The tower of the old harbour is 40 metres tall.", "40 metres"],
            [
                "We train on the pairs for 20 epochs, using AdamW with a learning rate of 3e-5.",
                "3e-5",
            ],
            [
                "😀2024年6月11日下午，新区召开发布会，并且说明新区自从获批设立以来十年的改革。",
                "十年",
            ],
            ["x" * 90 + "42", "42"],
            ["并且说明新区自从获批设立以来各个方面所进行的一系列重要的改革共有十二项。", "十二项"],
        ],
    )
    assert [card["text"] for card in cards] == [
        "The tower of the old harbour is 40 metres tall.",
        "…AdamW with a learning rate of 3e-5.",
        "…并且说明新区自从获批设立以来十年的改革。",
        "…" + "x" * 15 + "42",
        "…所进行的一系列重要的改革共有十二项。",
    ]
    assert all(card["shown"] for card in cards)


def test_a_long_document_is_read_to_its_end(page, picture):
    """All but its first 300,000 characters used to be out of reach."""
    lines = "".join(f"Day {day} of the harbour book.\n\n" for day in range(1, 13_001))
    upload(page, lines + "The book ends here.", name="harbour book.md")
    page.locator("#tab-documents").click()
    page.locator(".title-link", has_text="harbour book").click()
    told = page.locator(".left-out")
    expect(told).to_have_count(1)
    last = page.locator(".sheet > p:not(.left-out)").last
    day = last.text_content()
    told.locator("button", has_text="Read on").click()
    expect(told).to_have_count(1)
    expect(told).to_contain_text("Show what comes before")
    expect(last).to_have_text("The book ends here.")
    # What was the last line is in sight, near the top.
    shown = page.get_by_text(day, exact=True).bounding_box()
    frame = page.locator(".panel-scroll").bounding_box()
    assert 0 <= shown["y"] - frame["y"] < frame["height"] * 0.2
    expect(page.locator(".panel-scroll")).to_be_focused()
    picture(page, "en-light-wide-read-on")
    page.locator(".language").click()
    expect(told).to_contain_text("显示前面的内容")
    assert abs(page.get_by_text(day, exact=True).bounding_box()["y"] - shown["y"]) < 4
    told.locator("button").click()
    expect(page.locator(".sheet > p").first).to_have_text("Day 1 of the harbour book.")
    expect(told).to_contain_text("继续往下读")
    page.evaluate(
        """async () => (await import("/rag/assets/server.js")).call("remove", ["uploads/harbour book.md"])"""
    )


COMPOSING = """([selector, options]) => document.querySelector(selector).dispatchEvent(
  new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true, ...options }))"""


@pytest.mark.parametrize("options", [{"isComposing": True}, {"keyCode": 229}])
def test_escape_of_an_input_method_throws_nothing_away(page, options):
    page.locator("#question").fill(QUESTION)
    page.locator("#question").press("Enter")
    expect(page.locator(".actions")).to_be_visible()
    page.locator("a.cite").first.click()
    page.wait_for_selector(".panel mark.quote")
    page.evaluate(COMPOSING, ["#question", options])
    expect(page.locator(".panel")).to_be_visible()
    page.locator(".question").hover()
    page.locator(".question .edit").click()
    page.locator(".editing textarea").fill("Rewritten at length")
    page.evaluate(COMPOSING, [".editing textarea", options])
    expect(page.locator(".editing textarea")).to_have_value("Rewritten at length")
    page.locator(".editing textarea").press("Escape")
    expect(page.locator(".editing")).to_have_count(0)


def upload(page, text, name="belfry.md"):
    page.locator("#tab-documents").click()
    page.locator(".documents input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/markdown", "buffer": text.encode()}]
    )
    expect(page.locator(".job[data-state=done]")).to_have_count(1)
    page.get_by_text("Dismiss").click()
    page.locator("#tab-ask").click()


def test_a_citation_of_a_document_that_has_changed(page, picture):
    code = "\n\n```sh\n# ring twice\nring --times 2\n```\n"
    quote = "The Marlow belfry has 14 bells."
    upload(page, f"# Belfries\n\n{quote}{code}")
    page.locator("#question").fill("How many bells has the Marlow belfry?")
    page.locator("#question").press("Enter")
    page.locator("a.cite").first.click()
    page.wait_for_selector(".panel mark.quote")
    assert "".join(page.locator(".panel mark.quote").all_text_contents()) == quote
    expect(page.locator(".moved")).to_have_count(0)
    expect(page.locator(".sheet pre")).to_contain_text("# ring twice")
    assert page.locator(".sheet :is(h3, h4)").all_text_contents() == ["# Belfries"]
    page.keyboard.press("Escape")

    upload(page, f"# Belfries\n\nThe list was revised.\n\n{quote}{code}")
    page.locator("a.cite").first.click()
    page.wait_for_selector(".panel mark.quote")
    assert "".join(page.locator(".panel mark.quote").all_text_contents()) == quote
    assert "".join(page.locator(".panel mark.exact").all_text_contents()) == "14 b"
    expect(page.locator(".moved")).to_contain_text("has changed since the answer")
    picture(page, "en-light-wide-moved")
    page.keyboard.press("Escape")

    upload(page, "# Belfries\n\nThe Marlow belfry has 15 bells since last year.\n")
    page.locator("a.cite").first.click()
    expect(page.locator(".lost")).to_contain_text(quote)
    assert page.locator(".sheet p").count() == 0
    page.evaluate(
        """async () => (await import("/rag/assets/server.js")).call("remove", ["uploads/belfry.md"])"""
    )
    page.goto(page.url.split("#")[0] + "#view=documents&n=uploads/belfry.md")
    expect(page.locator(".lost")).to_have_text("This document is no longer in the index.")


def test_too_many_tries_to_log_in_are_told_with_the_wait(page):
    """The right password used to be told that it is wrong."""
    page.route("**/gradio_api/call/ask", lambda route: route.fulfill(status=401))
    page.locator("#question").fill(QUESTION)
    page.locator("#question").press("Enter")
    problem = page.locator("dialog.login .told")
    replies = [
        {"status": 400},
        {"status": 429, "headers": {"retry-after": "7"}},
    ]
    page.route("**/login", lambda route: route.fulfill(**replies.pop(0)))
    for told in ("User or password is wrong.", "Too many tries. Try again in 7 s."):
        page.locator("dialog.login input[name=username]").fill("reader")
        page.locator("dialog.login input[name=password]").fill("secret")
        page.locator("dialog.login .primary").click()
        expect(problem).to_have_text(told)
