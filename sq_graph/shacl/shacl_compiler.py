"""SHACL compiled to SPARQL: each constraint becomes one rule, a query for the things that break it.

Compiled are the shapes of SHACL Core (without `sh:closed`, `sh:equals` and properties of
properties)
and SPARQL constraints of node shapes. A shape that uses anything else is listed as `Uncompiled`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from sq_graph.errors import BadQuery, InputError
from sq_graph.graph import EmbeddedGraph, Graph, Term
from sq_graph.graph.lookup import Iri
from sq_graph.graph.sparql_limits import tokens
from sq_graph.shacl.constraints import CAST, COMPARING, COUNTS, SIGNS, SINGLE
from sq_graph.shacl.dependencies import needs_prebinding
from sq_graph.shacl.paths import Path, SequencePath, Step, may_stay, shape_path
from sq_graph.shacl.shapes_graph import TARGETS, ShapesGraph
from sq_graph.shacl.violation import Violation
from sq_graph.vocab import RDF, SH, XSD, shorten

_TYPE = f"{RDF}type"
_PLAIN_TYPES = {
    XSD + name for name in ("string", "anyURI", "gYear", "gYearMonth", "nonNegativeInteger")
}
_SELECT = re.compile(
    r"\s*SELECT\s+(?:DISTINCT\s+|REDUCED\s+)?(.+?)\s*WHERE\s*\{(.*)\}(.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
_KINDS = {
    "IRI": "isIRI({0})",
    "Literal": "isLiteral({0})",
    "BlankNode": "isBlank({0})",
    "BlankNodeOrIRI": "!isLiteral({0})",
    "IRIOrLiteral": "!isBlank({0})",
    "BlankNodeOrLiteral": "!isIRI({0})",
}
_COUNTED = (*COUNTS, "hasValue", "uniqueLang")
_IRIS = ("class", "datatype", "nodeKind", *COMPARING, *TARGETS[:3])
"""What takes an IRI."""
_COUNTABLE = 20
"""The highest count that is compiled: each value is one more nested group."""
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


class NotCompiled(InputError):
    """A shape uses a part of SHACL that is not compiled to SPARQL."""


class BrokenConstraint(InputError):
    """The SPARQL text of a constraint cannot be run by any engine."""


@dataclass(frozen=True)
class Uncompiled:
    """A shape without rules, and why; a `broken` one, or a broken constraint of it, cannot be run
    at all."""

    shape: Term
    reason: str
    broken: bool = False


@dataclass(frozen=True)
class Rule:
    """One constraint of one shape: `body` binds `?this`, and `?value` where there is one, for each
    violation.

    `target` are the patterns that find the targets of the shape. Rules that the shapes state in
    SPARQL have a `prologue`. `nth` counts the rules of a shape for one kind of constraint.
    """

    shape: str
    component: str
    severity: str
    message: str
    target: str
    body: str
    columns: str = "?this"
    tail: str = ""
    prologue: str = ""
    owner: Term | None = None
    path: Term | None = None
    nth: int = 0

    def query(self, focus: Iterable[Term] | None = None) -> str:
        """The query over all targets of the rule, or over some of them."""
        among = self.target
        if focus is not None:
            among = f"VALUES ?this {{ {' '.join(node.n3() for node in focus)} }}"
        elif self.prologue:
            among = f"{{ SELECT DISTINCT ?this {{ {self.target} }} }}"
        where = f"WHERE {{ {among} {self.body} }} {self.tail}"
        return f"{self.prologue}SELECT DISTINCT {self.columns} {where}"

    def violations(self, graph: Graph, focus: Iterable[Term] | None = None) -> Iterator[Violation]:
        """What breaks the rule among all its targets in a graph, or among some of them."""
        return map(self.violation, graph.select(self.query(focus)))

    def violation(self, row: Mapping[str, Term]) -> Violation:
        """One violation: `this`, `value` where one value is at fault, and whatever the message
        names.
        """
        message = self.message
        for name, term in row.items() if "{" in message else ():
            message = message.replace(f"{{?{name}}}", str(term)).replace(f"{{${name}}}", str(term))
        value = row.get("value", row["this"] if self.prologue else None)
        about = self.shape, self.component, value, self.severity, message
        return Violation(row["this"], *about, self.owner, self.path, self.nth)


def component_of(name: str) -> str:
    """The constraint component of a parameter: `MinCountConstraintComponent` for `minCount`."""
    return f"{name[0].upper()}{name[1:]}ConstraintComponent"


def _numbered(rules: Iterable[Rule]) -> Iterator[Rule]:
    seen = Counter[tuple[Term | None, str]]()
    for rule in rules:
        key = rule.owner, rule.component
        yield rule if rule.prologue else replace(rule, nth=seen[key])
        seen[key] += 1


class Compiler:
    """Compiles shapes to rules; `below` maps each class to the classes beneath it.

    An expression is SPARQL that is true where the thing called `x` breaks a constraint.
    """

    def __init__(self, shapes: ShapesGraph, below: Mapping[str, Iterable[str]]) -> None:
        self.shapes, self.below = shapes, below
        self._count, self._open, self._may_stay = 0, list[Term](), False

    def compile(self) -> tuple[dict[Term, tuple[Rule, ...]], tuple[Uncompiled, ...]]:
        """The rules of each shape with targets, one for each constraint; and the shapes beyond this
        compiler.
        """
        rules, left = dict[Term, tuple[Rule, ...]](), list[Uncompiled]()
        for shape in self.shapes.targeted():
            broken, self._may_stay = list[Uncompiled](), False
            try:
                found = tuple(_numbered(self._rules(shape, broken)))
                if self._may_stay and self.shapes.all(shape, "targetNode"):
                    raise NotCompiled(
                        "sh:targetNode is not compiled with a path of perhaps no step"
                    )
                rules[shape] = found
                left += broken
            except NotCompiled as error:
                left.append(Uncompiled(shape, error.what))
        return rules, tuple(left)

    def _rules(self, shape: Term, broken: list[Uncompiled]) -> Iterator[Rule]:
        """The rules of a shape with targets; raises NotCompiled."""
        self._refuse(shape)
        target = self._target(shape)
        if self.shapes.one(shape, "path"):
            yield from self._property(shape, target)
            return
        for name, wrong in self._broken(shape, "?this"):
            columns = "?this" if name == "hasValue" else "?this ?value"
            body = f"FILTER ({wrong}) BIND (?this AS ?value)"
            yield self._rule(shape, name, target, body, columns)
        for held in self.shapes.all(shape, "property"):
            self._refuse(held)
        for held in self.shapes.held(shape, "property"):
            yield from self._property(held, target)
        for constraint in self.shapes.held(shape, "sparql"):
            try:
                yield self._sparql(shape, constraint, target)
            except BrokenConstraint as error:
                broken.append(Uncompiled(shape, error.what, broken=True))

    def _property(self, shape: Term, target: str) -> Iterator[Rule]:
        path = self._path_of(shape)
        for name, broken in self._counted(shape, "?this"):
            yield self._rule(shape, name, target, f"FILTER ({broken})", "?this")
        steps = " ".join(f"{x} {way} {y} ." for x, way, y in self._hops("?this", path, "?value"))
        single = (*self._broken(shape, "?value"), *self._compared(shape, "?this", "?value"))
        for name, broken in single:
            yield self._rule(shape, name, target, f"{steps} FILTER ({broken})", "?this ?value")

    def _rule(self, shape: Term, name: str, target: str, body: str, columns: str) -> Rule:
        severity = (self.shapes.text(shape, "severity") or "Violation").removeprefix(SH)
        about = shape.value, component_of(name), severity, self.shapes.message(shape)
        path = self.shapes.one(shape, "path")
        return Rule(*about, target, body, columns, owner=shape, path=path)

    def _sparql(self, owner: Term, constraint: Term, target: str) -> Rule:
        text = self.shapes.text(constraint, "select").replace("$this", "?this")
        found = _SELECT.match(text)
        if not found:
            raise NotCompiled("its SPARQL constraint is not a SELECT … WHERE query")
        columns, body, tail = found.groups()
        self._refuse_values(constraint)
        if needs_prebinding(body) or re.search(r"\$(?:PATH|shapesGraph|currentShape)\b", text):
            raise NotCompiled("its SPARQL constraint uses a variable that must be bound beforehand")
        prefixes = self.shapes.prefixes(constraint)
        for token in tokens(text):
            if token.kind == "name" and (name := token.text.partition(":")[0]) not in prefixes:
                what = f"uses the prefix {name}:, which sh:prefixes does not declare"
                raise BrokenConstraint(f"its SPARQL constraint {what}")
        prologue = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items()) or "\n"
        rule = self._rule(owner, "SPARQL", target, body, columns)
        message = self.shapes.message(constraint) or rule.message
        rule = replace(rule, shape=constraint.value, message=message, tail=tail, prologue=prologue)
        try:
            selected = EmbeddedGraph().select(prologue + text).columns
        except BadQuery as error:
            raise BrokenConstraint(f"its SPARQL constraint is not valid: {error.what}") from error
        if not {"this", "value"}.intersection(selected):
            raise BrokenConstraint("its SPARQL constraint does not select $this")
        with suppress(BadQuery):
            if "<" not in columns and "this" in EmbeddedGraph().select(rule.query()).columns:
                return rule
        raise NotCompiled("its SPARQL constraint is not of the form SELECT $this … WHERE")

    def _refuse(self, shape: Term, nested: bool = False) -> None:
        """Raises NotCompiled for what would be skipped or misread here."""
        names = self.shapes.names(shape)
        at_path = {*COMPARING, *_COUNTED} - {"hasValue"}
        refused = {"property", "sparql"} if "path" in names else at_path
        refused = refused | {"sparql"} if nested else refused
        known = {*_COUNTED, *SINGLE, *COMPARING, *_PLAIN}
        if unknown := names - known | names & refused | self.shapes.custom(shape):
            one = min(unknown)
            name = shorten(one) if ":" in one else f"sh:{one}"
            where = " in a property shape" if one in ("property", "sparql") else ""
            raise NotCompiled(f"{name}{where} is not compiled to SPARQL")
        self._refuse_values(shape)

    def _refuse_values(self, node: Term) -> None:
        """Raises NotCompiled for values of a form that is not compiled."""
        for name in self.shapes.names(node):
            given, fits = self.shapes.all(node, name), True
            match name:
                case "path" | "flags" | "qualifiedValueShape" | "select":
                    fits = len(given) == 1
                case "qualifiedMinCount" | "qualifiedMaxCount":
                    fits = self.shapes.one(node, "qualifiedValueShape") is not None
                case "or" | "and" | "xone" | "languageIn":
                    fits = all(map(self.shapes.members, given))
                case "hasValue" | "targetNode":
                    fits = all(one.kind != "bnode" for one in given)
                case "in":
                    members = (one for values in given for one in self.shapes.members(values))
                    fits = all(one.kind != "bnode" for one in members)
                case _ if name in _IRIS:
                    fits = all(one.kind == "uri" for one in given)
            if not fits:
                raise NotCompiled(f"this value of sh:{name} is not compiled to SPARQL")

    def _target(self, shape: Term) -> str:
        kinds, subjects, objects, nodes = self.shapes.targets(shape)
        parts = [f"?this {p.n3()} {self._new()} ." for p in subjects]
        parts += [f"{self._new()} {p.n3()} ?this ." for p in objects]
        if classes := sorted({f"<{name}>" for one in kinds for name in self.beneath(one)}):
            kind = self._new()
            parts.append(f"VALUES {kind} {{ {' '.join(classes)} }} ?this <{_TYPE}> {kind} .")
        if nodes:
            parts.append(f"VALUES ?this {{ {' '.join(node.n3() for node in nodes)} }}")
        return " UNION ".join(f"{{ {part} }}" for part in parts) if len(parts) > 1 else parts[0]

    # ---- single values

    def _broken(self, shape: Term, x: str) -> Iterator[tuple[str, str]]:
        """Each constraint on single values, as an expression."""
        for name, given in self.shapes.given(shape, SINGLE):
            yield name, f"!COALESCE({self._holds(shape, name, given, x)}, false)"
        if not self.shapes.one(shape, "path"):
            for given in self.shapes.all(shape, "hasValue"):
                yield "hasValue", f"!sameTerm({x}, {given.n3()})"

    def _holds(self, shape: Term, name: str, given: Term, x: str) -> str:
        """The contrary of an expression, or an error, which counts as false."""
        value, members = given.n3(), self.shapes.members(given)
        match name:
            case "or" | "and":
                joint = " || " if name == "or" else " && "
                return f"({joint.join(f'!{self._fails(member, x)}' for member in members)})"
            case "xone":
                return f"{' + '.join(f'IF({self._fails(one, x)}, 0, 1)' for one in members)} = 1"
            case "class":
                kind, names = self._new(), sorted(f"<{one}>" for one in self.beneath(given))
                return f"EXISTS {{ {x} <{_TYPE}> {kind} FILTER ({kind} IN ({', '.join(names)})) }}"
            case "datatype":
                if given.value.startswith(XSD) and given.value not in CAST | _PLAIN_TYPES:
                    raise NotCompiled(f"the datatype {shorten(given.value)} is not compiled")
                cast = f" && isLiteral({value}(STR({x})))" if given.value in CAST else ""
                return f"DATATYPE({x}) = {value}{cast}"
            case "nodeKind":
                kind = given.value.removeprefix(SH)
                if kind not in _KINDS:
                    raise NotCompiled(f"{shorten(given.value)} is not a kind of node")
                return _KINDS[kind].format(x)
            case "in":
                return " || ".join(f"sameTerm({x}, {member.n3()})" for member in members) or "false"
            case "pattern":
                flags = self.shapes.one(shape, "flags")
                rest = f"{value}{', ' + flags.n3() if flags else ''}"
                trial = f'ASK {{ BIND (REGEX("", {rest}) AS ?x) FILTER BOUND(?x) }}'
                if not EmbeddedGraph().ask(trial):
                    raise NotCompiled(f"the pattern {given.value} is not compiled")
                return f"!isBlank({x}) && REGEX(STR({x}), {rest})"
            case "languageIn":
                return " || ".join(f"LANGMATCHES(LANG({x}), {tag.n3()})" for tag in members)
            case "node" | "not":
                return ("!" if name == "node" else "") + self._fails(given, x)
        measured = f"STRLEN(STR({x}))" if name.endswith("Length") else x
        return f"{measured} {SIGNS[name]} {value}"

    def _compared(self, shape: Term, x: str, y: str) -> Iterator[tuple[str, str]]:
        """Each constraint that compares a value `y` with what `x` has under another property."""
        for name, other in self.shapes.given(shape, COMPARING):
            its = self._new()
            fits = f"!COALESCE({y} {SIGNS.get(name)} {its}, false)"
            wrong = f"sameTerm({y}, {its})" if name == "disjoint" else fits
            yield name, self._exists(x, Step(Iri(other.value)), its, wrong)

    # ---- all values of a path

    def _counted(self, shape: Term, x: str) -> Iterator[tuple[str, str]]:
        """Each constraint on the values of a path as a whole, as an expression."""
        path = self._path_of(shape)
        for name, given in self.shapes.given(shape, _COUNTED):
            y, z = self._new(), self._new()
            if name == "hasValue":
                yield name, "!" + self._exists(x, path, y, f"sameTerm({y}, {given.n3()})")
            elif name in COUNTS:
                wanted = self.shapes.one(shape, "qualifiedValueShape")
                if not given.value.isdigit() or int(given.value) > _COUNTABLE:
                    raise NotCompiled(f"the count {given.value} is not compiled")
                is_most = name.endswith("axCount")
                number = int(given.value) + is_most
                wanted = wanted if name.startswith("q") else None
                enough = self._at_least(x, path, number, wanted) if number else "true"
                yield name, enough if is_most else f"!{enough}"
            elif given.value == "true":
                same = f"LCASE(LANG({y})) = LCASE(LANG({z})) && !sameTerm({y}, {z})"
                same = self._exists(x, path, z, f'LANG({y}) != "" && {same}')
                yield name, self._exists(x, path, y, same)

    def _at_least(
        self, x: str, path: Path, number: int, wanted: Term | None, others: tuple[str, ...] = ()
    ) -> str:
        """That `x` has some number of different values; nested, for a join inside EXISTS is
        slow."""
        y = self._new()
        parts = [f"!sameTerm({y}, {other})" for other in others]
        if wanted:
            parts.append(f"!{self._fails(wanted, y)}")
        if number > 1:
            parts.append(self._at_least(x, path, number - 1, wanted, (*others, y)))
        return self._exists(x, path, y, " && ".join(parts))

    def _exists(self, x: str, path: Path, y: str, test: str) -> str:
        """That some `y` at the end of a path from `x` passes a test; sequences become nested
        steps."""
        for start, way, end in reversed(self._hops(x, path, y)):
            tested = f" FILTER ({test})" if test else ""
            test = f"EXISTS {{ {start} {way} {end}{tested} }}"
        return test

    def _fails(self, shape: Term, x: str) -> str:
        """An expression for a whole shape."""
        self._refuse(shape, nested=True)
        if self.shapes.is_off(shape):
            return "false"
        if shape in self._open:
            raise NotCompiled(f"it refers to itself through {shorten(shape.value)}")
        self._open.append(shape)
        try:
            if self.shapes.one(shape, "path"):
                broken = self._failing_at(shape, x)
            else:
                broken = [one for _, one in self._broken(shape, x)]
                broken += [self._fails(held, x) for held in self.shapes.all(shape, "property")]
        finally:
            self._open.pop()
        return f"({' || '.join(broken) or 'false'})"

    def _failing_at(self, shape: Term, x: str) -> list[str]:
        path, y = self._path_of(shape), self._new()
        broken = [one for _, one in self._counted(shape, x)]
        single = [one for _, one in (*self._broken(shape, y), *self._compared(shape, x, y))]
        return [*broken, self._exists(x, path, y, " || ".join(single))] if single else broken

    # ---- paths

    def _path_of(self, shape: Term) -> Path:
        path = self.shapes.one(shape, "path")
        if path is None:
            raise NotCompiled("a property shape of it has no sh:path")
        try:
            found = shape_path(self.shapes, path)
        except ValueError:
            raise NotCompiled("a path of this form is not compiled") from None
        self._may_stay = self._may_stay or may_stay(found)
        return found

    def _hops(self, x: str, path: Path, y: str) -> list[tuple[str, Path, str]]:
        """A path from `x` to `y` as steps from thing to thing."""
        steps = path.parts if isinstance(path, SequencePath) else (path,)
        names = [x, *(self._new() for _ in steps[1:]), y]
        return list(zip(names, steps, names[1:], strict=False))

    def beneath(self, kind: Term) -> set[str]:
        """A class and all classes beneath it."""
        return {kind.value, *self.below.get(kind.value, ())}

    def _new(self) -> str:
        self._count += 1
        return f"?v{self._count}"
