"""Nothing of the inventory of the paper is missing: every id leads to a thing in the graph or to a reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from sq_graph.graph.layout import packaged
from tests.conftest import source_path
from tests.workspaces import graph_of

ROOT = Path(__file__).parents[1]
MAP = ROOT / "tests/inventory-map.csv"
Target = tuple[str, str]


def read_targets(path: Path) -> dict[str, Target]:
    """Inventory id → (IRI, reason), of which one may be empty."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    targets = {row["inventory_id"]: (row["iri"], row["reason"]) for row in rows}
    assert len(targets) == len(rows), "an id has two rows"
    return targets


def ids(node: object) -> Iterator[str]:
    """The values of all keys `id`, at any depth."""
    if isinstance(node, Mapping):
        if isinstance(node.get("id"), str):
            yield str(node["id"])
        for value in node.values():
            yield from ids(value)
    elif isinstance(node, list):
        for value in node:
            yield from ids(value)


def gaps(inventory: set[str], targets: Mapping[str, Target], things: set[str]) -> list[str]:
    """Descriptions of ids without a row, rows without IRI and reason, and IRIs that name nothing."""
    missing = [f"{name}: no row" for name in sorted(inventory - targets.keys())]
    missing += [f"{name}: neither IRI nor reason" for name, row in targets.items() if not any(row)]
    iris = {name: iri for name, (iri, _) in targets.items() if iri and iri not in things}
    return missing + [f"{name}: nothing is named {iri}" for name, iri in iris.items()]


@pytest.fixture(scope="module")
def things() -> set[str]:
    """The IRIs of everything that the packaged map declares."""
    query = "SELECT DISTINCT ?thing { ?thing a owl:NamedIndividual }"
    return {row["thing"].value for row in graph_of(packaged().files()).select(query)}


@pytest.fixture(scope="module")
def inventory() -> set[str]:
    texts = [path.read_text("utf-8") for path in sorted(source_path("inventory").glob("*.yaml"))]
    assert texts
    return {name for text in texts for name in ids(yaml.safe_load(text))}


def test_every_id_of_the_inventory_leads_to_a_thing_or_a_reason(
    inventory: set[str], things: set[str]
) -> None:
    assert len(inventory) > 1000
    assert not gaps(inventory, read_targets(MAP), things)


def test_the_map_names_no_id_that_the_inventory_lacks(inventory: set[str]) -> None:
    assert not read_targets(MAP).keys() - inventory


def test_every_iri_of_the_map_names_a_thing(things: set[str]) -> None:
    assert not gaps(set(), read_targets(MAP), things)


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
