"""Guards of the ends of a relation: whether subject and object may have changed places."""

from __future__ import annotations

from collections.abc import Iterator

from sq_graph.evidence.lexicon import stems
from sq_graph.evidence.statements import Literature, Statement
from sq_graph.vocab import shorten

_UPWARDS = ("relation-kind-of", "relation-exemplifies", "relation-aspect-of")
"""Relations whose object is the wider of two things."""
_DOWNWARDS = ("relation-takes-form-of",)
"""Relations whose subject is the wider of two things."""
_OFTEN = 3  # so many other statements must use a thing at one end only


def order_of_mention(said: Statement, literature: Literature) -> Iterator[str]:
    """Doubts where the words of a statement name its object before its subject."""
    relation = literature.relations.get(next(iter(said.values.get("relation", ())), ""), {})
    if not relation or "true" in relation.get("isSymmetric", ()):
        return
    ends = [literature.stems(said.all(end)) for end in ("subject", "object")]
    label, summary = (_order(" ".join(said.all(part)), *ends) for part in ("label", "summary"))
    if (label or summary) < 0:
        yield (
            f"its words name the object before the subject, yet the relation "
            f"“{relation['label'][0]}” runs from subject to object"
        )


def _order(text: str, subject: set[str], object_: set[str]) -> int:
    """1 if the words of the subject come first, -1 if those of the object do, else 0."""
    words = stems(text)
    first = [n for n, word in enumerate(words) if word in subject - object_]
    second = [n for n, word in enumerate(words) if word in object_ - subject]
    if not first or not second:
        return 0
    means = sum(first) / len(first) - sum(second) / len(second)
    starts = first[0] - second[0]
    return -1 if means > 0 < starts else 1 if means < 0 > starts else 0


def against_axiom(said: Statement, literature: Literature) -> Iterator[str]:
    """Doubts where an axiom that rests on a claim runs the other way round."""
    relation = literature.relations.get(next(iter(said.values.get("relation", ())), ""), {})
    if said.kind != "Claim" or not relation or "true" in relation.get("isSymmetric", ()):
        return
    ends = literature.stems(said.all("subject")), literature.stems(said.all("object"))
    name = said.one("relation").removeprefix("relation-").replace("-", "")
    for property_, source, target in literature.axioms.get(said.thing, ()):
        if property_.casefold() != name:
            continue
        first, second = set(stems(source)), set(stems(target))
        straight = len(first & ends[0] - second) + len(second & ends[1] - first)
        crossed = len(first & ends[1] - second) + len(second & ends[0] - first)
        if crossed > straight:
            yield (
                f"an axiom that rests on it runs from “{source}” to “{target}”, the other way round"
            )


def against_hierarchy(said: Statement, literature: Literature) -> Iterator[str]:
    """Doubts where a relation from narrower to wider runs against the arrangement of concepts."""
    relation = said.one("relation")
    ends = said.all("subject"), said.all("object")
    narrow, wide = ends if relation in _UPWARDS else ends[::-1]
    if relation not in (*_UPWARDS, *_DOWNWARDS):
        return
    for one in narrow:
        for other in wide:
            if one in literature.wider_than(other) and other not in literature.wider_than(one):
                yield (
                    f"by “{_label(said, literature)}” {shorten(other)} would be wider than "
                    f"{shorten(one)}, but it is arranged beneath it"
                )


def against_usual_ends(said: Statement, literature: Literature) -> Iterator[str]:
    """Doubts where things take the ends that they never take in many other statements."""
    relation, score, strange = said.one("relation"), 0, ""
    for at, end in enumerate(("subject", "object")):
        for thing in said.all(end):
            counts = literature.ends[relation, thing]
            here, there = counts[at] - 1, counts[1 - at]
            score += (here - there >= _OFTEN) - (there >= _OFTEN and not here)
            if there >= _OFTEN and not here:
                strange = thing
    if score < 0:
        yield (
            f"{shorten(strange)} is at the other end of “{_label(said, literature)}” in every "
            f"other statement"
        )


def _label(said: Statement, literature: Literature) -> str:
    relation = literature.relations.get(next(iter(said.values.get("relation", ())), ""), {})
    return next(iter(relation.get("label", ())), said.one("relation"))
