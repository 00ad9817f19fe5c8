"""The difference of two maps in words: the statements added and removed, grouped by thing."""

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
"""The wording in a difference of a token of Turtle or OWL."""
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\]|\\.)*"|<[^>]*>|'  # literals and IRIs stay as they are
    r"owl:(?:onProperty|annotated\w+) |a owl:A\w+ ; |[\[(] | [\])]| ;|[\w-]+:[\w.-]+|"
    r"(?<!\S)a(?!\S)",
    re.DOTALL,
)
_ANNOTATIONS = iri_terms(
    "rdfs:label rdfs:comment rdfs:seeAlso rdfs:isDefinedBy owl:imports owl:versionInfo "
    "owl:NamedIndividual"
)
_Statement = tuple[bool, str, str]


def describe_difference(old: Iterable[TextTriple], new: Iterable[TextTriple]) -> str:
    """How one set of triples differs from another: a summary, then a paragraph for each thing; ''
    if they are the same.

    >>> trust, label = iri_terms("concept:trust rdfs:label")
    >>> print(describe_difference([(trust, label, '"trust"')], [(trust, label, '"faith"')]))
    Axioms: 0 added, 0 removed; other statements: 1 added, 1 removed.
    <BLANKLINE>
    changed: faith (concept:trust)
      - label: "trust"
      + label: "faith"
    """
    names: dict[str, str] = {}
    old_statements, new_statements = _statements(old, names), _statements(new, names)

    def in_words(text: str) -> str:
        def wording(match: re.Match[str]) -> str:
            prefix, _, local = match[0].partition(":")
            spaced = re.sub("(?<=[a-z])([A-Z])", lambda capital: f" {capital[1].lower()}", local)
            is_verbatim = match[0][0] in '"<' or prefix in KINDS
            name = names.get(match[0], match[0] if is_verbatim else spaced)
            return _WORDS.get(match[0], f"'{name}'" if text[0] in "[(" and " " in name else name)

        return _TOKEN.sub(wording, text)

    counts, paragraphs = Counter[tuple[bool, bool]](), []
    for thing in sorted({*old_statements, *new_statements}):
        before, after = old_statements[thing], new_statements[thing]
        differences = [
            (not is_axiom, verb, is_new, in_words(verb), in_words(value))
            for is_new, statements in ((False, before - after), (True, after - before))
            for is_axiom, verb, value in statements
        ]
        name = f"{names[thing]} ({thing})" if thing in names else thing
        change = "removed" if not after else "changed" if before else "added"
        lines = [f"{change}: {name or 'axioms about several things'}"]
        for is_other, _, is_new, verb, value in sorted(differences):
            counts[is_new, is_other] += 1
            kind = "" if is_other else "axiom: "
            lines.append(f"  {'-+'[is_new]} {kind}{verb}{': ' * bool(verb)}{value}")
        paragraphs += ["\n".join(lines)] if differences else []
    summary = "Axioms: {} added, {} removed; other statements: {} added, {} removed.".format(
        *(counts[is_new, is_other] for is_other in (False, True) for is_new in (True, False))
    )
    return "\n\n".join([summary, *paragraphs]) if paragraphs else ""


def _statements(triples: Iterable[TextTriple], names: dict[str, str]) -> dict[str, set[_Statement]]:
    """The statements about each thing ('': about several), in Turtle: whether it is an axiom, the
    property and the value. Adds the labels of the things to `names`.
    """
    nodes = Nodes(triples)
    labels = dict.fromkeys(nodes.blank_references.keys() - nodes.digests, "…")
    writer = Writer(nodes, labels, prefixes_of(nodes, {}))
    statements = defaultdict[str, set[_Statement]](set)
    for s, values in nodes.triples_by_subject.items():
        if not is_blank(s):
            for p, o in values:
                term = o if p == TYPE else p
                is_axiom = term.startswith((f"<{OWL}", f"<{RDFS}")) and term not in _ANNOTATIONS
                verb = "a" if p == TYPE else writer.line(p)
                statements[writer.line(s)].add((is_axiom, verb, writer.line(o)))
                names |= {writer.line(s): literal_parts(o)[0]} if p == LABEL else {}
        elif s not in nodes.blank_references:
            source = dict(values).get(SOURCE, "_")
            thing = "" if is_blank(source) else writer.line(source)
            statements[thing].add((True, "", writer.line(s)))
    return statements
