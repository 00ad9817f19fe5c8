"""Forms over HTTP: what is saved, what is refused and why; nothing is overwritten or written elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from sq_graph.importers.edit_fields import forms
from sq_graph.importers.workspace import make_workspace
from sq_graph.web import Settings
from tests.serving import TOKEN, Answer, Server, serving
from tests.workspaces import chan_workspace

BASE = "https://example.org/review/"
FORM = "application/x-www-form-urlencoded"
WORK = "ontology/data/works/chan-2006.ttl"


class Visitor:
    """Fills in the forms of a server as a browser would."""

    def __init__(self, server: Server, root: Path) -> None:
        self.server, self.root = server, root
        self.session = self.hidden("/edit/work", "session")

    def get(self, path: str) -> Answer:
        return self.server.ask("GET", path)

    def hidden(self, path: str, name: str) -> str:
        """The value of a hidden field."""
        return value_of(self.get(path), name)

    def send(
        self, path: str, headers: Mapping[str, str] | None = None, /, **fields: object
    ) -> Answer:
        form = {"session": self.session, **fields}
        all_headers = {"Origin": self.server.url, "Content_Type": FORM, **(headers or {})}
        return self.server.ask("POST", path, urlencode(form, doseq=True), **all_headers)

    def change(self, path: str, **fields: object) -> Answer:
        return self.send(path, digest=self.hidden(path, "digest"), **fields)

    def undo(self) -> Answer:
        return self.send("/edit/undo", save=self.hidden("/edit", "save"))

    def files(self) -> dict[str, bytes]:
        return {
            file.relative_to(self.root).as_posix(): file.read_bytes()
            for file in self.root.rglob("*")
            if file.is_file() and ".sq-graph" not in file.parts
        }


DEFINITION_FIELDS = {
    "of": "social cohesion",
    "page": "290–291",
    "phrase": "a state of affairs",
    "summary": "Cohesion is a state of affairs.",
    "form": "paraphrased",
    "aspect.degree": "ranked",
    "hedge": "asserted",
    "holder": "Joseph Chan",
    "stated_in": "Chan 2006",
    "basis": "worded",
}
"""The fields of the form that changes a definition."""


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("forms")
    root = folder / "review"
    chan_workspace(folder, "chan-state", "Cohesion is a state of affairs.")
    (root / "source").mkdir()
    (root / "source" / "chan-2006.txt").write_text("One.\n\fCohesion is a state of affairs.\n")
    with serving(folder / "log", folders=(root,), token="", workers=1, timeout=60.0) as server:
        yield Visitor(server, root)


def text_of(answer: Answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def value_of(answer: Answer, name: str) -> str:
    textarea = re.search(rf'<textarea[^>]* name="{name}"[^>]*>([^<]*)', answer.text)
    match = textarea or re.search(rf'<input[^>]* name="{name}" value="([^"]*)"', answer.text)
    assert match, name
    return unescape(match[1])


def error_at(answer: Answer, name: str) -> str:
    """The message at a field."""
    match = re.search(rf'id="error-{re.escape(name)}">(.*?)</span>\s*<', answer.text, re.DOTALL)
    assert match, name
    return unescape(match[1])


def test_a_work_and_a_definition_are_saved_and_shown_at_once(visitor: Visitor) -> None:
    answer = visitor.send(
        "/edit/work", title="Putting cohesion", authors="Berger, Ann\nFox, Bea", year="2011"
    )
    assert answer.status == 303
    assert "Berger and Fox 2011" in text_of(visitor.get(answer.headers["location"]))
    turtle = (visitor.root / "ontology/data/works/berger-fox-2011.ttl").read_text()
    assert 'dcterms:title "Putting cohesion"' in turtle and "sq:year 2011" in turtle
    answer = visitor.send(
        "/edit/definition",
        of="social cohesion",
        in_="Berger and Fox 2011",
        page="7",
        summary="Cohesion is what holds a society together.",
        **{"aspect.degree": ["ranked"], "aspect.causes": "trust\nhelp"},
    )
    assert answer.status == 303
    iri = f"{BASE}id/definition/berger-fox-2011-social-cohesion-p7"
    page = text_of(visitor.get(f"/thing?{urlencode({'iri': iri})}"))
    assert "Cohesion is what holds a society together." in page
    turtle = (visitor.root / "ontology/data/works/berger-fox-2011.ttl").read_text()
    assert 'sq:codedTerm "help"@en, "trust"@en' in turtle and "value:degree-ranked" in turtle


def test_every_error_is_shown_at_its_field_and_no_word_is_lost(visitor: Visitor) -> None:
    old_files = visitor.files()
    answer = visitor.send(
        "/edit/definition",
        of="social cohesoin",
        in_="Chan 2006",
        page="29 a",
        form="invented",
        **{"aspect.degree": ["ranked", "silent"], "aspect.causes": "trust"},
    )
    assert answer.status == 422 and visitor.files() == old_files
    for name, expected in {
        "of": "Did you mean 'social-cohesion'?",
        "page": "'29 a' is not a page. Write one page or a range, such as 290 or 290–291, "
        "or a section: Introduction, para. 2.",
        "summary": "Summary is missing. Fill in this field.",
        "form": "Choose among characterised, extensional",
        "aspect.degree": "Degree is both coded and silent or n/a. Keep one of them.",
    }.items():
        assert expected in error_at(answer, name), name
        assert f'href="#field-{name}"' in answer.text
    assert value_of(answer, "of") == "social cohesoin" and value_of(answer, "page") == "29 a"
    assert value_of(answer, "aspect.causes") == "trust"


def test_a_refusal_by_the_rules_is_shown_at_its_field(visitor: Visitor) -> None:
    phrase = "one two three four five six seven eight nine"
    answer = visitor.send(
        "/edit/definition",
        of="trust",
        in_="Chan 2006",
        page="1",
        phrase=phrase,
        summary="Trust is hope.",
    )
    assert answer.status == 422
    message = error_at(answer, "phrase")
    assert "at most eight words" in message and "sq:" not in message
    assert value_of(answer, "phrase") == phrase
    fields = {"of": "trust", "in_": "Chan 2006", "page": "1", "summary": "Trust is hope."}
    text = text_of(visitor.send("/edit/definition", **fields, hedge="hedged"))
    assert "Add words of the hedge from the passage" in text and "hedge_words" not in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Host": "elsewhere.example"}, 421),
        ({"Content_Type": "text/plain"}, 415),
    ],
)
def test_no_other_site_can_save(visitor: Visitor, headers: dict[str, str], status: int) -> None:
    old_files = visitor.files()
    fields = {
        "title": "Reconsidering",
        "authors": "Chan, Joseph",
        "year": "2006",
        "note": "foreign",
    }
    assert visitor.send("/edit/work", headers, **fields, slug="chan-2006").status == status
    assert visitor.send("/edit/undo", headers).status == status
    assert visitor.files() == old_files


@pytest.mark.parametrize("path", ["/edit/work", "/edit/sign-in", "/edit/review"])
def test_a_method_that_forms_do_not_have_is_refused_with_the_allowed_ones(
    visitor: Visitor, path: str
) -> None:
    answer = visitor.server.ask("PUT", path, "")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert answer.text == "PUT is not allowed here. Use GET, HEAD, POST.\n"


def test_a_form_without_its_token_keeps_its_words_and_saves_nothing(visitor: Visitor) -> None:
    old_files = visitor.files()
    answer = visitor.send("/edit/agent", session="0" * 64, name="Nobody, Ann")
    assert answer.status == 403 and value_of(answer, "name") == "Nobody, Ann"
    assert "so nothing was saved" in text_of(answer) and visitor.files() == old_files


def test_a_form_cannot_be_read_by_another_site_or_grow_beyond_bounds(visitor: Visitor) -> None:
    answer = visitor.server.ask("GET", "/edit/work", Origin="https://elsewhere.example")
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert visitor.send("/edit/work", title="x" * (1 << 18)).status == 413


@pytest.mark.parametrize("slug", ["../../escaped", "..", "a/b", "/etc/x", "A B"])
def test_nothing_is_written_outside_the_files_of_the_workspace(visitor: Visitor, slug: str) -> None:
    old_files, siblings = visitor.files(), set(visitor.root.parent.iterdir())
    answer = visitor.send("/edit/work", title="Escape", authors="Doe, Jo", year="1999", slug=slug)
    assert answer.status == 422 and "cannot be a short name" in text_of(answer)
    assert visitor.files() == old_files and set(visitor.root.parent.iterdir()) == siblings


def test_the_list_of_forms_is_in_plain_words(visitor: Visitor) -> None:
    text = text_of(visitor.get("/edit"))
    assert "returns" not in text and "names old" not in text
    assert "Merges two works or two agents" in text
    assert re.search(r"\bWorks [1-9]", text)  # as many as earlier tests have added


def test_things_of_the_packaged_map_have_no_form(visitor: Visitor) -> None:
    for path in (
        "/edit/work/room-1999",
        "/edit/work/room-1999/delete",
        "/edit/passage/x",
        "/edit/nothing",
    ):
        assert visitor.get(path).status == 404
        assert visitor.send(path).status == 404


def test_a_form_refuses_a_field_that_it_does_not_have(visitor: Visitor) -> None:
    for path in (
        "/edit?x=1",
        "/edit/definition?hegde=asserted",
        "/edit/coding?x=1",
        "/edit/review?wrok=a",
    ):
        answer = visitor.get(path)
        assert answer.status == 400, path
        assert "has no parameter" in answer.text
    assert visitor.get("/edit/definition?hedge=asserted").status == 200


def test_the_text_of_the_page_is_shown_beside_its_form(visitor: Visitor) -> None:
    address = "/edit/definition?" + urlencode({"in_": "chan-2006", "page": "2"})
    answer = visitor.get(address)
    assert "Cohesion is a state of affairs." in text_of(answer) and "One." not in text_of(answer)
    assert "<aside" not in visitor.get(address.replace("page=2", "page=9")).text
    text = "Title\n[page 55]\nOne.\n[page 56]\nCohesion binds.\n"
    (visitor.root / "source" / "room-1999.txt").write_text(text)
    page = text_of(visitor.get("/edit/definition?in_=room-1999&page=56"))
    assert "P. 56 room-1999.txt" in page and "Cohesion binds." in page
    assert "One." not in page


def test_a_phrase_that_is_not_on_the_page_shown_is_doubted_once(visitor: Visitor) -> None:
    fields = {"in_": "chan-2006", "page": "2", "about": "trust", "summary": "Trust is a state."}
    old_files = visitor.files()
    answer = visitor.send("/edit/claim", phrase="is the state of affairs", **fields)
    assert answer.status == 422 and visitor.files() == old_files
    assert 'has "is a state of affairs." (the → a' in error_at(answer, "phrase")
    confirmed = value_of(answer, "kept")
    assert value_of(answer, "summary") == "Trust is a state."
    answer = visitor.send("/edit/claim", phrase="One.", kept=confirmed, **fields)
    assert answer.status == 422 and "is on p. 1" in text_of(answer)
    saved = visitor.send("/edit/claim", phrase="is the state of affairs", kept=confirmed, **fields)
    assert saved.status == 303


def test_a_change_touches_only_what_was_changed(visitor: Visitor) -> None:
    path = "/edit/definition/chan-state"
    old = (visitor.root / WORK).read_text()
    fields = {**DEFINITION_FIELDS, "summary": "Cohesion is a state.", "aspect.degree": "binary"}
    answer = visitor.change(path, **fields)
    assert answer.status == 303, text_of(answer)
    new = (visitor.root / WORK).read_text()
    assert new == old.replace("is a state of affairs.", "is a state.").replace(
        "degree-ranked", "degree-binary"
    )
    assert visitor.undo().status == 303
    assert (visitor.root / WORK).read_text() == old


def test_nothing_that_an_editor_changed_is_overwritten(visitor: Visitor) -> None:
    path, file = "/edit/definition/chan-state", visitor.root / WORK
    old, digest = file.read_text(), visitor.hidden("/edit/definition/chan-state", "digest")
    file.write_text(old.replace("Cohesion is a state of affairs.", "Cohesion is an affair."))
    try:
        fields = {**DEFINITION_FIELDS, "summary": "Cohesion is mine."}
        answer = visitor.send(path, digest=digest, **fields)
        assert answer.status == 409 and "Cohesion is an affair." in file.read_text()
        assert "In the file now: Cohesion is an affair." in text_of(answer)
        assert value_of(answer, "summary") == "Cohesion is mine."
        answer = visitor.send(path, digest=value_of(answer, "digest"), **fields)
        assert answer.status == 303 and "Cohesion is mine." in file.read_text()
        file.write_text(file.read_text() + "# edited\n")
        answer = visitor.undo()
        assert answer.status == 409 and "has changed since that save" in text_of(answer)
        assert "Cohesion is mine." in file.read_text()
    finally:
        file.write_text(old)


def test_a_change_of_a_thing_deleted_meanwhile_keeps_its_words(visitor: Visitor) -> None:
    fields = {"in_": "chan-2006", "page": "5", "about": "trust", "summary": "Trust goes."}
    assert visitor.send("/edit/claim", **fields, name="goes").status == 303
    digest = visitor.hidden("/edit/claim/goes", "digest")
    assert visitor.send("/edit/claim/goes/delete").status == 303
    answer = visitor.send("/edit/claim/goes", digest=digest, summary="Trust goes far.")
    assert answer.status == 409 and "deleted or renamed while you were writing" in text_of(answer)
    assert value_of(answer, "summary") == "Trust goes far."
    assert visitor.send("/edit/claim", **fields, name="goes").status == 303  # as the form says
    assert visitor.undo().status == 303


def test_nobody_undoes_the_save_of_somebody_else(visitor: Visitor) -> None:
    fields = {"in_": "chan-2006", "page": "5", "about": "trust"}
    answer = visitor.send("/edit/claim", **fields, summary="Mine it is.", name="mine")
    save = value_of(visitor.get(answer.headers["location"]), "save")
    visitor.send("/edit/claim", **fields, summary="Theirs it is.", name="theirs")
    assert 'name="save"' not in visitor.get(answer.headers["location"]).text
    refused = visitor.send("/edit/undo", save=save)
    assert refused.status == 409 and "Another save followed this one" in text_of(refused)
    assert "Theirs it is." in (visitor.root / WORK).read_text()
    assert visitor.undo().status == 303
    assert visitor.send("/edit/claim/mine/delete").status == 303


def test_pasted_text_becomes_one_line_without_characters_that_xml_forbids(visitor: Visitor) -> None:
    pasted = "Trust\u00a0is\r\na co\u00adhesive\x0bbond\x07 —\tof all.\u200b"
    fields = {"in_": "chan-2006", "page": "5", "about": "trust", "name": "pasted"}
    assert visitor.send("/edit/claim", **fields, summary=pasted).status == 303
    assert '"Trust is a cohesive bond — of all."' in (visitor.root / WORK).read_text()
    text = text_of(visitor.send("/edit/claim", **fields, summary="Another one."))
    assert "The short name pasted is taken by a different statement" in text
    assert "Give another short name" in text
    assert visitor.send("/edit/claim/pasted/delete").status == 303


def test_a_name_too_long_for_a_file_is_refused_at_once(visitor: Visitor) -> None:
    work = {"title": "A long name", "authors": "Doe, Jo", "year": "1999"}
    answer = visitor.send("/edit/work", **work, slug="x" * 250)
    assert answer.status == 422 and "is too long for the name of a file" in text_of(answer)
    assert value_of(answer, "title") == "A long name"


def test_a_deletion_names_what_refers_to_the_thing(visitor: Visitor) -> None:
    fields = {"in_": "Chan 2006", "page": "5", "about": "trust"}
    for name, summary in (("one", "Trust makes cohesion."), ("two", "Cohesion makes trust.")):
        assert visitor.send("/edit/claim", name=name, summary=summary, **fields).status == 303
    answer = visitor.send(
        "/edit/disagreement",
        label="Which comes first?",
        parties=[f"{BASE}id/claim/one", f"{BASE}id/claim/two"],
        ground="cause",
        **fields,
    )
    assert answer.status == 303, text_of(answer)
    path = "/edit/claim/one/delete"
    assert "Which comes first?" in text_of(visitor.get(path))
    old_files = visitor.files()
    answer = visitor.send(path)
    assert answer.status == 422 and "which-comes-first refers to it" in text_of(answer)
    assert visitor.files() == old_files
    assert visitor.send(path, cascade="yes").status == 303
    assert "Which comes first?" not in (visitor.root / WORK).read_text()
    assert visitor.undo().status == 303
    assert visitor.files() == old_files


def test_forms_come_from_the_methods_of_an_edit() -> None:
    assert {"work", "definition", "claim", "alignment", "disagreement"} <= set(forms())
    claim = forms()["claim"]
    assert claim["relation"].choices[:2] == ("accumulates-with", "affects")
    assert claim["summary"].is_required and not claim["about"].is_required
    assert forms()["definition"]["phrase"].help.startswith("Up to eight words of the page")


def test_only_a_local_workspace_has_forms_without_a_token(tmp_path: Path) -> None:
    folder = (tmp_path,)
    assert Settings(folders=folder).editable
    assert not Settings().editable
    assert not Settings(folders=folder, host="0.0.0.0").editable
    assert not Settings(folders=folder, public_url="https://example.org").editable
    assert Settings(folders=folder, host="0.0.0.0", token="t").editable
    assert not Settings(store=tmp_path, token="t").editable


def test_with_a_token_forms_require_signing_in(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "review", BASE)
    with serving(tmp_path / "log", folders=(root,), workers=1, timeout=60.0) as server:
        page = server.ask("GET", "/edit/agent")
        assert "Sign in" in text_of(page) and 'name="session"' not in page.text
        headers = {"Origin": server.url, "Content_Type": FORM}
        assert server.ask("POST", "/edit/agent", "name=Doe%2C+Jo", **headers).status == 401
        assert server.ask("POST", "/edit/sign-in", "token=wrong", **headers).status == 401
        answer = server.ask("POST", "/edit/sign-in", f"token={TOKEN}&next=/edit/agent", **headers)
        assert (answer.status, answer.headers["location"]) == (303, "/edit/agent")
        cookie, *attributes = answer.headers["set-cookie"].split("; ")
        assert "HttpOnly" in attributes and "SameSite=strict" in attributes
        form = server.ask("GET", "/edit/agent", Cookie=cookie)
        data = urlencode({"session": value_of(form, "session"), "name": "Doe, Jo"})
        assert server.ask("POST", "/edit/agent", data, **headers, Cookie=cookie).status == 303
        assert "Jo Doe" in (root / "ontology/data/agents.ttl").read_text()
        foreign = server.ask(
            "POST", "/edit/sign-in", f"token={TOKEN}&next=//evil.example", **headers
        )
        assert foreign.headers["location"] == "/edit"


def test_drafts_are_read_a_second_time_beside_their_passages(visitor: Visitor) -> None:
    answer = visitor.send(
        "/edit/claim",
        in_="chan-2006",
        page="2",
        about="trust",
        summary="Trust comes first.",
        phrase="state of affairs",
        name="to-review",
    )
    assert answer.status == 303, text_of(answer)
    page = visitor.get("/edit/review?work=chan-2006&by=Mara+Lund")
    parts = page.text.split('<div class="side-by-side"')
    section = next(part for part in parts if "Trust comes first." in part)
    assert "Cohesion is a state of affairs." in unescape(section)
    assert 'name="by" value="Mara Lund"' in section
    digest = re.search(r'name="digest" value="(\w+)"', section)
    assert digest
    fields = {"statement": f"{BASE}id/claim/to-review", "by": "Mara Lund", "work": "chan-2006"}
    stale = visitor.send("/edit/review", digest="0", note="Page right.", **fields)
    assert stale.status == 409 and "changed after you opened this page" in text_of(stale)
    assert 'name="note" value="Page right."' in stale.text
    saved = visitor.send("/edit/review", digest=digest[1], note="Page right.", **fields)
    assert saved.status == 303
    text = text_of(visitor.get(saved.headers["location"]))
    assert "Recorded for Trust comes first" in text and "Claim: Trust comes first" not in text
    turtle = "".join(
        path.read_text() for path in visitor.root.rglob("*.ttl") if "readings" in path.as_posix()
    )
    assert "Mara Lund" in turtle and "Page right." in turtle


def test_a_position_is_added_and_works_are_renamed_and_merged_by_forms(visitor: Visitor) -> None:
    axiom = "trust | promotes | social cohesion | Trust promotes cohesion."
    fields = {"label": "Chan 2006", "in_": "chan-2006", "page": "5"}
    refused = visitor.send("/edit/position", **fields, axioms="trust | promotes")
    assert refused.status == 422 and "not a claim of four parts" in text_of(refused)
    added = visitor.send("/edit/position", **fields, axioms=axiom)
    assert added.status == 303, text_of(added)
    assert "Chan 2006" in text_of(visitor.get(added.headers["location"]))
    for slug in ("old-1999", "new-1999"):
        work = {"title": slug, "authors": "Old, Ann", "year": "1999", "slug": slug}
        assert visitor.send("/edit/work", **work).status == 303
    assert visitor.send("/edit/rename", thing="old-1999", slug="older-1999").status == 303
    assert visitor.send("/edit/merge", old="older-1999", into="new-1999").status == 303
    assert not (visitor.root / "ontology/data/works/older-1999.ttl").exists()


def test_a_broken_table_of_codes_is_named_without_the_path_of_the_folder(visitor: Visitor) -> None:
    table = visitor.root / "codings" / "zoe.csv"
    table.parent.mkdir(exist_ok=True)
    table.write_text("definition,gender\nchan-cohesion,none\n", encoding="utf-8")
    answer = visitor.get("/edit/coding")
    table.unlink()
    assert answer.status == 400 and "codings/zoe.csv:2: there is no aspect" in text_of(answer)
    assert str(visitor.root) not in answer.text


def test_a_form_fills_in_the_section_of_a_statement(visitor: Visitor) -> None:
    fields = {"in_": "chan-2006", "page": "Ties that bind, para. 2", "phrase": "ties that bind"}
    answer = visitor.send(
        "/edit/claim", summary="Ties bind.", about="trust", name="binds", **fields
    )
    assert answer.status == 303, text_of(answer)
    form = visitor.get("/edit/claim/binds")
    assert value_of(form, "page") == "Ties that bind, para. 2"
    assert "or a section" in text_of(form)
