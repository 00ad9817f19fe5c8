"""What an edit says of things, file by file, and the canonical texts that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sq_graph.errors import InputError
from sq_graph.graph.layout import Layout
from sq_graph.turtle import read_file, written
from sq_graph.turtle.terms import IMPORTS, LABEL, ONTOLOGY, TYPE, Triple, iri, literal, named
from sq_graph.vocab import BASE, DCTERMS, SQ, XSD, expand, slug_of

Value = str | int | bool | tuple[str, str]
"""A value as it is said: an IRI, whole or in short form, as ("iri", …); a text with its language as (language, text);
a plain text, number or truth value as itself. An empty text says nothing."""

Said = Mapping[str, Value | Sequence[Value]]
"""The values of properties in short form, one or several each."""

_Pair = tuple[str, str]


class Statements:
    """What is said in the files of a workspace, over what they say already."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.told: dict[str, set[_Pair]] = {}
        self._texts: dict[Path, bytes | None] = {}
        self._there: dict[Path, dict[str, set[_Pair]]] = {}
        self._prefixes: dict[Path, Mapping[str, str]] = {}
        self._added: dict[Path, set[Triple]] = {}
        self._dropped: dict[Path, set[_Pair]] = {}

    def thing(self, file: Path, thing: str, kinds: str, said: Said) -> str:
        """States a thing of some kinds in a file; returns whether it is `new`, `changed` or `there`.

        Where the file says otherwise of a draft, the new statement replaces the old; what was read a second time is
        never replaced. Raises InputError then, and where something else has been said under this IRI already.
        """
        pairs = {(TYPE, kind) for kind in named(f"{kinds} owl:NamedIndividual")} | set(_pairs(said))
        if self.told.setdefault(thing, pairs) != pairs:
            raise InputError(
                f"two things are called {slug_of(thing)}", remedy="Give one of them another name"
            )
        there = self._about(file, thing)
        if there and pairs - there:
            if any(
                p == f"<{SQ}reviewStatus>" and o != f"<{SQ}reviewStatus-draft>" for p, o in there
            ):
                raise InputError(
                    f"{slug_of(thing)} says otherwise and has been read by somebody else since",
                    remedy="Give the new one another name, or change the old one in its file",
                )
            names = {TYPE, *named(" ".join(said))}
            self._dropped.setdefault(file, set()).update((f"<{thing}>", name) for name in names)
        self._add(file, thing, pairs)
        return "new" if not there else "changed" if pairs - there else "there"

    def more(self, file: Path, thing: str, said: Said) -> None:
        """Adds to what a file says of a thing."""
        self._add(file, thing, _pairs(said))

    def triples(self, file: Path, triples: Iterable[Triple]) -> None:
        """Adds triples to a file as they are."""
        self._about(file, "")
        self._added.setdefault(file, set()).update(triples)

    def put(self, file: Path, text: bytes | None) -> None:
        """Puts a text in place of a file; None takes it away."""
        self._texts[file] = text

    def texts(self) -> dict[Path, bytes | None]:
        """The new text of each file that changes."""
        found = dict(self._texts)
        for file, added in self._added.items():
            before = {(s, p, o) for s, pairs in self._there[file].items() for p, o in pairs}
            dropped = self._dropped.get(file, set())
            after = (
                {triple for triple in before if triple[:2] not in dropped}
                | added
                | self._header(file, before)
            )
            if after != before:
                found[file] = written(after, self._prefixes[file]).encode()
        return found

    def _add(self, file: Path, thing: str, pairs: Iterable[_Pair]) -> None:
        self.triples(file, ((f"<{thing}>", p, o) for p, o in pairs))

    def _about(self, file: Path, thing: str) -> set[_Pair]:
        """What a file says of a thing now."""
        if file not in self._there:
            there: dict[str, set[_Pair]] = {}
            document = read_file(file) if file.is_file() else None
            for s, p, o in document.triples if document else ():
                there.setdefault(s, set()).add((p, o))
            self._there[file], self._prefixes[file] = there, document.prefixes if document else {}
        return self._there[file].get(f"<{thing}>", set())

    def _header(self, file: Path, before: set[Triple]) -> set[Triple]:
        if any(p == TYPE and o == ONTOLOGY for _, p, o in before):
            return set()
        subject = f"<{self.layout.iri_of(file)}>"
        title = file.relative_to(self.layout.ontology).with_suffix("").as_posix()
        return {
            (subject, TYPE, ONTOLOGY),
            (subject, LABEL, literal(title, language="en")),
            (subject, f"<{DCTERMS}license>", iri(self.layout.licence)),
            (subject, IMPORTS, f"<{BASE}core>"),
        }


def _pairs(said: Said) -> Iterator[_Pair]:
    for name, values in said.items():
        listed: Sequence[Value] = values if isinstance(values, list) else [values]  # type: ignore[list-item]
        for value in listed:
            match value:
                case "" | (_, ""):
                    continue
                case bool():
                    term = literal(str(value).lower(), f"<{XSD}boolean>")
                case int():
                    term = literal(str(value), f"<{XSD}integer>")
                case str():
                    term = literal(value)
                case (language, text):
                    term = (
                        iri(expand(text)) if language == "iri" else literal(text, language=language)
                    )
            yield f"<{expand(name)}>", term
