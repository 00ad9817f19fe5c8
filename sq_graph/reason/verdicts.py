"""Verdicts on which positions can be held together: the findings of a reasoner, stored with the
digests of their inputs.
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
from sq_graph.reason.axioms import Axiom
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
_OPPOSING = (CONTRADICT[1], ON_READING, *CONTRADICT[2:], UNOPPOSED, OPPOSED)
VERDICTS = (*_OPPOSING, CONTAINS, NO_CONFLICT, NO_TERM, UNCHECKED)

Group = tuple[tuple[str, ...], str]
"""Positions in the order of their slugs, and an assumption about word senses."""
Conflict = tuple[tuple[str, ...], tuple[str, ...]]
"""The keys of a minimal set of axioms that contradict each other, and of the neutral axioms that it
needs.
"""


@dataclass(frozen=True)
class GroupFinding:
    """The findings of a reasoner on some positions under one assumption about word senses.

    `level` is 0 where they do not contradict each other, else the firmness of the claims that do: 1
    asserted, 2 hedged, 3 presumed; `hangs` are the neutral axioms without any one of which they do
    not contradict each other at that level. `shares` tells whether they share a contested word,
    `container` is the position that entails all of another; `empty` are words that can have no
    instance.
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
    """The findings on all pairs, and on three positions that clash though no two of them do: on
    any claims, or on asserted ones where two of them clash on less firm claims.
    """

    pairs: Mapping[Group, GroupFinding]
    triples: tuple[GroupFinding, ...]
    earlier: bool


def key(axiom: Axiom) -> str:
    """A short name of an axiom, unchanged while its file and its expression are."""
    return hashlib.sha256(f"{axiom.source} {axiom.text}".encode()).hexdigest()[:12]


def unchanged(position_set: PositionSet, stored: Mapping[str, Any]) -> set[str]:
    """The slugs of the positions for which the stored findings are still valid."""
    if stored.get("ground") != position_set.digest():
        return set()
    digests, digest = stored["digests"], position_set.digest
    return {slug for slug in position_set.positions if digests.get(slug) == digest(slug)}


def valid_findings(position_set: PositionSet, stored: Mapping[str, Any]) -> list[GroupFinding]:
    """The stored findings on positions that have not changed."""
    slugs = unchanged(position_set, stored)
    records = [r for r in stored.get("findings", ()) if set(r["positions"]) <= slugs]
    return [GroupFinding(**{**_as_tuples(r), "method": stored["reasoner"]}) for r in records]


def find_all(
    position_set: PositionSet, stored: Mapping[str, Any], only_reasoner: bool = False
) -> GroupFindings:
    """The findings on all pairs and triples: stored ones where their digests match, the others
    computed now.

    Parameters:
        position_set: the positions.
        stored: the content of a file of verdicts, as `read_stored` gives it.
        only_reasoner: whether pairs may not remain unchecked where there is no reasoner.

    Raises:
        BrokenFile: a module is outside OWL 2 DL.
        EngineError: the reasoner fails.
        MissingDependency: there is no reasoner, and `only_reasoner` is set.
    """
    positions = position_set.positions
    changed = set(positions) - unchanged(position_set, stored)
    if changed and only_reasoner:
        engine.route()
    for position in map(positions.__getitem__, sorted(changed)):
        for line, reason in position_set.outside_owl(position.slug):
            problem = f"the position cannot be reasoned about: {reason}"
            raise BrokenFile(problem, str(position.path), line, "Run sq-graph check")
    valid = valid_findings(position_set, stored)
    findings = {(finding.positions, finding.senses): finding for finding in valid}
    for size in (2, 3) if changed else ():
        groups = dict[Group, int]()
        for slugs in combinations(sorted(positions), size):
            for senses in SENSES if changed & set(slugs) else ():
                pairs = combinations(slugs, 2) if size == 3 else ()
                levels = [level for pair in pairs if (level := findings[pair, senses].level)]
                if 1 not in levels:
                    groups[slugs, senses] = 1 if levels else 3
        for finding in investigate(position_set, groups):
            if size == 2 or finding.level:
                findings[finding.positions, finding.senses] = finding
    by_pair = {group: finding for group, finding in findings.items() if len(group[0]) == 2}
    triples = tuple(finding for finding in findings.values() if len(finding.positions) == 3)
    return GroupFindings(by_pair, triples, not changed)


def investigate(position_set: PositionSet, groups: Mapping[Group, int]) -> list[GroupFinding]:
    """The findings on groups of positions, each with the level up to which its claims count;
    without a reasoner each of them is unchecked.
    """
    index = AxiomIndex(position_set)
    plans = [PairTasks(index, *group, up_to) for group, up_to in groups.items()]
    tasks = [task for plan in plans for task in plan.tasks]
    try:
        replies, method = engine.ask(index.axioms, tasks) if tasks else [], engine.name()
    except MissingDependency:
        return [GroupFinding(plan.slugs, plan.senses, 0, shares=plan.share_words) for plan in plans]
    answers, keys = iter(replies), [key(axiom) for axiom in index.axioms]

    def keys_of(numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(keys[number] for number in numbers)

    findings = []
    for plan in plans:
        analysis, *others = [next(answers) for _ in plan.tasks]
        holders = [slug for slug, entails in zip(plan.slugs, others[:2], strict=False) if entails]
        fields = {
            "conflicts": tuple(tuple(map(keys_of, sets)) for sets in analysis["conflicts"]),
            "shares": plan.share_words,
            "container": holders[0] if holders else "",
            "empty": tuple(str(index.axioms[n].expression[1]) for n in others[2]) if others else (),
            "hangs": keys_of(analysis["hangs"]),
            "method": method,
        }
        findings.append(GroupFinding(plan.slugs, plan.senses, **{**analysis, **fields}))
    return findings


def to_json(position_set: PositionSet, findings: GroupFindings, stored: Mapping[str, Any]) -> str:
    """The findings as the text of a file, one per line, with the digests for which they hold.

    Parameters:
        position_set: the positions, whose digests are written.
        findings: the findings on them.
        stored: the earlier findings; their reasoner is named where nothing is new.
    """
    name = stored["reasoner"] if findings.earlier else engine.name()
    everything = (*findings.pairs.values(), *findings.triples)
    ordered = sorted(everything, key=lambda f: (len(f.positions), f.positions, f.senses))
    slugs = sorted(position_set.positions)
    digests = ",\n".join(f'{json.dumps(slug)}: "{position_set.digest(slug)}"' for slug in slugs)
    lines = ",\n".join(json.dumps(_changed_fields(finding)) for finding in ordered)
    head = f'{{"reasoner": {json.dumps(name)},\n"ground": "{position_set.digest()}",\n'
    return f'{head}"digests": {{\n{digests}\n}},\n"findings": [\n{lines}\n]}}\n'


def read_stored(layouts: Sequence[Layout]) -> dict[str, Any]:
    """The stored findings, from the last layout that has a readable file of them."""
    for layout in reversed(layouts):
        try:
            content = json.loads((layout.ontology / FILE).read_text(encoding="utf-8"))
            if {"reasoner", "ground", "digests", "findings"} <= set(content):
                return dict(content)
        except (OSError, ValueError, TypeError):
            continue
    return {}


def _changed_fields(finding: GroupFinding) -> dict[str, Any]:
    """The fields of a finding that differ from the defaults."""
    defaults = vars(GroupFinding((), "", -1, method=finding.method))
    return {name: value for name, value in vars(finding).items() if value != defaults[name]}


def _as_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_tuples(inner) for name, inner in value.items()}
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value
