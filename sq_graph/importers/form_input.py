"""Texts that somebody filled in, on a page or on the command line, as the arguments of an edit."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sq_graph.errors import InputError, UnknownName
from sq_graph.evidence.agreement import code_fault
from sq_graph.importers.attributing import locator_of
from sq_graph.importers.edit_fields import EditForm, FormField, form_of, forms
from sq_graph.importers.editing import Edit
from sq_graph.importers.positions import AxiomRow
from sq_graph.model.aspects import read_aspects
from sq_graph.model.records import make_slug
from sq_graph.model.ref import text_list
from sq_graph.vocab import kind_of, slug_of

Values = Mapping[str, tuple[str, ...]]
"""The texts of each field, with those of an aspect under `aspect.SLUG`."""

_FLAGS = {"yes": True, "true": True, "no": False, "false": False}


class InvalidFields(InputError):
    """Fields with invalid values: `errors` by field; the text of the error is the first."""

    def __init__(self, errors: Mapping[str, InputError]) -> None:
        name, error = next(iter(errors.items()))
        super().__init__(f"{name.rstrip('_')}: {error.what}", remedy=error.remedy)
        self.errors = dict(errors)


def add(edit: Edit, kind: str, inputs: Mapping[str, str | Sequence[str]], replace: bool) -> str:
    """Adds a thing of a kind, with its fields given as texts; returns its IRI.

    Raises UnknownName for an unknown kind or field, and InvalidFields for a value that the field
    does not take.
    """
    form = form_of(kind)
    if form.verb:
        raise InputError(f"{kind} adds nothing", remedy=f"Run sq-graph {kind}, or edit.{kind}()")
    values = _values_by_field(form, inputs)
    required = (field.name for field in form.fields if field.is_required)
    if missing := [name.rstrip("_") for name in required if not values.get(name)]:
        problem = f"{form.noun} needs: {', '.join(missing)}"
        raise InputError(problem, remedy="Give each as FIELD=VALUE")
    fields = parse_arguments(edit, form, values)
    if replace and "replace" not in inspect.signature(getattr(edit, form.method)).parameters:
        raise InputError(f"{form.noun} cannot be replaced", remedy="Change it with update")
    return call_method(edit, form, fields | ({"replace": True} if replace else {}))


def update(edit: Edit, thing: str, inputs: Mapping[str, str | Sequence[str]]) -> str:
    """Changes fields of a thing to texts; an empty text removes the value."""
    target = edit.find(thing)
    form = forms().get(kind_of(target) or "", EditForm("", "", ()))
    fields = {field.name: field for field in form.fields}
    values = _by_name(inputs, fields)
    errors: dict[str, InputError] = {}
    changes: dict[str, Any] = {}
    for name, texts in values.items():
        field = fields.get(name)
        if name.startswith("aspect."):
            changes["aspects"] = _aspects(edit, values, errors, keeps_empty=True)
        elif field and texts:
            changes |= _parse_field(edit, field, texts, errors)
        else:
            changes[name] = texts[0] if len(texts) == 1 else texts or ""
    if errors:
        raise InvalidFields(errors)
    return edit.update(target, **changes)


def call_method(edit: Edit, form: EditForm, arguments: Mapping[str, Any]) -> str:
    """Calls the method of a form; returns the thing that it makes, or that remains of two."""
    result: object = getattr(edit, form.method)(**arguments)
    return result if isinstance(result, str) else str(arguments["into"])


def parse_arguments(edit: Edit, form: EditForm, values: Values) -> dict[str, Any]:
    """The arguments of a form's method; raises InvalidFields with every invalid field."""
    arguments: dict[str, Any] = {}
    errors: dict[str, InputError] = {}
    for field in form.fields:
        texts = values.get(field.name, ())
        if field.shape == "aspects":
            arguments[field.name] = _aspects(edit, values, errors)
        elif texts:
            arguments |= _parse_field(edit, field, texts, errors)
        elif field.is_required:
            problem = f"{field.label} is missing"
            errors[field.name] = InputError(problem, remedy="Fill in this field")
    if errors:
        raise InvalidFields(errors)
    return {name: value for name, value in arguments.items() if value}


def _values_by_field(form: EditForm, inputs: Mapping[str, str | Sequence[str]]) -> Values:
    """The inputs by the names of a form's fields; raises UnknownName for another name."""
    fields = {field.name: field for field in form.fields}
    values = _by_name(inputs, fields)
    for name in values:
        if name not in fields and not (name.startswith("aspect.") and "aspects" in fields):
            names = (field.rstrip("_") for field in fields)
            choices = ["aspect.NAME" if field == "aspects" else field for field in names]
            raise UnknownName("field", name, fields, choices=choices, scope=f"of {form.noun}")
    return values


def _by_name(inputs: Mapping[str, str | Sequence[str]], fields: Mapping[str, FormField]) -> Values:
    """The texts by parameter names: `in` is written `in_`, and `hedge words` `hedge_words`."""
    words = {field.replace("_", " ").strip(): field for field in fields}
    return {words.get(name, name): tuple(text_list(value)) for name, value in inputs.items()}


def _parse_field(
    edit: Edit, field: FormField, texts: tuple[str, ...], errors: dict[str, InputError]
) -> dict[str, Any]:
    """The argument that a field gives; an invalid one is added to the errors."""
    try:
        return {field.name: _parse_value(edit, field, texts)}
    except InputError as error:
        errors[field.name] = error
        return {}


def _parse_value(edit: Edit, field: FormField, texts: tuple[str, ...]) -> Any:
    shape, text = field.shape, texts[0]
    if shape == "lines":
        return list(texts)
    if shape in ("pairs", "axioms"):
        return [_pair(line) if shape == "pairs" else _axiom(line) for line in texts]
    if shape == "things":
        is_person = field.kinds == ("agent",)  # who may be new, as `Family, Given`
        return [n if is_person and "," in n else edit.find(n, *field.kinds) for n in texts]
    if len(texts) > 1:
        raise InputError(f"{len(texts)} values are given", remedy="Give one")
    if shape == "choice" and text not in field.choices:
        raise UnknownName(field.label.lower(), text, field.choices, choices=field.choices)
    if shape == "flag" and text not in _FLAGS:
        raise InputError(f"{text!r} is neither yes nor no", remedy="Write yes or no")
    if shape == "number" and not re.fullmatch("-?[0-9]+", text):
        raise InputError(f"{text!r} is not a {field.name}", remedy="Give a whole number")
    if shape in ("flag", "number"):
        return _FLAGS[text] if shape == "flag" else int(text)
    if field.name == "page":
        locator_of(text)
    return edit.find(text, *field.kinds) if shape == "thing" else text


def _pair(line: str) -> str | tuple[str, str]:
    label, colon, summary = (part.strip() for part in line.partition(": "))
    return (label, summary) if colon and summary else label


def _axiom(line: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in line.split("|"))
    if not 4 <= len(parts) <= len(AxiomRow._fields) or not all(parts[:4]):
        remedy = "Write concept | pattern | concept | what is claimed, in your own words"
        remedy += ", and if these differ, | page | phrase | hedge | hedge words"
        raise InputError(f"{line!r} is not a claim of four parts", remedy=remedy)
    return parts


def _aspects(
    edit: Edit, values: Values, errors: dict[str, InputError], keeps_empty: bool = False
) -> dict[str, list[str]]:
    """The coding of a definition, by aspect."""
    aspects = {slug_of(aspect.iri): aspect for aspect in read_aspects(edit.graph)}
    codings = dict[str, list[str]]()
    for name, texts in values.items():
        if name.startswith("aspect.") and (texts or keeps_empty):
            slug = make_slug(name.partition(".")[2])
            codings[slug] = list(dict.fromkeys(texts))
            if fault := code_fault(slug, frozenset(map(str.lower, texts)), aspects):
                errors[name] = InputError(fault[0], remedy=fault[1])
    return codings
