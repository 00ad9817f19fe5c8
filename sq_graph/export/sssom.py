"""The alignments that somebody draws or denies, as an SSSOM mapping set."""

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
    What nobody draws is not exported; relations without an SSSOM predicate, and what is only asked
    or disclaimed, are counted in the comment of the set.

    >>> import sq_graph
    >>> to_sssom(sq_graph.open().graph).splitlines()[0]
    '#sssom_version: "1.1"'
    """
    known = facts(graph, iris(graph, _ALIGNMENTS))
    credits = attributions(graph, known)
    drawn = graph.select("SELECT ?r ?p { ?r sq:sssomPredicate ?p }")
    predicates = {row["r"].value: shorten(row["p"].value) for row in drawn}
    ends = linked(known, "sq:subject", "sq:object")
    things, read_in = facts(graph, ends), works_read(graph, known)
    names = labels(graph, [*ends, *linked(things, "skos:member")])
    rows: list[dict[str, str]] = []
    left_out: Counter[str] = Counter()
    for iri, one in known.items():
        predicate = predicates.get(text(one, "sq:relation"))
        if predicate is None:
            left_out[code_of(text(one, "sq:relation"))] += 1
            continue
        subject, target, credit = text(one, "sq:subject"), text(one, "sq:object"), credits[iri]
        members = [names[member] for member in texts(things.get(subject, {}), "skos:member")]
        together = f"The subject is {' and '.join(members)}, taken together." if members else ""
        is_denied = f"{SQ}DeniedAlignment" in texts(one, "rdf:type")
        if credit.hedge in ("question", "disclaimed"):
            left_out[f"put as {credit.hedge}"] += 1
            continue
        authors = texts(one, "sq:heldBy") + texts(one, "sq:possiblyHeldBy")
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
                "mapping_justification": _justification(text(one, "sq:mappingJustification")),
                "author_id": "" if credit.basis == "read" else "|".join(map(shorten, authors)),
                "author_label": _authors(credit),
                "mapping_date": text(one, "sq:mappedOn"),
                "mapping_source": shorten(read_in.get(iri, "")),
                "mapping_tool": text(one, "sq:mappingTool"),
                "confidence": text(one, "sq:mappingConfidence"),
                "comment": " ".join(filter(None, (text(one, "sq:summary"), together))),
                "other": "; ".join(filter(None, (credit.source, firmness))),
            }
        )
    return _table(rows, left_out)


def _table(rows: Collection[Mapping[str, str]], left_out: Mapping[str, int]) -> str:
    """The rows, whose values are in the order of the columns, beneath the head of the set."""
    kinds = ", ".join(f"{count} {name}" for name, count in sorted(left_out.items()))
    identifiers = ("record_id", "subject_id", "predicate_id", "object_id", "author_id")
    used = {
        identifier.partition(":")[0]
        for row in rows
        for column in (*identifiers, "mapping_source")
        for identifier in row[column].split("|")
    }
    known = (f"#  {name}: {iri}\n" for name, iri in sorted(PREFIXES.items()) if name in used)
    output, said = io.StringIO(), {"left_out": kinds or "none", "prefixes": "".join(known)}
    head = Template(text_beside(__file__, "sssom-head.tsv"))
    output.write(head.substitute(said, base=BASE, version=VERSION, licence=LICENCE))
    writer = csv.writer(output, delimiter="\t", lineterminator="\n")
    writer.writerows([" ".join(cell.split()) for cell in row.values()] for row in rows)
    return output.getvalue()


def _justification(iri: str) -> str:
    """The justification that the mapping set gave; what the map itself holds was curated by hand.

    >>> _justification(f"{SEMAPV}LexicalMatching"), _justification("")
    ('semapv:LexicalMatching', 'semapv:ManualMappingCuration')
    """
    return (iri or f"{SEMAPV}ManualMappingCuration").replace(SEMAPV, "semapv:")


def _authors(credit: Attribution) -> str:
    """Who draws it; where it is our interpretation, its author by name, not whom we interpret."""
    if credit.basis == "read":
        return credit.curator
    return "|".join(map(str, (*credit.holders, *credit.possible_holders))) or credit.curator


def _type(thing: Facts) -> str:
    concepts = {f"{SQ}Concept", f"{SQ}Category"}
    return "skos concept" if concepts & set(texts(thing, "rdf:type")) else "owl named individual"
