"""What the graph says, as frozen dataclasses: things, attributions, comparisons, answers."""

from collections.abc import Mapping
from typing import Any

from sq_graph.resources import data_beside

WORDS: Mapping[str, Mapping[str, str]] = data_beside(__file__, "words.json")
"""How readers meet agents, alignments, distances, properties and relations, where a label alone
would not tell.
"""
KINDS_OF: Mapping[str, Any] = data_beside(__file__, "kinds.json")
"""The kinds of thing that are preferred where a name has several, found by a search, and checked by
a second reader, each in their order; the classes of what works contribute; and by kind the
properties that say what a draft says.
"""
