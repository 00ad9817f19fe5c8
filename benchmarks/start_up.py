"""How long a question takes as a whole process, and the bare import: `make bench`.

Bounds: `sq-graph ask` at most 0.5 s, without a cache; `import sq_graph` at most 0.1 s beyond the interpreter.
Prints the median of several runs; exits 1 where a bound is passed.
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 7
BIN = Path(sys.executable).parent
ASK = [
    str(BIN / "sq-graph"),
    "ask",
    "rival-definitions",
    "--concept",
    "social-exclusion",
    "-f",
    "json",
]
IMPORT = [sys.executable, "-c", "import sq_graph"]
NOTHING = [sys.executable, "-c", "pass"]


def seconds(command: list[str]) -> float:
    """The median wall time of a command as a whole process, after one run that does not count."""
    times = []
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:])


def main() -> int:
    """Prints the three medians and says whether they keep within their bounds."""
    asked, imported, nothing = seconds(ASK), seconds(IMPORT), seconds(NOTHING)
    print(f"{platform.machine()}, Python {platform.python_version()}, median of {RUNS} runs")
    print(f"sq-graph ask       {asked:.3f} s  (at most 0.5)")
    print(
        f"import sq_graph    {imported - nothing:.3f} s  (at most 0.1; the bare interpreter takes {nothing:.3f} s)"
    )
    return 0 if asked <= 0.5 and imported - nothing <= 0.1 else 1


if __name__ == "__main__":
    sys.exit(main())
