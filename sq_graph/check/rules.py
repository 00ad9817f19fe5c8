"""SHACL compiled to SPARQL: each constraint of each shape becomes one rule, a query for the things that break it.

Compiled are the shapes of SHACL Core (without `sh:closed`, `sh:equals` and properties of properties) and SPARQL
constraints; for all else `NotCompiled` is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sq_graph.check.tracing import TYPE, Touch, traced
from sq_graph.errors import InputError
from sq_graph.graph import Graph, Term
from sq_graph.vocab import RDF, SH, XSD, shorten

_CAST = {
    XSD + name for name in ("integer", "decimal", "float", "double", "boolean", "dateTime", "date")
}
_SELECT = re.compile(
    r"\s*SELECT\s+(?:DISTINCT\s+)?(.+?)\s*WHERE\s*\{(.*)\}(.*)\Z", re.DOTALL | re.IGNORECASE
)
_KINDS = {
    "IRI": "isIRI({0})",
    "Literal": "isLiteral({0})",
    "BlankNode": "isBlank({0})",
    "BlankNodeOrIRI": "!isLiteral({0})",
    "IRIOrLiteral": "!isBlank({0})",
    "BlankNodeOrLiteral": "!isIRI({0})",
}
_LIMITS = {
    "minInclusive": "{0} >= {1}",
    "maxInclusive": "{0} <= {1}",
    "minExclusive": "{0} > {1}",
    "maxExclusive": "{0} < {1}",
    "minLength": "STRLEN(STR({0})) >= {1}",
    "maxLength": "STRLEN(STR({0})) <= {1}",
}
_PAIRS = {"lessThan": "<", "lessThanOrEquals": "<="}
_STEPS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_COUNTED = (
    "minCount",
    "maxCount",
    "hasValue",
    "uniqueLang",
    "qualifiedMinCount",
    "qualifiedMaxCount",
)
_TESTED = (
    "class",
    "datatype",
    "nodeKind",
    "in",
    "pattern",
    "languageIn",
    "node",
    "not",
    "or",
    "and",
    "xone",
    *_LIMITS,
)
_COMPARED = ("disjoint", *_PAIRS)
_PLAIN = (
    "path",
    "property",
    "sparql",
    "severity",
    "message",
    "name",
    "description",
    "order",
    "group",
    "deactivated",
    "targetClass",
    "targetNode",
    "targetSubjectsOf",
    "targetObjectsOf",
    "flags",
    "qualifiedValueShape",
    "defaultValue",
)

Target = tuple[str, tuple[Touch, ...]]
"""The patterns that find the targets of a shape, and the triples that make something a target."""


class NotCompiled(InputError):
    """A shape uses a part of SHACL that is not compiled to SPARQL."""


@dataclass(frozen=True)
class Rule:
    """One constraint of one shape: `body` binds `?this`, and `?value` where there is one, for each violation.

    Rules that the shapes state in SPARQL have a `prologue`; `targets` are the triples that make something a target.
    """

    shape: str
    component: str
    severity: str
    message: str
    target: str
    targets: tuple[Touch, ...]
    body: str
    columns: str = "?this"
    tail: str = ""
    prologue: str = ""

    @cached_property
    def touches(self) -> tuple[Touch, ...]:
        """The triples that bear on the rule."""
        return self.targets + traced(
            self.body, dict(re.findall(r"PREFIX (.*): <(.*)>", self.prologue))
        )

    def query(self, focus: Iterable[Term] | None = None) -> str:
        """The query over all targets of the rule, or over some of them."""
        if focus is not None:
            among = f"VALUES ?this {{ {' '.join(node.n3() for node in focus)} }}"
        else:
            among = (
                f"{{ SELECT DISTINCT ?this {{ {self.target} }} }}" if self.prologue else self.target
            )
        return f"{self.prologue}SELECT DISTINCT {self.columns} WHERE {{ {among} {self.body} }} {self.tail}"


class ShapesGraph:
    """The triples of some shapes, to be walked; names are those of SHACL, values come sorted."""

    def __init__(self, graph: Graph) -> None:
        self._facts: dict[Term, dict[str, list[Term]]] = {}
        for row in graph.select("SELECT ?s ?p ?o { ?s ?p ?o }"):
            self._facts.setdefault(row["s"], {}).setdefault(
                row["p"].value.removeprefix(SH), []
            ).append(row["o"])

    def all(self, node: Term, name: str) -> list[Term]:
        """What a node has under a name."""
        return sorted(self._facts.get(node, {}).get(name, ()))

    def one(self, node: Term, name: str) -> Term | None:
        """The first that a node has under a name, or None."""
        return next(iter(self.all(node, name)), None)

    def text(self, node: Term, name: str) -> str:
        """The same as text, empty if there is none."""
        return "".join(term.value for term in self.all(node, name)[:1])

    def members(self, node: Term) -> list[Term]:
        """The members of an RDF list; none for what is no list."""
        first, rest = self.one(node, RDF + "first"), self.one(node, RDF + "rest")
        return [first, *self.members(rest)] if first and rest else []

    def names(self, node: Term) -> set[str]:
        """The names of SHACL under which a node has something."""
        return {name for name in self._facts.get(node, {}) if ":" not in name}

    def targeted(self) -> list[Term]:
        """The shapes that have targets and are not switched off."""
        found = (
            node
            for node in self._facts
            if any(name.startswith("target") for name in self.names(node))
        )
        return sorted(node for node in found if self.text(node, "deactivated") != "true")


class Compiler:
    """Compiles shapes to rules; `below` maps each class to the classes beneath it.

    An expression is SPARQL that is true where the thing called `x` breaks a constraint.
    """

    def __init__(self, shapes: ShapesGraph, below: Mapping[str, Iterable[str]]) -> None:
        self.shapes, self.below = shapes, below
        self._count = 0

    def rules(self) -> Iterator[Rule]:
        """One rule for each constraint; raises NotCompiled for what is beyond this compiler."""
        for shape in self.shapes.targeted():
            self._refuse(shape)
            target = self._target(shape)
            for name, broken in self._broken(shape, "?this"):
                columns = "?this" if name == "hasValue" else "?this ?value"
                yield self._rule(
                    shape, name, target, f"FILTER ({broken}) BIND (?this AS ?value)", columns
                )
            for held in self.shapes.all(shape, "property"):
                yield from self._property(held, target)
            for constraint in self.shapes.all(shape, "sparql"):
                yield self._sparql(shape, constraint, target)

    def _property(self, shape: Term, target: Target) -> Iterator[Rule]:
        self._refuse(shape)
        path = self._path_of(shape)
        for name, broken in self._counted(shape, "?this"):
            yield self._rule(shape, name, target, f"FILTER ({broken})", "?this")
        steps = " ".join(
            f"{x} {self._text(way)} {y} ." for x, way, y in self._hops("?this", path, "?value")
        )
        for name, broken in (
            *self._broken(shape, "?value"),
            *self._compared(shape, "?this", "?value"),
        ):
            yield self._rule(shape, name, target, f"{steps} FILTER ({broken})", "?this ?value")

    def _rule(self, shape: Term, name: str, target: Target, body: str, columns: str) -> Rule:
        message = self.shapes.text(shape, "message")
        component = f"{name[0].upper()}{name[1:]}ConstraintComponent"
        return Rule(shape.value, component, self._severity(shape), message, *target, body, columns)

    def _sparql(self, owner: Term, constraint: Term, target: Target) -> Rule:
        found = _SELECT.match(self.shapes.text(constraint, "select").replace("$this", "?this"))
        if not found:
            raise NotCompiled(
                "this SPARQL constraint is no SELECT … WHERE query", shorten(constraint.value)
            )
        columns, body, tail = found.groups()
        listed = self.shapes.all(constraint, "prefixes")
        declared = [
            (self.shapes.text(one, "prefix"), self.shapes.text(one, "namespace"))
            for each in listed
            for one in self.shapes.all(each, "declare")
        ]
        prologue = (
            "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in declared) or "\n"
        )
        message = self.shapes.text(constraint, "message") or self.shapes.text(owner, "message")
        return Rule(
            constraint.value,
            "SPARQLConstraintComponent",
            self._severity(owner),
            message,
            *target,
            body,
            columns,
            tail,
            prologue,
        )

    def _severity(self, shape: Term) -> str:
        return (self.shapes.text(shape, "severity") or "Violation").removeprefix(SH)

    def _refuse(self, shape: Term, nested: bool = False) -> None:
        names = self.shapes.names(shape)
        refused = ({"property"} if "path" in names else set()) | ({"sparql"} if nested else set())
        if unknown := names - {*_COUNTED, *_TESTED, *_COMPARED, *_PLAIN} | names & refused:
            raise NotCompiled(f"sh:{min(unknown)} is not compiled here", shorten(shape.value))

    def _target(self, shape: Term) -> Target:
        classes = sorted(
            {name for one in self.shapes.all(shape, "targetClass") for name in self._beneath(one)}
        )
        subjects, objects = (
            self.shapes.all(shape, "targetSubjectsOf"),
            self.shapes.all(shape, "targetObjectsOf"),
        )
        parts = [f"?this {p.n3()} {self._new()} ." for p in subjects]
        parts += [f"{self._new()} {p.n3()} ?this ." for p in objects]
        if classes:
            kind = self._new()
            parts.append(
                f"VALUES {kind} {{ {' '.join(f'<{name}>' for name in classes)} }} ?this <{TYPE}> {kind} ."
            )
        if nodes := self.shapes.all(shape, "targetNode"):
            parts.append(f"VALUES ?this {{ {' '.join(node.n3() for node in nodes)} }}")
        touches = [Touch(TYPE, "?this", f"<{name}>") for name in classes]
        touches += [Touch(p.value) for p in subjects] + [
            Touch(p.value, "?end", "?this") for p in objects
        ]
        return " UNION ".join(f"{{ {part} }}" for part in parts) if len(parts) > 1 else parts[
            0
        ], tuple(touches)

    # ---- single values

    def _broken(self, shape: Term, x: str) -> Iterator[tuple[str, str]]:
        """Each constraint on single values, as an expression."""
        for name in _TESTED:
            for given in self.shapes.all(shape, name):
                yield name, f"!COALESCE({self._holds(shape, name, given, x)}, false)"
        if not self.shapes.one(shape, "path"):
            for given in self.shapes.all(shape, "hasValue"):
                yield "hasValue", f"!sameTerm({x}, {given.n3()})"

    def _holds(self, shape: Term, name: str, given: Term, x: str) -> str:
        """The contrary of an expression, or an error, which counts as false."""
        value, members = given.n3(), self.shapes.members(given)
        if name in _LIMITS:
            return _LIMITS[name].format(x, value)
        match name:
            case "or" | "and":
                joint = " || " if name == "or" else " && "
                return f"({joint.join(f'!{self._fails(member, x)}' for member in members)})"
            case "xone":
                return (
                    " + ".join(f"IF({self._fails(member, x)}, 0, 1)" for member in members) + " = 1"
                )
            case "class":
                kind, names = (
                    self._new(),
                    ", ".join(f"<{one}>" for one in sorted(self._beneath(given))),
                )
                return f"EXISTS {{ {x} <{TYPE}> {kind} FILTER ({kind} IN ({names})) }}"
            case "datatype":
                cast = f" && isLiteral({value}(STR({x})))" if given.value in _CAST else ""
                return f"DATATYPE({x}) = {value}{cast}"
            case "nodeKind":
                return _KINDS[given.value.removeprefix(SH)].format(x)
            case "in":
                return " || ".join(f"sameTerm({x}, {member.n3()})" for member in members) or "false"
            case "pattern":
                flags = self.shapes.one(shape, "flags")
                return f"REGEX(STR({x}), {value}{', ' + flags.n3() if flags else ''})"
            case "languageIn":
                return " || ".join(f"LANGMATCHES(LANG({x}), {tag.n3()})" for tag in members)
        return ("" if name == "not" else "!") + self._fails(given, x)

    def _compared(self, shape: Term, x: str, y: str) -> Iterator[tuple[str, str]]:
        """Each constraint that compares a value `y` with what `x` has under another property."""
        for name in _COMPARED:
            for other in self.shapes.all(shape, name):
                its = self._new()
                wrong = (
                    f"sameTerm({y}, {its})"
                    if name == "disjoint"
                    else f"!COALESCE({y} {_PAIRS[name]} {its}, false)"
                )
                yield name, self._exists(x, other, its, wrong)

    # ---- all values of a path

    def _counted(self, shape: Term, x: str) -> Iterator[tuple[str, str]]:
        """Each constraint on the values of a path as a whole, as an expression."""
        path = self._path_of(shape)
        for name, given in [
            (one, given) for one in _COUNTED for given in self.shapes.all(shape, one)
        ]:
            y, z = self._new(), self._new()
            if name == "hasValue":
                yield name, "!" + self._exists(x, path, y, f"sameTerm({y}, {given.n3()})")
            elif name == "uniqueLang" and given.value == "true":
                same = (
                    f'LANG({y}) != "" && LCASE(LANG({y})) = LCASE(LANG({z})) && !sameTerm({y}, {z})'
                )
                yield name, self._exists(x, path, y, self._exists(x, path, z, same))
            elif name.endswith("Count"):
                wanted = (
                    self.shapes.one(shape, "qualifiedValueShape") if name.startswith("q") else None
                )
                number = int(given.value) + name.endswith("axCount")
                enough = self._at_least(x, path, number, wanted) if number else "true"
                yield name, enough if name.endswith("axCount") else f"!{enough}"

    def _at_least(
        self, x: str, path: Term, number: int, wanted: Term | None, others: tuple[str, ...] = ()
    ) -> str:
        """That `x` has some number of different values; nested, for a join inside EXISTS is slow."""
        y = self._new()
        parts = [f"!sameTerm({y}, {other})" for other in others]
        if wanted:
            parts.append(f"!{self._fails(wanted, y)}")
        if number > 1:
            parts.append(self._at_least(x, path, number - 1, wanted, (*others, y)))
        return self._exists(x, path, y, " && ".join(parts))

    def _exists(self, x: str, path: Term, y: str, test: str) -> str:
        """That some `y` at the end of a path from `x` passes a test; sequences become nested steps."""
        for start, way, end in reversed(self._hops(x, path, y)):
            test = (
                f"EXISTS {{ {start} {self._text(way)} {end}{f' FILTER ({test})' if test else ''} }}"
            )
        return test

    def _fails(self, shape: Term, x: str) -> str:
        """An expression for a whole shape."""
        self._refuse(shape, nested=True)
        if self.shapes.one(shape, "path"):
            broken = self._failing_at(shape, x)
        else:
            broken = [one for _, one in self._broken(shape, x)]
            broken += [
                one
                for held in self.shapes.all(shape, "property")
                for one in self._failing_at(held, x)
            ]
        return f"({' || '.join(broken) or 'false'})"

    def _failing_at(self, shape: Term, x: str) -> list[str]:
        path, y = self._path_of(shape), self._new()
        broken = [one for _, one in self._counted(shape, x)]
        single = [one for _, one in (*self._broken(shape, y), *self._compared(shape, x, y))]
        return [*broken, self._exists(x, path, y, " || ".join(single))] if single else broken

    # ---- paths

    def _path_of(self, shape: Term) -> Term:
        path = self.shapes.one(shape, "path")
        if path is None:
            raise NotCompiled("this property shape has no sh:path", shorten(shape.value))
        return path

    def _hops(self, x: str, path: Term, y: str) -> list[tuple[str, Term, str]]:
        """A path from `x` to `y` as steps from thing to thing."""
        steps = self.shapes.members(path) or [path]
        names = [x, *(self._new() for _ in steps[1:]), y]
        return list(zip(names, steps, names[1:], strict=False))

    def _text(self, path: Term) -> str:
        """A path as SPARQL writes it."""
        if path.kind == "uri":
            return path.n3()
        if steps := self.shapes.members(path):
            return f"({'/'.join(map(self._text, steps))})"
        if inverse := self.shapes.one(path, "inversePath"):
            return f"(^{self._text(inverse)})"
        if choice := self.shapes.one(path, "alternativePath"):
            return f"({'|'.join(map(self._text, self.shapes.members(choice)))})"
        for name, sign in _STEPS.items():
            if way := self.shapes.one(path, name):
                return f"({self._text(way)}{sign})"
        raise NotCompiled("a path of this form is not compiled", shorten(path.value))

    def _beneath(self, kind: Term) -> set[str]:
        return {kind.value, *self.below.get(kind.value, ())}

    def _new(self) -> str:
        self._count += 1
        return f"?v{self._count}"
