"""The difference of two maps in words: what is said of each thing that was not, or no longer."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from sq_graph.resources import data_beside
from sq_graph.turtle.nodes import Nodes
from sq_graph.turtle.owl_normalise import SOURCE
from sq_graph.turtle.terms import LABEL, TYPE, TextTriple, iri_terms, is_blank, literal_parts
from sq_graph.turtle.writing import Writer, prefixes_of
from sq_graph.vocab import KINDS, OWL, RDFS

_WORDS: dict[str, str] = data_beside(__file__, "words.json")
"""What stands in a difference for a word of Turtle or OWL."""
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\]|\\.)*"|<[^>]*>|'  # literals and IRIs stay as they are
    r"owl:(?:onProperty|annotated\w+) |a owl:A\w+ ; |[\[(] | [\])]| ;|[\w-]+:[\w.-]+|"
    r"(?<!\S)a(?!\S)",
    re.DOTALL,
)
_NO_AXIOMS = iri_terms(
    "rdfs:label rdfs:comment rdfs:seeAlso rdfs:isDefinedBy owl:imports owl:versionInfo "
    "owl:NamedIndividual"
)
_Said = tuple[bool, str, str]


def compared(before: Iterable[TextTriple], after: Iterable[TextTriple]) -> str:
    """How one set of triples differs from another: a summary, then a paragraph for each thing; ''
    for not at all.

    >>> trust, label = iri_terms("concept:trust rdfs:label")
    >>> print(compared([(trust, label, '"trust"')], [(trust, label, '"faith"')]))
    Axioms: 0 added, 0 removed; other statements: 1 added, 1 removed.
    <BLANKLINE>
    changed: faith (concept:trust)
      - label: "trust"
      + label: "faith"
    """
    names: dict[str, str] = {}
    old, new = _statements(before, names), _statements(after, names)

    def words(text: str) -> str:
        def word(found: re.Match[str]) -> str:
            prefix, _, local = found[0].partition(":")
            spelt = re.sub("(?<=[a-z])([A-Z])", lambda capital: f" {capital[1].lower()}", local)
            is_kept = found[0][0] in '"<' or prefix in KINDS
            name = names.get(found[0], found[0] if is_kept else spelt)
            return _WORDS.get(found[0], f"'{name}'" if text[0] in "[(" and " " in name else name)

        return _TOKEN.sub(word, text)

    count, paragraphs = Counter[tuple[bool, bool]](), []
    for thing in sorted({*old, *new}):
        gone, come = old[thing], new[thing]
        lines = [
            (not axiom, verb, sign == "+", words(verb), words(value))
            for sign, only in (("-", gone - come), ("+", come - gone))
            for axiom, verb, value in only
        ]
        name = f"{names[thing]} ({thing})" if thing in names else thing
        happened = "removed" if not come else "changed" if gone else "added"
        said = [f"{happened}: {name or 'axioms about several things'}"]
        for is_other, _, is_new, verb, value in sorted(lines):
            count[is_new, is_other] += 1
            kind = "" if is_other else "axiom: "
            said.append(f"  {'-+'[is_new]} {kind}{verb}{': ' * bool(verb)}{value}")
        paragraphs += ["\n".join(said)] if lines else []
    axioms, others = (
        f"{count[True, other]} added, {count[False, other]} removed" for other in (False, True)
    )
    summary = f"Axioms: {axioms}; other statements: {others}."
    return "\n\n".join([summary, *paragraphs]) if paragraphs else ""


def _statements(triples: Iterable[TextTriple], names: dict[str, str]) -> dict[str, set[_Said]]:
    """What is said of each thing ('': of several) in Turtle: whether a reasoner heeds it, property
    and value.
    """
    nodes = Nodes(triples)
    labels = dict.fromkeys(nodes.blank_references.keys() - nodes.digests, "…")
    writer = Writer(nodes, labels, prefixes_of(nodes, {}))
    found = defaultdict[str, set[_Said]](set)
    for s, values in nodes.triples_by_subject.items():
        if not is_blank(s):
            for p, o in values:
                term = o if p == TYPE else p
                is_axiom = term.startswith((f"<{OWL}", f"<{RDFS}")) and term not in _NO_AXIOMS
                verb = "a" if p == TYPE else writer.line(p)
                found[writer.line(s)].add((is_axiom, verb, writer.line(o)))
                names |= {writer.line(s): literal_parts(o)[0]} if p == LABEL else {}
        elif s not in nodes.blank_references:
            about = dict(values).get(SOURCE, "_")
            found["" if is_blank(about) else writer.line(about)].add((True, "", writer.line(s)))
    return found
