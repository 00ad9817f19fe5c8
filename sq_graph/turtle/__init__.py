"""Turtle: read strictly, written in one canonical form.

One RDF graph has one text, whatever the order of its triples and the names of its blank nodes.
Literals keep their form in the file (`01`, `1.50`, `en-US`), and equivalent forms of an OWL axiom
are normalised (`owl_normalise.py`). As in Protégé, comments are not kept: a note worth keeping is
an annotation.
"""

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from pathlib import Path

from sq_graph.errors import BrokenFile
from sq_graph.resources import file_bytes, write_durably
from sq_graph.turtle.difference import describe_difference
from sq_graph.turtle.owl_normalise import normal_form
from sq_graph.turtle.reading import Document, parse
from sq_graph.turtle.rewriting import Blocks
from sq_graph.turtle.terms import LABEL, TYPE, TextTriple, iri_terms, is_blank
from sq_graph.turtle.writing import serialise
from sq_graph.vocab import OWL, RDF, RDFS, XSD

__all__ = ["Blocks", "Document", "TextTriple", "diff", "format_files", "format_text", "normal_form"]
__all__ += ["parse", "read_file", "replace_file", "serialise"]

DECLARATIONS = iri_terms(
    "owl:NamedIndividual owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty"
    " rdfs:Datatype"
)
INDIVIDUAL = DECLARATIONS[0]
BUILT_IN = tuple(f"<{namespace}" for namespace in (OWL, RDF, RDFS, XSD))


def format_text(text: str | bytes, where: str = "") -> str:
    """The canonical form of a Turtle text; raises BrokenFile with file and line.

    >>> text = "PREFIX s: <https://w3id.org/sq-graph/core#> s:b a s:C . s:a a s:C ."
    >>> print(format_text(text), end="")
    @prefix sq: <https://w3id.org/sq-graph/core#> .
    <BLANKLINE>
    sq:a a sq:C .
    <BLANKLINE>
    sq:b a sq:C .
    """
    document = parse(text, where)
    return serialise(document.triples, document.prefixes)


def read_file(path: Path) -> Document:
    """The content of a Turtle file; raises BrokenFile if it cannot be read."""
    return parse(file_bytes(path), str(path))


def format_files(
    paths: Iterable[Path],
    check: bool = False,
    form: str = "turtle",
    among: Iterable[Path] = (),
    convert: Callable[[bytes, str], bytes] = lambda content, where: content,
) -> list[Path]:
    """Puts Turtle files, and those in folders, into canonical form.

    Parameters:
        paths: the files and folders.
        check: write nothing.
        form: the syntax that the files are in: `turtle`, `rdfxml`, `jsonld`, `ntriples`, `nquads`
            or `trig`.
        among: the files of the map. A declaration that an editor added for a thing described in one
            of these is dropped.
        convert: converts the content of a file at a path to `form`, where it is in another syntax.

    Returns:
        The files that were not in canonical form.

    Raises:
        BrokenFile: a file cannot be read; nothing is written then.
        InputError: another `form`.
    """
    old = {path: file_bytes(path) for path in _turtle_files(paths)}
    contents = {path: convert(content, str(path)) for path, content in old.items()}
    documents = {path: parse(content, str(path), form) for path, content in contents.items()}
    types, labelled = _described_things(among, documents)
    new = dict[Path, bytes]()
    for path, document in documents.items():
        triples = _without_foreign(document.triples, types, labelled)
        new[path] = serialise(triples, document.prefixes).encode()
    changed = [path for path in old if new[path] != old[path]]
    for path in [] if check else changed:
        replace_file(path, new[path])
    return changed


def diff(before: str | Path, after: str | Path) -> str:
    """How `after` differs from `before`, in words, or '' for no difference; each is a Turtle file
    or a folder of them.

    Order, names of blank nodes and equivalent ways of writing OWL axioms make no difference.
    Raises BrokenFile for a file that cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     old, new = Path(folder, "old.ttl"), Path(folder, "new.ttl")
    ...     _ = old.write_text('<https://e.org/a> <https://e.org/name> "A" .')
    ...     _ = new.write_text('<https://e.org/a> <https://e.org/name> "B" .')
    ...     print(diff(old, str(new)))
    Axioms: 0 added, 0 removed; other statements: 1 added, 1 removed.
    <BLANKLINE>
    changed: <https://e.org/a>
      - <https://e.org/name>: "A"
      + <https://e.org/name>: "B"
    """
    return describe_difference(_normal_triples(Path(before)), _normal_triples(Path(after)))


def replace_file(path: Path, content: str | bytes) -> None:
    """Writes a file completely or not at all, and keeps its permissions; raises BrokenFile if it
    cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.draft")
    try:
        if path.exists() and not path.is_file():  # a device or a pipe, such as /dev/stdout
            path.write_bytes(data)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        write_durably(draft, data)
        if target.exists():
            draft.chmod(target.stat().st_mode)
        draft.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        message = f"the file cannot be written ({error.strerror or error})"
        raise BrokenFile(message, str(path), remedy="Check the folder") from None


def _described_things(
    among: Iterable[Path], documents: Mapping[Path, Document]
) -> tuple[dict[str, set[str]], set[str]]:
    """The types of the things that some file of a map types and describes; the labelled things."""
    files = {path.resolve(): document for path, document in documents.items()}
    types: dict[str, set[str]] = {}
    labelled: set[str] = set()
    for path in among:
        triples = (files.get(path.resolve()) or read_file(path)).triples
        types_in_file: dict[str, set[str]] = {}
        for s, p, o in triples:
            if p == TYPE:
                types_in_file.setdefault(s, {INDIVIDUAL}).add(o)
        for s in {s for s, p, _ in triples if p != TYPE} & types_in_file.keys():
            types.setdefault(s, set()).update(types_in_file[s])
        labelled |= {s for s, p, _ in triples if p == LABEL and s in types_in_file}
    return types, labelled


def _without_foreign(
    triples: Collection[TextTriple], types: Mapping[str, set[str]], labelled: set[str]
) -> set[TextTriple]:
    """The triples without bare declarations of OWL's own terms, or of things that another file
    describes.
    """
    labelled_here = {s for s, p, _ in triples if p == LABEL}
    described_here = {s for s, p, o in triples if p != TYPE or o not in DECLARATIONS}
    local = labelled_here | (described_here - labelled)
    return {
        (s, p, o)
        for s, p, o in triples
        if s in local or not (s.startswith(BUILT_IN) or o in types.get(s, ()))
    }


def _turtle_files(paths: Iterable[Path]) -> list[Path]:
    files = (path.rglob("*.ttl") if path.is_dir() else [path] for path in paths)
    return sorted(set(chain.from_iterable(files)))


def _normal_triples(path: Path) -> set[TextTriple]:
    """The triples of all files in normal form, the blank nodes of each file kept apart."""
    triples: set[TextTriple] = set()
    for number, file in enumerate(_turtle_files([path])):
        for triple in normal_form(read_file(file).triples):
            s, p, o = (f"_:f{number}{term[2:]}" if is_blank(term) else term for term in triple)
            triples.add((s, p, o))
    return triples
