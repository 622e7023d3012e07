"""Files on their way into the index, and the choice of which documents may answer."""

import pytest

from tests.ui.test_page_in_browser import ask, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def text_file(name, text):
    return {"name": name, "mimeType": "text/markdown", "buffer": text.encode()}


def upload(page, files, count):
    page.locator(".documents input[type=file]").set_input_files(files)
    expect(page.locator(".job:is([data-state=done], [data-state=failed])")).to_have_count(count)


def drop(page, *paths):
    session = page.context.new_cdp_session(page)
    box = page.locator(".drop").bounding_box()
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send(
            "Input.dispatchDragEvent",
            {"type": kind, "x": box["x"] + 50, "y": box["y"] + 20, "data": data},
        )


def test_two_files_of_one_name_are_both_kept_and_a_new_version_is_told(open_page, picture):
    page = open_page(locale="en-US")
    page.locator("#tab-documents").click()
    older, newer = (
        f"In {year} the Kell mine gave {n} tonnes." for year, n in ((2022, 410), (2023, 515))
    )
    upload(page, [text_file("mine report.md", older), text_file("mine report.md", newer)], 2)
    expect(page.locator(".job-notes")).to_have_text(
        "Another file has this name; this one is kept as mine report (2).md."
    )
    for name in ("uploads/mine report.md", "uploads/mine report (2).md"):
        expect(page.get_by_role("cell", name=name, exact=True)).to_have_count(1)
    upload(page, [text_file("mine report.md", "The Kell mine was closed in 2024.")], 3)
    expect(page.locator(".job-notes").first).to_have_text(
        "Nothing tells which earlier file of this name is meant, so all are kept, this one as "
        "mine report (3).md. Delete what is out of date."
    )
    upload(page, [text_file("mine report on shafts.md", "The shaft is 90 metres deep.")], 4)
    upload(page, [text_file("mine report on shafts.md", "The shaft is 95 metres deep.")], 5)
    expect(page.locator(".job-state").first).to_have_text(
        "replaced the earlier mine report on shafts.md · 1 passage"
    )
    picture(page, "en-light-wide-uploads")
    for box in page.locator("tr", has_text="mine report").locator("input").all():
        box.check()
    page.locator(".selection .danger-text").click()
    page.locator("dialog .danger").click()
    expect(page.locator(".toast")).to_have_text("4 documents deleted.")
    expect(page.locator("tr", has_text="mine report")).to_have_count(0)


def test_a_dropped_folder_is_walked(open_page, tmp_path):
    """It used to say that the connection broke."""
    folder = tmp_path / "castle"
    (folder / "2023" / ".git").mkdir(parents=True)
    (folder / "2022").mkdir()
    (folder / "2022" / "towers.md").write_text("The castle had 12 towers.")
    (folder / "2023" / "towers.md").write_text("The castle has 11 towers.")
    (folder / ".hidden.md").write_text("The well is 30 metres deep.")
    (folder / "2023" / ".git" / "config.md").write_text("No text of ours.")
    page = open_page(locale="en-US")
    page.locator("#tab-documents").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    drop(page, folder)
    expect(page.locator(".job[data-state=done]")).to_have_count(2)
    names = sorted(page.locator(".job-name").all_text_contents())
    assert names == ["castle/2022/towers.md", "castle/2023/towers.md"]
    expect(page.locator("tr", has_text="uploads/towers")).to_have_count(2)
    # Dropped again, each file is known by its folder.
    (folder / "2023" / "towers.md").write_text("The castle has 10 towers.")
    drop(page, folder)
    expect(page.locator(".job[data-state=done]")).to_have_count(4)
    expect(page.locator("tr", has_text="uploads/towers")).to_have_count(2)
    expect(page.locator(".job-state", has_text="replaced the earlier towers")).to_have_count(1)
    held = page.evaluate(
        """async () => {
          const { call } = await import("/rag/assets/server.js");
          const ids = ["uploads/towers.md", "uploads/towers (2).md"];
          const views = await Promise.all(ids.map((id) => call("source", id, [], 0)));
          return views.map((view) => view.segments.map((segment) => segment.text).join(""));
        }"""
    )
    assert sorted(held) == ["The castle had 12 towers.", "The castle has 10 towers."]
    (tmp_path / "empty").mkdir()
    drop(page, tmp_path / "empty")
    expect(page.locator(".toast")).to_have_text("There is no file in this folder.")


def test_a_file_out_of_reach_is_told_apart_from_a_lost_connection(open_page, tmp_path):
    page = open_page(locale="en-US")
    page.locator("#tab-documents").click()
    paths = [tmp_path / f"{name}.md" for name in ("a", "b", "c")]
    for path in paths:
        path.write_text(f"The tower {path.stem} has bells.")
    under_way = []

    def hold(route):
        if len(under_way) < 2:  # so many travel at a time: the third waits
            under_way.append(route)
        else:
            route.continue_()

    page.route("**/rag/upload?*", hold)
    page.locator(".documents input[type=file]").set_input_files(paths)
    page.wait_for_timeout(500)
    paths[2].unlink()
    for route in under_way:
        route.abort()
    expect(page.locator(".job[data-state=failed]")).to_have_count(3)
    assert [line.text_content() for line in page.locator(".job-state").all()] == [
        "The browser cannot read this file. Is it still there, and may it be read?",
        "The connection broke. Try again.",
        "The connection broke. Try again.",
    ]


def test_what_the_server_has_no_time_for_waits(open_page):
    """Of a folder with hundreds of files the later ones used to fail."""
    page = open_page(locale="en-US")
    turned_away = []

    def busy_once(route):
        if turned_away:
            route.continue_()
        else:
            turned_away.append(route.request.url)
            route.fulfill(status=429, json={"error": "Too much at once. Try again in 1 s."})

    page.route("**/rag/upload?*", busy_once)
    page.locator("#tab-documents").click()
    upload(page, [text_file("busy.md", "The bell tower is busy.")], 1)
    expect(page.locator(".job-state")).to_contain_text("1 passage")
    assert len(turned_away) == 1


LISTING = {
    "total": 450,
    "matching": 450,
    "passages": 450,
    "rows": [
        {
            "id": f"notes/{n}.md",
            "title": f"Note {n}",
            "source": f"notes/a long name of a folder/note number {n}.md",
            "published": "2026-11-23",
            "encoding": "gb18030",
            "bytes": 20_000,
            "passages": 12_345,
        }
        for n in range(450)
    ],
}


def list_of_many(page):
    """Let the page list 450 documents, 200 at a time at most, as the server does."""

    def answer(route):
        _, offset, limit, _ = route.request.post_data_json["data"]
        rows = LISTING["rows"][offset : offset + min(limit, 200)]
        route.fulfill(json={"data": [{**LISTING, "rows": rows}]})

    page.route("**/gradio_api/run/documents", answer)
    page.locator("#tab-documents").click()
    expect(page.locator("tbody tr")).to_have_count(100)


def test_each_click_shows_as_many_more(open_page):
    """Past 200 rows every second click used to show nothing."""
    page = open_page(locale="en-US")
    list_of_many(page)
    for count in (200, 300, 400, 450):
        page.locator(".table-end button").click()
        expect(page.locator("tbody tr")).to_have_count(count)
    expect(page.locator(".table-end button")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 1280, 1024, 700, 390])
def test_the_list_fits_beside_the_source(open_page, picture, width):
    """Dates used to be broken over four lines, and columns to lie under the panel."""
    page = open_page(locale="en-US", viewport={"width": width, "height": 900})
    list_of_many(page)
    for _ in range(2):
        assert page.locator(".documents").evaluate("(e) => e.scrollWidth - e.clientWidth") == 0
        lines = page.evaluate(
            """() => [...document.querySelectorAll("td[data-label=Date], td[data-label=Encoding]")].map((cell) => {
              const range = document.createRange();
              range.selectNodeContents(cell);
              return range.getClientRects().length;
            })"""
        )
        assert set(lines) == {1}
        expect(page.locator("thead input")).to_be_visible()
        if page.locator(".panel").is_hidden():
            page.locator(".title-link").first.click()
            expect(page.locator(".panel .lost")).to_be_visible()
    picture(page, f"en-light-{width}-documents-beside")


def test_a_restriction_that_fits_nothing_is_refused(open_page, picture):
    page = open_page(locale="en-US")
    page.locator(".scope").click()
    page.get_by_label("From", exact=True).fill("2024-05-01")
    page.get_by_label("Until", exact=True).fill("2023-05-01")
    page.locator("dialog .primary").click()
    expect(page.locator("dialog [role=alert]")).to_contain_text("no document can fit")
    picture(page, "en-light-wide-scope-crossed")
    page.get_by_label("Until", exact=True).fill("2024-05-01")
    page.locator("dialog .primary").click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".scope.on")).to_have_text("from 2024-05-01 · until 2024-05-01")


def test_a_removed_document_is_no_choice_any_longer(open_page, picture):
    page = open_page(locale="en-US")
    page.locator("#tab-documents").click()
    upload(page, [text_file("orchard.md", "The orchard of Bell has 37 trees.")], 1)
    row = page.locator("tr", has_text="orchard.md")
    row.locator("input").check()
    page.locator(".selection .primary").click()
    ask(page, "How many trees has the orchard of Bell?")
    expect(page.locator(".scope.on:not(.gone)")).to_have_text("uploads/orchard.md")
    page.locator("#tab-documents").click()
    page.locator(".selection .danger-text").click()
    page.locator("dialog .danger").click()
    expect(row).to_have_count(0)
    page.locator("#tab-ask").click()
    expect(page.locator(".scope.gone")).to_have_text("uploads/orchard.md")
    page.locator(".scope").click()
    expect(page.locator("dialog .gone")).to_have_text("No longer in the index: uploads/orchard.md")
    expect(page.locator("dialog .pick input:checked")).to_have_count(0)
    picture(page, "en-light-wide-scope-gone")
    page.locator("dialog .primary").click()
    expect(page.locator(".scope:not(.on)")).to_have_text("All documents")
