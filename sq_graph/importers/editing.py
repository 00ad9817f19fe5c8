"""Guarded edits of a workspace: all or nothing, validated before they are kept, written as canonical Turtle.

An edit holds the folder's lock from its beginning to its end, so two programs never lose each other's work; what
another program wrote meanwhile is read first. One file a work: its record and what was read in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from sq_graph.check import Finding, guard
from sq_graph.check.shapes import Shapes
from sq_graph.errors import FindingsError, InputError, UnknownName
from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.graph.change import FileChange
from sq_graph.graph.files import Transaction
from sq_graph.graph.layout import Layout
from sq_graph.importers.library import Library
from sq_graph.model.facts import coded, facts, labels, texts
from sq_graph.model.names import Names
from sq_graph.model.records import Name, Record, slugged
from sq_graph.turtle import read_file, written
from sq_graph.turtle.terms import IMPORTS, LABEL, ONTOLOGY, TYPE, Triple, iri, literal
from sq_graph.vocab import BASE, DCTERMS, KINDS, OWL, SQ, XSD, expand, kind_of, slug_of

Value = str | int | bool | tuple[str, str]
"""A value as it is said: an IRI, whole or in short form, as ("iri", …); a text with its language as (language, text);
a plain text, number or truth value as itself."""

_LARGE = 5000
"""Triples from which a change is validated by a run over everything."""
_INDIVIDUAL = f"<{OWL}NamedIndividual>"


class Edit:
    """Things added to a workspace: kept together when the `with` block ends, or not at all.

    Methods return the IRI of what they make; names are slugs, labels or IRIs of the map or of this edit. Making the
    same thing twice changes nothing. Raises FindingsError at its end where the shapes find a fault.

    >>> import sq_graph, tempfile
    >>> from sq_graph.importers.workspace import make_workspace
    >>> folder = make_workspace(Path(tempfile.mkdtemp()) / "review", "https://example.org/review/")
    >>> atlas = sq_graph.open(folder)
    >>> with atlas.edit() as edit:
    ...     work = edit.work("chan-2006", title="Reconsidering social cohesion", authors=["Chan, Joseph"], year=2006)
    ...     made = edit.definition(of="social-cohesion", in_=work, page="290", summary="A state of interactions.")
    >>> made
    'https://example.org/review/id/definition/chan-2006-social-cohesion-p290'
    """

    def __init__(
        self, layouts: Sequence[Layout], graph: object, shapes: Callable[[], Shapes], done: Callable[[], None]
    ) -> None:
        self.layout = layouts[-1]
        if not isinstance(graph, EmbeddedGraph) or self.layout.base == BASE:
            raise InputError(
                "an edit changes the files of a workspace, and none is open",
                remedy="Run sq-graph init DIR --base IRI, and open that folder",
            )
        self.graph, self._shapes, self._done = graph, shapes, done
        self.names = Names(graph, tuple(layout.base for layout in reversed(layouts)))
        self.findings: tuple[Finding, ...] = ()
        self.made: dict[str, str] = {}
        self.origins: dict[str, str] = {}
        self._transaction = Transaction(self.layout.root)
        self._added: dict[Path, set[Triple]] = {}
        self._dropped: dict[Path, set[tuple[str, str]]] = {}
        self._files: dict[Path, dict[str, set[tuple[str, str]]]] = {}
        self._put: dict[Path, bytes | None] = {}
        self._new: dict[str, list[str]] = {}
        self._said: dict[str, set[tuple[str, str]]] = {}
        self._labels: dict[str, str] = {}
        self._codes: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Edit:
        self._transaction.__enter__()
        try:
            self._refresh()
        except BaseException as error:
            self._transaction.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            changes = [] if kind else self._guarded()
        except BaseException as fault:
            self._transaction.__exit__(type(fault), fault, None)
            raise
        try:
            self._transaction.__exit__(kind, error, trace)
        except BaseException:
            for change in reversed(changes):
                change.undo()
            raise
        self._done()

    # ---- things

    def work(
        self,
        slug: str = "",
        *,
        title: str = "",
        authors: Iterable[str | Name] = (),
        year: int | str | None = None,
        **fields: str,
    ) -> str:
        """A work; authors as `Family, Given`, fields by BibTeX name (doi, journal, publisher …).

        A work of the same DOI, or the same authors, year and title, is taken to be it.
        """
        from sq_graph.importers.bibliography import record_of

        names = tuple(one if isinstance(one, Name) else _name(one) for one in authors)
        record = record_of(title, names, "" if year is None else str(year), fields)
        return self.library.add(record, slug).iri

    def add_record(self, record: Record) -> Any:
        """A work by its bibliographic record; says what became of it (see `library.Outcome`)."""
        return self.library.add(record)

    def agent(self, name: str, organisation: bool = False) -> str:
        """A person (`Family, Given`) or an organisation."""
        return self.library.agent(Name(name, organisation=True) if organisation else _name(name))

    def concept(
        self, label: str, *, scheme: str = "constructs", broader: str = "", sense_of: str = "", note: str = ""
    ) -> str:
        """A concept of one's own, in one sense; a concept of the map that has this name is used instead."""
        try:
            return self.find(label, "concept", "category")
        except UnknownName:
            pass
        thing = self.mint("concept", slugged(label))
        self.say(self.file("data/concepts"), thing, "sq:Concept", {
            "rdfs:label": [("en", label)], "skos:inScheme": [("iri", self.find(scheme, "scheme"))],
            "skos:broader": [("iri", self.find(broader, "concept", "category"))] if broader else [],
            "sq:senseOf": [("iri", self.find(sense_of, "concept"))] if sense_of else [],
            "skos:note": [("en", note)] if note else [],
        })  # fmt: skip
        return thing

    def definition(
        self, *, of: str, in_: str, page: str, summary: str, form: str = "paraphrased",
        aspects: Mapping[str, str | Sequence[str]] | None = None, name: str = "", note: str = "", **attribution: Any,
    ) -> str:  # fmt: skip
        """What somebody says a concept is, read on a page of a work, coded by aspects (values, terms, or `silent`).

        `attribution` may name holder, stated_in, via, phrase, hedge, hedge_words, basis (see `attributed`).
        """
        concept, work = self.find(of, "concept", "category"), self.find(in_, "work")
        slug = slugged(name or f"{slug_of(work)}-{slug_of(concept)}-{_place(*pages(page))}")
        thing = self.mint("definition", slug)
        credit = self.attributed(work, page, **attribution)
        stated = next((value[1] for value in credit["sq:statedIn"] if isinstance(value, tuple)), work)
        self.say(self.file_of(work), thing, "sq:Definition", {
            "rdfs:label": [("en", f"{self.label(stated)} on {self.label(concept)}")], "sq:defines": [("iri", concept)],
            "sq:form": [self.code("form", form)], "sq:summary": [("en", summary)],
            "skos:note": [("en", note)] if note else [], **credit,
        })  # fmt: skip
        for aspect, said in (aspects or {}).items():
            self._coding(work, thing, self.find(aspect, "aspect"), [said] if isinstance(said, str) else list(said))
        return thing

    def typology(
        self, label: str, *, divides: str, in_: str, page: str, categories: Sequence[tuple[str, str]],
        ordered_by: str = "", name: str = "", **attribution: Any,
    ) -> str:  # fmt: skip
        """An author's division of a concept into categories (label, summary), in order if `ordered_by` says so."""
        work = self.find(in_, "work")
        slug = slugged(name or f"{slug_of(work)}-{label}")
        thing = self.mint("typology", slug)
        file = self.file_of(work)
        self.say(file, thing, "sq:Typology", {
            "rdfs:label": [("en", label)], "sq:divides": [("iri", self.find(divides, "concept", "category"))],
            "sq:ordered": [bool(ordered_by)], "sq:orderedBy": [("en", ordered_by)] if ordered_by else [],
            **self.attributed(work, page, **attribution),
        })  # fmt: skip
        for rank, (category, summary) in enumerate(categories, 1):
            self.say(file, self.mint("category", f"{slug}-{slugged(category)}"), "sq:Category", {
                "rdfs:label": [("en", category)], "sq:memberOf": [("iri", thing)],
                "sq:rank": [rank] if ordered_by else [], "sq:summary": [("en", summary)] if summary else [],
            })  # fmt: skip
        return thing

    def alignment(
        self, *, subject: str | Sequence[str], relation: str, object: str, in_: str, page: str, summary: str = "",
        denied: bool = False, name: str = "", **attribution: Any,
    ) -> str:  # fmt: skip
        """A correspondence that somebody draws, or denies; several subjects are taken together, never one by one."""
        work = self.find(in_, "work")
        parts = [self.find(one) for one in ([subject] if isinstance(subject, str) else subject)]
        target, file = self.find(object), self.file_of(work)
        slug = slugged(name or "-".join([slug_of(work), *map(slug_of, parts), relation, slug_of(target)]))[:120].strip(
            "-"
        )
        together = parts[0]
        if len(parts) > 1:
            together = self.mint("union", "-".join(sorted(map(slug_of, parts)))[:120].strip("-"))
            label = " and ".join(self.label(part) for part in parts) + ", taken together"
            self.say(file, together, "sq:Union", {
                "rdfs:label": [("en", label[:160])], "skos:member": [("iri", part) for part in parts],
            })  # fmt: skip
        thing = self.mint("alignment", slug)
        sign = "is not" if denied else "~"
        self.say(file, thing, "sq:DeniedAlignment" if denied else "sq:Alignment", {
            "rdfs:label": [("en", f"{self.label(together)} {sign} {self.label(target)}"[:160])],
            "sq:subject": [("iri", together)], "sq:relation": [self.code("relation", relation)],
            "sq:object": [("iri", target)], "sq:summary": [("en", summary)] if summary else [],
            **self.attributed(work, page, **attribution),
        })  # fmt: skip
        return thing

    def claim(
        self, *, summary: str, in_: str, page: str, about: str | Sequence[str] = (), subject: str = "",
        relation: str = "", object: str = "", name: str = "", **attribution: Any,
    ) -> str:  # fmt: skip
        """A statement in an argument, by what it is about, or by subject, relation and object."""
        work = self.find(in_, "work")
        topics = [self.find(one) for one in ([about] if isinstance(about, str) else about) if one]
        ends = {"sq:subject": subject, "sq:object": object}
        slug = slugged(name or f"{slug_of(work)}-{_place(*pages(page))}-{'-'.join(slugged(summary).split('-')[:6])}")
        thing = self.mint("claim", slug)
        self.say(self.file_of(work), thing, "sq:Claim", {
            "rdfs:label": [("en", summary if len(summary) <= 120 else f"{summary[:117]}…")],
            "sq:summary": [("en", summary)], "sq:about": [("iri", topic) for topic in topics],
            **{key: [("iri", self.find(one))] for key, one in ends.items() if one},
            "sq:relation": [self.code("relation", relation)] if relation else [],
            **self.attributed(work, page, **attribution),
        })  # fmt: skip
        return thing

    # ---- their parts

    def attributed(
        self, work: str, page: str, *, holder: str | Sequence[str] = (), stated_in: str = "", via: str = "",
        phrase: str = "", hedge: str = "", hedge_words: str | Sequence[str] = (), basis: str = "",
    ) -> dict[str, list[Value]]:  # fmt: skip
        """The attribution of what was read on a page of a work: by default held by its authors, flatly, as a draft.

        With `stated_in` the holder's own work is another one, which the work that was read reports.
        """
        own = self.find(stated_in, "work") if stated_in else "" if holder or via else work
        named = [holder] if isinstance(holder, str) else list(holder)
        holders = [self._holder(one) for one in named if one] or self.library.authors(own or work)
        if not holders:
            raise InputError(f"{self.label(own or work)} names no author", remedy="Say by holder who holds this")
        if not own and set(holders) & set(self.library.authors(work)):
            own = work
        words = [hedge_words] if isinstance(hedge_words, str) else list(hedge_words)
        markers = [" ".join(one.split()) for one in words if one.strip()]
        said: dict[str, list[Value]] = {
            "sq:heldBy": [("iri", one) for one in holders], "sq:statedIn": [("iri", own)] if own else [],
            "sq:via": [("iri", self.find(via, "work"))] if via else [],
            "sq:reportedIn": [("iri", self._passage(work, page, phrase))],
            "sq:basis": [self.code("basis", basis or ("worded" if own == work else "reported"))],
            "sq:hedge": [self.code("hedge", hedge or ("hedged" if markers else "asserted"))],
            "sq:hedgeMarker": list(markers), "sq:reviewStatus": [self.code("reviewStatus", "draft")],
        }  # fmt: skip
        return said

    def _holder(self, name: str) -> str:
        try:
            return self.find(name, "agent")
        except UnknownName:
            if "," in name:
                return self.agent(name)
            raise

    def _passage(self, work: str, page: str, phrase: str) -> str:
        first, last = pages(page)
        phrase = " ".join(phrase.split())
        tail = "-".join(["", *slugged(phrase).split("-")[:4]]) if phrase else ""
        there = _place(first, last)
        thing = self.mint("passage", f"{slug_of(work)}-{there}{tail}")
        shown = f"pp. {first}–{last}" if last else f"p. {first}"
        self.say(self.file_of(work), thing, "sq:Passage", {
            "rdfs:label": [("en", f"{self.label(work)}, {shown}" + (f", “{phrase}”" if phrase else ""))],
            "sq:inWork": [("iri", work)], "sq:pageLabel": [first], "sq:lastPageLabel": [last] if last else [],
            "sq:pageBasis": [self.code("pageBasis", "printed")], "sq:phrase": [phrase] if phrase else [],
        })  # fmt: skip
        return thing

    def _coding(self, work: str, definition: str, aspect: str, said: Sequence[str]) -> None:
        allowed = self.allowed(aspect)
        plain = [one.strip() for one in said if one.strip()]
        coverage = {"silent": "silent", "n/a": "not-applicable", "not applicable": "not-applicable"}
        value: dict[str, list[Value]] = {"sq:codedTerm": [("en", one) for one in plain]}
        if len(plain) == 1 and plain[0].lower() in coverage:
            value = {"sq:coverage": [self.code("coverage", coverage[plain[0].lower()])]}
        elif allowed:
            value = {"sq:codedValue": [("iri", self.allowed_value(aspect, one)) for one in plain]}
        self.say(self.file_of(work), self.mint("coding", f"{slug_of(definition)}-{slug_of(aspect)}"), "sq:Coding", {
            "sq:codes": [("iri", definition)], "sq:aspect": [("iri", aspect)],
            "sq:reviewStatus": [self.code("reviewStatus", "draft")], **value,
        })  # fmt: skip

    def allowed(self, aspect: str) -> dict[str, str]:
        """The values that an aspect allows, by label; none for an open one."""
        if aspect not in self._codes:
            found = texts(facts(self.graph, [aspect]).get(aspect, {}), "sq:allows")
            self._codes[aspect] = {label.lower(): value for value, label in labels(self.graph, found).items()}
        return self._codes[aspect]

    def allowed_value(self, aspect: str, word: str) -> str:
        """The value of a closed aspect that a word names; raises UnknownName with the nearest."""
        allowed = self.allowed(aspect)
        if word.lower() in allowed:
            return allowed[word.lower()]
        raise UnknownName(
            f"value of {self.label(aspect)}", word, allowed, remedy=f"It allows {', '.join(allowed)}, or silent"
        )

    def code(self, name: str, word: str) -> tuple[str, str]:
        """A coded value of the vocabulary (`hedge`, `hedged`); raises UnknownName with the nearest."""
        if name not in self._codes:
            kind = f"sq:{name[0].upper()}{name[1:]}"
            self._codes[name] = {
                coded(one) if one.startswith(SQ) else slug_of(one): one for one in self.names.of_class(kind)
            }
        found = self._codes[name].get(word.strip().lower().replace(" ", "-"))
        if not found:
            raise UnknownName(name, word, self._codes[name])
        return "iri", found

    # ---- the ground

    @cached_property
    def library(self) -> Library:
        """The works and agents of the map and of this edit."""
        return Library(self)

    def find(self, name: str, *kinds: str) -> str:
        """The IRI of a thing of the map or of this edit; raises UnknownName with the nearest."""
        name = name.strip()
        if expand(name) in self._said:
            return expand(name)
        found = [one for one in self._new.get(name.lower(), ()) if not kinds or kind_of(one) in kinds]
        if len(found) == 1:
            return found[0]
        return self.names.find(name, kinds)

    def label(self, thing: str) -> str:
        """The label of a thing of the map or of this edit."""
        return self._labels[thing] if thing in self._labels else labels(self.graph, [thing])[thing]

    def name(self, thing: str, *names: str) -> None:
        """Lets a thing of this edit be found by these names too."""
        for one in names:
            known = self._new.setdefault(one.lower(), [])
            known += [thing] if thing not in known else []

    def mint(self, kind: str, slug: str) -> str:
        """The IRI of a thing of one's own; raises InputError where no slug can be made."""
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or kind not in KINDS:
            raise InputError(f"{slug!r} is no slug", remedy="Give a name of small letters, digits and hyphens")
        return f"{self.layout.base}id/{kind}/{slug}"

    def file(self, path: str) -> Path:
        """A file of the workspace by its path without `ontology/` and `.ttl`."""
        return self.layout.ontology / f"{path}.ttl"

    def file_of(self, work: str) -> Path:
        """The file of a work: its record, and what was read in it."""
        return self.file(f"data/works/{slug_of(work)}")

    def say(self, file: Path, thing: str, kind: str, statements: Mapping[str, Sequence[Value]], more: str = "") -> None:
        """States a thing in a file; without a kind, adds to what is said of it.

        Where the file says otherwise of a draft, the new statement replaces the old; what was read a second time is
        never replaced. Raises InputError then, and where this edit has said otherwise already.
        """
        types = [one for one in (kind, more) if one]
        told = {(TYPE, f"<{expand(one)}>") for one in types} | ({(TYPE, _INDIVIDUAL)} if kind else set())
        told |= {(f"<{expand(name)}>", _term(value)) for name, values in statements.items() for value in values}
        there = self._there(file).get(f"<{thing}>", set())
        if kind:
            said = self._said.setdefault(thing, told)
            if said != told:
                raise InputError(f"two things are called {slug_of(thing)}", remedy="Give one of them another name")
            changed = bool(told - there)
            self.made[thing] = "new" if not there else "changed" if changed else "there"
            if changed and there:
                self._replace(file, thing, {f"<{expand(name)}>" for name in statements} | {TYPE}, there)
            for value in statements.get("rdfs:label", ()):
                self._labels[thing] = value[1] if isinstance(value, tuple) else str(value)
            self.name(thing, slug_of(thing), *([self._labels[thing]] if thing in self._labels else []))
        self._added.setdefault(file, set()).update((f"<{thing}>", p, o) for p, o in told)

    def state(self, file: Path, triples: Iterable[Triple]) -> None:
        """Adds triples to a file as they are."""
        self._added.setdefault(file, set()).update(triples)

    def _replace(self, file: Path, thing: str, names: set[str], there: set[tuple[str, str]]) -> None:
        status = {o for p, o in there if p == f"<{SQ}reviewStatus>"}
        if status - {f"<{SQ}reviewStatus-draft>"}:
            raise InputError(
                f"{slug_of(thing)} says otherwise and has been read by somebody else since",
                remedy="Give the new one another name, or change the old one in its file",
            )
        self._dropped.setdefault(file, set()).update((f"<{thing}>", name) for name in names)

    def _there(self, file: Path) -> dict[str, set[tuple[str, str]]]:
        """What a file says now, by subject."""
        if file not in self._files:
            found: dict[str, set[tuple[str, str]]] = {}
            for s, p, o in read_file(file).triples if file.is_file() else ():
                found.setdefault(s, set()).add((p, o))
            self._files[file] = found
        return self._files[file]

    def put(self, graph: str, turtle: str | bytes | None) -> None:
        """Puts a Turtle text in place of the file whose graph has this IRI; None takes the file away."""
        path = self.layout.path_of(graph)
        if path is None:
            raise InputError(
                f"<{graph}> is no file of this workspace", remedy=f"Its files are <{self.layout.base}data/…>"
            )
        self._put[path] = turtle.encode() if isinstance(turtle, str) else turtle

    def _refresh(self) -> None:
        """Reads what other programs wrote since the map was opened."""
        texts_now = {file.iri: (file.path.read_bytes(), file.listed) for file in self.layout.files()}
        changed: dict[str, tuple[bytes | None, bool]] = {
            one: kept for one, kept in texts_now.items() if self.graph.text(one) != kept[0]
        }
        changed |= {one: (None, True) for one in self.graph.texts(self.layout.base) if one not in texts_now}
        if changed:
            FileChange(self.graph, changed).apply()

    def _texts(self) -> dict[Path, bytes | None]:
        """The new text of each file that this edit changes."""
        found = dict(self._put)
        for path, triples in self._added.items():
            before = {(s, p, o) for s, pairs in self._there(path).items() for p, o in pairs}
            dropped = self._dropped.get(path, set())
            after = {triple for triple in before if triple[:2] not in dropped} | triples | self._header(path, before)
            if after != before:
                document = read_file(path) if before else None
                found[path] = written(after, document.prefixes if document else {}).encode()
        return found

    def _header(self, path: Path, before: set[Triple]) -> set[Triple]:
        if any(p == TYPE and o == ONTOLOGY for _, p, o in before):
            return set()
        subject, title = (
            f"<{self.layout.iri_of(path)}>",
            path.relative_to(self.layout.ontology).with_suffix("").as_posix(),
        )
        return {(subject, TYPE, ONTOLOGY), (subject, LABEL, literal(title, language="en")),
                (subject, f"<{DCTERMS}license>", iri(self.layout.licence)),
                (subject, IMPORTS, f"<{BASE}core>")}  # fmt: skip

    def _guarded(self) -> list[FileChange]:
        """Applies the change to the graph, validated, and hands the new texts to the transaction."""
        new = self._texts()
        change = FileChange(
            self.graph, {self.layout.iri_of(path): (text, self.layout.is_listed(path)) for path, text in new.items()}
        )
        if not new:
            return []
        shapes = self._shapes()
        found = guard(self.graph, change, _Whole(shapes) if change.size > _LARGE else shapes)
        found = tuple(replace(one, file=self.origins.get(expand(one.focus), one.file)) for one in found)
        if broken := [finding for finding in found if finding.severity == "Violation"]:
            more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
            raise FindingsError(f"nothing was changed: {str(broken[0]).rstrip('.')}{more}", broken)
        self.findings = tuple(found)
        try:
            for path, text in new.items():
                self._transaction.delete(path) if text is None else self._transaction.write(path, text)
        except BaseException:
            change.undo()
            raise
        return [change]


class _Whole(Shapes):
    """Shapes that are run over the whole graph: for a large change, faster than to ask what it can reach."""

    def __init__(self, shapes: Shapes) -> None:
        self.rules = shapes.rules

    def reached(self, graph: Graph, changed: Sequence[Any]) -> dict[Any, set[Any]]:
        """Nothing in particular."""
        return {}

    def violations_at(self, graph: Graph, reached: Mapping[Any, Iterable[Any]]) -> set[Any]:
        """All violations."""
        return set(self.violations(graph))


def pages(written_page: str) -> tuple[str, str]:
    """The first and the last page of a range, the last one empty where there is only one.

    >>> pages("290–291"), pages("pp. xi"), pages("S. 5-5")
    (('290', '291'), ('xi', ''), ('5', ''))
    """
    plain = re.sub(r"^\s*(pp?|pages?|S)\.?\s+(?=\S)", "", written_page.strip())
    first, _, last = (part.strip() for part in re.sub(r"\s*[-–—]+\s*", "–", plain).partition("–"))
    if not first or " " in first or " " in last:
        raise InputError(f"{written_page!r} is no page", remedy="Write one page or a range, such as 290 or 290–291")
    return first, "" if last == first else last


def _place(first: str, last: str) -> str:
    """Pages as part of a slug: `p290`, `p290-291`, `pxi`, `abstract`."""
    plain = "-".join(slugged(page) for page in (first, last) if page)
    return f"p{plain}" if re.match(r"[0-9]|[ivxlc]+(-|\Z)", plain) else plain


def _name(written_name: str) -> Name:
    family, comma, given = (part.strip() for part in written_name.partition(","))
    return Name(family, given, organisation=not comma and " " in family)


def _term(value: Value) -> str:
    if isinstance(value, bool):
        return literal(str(value).lower(), f"<{XSD}boolean>")
    if isinstance(value, int):
        return literal(str(value), f"<{XSD}integer>")
    if isinstance(value, str):
        return literal(value)
    language, text = value
    return iri(expand(text)) if language == "iri" else literal(text, language=language)
