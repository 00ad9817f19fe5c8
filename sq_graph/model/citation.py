"""How an answer is cited: author, year, title, version and address, in the styles of journals and
programs.
"""

from __future__ import annotations

from dataclasses import dataclass

from sq_graph.errors import InputError
from sq_graph.table import as_json
from sq_graph.vocab import BASE

FORMS = ("text", "apa", "chicago", "bibtex", "csl-json")
"""The forms in which an answer can be cited."""
AUTHOR = "The sq-graph contributors"
YEAR = 2026
"""The year of this release."""
_BIBTEX = str.maketrans({**dict.fromkeys("\\{}", ""), **{sign: "\\" + sign for sign in "&%$#_"}})


@dataclass(frozen=True)
class Citation:
    """What identifies an answer: its title and size, the map and version that gave it, and where it
    is.
    """

    title: str
    rows: int
    version: str
    graph_digest: str
    digest: str
    address: str = ""
    author: str = AUTHOR
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
            known = ", ".join(FORMS)
            raise InputError(f"a citation cannot be written as {form!r}", remedy=f"Use {known}")
        return str(getattr(self, f"_{form.replace('-', '_')}")())

    @property
    def _size(self) -> str:
        return f"{self.rows} row{'' if self.rows == 1 else 's'}"

    @property
    def _where(self) -> str:
        return self.address or BASE

    @property
    def _map(self) -> str:
        return f"ersion {self.version}, map {self.graph_digest[:12]}"

    def _text(self) -> str:
        answer = f"answer {self.digest[:12]}"
        return (
            f"{self.author} ({self.year}): “{self.title}”, {self._size}, {answer}. "
            f"sq-graph, v{self._map}. {self._where}"
        )

    def _apa(self) -> str:
        kind = f"[Data set, {self._size}, answer {self.digest[:12]}]"
        return (
            f"{self.author}. ({self.year}). {self.title} {kind}. "
            f"In sq-graph (V{self._map}). {self._where}"
        )

    def _chicago(self) -> str:
        kind = f"Data set, {self._size}, answer {self.digest[:12]}"
        return (
            f"{self.author}. {self.year}. “{self.title}.” {kind}. "
            f"In sq-graph, v{self._map}. {self._where}."
        )

    def _csl_json(self) -> str:
        note = f"{self._size}; map {self.graph_digest}; answer {self.digest}"
        entry = {
            "id": f"sq-graph-{self.digest[:12]}",
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": self.author}],
            "issued": {"date-parts": [[self.year]]},
            "container-title": "sq-graph",
            "version": self.version,
            "note": note,
            "URL": self._where,
        }
        return as_json([entry])

    def _bibtex(self) -> str:
        fields = {
            "title": f"{{{self.title.translate(_BIBTEX)}}}",
            "author": f"{{{self.author}}}",
            "year": str(self.year),
            "howpublished": f"sq-graph {self.version}",
            "note": f"{self._size}; map {self.graph_digest[:12]}; answer {self.digest[:12]}",
            "url": self._where,
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{sq-graph-{self.digest[:12]},\n{lines}\n}}\n"
