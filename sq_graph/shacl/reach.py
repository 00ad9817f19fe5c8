"""The constraints of shapes by what they depend on: which things a change reaches, and what they
break.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sq_graph.graph import Term
from sq_graph.graph.engine import to_term
from sq_graph.graph.lookup import Blank, Iri, Lookup, Node, NodeTriple, TooMany, parse_term, to_node
from sq_graph.shacl.constraints import COMPARING, LISTS, OF_ITSELF, TYPE, Check, Constraints, Kinds
from sq_graph.shacl.dependencies import Dependency, dependencies
from sq_graph.shacl.paths import AlternativePath, Path, SequencePath, Step, shape_path
from sq_graph.shacl.shacl_compiler import Rule, component_of
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.shacl.violation import Violation

Key = Iri | tuple[Iri, Node]
"""A predicate; for a type with its class."""
_Nodes = Collection[Node]
_Ways = dict[SequencePath, set["Group"]]
"""The ways back to targets, each with the constraints on these."""
_ONE_WAY = 2_000
"""Statements that may be read from one changed triple in one way: beyond, the constraint is run
over everything.
"""
_ALL_WAYS = 200_000
_MANY = 5_000
"""Changed triples beyond which constraints in SPARQL are run over everything: that is faster than
tracing them.
"""
_THINGS = 5_000
"""Things of before the change that may be judged one by one: beyond, every constraint is run over
everything.
"""
_REMEMBERED = 20_000
"""Things whose statements are remembered at a time while they are judged."""


@dataclass(eq=False)
class ShapeTargets:
    """What a shape is about."""

    classes: frozenset[Node]
    subjects_of: Sequence[Iri]
    objects_of: Sequence[Iri]
    nodes: frozenset[Node]

    def include(self, lookup: Lookup, node: Node) -> bool:
        """Whether a thing is among them."""
        return (
            not self.classes.isdisjoint(lookup.objects(node, TYPE))
            or node in self.nodes
            or any(lookup.objects(node, one) for one in self.subjects_of)
            or any(lookup.is_object(one, node) for one in self.objects_of)
        )


@dataclass(eq=False)
class Group:
    """The constraints of a shape on the thing itself, on one path of it, or one in SPARQL.

    `rules` are the same constraints compiled; for one in SPARQL there are no `checks`.
    """

    targets: ShapeTargets
    rules: tuple[Rule, ...]
    checks: list[tuple[Rule, Check]] = field(default_factory=list)
    starts: frozenset[Iri] | None = None
    """The properties of a thing without which all its paths end nowhere; None where this is not
    known.
    """
    mentions: tuple[Iri, ...] | None = None
    """The properties whose values, with its types, decide whether a thing is at fault; None where
    more does.
    """

    @property
    def name(self) -> str:
        """The name under which its violations are reported."""
        return self.rules[0].shape

    def violations(self, lookup: Lookup, node: Node) -> Iterator[Violation]:
        """What a target breaks."""
        for rule, check in self.checks:
            for value in check(lookup, node):
                row = {"this": to_term(node)}
                yield rule.violation(row if value is None else row | {"value": to_term(value)})


@dataclass
class Reached:
    """The constraints to look at again: at some things, or everywhere."""

    at: dict[Node, set[Group]] = field(default_factory=lambda: defaultdict(set))
    everywhere: set[Group] = field(default_factory=set)
    fresh: Collection[Node] = ()
    """Things that nothing named before: whatever targets them is looked at, and is not among those
    `at` them.
    """

    def faulty(self, violations: Iterable[Violation]) -> Reached:
        """Only what some violations are about, to be looked at before the change as well.

        Blank nodes of one constraint stay together, since a change may have renamed them.
        """
        names = defaultdict[Node, set[str]](set)
        for one in violations:
            names[to_node(one.focus)].add(one.shape)
        shapes = set[str]().union(*names.values())
        kept = Reached(everywhere={one for one in self.everywhere if one.name in shapes})
        for node, groups in self.at.items():
            known = shapes if isinstance(node, Blank) else names.get(node, ())
            if left := {group for group in groups if group.name in known}:
                kept.at[node] = left
        return kept


_Rules = Mapping[Term, Sequence[Rule]]
Asked = dict[Group, list[Term]]
"""Targets at which constraints in SPARQL are to be asked."""


class Reach:
    """What the constraints of compiled shapes depend on.

    Parameters:
        shapes: the shapes.
        rules: the compiled rules of each shape with targets.
        kinds: gives a class and all classes beneath it.
    """

    def __init__(self, shapes: ShapesGraph, rules: _Rules, kinds: Kinds) -> None:
        self.shapes, self._kinds = shapes, kinds
        self._constraints = Constraints(shapes, kinds)
        self._ways = defaultdict[tuple[Key, bool], _Ways](lambda: defaultdict(set))
        self._links = defaultdict[Iri, list[tuple[Dependency, Group]]](list)
        self._found: dict[Key, list[tuple[Key, bool, _Ways]]] = {}
        self._by_any, self.groups = set[Group](), list[Group]()
        for shape, own in rules.items():
            self._add(shape, own)
        self.named = frozenset[Node]().union(*(one.targets.nodes for one in self.groups))
        """The things that shapes name as their targets: these can be at fault when nothing is known
        of them.
        """

    def reached(self, lookup: Lookup, changed: Collection[NodeTriple], found: Reached) -> None:
        """Adds what changed triples bear on, in the state before the change for those that it
        removes.

        All triples that lead to a fresh thing or from it are changed themselves, so that each way
        is followed from the one of its triples that is nearest to its target.
        """
        left, fresh = _ALL_WAYS, found.fresh
        if len(changed) > _MANY:
            found.everywhere.update(one for links in self._links.values() for _, one in links)
        seen = set[tuple[Key, Node, bool]]()
        found.everywhere.update(self._by_any if changed else ())
        for subject, predicate, value in changed:
            for key, at_subject, ways in self._ways_from(predicate, value):
                start = subject if at_subject else value
                is_fresh = start in fresh
                if (is_fresh and at_subject) or (way := (key, start, at_subject)) in seen:
                    continue
                seen.add(way)
                for back, groups in ways.items():
                    if is_fresh and back.parts:
                        continue
                    nodes = _within(lookup, back.ends, start)
                    left -= _ONE_WAY - (lookup.allowance or 0)
                    if nodes is None:
                        found.everywhere.update(groups)
                    for node in nodes or ():
                        found.at[node].update(groups)
            for link, group in self._links.get(predicate, ()):
                if group in found.everywhere:
                    continue
                nodes = _within(lookup, link.reached, subject, value)
                left -= _ONE_WAY - (lookup.allowance or 0)
                if nodes is None or any(isinstance(node, Blank) for node in nodes):
                    found.everywhere.add(group)  # a blank node cannot be named in a query
                for node in nodes or ():
                    found.at[node].add(group)
            if left < 0 or len(found.at) > _THINGS + len(fresh):
                found.everywhere.update(self.groups)
                found.at.clear()
                break
        lookup.allowance = None

    def _ways_from(self, predicate: Iri, value: Node) -> list[tuple[Key, bool, _Ways]]:
        """The ways back to targets from both ends of a changed triple: key, end and ways."""
        by = (TYPE, value) if predicate == TYPE else predicate
        if by not in self._found:
            each = [(key, end) for key in dict.fromkeys((predicate, by)) for end in (True, False)]
            self._found[by] = [(*one, self._ways[one]) for one in each if one in self._ways]
        return self._found[by]

    def violations_at(self, lookup: Lookup, reached: Reached) -> tuple[set[Violation], Asked]:
        """What reached things break, and the targets at which constraints in SPARQL are to be
        asked.
        """
        judge, plans = _Judge(lookup), dict[tuple[frozenset[Node], frozenset[Node]], _Plan]()
        for number, node in enumerate(reached.fresh):
            if number % _REMEMBERED == 0:
                lookup.forget()
                for plan in plans.values():
                    plan.sound.clear()
            about = lookup.properties(node)
            alike = frozenset[Node](about), frozenset(about.get(TYPE, ()))
            if alike not in plans:
                keys: list[Key] = [*about, *((TYPE, kind) for kind in alike[1])]
                ways = [self._ways[key, True] for key in keys if (key, True) in self._ways]
                groups = {one for back in ways for one in back.get(SequencePath(), ())}
                plans[alike] = _plan(lookup, node, groups - reached.everywhere)
            judge.alike(node, plans[alike])
        for node, groups in reached.at.items():
            lookup.properties(node)
            judge.one(node, groups - reached.everywhere)
        return judge.found, judge.asked

    # ---- reading the shapes

    def _add(self, shape: Term, own: Sequence[Rule]) -> None:
        """The groups of one shape with targets."""
        targets, is_path = self._targets(shape), self.shapes.one(shape, "path")
        for part in (shape, *(() if is_path else self.shapes.held(shape, "property"))):
            rules = [rule for rule in own if rule.shape == part.value and not rule.prologue]
            if rules:
                group, path = self._group(targets, rules), self.shapes.one(part, "path")
                named = defaultdict[str, list[Rule]](list)
                for rule in rules:
                    named[rule.component].append(rule)
                at = self._constraints.at_path if path else self._constraints.at_node
                group.checks = [
                    (named[component_of(name)].pop(0), check) for name, check in at(part)
                ]
                group.starts = _starts(shape_path(self.shapes, path)) if path else None
                mentions = self._mentions(part, nested=False)
                group.mentions = None if mentions is None else tuple(sorted(mentions, key=str))
                self._trace(part, SequencePath(), group, nested=False)
        for rule in own:
            if rule.prologue:
                self._trace_query(rule, self._group(targets, [rule]))

    def _group(self, targets: ShapeTargets, rules: Sequence[Rule]) -> Group:
        made = Group(targets, tuple(rules))
        self.groups.append(made)
        at_subject: list[Key] = [*((TYPE, kind) for kind in targets.classes), *targets.subjects_of]
        for key in at_subject:
            self._ways[key, True][SequencePath()].add(made)
        for one in targets.objects_of:
            self._ways[one, False][SequencePath()].add(made)
        return made

    def _targets(self, shape: Term) -> ShapeTargets:
        kinds, subjects, objects, nodes = self.shapes.targets(shape)
        classes = frozenset(Iri(name) for one in kinds for name in self._kinds(one))
        starts, ends = ([Iri(one.value) for one in some] for some in (subjects, objects))
        return ShapeTargets(classes, starts, ends, frozenset(parse_term(one.n3()) for one in nodes))

    def _mentions(self, shape: Term, nested: bool = True) -> frozenset[Iri] | None:
        """The properties whose values, with its types, decide whether a thing breaks a shape."""
        if node := self.shapes.one(shape, "path"):
            others = {Iri(one.value) for _, one in self.shapes.given(shape, COMPARING)}
            return _united([_starts(shape_path(self.shapes, node)), frozenset(others)])
        if self.shapes.given(shape, (*OF_ITSELF, "hasValue")):
            return None
        return _united([self._mentions(part) for part in self._parts(shape, nested)])

    def _parts(self, shape: Term, nested: bool) -> list[Term]:
        """The shapes that a shape refers to for the same thing, or for the values of its path."""
        names = ("not", "node", "qualifiedValueShape", *(("property",) if nested else ()))
        lists = (self.shapes.members(given) for _, given in self.shapes.given(shape, LISTS))
        return [*(part for _, part in self.shapes.given(shape, names)), *chain(*lists)]

    def _trace_query(self, rule: Rule, group: Group) -> None:
        found = dependencies(rule.body, dict(re.findall(r"PREFIX (.*): <(.*)>", rule.prologue)))
        if found is None:
            self._by_any.add(group)
        for one in found or ():
            self._links[one.step.predicate].append((one, group))

    def _trace(self, shape: Term, before: SequencePath, group: Group, nested: bool = True) -> None:
        """What a shape depends on where the path `before` leads from the target to what it is
        about.

        The properties of a shape with targets are groups of their own.
        """
        if path := self.shapes.one(shape, "path"):
            way = shape_path(self.shapes, path)
            for to, step, _ in way.steps():
                self._depend(step, SequencePath(before.parts + to.parts), group)
            for _, other in self.shapes.given(shape, COMPARING):
                self._depend(Step(Iri(other.value)), before, group)
            before = SequencePath((*before.parts, way))
        for given in self.shapes.all(shape, "class"):
            for kind in self._kinds(given):
                self._ways[(TYPE, Iri(kind)), True][before.inverse()].add(group)
        for part in self._parts(shape, nested):
            self._trace(part, before, group)

    def _depend(self, step: Step, before: SequencePath, group: Group) -> None:
        self._ways[step.predicate, not step.backwards][before.inverse()].add(group)


def _within(lookup: Lookup, find: Callable[..., _Nodes], *about: Node) -> _Nodes | None:
    """What is found without reading too much; None where that is not enough."""
    lookup.allowance = _ONE_WAY
    try:
        return find(lookup, *about)
    except TooMany:
        return None


def _starts(path: Path) -> frozenset[Iri] | None:
    """The properties with one of which a path begins; None for one that may lead elsewhere."""
    match path:
        case Step(predicate, backwards=False):
            return frozenset([predicate])
        case AlternativePath(parts):
            return _united(map(_starts, parts))
        case SequencePath((first, *_)):
            return _starts(first)
    return None


def _united(sets: Iterable[frozenset[Iri] | None]) -> frozenset[Iri] | None:
    """All of some properties; None where some are not known."""
    found = list(sets)
    return None if None in found else frozenset[Iri]().union(*filter(None, found))


@dataclass
class _Plan:
    """What to look at for things with the same properties and types.

    `broken` are the rules that all of them break, `groups` constraints on each, `asked` those in
    SPARQL, `doubtful` those of which it has to be seen for each whether they are about it. `sound`
    are values with which a thing passed a constraint, `passed` what the thing before passed, with
    the values `last`.
    """

    groups: dict[tuple[Iri, ...] | None, list[Group]] = field(default_factory=dict)
    asked: list[Group] = field(default_factory=list)
    doubtful: list[Group] = field(default_factory=list)
    broken: list[Rule] = field(default_factory=list)
    sound: set[tuple[tuple[Node, ...], ...]] = field(default_factory=set)
    last: dict[Iri, Collection[Node]] = field(default_factory=dict)
    passed: set[tuple[Iri, ...]] = field(default_factory=set)


def _plan(lookup: Lookup, node: Node, groups: Iterable[Group]) -> _Plan:
    """Decides once for all things like this one what depends only on which properties and types
    they have.
    """
    about, nothing, plan = lookup.properties(node), Blank(), _Plan()
    for group in groups:
        targets = group.targets
        if targets.objects_of or targets.nodes:
            plan.doubtful.append(group)
        elif targets.include(lookup, node):
            if not group.checks:
                plan.asked.append(group)
            elif group.starts is None or not group.starts.isdisjoint(about):
                there = group.mentions and tuple(one for one in group.mentions if one in about)
                plan.groups.setdefault(there, []).append(group)
            else:
                plan.broken += [rule for rule, check in group.checks if check(lookup, nothing)]
    return plan


@dataclass
class _Judge:
    """What things break, and at which ones constraints in SPARQL are to be asked."""

    lookup: Lookup
    found: set[Violation] = field(default_factory=set)
    asked: Asked = field(default_factory=lambda: defaultdict(list))

    def alike(self, node: Node, plan: _Plan) -> None:
        """Adds what one of many things alike breaks."""
        lookup, about, passed = self.lookup, self.lookup.properties(node), set[tuple[Iri, ...]]()
        same = {name for name, values in about.items() if plan.last.get(name) == values}
        for mentions, groups in plan.groups.items():
            if mentions is None:
                self.found.update(one for group in groups for one in group.violations(lookup, node))
                continue
            if not (mentions in plan.passed and same.issuperset(mentions)):
                given = (mentions, *(tuple(about[name]) for name in mentions))
                if given not in plan.sound:
                    broken = [one for group in groups for one in group.violations(lookup, node)]
                    if broken:
                        self.found.update(broken)
                        continue
                    plan.sound.add(given)
            passed.add(mentions)
        plan.last, plan.passed = dict(about), passed
        for group in plan.asked:
            self.asked[group].append(to_term(node))
        self.found.update(rule.violation({"this": to_term(node)}) for rule in plan.broken)
        self.one(node, plan.doubtful)

    def one(self, node: Node, groups: Iterable[Group]) -> None:
        """Adds what one thing breaks, and the constraints in SPARQL that are about it."""
        aimed: dict[ShapeTargets, bool] = {}
        for group in groups:
            targets = group.targets
            if targets not in aimed:
                aimed[targets] = targets.include(self.lookup, node)
            if aimed[targets] and group.checks:
                self.found.update(group.violations(self.lookup, node))
            elif aimed[targets]:
                self.asked[group].append(to_term(node))
