"""Deleting and renaming in an edit: references to a thing are reported, and never left dangling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from sq_graph.errors import InputError
from sq_graph.importers.edit_session import EditSession
from sq_graph.importers.field_values import SETTINGS
from sq_graph.model.records import PEOPLE_PROPERTIES
from sq_graph.model.ref import Nameable
from sq_graph.turtle.terms import LABEL, iri_terms, is_blank, literal_parts
from sq_graph.vocab import kind_of, slug_of

_LINKS = {kind: iri_terms(" ".join(names)) for kind, names in SETTINGS["links"].items()}
"""The links between things by how deleting and renaming follow them."""

_REQUIRED_COUNTS = dict.fromkeys(_LINKS["needing-one"], 1) | dict.fromkeys(_LINKS["needing-two"], 2)
"""Links of which a statement may have several, with the number that it requires."""

PEOPLE_LINES = iri_terms(" ".join(PEOPLE_PROPERTIES))

ATTACHED = {"passage", "section", "union", "authorship", "ingredient", "citation", "table"}
"""Kinds of thing that are of no use by themselves: they are deleted when nothing refers to them any
more.
"""


_DERIVED_LABELS = ("definition", "passage", "citation", "alignment", "union", "report")
"""The kinds of things whose labels contain those of other things."""
_FILE_FOLDERS = {"work": ("data/works",), "position": ("data/positions", "positions")}
"""The folders of the files that are named after a thing."""


class Deleting(EditSession):
    """Deleting and renaming."""

    def delete(self, thing: Nameable, *, cascade: bool = False) -> tuple[str, ...]:
        """Deletes a thing of the workspace with its parts (codings, categories, passages); returns
        the IRIs deleted.

        Raises InputError, naming what refers to the thing, if anything does. With `cascade` that is
        deleted too, but a statement that does not need the link only loses the link.
        """
        target = self._find_own(thing)
        deleted = self._with_parts([target])
        blockers = self._dependants(deleted)
        while blockers and cascade:
            deleted = self._with_parts([*deleted, *blockers])
            blockers = self._dependants(deleted)
        if blockers:
            users = list(dict.fromkeys(chain.from_iterable(map(self._users, blockers))))
            shown = ", ".join(f"{kind_of(user) or 'file'} {slug_of(user)}" for user in users[:5])
            others = f" and {len(users) - 5} more" if len(users) > 5 else ""
            verb = "refers" if len(users) == 1 else "refer"
            problem = f"{slug_of(target)} cannot be deleted: {shown}{others} {verb} to it"
            remedy = "Delete these first, or delete all of them with cascade=True"
            raise InputError(problem, remedy=remedy)
        return self._remove(deleted)

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
            problem = f"another {kind} already has the slug {slug!r}"
            raise InputError(problem, remedy="Choose another slug")
        label = self.label(old)
        if kind == "work":  # a sheet may still name it so, and rows are found by names made of it
            self.statements.add(self.file_of(old), old, {"skos:hiddenLabel": ("en", slug_of(old))})
        self.statements.rename(old, new)
        for folder in _FILE_FOLDERS.get(kind, ()):
            old_path, new_path = (self.file(f"{folder}/{slug_of(iri)}") for iri in (old, new))
            if self.statements.has_statements(old_path):
                self.statements.move(old_path, new_path)
            self._move_files(old_path.with_suffix(""), new_path.with_suffix(""))
        self._note_renaming(old, new)
        self._labels[new] = label
        self.name(new, slug, label)
        self._rename_parts(old, new)
        return new

    def _relabel(self, thing: str, label: str) -> None:
        """Notes the new label of a thing, and changes the labels that contain the old one."""
        old, self._labels[thing] = self.label(thing), label
        self.name(thing, label)
        pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
        for file, subject, _ in self.statements.references(thing) if old != label else ():
            if kind_of(iri := subject[1:-1]) in _DERIVED_LABELS:
                pairs = self.statements.about(file, iri)
                texts = [literal_parts(o) for p, o in sorted(pairs) if p == LABEL]
                new = [(code, pattern.sub(lambda _: label, text)) for text, _, code in texts]
                self.statements.change(file, iri, {"rdfs:label": new})
                self._relabel(iri, pattern.sub(lambda _: label, self.label(iri)))

    def _move_files(self, old_folder: Path, new_folder: Path) -> None:
        """Moves the files in a work's own folder: second readings, and the passages found."""
        for path in sorted(path for path in old_folder.rglob("*") if path.is_file()):
            new = new_folder / path.relative_to(old_folder)
            if path.suffix == ".ttl":
                self.statements.move(path, new)
            else:
                self._transaction.write(new, path.read_bytes())
                self._transaction.delete(path)

    def _rename_parts(self, old: str, new: str) -> None:
        """Names parts after their renamed whole, so that the old name is free again, and the same
        sheet finds them.
        """
        links = _LINKS["named-after"]
        parts = [part for _, part, link in self.statements.references(new) if link in links]
        parts += [part for line in PEOPLE_LINES for part in self.statements.values(new, line)]
        for part in parts:
            if is_blank(part):
                continue
            old_part, pattern = part[1:-1], rf"(^|-){re.escape(slug_of(old))}(?=-|$)"
            slug = re.sub(pattern, rf"\g<1>{slug_of(new)}", slug_of(old_part), count=1)
            new_part = self.mint(kind_of(old_part) or "", slug)
            if not self.is_taken(new_part):
                self.statements.rename(old_part, new_part)
                self._note_renaming(old_part, new_part)

    def is_taken(self, thing: str) -> bool:
        """Whether the map or this edit has a thing that this edit has not removed."""
        if thing in self.removed:
            return False
        return thing in self.made or self.names.exist([thing])[thing]

    def _note_renaming(self, old: str, new: str) -> None:
        """Records that a thing has another IRI from now on."""
        self.removed.add(old)
        self.removed.discard(new)
        self.made.pop(old, None)
        self.made[new] = "changed"
        self.renamed[old] = new

    def _tidy(self) -> None:
        self._drop_unused(self.statements.unlinked_things)
        self.statements.drop_unreferenced(self._spare_passages)

    def _parts_of(self, whole: str, name: str) -> list[str]:
        """The parts that refer to their whole by a property."""
        (term,) = iri_terms(name)
        return [s[1:-1] for _, s, p in self.statements.references(whole) if p == term]

    def _settle_parts(self, whole: str, name: str, kept: Sequence[str], drops: bool = True) -> None:
        """Deletes the other parts of a whole, if `drops`; counts an unchanged whole as changed if
        any of its parts is not.
        """
        is_new = self.made.get(whole) == "new"  # so that nothing older can be a part of it
        existing = self._parts_of(whole, name) if drops and not is_new else ()
        dropped = [part for part in existing if part not in kept]
        for part in dropped:
            self.delete(part)
        outcomes = set(map(self.made.get, (*kept, *dropped)))
        if self.made.get(whole) == "unchanged" and outcomes - {"unchanged"}:
            self.made[whole] = "changed"

    def _drop_unused(self, candidates: Iterable[str]) -> list[str]:
        """Removes the passages, unions, authorships and so on that nothing refers to any more."""
        dropped: list[str] = []
        for thing in dict.fromkeys(candidates):
            is_own = thing.startswith(self.layout.base) and kind_of(thing) in ATTACHED
            if is_own and thing not in self.removed and not self.statements.references(thing):
                dropped += self._remove([thing])
        return dropped

    def _find_own(self, thing: Nameable) -> str:
        """The IRI of a thing of the workspace; raises InputError for a thing of another map."""
        iri = self.find(thing)
        if not iri.startswith(self.layout.base):
            problem = f"{slug_of(iri)} belongs to another map, which cannot be changed here"
            raise InputError(problem, remedy="Change only things of this workspace")
        return iri

    def _with_parts(self, things: Sequence[str]) -> list[str]:
        """The things with their parts, the parts of these, and so on."""
        all_things = list(dict.fromkeys(things))
        for thing in all_things:
            for _, subject, p in self.statements.references(thing):
                if (
                    p in _LINKS["parts"]
                    and not is_blank(subject)
                    and subject[1:-1] not in all_things
                ):
                    all_things.append(subject[1:-1])
        return all_things

    def _dependants(self, deleted: Sequence[str]) -> list[str]:
        """The IRIs of the other statements that need one of these things."""
        dependants: dict[str, None] = {}
        for thing in deleted:
            for file, subject, p in self.statements.references(thing):
                if subject[1:-1] not in deleted and self._is_essential(file, subject, p, deleted):
                    dependants[subject[1:-1]] = None
        return list(dependants)

    def _is_essential(self, file: Path, subject: str, name: str, deleted: Sequence[str]) -> bool:
        if name in _LINKS["optional"] or is_blank(subject):
            return False
        if name not in _REQUIRED_COUNTS:
            return True
        targets = {o[1:-1] for p, o in self.statements.about(file, subject[1:-1]) if p == name}
        return len(targets.difference(deleted)) < _REQUIRED_COUNTS[name]

    def _remove(self, things: Sequence[str]) -> tuple[str, ...]:
        """Removes things with every link to them, and what only they referred to."""
        candidates: list[str] = []
        for thing in things:
            for file, subject, p in self.statements.references(thing):
                self.statements.unlink(file, subject, p, thing)  # an axiom goes with its claim
            for pairs in self.statements.statements_of(thing).values():
                candidates += [o[1:-1] for _, o in pairs if o.startswith("<")]
            self.statements.remove(thing)
            self.made.pop(thing, None)
            self.removed.add(thing)
            if kind_of(thing) == "position":
                self.statements.clear(self.file(f"positions/{slug_of(thing)}"))
        unused = self._drop_unused(thing for thing in candidates if thing not in things)
        return tuple(dict.fromkeys([*things, *unused]))

    def _users(self, thing: str) -> list[str]:
        """The statements that use a union; any other thing itself."""
        subjects = [s[1:-1] for _, s, _ in self.statements.references(thing)]
        return subjects if subjects and kind_of(thing) == "union" else [thing]
