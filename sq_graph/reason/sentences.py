"""Axioms in words."""

import re
from collections.abc import Mapping

from sq_graph.reason.axioms import Axiom, Expression
from sq_graph.resources import data_beside
from sq_graph.vocab import slug_of

_OWL = data_beside(__file__, "owl.json")
_QUANTIFIERS: Mapping[str, str] = _OWL["quantifiers"]
"""Expression → the quantifier of the values of its role."""
_SENTENCES: Mapping[str, str] = _OWL["sentences"]
"""Axiom → the template of its sentence, to be filled with the names in it."""
_COUNTABLE = re.compile(
    r"\b(collectivity|society|community|group|person|dimension|outcome|process|phenomenon|matter"
    r"|state|rupture|cause|case|order|structure|lack)$"
)


def sentence(axiom: Axiom, labels: Mapping[str, str]) -> str:
    """An axiom as a sentence; labels of its own file lose the holder's name in brackets.

    >>> labels = {"e:X": "exclusion", "e:C": "cohesion", "e:in": "is within the meaning of"}
    >>> sentence(Axiom(("SubClassOf", "e:X", ("ObjectSomeValuesFrom", "e:in", "e:C"))), labels)
    'whatever is exclusion is within the meaning of some cohesion'
    """
    if not axiom.senses:
        own_names = [name for name in labels if name.startswith(f"{axiom.source}#")]
        short = {name: re.sub(r" \([^()]*\)$", "", labels[name]) for name in own_names}
        labels = {**labels, **short}
    return _Verbaliser(labels).sentence(*axiom.expression)


class _Verbaliser:
    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels

    def sentence(self, kind: str, first: Expression, *rest: Expression) -> str:
        if kind == "SubClassOf":
            is_denied = isinstance(rest[0], tuple) and rest[0][0] == "ObjectComplementOf"
            verb = self.verb(rest[0][1], "any") if is_denied else self.verb(rest[0])
            return f"{'nothing that' if is_denied else 'whatever'} {self.verb(first)} {verb}"
        if kind == "ClassAssertion":
            is_complete = isinstance(first, str) and self.name(rest[0]).startswith("some ")
            text = f"there can be {self.name(rest[0])}"
            return text if is_complete else f"{text}, which {self.verb(first)}"
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
            predicates = (self.verb(part).removeprefix("is ") for part in (first, *rest))
            return f"nothing is both {' and '.join(predicates)}"
        if kind in ("SameIndividual", "DifferentIndividuals"):
            return f"{' and '.join(nouns)} are {'one thing' if kind[0] == 'S' else 'different'}"
        return f"{kind}: {', '.join(nouns)}"

    def noun(self, part: Expression) -> str:
        """A class as a noun, followed by its conditions."""
        return f"something that {self.verb(part)}" if isinstance(part, tuple) else self.name(part)

    def verb(self, part: Expression, some: str = "some") -> str:
        """A class as a predicate, such as “is a group”."""
        if not isinstance(part, tuple):
            label = self.name(part)
            head = re.split(" (?:of|with|from|in|that|whose|for|at) ", label)[0]
            is_countable = _COUNTABLE.search(head)
            return f"is {('an ' if label[0] in 'aeiou' else 'a ') if is_countable else ''}{label}"
        kind, first, *rest = part
        if kind in ("ObjectIntersectionOf", "ObjectUnionOf"):
            conjunction = " and " if kind.startswith("ObjectI") else " or "
            return conjunction.join(map(self.verb, part[1:]))
        if kind == "ObjectComplementOf":
            if isinstance(first, tuple):
                is_some = first[0] == "ObjectSomeValuesFrom"
                return self.verb(first, "no") if is_some else f"is not {self.noun(first)}"
            return self.verb(first).replace("is ", "is not ", 1)
        if kind == "ObjectOneOf":
            return f"is {' or '.join(map(self.name, part[1:]))}"
        quantifier = {**_QUANTIFIERS, "ObjectSomeValuesFrom": some}.get(kind, "")
        if kind.endswith("Cardinality"):
            quantifier, first = f"{quantifier} {first}", rest[0]
        if kind == "ObjectHasValue":
            return f"{self.name(first)} {self.name(rest[-1])}"
        if isinstance(first, tuple):
            return f"has {quantifier} {self.noun(rest[-1])} that {self.name(first[1])} it"
        return f"{self.name(first)} {quantifier} {self.noun(rest[-1])}"

    def name(self, iri: Expression) -> str:
        if isinstance(iri, tuple):  # an inverse role
            return f"is reached by “{self.name(iri[1])}” from"
        return self.labels.get(str(iri), slug_of(str(iri)))
