"""Answers: rows with the passages they rest on, citable, saved as JSON, and rechecked in a later graph."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sq_graph.errors import BrokenFile, InputError
from sq_graph.graph import Solutions
from sq_graph.model.attribution import Attribution
from sq_graph.table import Table

if TYPE_CHECKING:
    import pandas

Value = str | int | float | bool | None
Row = Mapping[str, Value]
Outcome = Literal["still true", "changed", "gone", "new"]
CITATION_FORMS = ("text", "bibtex", "csl-json")


@dataclass(frozen=True)
class Answer:
    """What the graph answers to a question, with all that is needed to cite it and to ask again.

    `rows` hold IRIs as text; `labels` gives their names. `passages` has, for every row, the passages that it
    rests on: what it supports, work, page, distance, hedge, basis and review status.
    """

    question: str
    title: str
    parameters: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    passages: tuple[tuple[Mapping[str, Value], ...], ...]
    version: str
    graph_digest: str
    labels: Mapping[str, str] = field(default_factory=dict, repr=False)
    hidden: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def digest(self) -> str:
        """The SHA-256 of question, parameters, rows, passages and graph: the same answer has the same digest."""
        body = json.dumps(self._body(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()

    @property
    def citation(self) -> str:
        """A ready citation in one line."""
        return self._cite_text()

    def table(self) -> Table:
        """The answer as a table: names in place of IRIs, and the source of each row in the last column.

        A column with nothing in it is left out, save in the records, which CSV and JSON take.
        """
        names = [name for name in self.columns if name not in self.hidden]
        sources = [_sources(passages) for passages in self.passages]
        lines = [
            (*(self.shown(row[name]) for name in names), source) for row, source in zip(self.rows, sources, strict=True)
        ]
        heads = (*(name.replace("_", " ") for name in names), "source")
        filled = [place for place in range(len(heads)) if any(line[place] not in (None, "") for line in lines)]
        note = "" if lines else "No row: the map says nothing that answers this."
        whole = Table(heads, tuple(lines), self._heading())
        return Table(
            tuple(heads[place] for place in filled or range(len(names))),
            tuple(tuple(line[place] for place in filled) for line in lines),
            caption=self._heading(),
            notes=(note,) if note else (),
            records=whole,
        )

    def shown(self, value: Value) -> Value:
        """A value as a person reads it: the label of an IRI, yes or no, a whole number without a point."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return self.labels.get(value, value) if isinstance(value, str) else value

    def to_json(self) -> str:
        """The answer as JSON, to be kept, cited and rechecked."""
        return (
            json.dumps(
                self._body() | {"citation": self.citation, "labels": dict(self.labels)}, ensure_ascii=False, indent=2
            )
            + "\n"
        )

    def to_pandas(self) -> pandas.DataFrame:
        """The answer as a DataFrame; raises MissingPart without pandas."""
        return self.table().to_pandas()

    def cite(self, form: str = "text", address: str = "") -> str:
        """A citation as `text`, `bibtex` or `csl-json`; `address` is where the answer is kept, if it is public.

        Raises InputError for another form.
        """
        if form == "text":
            return self._cite_text(address)
        if form == "csl-json":
            return json.dumps([self._csl(address)], ensure_ascii=False, indent=2) + "\n"
        if form == "bibtex":
            return self._bibtex(address)
        raise InputError(f"a citation cannot be written as {form!r}", remedy=f"Ask for {', '.join(CITATION_FORMS)}")

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def _heading(self) -> str:
        asked = "; ".join(f"{name}: {self._names(value)}" for name, value in self.parameters.items())
        return f"{self.title} ({asked})" if asked else self.title

    def _names(self, value: str) -> str:
        return ", ".join(self.labels.get(part, part) for part in value.split(" "))

    def _body(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "title": self.title,
            "parameters": dict(self.parameters),
            "columns": list(self.columns),
            "rows": [dict(row) for row in self.rows],
            "passages": [[dict(passage) for passage in passages] for passages in self.passages],
            "graph": {"version": self.version, "digest": self.graph_digest},
        }

    def _cite_text(self, address: str = "") -> str:
        where = address or f"answer {self.digest[:12]}"
        count = f"{len(self.rows)} row{'' if len(self.rows) == 1 else 's'}"
        return f"“{self._heading()}”, {count}. sq-graph {self.version}, map {self.graph_digest[:12]}, {where}."

    def _csl(self, address: str) -> dict[str, Any]:
        return {
            "id": f"sq-graph-{self.digest[:12]}",
            "type": "dataset",
            "title": self._heading(),
            "author": [{"literal": "sq-graph"}],
            "version": self.version,
            "note": f"{len(self.rows)} rows; map {self.graph_digest}; answer {self.digest}",
        } | ({"URL": address} if address else {})

    def _bibtex(self, address: str) -> str:
        fields = {
            "title": "{" + _bibtex(self._heading()) + "}",
            "author": "{sq-graph}",
            "howpublished": f"sq-graph {self.version}",
            "note": f"{len(self.rows)} rows; map {self.graph_digest[:12]}; answer {self.digest[:12]}",
        } | ({"url": address} if address else {})
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{sq-graph-{self.digest[:12]},\n{lines}\n}}\n"


@dataclass(frozen=True)
class RowCheck:
    """What became of one row of a saved answer, and why."""

    row: int
    outcome: Outcome
    why: str


@dataclass(frozen=True)
class Recheck:
    """Whether a saved answer still holds in today's graph, row by row."""

    question: str
    rows: tuple[RowCheck, ...]
    same_graph: bool

    @property
    def holds(self) -> bool:
        """Whether every row is still true and none is new."""
        return all(row.outcome == "still true" for row in self.rows)

    def table(self) -> Table:
        """The rows that do not hold any more, or that one line that all do."""
        counts = {outcome: sum(row.outcome == outcome for row in self.rows) for outcome in ("still true", "changed")}
        counts |= {outcome: sum(row.outcome == outcome for row in self.rows) for outcome in ("gone", "new")}
        graph = "The map is the same." if self.same_graph else "The map has changed since."
        summary = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        differing = tuple((r.row or None, r.outcome, r.why) for r in self.rows if r.outcome != "still true")
        return Table(("row", "outcome", "why"), differing, f"Recheck of {self.question}: {summary}.", (graph,))


def row_values(found: Solutions) -> tuple[Row, ...]:
    """The rows of a query as plain values by column, None where nothing stands."""
    return tuple(
        {name: None if term is None else term.python() for name, term in zip(found.columns, row, strict=True)}
        for row in found.rows
    )


def passages_of(row: Row, columns: Sequence[str], known: Mapping[str, Attribution]) -> tuple[Mapping[str, Value], ...]:
    """The passages on which a row rests, by the things in `columns` that have an attribution."""
    found: list[Mapping[str, Value]] = []
    for name in columns:
        attribution = known.get(str(row[name]))
        for passage in attribution.passages if attribution else ():
            assert attribution
            found.append(
                {
                    "supports": attribution.thing,
                    "work": passage.work,
                    "page": passage.page + (f"–{passage.last_page}" if passage.last_page else ""),
                    "page_basis": passage.page_basis,
                    "lines": f"{passage.first_line}–{passage.last_line}",
                    "phrase": passage.phrase,
                    "asserter": attribution.asserter,
                    "distance": attribution.distance,
                    "hedge": attribution.hedge,
                    "markers": "; ".join(attribution.markers),
                    "basis": attribution.basis,
                    "review": attribution.review,
                    "source": attribution.source,
                    "firmness": attribution.firmness,
                }
            )
    return tuple(found)


def read_answer(text: str, where: str) -> dict[str, Any]:
    """The saved answer in a JSON text; raises BrokenFile if it is none."""
    try:
        saved = json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenFile(
            "this is no valid JSON", where, error.lineno, "Save an answer with sq-graph ask … -f json"
        ) from None
    wanted = {"question": str, "parameters": dict, "columns": list, "rows": list, "passages": list, "graph": dict}
    if not isinstance(saved, dict) or any(not isinstance(saved.get(name), kind) for name, kind in wanted.items()):
        raise BrokenFile("this is no saved answer", where, remedy="Save one with sq-graph ask … -f json")
    rows, passages = saved["rows"], saved["passages"]
    if len(rows) != len(passages) or not all(isinstance(row, dict) for row in rows):
        raise BrokenFile("the saved answer is damaged: rows and passages differ", where, remedy="Ask again and save")
    if any(set(row) != set(saved["columns"]) for row in rows):
        raise BrokenFile("the saved answer is damaged: a row lacks a column", where, remedy="Ask again and save")
    return saved


def revive(saved: Mapping[str, Any]) -> Answer:
    """The answer that a saved JSON holds (as `read_answer` gives it), to be shown or cited again."""
    return Answer(
        question=saved["question"],
        title=str(saved.get("title") or saved["question"]),
        parameters=saved["parameters"],
        columns=tuple(saved["columns"]),
        rows=tuple(saved["rows"]),
        passages=tuple(tuple(passages) for passages in saved["passages"]),
        version=str(saved["graph"].get("version", "")),
        graph_digest=str(saved["graph"].get("digest", "")),
        labels=saved.get("labels") or {},
    )


def recheck(saved: Answer, today: Answer, exists: Mapping[str, bool]) -> Recheck:
    """Compares a saved answer with today's; `exists` says of each IRI of the saved one whether the map has it."""
    left = list(range(len(today.rows)))
    found: list[RowCheck] = []
    for number, row in enumerate(saved.rows):
        match = _best(row, today.rows, left)
        if match is None:
            gone = [saved.labels.get(str(v), str(v)) for v in row.values() if exists.get(str(v)) is False]
            why = f"no longer in the map: {', '.join(gone)}" if gone else "the map no longer gives this row"
            found.append(RowCheck(number + 1, "gone", why))
            continue
        left.remove(match)
        why = _differences(saved, today, number, match)
        found.append(RowCheck(number + 1, "changed" if why else "still true", why))
    found += [RowCheck(0, "new", _line(today, index)) for index in left]
    return Recheck(saved.question, tuple(found), saved.graph_digest == today.graph_digest)


def _best(row: Row, rows: Sequence[Row], left: Sequence[int]) -> int | None:
    """The row among those left that is the same, else that shares its first column and most others."""
    same = next((index for index in left if rows[index] == row), None)
    if same is not None:
        return same
    first = next(iter(row), None)
    alike = [
        (sum(rows[i].get(name) == value for name, value in row.items()), -i)
        for i in left
        if _shares(row, rows[i], first)
    ]
    score, index = max(alike, default=(0, 0))
    return -index if score else None


def _shares(row: Row, other: Row, first: str | None) -> bool:
    return first is not None and row.get(first) is not None and other.get(first) == row.get(first)


def _differences(saved: Answer, today: Answer, old: int, new: int) -> str:
    before, after = saved.rows[old], today.rows[new]
    said = [
        f"{name} was “{saved.shown(before[name])}”, is “{today.shown(after.get(name))}”"
        for name in before
        if before[name] != after.get(name)
    ]
    if not said and not _same_evidence(saved.passages[old], today.passages[new]):
        said.append("it rests on other passages, or another hedge, than before")
    return "; ".join(said)


def _same_evidence(before: Sequence[Mapping[str, Value]], after: Sequence[Mapping[str, Value]]) -> bool:
    checked = ("supports", "work", "page", "phrase", "distance", "hedge", "markers", "basis")
    return [[p.get(name) for name in checked] for p in before] == [[p.get(name) for name in checked] for p in after]


def _line(answer: Answer, index: int) -> str:
    return ", ".join(str(answer.shown(value)) for value in answer.rows[index].values() if value is not None)


def _sources(passages: Sequence[Mapping[str, Value]]) -> str:
    """Each source once, with what keeps it from being flatly asserted, and whether it was read a second time."""
    lines: dict[str, None] = {}
    for passage in passages:
        firmness = str(passage.get("firmness") or passage.get("hedge") or "")
        said = f"; {firmness}" if firmness and firmness != "asserted" else ""
        draft = "; draft" if passage.get("review") == "draft" else ""
        lines[f"{passage.get('source') or passage.get('work')}{said}{draft}"] = None
    return "\n".join(lines)


def _bibtex(text: str) -> str:
    for sign in "\\{}":
        text = text.replace(sign, "")
    for sign in "&%$#_":
        text = text.replace(sign, "\\" + sign)
    return text
