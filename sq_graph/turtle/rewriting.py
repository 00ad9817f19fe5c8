"""Writing a file again after a change: only the blocks of the things that changed are rewritten."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping

from sq_graph.turtle.nodes import Nodes
from sq_graph.turtle.owl_normalise import SETTLED
from sq_graph.turtle.terms import ONTOLOGY, TYPE, is_blank
from sq_graph.turtle.writing import Block, Writer, assemble, choose_prefixes, minted_in, serialise

Pairs = frozenset[tuple[str, str]]
Subjects = Mapping[str, Pairs]
"""The statements of a file about each subject, as pairs of property and value."""


class Blocks:
    """The canonical text of one file, whose blocks are kept between writes.

    >>> x, says = "<https://example.org/x>", "<https://example.org/says>"
    >>> blocks = Blocks({"e": "https://example.org/"})
    >>> print(blocks.text({x: frozenset({(says, '"hello"')})}), end="")
    @prefix e: <https://example.org/> .
    <BLANKLINE>
    e:x e:says "hello" .
    """

    def __init__(self, declared: Mapping[str, str]) -> None:
        self.declared = dict(declared)
        self._prefixes, self._pairs = dict[str, str](), dict[str, Pairs]()
        self._dependent, self._headers = set[str](), set[str]()
        self._minted = Counter[tuple[str, str]]()
        self._blocks: dict[str, Block] = {}
        self._ordered: list[Block] = []
        self._declarations = Counter[str]()

    @property
    def is_plain(self) -> bool:
        """Whether each subject is written independently of the others: no blank nodes, and no
        axioms to normalise.
        """
        return not self._dependent

    def headers(self, subjects: Subjects) -> Collection[str]:
        """The subjects that are ontologies."""
        self._update(subjects)
        return self._headers

    def text(self, subjects: Subjects) -> str:
        """The text for the new statements of the file, the same as `serialise` returns."""
        self._update(subjects)
        if self._dependent:
            triples = {(s, p, o) for s, pairs in subjects.items() for p, o in pairs}
            return serialise(triples, self.declared)
        header = min(self._headers, default="")
        prefixes = choose_prefixes(header, self.declared, self._minted)
        if prefixes != self._prefixes:
            self._prefixes, self._blocks, self._ordered = prefixes, {}, []
            self._declarations.clear()
        self._write(self._pairs.keys() - self._blocks.keys())
        sections = [block.section for block in self._ordered]
        return assemble(self._declarations, sections, [block.text for block in self._ordered])

    def _update(self, subjects: Subjects) -> None:
        for subject in [s for s, pairs in self._pairs.items() if subjects.get(s) is not pairs]:
            self._remove(subject)
        for subject in subjects.keys() - self._pairs.keys():
            self._add(subject, subjects[subject])

    def _add(self, subject: str, pairs: Pairs) -> None:
        self._pairs[subject] = pairs
        self._minted.update(_minted(subject, pairs))
        if (TYPE, ONTOLOGY) in pairs:
            self._headers.add(subject)
        if is_blank(subject) or any(p in SETTLED or is_blank(o) for p, o in pairs):
            self._dependent.add(subject)

    def _remove(self, subject: str) -> None:
        self._headers.discard(subject)
        self._dependent.discard(subject)
        self._minted -= Counter(_minted(subject, self._pairs.pop(subject)))
        if block := self._blocks.pop(subject, None):
            del self._ordered[bisect_left(self._ordered, block)]
            self._declarations -= Counter(block.declarations)

    def _write(self, subjects: Collection[str]) -> None:
        writer = Writer(Nodes(()), {}, self._prefixes)
        writer.triples_by_subject = self._pairs
        for subject in subjects:
            block = self._blocks[subject] = writer.block(subject)
            self._ordered.append(block)
            self._declarations.update(block.declarations)
        self._ordered.sort()  # quick, since all but the new blocks are in order


def _minted(subject: str, pairs: Pairs) -> set[tuple[str, str]]:
    return minted_in((subject, *(o for _, o in pairs)))
