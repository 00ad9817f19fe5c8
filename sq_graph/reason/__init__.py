"""Which positions can be held together, and by which claims not: reasoning over position modules.

HermiT decides, in a process of its own; where there is no Java, what has changed remains unchecked.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sq_graph.errors import InputError
from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout, packaged
from sq_graph.reason import engine, verdicts
from sq_graph.reason.axioms import Axiom, outside_owl
from sq_graph.reason.matrix import SIGNS, Matrix
from sq_graph.reason.positions import SENSES, Position, PositionSet, read_positions
from sq_graph.reason.sentences import sentence
from sq_graph.reason.verdicts import FILE, VERDICTS, GroupFinding
from sq_graph.vocab import BASE, OWL, shorten

__all__ = ["FILE", "SENSES", "SIGNS", "VERDICTS", "Matrix", "derive", "positions"]
__all__ += ["ModuleFinding", "consistent", "module_findings"]


def positions(
    layouts: Sequence[Layout], graph: Graph, senses: str = SENSES[0], asserted_only: bool = False
) -> Matrix:
    """The matrix of all positions of some layouts, over the claims of a graph.

    What was found earlier is taken where the positions have not changed; a user's own take part at
    once.

    Parameters:
        layouts: the packaged map, and the workspaces read over it.
        graph: the map, whose claims say how firmly each axiom is held.
        senses: `source`, where senses that the source distinguishes are kept apart, or `word`,
            where one word is one thing.
        asserted_only: whether claims that are hedged or presumed are left out.

    Raises:
        InputError: another supposition about words.
        EngineError: the reasoner is needed and fails.

    >>> import sq_graph
    >>> atlas = sq_graph.open(packaged_only=True)
    >>> positions(atlas.layouts, atlas.graph, senses="word").notes[0]
    'Word senses: treated as one.'
    """
    if senses not in SENSES:
        what = f"words cannot be taken as {senses!r}"
        raise InputError(what, remedy=f"Ask for {' or '.join(SENSES)}")
    world = read_positions(layouts, graph)
    findings = verdicts.find_all(world, verdicts.read_stored(layouts))
    return Matrix(graph, world, findings, senses, asserted_only)


def derive(layout: Layout, ask: bool = True) -> str:
    """The text of a layout's `positions/verdicts.json`: a workspace's holds the packaged positions
    as well.

    Where positions have changed the reasoner is asked, or nothing is returned if it may not be;
    raises MissingDependency if it is needed and absent.
    """
    layouts = [layout] if layout.base == BASE else [packaged(), layout]
    graph, files = EmbeddedGraph(), (file for one in layouts for file in one.files())
    load_files(graph, ((file.path, file.iri, True) for file in files if file.listed))
    world, stored = read_positions(layouts, graph), verdicts.read_stored(layouts)
    if not ask and verdicts.unchanged(world, stored) != set(world.positions):
        return ""
    return verdicts.to_json(world, verdicts.find_all(world, stored, only_reasoner=True), stored)


def consistent(graph: Graph) -> str:
    """What in a graph contradicts itself, in a sentence; empty if nothing does.

    Raises MissingDependency without a reasoner, EngineError where it fails.
    """
    query = f"CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o FILTER(?p != <{OWL}imports>) }}"
    culprits = engine.ask([], [], graph.results(query, "rdfxml").decode())[0]
    if not culprits:
        return ""
    wording = re.sub(r"<([^>]+)>", lambda iri: shorten(iri[1]), "; ".join(culprits[:6]))
    return f"the map contradicts itself: {wording}"


@dataclass(frozen=True)
class ModuleFinding:
    """Something wrong with a position module: where it stands, what it is, what to do; Info is only
    to be known.
    """

    path: Path
    line: int | None
    message: str
    remedy: str
    severity: str = "Violation"


def module_findings(
    layouts: Sequence[Layout], graph: Graph, paths: Collection[Path] | None = None
) -> tuple[ModuleFinding, ...]:
    """What is wrong with some position modules.

    A position that is consistent with another is consistent by itself, so the reasoner is asked
    only about the rest. Where there is none, a finding says that they remain unchecked.

    Parameters:
        layouts: the packaged map, and the workspaces read over it.
        graph: the map, whose claims the modules rest on.
        paths: the files of the modules; by default those of the last layout.
    """
    world = read_positions(layouts, graph)
    chosen = layouts[-1].ontology.glob("positions/*.ttl") if paths is None else paths
    among = {path.resolve() for path in chosen}
    judged = [one for one in world.positions.values() if one.path.resolve() in among]
    found, outside = list[ModuleFinding](), {}
    for one in judged:
        outside[one.slug] = [*outside_owl(one.reading, world.neutral, world.background)]
        faults = _faults(world, one, outside[one.slug])
        found += [ModuleFinding(one.path, *fault) for fault in faults]
    for axiom in world.identities:  # identified by label alone, where no file does so
        slug = world.owner(axiom.source)
        if slug and (one := world.positions[slug]) in judged:
            found.append(ModuleFinding(one.path, None, *_unidentified(world, axiom)))
    kept = verdicts.kept_findings(world, verdicts.read_stored(layouts))
    sound = {((slug,), one.senses) for one in kept if not one.level for slug in one.positions}
    alone = [((slug,), senses) for slug, why in outside.items() if not why for senses in SENSES]
    for finding in verdicts.investigate(world, {one: 3 for one in alone if one not in sound}):
        one = world.positions[finding.positions[0]]
        found += [ModuleFinding(one.path, *fault) for fault in _faults_alone(world, one, finding)]
    return tuple(dict.fromkeys(found))


def _unidentified(world: PositionSet, axiom: Axiom) -> tuple[str, str, str]:
    common, name = map(str, axiom.says[1:])
    what = f"“{world.labels[name]}” is identified with no other position's word, so the position"
    remedy = f"In ontology/same-meaning.ttl identify it with {shorten(common)}"
    only = "is compared over it only with --senses word"
    return f"{what} {only}", f"{remedy}, or give it another label", "Info"


def _faults_alone(
    world: PositionSet, one: Position, finding: GroupFinding
) -> Iterator[tuple[int | None, str, str, str]]:
    for conflict, _ in finding.conflicts[:1]:
        axioms = [axiom for axiom in one.reading.axioms if verdicts.key(axiom) in conflict]
        wording = "; ".join(sentence(axiom, world.labels) for axiom in axioms)
        what, remedy = f"the position contradicts itself: {wording}", "Withdraw one of these axioms"
        yield axioms[0].line if axioms else None, what, remedy, "Violation"
    if not finding.method:
        what = f"whether “{one.label}” contradicts itself was not checked"
        yield None, what, engine.NEEDED, "Info"


def _faults(
    world: PositionSet, one: Position, outside: Iterable[tuple[int, str]]
) -> Iterator[tuple[int, str, str]]:
    declared = "Say it by classes, roles and things that are declared"
    for line, words in outside:
        yield line, f"outside OWL 2 DL: {words}", declared
    for axiom in one.reading.axioms:
        wording = f"the axiom “{sentence(axiom, world.labels)}”"
        if not axiom.claims:
            yield axiom.line, f"no claim is given for {wording}", "Annotate it with sq:claim"
        for claim in axiom.claims:
            what, hedge = f"{wording} rests on {shorten(claim)}, which", world.hedges.get(claim)
            if hedge is None:
                yield axiom.line, f"{what} the map does not hold", "Name a claim that is held"
            elif hedge in ("question", "disclaimed"):
                yield axiom.line, f"{what} is asked or disclaimed", "Name a claim that is held"
            elif claim not in one.comprised:
                remedy = "Add it to sq:comprises, or leave the axiom out"
                yield axiom.line, f"{what} the position does not comprise", remedy
        if not axiom.reading:
            what = f"{wording} does not say whose step it is"
            yield axiom.line, what, "Annotate it with sq:reading"
