"""Prints the sizes that are kept small: lines of the package, lines of tests against it, direct dependencies.

Exits 1 where a budget is passed: 9,000 lines, tests at most 1.5 times the package, fewer than ten dependencies.
"""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def lines(*patterns: str) -> int:
    """The lines of all files that match, blank ones and comments included."""
    files = [path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def main() -> int:
    """Prints the three sizes and says whether they keep within their budgets."""
    package = lines("sq_graph/**/*.py", "sq_graph/**/*.html", "sq_graph/**/*.js", "sq_graph/**/*.css")
    tests = lines("tests/**/*.py")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = len(project["dependencies"])
    print(f"package       {package:6} lines  (under 9,000)")
    print(f"tests         {tests:6} lines  ({tests / package:.2f} times the package, at most 1.5)")
    print(f"dependencies  {direct:6}        (core install, under 10)")
    return 0 if package < 9000 and tests <= 1.5 * package and direct < 10 else 1


if __name__ == "__main__":
    sys.exit(main())
