"""Saving what a form says: each field is understood on its own, then the whole is one guarded
edit.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sq_graph.atlas import Atlas
from sq_graph.errors import FindingsError, InputError, SqGraphError, UnknownName
from sq_graph.graph import EmbeddedGraph
from sq_graph.importers.edit_fields import EditForm, FormField
from sq_graph.importers.editing import Edit
from sq_graph.importers.encodings import INVISIBLE
from sq_graph.importers.field_values import FIELD_OF, field_values
from sq_graph.importers.filled_in import InvalidFields, Values, call_method, parse_arguments
from sq_graph.resources import write_durably
from sq_graph.vocab import shorten
from sq_graph.web.pages.page import capital

PostedFields = Sequence[tuple[str, str]]
"""The names and values of a form as they were sent."""


class RefusedForm(InputError):
    """What a form says was not saved: `errors` by field, those of no field under the empty name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class Changed(InputError):
    """A statement has changed since its form was opened; `values` are those that it has now."""

    def __init__(self, values: Values) -> None:
        super().__init__("somebody else has changed this meanwhile, so nothing was saved")
        self.values = values


def posted(form: EditForm, pairs: PostedFields) -> dict[str, tuple[str, ...]]:
    """What was sent, by field: each text on one line, as in a sheet; empty ones are left out.

    >>> from sq_graph.importers.edit_fields import forms
    >>> authors = "Chan, Joseph\\r\\nTo, Ho-Pong"
    >>> posted(forms()["work"], [("title", " Trust\\u200b\\nand help "), ("authors", authors)])
    {'title': ('Trust and help',), 'authors': ('Chan, Joseph', 'To, Ho-Pong')}
    """
    lines = {field.name for field in form.fields if field.shape in ("lines", "pairs", "axioms")}
    found: dict[str, tuple[str, ...]] = {}
    for name, text in pairs:
        several = name in lines or name.startswith("aspect.")
        texts = map(_tidy, text.splitlines() if several else [text])
        found[name] = (*found.get(name, ()), *filter(None, texts))
    return {name: values for name, values in found.items() if values}


def _tidy(text: str) -> str:
    return " ".join(text.translate(INVISIBLE).split())


def posted_codes(pairs: PostedFields) -> dict[str, list[str]]:
    """What was sent of each aspect.

    >>> posted_codes([("aspect.causes", "trust\\nhelp"), ("page", "7")])
    {'causes': ['trust', 'help']}
    """
    sent = posted(EditForm("", "", ()), pairs)
    return {
        name.removeprefix("aspect."): list(dict.fromkeys(values))
        for name, values in sent.items()
        if name.startswith("aspect.")
    }


def digest_of(values: Values) -> str:
    """The digest by which a form knows whether its statement has changed since."""
    return hashlib.sha256(json.dumps(sorted(values.items())).encode()).hexdigest()[:32]


def add(atlas: Atlas, form: EditForm, values: Values) -> str:
    """Adds what a form says; returns the IRI. Raises Refused with the errors by field."""
    with _saving(atlas, form, values) as edit:
        return call_method(edit, form, parse_arguments(edit, form, values))


def change(atlas: Atlas, form: EditForm, values: Values, thing: str, digest: str) -> str:
    """Changes the fields that differ from what a statement says now; returns its IRI.

    Parameters:
        atlas: the map, with a workspace.
        form: the form of the statement's kind.
        values: what was sent, by field.
        thing: the statement.
        digest: the digest of what it said when the form was opened.

    Raises:
        Changed: it has changed since.
        Refused: something is wrong, by field.
    """
    with _saving(atlas, form, values) as edit:
        now = field_values(edit.graph, thing)
        if digest_of(now) != digest:
            raise Changed(now)
        given = parse_arguments(edit, form, values)
        before = {name: tuple(map(_tidy, values)) for name, values in named_as(form, now).items()}
        old = parse_arguments(edit, form, before)
        fresh = _differing(given, old, {field.name: _empty(field) for field in form.fields})
        if aspects := fresh.pop("aspects", None):
            fresh["aspects"] = _differing(aspects, old.get("aspects", {}), {})
        if "ordered_by" in fresh and "categories" in given:
            fresh["categories"] = given["categories"]
        if "divides" in fresh:
            fresh["of"] = fresh.pop("divides")
        if isinstance(fresh.get("year"), str) and fresh["year"].isdigit():
            fresh["year"] = int(fresh["year"])
        edit.update(thing, **fresh)
    return thing


def _differing(
    given: Mapping[str, Any], old: Mapping[str, Any], empty: Mapping[str, Any]
) -> dict[str, Any]:
    """What is given in place of something else, or where nothing is given any more."""
    return {
        name: given.get(name, empty.get(name, ()))
        for name in {**given, **old}
        if given.get(name) != old.get(name)
    }


def named_as(form: EditForm, now: Values) -> Values:
    """The values of a statement by the names of the form's fields."""
    of = "divides" if form.kind == "typology" else "of"
    return {of if name == "of" else name: values for name, values in now.items()}


def _empty(field: FormField) -> Any:
    if field.shape == "aspects":
        return {}
    return () if field.shape in ("things", "lines", "pairs") else ""


@contextmanager
def _saving(atlas: Atlas, form: EditForm, values: Values) -> Iterator[Edit]:
    """An edit whose errors are those of the form's fields."""
    try:
        with recorded(atlas, form.kind) as edit:
            yield edit
    except (RefusedForm, Changed):
        raise
    except FindingsError as error:
        raise RefusedForm(_of_findings(form, error)) from None
    except InvalidFields as error:
        raise RefusedForm({name: _sentence(one) for name, one in error.errors.items()}) from None
    except InputError as error:
        raise RefusedForm({_field_of(form, values, error): _sentence(error)}) from None


def _of_findings(form: EditForm, error: FindingsError) -> dict[str, str]:
    """The findings of the shapes, each at the field whose property is at fault."""
    found: dict[str, str] = {}
    for finding in error.findings:
        violation = getattr(finding, "violation", None)
        path = shorten(violation.path.value) if violation and violation.path else ""
        name = FIELD_OF.get(path, "")
        name = name if any(field.name == name for field in form.fields) else ""
        message, remedy = getattr(finding, "message", str(finding)), getattr(finding, "remedy", "")
        advice = f" {_capital(remedy)}." if remedy and not re.search(r"\b\w+:\w", remedy) else ""
        for field in (one for one in form.fields if "_" in one.name):
            advice = advice.replace(field.name, field.label.lower())  # which is what a form shows
        found[name] = " ".join(filter(None, (found.get(name), f"{_capital(message)}.{advice}")))
    return found or {"": str(error)}


_TAKEN = "is taken by a different statement"


def _field_of(form: EditForm, values: Values, error: SqGraphError) -> str:
    """The field that an error speaks of: the one whose text it repeats."""
    for field in form.fields:
        if any(repr(text) in error.what for text in values.get(field.name, ())):
            return field.name
    is_taken = _TAKEN in error.what or "already" in error.what
    names = [field.name for field in form.fields if field.name in ("name", "slug")]
    return names[0] if is_taken and names else ""


def _sentence(error: SqGraphError) -> str:
    """An error without advice that is for Python or the command line."""
    if _TAKEN in error.what:
        return f"The short name {error.what}. Give another short name, or change that statement."
    if error.remedy and not re.search(r"=True|sq-graph |edit\(", error.remedy):
        return _capital(str(error))
    near = error.suggestions if isinstance(error, UnknownName) else []
    nearest = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"{_capital(error.what.rstrip('.'))}.{nearest}"


def _capital(text: str) -> str:
    return capital(text.rstrip(".")) + ("." if text.endswith(".") else "")


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
    files = {
        iri: {
            "before": before[iri].decode() if iri in before else None,
            "after": _digest(after.get(iri)),
        }
        for iri in {**before, **after}
        if before.get(iri) != after.get(iri)
    }
    if files:
        record = json.dumps({"what": what, "files": files}, ensure_ascii=False)
        write_durably(_record_of(layout.root), record.encode())


def undo(atlas: Atlas, save: str) -> str:
    """Restores the files that a save changed; returns what that save was.

    Raises InputError where it was not the last one, or one of its files has changed since.
    """
    graph, layout = atlas.graph, atlas.layouts[-1]
    assert isinstance(graph, EmbeddedGraph)
    path = _record_of(layout.root)
    if not path.is_file():
        raise InputError("there is no save to undo", remedy="Only the last save can be undone")
    if last_save(layout.root) != save:
        what = "another save followed this one, so nothing was undone"
        raise InputError(what, remedy="Only the last save can be undone")
    record = json.loads(path.read_bytes())
    with atlas.edit() as edit:
        for iri, one in record["files"].items():
            if _digest(graph.text(iri)) != one["after"]:
                what = f"{iri.removeprefix(layout.base)} has changed since that save"
                raise InputError(what, remedy="Change it by hand, so that nothing is lost")
            edit.put(iri, one["before"])
    path.unlink()
    return str(record["what"])


def last_save(root: Path) -> str:
    """The digest of the save of a workspace that can be undone; '' where there is none."""
    path = _record_of(root)
    return _digest(path.read_bytes()) if path.is_file() else ""


def _record_of(root: Path) -> Path:
    return root / ".sq-graph" / "last-save.json"


def _digest(content: bytes | None) -> str:
    return hashlib.sha256(content).hexdigest() if content is not None else ""
