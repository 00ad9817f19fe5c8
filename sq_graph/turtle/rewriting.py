"""Writing a file again after a change: only what is said of the things that changed is written
anew.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping

from sq_graph.turtle.nodes import Nodes
from sq_graph.turtle.owl_normalise import SETTLED
from sq_graph.turtle.terms import ONTOLOGY, TYPE, is_blank
from sq_graph.turtle.writing import Block, Writer, assembled, chosen_prefixes, minted_in, serialise

Pairs = frozenset[tuple[str, str]]
Subjects = Mapping[str, Pairs]
"""What a file says of each subject, as pairs of property and value."""


class Blocks:
    """The canonical text of one file, whose blocks are kept from one writing of it to the next.

    >>> x, says = "<https://example.org/x>", "<https://example.org/says>"
    >>> blocks = Blocks({"e": "https://example.org/"})
    >>> print(blocks.text({x: frozenset({(says, '"hello"')})}), end="")
    @prefix e: <https://example.org/> .
    <BLANKLINE>
    e:x e:says "hello" .
    """

    def __init__(self, declared: Mapping[str, str]) -> None:
        self.declared = dict(declared)
        self._prefixes, self._said = dict[str, str](), dict[str, Pairs]()
        self._entangled, self._headers = set[str](), set[str]()
        self._minted = Counter[tuple[str, str]]()
        self._blocks: dict[str, Block] = {}
        self._order: list[Block] = []
        self._spoken = Counter[str]()

    @property
    def is_plain(self) -> bool:
        """Whether each subject was written without regard to the others: no blank nodes, no axioms
        to settle.
        """
        return not self._entangled

    def headers(self, subjects: Subjects) -> Collection[str]:
        """The subjects that are the ontology of the file."""
        self._follow(subjects)
        return self._headers

    def text(self, subjects: Subjects) -> str:
        """The text for what the file says now, the same as `serialise` gives."""
        self._follow(subjects)
        if self._entangled:
            triples = {(s, p, o) for s, pairs in subjects.items() for p, o in pairs}
            return serialise(triples, self.declared)
        header = min(self._headers, default="")
        prefixes = chosen_prefixes(header, self.declared, self._minted)
        if prefixes != self._prefixes:
            self._prefixes, self._blocks, self._spoken, self._order = prefixes, {}, Counter(), []
        self._lay_out(self._said.keys() - self._blocks.keys())
        sections = [block.section for block in self._order]
        return assembled(self._spoken, sections, [block.text for block in self._order])

    def _follow(self, subjects: Subjects) -> None:
        for subject in [s for s, pairs in self._said.items() if subjects.get(s) is not pairs]:
            self._forget(subject)
        for subject in subjects.keys() - self._said.keys():
            self._note(subject, subjects[subject])

    def _note(self, subject: str, pairs: Pairs) -> None:
        self._said[subject] = pairs
        self._minted.update(_minted(subject, pairs))
        if (TYPE, ONTOLOGY) in pairs:
            self._headers.add(subject)
        if is_blank(subject) or any(p in SETTLED or is_blank(o) for p, o in pairs):
            self._entangled.add(subject)

    def _forget(self, subject: str) -> None:
        self._headers.discard(subject)
        self._entangled.discard(subject)
        self._minted -= Counter(_minted(subject, self._said.pop(subject)))
        if block := self._blocks.pop(subject, None):
            del self._order[bisect_left(self._order, block)]
            self._spoken -= Counter(block.spoken)

    def _lay_out(self, subjects: Collection[str]) -> None:
        writer = Writer(Nodes(()), {}, self._prefixes)
        writer.triples_by_subject = self._said
        for subject in subjects:
            block = self._blocks[subject] = writer.block(subject)
            self._order.append(block)
            self._spoken.update(block.spoken)
        self._order.sort()  # quick, since all but the new ones are in order


def _minted(subject: str, pairs: Pairs) -> set[tuple[str, str]]:
    return minted_in((subject, *(o for _, o in pairs)))
