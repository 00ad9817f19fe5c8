"""What the graph says, as frozen dataclasses: things, attributions, comparisons, answers."""

from __future__ import annotations

from collections.abc import Mapping

from sq_graph.resources import data_beside

WORDS: Mapping[str, Mapping[str, str]] = data_beside(__file__, "words.json")
"""How readers meet agents, alignments, distances, properties and relations, where a label alone
would not tell.
"""
