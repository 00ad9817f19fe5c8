"""How arguments name things: by text, by reference, or by a record of the map."""

from collections.abc import Iterable

from sq_graph.errors import InputError
from sq_graph.vocab import HasIri

Nameable = str | HasIri
"""A value that names a thing: a slug, short form, IRI or label, a reference, or a record."""


def name_of(value: Nameable, kind: str = "thing") -> str:
    """The text by which a thing is looked up; raises InputError if the value names nothing.

    >>> from sq_graph.model.facts import Ref
    >>> name_of("room-1999"), name_of(Ref("https://example.org/a", "A"))
    ('room-1999', 'https://example.org/a')
    >>> name_of(None, "concept")
    Traceback (most recent call last):
    sq_graph.errors.InputError: None does not name a concept. Give a slug, a label, an IRI ...
    """
    name = value if isinstance(value, str) else getattr(value, "iri", None)
    if isinstance(name, str) and name.strip():
        return name.strip()
    article = "an" if kind[:1] in "aeiou" else "a"
    remedy = "Give a slug, a label, an IRI or a record of the map"
    raise InputError(f"{value!r} does not name {article} {kind}", remedy=remedy)


def as_list(value: Nameable | Iterable[Nameable]) -> list[Nameable]:
    """The names of one thing or several, as a list; empty texts are left out.

    >>> as_list("room-1999"), as_list(["a", ""]), as_list(())
    (['room-1999'], ['a'], [])
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value] if value else []
    return [item for item in value if item]


def text_of(value: object, kind: str = "a text", remedy: str = "") -> str:
    """A text as it is; raises InputError for anything else.

    Parameters:
        value: the value, which should be a text.
        kind: the expected kind of value, with its article.
        remedy: the remedy in the error; by default, to write it in quotation marks.

    >>> text_of(5)
    Traceback (most recent call last):
    sq_graph.errors.InputError: 5 is not a text. Write it in quotation marks.
    """
    if isinstance(value, str):
        return value
    raise InputError(f"{value!r} is not {kind}", remedy=remedy or "Write it in quotation marks")


def text_list(value: str | Iterable[str]) -> list[str]:
    """One text or several as a list, without empty ones; raises InputError for any other value.

    >>> text_list("trust"), text_list(["trust ", "help"])
    (['trust'], ['trust', 'help'])
    """
    items = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    return [text.strip() for text in map(text_of, items) if text.strip()]
