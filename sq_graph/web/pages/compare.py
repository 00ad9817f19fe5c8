"""Things side by side: definitions as a table to filter and cross-tabulate, other things as
`Atlas.compare` returns them.
"""

from typing import Any

from sq_graph.errors import UnknownName
from sq_graph.vocab import kind_of, shorten
from sq_graph.web.pages import sheet as sheets
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext
from sq_graph.web.pages.typologies import default_typologies

PARAMETERS = ("thing", "down", "across", *sheets.PARAMETERS)
_DEFINITION_KINDS = ("concept", "category", "definition", "work")

_EXAMPLE_CLASSES = ("Position", "Model")


def compare(context: PageContext, query: Query) -> Page:
    """The things that a query names, side by side; without any, a form to name some.

    Raises:
        InputError: things of different kinds, or nothing to compare.
        UnknownName: a thing or a column that does not exist.
    """
    names = [name for value in query.get("thing", []) if (name := value.strip())]
    if not names:
        return Page("compare.html", "Compare", "/compare", content={"examples": _examples(context)})
    things = list(dict.fromkeys(context.atlas.find(name) for name in names))
    title, names = f"Compare {' and '.join(map(context.label, things))}", list(map(shorten, things))
    base = with_query("/compare", thing=names)
    content: dict[str, Any] = {"things": things, "names": names}
    if not all(kind_of(iri) in _DEFINITION_KINDS for iri in things):
        differing = bool(first(query, "differing"))
        table = context.atlas.compare(*things, differing=differing) if things[1:] else None
        address, toggle = base, with_query(base, differing="1")
        if differing:
            address, toggle = toggle, address
        content |= {"compared": table, "differing": differing, "toggle": toggle}
        return Page("compare.html", title, address, content=content, table=table)
    definitions = context.atlas.compared_definitions(*things)
    sheet = sheets.read_definition_table(context, definitions, query, base, title)
    down, across = first(query, "down"), first(query, "across")
    content |= {"sheet": sheet, "down": down, "across": across}
    if not (down and across):
        return Page("compare.html", title, sheet.address(), content=content, table=sheet.table)
    for name in (down, across):
        if name not in sheet.all_columns:
            raise UnknownName("aspect", name, sheet.all_columns)
    content |= {"crossed": sheets.cross_tabulate(sheet, down, across)}
    address = sheet.address(down=down, across=across)
    table = sheets.cross_table(sheet, down, across)
    return Page("compare.html", title, address, content=content, table=table)


def _examples(context: PageContext) -> list[tuple[str, str]]:
    """A comparison of each kind in the map: the two concepts with most definitions, the default
    typologies, the first two positions and models.
    """
    query, label = "SELECT ?o (COUNT(?s) AS ?n) { ?s sq:defines ?o } GROUP BY ?o", context.label
    concepts = sorted(context.counts(query).items(), key=lambda pair: (-pair[1], pair[0]))
    pairs = [[iri for iri, _ in concepts[:2]], default_typologies(context)[:2]]
    pairs += [list(context.atlas.names.of_class(f"sq:{name}")[:2]) for name in _EXAMPLE_CLASSES]
    return [
        (" and ".join(map(label, pair)), with_query("/compare", thing=[*map(shorten, pair)]))
        for pair in pairs
        if len(pair) == 2
    ]
