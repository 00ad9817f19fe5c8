"""Compares two independent codings of the same definitions, aspect by aspect."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sq_graph.errors import BrokenFile, InputError, nearest, optional
from sq_graph.evidence.verify import QUERIES
from sq_graph.graph import Graph
from sq_graph.model.aspects import Aspect
from sq_graph.model.facts import plain_rows
from sq_graph.resources import file_text
from sq_graph.table import Table
from sq_graph.vocab import slug_of

_NO_TERM = frozenset(("silent", "n/a"))
_BESIDE = ("definition", "doubt", "reasons", "note")  # what a record may hold beside its aspects

Said = frozenset[str]
Codings = dict[str, dict[str, Said]]
"""Definition → aspect → what is said of it: values, terms, `silent` or `n/a`."""
_Record = tuple[int, dict[str, Said]]


@dataclass(frozen=True)
class Agreement:
    """How far two codings agree: a row an aspect in `figures`, a row for each cell that they code
    differently.

    The figure is Krippendorff's alpha (nominal, sets as wholes) for a closed aspect, and for an
    open one the mean overlap of the terms (Jaccard) over the definitions in which at least one
    coder saw a term. It is not defined where there is nothing to measure: a single value
    throughout, or no term at all.
    """

    figures: Table
    differences: Table


def agreement(first: Path, second: Path, aspects: Sequence[Aspect]) -> Agreement:
    """Compares two codings of the same definitions, aspect by aspect.

    Parameters:
        first, second: files of codings (.yaml or .csv).
        aspects: the aspects under which they are compared.

    Raises:
        BrokenFile: a file cannot be read, or has a value that its aspect does not allow; with its
            line.
        InputError: no definition is coded in both.
        MissingDependency: the library for alpha is not installed.
    """
    one, two = read_coding_file(first, aspects), read_coding_file(second, aspects)
    both = [definition for definition in one if definition in two]
    if not both:
        what = f"{first} and {second} have no definition in common"
        raise InputError(what, remedy="Name the definitions alike in both")
    figures, differences = [], []
    for aspect in aspects:
        name = slug_of(aspect.iri)
        pairs = {d: (one[d][name], two[d][name]) for d in both if name in one[d] and name in two[d]}
        terms = [(a - _NO_TERM, b - _NO_TERM) for a, b in pairs.values() if (a | b) - _NO_TERM]
        measured = list(pairs.values()) if aspect.is_closed else terms
        figure = _alpha(measured) if aspect.is_closed else _overlap(terms)
        measure = "Krippendorff's alpha" if aspect.is_closed else "mean overlap"
        shown = "not defined" if figure is None else f"{figure:.2f}"
        if pairs:
            figures.append((name, measure, shown, len(measured), sum(a == b for a, b in measured)))
        unlike = ((d, pair) for d, pair in pairs.items() if pair[0] != pair[1])
        for d, pair in unlike:
            differences.append((d, name, *("; ".join(sorted(said)) for said in pair)))
    differences.sort(key=lambda row: both.index(row[0]))
    alone = len(one.keys() ^ two.keys())
    notes = (f"left out, because one coder alone coded them: {alone}",) if alone else ()
    columns = ("aspect", "measure", "figure", "definitions compared", "coded alike")
    over = f"Agreement over {len(both)} definition{'s' * (len(both) != 1)}"
    table = Table(columns, tuple(figures), over, notes)
    sides, caption = ("definition", "aspect", "first", "second"), f"Differences: {len(differences)}"
    return Agreement(table, Table(sides, tuple(differences), caption))


def read_coding_file(path: Path, aspects: Sequence[Aspect]) -> Codings:
    """Reads codings, one record a definition: YAML as a list under `codings`, or CSV with terms
    divided by `;`.

    Raises BrokenFile, with the line, for what cannot be read, an unknown aspect or a value not
    allowed.
    """
    text = file_text(path)
    known = {slug_of(aspect.iri): aspect for aspect in aspects}
    coding: Codings = {}
    read = _from_csv if path.suffix.lower() == ".csv" else _from_yaml
    for line, record in read(text, path):
        definition = next(iter(record.get("definition", ())), "")
        if not definition or definition in coding:
            twice = f"the definition {definition!r} is coded twice"
            what = twice if definition else "a record names no definition"
            raise BrokenFile(what, str(path), line, "Give each definition one record")
        said_of = {name: said for name, said in record.items() if said and name not in _BESIDE}
        coding[definition] = said_of
        for name, said in said_of.items():
            if fault := _fault(name, said, known):
                raise BrokenFile(fault[0], str(path), line, fault[1])
    return coding


def coded_otherwise(
    graph: Graph, path: Path, aspects: Sequence[Aspect]
) -> Iterator[tuple[str, str]]:
    """Each coding of a graph that is not as a file of settled codings has it, with what the file
    says; where the graph lacks a coding, its definition is named instead.

    Parameters:
        graph: the map.
        path: the file of settled codings (.yaml or .csv).
        aspects: the aspects of the map.

    Raises BrokenFile as `read_coding_file` does.
    """
    held: dict[tuple[str, str], set[str]] = {}
    things: dict[tuple[str, str], str] = {}
    for coding, coded, of_aspect, said in plain_rows(graph, QUERIES["codings"]):
        cell = slug_of(coded), slug_of(of_aspect)
        things |= {(slug_of(coded), ""): coded, cell: coding}
        held.setdefault(cell, set()).add(said)
    for definition, cells in read_coding_file(path, aspects).items():
        for aspect, settled in cells.items():
            thing = things.get((definition, aspect)) or things.get((definition, ""))
            if thing and held.get((definition, aspect), set()) != settled:
                yield thing, f"{aspect} was settled as {', '.join(sorted(settled))} in {path.name}"


def _fault(name: str, said: Said, known: Mapping[str, Aspect]) -> tuple[str, str] | None:
    """What is wrong with one cell of a coding, and the remedy."""
    if name not in known:
        near = nearest(name, list(known))
        remedy = f"Did you mean {near}?" if near else f"Use one of {', '.join(known)}"
        return f"there is no aspect {name!r}", remedy
    if said & _NO_TERM and len(said) > 1:
        return f"{name} is both coded and silent or n/a", "Keep one of them"
    allowed = known[name].allows if known[name].is_closed else said
    if not (wrong := ", ".join(map(repr, sorted(said - _NO_TERM - {*allowed})))):
        return None
    return f"{name} does not allow {wrong}", f"Use {', '.join(allowed)}, silent or n/a"


def _from_yaml(text: str, path: Path) -> Iterator[_Record]:
    import yaml

    try:
        root = yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        what = f"this is not valid YAML ({error.problem})"
        raise BrokenFile(what, str(path), line, "Correct that line") from None
    listed = [value for key, value in getattr(root, "value", ()) if key.value == "codings"]
    if not listed or not isinstance(listed[0], yaml.SequenceNode):
        remedy = "Put the records under codings:"
        raise BrokenFile("there is no list of codings", str(path), remedy=remedy)
    for node in listed[0].value:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            raise BrokenFile("a coding must name its aspects", str(path), line, "Correct it")
        record = {}
        for name, said in ((key.value, value.value) for key, value in node.value):
            found = [said] if isinstance(said, str) else [getattr(one, "value", "") for one in said]
            record[name] = frozenset(map(str, found))
        yield line, record


def _from_csv(text: str, path: Path) -> Iterator[_Record]:
    head = text.partition("\n")[0].lower()  # in much of Europe, spreadsheets divide by semicolons
    sign = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=sign)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    for row in reader:
        if None in row or None in row.values():
            what = "this row is longer or shorter than the header"
            raise BrokenFile(what, str(path), reader.line_num, "Correct it")
        cells = ((name, map(str.strip, cell.split(";"))) for name, cell in row.items())
        yield reader.line_num, {name: frozenset(parts) - {""} for name, parts in cells}


def _overlap(pairs: Sequence[tuple[Said, Said]]) -> float | None:
    """The mean of the exact shares, so that it does not hang on the order of the definitions."""
    if not pairs:
        return None
    return float(sum(Fraction(len(a & b), len(a | b)) for a, b in pairs) / len(pairs))


def _alpha(pairs: Sequence[tuple[Said, Said]]) -> float | None:
    """Krippendorff's alpha of two coders; None where all say the same one thing."""
    with optional("the measure of agreement", "agreement"):
        import krippendorff
    said = list(dict.fromkeys(said for pair in pairs for said in pair))
    if len(said) < 2:
        return None
    data = [[said.index(pair[coder]) for pair in pairs] for coder in (0, 1)]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
