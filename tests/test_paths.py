"""A workspace is the same however its path is written: what is saved lies where its user looks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

import sq_graph
from sq_graph import cli
from sq_graph.check import check
from sq_graph.errors import SqGraphError
from sq_graph.graph.layout import packaged, workspace
from sq_graph.importers.workspace import make_workspace

pytestmark = pytest.mark.usefixtures("light_content")

BASE = "https://example.org/mine/"
BIB = '@article{ng, author="Ng, Ann", title="On trust", year=2006, journal="Trust"}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "my Übersicht" / "mine", BASE)


@pytest.fixture(params=["relative", "absolute", "up", "link", "inside", "dot"])
def path(
    folder: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """One way to write the path of the workspace, in the current folder that goes with it."""
    relative = folder.relative_to(tmp_path)
    monkeypatch.chdir(folder if request.param in ("inside", "dot") else tmp_path)
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "side").mkdir()
    return {
        "relative": relative,
        "absolute": folder,
        "up": Path("side", "..", relative),
        "link": Path("link"),
        "inside": Path("..", folder.name),
        "dot": Path(),
    }[request.param]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs a command in this process and returns its exit code."""

    def command(*words: str | Path) -> int:
        monkeypatch.setattr("sys.argv", ["sq-graph", *map(str, words)])
        return cli.run()

    return command


def turtle_paths(root: Path) -> set[str]:
    """The Turtle files, by their paths, wherever they lie."""
    return {file.relative_to(root).as_posix() for file in root.rglob("*.ttl")}


def test_each_command_writes_into_the_workspace(
    folder: Path, path: Path, tmp_path: Path, command: Callable[..., int]
) -> None:
    old_paths = turtle_paths(tmp_path)
    inside = f"{folder.relative_to(tmp_path).as_posix()}/ontology/data/"
    assert command("new", "typology", "foo", "--workspace", path) == 0
    assert turtle_paths(tmp_path) - old_paths == {f"{inside}typologies/foo.ttl"}
    (folder / "ontology/data/typologies/foo.ttl").unlink()
    library = tmp_path / "library.bib"
    library.write_text(BIB, encoding="utf-8")
    assert command("import", library, "--workspace", path) == 0
    added = {name for name in turtle_paths(tmp_path) - old_paths if "/works/" in name}
    assert len(added) == 1
    assert added.pop().startswith(f"{inside}works/")
    assert command("fmt", "--check", "--workspace", path) == 0


def test_an_edit_is_read_where_the_user_looks(folder: Path, path: Path) -> None:
    iri = f"{BASE}data/works/a"
    with sq_graph.open(path).edit() as edit:
        edit.put(iri, f'<{BASE}id/concept/a> <{BASE}note> "kept?" .')
    assert "kept?" in (folder / "ontology/data/works/a.ttl").read_text(encoding="utf-8")
    question = f'ASK {{ GRAPH <{iri}> {{ ?s ?p "kept?" }} }}'
    assert sq_graph.open(folder).graph.ask(question)


def test_files_that_release_01_wrote_too_deep_are_named(folder: Path, tmp_path: Path) -> None:
    relative = folder.relative_to(tmp_path)
    misplaced = folder / relative / "ontology" / "data" / "works" / "lost.ttl"
    misplaced.parent.mkdir(parents=True)
    misplaced.write_text("", encoding="utf-8")
    (finding,) = check([packaged(), workspace(folder)])
    assert finding.file == str(misplaced)
    assert str(folder / "ontology/data/works/lost.ttl") in finding.remedy
    assert "wrong folder" in finding.message


def test_a_folder_that_is_not_there_is_named_as_it_was_typed() -> None:
    with pytest.raises(SqGraphError, match="no/such folder"):
        sq_graph.open("no/such folder")


def test_a_form_of_a_server_started_with_a_relative_path_saves_where_its_user_looks(
    folder: Path, tmp_path: Path
) -> None:
    words = ["serve", "--workspace", str(folder.relative_to(tmp_path)), "--port", "0"]
    command = [sys.executable, "-m", "sq_graph", *words]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            banner = next(line for line in server.stdout if "http://" in line)
            address = re.findall(r"http://[\d.]+:\d+", banner)[0]
            form = urlopen(f"{address}/edit/agent").read().decode()
            fields = dict(re.findall(r'name="(session|digest)" value="([^"]*)"', form))
            body = urlencode(fields | {"name": "Doe, Jo"}).encode()
            urlopen(Request(f"{address}/edit/agent", body, {"Origin": address})).close()
        finally:
            server.terminate()
    assert turtle_paths(tmp_path) == {
        f"{folder.relative_to(tmp_path).as_posix()}/ontology/data/agents.ttl"
    }
    assert "Jo Doe" in (folder / "ontology" / "data" / "agents.ttl").read_text()
