"""Doubts: signs in the words of a statement, or in the lines that it rests on, that its coding is
wrong.

A doubt is a warning: a rule compares the words, and a reader decides. Some guards need the
statement alone; the others need the text of the work, and are silent without it.
"""

from collections.abc import Collection, Sequence

from sq_graph.evidence import statement_guards, statements, text_guards
from sq_graph.evidence.sources import Source
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
    """Every doubt about the statements of a map; those that need a text, for the given texts.

    Parameters:
        sources: texts; one that is not known to be a work of the map is not used.
        dismissed: whether to include doubts that a reader has dismissed.
        only_read: whether to examine only statements that rest on one of the texts.
        among: the IRIs of the statements to examine; by default all.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> doubts(EmbeddedGraph())
    ()
    """
    if among is not None and not statements.is_any_statement(graph, among):
        return ()
    literature = statements.read_literature(graph)
    texts = {source.work: Text(source) for source in sources if source.work}
    results = []
    for statement in literature.statements:
        if among is not None and statement.iri not in among:
            continue
        reading = _in_text(statement, literature, texts)
        if only_read and not reading:
            continue
        skipped = () if dismissed else statement.all("dismisses")
        for name, guard in GUARDS.items():
            needs_text = name in text_guards.GUARDS
            if name in skipped or (needs_text and not reading):
                continue
            messages = guard.check(reading) if needs_text else guard.check(statement, literature)
            results += [Doubt(statement.iri, name, text, guard.remedy) for text in messages]
    return tuple(results)


def _in_text(
    statement: statements.ReadStatement, literature: statements.Literature, texts: dict[str, Text]
) -> StatementInText | None:
    """A statement with its lines, if the text of the work that was read is given."""
    for work in dict.fromkeys(location.work for location in statement.locations):
        if text := texts.get(work):
            in_work = (location for location in statement.locations if location.work == work)
            spans = tuple(filter(None, (location.lines_in(text.source) for location in in_work)))
            if spans:
                return StatementInText(statement, literature, text, spans)
    return None
