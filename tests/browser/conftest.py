"""A server in a process of its own, and Chromium, from which no request may leave this machine."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import skip_or_fail
from tests.serving import serving

Visit = Callable[..., Any]
FindViolations = Callable[[Any], list[str]]

DARK = pytest.param("dark", marks=pytest.mark.wide)
AXE = "4.14.1"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCRIPTED = """Scripted
@prefix work: <https://example.org/review/id/work/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sq: <https://w3id.org/sq-graph/core#> .
work:scripted-2020 a sq:Work, owl:NamedIndividual ;
    rdfs:label "<script>window.harmed = 1</script> 2020"@en ;
    dcterms:title "<img src=x onerror=window.harmed=1>"@en ; sq:year 2020 ;
    sq:bibliographicStatus sq:bibliographicStatus-unknown .
""".partition("\n")[2]
"""A work whose label and title would run as scripts if a page treated them as markup."""
UNBROKEN = f"""
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://example.org/review/id/concept/unbroken> a sq:Concept, owl:NamedIndividual ;
    rdfs:label "{"Unbroken" * 400}"@en ; skos:inScheme <https://w3id.org/sq-graph/id/scheme/constructs> ;
    skos:note "{"unbroken" * 400}"@en ; sq:summary "التماسك هو الثقة."@ar .
<https://example.org/review/id/definition/unbroken> a sq:Definition, owl:NamedIndividual ;
    rdfs:label "unbroken"@en ; sq:summary "{"Unbroken" * 400}"@en ; sq:reportedIn [] ;
    sq:defines <https://example.org/review/id/concept/unbroken> .
"""
"""A concept whose label, note and definition are single words, far longer than a line, and whose
summary is written from right to left.
"""


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with that work and that concept."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "workspace.toml").write_text('base = "https://example.org/review/"\n')
    works = folder / "ontology" / "data" / "works"
    works.mkdir(parents=True)
    (works / "scripted-2020.ttl").write_text(SCRIPTED + UNBROKEN)
    return folder


@pytest.fixture(scope="session")
def base(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server over that workspace."""
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(log, folders=(hostile,), token="") as server:
        yield server.url


@pytest.fixture
def visit(browser: Any, base: str) -> Iterator[Visit]:
    """Opens a path; the test fails if anything leaves this machine or the console shows an error."""
    faults: list[str] = []
    contexts = []

    def open_page(path: str, base: str = base, allowed: Any = (200,), **options: Any) -> Any:
        context = browser.new_context(base_url=base, reduced_motion="reduce", **options)
        contexts.append(context)

        def block_external(route: Any) -> None:
            if re.match(r"(http://127\.0\.0\.1:\d+/|data:|blob:)", route.request.url):
                route.continue_()
            else:
                faults.append(f"left this machine: {route.request.url}")
                route.abort()

        def record(message: Any) -> None:
            if message.type == "error":
                faults.append(f"{path}: {message.text}")

        context.route("**/*", block_external)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
        if allowed == (200,):
            page.on("console", record)
        response = page.goto(path)
        assert response.status in allowed, f"{path}: {response.status}"
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from a cache or, once, from the npm registry by its own client; never committed."""
    cache = Path(os.environ.get("SQ_GRAPH_CACHE", Path.home() / ".cache" / "sq-graph"))
    file = cache / f"axe-core-{AXE}.js"
    if not file.is_file():
        folder = tmp_path_factory.mktemp("axe")
        try:
            subprocess.run(
                ["npm", "pack", f"axe-core@{AXE}", "--silent"],
                cwd=folder,
                check=True,
                capture_output=True,
                timeout=120,
            )
        except (OSError, subprocess.SubprocessError):
            skip_or_fail(
                f"axe-core {AXE} is not at hand: install npm and go online once, or put it at {file}"
            )
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            member = archive.extractfile("package/axe.min.js")
            assert member
            cache.mkdir(parents=True, exist_ok=True)
            file.write_bytes(member.read())
    return file.read_text(encoding="utf-8")


@pytest.fixture
def violations(axe: str) -> FindViolations:
    """Lists the rules of axe-core that a page violates, one line per rule."""

    def find(page: Any) -> list[str]:
        # run by the debugger, so that the policy of the page need not be relaxed
        page.evaluate(axe + ";0")
        run = "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"
        return [
            f"{rule['id']} ({rule['impact']}): {[node['target'][0] for node in rule['nodes']][:4]}"
            for rule in page.evaluate(run, RULES)["violations"]
        ]

    return find
