"""Minimal conflicts, whatever reasoner answers: QuickXplain inside a hitting-set tree.

A reasoner is a function that says of a set of numbered axioms whether it is consistent.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

Consistent = Callable[[frozenset[int]], bool]
LIMIT = 24
"""Conflicts that are looked for at most."""
NODES = 1500
"""Steps after which the search for conflicts ends."""


def minimal_conflict(
    consistent: Consistent, hard: frozenset[int], soft: Sequence[int]
) -> frozenset[int] | None:
    """A least set of soft axioms that contradicts the hard ones, or None (Junker's QuickXplain).

    Parameters:
        consistent: the reasoner.
        hard: the numbers of the axioms that are always held.
        soft: those of the axioms among which the set is looked for, the first preferred.

    >>> sorted(minimal_conflict(lambda chosen: not {1, 3} <= chosen, frozenset(), [0, 1, 2, 3, 4]))
    [1, 3]
    """

    def needed(base: frozenset[int], new: bool, rest: Sequence[int]) -> frozenset[int]:
        if new and not consistent(base):
            return frozenset()
        if len(rest) == 1:
            return frozenset(rest)
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        later = needed(base | frozenset(first), bool(first), second)
        return needed(base | later, bool(later), first) | later

    if consistent(hard | frozenset(soft)):
        return None
    return needed(hard, True, soft) if soft else frozenset()


def all_conflicts(
    consistent: Consistent, hard: frozenset[int], soft: Iterable[int], limit: int = LIMIT
) -> tuple[list[frozenset[int]], bool]:
    """Every least set of soft axioms that contradicts the hard ones; and whether that is all.

    Parameters:
        consistent: the reasoner.
        hard: the numbers of the axioms that are always held.
        soft: those of the axioms among which the sets are looked for.
        limit: how many sets are looked for; the search also ends after `NODES` steps.

    >>> holds = lambda s: not ({1, 2} <= s or {2, 3} <= s)
    >>> found, complete = all_conflicts(holds, frozenset(), {1, 2, 3, 4})
    >>> sorted(map(sorted, found)), complete
    ([[1, 2], [2, 3]], True)
    """
    every = frozenset(soft)
    found: list[frozenset[int]] = []
    hitting_sets: list[frozenset[int]] = []
    waiting, seen = deque([frozenset[int]()]), set[frozenset[int]]()
    while waiting:
        if len(found) >= limit or len(seen) >= NODES:
            return found, False
        left_out = waiting.popleft()
        if left_out in seen or any(known <= left_out for known in hitting_sets):
            continue
        seen.add(left_out)
        conflict = next((one for one in found if not one & left_out), None)
        if conflict is None:
            conflict = minimal_conflict(consistent, hard, sorted(every - left_out))
            if conflict is None:
                hitting_sets.append(left_out)
                continue
            found.append(conflict)
        waiting.extend(left_out | {axiom} for axiom in sorted(conflict))
    return found, True


def needed_assumptions(
    consistent: Consistent, conflict: frozenset[int], background: Sequence[int]
) -> list[int]:
    """The background axioms without each of which a conflict is none.

    Parameters:
        consistent: the reasoner.
        conflict: the numbers of axioms that contradict each other over the background.
        background: those of the background.

    >>> holds = lambda s: not {1, 9} <= s and not {1, 7, 8} <= s
    >>> needed_assumptions(holds, frozenset({1}), [7, 8, 9])
    []
    """
    enough = minimal_conflict(consistent, conflict, background)
    everything = frozenset(background) | conflict
    return sorted(axiom for axiom in enough or () if consistent(everything - {axiom}))


def analyse(consistent: Consistent, task: Mapping[str, Any]) -> dict[str, Any]:
    """What the `soft` axioms, each with its level, come to over a `background`: the level at which
    they contradict each other (0: never), by which of them, and whether no conflict at that level
    does without one that is `read`, a curator's step. Each conflict comes with the background that
    it cannot do without; `hangs` is the background without each of which nothing contradicts at
    that level.
    """
    hard = frozenset(task["background"])
    soft = {int(axiom): level for axiom, level in task["soft"].items()}
    if consistent(hard | frozenset(soft)):
        return {"level": 0, "by_reading": False, "conflicts": [], "complete": True, "hangs": []}
    below = {n: {axiom for axiom in soft if soft[axiom] <= n} for n in (1, 2, 3)}
    level = next(n for n in below if not consistent(hard | below[n]))
    found, complete = all_conflicts(consistent, hard, soft)
    known = [
        (sorted(one), needed_assumptions(consistent, one, task["background"]))
        for one in sorted(found, key=sorted)
    ]
    shared = [set(rests) for one, rests in known if below[level].issuperset(one)]
    everywhere = sorted(set.intersection(*shared)) if shared else []
    return {
        "level": level,
        "by_reading": consistent(hard | (below[level] - set(task["read"]))),
        "conflicts": known,
        "complete": complete,
        "hangs": [axiom for axiom in everywhere if consistent((hard - {axiom}) | below[level])],
    }


def refuted(consistent: Consistent, task: Mapping[str, Any]) -> list[int]:
    """Which of `each` contradicts the `axioms`; where `every` is asked for, none unless each one
    does.

    Axioms that contradict each other as they are refute nothing.
    """
    axioms, each = frozenset(task["axioms"]), task["each"]
    if consistent(axioms | frozenset(each)) or not consistent(axioms):
        return []
    if task.get("every"):
        return each if all(not consistent(axioms | {one}) for one in each) else []
    return [one for one in each if not consistent(axioms | {one})]


def run_tasks(consistent: Consistent, tasks: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The answers to tasks, in order; each is to `analyse`, or to find what is `refuted`.

    >>> run_tasks(lambda s: not {1, 2} <= s, [{"do": "refuted", "axioms": [1], "each": [2, 3]}])
    [[2]]
    """
    return [
        (analyse if task["do"] == "analyse" else refuted)(cache(consistent), task) for task in tasks
    ]
