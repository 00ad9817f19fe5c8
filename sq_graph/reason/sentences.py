"""Axioms in words."""

import re
from collections.abc import Mapping

from sq_graph.reason.axioms import Axiom, Expression
from sq_graph.resources import data_beside
from sq_graph.vocab import slug_of

_OWL = data_beside(__file__, "owl.json")
_SOME: Mapping[str, str] = _OWL["some"]
"""Expression → how many of the values of its role it is about."""
_SENTENCES: Mapping[str, str] = _OWL["sentences"]
"""Axiom → its sentence, by the names that it holds."""
_COUNTED = re.compile(
    r"\b(collectivity|society|community|group|person|dimension|outcome|process|phenomenon|matter"
    r"|state|rupture|cause|case|order|structure|lack)$"
)


def sentence(axiom: Axiom, labels: Mapping[str, str]) -> str:
    """An axiom as a sentence; names of its own file go without the holder's name in brackets.

    >>> labels = {"e:X": "exclusion", "e:C": "cohesion", "e:in": "is within the meaning of"}
    >>> sentence(Axiom(("SubClassOf", "e:X", ("ObjectSomeValuesFrom", "e:in", "e:C"))), labels)
    'whatever is exclusion is within the meaning of some cohesion'
    """
    own = {name: label for name, label in labels.items() if name.startswith(f"{axiom.source}#")}
    if not axiom.senses:
        short = {name: re.sub(r" \([^()]*\)$", "", label) for name, label in own.items()}
        labels = {**labels, **short}
    return _Words(labels).sentence(*axiom.says)


class _Words:
    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels

    def sentence(self, kind: str, first: Expression, *rest: Expression) -> str:
        if kind == "SubClassOf":
            denied = isinstance(rest[0], tuple) and rest[0][0] == "ObjectComplementOf"
            verb = self.verb(rest[0][1], "any") if denied else self.verb(rest[0])
            return f"{'nothing that' if denied else 'whatever'} {self.verb(first)} {verb}"
        if kind == "ClassAssertion":
            known = isinstance(first, str) and self.name(rest[0]).startswith("some ")
            what = f"there can be {self.name(rest[0])}"
            return what if known else f"{what}, which {self.verb(first)}"
        if kind in _SENTENCES:
            return _SENTENCES[kind].format(*map(self.name, (first, *rest)))
        if kind == "ObjectPropertyDomain":
            return f"whatever {self.name(first)} something {self.verb(rest[0])}"
        if kind == "ObjectPropertyRange":
            return f"what something {self.name(first)} {self.verb(rest[0])}"
        nouns = [self.noun(part) for part in (first, *rest)]
        if kind == "EquivalentClasses":
            return " means the same as ".join(f"“{noun}”" for noun in nouns)
        if kind == "DisjointClasses":
            kinds = (self.verb(part).removeprefix("is ") for part in (first, *rest))
            return f"nothing is both {' and '.join(kinds)}"
        if kind in ("SameIndividual", "DifferentIndividuals"):
            return f"{' and '.join(nouns)} are {'one thing' if kind[0] == 'S' else 'different'}"
        return f"{kind}: {', '.join(nouns)}"

    def noun(self, part: Expression) -> str:
        """A class as a noun, with its conditions behind it."""
        return f"something that {self.verb(part)}" if isinstance(part, tuple) else self.name(part)

    def verb(self, part: Expression, some: str = "some") -> str:
        """A class as what is said of a thing."""
        if not isinstance(part, tuple):
            label = self.name(part)
            head = re.split(" (?:of|with|from|in|that|whose|for|at) ", label)[0]
            counted = _COUNTED.search(head)
            return f"is {('an ' if label[0] in 'aeiou' else 'a ') if counted else ''}{label}"
        kind, first, *rest = part
        if kind in ("ObjectIntersectionOf", "ObjectUnionOf"):
            between = " and " if kind.startswith("ObjectI") else " or "
            return between.join(map(self.verb, part[1:]))
        if kind == "ObjectComplementOf":
            tied = isinstance(first, tuple) and first[0] == "ObjectSomeValuesFrom"
            if tied or isinstance(first, tuple):
                return self.verb(first, "no") if tied else f"is not {self.noun(first)}"
            return self.verb(first).replace("is ", "is not ", 1)
        if kind == "ObjectOneOf":
            return f"is {' or '.join(map(self.name, part[1:]))}"
        which = {**_SOME, "ObjectSomeValuesFrom": some}.get(kind, "")
        if kind.endswith("Cardinality"):
            which, first = f"{which} {first}", rest[0]
        if kind == "ObjectHasValue":
            return f"{self.name(first)} {self.name(rest[-1])}"
        if isinstance(first, tuple):
            return f"has {which} {self.noun(rest[-1])} that {self.name(first[1])} it"
        return f"{self.name(first)} {which} {self.noun(rest[-1])}"

    def name(self, iri: Expression) -> str:
        if isinstance(iri, tuple):  # a role taken in reverse
            return f"is reached by “{self.name(iri[1])}” from"
        return self.labels.get(str(iri), slug_of(str(iri)))
