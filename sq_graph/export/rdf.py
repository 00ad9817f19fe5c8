"""The default view as RDF: Turtle, TriG, JSON-LD, RDF/XML, and one file for ontology editors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sq_graph.graph import Graph, Term
from sq_graph.graph.engine import convert
from sq_graph.graph.terms import Triple
from sq_graph.resources import text_beside
from sq_graph.vocab import PREFIXES, RDF, XSD, shorten

if TYPE_CHECKING:
    import rdflib


def to_rdf(graph: Graph, form: str) -> str:
    """The default view in one RDF syntax, as one ontology without imports.

    Parameters:
        graph: the map.
        form: `ttl`, `trig` (each named graph apart, positions among them), `jsonld`, `rdfxml`,
            `owl` (RDF/XML for ontology editors, in which every individual has a label), or `skos`
            (the concepts and typologies as concept schemes, with definitions by their holders and
            mappings).

    >>> import sq_graph
    >>> "owl:imports" in to_rdf(sq_graph.open().graph, "ttl")
    False
    """
    if form == "trig":
        return _trig(graph)
    if form == "jsonld":
        return _jsonld(graph)
    if form == "skos":
        return serialised(graph.construct(text_beside(__file__, "skos.rq")), "turtle")
    labels = graph.construct(text_beside(__file__, "helper-labels.rq")) if form == "owl" else ()
    return serialised((*_merged(graph), *labels), "turtle" if form == "ttl" else "rdfxml")


def serialised(triples: Iterable[Triple], syntax: str) -> str:
    """Triples in an RDF syntax of the engine, always in the same order and with the same names."""
    lines = sorted(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in _renamed(triples))
    return convert("".join(lines).encode(), "ntriples", syntax).decode()


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


def _merged(graph: Graph) -> Sequence[Triple]:
    return graph.construct(text_beside(__file__, "one-ontology.rq"))


def _renamed(triples: Iterable[Triple]) -> list[Triple]:
    """The triples with each blank node named after its content, so that two exports are equal.

    Blank nodes of a map are the trees of OWL expressions: what a node holds, and what holds it,
    give its name.
    """
    known = list(triples)
    held: dict[str, list[Triple]] = {}
    hangs: dict[str, tuple[Term, Term]] = {}
    for s, p, o in known:
        if s.kind == "bnode":
            held.setdefault(s.value, []).append((s, p, o))
        if o.kind == "bnode":
            hangs[o.value] = (s, p)

    def content(node: str) -> str:
        parts = (
            f"{p.value} {content(o.value) if o.kind == 'bnode' else o.n3()}"
            for _, p, o in held.get(node, ())
        )
        return f"[{' ; '.join(sorted(parts))}]"

    def name(node: str) -> str:
        if node not in names:
            parent, link = hangs.get(node, (None, None))
            above = parent and (name(parent.value) if parent.kind == "bnode" else parent.value)
            whole = f"{above} {link and link.value} {content(node)}"
            names[node] = f"b{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
        return names[node]

    def named(term: Term) -> Term:
        return Term("bnode", name(term.value)) if term.kind == "bnode" else term

    names: dict[str, str] = {}
    return [(named(s), p, named(o)) for s, p, o in known]


def _trig(graph: Graph) -> str:
    graphs: dict[str, list[Triple]] = {}
    for row in graph.select("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"):
        graphs.setdefault(row["g"].value, []).append((row["s"], row["p"], row["o"]))
    blocks = []
    for iri, triples in sorted(graphs.items()):
        lines = sorted(f"  {s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in _renamed(triples))
        blocks.append(f"<{iri}> {{\n{''.join(lines)}}}\n")
    return "".join(blocks)


def _jsonld(graph: Graph) -> str:
    """One node object per subject, with types as `@type` and a context that names all prefixes."""
    nodes: dict[str, dict[str, list[Any]]] = {}
    for s, p, o in sorted(_renamed(_merged(graph))):
        is_type = p.value == f"{RDF}type"
        name, value = ("@type", _identifier(o)) if is_type else (_identifier(p), _value(o))
        nodes.setdefault(_identifier(s), {}).setdefault(name, []).append(value)
    written = [
        {"@id": subject} | {name: one[0] if len(one) == 1 else one for name, one in node.items()}
        for subject, node in nodes.items()
    ]
    context = {name: {"@id": iri, "@prefix": True} for name, iri in PREFIXES.items()}
    return json.dumps({"@context": context, "@graph": written}, ensure_ascii=False, indent=1) + "\n"


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
