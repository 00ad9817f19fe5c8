"""Incremental validation: the things that a change affects, and their violations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product

from sq_graph.graph import Term
from sq_graph.graph.engine import to_term
from sq_graph.graph.lookup import Blank, Iri, Lookup, Node, NodeTriple, TooMany, parse_term, to_node
from sq_graph.shacl.constraints import INTRINSIC, LISTS, PAIRS, TYPE, Check, Constraints, Subclasses
from sq_graph.shacl.dependencies import Dependency, dependencies
from sq_graph.shacl.paths import AlternativePath, Path, SequencePath, Step, shape_path
from sq_graph.shacl.shacl_compiler import Rule, component_of
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.shacl.violation import Violation

Key = Iri | tuple[Iri, Node]
"""A predicate; for a type with its class."""
_Nodes = Collection[Node]
_ReversePaths = dict[SequencePath, set["Group"]]
"""The paths back to targets, each with the constraints on these."""
_MAX_READS_PER_PATH = 2_000
"""Statements read for one changed triple and path: beyond, the constraint runs over everything."""
_MAX_READS = 200_000
_MAX_TRACED = 5_000
"""Changed triples: beyond, constraints in SPARQL run over everything, which is then faster."""
_MAX_THINGS = 5_000
"""Old things that are validated one by one: beyond, every constraint runs over everything."""
_MAX_REMEMBERED = 20_000
"""Things whose statements are kept in memory at a time."""


@dataclass(eq=False)
class ShapeTargets:
    """The targets of a shape."""

    classes: frozenset[Node]
    subjects_of: Sequence[Iri]
    objects_of: Sequence[Iri]
    nodes: frozenset[Node]

    def include(self, lookup: Lookup, node: Node) -> bool:
        """Whether a thing is among them."""
        return (
            not self.classes.isdisjoint(lookup.objects(node, TYPE))
            or node in self.nodes
            or any(lookup.objects(node, predicate) for predicate in self.subjects_of)
            or any(lookup.is_object(predicate, node) for predicate in self.objects_of)
        )


@dataclass(eq=False)
class Group:
    """The constraints of a shape on the thing itself, on one path of it, or one in SPARQL.

    `rules` are the same constraints compiled; for one in SPARQL there are no `checks`.
    """

    targets: ShapeTargets
    rules: tuple[Rule, ...]
    checks: list[tuple[Rule, Check]] = field(default_factory=list)
    first_steps: frozenset[Iri] | None = None
    """The properties with which its paths can start; None where this is unknown."""
    properties: tuple[Iri, ...] | None = None
    """The properties whose values decide, with the types of a thing; None where more matters."""

    @property
    def name(self) -> str:
        """The name under which its violations are reported."""
        return self.rules[0].shape

    def violations(self, lookup: Lookup, node: Node) -> Iterator[Violation]:
        """The violations of a target."""
        for rule, check in self.checks:
            for value in check(lookup, node):
                row = {"this": to_term(node)}
                yield rule.violation(row if value is None else row | {"value": to_term(value)})


@dataclass
class Affected:
    """The constraints to validate again: for some things, or everywhere."""

    at: dict[Node, set[Group]] = field(default_factory=lambda: defaultdict(set))
    everywhere: set[Group] = field(default_factory=set)
    new_things: Collection[Node] = ()
    """Things that nothing mentioned before: all constraints on them count, and none is in `at`."""

    def restricted_to(self, violations: Iterable[Violation]) -> Affected:
        """The constraints and things of some violations, to be validated before the change as well.

        Blank nodes of one constraint stay together, since a change may have renamed them.
        """
        names = defaultdict[Node, set[str]](set)
        for violation in violations:
            names[to_node(violation.focus)].add(violation.shape)
        shapes = set[str]().union(*names.values())
        restricted = Affected(everywhere={g for g in self.everywhere if g.name in shapes})
        for node, groups in self.at.items():
            violated = shapes if isinstance(node, Blank) else names.get(node, ())
            if remaining := {group for group in groups if group.name in violated}:
                restricted.at[node] = remaining
        return restricted


_Rules = Mapping[Term, Sequence[Rule]]
Queries = dict[Group, list[Term]]
"""Constraints in SPARQL that have to be queried, with the targets."""


class DependencyIndex:
    """The constraints of compiled shapes by the triples that they depend on.

    Parameters:
        shapes: the shapes.
        rules: the compiled rules of each shape with targets.
        subclasses: returns the names of a class and all its subclasses.
    """

    def __init__(self, shapes: ShapesGraph, rules: _Rules, subclasses: Subclasses) -> None:
        self.shapes, self._subclasses = shapes, subclasses
        self._constraints = Constraints(shapes, subclasses)
        self._paths = defaultdict[tuple[Key, bool], _ReversePaths](lambda: defaultdict(set))
        self._dependencies = defaultdict[Iri, list[tuple[Dependency, Group]]](list)
        self._paths_by_key: dict[Key, list[tuple[Key, bool, _ReversePaths]]] = {}
        self._on_any_triple, self.groups = set[Group](), list[Group]()
        for shape, shape_rules in rules.items():
            self._add(shape, shape_rules)
        self.target_nodes = frozenset[Node]().union(*(group.targets.nodes for group in self.groups))
        """Named targets, which can violate a shape even when nothing is stated of them."""

    def trace(self, lookup: Lookup, changed: Collection[NodeTriple], affected: Affected) -> None:
        """Adds what changed triples affect; removed ones are traced in the state before the change.

        All triples that lead to or from a new thing are changed themselves, so that each path is
        followed from the one of its triples that is nearest to its target.
        """
        budget, new_things = _MAX_READS, affected.new_things
        if len(changed) > _MAX_TRACED:
            affected.everywhere.update(group for _, group in chain(*self._dependencies.values()))
        seen = set[tuple[Key, Node, bool]]()
        affected.everywhere.update(self._on_any_triple if changed else ())
        for subject, predicate, value in changed:
            for key, is_subject, paths in self._paths_from(predicate, value):
                start = subject if is_subject else value
                is_new = start in new_things
                if (is_new and is_subject) or (key, start, is_subject) in seen:
                    continue
                seen.add((key, start, is_subject))
                for path, groups in paths.items():
                    if is_new and path.parts:
                        continue
                    nodes = _within_limit(lookup, path.ends, start)
                    budget -= _MAX_READS_PER_PATH - (lookup.allowance or 0)
                    if nodes is None:
                        affected.everywhere.update(groups)
                    for node in nodes or ():
                        affected.at[node].update(groups)
            for dependency, group in self._dependencies.get(predicate, ()):
                if group in affected.everywhere:
                    continue
                nodes = _within_limit(lookup, dependency.affected, subject, value)
                budget -= _MAX_READS_PER_PATH - (lookup.allowance or 0)
                if nodes is None or any(isinstance(node, Blank) for node in nodes):
                    affected.everywhere.add(group)  # a blank node cannot be named in a query
                for node in nodes or ():
                    affected.at[node].add(group)
            if budget < 0 or len(affected.at) > _MAX_THINGS + len(new_things):
                affected.everywhere.update(self.groups)
                affected.at.clear()
                break
        lookup.allowance = None

    def _paths_from(self, predicate: Iri, value: Node) -> list[tuple[Key, bool, _ReversePaths]]:
        """The paths back to targets from both ends of a changed triple: key, whether they start at
        its subject, and paths.
        """
        main_key = (TYPE, value) if predicate == TYPE else predicate
        if main_key not in self._paths_by_key:
            ends = list(product(dict.fromkeys((predicate, main_key)), (True, False)))
            indexed = [(*end, self._paths[end]) for end in ends if end in self._paths]
            self._paths_by_key[main_key] = indexed
        return self._paths_by_key[main_key]

    def violations_at(self, lookup: Lookup, affected: Affected) -> tuple[set[Violation], Queries]:
        """The violations of affected things, and the constraints in SPARQL to be queried."""
        validator, plans = _Validator(lookup), dict[tuple[frozenset[Node], ...], _Plan]()
        for number, node in enumerate(affected.new_things):
            if number % _MAX_REMEMBERED == 0:
                lookup.forget()
                for plan in plans.values():
                    plan.passing.clear()
            properties = lookup.properties(node)
            classes = frozenset(properties.get(TYPE, ()))
            signature = frozenset[Node](properties), classes
            if signature not in plans:
                keys: list[Key] = [*properties, *((TYPE, class_) for class_ in classes)]
                indexed = (self._paths[key, True] for key in keys if (key, True) in self._paths)
                groups = set(chain(*(paths.get(SequencePath(), ()) for paths in indexed)))
                plans[signature] = _plan(lookup, node, groups - affected.everywhere)
            validator.validate_by_plan(node, plans[signature])
        for node, groups in affected.at.items():
            lookup.properties(node)
            validator.validate(node, groups - affected.everywhere)
        return validator.violations, validator.queries

    # ---- reading the shapes

    def _add(self, shape: Term, rules: Sequence[Rule]) -> None:
        """Adds the groups of one shape with targets."""
        targets, is_path = self._targets(shape), self.shapes.value(shape, "path")
        for part in (shape, *(() if is_path else self.shapes.active(shape, "property"))):
            part_rules = [rule for rule in rules if rule.shape == part.value and not rule.prologue]
            if part_rules:
                group, path = self._new_group(targets, part_rules), self.shapes.value(part, "path")
                by_component = defaultdict[str, list[Rule]](list)
                for rule in part_rules:
                    by_component[rule.component].append(rule)
                for name, check in self._constraints.checks(part):
                    group.checks.append((by_component[component_of(name)].pop(0), check))
                group.first_steps = _first_steps(shape_path(self.shapes, path)) if path else None
                names = self._deciding_properties(part, nested=False)
                group.properties = None if names is None else tuple(sorted(names, key=str))
                self._index(part, SequencePath(), group, nested=False)
        for rule in rules:
            if rule.prologue:
                self._index_query(rule, self._new_group(targets, [rule]))

    def _new_group(self, targets: ShapeTargets, rules: Sequence[Rule]) -> Group:
        group = Group(targets, tuple(rules))
        self.groups.append(group)
        keys: list[Key] = [*((TYPE, class_) for class_ in targets.classes), *targets.subjects_of]
        for key in keys:
            self._paths[key, True][SequencePath()].add(group)
        for predicate in targets.objects_of:
            self._paths[predicate, False][SequencePath()].add(group)
        return group

    def _targets(self, shape: Term) -> ShapeTargets:
        classes, subjects, objects, nodes = self.shapes.targets(shape)
        names = frozenset(map(Iri, chain(*map(self._subclasses, classes))))
        subjects_of, objects_of = ([Iri(p.value) for p in some] for some in (subjects, objects))
        named = frozenset(parse_term(node.n3()) for node in nodes)
        return ShapeTargets(names, subjects_of, objects_of, named)

    def _deciding_properties(self, shape: Term, nested: bool = True) -> frozenset[Iri] | None:
        """The properties whose values decide, with the types of a thing, if it violates a shape."""
        if node := self.shapes.value(shape, "path"):
            others = frozenset(Iri(other.value) for _, other in self.shapes.arguments(shape, PAIRS))
            return _union([_first_steps(shape_path(self.shapes, node)), others])
        if self.shapes.arguments(shape, (*INTRINSIC, "hasValue")):
            return None
        return _union([self._deciding_properties(part) for part in self._parts(shape, nested)])

    def _parts(self, shape: Term, nested: bool) -> list[Term]:
        """The shapes that a shape refers to for the same thing, or for the values of its path."""
        names = ("not", "node", "qualifiedValueShape", *(("property",) if nested else ()))
        lists = (self.shapes.members(head) for _, head in self.shapes.arguments(shape, LISTS))
        return [*(part for _, part in self.shapes.arguments(shape, names)), *chain(*lists)]

    def _index_query(self, rule: Rule, group: Group) -> None:
        prefixes = dict(re.findall(r"PREFIX (.*): <(.*)>", rule.prologue))
        traced = dependencies(rule.body, prefixes)
        if traced is None:
            self._on_any_triple.add(group)
        for dependency in traced or ():
            self._dependencies[dependency.step.predicate].append((dependency, group))

    def _index(self, shape: Term, before: SequencePath, group: Group, nested: bool = True) -> None:
        """Indexes what a shape depends on, where the path `before` leads from the target to its
        values.

        The properties of a shape with targets are groups of their own.
        """
        if node := self.shapes.value(shape, "path"):
            path = shape_path(self.shapes, node)
            for prefix, step, _ in path.steps():
                self._depend(step, SequencePath(before.parts + prefix.parts), group)
            for _, other in self.shapes.arguments(shape, PAIRS):
                self._depend(Step(Iri(other.value)), before, group)
            before = SequencePath((*before.parts, path))
        for name in chain(*map(self._subclasses, self.shapes.values(shape, "class"))):
            self._paths[(TYPE, Iri(name)), True][before.inverse()].add(group)
        for part in self._parts(shape, nested):
            self._index(part, before, group)

    def _depend(self, step: Step, before: SequencePath, group: Group) -> None:
        self._paths[step.predicate, not step.backwards][before.inverse()].add(group)


def _within_limit(lookup: Lookup, find: Callable[..., _Nodes], *args: Node) -> _Nodes | None:
    """The nodes found without reading too much; None where that is not enough."""
    lookup.allowance = _MAX_READS_PER_PATH
    try:
        return find(lookup, *args)
    except TooMany:
        return None


def _first_steps(path: Path) -> frozenset[Iri] | None:
    """The properties with which a path can start; None where it may start otherwise."""
    match path:
        case Step(predicate, backwards=False):
            return frozenset([predicate])
        case AlternativePath(parts):
            return _union(map(_first_steps, parts))
        case SequencePath((first, *_)):
            return _first_steps(first)
    return None


def _union(sets: Iterable[frozenset[Iri] | None]) -> frozenset[Iri] | None:
    """The union of some sets of properties; None where one is unknown."""
    known = list(sets)
    return None if None in known else frozenset[Iri]().union(*filter(None, known))


@dataclass
class _Plan:
    """How to validate things with the same properties and types.

    `broken` are the rules that all of them violate, `groups` the constraints to check on each by
    their deciding properties, `queried` those in SPARQL, `undecided` those that may not target
    each. `passing` are values with which a thing passed a constraint, `passed` the constraints that
    the previous thing passed, with the values `previous`.
    """

    groups: dict[tuple[Iri, ...] | None, list[Group]] = field(default_factory=dict)
    queried: list[Group] = field(default_factory=list)
    undecided: list[Group] = field(default_factory=list)
    broken: list[Rule] = field(default_factory=list)
    passing: set[tuple[tuple[Node, ...], ...]] = field(default_factory=set)
    previous: dict[Iri, Collection[Node]] = field(default_factory=dict)
    passed: set[tuple[Iri, ...]] = field(default_factory=set)


def _plan(lookup: Lookup, node: Node, groups: Iterable[Group]) -> _Plan:
    """The plan for all things with the properties and types of this one."""
    properties, empty_node, plan = lookup.properties(node), Blank(), _Plan()
    for group in groups:
        targets = group.targets
        if targets.objects_of or targets.nodes:
            plan.undecided.append(group)
        elif targets.include(lookup, node):
            if not group.checks:
                plan.queried.append(group)
            elif group.first_steps is None or not group.first_steps.isdisjoint(properties):
                present = group.properties and tuple(p for p in group.properties if p in properties)
                plan.groups.setdefault(present, []).append(group)
            else:
                plan.broken += [rule for rule, check in group.checks if check(lookup, empty_node)]
    return plan


@dataclass
class _Validator:
    """Collects the violations of things, and the constraints in SPARQL to be queried."""

    lookup: Lookup
    violations: set[Violation] = field(default_factory=set)
    queries: Queries = field(default_factory=lambda: defaultdict(list))

    def validate_by_plan(self, node: Node, plan: _Plan) -> None:
        """Adds the violations of a thing for which there is a plan."""
        lookup, passed = self.lookup, set[tuple[Iri, ...]]()
        properties = lookup.properties(node)
        same = {name for name, values in properties.items() if plan.previous.get(name) == values}
        for names, groups in plan.groups.items():
            if names is None:
                self.violations.update(chain(*(g.violations(lookup, node) for g in groups)))
                continue
            if not (names in plan.passed and same.issuperset(names)):
                values = (names, *(tuple(properties[name]) for name in names))
                if values not in plan.passing:
                    violations = [v for group in groups for v in group.violations(lookup, node)]
                    if violations:
                        self.violations.update(violations)
                        continue
                    plan.passing.add(values)
            passed.add(names)
        plan.previous, plan.passed = dict(properties), passed
        for group in plan.queried:
            self.queries[group].append(to_term(node))
        self.violations.update(rule.violation({"this": to_term(node)}) for rule in plan.broken)
        self.validate(node, plan.undecided)

    def validate(self, node: Node, groups: Iterable[Group]) -> None:
        """Adds the violations of one thing, and the constraints in SPARQL that target it."""
        is_target: dict[ShapeTargets, bool] = {}
        for group in groups:
            targets = group.targets
            if targets not in is_target:
                is_target[targets] = targets.include(self.lookup, node)
            if is_target[targets] and group.checks:
                self.violations.update(group.violations(self.lookup, node))
            elif is_target[targets]:
                self.queries[group].append(to_term(node))
