"""Minimal conflicts, for any reasoner: QuickXplain inside a hitting-set tree.

A reasoner is a function that decides whether a set of numbered axioms is consistent.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

Consistent = Callable[[frozenset[int]], bool]
LIMIT = 24
"""The highest number of conflicts that are searched for."""
NODES = 1500
"""The number of steps after which the search for conflicts ends."""


def minimal_conflict(
    is_consistent: Consistent, hard: frozenset[int], soft: Sequence[int]
) -> frozenset[int] | None:
    """A minimal set of soft axioms that contradicts the hard ones, or None (Junker's QuickXplain).

    Parameters:
        is_consistent: the reasoner.
        hard: the numbers of the axioms that always hold.
        soft: the numbers of the axioms from which the set is taken, the preferred ones first.

    >>> sorted(minimal_conflict(lambda chosen: not {1, 3} <= chosen, frozenset(), [0, 1, 2, 3, 4]))
    [1, 3]
    """

    def minimal(base: frozenset[int], has_grown: bool, candidates: Sequence[int]) -> frozenset[int]:
        if has_grown and not is_consistent(base):
            return frozenset()
        if len(candidates) == 1:
            return frozenset(candidates)
        first, second = candidates[: len(candidates) // 2], candidates[len(candidates) // 2 :]
        from_second = minimal(base | frozenset(first), bool(first), second)
        return minimal(base | from_second, bool(from_second), first) | from_second

    if is_consistent(hard | frozenset(soft)):
        return None
    return minimal(hard, True, soft) if soft else frozenset()


def all_conflicts(
    is_consistent: Consistent, hard: frozenset[int], soft: Iterable[int], limit: int = LIMIT
) -> tuple[list[frozenset[int]], bool]:
    """Every minimal set of soft axioms that contradicts the hard ones, and whether these are all.

    Parameters:
        is_consistent: the reasoner.
        hard: the numbers of the axioms that always hold.
        soft: the numbers of the axioms from which the sets are taken.
        limit: the highest number of sets; the search also ends after `NODES` steps.

    >>> is_consistent = lambda axioms: not ({1, 2} <= axioms or {2, 3} <= axioms)
    >>> conflicts, complete = all_conflicts(is_consistent, frozenset(), {1, 2, 3, 4})
    >>> sorted(map(sorted, conflicts)), complete
    ([[1, 2], [2, 3]], True)
    """
    candidates = frozenset(soft)
    conflicts: list[frozenset[int]] = []
    hitting_sets: list[frozenset[int]] = []
    pending, seen = deque([frozenset[int]()]), set[frozenset[int]]()
    while pending:
        if len(conflicts) >= limit or len(seen) >= NODES:
            return conflicts, False
        excluded = pending.popleft()
        if excluded in seen or any(hitting_set <= excluded for hitting_set in hitting_sets):
            continue
        seen.add(excluded)
        conflict = next((known for known in conflicts if not known & excluded), None)
        if conflict is None:
            conflict = minimal_conflict(is_consistent, hard, sorted(candidates - excluded))
            if conflict is None:
                hitting_sets.append(excluded)
                continue
            conflicts.append(conflict)
        pending.extend(excluded | {axiom} for axiom in sorted(conflict))
    return conflicts, True


def needed_assumptions(
    is_consistent: Consistent, conflict: frozenset[int], background: Sequence[int]
) -> list[int]:
    """The background axioms without any one of which there is no conflict.

    Parameters:
        is_consistent: the reasoner.
        conflict: the numbers of axioms that contradict each other over the background.
        background: the numbers of the background axioms.

    >>> is_consistent = lambda axioms: not {1, 9} <= axioms and not {1, 7, 8} <= axioms
    >>> needed_assumptions(is_consistent, frozenset({1}), [7, 8, 9])
    []
    """
    sufficient = minimal_conflict(is_consistent, conflict, background)
    all_axioms = frozenset(background) | conflict
    return sorted(axiom for axiom in sufficient or () if is_consistent(all_axioms - {axiom}))


def analyse(is_consistent: Consistent, task: Mapping[str, Any]) -> dict[str, Any]:
    """How far the `soft` axioms of a task, each with its level, are consistent with its
    `background`.

    `level` is the lowest level at which they contradict each other (0: none), `by_reading` whether
    every conflict at that level needs an axiom of `read`, the curators' inferences. Each conflict
    comes with the background axioms that it cannot do without; `hangs` are those without any one of
    which there is no contradiction at that level.
    """
    hard = frozenset(task["background"])
    soft = {int(axiom): level for axiom, level in task["soft"].items()}
    if is_consistent(hard | frozenset(soft)):
        return {"level": 0, "by_reading": False, "conflicts": [], "complete": True, "hangs": []}
    up_to = {n: {axiom for axiom in soft if soft[axiom] <= n} for n in (1, 2, 3)}
    level = next(n for n in up_to if not is_consistent(hard | up_to[n]))
    conflicts, complete = all_conflicts(is_consistent, hard, soft)
    explained = [
        (sorted(conflict), needed_assumptions(is_consistent, conflict, task["background"]))
        for conflict in sorted(conflicts, key=sorted)
    ]
    assumed = [set(needed) for conflict, needed in explained if up_to[level].issuperset(conflict)]
    shared = sorted(set.intersection(*assumed)) if assumed else []
    return {
        "level": level,
        "by_reading": is_consistent(hard | (up_to[level] - set(task["read"]))),
        "conflicts": explained,
        "complete": complete,
        "hangs": [axiom for axiom in shared if is_consistent((hard - {axiom}) | up_to[level])],
    }


def refuted(is_consistent: Consistent, task: Mapping[str, Any]) -> list[int]:
    """The axioms of `each` that contradict the `axioms`; with `every`, none unless all of them do.

    Axioms that already contradict each other refute nothing.
    """
    axioms, each = frozenset(task["axioms"]), task["each"]
    if is_consistent(axioms | frozenset(each)) or not is_consistent(axioms):
        return []
    if task.get("every"):
        return each if all(not is_consistent(axioms | {axiom}) for axiom in each) else []
    return [axiom for axiom in each if not is_consistent(axioms | {axiom})]


def run_tasks(is_consistent: Consistent, tasks: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The answers to tasks, in order; a task asks to `analyse`, or for what is `refuted`.

    >>> task = {"do": "refuted", "axioms": [1], "each": [2, 3]}
    >>> run_tasks(lambda axioms: not {1, 2} <= axioms, [task])
    [[2]]
    """
    functions = {"analyse": analyse, "refuted": refuted}
    return [functions[task["do"]](cache(is_consistent), task) for task in tasks]
