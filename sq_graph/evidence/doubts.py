"""Doubts: what in a statement's own words, or in the lines that it rests on, speaks against its
coding.

A doubt is a warning: the words are compared by rule, and a reader decides. Some guards need the
statement alone; the others need the text of the work, and are silent where it is not given.
"""

from collections.abc import Collection, Sequence

from sq_graph.evidence import statement_guards, text_guards
from sq_graph.evidence.sources import Source
from sq_graph.evidence.statements import (
    Literature,
    ReadStatement,
    is_any_statement,
    read_literature,
)
from sq_graph.evidence.text_guards import StatementInText, Text
from sq_graph.evidence.verify import Doubt
from sq_graph.graph import Graph

GUARDS = statement_guards.GUARDS | text_guards.GUARDS
"""All guards by their names, as a statement may dismiss them."""


def doubts(
    graph: Graph,
    sources: Sequence[Source] = (),
    *,
    dismissed: bool = False,
    only_read: bool = False,
    among: Collection[str] | None = None,
) -> tuple[Doubt, ...]:
    """Every doubt about the statements of a map; those that need a text, for the texts given.

    Parameters:
        sources: texts; one that is not known to be a work of the map is not used.
        dismissed: count doubts too that a reader has dismissed.
        only_read: look only at statements that rest on one of the texts.
        among: look only at these statements, by IRI; by default at all.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> doubts(EmbeddedGraph())
    ()
    """
    if among is not None and not is_any_statement(graph, among):
        return ()
    literature = read_literature(graph)
    texts = {source.work: Text(source) for source in sources if source.work}
    found = []
    for said in literature.statements:
        if among is not None and said.thing not in among:
            continue
        read = _in_text(said, literature, texts)
        if only_read and not read:
            continue
        noticed = {
            name: guard.look(said, literature) for name, guard in statement_guards.GUARDS.items()
        }
        if read:
            noticed |= {name: guard.look(read) for name, guard in text_guards.GUARDS.items()}
        known = () if dismissed else said.all("dismisses")
        found += [
            Doubt(said.thing, name, message, GUARDS[name].remedy)
            for name, messages in noticed.items()
            if name not in known
            for message in messages
        ]
    return tuple(found)


def _in_text(
    said: ReadStatement, literature: Literature, texts: dict[str, Text]
) -> StatementInText | None:
    """A statement with its lines, if the text of the work that was read is given."""
    for place in said.places:
        if text := texts.get(place.work):
            own = (one.lines_in(text.source) for one in said.places if one.work == place.work)
            if spans := tuple(span for span in own if span):
                return StatementInText(said, literature, text, spans)
    return None
