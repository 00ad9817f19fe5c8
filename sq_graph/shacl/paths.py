"""Property paths: followed from a thing in Python, and split into their steps."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sq_graph.graph import Term
from sq_graph.graph.lookup import Iri, Lookup, Node
from sq_graph.shacl.shapes_graph import ShapesGraph


@dataclass(frozen=True)
class Step:
    """One property, from subject to object or backwards."""

    predicate: Iri
    backwards: bool = False

    def ends(self, lookup: Lookup, node: Node) -> Collection[Node]:
        """The distinct things at the end of the path from a thing."""
        if self.backwards:
            return lookup.subjects(self.predicate, node)
        return lookup.objects(node, self.predicate)

    def inverse(self) -> Step:
        """The path in the opposite direction."""
        return Step(self.predicate, not self.backwards)

    def steps(self) -> Iterator[tuple[SequencePath, Step, SequencePath]]:
        """Each step, with the path before it and the path after it."""
        yield SequencePath(), self, SequencePath()

    def __str__(self) -> str:
        return f"^{self.predicate}" if self.backwards else str(self.predicate)


@dataclass(frozen=True)
class SequencePath:
    """Paths one after another; without parts, the path from a thing to itself."""

    parts: tuple[Path, ...] = ()

    def ends(self, lookup: Lookup, node: Node) -> Collection[Node]:
        """The distinct things at the end of the path from a thing."""
        nodes: Collection[Node] = (node,)
        for part in self.parts:
            if len(nodes) == 1:
                nodes = part.ends(lookup, *nodes)
            else:
                nodes = dict.fromkeys(end for start in nodes for end in part.ends(lookup, start))
        return nodes

    def inverse(self) -> SequencePath:
        """The path in the opposite direction."""
        return SequencePath(tuple(part.inverse() for part in reversed(self.parts)))

    def steps(self) -> Iterator[tuple[SequencePath, Step, SequencePath]]:
        """Each step, with the path before it and the path after it."""
        for index, part in enumerate(self.parts):
            before, after = self.parts[:index], self.parts[index + 1 :]
            for prefix, step, suffix in part.steps():
                yield SequencePath(before + prefix.parts), step, SequencePath(suffix.parts + after)

    def __str__(self) -> str:
        return f"({'/'.join(map(str, self.parts))})"


@dataclass(frozen=True)
class AlternativePath:
    """One of several paths."""

    parts: tuple[Path, ...]

    def ends(self, lookup: Lookup, node: Node) -> Collection[Node]:
        """The distinct things at the end of the path from a thing."""
        return dict.fromkeys(end for part in self.parts for end in part.ends(lookup, node))

    def inverse(self) -> AlternativePath:
        """The path in the opposite direction."""
        return AlternativePath(tuple(part.inverse() for part in self.parts))

    def steps(self) -> Iterator[tuple[SequencePath, Step, SequencePath]]:
        """Each step, with the path before it and the path after it."""
        for part in self.parts:
            yield from part.steps()

    def __str__(self) -> str:
        return f"({'|'.join(map(str, self.parts))})"


@dataclass(frozen=True)
class RepeatedPath:
    """A path any number of times (`*`), at least once (`+`), or at most once (`?`)."""

    part: Path
    modifier: str = "*"

    def ends(self, lookup: Lookup, node: Node) -> Collection[Node]:
        """The distinct things at the end of the path from a thing."""
        first = self.part.ends(lookup, node)
        nodes = dict.fromkeys(first if self.modifier == "+" else (node, *first))
        pending = [] if self.modifier == "?" else list(first)
        while pending:
            for end in self.part.ends(lookup, pending.pop()):
                if end not in nodes:
                    nodes[end] = None
                    pending.append(end)
        return nodes

    def inverse(self) -> RepeatedPath:
        """The path in the opposite direction."""
        return RepeatedPath(self.part.inverse(), self.modifier)

    def steps(self) -> Iterator[tuple[SequencePath, Step, SequencePath]]:
        """Each step, with the path before it and the path after it."""
        loop = () if self.modifier == "?" else (RepeatedPath(self.part),)
        for prefix, step, suffix in self.part.steps():
            yield SequencePath((*loop, *prefix.parts)), step, SequencePath((*suffix.parts, *loop))

    def __str__(self) -> str:
        return f"({self.part}){self.modifier}"


Path = Step | SequencePath | AlternativePath | RepeatedPath


def may_be_empty(path: Path) -> bool:
    """Whether a path also leads from each thing to itself, even from one without statements.

    >>> step = Step(Iri("https://example.org/p"))
    >>> may_be_empty(AlternativePath((step, RepeatedPath(step))))
    True
    >>> may_be_empty(SequencePath((step, RepeatedPath(step))))
    False
    """
    match path:
        case RepeatedPath():
            return path.modifier != "+" or may_be_empty(path.part)
        case AlternativePath():
            return any(map(may_be_empty, path.parts))
        case SequencePath():
            return all(map(may_be_empty, path.parts))
    return False


_REPEATED = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def shape_path(shapes: ShapesGraph, path: Term) -> Path:
    """A path as a shape writes it: an IRI, a list of steps, or a blank node with one of SHACL's
    paths.
    """
    if path.kind == "uri":
        return Step(Iri(path.value))
    if members := shapes.members(path):
        return SequencePath(tuple(shape_path(shapes, member) for member in members))
    if inverse := shapes.value(path, "inversePath"):
        return shape_path(shapes, inverse).inverse()
    if alternatives := shapes.value(path, "alternativePath"):
        members = shapes.members(alternatives)
        return AlternativePath(tuple(shape_path(shapes, member) for member in members))
    for name, modifier in _REPEATED.items():
        if part := shapes.value(path, name):
            return RepeatedPath(shape_path(shapes, part), modifier)
    raise ValueError(f"{path} is not a path")
