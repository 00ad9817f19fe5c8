"""What the graph says, as frozen dataclasses: things, attributions, comparisons, answers."""

from __future__ import annotations

from sq_graph.model.answer import Answer, Recheck
from sq_graph.model.attribution import Attribution, Passage
from sq_graph.model.things import Category, Concept, Definition, Typology, Work

__all__ = ["Answer", "Attribution", "Category", "Concept", "Definition", "Passage", "Recheck", "Typology", "Work"]
