"""Things side by side: definitions as a table that is chosen and crossed, all else as it is
compared.
"""

from typing import Any

from sq_graph.errors import UnknownName
from sq_graph.vocab import kind_of, shorten
from sq_graph.web.pages import sheet as sheets
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext
from sq_graph.web.pages.typologies import shown_first

PARAMETERS = ("thing", "down", "across", *sheets.PARAMETERS)
_DEFINED = ("concept", "category", "definition", "work")

_COMPARED = ("Position", "Model")
_SHOWN = ("things", "named", "down", "across", "differing", "toggle", "examples")
_NOTHING: dict[str, Any] = dict.fromkeys((*_SHOWN, "sheet", "crossed", "compared"))
"""What the template shows, of which a page gives a part."""


def compare(context: PageContext, query: Query) -> Page:
    """The things that are named, side by side; a form to name some, where none is.

    Raises:
        InputError: things of different kinds, or nothing to compare.
        UnknownName: a thing or a column that there is not.
    """
    named = [name for given in query.get("thing", []) if (name := given.strip())]
    if not named:
        content = {**_NOTHING, "examples": _examples(context)}
        return Page("compare.html", "Compare", "/compare", content=content)
    things = list(dict.fromkeys(context.atlas.find(name) for name in named))
    title, short = f"Compare {' and '.join(map(context.label, things))}", list(map(shorten, things))
    base = with_query("/compare", thing=short)
    content = {**_NOTHING, "things": things, "named": short}
    if not all(kind_of(iri) in _DEFINED for iri in things):
        differing = bool(first(query, "differing"))
        table = context.atlas.compare(*things, differing=differing) if things[1:] else None
        address, toggle = base, with_query(base, differing="1")
        if differing:
            address, toggle = toggle, address
        content |= {"compared": table, "differing": differing, "toggle": toggle}
        return Page("compare.html", title, address, content=content, table=table)
    definitions = context.atlas.compared_definitions(*things)
    sheet = sheets.read_sheet(context, definitions, query, base, title)
    down, across = first(query, "down"), first(query, "across")
    content |= {"sheet": sheet, "down": down, "across": across}
    if not (down and across):
        return Page("compare.html", title, sheet.at(), content=content, table=sheet.table)
    for name in (down, across):
        if name not in sheet.offered:
            raise UnknownName("aspect", name, sheet.offered)
    content |= {"crossed": sheets.crossed(sheet, down, across)}
    address = sheet.at(down=down, across=across)
    table = sheets.crossed_table(sheet, down, across)
    return Page("compare.html", title, address, content=content, table=table)


def _examples(context: PageContext) -> list[tuple[str, str]]:
    """A comparison of each kind that the map has: the concepts with most definitions, the first
    two positions and models, the typologies that are shown first.
    """
    defined = "SELECT ?o (COUNT(?s) AS ?n) { ?s sq:defines ?o } GROUP BY ?o"
    most = sorted(context.counted(defined).items(), key=lambda pair: (-pair[1], pair[0]))
    pairs = [[iri for iri, _ in most[:2]], shown_first(context)[:2]]
    pairs += [list(context.atlas.names.of_class(f"sq:{one}")[:2]) for one in _COMPARED]
    return [
        (
            " and ".join(map(context.label, pair)),
            with_query("/compare", thing=list(map(shorten, pair))),
        )
        for pair in pairs
        if len(pair) == 2
    ]
