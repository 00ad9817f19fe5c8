"""Queries of a map: questions of the catalogue, saved answers, SPARQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from functools import cached_property
from pathlib import Path

from sq_graph.atlas.opened import OpenMap
from sq_graph.errors import InputError
from sq_graph.graph import ResultSet
from sq_graph.graph.sparql_limits import check_limits, tokens
from sq_graph.model.answer import Answer, Recheck, passages_of, read_answer, recheck, row_values
from sq_graph.model.attribution import attributions
from sq_graph.model.citation import origin_of
from sq_graph.model.facts import iris, labels
from sq_graph.model.listing import Listing
from sq_graph.model.ref import Nameable, name_of
from sq_graph.queries import Bound, Catalogue, Parameter, Question, as_term, bind_variables
from sq_graph.resources import file_text
from sq_graph.table import Table
from sq_graph.vocab import kind_of, shorten

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


class Questions(Listing[Question]):
    """Questions of the catalogue by group and name."""

    title = "Questions"
    columns = ("name", "group", "question", "parameters", "columns")


class Asking(OpenMap):
    """A map that answers questions of the catalogue and SPARQL queries."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """The questions of the packaged map and of the workspaces."""
        return Catalogue(path for layout in self.layouts for path in layout.queries())

    def ask(self, question: str | Question = "", /, **values: Nameable) -> Answer:
        """The answer to a catalogue question; each parameter takes a slug, short form, IRI or
        label.

        Raises UnknownName for a question, parameter or value that does not exist, with the nearest.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> answer = atlas.ask("rival-definitions", concept="trust")
        >>> answer
        <Answer: Rival definitions of one concept (concept: trust), 6 × 6>
        >>> answer.passages[0][0]["source"]
        'Fukuyama 1995, as reported by Phillips 2008, pp. 3–4'
        """
        if not question:
            remedy = "atlas.questions() lists them"
            raise InputError("the name of the question is missing", remedy=remedy)
        question = question if isinstance(question, Question) else self.catalogue[question]
        arguments = {
            name: self.parameter_value(question, name, value) for name, value in values.items()
        }
        return self._answer(question, arguments)

    def parameter_value(self, question: Question, name: str, value: Nameable) -> str:
        """The IRI that a value of a parameter means; the text itself for a parameter of texts."""
        parameter = question.parameter(name)
        text = name_of(value, parameter.label.lower())
        if parameter.kind == "text":
            return text
        return self.names.find_of_class(text, parameter.kind, parameter.label)

    def choices(self, parameter: Parameter) -> dict[str, str]:
        """The possible values of a parameter: IRI → label, by label.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> parameter = atlas.catalogue["claims-by-relation"].parameter("relation")
        >>> list(atlas.choices(parameter).values())[:2]
        ['accumulates with', 'affects']
        """
        if parameter.kind == "text":
            return {}
        labels_by_iri = labels(self.graph, self.names.of_class(parameter.kind))
        return dict(sorted(labels_by_iri.items(), key=lambda pair: pair[1].lower()))

    def saved(self, path: str | Path) -> Answer:
        """The answer saved in a JSON file; raises BrokenFile if it cannot be read."""
        return read_answer(file_text(Path(path)), str(path))

    def recheck(self, answer: Answer | str | Path) -> Recheck:
        """Whether an answer still holds: which rows are still true, changed, gone or new, and why.

        Raises BrokenFile if the file of a saved answer cannot be read.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.recheck(atlas.ask("rival-definitions", concept="trust")).holds
        True
        """
        saved = answer if isinstance(answer, Answer) else self.saved(answer)
        question = self.catalogue[saved.question]
        defaults = {parameter.name: _plain(parameter.default) for parameter in question.parameters}
        arguments = {
            name: value for name, value in saved.parameters.items() if value != defaults.get(name)
        }
        row_iris = _iris_in(value for row in saved.rows for value in row.values())
        return recheck(saved, self._answer(question, arguments), self.names.exist(row_iris))

    def sparql(self, query: str, /, **bindings: Bound | Iterable[Bound]) -> Table:
        """The answer of a SPARQL query, read-only, as a table: rows, yes or no, or triples.

        Parameters:
            query: the text; the prefixes of the vocabulary need not be declared.
            bindings: values for variables, one or several each: a reference or record for an IRI, a
                text, a number, or a truth value; a text that is an absolute IRI means that thing.

        Values are returned typed: numbers, True or False, texts, and IRIs as references, shown in
        short form. Raises BadQuery for a query that is not valid or not allowed, and InputError for
        a binding that the query does not name.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.sparql("SELECT (1.5 AS ?d) (true AS ?b) {}")[0]
        (1.5, True)
        >>> room = atlas.find("room-1999", "work")
        >>> atlas.sparql("SELECT ?year { ?work sq:year ?year }", work=room)[0]
        (1999,)
        """
        text = bind_variables(query, bindings) if bindings else query
        check_limits(text)
        form = query_form(text)
        if form == "ASK":
            return Table(("answer",), ((self.graph.ask(text),),))
        if form in ("CONSTRUCT", "DESCRIBE"):
            results = ResultSet(("subject", "predicate", "object"), self.graph.construct(text))
        else:
            results = self.graph.select(text)
        cells = (tuple(term.cell() if term else None for term in row) for row in results.rows)
        return Table(results.columns, tuple(cells))

    def results(self, query: str, form: str) -> bytes:
        """The answer of any SPARQL query in one of the W3C's formats (`graph.embedded.FORMS`).

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.results("ASK {}", "json")
        b'{"head":{},"boolean":true}'
        """
        check_limits(query)
        return self.graph.results(query, form)

    def _answer(self, question: Question, arguments: Mapping[str, str]) -> Answer:
        """The answer to a question, each row with its passages. Each argument is an IRI or several,
        separated by spaces, or a text.
        """
        texts = {p.name for p in question.parameters if p.kind == "text"}
        terms = {
            name: map(as_term, [value] if name in texts else value.split(" "))
            for name, value in arguments.items()
        }
        solutions = self.graph.select(question.bind(terms))
        rows, evidence = row_values(solutions), question.evidence or solutions.columns
        sources = attributions(self.graph, _iris_in(row[name] for row in rows for name in evidence))
        bound = {p.name: arguments.get(p.name) or _plain(p.default) for p in question.parameters}
        mentioned = _iris_in(value for row in rows for value in row.values())
        mentioned |= _iris_in(part for value in bound.values() for part in value.split(" "))
        passages = tuple(passages_of(row, evidence, sources) for row in rows)
        statement_iris = [str(passage["supports"]) for group in passages for passage in group]
        defaulted = (p for p in question.parameters if p.name not in arguments)
        return Answer(
            question=question.name,
            title=question.title,
            parameters=bound,
            columns=solutions.columns,
            rows=rows,
            passages=passages,
            version=self.version,
            graph_digest=self.digest,
            labels=labels(self.graph, sorted(mentioned)),
            hidden=question.hidden,
            assumed=tuple(p.name for p in defaulted if p.default != "UNDEF"),
            elsewhere=self._elsewhere(bound.values(), rows),
            origin=origin_of(self.layouts, statement_iris or mentioned),
        )

    def _elsewhere(self, values: Iterable[str], rows: Sized) -> tuple[str, ...]:
        """Notes on what else the map holds about the arguments of a question with few rows; if it
        has none, also the works that were read.
        """
        from sq_graph.model.about import FEW, about, shared

        things = [iri for value in values for iri in value.split(" ") if kind_of(iri)]
        if len(rows) > FEW or (len(rows) and not things):
            return ()
        notes = []
        if things:
            overviews = [about(self.graph, iri) for iri in things]
            common = shared(*overviews) if len(overviews) > 1 else overviews[0]
            if len(rows) and not len(common):
                return ()
            notes = [
                f"About {part.label}, the map holds {part.summary()}: sq-graph about "
                f"{' '.join(map(shorten, things if part is common else [part.iri]))}."
                for part in ([common] if len(common) else overviews)
                if len(part)
            ] or [f"About {common.label}, the map holds nothing."]
            if len(rows):
                return tuple(notes)
        works_read = labels(self.graph, iris(self.graph, "SELECT DISTINCT ?w { ?p sq:inWork ?w }"))
        return (*notes, f"Works read for this map: {', '.join(sorted(works_read.values()))}.")


def query_form(query: str) -> str:
    """The form of a SPARQL query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    >>> query_form("PREFIX a: <https://e.org/select#> ASK { }")
    'ASK'
    """
    words = (token.text.upper() for token in tokens(query))
    return next((word for word in words if word in _FORMS), "SELECT")


def _iris_in(values: Iterable[object]) -> set[str]:
    return {value for value in values if isinstance(value, str) and "://" in value}


def _plain(default: str) -> str:
    """A default as shown in an answer: IRIs without brackets, texts without quotes, `any` for
    UNDEF.
    """
    if default == "UNDEF":
        return "any"
    return " ".join(term.strip("<>").strip('"') for term in default.split())
