"""The default view as RDF: Turtle, TriG, JSON-LD, RDF/XML, and one file for ontology editors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sq_graph.graph import Graph, Term
from sq_graph.vocab import BASE, OWL, PREFIXES, RDF, XSD, shorten

if TYPE_CHECKING:
    import rdflib

_ROOT = f"{BASE}sq-graph"
# One file holds what it would import, and one ontology: the headers of its parts stay behind.
_MERGED = f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  ?s ?p ?o
  FILTER(?p != <{OWL}imports>)
  MINUS {{ ?s a <{OWL}Ontology> FILTER(?s != <{_ROOT}>) }}
}}"""
_FORMATS = {"ttl": "turtle", "rdfxml": "rdfxml", "owl": "rdfxml"}


def to_rdf(graph: Graph, form: str) -> str:
    """The default view in one RDF syntax, as one ontology without imports.

    Parameters:
        graph: the map.
        form: `ttl`, `trig` (each named graph apart, positions among them), `jsonld`, `rdfxml`,
            or `owl` (RDF/XML for ontology editors).

    >>> import sq_graph
    >>> "owl:imports" in to_rdf(sq_graph.open().graph, "ttl")
    False
    """
    if form == "trig":
        return _trig(graph)
    if form == "jsonld":
        return _jsonld(graph)
    return graph.results(_MERGED, _FORMATS[form]).decode()


def to_rdflib(graph: Graph) -> rdflib.Graph:
    """The default view as an rdflib graph.

    >>> import sq_graph
    >>> len(sq_graph.open().to_rdflib()) > 1000
    True
    """
    import rdflib

    found = rdflib.Graph()
    for name, namespace in PREFIXES.items():
        found.bind(name, namespace)
    every = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    return found.parse(data=graph.results(every, "ntriples"), format="nt")


def _trig(graph: Graph) -> str:
    graphs: dict[str, list[str]] = {}
    for row in graph.select("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"):
        line = f"  {row['s'].n3()} {row['p'].n3()} {row['o'].n3()} .\n"
        graphs.setdefault(row["g"].value, []).append(line)
    blocks = sorted(graphs.items())
    return "".join(f"<{name}> {{\n{''.join(sorted(lines))}}}\n" for name, lines in blocks)


def _jsonld(graph: Graph) -> str:
    """One node object per subject, with types as `@type` and a context that names all prefixes."""
    nodes: dict[str, dict[str, Any]] = {}
    pattern = _MERGED.partition("WHERE")[2]
    for row in graph.select(f"SELECT ?s ?p ?o {pattern} ORDER BY STR(?s) STR(?p) STR(?o)"):
        subject = _identifier(row["s"])
        node = nodes.setdefault(subject, {"@id": subject})
        if row["p"].value == f"{RDF}type":
            node.setdefault("@type", []).append(_identifier(row["o"]))
        else:
            node.setdefault(_identifier(row["p"]), []).append(_value(row["o"]))
    context = {name: {"@id": iri, "@prefix": True} for name, iri in PREFIXES.items()}
    document = {"@context": context, "@graph": [_unwrapped(node) for node in nodes.values()]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _identifier(term: Term) -> str:
    return f"_:{term.value}" if term.kind == "bnode" else shorten(term.value)


def _value(term: Term) -> dict[str, str] | str:
    if term.kind != "literal":
        return {"@id": _identifier(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype in ("", f"{XSD}string"):
        return term.value
    return {"@value": term.value, "@type": shorten(term.datatype)}


def _unwrapped(node: dict[str, Any]) -> dict[str, Any]:
    def single(values: Any) -> Iterable[Any] | Any:
        return values[0] if isinstance(values, list) and len(values) == 1 else values

    return {name: single(values) for name, values in node.items()}
