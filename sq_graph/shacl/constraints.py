"""The constraints of SHACL Core, decided in Python for one thing at a time.

They give what the compiled rules give: a test holds both equal on every witness, on the whole map
and on random changes. Where Python and the engine could differ, as in comparing literals, the
engine is asked.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial

from sq_graph.graph import Term
from sq_graph.graph.lookup import Blank, Iri, Literal, Lookup, Node, is_true, parse_term
from sq_graph.shacl.paths import Path, shape_path
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.vocab import RDF, XSD

Test = Callable[[Lookup, Node], bool]
"""Whether a single value is at fault."""
Check = Callable[[Lookup, Node], Iterable[Node | None]]
"""The values for which a thing is at fault; None where no one value is."""

Kinds = Callable[[Term], set[str]]
"""Gives a class and all classes beneath it."""

TYPE = Iri(RDF + "type")
CAST = {
    XSD + name for name in ("integer", "decimal", "float", "double", "boolean", "dateTime", "date")
}
"""The datatypes whose literals have a form that the engine can check."""
_KINDS = {"IRI": Iri, "Literal": Literal, "BlankNode": Blank}
SIGNS = {
    **{"minInclusive": ">=", "maxInclusive": "<=", "minExclusive": ">", "maxExclusive": "<"},
    **{"minLength": ">=", "maxLength": "<=", "lessThan": "<", "lessThanOrEquals": "<="},
}
OF_ITSELF = (
    "datatype",
    "nodeKind",
    "in",
    "pattern",
    "languageIn",
    "minInclusive",
    "maxInclusive",
    "minExclusive",
    "maxExclusive",
    "minLength",
    "maxLength",
)
"""Constraints that judge a thing by its own name or text."""
LISTS = ("or", "and", "xone")
"""Constraints by several shapes."""
SINGLE = ("class", *OF_ITSELF, "node", "not", *LISTS)
"""Constraints on a single value."""
COUNTS = ("minCount", "maxCount", "qualifiedMinCount", "qualifiedMaxCount")
COMPARING = ("disjoint", "lessThan", "lessThanOrEquals")
"""Constraints that compare the values of a path with those of another property."""
_PLAIN_PATTERN = re.compile(r"(?:\\[.d/-]|\[(?:\\[.d-]|[^\]\\\[&~])*\]|[^\\\[])*")
"""The regular expressions that Python reads as the engine does."""


class Constraints:
    """Reads the constraints of shapes that can be compiled, each as a function.

    Parameters:
        shapes: the shapes.
        kinds: gives a class and all classes beneath it.
    """

    def __init__(self, shapes: ShapesGraph, kinds: Kinds) -> None:
        self.shapes, self._kinds = shapes, kinds

    def at_node(self, shape: Term) -> Iterator[tuple[str, Check]]:
        """The constraints of a node shape on the thing itself, each with its name."""
        for name, test in self._tests(shape):
            yield name, partial(_itself, test)
        for given in self.shapes.all(shape, "hasValue"):
            yield "hasValue", partial(_unlike, parse_term(given.n3()))

    def at_path(self, shape: Term) -> Iterator[tuple[str, Check]]:
        """The constraints of a property shape on what is at the end of its path, each with its
        name.
        """
        path = shape_path(self.shapes, self.shapes.all(shape, "path")[0])
        for name, test in self._tests(shape):
            yield name, partial(_values, path, test)
        for name, test in self._on_all(shape, path):
            yield name, partial(_whole, test)
        for name, given in self.shapes.given(shape, COMPARING):
            other = Iri(given.value)
            if name == "disjoint":
                yield name, partial(_shared, path, other)
            else:
                yield name, partial(_unordered, path, SIGNS[name], other)

    # ---- single values

    def _tests(self, shape: Term) -> Iterator[tuple[str, Test]]:
        for name, given in self.shapes.given(shape, SINGLE):
            yield name, self._test(shape, name, given)

    def _test(self, shape: Term, name: str, given: Term) -> Test:
        parts = self.shapes.members(given) if name in LISTS else []
        parts += [given] if name in ("node", "not") else []
        fails = list(map(self._fails, parts))
        match name:
            case "or" | "node":
                return lambda lookup, x: all(one(lookup, x) for one in fails)
            case "and":
                return lambda lookup, x: any(one(lookup, x) for one in fails)
            case "xone":
                return lambda lookup, x: sum(not one(lookup, x) for one in fails) != 1
            case "not":
                return lambda lookup, x: not fails[0](lookup, x)
            case "class":
                kinds = frozenset(map(Iri, self._kinds(given)))
                return lambda lookup, x: kinds.isdisjoint(lookup.objects(x, TYPE))
        return self._literal_test(shape, name, given)

    def _literal_test(self, shape: Term, name: str, given: Term) -> Test:
        """A constraint that only the value itself decides."""
        match name:
            case "datatype":
                kind = Iri(given.value)
                return lambda _, x: not _has_datatype(x, kind)
            case "nodeKind":
                fitting = tuple(kind for one, kind in _KINDS.items() if one in given.value)
                return lambda _, x: not isinstance(x, fitting)
            case "in":
                members = frozenset(parse_term(one.n3()) for one in self.shapes.members(given))
                return lambda _, x: x not in members
            case "pattern":
                finds = _pattern(given.value, self.shapes.text(shape, "flags"))
                return lambda _, x: not isinstance(x, (Iri, Literal)) or not finds(x.value)
            case "languageIn":
                tags = [one.value.lower() for one in self.shapes.members(given)]
                return lambda _, x: not any(_is_in_language(x, tag) for tag in tags)
            case "minLength":
                return lambda _, x: _length(x, -1) < int(given.value)
            case "maxLength":
                return lambda _, x: _length(x, int(given.value) + 1) > int(given.value)
        text = f" {SIGNS[name]} {given.n3()}"
        return lambda _, x: isinstance(x, Blank) or not is_true(str(x) + text)

    def _fails(self, shape: Term) -> Test:
        """Whether a thing breaks any constraint of a whole shape."""
        if self.shapes.is_off(shape):
            return lambda *_: False
        at = self.at_path if self.shapes.one(shape, "path") else self.at_node
        checks = [check for _, check in at(shape)]
        held = [self._fails(one) for one in self.shapes.all(shape, "property")]
        return lambda lookup, x: (
            any(True for check in checks for _ in check(lookup, x))
            or any(fails(lookup, x) for fails in held)
        )

    # ---- all values of a path

    def _on_all(self, shape: Term, path: Path) -> Iterator[tuple[str, Test]]:
        """Each constraint on the values of a path as a whole, true where it is broken."""
        wanted = self.shapes.one(shape, "qualifiedValueShape")
        for name, given in self.shapes.given(shape, COUNTS):
            fails = self._fails(wanted) if wanted and name.startswith("q") else None
            is_most, number = name.endswith("axCount"), int(given.value)
            yield name, partial(_miscounted, path, fails, is_most, number)
        for given in self.shapes.all(shape, "hasValue"):
            yield "hasValue", partial(_lacks, path, parse_term(given.n3()))
        if self.shapes.text(shape, "uniqueLang") == "true":
            yield "uniqueLang", lambda lookup, x: _has_twins(path.ends(lookup, x))


# ---- the forms of a check


def _itself(test: Test, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    return (x,) if test(lookup, x) else ()


def _unlike(given: Node, _: Lookup, x: Node) -> Iterable[Node | None]:
    return (None,) if x != given else ()


def _values(path: Path, test: Test, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    return [y for y in path.ends(lookup, x) if test(lookup, y)]


def _whole(test: Test, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    return (None,) if test(lookup, x) else ()


def _shared(path: Path, other: Iri, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    others = lookup.objects(x, other)
    return [y for y in path.ends(lookup, x) if y in others] if others else ()


def _unordered(path: Path, sign: str, other: Iri, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    others = lookup.objects(x, other)
    ends = path.ends(lookup, x)
    return [y for y in ends if any(not _is_in_order(y, sign, z) for z in others)]


def _is_in_order(y: Node, sign: str, z: Node) -> bool:
    if isinstance(y, Blank) or isinstance(z, Blank):
        return y == z and sign == "<="  # as the engine has it
    return is_true(f"{y} {sign} {z}")


def _lacks(path: Path, wanted: Node, lookup: Lookup, x: Node) -> bool:
    return wanted not in path.ends(lookup, x)


def _miscounted(
    path: Path, fails: Test | None, is_most: bool, number: int, lookup: Lookup, x: Node
) -> bool:
    ends = path.ends(lookup, x)
    count = len(ends) if fails is None else sum(not fails(lookup, y) for y in ends)
    return count > number if is_most else count < number


# ---- single values


def _has_datatype(x: Node, kind: Iri) -> bool:
    if not isinstance(x, Literal) or x.datatype != kind:
        return False
    return kind.value not in CAST or _is_well_formed(kind.value, x.value)


@lru_cache(maxsize=100_000)
def _is_well_formed(datatype: str, text: str) -> bool:
    return is_true(f"isLiteral(<{datatype}>({Literal(text)}))")


def _pattern(pattern: str, flags: str) -> Callable[[str], bool]:
    """Whether a text has a match: Python decides where both read the pattern alike, else the
    engine.
    """
    if not _PLAIN_PATTERN.fullmatch(pattern) or flags:
        rest = f"{Literal(pattern)}{f', {Literal(flags)}' if flags else ''}"
        return lambda text: is_true(f"REGEX({Literal(text)}, {rest})")
    parts = re.findall(r"\\.|\[(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL)
    # `$` of Python matches before a last line break, too
    search = re.compile("".join(r"\Z" if part == "$" else part for part in parts)).search
    return lambda text: search(text) is not None


def _is_in_language(x: Node, tag: str) -> bool:
    language = (x.language or "").lower() if isinstance(x, Literal) else ""
    if tag == "*":
        return bool(language)
    return language == tag or language.startswith(f"{tag}-")


def _length(x: Node, otherwise: int) -> int:
    return len(x.value) if isinstance(x, (Iri, Literal)) else otherwise


def _has_twins(values: Iterable[Node]) -> bool:
    """Whether two values are in one language."""
    tags = [x.language.lower() for x in values if isinstance(x, Literal) and x.language]
    return len(tags) > len(set(tags))
