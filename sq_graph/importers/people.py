"""Names of people and organisations, as BibTeX, RIS and CSL-JSON write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sq_graph.importers.latex import decoded
from sq_graph.model.records import Name

_OTHERS = {"others", "et al", "et al.", "u.a.", "and others", "et alii", "..."}
_COMPACT = re.compile(r"[^\W\d_a-z][\w'’.-]*(?: [\w'’-]+)* [A-Z]{1,3}")
"""A name as PubMed writes it: `Reyes A`, `De Silva KM`."""
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ -]?)+")
_EXTENDED = re.compile(r'([a-z]+(?:-i)?)\s*=\s*(?:"([^"]*)"|\{([^{}]*)\}|([^,]*))')


def names_of(line: str) -> tuple[list[Name], bool, str]:
    r"""The names of a BibTeX author line, whether `and others` ends it, and what is doubtful.

    >>> [str(one) for one in names_of(r"Nu\~nez, Eva and {World Bank}")[0]]
    ['Eva Nuñez', 'World Bank']
    >>> [str(one) for one in names_of("Reyes, A.; Okoro, B.")[0]], names_of("Lund and others")[1]
    (['A. Reyes', 'B. Okoro'], True)
    """
    names: list[Name] = []
    cut, doubts = False, []
    for one in _split(" ".join(line.split()), r"\s+and\s+|^and\s+|\s+and$"):
        parts, doubt = _without_and(one)
        doubts += [doubt] if doubt else []
        for part in parts:
            if part.strip(" ,;").lower() in _OTHERS:
                cut = True
            elif name := _name(part.strip(" ;")):
                names.append(name)
    return names, cut, "; ".join(dict.fromkeys(doubts))


def _split(line: str, between: str) -> list[str]:
    """Splits at a pattern outside braces, whatever the case of its letters."""
    depth, parts, start = 0, [], 0
    separators = {found.start(): found.end() for found in re.finditer(between, line, re.IGNORECASE)}
    for place, sign in enumerate(line):
        if place in separators and depth == 0 and place >= start:
            parts.append(line[start:place])
            start = separators[place]
        if sign in "{}" and (place == 0 or line[place - 1] != "\\"):
            depth += 1 if sign == "{" else -1
    return [part.strip() for part in [*parts, line[start:]] if part.strip()]


def _without_and(one: str) -> tuple[list[str], str]:
    """The names in a part without `and`, where another sign stands between several names."""
    for between in (r"\s*;\s*", r"\s*\\?&\s*"):
        if len(parts := _split(one, between)) > 1:
            doubt = f"it was split at {'&' if '&' in between else ';'}, where BibTeX has `and`"
            split = [name for part in parts for name in _without_and(part)[0]]
            return split, doubt
    for word in ("und", "et", "y", "e"):
        parts = _split(one, rf"\s+{word}\s+")
        if len(parts) > 1 and all("," in part for part in parts):
            return parts, f"it was split at `{word}`, where BibTeX has `and`"
    if _EXTENDED.match(one):
        return [one], ""
    parts = _split(one, r"\s*,\s*")
    if len(parts) > 1 and all(_COMPACT.fullmatch(part) for part in parts):
        return [", ".join(part.rsplit(" ", 1)) for part in parts], "it was split at commas"
    if len(parts) > 3:
        if len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
            pairs = zip(parts[::2], parts[1::2], strict=True)
            return [f"{family}, {given}" for family, given in pairs], "it was split at commas"
        if all(" " in part for part in parts):
            return parts, "it was split at commas"
        return [one], f"{one!r} cannot be split into names: write `and` between them"
    return [one], ""


def _name(one: str) -> Name | None:
    """One name: braced an organisation; else in the forms of BibTeX and BibLaTeX."""
    if _is_braced(one):
        return Name(decoded(one), organisation=True) if decoded(one) else None
    if re.match(r"(?:family|given|prefix|suffix)(?:-i)?\s*=", one):
        said = {name: decoded("".join(values)) for name, *values in _EXTENDED.findall(one)}
        return _person(
            said.get("prefix", ""),
            said.get("family", ""),
            said.get("given", ""),
            said.get("suffix", ""),
        )
    family, *rest = _split(one, ",")
    if len(rest) > 1:
        return _person("", decoded(family), decoded(rest[-1]), decoded(" ".join(rest[:-1])))
    if rest:
        return _person("", decoded(family), decoded(rest[0]), "")
    words = _split(family, r"(?<!\\[a-zA-Z])(?:\s|(?<!\\)~)+")
    small = [place for place, word in enumerate(words[:-1]) if _is_small(word)]
    last = small[0] if small else len(words) - 1
    given, family = (decoded(" ".join(part)) for part in (words[:last], words[last:]))
    return _person("", family, given, "")


def _is_small(word: str) -> bool:
    """Whether a word is a particle, as `von`: BibTeX knows it by its small letter."""
    return not word.startswith("{") and decoded(word)[:1].islower()


def _person(prefix: str, family: str, given: str, suffix: str) -> Name | None:
    family = f"{prefix} {family}".strip()
    given = ", ".join(filter(None, (given, suffix)))
    if not family and not given:
        return None
    return Name(family or given, given if family else "")


def _is_braced(one: str) -> bool:
    if not (one.startswith("{") and one.endswith("}")):
        return False
    depth = 0
    for place, sign in enumerate(one):
        if sign in "{}" and (place == 0 or one[place - 1] != "\\"):
            depth += 1 if sign == "{" else -1
        if depth == 0 and place < len(one) - 1:
            return False
    return True


def ris_names(written: Sequence[str]) -> list[Name]:
    """The names of RIS, `Family, Given, Suffix` or an organisation; several with `;` or `and`.

    >>> ris_names(["Lund, Mara", "World Bank", "Reyes, A.; Okoro, B."])[2].family
    'Reyes'
    """
    found = []
    for line in written:
        several = (
            re.split(r"\s*;\s*|\s+(?:and|&)\s+(?=[^,]+,)", line)
            if line.count(",") != 0 or ";" in line
            else [line]
        )
        for one in filter(None, (" ".join(part.split()).strip(" ,;") for part in several)):
            family, comma, given = (part.strip() for part in one.partition(","))
            found.append(Name(family, given, organisation=not comma and " " in family))
    return found


def csl_names(people: Any) -> list[Name]:
    """The names of CSL-JSON: a literal is an organisation, a particle belongs to the family name.

    >>> csl_names([{"family": "Gogh", "non-dropping-particle": "van", "given": None}, None])
    [Name(family='van Gogh', given='', organisation=False)]
    """
    listed: list[Any] = people if isinstance(people, list) else [people]
    return [name for one in listed if one and (name := _csl_name(one))]


def _csl_name(one: Mapping[str, Any] | str) -> Name | None:
    if isinstance(one, str):
        return next(iter(ris_names([one])), None)
    said = {name: " ".join(str(value).split()) for name, value in one.items() if value is not None}
    whole = said.get("literal") or said.get("name", "")
    if whole and not said.get("family"):
        return Name(whole, organisation=True)
    particle = " ".join(
        filter(None, (said.get("dropping-particle"), said.get("non-dropping-particle")))
    )
    return _person(particle, said.get("family", ""), said.get("given", ""), said.get("suffix", ""))
