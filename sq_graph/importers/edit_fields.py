"""The forms: one for each method of an edit, its fields read from the method's signature and
docstring.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints, is_typeddict

from sq_graph.errors import UnknownName
from sq_graph.importers.editing import AttributionArgs, Edit
from sq_graph.importers.field_values import FIELDS, SETTINGS
from sq_graph.model.records import KINDS
from sq_graph.model.ref import Nameable
from sq_graph.vocab import HasIri

_OfOneText = Literal["text", "long", "choice", "thing", "flag", "number"]
Shape = Literal[_OfOneText, "things", "lines", "aspects", "pairs", "axioms"]
"""How a field is filled in: a line, a long text, one of some words, one thing, yes or no, a whole
number; several things, one text per line, the aspects of a definition, one `label: summary` per
line, or one claim of a position per line."""

_HIDDEN = ("self", "replace")
_PUBLISHED = "Where it was published"
_ATTRIBUTION = "Who holds it, and how firmly"
_GROUP_OF = dict.fromkeys(AttributionArgs.__annotations__.keys() - {"phrase"}, _ATTRIBUTION)


@dataclass(frozen=True)
class FormField:
    """One field of a form; `group` is the heading above it, empty in the main group."""

    name: str
    label: str
    shape: Shape
    help: str = ""
    is_required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    group: str = ""

    @property
    def list_id(self) -> str:
        """The id of the list of suggestions; `suggestions` is filled while one types."""
        return f"names-{'-'.join(self.kinds)}" if self.kinds else "suggestions"


@dataclass(frozen=True)
class EditForm:
    """The fields that one method of an edit takes."""

    kind: str
    help: str
    fields: tuple[FormField, ...]

    @property
    def method(self) -> str:
        """The name of the method that it calls."""
        return self.kind.replace("-", "_")

    @property
    def noun(self) -> str:
        """The noun for what it adds, with its article.

        >>> forms()["second-reading"].noun
        'a second reading'
        """
        article = "an" if self.kind[0] in "aeio" else "a"
        return str(SETTINGS["nouns"].get(self.kind, f"{article} {self.kind.replace('-', ' ')}"))

    @property
    def verb(self) -> str:
        """The title of a form that adds nothing."""
        return str(SETTINGS["verbs"].get(self.kind, ""))

    @property
    def title(self) -> str:
        """The title of the form.

        >>> forms()["claim"].title, forms()["rename"].title
        ('Add a claim', 'Give another short name')
        """
        return self.verb or f"Add {self.noun}"

    def __getitem__(self, name: str) -> FormField:
        return next(field for field in self.fields if field.name == name)

    def groups(self) -> dict[str, list[FormField]]:
        """The fields by group."""
        fields_by_group: dict[str, list[FormField]] = {"": []}
        for field in self.fields:
            fields_by_group.setdefault(field.group, []).append(field)
        return fields_by_group


@cache
def forms() -> Mapping[str, EditForm]:
    """The forms by the kind of thing that they add.

    >>> forms()["claim"]["relation"].shape, forms()["work"]["title"].shape
    ('choice', 'text')
    """
    methods = {name.replace("_", "-"): getattr(Edit, name) for name in SETTINGS["forms"]}
    return {kind: _form(kind, method) for kind, method in methods.items()}


def form_of(kind: str) -> EditForm:
    """The form of a kind; raises UnknownName with the existing ones."""
    if kind not in forms():
        raise UnknownName("form", kind, forms(), choices=forms())
    return forms()[kind]


def _form(kind: str, method: Callable[..., Any]) -> EditForm:
    text = inspect.getdoc(method) or ""
    helps = {name: field["help"] for name, field in FIELDS.items() if "help" in field}
    helps |= {**dict(_helps(AttributionArgs.__doc__ or "")), **dict(_helps(text))}
    fields = [_field(kind, *parameter, helps) for parameter in _parameters(method)]
    order: list[str] = SETTINGS["first"]
    fields.sort(key=lambda field: order.index(field.name) if field.name in order else len(order))
    summary = text.partition("\n\n")[0].replace("\n", " ").replace("`", "")
    return EditForm(kind, summary, tuple(fields))


def _parameters(method: Callable[..., Any]) -> Iterator[tuple[str, Any, Any, bool]]:
    """The name, type and default of each parameter, and whether it comes from a typed
    dictionary.
    """
    hints = get_type_hints(method)
    for name, parameter in inspect.signature(method).parameters.items():
        if name in _HIDDEN:
            continue
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            (extra,) = [argument for argument in get_args(hints[name]) if is_typeddict(argument)]
            for key, hint in get_type_hints(extra).items():
                if key not in SETTINGS["synonyms"]:
                    yield key, hint, "", True
        else:
            yield name, hints[name], parameter.default, False


def _field(
    kind: str, name: str, hint: Any, default: Any, is_extra: bool, helps: Mapping[str, str]
) -> FormField:
    spec, shape = FIELDS.get(f"{kind}.{name}") or FIELDS.get(name, {}), _shape(name, hint)
    is_required = default is inspect.Parameter.empty
    choices = _choices(hint)
    if (kind, name) == ("work", "kind"):
        shape, choices = "choice", tuple(sorted({work_kind.bibtex for work_kind in KINDS}))
    return FormField(
        name,
        spec.get("label", name.replace("_", " ").strip().capitalize()),
        shape,
        helps.get(f"{kind}.{name}", helps.get(name, "")),
        is_required or (kind, name) == ("work", "title"),
        str(default) if isinstance(default, str) and not is_required else "",
        choices,
        tuple(spec.get("kinds", ())) if shape in ("thing", "things") else (),
        _PUBLISHED if kind == "work" and is_extra else _GROUP_OF.get(name, ""),
    )


def _shape(name: str, hint: Any) -> Shape:
    """How a value of a type is filled in."""
    if shape := FIELDS.get(name, {}).get("shape"):
        return cast(Shape, shape)
    if _choices(hint):
        return "choice"
    if hint is bool:
        return "flag"
    parts = get_args(hint)
    if int in parts and str not in parts:
        return "number"
    if hint == Nameable:
        return "thing"
    if HasIri in parts:
        return "things"
    return "lines" if any(get_origin(part) in _SEQUENCES for part in (hint, *parts)) else "text"


_SEQUENCES = (Sequence, Iterable, list, tuple)


def _choices(hint: Any) -> tuple[str, ...]:
    """The choices of a Literal, which may be optional."""
    for part in (hint, *get_args(hint)):
        if get_origin(part) is Literal:
            return tuple(map(str, get_args(part)))
    return ()


def _helps(text: str) -> Iterator[tuple[str, str]]:
    """The help for each parameter in a docstring, from lines such as `label: the question`."""
    parameter = r"^ *(?:- )?([a-z_, ]+): (\S.*(?:\n {6,}\S.*)*)$"
    for names, help_text in re.findall(parameter, text, re.MULTILINE):
        line = " ".join(help_text.split()).replace("`", "")
        for part in re.split(r"(?<=\.) (?=[a-z_]+: )", f"{names}: {line}"):
            joined_names, _, help = part.partition(": ")
            for name in joined_names.split(", "):
                yield name.strip(), help[:1].upper() + help[1:]
