"""Guards that need a statement alone: its own words against its coding, and the ends of a relation,
which may have changed places.
"""

from collections.abc import Iterator

from sq_graph.evidence import lexicon
from sq_graph.evidence.lexicon import stems
from sq_graph.evidence.statements import Guards, Literature, ReadStatement, guard
from sq_graph.evidence.text_matching import fold
from sq_graph.vocab import shorten

GUARDS: Guards = {}
TALK = ("Claim", "Definition", "Alignment", "DeniedAlignment")
_REREAD = "Read the lines again: which of the two acts on the other?"
_UPWARDS = ("relation-kind-of", "relation-exemplifies", "relation-aspect-of")
"""Relations whose object is the wider of two things."""
_DOWNWARDS = ("relation-takes-form-of",)
"""Relations whose subject is the wider of two things."""
_OFTEN = 3  # so many other statements must use a thing at one end only


@guard(GUARDS, "Put the hedge into its words, or correct sq:hedge")
def hedge_without_words(said: ReadStatement, _: Literature) -> Iterator[str]:
    """Doubts where a statement counts as hedged, but is put without a hedge."""
    hedge = said.one("hedge").removeprefix("hedge-")
    if hedge in ("", "asserted", "question", "disclaimed") or said.kind not in TALK:
        return
    words = fold(said.wording)
    if any(fold(marker) in words for marker in said.all("hedgeMarker")):
        return
    if not lexicon.WEAK_HEDGE.search(said.wording):
        yield f"it is {hedge}, but its label and summary do not hedge"


@guard(GUARDS, "Add the hedge to the coding, or remove it from the words")
def hedge_in_words(said: ReadStatement, _: Literature) -> Iterator[str]:
    """Doubts where a statement counts as asserted, but is put with a hedge."""
    patterns = (lexicon.STRONG_HEDGE, lexicon.MILD_HEDGE, lexicon.CONDITION)
    hedge = next(filter(None, (one.search(said.wording) for one in patterns)), None)
    if hedge and said.one("hedge") == "hedge-asserted" and said.kind in TALK:
        yield f"it is coded as asserted, but its words hedge (“{hedge.group()}”)"


@guard(GUARDS, _REREAD)
def order_of_mention(said: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts where the words of a statement name its object before its subject."""
    relation = literature.relation_of(said)
    if not relation or "true" in relation.get("isSymmetric", ()):
        return
    ends = [literature.stems(said.all(end)) for end in ("subject", "object")]
    label, summary = (_order(" ".join(said.all(part)), *ends) for part in ("label", "summary"))
    if (label or summary) < 0:
        what = "its words name the object before the subject, yet the relation"
        yield f"{what} “{relation['label'][0]}” runs from subject to object"


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


@guard(GUARDS, "Correct the claim or the axiom")
def ends_against_axiom(said: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts where an axiom that rests on a claim runs the other way round."""
    relation = literature.relation_of(said)
    if said.kind != "Claim" or not relation or "true" in relation.get("isSymmetric", ()):
        return
    ends = literature.stems(said.all("subject")), literature.stems(said.all("object"))
    name = said.one("relation").removeprefix("relation-").replace("-", "")
    for property_, source, target in literature.axioms.get(said.thing, ()):
        first, second = set(stems(source)), set(stems(target))
        straight = len(first & ends[0] - second) + len(second & ends[1] - first)
        crossed = len(first & ends[1] - second) + len(second & ends[0] - first)
        if property_.casefold() == name and crossed > straight:
            what = f"an axiom that rests on it runs from “{source}” to “{target}”"
            yield f"{what}, the other way round"


@guard(GUARDS, "Correct the ends of the claim, or skos:broader")
def ends_against_hierarchy(said: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts where a relation from narrower to wider runs against the arrangement of concepts."""
    relation = said.one("relation")
    ends = said.all("subject"), said.all("object")
    narrow, wide = ends if relation in _UPWARDS else ends[::-1]
    for one in narrow if relation in (*_UPWARDS, *_DOWNWARDS) else ():
        for other in wide:
            if one in literature.wider_than(other) and other not in literature.wider_than(one):
                what = f"by “{_label(said, literature)}” {shorten(other)} would be wider than"
                yield f"{what} {shorten(one)}, but it is arranged beneath it"


@guard(GUARDS, _REREAD)
def ends_against_usual(said: ReadStatement, literature: Literature) -> Iterator[str]:
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
        where = f"at the other end of “{_label(said, literature)}”"
        yield f"{shorten(strange)} is {where} in every other statement"


def _label(said: ReadStatement, literature: Literature) -> str:
    return next(iter(literature.relation_of(said).get("label", ())), said.one("relation"))


@guard(GUARDS, "Correct sq:relation or the words")
def relation_against_words(said: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts where the words deny what the relation says, or announce another relation."""
    relation = literature.relation_of(said)
    if not relation or said.kind not in TALK:
        return
    name, words = relation["label"][0], fold(said.wording)
    whole = " ".join(said.all("label", "wording"))
    if said.kind == "DeniedAlignment" or "denies" in relation:
        if not _sets_apart(said.wording + whole):
            yield f"it denies a relation or is “{name}”, but its words set nothing apart"
    elif "deniedBy" in relation and _sets_apart(whole):
        yield f"its words hold a denial, but the relation is plainly “{name}”"
    if any(fold(one) in words for one in relation.get("signal", ())):
        return
    for iri in (*relation.get("inverseRelation", ()), *relation.get("oppositeRelation", ())):
        other = literature.relations[iri]
        if theirs := next((one for one in other.get("signal", ()) if fold(one) in words), ""):
            yield f"the relation is “{name}”, but “{theirs}” announces “{other['label'][0]}”"


def _sets_apart(text: str) -> bool:
    return any(pattern.search(text) for pattern in (lexicon.DENIAL, lexicon.PARTING))


@guard(GUARDS, "Correct sq:logic or the summary")
def logic_against_words(said: ReadStatement, _: Literature) -> Iterator[str]:
    """Doubts where a summary does not say whether all parts are required or any will do."""
    logic, is_open = said.one("logic"), lexicon.OPEN_LIST.search(" ".join(said.all("summary")))
    if logic == "logic-all-of" and is_open:
        yield "all of its parts are required, but its summary says “or” or “any”"
    if logic == "logic-any-of" and not is_open:
        yield "any of its parts will do, but its summary does not say so"


@guard(GUARDS, "Set sq:coverage to answered, or say what is missing")
def coverage_against_words(said: ReadStatement, _: Literature) -> Iterator[str]:
    """Doubts where a cell is filled in part, but its summary does not say what is missing."""
    if said.one("coverage") == "coverage-partly" and not lexicon.DENIAL.search(said.wording):
        yield "it is filled in part only, but its summary does not say what is missing"
