"""Guarded edits of a workspace: all or nothing, validated before they are kept, written as canonical Turtle.

An edit holds the folder's lock from its beginning to its end, so two programs never lose each other's work; what
another program wrote meanwhile is read first. One file a work: its record and what was read in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sq_graph.check import Finding, validate_change
from sq_graph.check.shapes import Shapes
from sq_graph.errors import FindingsError, InputError, UnknownName
from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.graph.change import FileChange
from sq_graph.graph.files import Transaction
from sq_graph.graph.layout import Layout
from sq_graph.importers.drafts import record_of
from sq_graph.importers.library import Library, name_of
from sq_graph.importers.statements import Said, Statements, Value
from sq_graph.model.facts import coded, facts, labels, texts
from sq_graph.model.names import Names
from sq_graph.model.records import Name, slugged
from sq_graph.vocab import BASE, SQ, expand, kind_of, slug_of

_LARGE = 5000
"""Triples from which a change is validated by a run over everything."""
_COVERAGE = {"silent": "silent", "n/a": "not-applicable", "not applicable": "not-applicable"}


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
        self,
        layouts: Sequence[Layout],
        graph: object,
        shapes: Callable[[], Shapes],
        done: Callable[[], None],
    ) -> None:
        self.layout = layouts[-1]
        if not isinstance(graph, EmbeddedGraph) or self.layout.base == BASE:
            remedy = "Run sq-graph init DIR --base IRI, and open that folder"
            raise InputError(
                "an edit changes the files of a workspace, and none is open", remedy=remedy
            )
        self.graph, self._shapes, self._done = graph, shapes, done
        self.names = Names(graph, tuple(layout.base for layout in reversed(layouts)))
        self.statements = Statements(self.layout)
        self.findings: tuple[Finding, ...] = ()
        self.made: dict[str, str] = {}
        self.origin = ""
        self._origins: dict[str, str] = {}
        self._transaction = Transaction(self.layout.root)
        self._life = self._kept()
        self._new: dict[str, list[str]] = {}
        self._labels: dict[str, str] = {}
        self._codes: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Edit:
        self._life.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._life.__exit__(*error)

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
        names = tuple(one if isinstance(one, Name) else name_of(one) for one in authors)
        return self.library.add(
            record_of(title, names, "" if year is None else str(year), fields), slug
        ).iri

    def agent(self, name: str, organisation: bool = False) -> str:
        """A person (`Family, Given`) or an organisation."""
        return self.library.agent(Name(name, organisation=True) if organisation else name_of(name))

    def concept(
        self,
        label: str,
        *,
        scheme: str = "constructs",
        broader: str = "",
        sense_of: str = "",
        note: str = "",
    ) -> str:
        """A concept of one's own, in one sense; a concept of the map that has this name is used instead."""
        with suppress(UnknownName):
            return self.find(label, "concept", "category")
        return self.say(
            self.file("data/concepts"),
            "concept",
            slugged(label),
            label,
            {
                "skos:inScheme": self._link(scheme, "scheme"),
                "skos:note": ("en", note),
                "skos:broader": self._link(broader, "concept", "category"),
                "sq:senseOf": self._link(sense_of, "concept"),
            },
        )

    def definition(
        self,
        *,
        of: str,
        in_: str,
        page: str,
        summary: str,
        form: str = "paraphrased",
        aspects: Mapping[str, str | Sequence[str]] | None = None,
        name: str = "",
        note: str = "",
        **attribution: Any,
    ) -> str:
        """What somebody says a concept is, read on a page of a work, coded by aspects (values, terms, or `silent`).

        `attribution` may name holder, stated_in, via, phrase, hedge, hedge_words, basis (see `attributed`).
        """
        concept, work = self.find(of, "concept", "category"), self.find(in_, "work")
        slug = slugged(name or f"{slug_of(work)}-{slug_of(concept)}-{_place(*pages(page))}")
        stated = self.find(attribution.get("stated_in") or work, "work")
        label = f"{self.label(stated)} on {self.label(concept)}"
        thing = self.say(
            self.file_of(work),
            "definition",
            slug,
            label,
            {
                "sq:defines": ("iri", concept),
                "sq:form": self.code("form", form),
                "sq:summary": ("en", summary),
                "skos:note": ("en", note),
                **self.attributed(work, page, **attribution),
            },
        )
        for aspect, said in (aspects or {}).items():
            self._coding(work, thing, self.find(aspect, "aspect"), _several(said))
        return thing

    def typology(
        self,
        label: str,
        *,
        divides: str,
        in_: str,
        page: str,
        categories: Sequence[tuple[str, str]],
        ordered_by: str = "",
        name: str = "",
        **attribution: Any,
    ) -> str:
        """An author's division of a concept into categories (label, summary), in order if `ordered_by` says so."""
        work = self.find(in_, "work")
        slug, file = slugged(name or f"{slug_of(work)}-{label}"), self.file_of(work)
        thing = self.say(
            file,
            "typology",
            slug,
            label,
            {
                "sq:divides": self._link(divides, "concept", "category"),
                "sq:ordered": bool(ordered_by),
                "sq:orderedBy": ("en", ordered_by),
                **self.attributed(work, page, **attribution),
            },
        )
        for rank, (category, summary) in enumerate(categories, 1):
            self.say(
                file,
                "category",
                f"{slug}-{slugged(category)}",
                category,
                {
                    "sq:memberOf": ("iri", thing),
                    "sq:rank": rank if ordered_by else "",
                    "sq:summary": ("en", summary),
                },
            )
        return thing

    def alignment(
        self,
        *,
        subject: str | Sequence[str],
        relation: str,
        object: str,
        in_: str,
        page: str,
        summary: str = "",
        denied: bool = False,
        name: str = "",
        **attribution: Any,
    ) -> str:
        """A correspondence that somebody draws, or denies; several subjects are taken together, never one by one."""
        work, target = self.find(in_, "work"), self.find(object)
        parts, file = [self.find(one) for one in _several(subject)], self.file_of(work)
        together, slug = (
            parts[0],
            name or "-".join([slug_of(work), *map(slug_of, parts), relation, slug_of(target)]),
        )
        if len(parts) > 1:
            label = " and ".join(self.label(part) for part in parts) + ", taken together"
            members: Said = {"skos:member": [("iri", part) for part in parts]}
            together = self.say(
                file, "union", _cut("-".join(sorted(map(slug_of, parts)))), label[:160], members
            )
        label = f"{self.label(together)} {'is not' if denied else '~'} {self.label(target)}"
        return self.say(
            file,
            "alignment",
            _cut(slugged(slug)),
            label[:160],
            {
                "sq:subject": ("iri", together),
                "sq:relation": self.code("relation", relation),
                "sq:object": ("iri", target),
                "sq:summary": ("en", summary),
                **self.attributed(work, page, **attribution),
            },
            "sq:DeniedAlignment" if denied else "",
        )

    def claim(
        self,
        *,
        summary: str,
        in_: str,
        page: str,
        about: str | Sequence[str] = (),
        subject: str = "",
        relation: str = "",
        object: str = "",
        name: str = "",
        **attribution: Any,
    ) -> str:
        """A statement in an argument, by what it is about, or by subject, relation and object."""
        work = self.find(in_, "work")
        slug = slugged(
            name
            or f"{slug_of(work)}-{_place(*pages(page))}-{'-'.join(slugged(summary).split('-')[:6])}"
        )
        label = summary if len(summary) <= 120 else f"{summary[:117]}…"
        return self.say(
            self.file_of(work),
            "claim",
            slug,
            label,
            {
                "sq:summary": ("en", summary),
                "sq:about": [self._link(one) for one in _several(about)],
                "sq:subject": self._link(subject),
                "sq:object": self._link(object),
                "sq:relation": self.code("relation", relation) if relation else "",
                **self.attributed(work, page, **attribution),
            },
        )

    # ---- their parts

    def attributed(
        self,
        work: str,
        page: str,
        *,
        holder: str | Sequence[str] = (),
        stated_in: str = "",
        via: str = "",
        phrase: str = "",
        hedge: str = "",
        hedge_words: str | Sequence[str] = (),
        basis: str = "",
    ) -> Said:
        """The attribution of what was read on a page of a work: by default held by its authors, flatly, as a draft.

        With `stated_in` the holder's own work is another one, which the work that was read reports.
        """
        own = self.find(stated_in, "work") if stated_in else "" if holder or via else work
        holders = [self._holder(one) for one in _several(holder)] or self.library.authors(
            own or work
        )
        if not holders:
            raise InputError(
                f"{self.label(own or work)} names no author", remedy="Say by holder who holds this"
            )
        if not own and set(holders) & set(self.library.authors(work)):
            own = work
        markers = [" ".join(one.split()) for one in _several(hedge_words)]
        return {
            "sq:heldBy": [("iri", one) for one in holders],
            "sq:statedIn": ("iri", own),
            "sq:via": self._link(via, "work"),
            "sq:reportedIn": ("iri", self._passage(work, page, phrase)),
            "sq:basis": self.code("basis", basis or ("worded" if own == work else "reported")),
            "sq:hedge": self.code("hedge", hedge or ("hedged" if markers else "asserted")),
            "sq:hedgeMarker": markers,
            "sq:reviewStatus": self.code("reviewStatus", "draft"),
        }

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
        slug = "-".join(
            [slug_of(work), _place(first, last), *slugged(phrase).split("-")[:4]]
        ).strip("-")
        label = f"{self.label(work)}, " + (f"pp. {first}–{last}" if last else f"p. {first}")
        return self.say(
            self.file_of(work),
            "passage",
            slug,
            label + (f", “{phrase}”" if phrase else ""),
            {
                "sq:inWork": ("iri", work),
                "sq:pageLabel": first,
                "sq:lastPageLabel": last,
                "sq:phrase": phrase,
                "sq:pageBasis": self.code("pageBasis", "printed"),
            },
        )

    def _coding(self, work: str, definition: str, aspect: str, said: Sequence[str]) -> None:
        value: Said = {"sq:codedTerm": [("en", one) for one in said]}
        if len(said) == 1 and said[0].lower() in _COVERAGE:
            value = {"sq:coverage": self.code("coverage", _COVERAGE[said[0].lower()])}
        elif self.allowed(aspect):
            value = {"sq:codedValue": [("iri", self.allowed_value(aspect, one)) for one in said]}
        self.say(
            self.file_of(work),
            "coding",
            f"{slug_of(definition)}-{slug_of(aspect)}",
            "",
            {
                "sq:codes": ("iri", definition),
                "sq:aspect": ("iri", aspect),
                "sq:reviewStatus": self.code("reviewStatus", "draft"),
                **value,
            },
        )

    def allowed(self, aspect: str) -> dict[str, str]:
        """The values that an aspect allows, by label; none for an open one."""
        if aspect not in self._codes:
            found = texts(facts(self.graph, [aspect]).get(aspect, {}), "sq:allows")
            self._codes[aspect] = {
                label.lower(): value for value, label in labels(self.graph, found).items()
            }
        return self._codes[aspect]

    def allowed_value(self, aspect: str, word: str) -> str:
        """The value of a closed aspect that a word names; raises UnknownName with the nearest."""
        allowed = self.allowed(aspect)
        if word.lower() in allowed:
            return allowed[word.lower()]
        remedy = f"It allows {', '.join(allowed)}, or silent"
        raise UnknownName(f"value of {self.label(aspect)}", word, allowed, remedy=remedy)

    def code(self, name: str, word: str) -> tuple[str, str]:
        """A coded value of the vocabulary (`hedge`, `hedged`); raises UnknownName with the nearest."""
        if name not in self._codes:
            known = self.names.of_class(f"sq:{name[0].upper()}{name[1:]}")
            self._codes[name] = {
                coded(one) if one.startswith(SQ) else slug_of(one): one for one in known
            }
        if found := self._codes[name].get(word.strip().lower().replace(" ", "-")):
            return "iri", found
        raise UnknownName(name, word, self._codes[name])

    # ---- the ground

    @cached_property
    def library(self) -> Library:
        """The works and agents of the map and of this edit."""
        return Library(self)

    def find(self, name: str, *kinds: str) -> str:
        """The IRI of a thing of the map or of this edit; raises UnknownName with the nearest."""
        name = name.strip()
        if expand(name) in self.made:
            return expand(name)
        found = [
            one for one in self._new.get(name.lower(), ()) if not kinds or kind_of(one) in kinds
        ]
        return found[0] if len(found) == 1 else self.names.find(name, kinds)

    def _link(self, name: str, *kinds: str) -> Value:
        """A thing as a value, if it is named."""
        return ("iri", self.find(name, *kinds)) if name else ""

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
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
            raise InputError(
                f"{slug!r} is no slug", remedy="Give a name of small letters, digits and hyphens"
            )
        return f"{self.layout.base}id/{kind}/{slug}"

    def file(self, path: str) -> Path:
        """A file of the workspace by its path without `ontology/` and `.ttl`."""
        return self.layout.ontology / f"{path}.ttl"

    def file_of(self, work: str) -> Path:
        """The file of a work: its record, and what was read in it."""
        return self.file(f"data/works/{slug_of(work)}")

    def say(
        self, file: Path, kind: str, slug: str, label: str, said: Said, classes: str = ""
    ) -> str:
        """States a thing in a file, of the classes named or of that of its kind (see `Statements.thing`)."""
        thing, said = (
            self.mint(kind, slug),
            {"rdfs:label": ("en", label), **said} if label else said,
        )
        self.made[thing] = self.statements.thing(
            file, thing, classes or f"sq:{kind.capitalize()}", said
        )
        self._labels[thing] = label or slug
        self._origins[thing] = self._origins.get(thing) or self.origin
        self.name(thing, slug, self._labels[thing])
        return thing

    def put(self, graph: str, turtle: str | bytes | None) -> None:
        """Puts a Turtle text in place of the file whose graph has this IRI; None takes the file away."""
        path = self.layout.path_of(graph)
        if path is None:
            remedy = f"Its files are <{self.layout.base}data/…>"
            raise InputError(f"<{graph}> is no file of this workspace", remedy=remedy)
        self.statements.put(path, turtle.encode() if isinstance(turtle, str) else turtle)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Holds the folder while things are said, then validates them and keeps them."""
        change: FileChange | None = None
        try:
            with self._transaction:
                self._refresh()
                yield
                change = self._guarded()
        except BaseException:
            if change:
                change.undo()
            raise
        finally:
            self._done()

    def _refresh(self) -> None:
        """Reads what other programs wrote since the map was opened."""
        now: dict[str, tuple[bytes | None, bool]]
        now = {file.iri: (file.path.read_bytes(), file.listed) for file in self.layout.files()}
        now |= {one: (None, True) for one in self.graph.texts(self.layout.base) if one not in now}
        if changed := {one: kept for one, kept in now.items() if self.graph.text(one) != kept[0]}:
            FileChange(self.graph, changed).apply()

    def _guarded(self) -> FileChange | None:
        """Hands the new texts to the transaction and applies the change to the graph, validated."""
        new = self.statements.texts()
        if not new:
            return None
        for path, text in new.items():
            self._transaction.delete(path) if text is None else self._transaction.write(path, text)
        listed = {
            self.layout.iri_of(path): (text, self.layout.is_listed(path))
            for path, text in new.items()
        }
        change, shapes = FileChange(self.graph, listed), self._shapes()
        found = validate_change(
            self.graph, change, _Whole(shapes) if change.size > _LARGE else shapes
        )
        found = tuple(
            replace(one, file=self._origins.get(expand(one.focus)) or one.file) for one in found
        )
        if broken := [finding for finding in found if finding.severity == "Violation"]:
            more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
            raise FindingsError(f"nothing was changed: {str(broken[0]).rstrip('.')}{more}", broken)
        self.findings = found
        return change


class _Whole(Shapes):
    """Shapes that are run over the whole graph: for a large change, faster than to ask what it can reach."""

    def __init__(self, shapes: Shapes) -> None:
        self.__dict__.update(shapes.__dict__)

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
        raise InputError(
            f"{written_page!r} is no page",
            remedy="Write one page or a range, such as 290 or 290–291",
        )
    return first, "" if last == first else last


def _place(first: str, last: str) -> str:
    """Pages as part of a slug: `p290`, `p290-291`, `pxi`, `abstract`."""
    plain = "-".join(slugged(page) for page in (first, last) if page)
    return f"p{plain}" if re.match(r"[0-9]|[ivxlc]+(-|\Z)", plain) else plain


def _several(said: str | Sequence[str]) -> list[str]:
    return [one.strip() for one in ([said] if isinstance(said, str) else said) if one.strip()]


def _cut(slug: str) -> str:
    return slug[:120].strip("-")
