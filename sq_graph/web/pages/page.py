"""One page: what it says, the table and picture that can be taken from it, and how it is cited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sq_graph.errors import UnknownName
from sq_graph.model.answer import Answer
from sq_graph.table import Table
from sq_graph.vocab import shorten
from sq_graph.web.pages.desk import Desk

Query = Mapping[str, list[str]]
"""What stands behind the `?` of an address."""

FORMS = {
    "csv": ("text/csv", "csv"), "json": ("application/json", "json"), "md": ("text/markdown", "md"),
    "tex": ("application/x-tex", "tex"), "svg": ("image/svg+xml", "svg"), "png": ("image/png", "png"),
    "text": ("text/plain", "txt"), "bibtex": ("application/x-bibtex", "bib"),
    "csl-json": ("application/vnd.citationstyles.csl+json", "csl.json"),
}  # fmt: skip
"""The forms in which a page can be taken away: name → media type and file ending."""
NAMES = {"csv": "CSV", "json": "JSON", "md": "Markdown", "tex": "LaTeX", "svg": "SVG", "png": "PNG",
         "text": "Text", "bibtex": "BibTeX", "csl-json": "CSL-JSON"}  # fmt: skip
SECTIONS = {"Concepts": "/concepts", "Typologies": "/typologies", "Positions": "/positions", "Works": "/works",
            "Map": "/map", "Questions": "/questions", "SPARQL": "/query"}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page before it is written: the template and what it shows.

    `table` and `picture` (SVG) can be downloaded; `answer` is cited, by default one made of the table.
    `linked` is what search engines read of it, as JSON-LD.
    """

    template: str
    title: str
    address: str
    section: str = ""
    about: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    table: Table | None = None
    picture: str = ""
    answer: Answer | None = None
    linked: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    lasting: bool = True
    """Whether the page stays the same as long as the map does."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in which its content can be taken."""
        tables = ("csv", "json", "md", "tex") if self.table or self.answer else ()
        return (*tables, *(("svg", "png") if self.picture else ()))

    def form_address(self, form: str) -> str:
        """The address of a download."""
        return f"{self.address}{'&' if '?' in self.address else '?'}format={form}"

    def cited(self, desk: Desk) -> Answer | None:
        """What “Cite this answer” cites."""
        if self.answer or not self.table:
            return self.answer
        records = self.table.records or self.table
        rows = tuple(dict(zip(records.columns, row, strict=True)) for row in records.rows)
        return Answer(self.address, self.title, {}, records.columns, rows, ((),) * len(rows), desk.version,
                      desk.atlas.digest)  # fmt: skip

    def public_address(self, desk: Desk) -> str:
        """Where readers elsewhere find the page; empty where no public address is set."""
        return f"{desk.public_url}{self.address}" if desk.public_url else ""


def with_query(path: str, **query: str | list[str]) -> str:
    """An address with its parameters, those that are empty left out.

    >>> with_query("/typologies", compare=["a", "b"], undrawn="")
    '/typologies?compare=a&compare=b'
    """
    pairs = [(name, one) for name, value in query.items() for one in ([value] if isinstance(value, str) else value)]
    written = urlencode([(name, value) for name, value in pairs if value])
    return f"{path}?{written}" if written else path


def first(query: Query, name: str, default: str = "") -> str:
    """The first value of a parameter."""
    return next(iter(query.get(name, [])), default).strip()


def take(page: Page, form: str, desk: Desk) -> bytes:
    """A page's content in one of `FORMS`; raises UnknownName for a form that it does not have.

    Raises MissingPart for a PNG without the converter.
    """
    cited = page.cited(desk)
    if cited and form in ("text", "bibtex", "csl-json"):
        return (cited.cite(form, page.public_address(desk)).rstrip() + "\n").encode()
    if form not in page.forms:
        raise UnknownName("form of this page", form, [*page.forms], remedy=f"It has {', '.join(page.forms) or 'none'}")
    if form == "svg":
        return page.picture.encode()
    if form == "png":
        from sq_graph.pictures.drawing import png

        return png(page.picture)
    if page.answer:
        return (page.answer.to_json() if form == "json" else page.answer.table().render(form)).encode()
    assert page.table
    return page.table.render(form).encode()


def render(page: Page, desk: Desk) -> str:
    """The page as HTML."""
    cited = page.cited(desk)
    part_of = {"@type": "Dataset", "name": "sq-graph", "version": desk.version}
    told = {"@type": "WebPage", "name": page.title, "description": page.about, "isPartOf": part_of}
    linked = {"@context": "https://schema.org"} | told | dict(page.linked)
    html: str = (
        _environment()
        .get_template(page.template)
        .render(
            page=page,
            desk=desk,
            sections=SECTIONS,
            names=NAMES,
            cited=cited,
            citation=cited.cite("text", page.public_address(desk)) if cited else "",
            linked=json.dumps(linked, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026"),
            **page.content,
        )
    )
    return html


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    folder = Path(__file__).parent.parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals |= {"with_query": with_query, "markup": Markup}
    environment.filters["short"] = shorten
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    return environment
