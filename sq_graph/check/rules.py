"""SHACL compiled to SPARQL: each constraint of each shape becomes one rule, a query for the things that break it.

Compiled are the node and property shapes of SHACL Core (without `sh:closed`, `sh:equals` and nested properties of
values) and SPARQL constraints; for all else `NotCompiled` is raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sq_graph.errors import InputError
from sq_graph.graph import Graph, Term
from sq_graph.vocab import RDF, SH, XSD, shorten

TYPE = RDF + "type"
_CAST = {XSD + name for name in ("integer", "decimal", "float", "double", "boolean", "dateTime", "date")}
_SELECT = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+)?(.+?)\s*WHERE\s*\{(.*)\}(.*)\Z", re.DOTALL | re.IGNORECASE)
_KINDS = {
    "IRI": "isIRI({x})", "Literal": "isLiteral({x})", "BlankNode": "isBlank({x})",
    "BlankNodeOrIRI": "!isLiteral({x})", "IRIOrLiteral": "!isBlank({x})", "BlankNodeOrLiteral": "!isIRI({x})",
}  # fmt: skip
_LIMITS = {"minInclusive": ">=", "maxInclusive": "<=", "minExclusive": ">", "maxExclusive": "<"}
_PAIRS = {"lessThan": "<", "lessThanOrEquals": "<="}
_STEPS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_COUNTED = ("minCount", "maxCount", "hasValue", "uniqueLang", "qualifiedMinCount", "qualifiedMaxCount")
_TESTED = ("class", "datatype", "nodeKind", "in", "pattern", "minLength", "maxLength", "languageIn", "node", "not",
           "or", "and", "xone", *_LIMITS)  # fmt: skip
_COMPARED = ("disjoint", *_PAIRS)
_PLAIN = ("path", "property", "sparql", "severity", "message", "name", "description", "order", "group", "deactivated",
          "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "flags",
          "qualifiedValueShape", "defaultValue")  # fmt: skip


class NotCompiled(InputError):
    """A shape uses a part of SHACL that is not compiled to SPARQL."""


@dataclass(frozen=True)
class Touch:
    """Where a changed triple meets a rule: how the rule calls its subject and object, and what links them to `?this`.

    A link of None cannot be traced; then every target of the rule is looked at.
    """

    predicate: str
    subject: str = "?this"
    object: str = "?end"
    link: str | None = ""


@dataclass(frozen=True)
class Rule:
    """One constraint of one shape: `body` binds `?this`, and `?value` where there is one, for each violation.

    Rules that the shapes state in SPARQL have a `prologue`; what they touch is found by `traced`.
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
    touches: tuple[Touch, ...] = ()

    def query(self, focus: Iterable[Term] | None = None) -> str:
        """The query over all targets of the rule, or over some of them."""
        if focus is not None:
            among = f"VALUES ?this {{ {' '.join(node.n3() for node in focus)} }}"
        else:
            among = f"{{ SELECT DISTINCT ?this {{ {self.target} }} }}" if self.prologue else self.target
        return f"{self.prologue}SELECT DISTINCT {self.columns} WHERE {{ {among} {self.body} }} {self.tail}"


class ShapesGraph:
    """The triples of some shapes, to be walked."""

    def __init__(self, graph: Graph) -> None:
        self._facts: dict[Term, dict[str, list[Term]]] = {}
        for row in graph.select("SELECT ?s ?p ?o { ?s ?p ?o }"):
            self._facts.setdefault(row["s"], {}).setdefault(row["p"].value, []).append(row["o"])

    def all(self, node: Term, name: str) -> list[Term]:
        """What a node has under a name of SHACL, sorted."""
        return sorted(self._facts.get(node, {}).get(SH + name, ()))

    def one(self, node: Term, name: str) -> Term | None:
        """The first that a node has under a name of SHACL, or None."""
        return next(iter(self.all(node, name)), None)

    def text(self, node: Term, name: str) -> str:
        """The same as text, empty if there is none."""
        found = self.one(node, name)
        return found.value if found else ""

    def members(self, node: Term) -> list[Term]:
        """The members of an RDF list."""
        facts = self._facts.get(node, {})
        return [facts[RDF + "first"][0], *self.members(facts[RDF + "rest"][0])] if RDF + "first" in facts else []

    def is_list(self, node: Term) -> bool:
        """Whether a node is an RDF list with members."""
        return RDF + "first" in self._facts.get(node, {})

    def names(self, node: Term) -> set[str]:
        """The names of SHACL under which a node has something."""
        return {name.removeprefix(SH) for name in self._facts.get(node, {}) if name.startswith(SH)}

    def targeted(self) -> list[Term]:
        """The shapes that have targets and are not switched off."""
        found = [node for node in self._facts if any(name.startswith("target") for name in self.names(node))]
        return sorted(node for node in found if self.text(node, "deactivated") != "true")


class Compiler:
    """Compiles shapes to rules; `below` maps each class to itself and the classes beneath it."""

    def __init__(self, shapes: ShapesGraph, below: Mapping[str, Iterable[str]]) -> None:
        self.shapes, self.below = shapes, below
        self._count = 0
        self._touches: list[Touch] = []

    def rules(self) -> Iterator[Rule]:
        """One rule for each constraint; raises NotCompiled for what is beyond this compiler."""
        for shape in self.shapes.targeted():
            target, touches = self._target(shape)
            self._refuse(shape)
            for name, broken in self._broken(shape, "?this", ""):
                yield self._rule(shape, shape, name, target, f"FILTER ({broken}) BIND (?this AS ?value)", touches, True)
            for held in self.shapes.all(shape, "property"):
                yield from self._property(shape, held, target, touches)
            for constraint in self.shapes.all(shape, "sparql"):
                yield self._sparql(shape, constraint, target, touches)

    def _property(self, owner: Term, shape: Term, target: str, touches: list[Touch]) -> Iterator[Rule]:
        self._refuse(shape)
        path = self._path_of(shape)
        for name, broken in self._counted(shape, "?this", ""):
            yield self._rule(owner, shape, name, target, f"FILTER ({broken})", touches, False)
        for name, broken in self._broken(shape, "?value", self._text(path)):
            self._trace(path, "")
            body = f"?this {self._text(path)} ?value . FILTER ({broken})"
            yield self._rule(owner, shape, name, target, body, touches, True)
        for name, broken in self._compared(shape, "?this", "?value", ""):
            self._trace(path, "")
            body = f"?this {self._text(path)} ?value . FILTER ({broken})"
            yield self._rule(owner, shape, name, target, body, touches, True)

    def _rule(
        self, owner: Term, shape: Term, name: str, target: str, body: str, touches: list[Touch], valued: bool
    ) -> Rule:
        found = tuple(dict.fromkeys(touches + self._touches))
        self._touches = []
        columns = "?this ?value" if valued else "?this"
        return Rule(shape.value, _component(name), self._severity(shape), self.shapes.text(shape, "message"),
                    target, body, columns, touches=found)  # fmt: skip

    def _sparql(self, owner: Term, constraint: Term, target: str, touches: list[Touch]) -> Rule:
        found = _SELECT.match(self.shapes.text(constraint, "select").replace("$this", "?this"))
        if not found:
            raise NotCompiled("this SPARQL constraint is no SELECT … WHERE query", shorten(constraint.value))
        prologue = "".join(
            f"PREFIX {self.shapes.text(given, 'prefix')}: <{self.shapes.text(given, 'namespace')}>\n"
            for prefixes in self.shapes.all(constraint, "prefixes")
            for given in self.shapes.all(prefixes, "declare")
        )
        message = self.shapes.text(constraint, "message") or self.shapes.text(owner, "message")
        return Rule(constraint.value, _component("sparql"), self._severity(owner), message,
                    target, found[2], found[1], found[3], prologue or "\n", tuple(touches))  # fmt: skip

    def _severity(self, shape: Term) -> str:
        return (self.shapes.text(shape, "severity") or SH + "Violation").removeprefix(SH)

    def _refuse(self, shape: Term, nested: bool = False) -> None:
        names = self.shapes.names(shape)
        unknown = names - {*_COUNTED, *_TESTED, *_COMPARED, *_PLAIN}
        unknown |= names & ({"property"} if "path" in names else set()) | names & ({"sparql"} if nested else set())
        if unknown:
            raise NotCompiled(f"sh:{min(unknown)} is not compiled here", shorten(shape.value))

    def _target(self, shape: Term) -> tuple[str, list[Touch]]:
        classes = sorted({name for one in self.shapes.all(shape, "targetClass") for name in self._beneath(one.value)})
        subjects = [term.n3() for term in self.shapes.all(shape, "targetSubjectsOf")]
        objects = [term.n3() for term in self.shapes.all(shape, "targetObjectsOf")]
        nodes = [term.n3() for term in self.shapes.all(shape, "targetNode")]
        parts = [f"?this {p} {self._new()} ." for p in subjects] + [f"{self._new()} {p} ?this ." for p in objects]
        if classes:
            kind = self._new()
            parts.append(f"VALUES {kind} {{ {' '.join(f'<{name}>' for name in classes)} }} ?this <{TYPE}> {kind} .")
        if nodes:
            parts.append(f"VALUES ?this {{ {' '.join(nodes)} }}")
        touches = [Touch(TYPE, "?this", f"<{name}>") for name in classes]
        touches += [Touch(name[1:-1]) for name in subjects] + [Touch(name[1:-1], "?end", "?this") for name in objects]
        return (parts[0] if len(parts) == 1 else " UNION ".join(f"{{ {part} }}" for part in parts)), touches

    # ---- one value

    def _broken(self, shape: Term, x: str, place: str) -> Iterator[tuple[str, str]]:
        """Each constraint on single values, as an expression that is true where `x` breaks it."""
        for name in _TESTED:
            for given in self.shapes.all(shape, name):
                yield name, f"!COALESCE({self._holds(shape, name, given, x, place)}, false)"
        if x == "?this" and not self.shapes.one(shape, "path"):
            for given in self.shapes.all(shape, "hasValue"):
                yield "hasValue", f"!sameTerm({x}, {given.n3()})"

    def _holds(self, shape: Term, name: str, given: Term, x: str, place: str) -> str:
        value = given.n3()
        if name in _LIMITS:
            return f"{x} {_LIMITS[name]} {value}"
        if name in ("or", "and", "xone"):
            holding = [f"!{self._fails(member, x, place)}" for member in self.shapes.members(given)]
            if name == "xone":
                return "(" + " + ".join(f"IF({one}, 1, 0)" for one in holding) + ") = 1"
            return "(" + (" || " if name == "or" else " && ").join(holding) + ")"
        match name:
            case "class":
                self._touches.append(_touch(TYPE, place))
                kind, names = self._new(), ", ".join(f"<{one}>" for one in sorted(self._beneath(given.value)))
                return f"EXISTS {{ {x} <{TYPE}> {kind} FILTER ({kind} IN ({names})) }}"
            case "datatype":
                cast = f" && isLiteral(<{given.value}>(STR({x})))" if given.value in _CAST else ""
                return f"DATATYPE({x}) = {value}{cast}"
            case "nodeKind":
                return _KINDS[given.value.removeprefix(SH)].format(x=x)
            case "in":
                return " || ".join(f"sameTerm({x}, {member.n3()})" for member in self.shapes.members(given)) or "false"
            case "pattern":
                flags = self.shapes.one(shape, "flags")
                return f"REGEX(STR({x}), {value}{', ' + flags.n3() if flags else ''})"
            case "minLength" | "maxLength":
                return f"STRLEN(STR({x})) {'>=' if name == 'minLength' else '<='} {given.value}"
            case "languageIn":
                return " || ".join(f"LANGMATCHES(LANG({x}), {tag.n3()})" for tag in self.shapes.members(given))
            case "not":
                return self._fails(given, x, place)
        return f"!{self._fails(given, x, place)}"

    def _compared(self, shape: Term, x: str, y: str, place: str) -> Iterator[tuple[str, str]]:
        """Each constraint that compares a value `y` with what `x` has under another property."""
        for name in _COMPARED:
            for other in self.shapes.all(shape, name):
                self._touches.append(_touch(other.value, place))
                its = self._new()
                wrong = f"sameTerm({y}, {its})" if name == "disjoint" else f"!COALESCE({y} {_PAIRS[name]} {its}, false)"
                yield name, f"EXISTS {{ {x} {other.n3()} {its} FILTER ({wrong}) }}"

    # ---- the values of a path

    def _counted(self, shape: Term, x: str, place: str) -> Iterator[tuple[str, str]]:
        """Each constraint on the values of a path as a whole, as an expression that is true where `x` breaks it."""
        path = self._path_of(shape)
        wanted = self.shapes.one(shape, "qualifiedValueShape")
        within = self._text(path) if not place else f"{place}/{self._text(path)}"
        for name in _COUNTED:
            for given in self.shapes.all(shape, name):
                self._trace(path, place)
                if name == "hasValue":
                    yield name, "!" + self._exists(x, path, self._new(), lambda y, v=given: f"sameTerm({y}, {v.n3()})")
                elif name == "uniqueLang":
                    if given.value == "true":
                        yield name, self._exists(x, path, self._new(), lambda y: self._twin(x, path, y))
                else:
                    test = (lambda y: f"!{self._fails(wanted, y, within)}") if name.startswith("q") and wanted else None
                    number, at_most = int(given.value), name.endswith("axCount")
                    if number or at_most:
                        enough = self._at_least(x, path, number + at_most, test)
                        yield name, enough if at_most else f"!{enough}"

    def _twin(self, x: str, path: Term, y: str) -> str:
        same = f"LANG({y}) != \"\" && LCASE(LANG({y})) = LCASE(LANG({{0}})) && !sameTerm({y}, {{0}})"
        return self._exists(x, path, self._new(), lambda z: same.format(z))

    def _at_least(
        self, x: str, path: Term, number: int, test: Callable[[str], str] | None, others: tuple[str, ...] = ()
    ) -> str:
        """That `x` has some number of different values; nested, for a join inside EXISTS is slow."""

        def more(y: str) -> str:
            parts = [f"!sameTerm({y}, {other})" for other in others] + ([test(y)] if test else [])
            if number > 1:
                parts.append(self._at_least(x, path, number - 1, test, (*others, y)))
            return " && ".join(parts)

        return self._exists(x, path, self._new(), more)

    def _exists(self, x: str, path: Term, y: str, test: Callable[[str], str]) -> str:
        """That some `y` at the end of a path from `x` passes a test; sequences become nested steps."""
        steps = self.shapes.members(path) if self.shapes.is_list(path) else [path]
        names = [self._new() for _ in steps[1:]]
        starts, ends = [x, *names], [*names, y]
        inner = test(y)
        for start, step, end in reversed(list(zip(starts, steps, ends, strict=True))):
            inner = f"EXISTS {{ {start} {self._text(step)} {end}{f' FILTER ({inner})' if inner else ''} }}"
        return inner

    def _fails(self, shape: Term, x: str, place: str) -> str:
        """An expression that is true where `x` breaks a shape in any way."""
        self._refuse(shape, nested=True)
        if self.shapes.one(shape, "path"):
            return self._fails_at(shape, x, place)
        broken = [one for _, one in self._broken(shape, x, place)]
        broken += [self._fails_at(held, x, place) for held in self.shapes.all(shape, "property")]
        return "(" + (" || ".join(broken) or "false") + ")"

    def _fails_at(self, shape: Term, x: str, place: str) -> str:
        path = self._path_of(shape)
        within = self._text(path) if not place else f"{place}/{self._text(path)}"
        self._trace(path, place)
        y = self._new()
        single = [one for _, one in self._broken(shape, y, within)] + [
            one for _, one in self._compared(shape, x, y, place)
        ]
        broken = [one for _, one in self._counted(shape, x, place)]
        if single:
            broken.append(self._exists(x, path, y, lambda _: "(" + " || ".join(single) + ")"))
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
        if self.shapes.is_list(path):
            return "(" + "/".join(self._text(step) for step in self.shapes.members(path)) + ")"
        if inverse := self.shapes.one(path, "inversePath"):
            return f"(^{self._text(inverse)})"
        if choice := self.shapes.one(path, "alternativePath"):
            return "(" + "|".join(self._text(step) for step in self.shapes.members(choice)) + ")"
        for name, sign in _STEPS.items():
            if step := self.shapes.one(path, name):
                return f"({self._text(step)}{sign})"
        raise NotCompiled("a path of this form is not compiled", shorten(path.value))

    def _trace(self, path: Term, place: str) -> None:
        """Notes which changed triples can be a step of a path that begins at the end of another path."""
        if path.kind == "uri":
            self._touches.append(_touch(path.value, place))
        elif self.shapes.is_list(path):
            for step in self.shapes.members(path):
                self._trace(step, place)
                place = self._text(step) if not place else f"{place}/{self._text(step)}"
        elif choice := self.shapes.one(path, "alternativePath"):
            for step in self.shapes.members(choice):
                self._trace(step, place)
        else:
            inverse = self.shapes.one(path, "inversePath")
            if inverse and inverse.kind == "uri":
                self._touches.append(_touch(inverse.value, place, backwards=True))
            else:
                names = re.findall(r"<([^>]+)>", self._text(path))
                self._touches += [Touch(name, link=None) for name in names]

    def _beneath(self, name: str) -> set[str]:
        return {name, *self.below.get(name, ())}

    def _new(self) -> str:
        self._count += 1
        return f"?v{self._count}"


def _touch(predicate: str, place: str, backwards: bool = False) -> Touch:
    start = "?at" if place else "?this"
    link = f"?this {place} ?at ." if place else ""
    return Touch(predicate, "?end", start, link) if backwards else Touch(predicate, start, "?end", link)


def _component(name: str) -> str:
    name = "SPARQL" if name == "sparql" else name[0].upper() + name[1:]
    return f"{name}ConstraintComponent"


def traced(rule: Rule) -> tuple[Touch, ...]:
    """What a rule that is written in SPARQL touches, found by parsing it."""
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import URIRef, Variable

    places: dict[tuple[Any, Any, Any], tuple[int, ...]] = {}
    simple = True

    def walk(part: Any, group: tuple[int, ...]) -> None:
        nonlocal simple
        if isinstance(part, CompValue):
            simple = simple and part.name not in ("Union", "Minus", "ServiceGraphPattern")
            for triple in part.get("triples") or ():
                places.setdefault(triple, group)
            for key, value in part.items():
                inner = (part.name == "LeftJoin" and key == "p2") or (part.name.endswith("EXISTS") and key == "graph")
                walk(value, (*group, id(value)) if inner else group)
        elif isinstance(part, (list, tuple)):
            for value in part:
                walk(value, group)

    walk(prepareQuery(f"{rule.prologue}SELECT {rule.columns} WHERE {{ {rule.body} }} {rule.tail}").algebra, ())
    simple = simple and all(isinstance(predicate, URIRef) for _, predicate, _ in places)
    found = []
    for (subject, predicate, end), group in places.items():
        if not simple:
            found += [Touch(name, link=None) for name in re.findall(r"<([^>]+)>", predicate.n3())]
            continue
        outer = [triple for triple, place in places.items() if place == group[: len(place)]]
        known = {term for term in (subject, end) if isinstance(term, Variable)}
        found.append(Touch(str(predicate), subject.n3(), end.n3(), _chain(known, outer, Variable)))
    return tuple(found)


def _chain(known: set[Any], triples: list[tuple[Any, Any, Any]], variable: type) -> str | None:
    """The shortest run of patterns that leads from some variables to `?this`; None if there is none."""
    agenda: list[tuple[set[Any], list[tuple[Any, Any, Any]]]] = [(known, [])]
    while agenda:
        known, used = agenda.pop(0)
        if variable("this") in known:
            return " ".join(f"{s.n3()} {p.n3()} {o.n3()} ." for s, p, o in used)
        for triple in triples:
            ends = {term for term in (triple[0], triple[2]) if isinstance(term, variable)}
            if ends & known and not ends <= known:
                agenda.append((known | ends, [*used, triple]))
    return None
