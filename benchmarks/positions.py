"""The matrix of positions: all verdicts with all minimal conflicts, against one call of owlready2's
HermiT per pair.

    make bench-positions
    .venv/bin/python benchmarks/positions.py [EVERY]     only every EVERYth pair, for a quick look

Both sides ask HermiT about the same merged axioms of the same pairs. Ours is timed from the start
of its process to its last conflict, with the grounds of each conflict; owlready2 is asked for the
verdict alone, in one call per pair. The verdicts are compared before any time is shown; what counts
is the ratio of the two, measured in one run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from itertools import combinations

import sq_graph
from sq_graph.reason import engine
from sq_graph.reason.positions import read_positions
from sq_graph.reason.tasks import AxiomIndex, PairTasks

RUNS = 5


def main(every: int) -> int:
    """Prints both times and their ratio; 1 if the verdicts differ or the ratio is below ten."""
    java = shutil.which("java")
    if java is None:
        sys.exit("there is no java program for owlready2: install a JRE")
    atlas = sq_graph.open()
    positions = read_positions(atlas.layouts, atlas.graph)
    pairs = list(combinations(sorted(positions.positions), 2))[::every]

    start = time.perf_counter()
    index = AxiomIndex(positions)
    tasks = [PairTasks(index, pair, "source").tasks[0] for pair in pairs]
    answers = engine.ask(index.axioms, tasks)
    ours = time.perf_counter() - start

    from sq_graph.reason.worker import Owlready

    jars, texts = engine.route()["jars"], [axiom.text for axiom in index.axioms]
    owlready = Owlready({"java": java, "jars": jars, "axioms": texts})
    start = time.perf_counter()
    axioms = (frozenset([*task["background"], *task["soft"]]) for task in tasks)
    verdicts = list(map(owlready.is_consistent, axioms))
    theirs = time.perf_counter() - start
    if verdicts != [not answer["level"] for answer in answers]:
        sys.exit("the two do not agree on every pair: no time is shown")

    program = "from sq_graph.cli import main; main()"
    command = [sys.executable, "-c", program, "positions", "-f", "csv"]
    runs = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        runs.append(time.perf_counter() - start)
    conflicts = sum(len(answer["conflicts"]) for answer in answers)
    result = {
        "pairs": len(pairs),
        "clashes": verdicts.count(False),
        "conflicts": conflicts,
        "ours s": round(ours, 2),
        "owlready2 s": round(theirs, 2),
        "ratio": round(theirs / ours, 1),
        "warm command s": round(sorted(runs)[RUNS // 2], 2),
    }
    print(json.dumps(result, indent=1))
    return 0 if theirs >= 10 * ours else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
