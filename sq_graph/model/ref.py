"""How calls name things: by text, by reference, or by a record of the map."""

from collections.abc import Iterable

from sq_graph.errors import InputError
from sq_graph.vocab import HasIri

Nameable = str | HasIri
"""What names a thing in a call: a slug, short form, IRI or label, a reference, or a record."""


def name_of(given: Nameable, kind: str = "thing") -> str:
    """The text by which a thing is looked up; raises InputError for what names nothing.

    >>> from sq_graph.model.facts import Ref
    >>> name_of("room-1999"), name_of(Ref("https://example.org/a", "A"))
    ('room-1999', 'https://example.org/a')
    >>> name_of(None, "concept")
    Traceback (most recent call last):
    sq_graph.errors.InputError: None does not name a concept. Give a slug, a label, an IRI ...
    """
    name = given if isinstance(given, str) else getattr(given, "iri", None)
    if isinstance(name, str) and name.strip():
        return name.strip()
    article = "an" if kind[:1] in "aeiou" else "a"
    remedy = "Give a slug, a label, an IRI or a record of the map"
    raise InputError(f"{given!r} does not name {article} {kind}", remedy=remedy)


def as_list(given: Nameable | Iterable[Nameable]) -> list[Nameable]:
    """What names one thing or several, as a list; empty texts are left out.

    >>> as_list("room-1999"), as_list(["a", ""]), as_list(())
    (['room-1999'], ['a'], [])
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        return [given] if given else []
    return [one for one in given if one]


def text_of(given: object, what: str = "a text", remedy: str = "") -> str:
    """A text as it is; raises InputError for anything else.

    Parameters:
        given: what should be a text.
        what: what the error says that it is not.
        remedy: what the error says to do; by default, to write it in quotation marks.

    >>> text_of(5)
    Traceback (most recent call last):
    sq_graph.errors.InputError: 5 is not a text. Write it in quotation marks.
    """
    if isinstance(given, str):
        return given
    raise InputError(f"{given!r} is not {what}", remedy=remedy or "Write it in quotation marks")


def text_list(given: str | Iterable[str]) -> list[str]:
    """One text or several, as a list without empty ones; raises InputError for anything else.

    >>> text_list("trust"), text_list(["trust ", "help"])
    (['trust'], ['trust', 'help'])
    """
    listed = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    return [text.strip() for text in map(text_of, listed) if text.strip()]
