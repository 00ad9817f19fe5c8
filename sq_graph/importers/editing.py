"""Guarded edits of a workspace: all or nothing, validated before they are kept, written as
canonical Turtle.

An edit holds the folder's lock from its beginning to its end, so two programs never lose each
other's work; what another program wrote meanwhile is read first. One file per work: its record and
what was read in it.
"""

from __future__ import annotations

from sq_graph.importers.attributing import AttributionArgs, pages
from sq_graph.importers.reviewing import Reviewing

__all__ = ["AttributionArgs", "Edit", "pages"]

ImportRows = list[tuple[str, str, str, str]]
"""The report of an import, by row: the outcome, the file and line, the thing, the reason."""


class Edit(Reviewing):
    """Changes of a workspace: kept together when the `with` block ends, or not at all.

    Methods return the IRI of what they make; a thing is named by slug, label, IRI, reference or
    record. Stating the same thing twice changes nothing; a different statement under a name that is
    taken is refused, unless `replace=True` is given. Raises FindingsError at its end where the
    shapes find a fault, and InputError for a method that is called before the `with` block or after
    it.

    >>> import sq_graph, tempfile
    >>> from pathlib import Path
    >>> from sq_graph.importers.workspace import make_workspace
    >>> folder = make_workspace(Path(tempfile.mkdtemp()) / "review", "https://example.org/review/")
    >>> atlas = sq_graph.open(folder)
    >>> with atlas.edit() as edit:
    ...     work = edit.work(
    ...         "chan-2006", title="Reconsidering", authors=["Chan, Joseph"], year=2006
    ...     )
    ...     definition = edit.definition(
    ...         of="social-cohesion", in_=work, page="290", summary="A state of interactions."
    ...     )
    >>> definition
    'https://example.org/review/id/definition/chan-2006-social-cohesion-p290'
    """
