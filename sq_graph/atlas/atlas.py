"""The Python API: open a map, ask questions of it, compare its contents.

>>> atlas = open()
>>> atlas.typology("steinert-exclusion").ordered
False
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sq_graph.atlas.files import layouts_of
from sq_graph.atlas.reading import Reading
from sq_graph.errors import BrokenFile, InputError
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout, packaged
from sq_graph.graph.transaction import recover
from sq_graph.model.codes import Senses
from sq_graph.model.drafts import Draft, Drafts, read_drafts
from sq_graph.model.ref import Nameable
from sq_graph.table import Table
from sq_graph.vocab import slug_of

if TYPE_CHECKING:
    import rdflib

    from sq_graph.check import Finding
    from sq_graph.evidence import Agreement, VerifyReport
    from sq_graph.importers.editing import Edit
    from sq_graph.reason import Matrix


def open(
    *folders: str | Path,
    workspace: str | Path | None = None,
    store: str | Path | None = None,
    endpoint: str | None = None,
    packaged_only: bool = False,
    progress: Callable[[], None] | None = None,
) -> Atlas:
    """Opens the packaged map, with workspaces over it, or a store on disk, or a remote SPARQL
    engine.

    Parameters:
        folders, workspace: folders of your own, read over the packaged map; by default the current
            folder, if it has a `workspace.toml`.
        store: a store on disk, instead of the files.
        endpoint: the address of a SPARQL engine, instead of the files.
        packaged_only: read only the packaged map, whatever the current folder.
        progress: called after each file.

    Raises BrokenFile, with the line, for a folder or file that cannot be read, and InputError for a
    missing store, for a store with an endpoint, or for a workspace with `packaged_only`.

    >>> with open(packaged_only=True) as atlas:
    ...     print(atlas)
    the packaged map
    """
    workspaces = [*map(Path, folders), *([Path(workspace)] if workspace else [])]
    if packaged_only and workspaces:
        problem = "a workspace is named, but packaged_only=True excludes it"
        raise InputError(problem, remedy="Give only one of the two")
    if store is not None and endpoint is not None:
        problem = "both a store and an endpoint are named"
        raise InputError(problem, remedy="Give only one of the two")
    layouts = [packaged()] if packaged_only else layouts_of(*workspaces)
    if endpoint is not None:
        from sq_graph.graph.remote import RemoteGraph

        return Atlas(RemoteGraph(endpoint), layouts)
    if store is not None:
        if not Path(store).is_dir():
            remedy = "Load one with sq-graph load --store DIR FILE…"
            raise InputError(f"there is no store at {store}", remedy=remedy)
        return Atlas(EmbeddedGraph(Path(store), read_only=True), layouts)
    return Atlas(load_map(layouts, progress), layouts)


def load_map(
    layouts: Sequence[Layout], progress: Callable[[], None] | None = None
) -> EmbeddedGraph:
    """Loads the files of a map, after completing or undoing interrupted edits."""
    graph = EmbeddedGraph()
    for layout in layouts:
        recover(layout.root)
        load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()), progress)
    return graph


class Atlas(Reading):
    """A map, and everything that can be asked of it.

    >>> open().ask("rival-definitions", concept="social-exclusion").columns[0]
    'definition'
    """

    @property
    def notices(self) -> tuple[str, ...]:
        """Notices about the open workspaces, such as changes since they were created."""
        if len(self.layouts) < 2:
            return ()
        from sq_graph.importers.workspace import notice

        return tuple(message for layout in self.layouts if (message := notice(layout)))

    def check(
        self, files: Iterable[str | Path] = (), progress: Callable[[], None] = lambda: None
    ) -> tuple[Finding, ...]:
        """The findings of shapes, quality questions and consistency checks: for some files, or for
        the workspace or map.

        Raises BrokenFile for a file that cannot be read or parsed.
        """
        from sq_graph.check import check, check_graph

        if not (isinstance(self.graph, EmbeddedGraph) and self.graph.texts()):
            return check_graph(self.layouts, self.graph, progress)
        findings = check(self.layouts, [Path(file) for file in files], progress)
        if broken := next((finding for finding in findings if finding.rule == "file"), None):
            raise BrokenFile(broken.message, broken.file, broken.line, broken.remedy)
        return findings

    def verify(
        self,
        *sources: str | Path,
        work: str = "",
        pages: str | Path | None = None,
        first_page: int | None = None,
        write: bool = False,
    ) -> VerifyReport:
        """Looks up every passage and hedge marker of a work in its text, with one of five outcomes.

        Parameters:
            sources: texts (.txt, .md, .pdf) of works that were read.
            work: the work that a text belongs to, if no passage has its digest; by default the
                work that the file is named after, else the only one that this workspace has read.
            pages: a table of the text's pages.
            first_page: the printed number of the first page of a PDF.
            write: save the results beside the statements of this map or workspace.

        Raises:
            BrokenFile: a text or table cannot be read.
            InputError: no source is known to be any of the works.
        """
        from sq_graph.evidence import doubts, read_anchors, read_source, verify, write_records

        work_iri = self.find(work, "work") if work else ""
        page_table = Path(pages) if pages else None
        texts = [
            read_source(path, work_iri or self._work_of_text(path), page_table, first_page)
            for path in map(Path, sources)
        ]
        report = verify(read_anchors(self.graph), texts)
        report = replace(report, doubts=doubts(self.graph, report.sources, only_read=True))
        if write:
            write_records(report, self.layouts[-1])
        return report

    def _work_of_text(self, path: Path) -> str:
        """The work that a text's file is named after, else the only work read in this workspace."""
        with suppress(InputError):
            return self.find(path.stem, "work")
        base = self.layouts[-1].base if len(self.layouts) > 1 else ""
        query = f"""SELECT DISTINCT ?work {{ ?passage a sq:Passage ; sq:inWork ?work
          FILTER(STRSTARTS(STR(?passage), '{base}')) }} LIMIT 2"""
        works = [row["work"].value for row in self.graph.select(query)] if base else []
        return works[0] if len(works) == 1 else ""

    def drafts(self, work: Nameable = "") -> Drafts:
        """The statements of this map or workspace that no second reader has checked in their
        present form.

        Parameters:
            work: only statements read in this work; '' for all.

        >>> len(open(packaged_only=True).drafts("room-1999"))
        0
        """
        work_iri = self.find(work, "work") if work else ""
        return read_drafts(self.graph, self.layouts[-1].base, work_iri)

    def review(
        self, *sources: str | Path, work: Nameable = ""
    ) -> Iterator[tuple[Draft, tuple[str, ...]]]:
        """Each draft with the lines of the text in which it was read, if a text is given.

        Accept one by `with atlas.edit() as edit: edit.second_reading(draft.iri, by=…)`.

        Parameters:
            sources: texts (.txt, .md, .pdf), in addition to those named in `workspace.toml`.
            work: only drafts read in this work; also the work of a text without known passages.
        """
        from sq_graph.evidence import excerpt, read_source
        from sq_graph.evidence.verify import assign_works

        work_iri = self.find(work, "work") if work else ""
        text_paths = (path for layout in self.layouts for path in layout.texts if path.is_file())
        texts = [read_source(path) for path in text_paths]
        texts += [read_source(Path(path), work_iri) for path in sources]
        matched_texts = assign_works(self.graph, texts, self.names.bases)
        for draft in self.drafts(work):
            lines = (line for passage in draft.passages for line in excerpt(passage, matched_texts))
            yield draft, tuple(lines)

    def agreement(self, first: str | Path, second: str | Path) -> Agreement:
        """How far two codings of the same definitions agree, aspect by aspect."""
        from sq_graph.evidence import agreement
        from sq_graph.model.aspects import read_aspects

        return agreement(Path(first), Path(second), read_aspects(self.graph))

    def edit(self) -> Edit:
        """Changes the workspace opened last, validated and all or nothing: `with atlas.edit() as
        edit:`.

        >>> from tempfile import TemporaryDirectory
        >>> import sq_graph
        >>> with TemporaryDirectory() as folder:
        ...     atlas = open(sq_graph.init(folder, "https://example.org/review/"))
        ...     with atlas.edit() as edit:
        ...         work = edit.work("chan-2006", title="Reconsidering", year=2006)
        ...     atlas.work("chan-2006").title
        'Reconsidering'
        """
        from sq_graph.importers.editing import Edit

        return Edit(self.layouts, self.graph, lambda: self._shapes, self._changed)

    def import_(
        self,
        *files: str | Path,
        mapping: str | Path | None = None,
        progress: Callable[..., None] = lambda *_: None,
    ) -> Table:
        """Imports literature into the workspace; the table reports the outcome of each entry or row
        (see `importers`).

        >>> from tempfile import TemporaryDirectory
        >>> import sq_graph
        >>> with TemporaryDirectory() as folder:
        ...     atlas = open(sq_graph.init(folder, "https://example.org/review/"))
        ...     file = Path(folder, "library.bib")
        ...     _ = file.write_text("@book{lund2004, author={Lund, Mara}, title={Bonds}}")
        ...     atlas.import_(file).notes
        ('1 work new.',)
        """
        from sq_graph.importers import import_files

        paths, query = [Path(file) for file in files], Path(mapping) if mapping else None
        return import_files(self.edit(), paths, query, progress)

    def add(self, kind: str, /, *, replace: bool = False, **fields: str | Sequence[str]) -> str:
        """Adds one thing to the workspace, with its fields as text, as on the command line and in
        the forms; returns its IRI. Programs should use `edit()` instead.

        Parameters:
            kind: the kind of thing, such as `definition`, `claim` or `second-reading`.
            replace: replace the thing that has the same name.
            fields: the fields of the method of that name in `Edit`, repeated for several values;
                `in` for `in_`; `aspect.NAME` for the coding of a definition.

        Raises UnknownName, naming the known ones, for an unknown kind or field, and InputError for
        an invalid value.

        >>> from tempfile import TemporaryDirectory
        >>> import sq_graph
        >>> with TemporaryDirectory() as folder:
        ...     atlas = open(sq_graph.init(folder, "https://example.org/review/"))
        ...     atlas.add("concept", label="civic trust", broader="trust")
        'https://example.org/review/id/concept/civic-trust'
        """
        from sq_graph.importers.form_input import add

        with self.edit() as edit:
            return add(edit, kind, fields, replace)

    def merge(self, kept: str, merged: str) -> Table:
        """Merges two works or agents of the workspace; the first is kept.

        Values that only the second has are added to the first, and references to the second become
        references to the first; the table lists the values of the second that were not kept. Raises
        InputError if the two are of different kinds or identical, or if the second is not in the
        workspace.
        """
        with self.edit() as edit:
            source, target = edit.find(merged, "work", "agent"), edit.find(kept, "work", "agent")
            if source != target and not source.startswith(edit.layout.base):
                remedy = f"Try sq-graph merge {merged} {kept}"
                raise InputError(f"{slug_of(source)} is not in this workspace", remedy=remedy)
            rows = edit.merge(source, into=target)
        note = f"{slug_of(source)} is merged into {slug_of(target)}. To undo it: git restore ."
        return Table(("property", "not kept"), rows, "Merged", (note,))

    def template(self, file: str | Path, notes: str | Path | None = None) -> Table:
        """Writes a workbook or CSV file to fill in, with the aspects of this map; reading notes
        become its first rows.
        """
        from sq_graph.importers.template import write_template

        return write_template(self.names, Path(file), Path(notes) if notes else None)

    def export(
        self,
        form: str,
        *names: str,
        aspects: Sequence[str] = (),
        paper: str = "a4",
        excel: bool = False,
    ) -> str | bytes:
        """The map, or the comparison or the works named, in a form of `export.FORMS` (see
        `export.export`).

        The form `review` takes a folder and the concepts whose definitions to include; it returns
        the paths written.

        >>> print(open().export("bib", "room-1999").splitlines()[0])
        @article{room-1999,
        """
        if form == "review":
            from sq_graph.export.review import write_review

            if not names:
                remedy = "Name a folder, and concepts: review DIR [CONCEPT…]"
                raise InputError("the folder for the review is missing", remedy=remedy)
            return "\n".join(map(str, write_review(self, Path(names[0]), names[1:])))
        from sq_graph.export import export

        return export(self, form, names, aspects, paper, excel)

    def positions(self, senses: Senses = "source", asserted_only: bool = False) -> Matrix:
        """Which positions can be held together (see `reason.positions`).

        >>> matrix = open().positions()
        >>> matrix.verdict("bernard-1999", "social-quality-2001")
        'contradict'
        """
        from sq_graph.reason import positions

        return positions(self.layouts, self.graph, senses, asserted_only)

    def clash(self, *names: str, senses: Senses = "source", asserted_only: bool = False) -> Table:
        """The claims by which two or more positions contradict each other.

        >>> for position, says, *_ in open().clash("bernard-1999", "social-quality-2001").rows[:1]:
        ...     print(position, says.splitlines()[0], sep=": ")
        Bernard 1999: For Bernard, the meaning of cohesion wholly contains exclusion.
        """
        return self.positions(senses, asserted_only).clash(*names)

    def to_rdflib(self) -> rdflib.Graph:
        """The default view as an rdflib graph.

        >>> len(open().to_rdflib()) > 10_000
        True
        """
        from sq_graph.export.rdf import to_rdflib

        return to_rdflib(self.graph)

    def _changed(self) -> None:
        self._forget("digest", "words")
