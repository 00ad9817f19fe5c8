"""A question that is plainly put, answered without the rest of the command line.

`sq-graph ask NAME --parameter VALUE -f FORM` of the packaged map or of a store needs no parser of
options and no map in memory. Whatever else is on the line is left to the commands.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sq_graph.graph.layout import current_workspace, packaged

_SHARED = {"--form": "form", "-f": "form", "--store": "store"}


def answered(words: Sequence[str]) -> bool:
    """Whether the words of a command line were such a question, and its answer was written."""
    if len(words) < 2 or words[0] != "ask" or words[1][:1] in ("", "-"):
        return False
    given = _options(words[2:])
    if given is None or "_SQ_GRAPH_COMPLETE" in os.environ or current_workspace():
        return False
    from sq_graph.atlas.asking import Asking
    from sq_graph.atlas.map_cache import cached_graph, cached_headers
    from sq_graph.cli.output import show_answer
    from sq_graph.graph import EmbeddedGraph
    from sq_graph.graph.transaction import recover
    from sq_graph.queries import Catalogue

    layout = packaged()
    recover(layout.root)
    store = given.pop("store", None)
    if store is not None and not Path(store).is_dir():
        return False
    graph = EmbeddedGraph(Path(store), read_only=True) if store else cached_graph(layout)
    if graph is None:
        return False
    asking = Asking(graph, [layout])
    asking.catalogue = Catalogue(layout.queries(), cached_headers(layout))
    if words[1] not in asking.catalogue:
        return False
    form = given.pop("form", "table")
    question = asking.catalogue[words[1]]
    names = {one.name.replace("_", "-"): one.name for one in question.parameters}
    if not given.keys() <= names.keys():
        return False
    answer = asking.ask(question, **{names[option]: value for option, value in given.items()})
    show_answer(answer, form)
    return True


def _options(words: Sequence[str]) -> dict[str, str] | None:
    """The options of a question with their values; None where the words are anything else.

    >>> _options(["--concept", "trust", "-f", "json"])
    {'concept': 'trust', 'form': 'json'}
    >>> _options(["--help"]) is None
    True
    """
    if len(words) % 2:
        return None
    found: dict[str, str] = {}
    for option, value in zip(words[::2], words[1::2], strict=True):
        name = _SHARED.get(option) or option.removeprefix("--")
        is_option = option in _SHARED or (option[:2] == "--" and name.replace("-", "").isalnum())
        if not is_option or value[:1] == "-" or name in found or name in ("workspace", "endpoint"):
            return None
        found[name] = value
    return found
