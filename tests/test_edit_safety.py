"""An edit never damages what is there: nothing is replaced, lost or left dangling without being asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError
from sq_graph.importers.editing import Edit
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.second_readings import second_readings
from tests.conftest import attribution_of
from tests.workspaces import BASE, turtle_texts

pytestmark = pytest.mark.usefixtures("light_content")

TAKEN = "chan-2006-social-cohesion-p290"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "review", BASE)


@pytest.fixture
def atlas(folder: Path) -> Atlas:
    atlas = sq_graph.open(folder)
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors=["Chan, Joseph"], year=2006)
        edit.definition(
            of="social-cohesion",
            in_="chan-2006",
            page=290,
            summary="A state of affairs between people.",
            aspects={"process-or-outcome": "outcome", "degree": "silent"},
        )
    return atlas


def codings(atlas: Atlas, definition: str) -> dict[str, str]:
    rows = atlas.compare(definition).records.to_dicts()  # type: ignore[union-attr]
    return {str(row["aspect"]): str(row["value"]) for row in rows}


def define_reported(edit: Edit, **fields: object) -> str:
    return edit.definition(
        of="social-cohesion",
        in_="chan-2006",
        page="290",
        summary="A process without end.",
        holder="Durkheim",
        hedge_words="perhaps",
        **fields,  # type: ignore[arg-type]
    )


def test_a_second_definition_on_a_page_is_refused(atlas: Atlas, folder: Path) -> None:
    old_texts = turtle_texts(folder)
    message = "taken by a different statement .*held by.*summary.*replace=True"
    with pytest.raises(InputError, match=message), atlas.edit() as edit:
        define_reported(edit, name=TAKEN)
    assert turtle_texts(folder) == old_texts
    fields = {"of": "social-cohesion", "in_": "chan-2006", "page": 290, "summary": "Without end."}
    message = f"{TAKEN}.*taken by a different statement .*summary.*replace=True"
    with pytest.raises(InputError, match=message), atlas.edit() as edit:
        edit.definition(**fields)  # type: ignore[arg-type]
    assert turtle_texts(folder) == old_texts


def test_a_second_definition_can_have_a_name_of_its_own(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        iri = define_reported(edit, name="durkheim-on-cohesion")
    assert iri.endswith("/durkheim-on-cohesion")
    definitions = atlas.definitions("social-cohesion")
    summaries = {definition.summary for definition in definitions}
    assert summaries >= {"A state of affairs between people.", "A process without end."}


def test_replacing_drops_the_codings_that_are_not_given_again(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        aspects = {"degree": "ranked"}
        iri = define_reported(edit, name=TAKEN, replace=True, aspects=aspects, phrase="no end")
    cells = codings(atlas, iri)
    assert (cells["process or outcome"], cells["degree"]) == ("not coded", "ranked")
    assert not atlas.graph.ask(f"ASK {{ <{BASE}id/passage/chan-2006-p290> ?p ?o }}")


def test_what_an_edit_changed_and_then_replaces_with_another_work_stays_one(
    atlas: Atlas, folder: Path
) -> None:
    fields: dict[str, Any] = {"about": "trust", "name": "one"}
    with atlas.edit() as edit:
        edit.work("other-2007", title="Other", authors=["Other, Ann"], year=2007)
        edit.claim(in_="chan-2006", page=1, summary="Trust comes first.", **fields)
        edit.claim(in_="chan-2006", page=1, summary="Trust comes last.", about="trust", name="two")
    with atlas.edit() as edit:
        edit.argument("claim:one", bears="supports", on="claim:two")
        edit.claim(in_="other-2007", page=2, summary="Trust counts.", replace=True, **fields)
    assert atlas.claim("one").summary == "Trust counts."
    assert [str(work) for work in attribution_of(atlas.claim("one")).read_in] == ["Other 2007"]
    paths = [path for path, text in turtle_texts(folder).items() if "claim:one a " in text]
    assert len(paths) == 1


def test_the_same_definition_takes_further_codings_and_refuses_others(atlas: Atlas) -> None:
    fields = {
        "of": "social-cohesion",
        "in_": "chan-2006",
        "page": 290,
        "summary": "A state of affairs between people.",
    }
    with atlas.edit() as edit:
        definition = edit.definition(**fields, aspects={"constituents": "trust"})  # type: ignore[arg-type]
    assert codings(atlas, definition)["constituents"] == "trust"
    assert codings(atlas, definition)["process or outcome"] == "outcome"
    with pytest.raises(InputError, match=r"different in: coded value\)"), atlas.edit() as edit:
        edit.definition(**fields, aspects={"process-or-outcome": "process"})  # type: ignore[arg-type]


def test_a_name_is_taken_in_whatever_file(atlas: Atlas) -> None:
    with pytest.raises(InputError, match="different statement"), atlas.edit() as edit:
        edit.work("kay-2001", title="Other", authors=["Kay, K"], year=2001)
        edit.definition(
            of="social-cohesion",
            in_="kay-2001",
            page=1,
            summary="Something else.",
            name="chan-2006-social-cohesion-p290",
        )


def test_claims_that_begin_alike_are_two(atlas: Atlas) -> None:
    claims = []
    for end in ("strangers", "kin", "strangers"):
        with atlas.edit() as edit:
            summary = f"Cohesion in a society depends on trust among {end}."
            claims.append(edit.claim(summary=summary, in_="chan-2006", page=5, about="trust"))
    assert claims[0] == claims[2] != claims[1]
    texts = [atlas.show(claim).to_text() for claim in claims]
    assert "strangers" in texts[0] and "kin" in texts[1]


def test_phrases_that_begin_alike_are_two_passages(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        for end in ("one", "two"):
            edit.claim(
                summary=f"Claim {end}.",
                in_="chan-2006",
                page=5,
                about="trust",
                phrase=f"the very same four {end}",
            )
    phrases = atlas.sparql(
        f"SELECT ?phrase {{ ?p sq:inWork <{BASE}id/work/chan-2006> ; sq:phrase ?phrase }}"
    )
    assert {row[0] for row in phrases.rows} == {"the very same four one", "the very same four two"}


def add_forms(edit: Edit, *categories: str, replace: bool = False) -> str:
    return edit.typology(
        "forms",
        divides="social-exclusion",
        in_="chan-2006",
        page=3,
        ordered_by="mild to harsh",
        categories=[(label, f"What {label} is.") for label in categories],
        replace=replace,
    )


def test_a_typology_made_again_has_the_categories_given_and_no_others(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        typology = add_forms(edit, "a one", "b two", "c three")
    for labels in (("b two", "a one"), ("a one", "b two"), ("a one", "b two", "c three", "d four")):
        with pytest.raises(InputError, match="replace=True"), atlas.edit() as edit:
            add_forms(edit, *labels)
    with atlas.edit() as edit:
        add_forms(edit, "b two", "a one", replace=True)
    ranks = [(category.rank, category.label) for category in atlas.typology(typology).categories]
    assert ranks == [(1, "b two"), (2, "a one")]


@pytest.mark.usefixtures("full_content")
def test_a_category_that_is_referred_to_is_not_dropped(atlas: Atlas, folder: Path) -> None:
    with atlas.edit() as edit:
        add_forms(edit, "a one", "b two")
        edit.alignment(
            subject="a one", relation="close", object="steinert-normal", in_="chan-2006", page=4
        )
    old_texts = turtle_texts(folder)
    with pytest.raises(InputError, match=r"alignment .* refers to it"), atlas.edit() as edit:
        add_forms(edit, "b two", replace=True)
    assert turtle_texts(folder) == old_texts


CALLS: dict[str, Callable[[Edit], object]] = {
    "work": lambda edit: edit.work("lost-2001", title="Lost", authors="Lost, P", year=2001),
    "agent": lambda edit: edit.agent("Lost, P"),
    "concept": lambda edit: edit.concept("lostness"),
    "definition": define_reported,
    "typology": lambda edit: add_forms(edit, "a", "b"),
    "alignment": lambda edit: edit.alignment(
        subject="trust", relation="close", object="social-capital", in_="chan-2006", page=1
    ),
    "claim": lambda edit: edit.claim(summary="Lost words.", in_="chan-2006", page=1),
    "find": lambda edit: edit.find("trust"),
    "code": lambda edit: edit.code("hedge", "hedged"),
    "put": lambda edit: edit.put(f"{BASE}data/lost", ""),
    "delete": lambda edit: edit.delete("chan-2006"),
    "rename": lambda edit: edit.rename("chan-2006", "chan"),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_method_refuses_before_and_after_the_block(atlas: Atlas, name: str) -> None:
    with pytest.raises(InputError, match="has not begun, so nothing would be kept"):
        CALLS[name](atlas.edit())
    with atlas.edit() as edit:
        pass
    with pytest.raises(InputError, match="has ended, so nothing would be kept"):
        CALLS[name](edit)
    with pytest.raises(InputError, match="has already ended"), edit:
        pass


def test_an_edit_inside_an_edit_is_explained(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        with pytest.raises(InputError, match="cannot be nested"), atlas.edit():
            pass
        edit.work("kay-2001", title="Other", authors=["Kay, K"], year=2001)
    assert atlas.find("kay-2001").startswith(BASE)


def test_deleting_names_what_refers_to_a_thing(atlas: Atlas, folder: Path) -> None:
    definition = atlas.find("chan-2006-social-cohesion-p290")
    message = "definition chan-2006-social-cohesion-p290 refer"
    with pytest.raises(InputError, match=message), atlas.edit() as edit:
        edit.delete("chan-2006")
    with atlas.edit() as edit:
        deleted = edit.delete(definition)
    assert {iri.rsplit("/")[-2] for iri in deleted} == {"definition", "coding", "passage"}
    texts = str(turtle_texts(folder))
    assert "Reconsidering" in texts and "passage" not in texts
    assert definition not in {d.iri for d in atlas.definitions()}


def test_deleting_with_all_that_refers(atlas: Atlas, folder: Path) -> None:
    with atlas.edit() as edit:
        deleted = edit.delete("chan-2006", cascade=True)
        with pytest.raises(InputError, match="This edit removed it"):
            edit.find("chan-2006", "work")
    assert any("/definition/" in iri for iri in deleted)
    assert list(turtle_texts(folder)) == ["ontology/data/agents.ttl"]
    assert sq_graph.open(folder).digest == atlas.digest


def test_the_packaged_map_is_neither_deleted_nor_renamed(atlas: Atlas) -> None:
    with pytest.raises(InputError, match="belongs to another map"), atlas.edit() as edit:
        edit.delete("room-1999")
    with pytest.raises(InputError, match="belongs to another map"), atlas.edit() as edit:
        edit.rename("room-1999", "room")


def test_renaming_follows_every_mention(atlas: Atlas, folder: Path) -> None:
    with atlas.edit() as edit:
        new_iri = edit.rename("chan-2006", "chan-etal-2006")
    text = turtle_texts(folder)["ontology/data/works/chan-etal-2006.ttl"]
    assert "work:chan-2006" not in text and "works/chan-2006>" not in text
    definition = sq_graph.open(folder).definition("chan-2006-social-cohesion-p290")
    assert definition.attribution.distance == "read" and new_iri.endswith("/work/chan-etal-2006")
    with (
        pytest.raises(InputError, match="another work already has the slug 'kay'"),
        atlas.edit() as edit,
    ):
        edit.work("kay", title="Other", authors=["Kay, K"], year=2001)
        edit.rename("chan-etal-2006", "kay")


def test_the_old_name_is_free_for_another_definition_with_the_same_aspects(
    atlas: Atlas, folder: Path
) -> None:
    fields: dict[str, Any] = {"of": "social-cohesion", "in_": "chan-2006", "page": 290}
    fields["name"] = "one"
    with atlas.edit() as edit:
        edit.definition(**fields, summary="It lasts.", aspects={"degree": "silent"})
        edit.second_reading("definition:one", by="Jo", date="2026-11-28")
    with atlas.edit() as edit:
        edit.rename("definition:one", "three")
    with atlas.edit() as edit:
        edit.definition(**fields, summary="It ends.", aspects={"degree": "ranked"})
        edit.second_reading("definition:one", by="Al", date="2026-11-28")
    reopened = sq_graph.open(folder)
    assert codings(reopened, "definition:three")["degree"] == "silent"
    assert codings(reopened, "definition:one")["degree"] == "ranked"
    readings = second_readings(reopened.graph)
    readers = {(reading.statement.rpartition("/")[2], reading.reader) for reading in readings}
    assert {("three", "Jo"), ("one", "Al")} <= readers


def test_an_edit_reads_and_writes_only_what_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second edit of a file parses nothing, and the graph and file are as if everything were read anew."""
    folder = make_workspace(tmp_path / "mine", "https://example.org/mine/")
    atlas = sq_graph.open(folder)
    with atlas.edit() as edit:
        edit.work("reader-2001", title="A reader", authors=["Reader, Ann"], year=2001)
    with monkeypatch.context() as patch:
        patch.setattr("sq_graph.importers.graph_builder.parse", lambda *_: 1 / 0)
        for page, summary in ((1, "Trust comes first."), (2, "Trust comes last.")):
            with atlas.edit() as edit:
                iri = edit.definition(of="trust", in_="reader-2001", page=page, summary=summary)
        with atlas.edit() as edit:
            edit.update(iri, summary="Trust comes second.")
    assert not atlas.fmt(check=True)
    assert sq_graph.open(folder).digest == atlas.digest
    path = folder / "ontology/data/works/reader-2001.ttl"
    path.write_text(path.read_text().replace("comes first", "comes early"))
    with atlas.edit() as edit:
        edit.claim(summary="Trust is shared.", about="trust", in_="reader-2001", page=3)
    assert "comes early" in path.read_text() and "is shared" in path.read_text()
    assert sq_graph.open(folder).digest == atlas.digest


MISSPELT: dict[str, Callable[[Edit], str]] = {
    "'hegde'. Did you mean 'hedge'": lambda edit: define_reported(edit, name="new", hegde="hedged"),
    "'confidence'": lambda edit: define_reported(edit, name="new", confidence="0.5"),
    "'jurnal'. Did you mean 'journal'": lambda edit: edit.work(
        "kay-2001",
        title="Kay",
        authors="Kay, K",
        year=2001,
        jurnal="J",  # type: ignore[call-arg]
    ),
    "'hodler'. Did you mean 'holder'": lambda edit: edit.position(
        "Chan",
        in_="chan-2006",
        page=1,
        axioms=[("trust", "promotes", "social-cohesion", "Trust helps.")],
        hodler="Kay, K",  # type: ignore[call-arg]
    ),
}


@pytest.mark.parametrize("message", MISSPELT)
def test_an_argument_that_nothing_takes_is_refused(
    atlas: Atlas, folder: Path, message: str
) -> None:
    old_texts = turtle_texts(folder)
    with pytest.raises(sq_graph.UnknownName, match=f"no argument {message}"), atlas.edit() as edit:
        MISSPELT[message](edit)
    assert turtle_texts(folder) == old_texts


def test_a_reported_definition_on_the_same_page_stands_beside_the_first(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        definition = define_reported(edit, aspects={"degree": "ranked"})
    assert codings(atlas, definition)["process or outcome"] == "not coded"
    assert codings(atlas, TAKEN)["process or outcome"] == "outcome"
