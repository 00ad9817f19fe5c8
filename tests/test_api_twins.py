"""Every command has a Python twin with its name and parameters; every public name is in the reference."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import typer

import sq_graph as sq
from sq_graph.cli import app
from sq_graph.importers.edit_fields import forms
from sq_graph.importers.editing import Edit
from sq_graph.mcp import server
from sq_graph.model.answer import Answer

ROOT = Path(__file__).parent.parent
GROUP: Any = typer.main.get_group(app)
COMMANDS = sorted(GROUP.list_commands(None))
SHOWN = {"form", "output", "all"}
"""Options that say how an answer is written; a Python call returns it instead."""
OPENED = {"workspace", "store", "endpoint"}
"""Options that say which map is opened."""
ELSEWHERE = {"import": sq.Atlas.import_, "cite": Answer.cite, "mcp": server}


def twin_of(name: str) -> Any:
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    return next(found for owner in (sq.Atlas, sq, Edit) if (found := vars_of(owner).get(name)))


def vars_of(owner: Any) -> dict[str, Any]:
    return {name: getattr(owner, name) for name in dir(owner)}


def of_command(name: str) -> set[str]:
    """The parameters of a command, each by its first long option or by the name of its argument."""
    command = GROUP.get_command(None, name)
    options = (
        one.opts[0].lstrip("-") if one.param_type_name == "option" else one.name
        for one in command.params
    )
    return {option.replace("-", "_") for option in options} - {"help"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "ask"])
def test_a_command_and_its_twin_have_the_same_parameters(name: str) -> None:
    twin = inspect.signature(twin_of(name), eval_str=False).parameters
    of_twin = {
        one for one in twin if one not in ("self", "progress", "atlas", "settings", "bindings")
    }
    options = of_command(name)
    plural = {
        f"{one}s" for one in options if f"{one}s" in of_twin
    }  # an option that is given several times
    given = {one for one in options if f"{one}s" not in of_twin} | plural
    walked = {"accept", "by", "list"}  # in Python: drafts() and edit().second_reading()
    own = SHOWN | OPENED | {"cite": {"answer"}, "review": walked}.get(name, set())
    assert given - own == of_twin - SHOWN - OPENED
    kept = {
        "cite": {"form"},
        "export": {"form"},
        "serve": OPENED - {"endpoint"},
        "push": {"endpoint"},
        "load": {"store"},
    }
    assert kept.get(name, set()) <= given & of_twin


def test_a_question_as_a_command_has_the_parameters_of_the_call() -> None:
    asked = GROUP.get_command(None, "ask").get_command(None, "rival-definitions")
    question = sq.open().catalogue["rival-definitions"]
    options = {one.name for one in asked.params if one.name not in SHOWN | OPENED | {"help"}}
    assert options == {one.name for one in question.parameters}


def test_the_reference_has_every_public_name() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = set(
        re.findall(r"auto(?:class|function|exception|data):: sq_graph\.([\w.]+)", page)
    )
    assert {name for name in sq.__all__ if name != "__version__"} | {"open"} <= documented
    assert "## Stability" in page
    for name in sorted(documented):
        thing: Any = sq
        for part in name.split("."):
            thing = getattr(thing, part, None) or __import__(
                f"sq_graph.{name.rpartition('.')[0]}", fromlist=["x"]
            )
        assert inspect.getdoc(thing), f"{name} has no docstring"


@pytest.mark.parametrize(
    "owner", [sq.Atlas, Edit, Answer, sq.Table], ids=lambda owner: owner.__name__
)
def test_every_public_method_says_what_it_does(owner: type) -> None:
    silent = [
        name
        for name, thing in vars_of(owner).items()
        if not name.startswith("_") and callable(thing) and not inspect.getdoc(thing)
    ]
    assert silent == []


NO_METHOD_OF_A_FORM = {
    "put": "a whole file: on the command line and elsewhere, files are edited as files",
    "update": "its form is that of the thing that it changes",
    "delete": "its form is that of the thing that it deletes",
    "passage": "made by each statement from its work, page and phrase",
    **dict.fromkeys(("state", "state_part"), "what the other methods are made of"),
    **dict.fromkeys(("name", "require_begun"), "writes nothing"),
    **dict.fromkeys(
        ("find", "label", "code", "allowed", "allowed_value", "is_taken"), "reads only"
    ),
    **dict.fromkeys(
        ("file", "file_of", "mint", "attribution_of", "definition_label"), "reads only"
    ),
}
"""The methods of an edit that no form and no kind of `sq-graph add` stands for, with the reason."""


def test_every_method_that_writes_has_its_form_and_its_command() -> None:
    methods = {name for name, it in vars_of(Edit).items() if callable(it) and name[0] != "_"}
    assert {form.method for form in forms().values()} == methods - NO_METHOD_OF_A_FORM.keys()
    commands = {form.kind for form in forms().values() if form.verb} | {"update", "delete"}
    assert commands <= set(COMMANDS)
    for form in forms().values():
        taken = inspect.signature(getattr(Edit, form.method)).parameters
        own = {name for name, one in taken.items() if one.kind is not one.VAR_KEYWORD}
        assert own - {"self", "replace"} <= {field.name for field in form.fields}, form.kind
