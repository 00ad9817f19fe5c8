"""Every kind of statement can be made, changed and merged by an edit, and stays valid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sq_graph.atlas import Atlas
from sq_graph.cli import app
from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.importers.contributions import WorkFields
from sq_graph.importers.field_values import field_values
from sq_graph.importers.form_input import update
from sq_graph.model.second_readings import checked_statements
from sq_graph.vocab import RDF, expand
from sq_graph.web.pages import PageContext, page_at
from sq_graph.web.pages.page import to_html
from tests.conftest import attribution_of
from tests.workspaces import BASE, chan_workspace

pytestmark = pytest.mark.usefixtures("light_content")


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    atlas = chan_workspace(tmp_path)
    with atlas.edit() as edit:
        for number, summary in enumerate(("Trust makes cohesion.", "Cohesion makes trust."), 1):
            edit.claim(
                summary=summary, in_="chan-2006", page=number, about="trust", name=f"chan-{number}"
            )
    return atlas


def values(atlas: Atlas, subject: str, name: str) -> set[str]:
    results = atlas.sparql(f"SELECT ?o {{ <{subject}> {name} ?o }}")
    return {
        str(row[0]).rpartition("/")[2].rpartition(":")[2].rpartition("#")[2] for row in results.rows
    }


def category_labels(atlas: Atlas, typology: str) -> list[str]:
    return [category.label for category in atlas.typology(typology).categories]


def test_disagreements_examples_questions_models_and_sections(atlas: Atlas) -> None:
    location = {"in_": "chan-2006", "page": 3}
    with atlas.edit() as edit:
        disagreement = edit.disagreement(
            "which comes first?",
            parties=["chan-1", "chan-2"],
            about="trust",
            ground="cause",
            in_="chan-2006",
            page=3,
        )
        edit.argument("chan-1", bears="opposes", on="chan-2", ours=True)
        edit.argument("chan-2", bears="supports", on="chan-cohesion")
        example = edit.example("the town of Ahr", of="trust", **location)  # type: ignore[arg-type]
        question = edit.question(
            "What comes first?",
            status="answered",
            answered_by="chan-1",
            about="trust",
            in_="chan-2006",
            page=3,
        )
        model = edit.model("Trust first", summary="Trust is the ground of all.", **location)  # type: ignore[arg-type]
        section = edit.section("Findings", in_="chan-2006", page="3–9")
    assert values(atlas, disagreement, "sq:party") == {"chan-1", "chan-2"}
    assert values(atlas, disagreement, "sq:basis") == {"basis-read"}
    assert not values(atlas, disagreement, "sq:heldBy")
    first = atlas.find("chan-1", "claim")
    assert values(atlas, first, "sq:readAsOpposing") == {"chan-2"}
    assert values(atlas, example, "a") >= {"Case"}
    assert values(atlas, question, "sq:answeredBy") == {"chan-1"}
    assert values(atlas, model, "sq:heldBy") == {"chan-joseph"}
    assert values(atlas, section, "sq:lastPageLabel") == {"9"}
    violations = [finding for finding in atlas.check() if finding.severity == "Violation"]
    assert not [finding for finding in violations if "coded" not in str(finding)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda e: e.disagreement(
                "x", parties="chan-1", about="trust", ground="cause", in_="chan-2006", page=1
            ),
            "two parties",
        ),
        (
            lambda e: e.disagreement(
                "x",
                parties=["chan-1", "chan-2"],
                about="trust",
                ground="taste",
                in_="chan-2006",
                page=1,
            ),
            "Choose among cause, definition, measure, scope, value",
        ),
        (lambda e: e.argument("chan-1", bears="shakes", on="chan-2"), "supports, opposes"),
        (lambda e: e.argument("chan-1", bears="supports", on=[]), "on which it bears is missing"),
        (
            lambda e: e.example("x", of="trust", in_="chan-2006", page=1, kind="tale"),
            "case, stereotype",
        ),
        (
            lambda e: e.definition(
                of="trust", in_="chan-2006", page=1, summary="A text.", aspects=["degree"]
            ),
            "aspects are given without their values",
        ),
        (lambda e: e.claim(summary=5, in_="chan-2006", page=1), "5 is not a text"),
        (lambda e: e.claim(summary="A claim.", in_="chan-2006", page=None), "None is not a page"),
        (lambda e: e.claim(summary="A.", in_="chan-2006", page=["3"]), r"\['3'\] is not a page"),
        (lambda e: e.claim(summary="A claim.", in_=5, page=1), "5 does not name a work"),
        (
            lambda e: e.claim(summary="A claim.", in_="chan-2006", page=1, hedge=3),
            "3 is not a hedge",
        ),
        (
            lambda e: e.alignment(
                subject=[], relation="close", object="trust", in_="chan-2006", page=1
            ),
            "no subject",
        ),
        (
            lambda e: e.alignment(
                subject="trust", relation="closeish", object="altruism", in_="chan-2006", page=1
            ),
            "Did you mean 'close'",
        ),
        (
            lambda e: e.alignment(
                subject="trust", relation="qqq", object="altruism", in_="chan-2006", page=1
            ),
            "Choose among accumulates-with, affects",
        ),
        (
            lambda e: e.alignment(
                subject="trust", relation="close", object="chan-2006", in_="chan-2006", page=1
            ),
            "That is the name of a work",
        ),
        (
            lambda e: e.work("x-2001", title="X", authors="X, Y", year="twenty"),
            "'twenty' is not a year",
        ),
        (lambda e: e.work("x-2001", title="X", authors="X, Y", year=99999), "99999 is not a year"),
        (lambda e: e.work("x-2001", title=7, authors="X, Y", year=2001), "7 is not a text"),
        (
            lambda e: e.work("x-2001", title="X", authors=[5], year=2001),
            "5 is not the name of an author",
        ),
        (lambda e: e.agent(None), "None is not the name of an author"),
        (
            lambda e: e.typology("x", divides="trust", in_="chan-2006", page=1, categories=[3]),
            "3 is not a category",
        ),
        (
            lambda e: e.typology("x", divides="trust", in_="chan-2006", page=1, categories="a, b"),
            "not as a list",
        ),
        (lambda e: e.update("chan-1", form="quoted"), "a claim has no form"),
        (lambda e: e.update("chan-1", sumary="x"), "Did you mean 'summary'"),
        (lambda e: e.update("room-1999", year=3), "belongs to another map"),
        (lambda e: e.merge("chan-1", into="chan-2"), "there is no work or agent"),
        (lambda e: e.merge("chan-2006", into="room"), "of different kinds"),
    ],
)
def test_wrong_arguments_give_a_sentence(atlas: Atlas, call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message), atlas.edit() as edit:
        call(edit)


@pytest.mark.usefixtures("full_content")
def test_a_category_may_be_a_label_alone(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        typology = edit.typology(
            "kinds of trust",
            divides="trust",
            in_="chan-2006",
            page=1,
            categories=["xy", "ab", ("cd", "C.")],
        )
    assert category_labels(atlas, typology) == ["xy", "ab", "cd"]
    answer = atlas.ask("categories", typology=typology).to_json()
    assert answer.index("xy") < answer.index("ab") < answer.index("cd")
    with atlas.edit() as edit:
        edit.update(typology, categories=[("cd", "C."), "xy", "ab", "new"])
    labels = category_labels(atlas, typology)
    assert labels == ["cd", "xy", "ab", "new"], "as given, not by the alphabet"
    with pytest.raises(InputError, match="not as a list"), atlas.edit() as edit:
        edit.update(typology, categories={"cd": "A summary that would be lost."})  # type: ignore[arg-type]
    assert field_values(atlas.graph, typology)["categories"] == ("cd: C.", "xy", "ab", "new")
    comparison = atlas.compare(typology, "steinert-dimensions").to_text()
    positions = [comparison.index(f" {label} ") for label in ("cd", "xy", "ab", "new")]
    assert positions == sorted(positions)


def test_updating_changes_what_is_given_and_nothing_else(atlas: Atlas) -> None:
    iri = atlas.find("chan-cohesion", "definition")
    with atlas.edit() as edit:
        updated = edit.update(
            "chan-cohesion",
            summary="Another summary.",
            hedge_words="perhaps",
            hedge="hedged",
            page=292,
            aspects={"degree": "silent"},
        )
        assert updated == iri
        edit.update("chan-1", summary="Trust makes some cohesion.")
        edit.update("chan-2006", title="Reconsidering cohesion", year=2007)
    definition = next(d for d in atlas.definitions() if d.iri == iri)
    assert (definition.summary, definition.year) == ("Another summary.", 2007)
    assert definition.attribution.firmness == "hedged (“perhaps”)"
    (passage,) = definition.attribution.passages
    assert (passage.page, passage.last_page, passage.phrase) == ("292", "", "a state of affairs")
    assert not atlas.graph.ask(
        'ASK { ?p a sq:Passage ; sq:pageLabel "290" ; sq:lastPageLabel "291" ; sq:inWork/rdfs:label "Chan 2006" }'
    )
    cells = {row["aspect"]: row["value"] for row in atlas.compare(iri).records.to_dicts()}  # type: ignore[union-attr]
    assert cells["degree"] == "silent"
    assert atlas.label(atlas.find("chan-1", "claim")) == "Trust makes some cohesion"


def test_a_changed_statement_is_a_draft_again(atlas: Atlas) -> None:
    path = atlas.layouts[-1].ontology / "data/works/chan-2006.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("reviewStatus-draft", "reviewStatus-second-read"), encoding="utf-8"
    )
    atlas.refresh()
    definition = atlas.find("chan-cohesion", "definition")
    assert values(atlas, definition, "sq:reviewStatus") == {"reviewStatus-second-read"}
    with atlas.edit() as edit:
        edit.update(definition, summary="Another summary.")
    assert values(atlas, definition, "sq:reviewStatus") == {"reviewStatus-draft"}


def test_merging_moves_every_mention(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.work("chan-x", title="Other title", authors="Chan, J", year=2006, publisher="Press")
        edit.definition(
            of="altruism", in_="chan-x", page=1, summary="Giving.", name="chan-x-altruism"
        )
    with atlas.edit() as edit:
        edit.merge("chan-j", into="chan-joseph")
        dropped = edit.merge("chan-x", into="chan-2006")
        with pytest.raises(UnknownName, match="This edit removed it"):
            edit.find("chan-x", "work")
    assert ("title", '"Other title"') in dropped
    work = atlas.find("chan-2006", "work")
    assert values(atlas, work, "dcterms:publisher") == {"Press"} or atlas.graph.ask(
        f'ASK {{ <{work}> dcterms:publisher "Press" }}'
    )
    definition = atlas.definition("chan-x-altruism")
    assert [str(work) for work in definition.attribution.read_in] == ["Chan 2006"]


def test_a_command_updates_renames_and_deletes(atlas: Atlas) -> None:
    root = str(atlas.layouts[-1].root)
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors=["Chan, Joseph"], year=2006)
        edit.claim(
            summary="Trust comes first.", in_="chan-2006", page=3, name="trust-first", about="trust"
        )
    for arguments in (
        ["update", "trust-first", "hedge=hedged", "hedge_words=perhaps"],
        ["add", "argument", "statement=trust-first", "bears=supports", "on=chan-1", "on=chan-2"],
        ["rename", "trust-first", "trust-1"],
    ):
        result = CliRunner().invoke(app, [*arguments, "--workspace", root])
        assert result.exit_code == 0, result.output
    assert atlas.refresh() and attribution_of(atlas.claim("trust-1")).hedge == "hedged"
    for arguments in (["update", "trust-1", "hegde=hedged"], ["update", "trust-1", "hedge"]):
        assert isinstance(
            CliRunner().invoke(app, [*arguments, "--workspace", root]).exception, InputError
        )
    assert CliRunner().invoke(app, ["delete", "trust-1", "--workspace", root]).exit_code == 0
    assert atlas.refresh() and len(atlas.claims(work="chan-2006")) == 2


def test_a_statement_in_a_section_is_added_and_changed_like_one_on_a_page(atlas: Atlas) -> None:
    """By the command and by the forms, which fill in its location."""
    fields = ["about=trust", "in_=chan-2006", "summary=Trust binds.", "name=binds"]
    passage = ["page=1. Style, not substance, para. 2", "phrase=trust binds"]
    for arguments in (["add", "claim", *fields, *passage], ["update", "binds", "phrase=so binds"]):
        result = CliRunner().invoke(app, [*arguments, "--workspace", str(atlas.layouts[-1].root)])
        assert result.exit_code == 0, result.exception
    atlas.refresh()
    claim = atlas.claim("binds")
    assert attribution_of(claim).source == "Chan 2006, section “1. Style, not substance”, para. 2"
    field_texts = field_values(atlas.graph, claim.iri)
    assert field_texts["page"] == ("1. Style, not substance, para. 2",)
    assert field_texts["phrase"] == ("so binds",)


def test_the_label_of_a_definition_names_its_holder_and_follows_what_it_is_made_of(
    atlas: Atlas,
) -> None:
    def labels_of(*names: str) -> list[str]:
        atlas.refresh()
        return [atlas.definition(name).label for name in names]

    fields: dict[str, Any] = {"of": "trust", "in_": "chan-2006", "summary": "Trust is a bond."}
    with atlas.edit() as edit:
        edit.agent("Doe, Jo")
        edit.work("doe-1999", title="Bonds", authors="Doe, Jo", year=1999)
        edit.definition(**fields, page=3, name="reported", holder="Doe, Jo")
        edit.definition(**fields, page=4, name="ours", basis="read")
        edit.definition(**fields, page=5, name="first", stated_in="doe-1999")
        edit.definition(**fields, page=6, name="second", stated_in="doe-1999")
    names = "reported", "ours", "first", "second"
    assert labels_of(*names) == [
        "Jo Doe on trust",
        "our interpretation of trust",
        "Doe 1999 on trust",
        "Doe 1999 on trust, in Chan 2006, p. 6",
    ]
    with atlas.edit() as edit:
        edit.update("chan-2006", year=2007)
        edit.update("doe-1999", year=2001)
        edit.update("second", page=7)
        edit.update("reported", of="altruism", holder="chan-joseph")
    assert labels_of(*names) == [
        "Joseph Chan on altruism",
        "our interpretation of trust",
        "Doe 2001 on trust",
        "Doe 2001 on trust, in Chan 2007, p. 7",
    ]
    text = (atlas.layouts[-1].root / "ontology/data/works/chan-2006.ttl").read_text()
    assert "Chan 2007, p. 3" in text and "Chan 2006" not in text


def test_an_update_takes_codings_away_and_changes_categories_under_their_names(
    atlas: Atlas,
) -> None:
    with atlas.edit() as edit:
        kinds = edit.typology(
            "two kinds",
            divides="trust",
            in_="chan-2006",
            page=4,
            categories=["thick", ("thin", "Among strangers.")],
        )
        thin = edit.find("chan-2006-two-kinds-thin")
        edit.claim(summary="Thin trust is rare.", in_="chan-2006", page=4, about=thin)
    with atlas.edit() as edit:
        edit.update("chan-cohesion", aspects={"degree": ()})
        edit.update(kinds, ordered_by="strength", categories=["thin", "middling"])
    assert atlas.definition("chan-cohesion") and not values(atlas, thin, "sq:summary")
    assert not atlas.sparql("SELECT ?c { ?c sq:codes ?d }", d=atlas.find("chan-cohesion")).rows
    typology = atlas.typology(kinds)
    ranks = {category.label: category.rank for category in typology.categories}
    assert list(ranks.items()) == [("thin", 1), ("middling", 2)]
    assert typology.ordered and typology.categories[0].iri == thin
    with pytest.raises(InputError, match="refers to it"), atlas.edit() as edit:
        edit.update(kinds, categories=["middling", "thick"])


def test_an_update_changes_the_record_of_a_work(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.update(
            "chan-2006",
            authors=["To, Ho-Pong", "Chan, Joseph"],
            doi="10.1007/s11205",
            journal="SIR",
        )
    work = atlas.work("chan-2006")
    assert [str(name) for name in work.authors] == ["Ho-Pong To", "Joseph Chan"]
    assert values(atlas, work.iri, "bibo:doi") == {"s11205"}
    assert values(atlas, work.iri, "sq:containerTitle") == {"SIR"}


@pytest.mark.parametrize("field", sorted(WorkFields.__annotations__))
def test_an_update_changes_and_removes_each_field_of_a_record(atlas: Atlas, field: str) -> None:
    """Every field that a work can be stated with can be changed; `kind` cannot be taken away."""
    sample_values = {"doi": "10.1000/182", "url": "https://example.org/182", "kind": "thesis"}
    changes: Any = {field: sample_values.get(field, "182")}
    with atlas.edit() as edit:
        work = edit.update("chan-2006", **changes)
    triples = list(atlas.graph.select(f"SELECT ?p ?o {{ <{work}> ?p ?o }}"))
    if field == "kind":
        kinds = {expand(name) for name in ("owl:NamedIndividual", "sq:Work", "bibo:Thesis")}
        assert {row["o"].value for row in triples if row["p"].value == RDF + "type"} == kinds
        return
    (predicate,) = [row["p"].value for row in triples if "182" in row["o"].value]
    changes[field] = ""
    with atlas.edit() as edit:
        edit.update("chan-2006", **changes)
    assert not atlas.graph.ask(f"ASK {{ <{work}> <{predicate}> ?o }}")


def test_matrices_cells_and_figures(atlas: Atlas) -> None:
    location: dict[str, Any] = {"in_": "chan-2006", "page": 5}
    with atlas.edit() as edit:
        kinds, depths = (
            edit.typology(label, divides="trust", categories=categories, **location)
            for label, categories in {
                "Kinds": ["personal", "system"],
                "Depths": ["thick", "thin"],
            }.items()
        )
        matrix = edit.matrix("Trust crossed", axes=[kinds, depths], **location)
        edit.cell(matrix, crosses=["personal", "thick"], summary="Friendship.", **location)
        for year, value in ((2002, "12.50"), (2003, 13)):
            edit.figure(f"trust, {year}", value=value, measured="trust", year=year, **location)
    cell_fields: dict[str, Any] = {
        "crosses": ["thin", "personal"],
        "items": ["trust"],
        "role": "sign",
        **location,
    }
    with atlas.edit() as edit:
        cell = edit.cell(matrix, **cell_fields)
    rows = atlas.sparql(
        "SELECT ?coverage (COUNT(?c) AS ?n) { ?c sq:cellOf ?matrix ; sq:coverage ?coverage } "
        "GROUP BY ?coverage ORDER BY ?coverage",
        matrix=matrix,
    ).rows
    counts = [(str(coverage).rpartition("-")[2], count) for coverage, count in rows]
    assert counts == [("answered", 2), ("silent", 2)]
    query = "SELECT ?v { ?f sq:year 2002 ; sq:value ?v ; sq:measured concept:trust }"
    assert [float(str(row[0])) for row in atlas.sparql(query)] == [12.5]
    assert [finding for finding in atlas.check() if finding.severity == "Violation"] == []
    with (
        pytest.raises(InputError, match="is taken by a different statement"),
        atlas.edit() as edit,
    ):
        edit.cell(matrix, **{**cell_fields, "summary": "Another."})
    with atlas.edit() as edit:
        assert cell in edit.delete(matrix)
    with pytest.raises(InputError, match="'many' is not a number"), atlas.edit() as edit:
        edit.figure("a", value="many", measured="trust", **location)


def test_a_figure_has_a_page_of_its_own_and_goes_with_its_table_and_passage(atlas: Atlas) -> None:
    old_files = {path: path.read_bytes() for path in atlas.layouts[-1].root.rglob("*.ttl")}
    fields: dict[str, Any] = {
        "in_": "chan-2006",
        "page": 6,
        "phrase": "31 per cent",
        "measured": "trust",
    }
    with atlas.edit() as edit:
        figure = edit.figure("households", value=31, **fields)
    query = f"SELECT DISTINCT ?p {{ <{figure}> qb:dataSet?/sq:reportedIn ?p }}"
    assert len(atlas.sparql(query).rows) == 1
    context = PageContext(atlas)
    page = to_html(page_at(context, context.address(figure)), context)
    assert "<h1>Households</h1>" in page and "31 per cent" in page
    with atlas.edit() as edit:
        edit.delete(figure)
    assert old_files == {path: path.read_bytes() for path in atlas.layouts[-1].root.rglob("*.ttl")}


def test_things_are_added_by_kind_with_their_fields_as_texts(atlas: Atlas) -> None:
    fields: dict[str, Any] = {"in": "chan-2006", "page": "3", "about": "trust", "ground": "cause"}
    parties = ["chan-1", "chan-2"]
    disagreement = atlas.add("disagreement", label="which comes first?", parties=parties, **fields)
    assert values(atlas, disagreement, "sq:party") == {"chan-1", "chan-2"}
    position = atlas.add(
        "position",
        label="Chan 2006",
        in_="chan-2006",
        page="3",
        axioms="trust | promotes | social cohesion | Trust promotes cohesion.",
    )
    assert values(atlas, position, "sq:comprises") == {"chan-2006-trust-promotes-social-cohesion"}
    atlas.add("second-reading", statement="chan-1", by="Mara Lund")
    assert checked_statements(atlas.graph, [f"{BASE}id/claim/chan-1"])
    example = atlas.add(
        "example", label="the town of Ahr", of="trust", in_="chan-2006", page="3", kind="stereotype"
    )
    assert "Stereotype" in values(atlas, example, "rdf:type")
    fields = {"in": "chan-2006", "page": "3", "about": "trust", "hedge words": "may"}
    claim = atlas.add("claim", summary="Trust may tire.", **fields)
    assert values(atlas, claim, "sq:hedgeMarker") == {"may"}


TRUST_IS_TRUST = {"subject": "trust", "relation": "close", "object": "trust", "page": "1"}
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "no form 'defintion'. Did you mean 'definition'": ("defintion", {}),
    "a definition needs: in, page, summary": ("definition", {"of": "trust"}),
    "no field 'hegde' of a claim. Did you mean 'hedge'": ("claim", {"hegde": "hedged"}),
    "no hedge 'firm'. Choose among asserted, conditional": ("claim", {"hedge": "firm"}),
    "'maybe' is neither yes nor no": ("claim", {"denied": "maybe"}),
    "2 values are given. Give one": ("claim", {"relation": ["affects", "part-of"]}),
    "'trust' is not a claim of four parts": (
        "position",
        {"label": "x", "in": "chan-2006", "page": "1", "axioms": "trust"},
    ),
    "merge adds nothing. Run sq-graph merge": ("merge", {}),
    "in: there is no work 'chan-1066'": ("alignment", {"in": "chan-1066", **TRUST_IS_TRUST}),
    "Add hedge_words from the passage": ("claim", {"hedge": "hedged", "about": "trust"}),
}


def test_what_cannot_be_added_is_explained(atlas: Atlas) -> None:
    for message, (kind, fields) in REFUSED.items():
        claim_fields: dict[str, Any] = {"summary": "Trust helps.", "in": "chan-2006", "page": "1"}
        with pytest.raises(SqGraphError, match=re.escape(message)):
            atlas.add(kind, **(claim_fields if kind == "claim" else {}), **fields)


def test_a_figure_that_is_added_has_its_year_as_a_number(atlas: Atlas) -> None:
    fields: dict[str, Any] = {"label": "trust", "value": "12.5", "measured": "trust"}
    fields |= {"in": "chan-2006", "page": "5"}
    atlas.add("figure", **fields, year="2002")
    assert atlas.sparql("SELECT ?v { ?f sq:year 2002 ; sq:value ?v }")
    with pytest.raises(InputError, match="'soon' is not a year"):
        atlas.add("figure", **fields, year="soon", name="other")


def test_a_second_reading_follows_a_new_name_and_ends_with_a_new_argument(atlas: Atlas) -> None:
    claims = [f"{BASE}id/claim/chan-{number}" for number in (1, 2)]
    with atlas.edit() as edit:
        edit.argument("chan-1", bears="supports", on="chan-2")
        edit.work("cahn-2006", title="Reconsidering, a copy", authors="Chan, Joseph", year=2006)
    with atlas.edit() as edit:
        for statement in (*claims, "chan-cohesion"):
            edit.second_reading(statement)
    with atlas.edit() as edit:
        claims[1] = edit.rename("chan-2", "chan-second")
        edit.rename("chan-2006", "chan-2006-a")
        edit.merge("chan-2006-a", into="cahn-2006")
        definition = edit.rename("chan-cohesion", "cahn-cohesion")
    assert checked_statements(atlas.graph) >= {*claims, definition}
    with atlas.edit() as edit:
        edit.argument(claims[0], bears="supports", on=claims[1])  # says nothing new
    assert checked_statements(atlas.graph) >= {*claims}
    with atlas.edit() as edit:
        edit.argument(claims[0], bears="opposes", on=definition)
    assert claims[0] not in checked_statements(atlas.graph)
    assert values(atlas, claims[0], "sq:reviewStatus") == {"reviewStatus-draft"}


def test_a_work_with_another_year_is_called_by_that_year(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.update("chan-2006", year=2007)
    assert atlas.work("chan-2006").label == "Chan 2007"
    with atlas.edit() as edit:
        edit.update("chan-2006", label="Chan’s article", year=2008)
    assert atlas.work("chan-2006").label == "Chan’s article"


def test_an_alignment_is_called_by_its_new_ends_and_a_concept_gets_another_broader_one(
    atlas: Atlas,
) -> None:
    with atlas.edit() as edit:
        bond = edit.concept("kind bond", broader="trust")
        alignment = edit.alignment(
            subject=bond, relation="close", object="trust", in_="chan-2006", page=1, denied=True
        )
    with atlas.edit() as edit:
        edit.update(alignment, object="social-cohesion")
        edit.update(bond, broader="social-capital")
    assert values(atlas, alignment, "rdfs:label") == {"kind bond ~ social cohesion (denied)"}
    assert values(atlas, bond, "skos:broader") == {"social-capital"}
    with pytest.raises(InputError, match="a term of causes has a semicolon"), atlas.edit() as edit:
        update(edit, "chan-cohesion", {"aspect.causes": ["war; want"]})


def test_new_authors_hold_what_the_old_ones_held(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        work = edit.work("old-1901", title="Bonds", authors="Old, A.", year=1901)
        fields: dict[str, Any] = {"of": "trust", "summary": "Trust is hope.", "page": 1}
        own = edit.definition(in_=work, **fields)
        report = edit.definition(in_="chan-2006", stated_in=work, cited_page="7", **fields)
        other = edit.definition(in_=work, holder="Kay, Eve", name="kay-hope", **fields)
    with atlas.edit() as edit:
        edit.update(work, authors=["Older, B.", "Old, A."])
        edit.update(work, authors=["Older, B."])
        edit.update(report, cited_page="8–9")
    holders = [values(atlas, thing, "sq:heldBy") for thing in (own, report, other)]
    assert holders == [{"older-b"}, {"older-b"}, {"kay-eve"}]
    assert values(atlas, report, "sq:citation/sq:citedPage") == {"8–9"}
    assert not atlas.sparql("SELECT ?c { ?c sq:citedPage '7' }").rows


def test_a_name_that_an_edit_has_freed_can_be_given_again(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("chan-1")
    with atlas.edit() as edit:
        edit.delete("chan-2")
        edit.rename("chan-1", "chan-2")
    with atlas.edit() as edit:
        edit.rename("chan-2", "chan-3")
        edit.rename("chan-3", "chan-2")
    assert atlas.claim("chan-2").label == "Trust makes cohesion"
    assert checked_statements(atlas.graph, [f"{BASE}id/claim/chan-2"])
