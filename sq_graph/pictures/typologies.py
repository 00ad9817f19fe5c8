"""Typologies of the map as columns, with the alignments that are proposed, denied or only warned of
between them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sq_graph.graph import Graph
from sq_graph.model.attribution import attributions
from sq_graph.model.comparison import Link, common_thirds, credits_of, read_links, unmatched
from sq_graph.model.entities import Typology
from sq_graph.model.facts import join_names, labels
from sq_graph.pictures.columns import Box, Connector, TypologyColumn, draw

_SYMMETRIC = {"exact", "close", "related", "opposite", "analogous", "overlaps"}


def picture(
    graph: Graph,
    typologies: Sequence[Typology],
    address: Callable[[str], str],
    undrawn: bool = False,
    readings: bool = False,
) -> str:
    """The typologies as SVG; a single one beside everything that it is aligned with elsewhere.

    `address` gives the page of a thing. Lines that nobody proposes, and our interpretations, are
    drawn on request.
    """
    groups = [typology.categories for typology in typologies]
    box_column = {category.iri: i for i, group in enumerate(groups) for category in group}
    column_of = box_column | {typology.iri: i for i, typology in enumerate(typologies)}
    every_link = read_links(graph, undrawn, readings)
    links = [link for link in every_link if not box_column.keys().isdisjoint(link.ends)]
    names = labels(graph, [iri for link in every_link for iri in link.ends])
    pages = {iri: credit.pages for iri, credit in attributions(graph, box_column).items()}
    columns = [_column(typology, pages, address) for typology in typologies]
    foot: list[Box] = []
    if len(typologies) == 1:
        links = [link for link in links if not set(link.ends) <= column_of.keys()]
        outside = dict.fromkeys(iri for link in links for iri in link.ends if iri not in box_column)
        boxes = tuple(Box(iri, names[iri], address=address(iri)) for iri in outside)
        elsewhere = TypologyColumn("Elsewhere in the map", ("what it is aligned with",), boxes)
        columns += [elsewhere] if boxes else []
        omitted = [link for link in every_link if typologies[0].iri in link.ends]
    else:
        thirds = common_thirds(links, box_column)
        between = [link for link in every_link if link.is_between(column_of)]
        for iri in sorted(thirds):
            note = f"brought together here{unmatched(thirds[iri], between)}"
            foot.append(Box(iri, names[iri], note, address=address(iri)))
        links = [link for link in between if _is_drawn(link, box_column)]
        omitted = [link for link in between if link not in links]
        links += (link for third in sorted(thirds) for link, *_ in thirds[third])
    notes = credits_of(typologies)
    notes += (f"Stated, but not drawn: {_line(link, names).description}." for link in omitted)
    return draw(columns, [_line(link, names) for link in links], foot, _title(typologies), notes)


def _is_drawn(link: Link, box_column: Mapping[str, int]) -> bool:
    """Whether the boxes at each end of a link are in one column."""
    columns = [{box_column.get(iri) for iri in end} for end in (link.subjects, link.objects)]
    return all(len(end) == 1 and None not in end for end in columns)


def heading_of(typology: Typology) -> tuple[str, str]:
    """Who divides, and what the division is called; a label need not name both.

    >>> import sq_graph
    >>> heading_of(sq_graph.open().typology("steinert-exclusion"))
    ('Steinert', 'models of being excluded')
    """
    holders, colon, name = typology.label.partition(": ")
    credit = typology.attribution
    return (credit.asserter, typology.label) if credit and not colon else (holders, name)


def _title(typologies: Sequence[Typology]) -> str:
    if len(typologies) == 1:
        return typologies[0].label
    names = dict.fromkeys(str(concept) for typology in typologies for concept in typology.divides)
    divided = " / ".join(names)
    holders = dict.fromkeys(f"by {heading_of(typology)[0]}" for typology in typologies)
    return f"{divided[:1].upper()}{divided[1:]}, divided {join_names(list(holders), ' and ')}"


def _column(
    typology: Typology, pages: Mapping[str, str], address: Callable[[str], str]
) -> TypologyColumn:
    holders, subtitle = heading_of(typology)
    order = f"ordered {typology.ordered_by}" if typology.ordered else "no order is stated"
    named = re.match(r"from (.+) to (.+)", typology.ordered_by)
    ends = ((named[1], named[2]) if named else ("first", "last")) if typology.ordered else None
    boxes = []
    for category in typology.categories:
        rank = f"{category.rank}  " if category.rank is not None and typology.ordered else ""
        label = rank + category.label.removesuffix(f" ({holders})")
        marks = [mark.replace("-", " ") for mark in category.marks]
        source = ", ".join([*marks, pages.get(category.iri, "")])
        boxes.append(Box(category.iri, label, category.summary, source, address(category.iri)))
    subtitles = tuple(filter(None, (subtitle, order)))
    return TypologyColumn(holders, subtitles, tuple(boxes), ends, address(typology.iri))


def _line(link: Link, names: Mapping[str, str]) -> Connector:
    credit = link.attribution
    start, end = (" and ".join(names[iri] for iri in end) for end in (link.subjects, link.objects))
    hedge = credit.hedge if credit else ""
    style = "asserted" if hedge == "asserted" else "hedged"
    if link.kind == "sq:UndrawnAlignment":
        style, hedge = "undrawn", "proposed by nobody"
    elif link.is_reading or link.is_ours:
        style, hedge = "reading", "our interpretation"
    detail = ["" if style == "asserted" else hedge, credit.pages if credit else ""]
    line = Connector(
        link.subjects, link.objects, link.words, ", ".join(filter(None, detail)), style
    )
    is_denied, is_directed = link.kind == "sq:DeniedAlignment", link.relation not in _SYMMETRIC
    line = replace(line, denied=is_denied, directed=is_directed)
    together = " (only together)" if link.collective else ""
    source = f", {credit.source}" if credit else ""
    return replace(line, description=f"{start}{together} – {line.caption} – {end}: {hedge}{source}")
