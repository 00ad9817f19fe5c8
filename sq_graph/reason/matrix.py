"""The matrix of positions, and the conflicts of some of them with claims, pages, hedges and whose
inference each axiom is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, combinations, permutations
from operator import attrgetter
from typing import Any, NamedTuple

from sq_graph.errors import InputError
from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions, credit_text
from sq_graph.model.facts import Facts, facts, grouped, join_names, labels, text
from sq_graph.reason import reported_relations as reports
from sq_graph.reason import verdicts
from sq_graph.reason.axioms import Axiom
from sq_graph.reason.engine import NEEDED
from sq_graph.reason.positions import SENSES, PositionSet
from sq_graph.reason.sentences import sentence
from sq_graph.reason.verdicts import CONTRADICT, VERDICTS, GroupFinding, GroupFindings
from sq_graph.table import Table, Tabular
from sq_graph.vocab import slug_of

SIGNS = dict(zip(VERDICTS, "Xxhtfo⊂·-?", strict=True))
"""Verdict → its sign where there is room for one letter."""
_SOURCES = """SELECT DISTINCT ?module ?label {{
  ?position sq:module ?module ; sq:reportedIn/sq:inWork ?work . ?work rdfs:label ?label . {} }}"""
_OUR_READING = "{ ?position sq:basis sq:basis-read }"
_NOT_STATED = "MINUS { ?position sq:statedIn ?work }"
_WARRANTS = {
    "as reported by": f"{_NOT_STATED} MINUS {_OUR_READING}",
    "as stated in": f"?position sq:statedIn ?work MINUS {_OUR_READING}",
    "in our interpretation of": _OUR_READING,
}
"""How a position is taken from a work → the condition for it."""
_ASSERTED_ONLY = "Only claims that are asserted without a hedge count."
_INFERENCES = {"worded": "the holder's words", "reported": "as reported", "read": "our inference"}
_SENSES = {"source": "kept as the source distinguishes them", "word": "treated as one"}
_NO_SHARED_WORD = (
    "no term of one is identified with a term of the other, so no contradiction could be "
    "found; identify their terms in ontology/same-meaning.ttl"
)
_AGREED = "no contradiction was found, and the literature says that they agree"
_ON_CLAIMS = "rests on claims as worded or reported, not on an inference of ours"
_ON_INFERENCE = "rests on an inference of ours"
_AXIOM_FIELDS = ("position", "says", "axiom", "hedge", "source", "step")


class _ShownConflict(NamedTuple):
    """Axioms of positions that contradict each other, with the identities between words and the
    background that the conflict needs; `level` is that of the least firm axiom.
    """

    level: int
    axioms: Sequence[Axiom]
    identities: Sequence[Axiom]
    background: Sequence[Axiom]


@dataclass(frozen=True, repr=False)
class Matrix(Tabular):
    """The findings on all pairs of positions, under one assumption about word senses."""

    graph: Graph
    world: PositionSet
    findings: GroupFindings
    senses: str = SENSES[0]
    asserted_only: bool = False

    def __repr__(self) -> str:
        return f"<Matrix: {self.caption}>"

    def _repr_html_(self) -> str:
        return self.matrix().to_html()

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """The positions, by slug."""
        return tuple(sorted(self.world.positions))

    @cached_property
    def warrant(self) -> str:
        """The source of all positions, as `warrant_of` states it."""
        return self.warrant_of(self.slugs)

    def warrant_of(self, slugs: Iterable[str]) -> str:
        """The sources of some positions: the works that report them, and those that state them."""
        modules = [self.world.positions[slug].module for slug in slugs]
        works_by_phrase = {
            phrase: join_names(sorted({*chain(*(works.get(iri, ()) for iri in modules))}), " and ")
            for phrase, works in self._sources.items()
        }
        reported, stated, read = works_by_phrase.items()
        if reported[1] == stated[1]:
            reported, stated = ("as reported by and stated in", stated[1]), ("", "")
        phrases = [f"{phrase} {works}" for phrase, works in (reported, stated, read) if works]
        return ", and ".join(phrases) or "as their modules say"

    @property
    def caption(self) -> str:
        """The title of the matrix, with its sources."""
        return f"Which positions can be held together, {self.warrant}"

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes needed to read it."""
        triples = [f"{self._labels(f.positions)}: {self._verdict(f)}" for f in self._triples]
        heading = "Three positions that contradict each other though no two do"
        when = "earlier; the positions have not changed since"
        return (
            f"Word senses: {_SENSES[self.senses]}.",
            f"{heading}: {'; '.join(triples) or 'none found'}.",
            *([_ASSERTED_ONLY] if self.asserted_only else ()),
            f"Computed {when if self.findings.earlier else 'now'}.",
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the positions, in the order of `slugs`."""
        return tuple(map(self.label, self.slugs))

    @property
    def verdicts(self) -> dict[tuple[int, int], str]:
        """The verdict on each pair in both orders, by their indexes in `slugs`."""
        pairs = permutations(enumerate(self.slugs), 2)
        return {(row, column): self.verdict(a, b) for (row, a), (column, b) in pairs}

    def label(self, slug: str) -> str:
        """The label of a position."""
        return self.world.positions[slug].label

    def finding(self, first: str, second: str, senses: str = "") -> GroupFinding:
        """The finding on two positions, by slug."""
        return self.findings.pairs[(min(first, second), max(first, second)), senses or self.senses]

    def verdict(self, first: str, second: str) -> str:
        """The verdict on two positions, in words."""
        return self._verdict(self.finding(first, second))

    def table(self) -> Table:
        """One row per pair: `a,b,verdict,conflicts,complete`."""
        columns = ("a", "b", "verdict", "conflicts", "complete")
        rows: tuple[tuple[str | int, ...], ...] = tuple(
            (*f.positions, self._verdict(f), len(self._relevant_conflicts(f)), f.complete)
            for f in self._pairs
        )
        return Table(columns, rows, self.caption, self.notes)

    def matrix(self) -> Table:
        """All pairs as a square; as CSV and JSON one row per pair; on a screen a sign per pair."""
        labels, verdict_of = self.labels, self.verdicts
        indexes = range(len(labels))
        square = [[verdict_of.get((row, column), "") for column in indexes] for row in indexes]
        occurring = set(verdict_of.values())
        legend = [f"{sign} {verdict}" for verdict, sign in SIGNS.items() if verdict in occurring]
        numbers = [f"{index + 1:{len(str(len(labels)))}}" for index in indexes]
        digits = map(" ".join, zip(*numbers, strict=True))  # a number is read downwards
        headings = ("", "\n".join(digits))
        lines = [
            (f"{number:2} {label}", " ".join(SIGNS.get(verdict, " ") for verdict in row))
            for number, (label, row) in enumerate(zip(labels, square, strict=True), 1)
        ]
        compact = Table(headings, tuple(lines), self.caption, (*legend, *self.notes))
        rows = tuple((label, *row) for label, row in zip(labels, square, strict=True))
        table = Table(("position", *labels), rows, self.caption, self.notes)
        return replace(table, records=self.table(), compact=compact)

    def to_json(self) -> str:
        """All pairs and triples with their details."""
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
        """The minimal conflicts of two or more positions, one row per axiom, grouped by conflict.

        Raises UnknownName for an unknown position, InputError if fewer than two are named.
        """
        slugs = tuple(sorted({self.world.find(name) for name in names}))
        if len(slugs) < 2:
            raise InputError("no two different positions are named", remedy="Name at least two")
        if len(slugs) == 2:
            finding = self.finding(*slugs)
        else:
            (finding,) = verdicts.investigate(self.world, {(slugs, self.senses): 3})
        details = self.details(finding)
        rows, groups, records = list[tuple[str, ...]](), list[str](), list[tuple[str | int, ...]]()
        for number, conflict in enumerate(details["conflicts"], 1):
            firmness, axioms = conflict["firmness"], conflict["axioms"]
            identities, neutral = ("; ".join(conflict[name]) for name in ("same_words", "neutral"))
            for axiom in axioms:
                rows.append(tuple(axiom[name] for name in _AXIOM_FIELDS))
                claims = ", ".join(map(slug_of, axiom["claims"]))
                records.append((number, firmness, *rows[-1], claims, identities, neutral))
            rows.append(("assumes these terms mean the same", identities or "none", "", "", "", ""))
            rows.append(("background assumptions", neutral or "none", "", "", "", ""))
            groups += [f"Conflict {number}: {firmness}"] * (len(axioms) + 2)
        record_columns = ("conflict", "firmness", *_AXIOM_FIELDS, "claims", "same_words", "neutral")
        caption = f"{self._labels(slugs)}: {details['verdict']} ({details['warrant']})"
        columns = ("position", "says", "formalised as", "hedge", "source", "whose inference")
        table = Table(columns, tuple(rows), caption, self._reading_notes(details), tuple(groups))
        return replace(table, records=Table(record_columns, tuple(records)))

    def details(self, finding: GroupFinding) -> dict[str, Any]:
        """A finding with its verdict and everything that belongs to it, as plain values."""
        conflicts = [
            {
                "firmness": CONTRADICT[conflict.level],
                "axioms": list(map(self._axiom_record, conflict.axioms)),
                "same_words": self._sentences(conflict.identities),
                "neutral": self._sentences(conflict.background),
            }
            for conflict in self._relevant_conflicts(finding)
        ]
        needed = [self._by_key[key] for key in finding.hangs] if conflicts else []
        otherwise = ""
        if len(finding.positions) == 2:
            otherwise = self._verdict(self.finding(*finding.positions, self._other_senses))
        scopes = ((slug, self.world.positions[slug].content.scope) for slug in finding.positions)
        reported = self._reported_of(finding.positions)
        names = labels(self.graph, [relation.statement for relation in reported])
        credits = attributions(self.graph, names)
        return {
            "positions": list(finding.positions),
            "warrant": self.warrant_of(finding.positions),
            "verdict": self._verdict(finding),
            "formally": finding.verdict(self.asserted_only),
            "reading": _ON_INFERENCE if finding.by_reading else _ON_CLAIMS,
            "conflicts": conflicts,
            "complete": finding.complete,
            "falls_without": self._sentences(needed),
            "if_words_are_taken_otherwise": otherwise,
            "no_case_left_of": [self.world.labels.get(word, word) for word in finding.empty],
            "contained_in": self.label(finding.container) if finding.container else "",
            "scope": {self.label(slug): " ".join(scope) for slug, scope in scopes if any(scope)},
            "literature": [
                {
                    "says": relation.kind,
                    "by_reading": relation.by_reading,
                    "label": names[relation.statement],
                    "source": credit_text(credits.get(relation.statement)),
                    "iri": relation.statement,
                }
                for relation in reported
            ],
            "method": finding.method,
        }

    def _reading_notes(self, details: dict[str, Any]) -> tuple[str, ...]:
        """The notes needed to read the conflicts of some positions, one sentence each."""
        order = (reports.DISAGREE, reports.AGREE, reports.RESOLVES, reports.TOGETHER)
        by_relation: dict[str, list[str]] = {relation: [] for relation in order}
        for report in details["literature"]:
            label = report["label"] + (f": {report['source']}" if report["source"] else "")
            label = f"our interpretation: {report['label']}" if report["by_reading"] else label
            by_relation[report["says"]].append(label)
        relations = [f"{relation} ({'; '.join(by)})" for relation, by in by_relation.items() if by]
        formal_verdict, verdict = details["formally"], details["verdict"]
        notes = [
            f"In the literature: {'; '.join(relations) or reports.SILENT}.",
            f"Word senses: {_SENSES[self.senses]}.",
        ]
        if self.asserted_only:
            notes.append(_ASSERTED_ONLY)
        if formal_verdict != verdict:
            notes.append(f"Formally: {formal_verdict}.")
        if otherwise := details["if_words_are_taken_otherwise"]:
            notes.append(f"If word senses are {_SENSES[self._other_senses]}: {otherwise}.")
        if verdict == verdicts.NO_CONFLICT and by_relation[reports.AGREE]:
            notes.append(f"Compatible: {_AGREED}.")
        if assumptions := "; ".join(details["falls_without"]):
            notes.append(f"The verdict depends on: {assumptions}.")
        if empty_words := "; ".join(details["no_case_left_of"]):
            notes.append(f"Warning: the two can both hold only if nothing is {empty_words}.")
        if formal_verdict == verdicts.NO_TERM:
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
        completeness = "All conflicts are listed." if are_all else "There may be further conflicts."
        return completeness, f"Computed with {method}{when}."

    def _axiom_record(self, axiom: Axiom) -> dict[str, Any]:
        credits = [self._credits[claim] for claim in axiom.claims if claim in self._credits]
        claims = [self._claims[claim] for claim in axiom.claims if claim in self._claims]
        hedge = "\n".join(dict.fromkeys(credit.firmness for credit in credits))
        return {
            "position": self.label(self.world.owner(axiom.source)),
            "says": "\n".join(text(claim, "sq:summary") for claim in claims),
            "axiom": sentence(axiom, self.world.labels),
            "hedge": hedge or "no claim is given for it",
            "source": "\n".join(dict.fromkeys(credit.source for credit in credits)),
            "step": _INFERENCES.get(axiom.reading, "not stated"),
            "claims": list(axiom.claims),
        }

    def _verdict(self, finding: GroupFinding) -> str:
        """The formal verdict, weighed with what the literature itself says of the positions."""
        verdict = finding.verdict(self.asserted_only)
        relations = {(r.kind, r.by_reading) for r in self._reported_of(finding.positions)}
        is_opposed = (reports.DISAGREE, False) in relations
        if verdict in (*CONTRADICT[1:], verdicts.ON_READING):
            return verdict if is_opposed else verdicts.UNOPPOSED
        if not is_opposed or verdict == verdicts.UNCHECKED:
            return verdict
        is_reconciled = {kind for kind, _ in relations} & {reports.AGREE, reports.RESOLVES}
        return verdict if is_reconciled else verdicts.OPPOSED

    def _reported_of(self, slugs: Iterable[str]) -> list[reports.ReportedRelation]:
        return list(chain(*(self._reported.get(pair, ()) for pair in combinations(slugs, 2))))

    def _labels(self, slugs: Iterable[str]) -> str:
        return " · ".join(map(self.label, slugs))

    def _sentences(self, axioms: Iterable[Axiom]) -> list[str]:
        return [sentence(axiom, self.world.labels) for axiom in axioms]

    def _relevant_conflicts(self, finding: GroupFinding) -> list[_ShownConflict]:
        """The conflicts that count, the firmest first."""
        conflicts = []
        for conflict in sorted(finding.conflicts):
            axioms, background = ([self._by_key[key] for key in keys] for keys in conflict)
            claimed = sorted((a for a in axioms if not a.senses), key=attrgetter("source"))
            identities = [axiom for axiom in axioms if axiom.senses]
            level = max(map(self.world.level, claimed), default=1)
            if level == 1 or not self.asserted_only:
                conflicts.append(_ShownConflict(level, claimed, identities, background))
        return sorted(conflicts, key=attrgetter("level"))

    @property
    def _other_senses(self) -> str:
        return next(senses for senses in SENSES if senses != self.senses)

    @property
    def _pairs(self) -> list[GroupFinding]:
        return [self.finding(*pair) for pair in combinations(self.slugs, 2)]

    @property
    def _triples(self) -> list[GroupFinding]:
        triples = [finding for finding in self.findings.triples if finding.senses == self.senses]
        if self.asserted_only:
            return [finding for finding in triples if finding.level == 1]
        clashing = {finding.positions for finding in self._pairs if finding.level}
        return [f for f in triples if clashing.isdisjoint(combinations(f.positions, 2))]

    @cached_property
    def _reported(self) -> dict[tuple[str, str], tuple[reports.ReportedRelation, ...]]:
        return reports.reported_relations(self.graph, self.world)

    @cached_property
    def _sources(self) -> dict[str, dict[str, list[str]]]:
        """How a position is taken from a work → its module → the works that were read for it."""
        queries = {phrase: _SOURCES.format(condition) for phrase, condition in _WARRANTS.items()}
        return {phrase: grouped(self.graph, query) for phrase, query in queries.items()}

    @cached_property
    def _by_key(self) -> dict[str, Axiom]:
        claimed = (position.content.axioms for position in self.world.positions.values())
        axioms = chain(*claimed, self.world.identities, self.world.background)
        return {verdicts.key(axiom): axiom for axiom in axioms}

    @cached_property
    def _claims(self) -> Mapping[str, Facts]:
        return facts(self.graph, set(chain(*(axiom.claims for axiom in self._by_key.values()))))

    @cached_property
    def _credits(self) -> Mapping[str, Attribution]:
        return attributions(self.graph, self._claims)
