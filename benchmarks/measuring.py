"""Measuring tasks and commands, each in a process of its own, so that its memory is known too."""

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
"""Seconds after which a task is stopped."""


class MeasurementError(Exception):
    """A task cannot be measured: it takes too long, fails, or has other results than its peer."""


@dataclass(frozen=True)
class Measurement:
    """The result of a task, its seconds, and the peak memory of its process.

    A task that `was_stopped` has no result, and would have taken longer.
    """

    result: Any
    seconds: float
    gigabytes: float
    was_stopped: bool = False


@dataclass(frozen=True)
class Bound:
    """The limits of a figure: seconds, a ratio to the peer, gigabytes."""

    seconds: float = float("inf")
    ratio: float = float("inf")
    gigabytes: float = float("inf")

    def __str__(self) -> str:
        limits = (
            (self.ratio, f"ratio ≤ {self.ratio:.3g}"),
            (self.seconds, f"≤ {format_seconds(self.seconds)}"),
            (self.gigabytes, f"≤ {self.gigabytes} GB"),
        )
        return ", ".join(text for limit, text in limits if limit < float("inf")) or "–"


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    work: str
    ours: Measurement
    peer: str
    theirs: Measurement | None = None
    bound: Bound = Bound()

    @property
    def ratio(self) -> float:
        """Our time as a multiple of the peer's; 0 without a peer."""
        return self.ours.seconds / self.theirs.seconds if self.theirs else 0.0

    @property
    def is_within_bound(self) -> bool:
        """Whether the figure is within its bound."""
        ours, bound = self.ours, self.bound
        return (
            ours.seconds <= bound.seconds
            and self.ratio <= bound.ratio
            and ours.gigabytes <= bound.gigabytes
        )

    def __str__(self) -> str:
        theirs = f"{self.peer}: {_format(self.theirs)}" if self.theirs else self.peer
        ratio = f"{self.ratio:.3g}" if self.theirs else "–"
        if self.theirs and self.theirs.was_stopped:
            ratio = f"at most {ratio}"
        bound = f"{self.bound}{'' if self.is_within_bound else ' **missed**'}"
        return f"| {self.work} | {_format(self.ours)} | {theirs} | {ratio} | {bound} |\n"


@dataclass(frozen=True)
class Failure:
    """A line of the page for something that could not be measured."""

    work: str
    reason: str
    is_within_bound: bool = False

    def __str__(self) -> str:
        return f"| {self.work} | {self.reason} | – | – | **missed** |\n"


def run_apart(task: Callable[..., tuple[Any, float]], *arguments: Any) -> Measurement:
    """Runs a task, which returns its result and its seconds, in a new process; raises
    MeasurementError if it takes too long.
    """
    measurement = run_within(LIMIT, task, *arguments)
    if measurement.was_stopped:
        raise MeasurementError(f"`{task.__name__}` was stopped after {LIMIT:.0f} s")
    return measurement


def run_within(
    limit: float, task: Callable[..., tuple[Any, float]], *arguments: Any
) -> Measurement:
    """The same, but stopped after some seconds, which are then a lower bound of its time."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        try:
            return pool.apply_async(_run, (task, arguments)).get(limit)
        except multiprocessing.TimeoutError:
            return Measurement(None, limit, 0, was_stopped=True)


def _run(task: Callable[..., tuple[Any, float]], arguments: Sequence[Any]) -> Measurement:
    result, seconds = task(*arguments)
    return Measurement(result, seconds, _peak_memory() / 2**20)


def _peak_memory() -> int:
    """The peak memory of this program in kilobytes; that of `getrusage` may be its parent's."""
    match = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(match[1]) if match else 0


def measure_command(command: Sequence[str], runs: int = 7) -> Measurement:
    """A command as a whole process: its output, the median seconds of some runs after one that does
    not count, and its memory, where that is more than this program's own.
    """
    [measurement] = measure_commands([command], runs)
    return measurement


def measure_commands(commands: Sequence[Sequence[str]], runs: int = 7) -> list[Measurement]:
    """Several commands, each as by `measure_command`, one after the other in every round: whatever
    slows the machine for a while slows all of them.
    """
    rounds = [[_run_once(command) for command in commands] for _ in range(runs + (runs > 1))]
    measurements = []
    for command_runs in zip(*rounds, strict=True):
        times, memories, outputs = zip(*command_runs, strict=True)
        peak = max(memories[1:] or memories)
        gigabytes = (peak if peak > _peak_memory() else 0) / 2**20
        median = statistics.median(times[1:] or times)
        measurements.append(Measurement(outputs[-1], median, gigabytes))
    return measurements


def _run_once(command: Sequence[str]) -> tuple[float, int, bytes]:
    """The seconds of a command, its peak memory in kilobytes, and its output."""
    names = os.environ.keys() - {"PYTHONDONTWRITEBYTECODE"}
    environment = {name: os.environ[name] for name in names}
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout
        timer = threading.Timer(LIMIT, child.kill)
        timer.start()
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if child.returncode:
        raise MeasurementError(f"`{' '.join(command[-3:])}` ended with {child.returncode}")
    return seconds, usage.ru_maxrss, output


def time_call(function: Callable[[], Any], runs: int = 1) -> tuple[Any, float]:
    """The result of a function, and the shortest seconds of some runs."""
    times, result = [], None
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return result, min(times)


def time_calls(*functions: Callable[[], Any], runs: int = 7) -> list[tuple[Any, float]]:
    """Several functions, each as by `time_call`, one after the other in every round: whatever slows
    the machine for a while slows all of them.
    """
    best = [time_call(function) for function in functions]
    for _ in range(runs - 1):
        current = (time_call(function) for function in functions)
        best = [min(pair, key=itemgetter(1)) for pair in zip(best, current, strict=True)]
    return best


def format_seconds(seconds: float) -> str:
    """A time as the page shows it."""
    return f"{seconds:.3f} s" if seconds >= 0.1 else f"{seconds * 1000:.3g} ms"


def _format(measurement: Measurement) -> str:
    if measurement.was_stopped:
        return f"stopped after {measurement.seconds:.0f} s"
    memory = f", {measurement.gigabytes:.2f} GB" if measurement.gigabytes else ""
    return f"{format_seconds(measurement.seconds)}{memory}"
