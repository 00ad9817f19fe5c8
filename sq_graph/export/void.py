"""Descriptions of the map as a dataset (VoID and DCAT) and of its endpoint as a service."""

from string import Template

from sq_graph.graph import Graph
from sq_graph.resources import VERSION, text_beside
from sq_graph.vocab import BASE

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_COUNTS = {
    "triples": "COUNT(*)",
    "distinctSubjects": "COUNT(DISTINCT ?s)",
    "distinctObjects": "COUNT(DISTINCT ?o)",
    "properties": "COUNT(DISTINCT ?p)",
}
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
    counts = _counts(graph)
    if endpoint:
        counts.append(f"void:sparqlEndpoint <{endpoint}>")
        counts.append(f"dcat:distribution [ a dcat:Distribution ; dcat:accessURL <{endpoint}> ]")
    return Template(text_beside(__file__, "void.ttl")).substitute(
        base=BASE, licence=LICENCE, version=VERSION, counts=" ;\n  ".join(counts)
    )


def _counts(graph: Graph) -> list[str]:
    statements = [
        f"void:{name} {row['n'].value}"
        for name, count in _COUNTS.items()
        for row in graph.select(f"SELECT ({count} AS ?n) {{ ?s ?p ?o }}")
    ]
    for kind, (measure, query) in _PARTITIONS.items():
        for row in graph.select(f"{query} ORDER BY STR(?of)"):
            partition = f"void:{kind} <{row['of'].value}> ; void:{measure} {row['n'].value}"
            statements.append(f"void:{kind}Partition [ {partition} ]")
    return statements


def to_service_description(
    endpoint: str, url: str, is_store: bool = False, is_writable: bool = False
) -> str:
    """The SPARQL 1.1 Service Description of an endpoint, in Turtle.

    Parameters:
        endpoint: the address of the endpoint, which identifies the service.
        url: the address that was requested.
        is_store: whether a store is served, whose default graph is a graph of its own.
        is_writable: whether it accepts updates.

    >>> "sd:SPARQL11Update" in to_service_description("https://example.org/sparql", "x:")
    False
    """
    own = "a graph of its own; named graphs are asked with GRAPH"
    union = "the union of all files except positions, alignments and same-meaning"
    return Template(text_beside(__file__, "service.ttl")).substitute(
        endpoint=endpoint,
        url=url,
        languages="sd:SPARQL11Query, sd:SPARQL11Update" if is_writable else "sd:SPARQL11Query",
        empty=" ;\n    sd:feature sd:EmptyGraphs" if is_store else "",
        default=f"The default graph is {own if is_store else union}.",
    )
