"""The API: open a map, ask it, compare what it holds.

>>> atlas = open()
>>> atlas.typology("steinert-exclusion").ordered
False
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sq_graph.errors import BrokenFile, InputError, UnknownName
from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.files import recover
from sq_graph.graph.layout import Layout, found_workspace, packaged, workspace
from sq_graph.model import things
from sq_graph.model.about import About, about, shared
from sq_graph.model.answer import Answer, Recheck, passages_of, read_answer, recheck, row_values
from sq_graph.model.aspects import compare_definitions
from sq_graph.model.attribution import attributions
from sq_graph.model.claims import SILENT, compare_positions
from sq_graph.model.comparison import compare_typologies
from sq_graph.model.definition_rows import definition_rows
from sq_graph.model.facts import iris, labels
from sq_graph.model.names import Names
from sq_graph.model.profile import profile
from sq_graph.model.search import Found, Index
from sq_graph.queries import Catalogue, Parameter, Question, as_term
from sq_graph.resources import VERSION, file_text
from sq_graph.table import Table
from sq_graph.vocab import BASE, kind_of, shorten

if TYPE_CHECKING:
    import rdflib

    from sq_graph.check import Finding
    from sq_graph.evidence import Agreement, Report
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
    """Opens the packaged map, with workspaces over it, or a store on disk, or a remote SPARQL engine.

    Parameters:
        folders, workspace: folders of your own, read over the packaged map; where none is named, a current
            folder that holds `workspace.toml` counts as one.
        store: a store on disk, in place of the files.
        endpoint: the address of a SPARQL engine, in place of the files.
        packaged_only: reads the packaged map alone, wherever the program runs.
        progress: is called after each file.

    Raises BrokenFile for a folder or file that cannot be read, with its line, and InputError for a store that is
    not there, or a workspace beside `packaged_only`.

    >>> with open(packaged_only=True) as atlas:
    ...     print(atlas)
    the packaged map
    """
    named = [*map(Path, folders), *([Path(workspace)] if workspace else [])]
    if packaged_only and named:
        raise InputError(
            "a workspace is named, and packaged_only=True leaves it out",
            remedy="Give one of the two",
        )
    layouts = [packaged()] if packaged_only else _layouts(*named)
    if endpoint is not None:
        from sq_graph.graph.remote import RemoteGraph

        return Atlas(RemoteGraph(endpoint), layouts)
    if store is not None:
        if not Path(store).is_dir():
            raise InputError(
                f"there is no store at {store}",
                remedy="Load one with sq-graph load --store DIR FILE…",
            )
        return Atlas(EmbeddedGraph(Path(store), read_only=True), layouts)
    graph = EmbeddedGraph()
    for layout in layouts:
        recover(layout.root)
        load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()), progress)
    return Atlas(graph, layouts)


class Atlas:
    """A map with everything that can be asked of it.

    >>> open().ask("rival-definitions", concept="social-exclusion").columns[0]
    'definition'
    """

    def __init__(self, graph: Graph, layouts: Sequence[Layout] = ()) -> None:
        self._graph: Graph | None = graph
        self.layouts = tuple(layouts)
        self.names = Names(graph, tuple(layout.base for layout in reversed(self.layouts)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __str__(self) -> str:
        own = [str(layout.root) for layout in self.layouts if layout.base != BASE]
        return " with ".join(["the packaged map", *own])

    def __repr__(self) -> str:
        return f"<Atlas: {self}>"

    @property
    def graph(self) -> Graph:
        """The graph that answers; raises InputError after `close`."""
        if self._graph is None:
            raise InputError("this map is closed", remedy="Open it again with sq_graph.open()")
        return self._graph

    def close(self) -> None:
        """Lets go of the graph and its memory; whatever is asked afterwards raises InputError."""
        self._graph = None
        self._forget()

    def refresh(self) -> bool:
        """Reads what other programs wrote to the files since; returns whether the map changed.

        Questions and shapes are read again, too. A store on disk, or another engine, is always as it is now.
        """
        from sq_graph.importers.edit_session import read_changes

        graph, changed = self.graph, False
        if isinstance(graph, EmbeddedGraph) and graph.texts():
            changed = sum(read_changes(graph, layout) for layout in self.layouts) > 0
        self._forget()
        return changed

    @property
    def version(self) -> str:
        """The version of sq-graph that answers."""
        return VERSION

    @property
    def notices(self) -> tuple[str, ...]:
        """What is to be known of the workspaces that are open, such as what changed since they were made."""
        if len(self.layouts) < 2:
            return ()
        from sq_graph.importers.workspace import notice

        return tuple(said for layout in self.layouts if (said := notice(layout)))

    @cached_property
    def digest(self) -> str:
        """The digest of the map: of its files' triples, or as a remote engine tells it."""
        return self.graph.digest()

    @cached_property
    def catalogue(self) -> Catalogue:
        """The questions of the packaged map and of the workspaces."""
        return Catalogue(path for layout in self.layouts for path in layout.queries())

    def find(self, name: str, *kinds: str) -> str:
        """The IRI of a thing by slug, short form, IRI or label, among some kinds if they are named.

        Raises UnknownName with the nearest, or InputError if several things have that name.

        >>> open().find("room-1999", "work")
        'https://w3id.org/sq-graph/id/work/room-1999'
        """
        return self.names.find(name, kinds)

    def label(self, iri: str) -> str:
        """The label of a thing."""
        return labels(self.graph, [iri])[iri]

    def concept(self, name: str) -> things.Concept:
        """A concept with all its definitions, those of its senses and narrower concepts among them."""
        return things.read_concept(self.graph, self.find(name, "concept", "category"))

    def definitions(self, concept: str = "") -> tuple[things.Definition, ...]:
        """The definitions of a concept with all beneath it, or of the whole map, in order of year."""
        if concept:
            return self.concept(concept).definitions
        return things.read_definitions(
            self.graph, iris(self.graph, "SELECT DISTINCT ?d { ?d a sq:Definition }")
        )

    def typology(self, name: str) -> things.Typology:
        """A typology with its categories in their order."""
        return things.read_typology(self.graph, self.find(name, "typology"))

    def typologies(self) -> tuple[things.Typology, ...]:
        """All typologies, by label."""
        found = [
            things.read_typology(self.graph, iri) for iri in self.names.of_class("sq:Typology")
        ]
        return tuple(sorted(found, key=lambda typology: typology.label))

    def works(self) -> tuple[things.Work, ...]:
        """All works, by year."""
        return things.read_works(self.graph, self.names.of_class("sq:Work"))

    def compare(
        self,
        *names: str,
        readings: bool = False,
        undrawn: bool = False,
        aspects: Sequence[str] = (),
        only_differing: bool = False,
        transposed: bool = False,
    ) -> Table:
        """Things side by side: typologies by category, definitions by aspect, positions by claim.

        Parameters:
            names: typologies, concepts, works, definitions or positions, all of one kind.
            readings: of typologies, add what only a curator draws.
            undrawn: of typologies, add the correspondences that nobody draws.
            aspects: of definitions, the aspects to compare by; all, if none is named.
            only_differing: leave out the rows in which the things do not differ.
            transposed: of definitions, one row per definition and one column per aspect.

        Raises:
            InputError: things of different kinds, a single typology, or nothing to compare.
            UnknownName: a thing or an aspect that the map does not hold.
        """
        chosen = self._alike(names)
        named = [self.label(iri) for iri in chosen]
        groups = {_group_of(kind_of(iri) or "concept") for iri in chosen}
        if len(groups) != 1 or not groups <= _COMPARED.keys():
            raise InputError(
                f"{', '.join(named)} are of different kinds ({', '.join(sorted(groups))})",
                remedy="Compare typologies with typologies, concepts, works or definitions with their like",
            )
        if groups == {"typologies"}:
            if len(chosen) < 2:
                raise InputError(f"only {named[0]} is named", remedy="Name at least two typologies")
            typologies = [things.read_typology(self.graph, iri) for iri in chosen]
            return compare_typologies(self.graph, typologies, undrawn, readings)
        if groups == {"positions"}:
            compared = compare_positions(self.graph, chosen)
            return compared.differing(SILENT) if only_differing else compared
        definitions = self._definitions_of(groups.pop(), chosen)
        if not definitions:
            raise InputError(f"the map holds no definition for {', '.join(named)}")
        compare = definition_rows if transposed else compare_definitions
        return compare(self.graph, definitions, " · ".join(named), aspects, only_differing)

    def ask(self, question: str, /, **values: str) -> Answer:
        """The answer to a catalogue question; each parameter takes a slug, short form, IRI or label.

        Raises UnknownName for a question, parameter or value that does not exist, with the nearest.
        """
        asked = self.catalogue[question]
        return self._answer(
            asked,
            {name: self.parameter_value(asked, name, value) for name, value in values.items()},
        )

    def parameter_value(self, question: Question, name: str, value: str) -> str:
        """The IRI (or, for a text, the text) that a value given for a parameter means."""
        asked = question.parameter(name)
        return (
            value
            if asked.kind == "text"
            else self.names.find_of_class(value, asked.kind, asked.label)
        )

    def choices(self, parameter: Parameter) -> dict[str, str]:
        """What may stand for a parameter: IRI → label, by label."""
        if parameter.kind == "text":
            return {}
        found = labels(self.graph, self.names.of_class(parameter.kind))
        return dict(sorted(found.items(), key=lambda pair: pair[1].lower()))

    def saved(self, path: str | Path) -> Answer:
        """The answer saved in a JSON file; raises BrokenFile if it cannot be read."""
        return read_answer(file_text(Path(path)), str(path))

    def recheck(self, saved: Answer) -> Recheck:
        """Whether a saved answer still holds: which rows are still true, changed, gone or new, and why."""
        asked = self.catalogue[saved.question]
        defaults = {parameter.name: _plain(parameter.default) for parameter in asked.parameters}
        today = self._answer(
            asked, {name: v for name, v in saved.parameters.items() if v != defaults.get(name)}
        )
        return recheck(
            saved,
            today,
            self.names.exist(_iris_in(value for row in saved.rows for value in row.values())),
        )

    def sparql(self, query: str) -> Table:
        """The answer of any SPARQL query, read only, as a table: rows, yes or no, or triples."""
        from sq_graph.graph.guard import guard

        guard(query)
        form = query_form(query)
        if form == "ASK":
            return Table(("answer",), ((self.graph.ask(query),),))
        if form in ("CONSTRUCT", "DESCRIBE"):
            triples = self.graph.construct(query)
            return Table(
                ("subject", "predicate", "object"),
                tuple(tuple(str(term) for term in t) for t in triples),
            )
        found = self.graph.select(query)
        rows = tuple(
            tuple(None if term is None else str(term) for term in row) for row in found.rows
        )
        return Table(found.columns, rows)

    def results(self, query: str, form: str) -> bytes:
        """The answer of any SPARQL query in one of the W3C's formats (`graph.embedded.FORMS`)."""
        from sq_graph.graph.guard import guard

        guard(query)
        return self.graph.results(query, form)

    def check(
        self, files: Iterable[str | Path] = (), progress: Callable[[], None] = lambda: None
    ) -> tuple[Finding, ...]:
        """The findings of shapes, quality questions and consistency: of some files, or of one's own map.

        Raises BrokenFile for a file that cannot be read or parsed.
        """
        from sq_graph.check import check, check_graph
        from sq_graph.graph import EmbeddedGraph

        if not (isinstance(self.graph, EmbeddedGraph) and self.graph.texts()):
            return check_graph(self.layouts, self.graph, progress)
        found = check(self.layouts, [Path(file) for file in files], progress)
        broken = next((finding for finding in found if finding.rule == "file"), None)
        if broken:
            raise BrokenFile(broken.message, broken.file, broken.line, broken.remedy)
        return found

    def verify(
        self,
        *sources: str | Path,
        work: str = "",
        pages: str | Path | None = None,
        first_page: int | None = None,
        write: bool = False,
    ) -> Report:
        """Look up every passage and hedge marker of a work in its text: five outcomes.

        Parameters:
            sources: texts (.txt, .md, .pdf) of works that were read.
            work: the work that a text is, where no passage names its digest.
            pages: a table of the text's pages.
            first_page: the printed number of the first page of a PDF.
            write: keep what was found beside the statements of this map or workspace.

        Raises:
            BrokenFile: a text or table cannot be read.
            InputError: no source is known to be any of the works.
        """
        from sq_graph.evidence import read_anchors, read_source, verify, write_records

        of_work = self.find(work, "work") if work else ""
        table = Path(pages) if pages else None
        read = [read_source(Path(path), of_work, table, first_page) for path in sources]
        report = verify(read_anchors(self.graph), read)
        if write:
            write_records(report, self.layouts[-1])
        return report

    def agreement(self, first: str | Path, second: str | Path) -> Agreement:
        """How far two codings of the same definitions agree, aspect by aspect."""
        from sq_graph.evidence import agreement
        from sq_graph.model.aspects import read_aspects

        return agreement(Path(first), Path(second), read_aspects(self.graph))

    def edit(self) -> Edit:
        """Adds to the workspace opened last, all or nothing, validated first: `with atlas.edit() as edit:`."""
        from sq_graph.importers.editing import Edit

        return Edit(self.layouts, self.graph, lambda: self._shapes, self._changed)

    def import_(
        self,
        *files: str | Path,
        mapping: str | Path | None = None,
        progress: Callable[..., None] = lambda *_: None,
    ) -> Table:
        """Brings literature into the workspace: what became of each entry or row, one a row (see `importers`)."""
        from sq_graph.importers import import_files

        return import_files(
            self.edit(),
            [Path(file) for file in files],
            Path(mapping) if mapping else None,
            progress,
        )

    def merge(self, kept: str, merged: str) -> Table:
        """Makes one of two works or agents of the workspace: the first keeps what it says."""
        from sq_graph.importers.merge import merge

        return merge(self.edit(), kept, merged)

    def template(self, path: str | Path, notes: str | Path | None = None) -> Table:
        """Writes a workbook or CSV to fill in, with the aspects of this map; reading notes become its first rows."""
        from sq_graph.importers.template import write_template

        return write_template(self.names, Path(path), Path(notes) if notes else None)

    def export(
        self,
        form: str,
        *names: str,
        aspects: Sequence[str] = (),
        paper: str = "a4",
        for_excel: bool = False,
    ) -> str | bytes:
        """The map, or the comparison or the works named, in a form of `export.FORMS` (see `export.export`)."""
        from sq_graph.export import export

        return export(self, form, names, aspects, paper, for_excel)

    def positions(
        self,
        senses: str = "source",
        asserted_only: bool = False,
    ) -> Matrix:
        """Which positions can be held together (see `reason.positions`)."""
        from sq_graph.reason import positions

        return positions(self.layouts, self.graph, senses, asserted_only)

    def clash(self, *names: str, senses: str = "source", asserted_only: bool = False) -> Table:
        """By which claims two or more positions contradict each other."""
        return self.positions(senses, asserted_only).clash(*names)

    def about(self, *names: str) -> About:
        """Everything about a thing from all sides; of several things, what concerns them all.

        >>> open().about("usa").counts["cases and stereotypes"]
        3
        """
        if not names:
            raise InputError("nothing is named", remedy="Name a thing, such as social-cohesion")
        first, *others = [about(self.graph, self.find(name)) for name in names]
        return shared(first, *others) if others else first

    def search(self, words: str, kind: str = "", work: str = "", most: int = 50) -> Found:
        """Find things by words: whole words first, then beginnings of words, accents and capitals aside.

        Parameters:
            words: what to look for; words in quotation marks stand together.
            kind: one kind of thing, such as `claim`; '' for all.
            work: a work in which the statement was read or is stated; '' for all.
            most: how many hits are returned.

        >>> open().search("tonnies").hits[0].label
        'Tönnies'
        """
        return self.words.search(words, kind, self.find(work, "work") if work else "", most)

    @cached_property
    def words(self) -> Index:
        """The words of the map, by which it is searched."""
        return Index(self.graph)

    def show(self, name: str) -> Table:
        """One thing: its own statements, where they come from, and what directly concerns it."""
        return profile(self.graph, self.find(name))

    def to_rdflib(self) -> rdflib.Graph:
        """The default view as an rdflib graph."""
        from sq_graph.export.rdf import to_rdflib

        return to_rdflib(self.graph)

    @cached_property
    def _shapes(self) -> Any:
        from sq_graph.check import shapes_of

        return shapes_of(self.layouts, self.graph)

    def _answer(self, question: Question, given: Mapping[str, str]) -> Answer:
        """The rows of a question with the passages they rest on; what is given are IRIs, several with spaces."""
        is_text = {parameter.name: parameter.kind == "text" for parameter in question.parameters}
        terms = {
            name: [value] if is_text.get(name) else value.split(" ")
            for name, value in given.items()
        }
        found = self.graph.select(
            question.bind({name: map(as_term, each) for name, each in terms.items()})
        )
        rows, evidence = row_values(found), question.evidence or found.columns
        known = attributions(self.graph, _iris_in(row[name] for row in rows for name in evidence))
        parameters = {p.name: given.get(p.name) or _plain(p.default) for p in question.parameters}
        values = (value for row in rows for value in row.values())
        named = _iris_in(
            [*values, *(part for value in parameters.values() for part in value.split(" "))]
        )
        return Answer(
            question=question.name,
            title=question.title,
            parameters=parameters,
            columns=found.columns,
            rows=rows,
            passages=tuple(passages_of(row, evidence, known) for row in rows),
            version=self.version,
            graph_digest=self.digest,
            labels=labels(self.graph, sorted(named)),
            hidden=question.hidden,
            elsewhere=() if rows else self._elsewhere(parameters.values()),
        )

    def _elsewhere(self, values: Iterable[str]) -> tuple[str, ...]:
        """What the map holds about the things of which a question found nothing, and what was read for it."""
        named = [iri for value in values for iri in value.split(" ") if kind_of(iri)]
        read = labels(self.graph, iris(self.graph, "SELECT DISTINCT ?w { ?p sq:inWork ?w }"))
        notes = [f"Works read for this map: {', '.join(sorted(read.values()))}."]
        if named:
            found = [about(self.graph, iri) for iri in named]
            them = shared(*found) if len(found) > 1 else found[0]
            command = f"sq-graph about {' '.join(map(shorten, named))}"
            said = (
                f"the map holds {them.summary()}: {command}" if len(them) else "the map is silent"
            )
            notes.insert(0, f"About {them.label}, {said}.")
        return tuple(notes)

    def _forget(self) -> None:
        """Drops what was worked out from the files as they were."""
        for name in ("digest", "catalogue", "_shapes"):
            self.__dict__.pop(name, None)

    def _changed(self) -> None:
        self.__dict__.pop("digest", None)
        self.__dict__.pop("words", None)

    def _alike(self, names: Sequence[str]) -> list[str]:
        """The things of these names, of one kind where every name has a thing of that kind."""
        for kinds in _COMPARED.values():
            with suppress(UnknownName):
                return list(dict.fromkeys(self.find(name, *kinds) for name in names))
        return list(dict.fromkeys(self.find(name, *sum(_COMPARED.values(), ())) for name in names))

    def _definitions_of(self, kind: str, chosen: Sequence[str]) -> tuple[things.Definition, ...]:
        found: list[str] = []
        for iri in chosen:
            if kind == "concepts":
                found += things.definitions_beneath(self.graph, iri)
            elif kind == "works":
                query = f"SELECT DISTINCT ?d {{ ?d a sq:Definition . ?d sq:statedIn|sq:via <{iri}> }} ORDER BY STR(?d)"
                found += iris(self.graph, query)
            else:
                found.append(iri)
        return things.read_definitions(
            self.graph, dict.fromkeys(found), chosen[0] if kind == "concepts" else ""
        )


_COMPARED: dict[str, tuple[str, ...]] = {
    "typologies": ("typology",),
    "concepts": ("concept", "category"),
    "definitions": ("definition",),
    "works": ("work",),
    "positions": ("position",),
}
"""What can be compared with its like, and of which kinds its things are."""


def _group_of(kind: str) -> str:
    return next((group for group, kinds in _COMPARED.items() if kind in kinds), kind)


def own_layout(folder: Path | None = None) -> Layout:
    """The files that commands may change: the workspace named, or here, else the packaged map."""
    return _layouts(folder)[-1]


def files_of(folder: Path | None = None) -> list[tuple[Path, str]]:
    """The listed files of the packaged map and a workspace, each with its IRI."""
    return [
        (file.path, file.iri)
        for layout in _layouts(folder)
        for file in layout.files()
        if file.listed
    ]


def query_form(query: str) -> str:
    """The form of a SPARQL query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    >>> query_form("PREFIX a: <https://e.org/select#> ASK { }")
    'ASK'
    """
    from sq_graph.graph.guard import tokens

    words = (word.text.upper() for word in tokens(query))
    return next(
        (word for word in words if word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")), "SELECT"
    )


def _layouts(*folders: Path | None) -> list[Layout]:
    """The packaged map and the workspaces named, or else the one that is here."""
    named = [folder for folder in folders if folder] or [
        folder for folder in [found_workspace()] if folder
    ]
    return [packaged(), *map(workspace, named)]


def _iris_in(values: Iterable[object]) -> set[str]:
    return {value for value in values if isinstance(value, str) and "://" in value}


def _plain(default: str) -> str:
    """A default as it stands in an answer: IRIs without brackets, texts without quotes, UNDEF as `any`."""
    if default == "UNDEF":
        return "any"
    return " ".join(term.strip("<>").strip('"') for term in default.split())
