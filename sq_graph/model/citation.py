"""Citing an answer: author, year, title, version and address, in several citation styles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sq_graph.errors import InputError
from sq_graph.graph.layout import Layout
from sq_graph.model.facts import join_names
from sq_graph.resources import data_beside
from sq_graph.table import as_json
from sq_graph.vocab import BASE

AUTHOR = "The sq-graph contributors"
YEAR = 2026
"""The year of this release."""
_STYLES = data_beside(__file__, "citation.json")
FORMS = (*_STYLES, "bibtex", "csl-json")
"""The forms in which an answer can be cited."""
_BIBTEX = str.maketrans({**dict.fromkeys("\\{}", ""), **{char: "\\" + char for char in "&%$#_"}})


@dataclass(frozen=True)
class Origin:
    """The map that gave an answer: its authors, name and address."""

    authors: tuple[str, ...] = (AUTHOR,)
    name: str = "sq-graph"
    address: str = BASE


def origin_of(layouts: Sequence[Layout], things: Iterable[str]) -> Origin:
    """The origin of an answer, by the things on which it rests: the workspace opened last, the
    packaged map, or both; both also where it names no thing.

    >>> from pathlib import Path
    >>> base = "https://example.org/mine/"
    >>> maps = [Layout(Path("map")), Layout(Path("mine"), base, curator="Ada Reader")]
    >>> origin_of(maps, [f"{base}id/claim/one"]).authors
    ('Ada Reader',)
    >>> origin_of(maps, [f"{base}id/claim/one", f"{BASE}id/claim/two"]).authors
    ('Ada Reader', 'The sq-graph contributors')
    """
    iris, workspace = list(things), layouts[-1]
    is_own = any(iri.startswith(workspace.base) for iri in iris)
    is_packaged = any(iri.startswith(BASE) for iri in iris)
    if workspace.base == BASE or (is_packaged and not is_own):
        return Origin()
    title = workspace.title or workspace.root.name
    curator = workspace.curator or f"The curators of {title}"
    authors = (curator,) if is_own and not is_packaged else (curator, AUTHOR)
    return Origin(authors, f"{title}, a workspace of sq-graph", workspace.base)


@dataclass(frozen=True)
class Citation:
    """What identifies an answer: its title and size, its map and version, and its address."""

    title: str
    rows: int
    version: str
    graph_digest: str
    digest: str
    address: str = ""
    origin: Origin = Origin()
    year: int = YEAR

    def write(self, form: str) -> str:
        """The citation in one of `FORMS`.

        Raises:
            InputError: another form.

        >>> print(Citation("Works", 2, "0.2.0", "abc", "def", "https://example.org/works").write("apa"))
        The sq-graph contributors. (2026). Works [Data set, 2 rows, answer def]. In sq-graph
        (Version 0.2.0, map abc). https://example.org/works
        """
        if form not in FORMS:
            forms = ", ".join(FORMS)
            raise InputError(f"a citation cannot be written as {form!r}", remedy=f"Use {forms}")
        parts = {
            "authors": join_names(self.origin.authors, " and ").replace(" The ", " the "),
            "year": self.year,
            "title": self.title,
            "size": f"{self.rows} row{'' if self.rows == 1 else 's'}",
            "answer": self.digest[:12],
            "name": self.origin.name,
            "version": self.version,
            "map": self.graph_digest[:12],
            "where": self.address or self.origin.address,
        }
        if form in _STYLES:
            return str(_STYLES[form].format_map(parts))
        return self._csl_json(parts) if form == "csl-json" else self._bibtex(parts)

    def _csl_json(self, parts: Mapping[str, Any]) -> str:
        entry = {
            "id": f"sq-graph-{parts['answer']}",
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": author} for author in self.origin.authors],
            "issued": {"date-parts": [[self.year]]},
            "container-title": self.origin.name,
            "version": self.version,
            "note": f"{parts['size']}; map {self.graph_digest}; answer {self.digest}",
            "URL": parts["where"],
        }
        return as_json([entry])

    def _bibtex(self, parts: Mapping[str, Any]) -> str:
        names = (author.translate(_BIBTEX) for author in self.origin.authors)
        fields = {
            "title": f"{{{self.title.translate(_BIBTEX)}}}",
            "author": " and ".join(f"{{{name}}}" for name in names),
            "year": self.year,
            "howpublished": f"{self.origin.name} {self.version}".translate(_BIBTEX),
            "note": "{size}; map {map}; answer {answer}".format_map(parts),
            "url": parts["where"],
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{sq-graph-{parts['answer']},\n{lines}\n}}\n"
