"""Reading bibliographies: BibTeX and BibLaTeX, RIS, and JSON, in any encoding."""

from __future__ import annotations

from pathlib import Path

from sq_graph.importers.bibliography_fields import Bibliography
from sq_graph.importers.bibtex import read_bibtex
from sq_graph.importers.csl import read_json
from sq_graph.importers.encodings import read_text
from sq_graph.importers.ris import read_ris


def read_bibliography(path: Path) -> Bibliography:
    """The records of a bibliography, and its parts that cannot be read.

    Raises BrokenFile if the file as a whole cannot be read.
    """
    readers = {".bib": read_bibtex, ".ris": read_ris, ".json": read_json}
    return readers[path.suffix.lower()](read_text(path), str(path))
