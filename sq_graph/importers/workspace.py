"""Workspaces: creating one, updating it to a release, and writing new files from skeletons."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from sq_graph.errors import InputError, UnknownName
from sq_graph.graph.layout import WORKSPACE_FILE, Layout, workspace
from sq_graph.graph.transaction import Transaction
from sq_graph.resources import VERSION, file_text, text_beside
from sq_graph.vocab import BASE, KINDS, PH, PREFIXES

_DATA = tomllib.loads(text_beside(__file__, "workspace.toml"))
SKELETON_PATHS: dict[str, str] = _DATA["skeletons"]
"""The kinds of file that `new` can create, with their paths."""
CHANGES: dict[str, str] = _DATA["changes"]
"""The changes for workspaces in each release, in order."""

_BASE = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|^`\\]+[/#]")
_SKELETONS = Path(__file__).parent / "skeletons"


def make_workspace(folder: str | Path, base: str = "", curator: str = "") -> Path:
    """Creates a workspace: a folder for a map of your own. An existing workspace is updated to this
    release, its files untouched.

    Parameters:
        folder: the folder to create.
        base: the IRI with which the IRIs of the map begin.
        curator: your name, shown with your own interpretations.

    Raises InputError if the base is not an IRI ending in / or #, is the base of sq-graph, or
    differs from that of the folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     make_workspace(folder, "https://example.org/review/").joinpath("workspace.toml").is_file()
    True
    >>> make_workspace("review", "example.org")
    Traceback (most recent call last):
    sq_graph.errors.InputError: 'example.org' cannot be the base of your map. ...
    """
    folder = Path(folder)
    is_workspace = (folder / WORKSPACE_FILE).is_file()
    layout = workspace(folder) if is_workspace else Layout(folder, base, VERSION)
    if is_workspace and base and base != layout.base:
        problem = f"{folder} is already a workspace, with the base {layout.base}"
        raise InputError(problem, remedy="Name another folder")
    if not _BASE.fullmatch(layout.base) or layout.base.startswith(BASE):
        example = "https://example.org/my-review/"
        remedy = f"Give as base an address of your own that ends in /, such as {example}"
        problem = f"{layout.base!r} cannot be the base of your map"
        raise InputError(problem if layout.base else "the base is missing", remedy=remedy)
    settings = _settings(folder / WORKSPACE_FILE, layout, " ".join(curator.split()))
    try:
        for name in _DATA["folders"]:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"{folder} cannot be created ({error.strerror})"
        raise InputError(problem, remedy="Check the path and its permissions") from None
    with Transaction(folder) as transaction:
        transaction.write(WORKSPACE_FILE, settings)
        if not (folder / "README.md").exists():
            readme, name = file_text(_SKELETONS / "README.md"), folder.resolve().name
            transaction.write("README.md", readme.format(name=name, base=layout.base))
    return folder


def _settings(path: Path, layout: Layout, curator: str) -> str:
    """The settings of a workspace, with this release and the curator given; other lines stay."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    settings = {"base": layout.base, "release": VERSION, "licence": layout.licence}
    settings |= {"curator": curator} if curator else {}
    for name, value in settings.items():
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        numbers = [n for n, existing in enumerate(lines) if re.match(rf"{name}\s*=", existing)]
        if numbers:
            lines[numbers[0]] = line
        else:
            lines.insert(list(settings).index(name), line)  # before any [table]
    return "\n".join(lines) + "\n"


def notice(layout: Layout) -> str:
    """The changes since the release that made a workspace, in a sentence; '' without changes.

    >>> notice(Layout(Path("review"), "https://example.org/review/", "0.0.9"))
    'The workspace review was created by sq-graph 0.0.9. Since then, 0.1.0: the first release; ...'
    """
    if layout.base == BASE or not layout.release or layout.release == VERSION:
        return ""
    old, name = _version(layout.release), layout.root.name or str(layout.root)
    opening = f"The workspace {name} was created by sq-graph {layout.release}"
    if old > _version(VERSION):
        problem = f"which is newer than this one ({VERSION})"
        return f"{opening}, {problem}: update sq-graph if it cannot read something."
    changes = [f"{release}: {text}" for release, text in CHANGES.items() if _version(release) > old]
    if not changes:
        return ""
    remedy = f"It can be used as it is; run sq-graph init {name} to stop this notice."
    return f"{opening}. Since then, {'; '.join(changes)}. {remedy}"


def write_skeleton(layout: Layout, kind: str, slug: str) -> Path:
    """Writes a new file with the placeholders ‹…›, and returns its path.

    Raises UnknownName for a kind that has no skeleton, InputError for a wrong slug or an existing
    file.
    """
    if kind not in SKELETON_PATHS:
        remedy = f"Choose among {', '.join(SKELETON_PATHS)}"
        raise UnknownName("skeleton", kind, SKELETON_PATHS, remedy)
    if layout.base == BASE:
        remedy = "Run sq-graph init DIR --base IRI, and go to that folder"
        raise InputError("no workspace is open", remedy=remedy)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        remedy = "Use small letters, digits and hyphens, as in chan-2006"
        raise InputError(f"{slug!r} is not a slug", remedy=remedy)
    path = layout.root / SKELETON_PATHS[kind].format(slug=slug)
    if path.exists():
        raise InputError(f"{path} already exists", remedy="Choose another slug, or edit that file")
    with Transaction(layout.root) as transaction:
        transaction.write(path, _skeleton(layout, f"{kind}{path.suffix}", slug))
        if kind == "position":
            module = f"ontology/positions/{slug}.ttl"
            transaction.write(module, _skeleton(layout, "module.ttl", slug))
            for file, text in _identities(layout, slug).items():
                transaction.write(file, text)
    return path


def _identities(layout: Layout, slug: str) -> dict[Path, bytes]:
    """The file that identifies the contested terms of a new position with the background."""
    from sq_graph.importers.graph_builder import GraphBuilder
    from sq_graph.importers.positions import identify

    statements = GraphBuilder(layout)
    for term in _DATA["contested"]:
        iri = f"<{layout.base}positions/{slug}#{term}>"
        identify(statements, layout.ontology / "same-meaning.ttl", f"<{PH}{term}>", iri)
    return {file: new.text for file, new in statements.texts().items() if new.text}


def _skeleton(layout: Layout, name: str, slug: str) -> str:
    text = file_text(_SKELETONS / name)
    for part in ("attribution", "passage"):
        text = text.replace(f"«{part.upper()}»", file_text(_SKELETONS / f"{part}.part"))
    own_prefixes = {f"my-{kind}": f"{layout.base}id/{kind}/" for kind in KINDS}
    keyword, end = ("@prefix", " .") if name.endswith(".ttl") else ("PREFIX", "")
    namespaces = sorted((PREFIXES | own_prefixes).items())
    used = [pair for pair in namespaces if re.search(rf"(?<![\w-]){pair[0]}:", text)]
    prefixes = "\n".join(f"{keyword} {prefix}: <{namespace}>{end}" for prefix, namespace in used)
    values = {"PREFIXES": prefixes, "BASE": layout.base, "SLUG": slug, "LICENCE": layout.licence}
    for key, value in values.items():
        text = text.replace(f"«{key}»", value)
    return text


def _version(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", release)[:3])
