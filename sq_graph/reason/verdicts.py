"""Which positions can be held together: what a reasoner finds, kept by the digests of what it rests
on.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sq_graph.errors import BrokenFile, MissingDependency
from sq_graph.graph.layout import Layout
from sq_graph.reason import engine
from sq_graph.reason.axioms import Axiom, outside_owl
from sq_graph.reason.positions import SENSES, PositionSet
from sq_graph.reason.tasks import AxiomIndex, PairTasks

FILE = "positions/verdicts.json"
CONTRADICT = (
    "",
    "contradict",
    "contradict if hedged claims are meant",
    "contradict if tacit or presumed claims are meant",
)
ON_READING, CONTAINS = "contradict on our reading", "one contains the other"
NO_CONFLICT, NO_TERM = "no contradiction found", "share no contested term"
UNOPPOSED = "formally incompatible, but the source does not oppose them"
OPPOSED = "opposed in the source, but no contradiction found"
UNCHECKED = "not checked: the reasoner is not installed"
VERDICTS = (
    *(CONTRADICT[1], ON_READING, *CONTRADICT[2:], UNOPPOSED, OPPOSED),
    CONTAINS,
    NO_CONFLICT,
    NO_TERM,
    UNCHECKED,
)

SharedWords = tuple[tuple[str, ...], str]
"""Positions in the order of their slugs, and a supposition about words."""
Conflict = tuple[tuple[str, ...], tuple[str, ...]]
"""The keys of a least set of axioms that contradict each other, and of the neutral axioms it cannot
do without.
"""


@dataclass(frozen=True)
class GroupFinding:
    """What a reasoner found of some positions under one supposition about words.

    `level` is 0 where they do not contradict each other, else how firm the claims are that do: 1
    asserted, 2 hedged, 3 presumed; `hangs` are the neutral axioms without each of which they do
    not, as firmly as that. `container` is the position that entails all of another; `empty` are
    words that keep no case.
    """

    positions: tuple[str, ...]
    senses: str
    level: int
    by_reading: bool = False
    conflicts: tuple[Conflict, ...] = ()
    complete: bool = True
    shares: bool = True
    container: str = ""
    empty: tuple[str, ...] = ()
    hangs: tuple[str, ...] = ()
    method: str = ""

    def verdict(self, asserted_only: bool = False) -> str:
        """The first formal verdict that holds, sharing no term before finding nothing."""
        if not self.method:
            return UNCHECKED
        if self.level == 1 or (self.level and not asserted_only):
            return ON_READING if self.level == 1 and self.by_reading else CONTRADICT[self.level]
        if self.container or not self.shares:
            return CONTAINS if self.container else NO_TERM
        return NO_CONFLICT


@dataclass(frozen=True)
class GroupFindings:
    """What was found of all pairs, and of three positions that clash though no two of them do: on
    any claims, or on asserted ones where two of them clash on less firm claims.
    """

    pairs: Mapping[SharedWords, GroupFinding]
    triples: tuple[GroupFinding, ...]
    earlier: bool


def key(axiom: Axiom) -> str:
    """A short name of an axiom, the same as long as it says the same in the same file."""
    return hashlib.sha256(f"{axiom.source} {axiom.text}".encode()).hexdigest()[:12]


def unchanged(world: PositionSet, stored: Mapping[str, Any]) -> set[str]:
    """The positions of which what is stored still holds."""
    if stored.get("ground") != world.digest():
        return set()
    return {slug for slug in world.positions if stored["digests"].get(slug) == world.digest(slug)}


def kept_findings(world: PositionSet, stored: Mapping[str, Any]) -> list[GroupFinding]:
    """What is stored of positions that have not changed."""
    valid = unchanged(world, stored)
    kept = [one for one in stored.get("findings", ()) if set(one["positions"]) <= valid]
    return [GroupFinding(**{**_tupled(one), "method": stored["reasoner"]}) for one in kept]


def find_all(
    world: PositionSet, stored: Mapping[str, Any], only_reasoner: bool = False
) -> GroupFindings:
    """What is known of all pairs and triples; what is stored is taken where its digests fit, the
    rest found now.

    Parameters:
        world: the positions.
        stored: the content of a file of verdicts, as `read_stored` gives it.
        only_reasoner: whether pairs may not remain unchecked where there is no reasoner.

    Raises:
        BrokenFile: a module is outside OWL 2 DL.
        EngineError: the reasoner fails.
        MissingDependency: there is no reasoner, and only it will do.
    """
    kept, valid = kept_findings(world, stored), unchanged(world, stored)
    changed = set(world.positions) - valid
    if changed and only_reasoner:
        engine.route()
    for one in map(world.positions.__getitem__, sorted(changed)):
        for line, words in outside_owl(one.reading, world.neutral, world.background):
            what = f"the position cannot be reasoned about: {words}"
            raise BrokenFile(what, str(one.path), line, "Run sq-graph check")
    found = {(one.positions, one.senses): one for one in kept}
    for size in (2, 3) if changed else ():
        groups = dict[SharedWords, int]()
        for slugs in combinations(sorted(world.positions), size):
            for senses in SENSES if changed & set(slugs) else ():
                pairs = combinations(slugs, 2) if size == 3 else ()
                clashing = [level for two in pairs if (level := found[two, senses].level)]
                if 1 not in clashing:
                    groups[slugs, senses] = 1 if clashing else 3
        new = investigate(world, groups)
        found |= {(one.positions, one.senses): one for one in new if size == 2 or one.level}
    two = {group: one for group, one in found.items() if len(one.positions) == 2}
    triples = tuple(one for one in found.values() if len(one.positions) == 3)
    return GroupFindings(two, triples, not changed)


def investigate(world: PositionSet, groups: Mapping[SharedWords, int]) -> list[GroupFinding]:
    """What is found of groups of positions, each with the level up to which its claims count;
    without a reasoner each of them is unchecked.
    """
    index = AxiomIndex(world)
    plans = [PairTasks(index, *group, up_to) for group, up_to in groups.items()]
    tasks = [task for plan in plans for task in plan.tasks]
    try:
        replies, method = engine.ask(index.axioms, tasks) if tasks else [], engine.name()
    except MissingDependency:
        return [GroupFinding(plan.slugs, plan.senses, 0, shares=plan.shares) for plan in plans]
    given, keys = iter(replies), [key(axiom) for axiom in index.axioms]

    def named(numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(keys[number] for number in numbers)

    found = []
    for plan in plans:
        answer, *more = [next(given) for _ in plan.tasks]
        holders = [slug for slug, holds in zip(plan.slugs, more[:2], strict=False) if holds]
        further = {
            "conflicts": tuple(tuple(map(named, one)) for one in answer["conflicts"]),
            "shares": plan.shares,
            "container": holders[0] if holders else "",
            "empty": tuple(str(index.axioms[n].says[1]) for n in more[2]) if more else (),
            "hangs": named(answer["hangs"]),
            "method": method,
        }
        found.append(GroupFinding(plan.slugs, plan.senses, **{**answer, **further}))
    return found


def to_json(world: PositionSet, found: GroupFindings, stored: Mapping[str, Any]) -> str:
    """The findings as the text of a file, one a line, with the digests that they hold for.

    Parameters:
        world: the positions, whose digests are written.
        found: what was found of them.
        stored: what was found before; its reasoner is named where nothing is new.
    """
    name = stored["reasoner"] if found.earlier else engine.name()
    everything = (*found.pairs.values(), *found.triples)
    ordered = sorted(everything, key=lambda one: (len(one.positions), one.positions, one.senses))
    slugs = sorted(world.positions)
    digests = ",\n".join(f'{json.dumps(slug)}: "{world.digest(slug)}"' for slug in slugs)
    findings = ",\n".join(json.dumps(_stored(one)) for one in ordered)
    head = f'{{"reasoner": {json.dumps(name)},\n"ground": "{world.digest()}",\n'
    return f'{head}"digests": {{\n{digests}\n}},\n"findings": [\n{findings}\n]}}\n'


def read_stored(layouts: Sequence[Layout]) -> dict[str, Any]:
    """What was found earlier: the file of the last layout that has one; an unreadable one counts as
    none.
    """
    for layout in reversed(layouts):
        try:
            content = json.loads((layout.ontology / FILE).read_text(encoding="utf-8"))
            if {"reasoner", "ground", "digests", "findings"} <= set(content):
                return dict(content)
        except (OSError, ValueError, TypeError):
            continue
    return {}


def _stored(one: GroupFinding) -> dict[str, Any]:
    """What of a finding is not as usual."""
    usual = vars(GroupFinding((), "", -1, method=one.method))
    return {name: value for name, value in vars(one).items() if value != usual[name]}


def _tupled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tupled(inner) for name, inner in value.items()}
    return tuple(map(_tupled, value)) if isinstance(value, list) else value
