"""Any RDF: our own vocabulary as it is, all else by a CONSTRUCT query that maps it.

The query may say `VALUES ?base { … }`: the base of the workspace is put there, so that the query
can mint IRIs under it.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from pathlib import Path

from sq_graph.errors import BadQuery, InputError
from sq_graph.graph import EmbeddedGraph, Term
from sq_graph.graph.lookup import Iri, Lookup, to_node
from sq_graph.importers.editing import Edit
from sq_graph.queries import as_term
from sq_graph.rdf_syntax import rdf_syntax
from sq_graph.resources import file_bytes, file_text
from sq_graph.turtle import TextTriple, parse
from sq_graph.turtle.terms import IMPORTS, ONTOLOGY, TYPE, iri, iri_terms, is_blank, literal
from sq_graph.vocab import DCTERMS, OWL, SQ, kind_of

_INDIVIDUAL = f"<{OWL}NamedIndividual>"
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_SHOWN = ("work", "concept", "definition", "typology", "alignment", "claim", "aspect")
_LEADING = iri_terms("sq:inWork sq:reportedIn sq:codes sq:memberOf sq:cellOf sq:citation")


def import_rdf(edit: Edit, path: Path, mapping: Path | None) -> list[str]:
    """Puts the triples of a file, or what a query makes of them, into an edit, by work.

    Raises BrokenFile for what cannot be read, BadQuery for the query, InputError for blank nodes,
    for things that are not under the base of the workspace, and for another vocabulary.
    """
    if mapping is None and path.suffix.lower() == ".ttl":
        triples = set(parse(_content(path), str(path)).triples)
    else:
        triples = _constructed(path, mapping, edit.layout.base)
    triples = {triple for triple in triples if triple[2] != ONTOLOGY and triple[1] != IMPORTS}
    headers = {s for s, p, _ in triples if p == f"<{DCTERMS}license>"}
    triples = {triple for triple in triples if triple[0] not in headers}
    if not triples and mapping is None:
        raise InputError(f"{path} has no statements", remedy="Export it again")
    if not triples:
        remedy = "Check the mapping against the vocabulary of the file"
        raise InputError(f"the mapping made no statements from {path}", remedy=remedy)
    used = {o if p == TYPE else p for _, p, o in triples}
    if mapping is None and not any(one.startswith(f"<{SQ}") for one in used):
        what = f"{path} does not use the vocabulary of this map"
        raise InputError(what, remedy="Give a query that maps it with --map QUERY.rq")
    things = [s for s, p, o in triples if p == TYPE and o == _INDIVIDUAL]
    new = _new(edit, path, triples) if mapping is None else triples
    changed = _add(edit, path, new)
    became = [(kind_of(s[1:-1]), "read" if s in changed else "already there") for s in things]
    return [f"{kind} {what}" for shown in _SHOWN for kind, what in became if kind == shown]


def _new(edit: Edit, path: Path, triples: set[TextTriple]) -> set[TextTriple]:
    """The triples that the map does not state yet.

    A blank node and what is said of it are the map's own where nothing new is said of the things
    around it.
    """
    edit.graph.graphs()  # reads the graphs of the position modules too
    lookup, known = Lookup(edit.graph.store, None), set[TextTriple]()
    for s, p, o in _loaded(path).construct(_ALL):
        if to_node(o) in lookup.objects(to_node(s), Iri(p.value)):
            known.add((_written(s), _written(p), _written(o)))
    new = triples - known
    live = {s for s, _, o in new if not is_blank(s) and not is_blank(o)}
    nested = [triple for triple in new if is_blank(triple[0]) or is_blank(triple[2])]
    named = {s for s, _, _ in nested if not is_blank(s)}
    own = f"<{edit.layout.base}"
    live |= {s for s in named if s.startswith(own) or not lookup.properties(Iri(s[1:-1]))}
    size = -1
    while size != len(live):  # until no blank node is reached any more
        size = len(live)
        live |= {end for s, _, o in nested if s in live or o in live for end in (s, o)}
    return {triple for triple in new if triple[0] in live}


def _content(path: Path) -> bytes:
    """What is in a file after the mark that some editors put at its beginning."""
    return file_bytes(path).removeprefix(BOM_UTF8)


def _loaded(path: Path) -> EmbeddedGraph:
    """The graph of a file in any syntax of RDF."""
    source, content = EmbeddedGraph(), _content(path)
    source.add_serialised(content, rdf_syntax(path, content), path.resolve().as_uri(), str(path))
    return source


def _constructed(path: Path, mapping: Path | None, base: str) -> set[TextTriple]:
    query = file_text(mapping) if mapping else _ALL
    query = re.sub(r"VALUES\s+\?base\s*\{[^}]*\}", f"VALUES ?base {{ {as_term(base)} }}", query)
    source = _loaded(path)
    try:
        return {(_written(s), _written(p), _written(o)) for s, p, o in source.construct(query)}
    except BadQuery as error:
        raise BadQuery(error.what, str(mapping), error.line, error.remedy) from None


def _written(term: Term) -> str:
    if term.kind == "literal":
        return literal(term.value, f"<{term.datatype}>" if term.datatype else "", term.language)
    return f"_:{term.value}" if term.kind == "bnode" else iri(term.value)


def _add(edit: Edit, path: Path, triples: Iterable[TextTriple]) -> set[str]:
    """States the triples in the files to which they belong; returns the subjects of which
    something is new there.
    """
    said: dict[str, set[TextTriple]] = {}
    for triple in triples:
        if is_blank(triple[0]) or is_blank(triple[2]):
            remedy = "Give each an IRI, in the mapping with --map QUERY.rq"
            raise InputError(f"{path} gives things without IRI", remedy=remedy)
        said.setdefault(triple[0], set()).add(triple)
    for thing, about in said.items():
        if (thing, TYPE, _INDIVIDUAL) in about and not thing.startswith(f"<{edit.layout.base}"):
            remedy = f"Let the mapping mint IRIs under <{edit.layout.base}id/>"
            remedy += ", as VALUES ?base offers"
            raise InputError(f"{thing} is not under the base of this workspace", remedy=remedy)
    parents = {o: s for s, about in said.items() for _, p, o in about if p == f"<{SQ}authorship>"}
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    common = edit.file(f"data/{stem or 'imported'}")
    changed = set[str]()
    edit.from_rdf.update(thing[1:-1] for thing in said)
    for thing, about in said.items():
        work = _work_of(thing, said, parents)
        file = edit.file_of(work[1:-1]) if work else common
        if {(p, o) for _, p, o in about} - edit.statements.about(file, thing[1:-1]):
            changed.add(thing)
        edit.statements.add_triples(file, about)
    return changed


def _work_of(thing: str, said: dict[str, set[TextTriple]], parents: dict[str, str]) -> str:
    """The work to whose file a thing belongs: itself, or the one that was read for it."""
    for _ in range(5):
        thing = parents.get(thing, thing)
        if kind_of(thing[1:-1]) == "work":
            return thing
        leads = {p: o for _, p, o in said.get(thing, ())}
        thing = next((leads[p] for p in _LEADING if p in leads), "")
        if not thing:
            return ""
    return ""
