"""Is the map sound? Shapes, quality questions and OWL consistency, each finding with its place and its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from sq_graph.check.rules import NotCompiled
from sq_graph.check.shapes import Shapes, Violation, in_order, reference
from sq_graph.errors import BrokenFile, MissingPart
from sq_graph.graph import EmbeddedGraph, Graph, Term, Triple
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout, MapFile
from sq_graph.queries import Question, read_question
from sq_graph.table import Table
from sq_graph.vocab import BASE

__all__ = ["Change", "Finding", "check", "findings_table", "guard", "reference", "shapes_of"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where it stands, what it is, what to do.

    `rule` names the shape, the quality question (`quality/<name>`), or `file` or `consistency`; `severity` is
    Violation, Warning or Info.

    >>> print(Finding("data/agents.ttl", 12, "agent:room", "it has no label", "add rdfs:label", "naming#EnglishLabel"))
    data/agents.ttl:12: agent:room: it has no label. Add rdfs:label.
    """

    file: str
    line: int | None
    focus: str
    message: str
    remedy: str
    rule: str
    severity: str = "Violation"

    @property
    def place(self) -> str:
        """File and line, as editors and terminals understand them; empty for what is in no file yet."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        parts = ": ".join(part for part in (self.place, self.focus, self.message) if part)
        return f"{parts}. {self.remedy[:1].upper()}{self.remedy[1:]}." if self.remedy else f"{parts}."


class Change(Protocol):
    """A change of a graph that can be applied and undone, with the triples that it really adds and removes."""

    added: Sequence[Triple]
    removed: Sequence[Triple]

    def apply(self) -> None:
        """Makes the change."""
        ...

    def undo(self) -> None:
        """Takes it back."""
        ...


def check(
    layouts: Sequence[Layout], files: Iterable[Path] = (), progress: Callable[[], None] | None = None
) -> tuple[Finding, ...]:
    """What is wrong in some files, or without any in the last of the layouts: each one is read over those before it.

    If a file cannot be parsed, only such files are reported. `progress` is called after each file, shape and
    question. Where the reasoner is not installed, a finding of severity Info says that consistency is unchecked.

    >>> from sq_graph.graph.layout import packaged
    >>> [str(finding) for finding in check([packaged()]) if finding.severity == "Violation"]
    []
    """
    step = progress or (lambda: None)
    sources = _Sources(layouts, [path.resolve() for path in files])
    graph, broken = sources.load(step)
    shapes_graph, broken_shapes = _load([MapFile(path, path.as_uri(), True) for path in sources.shapes], step)
    questions, broken_questions = _questions(layouts)
    if faults := (*broken, *broken_shapes, *broken_questions):
        return tuple(faults)
    try:
        violations = Shapes(shapes_graph, graph).violations(graph, step)
    except NotCompiled:
        violations = reference([file.path for file in sources.read if file.listed], sources.shapes)
    found: list[tuple[Finding, Term | None, Term | None]] = list(map(_from_violation, violations))
    for question in questions:
        found += _from_question(question, graph)
        step()
    placed = {finding: None for pair in found for finding in sources.place(graph, *pair)}
    return (*placed, *_consistency(sources))


def guard(graph: Graph, change: Change, shapes: Shapes) -> tuple[Finding, ...]:
    """The findings that a change would bring, looked for only where the change can reach.

    The change stays applied unless one of them is a violation; then the graph is as it was before.
    """
    reached = shapes.reached(graph, change.removed)
    change.apply()
    try:
        for rule, nodes in shapes.reached(graph, change.added).items():
            reached[rule] = reached.get(rule, set()) | nodes
        after = shapes.violations_at(graph, reached)
    except BaseException:
        change.undo()
        raise
    if not after:
        return ()
    change.undo()
    new = in_order(after - shapes.violations_at(graph, reached))
    if not any(violation.severity == "Violation" for violation in new):
        change.apply()
    return tuple(_from_violation(violation)[0] for violation in new)


def shapes_of(layouts: Sequence[Layout], graph: Graph) -> Shapes:
    """The shapes of some layouts, ready to guard a graph; raises BrokenFile for one that cannot be read."""
    shapes = EmbeddedGraph()
    load_files(shapes, ((path, path.as_uri(), True) for layout in layouts for path in layout.shapes()))
    return Shapes(shapes, graph)


def findings_table(findings: Iterable[Finding]) -> Table:
    """Findings as a table, one a row; what is only to be known stands in the notes.

    >>> findings_table([Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")]).rows[0][:3]
    ('a.ttl:3', 'work:x', 'it has no year')
    """
    columns = ("place", "thing", "finding", "remedy", "rule", "severity")
    rows = tuple((f.place, f.focus, f.message, f.remedy, f.rule, f.severity) for f in findings if f.severity != "Info")
    notes = tuple(f"{f.message}. {f.remedy}." for f in findings if f.severity == "Info")
    return Table(columns, rows, caption="Findings", notes=notes)


_UNCHECKED = ("consistency was not checked, since there is no reasoner", "Install it with sq-graph[reasoner]")


class _Sources:
    """The files that are read, those of them that are judged, and where in them things stand."""

    def __init__(self, layouts: Sequence[Layout], files: Sequence[Path]) -> None:
        known = [replace(file, path=file.path.resolve()) for layout in layouts for file in layout.files()]
        paths = {file.path for file in known}
        self.read = [*known, *(MapFile(path, path.as_uri(), True) for path in files if path not in paths)]
        own = {file.path.resolve() for file in layouts[-1].files()} if layouts else set()
        judged = set(files) or own
        self.judged = {file.iri: file.path for file in self.read if file.path in judged and file.listed}
        self.shapes = [path for layout in layouts for path in layout.shapes()]
        self._lines: dict[Path, Mapping[tuple[str, str, str], int]] = {}

    def load(self, step: Callable[[], None]) -> tuple[EmbeddedGraph, list[Finding]]:
        """A graph of all files, and a finding for each that cannot be read."""
        return _load(self.read, step)

    def place(self, graph: Graph, finding: Finding, focus: Term | None, value: Term | None) -> Iterator[Finding]:
        """A finding with file and line, once for the best place; nothing if its thing stands in no judged file."""
        if focus is None or focus.kind != "uri":
            yield finding
            return
        query = f"SELECT DISTINCT ?g {{ GRAPH ?g {{ {focus.n3()} ?p ?o }} }}"
        paths = sorted(self.judged[g] for row in graph.select(query) if (g := row["g"].value) in self.judged)
        places = [(path, self._line(path, focus, value)) for path in paths]
        exact = [(path, line) for path, (line, fits) in places if fits]
        for path, line in (exact or [(path, line) for path, (line, _) in places])[:1]:
            yield replace(finding, file=_shown(path), line=line)

    def _line(self, path: Path, focus: Term, value: Term | None) -> tuple[int | None, bool]:
        """The line on which a thing begins, or its value stands; and whether it is that of the value."""
        from sq_graph.turtle import read

        if path not in self._lines:
            self._lines[path] = read(path.read_bytes(), str(path)).triples
        own = {triple: line for triple, line in self._lines[path].items() if triple[0] == focus.n3()}
        exact = [line for triple, line in own.items() if value and triple[2] == value.n3()]
        return min(exact or own.values(), default=None), bool(exact)


def _load(files: Iterable[MapFile], step: Callable[[], None]) -> tuple[EmbeddedGraph, list[Finding]]:
    graph = EmbeddedGraph()
    broken: list[Finding] = []
    for file in files:
        try:
            load_files(graph, [(file.path, file.iri, file.listed)])
        except BrokenFile as error:
            broken.append(_from_error(error, file.path))
        step()
    return graph, broken


def _questions(layouts: Sequence[Layout]) -> tuple[list[Question], list[Finding]]:
    questions, broken = [], []
    for path in (path for layout in layouts for path in layout.queries() if path.parent.name == "quality"):
        try:
            questions.append(read_question(path))
        except BrokenFile as error:
            broken.append(_from_error(error, path))
    return questions, broken


def _from_error(error: BrokenFile, path: Path) -> Finding:
    return Finding(_shown(path), error.line, "", error.what, error.remedy, "file")


def _from_violation(violation: Violation) -> tuple[Finding, Term, Term | None]:
    said = violation.message or f"This breaks a rule ({violation.component}); look the rule up"
    what, _, remedy = said.rstrip(".").partition("; ")
    shown = "" if violation.value in (None, violation.focus) else f" (found: {violation.value})"
    rule = violation.shape.removeprefix(BASE + "shapes/")
    found = Finding("", None, str(violation.focus), what + shown, remedy, rule, violation.severity)
    return found, violation.focus, violation.value


def _from_question(question: Question, graph: Graph) -> Iterator[tuple[Finding, Term | None, Term | None]]:
    for row in graph.select(question.text):
        things = [term for term in row.values() if term.kind == "uri"]
        said = ", ".join(f"{question.columns[name]}: {term}" for name, term in row.items())
        focus = things[0] if things else None
        message = f"{question.title} ({said})"
        yield Finding("", None, str(focus or ""), message, question.remedy, f"quality/{question.name}"), focus, None


def _consistency(sources: _Sources) -> Iterator[Finding]:
    reason = import_module("sq_graph.reason") if find_spec("sq_graph.reason") else None
    consistent = getattr(reason, "consistent", None)
    if consistent is None:
        yield Finding("", None, "", *_UNCHECKED, "consistency", "Info")
        return
    try:
        found = consistent([file.path for file in sources.read if file.listed])
    except MissingPart as error:
        yield Finding("", None, "", f"consistency was not checked: {error.what}", error.remedy, "consistency", "Info")
        return
    if found:
        yield Finding("", None, "", str(found).rstrip("."), "Withdraw one of these statements", "consistency")


def _shown(path: Path) -> str:
    """A path as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
