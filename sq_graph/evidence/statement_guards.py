"""Guards that need the statement alone: they compare its words with its coding, and look for
swapped ends of a relation.
"""

from collections.abc import Iterator
from statistics import fmean

from sq_graph.evidence import lexicon
from sq_graph.evidence.lexicon import stems
from sq_graph.evidence.statements import Guards, Literature, ReadStatement, guard
from sq_graph.evidence.text_matching import fold
from sq_graph.vocab import shorten

GUARDS: Guards = {}
ASSERTIONS = ("Claim", "Definition", "Alignment", "DeniedAlignment")
_REREAD_REMEDY = "Read the lines again, to see which of the two acts on the other"
_UPWARDS = ("relation-kind-of", "relation-exemplifies", "relation-aspect-of")
"""Relations whose object is the wider of two things."""
_DOWNWARDS = ("relation-takes-form-of",)
"""Relations whose subject is the wider of two things."""
_USUAL = 3  # other statements, at least, that must use a thing at one end only


@guard(GUARDS, "Put the hedge into its words, or correct sq:hedge")
def hedge_without_words(statement: ReadStatement, _: Literature) -> Iterator[str]:
    """Doubts a statement that is coded as hedged, but worded without a hedge."""
    hedge = statement.first("hedge").removeprefix("hedge-")
    if hedge in ("", "asserted", "question", "disclaimed") or statement.kind not in ASSERTIONS:
        return
    words = fold(statement.own_words)
    if any(fold(marker) in words for marker in statement.all("hedgeMarker")):
        return
    if not lexicon.WEAK_HEDGE.search(statement.own_words):
        yield f"it is {hedge}, but its label and summary do not hedge"


@guard(GUARDS, "Add the hedge to the coding, or remove it from the words")
def hedge_in_words(statement: ReadStatement, _: Literature) -> Iterator[str]:
    """Doubts a statement that is coded as asserted, but worded with a hedge."""
    patterns = (lexicon.STRONG_HEDGE, lexicon.MILD_HEDGE, lexicon.CONDITION)
    hedge = next(filter(None, (pattern.search(statement.own_words) for pattern in patterns)), None)
    if hedge and statement.first("hedge") == "hedge-asserted" and statement.kind in ASSERTIONS:
        yield f"it is coded as asserted, but its words hedge (“{hedge.group()}”)"


@guard(GUARDS, _REREAD_REMEDY)
def order_of_mention(statement: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts a statement whose words name its object before its subject."""
    relation = literature.relation_of(statement)
    if not relation or "true" in relation.get("isSymmetric", ()):
        return
    ends = [literature.stems(statement.all(end)) for end in ("subject", "object")]
    label, summary = (_order(" ".join(statement.all(name)), *ends) for name in ("label", "summary"))
    if (label or summary) < 0:
        message = "its words name the object before the subject, yet the relation"
        yield f"{message} “{relation['label'][0]}” runs from subject to object"


def _order(text: str, subject_stems: set[str], object_stems: set[str]) -> int:
    """1 if the words of the subject come first, -1 if those of the object do, else 0."""
    words = [*enumerate(stems(text))]
    subject_positions = [i for i, word in words if word in subject_stems - object_stems]
    object_positions = [i for i, word in words if word in object_stems - subject_stems]
    if not subject_positions or not object_positions:
        return 0
    mean_gap = fmean(subject_positions) - fmean(object_positions)
    first_gap = subject_positions[0] - object_positions[0]
    return -1 if mean_gap > 0 < first_gap else 1 if mean_gap < 0 > first_gap else 0


@guard(GUARDS, "Correct the claim or the axiom")
def ends_against_axiom(statement: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts a claim if an axiom that rests on it runs the other way round."""
    relation = literature.relation_of(statement)
    if statement.kind != "Claim" or not relation or "true" in relation.get("isSymmetric", ()):
        return
    ends = literature.stems(statement.all("subject")), literature.stems(statement.all("object"))
    name = statement.first("relation").removeprefix("relation-").replace("-", "")
    for property_, source, target in literature.axioms.get(statement.iri, ()):
        source_only = {*stems(source)} - {*stems(target)}
        target_only = {*stems(target)} - {*stems(source)}
        straight = len(source_only & ends[0]) + len(target_only & ends[1])
        crossed = len(source_only & ends[1]) + len(target_only & ends[0])
        if property_.casefold() == name and crossed > straight:
            message = f"an axiom that rests on it runs from “{source}” to “{target}”"
            yield f"{message}, the other way round"


@guard(GUARDS, "Correct the ends of the claim, or skos:broader")
def ends_against_hierarchy(statement: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts a relation between narrower and wider that runs against the hierarchy of concepts."""
    relation = statement.first("relation")
    ends = statement.all("subject"), statement.all("object")
    narrower, wider = ends if relation in _UPWARDS else ends[::-1]
    for narrow in narrower if relation in (*_UPWARDS, *_DOWNWARDS) else ():
        for wide in wider:
            if narrow in literature.wider_than(wide) and wide not in literature.wider_than(narrow):
                label = _label(statement, literature)
                message = f"“{label}” makes {shorten(wide)} broader than {shorten(narrow)}"
                yield f"{message}, but the hierarchy has it the other way round"


@guard(GUARDS, _REREAD_REMEDY)
def ends_against_usual(statement: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts a statement whose things are usually at the other end of its relation, unless that
    makes chains, whose middle links are at both ends.
    """
    if "true" in literature.relation_of(statement).get("isTransitive", ()):
        return
    relation, score, misplaced = statement.first("relation"), 0, ""
    for index, end in enumerate(("subject", "object")):
        for thing in statement.all(end):
            counts = literature.ends[relation, thing]
            same_end, other_end = counts[index] - 1, counts[1 - index]
            is_misplaced = other_end >= _USUAL and not same_end
            score += (same_end - other_end >= _USUAL) - is_misplaced
            misplaced = thing if is_misplaced else misplaced
    if score < 0:
        label = _label(statement, literature)
        yield f"it puts {shorten(misplaced)} at the other end of “{label}” than all others do"


def _label(statement: ReadStatement, literature: Literature) -> str:
    labels = literature.relation_of(statement).get("label") or [statement.first("relation")]
    return labels[0]


@guard(GUARDS, "Correct sq:relation or the words")
def relation_against_words(statement: ReadStatement, literature: Literature) -> Iterator[str]:
    """Doubts a statement whose words deny its relation or announce another one."""
    relation = literature.relation_of(statement)
    if not relation or statement.kind not in ASSERTIONS:
        return
    name, words = relation["label"][0], fold(statement.own_words)
    stated_words = " ".join(statement.all("label", "wording"))
    if statement.kind == "DeniedAlignment" or "denies" in relation:
        if not _sets_apart(statement.own_words + stated_words):
            yield f"it denies a relation or is “{name}”, but its words express no contrast"
    elif "deniedBy" in relation and _sets_apart(stated_words):
        yield f"its words contain a denial, but the relation is simply “{name}”"
    if any(fold(signal) in words for signal in relation.get("signal", ())):
        return
    for iri in (*relation.get("inverseRelation", ()), *relation.get("oppositeRelation", ())):
        other = literature.relations[iri]
        signals = (signal for signal in other.get("signal", ()) if fold(signal) in words)
        if signal := next(signals, ""):
            yield f"the relation is “{name}”, but “{signal}” announces “{other['label'][0]}”"


def _sets_apart(text: str) -> bool:
    return any(pattern.search(text) for pattern in (lexicon.DENIAL, lexicon.SEPARATION))


@guard(GUARDS, "Correct sq:logic or the summary")
def logic_against_words(statement: ReadStatement, _: Literature) -> Iterator[str]:
    """Doubts a summary that does not say whether all parts are required or any will do."""
    logic, summary = statement.first("logic"), " ".join(statement.all("summary"))
    is_open = lexicon.OPEN_LIST.search(summary)
    if logic == "logic-all-of" and is_open:
        yield "all of its parts are required, but its summary says “or” or “any”"
    if logic == "logic-any-of" and not is_open:
        yield "any of its parts will do, but its summary does not say so"


@guard(GUARDS, "Set sq:coverage to answered, or say what is missing")
def coverage_against_words(statement: ReadStatement, _: Literature) -> Iterator[str]:
    """Doubts a partly filled cell whose summary does not say what is missing."""
    is_partial = statement.first("coverage") == "coverage-partly"
    if is_partial and not lexicon.DENIAL.search(statement.own_words):
        yield "it is filled in part only, but its summary does not say what is missing"
