"""The tasks for a reasoner about positions: numbered axioms, and questions about sets of them."""

from collections.abc import Iterable
from itertools import chain, combinations
from typing import Any

from sq_graph.reason.axioms import Axiom, upwards
from sq_graph.reason.positions import PositionSet
from sq_graph.vocab import OWL

_CASE = "urn:case:"
_MIN_ENDS = {"ClassAssertion": 9, "SubClassOf": 1, "SubObjectPropertyOf": 1, "DisjointClasses": 2}
"""Axiom → how many of its names must be reachable from other axioms for it to matter to them."""


class AxiomIndex:
    """Every axiom of a set of positions under one number, the background first; further axioms are
    added on demand.

    The order does not depend on the tasks, so that results and their order do not depend on earlier
    results.
    """

    def __init__(self, position_set: PositionSet) -> None:
        self.position_set = position_set
        self.axioms: list[Axiom] = []
        self._numbers: dict[Axiom, int] = {}
        self.background = self.numbers_of(position_set.background)
        for slug in sorted(position_set.positions):
            self.numbers_of(position_set.axioms_of(slug))
        self.numbers_of(position_set.identities)

    def number_of(self, axiom: Axiom) -> int:
        """The number of an axiom."""
        if axiom not in self._numbers:
            self._numbers[axiom] = len(self.axioms)
            self.axioms.append(axiom)
        return self._numbers[axiom]

    def numbers_of(self, axioms: Iterable[Axiom]) -> list[int]:
        """The numbers of some axioms, in their order."""
        return list(map(self.number_of, axioms))

    def background_for(self, numbers: Iterable[int]) -> list[int]:
        """The background that can matter to some axioms: axioms on the names in them, or on names
        above these.

        A witness of a class that they do not mention, with everything above it, can always be added
        to a model of the rest.
        """
        expressions = {number: self.axioms[number].expression for number in self.background}
        links = ("SubClassOf", "SubObjectPropertyOf")
        above = {(e[1], e[2]) for e in expressions.values() if e[0] in links}
        names = frozenset[str]().union(*(self.axioms[number].names for number in numbers))
        asserted = ((n, e[1]) for n, e in expressions.items() if e[0] == "ClassAssertion")
        witnesses = {n for n, kind in asserted if upwards({kind}, above) & names}
        reachable = upwards({*names, *(expressions[n][1] for n in witnesses)}, above)
        ends = ((n, e[0], sum(part in reachable for part in e[1:])) for n, e in expressions.items())
        relevant = {n for n, kind, count in ends if count >= _MIN_ENDS.get(kind, 0)}
        return sorted(witnesses | relevant)


class PairTasks:
    """The tasks about one group of positions: its conflicts; for a pair, also what one entails and
    which words must be empty. Only claims up to a level count.
    """

    def __init__(
        self, index: AxiomIndex, slugs: tuple[str, ...], senses: str, up_to: int = 3
    ) -> None:
        position_set = index.position_set
        self.index, self.slugs, self.senses = index, slugs, senses
        self.axioms = {slug: index.numbers_of(position_set.axioms_of(slug)) for slug in slugs}
        self.identities = index.numbers_of(position_set.identities_of(slugs, senses))
        words = {slug: position_set.words(slug, senses) for slug in slugs}
        self.share_words = all(
            words[a][0] & words[b][1] or words[b][0] & words[a][1]
            for a, b in combinations(slugs, 2)
        )
        numbers = chain(*self.axioms.values())
        levels = {number: position_set.level(index.axioms[number]) for number in numbers}
        soft = {number: level for number, level in levels.items() if level <= up_to}
        soft |= dict.fromkeys(self.identities, 1)
        self.inferences = sorted(n for n in soft if index.axioms[n].reading == "read")
        self.background = index.background_for(soft)
        self.tasks: list[dict[str, Any]] = [
            {"do": "analyse", "background": self.background, "soft": soft, "read": self.inferences}
        ]
        if len(slugs) == 2:
            self.tasks += [self._entails(*slugs), self._entails(*reversed(slugs))]
            self.tasks.append(self._empties(soft))

    def _entails(self, holder: str, other: str) -> dict[str, Any]:
        """Whether one position's own axioms entail all of the other's; curators' inferences count
        on neither side.
        """
        premises, conclusions = (
            [number for number in self.axioms[slug] if number not in self.inferences]
            for slug in (holder, other)
        )
        denials = [denial(self.index.axioms[number]) for number in conclusions]
        known = list(filter(None, denials)) if self.share_words and None not in denials else []
        axioms, each = [*self.background, *self.identities, *premises], self.index.numbers_of(known)
        return {"do": "refuted", "axioms": axioms, "each": each, "every": True}

    def _empties(self, soft: Iterable[int]) -> dict[str, Any]:
        """Which identified words of the two can have no instance."""
        modules = tuple(self.index.position_set.positions[slug].module + "#" for slug in self.slugs)
        names = {name for number in self.identities for name in self.index.axioms[number].names}
        words = sorted(name for name in names if name.startswith(modules))
        cases = [Axiom(("ClassAssertion", word, _CASE + word)) for word in words]
        axioms, each = [*self.background, *soft], self.index.numbers_of(cases)
        return {"do": "refuted", "axioms": axioms, "each": each}


def denial(axiom: Axiom) -> Axiom | None:
    """An axiom that is consistent exactly where the given one does not follow; None where no such
    axiom is known.

    A named case follows where there must be some such case, whatever its name.

    >>> denial(Axiom(("ClassAssertion", "e:Rupture", "e:one"))).text
    'SubClassOf(<e:Rupture> <http://www.w3.org/2002/07/owl#Nothing>)'
    """
    kind, *operands = axiom.expression
    if kind == "ClassAssertion":
        return Axiom(("SubClassOf", operands[0], OWL + "Nothing"))
    if kind == "SubClassOf":
        operands[1] = ("ObjectComplementOf", operands[1])
    if kind in ("SubClassOf", "DisjointClasses") and len(operands) == 2:
        return Axiom(("ClassAssertion", ("ObjectIntersectionOf", *operands), _CASE + "denial"))
    return None
