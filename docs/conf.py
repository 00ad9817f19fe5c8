"""How the documentation is built: `make docs` writes it to build/docs."""

from sq_graph.resources import VERSION

project = "sq-graph"
author = copyright = "The sq-graph contributors"
release = version = VERSION
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["w3id", "periods", "images"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"sq-graph {VERSION}"
html_static_path: list[str] = []
# Definitions of terms quote short forms such as `sq:hedge`, which look like links to nowhere.
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]
nitpicky = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
