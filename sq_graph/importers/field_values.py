"""The fields of a statement as an edit takes them: what each is in the graph, and what it is
now.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sq_graph.graph import Graph
from sq_graph.model.entities import read_typology
from sq_graph.model.facts import Facts, code_of, facts, iris, labels, text, texts
from sq_graph.resources import file_text
from sq_graph.vocab import kind_of, slug_of

KNOWN: Mapping[str, Any] = tomllib.loads(file_text(Path(__file__).with_name("fields.toml")))
"""What `fields.toml` says."""
FIELDS: Mapping[str, Mapping[str, Any]] = KNOWN["fields"]
WORK: Mapping[str, str] = KNOWN["work"]
"""The fields of a work by their BibTeX names, with their properties."""
OF = {"definition": "sq:defines", "typology": "sq:divides", "example": "sq:exemplifies"}
FIELD_OF = {p: name for name, p in WORK.items()} | {
    p: name
    for name, field in FIELDS.items()
    for p in field.get("properties", [field.get("property", "")])
}
"""Property → the field that fills it."""


def field_values(graph: Graph, thing: str) -> dict[str, tuple[str, ...]]:
    """The value of each field of a statement: texts, codes, and the IRIs of things.

    `aspect.SLUG` holds what a definition is coded as under an aspect; `in_`, `page` and `phrase`
    are those of the first passage.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> found = field_values(atlas.graph, atlas.find("bernard-1999-containment"))
    >>> found["page"], found["hedge"]
    (('14',), ('asserted',))
    """
    one: Facts = facts(graph, [thing]).get(thing, {})
    kind = kind_of(thing) or ""
    found = {name: texts(one, p) for name, p in _properties("value").items()}
    found |= {name: tuple(map(code_of, texts(one, p))) for name, p in _properties("code").items()}
    found |= {"of": texts(one, OF.get(kind, "")), "holder": texts(one, "sq:heldBy")}
    found |= _passage(graph, one)
    mentions = facts(graph, texts(one, "sq:citation"))
    found["cited_page"] = tuple(filter(None, (text(o, "sq:citedPage") for o in mentions.values())))
    if denied := texts(one, "sq:deniedRelation"):
        found |= {"relation": tuple(map(code_of, denied)), "denied": ("yes",)}
    if kind == "definition":
        found |= _codings(graph, thing)
    if kind == "typology":
        found["categories"] = _categories(graph, thing)
    if kind == "work":
        found |= {name: texts(one, p) for name, p in WORK.items()}
        found["authors"] = _authors(graph, texts(one, "sq:authorship"))
    return {name: values for name, values in found.items() if any(values)}


def _properties(what: str) -> dict[str, str]:
    """The property of each field of which something is known."""
    return {name: field["property"] for name, field in FIELDS.items() if what in field}


def _passage(graph: Graph, one: Facts) -> dict[str, tuple[str, ...]]:
    """The work, the place and the phrase of the first passage that a statement rests on."""
    read = texts(one, "sq:reportedIn")
    where = facts(graph, read[:1]).get(read[0], {}) if read else {}
    first, last = text(where, "sq:pageLabel"), text(where, "sq:lastPageLabel")
    page = f"{first}–{last}" if last and last != first else first
    if not first and (paragraph := text(where, "sq:paragraph")):
        section = text(where, "sq:section")
        page = f"{labels(graph, [section])[section]}, para. {paragraph}"
    return {"in_": texts(where, "sq:inWork"), "page": (page,), "phrase": texts(where, "sq:phrase")}


def _codings(graph: Graph, definition: str) -> dict[str, tuple[str, ...]]:
    """What a definition is coded as: values, terms, `silent` or `n/a`, by `aspect.SLUG`."""
    query = f"SELECT DISTINCT ?s {{ ?s sq:codes <{definition}> }} ORDER BY STR(?s)"
    known = facts(graph, iris(graph, query))
    names = labels(graph, [iri for one in known.values() for iri in texts(one, "sq:codedValue")])
    found = {}
    for one in known.values():
        values = [names[value] for value in texts(one, "sq:codedValue")]
        values += texts(one, "sq:codedTerm")
        coverage = code_of(text(one, "sq:coverage"))
        unsaid = {"silent": "silent", "not-applicable": "n/a"}.get(coverage, "")
        found[f"aspect.{slug_of(text(one, 'sq:aspect'))}"] = tuple(values or [unsaid])
    return found


def _categories(graph: Graph, typology: str) -> tuple[str, ...]:
    """The categories in order, each as `label: summary`."""
    categories = read_typology(graph, typology).categories
    return tuple(": ".join(filter(None, (one.label, one.summary))) for one in categories)


def _authors(graph: Graph, places: tuple[str, ...]) -> tuple[str, ...]:
    """The authors of a work in order, as `Family, Given`."""
    ranked = sorted(facts(graph, places).values(), key=lambda one: int(text(one, "sq:rank", "0")))
    people = [text(one, "sq:author") for one in ranked]
    known = facts(graph, people)
    return tuple(_name(known[who]) for who in people if who in known)


def _name(agent: Facts) -> str:
    named = filter(None, (text(agent, "foaf:familyName"), text(agent, "foaf:givenName")))
    return ", ".join(named) or text(agent, "rdfs:label")
