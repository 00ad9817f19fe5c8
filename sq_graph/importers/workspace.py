"""A user's own map: made, opened after a new release, and given new files with their skeleton."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sq_graph.errors import InputError, UnknownName
from sq_graph.graph.layout import WORKSPACE_FILE, Layout, workspace
from sq_graph.graph.transaction import Transaction
from sq_graph.resources import VERSION
from sq_graph.vocab import BASE, KINDS, PH, PREFIXES

KINDS_OF_SKELETON = {
    "work": "ontology/data/works/{slug}.ttl",
    "typology": "ontology/data/typologies/{slug}.ttl",
    "position": "ontology/data/positions/{slug}.ttl",
    "question": "queries/own/{slug}.rq",
    "rule": "queries/quality/{slug}.rq",
    "aspect": "ontology/data/aspects/{slug}.ttl",
    "shape": "shapes/{slug}.ttl",
    **{
        kind: f"ontology/data/{kind.removeprefix('open-')}s/{{slug}}.ttl"
        for kind in (
            "agent",
            "concept",
            "definition",
            "claim",
            "alignment",
            "disagreement",
            "example",
            "model",
            "open-question",
        )
    },
}
"""What `new` can lay, and where."""

_CONTESTED = ("SocialCohesion", "SocialExclusion", "SocialInclusion")
"""The words of which a new position has its own, identified with those of the background."""

CHANGES = {
    "0.1.0": "the first release",
    "0.2.0": "check reads more strictly and names files that 0.1 wrote into the wrong folder; "
    "export nanopub and export review are gone",
}
"""Each release with what it changed for a workspace, in order."""

_README = """# {name}

A map of one's own literature, read over the one that ships with sq-graph. Things of this folder
are named under <{base}>.

- `ontology/data/works/`: one file a work, with its record and what was read in it
- `ontology/data/aspects/`: aspects of comparison of one's own
- `ontology/positions/`: position modules
- `queries/`, `shapes/`: questions and rules of one's own
- `workspace.toml`: base, release, licence, and the curator whose interpretations this map records

In this folder every command of sq-graph reads this map: try `sq-graph import library.bib`,
`sq-graph template definitions.xlsx`, `sq-graph check`.
"""


def make_workspace(folder: str | Path, base: str = "", curator: str = "") -> Path:
    """A folder for a map of one's own; a workspace that is there is brought to this release, its
    files untouched.

    Parameters:
        folder: where it is made. base: the IRI under which its things are named.
        curator: whose the interpretations of the map are, by name.

    Raises InputError for a base that is no IRI ending in / or #, is ours, or is not the one the
    folder has.
    """
    folder = Path(folder)
    there = (folder / WORKSPACE_FILE).is_file()
    old = workspace(folder) if there else Layout(folder, base, VERSION)
    if there and base and base != old.base:
        raise InputError(
            f"{folder} is a workspace already, with the base {old.base}",
            remedy="Name another folder",
        )
    if not re.fullmatch(
        r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|^`\\]+[/#]", old.base
    ) or old.base.startswith(BASE):
        raise InputError(
            f"{old.base!r} cannot be the base of your map",
            remedy="Give an address of your own that ends in /, such as "
            "https://example.org/my-review/",
        )
    settings = _settings(folder / WORKSPACE_FILE, old, " ".join(curator.split()))
    try:
        for place in (
            "ontology/data/works",
            "ontology/data/aspects",
            "ontology/positions",
            "queries",
            "shapes",
        ):
            (folder / place).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"{folder} cannot be made ({error.strerror})"
        raise InputError(what, remedy="Check the place and its rights") from None
    with Transaction(folder) as change:
        change.write(WORKSPACE_FILE, settings)
        if not (folder / "README.md").exists():
            change.write("README.md", _README.format(name=folder.resolve().name, base=old.base))
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
    since = [f"{release}: {what}" for release, what in CHANGES.items() if _number(release) > made]
    if made > _number(VERSION):
        return (
            f"The workspace {name} was made by sq-graph {layout.release}, which is newer than "
            "this one "
            f"({VERSION}): update if something in it is not understood."
        )
    if not since:
        return ""
    return (
        f"The workspace {name} was made by sq-graph {layout.release}. Since then, "
        f"{'; '.join(since)}. It opens as "
        f"it is; sq-graph init {name} notes that you have seen this."
    )


def lay_skeleton(layout: Layout, kind: str, slug: str) -> Path:
    """Writes a new file with its gaps marked as ‹…›, and returns its path.

    Raises UnknownName for a kind that has no skeleton, InputError for a bad slug or a file that is
    there.
    """
    if kind not in KINDS_OF_SKELETON:
        raise UnknownName(
            "skeleton",
            kind,
            KINDS_OF_SKELETON,
            remedy=f"Choose among {', '.join(KINDS_OF_SKELETON)}",
        )
    if layout.base == BASE:
        raise InputError(
            "no workspace is open", remedy="Run sq-graph init DIR --base IRI, and go to that folder"
        )
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise InputError(
            f"{slug!r} is no slug", remedy="Use small letters, digits and hyphens, as in chan-2006"
        )
    path = layout.root / KINDS_OF_SKELETON[kind].format(slug=slug)
    if path.exists():
        raise InputError(
            f"{path} is there already", remedy="Choose another slug, or edit that file"
        )
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
    folder = Path(__file__).parent / "skeletons"
    text = (folder / name).read_text(encoding="utf-8")
    for part in ("attribution", "passage"):
        text = text.replace(f"«{part.upper()}»", (folder / f"{part}.part").read_text("utf-8"))
    own = {f"my-{kind}": f"{layout.base}id/{kind}/" for kind in KINDS}
    used = {
        prefix: ns
        for prefix, ns in (PREFIXES | own).items()
        if re.search(rf"(?<![\w-]){prefix}:", text)
    }
    sign, end = ("@prefix", " .") if name.endswith(".ttl") else ("PREFIX", "")
    prefixes = "\n".join(
        f"{sign} {prefix}: <{namespace}>{end}" for prefix, namespace in sorted(used.items())
    )
    for key, value in (
        ("PREFIXES", prefixes),
        ("BASE", layout.base),
        ("SLUG", slug),
        ("LICENCE", layout.licence),
    ):
        text = text.replace(f"«{key}»", value)
    return text


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", release)[:3])
