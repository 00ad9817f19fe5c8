"""The alignments that somebody proposes or denies, as an SSSOM mapping set."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping
from string import Template

from sq_graph.export.void import LICENCE
from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, code_of, facts, iris, labels, linked, text, texts
from sq_graph.model.second_readings import works_read
from sq_graph.resources import VERSION, text_beside
from sq_graph.vocab import BASE, PREFIXES, SQ, shorten

SEMAPV = "https://w3id.org/semapv/vocab/"
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
    predicates = {row["r"].value: shorten(row["p"].value) for row in mappings}
    ends = linked(alignments, "sq:subject", "sq:object")
    things, read_in = facts(graph, ends), works_read(graph, alignments)
    names = labels(graph, [*ends, *linked(things, "skos:member")])
    rows: list[dict[str, str]] = []
    left_out: Counter[str] = Counter()
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
                "record_id": shorten(iri),
                "subject_id": shorten(subject),
                "subject_label": names[subject],
                "subject_type": _type(things.get(subject, {})),
                "predicate_id": predicate,
                "predicate_modifier": "Not" if is_denied else "",
                "object_id": shorten(target),
                "object_label": names[target],
                "object_type": _type(things.get(target, {})),
                "mapping_justification": _justification(text(record, "sq:mappingJustification")),
                "author_id": "" if credit.basis == "read" else "|".join(map(shorten, authors)),
                "author_label": _authors(credit),
                "mapping_date": text(record, "sq:mappedOn"),
                "mapping_source": shorten(read_in.get(iri, "")),
                "mapping_tool": text(record, "sq:mappingTool"),
                "confidence": text(record, "sq:mappingConfidence"),
                "comment": " ".join(filter(None, (text(record, "sq:summary"), together))),
                "other": "; ".join(filter(None, (credit.source, firmness))),
            }
        )
    return _table(rows, left_out)


def _table(rows: Collection[Mapping[str, str]], left_out: Mapping[str, int]) -> str:
    """The rows, whose values are in the order of the columns, under the header of the set."""
    omissions = ", ".join(f"{count} {name}" for name, count in sorted(left_out.items()))
    identifiers = ("record_id", "subject_id", "predicate_id", "object_id", "author_id")
    used = {
        identifier.partition(":")[0]
        for row in rows
        for column in (*identifiers, "mapping_source")
        for identifier in row[column].split("|")
    }
    prefixes = (f"#  {name}: {iri}\n" for name, iri in sorted(PREFIXES.items()) if name in used)
    fields = {"left_out": omissions or "none", "prefixes": "".join(prefixes)}
    output, header = io.StringIO(), Template(text_beside(__file__, "sssom-head.tsv"))
    output.write(header.substitute(fields, base=BASE, version=VERSION, licence=LICENCE))
    writer = csv.writer(output, delimiter="\t", lineterminator="\n")
    writer.writerows([" ".join(cell.split()) for cell in row.values()] for row in rows)
    return output.getvalue()


def _justification(iri: str) -> str:
    """The justification from an imported mapping set; other alignments are curated by hand.

    >>> _justification(f"{SEMAPV}LexicalMatching"), _justification("")
    ('semapv:LexicalMatching', 'semapv:ManualMappingCuration')
    """
    return (iri or f"{SEMAPV}ManualMappingCuration").replace(SEMAPV, "semapv:")


def _authors(credit: Attribution) -> str:
    """The authors of an alignment; of our interpretations the curator, not whom we interpret."""
    if credit.basis == "read":
        return credit.curator
    return "|".join(map(str, (*credit.holders, *credit.possible_holders))) or credit.curator


def _type(thing: Facts) -> str:
    concepts = {f"{SQ}Concept", f"{SQ}Category"}
    return "skos concept" if concepts & set(texts(thing, "rdf:type")) else "owl named individual"
