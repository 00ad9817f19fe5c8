"""Saving a form: each field is parsed on its own, then all are saved in one validated edit."""

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
from sq_graph.importers.form_input import InvalidFields, Values, call_method, parse_arguments
from sq_graph.resources import write_durably
from sq_graph.vocab import shorten
from sq_graph.web.pages.page import capital

PostedFields = Sequence[tuple[str, str]]
"""The names and values of the fields of a form as they were sent."""


class RefusedForm(InputError):
    """A form was not saved: `errors` by field, those of no field under the empty name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class ChangedMeanwhile(InputError):
    """A statement has changed since its form was opened; `values` are its current values."""

    def __init__(self, values: Values) -> None:
        super().__init__("somebody else has changed this meanwhile, so nothing was saved")
        self.values = values


def parse_fields(form: EditForm, pairs: PostedFields) -> dict[str, tuple[str, ...]]:
    """The values of a form by field, each on one line as in a sheet; empty ones are left out.

    >>> from sq_graph.importers.edit_fields import forms
    >>> title, authors = " Trust\\u200b\\nand help ", "Chan, Joseph\\r\\nTo, Ho-Pong"
    >>> parse_fields(forms()["work"], [("title", title), ("authors", authors)])
    {'title': ('Trust and help',), 'authors': ('Chan, Joseph', 'To, Ho-Pong')}
    """
    by_line = {field.name for field in form.fields if field.shape in ("lines", "pairs", "axioms")}
    fields: dict[str, tuple[str, ...]] = {}
    for name, text in pairs:
        has_lines = name in by_line or name.startswith("aspect.")
        texts = map(_normalise, text.splitlines() if has_lines else [text])
        fields[name] = (*fields.get(name, ()), *filter(None, texts))
    return {name: values for name, values in fields.items() if values}


def _normalise(text: str) -> str:
    return " ".join(text.translate(INVISIBLE).split())


def parse_codes(pairs: PostedFields) -> dict[str, list[str]]:
    """The codes of a form by aspect.

    >>> parse_codes([("aspect.causes", "trust\\nhelp"), ("page", "7")])
    {'causes': ['trust', 'help']}
    """
    fields = parse_fields(EditForm("", "", ()), pairs)
    return {
        name.removeprefix("aspect."): list(dict.fromkeys(values))
        for name, values in fields.items()
        if name.startswith("aspect.")
    }


def digest_of(values: Values) -> str:
    """The digest that shows whether a statement has changed since its form was opened."""
    return hashlib.sha256(json.dumps(sorted(values.items())).encode()).hexdigest()[:32]


def add(atlas: Atlas, form: EditForm, values: Values) -> str:
    """Adds the statement of a form; returns its IRI. Raises RefusedForm with errors by field."""
    with _form_edit(atlas, form, values) as edit:
        return call_method(edit, form, parse_arguments(edit, form, values))


def change(atlas: Atlas, form: EditForm, values: Values, thing: str, digest: str) -> str:
    """Changes the fields that differ from the current values of a statement; returns its IRI.

    Parameters:
        atlas: the map, with a workspace.
        form: the form of the statement's kind.
        values: the values that were sent, by field.
        thing: the statement.
        digest: the digest of its values when the form was opened.

    Raises:
        ChangedMeanwhile: it has changed since.
        RefusedForm: the form has errors, by field.
    """
    with _form_edit(atlas, form, values) as edit:
        current = field_values(edit.graph, thing)
        if digest_of(current) != digest:
            raise ChangedMeanwhile(current)
        old_values = {n: tuple(map(_normalise, v)) for n, v in by_field(form, current).items()}
        new, old = parse_arguments(edit, form, values), parse_arguments(edit, form, old_values)
        changes = _changes(new, old, {field.name: _empty_value(field) for field in form.fields})
        if aspects := changes.pop("aspects", None):
            changes["aspects"] = _changes(aspects, old.get("aspects", {}), {})
        if "ordered_by" in changes and "categories" in new:
            changes["categories"] = new["categories"]
        if "divides" in changes:
            changes["of"] = changes.pop("divides")
        edit.update(thing, **changes)
    return thing


def _changes(
    new: Mapping[str, Any], old: Mapping[str, Any], empty: Mapping[str, Any]
) -> dict[str, Any]:
    """The new values that differ from the old ones; an empty value where there is none any more."""
    return {
        name: new.get(name, empty.get(name, ()))
        for name in {**new, **old}
        if new.get(name) != old.get(name)
    }


def by_field(form: EditForm, values: Values) -> Values:
    """The values of a statement by the names of the fields of its form."""
    of = "divides" if form.kind == "typology" else "of"
    return {of if name == "of" else name: texts for name, texts in values.items()}


def _empty_value(field: FormField) -> Any:
    if field.shape == "aspects":
        return {}
    return () if field.shape in ("things", "lines", "pairs") else ""


@contextmanager
def _form_edit(atlas: Atlas, form: EditForm, values: Values) -> Iterator[Edit]:
    """An edit whose errors are reported by the fields of the form."""
    try:
        with undoable(atlas, form.kind) as edit:
            yield edit
    except (RefusedForm, ChangedMeanwhile):
        raise
    except FindingsError as error:
        raise RefusedForm(_errors_by_field(form, error)) from None
    except InvalidFields as error:
        errors = {name: _message(field_error) for name, field_error in error.errors.items()}
        raise RefusedForm(errors) from None
    except InputError as error:
        raise RefusedForm({_field_of(form, values, error): _message(error)}) from None


def _errors_by_field(form: EditForm, error: FindingsError) -> dict[str, str]:
    """The findings of the shapes, by the field with the property at fault."""
    errors: dict[str, str] = {}
    for finding in error.findings:
        violation = getattr(finding, "violation", None)
        path = shorten(violation.path.value) if violation and violation.path else ""
        name = FIELD_OF.get(path, "")
        name = name if any(field.name == name for field in form.fields) else ""
        message, remedy = getattr(finding, "message", str(finding)), getattr(finding, "remedy", "")
        advice = f" {_capital(remedy)}." if remedy and not re.search(r"\b\w+:\w", remedy) else ""
        for field in (field for field in form.fields if "_" in field.name):
            advice = advice.replace(field.name, field.label.lower())  # a form shows the labels
        errors[name] = " ".join(filter(None, (errors.get(name), f"{_capital(message)}.{advice}")))
    return errors or {"": str(error)}


_TAKEN = "is taken by a different statement"


def _field_of(form: EditForm, values: Values, error: SqGraphError) -> str:
    """The field that an error concerns: the one whose text it repeats."""
    for field in form.fields:
        if any(repr(text) in error.what for text in values.get(field.name, ())):
            return field.name
    is_taken = _TAKEN in error.what or "already" in error.what
    names = [field.name for field in form.fields if field.name in ("name", "slug")]
    return names[0] if is_taken and names else ""


def _message(error: SqGraphError) -> str:
    """The message of an error, without a remedy for Python or the command line."""
    if _TAKEN in error.what:
        return f"The short name {error.what}. Give another short name, or change that statement."
    if error.remedy and not re.search(r"=True|sq-graph |edit\(", error.remedy):
        return _capital(str(error))
    names = error.suggestions if isinstance(error, UnknownName) else []
    hint = f" Did you mean {' or '.join(names)}?" if names else ""
    return f"{_capital(error.what.rstrip('.'))}.{hint}"


def _capital(text: str) -> str:
    return capital(text.rstrip(".")) + ("." if text.endswith(".") else "")


# ---- undo


@contextmanager
def undoable(atlas: Atlas, description: str) -> Iterator[Edit]:
    """An edit that `undo` can revert."""
    graph, layout = atlas.graph, atlas.layouts[-1]
    assert isinstance(graph, EmbeddedGraph)
    with atlas.edit() as edit:
        old = {iri: content for iri, (content, _) in graph.texts(layout.base).items()}
        yield edit
    new = {iri: content for iri, (content, _) in graph.texts(layout.base).items()}
    files = {
        iri: {"before": None if text is None else text.decode(), "after": _digest(new.get(iri))}
        for iri in {**old, **new}
        if (text := old.get(iri)) != new.get(iri)
    }
    if files:
        record = json.dumps({"what": description, "files": files}, ensure_ascii=False)
        write_durably(_record_path(layout.root), record.encode())


def undo(atlas: Atlas, save: str) -> str:
    """Restores the files that a save changed; returns the description of the save.

    Raises InputError where it was not the last one, or one of its files has changed since.
    """
    graph, layout = atlas.graph, atlas.layouts[-1]
    assert isinstance(graph, EmbeddedGraph)
    path = _record_path(layout.root)
    if not path.is_file():
        raise InputError("there is no save to undo", remedy="Only the last save can be undone")
    if last_save(layout.root) != save:
        problem = "another save followed this one, so nothing was undone"
        raise InputError(problem, remedy="Only the last save can be undone")
    record = json.loads(path.read_bytes())
    with atlas.edit() as edit:
        for iri, file in record["files"].items():
            if _digest(graph.text(iri)) != file["after"]:
                problem = f"{iri.removeprefix(layout.base)} has changed since that save"
                raise InputError(problem, remedy="Change it by hand, so that nothing is lost")
            edit.put(iri, file["before"])
    path.unlink()
    return str(record["what"])


def last_save(root: Path) -> str:
    """The digest of the save of a workspace that can be undone; '' if there is none."""
    path = _record_path(root)
    return _digest(path.read_bytes()) if path.is_file() else ""


def _record_path(root: Path) -> Path:
    return root / ".sq-graph" / "last-save.json"


def _digest(content: bytes | None) -> str:
    return hashlib.sha256(content).hexdigest() if content is not None else ""
