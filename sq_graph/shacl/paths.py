"""Property paths, followed from a thing in Python, and taken apart into the steps that they are
made of.
"""

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
        """The different things at the end of the path from a thing."""
        if self.backwards:
            return lookup.subjects(self.predicate, node)
        return lookup.objects(node, self.predicate)

    def inverse(self) -> Step:
        """The path from its end to its beginning."""
        return Step(self.predicate, not self.backwards)

    def steps(self) -> Iterator[tuple[SequencePath, Step, SequencePath]]:
        """Each step, with the path that leads to it and the path that leads on from it."""
        yield SequencePath(), self, SequencePath()

    def __str__(self) -> str:
        return f"^{self.predicate}" if self.backwards else str(self.predicate)


@dataclass(frozen=True)
class SequencePath:
    """Paths one after the other; none leads from a thing to itself."""

    parts: tuple[Path, ...] = ()

    def ends(self, lookup: Lookup, node: Node) -> Collection[Node]:
        """The different things at the end of the path from a thing."""
        found: Collection[Node] = (node,)
        for part in self.parts:
            if len(found) == 1:
                found = part.ends(lookup, *found)
            else:
                found = dict.fromkeys(end for near in found for end in part.ends(lookup, near))
        return found

    def inverse(self) -> SequencePath:
        """The path from its end to its beginning."""
        return SequencePath(tuple(part.inverse() for part in reversed(self.parts)))

    def steps(self) -> Iterator[tuple[SequencePath, Step, SequencePath]]:
        """Each step, with the path that leads to it and the path that leads on from it."""
        for place, part in enumerate(self.parts):
            before, after = self.parts[:place], self.parts[place + 1 :]
            for to, step, on in part.steps():
                yield SequencePath(before + to.parts), step, SequencePath(on.parts + after)

    def __str__(self) -> str:
        return f"({'/'.join(map(str, self.parts))})"


@dataclass(frozen=True)
class AlternativePath:
    """Any of some paths."""

    parts: tuple[Path, ...]

    def ends(self, lookup: Lookup, node: Node) -> Collection[Node]:
        """The different things at the end of the path from a thing."""
        return dict.fromkeys(end for part in self.parts for end in part.ends(lookup, node))

    def inverse(self) -> AlternativePath:
        """The path from its end to its beginning."""
        return AlternativePath(tuple(part.inverse() for part in self.parts))

    def steps(self) -> Iterator[tuple[SequencePath, Step, SequencePath]]:
        """Each step, with the path that leads to it and the path that leads on from it."""
        for part in self.parts:
            yield from part.steps()

    def __str__(self) -> str:
        return f"({'|'.join(map(str, self.parts))})"


@dataclass(frozen=True)
class RepeatedPath:
    """A path any number of times (`*`), at least once (`+`), or at most once (`?`)."""

    part: Path
    sign: str = "*"

    def ends(self, lookup: Lookup, node: Node) -> Collection[Node]:
        """The different things at the end of the path from a thing."""
        first = self.part.ends(lookup, node)
        found = dict.fromkeys(first if self.sign == "+" else (node, *first))
        waiting = [] if self.sign == "?" else list(first)
        while waiting:
            for end in self.part.ends(lookup, waiting.pop()):
                if end not in found:
                    found[end] = None
                    waiting.append(end)
        return found

    def inverse(self) -> RepeatedPath:
        """The path from its end to its beginning."""
        return RepeatedPath(self.part.inverse(), self.sign)

    def steps(self) -> Iterator[tuple[SequencePath, Step, SequencePath]]:
        """Each step, with the path that leads to it and the path that leads on from it."""
        more = () if self.sign == "?" else (RepeatedPath(self.part),)
        for to, step, on in self.part.steps():
            yield SequencePath((*more, *to.parts)), step, SequencePath((*on.parts, *more))

    def __str__(self) -> str:
        return f"({self.part}){self.sign}"


Path = Step | SequencePath | AlternativePath | RepeatedPath


def may_stay(path: Path) -> bool:
    """Whether a path also leads from a thing to itself, even where nothing is said of the thing.

    >>> step = Step(Iri("https://example.org/p"))
    >>> may_stay(AlternativePath((step, RepeatedPath(step))))
    True
    >>> may_stay(SequencePath((step, RepeatedPath(step))))
    False
    """
    match path:
        case RepeatedPath():
            return path.sign != "+" or may_stay(path.part)
        case AlternativePath():
            return any(map(may_stay, path.parts))
        case SequencePath():
            return all(map(may_stay, path.parts))
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
    if inverse := shapes.one(path, "inversePath"):
        return shape_path(shapes, inverse).inverse()
    if choice := shapes.one(path, "alternativePath"):
        return AlternativePath(tuple(shape_path(shapes, way) for way in shapes.members(choice)))
    for name, sign in _REPEATED.items():
        if part := shapes.one(path, name):
            return RepeatedPath(shape_path(shapes, part), sign)
    raise ValueError(f"{path} is not a path")
