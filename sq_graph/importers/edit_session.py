"""The life cycle of an edit: it locks the folder, collects statements, validates them, and keeps
all or none.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import chain, count
from pathlib import Path
from typing import Any, Self
from weakref import WeakKeyDictionary

from sq_graph.check import Finding, validate_change
from sq_graph.errors import FindingsError, InputError, UnknownName
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.change import GraphDiff
from sq_graph.graph.layout import Layout, Stamp
from sq_graph.graph.transaction import Transaction
from sq_graph.importers.columns import at_row, of_field
from sq_graph.importers.graph_builder import (
    GraphBuilder,
    OnConflict,
    Outcome,
    Properties,
    StatedThing,
)
from sq_graph.importers.works_index import WorksIndex
from sq_graph.model import WORDS
from sq_graph.model.facts import code_of, facts, labels, texts
from sq_graph.model.names import Names, pick_match
from sq_graph.model.ref import Nameable, name_of, text_of
from sq_graph.shacl.shapes import Shapes
from sq_graph.turtle.terms import TYPE, iri_terms
from sq_graph.vocab import BASE, expand, kind_of, slug_of, with_slugs

_open_folders: dict[Path, int] = {}
"""The folders that edits of this process have open, with the thread of each."""


class EditSession:
    """A change of one workspace, from beginning to end; `Edit` adds what can be stated in it."""

    def __init__(
        self,
        layouts: Sequence[Layout],
        graph: object,
        shapes: Callable[[], Shapes],
        on_end: Callable[[], None],
    ) -> None:
        self.layout = layouts[-1]
        if not isinstance(graph, EmbeddedGraph) or self.layout.base == BASE:
            problem = "no workspace is open, so there are no files to change"
            remedy = "Run sq-graph init DIR --base IRI, and open that folder"
            raise InputError(problem, remedy=remedy)
        self.graph, self._shapes, self._on_end = graph, shapes, on_end
        self.names = Names(graph, tuple(layout.base for layout in reversed(layouts)))
        self.findings: tuple[Finding, ...] = ()
        self.made: dict[str, Outcome] = {}
        """What became of each thing that the edit states."""
        self.new_things = set[str]()
        """The things that did not exist before, even if they were stated again later."""
        self.removed: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.origin = ""
        self.on_conflict: OnConflict = "refuse"
        self.kept_properties = frozenset[str]()
        """Properties for which a sheet has no column: an existing thing keeps its values."""
        self.namesakes: dict[str, str] = {}
        """For a statement that got a longer name, the one that has the shorter name."""
        self._spare_passages = set[str]()
        self._statements = GraphBuilder(self.layout, self._files_naming)
        self.origins: dict[str, str] = {}
        self.from_rdf = set[str]()
        """Things stated in a file of RDF: findings about them keep the terms of the vocabulary."""
        self._transaction = Transaction(self.layout.root)
        self._state = "not begun"
        self._lifecycle = self._run()
        self._by_name: dict[str, dict[str, None]] = {}
        self._files: dict[str, Path] = {}
        self._labels: dict[str, str] = {}
        self._resolved: dict[tuple[str, tuple[str, ...]], str] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._resolved_codes: dict[tuple[str, str], str] = {}

    def __repr__(self) -> str:
        return f"<Edit of {self.layout.root}: {self._state}>"

    def __enter__(self) -> Self:
        if self._state != "not begun":
            raise InputError(f"this edit has already {self._state}", remedy=_HOW_TO_BEGIN)
        self._lifecycle.__enter__()
        self._state = "begun"
        return self

    def __exit__(self, *raised: Any) -> None:
        try:
            self._lifecycle.__exit__(*raised)
        finally:
            self._state = "ended"

    @property
    def statements(self) -> GraphBuilder:
        """The statements of the files; raises InputError unless the edit is in progress."""
        self.require_begun()
        return self._statements

    def require_begun(self) -> None:
        """Raises InputError if the edit has not begun or has ended: statements would be lost."""
        if self._state != "begun":
            problem = f"this edit has {self._state}, so nothing would be kept"
            raise InputError(problem, remedy=_HOW_TO_BEGIN)

    @cached_property
    def _index(self) -> WorksIndex:
        return WorksIndex(self)

    @property
    def works_index(self) -> WorksIndex:
        """The works and agents of the map and of this edit."""
        self.require_begun()
        return self._index

    # ---- names

    def find(self, name: Nameable, *kinds: str) -> str:
        """The IRI of a thing of the map or of this edit; raises UnknownName with the nearest."""
        self.require_begun()
        noun = " or ".join(kinds) or "thing"
        text = name_of(name, noun)
        is_changed = text in self.made or text in self.removed
        if self._resolved.get((text, kinds)) == text and not is_changed:
            return text  # the IRI of a thing of the map
        for candidate in (expand(text), f"{self.layout.base}id/{text.replace(':', '/', 1)}"):
            if candidate in self.made:
                return self._require_kind(candidate, kinds)
        new = [thing for thing in self._by_name.get(text.lower(), ()) if thing not in self.removed]
        matches = [thing for thing in new if not kinds or kind_of(thing) in kinds]
        is_named = any(kind_of(thing) != "claim" or slug_of(thing) == text for thing in matches)
        if matches and not kinds and not is_named:
            with suppress(UnknownName):  # rather a concept of the map than a claim of one word
                matches = [] if self._find_in_map(text, kinds) else matches
        thing = pick_match(matches, text) if matches else self._find_in_map(text, kinds)
        if thing in self.removed:
            raise UnknownName(noun, text, (), remedy="This edit removed it")
        return thing

    def label(self, thing: str) -> str:
        """The label of a thing of the map or of this edit."""
        if thing not in self._labels:
            self._labels[thing] = labels(self.graph, [thing])[thing]
        return self._labels[thing]

    def _free_label(self, kind: str, slug: str, label: str, detail: str) -> str:
        """A label, with a detail added if another thing of its kind in the workspace has it."""
        prefix, thing = f"{self.layout.base}id/{kind}/", self.mint(kind, slug)
        numbered = (f"{label[:150]} ({number})" for number in count(2))
        for candidate in chain((label[:160], f"{label[:140]}, {detail}"[:160]), numbered):
            name = candidate.lower()
            others = {*self.names.having_label(name), *self._by_name.get(name, ())}
            if not any(other.startswith(prefix) for other in others - self.removed - {thing}):
                break
        return candidate

    def name(self, thing: str, *names: str) -> None:
        """Lets a thing of this edit be found by these names too."""
        for name in names:
            self._by_name.setdefault(name.lower(), {})[thing] = None

    def mint(self, kind: str, slug: str) -> str:
        """The IRI of a thing of the workspace; raises InputError for an invalid slug."""
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
            remedy = "Use small letters a to z, digits and hyphens"
            raise InputError(f"{slug!r} cannot be a short name (slug)", remedy=remedy)
        return f"{self.layout.base}id/{kind}/{slug}"

    def file(self, path: str) -> Path:
        """A file of the workspace by its path without `ontology/` and `.ttl`; raises InputError for
        a name that is too long for a file.
        """
        if len(name := slug_of(path)) > _MAX_LENGTH:
            problem = f"{name[:40]}… is too long for the name of a file"
            remedy = f"Give a short name of {_MAX_LENGTH} characters at most"
            raise InputError(problem, remedy=remedy)
        return self.layout.ontology / f"{path}.ttl"

    def file_of(self, work: str) -> Path:
        """The file of a work, with its record and what was read in it; without a work, the file of
        our interpretations.
        """
        if not work:
            return self.file("data/interpretations")
        if work not in self._files:
            self._files[work] = self.file(f"data/works/{slug_of(work)}")
        return self._files[work]

    def allowed(self, aspect: str) -> dict[str, str]:
        """The values that an aspect allows, by label; empty for an open aspect."""
        if aspect not in self._codes:
            values = texts(facts(self.graph, [aspect]).get(aspect, {}), "sq:allows")
            value_labels = labels(self.graph, values).items()
            self._codes[aspect] = {label.lower(): value for value, label in value_labels}
        return self._codes[aspect]

    def allowed_value(self, aspect: str, word: str) -> str:
        """The value of a closed aspect that a word names; raises UnknownName with the nearest."""
        allowed = self.allowed(aspect)
        if word.lower() in allowed:
            return allowed[word.lower()]
        kind = f"value of {self.label(aspect)}"
        raise UnknownName(kind, word, allowed, choices=[*allowed, "silent", "n/a"])

    def code(self, name: str, word: str) -> tuple[str, str]:
        """A coded value of the vocabulary (`hedge`, `hedged`); raises UnknownName with the
        choices.
        """
        self.require_begun()
        if (name, word) in self._resolved_codes:
            return "iri", self._resolved_codes[name, word]
        if name not in self._codes:
            values = self.names.of_class(f"sq:{name[0].upper()}{name[1:]}")
            self._codes[name] = {code_of(value): value for value in values}
        remedy = f"Choose among {', '.join(sorted(self._codes[name]))}"
        words = text_of(word, f"a {name}", remedy).strip().lower()
        code = words.replace(" ", "-")
        # a relation may be written as tables show it, and with its preposition or without it
        for spelling in (_SHOWN.get(words, code), code, code.removesuffix("-of"), f"{code}-of"):
            if iri := self._codes[name].get(spelling):
                self._resolved_codes[name, word] = iri
                return "iri", iri
        raise UnknownName(name, word, self._codes[name], choices=self._codes[name])

    # ---- statements

    def state(
        self,
        file: Path,
        kind: str,
        slug: str,
        label: str,
        properties: Properties,
        classes: str = "",
        *,
        replace: bool = False,
    ) -> str:
        """States a thing in a file, with the given classes or the class of its kind (see
        `GraphBuilder.state`).
        """
        all_properties = {"rdfs:label": ("en", label), **properties} if label else properties
        statement = StatedThing.of(classes or f"sq:{kind.capitalize()}", all_properties)
        return self._record(file, self.mint(kind, slug), label or slug, statement, replace)

    def _record(
        self, file: Path, thing: str, label: str, statement: StatedThing, replace: bool
    ) -> str:
        file = self._target_file(file, thing)
        conflict: OnConflict = "replace" if replace else self.on_conflict
        statement = self._on_same_passage(file, thing, statement)
        outcome = self.statements.state(file, thing, statement, conflict, self.kept_properties)
        self.made[thing] = "changed" if thing in self.removed else outcome
        if outcome == "new":
            self.new_things.add(thing)
        self.removed.discard(thing)
        self._labels[thing] = label
        self.origins[thing] = self.origins.get(thing) or self.origin
        self.name(thing, slug_of(thing), label)
        return thing

    def _on_same_passage(self, file: Path, thing: str, statement: StatedThing) -> StatedThing:
        """The statement with the passage that it already has, if a sheet without phrases gives the
        same place.
        """
        if _PHRASE not in self.kept_properties:
            return statement
        versions = self.statements.about(file, thing), statement.pairs
        old, new = ([o for p, o in pairs if p == _REPORTED_IN] for pairs in versions)
        places = [
            {pair for pair in self.statements.about(file, passage[1:-1]) if pair[0] in _PLACE}
            for passage in (*old, *new)
        ]
        if len(old) != 1 or len(new) != 1 or places[0] != places[1]:
            return statement
        if new[0][1:-1] in self.new_things:
            self._spare_passages.add(new[0])
        pairs = statement.pairs - {(_REPORTED_IN, new[0])} | {(_REPORTED_IN, old[0])}
        return StatedThing(pairs, statement.properties)

    def state_part(
        self, file: Path, kind: str, slug: str, label: str, properties: Properties
    ) -> str:
        """States a thing that nobody refers to by name, such as a passage; a number is added to a
        slug that is taken.
        """
        all_properties = {"rdfs:label": ("en", label), **properties}
        statement, number = StatedThing.of(f"sq:{kind.capitalize()}", all_properties), 1
        thing = self.mint(kind, slug)
        while self.statements.is_taken(file, thing, statement):
            number += 1
            thing = self.mint(kind, f"{slug}-{number}")
        return self._record(file, thing, label, statement, replace=False)

    def put(self, graph: str, turtle: str | bytes | None) -> None:
        """Replaces the file whose graph has this IRI by a Turtle text; None deletes the file."""
        path = self.layout.path_of(graph)
        if path is None:
            remedy = f"Its files are <{self.layout.base}data/…>"
            raise InputError(f"<{graph}> is not a file of this workspace", remedy=remedy)
        self.statements.set_text(path, turtle.encode() if isinstance(turtle, str) else turtle)

    def _find_in_map(self, name: str, kinds: tuple[str, ...]) -> str:
        """The thing of the map that a name means; the map does not change until the edit ends."""
        if (name, kinds) not in self._resolved:
            self._resolved[name, kinds] = self.names.find(name, kinds)
        return self._resolved[name, kinds]

    def _target_file(self, file: Path, thing: str) -> Path:
        """The file that already states a thing, else the given one."""
        if thing in self.removed or self.statements.about(file, thing):
            return file
        if thing in self.made:  # perhaps in another file, where this edit has changed it
            return self._stating_file(thing, file)
        for graph in self.graph.graphs_of(thing):
            path = self.layout.path_of(graph)
            if path and self.statements.about(path, thing):
                return path
        return file

    def _stating_file(self, thing: str, otherwise: Path | None = None) -> Path:
        """The file that states a thing of the workspace."""
        for file, pairs in self.statements.statements_of(thing).items():
            if any(p == TYPE for p, _ in pairs):
                return file
        if otherwise:
            return otherwise
        raise InputError(f"{slug_of(thing)} is not stated in any file of this workspace")

    def _files_naming(self, thing: str) -> list[Path]:
        """The files that named a thing when the edit began."""
        paths = map(self.layout.path_of, self.graph.graphs_naming(thing))
        return [file for file in paths if file and file.is_file()]

    def _require_kind(self, thing: str, kinds: Sequence[str]) -> str:
        if kinds and kind_of(thing) not in kinds:
            remedy = f"Give a {' or a '.join(kinds)}"
            raise InputError(f"{slug_of(thing)} is a {kind_of(thing)}", remedy=remedy)
        return thing

    def _link(self, name: Nameable, *kinds: str) -> str | tuple[str, str]:
        """A thing as a value; '' if no name is given."""
        return ("iri", self.find(name, *kinds)) if name else ""

    # ---- life cycle

    @contextmanager
    def _run(self) -> Iterator[None]:
        """Locks the folder while things are stated, then validates and keeps them."""
        change: GraphDiff | None = None
        root = self.layout.root
        if _open_folders.get(root) == threading.get_ident():
            problem = f"an edit of {root.name} is already open, and edits cannot be nested"
            raise InputError(problem, remedy="Continue that edit, or end its with block first")
        try:
            with self._transaction:
                _open_folders[root] = threading.get_ident()
                try:
                    read_changes(self.graph, self.layout)  # what others wrote meanwhile
                    yield
                    self._tidy()
                    change = self._apply_change()
                finally:
                    del _open_folders[root]
        except BaseException:
            if change:
                change.revert()
            raise
        finally:
            self._on_end()

    def _tidy(self) -> None:
        """Drops the things that only replaced statements needed; `Deleting` does this."""

    def _apply_change(self) -> GraphDiff | None:
        """Hands the new texts to the transaction and applies the change to the graph, validated."""
        new = self._statements.texts()
        if not new:
            return None
        for path, (text, _) in new.items():
            self._transaction.delete(path) if text is None else self._transaction.write(path, text)
        iri_of, in_default_view = self.layout.iri_of, self.layout.in_default_view
        texts = {iri_of(path): (text, in_default_view(path)) for path, (text, _) in new.items()}
        patches = {iri_of(path): patch for path, (_, patch) in new.items() if patch}
        change = GraphDiff(self.graph, texts, patches)
        findings = tuple(map(self._reword, validate_change(self.graph, change, self._shapes())))
        if violations := [finding for finding in findings if finding.severity == "Violation"]:
            first, *others = violations
            more = f" (and {len(others)} more)" if others else ""
            problem = with_slugs(f"nothing was changed: {str(first).rstrip('.')}{more}")
            raise FindingsError(problem, violations)
        self.findings = findings
        return change

    def _reword(self, finding: Finding) -> Finding:
        """A finding in the words of whoever stated the thing: a row of a sheet, RDF, or fields."""
        focus = expand(finding.focus)
        if focus in self.from_rdf:
            return finding
        row = self.origins.get(focus, "")
        return at_row(finding, row) if row else of_field(finding)


_PHRASE, _REPORTED_IN, *_PLACE = iri_terms(
    "sq:phrase sq:reportedIn sq:inWork sq:pageLabel sq:lastPageLabel sq:section sq:paragraph"
)
_HOW_TO_BEGIN = "Write with atlas.edit() as edit: and state everything in that block"


_STAMPS = WeakKeyDictionary[EmbeddedGraph, dict[str, Stamp]]()
"""For each graph, the files that it has read in their current version, with their stamps."""
_SHOWN: dict[str, str] = {words: code for code, words in WORDS["relations"].items()}
"""Our words for a relation in tables → its code."""
_MAX_LENGTH = 200
"""Characters in the name of a thing that has a file; a file system takes some 250."""
_SETTLING_TIME = 2_000_000_000
"""Nanoseconds after which another change of a file surely gives it another stamp."""


def read_changes(graph: EmbeddedGraph, layout: Layout) -> bool:
    """Updates a graph with what other programs wrote to a map's files; returns whether anything
    changed. Only files with a new stamp are read.
    """
    known_stamps, stamps = _STAMPS.setdefault(graph, {}), layout.stamps()
    root = f"{layout.ontology}{os.sep}"
    deleted = {path for path in known_stamps.keys() - stamps.keys() if path.startswith(root)}
    changed: dict[str, tuple[bytes | None, bool]]
    changed = {layout.iri_of(Path(path)): (None, True) for path in deleted}
    updated = dict(stamps.items() - known_stamps.items())
    for path in updated:
        file = layout.file_at(Path(path))
        changed[file.iri] = file.path.read_bytes(), file.listed
    if len(updated) == len(stamps):
        changed |= {iri: (None, True) for iri in graph.texts(layout.base) if iri not in changed}
    changed = {iri: version for iri, version in changed.items() if graph.text(iri) != version[0]}
    if changed:
        GraphDiff(graph, changed).apply()
    latest_settled = time.time_ns() - _SETTLING_TIME
    for path in deleted | updated.keys():
        known_stamps.pop(path, None)
    known_stamps |= {path: stamp for path, stamp in updated.items() if stamp[0] < latest_settled}
    return bool(changed)
