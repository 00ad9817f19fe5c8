"""Is the map sound? Shapes, quality questions, positions and OWL consistency, each finding with
place and remedy."""

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
from sq_graph.model.facts import truncate, values
from sq_graph.model.second_readings import changed_since_reading
from sq_graph.queries import Question, read_question
from sq_graph.rdf_syntax import OTHER_ENDINGS
from sq_graph.resources import display_path
from sq_graph.shacl.pyshacl_engine import pyshacl_report
from sq_graph.shacl.shapes import Change, Notice, Shapes, new_violations
from sq_graph.shacl.violation import Violation
from sq_graph.table import Table
from sq_graph.vocab import BASE, shorten

__all__ = ["Change", "Finding", "Shapes", "check", "check_graph", "findings_sarif"]
__all__ += ["findings_table", "findings_text", "findings_turtle", "pyshacl_report", "shapes_of"]
__all__ += ["validate_change"]


def check(
    layouts: Sequence[Layout], files: Iterable[Path] = (), progress: Progress = lambda: None
) -> tuple[Finding, ...]:
    """What is wrong in some files, or without any in the last of the layouts: each one is read
    over those before it.

    If a file cannot be parsed, only such files are reported. `progress` is called after each file,
    shape and
    question. Where the reasoner is not installed, findings of severity Info say what is unchecked.

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
    for into, files_read in ((graph, sources.read), (shapes_graph, shapes_files)):
        for file in files_read:
            try:
                load_files(into, [file])
            except BrokenFile as error:
                faults.append(_of_file(error.where, error.line, error.what, error.remedy))
            progress()
    if faults:
        return tuple(faults)
    questions = list(_readable(sources.checks))
    shapes = Shapes.cached(shapes_graph, graph)
    others, failed = shapes.by_pyshacl(graph)
    violations = (*shapes.violations(graph, progress), *others)
    gone = {one.shape for one in failed}
    used = (one for one in shapes.notices() if one.kind != "slow" or one.shape not in gone)
    notices = [sources.notice(one) for one in (*used, *failed)]
    found = list(map(_from_violation, violations))
    together = list[Finding]()
    for question in questions:
        rows = list(_from_question(question, graph))
        progress()
        if question.together:
            things = {one.focus for row in rows for one in sources.place(graph, *row)}
            together += _together(question, sorted(things))
        else:
            found += rows
    judged = sources.things(graph)
    found = [*_unrecorded(found, layouts, graph), *_doubted(layouts, graph, judged)]
    together += _changed(changed_since_reading(graph, judged))
    placed = dict.fromkeys(finding for one in found for finding in sources.place(graph, *one))
    placed.update(dict.fromkeys([*together, *_of_questions(sources.questions)]))
    misplaced = _misplaced(layouts[-1])
    return (*misplaced, *notices, *placed, *_reasoned(layouts, graph, sources.modules))


def _misplaced(layout: Layout) -> Iterator[Finding]:
    """The files that nothing reads: those in the wrong place, and those in a syntax other than
    Turtle.
    """
    for path in sorted(layout.ontology.rglob("*.*")):
        if path.suffix.lower() in OTHER_ENDINGS and path.name != CATALOG:
            what = "this file is not read, because the files of a map are Turtle"
            remedy = "Save it as Turtle under the ending .ttl"
            yield _of_file(path, None, what, f"{remedy}, or move it out of the ontology folder")
    for path, target in layout.misplaced():
        what = "release 0.1 wrote this file into the wrong folder, where nothing reads it"
        merge = ", adding its statements to the file that is there" if target.exists() else ""
        yield _of_file(path, None, what, f"Move it to {display_path(target)}{merge}")


def _of_file(path: str | Path, line: int | None, what: str, remedy: str) -> Finding:
    return Finding(display_path(path), line, "", what, remedy, "file")


def _of_map(
    message: str, remedy: str, rule: str, severity: str = "Violation", focus: str = ""
) -> Finding:
    """A finding without a place."""
    return Finding("", None, focus, message, remedy, rule, severity)


def check_graph(
    layouts: Sequence[Layout], graph: Graph, progress: Progress = lambda: None
) -> tuple[Finding, ...]:
    """What the shapes and quality questions of some layouts find in a graph of any size, where it
    is.

    A shape that is not compiled needs the data in memory: over a remote engine it is named as not
    checked. Findings have no file. `progress` is called after each rule and question.

    >>> from sq_graph.graph.layout import packaged
    >>> check_graph([packaged()], EmbeddedGraph())
    ()
    """
    shapes = shapes_of(layouts, graph)
    violations, every = list(shapes.violations(graph, progress)), shapes.notices()
    notices = [one for one in every if one.kind != "slow"]
    if isinstance(graph, EmbeddedGraph):
        others, failed = shapes.by_pyshacl(graph)
        violations += others
        notices += failed
    else:
        notices += (replace(one, kind="fault") for one in every if one.kind == "slow")
    found = [_from_violation(one)[0] for one in violations]
    for question in _readable(_checks(layouts)):
        rows = [row[0] for row in _from_question(question, graph)]
        progress()
        if question.together:
            rows = list(_together(question, sorted({one.focus for one in rows})))
        found += rows
    found += _changed(changed_since_reading(graph))
    return (*map(_of_shape, notices), *dict.fromkeys(found))


def _checks(layouts: Iterable[Layout]) -> list[Path]:
    paths = (path for layout in layouts for path in layout.queries())
    return [path for path in paths if path.parent.name == "quality"]


def _of_shape(notice: Notice, file: str = "", line: int | None = None) -> Finding:
    """What is to be known of a shape itself."""
    what, remedy, severity = _OF_SHAPES[notice.kind]
    is_named = notice.shape.kind != "bnode"
    shape = f"the shape {notice.shape}" if is_named else "a shape without a name"
    return Finding(file, line, "", f"{shape} {what}: {notice.text}", remedy, "shape", severity)


def validate_change(graph: EmbeddedGraph, change: Change, shapes: Shapes) -> tuple[Finding, ...]:
    """The findings that a change would bring, looked for only where the change can reach.

    The change stays applied unless one of them is a violation; then the graph is as it was before.
    """
    found = new_violations(graph, change, shapes)
    return tuple(_from_violation(violation)[0] for violation in found)


def shapes_of(layouts: Sequence[Layout], graph: Graph) -> Shapes:
    """The shapes of some layouts, ready to guard a graph; raises BrokenFile for one that cannot be
    read."""
    shapes, paths = EmbeddedGraph(), chain(*(layout.shapes() for layout in layouts))
    load_files(shapes, ((path, path.as_uri(), True) for path in paths))
    return Shapes.cached(shapes, graph)


def findings_table(findings: Iterable[Finding]) -> Table:
    """Findings as a table, one a row; what is only to be known stands in the notes.

    >>> found = Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")
    >>> findings_table([found]).rows[0][:3]
    ('a.ttl:3', 'work:x', 'it has no year')
    """
    columns = ("place", "thing", "finding", "remedy", "rule", "severity")
    rows, notes = [], []
    for one in findings:
        if one.severity == "Info":
            notes.append(f"{one.message}. {one.remedy}.")
        else:
            about = one.place, one.focus, one.message, one.remedy, one.rule, one.severity
            rows.append(about)
    return Table(columns, tuple(rows), caption="Findings", notes=tuple(notes))


_OF_SHAPES = {
    "fault": ("was not checked in full", "correct the shape", "Violation"),
    "slow": ("is checked by pySHACL, which takes longer", "", "Info"),
    "unread": ("has a part that is not checked", "correct the shape", "Warning"),
    "idle": ("checks nothing", "give it a target", "Warning"),
}
_PLACEHOLDER = re.compile(r"‹\w[^›]*›")
_Found = tuple[Finding, Term | None, Term | None]
"""A finding without its place, the thing that it is about, and the value at fault."""


class _Sources:
    """The files that are read, those of them that are judged, and where in them things stand."""

    def __init__(self, layouts: Sequence[Layout], files: Sequence[Path]) -> None:
        asked = [path for path in files if path.suffix == ".rq"]
        files = [path for path in files if path.suffix != ".rq"]
        self.read, own, modules = list[MapFile](), set[Path](), set[Path]()
        for layout in layouts:
            known = [file._replace(path=file.path.resolve()) for file in layout.files()]
            own = {file.path for file in known}
            self.read += known
            modules.update((layout.ontology / "positions").resolve().glob("*.ttl"))
        paths = {file.path for file in self.read}
        self.read += [MapFile(path, path.as_uri(), True) for path in files if path not in paths]
        judged = set(files) if files or asked else own
        listed = (file for file in self.read if file.listed)
        self.judged = {file.iri: file.path for file in listed if file.path in judged}
        self.modules = modules & judged
        self.shapes = [path for layout in layouts for path in layout.shapes()]
        self.checks = _checks(layouts)
        own_questions = [*layouts[-1].queries(), *layouts[-1].shapes()]
        self.questions = asked or ([] if files else own_questions)
        self._lines: dict[Path, Mapping[tuple[str, str, str], int]] = {}

    def things(self, graph: Graph) -> frozenset[str]:
        """The things that some judged file says anything of."""
        files = values(self.judged)
        query = f"SELECT DISTINCT ?s {{ VALUES ?g {{ {files} }} GRAPH ?g {{ ?s ?p ?o }} }}"
        return frozenset(row["s"].value for row in graph.select(query))

    def place(
        self, graph: Graph, finding: Finding, focus: Term | None, value: Term | None
    ) -> Iterator[Finding]:
        """A finding with file and line, once for the best place; nothing if its thing stands in no
        judged file."""
        if focus is None or focus.kind != "uri":
            yield finding
            return
        query = f"SELECT DISTINCT ?g {{ GRAPH ?g {{ {focus.n3()} ?p ?o }} }}"
        graphs = (row["g"].value for row in graph.select(query))
        paths = sorted(self.judged[one] for one in graphs if one in self.judged)
        places = [(*self._line(path, focus, value), path) for path in paths]
        for _, line, path in sorted(places, key=lambda place: not place[0])[:1]:
            yield replace(finding, file=display_path(path), line=line)

    def notice(self, notice: Notice) -> Finding:
        """What a shape itself is at fault in, or is slow for, with its file and line."""
        path = next((one for one in self.shapes if one.as_uri() == notice.file), None)
        line = self._line(path, notice.shape, None)[1] if path else None
        return _of_shape(notice, display_path(path) if path else "", line)

    def _line(self, path: Path, focus: Term, value: Term | None) -> tuple[bool, int | None]:
        """Whether a thing has a value in a file; the line on which that stands, or on which the
        thing begins."""
        from sq_graph.turtle import parse

        if path not in self._lines:
            self._lines[path] = parse(path.read_bytes(), str(path)).triples
        own = [(line, o) for (s, _, o), line in self._lines[path].items() if s == focus.n3()]
        exact = [line for line, o in own if value and o == value.n3()]
        return bool(exact), min(exact or [line for line, _ in own], default=None)


def _from_violation(violation: Violation) -> _Found:
    said = violation.message or _without_message(violation)
    what, _, remedy = said.rstrip(".").partition("; ")
    if violation.value not in (None, violation.focus):
        length = {"MinL": "too short", "MaxL": "too long"}.get(violation.component[:4], "found")
        excerpt = truncate(str(violation.value), 200)  # a text may be a whole page
        what = f"{what} ({length}: {excerpt})"
    named = violation.shape if ":" in violation.shape else "a shape without a name"
    rule, focus = named.removeprefix(BASE + "shapes/"), str(violation.focus)
    found = Finding("", None, focus, what, remedy, rule, violation.severity, violation)
    return found, violation.focus, violation.value


def _without_message(violation: Violation) -> str:
    """What to say of a violation whose shape has no message."""
    kind = violation.component.removesuffix("ConstraintComponent")
    name = kind if ":" in kind else f"sh:{kind[:1].lower()}{kind[1:]}"
    at = f" at {violation.path}" if violation.path and violation.path.kind == "uri" else ""
    return f"This does not meet {name}{at}; change it, or correct the shape"


def _from_question(question: Question, graph: Graph) -> Iterator[_Found]:
    for row in graph.select(question.text):
        focus = next((term for term in row.values() if term.kind == "uri"), None)
        said = ", ".join(f"{question.columns[name]}: {term}" for name, term in row.items())
        message, rule = f"{question.title} ({said})", f"quality/{question.name}"
        found = _of_map(message, question.remedy, rule, question.severity, str(focus or ""))
        yield found, focus, None


def _unrecorded(found: Sequence[_Found], layouts: Sequence[Layout], graph: Graph) -> list[_Found]:
    """The findings without those that a record of `verify --write` answers: it names the text."""
    answered = ("passage#DigestGiven", "passage#SectionGiven")
    if not any(one.rule in answered for one, *_ in found):
        return list(found)
    from sq_graph.evidence.records import found_passages

    recorded = found_passages(graph, layouts)
    return [row for row in found if row[0].rule not in answered or row[0].focus not in recorded]


def _doubted(layouts: Sequence[Layout], graph: Graph, things: Collection[str]) -> Iterator[_Found]:
    """What the guards notice in statements of some things, beside the texts that the workspaces
    name.
    """
    from sq_graph.evidence import coding_conflicts, doubts, read_source
    from sq_graph.evidence.verify import assign_works
    from sq_graph.model.aspects import read_aspects

    texts = [read_source(path) for layout in layouts for path in layout.texts if path.is_file()]
    for one in doubts(graph, assign_works(graph, texts), among=things):
        found = _of_map(one.message, one.remedy, f"guard/{one.guard}", "Warning", one.thing)
        yield found, Term("uri", one.thing), None
    for layout in layouts:
        for path in layout.ontology.glob("data/works/*/codings/settled.*"):
            for thing, message in coding_conflicts(graph, path, read_aspects(graph)):
                remedy = "Correct the coding, or settle it again"
                yield _of_map(message, remedy, "codings", focus=thing), Term("uri", thing), None


def _together(question: Question, things: Sequence[str]) -> Iterator[Finding]:
    """The rows of a question as one note: how many things there are, and the first of them."""
    if not things:
        return
    more = f" and {len(things) - 3} more" if len(things) > 3 else ""
    text = f"{question.together} ({len(things)}): {', '.join(things[:3])}{more}"
    yield _of_map(text, question.remedy, f"quality/{question.name}", "Info")


def _changed(things: Sequence[str]) -> Iterator[Finding]:
    """The statements that changed since a second reader checked them, as one warning."""
    if not things:
        return
    statements = "statement" if len(things) == 1 else "statements"
    more = f" and {len(things) - 100:,} more" if len(things) > 100 else ""
    names = ", ".join(map(shorten, things[:100]))
    text = f"{len(things)} {statements} changed since a second reading: {names}{more}"
    remedy = "read what changed against its passage again, with sq-graph review"
    yield _of_map(text, remedy, "second-reading", "Warning")


def _readable(paths: Iterable[Path]) -> Iterator[Question]:
    """The questions that can be read; `_of_questions` names the others."""
    for path in paths:
        with suppress(BrokenFile):
            yield read_question(path)


def _of_questions(paths: Iterable[Path]) -> Iterator[Finding]:
    """What is wrong in question files: header, syntax, columns, and placeholders still to fill in,
    which files of shapes may have too.
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


def _reasoned(layouts: Sequence[Layout], graph: Graph, modules: set[Path]) -> Iterator[Finding]:
    """What reasoning finds in position modules, and in the whole map."""
    from sq_graph import reason

    for one in reason.module_findings(layouts, graph, modules) if modules else ():
        place, about = display_path(one.path), (one.message, one.remedy, "position", one.severity)
        yield Finding(place, one.line, "", *about)
    try:
        if found := reason.contradiction(graph):
            yield _of_map(found, "Withdraw one of these statements", "consistency")
    except MissingDependency as error:
        what = f"consistency was not checked: {error.what}"
        yield _of_map(what, error.remedy, "consistency", "Info")
