"""Literals as they were written, where the engine keeps only their canonical form.

The engine stores `01` as `1` and `en-US` as `en-us`. An update is carried out by the engine, and its outcome is
then told in the forms of the old file and of the update's own text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sq_graph.errors import InputError
from sq_graph.graph.engine import canonical
from sq_graph.graph.guard import Token, tokens
from sq_graph.graph.updates import operations
from sq_graph.turtle import Triple, read


def forms_in(update: str) -> dict[str, str]:
    """The literals that an update's text holds, by the engine's form; of several, the first.

    >>> forms_in('PREFIX e: <https://example.org/> INSERT DATA { e:a e:b "x"@en-US, "y"^^e:z }')
    {'"y"^^<https://example.org/z>': '"y"^^<https://example.org/z>', '"x"@en-us': '"x"@en-US'}
    """
    spaces = {pair for one in operations(update) for pair in one.prefixes.items()}
    head = "\n".join(f"@prefix {prefix}: <{space}> ." for prefix, space in sorted(spaces))
    written: list[str] = []
    for text in dict.fromkeys(_literals(list(tokens(update)))):
        try:
            written += [triple[2] for triple in read(f"{head}\n<x:s> <x:p> {text} .").triples]
        except (
            InputError
        ):  # what the engine takes for a literal all the same keeps the engine's form
            continue
    return dict(reversed(list(zip(map(str, canonical(written)), written, strict=True))))


def forms_of(files: Iterable[Iterable[Triple]]) -> dict[str, str]:
    """The literals of some files by the engine's form; of several, the first."""
    written = list(
        dict.fromkeys(value for triples in files for *_, value in triples if value.startswith('"'))
    )
    return dict(reversed(list(zip(map(str, canonical(written)), written, strict=True))))


def told(old: Iterable[Triple], now: Iterable[Triple], said: Mapping[str, str]) -> list[Triple]:
    """The triples that the engine has now for a file, with literals as they were written.

    `old` are the triples of the file before, `said` the literals of the update (see `forms_in`). Blank nodes have
    other names in the engine than in the file, so a literal of one is known by its property alone.

    >>> a, b = "<https://example.org/a>", "<https://example.org/b>"
    >>> now = [(a, b, '"x"@en-us'), (b, b, '"y"@en-us')]
    >>> [value for *_, value in told([(a, b, '"x"@en-US')], now, {'"y"@en-us': '"y"@en-US'})]
    ['"x"@en-US', '"y"@en-US']
    """
    before = list(old)
    known: dict[Triple, list[str]] = {}
    forms: dict[tuple[str, ...], str] = {}
    for (subject, predicate, value), form in zip(
        before, canonical([triple[2] for triple in before]), strict=True
    ):
        kept = str(form)
        known.setdefault((subject, predicate, kept), []).append(value)
        for key in ((predicate, kept), (kept,)):
            forms.setdefault(key, value)
    found: list[Triple] = []
    for subject, predicate, kept in now:
        values = known.get((subject, predicate, kept))
        if values is None and kept.startswith('"'):
            own = forms.get((predicate, kept))
            first, second = (
                (own, said.get(kept)) if subject.startswith("_") else (said.get(kept), own)
            )
            values = [first or second or forms.get((kept,)) or kept]
        found += [(subject, predicate, value) for value in values or [kept]]
    return found


def _literals(words: list[Token]) -> Iterator[str]:
    """The literals of an update as its text has them."""
    for place, token in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else Token("mark", "", 0)
        if token.kind == "string" and after.kind == "tag":
            yield token.text + after.text
        elif token.kind == "string" and after.text == "^^" and place + 2 < len(words):
            yield f"{token.text}^^{words[place + 2].text}"
        elif token.kind == "string":
            yield token.text
        elif token.kind == "number":
            before = words[place - 1] if place else None
            signed = (
                before is not None and before.text in ("+", "-") and before.start == token.start - 1
            )
            yield f"{before.text}{token.text}" if before and signed else token.text
