"""Pieces of work, each in a process of its own, so that its memory is its own too."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    """What a piece of work gave, how many seconds it took, and the most memory of its process."""

    result: Any
    seconds: float
    gigabytes: float


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
        bound = f"{self.bound}{'' if self.is_kept else ' **missed**'}"
        return f"| {self.work} | {_both(self.ours)} | {theirs} | {ratio} | {bound} |\n"


def apart(task: Callable[..., tuple[Any, float]], *given: Any) -> Measured:
    """Runs a task, which gives its result and its seconds, in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (task, given))


def _run(task: Callable[..., tuple[Any, float]], given: Sequence[Any]) -> Measured:
    result, seconds = task(*given)
    return Measured(result, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def process(command: Sequence[str], runs: int = 7) -> Measured:
    """A command as a whole process: its output, the median seconds of some runs after one that does
    not count, and its memory.
    """
    times, memory, output = [], 0, b""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for number in range(runs + (runs > 1)):
        begin = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=kept) as child:
            assert child.stdout
            output = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        times.append(time.perf_counter() - begin)
        memory = usage.ru_maxrss if number < 2 else max(memory, usage.ru_maxrss)
        if child.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return Measured(output, statistics.median(times[1:] or times), memory / 2**20)


def timed(work: Callable[[], Any], runs: int = 1) -> tuple[Any, float]:
    """What a piece of work gives, and the shortest seconds of some runs."""
    times, result = [], None
    for _ in range(runs):
        gc.collect()
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    return result, min(times)


def shown(seconds: float) -> str:
    """A time as the page shows it."""
    return f"{seconds:.3f} s" if seconds >= 0.1 else f"{seconds * 1000:.3g} ms"


def _both(found: Measured) -> str:
    memory = f", {found.gigabytes:.2f} GB" if found.gigabytes else ""
    return f"{shown(found.seconds)}{memory}"
