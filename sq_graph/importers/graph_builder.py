"""The statements of a workspace's files during an edit, and the canonical texts that result from
them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from sq_graph.errors import InputError
from sq_graph.graph.layout import Layout
from sq_graph.model.ref import text_of
from sq_graph.resources import file_bytes
from sq_graph.turtle import Blocks, TextTriple, parse
from sq_graph.turtle.terms import LABEL, TYPE, iri, iri_terms, is_blank, literal, ontology_header
from sq_graph.vocab import BASE, SQ, XSD, expand, kind_of, slug_of

PropertyValue = str | int | bool | Decimal | tuple[str, str]
"""A value: an IRI, whole or in short form, as ("iri", …); a text with its language as (language,
text); a plain text, number or truth value as itself. An empty text is no value."""

Properties = Mapping[str, PropertyValue | Sequence[PropertyValue]]
"""The values of properties in short form, one or several each."""

OnConflict = Literal["refuse", "replace", "update"]
"""What happens where a different statement has the name: nothing; it is replaced; or what is given
replaces the same properties and the others stay, as for a changed row of a spreadsheet."""

Outcome = Literal["new", "changed", "unchanged"]

_Pair = tuple[str, str]
_Pairs = frozenset[_Pair]
_NONE: _Pairs = frozenset()


@dataclass(frozen=True)
class StatedThing:
    """What is stated of one thing: its pairs of property and value, and the properties that were
    given.
    """

    pairs: _Pairs
    properties: Properties

    @staticmethod
    def of(kinds: str, properties: Properties) -> StatedThing:
        """The statement that a thing is of some kinds and has some properties."""
        pairs = {(TYPE, kind) for kind in _terms(f"{kinds} owl:NamedIndividual")}
        return StatedThing(frozenset(pairs.union(_pairs(properties))), properties)


_UNPRINTABLE = {code: " " for code in range(32) if chr(code) not in "\t\n\r"}
"""Signs that no XML can hold, and so no Word, Excel or RDF/XML file."""
_ANNOTATED = iri_terms("owl:annotatedSource owl:annotatedProperty owl:annotatedTarget")
_DRAFT = (f"<{SQ}reviewStatus>", f"<{SQ}reviewStatus-draft>")


@dataclass(frozen=True)
class _Read:
    """A file as it was read or written last: its bytes, what they say by subject, and the blocks of
    its text.
    """

    content: bytes
    subjects: Mapping[str, _Pairs]
    blocks: Blocks


_known: dict[Path, _Read] = {}
"""Files that edits of this process touched last: read again only where another program changed
them.
"""
_KNOWN = 16


@dataclass
class _Document:
    """One file: what it held when the edit began, and what it holds now, by subject."""

    before: _Read
    now: dict[str, _Pairs]

    def patch(self, now: Mapping[str, _Pairs]) -> _Patch | None:
        """What the file said before of the things that change, and what it says `now`.

        None where blank nodes are among it: the graph has other names for them.
        """
        before = self.before.subjects
        changed = {s for s, pairs in now.items() if before.get(s) is not pairs}
        changed |= before.keys() - now.keys()
        old, new = ({s: one[s] for s in changed if s in one} for one in (before, now))
        if any(is_blank(s) or any(is_blank(o) for _, o in old[s]) for s in old):
            return None  # there are none in the new text, whose blocks are plain
        return old, new

    def names(self, thing: str) -> bool:
        """Whether the file names a thing now, or a term under it."""
        own = (f"<{thing}>", f"<{thing}#")
        return any(
            term.startswith(own)
            for subject, pairs in self.now.items()
            for term in (subject, *(end for pair in pairs for end in pair))
        )


_Patch = tuple[Mapping[str, _Pairs], Mapping[str, _Pairs]]


class FileText(NamedTuple):
    """The new text of a file, None for one that is gone; the patch that makes it, where nothing
    else changes.
    """

    text: bytes | None
    patch: _Patch | None = None


class NameTaken(InputError):
    """Two different things of one edit have the same name."""


_Naming = Callable[[str], Iterable[Path]]


class GraphBuilder:
    """What the files of a workspace say, and what an edit adds to it or takes from it."""

    def __init__(self, layout: Layout, naming: _Naming | None = None) -> None:
        """`naming` gives the files that name a thing; without it, and for a file that is named with
        its terms, all files are read for that.
        """
        self.layout, self._naming = layout, naming
        self._documents: dict[Path, _Document] = {}
        self._texts: dict[Path, bytes | None] = {}
        self._stated: dict[str, _Pairs] = {}
        self.replaced: dict[str, _Pairs] = {}
        """What was stated of a thing and is not any more."""
        self.unlinked: list[str] = []
        """What replaced statements named: passages among it that nothing names any more are
        dropped.
        """

    def thing(
        self,
        file: Path,
        thing: str,
        statement: StatedThing,
        on_conflict: OnConflict = "refuse",
        kept: Collection[str] = (),
    ) -> Outcome:
        """States a thing in a file; returns what became of it. One that is there keeps its own
        values of the properties to be kept.

        Raises InputError where something else was stated under this IRI in the same edit, where a
        different statement has it and is to be kept, and where that statement was checked by a
        second reader.
        """
        pairs = statement.pairs
        if self._stated.setdefault(thing, pairs) != pairs:
            remedy = "Give one of them another name"
            raise NameTaken(f"two things are called {slug_of(thing)}", remedy=remedy)
        there = self.about(file, thing)
        if not there:
            self._subjects(file)[f"<{thing}>"] = pairs
            return "new"
        if kept:
            own = frozenset(pair for pair in there if pair[0] in kept)
            pairs = own.union(pair for pair in pairs if pair[0] not in kept)
        new = pairs - {_DRAFT} - there
        if not new:  # the same, though a second reader may have checked it
            return "unchanged"
        if kind_of(thing) == "definition" and {p for p, _ in new} == {LABEL}:  # which we make
            self._put(file, thing, new | {pair for pair in there if pair[0] != LABEL})
            return "unchanged"
        self._require_replaceable(thing, there, pairs, on_conflict)
        if on_conflict == "update":
            names = {TYPE, *iri_terms(" ".join(statement.properties))}
            pairs |= {pair for pair in there if pair[0] not in names}
        self._put(file, thing, pairs)
        return "changed"

    def is_taken(self, file: Path, thing: str, statement: StatedThing) -> bool:
        """Whether a different statement has this IRI, in this edit or in the file."""
        pairs = statement.pairs
        there = self.about(file, thing)
        is_another = bool(there) and not pairs - {_DRAFT} <= there
        return is_another or self._stated.get(thing, pairs) != pairs

    def change(self, file: Path, thing: str, properties: Properties) -> None:
        """Puts new values in place of those that a thing has for the same properties."""
        names, subjects = set(iri_terms(" ".join(properties))), self._subjects(file)
        kept = {pair for pair in subjects.get(f"<{thing}>", ()) if pair[0] not in names}
        self._put(file, thing, frozenset(kept.union(_pairs(properties))))
        self._stated.pop(thing, None)

    def add(self, file: Path, thing: str, properties: Properties) -> None:
        """Adds to what a file says of a thing."""
        self.triples(file, ((f"<{thing}>", p, o) for p, o in _pairs(properties)))

    def triples(self, file: Path, triples: Iterable[TextTriple]) -> None:
        """Adds triples to a file as they are."""
        subjects = self._subjects(file)
        for s, pairs in _by_subject(triples).items():
            subjects[s] = subjects.get(s, _NONE) | pairs

    def remove(self, thing: str) -> None:
        """Removes everything that the files say of a thing, with its blank nodes."""
        for file, subject, _ in self.statements_of(thing):
            self._remove_subject(file, subject)
        self._stated.pop(thing, None)

    def drop_spare(self, subjects: AbstractSet[str]) -> None:
        """Removes those of some new subjects that nothing in the files of this edit refers to."""
        if not subjects:
            return
        every = [document.now for document in self._documents.values()]
        used = {o for now in every for pairs in now.values() for _, o in pairs}
        for now in every:
            for subject in now.keys() & subjects - used:
                del now[subject]

    def unlink(self, file: Path, subject: str, name: str, target: str) -> None:
        """Removes one link to a thing; an annotation that rests on it goes with the axiom that it
        annotates.
        """
        subjects = self._subjects(file)
        if is_blank(subject):
            axiom = dict(subjects.pop(subject, ()))
            source, link, end = (axiom.get(name, "") for name in _ANNOTATED)
            subject, name, target = source, link, end[1:-1]
        if subject in subjects:
            subjects[subject] -= {(name, f"<{target}>")}

    def values(self, thing: str, name: str) -> list[str]:
        """The terms that the files give as values of a property of a thing."""
        stated = self.statements_of(thing)
        return [o for _, _, pairs in stated for p, o in sorted(pairs) if p == name]

    def has(self, file: Path) -> bool:
        """Whether a file says anything now."""
        return bool(self._subjects(file))

    def clear(self, file: Path) -> None:
        """Removes all that a file says."""
        self._subjects(file).clear()

    def rename(self, old: str, new: str) -> None:
        """Puts one IRI in place of another wherever the files name it."""

        def renamed(term: str) -> str:
            return f"<{new}{term[len(old) + 1 :]}" if term.startswith(own) else term

        own = (f"<{old}>", f"<{old}#")
        self._stated.pop(old, None)
        for file in self.files_naming(old):
            now: dict[str, _Pairs] = {}
            for subject, pairs in self._subjects(file).items():
                pairs_now = frozenset((renamed(p), renamed(o)) for p, o in pairs)
                now[renamed(subject)] = now.get(renamed(subject), _NONE) | pairs_now
            self._documents[file].now = now

    def move(self, old: Path, new: Path) -> None:
        """Gives a file another path, and with it another IRI."""
        document = self._documents[old] if self._subjects(old) else None
        if document is None or self._subjects(new):
            raise InputError(f"{new} is there already", remedy="Choose another name")
        moved = self._documents[new]
        moved.now, document.now = document.now, {}
        moved.before.blocks.declared |= document.before.blocks.declared
        self.rename(self.layout.iri_of(old), self.layout.iri_of(new))

    def put(self, file: Path, text: bytes | None) -> None:
        """Puts a text in place of a file; None removes it."""
        self._texts[file] = text

    def texts(self) -> dict[Path, FileText]:
        """The new text of each file that changes."""
        found = {file: FileText(text) for file, text in self._texts.items()}
        for file, document in self._documents.items():
            now = {s: pairs for s, pairs in document.now.items() if pairs}
            if now == document.before.subjects:
                continue
            blocks = document.before.blocks
            headers = blocks.headers(now)
            if len(now) == len(headers):
                found[file] = FileText(None)
                continue
            if not headers:
                ontology, core = self.layout.iri_of(file), f"{BASE}core"
                title = ontology.removeprefix(self.layout.base)
                now |= _by_subject(ontology_header(ontology, title, self.layout.licence, core))
            text = blocks.text(now).encode()
            found[file] = FileText(text)
            if blocks.is_plain:
                found[file] = FileText(text, document.patch(now))
                _keep(file, _Read(text, now, blocks))
        return found

    def about(self, file: Path, thing: str) -> frozenset[_Pair]:
        """What a file says of a thing now."""
        return self._subjects(file).get(f"<{thing}>", _NONE)

    def links(self, file: Path) -> Iterator[_Pair]:
        """Every property of a file with its value."""
        for pairs in self._subjects(file).values():
            yield from pairs

    def files_naming(self, thing: str) -> list[Path]:
        """The files of the workspace that name a thing, or a term under it, with the changes of
        this edit.
        """
        find = self._naming if self._naming and kind_of(thing) else self._all_naming
        for path in find(thing):
            self._subjects(path)
        return [file for file, one in self._documents.items() if one.names(thing)]

    def _all_naming(self, thing: str) -> Iterator[Path]:
        slug = slug_of(thing).encode()
        for file in self.layout.files():
            if slug in file.path.read_bytes():
                yield file.path

    def statements_of(self, thing: str) -> list[tuple[Path, str, frozenset[_Pair]]]:
        """The files that say something of a thing, with what each says."""
        subject = f"<{thing}>"
        found = [(file, self.about(file, thing)) for file in self.files_naming(thing)]
        return [(file, subject, pairs) for file, pairs in found if pairs]

    def references(self, thing: str) -> list[tuple[Path, str, str]]:
        """Where the files refer to a thing: the file, the subject, and the property."""
        wanted = f"<{thing}>"
        return [
            (file, subject, p)
            for file in self.files_naming(thing)
            for subject, pairs in self._subjects(file).items()
            for p, o in sorted(pairs)
            if o == wanted and subject != wanted
        ]

    def _subjects(self, file: Path) -> dict[str, _Pairs]:
        """What a file says now, by subject."""
        if file not in self._documents:
            before = _read(file)
            self._documents[file] = _Document(before, dict(before.subjects))
        return self._documents[file].now

    def _put(self, file: Path, thing: str, pairs: _Pairs) -> None:
        old = self._subjects(file).get(f"<{thing}>", _NONE)
        self.replaced[thing] = self.replaced.get(thing, _NONE) | old - pairs
        self.unlinked += [o[1:-1] for _, o in sorted(old - pairs) if o.startswith("<")]
        self._subjects(file)[f"<{thing}>"] = pairs

    def _remove_subject(self, file: Path, subject: str) -> None:
        for _, o in self._subjects(file).pop(subject, _NONE):
            if is_blank(o):
                self._remove_subject(file, o)

    def _require_replaceable(
        self, thing: str, held: _Pairs, pairs: _Pairs, on_conflict: OnConflict
    ) -> None:
        if any(p == _DRAFT[0] for p, _ in held) and _DRAFT not in held:
            what = f"{slug_of(thing)} is a different statement that a second reader has checked"
            remedy = "Give the new one another name, or update or delete the old one first"
            raise InputError(what, remedy=remedy)
        if on_conflict == "refuse":
            names = {p for p, _ in held ^ pairs} - {LABEL, TYPE} or {LABEL}
            parts = ", ".join(sorted(map(_in_words, names)))
            what = f"{slug_of(thing)} is taken by a different statement (different in: {parts})"
            remedy = "Give the new one a name of its own, or replace the old one with replace=True"
            raise InputError(what, remedy=remedy)


def _read(file: Path) -> _Read:
    """What a file says, read again only where it is not as it was left."""
    if not file.is_file():
        return _Read(b"", {}, Blocks({}))
    content = file_bytes(file)
    if (known := _known.get(file)) and known.content == content:
        return known
    document = parse(content, str(file))
    return _Read(content, _by_subject(document.triples), Blocks(document.prefixes))


def _by_subject(triples: Iterable[TextTriple]) -> dict[str, _Pairs]:
    found: dict[str, set[_Pair]] = {}
    for s, p, o in triples:
        found.setdefault(s, set()).add((p, o))
    return {s: frozenset(pairs) for s, pairs in found.items()}


def _keep(file: Path, parse: _Read) -> None:
    """Keeps a text that is about to be written; if it is not, the next reader finds another one in
    the file.
    """
    _known.pop(file, None)
    _known[file] = parse
    if len(_known) > _KNOWN:
        _known.pop(next(iter(_known)), None)


def _in_words(name: str) -> str:
    """A property in words: `hedge marker`.

    >>> _in_words("<https://w3id.org/sq-graph/core#hedgeMarker>")
    'hedge marker'
    """
    slug = slug_of(name.strip("<>"))
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in slug).strip()


def _pairs(properties: Properties) -> Iterator[_Pair]:
    for name, values in properties.items():
        listed: Sequence[PropertyValue] = values if isinstance(values, list) else [values]  # type: ignore[list-item]
        for value in listed:
            match value:
                case "" | (_, ""):
                    continue
                case ("iri", address):
                    yield _link(name, text_of(address))
                    continue
                case bool():
                    term = literal(str(value).lower(), f"<{XSD}boolean>")
                case int():
                    term = literal(str(value), f"<{XSD}integer>")
                case Decimal():
                    term = literal(_decimal(value), f"<{XSD}decimal>")
                case str():
                    term = literal(value.translate(_UNPRINTABLE))
                case (language, text):
                    term = literal(text_of(text).translate(_UNPRINTABLE), language=language)
            yield _property(name), term


def _decimal(value: Decimal) -> str:
    """A decimal number as XML Schema writes it: `0.8`, `1.0`."""
    shown = f"{value.normalize():f}"
    return shown if "." in shown else f"{shown}.0"


@lru_cache(maxsize=2_000)
def _property(name: str) -> str:
    return f"<{expand(name)}>"


@lru_cache(maxsize=2_000)
def _terms(names: str) -> list[str]:
    return iri_terms(names)


@lru_cache(maxsize=2_000)
def _link(name: str, address: str) -> _Pair:
    return _property(name), iri(expand(address))
