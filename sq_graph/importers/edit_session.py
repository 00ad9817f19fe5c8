"""The life of an edit: it holds the folder, collects statements, validates them, and keeps all or
none.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
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
from sq_graph.model.facts import code_of, facts, labels, texts
from sq_graph.model.names import Names, pick_match
from sq_graph.model.ref import Nameable, name_of, text_of
from sq_graph.shacl.shapes import Shapes
from sq_graph.turtle.terms import TYPE, iri_terms
from sq_graph.vocab import BASE, expand, kind_of, slug_of

_open_folders: dict[Path, int] = {}
"""The folders that an edit of this process holds, with the thread that began it."""


class EditSession:
    """A change of one workspace, from its beginning to its end; what can be stated in it is in
    `Edit`.
    """

    def __init__(
        self,
        layouts: Sequence[Layout],
        graph: object,
        shapes: Callable[[], Shapes],
        done: Callable[[], None],
    ) -> None:
        self.layout = layouts[-1]
        if not isinstance(graph, EmbeddedGraph) or self.layout.base == BASE:
            what = "an edit changes the files of a workspace, and none is open"
            raise InputError(what, remedy="Run sq-graph init DIR --base IRI, and open that folder")
        self.graph, self._shapes, self._done = graph, shapes, done
        self.names = Names(graph, tuple(layout.base for layout in reversed(layouts)))
        self.findings: tuple[Finding, ...] = ()
        self.outcomes: dict[str, Outcome] = {}
        self.new = set[str]()
        """What was made anew, even where the same was stated again later."""
        self.removed: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.origin = ""
        self.on_conflict: OnConflict = "refuse"
        self.kept_properties = frozenset[str]()
        """Properties for which a sheet has no column: what is there keeps its own."""
        self.namesakes: dict[str, str] = {}
        """Of a statement that got a longer name, the one that has the shorter."""
        self._spare = set[str]()
        self._statements = GraphBuilder(self.layout, self._files_naming)
        self.origins: dict[str, str] = {}
        self.from_rdf = set[str]()
        """What a file of RDF states: findings about it keep the terms of the vocabulary."""
        self._transaction = Transaction(self.layout.root)
        self._state = "not begun"
        self._life = self._kept()
        self._new: dict[str, dict[str, None]] = {}
        self._files: dict[str, Path] = {}
        self._labels: dict[str, str] = {}
        self._named: dict[tuple[str, tuple[str, ...]], str] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._coded: dict[tuple[str, str], str] = {}

    def __repr__(self) -> str:
        return f"<Edit of {self.layout.root}: {self._state}>"

    def __enter__(self) -> Self:
        if self._state != "not begun":
            raise InputError(f"this edit has {self._state} already", remedy=_BEGIN)
        self._life.__enter__()
        self._state = "begun"
        return self

    def __exit__(self, *raised: Any) -> None:
        try:
            self._life.__exit__(*raised)
        finally:
            self._state = "ended"

    @property
    def statements(self) -> GraphBuilder:
        """What the files say; raises InputError where the edit has not begun or has ended."""
        self.require_begun()
        return self._statements

    def require_begun(self) -> None:
        """Raises InputError where the edit has not begun, or has ended: what is stated would be
        lost.
        """
        if self._state != "begun":
            what = f"this edit has {self._state}, so nothing would be kept"
            raise InputError(what, remedy=_BEGIN)

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
        what = " or ".join(kinds) or "thing"
        wanted = name_of(name, what)
        is_changed = wanted in self.outcomes or wanted in self.removed
        if self._named.get((wanted, kinds)) == wanted and not is_changed:
            return wanted  # the IRI of a thing of the map
        for one in (expand(wanted), f"{self.layout.base}id/{wanted.replace(':', '/', 1)}"):
            if one in self.outcomes:
                return self._of_kind(one, kinds)
        new = [one for one in self._new.get(wanted.lower(), ()) if one not in self.removed]
        found = [one for one in new if not kinds or kind_of(one) in kinds]
        thing = pick_match(found, wanted) if found else self._in_graph(wanted, kinds)
        if thing in self.removed:
            raise UnknownName(what, wanted, (), remedy="This edit removed it")
        return thing

    def label(self, thing: str) -> str:
        """The label of a thing of the map or of this edit."""
        if thing not in self._labels:
            self._labels[thing] = labels(self.graph, [thing])[thing]
        return self._labels[thing]

    def _free_label(self, kind: str, slug: str, label: str, more: str) -> str:
        """A label, with more said where something else of its kind in the workspace has it."""
        every, thing = f"{self.layout.base}id/{kind}/", self.mint(kind, slug)
        for choice in (label[:160], f"{label[:140]}, {more}"):
            named = {*self.names.having_label(choice.lower()), *self._new.get(choice.lower(), ())}
            if not any(one.startswith(every) for one in named - self.removed - {thing}):
                return choice
        return f"{label[:140]} ({slug})"

    def name(self, thing: str, *names: str) -> None:
        """Lets a thing of this edit be found by these names too."""
        for one in names:
            self._new.setdefault(one.lower(), {})[thing] = None

    def mint(self, kind: str, slug: str) -> str:
        """The IRI of a thing of one's own; raises InputError where no slug can be made."""
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
            remedy = "Use small letters a to z, digits and hyphens"
            raise InputError(f"{slug!r} cannot be a short name (slug)", remedy=remedy)
        return f"{self.layout.base}id/{kind}/{slug}"

    def file(self, path: str) -> Path:
        """A file of the workspace by its path without `ontology/` and `.ttl`; raises InputError for
        a name that is too long for a file.
        """
        if len(name := slug_of(path)) > _LONGEST:
            what = f"{name[:40]}… is too long for the name of a file"
            raise InputError(what, remedy=f"Give a short name of {_LONGEST} characters at most")
        return self.layout.ontology / f"{path}.ttl"

    def file_of(self, work: str) -> Path:
        """The file of a work: its record, and what was read in it; without a work, that of our
        interpretations.
        """
        if not work:
            return self.file("data/interpretations")
        if work not in self._files:
            self._files[work] = self.file(f"data/works/{slug_of(work)}")
        return self._files[work]

    def allowed(self, aspect: str) -> dict[str, str]:
        """The values that an aspect allows, by label; none for an open one."""
        if aspect not in self._codes:
            found = texts(facts(self.graph, [aspect]).get(aspect, {}), "sq:allows")
            named = labels(self.graph, found)
            self._codes[aspect] = {label.lower(): value for value, label in named.items()}
        return self._codes[aspect]

    def allowed_value(self, aspect: str, word: str) -> str:
        """The value of a closed aspect that a word names; raises UnknownName with the nearest."""
        allowed = self.allowed(aspect)
        if word.lower() in allowed:
            return allowed[word.lower()]
        kind = f"value of {self.label(aspect)}"
        raise UnknownName(kind, word, allowed, choices=[*allowed, "silent"])

    def code(self, name: str, word: str) -> tuple[str, str]:
        """A coded value of the vocabulary (`hedge`, `hedged`); raises UnknownName with those there
        are.
        """
        self.require_begun()
        if (name, word) in self._coded:
            return "iri", self._coded[name, word]
        if name not in self._codes:
            known = self.names.of_class(f"sq:{name[0].upper()}{name[1:]}")
            self._codes[name] = {code_of(one): one for one in known}
        remedy = f"Choose among {', '.join(sorted(self._codes[name]))}"
        written = text_of(word, f"a {name}", remedy).strip().lower().replace(" ", "-")
        # a relation may be written with its preposition or without it
        for one in (written, written.removesuffix("-of"), f"{written}-of"):
            if found := self._codes[name].get(one):
                self._coded[name, word] = found
                return "iri", found
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
        """States a thing in a file, of the classes named or of that of its kind (see
        `GraphBuilder.thing`).
        """
        whole = {"rdfs:label": ("en", label), **properties} if label else properties
        statement = StatedThing.of(classes or f"sq:{kind.capitalize()}", whole)
        return self._make(file, self.mint(kind, slug), label or slug, statement, replace)

    def _make(
        self, file: Path, thing: str, label: str, statement: StatedThing, replace: bool
    ) -> str:
        home = self._home(file, thing)
        conflict: OnConflict = "replace" if replace else self.on_conflict
        statement = self._on_same_passage(home, thing, statement)
        outcome = self.statements.thing(home, thing, statement, conflict, self.kept_properties)
        self.outcomes[thing] = "changed" if thing in self.removed else outcome
        if outcome == "new":
            self.new.add(thing)
        self.removed.discard(thing)
        self._labels[thing] = label
        self.origins[thing] = self.origins.get(thing) or self.origin
        self.name(thing, slug_of(thing), label)
        return thing

    def _on_same_passage(self, home: Path, thing: str, statement: StatedThing) -> StatedThing:
        """A statement that rests on the passage that it has already, where a sheet without phrases
        gives the same place.
        """
        if _PHRASE not in self.kept_properties:
            return statement
        old, new = (
            [o for p, o in one if p == _REPORTED_IN]
            for one in (self.statements.about(home, thing), statement.pairs)
        )
        if len(old) != 1 or len(new) != 1:
            return statement
        first, second = (
            {pair for pair in self.statements.about(home, one[1:-1]) if pair[0] in _PLACE}
            for one in (*old, *new)
        )
        if first != second:
            return statement
        if new[0][1:-1] in self.new:
            self._spare.add(new[0])
        pairs = statement.pairs - {(_REPORTED_IN, new[0])} | {(_REPORTED_IN, old[0])}
        return StatedThing(pairs, statement.properties)

    def state_part(
        self, file: Path, kind: str, slug: str, label: str, properties: Properties
    ) -> str:
        """States a thing that has no name of its own to anybody, such as a passage; a taken slug is
        numbered.
        """
        whole = {"rdfs:label": ("en", label), **properties}
        statement, number = StatedThing.of(f"sq:{kind.capitalize()}", whole), 1
        thing = self.mint(kind, slug)
        while self.statements.is_taken(file, thing, statement):
            number += 1
            thing = self.mint(kind, f"{slug}-{number}")
        return self._make(file, thing, label, statement, replace=False)

    def put(self, graph: str, turtle: str | bytes | None) -> None:
        """Puts a Turtle text in place of the file whose graph has this IRI; None removes the
        file.
        """
        path = self.layout.path_of(graph)
        if path is None:
            remedy = f"Its files are <{self.layout.base}data/…>"
            raise InputError(f"<{graph}> is not a file of this workspace", remedy=remedy)
        self.statements.put(path, turtle.encode() if isinstance(turtle, str) else turtle)

    def _in_graph(self, name: str, kinds: tuple[str, ...]) -> str:
        """The thing of the map that a name means; the map stays as it is until the edit ends."""
        if (name, kinds) not in self._named:
            self._named[name, kinds] = self.names.find(name, kinds)
        return self._named[name, kinds]

    def _home(self, file: Path, thing: str) -> Path:
        """The file that states a thing already, else the one that it belongs to."""
        if thing in self.removed or self.statements.about(file, thing):
            return file
        if thing in self.outcomes:  # perhaps in another file, where this edit has changed it
            return self._home_of(thing, file)
        for graph in self.graph.graphs_of(thing):
            home = self.layout.path_of(graph)
            if home and self.statements.about(home, thing):
                return home
        return file

    def _home_of(self, thing: str, otherwise: Path | None = None) -> Path:
        """The file that states a thing of the workspace."""
        for file, _, pairs in self.statements.statements_of(thing):
            if any(p == TYPE for p, _ in pairs):
                return file
        if otherwise:
            return otherwise
        raise InputError(f"{slug_of(thing)} is not stated in any file of this workspace")

    def _files_naming(self, thing: str) -> list[Path]:
        """The files that named a thing when the edit began."""
        found = map(self.layout.path_of, self.graph.graphs_naming(thing))
        return [file for file in found if file and file.is_file()]

    def _of_kind(self, thing: str, kinds: Sequence[str]) -> str:
        if kinds and kind_of(thing) not in kinds:
            remedy = f"Give a {' or a '.join(kinds)}"
            raise InputError(f"{slug_of(thing)} is a {kind_of(thing)}", remedy=remedy)
        return thing

    def _link(self, name: Nameable, *kinds: str) -> str | tuple[str, str]:
        """A thing as a value, if it is named."""
        return ("iri", self.find(name, *kinds)) if name else ""

    # ---- from beginning to end

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Holds the folder while things are stated, then validates them and keeps them."""
        change: GraphDiff | None = None
        root = self.layout.root
        if _open_folders.get(root) == threading.get_ident():
            what = f"an edit of {root.name} is open already, and edits cannot be nested"
            raise InputError(what, remedy="Go on with that one, or let its with block end first")
        try:
            with self._transaction:
                _open_folders[root] = threading.get_ident()
                try:
                    read_changes(self.graph, self.layout)  # what others wrote meanwhile
                    yield
                    self._tidy()
                    change = self._validated()
                finally:
                    del _open_folders[root]
        except BaseException:
            if change:
                change.revert()
            raise
        finally:
            self._done()

    def _tidy(self) -> None:
        """Drops what only replaced statements needed; there is nothing to drop where nothing can be
        deleted.
        """

    def _validated(self) -> GraphDiff | None:
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
        found = tuple(map(self._placed, validate_change(self.graph, change, self._shapes())))
        if broken := [finding for finding in found if finding.severity == "Violation"]:
            more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
            raise FindingsError(f"nothing was changed: {str(broken[0]).rstrip('.')}{more}", broken)
        self.findings = found
        return change

    def _placed(self, finding: Finding) -> Finding:
        """A finding in the words of whoever stated the thing: a row of a sheet, RDF, or fields."""
        focus = expand(finding.focus)
        if focus in self.from_rdf:
            return finding
        row = self.origins.get(focus, "")
        return at_row(finding, row) if row else of_field(finding)


_PHRASE, _REPORTED_IN, *_PLACE = iri_terms(
    "sq:phrase sq:reportedIn sq:inWork sq:pageLabel sq:lastPageLabel sq:section sq:paragraph"
)
_BEGIN = "Write with atlas.edit() as edit: and state everything in that block"


_AS_READ = WeakKeyDictionary[EmbeddedGraph, dict[str, Stamp]]()
"""For each graph, the files that it holds as they are, with their stamps."""
_LONGEST = 200
"""Characters of the name of a thing that has a file: a file system takes some 250."""
_SETTLED = 2_000_000_000
"""Nanoseconds after which another change of a file surely gives it another stamp."""


def read_changes(graph: EmbeddedGraph, layout: Layout) -> bool:
    """Lets a graph follow what other programs wrote to a map's files; returns whether anything
    changed. Only files with a new stamp are read.
    """
    as_read, stamps = _AS_READ.setdefault(graph, {}), layout.stamps()
    root = f"{layout.ontology}{os.sep}"
    gone = {path for path in as_read.keys() - stamps.keys() if path.startswith(root)}
    changed: dict[str, tuple[bytes | None, bool]]
    changed = {layout.iri_of(Path(path)): (None, True) for path in gone}
    fresh = dict(stamps.items() - as_read.items())
    for path in fresh:
        file = layout.file_at(Path(path))
        changed[file.iri] = file.path.read_bytes(), file.listed
    if len(fresh) == len(stamps):
        changed |= {one: (None, True) for one in graph.texts(layout.base) if one not in changed}
    changed = {one: kept for one, kept in changed.items() if graph.text(one) != kept[0]}
    if changed:
        GraphDiff(graph, changed).apply()
    settled = time.time_ns() - _SETTLED
    for path in gone | fresh.keys():
        as_read.pop(path, None)
    as_read |= {path: stamp for path, stamp in fresh.items() if stamp[0] < settled}
    return bool(changed)
