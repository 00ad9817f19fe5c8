"""Pieces of work, each in a process of its own, so that its memory is its own too."""

from __future__ import annotations

import gc
import multiprocessing
import os
import re
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

LIMIT = 600.0
"""Seconds after which a piece of work is stopped."""


class Failed(Exception):
    """A piece of work that cannot be measured: it takes too long, ends badly, or has other results
    than its peer.
    """


@dataclass(frozen=True)
class Measured:
    """What a piece of work gave, how many seconds it took, and the most memory of its process.

    One that `was_stopped` gave nothing, and would have taken longer.
    """

    result: Any
    seconds: float
    gigabytes: float
    was_stopped: bool = False


@dataclass(frozen=True)
class Bound:
    """What a figure must not exceed: seconds, a ratio to the peer, gigabytes."""

    seconds: float = float("inf")
    ratio: float = float("inf")
    gigabytes: float = float("inf")

    def __str__(self) -> str:
        said = (
            (self.ratio, f"ratio ≤ {self.ratio:.3g}"),
            (self.seconds, f"≤ {shown(self.seconds)}"),
            (self.gigabytes, f"≤ {self.gigabytes} GB"),
        )
        return ", ".join(text for value, text in said if value < float("inf")) or "–"


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    work: str
    ours: Measured
    peer: str
    theirs: Measured | None = None
    bound: Bound = Bound()

    @property
    def ratio(self) -> float:
        """Our time as a multiple of the peer's; 0 without a peer."""
        return self.ours.seconds / self.theirs.seconds if self.theirs else 0.0

    @property
    def is_kept(self) -> bool:
        """Whether the figure is within its bound."""
        ours, bound = self.ours, self.bound
        return (
            ours.seconds <= bound.seconds
            and self.ratio <= bound.ratio
            and ours.gigabytes <= bound.gigabytes
        )

    def __str__(self) -> str:
        theirs = f"{self.peer}: {_both(self.theirs)}" if self.theirs else self.peer
        ratio = f"{self.ratio:.3g}" if self.theirs else "–"
        if self.theirs and self.theirs.was_stopped:
            ratio = f"at most {ratio}"
        bound = f"{self.bound}{'' if self.is_kept else ' **missed**'}"
        return f"| {self.work} | {_both(self.ours)} | {theirs} | {ratio} | {bound} |\n"


@dataclass(frozen=True)
class Failure:
    """A line of the page for what could not be measured."""

    work: str
    why: str
    is_kept: bool = False

    def __str__(self) -> str:
        return f"| {self.work} | {self.why} | – | – | **missed** |\n"


def apart(task: Callable[..., tuple[Any, float]], *given: Any) -> Measured:
    """Runs a task, which gives its result and its seconds, in a new process; raises Failed where
    that lasts too long.
    """
    found = within(LIMIT, task, *given)
    if found.was_stopped:
        raise Failed(f"`{task.__name__}` was stopped after {LIMIT:.0f} s")
    return found


def within(limit: float, task: Callable[..., tuple[Any, float]], *given: Any) -> Measured:
    """The same, stopped after some seconds: they are then what it took at least."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        try:
            return pool.apply_async(_run, (task, given)).get(limit)
        except multiprocessing.TimeoutError:
            return Measured(None, limit, 0, was_stopped=True)


def _run(task: Callable[..., tuple[Any, float]], given: Sequence[Any]) -> Measured:
    result, seconds = task(*given)
    return Measured(result, seconds, _peak() / 2**20)


def _peak() -> int:
    """The most kilobytes that this program has had; what `getrusage` says may be its parent's."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


def process(command: Sequence[str], runs: int = 7) -> Measured:
    """A command as a whole process: its output, the median seconds of some runs after one that does
    not count, and its memory, where that is more than this program's own.
    """
    [found] = in_turn([command], runs)
    return found


def in_turn(commands: Sequence[Sequence[str]], runs: int = 7) -> list[Measured]:
    """Several commands, each as `process`, one after the other in every round: whatever slows the
    machine for a while slows all of them.
    """
    each = [[_run_once(command) for command in commands] for _ in range(runs + (runs > 1))]
    found = []
    for times, memories, outputs in (zip(*one, strict=True) for one in zip(*each, strict=True)):
        kilobytes = max(memories[1:] or memories)
        known = kilobytes if kilobytes > _peak() else 0
        found.append(Measured(outputs[-1], statistics.median(times[1:] or times), known / 2**20))
    return found


def _run_once(command: Sequence[str]) -> tuple[float, int, bytes]:
    """The seconds of a command, its highest memory in kilobytes, and its output."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=kept) as child:
        assert child.stdout
        stop = threading.Timer(LIMIT, child.kill)
        stop.start()
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        stop.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    if child.returncode:
        raise Failed(f"`{' '.join(command[-3:])}` ended with {child.returncode}")
    return seconds, usage.ru_maxrss, output


def timed(work: Callable[[], Any], runs: int = 1) -> tuple[Any, float]:
    """What a piece of work gives, and the shortest seconds of some runs."""
    times, result = [], None
    for _ in range(runs):
        gc.collect()
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    return result, min(times)


def timed_in_turn(*works: Callable[[], Any], runs: int = 7) -> list[tuple[Any, float]]:
    """Several pieces of work, each as `timed`, one after the other in every round: whatever slows
    the machine for a while slows all of them.
    """
    best = [timed(work) for work in works]
    for _ in range(runs - 1):
        again = (timed(work) for work in works)
        best = [min(one, other, key=itemgetter(1)) for one, other in zip(best, again, strict=True)]
    return best


def shown(seconds: float) -> str:
    """A time as the page shows it."""
    return f"{seconds:.3f} s" if seconds >= 0.1 else f"{seconds * 1000:.3g} ms"


def _both(found: Measured) -> str:
    if found.was_stopped:
        return f"stopped after {found.seconds:.0f} s"
    memory = f", {found.gigabytes:.2f} GB" if found.gigabytes else ""
    return f"{shown(found.seconds)}{memory}"
