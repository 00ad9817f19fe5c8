"""Turtle: read strictly, written in one canonical form.

One RDF graph has one text, whatever the order of its triples and the names of its blank nodes;
literals keep the form in which their file has them (`01`, `1.50`, `en-US`); what OWL leaves to the
writer is settled one way (`axioms.py`). Comments are not kept, as in Protégé: a note worth keeping
is an annotation.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path

from sq_graph.errors import BrokenFile
from sq_graph.resources import file_bytes, write_durably
from sq_graph.turtle.difference import compared
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
    """What a Turtle file says; raises BrokenFile if it cannot be read."""
    return parse(file_bytes(path), str(path))


def format_files(
    paths: Iterable[Path],
    check: bool = False,
    form: str = "turtle",
    among: Iterable[Path] = (),
    converted: Callable[[bytes, str], bytes] = lambda content, where: content,
) -> list[Path]:
    """Put Turtle files, and those in folders, into canonical form.

    Parameters:
        paths: the files and folders.
        check: write nothing.
        form: the syntax that the files are in: `turtle`, `rdfxml`, `jsonld`, `ntriples`, `nquads`
            or `trig`.
        among: the files of the map. A declaration that an editor added for a thing described in one
            of these is dropped.
        converted: a function of content and path that gives the content in `form`, where it is in
            another syntax.

    Returns:
        The files that were not in canonical form.

    Raises:
        BrokenFile: a file cannot be read; nothing is written then.
        InputError: another `form`.
    """
    before = {path: file_bytes(path) for path in _files(paths)}
    contents = {path: converted(content, str(path)) for path, content in before.items()}
    documents = {path: parse(content, str(path), form) for path, content in contents.items()}
    described, labelled = _described(among, documents)
    after = dict[Path, bytes]()
    for path, document in documents.items():
        kept = _without_foreign(document.triples, described, labelled)
        after[path] = serialise(kept, document.prefixes).encode()
    changed = [path for path in before if after[path] != before[path]]
    for path in [] if check else changed:
        replace_file(path, after[path])
    return changed


def diff(before: Path, after: Path) -> str:
    """How `after` differs from `before`, in words, or '' for no difference; each is a Turtle file
    or a folder of them.

    Order, names of blank nodes and equivalent ways of writing OWL axioms make no difference.
    Raises BrokenFile for a file that cannot be read.
    """
    return compared(_gathered(before), _gathered(after))


def replace_file(path: Path, content: str | bytes) -> None:
    """Writes a file whole or not at all, and keeps its permissions; raises BrokenFile if it cannot
    be written.
    """
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.draft")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_durably(draft, content.encode() if isinstance(content, str) else content)
        if target.exists():
            draft.chmod(target.stat().st_mode)
        draft.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        what = f"the file cannot be written ({error.strerror or error})"
        raise BrokenFile(what, str(path), remedy="Check the folder") from None


def _described(
    among: Iterable[Path], documents: Mapping[Path, Document]
) -> tuple[dict[str, set[str]], set[str]]:
    """The things of which some file of a map gives a type and more, with their types; those with a
    label.
    """
    files = {path.resolve(): document for path, document in documents.items()}
    found: dict[str, set[str]] = {}
    labelled: set[str] = set()
    for path in among:
        triples = (files.get(path.resolve()) or read_file(path)).triples
        types: dict[str, set[str]] = {}
        for s, p, o in triples:
            if p == TYPE:
                types.setdefault(s, {INDIVIDUAL}).add(o)
        for s in {s for s, p, _ in triples if p != TYPE} & types.keys():
            found.setdefault(s, set()).update(types[s])
        labelled |= {s for s, p, _ in triples if p == LABEL and s in types}
    return found, labelled


def _without_foreign(
    triples: Iterable[TextTriple], described: Mapping[str, set[str]], labelled: set[str]
) -> set[TextTriple]:
    """The triples without bare declarations of OWL's own terms, or of what another file
    describes.
    """
    kept = set(triples)
    named_here = {s for s, p, _ in kept if p == LABEL}
    more = {s for s, p, o in kept if p != TYPE or o not in DECLARATIONS}
    own = named_here | (more - labelled)
    foreign = {one for one in kept if one[0].startswith(BUILT_IN)}
    foreign |= {one for one in kept if one[2] in described.get(one[0], ())}
    return {one for one in kept if one[0] in own or one not in foreign}


def _files(paths: Iterable[Path]) -> list[Path]:
    found = (path.rglob("*.ttl") if path.is_dir() else [path] for path in paths)
    return sorted(set(chain.from_iterable(found)))


def _gathered(path: Path) -> set[TextTriple]:
    """The triples of all files, in normal form, each file with blank nodes of its own."""
    found: set[TextTriple] = set()
    for number, file in enumerate(_files([path])):
        for s, p, o in normal_form(read_file(file).triples):
            subject, value = (f"_:f{number}{end[2:]}" if is_blank(end) else end for end in (s, o))
            found.add((subject, p, value))
    return found
