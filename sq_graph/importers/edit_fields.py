"""The forms: one for each method of an edit, its fields read from the method's signature and
docstring.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints, is_typeddict

from sq_graph.errors import UnknownName
from sq_graph.importers.editing import AttributionArgs, Edit
from sq_graph.importers.field_values import FIELDS, KNOWN
from sq_graph.importers.positions import AxiomPattern
from sq_graph.model.records import KINDS
from sq_graph.model.ref import Nameable
from sq_graph.vocab import HasIri

_OfOneText = Literal["text", "long", "choice", "thing", "flag", "number"]
Shape = Literal[_OfOneText, "things", "lines", "aspects", "pairs", "axioms"]
"""How a field is filled in: a line, a long text, one of some words, one thing, yes or no, a whole
number; several things, one text per line, the aspects of a definition, one `label: summary` per
line, or one claim of a position per line."""

_NOUNS = {"report-of": "a comparison of a report with its original"}
_VERBS = {"rename": "Give another short name", "merge": "Merge two works or agents"}
"""What a form does that adds nothing."""
_UNSHOWN = ("self", "replace")
_PUBLISHED = "Where it was published"
_ATTRIBUTION = "Who holds it, and how firmly"
_PART = dict.fromkeys(AttributionArgs.__annotations__.keys() - {"phrase"}, _ATTRIBUTION)
_AXIOMS = (
    "One per line: concept | pattern | concept | the claim in your own words, and where these "
    "differ, | page | phrase | hedge | hedge words. Patterns: "
)
_LINES = {"axioms": f"{_AXIOMS}{', '.join(get_args(AxiomPattern))}."}
"""How a line is written where Python takes tuples."""


@dataclass(frozen=True)
class FormField:
    """One field of a form; `part` names the group in which it is shown, empty for the main one."""

    name: str
    label: str
    shape: Shape
    help: str = ""
    is_required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    part: str = ""

    @property
    def list_id(self) -> str:
        """The id of the list of suggestions; `begun` is filled while one types."""
        return f"names-{'-'.join(self.kinds)}" if self.kinds else "begun"


@dataclass(frozen=True)
class EditForm:
    """What one method of an edit takes."""

    kind: str
    help: str
    fields: tuple[FormField, ...]

    @property
    def method(self) -> str:
        """The method of an edit that it fills in."""
        return self.kind.replace("-", "_")

    @property
    def noun(self) -> str:
        """What it adds, with its article.

        >>> forms()["second-reading"].noun
        'a second reading'
        """
        article = "an" if self.kind[0] in "aeio" else "a"
        return _NOUNS.get(self.kind, f"{article} {self.kind.replace('-', ' ')}")

    @property
    def verb(self) -> str:
        """What it does, if it adds nothing."""
        return _VERBS.get(self.kind, "")

    @property
    def title(self) -> str:
        """What it does.

        >>> forms()["claim"].title, forms()["rename"].title
        ('Add a claim', 'Give another short name')
        """
        return self.verb or f"Add {self.noun}"

    def __getitem__(self, name: str) -> FormField:
        return next(field for field in self.fields if field.name == name)

    def parts(self) -> dict[str, list[FormField]]:
        """The fields by the group in which they are shown."""
        found: dict[str, list[FormField]] = {"": []}
        for field in self.fields:
            found.setdefault(field.part, []).append(field)
        return found


@cache
def forms() -> Mapping[str, EditForm]:
    """The forms by the kind of thing that they add.

    >>> forms()["claim"]["relation"].shape, forms()["work"]["title"].shape
    ('choice', 'text')
    """
    found = {name.replace("_", "-"): getattr(Edit, name) for name in KNOWN["forms"]}
    return {kind: _form(kind, method) for kind, method in found.items()}


def form_of(kind: str) -> EditForm:
    """The form of a kind; raises UnknownName with those that there are."""
    if kind not in forms():
        raise UnknownName("form", kind, forms(), choices=forms())
    return forms()[kind]


def _form(kind: str, method: Callable[..., Any]) -> EditForm:
    text = inspect.getdoc(method) or ""
    said = (AttributionArgs.__doc__ or "", text)
    own = {name: field["help"] for name, field in FIELDS.items() if "help" in field}
    helps = {**own, **dict(chain.from_iterable(map(_helps, said))), **_LINES}
    fields = [_field(kind, *one, helps) for one in _parameters(method)]
    first: list[str] = KNOWN["first"]
    fields.sort(key=lambda field: first.index(field.name) if field.name in first else len(first))
    return EditForm(
        kind, text.partition("\n\n")[0].replace("\n", " ").replace("`", ""), tuple(fields)
    )


def _parameters(method: Callable[..., Any]) -> Iterator[tuple[str, Any, Any, bool]]:
    """Name, type and default of each parameter, those of a typed dictionary among them; which are
    of one.
    """
    hints = get_type_hints(method)
    for name, one in inspect.signature(method).parameters.items():
        if name in _UNSHOWN:
            continue
        if one.kind is inspect.Parameter.VAR_KEYWORD:
            (taken,) = [given for given in get_args(hints[name]) if is_typeddict(given)]
            for key, hint in get_type_hints(taken).items():
                if key not in KNOWN["synonyms"]:
                    yield key, hint, "", True
        else:
            yield name, hints[name], one.default, False


def _field(
    kind: str, name: str, hint: Any, default: Any, is_extra: bool, helps: Mapping[str, str]
) -> FormField:
    known, shape = FIELDS.get(f"{kind}.{name}") or FIELDS.get(name, {}), _shape(name, hint)
    is_required = default is inspect.Parameter.empty
    choices = _choices(hint)
    if (kind, name) == ("work", "kind"):
        shape, choices = "choice", tuple(sorted({one.bibtex for one in KINDS}))
    return FormField(
        name,
        known.get("label", name.replace("_", " ").strip().capitalize()),
        shape,
        helps.get(f"{kind}.{name}", helps.get(name, "")),
        is_required or (kind, name) == ("work", "title"),
        str(default) if isinstance(default, str) and not is_required else "",
        choices,
        tuple(known.get("kinds", ())) if shape in ("thing", "things") else (),
        _PUBLISHED if kind == "work" and is_extra else _PART.get(name, ""),
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
    return "lines" if any(get_origin(part) in _MANY for part in (hint, *parts)) else "text"


_MANY = (Sequence, Iterable, list, tuple)


def _choices(hint: Any) -> tuple[str, ...]:
    """The words of a Literal, perhaps one that may be None."""
    for part in (hint, *get_args(hint)):
        if get_origin(part) is Literal:
            return tuple(map(str, get_args(part)))
    return ()


def _helps(text: str) -> Iterator[tuple[str, str]]:
    """What a docstring says of each parameter: lines such as `label: the question`."""
    parameter = r"^ *(?:- )?([a-z_, ]+): (\S.*(?:\n {6,}\S.*)*)$"
    for names, said in re.findall(parameter, text, re.MULTILINE):
        plain = " ".join(said.split()).replace("`", "")
        for part in re.split(r"(?<=\.) (?=[a-z_]+: )", f"{names}: {plain}"):
            of, _, what = part.partition(": ")
            for name in of.split(", "):
                yield name.strip(), what[:1].upper() + what[1:]
