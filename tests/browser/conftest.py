"""The server as it is, in a process of its own, and real Chromium, in which nothing may leave this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import skip_or_fail

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
"""A work whose label and title would run as a script if a page took them for markup."""
UNBROKEN = f"""
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://example.org/review/id/concept/unbroken> a sq:Concept, owl:NamedIndividual ;
    rdfs:label "{"Unbroken" * 400}"@en ; skos:inScheme <https://w3id.org/sq-graph/id/scheme/constructs> ;
    skos:note "{"unbroken" * 400}"@en ; sq:summary "التماسك هو الثقة."@ar .
<https://example.org/review/id/definition/unbroken> a sq:Definition, owl:NamedIndividual ;
    rdfs:label "unbroken"@en ; sq:summary "{"Unbroken" * 400}"@en ; sq:reportedIn [] ;
    sq:defines <https://example.org/review/id/concept/unbroken> .
"""
"""A concept whose label, note and definition are single words, far longer than any line, with a
summary that is written from right to left.
"""


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with that work."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "workspace.toml").write_text('base = "https://example.org/review/"\n')
    works = folder / "ontology" / "data" / "works"
    works.mkdir(parents=True)
    (works / "scripted-2020.ttl").write_text(SCRIPTED + UNBROKEN)
    return folder


@pytest.fixture(scope="session")
def base(hostile: Path) -> Iterator[str]:
    """The address of a running server over that workspace."""
    code = "import sys; from pathlib import Path; from sq_graph.web import Settings, serve; "
    code += "serve(Settings(port=0, folders=(Path(sys.argv[1]),)))"
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(hostile)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout
    found = re.match(r"(http://[\d.]+:\d+)/", server.stdout.readline())
    assert found, "the server did not say where it listens"
    yield found[1]
    server.terminate()
    server.wait(10)


@pytest.fixture
def visit(browser: Any, base: str) -> Iterator[Callable[..., Any]]:
    """Opens a path; the test fails if anything leaves this machine or the console shows an error."""
    faults: list[str] = []
    contexts = []

    def opened(path: str, base: str = base, allowed: tuple[int, ...] = (200,), **how: Any) -> Any:
        context = browser.new_context(base_url=base, reduced_motion="reduce", **how)
        contexts.append(context)

        def guard(route: Any) -> None:
            if re.match(r"(http://127\.0\.0\.1:\d+/|data:|blob:)", route.request.url):
                route.continue_()
            else:
                faults.append(f"left this machine: {route.request.url}")
                route.abort()

        context.route("**/*", guard)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
        if allowed == (200,):
            page.on(
                "console",
                lambda m: faults.append(f"{path}: {m.text}") if m.type == "error" else None,
            )
        answer = page.goto(path)
        assert answer.status in allowed, f"{path}: {answer.status}"
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from a cache or, once, from the npm registry by its own client; never committed."""
    cache = Path(os.environ.get("SQ_GRAPH_CACHE", Path.home() / ".cache" / "sq-graph"))
    kept = cache / f"axe-core-{AXE}.js"
    if not kept.is_file():
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
                f"axe-core {AXE} is not at hand: install npm and go online once, or put it at {kept}"
            )
        with tarfile.open(next(folder.glob("*.tgz"))) as packed:
            source = packed.extractfile("package/axe.min.js")
            assert source
            cache.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(source.read())
    return kept.read_text(encoding="utf-8")


@pytest.fixture
def violations(axe: str) -> Callable[[Any], list[str]]:
    """What axe-core finds wrong with a page, one line a rule."""

    def found(page: Any) -> list[str]:
        page.evaluate(
            axe + ";0"
        )  # through the debugger: the page's own policy stays as strict as it is
        run = "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"
        return [
            f"{rule['id']} ({rule['impact']}): {[node['target'][0] for node in rule['nodes']][:4]}"
            for rule in page.evaluate(run, RULES)["violations"]
        ]

    return found
