"""The map as a dataset in VoID and DCAT, its counts computed, and its endpoint as a service."""

from __future__ import annotations

from sq_graph.graph import Graph
from sq_graph.resources import VERSION
from sq_graph.vocab import BASE, ID, OWL, PREFIXES, SKOS, SQ

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": PREFIXES["dcterms"],
    "foaf": PREFIXES["foaf"],
    "owl": OWL,
    "void": "http://rdfs.org/ns/void#",
}
_COUNTS = {
    "triples": "COUNT(*)",
    "distinctSubjects": "COUNT(DISTINCT ?s)",
    "distinctObjects": "COUNT(DISTINCT ?o)",
    "properties": "COUNT(DISTINCT ?p)",
}
_FORMATS = "http://www.w3.org/ns/formats/"
_OF_ROWS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_OF_TRIPLES = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")
_PARTITIONS = {
    "class": ("entities", "SELECT ?of (COUNT(DISTINCT ?s) AS ?n) { ?s a ?of } GROUP BY ?of"),
    "property": ("triples", "SELECT ?of (COUNT(*) AS ?n) { ?s ?of ?o } GROUP BY ?of"),
}


def to_void(graph: Graph, endpoint: str = "") -> str:
    """The description of a map as a dataset, in Turtle.

    Parameters:
        graph: the map.
        endpoint: the address of a SPARQL endpoint that serves it, if any.

    >>> import sq_graph
    >>> "void:classPartition" in to_void(sq_graph.open().graph)
    True
    """
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items())
    lines = [
        f"<{BASE}> a void:Dataset, dcat:Dataset",
        'dcterms:title "sq-graph"@en',
        'dcterms:description "Who defines social cohesion, inclusion and exclusion how."@en',
        f"dcterms:license <{LICENCE}>",
        f"dcterms:creator <{BASE}#contributors>",
        f"dcterms:publisher <{BASE}#contributors>",
        f'dcat:version "{VERSION}"',
        f'owl:versionInfo "{VERSION}"',
        f'void:uriSpace "{ID}"',
        f"void:vocabulary <{SQ.rstrip('#')}>, <{SKOS.rstrip('#')}>",
        *_counts(graph),
    ]
    if endpoint:
        lines.append(f"void:sparqlEndpoint <{endpoint}>")
        lines.append(f"dcat:distribution [ a dcat:Distribution ; dcat:accessURL <{endpoint}> ]")
    people = f'<{BASE}#contributors> a foaf:Group ; foaf:name "The sq-graph contributors"@en .\n'
    statements = " ;\n  ".join(lines)
    return f"{prefixes}\n{statements} .\n\n{people}"


def _counts(graph: Graph) -> list[str]:
    found = [
        f"void:{name} {row['n'].value}"
        for name, count in _COUNTS.items()
        for row in graph.select(f"SELECT ({count} AS ?n) {{ ?s ?p ?o }}")
    ]
    for kind, (measure, query) in _PARTITIONS.items():
        for row in graph.select(f"{query} ORDER BY STR(?of)"):
            part = f"void:{kind} <{row['of'].value}> ; void:{measure} {row['n'].value}"
            found.append(f"void:{kind}Partition [ {part} ]")
    return found


def to_service_description(
    endpoint: str, url: str, is_store: bool = False, is_writable: bool = False
) -> str:
    """The SPARQL 1.1 Service Description of an endpoint, in Turtle.

    Parameters:
        endpoint: the address of the endpoint, which names the service.
        url: the address at which it was asked.
        is_store: whether a store is served, whose default graph is a graph of its own.
        is_writable: whether it takes updates.

    >>> "sd:SPARQL11Update" in to_service_description("https://example.org/sparql", "x:")
    False
    """
    languages = "sd:SPARQL11Query, sd:SPARQL11Update" if is_writable else "sd:SPARQL11Query"
    empty = " ;\n    sd:feature sd:EmptyGraphs" if is_store else ""
    default = (
        "The default graph is a graph of its own; named graphs are asked with GRAPH."
        if is_store
        else "The default graph is the union of all files except positions, alignments and "
        "same-meaning."
    )
    return f"""@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .

<{endpoint}#service> a sd:Service ;
    sd:endpoint <{url}> ;
    sd:supportedLanguage {languages} ;
    sd:resultFormat {_formats((*_OF_ROWS, *_OF_TRIPLES))} ;
    sd:inputFormat {_formats(_OF_TRIPLES[:4])}{empty} ;
    sd:defaultDataset <{endpoint}#dataset> .

<{endpoint}#dataset> a sd:Dataset ;
    dcterms:description "{default}"@en ;
    sd:defaultGraph <{endpoint}#default> .

<{endpoint}#default> a sd:Graph .
"""


def _formats(names: tuple[str, ...]) -> str:
    return ", ".join(f"<{_FORMATS}{name}>" for name in names)
