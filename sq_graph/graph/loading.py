"""Loading files into a store on disk, which holds every statement once; unchanged files are
skipped.
"""

from __future__ import annotations

import hashlib
import json
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import pyoxigraph as ox

from sq_graph.errors import BrokenFile, EngineError
from sq_graph.graph import digest
from sq_graph.graph.engine import TRIPLES, file_faults, open_store
from sq_graph.graph.terms import Progress
from sq_graph.rdf_syntax import head_of, rdf_syntax
from sq_graph.resources import write_durably

_T = TypeVar("_T")
RECORD_FILE = "sq-graph-files.json"
"""The file in a store's folder that records what was loaded into it."""
_WITH_GRAPHS = ("nquads", "trig", "jsonld")
"""The syntaxes whose files may name graphs."""
_MAX_BATCH = 8_000_000
"""Bytes up to which files are loaded together, and read in full before anything changes."""


@dataclass
class LoadRecord:
    """The record of what was loaded into a store.

    `files` holds the SHA-256 of each file by the IRI of its graph. The default view of a store is
    the union of its graphs (`is_union`), or the statements of its default graph. `under_way` lists
    the graphs that are being loaded.
    """

    files: dict[str, str] = field(default_factory=dict)
    is_union: bool = False
    under_way: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> LoadRecord:
        """The record of a store; an empty one where nothing was loaded."""
        path = folder / RECORD_FILE
        return cls(**json.loads(path.read_bytes())) if path.exists() else cls()

    def write(self, folder: Path, under_way: Iterable[str] = ()) -> None:
        """Writes the record durably, whole or not at all."""
        self.under_way = list(under_way)
        draft = folder / f"{RECORD_FILE}.part"
        write_durably(draft, json.dumps(asdict(self), indent=1).encode())
        draft.replace(folder / RECORD_FILE)


@dataclass(frozen=True)
class _File:
    """A file to load as a named graph, in which the graphs that it names itself are merged."""

    path: Path
    iri: str
    syntax: str

    @cached_property
    def has_bom(self) -> bool:
        """Whether it begins with a byte order mark, which the engine does not read."""
        return head_of(self.path).startswith(BOM_UTF8)

    @property
    def graph(self) -> ox.NamedNode:
        return ox.NamedNode(self.iri)

    @cached_property
    def size(self) -> int:
        return self.path.stat().st_size

    @cached_property
    def digest(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def parse(self) -> Iterator[ox.Quad]:
        """Its statements in the graphs that it names itself."""
        form = TRIPLES[self.syntax]
        if self.has_bom:
            content = self.path.read_bytes().removeprefix(BOM_UTF8)
            return ox.parse(content, form, base_iri=self.iri, rename_blank_nodes=True)
        return ox.parse(path=self.path, format=form, base_iri=self.iri, rename_blank_nodes=True)

    def quads(self) -> Iterator[ox.Quad]:
        """Its statements in its graph; raises BrokenFile."""
        with file_faults(str(self.path), self.syntax):
            for quad in self.parse():
                yield ox.Quad(quad.subject, quad.predicate, quad.object, self.graph)

    def bulk_load(self, store: ox.Store) -> None:
        """Loads it with the engine's bulk loader; raises BrokenFile."""
        if self.syntax in _WITH_GRAPHS or self.has_bom:
            store.bulk_extend(self.quads())
            return
        with file_faults(str(self.path), self.syntax):
            form, path = TRIPLES[self.syntax], str(self.path)
            store.bulk_load(path=path, format=form, base_iri=self.iri, to_graph=self.graph)


def default_is_union(folder: Path) -> bool:
    """Whether the default view of a store is the union of its graphs.

    Raises EngineError where loading was interrupted.
    """
    record = LoadRecord.of(folder)
    if record.under_way:
        message = f"loading the store was interrupted at <{record.under_way[0]}>"
        raise EngineError(message, str(folder), remedy="Run the same sq-graph load again")
    return record.is_union


def load_store(
    folder: Path, files: Iterable[tuple[Path, str]], progress: Progress = lambda: None
) -> int:
    """Loads RDF files into the store in a folder, each as a named graph that replaces its former
    content.

    The default view of a new store is the union of its graphs. Where files share statements, all
    are stored a second time as the default graph, since an engine would count shared ones twice in
    a union. The remains of an interrupted run are removed.

    Parameters:
        folder: the folder of the store; made if it does not exist.
        files: each file with the IRI of its graph. One that was loaded before and has not changed
            is skipped.
        progress: called after each file.

    Returns:
        How many statements the default view has.

    Raises BrokenFile for a file that cannot be read or parsed, with its line; its graph is then as
    it was.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.nt").write_text("<https://example.org/a> <https://example.org/b> <e:c> .")
    >>> load_store(folder / "store", [(folder / "a.nt", "https://example.org/file")])
    1
    """
    from concurrent.futures import ThreadPoolExecutor

    all_files = [_File(path, iri, rdf_syntax(path, head_of(path))) for path, iri in files]
    record = LoadRecord.of(folder)
    if record.under_way and not record.files:
        import shutil

        shutil.rmtree(folder)  # the interrupted run made all of it
        record = LoadRecord()
    content = digest.read_content(folder) if folder.is_dir() else None
    store = open_store(folder)
    is_new = not record.files and next(iter(store), None) is None
    record.is_union = record.is_union or is_new
    changed = [file for file in all_files if record.files.get(file.iri) != file.digest]
    for _ in range(len(all_files) - len(changed)):
        progress()
    # The engine loads outside Python, so hashing a large file meanwhile costs no extra time.
    with ThreadPoolExecutor(1) as pool:
        is_only_file = is_new and record.is_union and len(changed) == 1
        hashing = pool.submit(_content_of_file, changed[0]) if is_only_file else None
        # small files together, since each load has a fixed cost
        for batch in batches(changed, attrgetter("size"), _MAX_BATCH):
            _replace(store, folder, record, batch)
            for _ in batch:
                progress()
    loaded = [ox.NamedNode(file.iri) for file in changed]
    if loaded:
        _complete_default(store, record, loaded)
        record.write(folder)
    store.flush()
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    results: Any = store.query(query, use_default_graph_as_union=record.is_union)
    number = int(next(results)["n"].value)
    if loaded or content is None:
        content, number_in_file = hashing.result() if hashing else (None, 0)
        if content is None or number_in_file != number:  # a file may repeat a statement
            content = digest.content_of_store(store, is_distinct=is_new and record.is_union)
    del results, store  # closed, so that the engine no longer changes its files
    digest.write_content(folder, content)
    return number


def _content_of_file(file: _File) -> tuple[digest.ContentHash, int]:
    """The hashes of the statements in a file, and their number, read from the file because reading
    the store takes longer.
    """
    quads, has_graphs = file.parse(), file.syntax in _WITH_GRAPHS
    return digest.content_of_stream((q.triple for q in quads) if has_graphs else quads)


def batches(items: Iterable[_T], size: Callable[[_T], int], limit: int) -> Iterator[list[_T]]:
    """Some items in groups, in their order; a group is larger than `limit` only if it has one.

    >>> list(batches(["a", "bc", "d", "efgh"], len, 3))
    [['a', 'bc'], ['d'], ['efgh']]
    """
    batch, total = list[_T](), 0
    for item in items:
        if batch and total + size(item) > limit:
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += size(item)
    if batch:
        yield batch


def _replace(store: ox.Store, folder: Path, record: LoadRecord, batch: list[_File]) -> None:
    """Replaces the graphs of some files by their content; if a file is broken, nothing changes."""
    existing = {file for file in batch if store.contains_named_graph(file.graph)}
    is_small = sum(file.size for file in batch) <= _MAX_BATCH
    quads = [quad for file in batch for quad in file.quads()] if is_small else []
    if not is_small and existing:
        for file in batch:
            deque(file.quads(), maxlen=0)
    for file in batch:
        record.files.pop(file.iri, None)
    record.write(folder, [file.iri for file in batch])
    for file in existing:
        if not record.is_union:
            _remove_from_default(store, file.graph)
        store.remove_graph(file.graph)
    try:
        store.bulk_extend(quads)
        for file in () if is_small else batch:
            file.bulk_load(store)
    except BrokenFile:
        for file in batch:
            store.remove_graph(file.graph)
        record.write(folder)
        raise
    record.files |= {file.iri: file.digest for file in batch}
    record.write(folder)


def _complete_default(store: ox.Store, record: LoadRecord, loaded: list[Any]) -> None:
    """Fills the default graph where the default view cannot be the union: files share statements,
    or the store had a default graph of its own.
    """
    if record.is_union and any(_shares_statements(store, graph) for graph in loaded):
        record.is_union, loaded = False, list(store.named_graphs())
    if not record.is_union:
        for graph in loaded:
            quads = store.quads_for_pattern(None, None, None, graph)
            store.bulk_extend(ox.Quad(*quad.triple) for quad in quads)


def _shares_statements(store: ox.Store, graph: ox.NamedNode) -> bool:
    """Whether another graph has a statement of this one."""
    if len(list(store.named_graphs())) == 1:
        return False
    pattern = f"GRAPH {graph} {{ ?s ?p ?o }} GRAPH ?other {{ ?s ?p ?o }} FILTER (?other != {graph})"
    return bool(store.query(f"ASK {{ {pattern} }}"))


def _remove_from_default(store: ox.Store, graph: ox.NamedNode) -> None:
    """Removes from the default graph the statements that only this named graph has."""
    for quad in list(store.quads_for_pattern(None, None, None, graph)):
        copies = store.quads_for_pattern(quad.subject, quad.predicate, quad.object)
        if sum(copy.graph_name != ox.DefaultGraph() for copy in copies) == 1:
            store.remove(ox.Quad(*quad.triple))
