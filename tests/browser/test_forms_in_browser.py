"""Every form in Chromium: filled in with the keyboard, with and without JavaScript, without requests to other machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import TimeoutError

import sq_graph
from sq_graph.importers.edit_fields import forms
from sq_graph.importers.workspace import make_workspace
from tests.browser.conftest import DARK, FindViolations, Visit
from tests.serving import Server, serving

BASE = "https://example.org/review/"
DRAW = "/edit/draw?first=typology:steinert-exclusion&second=typology:wessels-miedema-exclusion"
PAGES = [
    "/edit",
    "/edit/definition?in_=chan-2006&page=2",
    "/edit/definition/chan-state",
    "/edit/definition/chan-state/delete",
    "/edit/work",
    "/edit/typology",
    "/edit/review",
    "/edit/coding",
    "/edit/coding/ann",
    "/edit/coding/ann/chan-state",
    "/edit/coding/settle/chan-state?first=ann&second=ben",
    "/edit/coding/agreement?first=ann&second=ben",
    DRAW,
]
FIELDS: dict[str, dict[str, str]] = {
    "work": {"title": "A work", "authors": "Doe, Jo", "year": "1999"},
    "agent": {"name": "Roe, Al"},
    "concept": {"label": "neighbourliness"},
    "definition": {
        "of": "social cohesion",
        "in_": "Chan 2006",
        "page": "3",
        "summary": "It holds.",
    },
    "typology": {
        "divides": "social cohesion",
        "label": "Kinds of trust",
        "in_": "Chan 2006",
        "page": "4",
        "categories": "bonding: Within a group.\nbridging",
    },
    "alignment": {
        "subject": "chan-2006-two-kinds-of-cohesion-bonding",
        "object": "trust",
        "relation": "close",
        "in_": "Chan 2006",
        "page": "5",
    },
    "claim": {
        "summary": "Trust helps.",
        "in_": "Chan 2006",
        "page": "6",
        "about": "trust",
        "name": "heals",
    },
    "position": {
        "label": "Chan 2006",
        "in_": "Chan 2006",
        "page": "6",
        "axioms": "trust | part of | social cohesion | Trust is a part of cohesion.",
    },
    "disagreement": {
        "label": "Does trust help?",
        "parties": f"{BASE}id/claim/helps\n{BASE}id/claim/hinders",
        "about": "trust",
        "ground": "cause",
        "in_": "Chan 2006",
        "page": "7",
    },
    "example": {"of": "trust", "label": "the town of Ahr", "in_": "Chan 2006", "page": "8"},
    "question": {"label": "What is trust?", "in_": "Chan 2006", "page": "9"},
    "model": {
        "label": "the trust model",
        "in_": "Chan 2006",
        "page": "10",
        "summary": "Trust first.",
    },
    "matrix": {
        "label": "kinds by kinds",
        "axes": "chan-2006-two-kinds-of-cohesion\nroom-exclusion",
        "in_": "Chan 2006",
        "page": "12",
    },
    "cell": {
        "matrix": "kinds by kinds",
        "crosses": "chan-2006-two-kinds-of-cohesion-bonding\nroom-rupture",
        "in_": "Chan 2006",
        "page": "13",
        "summary": "Bonds break.",
    },
    "figure": {
        "label": "trust in Ahr",
        "value": "12.5",
        "in_": "Chan 2006",
        "page": "14",
        "measured": "trust",
    },
    "section": {"in_": "Chan 2006", "page": "11", "heading": "Results"},
    "argument": {
        "statement": f"{BASE}id/claim/hinders",
        "bears": "opposes",
        "on": f"{BASE}id/claim/helps",
    },
    "report-of": {
        "report": f"{BASE}id/claim/passed-on",
        "original": f"{BASE}id/claim/hinders",
        "fidelity": "narrowed",
    },
    "second-reading": {"statement": f"{BASE}id/claim/hinders", "by": "Jo", "date": "2026-11-28"},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace with two works and the codings of two coders."""
    root = make_workspace(tmp_path_factory.mktemp("forms") / "review", BASE)
    (root / "source").mkdir()
    (root / "source" / "chan-2006.txt").write_text("One.\n\fCohesion is a state of affairs.\n")
    with sq_graph.open(root).edit() as edit:
        work = edit.work("chan-2006", title="Reconsidering", authors="Chan, Joseph", year=2006)
        edit.definition(
            of="social-cohesion", in_=work, page=2, summary="A state.", name="chan-state"
        )
        doe = edit.work("doe-2010", title="On Chan", authors="Doe, Jo", year=2010)
        edit.claim(
            summary="Trust hinders, says Chan.",
            in_=doe,
            page=1,
            about="trust",
            holder="Joseph Chan",
            stated_in=work,
            name="passed-on",
        )
        edit.claim(summary="Trust hinders.", in_=work, page=6, about="trust", name="hinders")
        edit.claim(summary="Trust helps much.", in_=work, page=6, about="trust", name="helps")
        edit.typology(
            "Two kinds of cohesion",
            divides="social-cohesion",
            in_=work,
            page=4,
            categories=["bonding", "bridging"],
        )
    (root / "codings").mkdir()
    for coder, value in (("ann", "ranked"), ("ben", "binary")):
        table = f"definition,degree,causes\nchan-state,{value},trust\n"
        (root / "codings" / f"{coder}.csv").write_text(table)
    return root


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Server]:
    """A server of that workspace."""
    with serving(
        root.parent / "log", folders=(root,), token="", workers=1, timeout=60.0
    ) as running:
        yield running


@pytest.fixture
def base(server: Server) -> str:
    """The address of the server with the forms."""
    return server.url


def fill(page: Any, fields: dict[str, str]) -> None:
    """Fills in a form by the names of its fields."""
    for name, value in fields.items():
        field = page.locator(f"form.edit [name='{name}']")
        if field.first.evaluate("field => field.tagName") == "SELECT":
            field.first.select_option(value)
        elif field.count() > 1 and field.first.get_attribute("type") == "text":
            for number, text in enumerate(value.split("\n")):
                field.nth(number).fill(text)
        else:
            field.first.fill(value)


def wait_for_address(page: Any, url: str | re.Pattern[str]) -> None:
    """Waits until a form leads to an address; reports what the page shows if it does not."""
    try:
        page.wait_for_url(url)
    except TimeoutError:
        pytest.fail(f"{page.url} shows: {page.locator('main').inner_text()[:800]}")


KINDS = sorted((kind for kind, form in forms().items() if not form.verb), key=list(FIELDS).index)
COMMON = ("work", "definition", "alignment")  # the others take long: they are for make test-wide


@pytest.mark.parametrize(
    "kind",
    [kind if kind in COMMON else pytest.param(kind, marks=pytest.mark.wide) for kind in KINDS],
)
def test_every_form_saves_with_the_keyboard_and_without_javascript(visit: Visit, kind: str) -> None:
    plain = visit(f"/edit/{kind}", allowed=(200, 422), java_script_enabled=False)
    plain.get_by_role("button", name="Save").click()
    plain.locator("[role=alert] a").first.wait_for()  # an empty form is refused
    scripted = visit(f"/edit/{kind}")
    scripted.set_default_timeout(60_000)
    fill(scripted, FIELDS[kind])
    last_field = list(FIELDS[kind])[-1]
    scripted.locator(f"form.edit [name='{last_field}']").first.press("Control+Enter")
    wait_for_address(scripted, "**/edit/saved*")
    assert scripted.locator("h1").inner_text() == "Saved"
    if undo := scripted.get_by_role("button", name="Undo"):
        undo.click()
        wait_for_address(scripted, "**/edit/saved?undone=*")
    fill(plain, FIELDS[kind])
    plain.get_by_role("button", name="Save").click()
    wait_for_address(plain, "**/edit/saved*")


@pytest.mark.parametrize("scheme", ["light", DARK])
@pytest.mark.parametrize("path", PAGES)
def test_forms_have_no_accessibility_violation_and_fit_narrow_screens(
    visit: Visit, violations: FindViolations, path: str, scheme: str
) -> None:
    page = visit(path, color_scheme=scheme, viewport={"width": 390, "height": 800})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_box_of_the_search_holds_its_word(visit: Visit) -> None:
    for width in (360, 390, 1280):
        box = visit("/", viewport={"width": width, "height": 800}).locator(".search input")
        box.fill("Search")
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), width


def test_errors_are_read_first_and_lead_to_their_fields(
    visit: Visit, violations: FindViolations
) -> None:
    page = visit("/edit/definition", allowed=(200, 422))
    fill(page, {"of": "nonsense", "page": "2"})
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("#errors:focus")
    page.locator("#errors a").first.press("Enter")
    assert page.url.endswith("#field-of")
    assert page.locator("#field-of").get_attribute("aria-describedby") == "error-of"
    assert page.locator("#field-page").input_value() == "2"
    assert violations(page) == []


def test_silent_excludes_values_and_a_list_grows(visit: Visit) -> None:
    page = visit("/edit/definition")
    degree = page.locator("[id='field-aspect.degree']")
    degree.get_by_label("ranked").check()
    degree.get_by_label("silent").check()
    assert not degree.get_by_label("ranked").is_checked()
    causes = page.locator("[id='field-aspect.causes']")
    causes.get_by_label("silent").check()
    causes.locator("textarea").fill("trust")
    causes.locator("textarea").press("Tab")
    assert not causes.get_by_label("silent").is_checked()
    page = visit("/edit/disagreement")
    page.locator("[name=parties]").nth(2).fill("x")
    assert page.locator("[name=parties]").count() == 4


def test_a_correspondence_is_drawn_with_the_mouse_or_chosen_with_the_keyboard(
    visit: Visit, root: Path
) -> None:
    page = visit(DRAW)
    page.set_default_timeout(60_000)
    start, end = (
        page.locator(".box").nth(0).bounding_box(),
        page.locator(".box").nth(4).bounding_box(),
    )
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 20, steps=4)
    page.mouse.up()
    assert page.locator(".draw line").count() == 1
    fill(page, {"relation": "close", "in_": "Chan 2006", "page": "12"})
    page.get_by_role("button", name="Save").click()
    wait_for_address(page, "**/edit/saved*")
    turtle = (root / "ontology/data/works/chan-2006.ttl").read_text()
    assert "sq:relation sq:relation-close" in turtle and "category:wessels-miedema-" in turtle
    plain = visit(DRAW, java_script_enabled=False)
    plain.locator("[name=subject]").nth(1).focus()
    plain.keyboard.press("Space")
    plain.locator("[name=object]").nth(2).focus()
    plain.keyboard.press("Space")
    fill(plain, {"relation": "opposite", "in_": "Chan 2006", "page": "13"})
    plain.get_by_role("button", name="Save").click()
    wait_for_address(plain, "**/edit/saved*")


def test_two_coders_code_apart_and_settle(visit: Visit, root: Path) -> None:
    page = visit("/edit/coding", java_script_enabled=False)
    page.set_default_timeout(60_000)
    page.get_by_label("Your name").fill("Cleo")
    page.get_by_role("button", name="Start").click()
    page.locator("a[href='/edit/coding/cleo/chan-state']").click()
    assert "ranked;" not in page.locator("main").inner_text(), "the codes of others are hidden"
    page.locator("[id='field-aspect.degree']").get_by_label("mixed").check()
    page.get_by_role("button", name="Save and continue").click()
    wait_for_address(page, re.compile(r"/edit/coding/cleo(?!/chan-state)"))
    assert "\nchan-state,,,,mixed," in (root / "codings" / "cleo.csv").read_text()
    page = visit("/edit/coding/agreement?first=ann&second=ben", java_script_enabled=False)
    row = page.get_by_role("row", name="degree differs ranked binary")
    assert row.count() == 1
    page.get_by_role("link", name="Settle").first.click()
    assert "ann: ranked" in page.locator("[id='field-aspect.degree']").inner_text()
    page.locator("[id='field-aspect.degree']").get_by_label("binary").check()
    page.get_by_role("button", name="Add to the map").click()
    wait_for_address(page, "**/edit/coding/agreement*")
    turtle = (root / "ontology/data/works/chan-2006.ttl").read_text()
    assert "value:degree-binary" in turtle and 'sq:codedTerm "trust"@en' in turtle


def test_pages_lead_to_the_forms_that_concern_them(visit: Visit) -> None:
    page = visit("/concepts/social-cohesion")
    page.get_by_role("link", name="Add a definition").click()
    assert page.get_by_label("Concept", exact=True).input_value() == "concept:social-cohesion"
    page = visit("/thing?iri=https://example.org/review/id/definition/chan-state")
    page.get_by_role("link", name="Change this").click()
    assert page.get_by_label("Summary").input_value() == "A state."
