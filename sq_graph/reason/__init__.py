"""Reasoning over position modules: which positions can be held together, and which claims prevent
it.

HermiT decides, in a separate process; without Java, changed positions remain unchecked.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from sq_graph.errors import InputError
from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout, packaged
from sq_graph.reason import engine, verdicts
from sq_graph.reason.axioms import Axiom
from sq_graph.reason.matrix import SIGNS, Matrix
from sq_graph.reason.positions import SENSES, Position, PositionSet, read_positions
from sq_graph.reason.sentences import sentence
from sq_graph.reason.verdicts import FILE, VERDICTS, GroupFinding
from sq_graph.vocab import BASE, OWL, shorten

__all__ = ["FILE", "SENSES", "SIGNS", "VERDICTS", "Matrix", "derive", "positions"]
__all__ += ["ModuleFinding", "contradiction", "module_findings"]


def positions(
    layouts: Sequence[Layout], graph: Graph, senses: str = SENSES[0], asserted_only: bool = False
) -> Matrix:
    """The matrix of all positions of some layouts, over the claims of a graph.

    Stored findings are used for positions that have not changed; a user's own positions are
    included at once.

    Parameters:
        layouts: the packaged map, and the workspaces read over it.
        graph: the map, whose claims tell how firmly each axiom is held.
        senses: `source`, to keep apart the senses that the source distinguishes, or `word`, to
            treat a word as one thing.
        asserted_only: whether claims that are hedged or presumed are left out.

    Raises:
        InputError: unknown `senses`.
        EngineError: the reasoner is needed and fails.

    >>> import sq_graph
    >>> atlas = sq_graph.open(packaged_only=True)
    >>> positions(atlas.layouts, atlas.graph, senses="word").notes[0]
    'Word senses: treated as one.'
    """
    if senses not in SENSES:
        problem = f"unknown word senses: {senses!r}"
        raise InputError(problem, remedy=f"Ask for {' or '.join(SENSES)}")
    position_set = read_positions(layouts, graph)
    findings = verdicts.find_all(position_set, verdicts.read_stored(layouts))
    return Matrix(graph, position_set, findings, senses, asserted_only)


def derive(layout: Layout, ask: bool = True) -> str:
    """The text of a layout's `positions/verdicts.json`; that of a workspace also covers the
    packaged positions.

    Where positions have changed the reasoner runs, or nothing is returned if `ask` is off; raises
    MissingDependency if it is needed and missing.
    """
    layouts = [layout] if layout.base == BASE else [packaged(), layout]
    graph, files = EmbeddedGraph(), chain(*(each.files() for each in layouts))
    load_files(graph, ((file.path, file.iri, True) for file in files if file.listed))
    position_set, stored = read_positions(layouts, graph), verdicts.read_stored(layouts)
    if not ask and verdicts.unchanged(position_set, stored) != set(position_set.positions):
        return ""
    findings = verdicts.find_all(position_set, stored, only_reasoner=True)
    return verdicts.to_json(position_set, findings, stored)


def contradiction(graph: Graph) -> str:
    """A sentence that states how a graph contradicts itself; empty if it does not.

    Raises MissingDependency without a reasoner, EngineError where it fails.
    """
    query = f"CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o FILTER(?p != <{OWL}imports>) }}"
    culprits = engine.ask([], [], graph.results(query, "rdfxml").decode())[0]
    if not culprits:
        return ""
    axioms = re.sub(r"<([^>]+)>", lambda iri: shorten(iri[1]), "; ".join(culprits[:6]))
    return f"the map contradicts itself: {axioms}"


@dataclass(frozen=True)
class ModuleFinding:
    """A problem of a position module: its place, what is wrong, and what to do; severity Info is a
    mere notice.
    """

    path: Path
    line: int | None
    message: str
    remedy: str
    severity: str = "Violation"


def module_findings(
    layouts: Sequence[Layout], graph: Graph, paths: Collection[Path] | None = None
) -> tuple[ModuleFinding, ...]:
    """The problems of some position modules.

    A position that is consistent with another one is itself consistent, so the reasoner checks only
    the others. Without a reasoner, a finding states that they remain unchecked.

    Parameters:
        layouts: the packaged map, and the workspaces read over it.
        graph: the map with the claims that the modules rest on.
        paths: the files of the modules; by default those of the last layout.
    """
    position_set = read_positions(layouts, graph)
    chosen = layouts[-1].ontology.glob("positions/*.ttl") if paths is None else paths
    resolved = {path.resolve() for path in chosen}
    positions = [p for p in position_set.positions.values() if p.path.resolve() in resolved]
    outside_owl = {position.slug: position_set.outside_owl(position.slug) for position in positions}
    findings = list[ModuleFinding]()
    for position in positions:
        findings += _faults(position_set, position, outside_owl[position.slug])
    for axiom in position_set.identities:  # identified by label alone, where no file does so
        slug = position_set.owner(axiom.source)
        if slug and (position := position_set.positions[slug]) in positions:
            findings.append(_unidentified(position_set, position, axiom))
    stored = verdicts.valid_findings(position_set, verdicts.read_stored(layouts))
    consistent = [finding for finding in stored if not finding.level]
    sound = {((slug,), finding.senses) for finding in consistent for slug in finding.positions}
    in_owl = [slug for slug, problems in outside_owl.items() if not problems]
    groups = [((slug,), senses) for slug in in_owl for senses in SENSES]
    for finding in verdicts.investigate(position_set, {g: 3 for g in groups if g not in sound}):
        findings += _contradictions(position_set, finding)
    return tuple(dict.fromkeys(findings))


def _unidentified(position_set: PositionSet, position: Position, axiom: Axiom) -> ModuleFinding:
    shared, name = map(str, axiom.expression[1:])
    label = position_set.labels[name]
    problem = f"“{label}” is not identified with any other position's word, so the position"
    effect = "is compared on it only with --senses word"
    remedy = f"Identify it in ontology/same-meaning.ttl with {shorten(shared)}"
    remedy = f"{remedy}, or give it another label"
    return ModuleFinding(position.path, None, f"{problem} {effect}", remedy, "Info")


def _contradictions(position_set: PositionSet, finding: GroupFinding) -> Iterator[ModuleFinding]:
    position = position_set.positions[finding.positions[0]]
    for conflict, _ in finding.conflicts[:1]:
        axioms = [axiom for axiom in position.content.axioms if verdicts.key(axiom) in conflict]
        text = "; ".join(sentence(axiom, position_set.labels) for axiom in axioms)
        problem, remedy = f"the position contradicts itself: {text}", "Withdraw one of these axioms"
        yield ModuleFinding(position.path, axioms[0].line if axioms else None, problem, remedy)
    if not finding.method:
        problem = f"whether “{position.label}” contradicts itself was not checked"
        yield ModuleFinding(position.path, None, problem, engine.NEEDED, "Info")


def _faults(
    position_set: PositionSet, position: Position, outside_owl: Iterable[tuple[int, str]]
) -> Iterator[ModuleFinding]:
    fault = partial(ModuleFinding, position.path)
    for line, problem in outside_owl:
        remedy = "Rewrite it with declared classes, roles and things"
        yield fault(line, f"outside OWL 2 DL: {problem}", remedy)
    for axiom in position.content.axioms:
        text = f"the axiom “{sentence(axiom, position_set.labels)}”"
        if not axiom.claims:
            yield fault(axiom.line, f"no claim is given for {text}", "Annotate it with sq:claim")
        for claim in axiom.claims:
            hedge = position_set.hedges.get(claim)
            problem = f"{text} rests on {shorten(claim)}, which"
            if hedge in (None, "question", "disclaimed"):
                state = "is asked or disclaimed" if hedge else "is not in the map"
                yield fault(axiom.line, f"{problem} {state}", "Name a claim that is held")
            elif claim not in position.comprised:
                remedy = "Add it to sq:comprises, or leave the axiom out"
                yield fault(axiom.line, f"{problem} the position does not comprise", remedy)
        if not axiom.reading:
            problem = f"{text} does not say whose inference it is"
            yield fault(axiom.line, problem, "Annotate it with sq:reading")
