"""The matrix of positions, and the clash of some of them, with claims, pages, hedges and whose
step it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, permutations
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sq_graph.errors import InputError
from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, facts, grouped, join_names, labels, text
from sq_graph.reason import reported_relations as reports
from sq_graph.reason import verdicts
from sq_graph.reason.axioms import Axiom
from sq_graph.reason.engine import NEEDED
from sq_graph.reason.positions import SENSES, PositionSet
from sq_graph.reason.sentences import sentence
from sq_graph.reason.verdicts import CONTRADICT, VERDICTS, GroupFinding, GroupFindings
from sq_graph.table import Table
from sq_graph.vocab import slug_of

if TYPE_CHECKING:
    import pandas

SIGNS = dict(zip(VERDICTS, "Xxhtfo⊂·-?", strict=True))
"""Verdict → the sign for it where there is room for one letter."""
_SOURCES = """SELECT DISTINCT ?module ?label {{
  ?position sq:module ?module ; sq:reportedIn/sq:inWork ?work . ?work rdfs:label ?label . {} }}"""
_OURS, _OTHERS = "{ ?position sq:basis sq:basis-read }", "MINUS { ?position sq:statedIn ?work }"
_WARRANTS = {
    "as reported by": f"{_OTHERS} MINUS {_OURS}",
    "as stated in": f"?position sq:statedIn ?work MINUS {_OURS}",
    "in our interpretation of": _OURS,
}
"""How a position comes from a work → the condition for it."""
_ASSERTED_ONLY = "Only claims that are asserted without a hedge count."
_STEPS = {"worded": "the holder's words", "reported": "as reported", "read": "our inference"}
_SENSES = {"source": "kept as the source distinguishes them", "word": "treated as one"}
_NO_SHARED_WORD = (
    "no word of the one is identified with a word of the other, so no contradiction could be "
    "found; identify their words in ontology/same-meaning.ttl"
)
_AGREED = "nothing was found against it, and the literature says that they agree"
_ON_CLAIMS = "rests on claims as worded or reported, not on an inference of ours"
_ON_INFERENCE = "rests on an inference of ours"
_AXIOM = ("position", "says", "axiom", "hedge", "source", "step")


class _ShownConflict(NamedTuple):
    """Axioms of positions that contradict each other, with the identities between words and the
    background that this needs; `level` is that of the least firm of them.
    """

    level: int
    axioms: Sequence[Axiom]
    identities: Sequence[Axiom]
    background: Sequence[Axiom]


@dataclass(frozen=True)
class Matrix:
    """What was found of all pairs of positions, under one supposition about words."""

    graph: Graph
    world: PositionSet
    findings: GroupFindings
    senses: str = SENSES[0]
    asserted_only: bool = False

    def __repr__(self) -> str:
        return f"<Matrix: {self.caption}>"

    def _repr_html_(self) -> str:
        return self.matrix().to_html()

    def to_pandas(self) -> pandas.DataFrame:
        """One row a pair as a DataFrame; raises MissingDependency without pandas."""
        return self.table().to_pandas()

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """The positions, by slug."""
        return tuple(sorted(self.world.positions))

    @cached_property
    def warrant(self) -> str:
        """On whose report all this rests."""
        return self.warrant_of(self.slugs)

    def warrant_of(self, slugs: Iterable[str]) -> str:
        """On whose report some positions rest: which works report them, and which hold them."""
        modules = [self.world.positions[slug].module for slug in slugs]
        found = {
            words: join_names(
                sorted({work for module in modules for work in sources.get(module, ())}), " and "
            )
            for words, sources in self._sources.items()
        }
        reported, held, ours = found.items()
        if reported[1] == held[1]:
            reported, held = ("as reported by and stated in", held[1]), ("", "")
        words = [f"{words} {works}" for words, works in (reported, held, ours) if works]
        return ", and ".join(words) or "as their modules say"

    @property
    def caption(self) -> str:
        """What it shows, on whose report."""
        return f"Which positions can be held together, {self.warrant}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be known to read it."""
        clashing = [f"{self._labels(one.positions)}: {self._verdict(one)}" for one in self._triples]
        three = "Three positions that contradict each other though no two do"
        when = "earlier; the positions have not changed since"
        return (
            f"Word senses: {_SENSES[self.senses]}.",
            f"{three}: {'; '.join(clashing) or 'none found'}.",
            *([_ASSERTED_ONLY] if self.asserted_only else ()),
            f"Computed {when if self.findings.earlier else 'now'}.",
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the positions, in the order of `slugs`."""
        return tuple(map(self.label, self.slugs))

    @property
    def verdicts(self) -> dict[tuple[int, int], str]:
        """The verdict on each pair, either way round, by their numbers in the order of `slugs`."""
        pairs = permutations(enumerate(self.slugs), 2)
        return {(row, column): self.verdict(a, b) for (row, a), (column, b) in pairs}

    def label(self, slug: str) -> str:
        """The label of a position."""
        return self.world.positions[slug].label

    def finding(self, first: str, second: str, senses: str = "") -> GroupFinding:
        """What was found of two positions, by slug."""
        return self.findings.pairs[(min(first, second), max(first, second)), senses or self.senses]

    def verdict(self, first: str, second: str) -> str:
        """The verdict on two positions, in words."""
        return self._verdict(self.finding(first, second))

    def table(self) -> Table:
        """One row a pair: `a,b,verdict,conflicts,complete`."""
        columns = ("a", "b", "verdict", "conflicts", "complete")
        rows: tuple[tuple[str | int, ...], ...] = tuple(
            (*one.positions, self._verdict(one), len(self._shown(one)), one.complete)
            for one in self._pairs
        )
        return Table(columns, rows, self.caption, self.notes)

    def matrix(self) -> Table:
        """All pairs as a square; as CSV and JSON one row a pair; on a screen a sign a pair."""
        names, known = self.labels, self.verdicts
        places = range(len(names))
        square = [[known.get((row, column), "") for column in places] for row in places]
        used = set(known.values())
        legend = [f"{sign} {verdict}" for verdict, sign in SIGNS.items() if verdict in used]
        heads = ("", " ".join(f"{place + 1:2}" for place in places))
        lines = [
            (f"{number:2} {name}", " ".join(f"{SIGNS.get(verdict, ''):>2}" for verdict in row))
            for number, (name, row) in enumerate(zip(names, square, strict=True), 1)
        ]
        compact = Table(heads, tuple(lines), self.caption, (*legend, *self.notes))
        rows = tuple((name, *row) for name, row in zip(names, square, strict=True))
        table = Table(("position", *names), rows, self.caption, self.notes)
        return replace(table, records=self.table(), compact=compact)

    def to_json(self) -> str:
        """All pairs with everything that a verdict carries, and the triples."""
        content = {
            "warrant": self.warrant,
            "senses": self.senses,
            "asserted_only": self.asserted_only,
            "computed_earlier": self.findings.earlier,
            "pairs": list(map(self.details, self._pairs)),
            "triples": list(map(self.details, self._triples)),
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    def clash(self, *names: str) -> Table:
        """The minimal conflicts of two or more positions, one axiom a row, grouped by conflict.

        Raises UnknownName for a position that there is not, InputError if fewer than two are named.
        """
        slugs = tuple(sorted({self.world.find(name) for name in names}))
        if len(slugs) < 2:
            remedy = "Name at least two different ones"
            raise InputError("a clash needs positions", remedy=remedy)
        if len(slugs) == 2:
            found = self.finding(*slugs)
        else:
            (found,) = verdicts.investigate(self.world, {(slugs, self.senses): 3})
        details = self.details(found)
        rows, groups, records = list[tuple[str, ...]](), list[str](), list[tuple[str | int, ...]]()
        for number, one in enumerate(details["conflicts"], 1):
            same, neutral = "; ".join(one["same_words"]), "; ".join(one["neutral"])
            for axiom in one["axioms"]:
                rows.append(tuple(axiom[name] for name in _AXIOM))
                claims = ", ".join(map(slug_of, axiom["claims"]))
                records.append((number, one["firmness"], *rows[-1], claims, same, neutral))
            rows.append(("assumes these terms mean the same", same or "none", "", "", "", ""))
            rows.append(("background assumptions", neutral or "none", "", "", "", ""))
            groups += [f"Conflict {number}: {one['firmness']}"] * (len(one["axioms"]) + 2)
        heads = ("conflict", "firmness", *_AXIOM, "claims", "same_words", "neutral")
        caption = f"{self._labels(slugs)}: {details['verdict']} ({details['warrant']})"
        columns = ("position", "says", "formalised as", "hedge", "source", "whose inference")
        table = Table(columns, tuple(rows), caption, self._reading_notes(details), tuple(groups))
        return replace(table, records=Table(heads, tuple(records)))

    def details(self, found: GroupFinding) -> dict[str, Any]:
        """Everything that a verdict carries, as plain values."""
        conflicts = [
            {
                "firmness": CONTRADICT[one.level],
                "axioms": list(map(self._row, one.axioms)),
                "same_words": self._sentences(one.identities),
                "neutral": self._sentences(one.background),
            }
            for one in self._shown(found)
        ]
        hangs = [self._by_key[one] for one in found.hangs] if conflicts else []
        otherwise = ""
        if len(found.positions) == 2:
            otherwise = self._verdict(self.finding(*found.positions, self._other_senses))
        scopes = ((one, self.world.positions[one].reading.scope) for one in found.positions)
        said = self._reported_of(found.positions)
        names = labels(self.graph, [one.by for one in said])
        credits = attributions(self.graph, names)
        return {
            "positions": list(found.positions),
            "warrant": self.warrant_of(found.positions),
            "verdict": self._verdict(found),
            "formally": found.verdict(self.asserted_only),
            "reading": _ON_INFERENCE if found.by_reading else _ON_CLAIMS,
            "conflicts": conflicts,
            "complete": found.complete,
            "falls_without": self._sentences(hangs),
            "if_words_are_taken_otherwise": otherwise,
            "no_case_left_of": [self.world.labels.get(word, word) for word in found.empty],
            "contained_in": self.label(found.container) if found.container else "",
            "scope": {self.label(slug): " ".join(scope) for slug, scope in scopes if any(scope)},
            "literature": [
                {
                    "says": one.relation,
                    "by_reading": one.by_reading,
                    "label": names[one.by],
                    "source": _sourced(credits.get(one.by)),
                    "iri": one.by,
                }
                for one in said
            ],
            "method": found.method,
        }

    def _reading_notes(self, details: dict[str, Any]) -> tuple[str, ...]:
        """What has to be known to read the clash of some positions, a sentence each."""
        order = (reports.DISAGREE, reports.AGREE, reports.RESOLVES, reports.TOGETHER)
        by_relation: dict[str, list[str]] = {relation: [] for relation in order}
        for one in details["literature"]:
            label = f"{one['label']}: {one['source']}" if one["source"] else one["label"]
            label = f"our interpretation: {one['label']}" if one["by_reading"] else label
            by_relation[one["says"]].append(label)
        said = [f"{relation} ({'; '.join(by)})" for relation, by in by_relation.items() if by]
        formal, verdict = details["formally"], details["verdict"]
        notes = [
            f"In the literature: {'; '.join(said) or reports.SILENT}.",
            f"Word senses: {_SENSES[self.senses]}.",
        ]
        if self.asserted_only:
            notes.append(_ASSERTED_ONLY)
        if formal != verdict:
            notes.append(f"Formally: {formal}.")
        if otherwise := details["if_words_are_taken_otherwise"]:
            notes.append(f"If word senses are {_SENSES[self._other_senses]}: {otherwise}.")
        if verdict == verdicts.NO_CONFLICT and by_relation[reports.AGREE]:
            notes.append(f"Compatible: {_AGREED}.")
        if needed := "; ".join(details["falls_without"]):
            notes.append(f"The verdict depends on: {needed}.")
        if emptied := "; ".join(details["no_case_left_of"]):
            notes.append(f"Warning: the two can both hold only if nothing is {emptied}.")
        if formal == verdicts.NO_TERM:
            notes.append(f"Warning: no shared word: {_NO_SHARED_WORD}.")
        if details["conflicts"]:
            notes.append(f"The verdict {details['reading']}.")
        notes += [f"Scope of {label}: {scope}" for label, scope in details["scope"].items()]
        return (*notes, *self._method_notes(details))

    def _method_notes(self, details: dict[str, Any]) -> tuple[str, ...]:
        """Whether all conflicts are known, and how they were computed."""
        if not (method := details["method"]):
            return (f"{NEEDED}.",)
        when = ", earlier; the positions have not changed since" if self.findings.earlier else ""
        are_all = details["complete"]
        known = "All conflicts are listed." if are_all else "There may be further conflicts."
        return known, f"Computed with {method}{when}."

    def _row(self, axiom: Axiom) -> dict[str, Any]:
        credits = [self._credits[claim] for claim in axiom.claims if claim in self._credits]
        claims = [self._claims[claim] for claim in axiom.claims if claim in self._claims]
        hedge = "\n".join(dict.fromkeys(one.firmness for one in credits))
        return {
            "position": self.label(self.world.owner(axiom.source)),
            "says": "\n".join(text(claim, "sq:summary") for claim in claims),
            "axiom": sentence(axiom, self.world.labels),
            "hedge": hedge or "no claim is given for it",
            "source": "\n".join(dict.fromkeys(one.source for one in credits)),
            "step": _STEPS.get(axiom.reading, "not said"),
            "claims": list(axiom.claims),
        }

    def _verdict(self, found: GroupFinding) -> str:
        """The formal verdict, weighed with what the literature itself says of the positions."""
        formal = found.verdict(self.asserted_only)
        reported = self._reported_of(found.positions)
        opposed = any(one.relation == reports.DISAGREE and not one.by_reading for one in reported)
        if formal in (*CONTRADICT[1:], verdicts.ON_READING):
            return formal if opposed else verdicts.UNOPPOSED
        if not opposed or formal == verdicts.UNCHECKED:
            return formal
        reconciled = any(one.relation in (reports.AGREE, reports.RESOLVES) for one in reported)
        return formal if reconciled else verdicts.OPPOSED

    def _reported_of(self, slugs: Iterable[str]) -> list[reports.ReportedRelation]:
        return [one for pair in combinations(slugs, 2) for one in self._reported.get(pair, ())]

    def _labels(self, slugs: Iterable[str]) -> str:
        return " · ".join(map(self.label, slugs))

    def _sentences(self, axioms: Iterable[Axiom]) -> list[str]:
        return [sentence(axiom, self.world.labels) for axiom in axioms]

    def _shown(self, found: GroupFinding) -> list[_ShownConflict]:
        """The conflicts that count, the firmest first."""
        shown = []
        for conflict in sorted(found.conflicts):
            axioms, background = ([self._by_key[one] for one in keys] for keys in conflict)
            own = sorted((one for one in axioms if not one.senses), key=attrgetter("source"))
            identities = [one for one in axioms if one.senses]
            level = max(map(self.world.level, own), default=1)
            if level == 1 or not self.asserted_only:
                shown.append(_ShownConflict(level, own, identities, background))
        return sorted(shown, key=attrgetter("level"))

    @property
    def _other_senses(self) -> str:
        return next(senses for senses in SENSES if senses != self.senses)

    @property
    def _pairs(self) -> list[GroupFinding]:
        return [self.finding(*pair) for pair in combinations(self.slugs, 2)]

    @property
    def _triples(self) -> list[GroupFinding]:
        found = [one for one in self.findings.triples if one.senses == self.senses]
        if self.asserted_only:
            return [one for one in found if one.level == 1]
        pairs = {one: combinations(one.positions, 2) for one in found}
        return [one for one in found if not any(self.finding(*two).level for two in pairs[one])]

    @cached_property
    def _reported(self) -> dict[tuple[str, str], tuple[reports.ReportedRelation, ...]]:
        return reports.reported_relations(self.graph, self.world)

    @cached_property
    def _sources(self) -> dict[str, dict[str, list[str]]]:
        """How a position comes from a work → its module → the works that were read for it."""
        queries = {words: _SOURCES.format(one) for words, one in _WARRANTS.items()}
        return {words: grouped(self.graph, query) for words, query in queries.items()}

    @cached_property
    def _by_key(self) -> dict[str, Axiom]:
        held = [axiom for one in self.world.positions.values() for axiom in one.reading.axioms]
        known = (*held, *self.world.identities, *self.world.background)
        return {verdicts.key(axiom): axiom for axiom in known}

    @cached_property
    def _claims(self) -> Mapping[str, Facts]:
        return facts(self.graph, {one for axiom in self._by_key.values() for one in axiom.claims})

    @cached_property
    def _credits(self) -> Mapping[str, Attribution]:
        return attributions(self.graph, self._claims)


def _sourced(credit: Attribution | None) -> str:
    """Who says something where, and how firmly, where it is not asserted."""
    if credit is None:
        return ""
    return credit.source + (f"; {credit.firmness}" if credit.hedge not in ("", "asserted") else "")
