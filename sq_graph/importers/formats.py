"""How other programs name the kinds and fields of a record: the tables of formats.toml."""

import tomllib
from typing import Any, Literal

from sq_graph.model.records import KINDS
from sq_graph.resources import text_beside

FORMATS: dict[str, dict[str, Any]] = tomllib.loads(text_beside(__file__, "formats.toml"))


def kinds_in(program: Literal["bibtex", "csl", "ris"]) -> dict[str, str]:
    """The classes of BIBO by the types that a format has.

    >>> kinds_in("ris")["JOUR"], kinds_in("bibtex")["mastersthesis"]
    ('AcademicArticle', 'Thesis')
    """
    return {getattr(kind, program): kind.bibo for kind in KINDS} | dict(FORMATS[program]["kinds"])
