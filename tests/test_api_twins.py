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
FORM_OPTIONS = {"form", "output", "all"}
"""Options for how an answer is written; a Python call returns the answer instead."""
MAP_OPTIONS = {"workspace", "store", "endpoint"}
"""Options for which map is opened."""
COMMON = FORM_OPTIONS | MAP_OPTIONS
TWINS = {"import": sq.Atlas.import_, "cite": Answer.cite, "mcp": server}


def twin_of(name: str) -> Any:
    if name in TWINS:
        return TWINS[name]
    return next(twin for owner in (sq.Atlas, sq, Edit) if (twin := attributes_of(owner).get(name)))


def attributes_of(owner: Any) -> dict[str, Any]:
    return {name: getattr(owner, name) for name in dir(owner)}


def command_parameters(name: str) -> set[str]:
    """The parameters of a command, each by its first long option or by the name of its argument."""
    command = GROUP.get_command(None, name)
    options = (
        parameter.opts[0].lstrip("-") if parameter.param_type_name == "option" else parameter.name
        for parameter in command.params
    )
    return {option.replace("-", "_") for option in options} - {"help"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "ask"])
def test_a_command_and_its_twin_have_the_same_parameters(name: str) -> None:
    twin = inspect.signature(twin_of(name), eval_str=False).parameters
    twin_parameters = {*twin} - {"self", "progress", "atlas", "settings", "bindings"}
    options = command_parameters(name)
    # the parameter of an option that is given several times is a plural
    parameters = {f"{name}s" if f"{name}s" in twin_parameters else name for name in options}
    review_only = {"accept", "by", "list"}  # in Python: drafts() and edit().second_reading()
    command_only = {"cite": {"answer"}, "review": review_only}.get(name, set())
    assert parameters - COMMON - command_only == twin_parameters - COMMON
    required = {
        "cite": {"form"},
        "export": {"form"},
        "serve": MAP_OPTIONS - {"endpoint"},
        "push": {"endpoint"},
        "load": {"store"},
    }
    assert required.get(name, set()) <= parameters & twin_parameters


def test_a_question_as_a_command_has_the_parameters_of_the_call() -> None:
    command = GROUP.get_command(None, "ask").get_command(None, "rival-definitions")
    question = sq.open().catalogue["rival-definitions"]
    options = {parameter.name for parameter in command.params} - COMMON - {"help"}
    assert options == {parameter.name for parameter in question.parameters}


def test_the_reference_has_every_public_name() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = set(
        re.findall(r"auto(?:class|function|exception|data):: sq_graph\.([\w.]+)", page)
    )
    assert {name for name in sq.__all__ if name != "__version__"} | {"open"} <= documented
    assert "## Stability" in page
    for name in sorted(documented):
        public_object: Any = sq
        for part in name.split("."):
            public_object = getattr(public_object, part, None) or __import__(
                f"sq_graph.{name.rpartition('.')[0]}", fromlist=["x"]
            )
        assert inspect.getdoc(public_object), f"{name} has no docstring"


@pytest.mark.parametrize(
    "owner", [sq.Atlas, Edit, Answer, sq.Table], ids=lambda owner: owner.__name__
)
def test_every_public_method_says_what_it_does(owner: type) -> None:
    undocumented = [
        name
        for name, method in attributes_of(owner).items()
        if not name.startswith("_") and callable(method) and not inspect.getdoc(method)
    ]
    assert undocumented == []


METHODS_WITHOUT_FORM = {
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
"""The methods of an edit without a form and a kind of `sq-graph add`, with the reason."""


def test_every_method_that_writes_has_its_form_and_its_command() -> None:
    attributes = attributes_of(Edit).items()
    methods = {name for name, value in attributes if callable(value) and name[0] != "_"}
    assert {form.method for form in forms().values()} == methods - METHODS_WITHOUT_FORM.keys()
    commands = {form.kind for form in forms().values() if form.verb} | {"update", "delete"}
    assert commands <= set(COMMANDS)
    for form in forms().values():
        parameters = inspect.signature(getattr(Edit, form.method)).parameters
        names = {p.name for p in parameters.values() if p.kind is not p.VAR_KEYWORD}
        assert names - {"self", "replace"} <= {field.name for field in form.fields}, form.kind
