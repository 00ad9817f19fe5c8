"""What the endpoint says of itself: the SPARQL Service Description, and VoID with counts of what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterable

from starlette.responses import Response

from sq_graph.graph.engine import rewritten
from sq_graph.resources import VERSION
from sq_graph.web.job import Refusal
from sq_graph.web.negotiation import TRIPLES, choose
from sq_graph.web.protocol import accepted
from sq_graph.web.reply import Reply
from sq_graph.web.request import Request
from sq_graph.web.workers import Pool

_FORMATS = "http://www.w3.org/ns/formats/"
_ROWS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_TRIPLES = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")
_PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix void: <http://rdfs.org/ns/void#> .
"""
_COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) { %s }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { %s }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { %s }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { %s }",
}
_PARTS = {
    "class": "SELECT ?of (COUNT(DISTINCT ?s) AS ?n) { %s FILTER(?p = rdf:type && ISIRI(?o)) BIND(?o AS ?of) }"
    " GROUP BY ?of",
    "property": "SELECT ?of (COUNT(*) AS ?n) { %s BIND(?p AS ?of) } GROUP BY ?of",
}


class Description:
    """Describes the service, and counts what it holds once for each state of the graph."""

    def __init__(self) -> None:
        self.counted: tuple[str, str] = ("", "")

    def service(self, request: Request) -> Reply:
        """The SPARQL 1.1 Service Description."""
        endpoint = f"{request.origin}/sparql"
        languages = [
            "sd:SPARQL11Query",
            *(["sd:SPARQL11Update"] if request.settings.writable else []),
        ]
        empty = " ;\n    sd:feature sd:EmptyGraphs" if request.settings.store else ""
        turtle = f"""{_PREFIXES}
<{endpoint}#service> a sd:Service ;
    sd:endpoint <{request.url}> ;
    sd:supportedLanguage {", ".join(languages)} ;
    sd:resultFormat {_formats((*_ROWS, *_TRIPLES))} ;
    sd:inputFormat {_formats(_TRIPLES[:4])}{empty} ;
    sd:defaultDataset <{endpoint}#dataset> .

<{endpoint}#dataset> a sd:Dataset ;
    dcterms:description "{_default_graph(request)}"@en ;
    sd:defaultGraph <{endpoint}#default> .

<{endpoint}#default> a sd:Graph .
"""
        return written(request, turtle)

    async def void(self, request: Request, pool: Pool) -> Reply:
        """The VoID and DCAT description of the dataset, with its counts."""
        state, counts = self.counted
        if state != str(pool.snapshot):
            state = str(pool.snapshot)
            counts = await _counts(pool, bool(request.settings.store))
            self.counted = (state, counts)
        origin = request.origin
        turtle = f"""{_PREFIXES}
<{origin}/.well-known/void> a void:DatasetDescription ;
    dcterms:title "Description of the dataset of this endpoint"@en ;
    <http://xmlns.com/foaf/0.1/primaryTopic> <{origin}/.well-known/void#dataset> .

<{origin}/.well-known/void#dataset> a void:Dataset, dcat:Dataset ;
    dcterms:title "sq-graph"@en ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcat:version "{VERSION}" ;
    void:sparqlEndpoint <{origin}/sparql> ;
    void:uriSpace "https://w3id.org/sq-graph/id/" ;
    dcat:distribution [ a dcat:Distribution ; dcat:accessURL <{origin}/sparql> ] ;
{counts} .
"""
        return written(request, turtle)


def written(request: Request, turtle: str) -> Reply:
    """A Turtle text of ours in the form that the client likes best; raises Refusal if there is none."""
    choice = choose(accepted(request, request.parameters()), TRIPLES)
    if choice is None:
        raise Refusal(406, "None of the forms you accept can be written. Ask for text/turtle.")
    body = (
        turtle.encode()
        if choice.form == "turtle"
        else rewritten(turtle.encode(), "turtle", choice.form)
    )
    return Response(body, headers={"content-type": choice.header, "vary": "Accept"})


async def _counts(pool: Pool, everywhere: bool) -> str:
    pattern = "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }" if everywhere else "?s ?p ?o ."
    lines = []
    for name, query in _COUNTS.items():
        found = await _rows(pool, query % pattern)
        lines.append(f"    void:{name} {found[0]['n']}")
    for name, query in _PARTS.items():
        measure = "entities" if name == "class" else "triples"
        for row in sorted(await _rows(pool, query % pattern), key=lambda row: row.get("of", "")):
            if "of" in row:
                lines.append(
                    f"    void:{name}Partition [ void:{name} <{row['of']}> ; void:{measure} {row['n']} ]"
                )
    return " ;\n".join(lines)


async def _rows(pool: Pool, query: str) -> list[dict[str, str]]:
    job = await pool.ask(do="query", text=query, rows="json", triples="")
    found = json.loads(b"".join([part async for part in job.stream()]))
    return [
        {name: value["value"] for name, value in row.items()}
        for row in found["results"]["bindings"]
    ]


def _default_graph(request: Request) -> str:
    if request.settings.store:
        return "The default graph is a graph of its own; named graphs are asked with GRAPH."
    return "The default graph is the union of all files except positions and same-meaning."


def _formats(names: Iterable[str]) -> str:
    return ", ".join(f"<{_FORMATS}{name}>" for name in names)
