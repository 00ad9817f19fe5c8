"""SHACL compiled to SPARQL: each constraint becomes one rule, a query for its violations.

The compiler covers the shapes of SHACL Core (without `sh:closed`, `sh:equals` and properties of
properties) and SPARQL constraints of node shapes. A shape with anything else is `Uncompiled`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from sq_graph.errors import BadQuery, InputError
from sq_graph.graph import EmbeddedGraph, Graph, Term
from sq_graph.graph.lookup import Iri
from sq_graph.graph.sparql_limits import keywords, tokens
from sq_graph.shacl.constraints import CHECKED_DATATYPES, COUNTS, OPERATORS, PAIRS, SINGLE_VALUE
from sq_graph.shacl.dependencies import needs_prebinding
from sq_graph.shacl.paths import Path, SequencePath, Step, may_be_empty, shape_path
from sq_graph.shacl.shapes_graph import TARGETS, ShapesGraph
from sq_graph.shacl.violation import Violation
from sq_graph.vocab import RDF, SH, XSD, shorten

_TYPE = f"{RDF}type"
_OTHER_DATATYPES = {
    XSD + name for name in ("string", "anyURI", "gYear", "gYearMonth", "nonNegativeInteger")
}
_SELECT = re.compile(
    r"\s*SELECT\s+(?:DISTINCT\s+|REDUCED\s+)?(.+?)\s*WHERE\s*\{(.*)\}(.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
_NODE_KINDS = {
    "IRI": "isIRI({0})",
    "Literal": "isLiteral({0})",
    "BlankNode": "isBlank({0})",
    "BlankNodeOrIRI": "!isLiteral({0})",
    "IRIOrLiteral": "!isBlank({0})",
    "BlankNodeOrLiteral": "!isIRI({0})",
}
_SET_PARAMETERS = (*COUNTS, "hasValue", "uniqueLang")
_IRI_PARAMETERS = ("class", "datatype", "nodeKind", *PAIRS, *TARGETS[:3])
"""Parameters whose values must be IRIs."""
_MAX_COUNT = 20
"""The highest count that is compiled: each value is one more nested group."""
_METADATA = ("severity", "message", "name", "description", "order", "group", "defaultValue")
_STRUCTURE = ("path", "property", "sparql", "flags", "qualifiedValueShape", "deactivated", *TARGETS)
_SUPPORTED = {*SINGLE_VALUE, *PAIRS, *_SET_PARAMETERS, *_STRUCTURE, *_METADATA}


class NotCompiled(InputError):
    """A shape uses a part of SHACL that is not compiled to SPARQL."""


class BrokenConstraint(InputError):
    """The SPARQL text of a constraint cannot be run by any engine."""


@dataclass(frozen=True)
class Uncompiled:
    """A shape without rules, and the reason; one that is `broken`, or has a broken constraint,
    cannot be run at all.
    """

    shape: Term
    reason: str
    broken: bool = False


@dataclass(frozen=True)
class Rule:
    """One constraint of one shape: `body` binds `?this`, and `?value` where there is one, for each
    violation.

    `target` is the pattern that finds the targets of the shape. Rules that shapes state in SPARQL
    have a `prologue`. `nth` counts the rules of a shape for one kind of constraint.
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
        targets = self.target
        if focus is not None:
            targets = f"VALUES ?this {{ {' '.join(node.n3() for node in focus)} }}"
        elif self.prologue:
            targets = f"{{ SELECT DISTINCT ?this {{ {self.target} }} }}"
        pattern = f"WHERE {{ {targets} {self.body} }} {self.tail}"
        return f"{self.prologue}SELECT DISTINCT {self.columns} {pattern}"

    def violations(self, graph: Graph, focus: Iterable[Term] | None = None) -> Iterator[Violation]:
        """The violations of the rule by all its targets in a graph, or by some of them."""
        return map(self.violation, graph.select(self.query(focus)))

    def violation(self, row: Mapping[str, Term]) -> Violation:
        """The violation of a row: `this`, `value` where one value is at fault, and the variables of
        the message.
        """
        row = {"value": row["this"], **row} if self.prologue else row
        message = self.message
        for name, term in row.items() if "{" in message else ():
            message = message.replace(f"{{?{name}}}", str(term)).replace(f"{{${name}}}", str(term))
        fields = self.shape, self.component, row.get("value"), self.severity, message
        return Violation(row["this"], *fields, self.owner, self.path, self.nth)


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
    """Compiles shapes to rules; `subclasses` maps each class to its subclasses.

    A failure is a SPARQL expression that is true where the variable `x` violates a constraint.
    """

    def __init__(self, shapes: ShapesGraph, subclasses: Mapping[str, Iterable[str]]) -> None:
        self.shapes, self.subclasses = shapes, subclasses
        self._count, self._compiling, self._may_be_empty = 0, list[Term](), False

    def compile(self) -> tuple[dict[Term, tuple[Rule, ...]], tuple[Uncompiled, ...]]:
        """The rules of each shape with targets, one per constraint; and the shapes that are not
        compiled.
        """
        rules, uncompiled = dict[Term, tuple[Rule, ...]](), list[Uncompiled]()
        for shape in self.shapes.targeted():
            broken, self._may_be_empty = list[Uncompiled](), False
            try:
                compiled = tuple(_numbered(self._rules(shape, broken)))
                if self._may_be_empty and self.shapes.values(shape, "targetNode"):
                    problem = "sh:targetNode is not compiled with a path that may be empty"
                    raise NotCompiled(problem)
                rules[shape] = compiled
                uncompiled += broken
            except NotCompiled as error:
                uncompiled.append(Uncompiled(shape, error.what))
        return rules, tuple(uncompiled)

    def _rules(self, shape: Term, broken: list[Uncompiled]) -> Iterator[Rule]:
        """The rules of a shape with targets; raises NotCompiled."""
        self._check_supported(shape)
        target = self._target_pattern(shape)
        if self.shapes.value(shape, "path"):
            yield from self._property_rules(shape, target)
            return
        for name, failure in self._value_failures(shape, "?this"):
            columns = "?this" if name == "hasValue" else "?this ?value"
            body = f"FILTER ({failure}) BIND (?this AS ?value)"
            yield self._rule(shape, name, target, body, columns)
        for property_shape in self.shapes.values(shape, "property"):
            self._check_supported(property_shape)
        for property_shape in self.shapes.active(shape, "property"):
            yield from self._property_rules(property_shape, target)
        for constraint in self.shapes.active(shape, "sparql"):
            try:
                yield self._sparql_rule(shape, constraint, target)
            except BrokenConstraint as error:
                broken.append(Uncompiled(shape, error.what, broken=True))

    def _property_rules(self, shape: Term, target: str) -> Iterator[Rule]:
        path = self._path(shape)
        for name, failure in self._set_failures(shape, "?this"):
            yield self._rule(shape, name, target, f"FILTER ({failure})", "?this")
        steps = " ".join(f"{x} {step} {y} ." for x, step, y in self._steps("?this", path, "?value"))
        pair_failures = self._pair_failures(shape, "?this", "?value")
        for name, failure in chain(self._value_failures(shape, "?value"), pair_failures):
            yield self._rule(shape, name, target, f"{steps} FILTER ({failure})", "?this ?value")

    def _rule(self, shape: Term, name: str, target: str, body: str, columns: str) -> Rule:
        severity = (self.shapes.text(shape, "severity") or "Violation").removeprefix(SH)
        fields = shape.value, component_of(name), severity, self.shapes.message(shape)
        path = self.shapes.value(shape, "path")
        return Rule(*fields, target, body, columns, owner=shape, path=path)

    def _sparql_rule(self, owner: Term, constraint: Term, target: str) -> Rule:
        text = self.shapes.text(constraint, "select").replace("$this", "?this")
        if not (match := _SELECT.match(text)):
            raise NotCompiled("its SPARQL constraint is not a SELECT … WHERE query")
        columns, body, tail = match.groups()
        self._check_values(constraint)
        uses_prebound = re.search(r"\$(?:PATH|shapesGraph|currentShape)\b", text)
        if uses_prebound or needs_prebinding(f"{body} {tail}"):
            raise NotCompiled("its SPARQL constraint has to be asked of each thing by itself")
        if "FROM" in keywords(columns):
            raise NotCompiled("its SPARQL constraint names the graphs to be asked")
        prefixes = self.shapes.prefixes(constraint)
        for token in tokens(text):
            if token.kind == "name" and (name := token.text.partition(":")[0]) not in prefixes:
                problem = f"uses the prefix {name}:, which sh:prefixes does not declare"
                raise BrokenConstraint(f"its SPARQL constraint {problem}")
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

    def _check_supported(self, shape: Term, nested: bool = False) -> None:
        """Raises NotCompiled for parameters that would be skipped or misread here."""
        names = self.shapes.names(shape)
        at_path = {*PAIRS, *_SET_PARAMETERS} - {"hasValue"}
        unsupported = {"property", "sparql"} if "path" in names else at_path
        unsupported = unsupported | {"sparql"} if nested else unsupported
        custom = self.shapes.custom_parameters(shape)
        if rejected := names - _SUPPORTED | names & unsupported | custom:
            parameter = min(rejected)
            name = shorten(parameter) if ":" in parameter else f"sh:{parameter}"
            context = " in a property shape" if parameter in ("property", "sparql") else ""
            raise NotCompiled(f"{name}{context} is not compiled to SPARQL")
        self._check_values(shape)

    def _check_values(self, node: Term) -> None:
        """Raises NotCompiled for values of a form that is not compiled."""
        for name in self.shapes.names(node):
            arguments, is_valid = self.shapes.values(node, name), True
            match name:
                case "path" | "flags" | "qualifiedValueShape" | "select":
                    is_valid = len(arguments) == 1
                case "qualifiedMinCount" | "qualifiedMaxCount":
                    is_valid = self.shapes.value(node, "qualifiedValueShape") is not None
                case "or" | "and" | "xone" | "languageIn":
                    is_valid = all(map(self.shapes.members, arguments))
                case "hasValue" | "targetNode":
                    is_valid = all(argument.kind != "bnode" for argument in arguments)
                case "in":
                    members = chain(*map(self.shapes.members, arguments))
                    is_valid = all(member.kind != "bnode" for member in members)
                case _ if name in _IRI_PARAMETERS:
                    is_valid = all(argument.kind == "uri" for argument in arguments)
            if not is_valid:
                raise NotCompiled(f"this value of sh:{name} is not compiled to SPARQL")

    def _target_pattern(self, shape: Term) -> str:
        classes, subjects, objects, nodes = self.shapes.targets(shape)
        parts = [f"?this {p.n3()} {self._new_variable()} ." for p in subjects]
        parts += [f"{self._new_variable()} {p.n3()} ?this ." for p in objects]
        if iris := self._class_iris(*classes):
            type_ = self._new_variable()
            parts.append(f"VALUES {type_} {{ {' '.join(iris)} }} ?this <{_TYPE}> {type_} .")
        if nodes:
            parts.append(f"VALUES ?this {{ {' '.join(node.n3() for node in nodes)} }}")
        return " UNION ".join(f"{{ {part} }}" for part in parts) if len(parts) > 1 else parts[0]

    # ---- single values

    def _value_failures(self, shape: Term, x: str) -> Iterator[tuple[str, str]]:
        """The failures of the constraints on single values, by name."""
        for name, argument in self.shapes.arguments(shape, SINGLE_VALUE):
            yield name, f"!COALESCE({self._condition(shape, name, argument, x)}, false)"
        if not self.shapes.value(shape, "path"):
            for argument in self.shapes.values(shape, "hasValue"):
                yield "hasValue", f"!sameTerm({x}, {argument.n3()})"

    def _condition(self, shape: Term, name: str, argument: Term, x: str) -> str:
        """The negation of a failure, or an error, which counts as false."""
        value, members = argument.n3(), self.shapes.members(argument)
        match name:
            case "or" | "and":
                operator = " || " if name == "or" else " && "
                return f"({operator.join(f'!{self._failure(member, x)}' for member in members)})"
            case "xone":
                return f"{' + '.join(f'IF({self._failure(m, x)}, 0, 1)' for m in members)} = 1"
            case "class":
                type_, iris = self._new_variable(), ", ".join(self._class_iris(argument))
                return f"EXISTS {{ {x} <{_TYPE}> {type_} FILTER ({type_} IN ({iris})) }}"
            case "datatype":
                is_checked = argument.value in CHECKED_DATATYPES
                is_known = is_checked or argument.value in _OTHER_DATATYPES
                if argument.value.startswith(XSD) and not is_known:
                    raise NotCompiled(f"the datatype {shorten(argument.value)} is not compiled")
                cast = f" && isLiteral({value}(STR({x})))" if is_checked else ""
                return f"DATATYPE({x}) = {value}{cast}"
            case "nodeKind":
                kind = argument.value.removeprefix(SH)
                if kind not in _NODE_KINDS:
                    raise NotCompiled(f"{shorten(argument.value)} is not a kind of node")
                return _NODE_KINDS[kind].format(x)
            case "in":
                return " || ".join(f"sameTerm({x}, {member.n3()})" for member in members) or "false"
            case "pattern":
                flags = self.shapes.value(shape, "flags")
                pattern = f"{value}{', ' + flags.n3() if flags else ''}"
                query = f'ASK {{ BIND (REGEX("", {pattern}) AS ?x) FILTER BOUND(?x) }}'
                if not EmbeddedGraph().ask(query):
                    raise NotCompiled(f"the pattern {argument.value} is not compiled")
                return f"!isBlank({x}) && REGEX(STR({x}), {pattern})"
            case "languageIn":
                return " || ".join(f"LANGMATCHES(LANG({x}), {tag.n3()})" for tag in members)
            case "node" | "not":
                return ("!" if name == "node" else "") + self._failure(argument, x)
        operand = f"STRLEN(STR({x}))" if name.endswith("Length") else x
        return f"{operand} {OPERATORS[name]} {value}"

    def _pair_failures(self, shape: Term, x: str, y: str) -> Iterator[tuple[str, str]]:
        """The failures of the constraints that compare `y` with other values of `x`, by name."""
        for name, other in self.shapes.arguments(shape, PAIRS):
            other_y = self._new_variable()
            out_of_order = f"!COALESCE({y} {OPERATORS.get(name)} {other_y}, false)"
            failure = f"sameTerm({y}, {other_y})" if name == "disjoint" else out_of_order
            yield name, self._exists(x, Step(Iri(other.value)), other_y, failure)

    # ---- all values of a path

    def _set_failures(self, shape: Term, x: str) -> Iterator[tuple[str, str]]:
        """The failures of the constraints on all values of a path together, by name."""
        path = self._path(shape)
        for name, argument in self.shapes.arguments(shape, _SET_PARAMETERS):
            y, z = self._new_variable(), self._new_variable()
            if name == "hasValue":
                yield name, "!" + self._exists(x, path, y, f"sameTerm({y}, {argument.n3()})")
            elif name in COUNTS:
                value_shape = self.shapes.value(shape, "qualifiedValueShape")
                if not argument.value.isdigit() or int(argument.value) > _MAX_COUNT:
                    raise NotCompiled(f"the count {argument.value} is not compiled")
                is_maximum = name.endswith("axCount")
                number = int(argument.value) + is_maximum
                value_shape = value_shape if name.startswith("q") else None
                enough = self._at_least(x, path, number, value_shape) if number else "true"
                yield name, enough if is_maximum else f"!{enough}"
            elif argument.value == "true":
                same_language = f"LCASE(LANG({y})) = LCASE(LANG({z})) && !sameTerm({y}, {z})"
                same_language = self._exists(x, path, z, f'LANG({y}) != "" && {same_language}')
                yield name, self._exists(x, path, y, same_language)

    def _at_least(
        self, x: str, path: Path, number: int, shape: Term | None, others: tuple[str, ...] = ()
    ) -> str:
        """That `x` has at least this many values; nested, since a join inside EXISTS is slow."""
        y = self._new_variable()
        parts = [f"!sameTerm({y}, {other})" for other in others]
        if shape:
            parts.append(f"!{self._failure(shape, y)}")
        if number > 1:
            parts.append(self._at_least(x, path, number - 1, shape, (*others, y)))
        return self._exists(x, path, y, " && ".join(parts))

    def _exists(self, x: str, path: Path, y: str, test: str) -> str:
        """That some `y` at the end of a path from `x` passes a test; sequences are nested."""
        for start, step, end in reversed(self._steps(x, path, y)):
            tested = f" FILTER ({test})" if test else ""
            test = f"EXISTS {{ {start} {step} {end}{tested} }}"
        return test

    def _failure(self, shape: Term, x: str) -> str:
        """The failure of a shape: of any of its constraints."""
        self._check_supported(shape, nested=True)
        if self.shapes.is_deactivated(shape):
            return "false"
        if shape in self._compiling:
            raise NotCompiled(f"it refers to itself through {shorten(shape.value)}")
        self._compiling.append(shape)
        try:
            if self.shapes.value(shape, "path"):
                failures = self._path_failures(shape, x)
            else:
                failures = [failure for _, failure in self._value_failures(shape, x)]
                failures += [self._failure(p, x) for p in self.shapes.values(shape, "property")]
        finally:
            self._compiling.pop()
        return f"({' || '.join(failures) or 'false'})"

    def _path_failures(self, shape: Term, x: str) -> list[str]:
        path, y = self._path(shape), self._new_variable()
        failures = [failure for _, failure in self._set_failures(shape, x)]
        named = (*self._value_failures(shape, y), *self._pair_failures(shape, x, y))
        if named:
            failures.append(self._exists(x, path, y, " || ".join(failure for _, failure in named)))
        return failures

    # ---- paths

    def _path(self, shape: Term) -> Path:
        path = self.shapes.value(shape, "path")
        if path is None:
            raise NotCompiled("one of its property shapes has no sh:path")
        try:
            parsed = shape_path(self.shapes, path)
        except ValueError:
            raise NotCompiled("a path of this form is not compiled") from None
        self._may_be_empty = self._may_be_empty or may_be_empty(parsed)
        return parsed

    def _steps(self, x: str, path: Path, y: str) -> list[tuple[str, Path, str]]:
        """A path from `x` to `y` as steps from thing to thing."""
        steps = path.parts if isinstance(path, SequencePath) else (path,)
        names = [x, *(self._new_variable() for _ in steps[1:]), y]
        return list(zip(names, steps, names[1:], strict=False))

    def subclasses_of(self, class_: Term) -> set[str]:
        """The names of a class and all its subclasses."""
        return {class_.value, *self.subclasses.get(class_.value, ())}

    def _class_iris(self, *classes: Term) -> list[str]:
        return sorted({f"<{name}>" for name in chain(*map(self.subclasses_of, classes))})

    def _new_variable(self) -> str:
        self._count += 1
        return f"?v{self._count}"
