"""Importing RDF: our own vocabulary as it is, any other by a CONSTRUCT query that maps it.

The query may contain `VALUES ?base { … }`: the base of the workspace is put there, so that the
query can mint IRIs under it.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from pathlib import Path

from sq_graph.errors import BadQuery, InputError
from sq_graph.graph import EmbeddedGraph, Term
from sq_graph.graph.lookup import Iri, Lookup, to_node
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.queries import as_term
from sq_graph.rdf_syntax import rdf_syntax
from sq_graph.resources import file_bytes, file_text
from sq_graph.turtle import TextTriple, parse
from sq_graph.turtle.terms import IMPORTS, ONTOLOGY, TYPE, iri, iri_terms, is_blank, literal
from sq_graph.vocab import DCTERMS, OWL, SQ, kind_of

_INDIVIDUAL = f"<{OWL}NamedIndividual>"
_ALL_TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_REPORTED = ("work", "concept", "definition", "typology", "alignment", "claim", "aspect")
_WORK_LINKS = iri_terms("sq:inWork sq:reportedIn sq:codes sq:memberOf sq:cellOf sq:citation")


def import_rdf(edit: Edit, path: Path, mapping: Path | None, report: ImportRows) -> list[str]:
    """Adds the triples of a file, or what a query makes of them, to an edit, by work. The report
    says that names of graphs are not kept.

    Raises BrokenFile for what cannot be read, BadQuery for the query, InputError for blank nodes,
    for things that are not under the base of the workspace, and for another vocabulary.
    """
    is_turtle = mapping is None and path.suffix.lower() == ".ttl"
    graph, content = EmbeddedGraph(), file_bytes(path).removeprefix(BOM_UTF8)
    triples = set(parse(content, str(path)).triples) if is_turtle else set()
    syntax = rdf_syntax(path, content)
    if count := graph.add_serialised(content, syntax, path.resolve().as_uri(), str(path)):
        reason = "names of graphs are not kept; each statement goes to the file of its work"
        report.append(("not imported", str(path), f"graph names: {count}", reason))
    if not is_turtle:
        triples = _construct(graph, mapping, edit.layout.base)
    triples = {triple for triple in triples if triple[2] != ONTOLOGY and triple[1] != IMPORTS}
    headers = {s for s, p, _ in triples if p == f"<{DCTERMS}license>"}
    triples = {triple for triple in triples if triple[0] not in headers}
    if not triples and mapping is None:
        raise InputError(f"{path} has no statements", remedy="Export it again")
    if not triples:
        remedy = "Check the mapping against the vocabulary of the file"
        raise InputError(f"the mapping made no statements from {path}", remedy=remedy)
    terms = {o if p == TYPE else p for _, p, o in triples}
    if mapping is None and not any(term.startswith(f"<{SQ}") for term in terms):
        problem = f"{path} does not use the vocabulary of this map"
        raise InputError(problem, remedy="Give a query that maps it with --map QUERY.rq")
    subjects = [s for s, p, o in triples if p == TYPE and o == _INDIVIDUAL]
    changed = _add(edit, path, _new(edit, graph, triples) if mapping is None else triples)
    outcomes = [(kind_of(s[1:-1]), "read" if s in changed else "already there") for s in subjects]
    return [f"{kind} {outcome}" for name in _REPORTED for kind, outcome in outcomes if kind == name]


def _new(edit: Edit, graph: EmbeddedGraph, triples: set[TextTriple]) -> set[TextTriple]:
    """The triples that the map does not state yet.

    A blank node and its triples count as stated where nothing new is stated of the things around
    it.
    """
    edit.graph.graphs()  # reads the graphs of the position modules too
    lookup, existing = Lookup(edit.graph.store, None), set[TextTriple]()
    for s, p, o in graph.construct(_ALL_TRIPLES):
        if to_node(o) in lookup.objects(to_node(s), Iri(p.value)):
            existing.add((_to_text(s), _to_text(p), _to_text(o)))
    new = triples - existing
    reached = {s for s, _, o in new if not is_blank(s) and not is_blank(o)}
    nested = [triple for triple in new if is_blank(triple[0]) or is_blank(triple[2])]
    owners = {s for s, _, _ in nested if not is_blank(s)}
    base = f"<{edit.layout.base}"
    reached |= {s for s in owners if s.startswith(base) or not lookup.properties(Iri(s[1:-1]))}
    size = -1
    while size != len(reached):  # until no further blank node is reached
        size = len(reached)
        reached |= {node for s, _, o in nested if s in reached or o in reached for node in (s, o)}
    return {triple for triple in new if triple[0] in reached}


def _construct(graph: EmbeddedGraph, mapping: Path | None, base: str) -> set[TextTriple]:
    query = file_text(mapping) if mapping else _ALL_TRIPLES
    query = re.sub(r"VALUES\s+\?base\s*\{[^}]*\}", f"VALUES ?base {{ {as_term(base)} }}", query)
    try:
        return {(_to_text(s), _to_text(p), _to_text(o)) for s, p, o in graph.construct(query)}
    except BadQuery as error:
        raise BadQuery(error.what, str(mapping), error.line, error.remedy) from None


def _to_text(term: Term) -> str:
    if term.kind == "literal":
        return literal(term.value, f"<{term.datatype}>" if term.datatype else "", term.language)
    return f"_:{term.value}" if term.kind == "bnode" else iri(term.value)


def _add(edit: Edit, path: Path, triples: Iterable[TextTriple]) -> set[str]:
    """States triples in the files to which they belong; returns the subjects with new triples."""
    by_subject: dict[str, set[TextTriple]] = {}
    for s, p, o in triples:
        if is_blank(s) or is_blank(o):
            remedy = "Give each an IRI, in the mapping with --map QUERY.rq"
            raise InputError(f"{path} contains things without an IRI", remedy=remedy)
        by_subject.setdefault(s, set()).add((s, p, o))
    for s, about in by_subject.items():
        if (s, TYPE, _INDIVIDUAL) in about and not s.startswith(f"<{edit.layout.base}"):
            remedy = f"Let the mapping mint IRIs under <{edit.layout.base}id/>"
            remedy += ", as VALUES ?base offers"
            raise InputError(f"{s} is not under the base of this workspace", remedy=remedy)
    works = {o: s for about in by_subject.values() for s, p, o in about if p == f"<{SQ}authorship>"}
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    default_file = edit.file(f"data/{stem or 'imported'}")
    changed = set[str]()
    edit.from_rdf.update(s[1:-1] for s in by_subject)
    for s, about in by_subject.items():
        work = _work_of(s, by_subject, works)
        file = edit.file_of(work[1:-1]) if work else default_file
        if {(p, o) for _, p, o in about} - edit.statements.about(file, s[1:-1]):
            changed.add(s)
        edit.statements.add_triples(file, about)
    return changed


def _work_of(thing: str, by_subject: dict[str, set[TextTriple]], works: dict[str, str]) -> str:
    """The work to whose file a thing belongs: itself, or the work in which it was read."""
    for _ in range(5):
        thing = works.get(thing, thing)
        if kind_of(thing[1:-1]) == "work":
            return thing
        links = {p: o for _, p, o in by_subject.get(thing, ())}
        thing = next((links[p] for p in _WORK_LINKS if p in links), "")
        if not thing:
            return ""
    return ""
