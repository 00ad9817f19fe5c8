"""Saving what a form says: each field is understood on its own, then the whole is one guarded
edit.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sq_graph.atlas import Atlas
from sq_graph.errors import FindingsError, InputError, SqGraphError, UnknownName
from sq_graph.graph import EmbeddedGraph
from sq_graph.importers.attributing import pages
from sq_graph.importers.edit_fields import Field, Form
from sq_graph.importers.editing import Edit
from sq_graph.importers.field_values import FIELD_OF, field_values
from sq_graph.resources import write_durably
from sq_graph.vocab import shorten

Values = Mapping[str, tuple[str, ...]]
"""What a form holds: the texts of each field; those of an aspect under `aspect.SLUG`."""

_UNSAID = ("silent", "n/a")


class Refused(InputError):
    """What a form says was not saved: `errors` by field, those of no field under the empty name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class Changed(InputError):
    """A statement has changed since its form was opened; `values` are those that it has now."""

    def __init__(self, values: Values) -> None:
        super().__init__("somebody else has changed this meanwhile, so nothing was saved")
        self.values = values


def posted(form: Form, pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """What was sent, by field: texts without blanks around them; empty ones are left out.

    >>> from sq_graph.importers.edit_fields import forms
    >>> authors = "Chan, Joseph\\r\\nTo, Ho-Pong"
    >>> posted(forms()["work"], [("title", " Trust "), ("authors", authors)])
    {'title': ('Trust',), 'authors': ('Chan, Joseph', 'To, Ho-Pong')}
    """
    lines = {field.name for field in form.fields if field.shape in ("lines", "pairs")}
    found: dict[str, tuple[str, ...]] = {}
    for name, text in pairs:
        several = name in lines or name.startswith("aspect.")
        texts = [one.strip() for one in (text.splitlines() if several else [text])]
        found[name] = (*found.get(name, ()), *filter(None, texts))
    return {name: values for name, values in found.items() if values}


def posted_codes(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What was sent of each aspect.

    >>> posted_codes([("aspect.causes", "trust\\nhelp"), ("page", "7")])
    {'causes': ['trust', 'help']}
    """
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        start, _, slug = name.partition(".")
        if start == "aspect":
            found.setdefault(slug, []).extend(filter(None, map(str.strip, text.splitlines())))
    return {slug: list(dict.fromkeys(values)) for slug, values in found.items() if values}


def digest_of(values: Values) -> str:
    """The digest by which a form knows whether its statement has changed since."""
    return hashlib.sha256(json.dumps(sorted(values.items())).encode()).hexdigest()[:32]


def add(atlas: Atlas, form: Form, values: Values) -> str:
    """Adds what a form says; returns the IRI. Raises Refused with the errors by field."""
    with _saving(atlas, form, values) as edit:
        given = _understood(edit, form, values)
        thing: str = getattr(edit, form.method)(**given)
    return thing


def change(atlas: Atlas, form: Form, values: Values, thing: str, digest: str) -> str:
    """Changes the fields that differ from what a statement says now; returns its IRI.

    Raises Changed where it has changed since the form was opened, and Refused with the errors by
    field.
    """
    with _saving(atlas, form, values) as edit:
        now = field_values(edit.graph, thing)
        if digest_of(now) != digest:
            raise Changed(now)
        given = _understood(edit, form, values)
        old = _understood(edit, form, _named_as(form, now))
        fresh = {
            name: given.get(name, _empty(form[name]))
            for name in {**given, **old}
            if given.get(name) != old.get(name)
        }
        if aspects := fresh.pop("aspects", None):
            before = old.get("aspects", {})
            fresh["aspects"] = {
                name: aspects.get(name, ())
                for name in {**before, **aspects}
                if aspects.get(name) != before.get(name)
            }
        if "ordered_by" in fresh and "categories" in given:
            fresh["categories"] = given["categories"]
        if "divides" in fresh:
            fresh["of"] = fresh.pop("divides")
        if isinstance(fresh.get("year"), str) and fresh["year"].isdigit():
            fresh["year"] = int(fresh["year"])
        edit.update(thing, **fresh)
    return thing


def delete(atlas: Atlas, thing: str, cascade: bool) -> tuple[str, ...]:
    """Deletes a thing with its parts; returns what went. Raises InputError naming what refers to
    it.
    """
    with recorded(atlas, "deleting it") as edit:
        return edit.delete(thing, cascade=cascade)


def _named_as(form: Form, now: Values) -> Values:
    """The values of a statement by the names of the form's fields."""
    return {
        "divides" if form.kind == "typology" and name == "of" else name: v
        for name, v in now.items()
    }


def _empty(field: Field) -> Any:
    return (
        ()
        if field.shape in ("things", "lines", "pairs")
        else {}
        if field.shape == "aspects"
        else ""
    )


@contextmanager
def _saving(atlas: Atlas, form: Form, values: Values) -> Iterator[Edit]:
    """An edit whose errors are those of the form's fields."""
    try:
        with recorded(atlas, form.kind) as edit:
            yield edit
    except (Refused, Changed):
        raise
    except FindingsError as error:
        raise Refused(_of_findings(form, error)) from None
    except InputError as error:
        raise Refused({_field_of(form, values, error): _sentence(error)}) from None


def _understood(edit: Edit, form: Form, values: Values) -> dict[str, Any]:
    """The arguments of the method; raises Refused with every field that cannot be understood."""
    given: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in form.fields:
        if field.shape == "aspects":
            given[field.name] = _aspects(edit, values, errors)
            continue
        texts = values.get(field.name, ())
        if field.is_required and not texts:
            errors[field.name] = f"{field.label} is missing. Fill in this field."
        if not texts:
            continue
        try:
            given[field.name] = _value(edit, field, texts)
        except InputError as error:
            errors[field.name] = _sentence(error)
    if errors:
        raise Refused(errors)
    return {name: value for name, value in given.items() if value}


def _value(edit: Edit, field: Field, texts: tuple[str, ...]) -> Any:
    if field.shape == "choice" and texts[0] not in field.choices:
        raise UnknownName(field.label.lower(), texts[0], field.choices, choices=field.choices)
    if field.shape == "flag":
        return True
    if field.shape == "lines":
        return list(texts)
    if field.shape == "pairs":
        return [_pair(one) for one in texts]
    if field.name == "page":
        pages(texts[0])
    if field.shape == "thing":
        return edit.find(texts[0], *field.kinds)
    if field.shape == "things":
        return [_found(edit, field, one) for one in texts]
    return texts[0]


def _found(edit: Edit, field: Field, name: str) -> str:
    """The IRI of a thing; the name itself for a person who is new and named as `Family, Given`."""
    try:
        return edit.find(name, *field.kinds)
    except UnknownName:
        if field.kinds == ("agent",) and "," in name:
            return name
        raise


def _pair(line: str) -> str | tuple[str, str]:
    label, colon, summary = (part.strip() for part in line.partition(": "))
    return (label, summary) if colon and summary else label


def _aspects(edit: Edit, values: Values, errors: dict[str, str]) -> dict[str, list[str]]:
    """What a definition is coded as, by aspect."""
    found = {}
    for name, texts in values.items():
        if not name.startswith("aspect."):
            continue
        slug, listed = name.partition(".")[2], list(dict.fromkeys(texts))
        try:
            aspect = edit.find(slug, "aspect")
            coded = [one for one in listed if one not in _UNSAID]
            if coded != listed and len(listed) > 1:
                remedy = "Choose values, or silent, or n/a"
                raise InputError("the passage cannot be both coded and silent", remedy=remedy)
            if edit.allowed(aspect):
                for one in coded:
                    edit.allowed_value(aspect, one)
            found[slug] = listed
        except InputError as error:
            errors[name] = _sentence(error)
    return found


def _of_findings(form: Form, error: FindingsError) -> dict[str, str]:
    """The findings of the shapes, each at the field whose property is at fault."""
    found: dict[str, str] = {}
    for finding in error.findings:
        violation = getattr(finding, "violation", None)
        path = shorten(violation.path.value) if violation and violation.path else ""
        name = FIELD_OF.get(path, "")
        name = name if any(field.name == name for field in form.fields) else ""
        message = getattr(finding, "message", str(finding))
        remedy = getattr(finding, "remedy", "")
        advice = f" {_capital(remedy)}." if remedy and not re.search(r"\b\w+:\w", remedy) else ""
        found[name] = " ".join(filter(None, (found.get(name), f"{_capital(message)}.{advice}")))
    return found or {"": str(error)}


def _field_of(form: Form, values: Values, error: SqGraphError) -> str:
    """The field that an error speaks of: the one whose text it repeats."""
    for field in form.fields:
        if any(repr(text) in error.what for text in values.get(field.name, ())):
            return field.name
    is_taken = "is taken by" in error.what or "already" in error.what
    names = [field.name for field in form.fields if field.name in ("name", "slug")]
    return names[0] if is_taken and names else ""


def _sentence(error: SqGraphError) -> str:
    """An error without advice that is for Python or the command line."""
    is_for_forms = not re.search(r"=True|sq-graph |edit\(", error.remedy)
    near = error.suggestions if isinstance(error, UnknownName) else []
    nearest = f" Did you mean {' or '.join(near)}?" if near else ""
    if is_for_forms and error.remedy:
        return _capital(str(error))
    return f"{_capital(error.what.rstrip('.'))}.{nearest}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + ("." if text.endswith(".") else "")


# ---- undo


@contextmanager
def recorded(atlas: Atlas, what: str) -> Iterator[Edit]:
    """An edit after which the files that it changed can be restored by `undo`."""
    graph, layout = atlas.graph, atlas.layouts[-1]
    assert isinstance(graph, EmbeddedGraph)
    with atlas.edit() as edit:
        before = {iri: content for iri, (content, _) in graph.texts(layout.base).items()}
        yield edit
    after = {iri: content for iri, (content, _) in graph.texts(layout.base).items()}
    changed = [iri for iri in {**before, **after} if before.get(iri) != after.get(iri)]
    if changed:
        files = {
            iri: {
                "before": before[iri].decode() if iri in before else None,
                "after": _digest(after.get(iri)),
            }
            for iri in changed
        }
        record = json.dumps({"what": what, "files": files}, ensure_ascii=False)
        write_durably(_record_of(layout.root), record.encode())


def undo(atlas: Atlas) -> str:
    """Restores the files that the last save changed; returns what that save was.

    Raises InputError where there is no save to undo, or one of its files has changed since.
    """
    graph, layout = atlas.graph, atlas.layouts[-1]
    assert isinstance(graph, EmbeddedGraph)
    path = _record_of(layout.root)
    if not path.is_file():
        raise InputError("there is no save to undo", remedy="Only the last save can be undone")
    record = json.loads(path.read_bytes())
    with atlas.edit() as edit:
        for iri, one in record["files"].items():
            if _digest(graph.text(iri)) != one["after"]:
                raise InputError(
                    f"{iri.removeprefix(layout.base)} has changed since that save",
                    remedy="Change it by hand, so that nothing is lost",
                )
            edit.put(iri, one["before"])
    path.unlink()
    return str(record["what"])


def can_undo(root: Path) -> bool:
    """Whether there is a save to undo in a workspace."""
    return _record_of(root).is_file()


def _record_of(root: Path) -> Path:
    return root / ".sq-graph" / "last-save.json"


def _digest(content: bytes | None) -> str:
    return hashlib.sha256(content).hexdigest() if content is not None else ""
