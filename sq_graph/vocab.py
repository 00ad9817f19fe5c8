"""The names of the vocabulary as plain strings: namespaces, kinds of thing, short forms of IRIs,
references.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, runtime_checkable

BASE = "https://w3id.org/sq-graph/"
SQ = BASE + "core#"
PH = BASE + "phenomena#"
ID = BASE + "id/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
SH = "http://www.w3.org/ns/shacl#"

KINDS = (
    "agent",
    "alignment",
    "anomaly",
    "aspect",
    "authorship",
    "category",
    "cell",
    "citation",
    "claim",
    "coding",
    "concept",
    "definition",
    "disagreement",
    "example",
    "ingredient",
    "matrix",
    "model",
    "observation",
    "passage",
    "position",
    "question",
    "reading",
    "report",
    "scheme",
    "section",
    "table",
    "typology",
    "union",
    "value",
    "work",
)
"""The kinds of thing, as they stand in an IRI: `<base>id/<kind>/<slug>`."""

PREFIXES: dict[str, str] = {kind: f"{ID}{kind}/" for kind in KINDS} | {
    "sq": SQ,
    "ph": PH,
    "bibo": "http://purl.org/ontology/bibo/",
    "cito": "http://purl.org/spar/cito/",
    "dcterms": DCTERMS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": OWL,
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": RDF,
    "rdfs": RDFS,
    "sh": SH,
    "skos": SKOS,
    "vann": "http://purl.org/vocab/vann/",
    "xsd": XSD,
}
"""Prefix → namespace, one prefix a kind; every file and every shown IRI uses these."""

_BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")


@dataclass(frozen=True)
class Ref:
    """A thing by its IRI, shown by its label; accepted wherever a name is.

    >>> room = Ref("https://w3id.org/sq-graph/id/work/room-1999", "Room 1999")
    >>> f"{room}", room.iri
    ('Room 1999', 'https://w3id.org/sq-graph/id/work/room-1999')
    """

    iri: str
    label: str

    def __str__(self) -> str:
        return self.label

    def __lt__(self, other: Ref) -> bool:
        return (self.label, self.iri) < (other.label, other.iri)


@runtime_checkable
class HasIri(Protocol):
    """A record of the map: anything with an IRI."""

    @property
    def iri(self) -> str:
        """The IRI of the thing."""


@lru_cache(maxsize=4096)
def shorten(iri: str) -> str:
    """The short form of an IRI where one of our prefixes fits, else the IRI itself.

    >>> shorten("https://w3id.org/sq-graph/id/work/room-1999")
    'work:room-1999'
    >>> shorten("https://example.org/x")
    'https://example.org/x'
    """
    local = slug_of(iri)
    prefix = _BY_NAMESPACE.get(iri.removesuffix(local))
    return f"{prefix}:{local}" if prefix and _LOCAL.match(local) else iri


def expand(name: str) -> str:
    """The IRI of a short form; an IRI, or a name without one of our prefixes, comes back as it is.

    >>> expand("work:room-1999")
    'https://w3id.org/sq-graph/id/work/room-1999'
    """
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name


@lru_cache(maxsize=20_000)
def kind_of(iri: str) -> str | None:
    """The kind that an IRI of a thing names (`work`, `typology` …), under any base; None for other
    IRIs.

    >>> kind_of("https://example.org/review/id/work/chan-2006")
    'work'
    """
    found = re.search(r"/id/([a-z]+)/[^/]+\Z", iri)
    return found[1] if found and found[1] in KINDS else None


def slug_of(iri: str) -> str:
    """The last part of an IRI, after the last `/` or `#`.

    >>> slug_of("https://w3id.org/sq-graph/id/concept/social-exclusion")
    'social-exclusion'
    """
    return iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]
