"""Nothing of the inventory of the paper is missing: every id leads to a thing in the graph, or to a reason."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import packaged

ROOT = Path(__file__).parents[1]
MAP = ROOT / "tests/inventory-map.csv"
Row = tuple[str, str]


def mapped(path: Path) -> dict[str, Row]:
    """Inventory id → (IRI, reason), of which one may be empty."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {row["inventory_id"]: (row["iri"], row["reason"]) for row in rows}
    assert len(found) == len(rows), "an id has two rows"
    return found


def ids(node: object) -> Iterator[str]:
    """Every value of a key `id`, however deep it stands."""
    if isinstance(node, Mapping):
        if isinstance(node.get("id"), str):
            yield str(node["id"])
        for value in node.values():
            yield from ids(value)
    elif isinstance(node, list):
        for value in node:
            yield from ids(value)


def gaps(inventory: set[str], rows: Mapping[str, Row], things: set[str]) -> list[str]:
    """What is missing, in words: ids without a row, rows without IRI and reason, IRIs that name nothing."""
    missing = [f"{name}: no row" for name in sorted(inventory - rows.keys())]
    missing += [f"{name}: neither IRI nor reason" for name, row in rows.items() if not any(row)]
    return missing + [
        f"{name}: nothing is named {iri}"
        for name, (iri, _) in rows.items()
        if iri and iri not in things
    ]


@pytest.fixture(scope="module")
def things() -> set[str]:
    """The IRIs of everything that the packaged map declares."""
    graph = EmbeddedGraph()
    load_files(graph, [(file.path, file.iri, file.listed) for file in packaged().files()])
    return {
        row["thing"].value
        for row in graph.select("SELECT DISTINCT ?thing { ?thing a owl:NamedIndividual }")
    }


@pytest.fixture(scope="module")
def inventory() -> set[str]:
    folder = Path(os.environ.get("SQ_GRAPH_SOURCES") or ROOT.parent / "shared") / "inventory"
    files = sorted(folder.glob("*.yaml"))
    if not files:
        asked_for = os.environ.get("SQ_GRAPH_SOURCES") or os.environ.get("SQ_GRAPH_REQUIRE_ALL")
        missing = pytest.fail if asked_for else pytest.skip
        missing(
            f"{folder} is not at hand; set SQ_GRAPH_SOURCES to the folder that holds inventory/"
        )
    return {
        name for path in files for name in ids(yaml.safe_load(path.read_text(encoding="utf-8")))
    }


def test_every_id_of_the_inventory_leads_to_a_thing_or_a_reason(
    inventory: set[str], things: set[str]
) -> None:
    assert len(inventory) > 1000
    assert not gaps(inventory, mapped(MAP), things)


def test_the_map_names_no_id_that_the_inventory_lacks(inventory: set[str]) -> None:
    assert not mapped(MAP).keys() - inventory


def test_every_iri_of_the_map_names_a_thing(things: set[str]) -> None:
    assert not gaps(set(), mapped(MAP), things)


def test_gaps_are_found() -> None:
    rows = {
        "a": ("https://example.org/a", ""),
        "b": ("", ""),
        "c": ("", "only a heading"),
        "d": ("https://example.org/d", ""),
    }
    assert gaps({"a", "e"}, rows, {"https://example.org/a"}) == [
        "e: no row",
        "b: neither IRI nor reason",
        "d: nothing is named https://example.org/d",
    ]
    assert list(ids({"works": [{"id": "w", "parts": [{"id": "p"}], "year": 1999}]})) == ["w", "p"]
