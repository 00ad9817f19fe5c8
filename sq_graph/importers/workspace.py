"""A user's own map: made, opened after a new release, and given new files with their skeleton."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sq_graph.errors import InputError, UnknownName
from sq_graph.graph.layout import WORKSPACE_FILE, Layout, workspace
from sq_graph.graph.transaction import Transaction
from sq_graph.resources import VERSION, file_text
from sq_graph.vocab import BASE, KINDS, PH, PREFIXES

_KINDS = (
    "work typology position question rule aspect shape agent concept definition claim alignment"
    " disagreement example model open-question"
)
_PLACES = {"typology": "ontology/data/typologies/{slug}.ttl", "shape": "shapes/{slug}.ttl"}
_PLACES |= {"question": "queries/own/{slug}.rq", "rule": "queries/quality/{slug}.rq"}
KINDS_OF_SKELETON = {
    kind: _PLACES.get(kind, f"ontology/data/{kind.removeprefix('open-')}s/{{slug}}.ttl")
    for kind in _KINDS.split()
}
"""What `new` can lay, and where."""

_CONTESTED = ("SocialCohesion", "SocialExclusion", "SocialInclusion")
"""The words of which a new position has its own, identified with those of the background."""

CHANGES = {
    "0.1.0": "the first release",
    "0.2.0": "check reads more strictly and names files that 0.1 wrote into the wrong folder; "
    "export nanopub is gone, and export review writes no R script",
}
"""Each release with what it changed for a workspace, in order."""

_BASE = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|^`\\]+[/#]")
_FOLDERS = "ontology/data/works ontology/data/aspects ontology/positions queries shapes"
_SKELETONS = Path(__file__).parent / "skeletons"


def make_workspace(folder: str | Path, base: str = "", curator: str = "") -> Path:
    """Creates a workspace: a folder for a map of your own. An existing workspace is updated to this
    release, its files untouched.

    Parameters:
        folder: the folder to create. base: the IRI with which the IRIs of the map begin.
        curator: your name, shown with your own interpretations.

    Raises InputError if the base is not an IRI ending in / or #, is the base of sq-graph, or
    differs from that of the folder.
    """
    folder = Path(folder)
    there = (folder / WORKSPACE_FILE).is_file()
    old = workspace(folder) if there else Layout(folder, base, VERSION)
    if there and base and base != old.base:
        what = f"{folder} is a workspace already, with the base {old.base}"
        raise InputError(what, remedy="Name another folder")
    if not _BASE.fullmatch(old.base) or old.base.startswith(BASE):
        example = "https://example.org/my-review/"
        remedy = f"Give as base an address of your own that ends in /, such as {example}"
        what = f"{old.base!r} cannot be" if old.base else "an empty text cannot be"
        raise InputError(f"{what} the base of your map", remedy=remedy)
    settings = _settings(folder / WORKSPACE_FILE, old, " ".join(curator.split()))
    try:
        for place in _FOLDERS.split():
            (folder / place).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"{folder} cannot be made ({error.strerror})"
        raise InputError(what, remedy="Check the place and its rights") from None
    with Transaction(folder) as change:
        change.write(WORKSPACE_FILE, settings)
        if not (folder / "README.md").exists():
            readme = file_text(_SKELETONS / "README.md")
            change.write("README.md", readme.format(name=folder.resolve().name, base=old.base))
    return folder


def _settings(path: Path, layout: Layout, curator: str) -> str:
    """The settings of a workspace, with this release and the curator given; other lines stay."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    new = {"base": layout.base, "release": VERSION, "licence": layout.licence}
    new |= {"curator": curator} if curator else {}
    for name, value in new.items():
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        places = [n for n, old in enumerate(lines) if re.match(rf"{name}\s*=", old)]
        if places:
            lines[places[0]] = line
        else:
            lines.insert(list(new).index(name), line)  # before any [table]
    return "\n".join(lines) + "\n"


def notice(layout: Layout) -> str:
    """What changed since the release that made a workspace, in a sentence; '' if nothing did.

    >>> notice(Layout(Path("review"), "https://example.org/review/", "0.0.9"))
    'The workspace review was made by sq-graph 0.0.9. Since then, 0.1.0: the first release; ...'
    """
    if layout.base == BASE or not layout.release or layout.release == VERSION:
        return ""
    made, name = _number(layout.release), layout.root.name or str(layout.root)
    by = f"The workspace {name} was made by sq-graph {layout.release}"
    if made > _number(VERSION):
        newer = f"which is newer than this one ({VERSION})"
        return f"{by}, {newer}: update if something in it is not understood."
    since = [f"{release}: {what}" for release, what in CHANGES.items() if _number(release) > made]
    if not since:
        return ""
    noted = f"It opens as it is; sq-graph init {name} notes that you have seen this."
    return f"{by}. Since then, {'; '.join(since)}. {noted}"


def lay_skeleton(layout: Layout, kind: str, slug: str) -> Path:
    """Writes a new file with its gaps marked as ‹…›, and returns its path.

    Raises UnknownName for a kind that has no skeleton, InputError for a bad slug or a file that is
    there.
    """
    if kind not in KINDS_OF_SKELETON:
        remedy = f"Choose among {', '.join(KINDS_OF_SKELETON)}"
        raise UnknownName("skeleton", kind, KINDS_OF_SKELETON, remedy)
    if layout.base == BASE:
        remedy = "Run sq-graph init DIR --base IRI, and go to that folder"
        raise InputError("no workspace is open", remedy=remedy)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        remedy = "Use small letters, digits and hyphens, as in chan-2006"
        raise InputError(f"{slug!r} is not a slug", remedy=remedy)
    path = layout.root / KINDS_OF_SKELETON[kind].format(slug=slug)
    if path.exists():
        remedy = "Choose another slug, or edit that file"
        raise InputError(f"{path} is there already", remedy=remedy)
    with Transaction(layout.root) as change:
        change.write(path, _filled(layout, f"{kind}{path.suffix}", slug))
        if kind == "position":
            change.write(f"ontology/positions/{slug}.ttl", _filled(layout, "module.ttl", slug))
            for file, text in _identities(layout, slug).items():
                change.write(file, text)
    return path


def _identities(layout: Layout, slug: str) -> dict[Path, bytes]:
    """The file that identifies the contested words of a new position with those of the
    background.
    """
    from sq_graph.importers.graph_builder import GraphBuilder
    from sq_graph.importers.positions import identify

    statements = GraphBuilder(layout)
    for word in _CONTESTED:
        own = f"<{layout.base}positions/{slug}#{word}>"
        identify(statements, layout.ontology / "same-meaning.ttl", f"<{PH}{word}>", own)
    return {file: new.text for file, new in statements.texts().items() if new.text}


def _filled(layout: Layout, name: str, slug: str) -> str:
    text = file_text(_SKELETONS / name)
    for part in ("attribution", "passage"):
        text = text.replace(f"«{part.upper()}»", file_text(_SKELETONS / f"{part}.part"))
    own = {f"my-{kind}": f"{layout.base}id/{kind}/" for kind in KINDS}
    sign, end = ("@prefix", " .") if name.endswith(".ttl") else ("PREFIX", "")
    known = sorted((PREFIXES | own).items())
    used = [pair for pair in known if re.search(rf"(?<![\w-]){pair[0]}:", text)]
    prefixes = "\n".join(f"{sign} {prefix}: <{namespace}>{end}" for prefix, namespace in used)
    given = {"PREFIXES": prefixes, "BASE": layout.base, "SLUG": slug, "LICENCE": layout.licence}
    for key, value in given.items():
        text = text.replace(f"«{key}»", value)
    return text


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", release)[:3])
