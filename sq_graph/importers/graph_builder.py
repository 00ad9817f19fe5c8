"""The statements of a workspace's files during an edit, and the canonical texts made from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

from sq_graph.errors import InputError
from sq_graph.graph.layout import Layout
from sq_graph.model.facts import in_words
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
"""What to do where a different statement has the name: refuse the new one; replace the old one; or
replace the given properties and keep the others, as for a changed row of a spreadsheet."""

Outcome = Literal["new", "changed", "unchanged"]

_Pair = tuple[str, str]
_Pairs = frozenset[_Pair]
_NO_PAIRS: _Pairs = frozenset()


@dataclass(frozen=True)
class StatedThing:
    """The statements about one thing: its pairs of property and value, and the properties as they
    were given.
    """

    pairs: _Pairs
    properties: Properties

    @staticmethod
    def of(kinds: str, properties: Properties) -> StatedThing:
        """The statements that a thing is of some kinds and has some properties."""
        pairs = {(TYPE, kind) for kind in _terms(f"{kinds} owl:NamedIndividual")}
        return StatedThing(frozenset(pairs.union(_pairs(properties))), properties)


_UNPRINTABLE = {code: " " for code in range(32) if chr(code) not in "\t\n\r"}
"""Characters that XML cannot hold, nor therefore a Word, Excel or RDF/XML file."""
_ANNOTATED = iri_terms("owl:annotatedSource owl:annotatedProperty owl:annotatedTarget")
_DRAFT = (f"<{SQ}reviewStatus>", f"<{SQ}reviewStatus-draft>")


@dataclass(frozen=True)
class _ParsedFile:
    """A file as it was last read or written: its bytes, its statements by subject, and the blocks
    of its text.
    """

    content: bytes
    subjects: Mapping[str, _Pairs]
    blocks: Blocks


_parsed_files: dict[Path, _ParsedFile] = {}
"""The files that edits of this process touched last; they are parsed again only if another program
changed them.
"""
_MAX_PARSED = 16


@dataclass
class _Document:
    """One file: as it was when the edit began, and its current statements by subject."""

    original: _ParsedFile
    current: dict[str, _Pairs]

    def patch(self, subjects: Mapping[str, _Pairs]) -> _Patch | None:
        """The old and the new statements about the subjects that change.

        None if there are blank nodes among them: the graph has other names for them.
        """
        original = self.original.subjects
        changed = {s for s, pairs in subjects.items() if original.get(s) is not pairs}
        changed |= original.keys() - subjects.keys()
        old, new = ({s: state[s] for s in changed if s in state} for state in (original, subjects))
        if any(is_blank(s) or any(is_blank(o) for _, o in old[s]) for s in old):
            return None  # the new text has none: its blocks are plain
        return old, new

    def mentions(self, thing: str) -> bool:
        """Whether the file currently names a thing, or a term under it."""
        prefixes = (f"<{thing}>", f"<{thing}#")
        return any(
            term.startswith(prefixes)
            for subject, pairs in self.current.items()
            for term in chain((subject,), *pairs)
        )


_Patch = tuple[Mapping[str, _Pairs], Mapping[str, _Pairs]]


class FileText(NamedTuple):
    """The new text of a file, None for a deleted one, and the patch that makes it if nothing else
    changes.
    """

    text: bytes | None
    patch: _Patch | None = None


class NameTaken(InputError):
    """Two different things of one edit have the same name."""


_FileFinder = Callable[[str], Iterable[Path]]


class GraphBuilder:
    """The statements in the files of a workspace, with the changes that an edit makes to them."""

    def __init__(self, layout: Layout, find_files: _FileFinder | None = None) -> None:
        """`find_files` returns the files that name a thing; without it, and for a file that is
        named with its terms, all files are searched.
        """
        self.layout, self._find_files = layout, find_files
        self._documents: dict[Path, _Document] = {}
        self._texts: dict[Path, bytes | None] = {}
        self._stated: dict[str, _Pairs] = {}
        self.replaced_pairs: dict[str, _Pairs] = {}
        """The statements about each thing that were removed or replaced."""
        self.unlinked_things: list[str] = []
        """The things that replaced statements named; those among them that nothing refers to any
        more, such as passages, are dropped.
        """

    def state(
        self,
        file: Path,
        thing: str,
        statement: StatedThing,
        on_conflict: OnConflict = "refuse",
        kept_properties: Collection[str] = (),
    ) -> Outcome:
        """States a thing in a file; returns the outcome. An existing thing keeps its own values of
        `kept_properties`.

        Raises InputError if something else was stated under this IRI in the same edit, if a
        different statement has the IRI and must be kept, or if a second reader has checked that
        statement.
        """
        pairs = statement.pairs
        if (stated := self._stated.setdefault(thing, pairs)) != pairs:
            problem = f"two things are called {slug_of(thing)} ({_differences(stated, pairs)})"
            raise NameTaken(problem, remedy="Give one of them another name, or make them the same")
        existing = self.about(file, thing)
        if not existing:
            self._subjects(file)[f"<{thing}>"] = pairs
            return "new"
        if kept_properties:
            kept_pairs = frozenset(pair for pair in existing if pair[0] in kept_properties)
            pairs = kept_pairs.union(pair for pair in pairs if pair[0] not in kept_properties)
        new = pairs - {_DRAFT} - existing
        if not new:  # the same, perhaps checked by a second reader
            return "unchanged"
        has_new_label_alone = {name for name, _ in new} == {LABEL}
        if has_new_label_alone and kind_of(thing) in ("definition", "claim"):
            return "unchanged"  # the new label is generated, the existing one perhaps not
        self._require_replaceable(thing, existing, pairs, on_conflict)
        if on_conflict == "update":
            names = {TYPE, *iri_terms(" ".join(statement.properties))}
            pairs |= {pair for pair in existing if pair[0] not in names}
        self._replace_pairs(file, thing, pairs)
        return "changed"

    def is_taken(self, file: Path, thing: str, statement: StatedThing) -> bool:
        """Whether a different statement has this IRI, in this edit or in the file."""
        pairs = statement.pairs
        existing = self.about(file, thing)
        is_different = bool(existing) and not pairs - {_DRAFT} <= existing
        return is_different or self._stated.get(thing, pairs) != pairs

    def change(self, file: Path, thing: str, properties: Properties) -> None:
        """Replaces the values that a thing has for these properties."""
        names, subjects = set(iri_terms(" ".join(properties))), self._subjects(file)
        remaining = {pair for pair in subjects.get(f"<{thing}>", ()) if pair[0] not in names}
        self._replace_pairs(file, thing, frozenset(remaining.union(_pairs(properties))))
        self._stated.pop(thing, None)

    def add(self, file: Path, thing: str, properties: Properties) -> None:
        """Adds statements about a thing to a file."""
        self.add_triples(file, ((f"<{thing}>", p, o) for p, o in _pairs(properties)))

    def add_triples(self, file: Path, triples: Iterable[TextTriple]) -> None:
        """Adds triples to a file as they are."""
        subjects = self._subjects(file)
        for s, pairs in _by_subject(triples).items():
            subjects[s] = subjects.get(s, _NO_PAIRS) | pairs

    def remove(self, thing: str) -> None:
        """Removes all statements about a thing, with its blank nodes."""
        for file in self.statements_of(thing):
            self._remove_subject(file, f"<{thing}>")
        self._stated.pop(thing, None)

    def drop_unreferenced(self, subjects: AbstractSet[str]) -> None:
        """Removes those of some new subjects that nothing in the files of this edit refers to."""
        if not subjects:
            return
        documents = [document.current for document in self._documents.values()]
        referenced = {o for current in documents for pairs in current.values() for _, o in pairs}
        for current in documents:
            for subject in current.keys() & subjects - referenced:
                del current[subject]

    def unlink(self, file: Path, subject: str, name: str, target: str) -> None:
        """Removes one link to a thing; for an annotation, the axiom that it annotates is removed
        too.
        """
        subjects = self._subjects(file)
        if is_blank(subject):
            axiom = dict(subjects.pop(subject, ()))
            source, link, object_term = (axiom.get(name, "") for name in _ANNOTATED)
            subject, name, target = source, link, object_term[1:-1]
        if subject in subjects:
            subjects[subject] -= {(name, f"<{target}>")}

    def values(self, thing: str, name: str) -> list[str]:
        """The terms that the files give as values of a property of a thing."""
        statements = self.statements_of(thing).values()
        return [o for pairs in statements for p, o in sorted(pairs) if p == name]

    def has_statements(self, file: Path) -> bool:
        """Whether a file currently has any statements."""
        return bool(self._subjects(file))

    def clear(self, file: Path) -> None:
        """Removes all statements of a file, and what other files state of the things in it."""
        for term in [s[1:-1] for s in self._subjects(file) if not is_blank(s)]:
            for linking_file, subject, name in self.references(term):
                self.unlink(linking_file, subject, name, term)
        self._subjects(file).clear()

    def rename(self, old: str, new: str) -> None:
        """Replaces one IRI by another wherever the files name it."""

        def replace_iri(term: str) -> str:
            return f"<{new}{term[len(old) + 1 :]}" if term.startswith(prefixes) else term

        prefixes = (f"<{old}>", f"<{old}#")
        self._stated.pop(old, None)
        for file in self.files_naming(old):
            subjects: dict[str, _Pairs] = {}
            for subject, pairs in self._subjects(file).items():
                new_pairs = frozenset((replace_iri(p), replace_iri(o)) for p, o in pairs)
                renamed = replace_iri(subject)
                subjects[renamed] = subjects.get(renamed, _NO_PAIRS) | new_pairs
            self._documents[file].current = subjects

    def move(self, old: Path, new: Path) -> None:
        """Gives a file another path, and with it another IRI."""
        document = self._documents[old] if self._subjects(old) else None
        if document is None or self._subjects(new):
            raise InputError(f"{new} already exists", remedy="Choose another name")
        moved = self._documents[new]
        moved.current, document.current = document.current, {}
        moved.original.blocks.declared |= document.original.blocks.declared
        self.rename(self.layout.iri_of(old), self.layout.iri_of(new))

    def set_text(self, file: Path, text: bytes | None) -> None:
        """Replaces the text of a file; None deletes the file."""
        self._texts[file] = text

    def texts(self) -> dict[Path, FileText]:
        """The new text of each file that changes."""
        new_texts = {file: FileText(text) for file, text in self._texts.items()}
        for file, document in self._documents.items():
            subjects = {s: pairs for s, pairs in document.current.items() if pairs}
            if subjects == document.original.subjects:
                continue
            blocks = document.original.blocks
            headers = blocks.headers(subjects)
            if len(subjects) == len(headers):
                new_texts[file] = FileText(None)
                continue
            if not headers:
                ontology, core = self.layout.iri_of(file), f"{BASE}core"
                title = ontology.removeprefix(self.layout.base)
                subjects |= _by_subject(ontology_header(ontology, title, self.layout.licence, core))
            text = blocks.text(subjects).encode()
            new_texts[file] = FileText(text)
            if blocks.is_plain:
                new_texts[file] = FileText(text, document.patch(subjects))
                _remember(file, _ParsedFile(text, subjects, blocks))
        return new_texts

    def about(self, file: Path, thing: str) -> frozenset[_Pair]:
        """The current statements of a file about a thing."""
        return self._subjects(file).get(f"<{thing}>", _NO_PAIRS)

    def having(self, file: Path, pairs: set[_Pair]) -> list[str]:
        """The things with any of some pairs in a file as it was before the edit."""
        original = self._documents[file].original.subjects if self._subjects(file) else {}
        return [subject[1:-1] for subject, others in original.items() if pairs & others]

    def pairs_in(self, file: Path) -> Iterator[_Pair]:
        """Every property of a file with its value."""
        for pairs in self._subjects(file).values():
            yield from pairs

    def files_naming(self, thing: str) -> list[Path]:
        """The files of the workspace that name a thing, or a term under it, with the changes of
        this edit.
        """
        find_files = self._find_files if self._find_files and kind_of(thing) else self._search_files
        for path in find_files(thing):
            self._subjects(path)
        return [file for file, document in self._documents.items() if document.mentions(thing)]

    def _search_files(self, thing: str) -> Iterator[Path]:
        slug = slug_of(thing).encode()
        for file in self.layout.files():
            if slug in file.path.read_bytes():
                yield file.path

    def statements_of(self, thing: str) -> dict[Path, frozenset[_Pair]]:
        """The statements about a thing, by file."""
        by_file = {file: self.about(file, thing) for file in self.files_naming(thing)}
        return {file: pairs for file, pairs in by_file.items() if pairs}

    def references(self, thing: str) -> list[tuple[Path, str, str]]:
        """The references to a thing: the file, the subject, and the property of each."""
        target = f"<{thing}>"
        return [
            (file, subject, p)
            for file in self.files_naming(thing)
            for subject, pairs in self._subjects(file).items()
            for p, o in sorted(pairs)
            if o == target and subject != target
        ]

    def _subjects(self, file: Path) -> dict[str, _Pairs]:
        """The current statements of a file by subject."""
        if file not in self._documents:
            original = _parse_file(file)
            self._documents[file] = _Document(original, dict(original.subjects))
        return self._documents[file].current

    def _replace_pairs(self, file: Path, thing: str, pairs: _Pairs) -> None:
        old = self._subjects(file).get(f"<{thing}>", _NO_PAIRS)
        self.replaced_pairs[thing] = self.replaced_pairs.get(thing, _NO_PAIRS) | old - pairs
        self.unlinked_things += [o[1:-1] for _, o in sorted(old - pairs) if o.startswith("<")]
        self._subjects(file)[f"<{thing}>"] = pairs

    def _remove_subject(self, file: Path, subject: str) -> None:
        for _, o in self._subjects(file).pop(subject, _NO_PAIRS):
            if is_blank(o):
                self._remove_subject(file, o)

    def _require_replaceable(
        self, thing: str, existing: _Pairs, pairs: _Pairs, on_conflict: OnConflict
    ) -> None:
        slug = slug_of(thing)
        if any(p == _DRAFT[0] for p, _ in existing) and _DRAFT not in existing:
            problem = f"{slug} is a different statement that a second reader has checked"
            remedy = "Give the new one another name, or update or delete the old one first"
            raise InputError(problem, remedy=remedy)
        if on_conflict == "refuse":
            problem = f"{slug} is taken by a different statement ({_differences(existing, pairs)})"
            remedy = "Give the new one a name of its own, or replace the old one with replace=True"
            raise InputError(problem, remedy=remedy)


def _differences(pairs: _Pairs, others: _Pairs) -> str:
    names = {p for p, _ in pairs ^ others} - {LABEL, TYPE} or {LABEL}
    return f"different in: {', '.join(sorted(in_words(slug_of(name[1:-1])) for name in names))}"


def _parse_file(file: Path) -> _ParsedFile:
    """The content of a file, parsed again only if it was changed."""
    if not file.is_file():
        return _ParsedFile(b"", {}, Blocks({}))
    content = file_bytes(file)
    if (parsed := _parsed_files.get(file)) and parsed.content == content:
        return parsed
    document = parse(content, str(file))
    return _ParsedFile(content, _by_subject(document.triples), Blocks(document.prefixes))


def _by_subject(triples: Iterable[TextTriple]) -> dict[str, _Pairs]:
    pairs_by_subject: dict[str, set[_Pair]] = {}
    for s, p, o in triples:
        pairs_by_subject.setdefault(s, set()).add((p, o))
    return {s: frozenset(pairs) for s, pairs in pairs_by_subject.items()}


def _remember(file: Path, parsed: _ParsedFile) -> None:
    """Remembers a text that is about to be written; if writing fails, the file will differ and be
    parsed again.
    """
    _parsed_files.pop(file, None)
    _parsed_files[file] = parsed
    if len(_parsed_files) > _MAX_PARSED:
        _parsed_files.pop(next(iter(_parsed_files)), None)


def _pairs(properties: Properties) -> Iterator[_Pair]:
    for name, values in properties.items():
        value_list: Sequence[PropertyValue] = values if isinstance(values, list) else [values]  # type: ignore[list-item]
        for value in value_list:
            match value:
                case "" | (_, ""):
                    continue
                case ("iri", target):
                    yield _link(name, text_of(target))
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
    digits = f"{value.normalize():f}"
    return digits if "." in digits else f"{digits}.0"


@lru_cache(maxsize=2_000)
def _property(name: str) -> str:
    return f"<{expand(name)}>"


_terms = lru_cache(maxsize=2_000)(iri_terms)


@lru_cache(maxsize=2_000)
def _link(name: str, target: str) -> _Pair:
    return _property(name), iri(expand(target))
