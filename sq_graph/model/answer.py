"""Answers: rows with the passages they rest on; how they are cited, saved as JSON and rechecked."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from sq_graph.errors import BrokenFile
from sq_graph.graph import ResultSet
from sq_graph.model.attribution import Attribution
from sq_graph.model.citation import Citation, Origin
from sq_graph.table import Cell, Table, Tabular, as_json
from sq_graph.vocab import Ref, kind_of, shorten

if TYPE_CHECKING:
    import pandas
    import polars

CellValue = str | int | float | bool | None
AnswerRow = Mapping[str, CellValue]
RowOutcome = Literal["still true", "changed", "gone", "new"]
_EVIDENCE = ("supports", "work", "page", "phrase", "distance", "hedge", "markers", "basis")
_CREDIT = ("asserter", "distance", "hedge", "markers", "basis", "review", "source", "firmness")
"""What a row keeps of the attribution of each passage."""
_SAVED_TYPES = {
    "question": str,
    **dict.fromkeys(("parameters", "graph"), dict),
    **dict.fromkeys(("columns", "rows", "passages"), list),
}


@dataclass(frozen=True, repr=False)
class Answer(Tabular):
    """The answer of the graph to a question, with everything needed to cite and recheck it.

    `rows` hold IRIs as text; `labels` gives their names. For every row, `passages` has the passages
    it rests on, with the statement, work, page, distance, hedge, basis and review status.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> answer = atlas.ask("rival-definitions", concept="trust")
    >>> answer.labels[answer[0]["definition"]], answer.passages[0][0]["page"]
    ('Fukuyama 1995 on trust', '3–4')
    >>> answer.to_pandas()["holder"].unique().tolist()
    ['Fukuyama', 'Phillips']
    """

    question: str
    title: str
    parameters: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[AnswerRow, ...]
    passages: tuple[tuple[AnswerRow, ...], ...]
    version: str
    graph_digest: str
    labels: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    assumed: tuple[str, ...] = field(default=(), compare=False)
    """The parameters for which nothing was chosen, so that they take the question's example."""
    elsewhere: tuple[str, ...] = field(default=(), compare=False)
    """For an answer with few or no rows: where else the map mentions the things asked for."""
    origin: Origin = field(default=Origin(), compare=False)
    """The map that gave it; not part of its content, so the digest does not depend on it."""

    def __hash__(self) -> int:
        return hash(self.digest)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[AnswerRow]:
        return iter(self.rows)

    def __getitem__(self, position: int) -> AnswerRow:
        return self.rows[position]

    @property
    def digest(self) -> str:
        """The SHA-256 of question, parameters, rows, passages and graph: the same answer has the
        same digest.
        """
        body = json.dumps(self._body(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()

    @property
    def citation(self) -> str:
        """The citation in one line."""
        return self.cite()

    def table(self) -> Table:
        """The answer as a table: names instead of IRIs, and the source of each row in the last
        column.

        Empty columns are left out, except in the records used for CSV and JSON.
        """
        names = [name for name in self.columns if name not in self.hidden]
        headings = (*(name.replace("_", " ") for name in names), "source")
        rows = tuple(
            (*(self._linked(row[name]) for name in names), _sources(passages))
            for row, passages in zip(self.rows, self.passages, strict=True)
        )
        empty_note = () if rows else ("No row: no statement answers this question.",)
        notes = (*empty_note, *map(self._assumption, self.assumed), *self.elsewhere)
        records = self._records(names, headings)
        full_table = Table(headings, rows, self._heading(), notes, records=records)
        columns = enumerate(zip(*rows, strict=True))
        filled = [i for i, cells in columns if any(cell not in ("", None) for cell in cells)]
        return full_table.picked(filled or range(len(names)))

    def _records(self, names: Sequence[str], headings: Sequence[str]) -> Table:
        """The rows as text, with the pages and the short names of the statements of each."""
        rows = tuple(
            (
                *(self.shown(row[name]) for name in names),
                str(_sources(passages)),
                _join_unique(str(passage.get("page") or "") for passage in passages),
                _join_unique(shorten(str(passage.get("supports") or "")) for passage in passages),
            )
            for row, passages in zip(self.rows, self.passages, strict=True)
        )
        return Table((*headings, "page read", "statement"), rows, self._heading())

    def _assumption(self, name: str) -> str:
        names = " and ".join(self._names_in(self.parameters[name]))
        return f"Nothing was chosen for {name.replace('_', ' ')}: this answers for {names}."

    def _linked(self, value: CellValue) -> Cell:
        """A value as it is shown; a thing as a link."""
        is_thing = isinstance(value, str) and value in self.labels and kind_of(value)
        return Ref(str(value), self.labels[str(value)]) if is_thing else self.shown(value)

    def shown(self, value: CellValue) -> CellValue:
        """A value for readers: the label of an IRI, yes or no, a whole number without a decimal
        point.
        """
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return self.labels.get(value, value) if isinstance(value, str) else value

    def to_json(self) -> str:
        """The answer as JSON, to be saved, cited and rechecked."""
        more = {"citation": self.citation, "labels": dict(self.labels), "hidden": [*self.hidden]}
        more |= {} if self.origin == Origin() else {"origin": asdict(self.origin)}
        return as_json(self._body() | more)

    def to_pandas(self, iris: bool = False) -> pandas.DataFrame:
        """The answer as a DataFrame; raises MissingDependency without pandas.

        With `iris`, things are absolute IRIs, and work read, page, distance, hedge and hedging
        words have separate columns; the values of several passages of a row are joined by `;`.
        """
        return (self.evidence_table() if iris else self.table()).to_pandas()

    def to_polars(self, iris: bool = False) -> polars.DataFrame:
        """The answer as a polars DataFrame, as `to_pandas`; raises MissingDependency without
        polars.
        """
        return (self.evidence_table() if iris else self.table()).to_polars()

    def evidence_table(self) -> Table:
        """The answer with IRIs instead of names, and columns for the evidence of each row."""
        fields = ("work_iri", "page", "distance", "hedge", "markers", "source")
        rows = tuple(
            (
                *(row[name] for name in self.columns),
                *(
                    _join_unique(str(passage[name]) for passage in passages if passage.get(name))
                    for name in fields
                ),
            )
            for row, passages in zip(self.rows, self.passages, strict=True)
        )
        headings = ("read in", "page", "distance", "hedge", "hedge words", "source")
        return Table((*self.columns, *headings), rows, self._heading())

    def cite(self, form: str = "text", address: str = "") -> str:
        """The citation as text, apa, chicago, bibtex or csl-json.

        Parameters:
            form: one of `model.citation.FORMS`.
            address: the public web address of the answer, if it has one.

        Raises:
            InputError: another form.
        """
        identity = (self._heading(), len(self), self.version, self.graph_digest, self.digest)
        return Citation(*identity, address, self.origin).write(form)

    def _heading(self) -> str:
        choices = (f"{k}: {', '.join(self._names_in(v))}" for k, v in self.parameters.items())
        return f"{self.title} ({'; '.join(choices)})" if self.parameters else self.title

    def _names_in(self, value: str) -> list[str]:
        return [self.labels.get(part, part) for part in value.split(" ")]

    def _body(self) -> dict[str, Any]:
        names = ("question", "title", "parameters", "columns", "rows", "passages")
        graph = {"version": self.version, "digest": self.graph_digest}
        return {name: getattr(self, name) for name in names} | {"graph": graph}


@dataclass(frozen=True)
class RowCheck:
    """The outcome for one row of a saved answer, and why."""

    row: int
    outcome: RowOutcome
    why: str


@dataclass(frozen=True, repr=False)
class Recheck(Tabular):
    """Whether a saved answer still holds in today's graph, row by row."""

    question: str
    rows: tuple[RowCheck, ...]
    same_graph: bool

    @property
    def holds(self) -> bool:
        """Whether every row is still true and none is new."""
        return all(row.outcome == "still true" for row in self.rows)

    def table(self) -> Table:
        """The rows that no longer hold, with counts in the caption."""
        counts = Counter(row.outcome for row in self.rows)
        summary = ", ".join(f"{counts[outcome]} {outcome}" for outcome in get_args(RowOutcome))
        graph = "The map is the same." if self.same_graph else "The map has changed since."
        if self.same_graph and not self.holds:
            graph = "The map is the same: the saved file was altered, or another version wrote it."
        changed = (row for row in self.rows if row.outcome != "still true")
        rows = tuple((check.row or None, check.outcome, check.why) for check in changed)
        caption = f"Recheck of {self.question}: {summary}."
        return Table(("row", "outcome", "why"), rows, caption, (graph,))


def row_values(results: ResultSet) -> tuple[AnswerRow, ...]:
    """The rows of a query as plain values by column, None for unbound variables."""
    rows = ([term.python() if term else None for term in row] for row in results.rows)
    return tuple(dict(zip(results.columns, row, strict=True)) for row in rows)


def passages_of(
    row: AnswerRow, columns: Sequence[str], credits: Mapping[str, Attribution]
) -> tuple[AnswerRow, ...]:
    """The passages on which a row rests, by the things in `columns` that have an attribution."""
    row_credits = [credits[str(row[name])] for name in columns if str(row[name]) in credits]
    return tuple(
        {
            "supports": credit.thing,
            "work": passage.work.label,
            "work_iri": passage.work.iri,
            "page": passage.page + (f"–{passage.last_page}" if passage.last_page else ""),
            "page_basis": passage.page_basis,
            "lines": f"{passage.first_line}–{passage.last_line}" if passage.first_line else "",
            "phrase": passage.phrase,
            **{name: getattr(credit, name) for name in _CREDIT},
            "markers": "; ".join(credit.markers),
        }
        for credit in row_credits
        for passage in credit.passages
    )


def read_answer(text: str, where: str) -> Answer:
    """The saved answer in a JSON text, to be shown, cited or rechecked; raises BrokenFile for any
    other text.
    """
    remedy = "Save an answer with sq-graph ask … -f json"
    try:
        saved = json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenFile("this is not valid JSON", where, error.lineno, remedy) from None
    data = saved if isinstance(saved, dict) else {}
    if not all(isinstance(data.get(name), kind) for name, kind in _SAVED_TYPES.items()):
        raise BrokenFile("this is not a saved answer", where, remedy=remedy)
    rows, passages, columns = saved["rows"], saved["passages"], saved["columns"]
    is_complete = all(isinstance(row, dict) and set(row) == set(columns) for row in rows)
    if len(rows) != len(passages) or not is_complete:
        problem = "the saved answer is damaged: rows, columns and passages differ"
        raise BrokenFile(problem, where, remedy=remedy)
    return Answer(
        question=saved["question"],
        title=str(saved.get("title") or saved["question"]),
        parameters=saved["parameters"],
        columns=tuple(columns),
        rows=tuple(rows),
        passages=tuple(map(tuple, passages)),
        version=str(saved["graph"].get("version", "")),
        graph_digest=str(saved["graph"].get("digest", "")),
        labels=saved.get("labels") or {},
        hidden=tuple(saved.get("hidden") or ()),
        origin=_read_origin(saved.get("origin")),
    )


def _read_origin(saved: object) -> Origin:
    """The map that gave a saved answer; the packaged map where the file does not say."""
    data = saved if isinstance(saved, dict) else {}
    authors, packaged = data.get("authors"), Origin()
    return Origin(
        tuple(map(str, authors)) if isinstance(authors, list) and authors else packaged.authors,
        str(data.get("name") or packaged.name),
        str(data.get("address") or packaged.address),
    )


def recheck(saved: Answer, today: Answer, exists: Mapping[str, bool]) -> Recheck:
    """Compares a saved answer with today's; `exists` says whether each IRI of the saved one is
    still in the map.
    """
    remaining = list(range(len(today.rows)))
    checks: list[RowCheck] = []
    for number, row in enumerate(saved.rows):
        first = next(iter(row), "")
        candidates = {
            position: sum(today[position].get(name) == value for name, value in row.items())
            for position in remaining
            if today[position] == row or row.get(first) == today[position].get(first) is not None
        }
        if candidates:
            match = max(candidates, key=candidates.__getitem__)
            remaining.remove(match)
            reason = _differences(saved, today, number, match)
            checks.append(RowCheck(number + 1, "changed" if reason else "still true", reason))
            continue
        missing = [iri for iri in map(str, row.values()) if exists.get(iri) is False]
        names = ", ".join(saved.labels.get(iri, iri) for iri in missing)
        reason = f"no longer in the map: {names}" if names else "the map no longer gives this row"
        checks.append(RowCheck(number + 1, "gone", reason))
    for match in remaining:
        values = (str(today.shown(value)) for value in today[match].values() if value is not None)
        checks.append(RowCheck(0, "new", ", ".join(values)))
    return Recheck(saved.question, tuple(checks), saved.graph_digest == today.graph_digest)


def _differences(saved: Answer, today: Answer, old: int, new: int) -> str:
    new_row = today.rows[new]
    changes = [
        f"{name} was “{saved.shown(value)}”, is “{today.shown(new_row.get(name))}”"
        for name, value in saved.rows[old].items()
        if value != new_row.get(name)
    ]
    old_evidence, new_evidence = (
        [[passage.get(name) for name in _EVIDENCE] for passage in passages]
        for passages in (saved.passages[old], today.passages[new])
    )
    if not changes and old_evidence != new_evidence:
        changes.append("its passages or its hedge changed")
    return "; ".join(changes)


def _join_unique(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts))


def _sources(passages: Sequence[AnswerRow]) -> str | Ref:
    """Each source once, with its hedge and whether it is a draft; a link where they all belong to
    one statement.
    """
    lines: dict[str, None] = {}
    for passage in passages:
        firmness = passage.get("firmness") or passage.get("hedge") or "asserted"
        hedge = "" if firmness == "asserted" else f"; {firmness}"
        draft = "; draft" if passage.get("review") == "draft" else ""
        lines[f"{passage.get('source') or passage.get('work')}{hedge}{draft}"] = None
    sources, iris = "\n".join(lines), {str(p.get("supports") or "") for p in passages}
    return Ref(iris.pop(), sources) if len(iris) == 1 and "" not in iris else sources
