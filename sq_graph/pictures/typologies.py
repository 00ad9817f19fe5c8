"""One or several typologies of the map as columns, with what is drawn, denied or only warned of
between them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sq_graph.graph import Graph
from sq_graph.model.attribution import attributions
from sq_graph.model.comparison import RELATIONS, Link, common_thirds, credits_of, read_links
from sq_graph.model.entities import Typology
from sq_graph.model.facts import labels
from sq_graph.pictures.columns import Box, Connector, TypologyColumn, draw

_SYMMETRIC = {"exact", "close", "related", "opposite", "analogous", "overlaps"}


def picture(
    graph: Graph,
    typologies: Sequence[Typology],
    address: Callable[[str], str],
    undrawn: bool = False,
    readings: bool = False,
) -> str:
    """The typologies as SVG; a single one stands beside all that it is set against elsewhere.

    `address` gives the page of a thing. Lines that nobody draws, or that we read into a text, come
    when asked for.
    """
    owner = {each.iri: place for place, one in enumerate(typologies) for each in one.categories}
    wholes = {one.iri: place for place, one in enumerate(typologies)}
    every = read_links(graph, undrawn, readings)
    links = [one for one in every if not owner.keys().isdisjoint(one.ends)]
    names = labels(graph, [iri for link in every for iri in link.ends])
    pages = {iri: credit.pages for iri, credit in attributions(graph, owner).items()}
    columns = [_column(one, pages, address) for one in typologies]
    foot: list[Box] = []
    if len(typologies) == 1:
        links = [link for link in links if not set(link.ends) <= owner.keys() | wholes.keys()]
        outside = dict.fromkeys(iri for link in links for iri in link.ends if iri not in owner)
        boxes = tuple(Box(iri, names[iri], address=address(iri)) for iri in outside)
        elsewhere = TypologyColumn("Elsewhere in the map", ("what it is aligned with",), boxes)
        columns += [elsewhere] if boxes else []
        left = [link for link in every if wholes.keys() & {*link.ends}]
    else:
        thirds = common_thirds(links, owner)
        note = "brought together here, not matched with each other"
        foot = [Box(iri, names[iri], note, address=address(iri)) for iri in sorted(thirds)]
        between = [one for one in every if one.is_between(owner | wholes)]
        links = [one for one in between if _is_drawn(one, owner)]
        left = [one for one in between if one not in links]
        links += (link for third in sorted(thirds) for link, *_ in thirds[third])
    notes = credits_of(typologies)
    notes += (f"Said, but not drawn: {_line(link, names).description}." for link in left)
    return draw(columns, [_line(link, names) for link in links], foot, _title(typologies), notes)


def _is_drawn(link: Link, owner: Mapping[str, int]) -> bool:
    """Whether each end of a link stands among the boxes of one column."""
    columns = [{owner.get(iri) for iri in end} for end in (link.subjects, link.objects)]
    return all(len(one) == 1 and None not in one for one in columns)


def short(label: str) -> str:
    """The holders' part of a typology's label.

    >>> short("Wessels and Miedema: five categories of exclusion")
    'Wessels and Miedema'
    """
    return label.partition(":")[0]


def _title(typologies: Sequence[Typology]) -> str:
    if len(typologies) == 1:
        return typologies[0].label
    divided = " / ".join(dict.fromkeys(str(each) for one in typologies for each in one.divides))
    holders = [short(one.label) for one in typologies]
    by = f"{', by '.join(holders[:-1])} and by {holders[-1]}"
    return f"{divided[:1].upper()}{divided[1:]}, divided by {by}"


def _column(
    one: Typology, pages: Mapping[str, str], address: Callable[[str], str]
) -> TypologyColumn:
    holders, _, rest = one.label.partition(": ")
    order = f"ordered {one.ordered_by}" if one.ordered else "no order is stated"
    named = re.match(r"from (.+) to (.+)", one.ordered_by)
    ends = ((named[1], named[2]) if named else ("first", "last")) if one.ordered else None
    boxes = []
    for each in one.categories:
        rank = f"{each.rank}  " if each.rank is not None and one.ordered else ""
        label = each.label.removesuffix(f" ({holders})")
        marks = [mark.replace("-", " ") for mark in each.marks]
        place = ", ".join([*marks, pages.get(each.iri, "")])
        boxes.append(Box(each.iri, rank + label, each.summary, place, address(each.iri)))
    subtitles = tuple(filter(None, (rest, order)))
    return TypologyColumn(holders, subtitles, tuple(boxes), ends, address(one.iri))


def _line(link: Link, names: Mapping[str, str]) -> Connector:
    credit = link.attribution
    relation = RELATIONS.get(link.relation, link.relation.replace("-", " "))
    start, end = (" and ".join(names[iri] for iri in end) for end in (link.subjects, link.objects))
    hedge = credit.hedge if credit else ""
    manner = "asserted" if hedge == "asserted" else "hedged"
    if link.kind == "sq:UndrawnAlignment":
        manner, hedge = "undrawn", "proposed by nobody"
    elif link.is_reading or link.is_ours:
        manner, hedge = "reading", "our interpretation"
    detail = ["" if manner == "asserted" else hedge, credit.pages if credit else ""]
    line = Connector(link.subjects, link.objects, relation, ", ".join(filter(None, detail)), manner)
    is_denied, is_directed = link.kind == "sq:DeniedAlignment", link.relation not in _SYMMETRIC
    line = replace(line, denied=is_denied, directed=is_directed)
    together = " (only together)" if link.collective else ""
    source = f", {credit.source}" if credit else ""
    return replace(line, description=f"{start}{together} – {line.words} – {end}: {hedge}{source}")
