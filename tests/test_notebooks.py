"""The notebooks of the documentation run from the first cell to the last, and show what they promise."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

DOCS = Path(__file__).parents[1] / "docs"
EXPECTED = {
    "notebook-compare": (
        "<Atlas: the packaged map>",
        "reported year",
        "Phillips 2008",
        "<svg",
        "@",
    ),
    "notebook-build": (
        "https://example.org/my-review/id/definition/chan-2006-social-cohesion-p290",
        "is taken by a different statement (different in: summary)",
        "Social cohesion is a state of affairs of the ties",
        "ontology/data/works/chan-2006.ttl",
    ),
}


class ThisPython(AsyncKernelManager):
    """The kernel of the interpreter that runs the tests, whether or not one is installed for Jupyter."""

    @property
    def kernel_spec(self) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


@pytest.mark.parametrize("name", EXPECTED)
def test_notebook_runs_and_shows_what_it_promises(name: str, tmp_path: Path) -> None:
    notebook = nbformat.read(DOCS / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    assert not any(cell.get("outputs") for cell in notebook.cells), "strip the outputs"
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_manager_class=ThisPython,
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    output = "\n".join(str(cell.get("outputs")) for cell in notebook.cells)
    missing = [text for text in EXPECTED[name] if text not in output]
    assert not missing, output[:3_000]


def test_notebooks_are_listed_in_the_documentation() -> None:
    assert {path.stem for path in DOCS.glob("*.ipynb")} == EXPECTED.keys()
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert all(f"{name}.ipynb" in index for name in EXPECTED)
