"""Random sequences of edits: a model in memory and the files stay equal, and nothing refers to what is gone."""

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
from sq_graph.graph.embedded import load_files
from sq_graph.importers.editing import Edit
from sq_graph.importers.known_works import known_works, match_keys
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.facts import facts
from sq_graph.model.names import Names
from sq_graph.model.second_readings import checked_statements

pytestmark = pytest.mark.usefixtures("light_content")

BASE = "https://example.org/review/"
TEXTS = ("Trust comes first.", "Trust comes last.")
CONCEPTS = ("trust", "social-cohesion")
VALUES = ("norms", "silent")


def said_by(one: Mapping[str, Any]) -> dict[str, Any]:
    """What a statement says, without whether anybody has checked it."""
    return {name: value for name, value in one.items() if name not in ("status", "read")}


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

    def shown(self) -> Model:
        """What a graph shows: a statement is read where it says what it said when it was."""
        found = deepcopy(self)
        for one in (*found.claims.values(), *found.definitions.values()):
            del one["status"]
            one["read"] = one["read"] == said_by(one)
        return found

    def begin(self) -> None:
        """Begins an edit."""
        self.stated.clear()
        self.former |= self.merged
        self.merged.clear()

    def found(self, work: str) -> str:
        """The work that a slug names: its own, or that into which it was merged."""
        name = work if work in self.works else self.former.get(work, work)
        self.refuse_if(name not in self.works)
        return name

    def refuse_if(self, refused: bool) -> None:
        if refused:
            raise InputError("the model refuses")

    def state(self, kind: str, name: str, new: dict[str, Any]) -> None:
        self.refuse_if(self.stated.setdefault((kind, name), deepcopy(new)) != new)

    # ---- the operations, each as the methods of an edit

    def work(self, work: str) -> None:
        self.works.add(work)

    def claim(self, name: str, replace: bool, work: str, **fields: Any) -> None:
        work = self.found(work)
        new = {**fields, "work": work, "hedge": "asserted", "supports": set()}
        self.state("claim", name, new)
        old = self.claims.get(name)
        if old and {**said_by(old), "supports": set()} == new:
            return
        self.refuse_if(old is not None and (not replace or old["status"]))
        self.claims[name] = {**new, "status": False, "read": old and old["read"]}

    def definition(self, name: str, replace: bool, work: str, value: str, **fields: Any) -> None:
        work = self.found(work)
        new, old = {**fields, "work": work, "value": value}, self.definitions.get(name)
        self.state("definition", name, new)
        if old and said_by(old) == new:
            return
        self.refuse_if(old is not None and (not replace or old["status"]))
        self.definitions[name] = {**new, "status": False, "read": old and old["read"]}

    def second_reading(self, kind: str, name: str) -> None:
        self.refuse_if(name not in self.kind(kind))
        one = self.kind(kind)[name]
        one["status"], one["read"] = True, deepcopy(said_by(one))

    def argument(self, name: str, on: str) -> None:
        self.refuse_if(not {name, on} <= self.claims.keys())
        if on not in self.claims[name]["supports"]:
            self.claims[name]["status"] = False
        self.claims[name]["supports"].add(on)

    def disagreement(self, name: str, parties: Sequence[str]) -> None:
        work = self.found("alpha")  # the work in which it is read
        self.refuse_if(not set(parties) <= self.claims.keys() or len(set(parties)) < 2)
        self.refuse_if(self.disagreements.get(name, set(parties)) != set(parties))
        there = name in self.disagreements
        self.refuse_if(there and self.read_in[name] != work)
        self.disagreements[name], self.read_in[name] = set(parties), work

    def update(self, name: str, **changes: Any) -> None:
        self.refuse_if(name not in self.claims)
        self.claims[name] |= {**changes, "status": False}
        self.stated.pop(("claim", name), None)

    def delete(self, kind: str, name: str, cascade: bool) -> None:
        there = self.works if kind == "work" else self.kind(kind)
        name = self.found(name) if kind == "work" else name
        self.refuse_if(name not in there)
        left = deepcopy(self)
        left._remove(kind, name)
        bound = {slug for slug, parties in left.disagreements.items() if len(parties) < 2}
        bound |= self.disagreements.keys() - left.disagreements.keys()
        read_in = [one for each in (self.claims, self.definitions) for one in each.values()]
        self.refuse_if(
            not cascade
            and (bool(bound) or (kind == "work" and any(one["work"] == name for one in read_in)))
        )
        self._remove(kind, name)
        for slug in [slug for slug, parties in self.disagreements.items() if len(parties) < 2]:
            del self.disagreements[slug]

    def _remove(self, kind: str, name: str) -> None:
        if kind == "work":
            self.works.discard(name)
            for names in (self.former, self.merged):
                for old in [old for old, into in names.items() if into == name]:
                    del names[old]
            for each in ("claim", "definition"):
                for slug in [slug for slug, one in self.kind(each).items() if one["work"] == name]:
                    self._remove(each, slug)
            for slug in [slug for slug in self.disagreements if self.read_in[slug] == name]:
                del self.disagreements[slug]
            return
        self.kind(kind).pop(name)
        self.stated.pop((kind, name), None)
        if kind == "claim":
            for one in self.claims.values():
                one["supports"].discard(name)
            for parties in self.disagreements.values():
                parties.discard(name)

    def rename(self, kind: str, old: str, new: str) -> None:
        things = self.kind(kind)
        self.refuse_if(old not in things or (new in things and new != old))
        things[new] = things.pop(old)
        self.stated.pop((kind, old), None)
        fresh = self._fresh()
        if kind == "claim":
            swap = {old: new}
            for one in self.claims.values():
                one["supports"] = {swap.get(slug, slug) for slug in one["supports"]}
            self.disagreements = {
                slug: {swap.get(one, one) for one in parties}
                for slug, parties in self.disagreements.items()
            }
        self._read_again(fresh)

    def _fresh(self) -> list[dict[str, Any]]:
        """The statements that say what they said when they were read: a new name of what they name
        changes nothing in that.
        """
        every = (*self.claims.values(), *self.definitions.values())
        return [one for one in every if one["read"] == said_by(one)]

    @staticmethod
    def _read_again(statements: Sequence[dict[str, Any]]) -> None:
        for one in statements:
            one["read"] = deepcopy(said_by(one))

    def merge(self, old: str, into: str) -> None:
        old, into = self.found(old), self.found(into)
        self.refuse_if(old == into)
        moved = {
            name for names in (self.former, self.merged) for name in names if names[name] == old
        }
        self.merged |= dict.fromkeys({*moved, old}, into)
        self.works.discard(old)
        fresh = self._fresh()
        for one in (*self.claims.values(), *self.definitions.values()):
            one["work"] = into if one["work"] == old else one["work"]
        self.read_in = {slug: into if of == old else of for slug, of in self.read_in.items()}
        self._read_again(fresh)


def apply(edit: Edit, name: str, given: Mapping[str, Any]) -> None:
    """One operation as a call of the API."""
    one = dict(given)
    match name:
        case "work":
            slug = one["work"]
            edit.work(slug, title=f"On {slug}", authors=["Writer, Anna"], year=2000)
        case "claim":
            edit.claim(in_=one.pop("work"), about=one.pop("about"), **one)
        case "definition":
            aspects = {"constituents": one.pop("value")}
            edit.definition(in_=one.pop("work"), of=one.pop("about"), aspects=aspects, **one)
        case "argument":
            edit.argument(f"claim:{one['name']}", bears="supports", on=f"claim:{one['on']}")
        case "disagreement":
            parties = [f"claim:{party}" for party in one["parties"]]
            edit.disagreement(
                "Which?",
                parties=parties,
                about="trust",
                ground="cause",
                in_="alpha",
                page=1,
                name=one["name"],
            )
        case "update":
            if "hedge" in one:
                one["hedge_words"] = "perhaps" if one["hedge"] == "hedged" else ""
            edit.update(f"claim:{one.pop('name')}", **one)
        case "delete":
            edit.delete(f"{one['kind']}:{one['name']}", cascade=one["cascade"])
        case "rename":
            edit.rename(f"{one['kind']}:{one['old']}", one["new"])
        case "second_reading":
            edit.second_reading(f"{one['kind']}:{one['name']}", by="Reader, Ann")
        case "merge":
            edit.merge(f"work:{one['old']}", into=f"work:{one['into']}")


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


_FIELDS = {"work": "alpha", "page": "1", "about": "trust", "replace": False}
BEGIN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("work", {"work": "alpha"}),
    ("work", {"work": "beta"}),
    ("claim", {"name": "one", "summary": TEXTS[0], **_FIELDS}),
    ("claim", {"name": "two", "summary": TEXTS[1], **_FIELDS, "work": "beta"}),
    ("definition", {"name": "one", "summary": TEXTS[0], "value": "norms", **_FIELDS}),
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
        found = graph.select(
            f"SELECT DISTINCT * {{ {pattern} FILTER(STRSTARTS(STR(?s), '{BASE}')) }}"
        )
        return [
            {name: term.value.rpartition("/")[2] for name, term in row.items() if term}
            for row in found
        ]

    read = "?s sq:reportedIn [ sq:pageLabel ?page ; sq:inWork ?work ] ; sq:statedIn ?work ; sq:summary ?summary"
    found = Model({row["s"] for row in rows("?s a sq:Work")})
    for row in rows(
        f"?s a sq:Claim ; sq:about ?about ; sq:hedge ?h . {read} BIND(STRAFTER(STR(?h), 'hedge-') AS ?hedge)"
    ):
        slug = row.pop("s")
        del row["h"]
        found.claims[slug] = {**row, "supports": set(), "read": False}
    for row in rows("?s a sq:Claim ; sq:supports ?other"):
        found.claims[row["s"]]["supports"].add(row["other"])
    coding = "?coding sq:codes ?s ; sq:codedTerm|sq:coverage ?value"
    value = f"OPTIONAL {{ {coding} }}"
    for row in rows(f"?s a sq:Definition ; sq:defines ?about . {read} {value}"):
        slug, row["value"] = row.pop("s"), row.get("value", "").rpartition("-")[2]
        row.pop("coding", None)
        found.definitions[slug] = {**row, "read": False}
    for statement in checked_statements(graph):
        *_, kind, slug = statement.split("/")
        if statement.startswith(BASE):
            found.kind(kind)[slug]["read"] = True
    for row in rows("?s a sq:Disagreement ; sq:party ?party"):
        found.disagreements.setdefault(row["s"], set()).add(row["party"])
    return found


def require_equal(atlas: sq_graph.Atlas, model: Model) -> None:
    layout, files = atlas.layouts[-1], EmbeddedGraph()
    load_files(files, ((file.path, file.iri, file.listed) for file in layout.files()))
    assert model_of(atlas.graph) == model.shown()
    assert model_of(files) == model.shown()
    assert isinstance(atlas.graph, EmbeddedGraph)
    assert all(atlas.graph.text(file.iri) == file.path.read_bytes() for file in layout.files())
    gone = files.select(
        f"SELECT ?o {{ ?s ?p ?o FILTER(STRSTARTS(STR(?o), '{BASE}id/') && !EXISTS {{ ?o ?q ?r }}) }}"
    )
    assert [row["o"].value for row in gone] == []


def run(sequence: Sequence[tuple[Sequence[tuple[str, dict[str, Any]]], bool]]) -> None:
    with TemporaryDirectory() as folder:
        atlas = sq_graph.open(make_workspace(Path(folder) / "review", BASE))
        model = Model()
        with atlas.edit() as edit:
            for name, fields in BEGIN:
                apply(edit, name, fields)
                getattr(model, name)(**fields)
        require_equal(atlas, model)
        for made, crashes in sequence:
            wanted, refused = deepcopy(model), False
            wanted.begin()
            try:
                for name, fields in made:
                    getattr(wanted, name)(**fields)
            except InputError:
                refused = True
            try:
                with atlas.edit() as edit:
                    for name, fields in made:
                        apply(edit, name, fields)
                    if crashes:
                        raise Crash
            except InputError:
                assert refused, f"refused: {made}"
            except Crash:
                assert not refused, f"not refused: {made}"
            else:
                assert not refused, f"not refused: {made}"
                model = wanted
            require_equal(atlas, model)
        require_followed(atlas)


def require_followed(atlas: sq_graph.Atlas) -> None:
    """What the graph kept while it changed is what a graph read afresh gives."""
    kept = atlas.graph
    assert isinstance(kept, EmbeddedGraph)
    fresh = EmbeddedGraph()
    for iri, (text, listed) in kept.texts().items():
        fresh.add(text, iri, listed)

    def known(graph: EmbeddedGraph) -> tuple[Any, ...]:
        names = Names(graph, atlas.names.bases)
        works = known_works(graph, names)
        own = [one for one in works.works.values() if one.iri.startswith(BASE)]
        found = {one.label: names.find(one.label, ("work",)) for one in own}
        kinds = {kind: names.of_class(kind) for kind in ("sq:Work", "sq:Agent", "sq:Relation")}
        keys = [key for one in works.works.values() for key in match_keys(one, is_stored=True)]
        matches = {key: works.matches(key) for key in keys}
        records = facts(graph, kinds["sq:Work"])
        return found, kinds, works.works, works.agents, matches, records

    assert known(kept) == known(fresh)


def test_what_is_removed_may_be_stated_again_in_the_same_edit() -> None:
    """A work that was removed is no work that is there already; nor is its author."""
    removed = [
        ("delete", {"kind": "work", "name": one, "cascade": True}) for one in ("alpha", "beta")
    ]
    run([([*removed, ("work", {"work": "beta"})], False)])


def test_a_name_with_its_kind_is_never_that_of_another_kind() -> None:
    """The slug of a merged work is a key of the other, which is not a claim for that."""
    merge = ("merge", {"old": "alpha", "into": "beta"})
    run(
        [
            ([merge], False),
            ([("delete", {"kind": "claim", "name": "alpha", "cascade": True})], False),
        ]
    )


def test_one_edit_does_not_state_two_things_under_one_name() -> None:
    one = {"name": "two", "about": "trust", "page": "1", "work": "alpha", "replace": True}
    two = [("claim", {**one, "summary": text}) for text in TEXTS]
    between = ("rename", {"kind": "claim", "old": "two", "new": "three"})
    run([(two, False), ([two[0], between, two[1]], False)])


def test_what_a_merged_work_said_is_stated_again_of_the_other() -> None:
    merge = ("merge", {"old": "alpha", "into": "beta"})
    one = {"summary": TEXTS[0], **_FIELDS, "work": "beta", "name": "one"}
    again = [("claim", one), ("definition", {**one, "value": "norms"})]
    run([([merge], False), ([("work", {"work": "alpha"})], False), (again, False)])
    run([([merge], False), ([("claim", {**one, "work": "alpha", "name": "three"})], False)])
    late = ("disagreement", {"name": "two", "parties": ["one", "two"]})
    run([([merge, late], True)])


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
