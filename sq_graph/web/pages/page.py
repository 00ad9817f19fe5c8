"""One page: its content, the table and picture to download, and its citation."""

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
from sq_graph.model.attribution import Attribution, credit_text, in_quotes
from sq_graph.model.facts import text, texts
from sq_graph.pictures import conversion
from sq_graph.resources import data_beside
from sq_graph.table import Table, cell_text
from sq_graph.vocab import Ref, expand, shorten, slug_of
from sq_graph.web.pages.page_context import PageContext, about_address, hyphenated

Query = Mapping[str, list[str]]
"""The parameters of an address."""


class Download(NamedTuple):
    """A download: its label, its media type, and the name of its file in a static site."""

    label: str
    media: str
    file: str


DOWNLOADS = {name: Download(*row) for name, row in data_beside(__file__, "downloads.json").items()}
"""All downloads by the name of their form."""
_TABLE_FORMS = ("csv", "csv-excel", "xlsx", "docx", "json", "md", "tex")
_PICTURE_FORMS = ("svg", "png", "pdf")
_WORK_FORMS = ("bib", "ris")
REVIEWS = WORDS["reviews"]
"""The words for each state of review of a statement; those for any other state under ''."""


@dataclass(frozen=True)
class Page:
    """A page before it is rendered: the template and its content.

    `table`, `picture` (SVG) and the records of `works` can be downloaded; `answer` is cited, by
    default one made of the table; `iri` is the thing that the page is about. `json_ld` in its
    content is for search engines, beside its title and description.
    """

    template: str
    title: str
    address: str
    description: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    table: Table | None = None
    picture: str = ""
    works: Sequence[str] = ()
    answer: Answer | None = None
    iri: str = ""
    status: int = 200
    section: str = ""
    is_cacheable: bool = True
    """Whether the page stays the same as long as the map does."""

    @property
    def downloads(self) -> tuple[str, ...]:
        """The names of the downloads that it offers."""
        tables = _TABLE_FORMS if self.table is not None or self.answer is not None else ()
        has_pdf = not conversion.unsupported(self.picture)
        pictures = (_PICTURE_FORMS if has_pdf else _PICTURE_FORMS[:2]) if self.picture else ()
        return (*tables, *pictures, *(_WORK_FORMS if self.works else ()))

    def download_address(self, form: str) -> str:
        """The address of a download."""
        return with_query(self.address, format=form)

    def cited_answer(self, context: PageContext) -> Answer | None:
        """The answer to which the citation of the page refers."""
        if self.answer is not None or self.table is None:
            return self.answer
        records = self.table.records or self.table
        rows = tuple(
            {name: value.iri if isinstance(value, Ref) else value for name, value in row.items()}
            for row in records.to_dicts()
        )
        values = (expand(str(value)) for row in rows for value in row.values())
        things = (value for value in values if "://" in value and " " not in value)
        return Answer(
            question=self.address,
            title=self.title,
            parameters={},
            columns=records.columns,
            rows=rows,
            passages=((),) * len(rows),
            version=context.atlas.version,
            graph_digest=context.atlas.digest,
            origin=citation.origin_of(context.atlas.layouts, [self.iri, *things]),
        )

    def public_address(self, context: PageContext) -> str:
        """The public address of the page; empty where none is set."""
        return f"{context.public_url}{self.address}" if context.public_url else ""


def form_page(
    template: str, title: str, address: str, content: Mapping[str, Any], status: int = 200
) -> Page:
    """A page below `/edit`, which is never cached."""
    return Page(template, title, address, content=content, status=status, is_cacheable=False)


class Route(NamedTuple):
    """A page function with the parameters that it reads, None where it checks them itself, and the
    section of the site to which its pages belong.

    Every page function takes the page context, what the path names (a thing by its IRI, or the
    groups of a pattern), and the parameters of the address.
    """

    page: Callable[..., Page]
    parameters: tuple[str, ...] | None = ()
    section: str = ""

    def show(self, path: str, query: Query, *arguments: Any) -> Page:
        """The page; raises InputError for an unknown parameter, naming the known ones."""
        if self.parameters is not None:
            refuse_unknown(f"the page {path}", query, self.parameters)
        return replace(self.page(*arguments, query), section=self.section)


Routes = Mapping[str, Route]
"""Routes by path, or by a pattern of paths."""


def routed_page(
    routes: Routes, patterns: Routes, path: str, query: Query, context: PageContext
) -> Page | None:
    """The page at a path, or at one that matches a pattern; None where there is none.

    Parameters:
        routes: the routes by path.
        patterns: the routes by a pattern, whose groups are passed to the page function.
        path, query: the address.
        context: the page context.
    """
    if path in routes:
        return routes[path].show(path, query, context)
    for pattern, route in patterns.items():
        if match := re.fullmatch(pattern, path):
            return route.show(path, query, context, *match.groups())
    return None


def with_query(address: str, **query: str | list[str]) -> str:
    """An address with further parameters; empty ones are left out.

    >>> with_query("/typologies", compare=["a", "b"], undrawn="")
    '/typologies?compare=a&compare=b'
    >>> with_query("/works?x=1", format="csv")
    '/works?x=1&format=csv'
    """
    encoded = urlencode({name: value for name, value in query.items() if value}, doseq=True)
    return f"{address}{'&' if '?' in address else '?'}{encoded}" if encoded else address


def first(query: Mapping[str, Sequence[str]], name: str) -> str:
    """The first value of a parameter or field."""
    return next(iter(query.get(name, ())), "").strip()


def credit_columns(credit: Attribution | None) -> tuple[str, str, str]:
    """The last columns of a table: the source of a thing, how firmly it is held, and its review."""
    if credit is None:
        return "", "", ""
    return credit.source, credit.firmness, REVIEWS.get(credit.review, REVIEWS[""])


def first_rows(table: Table, limit: int) -> Table:
    """A table with at most as many rows as one page shows."""
    if len(table) <= limit:
        return table
    note = f"The first {limit} of {len(table)} rows are shown; every download has all of them."
    return replace(
        table, rows=table.rows[:limit], groups=table.groups[:limit], notes=(*table.notes, note)
    )


def download(page: Page, form: str, context: PageContext) -> bytes:
    """A download of a page.

    Raises:
        UnknownName: a form that the page does not offer.
        MissingDependency: a library that the form needs is not installed.
    """
    answer = page.cited_answer(context)
    if answer and form in citation.FORMS:
        return (answer.cite(form, page.public_address(context)).rstrip() + "\n").encode()
    if form not in page.downloads:
        remedy = f"It has {', '.join(page.downloads) or 'none'}"
        raise UnknownName("form", form, page.downloads, remedy=remedy, scope="of this page")
    if form in _WORK_FORMS:
        return bibliography(context.graph, form, page.works).encode()
    if form in _PICTURE_FORMS:
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
"""The space before a page number in running text, where a line must not break. Attributes and
verbatim text, which is sent or copied, are left alone."""


def to_html(page: Page, context: PageContext) -> str:
    """The page as HTML."""
    answer = page.cited_answer(context)
    cited = answer.cite("text", page.public_address(context)) if answer else ""
    template = _environment().get_template(page.template)
    html = str(template.render(page.content, page=page, context=context, citation=cited))
    return _PAGE_IN_TEXT.sub("\\1.\N{NO-BREAK SPACE}", html)


def capital(text: str) -> str:
    """A text with a capital first letter.

    >>> capital("trust in others")
    'Trust in others'
    """
    return text[:1].upper() + text[1:]


def redirect_page(address: str) -> str:
    """A page that redirects to another."""
    return str(_environment().get_template("redirect.html").render(address=address))


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
    environment.globals.update(reviews=REVIEWS, credit_text=credit_text, cell_text=cell_text)
    environment.globals.update(downloads=DOWNLOADS, citations=citation.FORMS)
    environment.globals.update(about_address=about_address, hyphenated=hyphenated)
    environment.filters.update(short=shorten, slug=slug_of)
    environment.filters.update(in_quotes=in_quotes, capital=capital)
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment
