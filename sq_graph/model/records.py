"""Bibliographic records: the fields of a work in reference managers and in the map."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sq_graph.graph import Graph
from sq_graph.model.facts import Facts, code, facts, linked, number, text, texts
from sq_graph.model.ref import text_of
from sq_graph.resources import data_beside
from sq_graph.vocab import slug_of

_DATA = data_beside(__file__, "records.json")


class PublicationKind(NamedTuple):
    """One kind of publication, in the words of BIBO, BibTeX, CSL and RIS."""

    bibo: str
    bibtex: str
    csl: str
    ris: str


KINDS = tuple(PublicationKind(*row) for row in _DATA["kinds"])
PARTS = ("AcademicArticle", "Chapter", "Article", "Webpage", "Document", "Issue")
"""Kinds of publication that are part of another one."""


class RecordField(NamedTuple):
    """One field of a record, in the words of the map, BibTeX, CSL and RIS."""

    name: str
    bibtex: str
    csl: str
    ris: str


FIELDS = tuple(RecordField(*row) for row in _DATA["fields"])
SEVERAL = frozenset(_DATA["several"])
"""The fields that may have several values; all others have one."""

IN_NOTE = {"bibo:uri": "URL", "dcterms:identifier": "Identifier"}
"""Fields that BibTeX and CSL hold only once; further values go into the note under these labels."""

PEOPLE_PROPERTIES = ("sq:authorship", "sq:editorship", "sq:translatorship")
"""The properties that lead from a work to its authorships, which name its people by rank."""

NO_YEAR = "n.d."
"""Printed in place of the year of a work whose record gives none."""


EAST_ASIAN = re.compile("[\u3005\u3007\u3040-\u309f\u3400-\u9fff\uac00-\ud7af]+")
"""Letters of Chinese, Japanese and Korean, in which the family name is written first."""


@dataclass(frozen=True)
class Name:
    """A person by family and given name, or an organisation by its full name.

    >>> str(Name("Lund", "Mara")), str(Name("王", "小波"))
    ('Mara Lund', '王小波')
    """

    family: str
    given: str = ""
    organisation: bool = False

    def __str__(self) -> str:
        if EAST_ASIAN.fullmatch(self.family + self.given):
            return self.family + self.given
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True)
class Record:
    """The bibliographic data of a work; `kind` is a class of BIBO, `fields` hold each property's
    values.

    For a record read from a file, `lost` says which fields the map does not keep and why, `doubts`
    how it was read where the file is unclear; `place` is its file and line.
    """

    kind: str = "Document"
    authors: tuple[Name, ...] = ()
    editors: tuple[Name, ...] = ()
    translators: tuple[Name, ...] = ()
    et_al: bool = False
    year: int | None = None
    year_note: str = ""
    year_suffix: str = ""
    keys: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lost: tuple[tuple[str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    place: str = ""
    iri: str = ""
    label: str = ""

    def one(self, name: str) -> str:
        """The first value of a field, or ''."""
        return next(iter(self.fields.get(name, ())), "")

    @property
    def publication_kind(self) -> PublicationKind:
        """Its kind in the terms of each format."""
        return next(kind for kind in KINDS if kind.bibo == self.kind)

    @property
    def when(self) -> str:
        """The year for readers, as `380 BCE`, or the words in its place."""
        if self.year is None:
            return self.year_note
        return str(self.year) if self.year >= 0 else f"{-self.year} BCE"

    @property
    def is_part(self) -> bool:
        """Whether it is of a kind that appears in a larger publication."""
        return self.kind in PARTS

    @property
    def title(self) -> str:
        """The title, or ''."""
        return self.one("dcterms:title")


def read_records(graph: Graph, iris: Iterable[str]) -> tuple[Record, ...]:
    """The records of works, by year and label.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> (room,) = read_records(atlas.graph, [atlas.find("room-1999", "work")])
    >>> [name.family for name in room.authors]
    ['Room']
    """
    works = facts(graph, iris)
    authorships = facts(graph, linked(works, *PEOPLE_PROPERTIES))
    agents = facts(graph, linked(authorships, "sq:author"))
    records = []
    for iri, work in works.items():
        authors, editors, translators = (
            _people(work, name, authorships, agents) for name in PEOPLE_PROPERTIES
        )
        classes = {slug_of(name) for name in texts(work, "rdf:type")}
        note = text(work, "sq:yearNote")
        records.append(
            Record(
                kind=next((kind.bibo for kind in KINDS if kind.bibo in classes), "Document"),
                authors=tuple(name for name, role in authors if role != "editor"),
                editors=tuple(name for name, role in authors if role == "editor")
                or tuple(name for name, _ in editors),
                translators=tuple(name for name, _ in translators),
                et_al=text(work, "sq:etAl") == "true",
                year=number(work, "sq:year"),
                year_note="" if note == NO_YEAR else note,
                year_suffix=text(work, "sq:yearSuffix"),
                keys=texts(work, "sq:citationKey"),
                fields={f.name: texts(work, f.name) for f in FIELDS if f.name in work},
                iri=iri,
                label=text(work, "rdfs:label"),
            )
        )
    return tuple(
        sorted(records, key=lambda record: (record.year or 9999, record.label, record.iri))
    )


_TAGS = re.compile(
    r"<(i|b|em|strong|sup|sub|sc|span|p|jats:\w+|mml:\w+)(?:\s[^<>]*)?>(.*?)</\1>",
    re.DOTALL | re.IGNORECASE,
)
_CODE = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[a-z]\w*);", re.IGNORECASE)


def without_html(text: str) -> str:
    """A text without the codes and tags of HTML; a `<` that opens no tag stays.

    >>> without_html("Law &amp;amp; <i>Order</i>, p &lt; 0.05")
    'Law & Order, p < 0.05'
    """
    plain = _TAGS.sub(r"\2", _CODE.sub(lambda code: html.unescape(code[0]), text))
    return plain if plain == text else without_html(plain)


def fold_text(text: str) -> str:
    """A text for comparison: lower-case letters and digits without accents, else its symbols.

    >>> fold_text("Émile {D}urkheim – 1893")
    'emiledurkheim1893'
    """
    text = without_html(text) if "&" in text or "<" in text else text
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(char for char in plain if char.isalnum()) or " ".join(plain.split())


_SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


def make_slug(text: str) -> str:
    """A text as a slug, made unique by a digest where none of its letters can be written in ASCII.

    >>> make_slug("Łukasz Müller-Straße, 2006"), make_slug("社会 2")
    ('lukasz-muller-strasse-2006', '2-name-eeb98713')
    """
    plain = ascii_slug(text)
    if re.search("[a-z]", plain) or not any(c.isalnum() and not c.isascii() for c in text):
        return plain
    return f"{plain}-name-{hashlib.sha256(text.encode()).hexdigest()[:8]}".strip("-")


def ascii_slug(text: str) -> str:
    """A text as at most 120 lower-case ASCII letters, digits and single hyphens; '' if none remain.

    Raises InputError for anything but a text.

    >>> ascii_slug("Łukasz O'Neill: Trust & Co")
    'lukasz-oneill-trust-co'
    """
    if _SLUG.fullmatch(text_of(text)):
        return text
    transliterated = text.casefold().translate(
        {0x142: "l", 0xF8: "o", 0xE6: "ae", 0xFE: "th", 0xF0: "d", 0x111: "d", 0x131: "i"}
    )
    plain = unicodedata.normalize("NFKD", transliterated).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:120].rstrip("-")


def ranked_authorships(work: Facts, name: str, authorships: Mapping[str, Facts]) -> list[Facts]:
    """The authorships of a work under one property, by rank.

    Parameters:
        work: the statements of the work.
        name: one of `PEOPLE_PROPERTIES`.
        authorships: the statements of all authorships, by IRI.
    """
    matches = [authorships[iri] for iri in texts(work, name) if iri in authorships]
    return sorted(matches, key=lambda authorship: number(authorship, "sq:rank") or 0)


def _people(
    work: Facts, name: str, authorships: Mapping[str, Facts], agents: Mapping[str, Facts]
) -> list[tuple[Name, str]]:
    people = []
    for authorship in ranked_authorships(work, name, authorships):
        agent = agents.get(text(authorship, "sq:author"), {})
        family = text(agent, "foaf:familyName") or text(agent, "rdfs:label")
        is_person = "Person" in map(slug_of, texts(agent, "rdf:type"))
        person = Name(family, text(agent, "foaf:givenName"), not is_person)
        people.append((person, code(authorship, "sq:authorRole")))
    return people
