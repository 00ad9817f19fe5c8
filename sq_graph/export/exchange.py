"""The map in the forms of exchange: RDF, SKOS, SSSOM, nanopublications, VoID, and as a networkx graph."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sq_graph.errors import MissingPart
from sq_graph.graph import Graph, Term
from sq_graph.model.attribution import attributions
from sq_graph.model.facts import Facts, coded, facts, iris, labels, text, texts
from sq_graph.queries import prologue
from sq_graph.resources import VERSION
from sq_graph.vocab import BASE, OWL, PREFIXES, SQ, shorten, slug_of

if TYPE_CHECKING:
    import rdflib

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_SKOS = """CONSTRUCT {
  ?concept a skos:Concept ; skos:prefLabel ?label ; skos:altLabel ?other ; skos:broader ?above ; skos:inScheme ?scheme ;
    skos:topConceptOf ?top ; skos:scopeNote ?said .
  ?scheme a skos:ConceptScheme ; skos:prefLabel ?title .
} WHERE {
  { ?concept a sq:Concept } UNION { ?concept a sq:Category }
  ?concept rdfs:label ?label .
  OPTIONAL { ?concept skos:altLabel ?other }
  OPTIONAL { ?concept skos:broader|sq:senseOf ?above }
  OPTIONAL { ?concept skos:inScheme|sq:memberOf ?scheme . ?scheme rdfs:label ?title }
  OPTIONAL { ?definition sq:defines ?concept ; rdfs:label ?who ; sq:summary ?summary
    BIND(STRLANG(CONCAT(STR(?who), ": ", STR(?summary)), "en") AS ?said) }
}"""
_SSSOM = (
    "record_id",
    "subject_id",
    "subject_label",
    "subject_type",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "author_label",
    "mapping_source",
    "comment",
    "other",
)


def exchange(graph: Graph, form: str) -> str:
    """The default view in one of ttl, trig, jsonld, rdfxml, skos, sssom, nanopub, void."""
    plain = {"ttl": "turtle", "jsonld": "jsonld", "rdfxml": "rdfxml"}
    if form in plain:
        return graph.results(_ALL, plain[form]).decode()
    if form == "skos":
        return graph.results(prologue() + _SKOS, "turtle").decode()
    return {"trig": _trig, "sssom": _sssom, "nanopub": _nanopub, "void": _void}[form](graph)


def _trig(graph: Graph) -> str:
    """Every named graph, position modules among them, as TriG."""
    found: dict[str, list[str]] = {}
    for row in graph.select("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"):
        found.setdefault(row["g"].value, []).append(
            f"  {row['s'].n3()} {row['p'].n3()} {row['o'].n3()} .\n"
        )
    return "".join(
        f"<{name}> {{\n{''.join(sorted(lines))}}}\n" for name, lines in sorted(found.items())
    )


def _of_classes(graph: Graph, *kinds: str) -> dict[str, dict[str, list[Term]]]:
    """All that is said of the things of some classes, in order."""
    either = " UNION ".join(f"{{ ?s a sq:{kind} }}" for kind in kinds)
    return facts(graph, iris(graph, f"SELECT DISTINCT ?s {{ {either} }} ORDER BY STR(?s)"))


def _sssom(graph: Graph) -> str:
    """The alignments that somebody draws or denies as an SSSOM 1.1 table, a collective one as one row.

    What nobody draws is not exported, and neither is a relation that SSSOM has no predicate for.
    """
    known = _of_classes(graph, "Alignment", "DeniedAlignment")
    credits = attributions(graph, known)
    drawn = graph.select("SELECT ?r ?p { ?r sq:sssomPredicate ?p }")
    predicates = {row["r"].value: shorten(row["p"].value) for row in drawn}
    ends = {
        iri
        for one in known.values()
        for name in ("sq:subject", "sq:object")
        for iri in texts(one, name)
    }
    members = {iri: texts(one, "skos:member") for iri, one in facts(graph, ends).items()}
    names = labels(graph, ends)
    output = io.StringIO()
    output.write(
        "".join(
            f"#{line}\n"
            for line in [
                "sssom_version: 1.1",
                f"mapping_set_id: {BASE}mappings",
                f"mapping_set_version: {VERSION}",
                f"license: {LICENCE}",
                "curie_map:",
                *(f"  {name}: {iri}" for name, iri in sorted(PREFIXES.items())),
                "  semapv: https://w3id.org/semapv/vocab/",
            ]
        )
    )
    writer = csv.DictWriter(output, _SSSOM, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    for iri, one in known.items():
        predicate = predicates.get(text(one, "sq:relation"))
        if predicate is None or iri not in credits:
            continue
        subject, target, credit = text(one, "sq:subject"), text(one, "sq:object"), credits[iri]
        parts = [shorten(part) for part in sorted(members.get(subject, ()))]
        row = {
            "record_id": shorten(iri),
            "subject_id": " + ".join(parts) or shorten(subject),
            "subject_label": names[subject],
            "object_id": shorten(target),
            "object_label": names[target],
            "subject_type": "composed entity expression" if parts else "skos concept",
            "predicate_id": predicate,
            "predicate_modifier": "Not" if f"{SQ}DeniedAlignment" in texts(one, "rdf:type") else "",
            "mapping_justification": "semapv:ManualMappingCuration",
            "comment": text(one, "sq:summary"),
            "author_label": "|".join((*credit.holders, *credit.possible_holders)),
            "mapping_source": "|".join(dict.fromkeys(passage.work for passage in credit.passages)),
            "other": credit.source
            + (f"; {credit.firmness}" if credit.firmness not in ("", "asserted") else ""),
        }
        writer.writerow({name: " ".join(cell.split()) for name, cell in row.items()})
    return output.getvalue()


def _nanopub(graph: Graph) -> str:
    """Every definition, alignment and claim as a nanopublication in TriG: what is said, and where it was read."""
    known = _of_classes(graph, "Definition", "Alignment", "DeniedAlignment", "Claim")
    passages = facts(graph, [iri for one in known.values() for iri in texts(one, "sq:reportedIn")])
    prefixes = {"np": "http://www.nanopub.org/nschema#", **PREFIXES}
    head = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in prefixes.items())
    return head + "".join(_publication(iri, one, passages) for iri, one in known.items())


def _publication(iri: str, one: Facts, passages: Mapping[str, Facts]) -> str:
    base = iri.replace("/id/", "/nanopub/", 1)
    names = ("head", "assertion", "provenance", "pubinfo")
    head, assertion, provenance, pubinfo = (f"<{base}#{name}>" for name in names)
    objects = {_name(name): ", ".join(term.n3() for term in terms) for name, terms in one.items()}
    said = "".join(f"  <{iri}> {name} {values} .\n" for name, values in objects.items())
    read_in = texts(one, "sq:reportedIn")
    works = sorted(
        {work for passage in read_in for work in texts(passages.get(passage, {}), "sq:inWork")}
    )
    sources = ", ".join(f"<{source}>" for source in (*works, *read_in))
    return (
        f"\n{head} {{\n  <{base}> a np:Nanopublication ; np:hasAssertion {assertion} ; "
        f"np:hasProvenance {provenance} ; np:hasPublicationInfo {pubinfo} .\n}}\n"
        f"{assertion} {{\n{said}}}\n{provenance} {{\n  {assertion} prov:wasDerivedFrom {sources} .\n}}\n"
        f'{pubinfo} {{\n  <{base}> dcterms:license <{LICENCE}> ; prov:wasGeneratedBy "sq-graph {VERSION}" .\n}}\n'
    )


def _void(graph: Graph) -> str:
    """The map described as a dataset (VoID, DCAT), its counts computed."""
    counted = "(COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?p) AS ?properties)"
    rows = graph.select(f"SELECT {counted} {{ ?s ?p ?o }}")
    counts = {name: term.value for row in rows for name, term in row.items()}
    classes = graph.select("""SELECT ?kind (COUNT(DISTINCT ?s) AS ?n) {
      ?s a ?kind FILTER(STRSTARTS(STR(?kind), STR(sq:))) } GROUP BY ?kind ORDER BY STR(?kind)""")
    partitions = "".join(
        f"  void:classPartition [ void:class {shorten(row['kind'].value)} ; void:entities {row['n'].value} ] ;\n"
        for row in classes
    )
    return (
        f"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dcterms: <{PREFIXES['dcterms']}> .\n"
        f"@prefix sq: <{SQ}> .\n@prefix void: <http://rdfs.org/ns/void#> .\n@prefix owl: <{OWL}> .\n\n"
        f"<{BASE}> a void:Dataset, dcat:Dataset ;\n"
        f'  dcterms:title "Social quality graph"@en ;\n  dcterms:license <{LICENCE}> ;\n'
        f'  owl:versionInfo "{VERSION}" ;\n  void:vocabulary <{SQ.rstrip("#")}> ;\n{partitions}'
        f"  void:properties {counts['properties']} ;\n  void:distinctSubjects {counts['subjects']} ;\n"
        f"  void:triples {counts['triples']} .\n"
    )


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
    return found.parse(data=graph.results(_ALL, "ntriples"), format="nt")


def to_networkx(graph: Graph) -> Any:
    """Things as nodes with label and kind, links between them as edges with their property: a MultiDiGraph.

    Raises MissingPart without networkx.

    >>> import sq_graph
    >>> network = sq_graph.open().to_networkx()
    >>> network.nodes["work:room-1999"]["label"]
    'Room 1999'
    """
    try:
        import networkx
    except ImportError:
        raise MissingPart("networkx", "notebook") from None
    network = networkx.MultiDiGraph()
    rows = graph.select(
        "SELECT DISTINCT ?s ?p ?o { ?s a owl:NamedIndividual . ?o a owl:NamedIndividual . ?s ?p ?o }"
    )
    kinds = graph.select(
        "SELECT ?s ?kind { ?s a owl:NamedIndividual , ?kind FILTER(STRSTARTS(STR(?kind), STR(sq:))) }"
    )
    of_kind = {row["s"].value: slug_of(row["kind"].value) for row in kinds}
    for iri, label in labels(graph, of_kind).items():
        network.add_node(shorten(iri), label=label, kind=of_kind[iri])
    for row in rows:
        ends = (shorten(row["s"].value), shorten(row["o"].value))
        network.add_edge(*ends, key=shorten(row["p"].value), label=coded(row["p"].value))
    return network


def _name(property_name: str) -> str:
    return (
        "a"
        if property_name == "rdf:type"
        else property_name
        if ":" in property_name[:12]
        else f"<{property_name}>"
    )
