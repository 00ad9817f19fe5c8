"""The content of the graph as frozen dataclasses: things, attributions, comparisons, answers."""

from collections.abc import Mapping
from typing import Any

from sq_graph.resources import data_beside

WORDS: Mapping[str, Mapping[str, str]] = data_beside(__file__, "words.json")
"""The words for agents, alignments, distances, properties and relations, where a label alone is not
clear to readers.
"""
KINDS_OF: Mapping[str, Any] = data_beside(__file__, "kinds.json")
"""The kinds of thing in order of preference for an ambiguous name, those that a search finds, and
those that a second reader checks; the classes of what works contribute; and the properties that
make up a draft of each kind.
"""
