"""Pages of documentation: links to a place in its own heading, terms and their definitions."""

from __future__ import annotations

import pytest

from rag.reading import read_bytes
from rag.records import Document

LEAD = "The following options are read from the file when the program starts, and may be changed later."

NOTICE = (
    "<p>各区人民政府，市政府各部门：现将《办法》印发给你们，请认真贯彻执行，并将执行情况于年底前报告。</p>"
    * 3
)


def page(body: str, title: str = "Options — Foo 2.4 documentation") -> Document:
    html = f"<html><head><title>{title}</title></head><body><main>{body}</main></body></html>"
    (document,) = read_bytes(html.encode(), "a.html")
    return document


@pytest.mark.parametrize(
    "link",
    [
        '<a class="headerlink" href="#o" title="Permalink">¶</a>',
        '<a href="#o">#</a>',
        '<a class="hash-link" href="/guide#o">\u200b</a>',
        '<a class="anchor" href="#o"><svg></svg></a>',
        '<a href="#o">🔗</a>',
    ],
)
@pytest.mark.parametrize("before", [False, True])
def test_the_link_to_a_heading_is_no_part_of_it(link: str, *, before: bool) -> None:
    def heading(name: str) -> str:
        return f"{link} {name}" if before else f"{name}{link}"

    document = page(
        f"<h1>{heading('Options')}</h1><p>{LEAD}</p><h2>{heading('Time-outs')}</h2><p>{LEAD}</p>"
    )
    assert document.title == "Options"
    assert document.text == f"Options\n\n{LEAD}\n\nTime-outs\n\n{LEAD}"
    headings = [document.text[start:end] for start, end, _ in document.metadata["headings"]]
    assert headings == ["Options", "Time-outs"]


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Notes in C#", "Notes in C#"),
        ('Unlike <a href="#b">scope</a>', "Unlike scope"),
        ('Under <a href="/law/5">§</a> 5', "Under § 5"),
    ],
)
def test_other_signs_and_links_stay_in_a_heading(heading: str, text: str) -> None:
    document = page(f"<h1>Options</h1><p>{LEAD}</p><h2>{heading}</h2><p>{LEAD}</p>")
    assert f"\n\n{text}\n\n" in document.text


@pytest.mark.parametrize(("label", "published"), [("发布日期", "2024-03-09"), ("有效期至", None)])
def test_a_date_above_the_article_has_its_term_for_a_label(
    label: str, published: str | None
) -> None:
    data = f"<body><dl><dt>{label}</dt><dd>2024年3月9日</dd></dl><main><h1>用水办法</h1>{NOTICE}</main></body>"
    (document,) = read_bytes(data.encode(), "a.html")
    assert document.text.startswith("用水办法")
    assert document.published == published


@pytest.mark.parametrize(
    ("entries", "lines"),
    [
        (
            '<dt>idle_wait<a href="#o">¶</a></dt><dd><p>In seconds. The default is 90.</p><p>More.</p></dd>',
            ["idle_wait: In seconds. The default is 90.", "More."],
        ),
        ("<dt>租金</dt><dd>每月八千元。</dd>", ["租金：每月八千元。"]),
        ("<dt>Returns:</dt><dd>A list of names.</dd>", ["Returns: A list of names."]),
        ("<dt>-v</dt><dt>--verbose</dt><dd>Tell more.</dd>", ["-v, --verbose: Tell more."]),
        ("<div><dt>a</dt><dd>One.</dd></div><div><dt>b</dt><dd>Two.</dd></div>", ["a: One.", "b: Two."]),
        ('<dt id="a"><a href="#a"><code>a</code></a></dt><dd>One.</dd>', ["a: One."]),
        # A question, prose for a term, a list or code below it, a term that is a link: lines of their own.
        ("<dt>Who pays?</dt><dd>The buyer.</dd>", ["Who pays?", "The buyer."]),
        (f"<dt>{'long ' * 20}</dt><dd>Text.</dd>", [("long " * 20).strip(), "Text."]),
        ("<dt>Parameters</dt><dd><ul><li>One</li></ul></dd>", ["Parameters", "- One"]),
        ("<dt>Example</dt><dd><pre>x = 1</pre></dd>", ["Example", "x = 1"]),
        ("<dt>a</dt><dd>One.</dd><dd>Two.</dd>", ["a: One.", "Two."]),
        ("<dt>a</dt><dd></dd><p>Prose.</p>", ["a", "Prose."]),
    ],
)  # fmt: skip
def test_a_term_stands_before_its_definition(entries: str, lines: list[str]) -> None:
    text = page(f"<h1>Options</h1><p>{LEAD}</p><dl>{entries}</dl><p>{LEAD}</p>").text
    assert [line for line in text.split("\n") if line] == ["Options", LEAD, *lines, LEAD]
