"""Every kind of page in Chromium: accessible, without errors, fit for small screens, complete without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import DARK, FindViolations, Visit

PAGES = [
    "/",
    "/concepts",
    "/concepts/social-exclusion",
    "/categories/room-rupture",
    "/typologies?undrawn=1&readings=1",
    "/typologies/steinert-opposites",
    "/matrices/wessels-miedema-2002",
    "/matrices/social-quality-quadrant",
    "/matrices/phillips-2008-table-2",
    "/tables/phillips-2008-1-flows",
    "/positions",
    "/works",
    "/works/phillips-2008",
    "/works/room-1999",
    "/agents/room",
    "/things/claim/room-1999-rupture",
    "/disagreements",
    "/anomalies",
    "/things",
    "/matrices",
    "/about/social-exclusion",
    "/compare?thing=concept:social-exclusion&column=all",
    "/compare?thing=concept:social-exclusion&down=bearer&across=process+or+outcome",
    "/compare?thing=model:ideological-pathway&thing=model:non-ideological-pathway",
    "/map",
    "/questions",
    "/ask/rival-definitions?concept=concept:social-cohesion",
    "/query",
    "/search?q=rupture",
    "/thing?iri=sq:Claim",
]


@pytest.mark.parametrize("scheme", ["light", DARK])
@pytest.mark.parametrize("path", PAGES)
def test_no_accessibility_violation(
    visit: Visit, violations: FindViolations, path: str, scheme: str
) -> None:
    page = visit(path, color_scheme=scheme)
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_fits_every_screen_and_shows_the_same_without_javascript(visit: Visit, path: str) -> None:
    page, plain = visit(path), visit(path, java_script_enabled=False)
    assert plain.locator("main h1").count() == 1
    assert plain.locator("main").inner_text() == page.locator("main").inner_text()
    for width in (360, 1900):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1280])
def test_a_word_longer_than_the_page_is_broken(visit: Visit, width: int) -> None:
    iri = "https://example.org/review/id/concept/unbroken"
    for path in ("/", "/concepts", "/search?q=unbroken", f"/thing?iri={iri}", "/about/unbroken"):
        page = visit(path, viewport={"width": width, "height": 800})
        assert "UnbrokenUnbroken" in page.content(), path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        for cell in page.locator("table.wide tbody th").all():
            assert cell.evaluate("cell => cell.offsetWidth") < 400, path
    assert page.goto(f"/thing?iri={iri}") and page.locator("table.wide tbody th").count() == 1


def test_a_sentence_from_right_to_left_ends_on_the_left(visit: Visit) -> None:
    page = visit("/about/unbroken")
    script = """element => [0, element.firstChild.length - 1].map(index => {
        const range = document.createRange();
        range.setStart(element.firstChild, index);
        range.setEnd(element.firstChild, index + 1);
        return range.getBoundingClientRect().x;
    })"""
    start, end = page.get_by_text("التماسك هو الثقة.", exact=True).first.evaluate(script)
    assert end < start


def test_a_title_with_a_script_stays_text(visit: Visit) -> None:
    page = visit("/thing?iri=https://example.org/review/id/work/scripted-2020")
    assert "<script>window.harmed" in page.locator("h1").inner_text()
    assert page.evaluate("window.harmed") is None
    visit("/search?q=harmed").get_by_role("link", name="<script>").wait_for()
    assert visit("/works").evaluate("window.harmed") is None


def test_the_policy_forbids_inline_scripts(visit: Visit) -> None:
    page = visit("/works", allowed=(200, 304))
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.harmed = 1';"
        " document.body.append(s); }"
    )
    assert page.evaluate("window.harmed") is None
    policy = page.request.get("/works").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_a_reader_sorts_and_filters_rival_definitions(visit: Visit) -> None:
    for has_script in (True, False):
        page = visit("/concepts/social-exclusion", java_script_enabled=has_script)
        page.get_by_role("link", name="Year", exact=True).click()
        years = page.locator("table.wide tbody tr td:nth-child(2)").all_inner_texts()
        numbers = [year for year in years if year.isdigit()]
        assert numbers == sorted(numbers) and len(numbers) > 10
        if not page.get_by_label("Containing").is_visible():
            page.get_by_text("Filter, sort, choose").click()
        page.get_by_label("Containing").fill("rupture")
        if not has_script:
            page.get_by_role("button", name="Show").click()
            assert "filter=rupture" in page.url
        assert 0 < page.locator("table.wide tbody tr:visible").count() < len(years)


@pytest.mark.parametrize("has_script", [True, False])
def test_a_reader_chooses_columns_and_facets(visit: Visit, has_script: bool) -> None:
    page = visit("/concepts/social-exclusion", java_script_enabled=has_script)
    page.get_by_text("Filter, sort, choose").click()
    page.locator("select[name=firmness]").select_option("hedged")
    page.get_by_label("definitions as columns").check()
    page.get_by_text("Columns and rows", exact=True).click()
    page.get_by_label("bearer", exact=True).check()
    page.get_by_role("button", name="Show").click()
    assert "firmness=hedged" in page.url and "column=bearer" in page.url
    rows = page.locator("table.lines tbody tr td:first-child").all_inner_texts()
    assert "bearer" in rows and "agency" not in rows
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert "bearer" in Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("has_script", [True, False])
def test_a_reader_adds_and_crosses(visit: Visit, has_script: bool) -> None:
    page = visit("/compare", java_script_enabled=has_script)
    page.get_by_label("Concept, work").fill("concept:social-exclusion")
    page.get_by_role("button", name="Compare").click()
    page.locator("select[name=down]").select_option("bearer")
    page.locator("select[name=across]").select_option("process or outcome")
    page.get_by_role("button", name="Cross-tabulate").click()
    row = page.locator("table.crossed tr").filter(has=page.get_by_role("rowheader", name="society"))
    assert row.get_by_role("link").count() == 1
    page.get_by_role("link", name="Remove social exclusion").click()
    assert page.url.endswith("/compare")


def test_no_cell_of_a_comparison_is_blank(visit: Visit) -> None:
    cells = visit("/concepts/community").locator("table.wide tbody td").all_inner_texts()
    texts = {cell.strip() for cell in cells}
    assert len(cells) > 50 and "" not in texts and {"silent", "not applicable"} <= texts


def test_undrawn_matches_and_readings_are_shown_on_request(visit: Visit) -> None:
    page = visit("/typologies", java_script_enabled=False)
    picture = page.locator("svg.picture")
    assert "proposed by nobody" not in picture.text_content()
    page.get_by_role("link", name="Show matches nobody proposes").click()
    assert "proposed by nobody" in picture.text_content()
    page.get_by_role("link", name="Show our interpretations").click()
    assert "our interpretation" in picture.text_content()


def test_the_picture_of_the_first_page_is_printed_on_its_first_page(visit: Visit) -> None:
    from pypdfium2 import PdfDocument

    page = visit("/")
    page.evaluate("document.querySelectorAll('main > .chips').forEach(list => list.remove())")
    pdf = page.pdf(prefer_css_page_size=True)
    text = PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "severe exclusion" in text and "permanent and decisive detachment" in text


def test_boxes_of_a_picture_lead_on_by_keyboard(visit: Visit) -> None:
    page = visit("/typologies")
    page.locator("svg.picture a").filter(has_text="severe exclusion").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/categories/wessels-miedema-severe")


def test_chosen_typologies_are_shown_side_by_side(visit: Visit) -> None:
    page = visit("/typologies?compare=toennies-pair", java_script_enabled=False)
    page.get_by_role("checkbox", name="Durkheim").first.check()
    page.get_by_role("button", name="Compare the selected typologies").click()
    assert (
        "compare=durkheim" in page.url and "Durkheim" in page.locator("svg.picture").text_content()
    )


@pytest.mark.parametrize("has_script", [True, False])
def test_a_query_is_answered_and_its_error_is_shown(visit: Visit, has_script: bool) -> None:
    page = visit("/query", java_script_enabled=has_script)
    page.get_by_label("Query").fill("SELECT ?work { ?work a sq:Work } ORDER BY ?work LIMIT 2")
    page.get_by_role("button", name="Run").click()
    page.locator("tbody tr").nth(1).wait_for()
    assert page.locator("tbody tr").count() == 2
    error_page = visit(
        "/query?query=SELECT%20%3Fx%0AWHERE%20%7B%20%3Fx%20a%20%7D",
        allowed=(400,),
        java_script_enabled=has_script,
    )
    message = error_page.get_by_role("alert").inner_text()
    assert ":2:" in message and "column" in message and "Traceback" not in message


def test_the_text_area_completes_our_terms(visit: Visit) -> None:
    page = visit("/query")
    with page.expect_response("**/terms.json"):
        page.get_by_label("Query").focus()
    page.get_by_label("Query").fill("SELECT ?x { ?x ")
    page.get_by_label("Query").press_sequentially("sq:hedgeM", delay=5)
    page.get_by_role("option", name="sq:hedgeMarker").wait_for()
    page.keyboard.press("Tab")
    assert page.get_by_label("Query").input_value().endswith("sq:hedgeMarker")


def test_the_theme_is_switched_and_remembered(visit: Visit) -> None:
    page = visit("/", color_scheme="light")
    page.get_by_role("button", name="Dark").click()
    page.goto("/works")
    assert (
        page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(23, 21, 18)"
    )
    page.emulate_media(media="print")
    assert (
        page.evaluate(
            "getComputedStyle(document.documentElement).getPropertyValue('--paper')"
        ).strip()
        == "#ffffff"
    )
