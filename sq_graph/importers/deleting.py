"""Deleting and renaming in an edit: what refers to a thing is named, and never left dangling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from sq_graph.errors import InputError
from sq_graph.importers.edit_session import EditSession
from sq_graph.model.ref import Nameable
from sq_graph.turtle.terms import iri_terms, is_blank
from sq_graph.vocab import kind_of, slug_of

_PARTS = iri_terms("sq:codes sq:memberOf sq:cellOf sq:inWork sq:checks")
_PARTS += iri_terms("sq:report sq:original qb:dataSet")
"""Links from a part to its whole: the part goes with it."""

_NAMED_AFTER = iri_terms("sq:codes sq:checks sq:inWork cito:hasCitingEntity")
"""Links of the parts whose names nobody chooses: a coding and a second reading follow their
statement, passages, sections and citations their work.
"""

_OPTIONAL = iri_terms(
    "sq:supports sq:opposes sq:readAsSupporting sq:readAsOpposing sq:echoes sq:contrastsWith"
    " sq:evaluates sq:fallbackFor sq:restates sq:strengthens sq:transfers sq:resolves sq:affects"
    " sq:answeredBy sq:formalises sq:component sq:figure sq:citation sq:place rdfs:seeAlso"
    " skos:broader sq:senseOf sq:denotes sq:item sq:mark sq:discussedIn sq:section"
)
"""Links without which a statement still says what it says."""

_LISTS = dict.fromkeys(iri_terms("sq:comprises sq:exemplifies sq:about sq:party"), 1)
_LISTS |= dict.fromkeys(iri_terms("sq:party"), 2)
"""Links of which a statement may have several, with the number that it needs."""

ATTACHED = {"passage", "section", "union", "authorship", "ingredient", "citation", "table"}
"""Kinds of thing that nobody looks up by themselves: they go when nothing refers to them any more.
"""


_FOLDERS = {"work": ("data/works",), "position": ("data/positions", "positions")}
"""Where the files are that have the name of a thing."""


class Deleting(EditSession):
    """Deleting and renaming."""

    def delete(self, thing: Nameable, *, cascade: bool = False) -> tuple[str, ...]:
        """Deletes a thing of the workspace with its parts (codings, categories, passages); returns
        the IRIs deleted.

        Raises InputError, naming what refers to the thing, if anything does. With `cascade` that is
        deleted too, but a statement that could do without the link only loses the link.
        """
        target = self._find_own(thing)
        gone = self._with_parts([target])
        blockers = self._referring(gone)
        while blockers and cascade:
            gone = self._with_parts([*gone, *blockers])
            blockers = self._referring(gone)
        if blockers:
            using = list(dict.fromkeys(user for one in blockers for user in self._users(one)))
            named_ones = ", ".join(self._shown(one) for one in using[:5])
            more = f" and {len(using) - 5} more" if len(using) > 5 else ""
            verb = "refers" if len(using) == 1 else "refer"
            what = f"{slug_of(target)} cannot be deleted: {named_ones}{more} {verb} to it"
            remedy = "Delete these first, or delete all of them with cascade=True"
            raise InputError(what, remedy=remedy)
        return self._remove(gone)

    def rename(self, thing: Nameable, slug: str) -> str:
        """Gives a thing of the workspace another slug, and so another IRI, everywhere it is used.

        Returns the new IRI.

        Parameters:
            thing: the thing to rename.
            slug: its new name, in lower-case letters, digits and hyphens.

        Raises InputError for a slug that is taken, or a thing of the packaged map.
        """
        old = self._find_own(thing)
        kind = kind_of(old) or ""
        new = self.mint(kind, slug)
        if new == old:
            return old
        if self.is_taken(new):
            what = f"there is another {kind} {slug!r} already"
            raise InputError(what, remedy="Choose another slug")
        label = self.label(old)
        self.statements.rename(old, new)
        for folder in _FOLDERS.get(kind, ()):
            before, after = (self.file(f"{folder}/{slug_of(one)}") for one in (old, new))
            if self.statements.has(before):
                self.statements.move(before, after)
            self._move_folder(before.with_suffix(""), after.with_suffix(""))
        self._moved(old, new)
        self._labels[new] = label
        self.name(new, slug, label)
        self._rename_parts(old, new)
        return new

    def _move_folder(self, before: Path, after: Path) -> None:
        """Moves what a work has in a folder of its own: second readings, and what was found."""
        for path in sorted(one for one in before.rglob("*") if one.is_file()):
            new = after / path.relative_to(before)
            if path.suffix == ".ttl":
                self.statements.move(path, new)
            else:
                self._transaction.write(new, path.read_bytes())
                self._transaction.delete(path)

    def _rename_parts(self, old: str, new: str) -> None:
        """Gives parts the name of their whole, so that the old name is free again, and the same
        sheet finds them.
        """
        for _, part, link in self.statements.references(new):
            if link not in _NAMED_AFTER or is_blank(part):
                continue
            before, name = part[1:-1], rf"(^|-){re.escape(slug_of(old))}(?=-|$)"
            slug = re.sub(name, rf"\g<1>{slug_of(new)}", slug_of(before), count=1)
            taken = self.mint(kind_of(before) or "", slug)
            if not self.is_taken(taken):
                self.statements.rename(before, taken)
                self._moved(before, taken)

    def is_taken(self, thing: str) -> bool:
        """Whether the map or this edit has a thing that this edit has not removed."""
        is_there = thing in self.outcomes or self.names.exist([thing])[thing]
        return is_there and thing not in self.removed

    def _moved(self, old: str, new: str) -> None:
        """Notes that a thing has another IRI from now on."""
        self.removed.add(old)
        self.removed.discard(new)
        self.outcomes.pop(old, None)
        self.outcomes[new] = "changed"
        self.renamed[old] = new

    def _tidy(self) -> None:
        self._drop_unused(self.statements.unlinked)
        self.statements.drop_spare(self._spare)

    def _parts_of(self, whole: str, name: str) -> list[str]:
        """The parts that refer to their whole by a property."""
        (term,) = iri_terms(name)
        return [s[1:-1] for _, s, p in self.statements.references(whole) if p == term]

    def _settle_parts(self, whole: str, name: str, kept: Sequence[str], drops: bool = True) -> None:
        """Deletes the other parts of a whole, if it drops any; counts it as changed where it stayed
        as it was and one of its parts did not.
        """
        is_new = self.outcomes.get(whole) == "new"  # so that nothing older can be a part of it
        there = self._parts_of(whole, name) if drops and not is_new else ()
        gone = [one for one in there if one not in kept]
        for part in gone:
            self.delete(part)
        is_there = self.outcomes.get(whole) == "unchanged"
        if is_there and any(self.outcomes.get(one) != "unchanged" for one in (*kept, *gone)):
            self.outcomes[whole] = "changed"

    def _drop_unused(self, candidates: Iterable[str]) -> list[str]:
        """Removes the passages, unions and places in an author line that nothing refers to any
        more.
        """
        gone: list[str] = []
        for one in dict.fromkeys(candidates):
            is_own = one.startswith(self.layout.base) and kind_of(one) in ATTACHED
            if is_own and one not in self.removed and not self.statements.references(one):
                gone += self._remove([one])
        return gone

    def _find_own(self, thing: Nameable) -> str:
        """The IRI of a thing that the workspace states; raises InputError for a thing of another
        map.
        """
        found = self.find(thing)
        if not found.startswith(self.layout.base):
            what = f"{slug_of(found)} belongs to another map, which this workspace only adds to"
            raise InputError(what, remedy="Change only things of this workspace")
        return found

    def _with_parts(self, things: Sequence[str]) -> list[str]:
        """The things with their parts, and the parts of these."""
        found = list(dict.fromkeys(things))
        for one in found:
            for _, subject, p in self.statements.references(one):
                if p in _PARTS and not is_blank(subject) and subject[1:-1] not in found:
                    found.append(subject[1:-1])
        return found

    def _referring(self, gone: Sequence[str]) -> list[str]:
        """The other statements that cannot do without one of these things: their IRIs."""
        found: dict[str, None] = {}
        for one in gone:
            for file, subject, p in self.statements.references(one):
                if subject[1:-1] not in gone and self._is_essential(file, subject, p, gone):
                    found[subject[1:-1]] = None
        return list(found)

    def _is_essential(self, file: Path, subject: str, name: str, gone: Sequence[str]) -> bool:
        if name in _OPTIONAL or is_blank(subject):
            return False
        if name not in _LISTS:
            return True
        others = {o[1:-1] for p, o in self.statements.about(file, subject[1:-1]) if p == name}
        return len(others.difference(gone)) < _LISTS[name]

    def _remove(self, things: Sequence[str]) -> tuple[str, ...]:
        """Removes things with every link to them, and what only they referred to."""
        candidates: list[str] = []
        for one in things:
            for file, subject, p in self.statements.references(one):
                self.statements.unlink(file, subject, p, one)  # an axiom goes with its claim
            for _, _, pairs in self.statements.statements_of(one):
                candidates += [o[1:-1] for _, o in pairs if o.startswith("<")]
            self.statements.remove(one)
            self.outcomes.pop(one, None)
            self.removed.add(one)
            if kind_of(one) == "position":
                self.statements.clear(self.file(f"positions/{slug_of(one)}"))
        unused = self._drop_unused(one for one in candidates if one not in things)
        return tuple(dict.fromkeys([*things, *unused]))

    def _users(self, thing: str) -> list[str]:
        """The statements that a union stands in, and any other thing itself."""
        found = [s[1:-1] for _, s, _ in self.statements.references(thing)]
        return found if found and kind_of(thing) == "union" else [thing]

    def _shown(self, thing: str) -> str:
        return f"{kind_of(thing) or 'file'} {slug_of(thing)}"
