"""Asking a map: questions of the catalogue, saved answers, SPARQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from functools import cached_property
from pathlib import Path

from sq_graph.atlas.opened import OpenMap
from sq_graph.errors import InputError
from sq_graph.graph import Term
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
    """Everything that takes a question."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """The questions of the packaged map and of the workspaces."""
        return Catalogue(path for layout in self.layouts for path in layout.queries())

    def ask(self, question: str | Question = "", /, **values: Nameable) -> Answer:
        """The answer to a catalogue question; each parameter takes a slug, short form, IRI or
        label.

        Raises UnknownName for a question, parameter or value that does not exist, with the nearest.
        """
        if not question:
            raise InputError(
                "the name of the question is missing", remedy="atlas.questions() lists them"
            )
        asked = question if isinstance(question, Question) else self.catalogue[question]
        given = {name: self.parameter_value(asked, name, one) for name, one in values.items()}
        return self._answer(asked, given)

    def parameter_value(self, question: Question, name: str, value: Nameable) -> str:
        """The IRI (or, for a text, the text) that a value given for a parameter means."""
        asked = question.parameter(name)
        given = name_of(value, asked.label.lower())
        if asked.kind == "text":
            return given
        return self.names.find_of_class(given, asked.kind, asked.label)

    def choices(self, parameter: Parameter) -> dict[str, str]:
        """The possible values of a parameter: IRI → label, by label."""
        if parameter.kind == "text":
            return {}
        found = labels(self.graph, self.names.of_class(parameter.kind))
        return dict(sorted(found.items(), key=lambda pair: pair[1].lower()))

    def saved(self, path: str | Path) -> Answer:
        """The answer saved in a JSON file; raises BrokenFile if it cannot be read."""
        return read_answer(file_text(Path(path)), str(path))

    def recheck(self, answer: Answer | str | Path) -> Recheck:
        """Whether an answer still holds: which rows are still true, changed, gone or new, and why.

        Raises BrokenFile if the file of a saved answer cannot be read.
        """
        saved = answer if isinstance(answer, Answer) else self.saved(answer)
        asked = self.catalogue[saved.question]
        defaults = {parameter.name: _plain(parameter.default) for parameter in asked.parameters}
        given = {name: one for name, one in saved.parameters.items() if one != defaults.get(name)}
        named = _iris_in(value for row in saved.rows for value in row.values())
        return recheck(saved, self._answer(asked, given), self.names.exist(named))

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
        from sq_graph.graph.sparql_limits import check_limits

        text = bind_variables(query, bindings) if bindings else query
        check_limits(text)
        form = query_form(text)
        if form == "ASK":
            return Table(("answer",), ((self.graph.ask(text),),))
        columns: tuple[str, ...] = ("subject", "predicate", "object")
        lines: Iterable[Sequence[Term | None]]
        if form in ("CONSTRUCT", "DESCRIBE"):
            lines = self.graph.construct(text)
        else:
            found = self.graph.select(text)
            columns, lines = found.columns, found.rows
        rows = (tuple(term.cell() if term else None for term in line) for line in lines)
        return Table(columns, tuple(rows))

    def results(self, query: str, form: str) -> bytes:
        """The answer of any SPARQL query in one of the W3C's formats (`graph.embedded.FORMS`)."""
        from sq_graph.graph.sparql_limits import check_limits

        check_limits(query)
        return self.graph.results(query, form)

    def _answer(self, question: Question, given: Mapping[str, str]) -> Answer:
        """The rows of a question with the passages they rest on; what is given are IRIs, several
        with spaces.
        """
        texts = {one.name for one in question.parameters if one.kind == "text"}
        bound = {
            name: map(as_term, [value] if name in texts else value.split(" "))
            for name, value in given.items()
        }
        found = self.graph.select(question.bind(bound))
        rows, evidence = row_values(found), question.evidence or found.columns
        known = attributions(self.graph, _iris_in(row[name] for row in rows for name in evidence))
        parameters = {p.name: given.get(p.name) or _plain(p.default) for p in question.parameters}
        named = _iris_in(value for row in rows for value in row.values())
        named |= _iris_in(part for value in parameters.values() for part in value.split(" "))
        passages = tuple(passages_of(row, evidence, known) for row in rows)
        rested = [str(one["supports"]) for each in passages for one in each]
        unsaid = (one for one in question.parameters if one.name not in given)
        return Answer(
            question=question.name,
            title=question.title,
            parameters=parameters,
            columns=found.columns,
            rows=rows,
            passages=passages,
            version=self.version,
            graph_digest=self.digest,
            labels=labels(self.graph, sorted(named)),
            hidden=question.hidden,
            assumed=tuple(one.name for one in unsaid if one.default != "UNDEF"),
            elsewhere=self._elsewhere(parameters.values(), rows),
            origin=origin_of(self.layouts, rested or named),
        )

    def _elsewhere(self, values: Iterable[str], rows: Sized) -> tuple[str, ...]:
        """What the map holds about the things of which a question found little; if nothing, also
        what was read for it.
        """
        from sq_graph.model.about import FEW, about, shared

        named = [iri for value in values for iri in value.split(" ") if kind_of(iri)]
        if len(rows) > FEW or (len(rows) and not named):
            return ()
        notes = []
        if named:
            found = [about(self.graph, iri) for iri in named]
            them = shared(*found) if len(found) > 1 else found[0]
            if len(rows) and not len(them):
                return ()
            listed = [(them, named)] if len(them) else [(one, [one.iri]) for one in found]
            notes = [
                f"About {one.label}, the map holds {one.summary()}: "
                f"sq-graph about {' '.join(map(shorten, these))}."
                for one, these in listed
                if len(one)
            ] or [f"About {them.label}, the map holds nothing."]
            if len(rows):
                return tuple(notes)
        read = labels(self.graph, iris(self.graph, "SELECT DISTINCT ?w { ?p sq:inWork ?w }"))
        return (*notes, f"Works read for this map: {', '.join(sorted(read.values()))}.")


def query_form(query: str) -> str:
    """The form of a SPARQL query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    >>> query_form("PREFIX a: <https://e.org/select#> ASK { }")
    'ASK'
    """
    from sq_graph.graph.sparql_limits import tokens

    words = (word.text.upper() for word in tokens(query))
    return next((one for one in words if one in _FORMS), "SELECT")


def _iris_in(values: Iterable[object]) -> set[str]:
    return {value for value in values if isinstance(value, str) and "://" in value}


def _plain(default: str) -> str:
    """A default as it stands in an answer: IRIs without brackets, texts without quotes, UNDEF as
    `any`.
    """
    if default == "UNDEF":
        return "any"
    return " ".join(term.strip("<>").strip('"') for term in default.split())
