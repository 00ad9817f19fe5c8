"""SHACL compiled to SPARQL: each constraint of each shape becomes one rule, a query for the things that break it.

Compiled are the shapes of SHACL Core (without `sh:closed`, `sh:equals` and properties of properties) and SPARQL
constraints; for all else `NotCompiled` is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from sq_graph.check.tracing import TYPE, Touch, touch_at, traced
from sq_graph.errors import InputError
from sq_graph.graph import Graph, Term
from sq_graph.vocab import RDF, SH, XSD, shorten

_FIRST, _REST = RDF + "first", RDF + "rest"
_CAST = {XSD + name for name in ("integer", "decimal", "float", "double", "boolean", "dateTime", "date")}
_SELECT = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+)?(.+?)\s*WHERE\s*\{(.*)\}(.*)\Z", re.DOTALL | re.IGNORECASE)
_KINDS = {
    "IRI": "isIRI({0})", "Literal": "isLiteral({0})", "BlankNode": "isBlank({0})",
    "BlankNodeOrIRI": "!isLiteral({0})", "IRIOrLiteral": "!isBlank({0})", "BlankNodeOrLiteral": "!isIRI({0})",
}  # fmt: skip
_LIMITS = {"minInclusive": ">=", "maxInclusive": "<=", "minExclusive": ">", "maxExclusive": "<"}
_PAIRS = {"lessThan": "<", "lessThanOrEquals": "<="}
_STEPS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_COUNTED = ("minCount", "maxCount", "hasValue", "uniqueLang", "qualifiedMinCount", "qualifiedMaxCount")
_TESTED = ("class", "datatype", "nodeKind", "in", "pattern", "minLength", "maxLength", "languageIn", "node", "not",
           "or", "and", "xone", *_LIMITS)  # fmt: skip
_COMPARED = ("disjoint", *_PAIRS)
_PLAIN = ("path", "property", "sparql", "severity", "message", "name", "description", "order", "group", "deactivated",
          "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "flags", "qualifiedValueShape",
          "defaultValue")  # fmt: skip


class NotCompiled(InputError):
    """A shape uses a part of SHACL that is not compiled to SPARQL."""


@dataclass(frozen=True)
class Rule:
    """One constraint of one shape: `body` binds `?this`, and `?value` where there is one, for each violation.

    Rules that the shapes state in SPARQL have a `prologue`; `touches` are the triples that bear on the rule.
    """

    shape: str
    component: str
    severity: str
    message: str
    target: str
    body: str
    touches: tuple[Touch, ...]
    columns: str = "?this"
    tail: str = ""
    prologue: str = ""

    def query(self, focus: Iterable[Term] | None = None) -> str:
        """The query over all targets of the rule, or over some of them."""
        if focus is not None:
            among = f"VALUES ?this {{ {' '.join(node.n3() for node in focus)} }}"
        else:
            among = f"{{ SELECT DISTINCT ?this {{ {self.target} }} }}" if self.prologue else self.target
        return f"{self.prologue}SELECT DISTINCT {self.columns} WHERE {{ {among} {self.body} }} {self.tail}"


class ShapesGraph:
    """The triples of some shapes, to be walked; names are those of SHACL, values come sorted."""

    def __init__(self, graph: Graph) -> None:
        self._facts: dict[Term, dict[str, list[Term]]] = {}
        for row in graph.select("SELECT ?s ?p ?o { ?s ?p ?o }"):
            self._facts.setdefault(row["s"], {}).setdefault(row["p"].value.removeprefix(SH), []).append(row["o"])

    def all(self, node: Term, name: str) -> list[Term]:
        """What a node has under a name."""
        return sorted(self._facts.get(node, {}).get(name, ()))

    def one(self, node: Term, name: str) -> Term | None:
        """The first that a node has under a name, or None."""
        return next(iter(self.all(node, name)), None)

    def text(self, node: Term, name: str) -> str:
        """The same as text, empty if there is none."""
        found = self.one(node, name)
        return found.value if found else ""

    def members(self, node: Term) -> list[Term]:
        """The members of an RDF list; none for what is no list."""
        first, rest = self.one(node, _FIRST), self.one(node, _REST)
        return [first, *self.members(rest)] if first and rest else []

    def names(self, node: Term) -> set[str]:
        """The names of SHACL under which a node has something."""
        return {name for name in self._facts.get(node, {}) if ":" not in name}

    def targeted(self) -> list[Term]:
        """The shapes that have targets and are not switched off."""
        found = (node for node in self._facts if any(name.startswith("target") for name in self.names(node)))
        return sorted(node for node in found if self.text(node, "deactivated") != "true")


class Compiler:
    """Compiles shapes to rules; `below` maps each class to the classes beneath it.

    An expression is SPARQL that is true where the thing called `x` breaks a constraint; `place` is the path that
    leads from `?this` to `x`, empty for `?this` itself.
    """

    def __init__(self, shapes: ShapesGraph, below: Mapping[str, Iterable[str]]) -> None:
        self.shapes, self.below = shapes, below
        self._count = 0
        self._touches: list[Touch] = []

    def rules(self) -> Iterator[Rule]:
        """One rule for each constraint; raises NotCompiled for what is beyond this compiler."""
        for shape in self.shapes.targeted():
            self._refuse(shape)
            target, touches = self._target(shape)
            for name, broken in self._broken(shape, "?this", ""):
                body = f"FILTER ({broken}) BIND (?this AS ?value)"
                yield self._rule(shape, name, target, body, touches, name != "hasValue")
            for held in self.shapes.all(shape, "property"):
                yield from self._property(held, target, touches)
            for constraint in self.shapes.all(shape, "sparql"):
                yield self._sparql(shape, constraint, target, touches)

    def _property(self, shape: Term, target: str, touches: list[Touch]) -> Iterator[Rule]:
        self._refuse(shape)
        path = self._path_of(shape)
        for name, broken in self._counted(shape, "?this", ""):
            yield self._rule(shape, name, target, f"FILTER ({broken})", touches, False)
        single = self._broken(shape, "?value", self._text(path)), self._compared(shape, "?this", "?value", "")
        for name, broken in chain(*single):
            self._trace(path, "")
            body = f"?this {self._text(path)} ?value . FILTER ({broken})"
            yield self._rule(shape, name, target, body, touches, True)

    def _rule(self, shape: Term, name: str, target: str, body: str, touches: list[Touch], valued: bool) -> Rule:
        found = tuple(dict.fromkeys(touches + self._touches))
        self._touches = []
        severity, message = self._severity(shape), self.shapes.text(shape, "message")
        columns = "?this ?value" if valued else "?this"
        return Rule(shape.value, _component(name), severity, message, target, body, found, columns)

    def _sparql(self, owner: Term, constraint: Term, target: str, touches: list[Touch]) -> Rule:
        found = _SELECT.match(self.shapes.text(constraint, "select").replace("$this", "?this"))
        if not found:
            raise NotCompiled("this SPARQL constraint is no SELECT … WHERE query", shorten(constraint.value))
        columns, body, tail = found.groups()
        prefixes = {
            self.shapes.text(given, "prefix"): self.shapes.text(given, "namespace")
            for listed in self.shapes.all(constraint, "prefixes")
            for given in self.shapes.all(listed, "declare")
        }
        prologue = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in prefixes.items()) or "\n"
        message = self.shapes.text(constraint, "message") or self.shapes.text(owner, "message")
        return Rule(constraint.value, _component("SPARQL"), self._severity(owner), message, target, body,
                    (*touches, *traced(body, prefixes)), columns, tail, prologue)  # fmt: skip

    def _severity(self, shape: Term) -> str:
        return (self.shapes.text(shape, "severity") or "Violation").removeprefix(SH)

    def _refuse(self, shape: Term, nested: bool = False) -> None:
        names = self.shapes.names(shape)
        unknown = names - {*_COUNTED, *_TESTED, *_COMPARED, *_PLAIN}
        unknown |= names & ({"property"} if "path" in names else set()) | names & ({"sparql"} if nested else set())
        if unknown:
            raise NotCompiled(f"sh:{min(unknown)} is not compiled here", shorten(shape.value))

    def _target(self, shape: Term) -> tuple[str, list[Touch]]:
        classes = sorted({name for one in self.shapes.all(shape, "targetClass") for name in self._beneath(one)})
        subjects, objects = self.shapes.all(shape, "targetSubjectsOf"), self.shapes.all(shape, "targetObjectsOf")
        nodes = self.shapes.all(shape, "targetNode")
        parts = [f"?this {p.n3()} {self._new()} ." for p in subjects]
        parts += [f"{self._new()} {p.n3()} ?this ." for p in objects]
        if classes:
            kind = self._new()
            parts.append(f"VALUES {kind} {{ {' '.join(f'<{name}>' for name in classes)} }} ?this <{TYPE}> {kind} .")
        if nodes:
            parts.append(f"VALUES ?this {{ {' '.join(node.n3() for node in nodes)} }}")
        touches = [Touch(TYPE, "?this", f"<{name}>") for name in classes]
        touches += [touch_at(p.value, "") for p in subjects] + [touch_at(p.value, "", True) for p in objects]
        return (parts[0] if len(parts) == 1 else " UNION ".join(f"{{ {part} }}" for part in parts)), touches

    # ---- single values

    def _broken(self, shape: Term, x: str, place: str) -> Iterator[tuple[str, str]]:
        """Each constraint on single values, as an expression."""
        for name in _TESTED:
            for given in self.shapes.all(shape, name):
                yield name, f"!COALESCE({self._holds(shape, name, given, x, place)}, false)"
        if not self.shapes.one(shape, "path"):
            for given in self.shapes.all(shape, "hasValue"):
                yield "hasValue", f"!sameTerm({x}, {given.n3()})"

    def _holds(self, shape: Term, name: str, given: Term, x: str, place: str) -> str:
        """The contrary of an expression, or an error, which counts as false."""
        value, members = given.n3(), self.shapes.members(given)
        if name in _LIMITS:
            return f"{x} {_LIMITS[name]} {value}"
        if name in ("or", "and", "xone"):
            holding = [f"!{self._fails(member, x, place)}" for member in members]
            if name == "xone":
                return " + ".join(f"IF({one}, 1, 0)" for one in holding) + " = 1"
            return "(" + (" || " if name == "or" else " && ").join(holding) + ")"
        match name:
            case "class":
                self._touches.append(touch_at(TYPE, place))
                kind, names = self._new(), ", ".join(f"<{one}>" for one in sorted(self._beneath(given)))
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
            case "minLength" | "maxLength":
                return f"STRLEN(STR({x})) {'>=' if name == 'minLength' else '<='} {given.value}"
            case "languageIn":
                return " || ".join(f"LANGMATCHES(LANG({x}), {tag.n3()})" for tag in members)
        return ("" if name == "not" else "!") + self._fails(given, x, place)

    def _compared(self, shape: Term, x: str, y: str, place: str) -> Iterator[tuple[str, str]]:
        """Each constraint that compares a value `y` with what `x` has under another property."""
        for name in _COMPARED:
            for other in self.shapes.all(shape, name):
                self._touches.append(touch_at(other.value, place))
                its = self._new()
                wrong = f"sameTerm({y}, {its})" if name == "disjoint" else f"!COALESCE({y} {_PAIRS[name]} {its}, false)"
                yield name, f"EXISTS {{ {x} {other.n3()} {its} FILTER ({wrong}) }}"

    # ---- all values of a path

    def _counted(self, shape: Term, x: str, place: str) -> Iterator[tuple[str, str]]:
        """Each constraint on the values of a path as a whole, as an expression."""
        path = self._path_of(shape)
        for name, given in [(one, given) for one in _COUNTED for given in self.shapes.all(shape, one)]:
            self._trace(path, place)
            y, z = self._new(), self._new()
            if name == "hasValue":
                yield name, "!" + self._exists(x, path, y, f"sameTerm({y}, {given.n3()})")
            elif name == "uniqueLang" and given.value == "true":
                same = f'LANG({y}) != "" && LCASE(LANG({y})) = LCASE(LANG({z})) && !sameTerm({y}, {z})'
                yield name, self._exists(x, path, y, self._exists(x, path, z, same))
            elif name.endswith("Count"):
                wanted = self.shapes.one(shape, "qualifiedValueShape") if name.startswith("q") else None
                number = int(given.value) + name.endswith("axCount")
                enough = self._at_least(x, path, number, wanted, self._within(path, place)) if number else "true"
                yield name, enough if name.endswith("axCount") else f"!{enough}"

    def _at_least(
        self, x: str, path: Term, number: int, wanted: Term | None, place: str, others: tuple[str, ...] = ()
    ) -> str:
        """That `x` has some number of different values; nested, for a join inside EXISTS is slow."""
        y = self._new()
        parts = [f"!sameTerm({y}, {other})" for other in others]
        if wanted:
            parts.append(f"!{self._fails(wanted, y, place)}")
        if number > 1:
            parts.append(self._at_least(x, path, number - 1, wanted, place, (*others, y)))
        return self._exists(x, path, y, " && ".join(parts))

    def _exists(self, x: str, path: Term, y: str, test: str) -> str:
        """That some `y` at the end of a path from `x` passes a test; sequences become nested steps."""
        steps = self.shapes.members(path) or [path]
        names = [self._new() for _ in steps[1:]]
        for start, way, end in reversed(list(zip([x, *names], steps, [*names, y], strict=True))):
            test = f"EXISTS {{ {start} {self._text(way)} {end}{f' FILTER ({test})' if test else ''} }}"
        return test

    def _fails(self, shape: Term, x: str, place: str) -> str:
        """An expression for a whole shape."""
        self._refuse(shape, nested=True)
        if self.shapes.one(shape, "path"):
            return self._fails_at(shape, x, place)
        broken = [one for _, one in self._broken(shape, x, place)]
        broken += [self._fails_at(held, x, place) for held in self.shapes.all(shape, "property")]
        return "(" + (" || ".join(broken) or "false") + ")"

    def _fails_at(self, shape: Term, x: str, place: str) -> str:
        path, y = self._path_of(shape), self._new()
        self._trace(path, place)
        single = [*self._broken(shape, y, self._within(path, place)), *self._compared(shape, x, y, place)]
        broken = [one for _, one in self._counted(shape, x, place)]
        if single:
            broken.append(self._exists(x, path, y, " || ".join(one for _, one in single)))
        return "(" + (" || ".join(broken) or "false") + ")"

    # ---- paths

    def _path_of(self, shape: Term) -> Term:
        path = self.shapes.one(shape, "path")
        if path is None:
            raise NotCompiled("this property shape has no sh:path", shorten(shape.value))
        return path

    def _text(self, path: Term) -> str:
        """A path as SPARQL writes it."""
        if path.kind == "uri":
            return path.n3()
        if steps := self.shapes.members(path):
            return "(" + "/".join(map(self._text, steps)) + ")"
        if inverse := self.shapes.one(path, "inversePath"):
            return f"(^{self._text(inverse)})"
        if choice := self.shapes.one(path, "alternativePath"):
            return "(" + "|".join(map(self._text, self.shapes.members(choice))) + ")"
        for name, sign in _STEPS.items():
            if way := self.shapes.one(path, name):
                return f"({self._text(way)}{sign})"
        raise NotCompiled("a path of this form is not compiled", shorten(path.value))

    def _within(self, path: Term, place: str) -> str:
        """A path that goes on from the end of another."""
        return f"{place}/{self._text(path)}" if place else self._text(path)

    def _trace(self, path: Term, place: str) -> None:
        """Notes which changed triples can be a step of a path that begins at the end of another path."""
        inverse, choice = self.shapes.one(path, "inversePath"), self.shapes.one(path, "alternativePath")
        if path.kind == "uri" or (inverse and inverse.kind == "uri"):
            self._touches.append(touch_at((inverse or path).value, place, backwards=bool(inverse)))
        elif choice:
            for way in self.shapes.members(choice):
                self._trace(way, place)
        elif steps := self.shapes.members(path):
            for way in steps:
                self._trace(way, place)
                place = self._within(way, place)
        else:
            self._touches += [Touch(name, link=None) for name in re.findall(r"<([^>]+)>", self._text(path))]

    def _beneath(self, kind: Term) -> set[str]:
        return {kind.value, *self.below.get(kind.value, ())}

    def _new(self) -> str:
        self._count += 1
        return f"?v{self._count}"


def _component(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}ConstraintComponent"
