"""Compares two independent codings of the same definitions, aspect by aspect."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sq_graph.errors import BrokenFile, InputError, MissingPart, nearest
from sq_graph.model.aspects import Aspect
from sq_graph.table import Table
from sq_graph.vocab import slug_of

SILENT, NOT_APPLICABLE = "silent", "n/a"
_BESIDE = ("definition", "doubt", "reasons", "note")
"""What a record may hold beside its aspects."""

Said = frozenset[str]
Coding = Mapping[str, Mapping[str, Said]]
"""Definition → aspect → what is said of it: values, terms, `silent` or `n/a`."""
_Records = list[tuple[int, dict[str, tuple[str, ...]]]]


@dataclass(frozen=True)
class AspectAgreement:
    """How far two codings agree on one aspect.

    `figure` is Krippendorff's alpha (nominal, sets as wholes) for a closed aspect, and for an open one the mean
    overlap of the terms (Jaccard) over the `units` where at least one coder saw a term. It is None where there
    is nothing to measure: a single value throughout, or no term at all.
    """

    aspect: str
    is_closed: bool
    figure: float | None
    units: int
    same: int


@dataclass(frozen=True)
class Difference:
    """One cell in which the codings differ."""

    definition: str
    aspect: str
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """Agreement of two codings: a row an aspect, every difference, and the definitions that only one codes."""

    rows: tuple[AspectAgreement, ...]
    differences: tuple[Difference, ...]
    definitions: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    def table(self) -> Table:
        """The figures, one aspect a row."""
        rows = tuple(
            (row.aspect, "Krippendorff's alpha" if row.is_closed else "mean overlap",
             "not defined" if row.figure is None else f"{row.figure:.2f}", row.units, row.same)
            for row in self.rows
        )  # fmt: skip
        alone = len(self.only_first) + len(self.only_second)
        notes = (f"{alone} definitions are coded by one coder only and left out",) if alone else ()
        caption = f"Agreement over {self.definitions} definitions"
        return Table(("aspect", "measure", "figure", "definitions compared", "coded alike"), rows, caption, notes)

    def difference_table(self) -> Table:
        """The differences, one cell a row."""
        rows = tuple((d.definition, d.aspect, "; ".join(d.first), "; ".join(d.second)) for d in self.differences)
        return Table(("definition", "aspect", "first", "second"), rows, f"{len(rows)} differences")

    def to_json(self) -> str:
        """Figures and differences as JSON."""
        body = {"definitions": self.definitions, "only_first": self.only_first, "only_second": self.only_second,
                "aspects": [vars(row) for row in self.rows],
                "differences": [vars(difference) for difference in self.differences]}  # fmt: skip
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def agreement(first: Path, second: Path, aspects: Sequence[Aspect]) -> Agreement:
    """Compares two files of codings (.yaml or .csv) under the given aspects.

    Raises BrokenFile with the line for a file that cannot be read or a value that its aspect does not allow,
    InputError if no definition is coded in both, and MissingPart if the library for alpha is absent.
    """
    one, two = read_codings(first, aspects), read_codings(second, aspects)
    both = [definition for definition in one if definition in two]
    if not both:
        what = f"{first} and {second} have no definition in common"
        raise InputError(what, remedy="Name the definitions alike in both")
    rows, differences = [], []
    for aspect in aspects:
        name = slug_of(aspect.iri)
        pairs = [(d, one[d][name], two[d][name]) for d in both if name in one[d] and name in two[d]]
        if not pairs:
            continue
        unlike = [pair for pair in pairs if pair[1] != pair[2]]
        said = [(a, b) for _, a, b in pairs]
        measured = said if aspect.is_closed else [pair for pair in map(_terms, said) if pair[0] | pair[1]]
        figure = _alpha(measured) if aspect.is_closed else _overlap(measured)
        same = sum(a == b for a, b in measured)
        rows.append(AspectAgreement(name, aspect.is_closed, figure, len(measured), same))
        differences += [Difference(d, name, tuple(sorted(a)), tuple(sorted(b))) for d, a, b in unlike]
    order = {definition: number for number, definition in enumerate(both)}
    differences.sort(key=lambda difference: order[difference.definition])
    only_first, only_second = (d for d in one if d not in two), (d for d in two if d not in one)
    return Agreement(tuple(rows), tuple(differences), len(both), tuple(only_first), tuple(only_second))


def read_codings(path: Path, aspects: Sequence[Aspect]) -> Coding:
    """Reads codings, one record a definition: YAML as a list under `codings`, or CSV with terms divided by `;`.

    Raises BrokenFile, with the line, for what cannot be read, an unknown aspect or a value not allowed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenFile(f"the codings cannot be read ({error})", str(path), remedy="Check the file") from None
    records = _from_csv(text, path) if path.suffix.lower() == ".csv" else _from_yaml(text, path)
    known = {slug_of(aspect.iri): aspect for aspect in aspects}
    coding: dict[str, dict[str, Said]] = {}
    for line, record in records:
        definition = next(iter(record.get("definition", ())), "")
        if not definition or definition in coding:
            what = f"the definition {definition!r} is coded twice" if definition else "a record names no definition"
            raise BrokenFile(what, str(path), line, "Give each definition one record")
        cells = {name: frozenset(said) for name, said in record.items() if said and name not in _BESIDE}
        for name, said in cells.items():
            _check(name, said, known, path, line)
        coding[definition] = cells
    return coding


def _check(name: str, said: Said, known: Mapping[str, Aspect], path: Path, line: int) -> None:
    if name not in known:
        near = nearest(name, list(known))
        advice = f"Did you mean {near}?" if near else f"Use one of {', '.join(known)}"
        raise BrokenFile(f"there is no aspect {name!r}", str(path), line, advice)
    if said & {SILENT, NOT_APPLICABLE} and len(said) > 1:
        raise BrokenFile(f"{name} is both coded and silent or n/a", str(path), line, "Keep one of them")
    wrong = sorted(said - {SILENT, NOT_APPLICABLE} - set(known[name].allows)) if known[name].is_closed else []
    if wrong:
        what = f"{name} does not allow {', '.join(map(repr, wrong))}"
        raise BrokenFile(what, str(path), line, f"Use {', '.join(known[name].allows)}, silent or n/a")


def _from_yaml(text: str, path: Path) -> _Records:
    import yaml

    try:
        root = yaml.compose(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BrokenFile(f"this is no valid YAML ({error.problem})", str(path), line, "Mend that line") from None
    found = [value for key, value in getattr(root, "value", ()) if key.value == "codings"] if root else []
    if not found or not isinstance(found[0], yaml.SequenceNode):
        raise BrokenFile("there is no list of codings", str(path), remedy="Put the records under codings:")
    records: _Records = []
    for node in found[0].value:
        if not isinstance(node, yaml.MappingNode):
            raise BrokenFile("a coding must name its aspects", str(path), node.start_mark.line + 1, "Mend it")
        record = {str(key.value): _scalars(value) for key, value in node.value}
        records.append((node.start_mark.line + 1, record))
    return records


def _scalars(node: object) -> tuple[str, ...]:
    value = getattr(node, "value", "")
    return (value,) if isinstance(value, str) else tuple(str(getattr(item, "value", "")) for item in value)


def _from_csv(text: str, path: Path) -> _Records:
    reader = csv.DictReader(text.splitlines())
    records: _Records = []
    for row in reader:
        if None in row or None in row.values():
            raise BrokenFile("this row is longer or shorter than the header", str(path), reader.line_num, "Mend it")
        cells = {name: tuple(part.strip() for part in cell.split(";") if part.strip()) for name, cell in row.items()}
        records.append((reader.line_num, cells))
    return records


def _terms(said: tuple[Said, Said]) -> tuple[Said, Said]:
    """What the two coders saw under an open aspect, without their silences."""
    return said[0] - {SILENT, NOT_APPLICABLE}, said[1] - {SILENT, NOT_APPLICABLE}


def _overlap(pairs: Sequence[tuple[Said, Said]]) -> float | None:
    """The mean of the exact shares, so that it does not hang on the order of the definitions."""
    shares = [Fraction(len(a & b), len(a | b)) for a, b in pairs]
    return float(sum(shares) / len(shares)) if shares else None


def _alpha(pairs: Sequence[tuple[Said, Said]]) -> float | None:
    """Krippendorff's alpha of two coders; None where all say the same one thing."""
    try:
        import krippendorff
    except ImportError:
        raise MissingPart("the measure of agreement", "agreement") from None
    number = {said: place for place, said in enumerate(dict.fromkeys(said for pair in pairs for said in pair))}
    if len(number) < 2:
        return None
    data = [[number[pair[coder]] for pair in pairs] for coder in (0, 1)]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
