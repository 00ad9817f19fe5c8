"""What type checkers see of the API: calls that are right pass in strict mode, and misspellings are refused."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sq_graph as sq
from sq_graph.importers.editing import Edit
from sq_graph.model.answer import Answer

EXAMPLES = Path(__file__).parent / "data" / "typed_calls.py"
WRONG = (
    'edit.definition(of="trust", in_="x", page=1, summary="A text.", hegde="hedged")',
    'edit.definition(of="trust", in_="x", page=1, summary="A text.", hedge="firm")',
    'edit.definition(of="trust", in_="x", page=1, summary="A text.", basis="guessed")',
    'edit.definition(of="trust", in_="x", page=1, summary="A text.", form="cited")',
    'edit.claim(summary="A text.", in_="x", page=1, relation="causes")',
    'edit.disagreement("A", parties=["a", "b"], about="c", ground="words", in_="x", page=1)',
    'edit.argument("a", bears="helps", on="b")',
    'edit.update("a", hegde="hedged")',
    'edit.work("x", title="A", auhtors=["B, C"])',
    "edit.definition(of=None, in_='x', page=1, summary='A text.')",
    'atlas.positions(senses="wrods")',
    'atlas.clash("a", "b", senses="wrods")',
    'atlas.definitions(hedge="firm")',
    'atlas.definitions(distance="near")',
    'atlas.claims(relation="causes")',
    'atlas.alignments(drawn="maybe")',
    'atlas.compare("a", undrwan=True)',
    "atlas.concept(5)",
    'atlas.ask("q").rows[0]["year"] = 1',
    'atlas.concept("a").label = "b"',
    'sq.open(workspcae="a")',
)


@pytest.fixture(scope="module")
def wrong_calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wrong") / "wrong.py"
    header = "import sq_graph as sq\n\ndef calls(atlas: sq.Atlas, edit: sq.Edit) -> None:\n"
    path.write_text(header + "".join(f"    {line}\n" for line in WRONG), encoding="utf-8")
    return path


def mypy(*paths: Path) -> set[tuple[str, int]]:
    """The file and line of each error."""
    command = [sys.executable, "-m", "mypy", "--strict", *map(str, paths)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode in (0, 1), result.stdout + result.stderr
    return {
        (Path(name).name, int(line))
        for name, line in re.findall(r"^(.+?):(\d+): error", result.stdout, re.M)
    }


def pyright(*paths: Path) -> set[tuple[str, int]]:
    """The file and line of each error in strict mode."""
    pytest.importorskip("pyright")
    config = paths[0].parent / "pyrightconfig.json"
    files = [str(path) for path in paths]
    config.write_text(
        json.dumps({"typeCheckingMode": "strict", "include": files, "venvPath": sys.prefix})
    )
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--outputjson",
        "--pythonpath",
        sys.executable,
        "-p",
        str(config),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    diagnostics = json.loads(result.stdout)["generalDiagnostics"]
    return {
        (Path(diagnostic["file"]).name, diagnostic["range"]["start"]["line"] + 1)
        for diagnostic in diagnostics
        if diagnostic["severity"] == "error"
    }


@pytest.mark.parametrize("checker", [pytest.param(mypy, marks=pytest.mark.wide), pyright])
def test_right_calls_pass_and_wrong_ones_are_refused(
    checker: Callable[..., set[tuple[str, int]]], wrong_calls: Path
) -> None:
    right_calls = wrong_calls.with_name("right.py")
    right_calls.write_bytes(EXAMPLES.read_bytes())
    lines = dict(enumerate(WRONG, 4))
    errors = checker(wrong_calls, right_calls)
    assert {location for location in errors if location[0] == "right.py"} == set()
    accepted = [line for number, line in lines.items() if (wrong_calls.name, number) not in errors]
    assert accepted == []


def public_calls() -> list[tuple[str, Any]]:
    owners: tuple[type, ...] = (sq.Atlas, Edit, Answer, sq.Table)
    methods = [(owner, name) for owner in owners for name in dir(owner) if not name.startswith("_")]
    calls = [(f"{owner.__name__}.{name}", getattr(owner, name)) for owner, name in methods]
    calls += [
        (name, getattr(sq, name)) for name in ("open", "init", "diff", "serve", "export_site")
    ]
    return [(name, call) for name, call in calls if inspect.isfunction(call)]


def test_no_parameter_of_a_public_call_is_anything() -> None:
    loose = [
        f"{name}({parameter.name}: {parameter.annotation})"
        for name, call in public_calls()
        for parameter in inspect.signature(call).parameters.values()
        if parameter.name != "self"
        and parameter.annotation in (inspect.Parameter.empty, "Any", "object")
    ]
    assert loose == []
