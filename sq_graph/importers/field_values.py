"""The fields of a statement as an edit takes them: their properties in the graph, and their current
values.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sq_graph.graph import Graph
from sq_graph.model.entities import read_typology
from sq_graph.model.facts import Facts, code_of, facts, iris, labels, text, texts
from sq_graph.resources import file_text
from sq_graph.vocab import kind_of, slug_of

SETTINGS: Mapping[str, Any] = tomllib.loads(file_text(Path(__file__).with_name("fields.toml")))
"""The content of `fields.toml`."""
FIELDS: Mapping[str, Mapping[str, Any]] = SETTINGS["fields"]
WORK_FIELDS: Mapping[str, str] = SETTINGS["work"]
"""The fields of a work by their BibTeX names, with their properties."""
OF_PROPERTY = {"definition": "sq:defines", "typology": "sq:divides", "example": "sq:exemplifies"}
FIELD_OF = {p: name for name, p in WORK_FIELDS.items()} | {
    p: name
    for name, field in FIELDS.items()
    for p in field.get("properties", [field.get("property", "")])
}
"""Property → the field that fills it."""


def field_values(graph: Graph, thing: str) -> dict[str, tuple[str, ...]]:
    """The value of each field of a statement: texts, codes, and the IRIs of things.

    `aspect.SLUG` holds the coding of a definition under an aspect; `in_`, `page` and `phrase` are
    those of the first passage.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> values = field_values(atlas.graph, atlas.find("bernard-1999-containment"))
    >>> values["page"], values["hedge"]
    (('14',), ('asserted',))
    """
    about: Facts = facts(graph, [thing]).get(thing, {})
    kind = kind_of(thing) or ""
    fields = {name: texts(about, p) for name, p in _properties("value")}
    fields |= {name: tuple(map(code_of, texts(about, p))) for name, p in _properties("code")}
    fields |= {"of": texts(about, OF_PROPERTY.get(kind, "")), "holder": texts(about, "sq:heldBy")}
    fields |= _passage(graph, about)
    citations = facts(graph, texts(about, "sq:citation")).values()
    pages = (text(citation, "sq:citedPage") for citation in citations)
    fields["cited_page"] = tuple(filter(None, pages))
    if denied := texts(about, "sq:deniedRelation"):
        fields |= {"relation": tuple(map(code_of, denied)), "denied": ("yes",)}
    if kind == "definition":
        fields |= _codings(graph, thing)
    if kind == "typology":
        fields["categories"] = _categories(graph, thing)
    if kind == "work":
        fields |= {name: texts(about, p) for name, p in WORK_FIELDS.items()}
        fields["authors"] = _authors(graph, texts(about, "sq:authorship"))
    return {name: values for name, values in fields.items() if any(values)}


def _properties(key: str) -> Iterator[tuple[str, str]]:
    """Each field that has a key in `fields.toml`, with its property."""
    return ((name, field["property"]) for name, field in FIELDS.items() if key in field)


def _passage(graph: Graph, about: Facts) -> dict[str, tuple[str, ...]]:
    """The work, the page and the phrase of the first passage of a statement."""
    passages = texts(about, "sq:reportedIn")
    passage = facts(graph, passages[:1]).get(passages[0], {}) if passages else {}
    first, last = text(passage, "sq:pageLabel"), text(passage, "sq:lastPageLabel")
    page = f"{first}–{last}" if last and last != first else first
    if not first and (paragraph := text(passage, "sq:paragraph")):
        section = text(passage, "sq:section")
        page = f"{labels(graph, [section])[section]}, para. {paragraph}"
    work, phrase = texts(passage, "sq:inWork"), texts(passage, "sq:phrase")
    return {"in_": work, "page": (page,), "phrase": phrase}


def _codings(graph: Graph, definition: str) -> dict[str, tuple[str, ...]]:
    """The codings of a definition: values, terms, `silent` or `n/a`, by `aspect.SLUG`."""
    query = f"SELECT DISTINCT ?s {{ ?s sq:codes <{definition}> }} ORDER BY STR(?s)"
    codings = facts(graph, iris(graph, query)).values()
    names = labels(graph, [iri for coding in codings for iri in texts(coding, "sq:codedValue")])
    fields = {}
    for coding in codings:
        values = [names[value] for value in texts(coding, "sq:codedValue")]
        values += texts(coding, "sq:codedTerm")
        coverage = code_of(text(coding, "sq:coverage"))
        no_value = {"silent": "silent", "not-applicable": "n/a"}.get(coverage, "")
        fields[f"aspect.{slug_of(text(coding, 'sq:aspect'))}"] = tuple(values or [no_value])
    return fields


def _categories(graph: Graph, typology: str) -> tuple[str, ...]:
    """The categories in order, each as `label: summary`."""
    categories = read_typology(graph, typology).categories
    pairs = ((category.label, category.summary) for category in categories)
    return tuple(": ".join(filter(None, pair)) for pair in pairs)


def _authors(graph: Graph, authorships: tuple[str, ...]) -> tuple[str, ...]:
    """The authors of a work in order, as `Family, Given`."""
    ranked = list(facts(graph, authorships).values())
    ranked.sort(key=lambda authorship: int(text(authorship, "sq:rank", "0")))
    authors = [text(authorship, "sq:author") for authorship in ranked]
    agents = facts(graph, authors)
    return tuple(_name(agents[author]) for author in authors if author in agents)


def _name(agent: Facts) -> str:
    names = filter(None, (text(agent, "foaf:familyName"), text(agent, "foaf:givenName")))
    return ", ".join(names) or text(agent, "rdfs:label")
