"""Many copies of the packaged map, for measuring at size; the file is always the same."""

from __future__ import annotations

import re
from pathlib import Path

import sq_graph
from sq_graph.vocab import ID

_THING = re.compile(rf"<{re.escape(ID)}([a-z]+)/([^<>]+)>")


def write_copies(path: Path, copies: int) -> int:
    """Writes N-Triples of the default view and `copies` - 1 renamed copies of its data.

    Parameters:
        path: the file to write.
        copies: how often the data is in it; 21 gives about a million triples.

    Returns:
        The number of lines, which are all different.
    """
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    lines = sorted(sq_graph.open().graph.results(query, "ntriples").decode().splitlines())
    data = [line for line in lines if line.startswith(f"<{ID}") and line != _renamed(line, 0)]
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        for number in range(1, copies):
            file.writelines(f"{_renamed(line, number)}\n" for line in data)
    return len(lines) + (copies - 1) * len(data)


def _renamed(line: str, number: int) -> str:
    """A line with every thing but shared schemes and values renamed."""

    def rename(match: re.Match[str]) -> str:
        kind, slug = match.groups()
        is_shared = kind in ("scheme", "aspect", "value")
        return match[0] if is_shared else f"<{ID}{kind}/{slug}-{number}>"

    return _THING.sub(rename, line)
