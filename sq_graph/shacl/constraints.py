"""The constraints of SHACL Core, evaluated in Python for one thing at a time.

They give the same results as the compiled rules: tests compare both on every witness, on the whole
map and on random changes. Where Python and the engine could differ, as in comparing literals, the
engine decides.
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
"""Whether a value violates a constraint."""
Check = Callable[[Lookup, Node], Iterable[Node | None]]
"""The values for which a thing violates a constraint; None where no single value is at fault."""

Subclasses = Callable[[Term], set[str]]
"""Returns the names of a class and all its subclasses."""

TYPE = Iri(RDF + "type")
CHECKED_DATATYPES = {
    XSD + name for name in ("integer", "decimal", "float", "double", "boolean", "dateTime", "date")
}
"""The datatypes whose lexical forms the engine can check."""
_NODE_KINDS = {"IRI": Iri, "Literal": Literal, "BlankNode": Blank}
OPERATORS = {
    **{"minInclusive": ">=", "maxInclusive": "<=", "minExclusive": ">", "maxExclusive": "<"},
    **{"minLength": ">=", "maxLength": "<=", "lessThan": "<", "lessThanOrEquals": "<="},
}
_RANGES = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
_LENGTHS = ("minLength", "maxLength")
INTRINSIC = ("datatype", "nodeKind", "in", "pattern", "languageIn", *_RANGES, *_LENGTHS)
"""Constraints on the name or text of a value itself."""
LISTS = ("or", "and", "xone")
"""Constraints by a list of shapes."""
SINGLE_VALUE = ("class", *INTRINSIC, "node", "not", *LISTS)
"""Constraints on each single value."""
COUNTS = ("minCount", "maxCount", "qualifiedMinCount", "qualifiedMaxCount")
PAIRS = ("disjoint", "lessThan", "lessThanOrEquals")
"""Constraints that compare the values of a path with those of another property."""
_PLAIN_PATTERN = re.compile(r"(?:\\[.d/-]|\[(?:\\[.d-]|[^\]\\\[&~])*\]|[^\\\[])*")
"""The regular expressions that Python and the engine read alike."""


class Constraints:
    """Turns the constraints of shapes that can be compiled into functions.

    Parameters:
        shapes: the shapes.
        subclasses: returns the names of a class and all its subclasses.
    """

    def __init__(self, shapes: ShapesGraph, subclasses: Subclasses) -> None:
        self.shapes, self._subclasses = shapes, subclasses

    def checks(self, shape: Term) -> Iterator[tuple[str, Check]]:
        """The constraints of a shape, by name."""
        is_property_shape = self.shapes.value(shape, "path")
        return self._path_checks(shape) if is_property_shape else self._node_checks(shape)

    def _node_checks(self, shape: Term) -> Iterator[tuple[str, Check]]:
        """The constraints of a node shape on the thing itself, by name."""
        for name, test in self._value_tests(shape):
            yield name, partial(_check_itself, test)
        for argument in self.shapes.values(shape, "hasValue"):
            yield "hasValue", partial(_check_equality, parse_term(argument.n3()))

    def _path_checks(self, shape: Term) -> Iterator[tuple[str, Check]]:
        """The constraints of a property shape on the values of its path, by name."""
        path = shape_path(self.shapes, self.shapes.values(shape, "path")[0])
        for name, test in self._value_tests(shape):
            yield name, partial(_check_values, path, test)
        for name, test in self._set_tests(shape, path):
            yield name, partial(_check_set, test)
        for name, argument in self.shapes.arguments(shape, PAIRS):
            other = Iri(argument.value)
            if name == "disjoint":
                yield name, partial(_check_disjoint, path, other)
            else:
                yield name, partial(_check_order, path, OPERATORS[name], other)

    # ---- single values

    def _value_tests(self, shape: Term) -> Iterator[tuple[str, Test]]:
        for name, argument in self.shapes.arguments(shape, SINGLE_VALUE):
            yield name, self._value_test(shape, name, argument)

    def _value_test(self, shape: Term, name: str, argument: Term) -> Test:
        operands = self.shapes.members(argument) if name in LISTS else []
        operands += [argument] if name in ("node", "not") else []
        tests = list(map(self._shape_test, operands))
        match name:
            case "or" | "node":
                return lambda lookup, x: all(fails(lookup, x) for fails in tests)
            case "and":
                return lambda lookup, x: any(fails(lookup, x) for fails in tests)
            case "xone":
                return lambda lookup, x: sum(not fails(lookup, x) for fails in tests) != 1
            case "not":
                return lambda lookup, x: not tests[0](lookup, x)
            case "class":
                classes = frozenset(map(Iri, self._subclasses(argument)))
                return lambda lookup, x: classes.isdisjoint(lookup.objects(x, TYPE))
        return self._intrinsic_test(shape, name, argument)

    def _intrinsic_test(self, shape: Term, name: str, argument: Term) -> Test:
        """A constraint that depends on nothing but the value itself."""
        match name:
            case "datatype":
                datatype = Iri(argument.value)
                return lambda _, x: not _has_datatype(x, datatype)
            case "nodeKind":
                types = tuple(_NODE_KINDS[kind] for kind in _NODE_KINDS if kind in argument.value)
                return lambda _, x: not isinstance(x, types)
            case "in":
                members = frozenset(parse_term(x.n3()) for x in self.shapes.members(argument))
                return lambda _, x: x not in members
            case "pattern":
                matches = _matcher(argument.value, self.shapes.text(shape, "flags"))
                return lambda _, x: not isinstance(x, (Iri, Literal)) or not matches(x.value)
            case "languageIn":
                tags = [member.value.lower() for member in self.shapes.members(argument)]
                return lambda _, x: not any(_is_in_language(x, tag) for tag in tags)
            case "minLength":
                return lambda _, x: _length(x, -1) < int(argument.value)
            case "maxLength":
                return lambda _, x: _length(x, int(argument.value) + 1) > int(argument.value)
        text = f" {OPERATORS[name]} {argument.n3()}"
        return lambda _, x: isinstance(x, Blank) or not is_true(str(x) + text)

    def _shape_test(self, shape: Term) -> Test:
        """Whether a thing violates any constraint of a shape."""
        if self.shapes.is_deactivated(shape):
            return lambda *_: False
        checks = [check for _, check in self.checks(shape)]
        tests = list(map(self._shape_test, self.shapes.values(shape, "property")))
        return lambda lookup, x: (
            any(True for check in checks for _ in check(lookup, x))
            or any(fails(lookup, x) for fails in tests)
        )

    # ---- all values of a path

    def _set_tests(self, shape: Term, path: Path) -> Iterator[tuple[str, Test]]:
        """The constraints on all values of a path together, by name."""
        value_shape = self.shapes.value(shape, "qualifiedValueShape")
        for name, argument in self.shapes.arguments(shape, COUNTS):
            fails = self._shape_test(value_shape) if value_shape and name[0] == "q" else None
            is_maximum, number = name.endswith("axCount"), int(argument.value)
            yield name, partial(_is_miscounted, path, fails, is_maximum, number)
        for argument in self.shapes.values(shape, "hasValue"):
            yield "hasValue", partial(_lacks_value, path, parse_term(argument.n3()))
        if self.shapes.text(shape, "uniqueLang") == "true":
            yield "uniqueLang", lambda lookup, x: _repeats_language(path.ends(lookup, x))


# ---- the kinds of checks


def _check_itself(test: Test, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    return (x,) if test(lookup, x) else ()


def _check_equality(argument: Node, _: Lookup, x: Node) -> Iterable[Node | None]:
    return (None,) if x != argument else ()


def _check_values(path: Path, test: Test, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    return [y for y in path.ends(lookup, x) if test(lookup, y)]


def _check_set(test: Test, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    return (None,) if test(lookup, x) else ()


def _check_disjoint(path: Path, other: Iri, lookup: Lookup, x: Node) -> Iterable[Node | None]:
    others = lookup.objects(x, other)
    return [y for y in path.ends(lookup, x) if y in others] if others else ()


def _check_order(path: Path, operator: str, other: Iri, lookup: Lookup, x: Node) -> list[Node]:
    others, ends = lookup.objects(x, other), path.ends(lookup, x)
    return [y for y in ends if any(not _is_in_order(y, operator, z) for z in others)]


def _is_in_order(y: Node, operator: str, z: Node) -> bool:
    if isinstance(y, Blank) or isinstance(z, Blank):
        return y == z and operator == "<="  # as in the engine
    return is_true(f"{y} {operator} {z}")


def _lacks_value(path: Path, value: Node, lookup: Lookup, x: Node) -> bool:
    return value not in path.ends(lookup, x)


def _is_miscounted(
    path: Path, fails: Test | None, is_maximum: bool, number: int, lookup: Lookup, x: Node
) -> bool:
    ends = path.ends(lookup, x)
    count = len(ends) if fails is None else sum(not fails(lookup, y) for y in ends)
    return count > number if is_maximum else count < number


# ---- single values


def _has_datatype(x: Node, datatype: Iri) -> bool:
    if not isinstance(x, Literal) or x.datatype != datatype:
        return False
    return datatype.value not in CHECKED_DATATYPES or _is_valid(datatype.value, x.value)


@lru_cache(maxsize=100_000)
def _is_valid(datatype: str, text: str) -> bool:
    return is_true(f"isLiteral(<{datatype}>({Literal(text)}))")


def _matcher(pattern: str, flags: str) -> Callable[[str], bool]:
    """A function that tells whether a text matches: in Python where both read the pattern alike,
    else by the engine.
    """
    if not _PLAIN_PATTERN.fullmatch(pattern) or flags:
        arguments = f"{Literal(pattern)}{f', {Literal(flags)}' if flags else ''}"
        return lambda text: is_true(f"REGEX({Literal(text)}, {arguments})")
    parts = re.findall(r"\\.|\[(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL)
    # in Python, `$` also matches before a final line break
    search = re.compile("".join(r"\Z" if part == "$" else part for part in parts)).search
    return lambda text: search(text) is not None


def _is_in_language(x: Node, tag: str) -> bool:
    language = (x.language or "").lower() if isinstance(x, Literal) else ""
    if tag == "*":
        return bool(language)
    return language == tag or language.startswith(f"{tag}-")


def _length(x: Node, default: int) -> int:
    return len(x.value) if isinstance(x, (Iri, Literal)) else default


def _repeats_language(values: Iterable[Node]) -> bool:
    """Whether two values are in the same language."""
    tags = [x.language.lower() for x in values if isinstance(x, Literal) and x.language]
    return len(tags) > len(set(tags))
