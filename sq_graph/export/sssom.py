"""The alignments that somebody proposes or denies, as an SSSOM mapping set."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from string import Template

from sq_graph.export.void import LICENCE
from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, code_of, facts, iris, labels, linked, text, texts
from sq_graph.model.second_readings import works_read
from sq_graph.resources import VERSION, text_beside
from sq_graph.vocab import BASE, PREFIXES, SQ, kind_of, slug_of

_PREFIXES = PREFIXES | {"semapv": "https://w3id.org/semapv/vocab/"}
_BY_HAND = f"{_PREFIXES['semapv']}ManualMappingCuration"
"""The justification of an alignment that comes from no imported mapping set."""
_ALIGNMENTS = """SELECT DISTINCT ?s { { ?s a sq:Alignment } UNION { ?s a sq:DeniedAlignment } }
ORDER BY STR(?s)"""


def to_sssom(graph: Graph) -> str:
    """The alignments of a map as an SSSOM 1.1 table, accepted by sssom-py.

    A collective alignment is one row: its subject is the union, its comment names the members.
    Alignments that nobody proposes are not exported; those whose relation has no SSSOM predicate,
    and those that are only asked or disclaimed, are counted in the comment of the set.

    >>> import sq_graph
    >>> to_sssom(sq_graph.open().graph).splitlines()[0]
    '#sssom_version: "1.1"'
    """
    alignments = facts(graph, iris(graph, _ALIGNMENTS))
    credits = attributions(graph, alignments)
    mappings = graph.select("SELECT ?r ?p { ?r sq:sssomPredicate ?p }")
    predicates = {row["r"].value: row["p"].value for row in mappings}
    ends = linked(alignments, "sq:subject", "sq:object")
    things, read_in = facts(graph, ends), works_read(graph, alignments)
    names = labels(graph, [*ends, *linked(things, "skos:member")])
    rows: list[dict[str, str]] = []
    prefixes: dict[str, str] = {}
    left_out, curie = Counter[str](), partial(_curie, prefixes=prefixes)
    for iri, record in alignments.items():
        credit, relation = credits[iri], text(record, "sq:relation")
        predicate = predicates.get(relation)
        if predicate is None or credit.hedge in ("question", "disclaimed"):
            reason = f"put as {credit.hedge}" if predicate else code_of(relation)
            left_out[reason] += 1
            continue
        subject, target = text(record, "sq:subject"), text(record, "sq:object")
        members = [names[member] for member in texts(things.get(subject, {}), "skos:member")]
        together = f"The subject is {' and '.join(members)}, taken together." if members else ""
        is_denied = f"{SQ}DeniedAlignment" in texts(record, "rdf:type")
        authors = texts(record, "sq:heldBy") + texts(record, "sq:possiblyHeldBy")
        firmness = "" if credit.firmness in ("", "asserted") else credit.firmness
        rows.append(
            {
                "record_id": curie(iri),
                "subject_id": curie(subject),
                "subject_label": names[subject],
                "subject_type": _type(things.get(subject, {})),
                "predicate_id": curie(predicate),
                "predicate_modifier": "Not" if is_denied else "",
                "object_id": curie(target),
                "object_label": names[target],
                "object_type": _type(things.get(target, {})),
                "mapping_justification": curie(text(record, "sq:mappingJustification") or _BY_HAND),
                "author_id": "" if credit.basis == "read" else "|".join(map(curie, authors)),
                "author_label": _authors(credit),
                "mapping_date": text(record, "sq:mappedOn"),
                "mapping_source": curie(read_in.get(iri, "")),
                "mapping_tool": text(record, "sq:mappingTool"),
                "confidence": text(record, "sq:mappingConfidence"),
                "comment": " ".join(filter(None, (text(record, "sq:summary"), together))),
                "other": "; ".join(filter(None, (credit.source, firmness))),
            }
        )
    return _table(rows, left_out, prefixes)


def _curie(iri: str, prefixes: dict[str, str]) -> str:
    """The compact form of an IRI, which SSSOM requires; its prefix is added to `prefixes`.

    >>> prefixes = {}
    >>> _curie("https://example.org/w/id/claim/bonds", prefixes), prefixes
    ('my-claim:bonds', {'my-claim': 'https://example.org/w/id/claim/'})
    """
    local, own_name = slug_of(iri), f"my-{kind_of(iri) or 'term'}"
    if not (namespace := iri.removesuffix(local)):
        return iri
    names = {space: name for name, space in (_PREFIXES | prefixes).items()}
    name = names.get(namespace) or (f"ns{len(prefixes)}" if own_name in prefixes else own_name)
    prefixes[name] = namespace
    return f"{name}:{local}"


def _table(
    rows: Iterable[Mapping[str, str]], left_out: Mapping[str, int], prefixes: Mapping[str, str]
) -> str:
    """The rows, whose values are in the order of the columns, under the header of the set."""
    omissions = ", ".join(f"{count} {name}" for name, count in sorted(left_out.items()))
    declared = "".join(f"#  {name}: {iri}\n" for name, iri in sorted(prefixes.items()))
    fields = {"left_out": omissions or "none", "prefixes": declared}
    output, header = io.StringIO(), Template(text_beside(__file__, "sssom-head.tsv"))
    output.write(header.substitute(fields, base=BASE, version=VERSION, licence=LICENCE))
    writer = csv.writer(output, delimiter="\t", lineterminator="\n")
    writer.writerows([" ".join(cell.split()) for cell in row.values()] for row in rows)
    return output.getvalue()


def _authors(credit: Attribution) -> str:
    """The authors of an alignment; of our interpretations the curator, not whom we interpret."""
    if credit.basis == "read":
        return credit.curator
    return "|".join(map(str, (*credit.holders, *credit.possible_holders))) or credit.curator


def _type(thing: Facts) -> str:
    concepts = {f"{SQ}Concept", f"{SQ}Category"}
    return "skos concept" if concepts & set(texts(thing, "rdf:type")) else "owl named individual"
