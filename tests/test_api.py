"""The Python API: references, records, listings, frames, typed SPARQL, errors."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

import sq_graph as sq
from sq_graph.atlas import Atlas
from sq_graph.model import codes
from sq_graph.model.facts import code_of


def test_a_reference_is_accepted_wherever_a_name_is(atlas: Atlas) -> None:
    definitions = atlas.definitions()
    assert all(atlas.concept(d.concept).iri == d.concept.iri for d in definitions)
    definition = definitions[0]
    work = definition.attribution.passages[0].work
    assert atlas.work(work).label == str(work) == "Phillips 2008"
    assert atlas.show(definition).rows == atlas.show(definition.iri).rows
    concept = atlas.concept("social-exclusion")
    assert atlas.ask("rival-definitions", concept=concept) == atlas.ask(
        "rival-definitions", concept="social-exclusion"
    )
    iris = (d.iri for d in definitions[:2])
    assert atlas.compare(*definitions[:2]).columns == atlas.compare(*iris).columns


def test_a_label_that_two_kinds_share_is_resolved_within_the_kind(atlas: Atlas) -> None:
    assert atlas.concept("social exclusion").iri.endswith("/concept/social-exclusion")
    with pytest.raises(
        sq.UnknownName, match=r"'steinert-exclusion'\. That is the name of a typology"
    ):
        atlas.concept("steinert-exclusion")


LISTINGS = {
    "concepts": ({}, {"within": "social-exclusion"}, {"scheme": "constructs"}),
    "definitions": (
        {},
        {"concept": "trust"},
        {"holder": "room"},
        {"hedge": "hedged"},
        {"distance": "read"},
    ),
    "claims": ({}, {"about": "trust"}, {"relation": "part-of"}, {"work": "bernard-1999"}),
    "alignments": ({}, {"drawn": "denied"}, {"relation": "close"}, {"of": "steinert-normal"}),
    "typologies": ({}, {"divides": "social-exclusion"}, {"holder": "room"}),
    "works": ({}, {"author": "room"}, {"year": 1999}, {"read": True}),
    "agents": ({}, {"kind": "organisation"}),
    "aspects": ({}, {"closed": True}),
    "questions": ({}, {"group": "definitions"}),
}


@pytest.mark.parametrize("name", LISTINGS)
def test_every_kind_is_listed_filtered_and_taken_as_a_frame(atlas: Atlas, name: str) -> None:
    listing, *filtered_listings = (getattr(atlas, name)(**filters) for filters in LISTINGS[name])
    for filtered in filtered_listings:
        assert 0 < len(filtered) < len(listing)
        assert set(filtered.table().rows) <= set(listing.table().rows) or name in (
            "definitions",
            "concepts",
        )
    frame, polars_frame = listing.to_pandas(), listing.to_polars()
    assert len(frame) == len(polars_frame) == len(listing)
    assert list(frame.columns) == list(polars_frame.columns) == list(listing.columns)
    if name != "questions":
        assert frame["iri"].is_unique and frame["iri"].str.startswith("https://").all()


def test_a_frame_tells_holder_work_page_hedge_and_words_apart(atlas: Atlas) -> None:
    frame = atlas.definitions().to_pandas().set_index("iri")
    room = frame.loc[atlas.find("room-1999-rupture", "definition")]
    assert (room["holder"], room["read in"], room["page"]) == ("Room", "Phillips 2008", "6")
    assert (room["hedge"], room["hedge words"]) == ("hedged", "in some considerable degree")
    assert (room["year"], room["reported year"]) == (1999, 2008)
    assert frame["year"].isna().sum() >= 12
    assert not frame.index.duplicated().any()
    codings = atlas.codings().to_pandas()
    assert not codings["value"].str.contains("; ").any()
    assert set(codings["iri"]) == set(frame.index)


def test_warnings_that_nobody_draws_come_only_when_asked_for(atlas: Atlas) -> None:
    assert {alignment.drawn for alignment in atlas.alignments()} == {"drawn", "denied"}
    proposed = atlas.alignments(drawn="proposed by nobody")
    assert {alignment.drawn for alignment in proposed} == {"proposed by nobody"}


def test_sparql_gives_typed_values_and_takes_values(atlas: Atlas) -> None:
    row = atlas.sparql('SELECT (-5 AS ?i) (1.5 AS ?d) (true AS ?b) ("concept:trust" AS ?t) {}')[0]
    assert row == (-5, 1.5, True, "concept:trust")
    assert atlas.sparql("SELECT (-5 AS ?x) {}").to_csv() == "x\n-5\n"
    trust_query = "SELECT ?c { ?c a sq:Concept ; rdfs:label 'trust'@en }"
    (trust,) = atlas.sparql(trust_query)[0]
    assert isinstance(trust, sq.Ref) and str(trust) == "concept:trust"
    definitions_query = "SELECT ?d { ?d sq:defines ?concept } ORDER BY ?d"
    concepts = (trust, atlas.concept("trust"), trust.iri)
    assert len({len(atlas.sparql(definitions_query, concept=concept)) for concept in concepts}) == 1
    years = atlas.sparql("SELECT ?work ?year { ?work sq:year ?year }", year=[1999, 2008])
    assert {row[1] for row in years} == {1999, 2008}
    ask_query = "ASK { ?w a sq:Work ; rdfs:label ?l FILTER(STR(?l) = ?name) }"
    assert atlas.sparql(ask_query, name="Room 1999")[0] == (True,)
    assert atlas.sparql(ask_query, name='Room" } #')[0] == (False,)
    triples = atlas.sparql("CONSTRUCT { ?s a ?c } WHERE { { ?s a ?c } }", s=trust)
    assert {row[0] for row in triples} == {trust}
    with pytest.raises(sq.InputError, match=r"no variable \?concpt. Did you mean \?concept"):
        atlas.sparql(definitions_query, concpt=trust)
    with pytest.raises(sq.InputError, match="None cannot be bound"):
        atlas.sparql(definitions_query, concept=None)  # type: ignore[arg-type]


def test_an_answer_can_be_joined_by_its_iris(atlas: Atlas) -> None:
    answer = atlas.ask("rival-definitions", concept="social-exclusion")
    frame = answer.to_pandas(iris=True)
    known_iris = set(atlas.definitions().to_pandas()["iri"])
    assert set(frame["definition"]) <= known_iris
    assert {"read in", "page", "distance", "hedge", "hedge words"} <= set(frame.columns)
    assert [row["definition"] for row in answer] == list(frame["definition"])
    assert len(answer.to_polars()) == len(answer)


WRONG: dict[str, Any] = {
    "None does not name a concept": lambda a: a.concept(None),
    "5 does not name a work": lambda a: a.work(5),
    "6 does not name a": lambda a: a.ask("statements-on-a-page", page=6),
    r"\['a', 'b'\] does not name": lambda a: a.compare(["a", "b"]),
    "there is nothing to compare. Name things": lambda a: a.compare(),
    "the name of the question is missing. atlas.questions": lambda a: a.ask(),
    "there is no thing 'trsut'. Did you mean 'trust'": lambda a: a.label("trsut"),
    "does not name a thing": lambda a: a.find({}),
    "there is no hedge 'firmly'": lambda a: a.definitions(hedge="firmly"),
    "there is no relation 'causes'": lambda a: a.claims(relation="causes"),
    "there is no kind of agent 'planet'": lambda a: a.agents(kind="planet"),
    "a store and an endpoint are named.* Give only one of the two": lambda _: sq.open(
        store="store", endpoint="http://127.0.0.1:9/"
    ),
    "there is no group 'nothing'": lambda a: a.questions(group="nothing"),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_arguments_give_a_sentence(atlas: Atlas, message: str) -> None:
    with pytest.raises(sq.InputError, match=message):
        WRONG[message](atlas)


def test_the_types_are_the_words_of_the_vocabulary(atlas: Atlas) -> None:
    type_names = [name for name in vars(codes) if name[0].isupper() and name != "Literal"]
    assert {"Hedge", "Basis", "Form", "Relation", "Ground", "Senses", "Stance"} <= set(type_names)
    for name in type_names:
        known_codes = {code_of(iri) for iri in atlas.names.of_class(f"sq:{name}")}
        assert set(get_args(getattr(codes, name))) == known_codes, name


ERRORS = (
    sq.InputError("a", "b.ttl", 3, "Do c"),
    sq.UnknownName("concept", "trsut", ["trust"]),
    sq.BrokenFile("x", "y.ttl"),
    sq.BadQuery("x"),
    sq.FindingsError("x", ("finding",)),
    sq.MissingDependency("the reasoner", "reasoner"),
    sq.EngineError("x"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling(error: sq.SqGraphError) -> None:
    unpickled = pickle.loads(pickle.dumps(error))
    assert (type(unpickled), str(unpickled), vars(unpickled)) == (
        type(error),
        str(error),
        vars(error),
    )


def test_errors_are_what_python_expects() -> None:
    assert issubclass(sq.UnknownName, LookupError) and issubclass(sq.InputError, ValueError)
    assert "open" not in sq.__all__ and "open" in dir(sq)
    assert all(hasattr(sq, name) for name in sq.__all__)
    assert set(dir(sq)) == {*sq.__all__, "open"}


def fail(name: str) -> None:
    sq.open().concept(name)


def test_an_error_comes_back_from_another_process() -> None:
    with ProcessPoolExecutor(1) as pool, pytest.raises(sq.UnknownName, match="social-exclusion"):
        pool.submit(fail, "social-exclusoin").result()


def test_records_are_frozen_and_picklable(atlas: Atlas) -> None:
    for record in (
        atlas.concept("trust"),
        atlas.definitions()[0],
        atlas.claims()[0],
        atlas.works()[0],
    ):
        assert is_dataclass(record) and pickle.loads(pickle.dumps(record)) == record
        with pytest.raises(AttributeError):
            setattr(record, fields(record)[0].name, "x")
    assert pickle.loads(pickle.dumps(atlas.works())) == atlas.works()


def test_a_wrong_folder_is_explained_in_the_terms_of_the_call(tmp_path: Path) -> None:
    with pytest.raises(sq.BrokenFile, match=r"there is no such folder\. Check the path"):
        sq.open(tmp_path / "none")


def test_a_saved_answer_equals_the_answer_and_both_hash_alike(atlas: Atlas, tmp_path: Path) -> None:
    answer = atlas.ask("rival-definitions", concept="social-exclusion")
    path = tmp_path / "answer.json"
    path.write_text(answer.to_json(), encoding="utf-8")
    saved = atlas.saved(path)
    assert saved == answer and len({saved, answer}) == 1
    assert saved.table().columns == answer.table().columns
    assert atlas.recheck(path).holds and atlas.recheck(answer).holds


def test_the_words_of_a_coded_value_are_listed(atlas: Atlas) -> None:
    assert set(atlas.values("relation")) == set(get_args(codes.Relation))
    assert "second-read" in atlas.values("review status")
    closed = atlas.aspects(closed=True)[0]
    assert atlas.values(closed.label) == closed.allows
    with pytest.raises(sq.UnknownName, match="there is no aspect 'hegde'"):
        atlas.values("hegde")


def test_what_is_shown_in_a_session_is_short_and_says_what_it_is(atlas: Atlas) -> None:
    assert repr(atlas) == "<Atlas: the packaged map>"
    remote = sq.open(endpoint="https://example.org/sparql")
    assert repr(remote) == "<Atlas: https://example.org/sparql>"
    matrix = atlas.positions()
    assert repr(matrix).startswith("<Matrix: Which positions can be held together")
    assert list(matrix.to_pandas().columns) == ["a", "b", "verdict", "conflicts", "complete"]
    assert "rival-definitions" in list(atlas.catalogue)
    assert {question.name for question in atlas.questions()} == set(atlas.catalogue.names())


@pytest.mark.parametrize(
    ("get_record", "text"),
    [
        (lambda atlas: atlas, "<td>typology</td>"),
        (lambda atlas: atlas.concept("trust"), "Fukuyama 1995"),
        (lambda atlas: atlas.definition("room-1999-rupture"), "Room 1999"),
        (lambda atlas: atlas.claim("bernard-1999-containment"), "Bernard 1999"),
        (lambda atlas: atlas.alignments()[0], "<table"),
        (lambda atlas: atlas.typology("room-exclusion"), "Room"),
        (lambda atlas: atlas.work("room-1999"), "Room 1999"),
        (lambda atlas: atlas.agents()[0], "<table"),
    ],
)
def test_a_record_shows_itself_in_a_notebook(
    atlas: Atlas, get_record: Callable[[Atlas], Any], text: str
) -> None:
    assert text in get_record(atlas)._repr_html_()
