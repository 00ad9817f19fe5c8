"""Bibliographic records: what a reference manager and the map both know of a work, and how each
names it.
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sq_graph.errors import InputError
from sq_graph.graph import Graph
from sq_graph.model.facts import Facts, code, facts, linked, number, text, texts
from sq_graph.resources import data_beside
from sq_graph.vocab import slug_of

_READ = data_beside(__file__, "records.json")


class PublicationKind(NamedTuple):
    """One kind of publication, in the words of BIBO, BibTeX, CSL and RIS."""

    bibo: str
    bibtex: str
    csl: str
    ris: str


KINDS = tuple(PublicationKind(*row) for row in _READ["kinds"])
PARTS = ("AcademicArticle", "Chapter", "Article", "Webpage", "Document", "Issue")
"""Kinds of publication that are part of another one."""


class RecordField(NamedTuple):
    """One field of a record, in the words of the map, BibTeX, CSL and RIS."""

    name: str
    bibtex: str
    csl: str
    ris: str


FIELDS = tuple(RecordField(*row) for row in _READ["fields"])
SEVERAL = frozenset(_READ["several"])
"""The fields that may have several values; of the others a work has one."""

IN_NOTE = {"bibo:uri": "URL", "dcterms:identifier": "Identifier"}
"""What BibTeX and CSL hold once: further ones are in the note under these labels."""

LINES = ("sq:authorship", "sq:editorship", "sq:translatorship")
"""The lines of a record that name people, each through their places in it."""

NO_YEAR = "n.d."
"""What stands in place of the year of a work whose record gives none."""


EAST_ASIAN = re.compile("[\u3005\u3007\u3040-\u309f\u3400-\u9fff\uac00-\ud7af]+")
"""Letters of Chinese, Japanese and Korean, in which the family name is written first."""


@dataclass(frozen=True)
class Name:
    """A person by family and given name, or an organisation by its whole name.

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
    """What is known of one work; `kind` is a class of BIBO, `fields` hold each property's values.

    `lost` says, for a record that was read from a file, which fields the map does not keep and why;
    `doubts` how it was read where the file is not clear; `place` is its file and line.
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
        """What each format calls its kind."""
        return next(kind for kind in KINDS if kind.bibo == self.kind)

    @property
    def when(self) -> str:
        """The year as a reader sees it, `380 BCE`, or the words in its place."""
        if self.year is None:
            return self.year_note
        return str(self.year) if self.year >= 0 else f"{-self.year} BCE"

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
    places = facts(graph, linked(works, *LINES))
    agents = facts(graph, linked(places, "sq:author"))
    found = []
    for iri, one in works.items():
        signed, edited, translated = (_people(one, line, places, agents) for line in LINES)
        classes = {slug_of(name) for name in texts(one, "rdf:type")}
        note = text(one, "sq:yearNote")
        found.append(
            Record(
                kind=next((kind.bibo for kind in KINDS if kind.bibo in classes), "Document"),
                authors=tuple(name for name, role in signed if role != "editor"),
                editors=tuple(name for name, role in signed if role == "editor")
                or tuple(name for name, _ in edited),
                translators=tuple(name for name, _ in translated),
                et_al=text(one, "sq:etAl") == "true",
                year=number(one, "sq:year"),
                year_note="" if note == NO_YEAR else note,
                year_suffix=text(one, "sq:yearSuffix"),
                keys=texts(one, "sq:citationKey"),
                fields={f.name: texts(one, f.name) for f in FIELDS if f.name in one},
                iri=iri,
                label=text(one, "rdfs:label"),
            )
        )
    return tuple(sorted(found, key=lambda record: (record.year or 9999, record.label, record.iri)))


_TAGS = re.compile(
    r"<(i|b|em|strong|sup|sub|sc|span|p|jats:\w+|mml:\w+)(?:\s[^<>]*)?>(.*?)</\1>",
    re.DOTALL | re.IGNORECASE,
)
_CODE = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[a-z]\w*);", re.IGNORECASE)


def without_html(text: str) -> str:
    """A text without the codes and tags of HTML; a sign < that opens none stays.

    >>> without_html("Law &amp;amp; <i>Order</i>, p &lt; 0.05")
    'Law & Order, p < 0.05'
    """
    plain = _TAGS.sub(r"\2", _CODE.sub(lambda code: html.unescape(code[0]), text))
    return plain if plain == text else without_html(plain)


def fold_text(words: str) -> str:
    """A text as it is compared: small letters and digits alone, without accents; else its signs.

    >>> fold_text("Émile {D}urkheim – 1893")
    'emiledurkheim1893'
    """
    words = without_html(words) if "&" in words or "<" in words else words
    plain = unicodedata.normalize("NFKD", words.casefold().replace("ß", "ss"))
    return "".join(sign for sign in plain if sign.isalnum()) or " ".join(plain.split())


_SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


def make_slug(words: str) -> str:
    """A text as a slug; where none of its letters has one in ASCII, a digest tells it from others.

    >>> make_slug("Łukasz Müller-Straße, 2006"), make_slug("社会 2")
    ('lukasz-muller-strasse-2006', '2-name-eeb98713')
    """
    plain = ascii_slug(words)
    lost = (sign.isalnum() and not sign.isascii() for sign in words)
    if re.search("[a-z]", plain) or not any(lost):
        return plain
    return f"{plain}-name-{hashlib.sha256(words.encode()).hexdigest()[:8]}".strip("-")


def ascii_slug(words: str) -> str:
    """A text in at most 120 small ASCII letters, digits and single hyphens; '' if nothing of it is
    left.

    Raises InputError for what is not a text.

    >>> ascii_slug("Łukasz O'Neill: Trust & Co")
    'lukasz-oneill-trust-co'
    """
    if not isinstance(words, str):
        raise InputError(f"{words!r} is not a text", remedy="Write it in quotation marks")
    if _SLUG.fullmatch(words):
        return words
    ascii_slug = words.casefold().translate(
        {0x142: "l", 0xF8: "o", 0xE6: "ae", 0xFE: "th", 0xF0: "d", 0x111: "d", 0x131: "i"}
    )
    plain = unicodedata.normalize("NFKD", ascii_slug).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:120].rstrip("-")


def in_rank(one: Facts, line: str, places: Mapping[str, Facts]) -> list[Facts]:
    """The places of people in a line of a record, in their order.

    Parameters:
        one: the statements of the work.
        line: one of `LINES`.
        places: the statements of every place that is known, by IRI.
    """
    known = [places[iri] for iri in texts(one, line) if iri in places]
    return sorted(known, key=lambda place: number(place, "sq:rank") or 0)


def _people(
    one: Facts, line: str, places: Mapping[str, Facts], agents: Mapping[str, Facts]
) -> list[tuple[Name, str]]:
    found = []
    for place in in_rank(one, line, places):
        agent = agents.get(text(place, "sq:author"), {})
        family = text(agent, "foaf:familyName") or text(agent, "rdfs:label")
        is_person = "Person" in map(slug_of, texts(agent, "rdf:type"))
        name = Name(family, text(agent, "foaf:givenName"), not is_person)
        found.append((name, code(place, "sq:authorRole")))
    return found
