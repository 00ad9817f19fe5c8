"""Prints the sizes that are kept small: lines of the package, lines of tests against it, direct dependencies.

Each stands beside its budget, and where a budget is passed the line says by how much. Lines are all lines of Python,
with docstrings, comments and blank ones; `code` counts the lines that hold code, and templates stand apart.
"""

import ast
import io
import sys
import tokenize
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def lines(*patterns: str) -> int:
    """The lines of all files that match, blank ones and comments included."""
    files = [path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def code_lines() -> int:
    """The lines of the package that hold code: no blank ones, no comments, no docstrings."""
    count = 0
    for path in ROOT.glob("sq_graph/**/*.py"):
        text = path.read_text(encoding="utf-8")
        silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        held = {n for token in tokens if token.type not in silent for n in range(token.start[0], token.end[0] + 1)}
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                held -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        count += len(held)
    return count


def over(size: int, budget: int) -> str:
    """By how much a size passes its budget, in words; nothing where it keeps it."""
    return f"; OVER by {size - budget:,}" if size > budget else ""


def main() -> int:
    """Prints the three sizes beside their budgets."""
    package = lines("sq_graph/**/*.py")
    faces = lines("sq_graph/**/*.html", "sq_graph/**/*.js", "sq_graph/**/*.css")
    tests = lines("tests/**/*.py")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = len(project["dependencies"])
    print(f"package       {package:6} lines, {code_lines()} of code  (under 9,000{over(package, 8999)})")
    print(f"              {faces:6} lines of templates, style and script beside it")
    print(f"tests         {tests:6} lines, {tests / package:.2f} times the package  (at most 1.5)")
    print(f"dependencies  {direct:6} in the core install  (under 10{over(direct, 9)})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
