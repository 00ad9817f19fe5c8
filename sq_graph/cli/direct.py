"""A fast path for simple questions, which avoids loading the rest of the command line.

`sq-graph ask NAME --parameter VALUE -f FORM` of the packaged map or of a store needs no parser of
options and no map in memory. Any other command line is left to the commands.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sq_graph.graph.layout import current_workspace, packaged

_SHARED = {"--form": "form", "-f": "form", "--store": "store"}


def answer_directly(arguments: Sequence[str]) -> bool:
    """Writes the answer if a command line is such a question; returns whether it was."""
    if len(arguments) < 2 or arguments[0] != "ask" or arguments[1][:1] in ("", "-"):
        return False
    options = _options(arguments[2:])
    if options is None or "_SQ_GRAPH_COMPLETE" in os.environ or current_workspace():
        return False
    from sq_graph.atlas.asking import Asking
    from sq_graph.atlas.map_cache import cached_graph, cached_headers
    from sq_graph.cli.output import show_answer
    from sq_graph.graph import EmbeddedGraph
    from sq_graph.graph.transaction import recover
    from sq_graph.queries import Catalogue

    layout = packaged()
    recover(layout.root)
    store = options.pop("store", None)
    if store is not None and not Path(store).is_dir():
        return False
    graph = EmbeddedGraph(Path(store), read_only=True) if store else cached_graph(layout)
    if graph is None:
        return False
    asking = Asking(graph, [layout])
    asking.catalogue = Catalogue(layout.queries(), cached_headers(layout))
    if arguments[1] not in asking.catalogue:
        return False
    form = options.pop("form", "table")
    question = asking.catalogue[arguments[1]]
    names = {parameter.name.replace("_", "-"): parameter.name for parameter in question.parameters}
    if not options.keys() <= names.keys():
        return False
    answer = asking.ask(question, **{names[option]: value for option, value in options.items()})
    show_answer(answer, form)
    return True


def _options(arguments: Sequence[str]) -> dict[str, str] | None:
    """The options of a question with their values; None if there are other arguments.

    >>> _options(["--concept", "trust", "-f", "json"])
    {'concept': 'trust', 'form': 'json'}
    >>> _options(["--help"]) is None
    True
    """
    if len(arguments) % 2:
        return None
    options: dict[str, str] = {}
    for option, value in zip(arguments[::2], arguments[1::2], strict=True):
        name = _SHARED.get(option) or option.removeprefix("--")
        is_option = option in _SHARED or (option[:2] == "--" and name.replace("-", "").isalnum())
        if not is_option or value[:1] == "-" or name in {*options, "workspace", "endpoint"}:
            return None
        options[name] = value
    return options
