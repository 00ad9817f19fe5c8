"""Compares two independent codings of the same definitions, aspect by aspect."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sq_graph.errors import BrokenFile, InputError, UnknownName, optional
from sq_graph.evidence.verify import QUERIES
from sq_graph.graph import Graph
from sq_graph.model.aspects import Aspect
from sq_graph.model.facts import plain_rows
from sq_graph.resources import file_text
from sq_graph.table import Table
from sq_graph.vocab import slug_of

_NO_TERM = frozenset(("silent", "n/a"))
_NO_ASPECT = ("definition", "doubt", "reasons", "note")  # other fields of a record

Codes = frozenset[str]
Codings = dict[str, dict[str, Codes]]
"""Definition → aspect → its codes: values, terms, `silent` or `n/a`."""
_Record = tuple[int, dict[str, Codes]]


@dataclass(frozen=True)
class Agreement:
    """How far two codings agree: `figures` has a row for each aspect, `differences` a row for each
    cell that is coded differently.

    The figure is Krippendorff's alpha (nominal, sets as wholes) for a closed aspect, and for an
    open one the mean overlap of the terms (Jaccard) over the definitions in which at least one
    coder saw a term. It is undefined if there is nothing to measure: a single value throughout, or
    no term at all.
    """

    figures: Table
    differences: Table


def agreement(first: Path, second: Path, aspects: Sequence[Aspect]) -> Agreement:
    """Compares two codings of the same definitions, aspect by aspect.

    Parameters:
        first, second: files of codings (.yaml or .csv).
        aspects: the aspects under which they are compared.

    Raises:
        BrokenFile: a file cannot be read, or has a value that its aspect does not allow; it names
            the line.
        InputError: no definition is coded in both.
        MissingDependency: the library for alpha is not installed.
    """
    one, two = read_coding_file(first, aspects), read_coding_file(second, aspects)
    shared = [definition for definition in one if definition in two]
    if not shared:
        problem = f"{first} and {second} have no definition in common"
        raise InputError(problem, remedy="Give the definitions the same names in both")
    figures, differences = [], []
    for aspect in aspects:
        name = slug_of(aspect.iri)
        pairs = {d: (one[d][name], two[d][name]) for d in shared if name in one[d].keys() & two[d]}
        terms = [(a - _NO_TERM, b - _NO_TERM) for a, b in pairs.values() if (a | b) - _NO_TERM]
        measured = list(pairs.values()) if aspect.is_closed else terms
        figure = _alpha(measured) if aspect.is_closed else _overlap(terms)
        measure = "Krippendorff's alpha" if aspect.is_closed else "mean overlap"
        text = "not defined" if figure is None else f"{figure:.2f}"
        if pairs:
            figures.append((name, measure, text, len(measured), sum(a == b for a, b in measured)))
        for definition, pair in pairs.items():
            if pair[0] != pair[1]:
                differences.append((definition, name, *map("; ".join, map(sorted, pair))))
    differences.sort(key=lambda row: shared.index(row[0]))
    single = {"definitions": len(one.keys() ^ two.keys())}
    single["cells of the others"] = sum(len(one[d].keys() ^ two[d].keys()) for d in shared)
    reason = "left out, because only one coder coded them"
    notes = tuple(f"{reason}: {number} {noun}" for noun, number in single.items() if number)
    columns = ("aspect", "measure", "figure", "definitions compared", "coded alike")
    caption = f"Agreement over {len(shared)} definition{'s' * (len(shared) != 1)}"
    table = Table(columns, tuple(figures), caption, notes)
    sides = ("definition", "aspect", "first", "second")
    return Agreement(table, Table(sides, tuple(differences), f"Differences: {len(differences)}"))


def read_coding_file(path: Path, aspects: Sequence[Aspect]) -> Codings:
    """Reads codings, one record per definition: YAML as a list under `codings`, or CSV with terms
    separated by `;`.

    Raises BrokenFile, with the line, for an unreadable record, an unknown aspect or a value that is
    not allowed.
    """
    text = file_text(path)
    aspects_by_name = {slug_of(aspect.iri): aspect for aspect in aspects}
    codings: Codings = {}
    parse = _parse_csv if path.suffix.lower() == ".csv" else _parse_yaml
    for line, record in parse(text, path):
        definition = next(iter(record.get("definition", ())), "")
        if not definition or definition in codings:
            twice = f"the definition {definition!r} is coded twice"
            problem = twice if definition else "a record names no definition"
            raise BrokenFile(problem, str(path), line, "Give each definition one record")
        cells = {name: codes for name, codes in record.items() if codes and name not in _NO_ASPECT}
        codings[definition] = cells
        for name, codes in cells.items():
            if fault := code_fault(name, codes, aspects_by_name):
                raise BrokenFile(fault[0], str(path), line, fault[1])
    return codings


def coding_conflicts(
    graph: Graph, path: Path, aspects: Sequence[Aspect]
) -> Iterator[tuple[str, str]]:
    """Each coding of a graph that differs from a file of settled codings, with a message; for a
    coding that the graph lacks, its definition.

    Parameters:
        graph: the map.
        path: the file of settled codings (.yaml or .csv).
        aspects: the aspects of the map.

    Raises BrokenFile as `read_coding_file` does.
    """
    codes_by_cell: dict[tuple[str, str], set[str]] = {}
    iris: dict[tuple[str, str], str] = {}
    for coding, definition, aspect, code in plain_rows(graph, QUERIES["codings"]):
        cell = slug_of(definition), slug_of(aspect)
        iris |= {(slug_of(definition), ""): definition, cell: coding}
        codes_by_cell.setdefault(cell, set()).add(code)
    for name, cells in read_coding_file(path, aspects).items():
        for slug, settled in cells.items():
            iri = iris.get((name, slug)) or iris.get((name, ""))
            if iri and codes_by_cell.get((name, slug), set()) != settled:
                yield iri, f"{slug} was settled as {', '.join(sorted(settled))} in {path.name}"


def code_fault(name: str, codes: Codes, aspects: Mapping[str, Aspect]) -> tuple[str, str] | None:
    """The problem with the codes of a definition under one aspect and its remedy, if there is one.

    >>> code_fault("causes", frozenset(["war; want"]), {"causes": Aspect("", "causes", "", (), 1)})
    ("a term of causes has a semicolon: 'war; want'", 'Give each term by itself')
    """
    if name not in aspects:
        unknown = UnknownName("aspect", name, aspects)
        return unknown.what, unknown.remedy
    if codes & _NO_TERM and len(codes) > 1:
        return f"{name} is both coded and silent or n/a", "Keep one of them"
    if joined := next((code for code in codes if ";" in code), ""):
        return f"a term of {name} has a semicolon: {joined!r}", "Give each term by itself"
    allowed = aspects[name].allows if aspects[name].is_closed else codes
    if not (wrong := ", ".join(map(repr, sorted(codes - _NO_TERM - {*allowed})))):
        return None
    return f"{name} does not allow {wrong}", f"Use {', '.join(allowed)}, silent or n/a"


def _parse_yaml(text: str, path: Path) -> Iterator[_Record]:
    import yaml

    try:
        root = yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = f"this is not valid YAML ({error.problem})"
        raise BrokenFile(problem, str(path), line, "Correct that line") from None
    lists = [value for key, value in getattr(root, "value", ()) if key.value == "codings"]
    if not lists or not isinstance(lists[0], yaml.SequenceNode):
        remedy = "Put the records under codings:"
        raise BrokenFile("there is no list of codings", str(path), remedy=remedy)
    for node in lists[0].value:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            raise BrokenFile("a coding must name its aspects", str(path), line, "Correct it")
        record = {}
        for key, value in node.value:
            nodes = [value] if isinstance(value.value, str) else value.value
            record[key.value] = frozenset(str(getattr(item, "value", "")) for item in nodes)
        yield line, record


def _parse_csv(text: str, path: Path) -> Iterator[_Record]:
    header = text.partition("\n")[0].lower()  # spreadsheets in much of Europe use semicolons
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = (name.strip().lower() for name in reader.fieldnames or ())
    reader.fieldnames = [name.replace(" ", "-") for name in names]  # as in the sheets
    for row in reader:
        if None in row or None in row.values():
            problem = "this row is longer or shorter than the header"
            raise BrokenFile(problem, str(path), reader.line_num, "Correct it")
        cells = ((name, map(str.strip, cell.split(";"))) for name, cell in row.items())
        yield reader.line_num, {name: frozenset(codes) - {""} for name, codes in cells}


def _overlap(pairs: Sequence[tuple[Codes, Codes]]) -> float | None:
    """The mean of exact fractions, so that it does not depend on the order of the definitions."""
    if not pairs:
        return None
    return float(sum(Fraction(len(a & b), len(a | b)) for a, b in pairs) / len(pairs))


def _alpha(pairs: Sequence[tuple[Codes, Codes]]) -> float | None:
    """Krippendorff's alpha of two coders; None if there is a single value throughout."""
    with optional("the measure of agreement", "agreement"):
        import krippendorff
    values = list(dict.fromkeys(codes for pair in pairs for codes in pair))
    if len(values) < 2:
        return None
    data = [[values.index(pair[coder]) for pair in pairs] for coder in (0, 1)]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
