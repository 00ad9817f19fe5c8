"""Which graphs are in the default view of a map."""

_FOLDERS = ("alignments", "positions")
_FILE = "same-meaning"


def in_default_view(path: str) -> bool:
    """Whether the default view holds a graph, by its path below the base of its map.

    Positions, alignments with other vocabularies, and identities of authors' terms enter only where
    a query or the reasoner asks for them.

    >>> in_default_view("data/works/room-1999"), in_default_view("positions/phillips-2008")
    (True, False)
    """
    folder, slash, _ = path.partition("/")
    return path != _FILE and not (slash and folder in _FOLDERS)
