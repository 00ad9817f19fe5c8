"""The server for assistants, asked by the client of the protocol's own SDK."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError
from sq_graph.importers.workspace import make_workspace
from sq_graph.mcp import server
from tests.conftest import skip_or_fail

_Result = TypeVar("_Result")


@pytest.fixture(autouse=True)
def _sdk() -> None:
    if not find_spec("mcp"):
        skip_or_fail("the Model Context Protocol SDK is not installed: pip install 'sq-graph[mcp]'")


def _call(target: Any, tool: str, **arguments: Any) -> str:
    from mcp import Client

    async def run() -> str:
        async with Client(target) as client:
            result: Any = await client.call_tool(tool, arguments)
            mark = "Error: " if result.is_error else ""
            return mark + "".join(part.text for part in result.content)

    return _run_in_thread(run())


def _run_in_thread(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """Runs a coroutine in a thread of its own, since the browser tests keep a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def _tools(target: Any) -> set[str]:
    from mcp import Client

    async def run() -> set[str]:
        async with Client(target) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    return _run_in_thread(run())


def test_the_command_serves_over_standard_input(tmp_path: Path) -> None:
    from mcp import StdioServerParameters

    command = "from sq_graph.cli import main; import sys; sys.exit(main())"
    target = StdioServerParameters(command=sys.executable, args=["-c", command, "mcp"])
    answer = _call(target, "ask", question="rival-definitions")
    assert "Room 1999, as reported by Phillips 2008, p. 6" in answer
    assert "Cite as: The sq-graph contributors (" in answer
    assert "“Rival definitions of one concept (concept: social exclusion)”" in answer


def test_it_is_read_only_unless_asked(atlas: Atlas) -> None:
    assert _tools(server(atlas)) == {
        "questions",
        "ask",
        "about",
        "compare",
        "clash",
        "search",
        "verify_phrase",
    }
    with pytest.raises(InputError, match="drafts need a workspace"):
        server(atlas, write=True)


def test_errors_and_empty_answers_say_what_to_do(atlas: Atlas) -> None:
    answer = _call(server(atlas), "ask", question="rival-definition")
    assert answer.startswith("Error: ") and "Did you mean 'rival-definitions'?" in answer
    assert "Nothing in the map contains" in _call(server(atlas), "search", words="zzzz")
    assert "concept:trust" in _call(server(atlas), "search", words="trust")


def test_a_phrase_is_looked_up(atlas: Atlas) -> None:
    text = "Cohesion is, in this\nview, a state of affairs."
    answer = _call(server(atlas), "verify_phrase", phrase="in this view", text=text)
    assert answer == "Found: 'in this view' is in lines 1–2."
    assert "Not found" in _call(server(atlas), "verify_phrase", phrase="a process", text=text)
    hyphenated = {"phrase": "a state of aff-\nairs", "text": "a state of aff-\nairs."}
    assert _call(server(atlas), "verify_phrase", **hyphenated).endswith("is in lines 1–2.")


def test_a_draft_is_written_only_where_its_phrase_is_found(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "mine", "https://example.org/mine/"))
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors=["Chan, Joseph"], year=2006)
    writable = server(atlas, write=True)
    draft = {
        "of": "concept:social-cohesion",
        "work": "chan-2006",
        "page": "290",
        "summary": "Cohesion is a state of affairs in which people interact.",
        "text": "Cohesion is a state of affairs.",
    }
    old_files = {path: path.read_bytes() for path in (tmp_path / "mine").rglob("*.ttl")}
    answer = _call(writable, "propose", phrase="a process without end", **draft)
    assert "nothing was written" in answer
    assert {path: path.read_bytes() for path in (tmp_path / "mine").rglob("*.ttl")} == old_files
    assert "Wrote the draft" in _call(writable, "propose", phrase="a state of affairs", **draft)
    turtle = (tmp_path / "mine/ontology/data/works/chan-2006.ttl").read_text(encoding="utf-8")
    assert "a state of affairs" in turtle
    second = draft | {"phrase": "Cohesion", "summary": "Cohesion concerns affairs in a state."}
    assert "Give the new one a name of its own" in _call(writable, "propose", **second)
    answer = _call(writable, "propose", name="chan-affairs", **second)
    assert answer.startswith("Wrote the draft https://example.org/mine/id/definition/chan-affairs.")
