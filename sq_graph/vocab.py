"""The names of the vocabulary as plain strings: namespaces, kinds of thing, short forms of IRIs,
references.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol, runtime_checkable

_DATA = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
BASE = "https://w3id.org/sq-graph/"
ID = BASE + "id/"
KINDS: tuple[str, ...] = tuple(_DATA["kinds"])
"""The kinds of thing, as in their IRIs: `<base>id/<kind>/<slug>`."""
PREFIXES: dict[str, str] = {kind: f"{ID}{kind}/" for kind in KINDS} | _DATA["prefixes"]
"""Prefix → namespace, one prefix per kind; every file and every IRI in short form uses them."""

SQ, PH = PREFIXES["sq"], PREFIXES["ph"]
RDF, RDFS, OWL, XSD = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))
SKOS, DCTERMS, SH = PREFIXES["skos"], PREFIXES["dcterms"], PREFIXES["sh"]

_BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}
LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")


class BriefRepr:
    """A representation of kind and text, such as `<Work: Room 1999>`."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


class Labelled(BriefRepr):
    """Something whose text is its label."""

    label: str

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Ref(Labelled):
    """A reference to a thing: its IRI, shown as its label; accepted wherever a name is.

    >>> room = Ref("https://w3id.org/sq-graph/id/work/room-1999", "Room 1999")
    >>> f"{room}", room.iri
    ('Room 1999', 'https://w3id.org/sq-graph/id/work/room-1999')
    """

    iri: str
    label: str

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
    """The short form of an IRI if it has one of our prefixes, else the IRI itself.

    >>> shorten("https://w3id.org/sq-graph/id/work/room-1999")
    'work:room-1999'
    >>> shorten("https://example.org/x")
    'https://example.org/x'
    """
    local = slug_of(iri)
    prefix = _BY_NAMESPACE.get(iri.removesuffix(local))
    return f"{prefix}:{local}" if prefix and LOCAL_NAME.match(local) else iri


def with_slugs(text: str) -> str:
    """A text with the slug of each thing of a workspace in place of its IRI, as commands accept it.

    >>> with_slugs("hedge of https://example.org/id/claim/trust-first, p. 2")
    'hedge of trust-first, p. 2'
    """
    return re.sub(r"https?://[^\s<>()]*/id/[a-z-]+/([\w.-]*\w)", r"\1", text)


def expand(name: str) -> str:
    """The IRI of a short form; an IRI, or a name without one of our prefixes, is returned as is.

    >>> expand("work:room-1999")
    'https://w3id.org/sq-graph/id/work/room-1999'
    """
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name


@lru_cache(maxsize=20_000)
def kind_of(iri: str) -> str | None:
    """The kind in the IRI of a thing (`work`, `typology` …), under any base; None for other IRIs.

    >>> kind_of("https://example.org/review/id/work/chan-2006")
    'work'
    """
    match = re.search(r"/id/([a-z]+)/[^/]+\Z", iri)
    return match[1] if match and match[1] in KINDS else None


def slug_of(iri: str) -> str:
    """The last part of an IRI, after the last `/` or `#`.

    >>> slug_of("https://w3id.org/sq-graph/id/concept/social-exclusion")
    'social-exclusion'
    """
    return iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]
