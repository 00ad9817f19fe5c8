"""What is asked of a reasoner about positions: numbered axioms, and questions about sets of
them.
"""

from collections.abc import Iterable
from itertools import chain, combinations
from typing import Any

from sq_graph.reason.axioms import Axiom, upwards
from sq_graph.reason.positions import PositionSet
from sq_graph.vocab import OWL

_CASE = "urn:case:"
_ENDS_NEEDED = {
    "ClassAssertion": 9,
    "SubClassOf": 1,
    "SubObjectPropertyOf": 1,
    "DisjointClasses": 2,
}


class AxiomIndex:
    """Every axiom of a set of positions under one number, the background first, and further ones
    as they are asked for.

    The order does not hang on what is asked, so that the same is found in the same order whatever
    was found earlier.
    """

    def __init__(self, world: PositionSet) -> None:
        self.world = world
        self.axioms: list[Axiom] = []
        self._of: dict[Axiom, int] = {}
        self.background = [self.of(axiom) for axiom in world.background]
        held = (one for slug in sorted(world.positions) for one in world.axioms_of(slug))
        for axiom in chain(held, world.identities):
            self.of(axiom)

    def of(self, axiom: Axiom) -> int:
        """The number of an axiom."""
        if axiom not in self._of:
            self._of[axiom] = len(self.axioms)
            self.axioms.append(axiom)
        return self._of[axiom]

    def ground_for(self, chosen: Iterable[int]) -> list[int]:
        """The background that can matter to some axioms: what stands on or above a name of theirs.

        A witness of a class that they leave alone, with all above it, can always be added to a
        model of the rest.
        """
        says = {number: self.axioms[number].says for number in self.background}
        links = ("SubClassOf", "SubObjectPropertyOf")
        above = {(a[1], a[2]) for a in says.values() if a[0] in links}
        named = frozenset[str]().union(*(self.axioms[number].names for number in chosen))
        asserted = ((n, a) for n, a in says.items() if a[0] == "ClassAssertion")
        cases = {n for n, a in asserted if upwards({a[1]}, above) & named}
        known = upwards({*named, *(says[number][1] for number in cases)}, above)
        ends = ((n, a[0], sum(part in known for part in a[1:])) for n, a in says.items())
        return sorted(cases | {n for n, kind, count in ends if count >= _ENDS_NEEDED.get(kind, 0)})


class PairTasks:
    """The questions about one group of positions: their conflicts; of two, also what one entails
    and leaves empty. Only claims up to a level count.
    """

    def __init__(
        self, index: AxiomIndex, slugs: tuple[str, ...], senses: str, up_to: int = 3
    ) -> None:
        world = index.world
        self.index, self.slugs, self.senses = index, slugs, senses
        self.own = {slug: [index.of(axiom) for axiom in world.axioms_of(slug)] for slug in slugs}
        self.identities = [index.of(axiom) for axiom in world.identities_of(slugs, senses)]
        words = {slug: world.words(slug, senses) for slug in slugs}
        self.shares = all(
            words[a][0] & words[b][1] or words[b][0] & words[a][1]
            for a, b in combinations(slugs, 2)
        )
        held = chain(*self.own.values())
        levels = {number: world.level(index.axioms[number]) for number in held}
        soft = {number: level for number, level in levels.items() if level <= up_to}
        soft |= dict.fromkeys(self.identities, 1)
        self.read = sorted(number for number in soft if index.axioms[number].reading == "read")
        self.background = index.ground_for(soft)
        self.tasks: list[dict[str, Any]] = [
            {"do": "analyse", "background": self.background, "soft": soft, "read": self.read}
        ]
        if len(slugs) == 2:
            self.tasks += [self._entails(*slugs), self._entails(*reversed(slugs))]
            self.tasks.append(self._empties(soft))

    def _entails(self, holder: str, other: str) -> dict[str, Any]:
        """Whether one position's own axioms entail all of the other's own; curators' steps count on
        neither side.
        """
        own, others = (
            [number for number in self.own[slug] if number not in self.read]
            for slug in (holder, other)
        )
        denials = [denial(self.index.axioms[number]) for number in others]
        known = [one for one in denials if one] if self.shares and None not in denials else []
        axioms, each = [*self.background, *self.identities, *own], [*map(self.index.of, known)]
        return {"do": "refuted", "axioms": axioms, "each": each, "every": True}

    def _empties(self, soft: Iterable[int]) -> dict[str, Any]:
        """Which tied words of the two keep no case."""
        modules = tuple(self.index.world.positions[slug].module + "#" for slug in self.slugs)
        names = {name for number in self.identities for name in self.index.axioms[number].names}
        words = sorted(name for name in names if name.startswith(modules))
        cases = [self.index.of(Axiom(("ClassAssertion", one, _CASE + one))) for one in words]
        return {"do": "refuted", "axioms": [*self.background, *soft], "each": cases}


def denial(axiom: Axiom) -> Axiom | None:
    """What is consistent exactly where the axiom does not follow; None where this is not known.

    A named case follows where there must be some such case, whatever its name.

    >>> denial(Axiom(("ClassAssertion", "e:Rupture", "e:one"))).text
    'SubClassOf(<e:Rupture> <http://www.w3.org/2002/07/owl#Nothing>)'
    """
    kind, *parts = axiom.says
    if kind == "ClassAssertion":
        return Axiom(("SubClassOf", parts[0], OWL + "Nothing"))
    if kind == "SubClassOf":
        parts[1] = ("ObjectComplementOf", parts[1])
    if kind in ("SubClassOf", "DisjointClasses") and len(parts) == 2:
        return Axiom(("ClassAssertion", ("ObjectIntersectionOf", *parts), _CASE + "denial"))
    return None
