"""The map for assistants: a Model Context Protocol server over one map, read-only by default.

Every answer carries its citations and says what was not found. The server writes only drafts of
definitions whose phrase is found in the text that the assistant gives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sq_graph.atlas import Atlas
from sq_graph.errors import InputError, SqGraphError, optional
from sq_graph.resources import VERSION
from sq_graph.vocab import shorten

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

_INSTRUCTIONS = """sq-graph maps how authors define social cohesion, inclusion and exclusion, in
which work, on which page and with which hedges. Cite every statement with the source given for it.
"reported" means that the holder's work was not read: name the reporting work. An empty answer means
that the works read so far say nothing, not that the literature does."""


def server(atlas: Atlas, write: bool = False) -> MCPServer:
    """Build a server whose tools answer from one map.

    Parameters:
        atlas: the map.
        write: whether `propose` may add drafts to the workspace of the map.

    Raises:
        MissingDependency: the Model Context Protocol SDK is not installed.

    >>> import sq_graph
    >>> server(sq_graph.open()).name
    'sq-graph'
    """
    with optional("the Model Context Protocol SDK", "mcp"):
        from mcp.server.mcpserver import MCPServer
    if write and len(atlas.layouts) < 2:
        raise InputError("drafts need a workspace, and none is open", remedy="Add --workspace DIR")
    tools = Tools(atlas)
    mcp_server = MCPServer("sq-graph", version=VERSION, instructions=_INSTRUCTIONS)
    tool_names = ["questions", "ask", "about", "compare", "clash", "search", "verify_phrase"]
    for name in [*tool_names, "propose"] if write else tool_names:
        mcp_server.tool(structured_output=False)(_with_tool_errors(getattr(tools, name)))
    return mcp_server


class Tools:
    """The tools of an assistant over a map; each method answers in text with its sources.

    >>> import sq_graph
    >>> "Room 1999, as reported by" in Tools(sq_graph.open()).ask("rival-definitions")
    True
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas

    def questions(self) -> str:
        """List the questions that `ask` answers, with their parameters."""
        return "\n".join(
            f"{item.name}({', '.join(p.name for p in item.parameters)}): {item.question}"
            for item in self.atlas.catalogue.questions()
        )

    def ask(self, question: str, parameters: dict[str, str] | None = None) -> str:
        """Answer a question of the catalogue, each row with the passages that it rests on.

        Parameters:
            question: a name from `questions`.
            parameters: values by parameter, for example {"concept": "social-cohesion"}.
        """
        answer = self.atlas.ask(question, **(parameters or {}))
        count = f"{len(answer.rows)} rows. Cite as: {answer.citation}\n"
        return f"{answer.table().render('md')}\n{count}"

    def about(self, thing: str) -> str:
        """Report all that the map holds about a concept, work, person, typology or other thing."""
        return self.atlas.about(thing).table().render("md")

    def compare(self, things: list[str]) -> str:
        """Compare definitions, concepts, typologies, works or positions side by side."""
        return self.atlas.compare(*things).render("md")

    def clash(self, positions: list[str]) -> str:
        """List the claims by which two or more theoretical positions contradict each other."""
        return self.atlas.clash(*positions).render("md")

    def search(self, words: str) -> str:
        """Find things by words in their label, their summary or the names of what they concern."""
        result = self.atlas.search(words)
        if not result.hits:
            nearest = " or ".join(result.suggestions)
            advice = f"Did you mean {nearest}?" if nearest else "Try a single word."
            return f"Nothing in the map contains {words!r}. {advice}"
        rows = [
            {"thing": shorten(hit.iri), "kind": hit.kind, "label": hit.label, "source": hit.source}
            for hit in result.hits
        ]
        return json.dumps(rows, ensure_ascii=False, indent=1)

    def verify_phrase(self, phrase: str, text: str) -> str:
        """Say whether and where a phrase is found in a given text.

        Parameters:
            phrase: the exact words.
            text: the text, its lines divided by line feeds.
        """
        ranges = _line_ranges(phrase, text)
        if not ranges:
            return f"Not found: {phrase!r} is not in the text given."
        lines = (
            f"line {first}" if first == last else f"lines {first}–{last}" for first, last in ranges
        )
        return f"Found: {phrase!r} is in {'; '.join(lines)}."

    def propose(
        self,
        of: str,
        work: str,
        page: str,
        phrase: str,
        summary: str,
        *,
        text: str,
        hedge: str = "",
        name: str = "",
    ) -> str:
        """Add a draft definition to the workspace, if its phrase is found in the text given.

        Parameters:
            of: the concept that is defined.
            work: the work that was read; it must be in the map.
            page: the page.
            phrase: at most eight words of the work, exactly as printed.
            summary: what the work says, in your own words.
            text: the text of the page.
            hedge: the words by which the author hedges, if any, exactly as printed.
            name: a name for the definition, such as chan-2006-cohesion-as-state, if the map has
                another of this concept on this page.
        """
        for words in filter(None, (phrase, hedge)):
            if not _line_ranges(words, text):
                problem = f"{words!r} is not in the text given, so nothing was written"
                raise InputError(problem, remedy="Give the words exactly as they are printed")
        with self.atlas.edit() as edit:
            draft = edit.definition(
                of=of,
                in_=work,
                page=page,
                phrase=phrase,
                summary=summary,
                hedge="hedged" if hedge else "asserted",
                hedge_words=hedge,
                name=name,
            )
        return f"Wrote the draft {draft}. A reader has yet to check it against the work."


def _line_ranges(phrase: str, text: str) -> tuple[tuple[int, int], ...]:
    from sq_graph.evidence.text_matching import FoldedText

    unhyphenated = re.sub(r"-[ \t]*\n\s*", "", phrase)  # a word that is printed over two lines
    return FoldedText.of(enumerate(text.splitlines(), 1)).find(unhyphenated)


def _with_tool_errors(tool: Callable[..., str]) -> Callable[..., str]:
    """A tool whose errors are marked as such, and whose text gives the problem and the remedy."""
    from functools import wraps

    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def run(*args: Any, **kwargs: Any) -> str:
        try:
            return tool(*args, **kwargs)
        except SqGraphError as error:
            raise ToolError(str(error)) from None

    return run
