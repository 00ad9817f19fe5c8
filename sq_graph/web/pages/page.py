"""One page: what it says, the table and picture that can be taken from it, and how it is cited."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sq_graph.errors import UnknownName, refuse_unknown
from sq_graph.export import documents
from sq_graph.export.bibliography import bibliography
from sq_graph.model import WORDS, citation
from sq_graph.model.answer import Answer
from sq_graph.model.attribution import Attribution, in_quotes
from sq_graph.model.facts import text, texts
from sq_graph.pictures import conversion
from sq_graph.resources import data_beside
from sq_graph.table import Table
from sq_graph.vocab import Ref, expand, shorten, slug_of
from sq_graph.web.pages.page_context import PageContext, about_address, anchor

Query = Mapping[str, list[str]]
"""What stands behind the `?` of an address."""


class Download(NamedTuple):
    """A form in which a page can be taken away: what it is called, its media type, and its file in
    a site.
    """

    label: str
    media: str
    file: str


DOWNLOADS = {name: Download(*form) for name, form in data_beside(__file__, "forms.json").items()}
"""The forms in which a page can be taken away."""
_OF_TABLES = ("csv", "csv-excel", "xlsx", "docx", "json", "md", "tex")
_OF_PICTURES = ("svg", "png", "pdf")
_OF_WORKS = ("bib", "ris")
REVIEWS = WORDS["reviews"]
"""What is shown for the state of review of a statement, that of all others under no name."""


@dataclass(frozen=True)
class Page:
    """A page before it is written: the template and what it shows.

    `table`, `picture` (SVG) and the records of `works` can be downloaded; `answer` is cited, by
    default one made of the table; `iri` is the thing that it is about. `linked` among its content
    is what search engines read of it beside its title and summary, as JSON-LD.
    """

    template: str
    title: str
    address: str
    about: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    table: Table | None = None
    picture: str = ""
    works: Sequence[str] = ()
    answer: Answer | None = None
    iri: str = ""
    status: int = 200
    section: str = ""
    lasting: bool = True
    """Whether the page stays the same as long as the map does."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in which its content can be taken."""
        tables = _OF_TABLES if self.table is not None or self.answer is not None else ()
        is_for_all = not conversion.unsupported(self.picture)
        pictures = (_OF_PICTURES if is_for_all else _OF_PICTURES[:2]) if self.picture else ()
        return (*tables, *pictures, *(_OF_WORKS if self.works else ()))

    def form_address(self, form: str) -> str:
        """The address of a download."""
        return with_query(self.address, format=form)

    def cited(self, context: PageContext) -> Answer | None:
        """What the citation of the page cites."""
        if self.answer is not None or self.table is None:
            return self.answer
        records = self.table.records or self.table
        rows = tuple(
            {name: value.iri if isinstance(value, Ref) else value for name, value in row.items()}
            for row in records.to_dicts()
        )
        values = (expand(str(value)) for row in rows for value in row.values())
        named = (value for value in values if "://" in value and " " not in value)
        return Answer(
            question=self.address,
            title=self.title,
            parameters={},
            columns=records.columns,
            rows=rows,
            passages=((),) * len(rows),
            version=context.atlas.version,
            graph_digest=context.atlas.digest,
            origin=citation.origin_of(context.atlas.layouts, [self.iri, *named]),
        )

    def public_address(self, context: PageContext) -> str:
        """Where readers elsewhere find the page; empty where no public address is set."""
        return f"{context.public_url}{self.address}" if context.public_url else ""


def form_page(
    template: str, title: str, address: str, content: Mapping[str, Any], status: int = 200
) -> Page:
    """A page below `/edit`, which nobody keeps."""
    return Page(template, title, address, content=content, status=status, lasting=False)


class Route(NamedTuple):
    """A page function with the parameters that it reads, None where it checks them itself, and the
    section of the site to which its pages belong.

    Every page function takes the site, what the address names (a thing by its IRI, or the groups of
    a pattern), and the parameters of the address.
    """

    page: Callable[..., Page]
    parameters: tuple[str, ...] | None = ()
    section: str = ""

    def show(self, path: str, query: Query, *given: Any) -> Page:
        """The page; raises InputError for a parameter that it does not have, naming those it
        has.
        """
        if self.parameters is not None:
            refuse_unknown(f"the page {path}", query, self.parameters)
        return replace(self.page(*given, query), section=self.section)


def shown_at(
    plain: Mapping[str, Route], named: Mapping[str, Route], path: str, query: Query, *given: Any
) -> Page | None:
    """The page at a path, or at one that fits a pattern; None where there is none.

    Parameters:
        plain: the pages by path.
        named: the pages by a pattern, whose groups are given to the page function.
        path, query: the address.
        given: what every page function is given first.
    """
    if path in plain:
        return plain[path].show(path, query, *given)
    for pattern, view in named.items():
        if found := re.fullmatch(pattern, path):
            return view.show(path, query, *given, *found.groups())
    return None


def with_query(address: str, **query: str | list[str]) -> str:
    """An address with more parameters, those that are empty left out.

    >>> with_query("/typologies", compare=["a", "b"], undrawn="")
    '/typologies?compare=a&compare=b'
    >>> with_query("/works?x=1", format="csv")
    '/works?x=1&format=csv'
    """
    written = urlencode({name: value for name, value in query.items() if value}, doseq=True)
    return f"{address}{'&' if '?' in address else '?'}{written}" if written else address


def first(query: Mapping[str, Sequence[str]], name: str) -> str:
    """The first value of a parameter or field."""
    return next(iter(query.get(name, ())), "").strip()


def credit_columns(credit: Attribution | None) -> tuple[str, str, str]:
    """The last columns of a table: the source of a thing, how firmly it is said, and its review."""
    if credit is None:
        return "", "", ""
    return credit.source, credit.firmness, REVIEWS.get(credit.review, REVIEWS[""])


def begin(table: Table, most: int) -> Table:
    """As many rows as one page shows."""
    if len(table) <= most:
        return table
    note = f"The first {most} of {len(table)} rows are shown; every download has all of them."
    return replace(
        table, rows=table.rows[:most], groups=table.groups[:most], notes=(*table.notes, note)
    )


def take(page: Page, form: str, context: PageContext) -> bytes:
    """A page's content in one of its forms.

    Raises:
        UnknownName: a form that the page does not have.
        MissingDependency: a library that the form needs is not installed.
    """
    cited = page.cited(context)
    if cited and form in citation.FORMS:
        return (cited.cite(form, page.public_address(context)).rstrip() + "\n").encode()
    if form not in page.forms:
        has = f"It has {', '.join(page.forms) or 'none'}"
        raise UnknownName("form", form, page.forms, remedy=has, scope="of this page")
    if form in _OF_WORKS:
        return bibliography(context.graph, form, page.works).encode()
    if form in _OF_PICTURES:
        if form == "svg":
            return page.picture.encode()
        return conversion.png(page.picture) if form == "png" else conversion.pdf(page.picture)
    table = page.answer.table() if page.answer is not None else page.table
    assert table is not None
    match form:
        case "json" if page.answer is not None:
            return page.answer.to_json().encode()
        case "csv-excel":
            return table.to_csv(excel=True).encode()
        case "xlsx":
            values = {"Values": table.records} if table.records else {}
            return documents.workbook({"Table": table, **values})
        case "docx":
            return documents.docx(table)
    return table.render(form).encode()


_PAGE_IN_TEXT = re.compile(r"\b(pp?)\. (?=\d[^<>]*<(?!/textarea|/option|/script|/code|/pre))")
"""The space before a page number in running text, where a line must not break; attributes and what
is sent or copied as it is are left alone."""


def to_html(page: Page, context: PageContext) -> str:
    """The page as HTML."""
    cited = page.cited(context)
    cites = cited.cite("text", page.public_address(context)) if cited else ""
    template = _environment().get_template(page.template)
    html = str(template.render(page.content, page=page, context=context, citation=cites))
    return _PAGE_IN_TEXT.sub("\\1.\N{NO-BREAK SPACE}", html)


def capital(text: str) -> str:
    """A text with a capital at its beginning.

    >>> capital("trust in others")
    'Trust in others'
    """
    return text[:1].upper() + text[1:]


def moved(address: str) -> str:
    """A page that leads on to another."""
    return str(_environment().get_template("moved.html").render(address=address))


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(text=text, texts=texts, with_query=with_query)
    environment.globals.update(reviews=REVIEWS)
    environment.globals.update(forms=DOWNLOADS, citations=citation.FORMS)
    environment.globals.update(about_address=about_address, anchor=anchor)
    environment.filters.update(short=shorten, slug=slug_of)
    environment.filters.update(in_quotes=in_quotes, capital=capital)
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment
