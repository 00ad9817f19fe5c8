"""The command line: what it prints, its exit codes, and that bad input gives one sentence and writes nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

import sq_graph
from sq_graph import cli
from sq_graph.cli import app
from sq_graph.importers.workspace import SKELETON_PATHS
from sq_graph.resources import VERSION
from tests.workspaces import chan_workspace

pytestmark = pytest.mark.usefixtures("loaded_once")

ROOT = Path(__file__).parent.parent
COMPARED = ("wessels-miedema-exclusion", "steinert-exclusion", "room-exclusion")


@dataclass(frozen=True)
class CommandResult:
    """The output and exit code of a command."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, cwd: Path | None = None, **environment: str) -> CommandResult:
    """Runs sq-graph in this process, as in a terminal of 120 columns."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["sq-graph", *arguments])
        for name, value in {"COLUMNS": "120", **environment}.items():
            patch.setenv(name, value)
        patch.delenv("SQ_GRAPH_DEBUG", raising=False)
        patch.chdir(cwd or Path.cwd())
        code = cli.run()
    stdout, stderr = (stream.buffer.getvalue().decode() for stream in (out, err))
    return CommandResult(code, stdout, stderr)


def run_alone(*arguments: str) -> CommandResult:
    """Runs sq-graph as a process of its own."""
    code = "from sq_graph.cli import main; main()"
    env = os.environ | {"COLUMNS": "120", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    return CommandResult(process.returncode, process.stdout, process.stderr)


def test_the_three_typologies_are_compared_with_the_union_as_one() -> None:
    result = run_alone("compare", *COMPARED)
    text = " ".join(result.stdout.split())
    assert result.returncode == 0
    assert "appear to be similar" in text
    assert "only together" in text
    assert "none stated" in text


def test_a_comparison_as_csv_has_one_alignment_a_row() -> None:
    rows = list(csv.DictReader(io.StringIO(run("compare", *COMPARED, "-f", "csv").stdout)))
    columns = [
        "subjects",
        "relation",
        "objects",
        "collective",
        "hedge",
        "hedge words",
        "holder",
        "read in",
        "page",
        "distance",
        "basis",
        "iri",
    ]
    assert list(rows[0]) == columns
    together = [row for row in rows if row["collective"] == "True"]
    assert [row["subjects"] for row in together] == ["intermediate exclusion + advanced exclusion"]
    subjects = {row["subjects"] for row in rows}
    assert not subjects & {"intermediate exclusion", "advanced exclusion"}
    assert together[0]["hedge words"] == "appear to be similar"
    assert (together[0]["read in"], together[0]["page"]) == ("Phillips 2008", "6")


def test_typologies_are_drawn_by_the_command() -> None:
    svg = run("compare", "wessels-miedema-exclusion", "steinert-exclusion", "-f", "svg").stdout
    assert svg.startswith("<svg") and ">close match<" in svg
    refused = run("compare", "social-exclusion", "-f", "svg")
    assert refused.returncode == 2 and "there is no typology" in refused.stderr


def test_the_command_says_its_version() -> None:
    result = run_alone("--version")
    assert (result.returncode, result.stdout) == (0, f"sq-graph {VERSION}\n")


def test_the_bare_command_shows_its_help() -> None:
    result = run()
    assert result.returncode == 0, result.stderr
    assert "compare" in result.stdout
    assert result.stderr == ""


def test_bad_input_ends_a_process_with_exit_2() -> None:
    result = run_alone("show", "nothing-of-the-kind")
    assert result.returncode == 2 and not result.stdout
    assert result.stderr.startswith("there is no thing 'nothing-of-the-kind'")


@pytest.mark.parametrize("form", ["table", "csv", "json", "md", "tex", "html"])
def test_every_form_is_written(form: str) -> None:
    result = run("compare", *COMPARED, "-f", form)
    assert result.returncode == 0
    assert "exclusion" in result.stdout


def test_an_answer_as_json_has_its_keys() -> None:
    result = run("ask", "rival-definitions", "--concept", "social-exclusion", "-f", "json")
    answer = json.loads(result.stdout)
    keys = {"question", "parameters", "columns", "rows", "passages", "graph", "citation"}
    assert keys <= set(answer)
    assert len(answer["rows"]) == len(answer["passages"]) > 10
    assert all(row.keys() == set(answer["columns"]) for row in answer["rows"])
    assert {"work", "page", "distance", "hedge", "review"} <= set(answer["passages"][0][0])
    assert set(answer["graph"]) == {"version", "digest"}


BAD = [
    (["ask", "rival-definitons"], "Did you mean 'rival-definitions'?"),
    (
        ["ask", "rival-definitions", "--concept", "social-exclusoin"],
        "Did you mean 'social-exclusion'?",
    ),
    (["ask", "rival-definitions", "--concpt", "x"], "--concept"),
    (["compare", "wessels-miedema-exclusoin", "steinert-exclusion"], "Did you mean"),
    (["clash", "a", "b"], "there is no position 'a'. Choose among anttiroiko-2022, barry-1998"),
    (["clash", "bernrd-1999", "b"], "Did you mean 'bernard-1999'?"),
    (["serch"], "there is no command 'serch'. Did you mean 'search'?"),
    (["compare", "wessels-miedema-exclusion"], "at least two"),
    (["compare", "wessels-miedema-exclusion", "room-1999"], "different kinds"),
    (["show", "nothing-of-the-kind"], "there is no thing 'nothing-of-the-kind'"),
    (["sparql", "SELECT * {"], "query:1:"),
    (["sparql", "SELECT * { ?s nope:x ?o }"], "a prefix that is not declared at column"),
    (["sparql", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], "SERVICE"),
    (["sparql", "absent.rq"], "absent.rq"),
    (["compare", *COMPARED, "-f", "docx"], "table, csv, json, md, tex, html"),
    (["check", "absent.ttl"], "absent.ttl"),
    (["fmt", "absent.ttl"], "absent.ttl"),
    (["verify", "absent.txt"], "absent.txt"),
    (["cite", "absent.json"], "absent.json"),
    (["nonsense"], "nonsense"),
    (["compare"], "compare --help to see how."),
    (["show", "room-1999", "--workspace", "absent"], "there is no such folder"),
    (["show", "room-1999", "--store", "absent"], "there is no store"),
]


@pytest.mark.parametrize(("words", "hint"), BAD, ids=[" ".join(words)[:40] for words, _ in BAD])
def test_bad_input_is_one_sentence_and_exit_2(words: list[str], hint: str, tmp_path: Path) -> None:
    result = run(*words, cwd=tmp_path)
    assert result.returncode == 2, result.stderr
    assert hint in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not result.stdout
    assert not list(tmp_path.iterdir())


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "own" / "ontology"
    folder.mkdir(parents=True)
    broken = folder / "broken.ttl"
    broken.write_text("@prefix a: <https://example.org/> .\na:b a:c a:d .\na:b a:c ;;; [ .\n")
    for arguments in (["ask"], ["check"], ["fmt"], ["show", "room-1999"]):
        result = run(*arguments, "--workspace", str(tmp_path / "own"), cwd=tmp_path)
        if arguments == ["ask"]:
            continue
        assert result.returncode == 2
        assert "broken.ttl:3" in result.stderr + result.stdout
        assert "Traceback" not in result.stderr
    assert broken.read_text().endswith("[ .\n")


def test_a_saved_answer_is_cited_and_rechecked(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(run("ask", "rival-definitions", "-f", "json").stdout)
    assert "(2026): “Rival definitions" in run("cite", str(path)).stdout
    for form in ("apa", "chicago"):
        citation = run("cite", str(path), "-f", form).stdout
        for part in ("The sq-graph contributors", "2026", "Rival definitions", "https://"):
            assert part in citation, form
        assert re.search(r"[Vv]ersion \d+\.\d+", citation), form
    assert "@misc{" in run("cite", str(path), "-f", "bibtex").stdout
    assert json.loads(run("cite", str(path), "-f", "csl-json").stdout)[0]["type"] == "dataset"
    assert run("recheck", str(path)).returncode == 0
    answer = json.loads(path.read_text())
    answer["rows"][0]["says"] = "Something else."
    path.write_text(json.dumps(answer))
    recheck = run("recheck", str(path), "-f", "csv")
    assert recheck.returncode == 1
    assert "changed" in recheck.stdout
    path.write_text('{"question": "rival-definitions"}')
    assert run("recheck", str(path)).returncode == 2


def test_a_quotation_in_brackets_is_not_swallowed_by_the_screen() -> None:
    result = run("sparql", 'SELECT ("[bold]a[/bold]" AS ?x) {}')
    assert "[bold]a[/bold]" in result.stdout


def test_help_shows_the_four_panels() -> None:
    text = run("--help").stdout
    for panel in ("Ask", "Your literature", "Publish", "Maintain"):
        assert f" {panel} " in text


def test_every_command_names_its_python_twin_and_is_in_the_docs() -> None:
    docs = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    group: Any = typer.main.get_group(app)
    for name in group.list_commands(None):
        text = group.get_command(None, name).help or ""
        twin = text.partition("Python: ")[2].strip().rstrip(".")
        assert twin, f"{name} names no Python twin"
        assert "\n" not in text.replace("\n\n", ""), "ragged help"
        assert f"`sq-graph {name}" in docs, f"docs/commands.md lacks {name}"
        assert twin.split("(")[0] in docs, f"docs/commands.md lacks {twin}"


def test_the_kinds_of_new_are_in_its_help_and_in_the_docs() -> None:
    docs = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    group: Any = typer.main.get_group(app)
    kinds = group.get_command(None, "new").params[0].help
    for kind in SKELETON_PATHS:
        assert re.search(rf"\b{kind}\b", kinds), kind
        assert f"`{kind}`" in docs, kind


def test_every_question_is_a_command() -> None:
    text = run("ask", "--help").stdout
    assert all(name in text for name in sq_graph.open().catalogue.names())


def test_commands_run_where_python_keeps_no_docstrings() -> None:
    command = [sys.executable, "-OO", "-m", "sq_graph", "show", "room-1999", "-f", "csv"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "Room 1999" in result.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_named_as_such() -> None:
    command = [sys.executable, "-m", "sq_graph", "show", "room-1999"]
    with Path("/dev/full").open("w") as disk:
        result = subprocess.run(
            command, stdout=disk, stderr=subprocess.PIPE, text=True, check=False
        )
    assert result.returncode == 2
    assert result.stderr == (
        "a file cannot be read or written ([Errno 28] No space left on device). "
        "Check the free space and the permissions.\n"
    )


def test_an_export_to_standard_output_leaves_the_device_in_place() -> None:
    result = run_alone("export", "bib", "room-1999", "-o", "/dev/stdout")
    assert result.stdout.startswith("@article{room-1999,"), result.stderr


def test_things_of_a_workspace_have_short_names(tmp_path: Path) -> None:
    chan_workspace(tmp_path)
    folder = ("--workspace", str(tmp_path / "review"))
    assert run("init", folder[1]).stdout.startswith(f"Updated {folder[1]}.")
    assert "work:chan-2006" in run("search", "reconsidering", *folder).stdout
    assert run("show", "work:chan-2006", *folder).stdout == run("show", "Chan 2006", *folder).stdout
    assert "chan-2006.ttl:" in (findings := run("check", *folder).stdout)
    assert "https://example.org/" not in findings
    assert "replace the GAP-… names" in run("new", "claim", "chan-trust", *folder).stdout


def test_a_remedy_names_the_option_of_the_command(tmp_path: Path) -> None:
    chan_workspace(tmp_path)
    folder = ("--workspace", str(tmp_path / "review"))
    fields = ("of=social-cohesion", "in=chan-2006", "page=2", "summary=Other.")
    message = run("add", "definition", "name=chan-cohesion", *fields, *folder).stderr
    assert "taken by a different statement (different in: " in message
    assert "replace the old one with --replace." in message and "=True" not in message
    message = run("delete", "chan-2006", *folder).stderr
    assert "delete all of them with --cascade." in message
