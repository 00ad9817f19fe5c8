"""Prints the size of the project beside its budget, and exits 1 over budget.

Size is counted in lines of code: no blank lines, comments or docstrings.
"""

import ast
import io
import sys
import tokenize
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE_BUDGET = 13_000
MODULE_BUDGET = 400
DEPENDENCY_BUDGET = 9
_NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def code_lines(path: Path) -> int:
    """Count the lines of one Python file that hold code.

    Parameters:
        path: a Python file.
    """
    text = path.read_text(encoding="utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    code = {
        line
        for token in tokens
        if token.type not in _NOT_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                code -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(code)


def sizes(paths: Iterable[Path]) -> dict[Path, int]:
    """Count the lines of code of each file."""
    return {path: code_lines(path) for path in paths}


def main() -> int:
    """Print each size beside its budget; return 1 when a budget is exceeded."""
    package = sizes(ROOT.glob("sq_graph/**/*.py"))
    tests = sizes(ROOT.glob("tests/**/*.py"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    large = {path: size for path, size in package.items() if size > MODULE_BUDGET}
    rows = [
        ("package, lines of code", sum(package.values()), PACKAGE_BUDGET),
        ("tests, lines of code", sum(tests.values()), sum(package.values())),
        ("core dependencies", len(project["dependencies"]), DEPENDENCY_BUDGET),
        (f"modules over {MODULE_BUDGET} lines", len(large), 0),
    ]
    for name, size, budget in rows:
        print(f"{name:26} {size:7,}  (budget {budget:,}{', EXCEEDED' if size > budget else ''})")
    for path, size in large.items():
        print(f"  {path.relative_to(ROOT)}: {size}")
    return int(any(size > budget for _, size, budget in rows))


if __name__ == "__main__":
    sys.exit(main())
