"""`sq-graph ask`: each question of the catalogue as a command whose options are its parameters."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sq_graph.atlas.files import layouts_of
from sq_graph.atlas.map_cache import write_cache
from sq_graph.cli.options import Endpoint, Map, OutputFormat, Store, Workspace, command, open_atlas
from sq_graph.cli.output import show, show_answer
from sq_graph.errors import SqGraphError
from sq_graph.graph import EmbeddedGraph
from sq_graph.queries import Catalogue, Parameter, Question, short_default
from sq_graph.table import Table


class QuestionCommands(TyperGroup):
    """A group whose commands are the questions of the catalogue, read from their files only when
    needed.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all questions."""
        return list(_catalogue().names())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of one question; raises UnknownName with the nearest."""
        return _command(_catalogue()[cmd_name])


def list_questions(
    ctx: typer.Context,
    form: OutputFormat = "table",
    workspace: Workspace = None,
    store: Store = None,
    endpoint: Endpoint = None,
) -> None:
    """Ask a question of the catalogue; without a name, list the questions by group.

    Python: atlas.ask(question, **parameters).
    """
    if ctx.invoked_subcommand is None:
        questions = _catalogue().questions()
        rows = tuple(
            (item.name, item.question, "\n".join(map(_flag, item.parameters))) for item in questions
        )
        note = "Ask one by its name: sq-graph ask rival-definitions --concept social-exclusion"
        groups = tuple(question.group for question in questions)
        show(Table(("name", "question", "options"), rows, "Questions", (note,), groups), form)


def _catalogue() -> Catalogue:
    """The questions of the packaged map and of the workspace named on the command line."""
    layouts = layouts_of(_named_workspace())
    return Catalogue(path for layout in layouts for path in layout.queries())


def _named_workspace() -> Path | None:
    for argument, next_argument in zip(sys.argv, [*sys.argv[1:], ""], strict=True):
        option, _, value = argument.partition("=")
        if option == "--workspace" and (folder := value or next_argument):
            return Path(folder)
    return None


def _command(question: Question) -> Any:
    """A command with the question's parameters as options, which complete from the map."""

    def run(atlas: Map, *, form: OutputFormat = "table", **options: str | None) -> None:
        arguments = {name: value for name, value in options.items() if value is not None}
        answer = atlas.ask(question.name, **arguments)
        show_answer(answer, form)
        is_in_memory = isinstance(atlas.graph, EmbeddedGraph) and bool(atlas.graph.texts())
        if len(atlas.layouts) == 1 and is_in_memory:
            write_cache(atlas.layouts[0])  # to answer the next question sooner

    question_options = [_option(parameter) for parameter in question.parameters]
    atlas, form, _ = inspect.signature(run, eval_str=True).parameters.values()
    run.__signature__ = inspect.Signature([atlas, *question_options, form])  # type: ignore[attr-defined]
    run.__doc__ = question.question
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(question.name)(command(run))
    return typer.main.get_command(app)


def _option(parameter: Parameter) -> inspect.Parameter:
    def complete(incomplete: str) -> list[str]:
        try:
            choices = open_atlas(_named_workspace()).choices(parameter)
        except SqGraphError:
            return []
        slugs = [iri.rsplit("/", 1)[-1] for iri in choices]
        return [slug for slug in slugs if slug.startswith(incomplete)]

    default = "any" if parameter.default == "UNDEF" else short_default(parameter)
    help_text = f"{parameter.label} (by default {default})."
    option = typer.Option(_flag(parameter), help=help_text, autocompletion=complete)
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, option],
    )


def _flag(parameter: Parameter) -> str:
    return "--" + parameter.name.replace("_", "-")


ask = typer.Typer(cls=QuestionCommands, invoke_without_command=True, add_completion=False)
ask.callback()(list_questions)
