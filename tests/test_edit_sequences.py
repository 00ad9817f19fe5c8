"""Random sequences of edits: a model in memory and the files stay equal, and nothing refers to what was deleted."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import sq_graph
from sq_graph.errors import InputError
from sq_graph.graph import EmbeddedGraph
from sq_graph.importers.editing import Edit
from sq_graph.importers.known_works import known_works, match_keys
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.facts import facts
from sq_graph.model.names import Names
from sq_graph.model.second_readings import checked_statements
from tests.workspaces import BASE, graph_of

pytestmark = pytest.mark.usefixtures("light_content")

TEXTS = ("Trust comes first.", "Trust comes last.")
CONCEPTS = ("trust", "social-cohesion")
VALUES = ("norms", "silent")


def content_of(statement: Mapping[str, Any]) -> dict[str, Any]:
    """What a statement says, apart from whether anybody has checked it."""
    return {name: value for name, value in statement.items() if name not in ("status", "read")}


@dataclass
class Model:
    """What the workspace should say: works by slug, and the statements of each kind with their fields."""

    works: set[str] = field(default_factory=set)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    disagreements: dict[str, set[str]] = field(default_factory=dict)
    stated: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict, compare=False)
    """What the edit under way has stated under a name: it may not state something else there."""

    former: dict[str, str] = field(default_factory=dict, compare=False)
    """The work that each merged one is found as, from the next edit on; `merged` in this one."""
    merged: dict[str, str] = field(default_factory=dict, compare=False)
    read_in: dict[str, str] = field(default_factory=dict, compare=False)
    """The work in which each disagreement is read."""

    def kind(self, name: str) -> dict[str, Any]:
        kinds: dict[str, dict[str, Any]] = {
            "claim": self.claims,
            "definition": self.definitions,
            "disagreement": self.disagreements,
        }
        return kinds[name]

    def statements(self) -> tuple[dict[str, Any], ...]:
        return (*self.claims.values(), *self.definitions.values())

    def as_shown(self) -> Model:
        """What a graph shows: a statement counts as read while it says what it said when it was read."""
        shown_model = deepcopy(self)
        for statement in shown_model.statements():
            del statement["status"]
            statement["read"] = statement["read"] == content_of(statement)
        return shown_model

    def begin_edit(self) -> None:
        self.stated.clear()
        self.former |= self.merged
        self.merged.clear()

    def resolve(self, work: str) -> str:
        """The work that a slug names: that of the slug, or the one into which it was merged."""
        name = work if work in self.works else self.former.get(work, work)
        self.refuse_if(name not in self.works)
        return name

    def refuse_if(self, refused: bool) -> None:
        if refused:
            raise InputError("the model refuses")

    def state(self, kind: str, name: str, new: dict[str, Any]) -> None:
        self.refuse_if(self.stated.setdefault((kind, name), deepcopy(new)) != new)

    # ---- the operations, named as the methods of an edit

    def work(self, work: str) -> None:
        self.works.add(work)

    def claim(self, name: str, replace: bool, work: str, **fields: Any) -> None:
        work = self.resolve(work)
        new = {**fields, "work": work, "hedge": "asserted", "supports": set()}
        self.state("claim", name, new)
        old = self.claims.get(name)
        if old and {**content_of(old), "supports": set()} == new:
            return
        self.refuse_if(old is not None and (not replace or old["status"]))
        self.claims[name] = {**new, "status": False, "read": old and old["read"]}

    def definition(self, name: str, replace: bool, work: str, value: str, **fields: Any) -> None:
        work = self.resolve(work)
        new, old = {**fields, "work": work, "value": value}, self.definitions.get(name)
        self.state("definition", name, new)
        if old and content_of(old) == new:
            return
        self.refuse_if(old is not None and (not replace or old["status"]))
        self.definitions[name] = {**new, "status": False, "read": old and old["read"]}

    def second_reading(self, kind: str, name: str) -> None:
        self.refuse_if(name not in self.kind(kind))
        statement = self.kind(kind)[name]
        statement["status"], statement["read"] = True, deepcopy(content_of(statement))

    def argument(self, name: str, on: str) -> None:
        self.refuse_if(not {name, on} <= self.claims.keys())
        if on not in self.claims[name]["supports"]:
            self.claims[name]["status"] = False
        self.claims[name]["supports"].add(on)

    def disagreement(self, name: str, parties: Sequence[str]) -> None:
        work = self.resolve("alpha")  # the work in which it is read
        self.refuse_if(not set(parties) <= self.claims.keys() or len(set(parties)) < 2)
        self.refuse_if(self.disagreements.get(name, set(parties)) != set(parties))
        is_stated = name in self.disagreements
        self.refuse_if(is_stated and self.read_in[name] != work)
        self.disagreements[name], self.read_in[name] = set(parties), work

    def update(self, name: str, **changes: Any) -> None:
        self.refuse_if(name not in self.claims)
        self.claims[name] |= {**changes, "status": False}
        self.stated.pop(("claim", name), None)

    def delete(self, kind: str, name: str, cascade: bool) -> None:
        names = self.works if kind == "work" else self.kind(kind)
        name = self.resolve(name) if kind == "work" else name
        self.refuse_if(name not in names)
        remaining = deepcopy(self)
        remaining._remove(kind, name)
        dependents = {slug for slug, parties in remaining.disagreements.items() if len(parties) < 2}
        dependents |= self.disagreements.keys() - remaining.disagreements.keys()
        has_statements = kind == "work" and any(s["work"] == name for s in self.statements())
        self.refuse_if(not cascade and (bool(dependents) or has_statements))
        self._remove(kind, name)
        for slug in [slug for slug, parties in self.disagreements.items() if len(parties) < 2]:
            del self.disagreements[slug]

    def _remove(self, kind: str, name: str) -> None:
        if kind == "work":
            self.works.discard(name)
            for works in (self.former, self.merged):
                for old in [old for old, into in works.items() if into == name]:
                    del works[old]
            for part in ("claim", "definition"):
                for slug in [s for s, fields in self.kind(part).items() if fields["work"] == name]:
                    self._remove(part, slug)
            for slug in [slug for slug in self.disagreements if self.read_in[slug] == name]:
                del self.disagreements[slug]
            return
        self.kind(kind).pop(name)
        self.stated.pop((kind, name), None)
        if kind == "claim":
            for statement in self.claims.values():
                statement["supports"].discard(name)
            for parties in self.disagreements.values():
                parties.discard(name)

    def rename(self, kind: str, old: str, new: str) -> None:
        statements = self.kind(kind)
        self.refuse_if(old not in statements or (new in statements and new != old))
        statements[new] = statements.pop(old)
        self.stated.pop((kind, old), None)
        read_statements = self._unchanged_since_read()
        if kind == "claim":
            for statement in self.claims.values():
                statement["supports"] = {new if s == old else s for s in statement["supports"]}
            self.disagreements = {
                slug: {new if party == old else party for party in parties}
                for slug, parties in self.disagreements.items()
            }
        self._read_again(read_statements)

    def _unchanged_since_read(self) -> list[dict[str, Any]]:
        """The statements that say what they said when they were read: renaming what they name
        does not change that.
        """
        return [s for s in self.statements() if s["read"] == content_of(s)]

    @staticmethod
    def _read_again(statements: Sequence[dict[str, Any]]) -> None:
        for statement in statements:
            statement["read"] = deepcopy(content_of(statement))

    def merge(self, old: str, into: str) -> None:
        old, into = self.resolve(old), self.resolve(into)
        self.refuse_if(old == into)
        old_slugs = {
            name for works in (self.former, self.merged) for name in works if works[name] == old
        }
        self.merged |= dict.fromkeys({*old_slugs, old}, into)
        self.works.discard(old)
        read_statements = self._unchanged_since_read()
        for statement in self.statements():
            statement["work"] = into if statement["work"] == old else statement["work"]
        self.read_in = {slug: into if of == old else of for slug, of in self.read_in.items()}
        self._read_again(read_statements)


def apply(edit: Edit, name: str, arguments: Mapping[str, Any]) -> None:
    """One operation as a call of the API."""
    fields = dict(arguments)
    match name:
        case "work":
            slug = fields["work"]
            edit.work(slug, title=f"On {slug}", authors=["Writer, Anna"], year=2000)
        case "claim":
            edit.claim(in_=fields.pop("work"), about=fields.pop("about"), **fields)
        case "definition":
            aspects = {"constituents": fields.pop("value")}
            edit.definition(
                in_=fields.pop("work"), of=fields.pop("about"), aspects=aspects, **fields
            )
        case "argument":
            edit.argument(f"claim:{fields['name']}", bears="supports", on=f"claim:{fields['on']}")
        case "disagreement":
            parties = [f"claim:{party}" for party in fields["parties"]]
            edit.disagreement(
                "Which?",
                parties=parties,
                about="trust",
                ground="cause",
                in_="alpha",
                page=1,
                name=fields["name"],
            )
        case "update":
            if "hedge" in fields:
                fields["hedge_words"] = "perhaps" if fields["hedge"] == "hedged" else ""
            edit.update(f"claim:{fields.pop('name')}", **fields)
        case "delete":
            edit.delete(f"{fields['kind']}:{fields['name']}", cascade=fields["cascade"])
        case "rename":
            edit.rename(f"{fields['kind']}:{fields['old']}", fields["new"])
        case "second_reading":
            edit.second_reading(f"{fields['kind']}:{fields['name']}", by="Reader, Ann")
        case "merge":
            edit.merge(f"work:{fields['old']}", into=f"work:{fields['into']}")


works = st.sampled_from(("alpha", "beta"))
names = st.sampled_from(("one", "two", "three"))
kinds = st.sampled_from(("claim", "definition"))
pages = st.sampled_from(("1", "2"))
texts = st.sampled_from(TEXTS)
concepts = st.sampled_from(CONCEPTS)
shared = {
    "name": names,
    "work": works,
    "page": pages,
    "summary": texts,
    "about": concepts,
    "replace": st.booleans(),
}
hedges = st.sampled_from(("hedged", "asserted"))
CALLS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "work": st.fixed_dictionaries({"work": works}),
    "claim": st.fixed_dictionaries(shared),
    "definition": st.fixed_dictionaries({**shared, "value": st.sampled_from(VALUES)}),
    "argument": st.fixed_dictionaries({"name": names, "on": names}),
    "disagreement": st.fixed_dictionaries(
        {"name": names, "parties": st.lists(names, min_size=2, max_size=3)}
    ),
    "update": st.fixed_dictionaries(
        {"name": names}, optional={"summary": texts, "page": pages, "hedge": hedges}
    ),
    "delete": st.fixed_dictionaries(
        {
            "kind": st.sampled_from(("claim", "definition", "work")),
            "name": names | works,
            "cascade": st.booleans(),
        }
    ),
    "second_reading": st.fixed_dictionaries({"kind": kinds, "name": names}),
    "rename": st.fixed_dictionaries({"kind": kinds, "old": names, "new": names}),
    "merge": st.fixed_dictionaries({"old": works, "into": works}),
}
calls = st.one_of(*(st.tuples(st.just(name), fields) for name, fields in CALLS.items()))
steps = st.tuples(st.lists(calls, min_size=1, max_size=3), st.booleans())
"""Some calls in one edit, and whether the program fails before its end."""


FIELDS = {"work": "alpha", "page": "1", "about": "trust", "replace": False}
SETUP: tuple[tuple[str, dict[str, Any]], ...] = (
    ("work", {"work": "alpha"}),
    ("work", {"work": "beta"}),
    ("claim", {"name": "one", "summary": TEXTS[0], **FIELDS}),
    ("claim", {"name": "two", "summary": TEXTS[1], **FIELDS, "work": "beta"}),
    ("definition", {"name": "one", "summary": TEXTS[0], "value": "norms", **FIELDS}),
    ("argument", {"name": "one", "on": "two"}),
    ("disagreement", {"name": "one", "parties": ["one", "two"]}),
    ("second_reading", {"kind": "claim", "name": "one"}),
    ("second_reading", {"kind": "definition", "name": "one"}),
)
"""What every sequence begins with, so that there is something to change."""


class Crash(Exception):
    """A program that fails in the middle of an edit."""


def model_of(graph: Any) -> Model:
    """What a graph says of the things of the workspace."""

    def rows(pattern: str) -> list[dict[str, str]]:
        solutions = graph.select(
            f"SELECT DISTINCT * {{ {pattern} FILTER(STRSTARTS(STR(?s), '{BASE}')) }}"
        )
        return [
            {name: term.value.rpartition("/")[2] for name, term in row.items() if term}
            for row in solutions
        ]

    read = "?s sq:reportedIn [ sq:pageLabel ?page ; sq:inWork ?work ] ; sq:statedIn ?work ; sq:summary ?summary"
    model = Model({row["s"] for row in rows("?s a sq:Work")})
    for row in rows(
        f"?s a sq:Claim ; sq:about ?about ; sq:hedge ?h . {read} BIND(STRAFTER(STR(?h), 'hedge-') AS ?hedge)"
    ):
        slug = row.pop("s")
        del row["h"]
        model.claims[slug] = {**row, "supports": set(), "read": False}
    for row in rows("?s a sq:Claim ; sq:supports ?other"):
        model.claims[row["s"]]["supports"].add(row["other"])
    coding = "?coding sq:codes ?s ; sq:codedTerm|sq:coverage ?value"
    value = f"OPTIONAL {{ {coding} }}"
    for row in rows(f"?s a sq:Definition ; sq:defines ?about . {read} {value}"):
        slug, row["value"] = row.pop("s"), row.get("value", "").rpartition("-")[2]
        row.pop("coding", None)
        model.definitions[slug] = {**row, "read": False}
    for statement in checked_statements(graph):
        *_, kind, slug = statement.split("/")
        if statement.startswith(BASE):
            model.kind(kind)[slug]["read"] = True
    for row in rows("?s a sq:Disagreement ; sq:party ?party"):
        model.disagreements.setdefault(row["s"], set()).add(row["party"])
    return model


def require_equal(atlas: sq_graph.Atlas, model: Model) -> None:
    layout = atlas.layouts[-1]
    files = graph_of(layout.files())
    assert model_of(atlas.graph) == model_of(files) == model.as_shown()
    assert isinstance(atlas.graph, EmbeddedGraph)
    assert all(atlas.graph.text(file.iri) == file.path.read_bytes() for file in layout.files())
    dangling = files.select(
        f"SELECT ?o {{ ?s ?p ?o FILTER(STRSTARTS(STR(?o), '{BASE}id/') && !EXISTS {{ ?o ?q ?r }}) }}"
    )
    assert [row["o"].value for row in dangling] == []


def run(sequence: Sequence[tuple[Sequence[tuple[str, dict[str, Any]]], bool]]) -> None:
    with TemporaryDirectory() as folder:
        atlas = sq_graph.open(make_workspace(Path(folder) / "review", BASE))
        model = Model()
        with atlas.edit() as edit:
            for name, fields in SETUP:
                apply(edit, name, fields)
                getattr(model, name)(**fields)
        require_equal(atlas, model)
        for edits, crashes in sequence:
            new_model, refused = deepcopy(model), False
            new_model.begin_edit()
            try:
                for name, fields in edits:
                    getattr(new_model, name)(**fields)
            except InputError:
                refused = True
            try:
                with atlas.edit() as edit:
                    for name, fields in edits:
                        apply(edit, name, fields)
                    if crashes:
                        raise Crash
            except InputError:
                assert refused, f"refused: {edits}"
            except Crash:
                assert not refused, f"not refused: {edits}"
            else:
                assert not refused, f"not refused: {edits}"
                model = new_model
            require_equal(atlas, model)
        require_followed(atlas)


def require_followed(atlas: sq_graph.Atlas) -> None:
    """What the graph kept while it changed is what a graph read afresh gives."""
    followed = atlas.graph
    assert isinstance(followed, EmbeddedGraph)
    fresh = EmbeddedGraph()
    for iri, (text, listed) in followed.texts().items():
        fresh.add(text, iri, listed)

    def derived_from(graph: EmbeddedGraph) -> tuple[Any, ...]:
        names = Names(graph, atlas.names.bases)
        works = known_works(graph, names)
        labels = [work.label for work in works.works.values() if work.iri.startswith(BASE)]
        iris = {label: names.find(label, ("work",)) for label in labels}
        kinds = {kind: names.of_class(kind) for kind in ("sq:Work", "sq:Agent", "sq:Relation")}
        keys = [key for work in works.works.values() for key in match_keys(work, is_stored=True)]
        matches = {key: works.matches(key) for key in keys}
        records = facts(graph, kinds["sq:Work"])
        return iris, kinds, works.works, works.agents, matches, records

    assert derived_from(followed) == derived_from(fresh)


def test_what_is_removed_may_be_stated_again_in_the_same_edit() -> None:
    """A work that was removed does not count as existing; nor does its author."""
    deletions = [
        ("delete", {"kind": "work", "name": slug, "cascade": True}) for slug in ("alpha", "beta")
    ]
    run([([*deletions, ("work", {"work": "beta"})], False)])


def test_a_name_with_its_kind_is_never_that_of_another_kind() -> None:
    """The slug of a merged work is a key of the other, which does not make it a claim."""
    merge = ("merge", {"old": "alpha", "into": "beta"})
    deletion = ("delete", {"kind": "claim", "name": "alpha", "cascade": True})
    run([([merge], False), ([deletion], False)])


def test_one_edit_does_not_state_two_things_under_one_name() -> None:
    fields = {**FIELDS, "name": "two", "replace": True}
    claims = [("claim", {**fields, "summary": text}) for text in TEXTS]
    renaming = ("rename", {"kind": "claim", "old": "two", "new": "three"})
    run([(claims, False), ([claims[0], renaming, claims[1]], False)])


def test_what_a_merged_work_said_is_stated_again_of_the_other() -> None:
    merge = ("merge", {"old": "alpha", "into": "beta"})
    fields = {"summary": TEXTS[0], **FIELDS, "work": "beta", "name": "one"}
    restated = [("claim", fields), ("definition", {**fields, "value": "norms"})]
    run([([merge], False), ([("work", {"work": "alpha"})], False), (restated, False)])
    run([([merge], False), ([("claim", {**fields, "work": "alpha", "name": "three"})], False)])
    disagreement = ("disagreement", {"name": "two", "parties": ["one", "two"]})
    run([([merge, disagreement], True)])


examples = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


@settings(examples, max_examples=4, phases=[Phase.explicit, Phase.generate])
@given(st.lists(steps, min_size=3, max_size=6))
def test_some_sequences_of_edits(sequence: Any) -> None:
    run(sequence)


@pytest.mark.fuzz
@settings(examples, max_examples=int(os.environ.get("SQ_GRAPH_EXAMPLES", "50")) // 50)
@given(st.lists(steps, min_size=5, max_size=15))
def test_many_sequences_of_edits(sequence: Any) -> None:
    run(sequence)
