"""Checking a map: shapes, quality questions, positions and OWL consistency, each finding with its
place and a remedy.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path

from sq_graph.check.finding import Finding, findings_sarif, findings_text, findings_turtle
from sq_graph.errors import BrokenFile, MissingDependency
from sq_graph.graph import EmbeddedGraph, Graph, Progress, Term
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import CATALOG, Layout, MapFile
from sq_graph.model.facts import iris, truncate, values
from sq_graph.model.second_readings import changed_since_reading
from sq_graph.queries import Question, read_question
from sq_graph.rdf_syntax import OWL_ENDINGS
from sq_graph.resources import display_path
from sq_graph.shacl.pyshacl_engine import pyshacl_report
from sq_graph.shacl.shapes import Change, Notice, Shapes, new_violations
from sq_graph.shacl.violation import Violation
from sq_graph.table import Table
from sq_graph.vocab import BASE, shorten

__all__ = ["Change", "Finding", "Shapes", "check", "check_graph", "findings_sarif"]
__all__ += ["findings_table", "findings_text", "findings_turtle", "pyshacl_report", "shapes_of"]
__all__ += ["validate_change"]

_Layouts = Sequence[Layout]
_Judgement = tuple[list[Violation], list[Notice]]


def check(
    layouts: _Layouts, files: Iterable[Path] = (), progress: Progress = lambda: None
) -> tuple[Finding, ...]:
    """The findings in some files, or by default in the last layout; each layout is read over those
    before it.

    If a file cannot be parsed, only such files are reported. `progress` is called after each file,
    shape and question. Where the reasoner is not installed, findings of severity Info say what is
    unchecked.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "ontology", "data", "agents.ttl")
    ...     file.parent.mkdir(parents=True)
    ...     _ = file.write_text("<https://example.org/a> <https://example.org/says> .")
    ...     [finding] = check([Layout(Path(folder))])
    >>> finding.line, finding.rule, finding.remedy
    (1, 'file', 'Fix that line')
    """
    sources = _Sources(layouts, [path.resolve() for path in files])
    graph, shapes_graph, faults = EmbeddedGraph(), EmbeddedGraph(), list[Finding]()
    shapes_files = [MapFile(path, path.as_uri(), True) for path in sources.shapes]
    for target, map_files in ((graph, sources.files), (shapes_graph, shapes_files)):
        for file in map_files:
            try:
                load_files(target, [file])
            except BrokenFile as error:
                faults.append(_file_finding(error.where, error.line, error.what, error.remedy))
            progress()
    if faults:
        return tuple(faults)
    questions = list(_readable_questions(sources.quality_questions))
    shapes = Shapes.cached(shapes_graph, graph)
    violations, notices = _judge(shapes, graph, progress)
    unplaced = list(map(_violation_finding, violations))
    summaries = list[Finding]()
    for question in questions:
        rows = list(_question_findings(question, graph))
        progress()
        if question.together:
            things = {finding.focus for row in rows for finding in sources.locate(graph, *row)}
            summaries += _summarise(question, sorted(things))
        else:
            unplaced += rows
    checked = sources.things(graph)
    unplaced = [*_without_recorded(unplaced, layouts, graph), *_doubts(layouts, graph, checked)]
    summaries += _outdated_readings(changed_since_reading(graph, checked))
    placed = dict.fromkeys(chain(*(sources.locate(graph, *row) for row in unplaced)))
    placed.update(dict.fromkeys([*summaries, *_question_faults(sources.questions)]))
    of_files = chain(_unread_files(layouts[-1]), map(sources.locate_notice, notices))
    return (*of_files, *placed, *_reasoner_findings(layouts, graph, sources.modules))


def _unread_files(layout: Layout) -> Iterator[Finding]:
    """The files that nothing reads: those in the wrong folder, those in a syntax other than Turtle,
    and the texts that the settings name but that are not there.
    """
    for folder in ("ontology", "shapes"):
        for path in sorted((layout.root / folder).rglob("*.*")):
            if path.suffix.lower() in OWL_ENDINGS and path.name != CATALOG:
                message = "this file is not read, because only Turtle files belong to a map"
                remedy = "Save it as Turtle with the ending .ttl, or move it out of the"
                yield _file_finding(path, None, message, f"{remedy} {folder} folder")
    for path, target in layout.misplaced():
        message = "release 0.1 wrote this file into the wrong folder, where nothing reads it"
        merge = ", adding its statements to the existing file" if target.exists() else ""
        yield _file_finding(path, None, message, f"Move it to {display_path(target)}{merge}")
    for path in (text for text in layout.texts if not text.is_file()):
        message = "workspace.toml names this text, but it is not there, so nothing is judged by it"
        remedy = "Add the text, or take its name out"
        yield Finding(display_path(path), None, "", message, remedy, "text", "Warning")


def _file_finding(path: str | Path, line: int | None, message: str, remedy: str) -> Finding:
    return Finding(display_path(path), line, "", message, remedy, "file")


def _finding(
    message: str, remedy: str, rule: str, severity: str = "Violation", focus: str = ""
) -> Finding:
    """A finding without a place."""
    return Finding("", None, focus, message, remedy, rule, severity)


def check_graph(
    layouts: _Layouts, graph: Graph, progress: Progress = lambda: None
) -> tuple[Finding, ...]:
    """The findings of the shapes and quality questions of some layouts in a graph of any size,
    without copying it.

    A shape that is not compiled needs the data in memory: over a remote engine it is reported as
    not checked. Findings have no file. `progress` is called after each rule and question.

    >>> from sq_graph.graph.layout import packaged
    >>> check_graph([packaged()], EmbeddedGraph())
    ()
    """
    violations, notices = _judge(shapes_of(layouts, graph), graph, progress)
    findings = [_violation_finding(violation)[0] for violation in violations]
    for question in _readable_questions(_quality_questions(layouts)):
        rows = [finding for finding, *_ in _question_findings(question, graph)]
        progress()
        if question.together:
            rows = list(_summarise(question, sorted({finding.focus for finding in rows})))
        findings += rows
    findings += _outdated_readings(changed_since_reading(graph))
    return (*map(_shape_finding, notices), *dict.fromkeys(findings))


def _judge(shapes: Shapes, graph: Graph, progress: Progress) -> _Judgement:
    """The violations of shapes in a graph, and notices of shapes that are slow or not checked."""
    violations, notices = list(shapes.violations(graph, progress)), shapes.notices()
    if not isinstance(graph, EmbeddedGraph):
        return violations, [replace(n, kind="fault") if n.kind == "slow" else n for n in notices]
    others, failures = shapes.by_pyshacl(graph)
    failed = {notice.shape for notice in failures}
    others_noticed = (n for n in notices if n.kind != "slow" or n.shape not in failed)
    return [*violations, *others], [*others_noticed, *failures]


def _quality_questions(layouts: _Layouts) -> list[Path]:
    paths = (path for layout in layouts for path in layout.queries())
    return [path for path in paths if path.parent.name == "quality"]


def _shape_finding(notice: Notice, file: str = "", line: int | None = None) -> Finding:
    """A notice about a shape itself as a finding."""
    problem, remedy, severity = _SHAPE_PROBLEMS[notice.kind]
    is_named = notice.shape.kind != "bnode"
    shape = f"the shape {notice.shape}" if is_named else "a shape without a name"
    return Finding(file, line, "", f"{shape} {problem}: {notice.text}", remedy, "shape", severity)


def validate_change(graph: EmbeddedGraph, change: Change, shapes: Shapes) -> tuple[Finding, ...]:
    """The findings that a change would cause, checked only where the change can have an effect.

    The change stays applied unless one of them is a violation; then the graph is restored.
    """
    violations = new_violations(graph, change, shapes)
    return tuple(_violation_finding(violation)[0] for violation in violations)


def shapes_of(layouts: _Layouts, graph: Graph) -> Shapes:
    """The shapes of some layouts, ready to check a graph; raises BrokenFile for one that cannot be
    read.
    """
    shapes, paths = EmbeddedGraph(), chain(*(layout.shapes() for layout in layouts))
    load_files(shapes, ((path, path.as_uri(), True) for path in paths))
    return Shapes.cached(shapes, graph)


def findings_table(findings: Iterable[Finding]) -> Table:
    """Findings as a table, one per row; those of severity Info are notes below it.

    >>> finding = Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")
    >>> findings_table([finding]).rows[0][:3]
    ('a.ttl:3', 'work:x', 'it has no year')
    """
    columns = ("place", "thing", "finding", "remedy", "rule", "severity")
    rows, notes = [], []
    for f in findings:
        if f.severity == "Info":
            notes.append(f.sentence)
        else:
            rows.append((f.place, f.focus, f.message, f.remedy, f.rule, f.severity))
    return Table(columns, tuple(rows), caption="Findings", notes=tuple(notes))


_SHAPE_PROBLEMS = {
    "fault": ("was not checked in full", "correct the shape", "Violation"),
    "slow": ("is checked by pySHACL, which takes longer", "", "Info"),
    "unread": ("has a part that is not checked", "correct the shape", "Warning"),
    "idle": ("checks nothing", "give it a target", "Warning"),
}
_PLACEHOLDER = re.compile(r"‹\w[^›]*›")
_Unplaced = tuple[Finding, Term | None, Term | None]
"""A finding without its place, the thing that it is about, and the value at fault."""


class _Sources:
    """The files that are read, those of them that are checked, and the lines of their things."""

    def __init__(self, layouts: _Layouts, files: Sequence[Path]) -> None:
        given_questions = [path for path in files if path.suffix == ".rq"]
        files = [path for path in files if path.suffix != ".rq"]
        self.files, last_paths, modules = list[MapFile](), set[Path](), set[Path]()
        for layout in layouts:
            layout_files = [file._replace(path=file.path.resolve()) for file in layout.files()]
            last_paths = {file.path for file in layout_files}
            self.files += layout_files
            modules.update((layout.ontology / "positions").resolve().glob("*.ttl"))
        paths = {file.path for file in self.files}
        self.files += [MapFile(path, path.as_uri(), True) for path in files if path not in paths]
        checked = set(files) if files or given_questions else last_paths
        listed = (file for file in self.files if file.listed)
        self.checked = {file.iri: file.path for file in listed if file.path in checked}
        self.modules = modules & checked
        self.shapes = [path for layout in layouts for path in layout.shapes()]
        self.quality_questions = _quality_questions(layouts)
        last_questions = [*layouts[-1].queries(), *layouts[-1].shapes()]
        self.questions = given_questions or ([] if files else last_questions)
        self._lines: dict[Path, Mapping[tuple[str, str, str], int]] = {}

    def things(self, graph: Graph) -> frozenset[str]:
        """The things about which some checked file has a statement."""
        pattern = f"VALUES ?g {{ {values(self.checked)} }} GRAPH ?g {{ ?s ?p ?o }}"
        return frozenset(iris(graph, f"SELECT DISTINCT ?s {{ {pattern} }}"))

    def locate(
        self, graph: Graph, finding: Finding, focus: Term | None, value: Term | None
    ) -> Iterator[Finding]:
        """The finding with file and line, once for the best place; nothing if no checked file has a
        statement about its thing.
        """
        if focus is None or focus.kind != "uri":
            yield finding
            return
        query = f"SELECT DISTINCT ?g {{ GRAPH ?g {{ {focus.n3()} ?p ?o }} }}"
        paths = sorted(self.checked[iri] for iri in iris(graph, query) if iri in self.checked)
        places = [(*self._line(path, focus, value), path) for path in paths]
        for _, line, path in sorted(places, key=lambda place: not place[0])[:1]:
            yield replace(finding, file=display_path(path), line=line)

    def locate_notice(self, notice: Notice) -> Finding:
        """A notice about a shape as a finding with file and line."""
        path = next((path for path in self.shapes if path.as_uri() == notice.file), None)
        line = self._line(path, notice.shape, None)[1] if path else None
        return _shape_finding(notice, display_path(path) if path else "", line)

    def _line(self, path: Path, focus: Term, value: Term | None) -> tuple[bool, int | None]:
        """Whether a thing has a value in a file; the line of that statement, or else the first line
        about the thing.
        """
        from sq_graph.turtle import parse

        if path not in self._lines:
            self._lines[path] = parse(path.read_bytes(), str(path)).triples
        lines = [(line, o) for (s, _, o), line in self._lines[path].items() if s == focus.n3()]
        exact = [line for line, o in lines if value and o == value.n3()]
        return bool(exact), min(exact or [line for line, _ in lines], default=None)


def _violation_finding(violation: Violation) -> _Unplaced:
    text = violation.message or _default_message(violation)
    message, _, remedy = text.rstrip(".").partition("; ")
    if violation.value not in (None, violation.focus):
        length = {"MinL": "too short", "MaxL": "too long"}.get(violation.component[:4], "found")
        excerpt = truncate(str(violation.value), 200)  # a text may be a whole page
        message = f"{message} ({length}: {excerpt})"
    shape = violation.shape if ":" in violation.shape else "a shape without a name"
    rule, focus = shape.removeprefix(BASE + "shapes/"), str(violation.focus)
    finding = Finding("", None, focus, message, remedy, rule, violation.level, violation)
    return finding, violation.focus, violation.value


def _default_message(violation: Violation) -> str:
    """The message for a violation whose shape has none."""
    kind = violation.component.removesuffix("ConstraintComponent")
    name = kind if ":" in kind else f"sh:{kind[:1].lower()}{kind[1:]}"
    at = f" at {violation.path}" if violation.path and violation.path.kind == "uri" else ""
    return f"This does not meet {name}{at}; change it, or correct the shape"


def _question_findings(question: Question, graph: Graph) -> Iterator[_Unplaced]:
    for row in graph.select(question.text):
        focus = next((term for term in row.values() if term.kind == "uri"), None)
        others = (name for name, term in row.items() if term != focus)
        cells = ", ".join(f"{question.columns[name]}: {row[name]}" for name in others)
        message, rule = question.title + f" ({cells})" * bool(cells), f"quality/{question.name}"
        finding = _finding(message, question.remedy, rule, question.severity, str(focus or ""))
        yield finding, focus, None


def _without_recorded(rows: list[_Unplaced], layouts: _Layouts, graph: Graph) -> list[_Unplaced]:
    """The findings without those that a record of `verify --write` resolves by naming the text."""
    rules = ("passage#DigestGiven", "passage#SectionGiven")
    if not any(finding.rule in rules for finding, *_ in rows):
        return rows
    from sq_graph.evidence.records import found_passages

    recorded = found_passages(graph, layouts)
    return [row for row in rows if row[0].rule not in rules or row[0].focus not in recorded]


def _doubts(layouts: _Layouts, graph: Graph, things: Collection[str]) -> Iterator[_Unplaced]:
    """The findings of the guards about some things, and codings that differ from the settled ones,
    judged by the texts that the workspaces name.
    """
    from sq_graph.evidence import coding_conflicts, doubts, read_source
    from sq_graph.evidence.verify import assign_works
    from sq_graph.model.aspects import read_aspects

    texts = [read_source(path) for layout in layouts for path in layout.texts if path.is_file()]
    bases = [layout.base for layout in reversed(layouts)]
    for doubt in doubts(graph, assign_works(graph, texts, bases), among=things):
        rule = f"guard/{doubt.guard}"
        finding = _finding(doubt.message, doubt.remedy, rule, "Warning", doubt.thing)
        yield finding, Term("uri", doubt.thing), None
    for layout in layouts:
        for path in layout.ontology.glob("data/works/*/codings/settled.*"):
            for thing, message in coding_conflicts(graph, path, read_aspects(graph)):
                remedy = "Correct the coding, or settle it again"
                yield _finding(message, remedy, "codings", focus=thing), Term("uri", thing), None


def _summarise(question: Question, things: Sequence[str]) -> Iterator[Finding]:
    """The rows of a question as one note: how many things there are, and the first of them."""
    if not things:
        return
    more = f" and {len(things) - 3} more" if len(things) > 3 else ""
    text = f"{question.together} ({len(things)}): {', '.join(things[:3])}{more}"
    yield _finding(text, question.remedy, f"quality/{question.name}", "Info")


def _outdated_readings(things: Sequence[str]) -> Iterator[Finding]:
    """The statements that changed since a second reader checked them, as one warning."""
    if not things:
        return
    statements = "statement" if len(things) == 1 else "statements"
    more = f" and {len(things) - 100:,} more" if len(things) > 100 else ""
    names = ", ".join(map(shorten, things[:100]))
    text = f"{len(things)} {statements} changed since a second reading: {names}{more}"
    remedy = "check them against their passages again with sq-graph review"
    yield _finding(text, remedy, "second-reading", "Warning")


def _readable_questions(paths: Iterable[Path]) -> Iterator[Question]:
    """The questions that can be read; `_question_faults` reports the others."""
    for path in paths:
        with suppress(BrokenFile):
            yield read_question(path)


def _question_faults(paths: Iterable[Path]) -> Iterator[Finding]:
    """Faults in question files: header, syntax, columns, and placeholders still to fill in, which
    may also be in files of shapes.
    """
    for path in paths:
        kind = "shape" if path.suffix == ".ttl" else "question"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        open_lines = [number for number, line in enumerate(lines, 1) if _PLACEHOLDER.search(line)]
        if open_lines:
            text = f"this {kind} still has placeholders ‹…› ({len(open_lines)} lines)"
            yield Finding(display_path(path), open_lines[0], "", text, "fill them in", kind)
        if open_lines or kind == "shape":
            continue
        try:
            read_question(path)
        except BrokenFile as error:
            yield Finding(display_path(path), error.line, "", error.what, error.remedy, "question")


def _reasoner_findings(layouts: _Layouts, graph: Graph, modules: set[Path]) -> Iterator[Finding]:
    """The findings of the reasoner in position modules, and in the whole map."""
    from sq_graph import reason

    for fault in reason.module_findings(layouts, graph, modules) if modules else ():
        file, severity = display_path(fault.path), fault.severity
        yield Finding(file, fault.line, "", fault.message, fault.remedy, "position", severity)
    try:
        if message := reason.contradiction(graph):
            yield _finding(message, "Withdraw one of these statements", "consistency")
    except MissingDependency as error:
        message = f"consistency was not checked: {error.what}"
        yield _finding(message, error.remedy, "consistency", "Info")
