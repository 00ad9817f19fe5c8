"""Names of people and organisations, as BibTeX, RIS and CSL-JSON write them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sq_graph.importers.latex import decoded
from sq_graph.model.records import EAST_ASIAN, Name

_OTHERS = {"others", "and others", "et alii", "..."}
_ET_AL = re.compile(
    r"(?:^|,?\s+)(?:and\s+)?[\[({]?(?:et al\.?|u\.\s?a\.?|y otros|e outros|и др\.?)[\])}]?\s*$"
    r"|\s*(?<=[\u4e00-\u9fff ])等$",
    re.IGNORECASE,
)
_COMMA = re.compile("[，،]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Hyphens that may break a word, empty spaces and marks of direction: part of no name."""
_CAPITAL = "[^\\W\\d_a-zß-öø-ÿа-яё\u0561-\u10ff]"
_COMPACT = re.compile(rf"(?:[a-z]+ )*{_CAPITAL}[\w'’-]+(?: [\w'’-]+)* (?:{_CAPITAL}\.? ?){{1,3}}")
"""A name as PubMed writes it: `Reyes A`, `de Silva KM`, `Иванов И. И.`."""
_INITIALS = re.compile(rf"(?:{_CAPITAL}\.?[ -]?)+")
_INITIALS_FIRST = re.compile(rf"(?:{_CAPITAL}\.[ -]?)+[\w'’-]{{2,}}(?: [\w'’-]{{2,}})*")
_EXTENDED = re.compile(r'([a-z]+(?:-i)?)\s*=\s*(?:"([^"]*)"|\{([^{}]*)\}|([^,]*))')
_SUFFIX = re.compile(r"(?:[JS]r|I{1,3}|I?V|VI{0,3}|Esq|Ph\.?\s?D|M\.?D)\.?", re.IGNORECASE)
_WORD = rf"{_CAPITAL}[\w'’-]+"
_PERHAPS_TWO = re.compile(f"{_WORD} {_WORD}, ?{_WORD} {_WORD}")
"""Either `Family Family, Given Given` or two people with a comma between them."""
_ROLES = "(?:joint )?(?:authors?|eds?|hrsg|hg|editors?|trans|transl|translator|coord)"
_YEAR = r"(?:(?:b|d|fl|geb|ca?)\. ?)*[0-9]{3,4}\??"
_ROLE = re.compile(
    rf"\s*[(\[]{_ROLES}\.?[)\]]|(?:,\s*{_ROLES}\.?|(?:,\s*|\s*\(){_YEAR}(?:[-–](?:{_YEAR})?)?\)?\.?)+$|\s+0[0-9]{{3}}$|,\s*\S+@\S+$",
    re.IGNORECASE,
)
"""What catalogues write beside a name: `Weber, Max, 1864-1920, author`, in DBLP `Wei Wang 0003`."""
_ORGANISATION = re.compile(
    r"\b(?:of|for|für|pour|Sons|Ltd|Inc|GmbH|Corp|Company|Departments?|Minist(?:ry|[eèé]r\w+)"
    r"|Institut\w*|Instituto|Istituto|Universi\w+|Services?|Group|Press|Office|Agency|Agen[cz]\w+"
    r"|Banks?|Council|Con(?:seil|sejo|selho|siglio)|[CK]ommission|Comisión|Committee|Comité"
    r"|Organi[sz]ation|Associat\w+|Foundation|Fondation|Fundación|Stiftung|Cent(?:re|er|ro)|United"
    r"|Nations|Union|Society|Team|Network|Bundes\w+|Verband|Gesellschaft|Akademie|Acad[eé]m\w+"
    r"|Federation|International|Watch|Consortium|Programme|Board|Bureau|Forum|Authority|Statistics"
    r"|Министерство|Институт|Комитет|Совет|Университет|Фонд|Центр|Академия)\b"
    r"|(?:中心|研究院|研究所|大学|委[员員]会|[协協]会|学会|国务院|政府|[財财][团団])$"
)
"""A word by which a name without a comma shows that it is no person's."""


def names_of(line: str) -> tuple[list[Name], bool, str]:
    r"""The names of a BibTeX author line, whether `and others` ends it, and what is doubtful.

    >>> [str(one) for one in names_of(r"Nu\~nez, Eva and {World Bank}")[0]]
    ['Eva Nuñez', 'World Bank']
    >>> [str(one) for one in names_of("Reyes, A.; Okoro, B.")[0]], names_of("Lund and others")[1]
    (['A. Reyes', 'B. Okoro'], True)
    """
    names: list[Name] = []
    cut, doubts, with_comma = False, list[str](), list[str]()
    line = " ".join(re.sub(r"\\and\b", " and ", _COMMA.sub(", ", _visible(line))).split())
    for one in _split(line, r"(?:^|\s+)(?:and(?:\s+|$))+"):
        cut = cut or bool(_ET_AL.search(one))
        parts, doubt = _without_and(_ROLE.sub("", _ET_AL.sub("", one)))
        doubts += [doubt, _role_doubt(one)]
        for whole in (part.strip(" ;") for part in parts):
            if whole.strip(" ,").lower() in _OTHERS:
                cut = True
            elif name := _name(whole):
                names.append(name)
                doubts.append(_doubt_of(name, whole))
                with_comma += [decoded(whole)] if "," in whole else []
    if len(names) == 1 or len(with_comma) < len(names):  # else each has a comma of its own
        one_person = "{!r} is read as one person; between two people, write `and`"
        if all(map(_PERHAPS_TWO.fullmatch, with_comma)):
            doubts += map(one_person.format, with_comma)
    return names, cut, "; ".join(dict.fromkeys(filter(None, doubts)))


def _doubt_of(name: Name, written: str) -> str:
    """What is doubtful about a name as it was written in BibTeX."""
    if name.organisation and not _is_braced(written):
        return f"{name.family!r} is taken for an organisation: write it in braces"
    if name.organisation and re.search(", | and ", name.family) and not _has_word(name.family):
        return f"{name.family!r} is taken for an organisation, since it is in braces"
    if doubt := doubt_about_person(name):
        return doubt
    if re.match(r"(?:und|et|y|e) ", name.family):
        return f"{written!r} is read as one person; between two people, write `and`"
    parts = _split(written, r"(?<!\\),")
    has_suffix = any(_SUFFIX.fullmatch(decoded(part)) for part in parts[1:])
    if len(parts) == 3 and not has_suffix and not _EXTENDED.match(written):
        return f"{written!r} is read as family name, suffix, given name"
    return ""


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _role_doubt(written: str) -> str:
    """What is left out beside a name."""
    return f"the name alone is kept of {written!r}" if _ROLE.search(written) else ""


def _split(line: str, between: str) -> list[str]:
    """Splits at a pattern outside braces, whatever the case of its letters."""
    depths, parts, start = [0, *_depths(line)], [], 0
    for found in re.finditer(between, line, re.IGNORECASE):
        if depths[found.start()] == 0:
            parts.append(line[start : found.start()])
            start = found.end()
    return [part.strip() for part in [*parts, line[start:]] if part.strip()]


def _depths(line: str) -> Iterator[int]:
    """How many braces are open after each sign."""
    depth = 0
    for place, sign in enumerate(line):
        if sign in "{}" and (place == 0 or line[place - 1] != "\\"):
            depth += 1 if sign == "{" else -1
        yield depth


def _without_and(one: str) -> tuple[list[str], str]:
    """The names in a part without `and`, where another sign stands between several names."""
    if _is_organisation(one) or _EXTENDED.match(one):
        return [one], ""
    if EAST_ASIAN.fullmatch(re.sub("[, ]", "", one)):
        return _east_asian(one)
    for between in (r"\s*[;；、|]\s*", r"\s+(?:\\?&|/|\+)\s+"):
        if len(parts := _split(one, between)) > 1:
            sign = next(sign for sign in ";；、|&/+" if sign in one)
            doubt = f"it was split at {sign}, where BibTeX has `and`"
            return [name for part in parts for name in _without_and(part)[0]], doubt
    for word in ("und", "et", "y", "e"):
        parts = _split(one, rf"\s+{word}\s+")
        is_whole = word in ("und", "et") and all(map(_is_whole_name, parts))
        if len(parts) > 1 and (is_whole or all("," in part for part in parts)):
            return parts, f"it was split at `{word}`, where BibTeX has `and`"
    parts = _split(one, r"\s*(?<!\\),\s*")
    if len(parts) > 1 and all(_COMPACT.fullmatch(part) for part in parts):
        return [_with_comma(part) for part in parts], "it was split at commas"
    if len(parts) > 1 and all(_INITIALS_FIRST.fullmatch(part) for part in parts):
        return parts, "it was split at commas"
    if _COMPACT.fullmatch(one):
        return [_with_comma(one)], f"the end of {one!r} is read as initials"
    if len(parts) <= 3:
        return [one], ""
    if len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        parts = [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    elif not all(" " in part for part in parts):
        return [one], f"{one!r} cannot be split into names: write `and` between them"
    return parts, "it was split at commas"


def _east_asian(one: str) -> tuple[list[str], str]:
    """The names in a part in Chinese, Japanese or Korean, where the family name comes first.

    >>> _east_asian("김 철수")[0], _east_asian("王小波, 李明, 张三")[0]
    (['김, 철수'], ['王小波', '李明', '张三'])
    """
    parts = re.split(r"[, ]+", one)
    if len(parts) > 2:
        return parts, "it was split at commas"
    is_long = len(parts) > 1 and len(parts[0]) > 2 and len(parts[1]) > 1
    doubt = f"{one!r} is read as one person; between two people, write `and`"
    return [", ".join(parts)], doubt if is_long else ""


def doubt_about_person(name: Name) -> str:
    """Why a name may not be that of a person; empty if nothing speaks against it."""
    if name.organisation:
        return ""
    if _has_word(name.family) or _ORGANISATION.search(name.given):
        return f"'{name.family}, {name.given}' is read as a person, and may be an organisation"
    has_comma = not all(map(_SUFFIX.fullmatch, re.split(r",\s*", name.family)[1:]))
    if has_comma or re.search(r"[\d¹²³()<>\[\]@:/&*†‡§]", f"{name}"):
        return f"{str(name)!r} has a digit or a character that names do not have"
    return ""


def _is_whole_name(one: str) -> bool:
    """Whether a part has two words or more, of which no particle is the first or the last."""
    words = decoded(one).split()
    return len(words) > 1 and words[0][0].isupper() and words[-1][0].isupper()


def _has_word(family: str) -> bool:
    return " " in family and bool(_ORGANISATION.search(family))


def _with_comma(one: str) -> str:
    """A name with its initials last, `Reyes A. B.`, with a comma before them."""
    return re.sub(rf" ((?:{_CAPITAL}\.? ?)+)$", r", \1", one)


def _is_organisation(one: str) -> bool:
    """Whether a name without a comma has a word that no person's name has."""
    is_long = " " in one or EAST_ASIAN.fullmatch(one)
    return bool(is_long and not re.search("[,;]", one) and _ORGANISATION.search(one))


def _name(one: str) -> Name | None:
    """One name: braced an organisation; else in the forms of BibTeX and BibLaTeX."""
    if _is_braced(one) or (_is_organisation(one) and not _EXTENDED.match(one)):
        return Name(decoded(one), organisation=True) if decoded(one) else None
    if re.match(r"(?:family|given|prefix|suffix)(?:-i)?\s*=", one):
        said = {name: decoded("".join(values)) for name, *values in _EXTENDED.findall(one)}
        return _person(*(said.get(part, "") for part in ("prefix", "family", "given", "suffix")))
    family, *rest = _split(one, r"(?<!\\),") or [""]
    if len(rest) == 2 and _SUFFIX.fullmatch(decoded(rest[1])):
        rest.reverse()
    if len(rest) > 1:
        return _person("", decoded(family), decoded(rest[-1]), decoded(" ".join(rest[:-1])))
    if rest and not (_SUFFIX.fullmatch(decoded(rest[0])) and " " in family):
        return _person("", decoded(family), decoded(rest[0]), "")
    words = _split(family, r"(?<!\\[a-zA-Z])(?<!\\[a-zA-Z]{2})(?:\s|(?<!\\)~)+")
    if len(words) > 2 and _SUFFIX.fullmatch(decoded(words[-1])):
        rest = [words.pop()]
    small = [place for place, word in enumerate(words[:-1]) if _is_small(word)]
    last = small[0] if small else len(words) - 1
    given, family = (decoded(" ".join(part)) for part in (words[:last], words[last:]))
    return _person("", family, given, decoded(rest[0]) if rest else "")


def _is_small(word: str) -> bool:
    """Whether a word is a particle, as `von`: BibTeX knows it by its small letter."""
    return not word.startswith("{") and decoded(word)[:1].islower()


def _person(prefix: str, family: str, given: str, suffix: str) -> Name | None:
    family = f"{prefix} {family}".strip()
    if given and (found := re.fullmatch(r"(.+?),? ([JS]r\.?)", family)):
        family, suffix = found[1], found[2]
    given = re.sub(r"(?<=\w),? ?(?= [JS]r\.?$)", ",", given)
    given = ", ".join(filter(None, (given, suffix)))
    return Name(family or given, family and given) if family or given else None


def _is_braced(one: str) -> bool:
    return one.startswith("{") and one.endswith("}") and 0 not in [*_depths(one)][:-1]


def ris_names(written: Sequence[str]) -> tuple[list[Name], list[str]]:
    """The names of RIS, `Family, Given, Suffix` or an organisation, and what is doubtful.

    >>> [one.family for one in ris_names(["Lund, Mara", "World Bank", "Reyes, A.; Okoro, B."])[0]]
    ['Lund', 'World Bank', 'Reyes', 'Okoro']
    >>> ris_names(["Mara Lund"])[1]
    ["'Mara Lund' has no comma and is taken for an organisation"]
    """
    found: list[Name] = []
    doubts: list[str] = []
    for line in written:
        whole = " ".join(_COMMA.sub(", ", _visible(line)).split()).strip(" ,;")
        is_marked = line.rstrip().endswith(",")  # as RIS marks organisations
        plain = whole if is_marked else _ROLE.sub("", _ET_AL.sub("", whole))
        others = [Name("et al")] if plain.lower() in _OTHERS or _ET_AL.search(whole) else []
        doubts += filter(None, [_role_doubt(whole)])
        if plain.lower() in ("", *_OTHERS):
            found += others
            continue
        is_person = "," in plain and not _ORGANISATION.search(plain)
        is_person = is_person or bool(_COMPACT.fullmatch(plain))
        if plain and is_marked and not is_person:
            found.append(Name(plain, organisation=True))
            if " " not in plain and not plain.isupper():
                doubts.append(f"{plain!r} ends with a comma and is taken for an organisation")
            continue
        several = re.split(r",?\s+and\s+", plain, flags=re.IGNORECASE)
        if "," in plain or all(map(_INITIALS_FIRST.fullmatch, several)):
            plain = "; ".join(several)
        parts, doubt = _without_and(plain) if plain else ([], "")
        doubts += [doubt] if re.search("commas|initials|one person", doubt) else []
        for one in parts:
            family, comma, given = (part.strip() for part in one.partition(","))
            has_suffix = any(map(_SUFFIX.fullmatch, re.split(r",\s*", given)))
            if (has_suffix or _INITIALS_FIRST.fullmatch(one)) and (person := _name(one)):
                found.append(person)
                continue
            is_whole = " of " in family or not comma
            is_several = " " in family and not family[:1].islower()  # `de Jong` is a person
            is_several = is_several or _is_organisation(one)
            name = _person("", family, given, "") or Name(one)
            name = Name(one, organisation=True) if is_whole and is_several else name
            found.append(name)
            doubts += filter(None, [doubt_about_person(name)])
            if name.organisation and not _ORGANISATION.search(one) and not one.isupper():
                doubts.append(f"{one!r} has no comma and is taken for an organisation")
        found += others
    return found, doubts


def csl_names(people: Any) -> list[Name]:
    """The names of CSL-JSON: a literal is an organisation, a particle belongs to the family name.

    >>> csl_names([{"family": "Gogh", "non-dropping-particle": "van", "given": None}, None])
    [Name(family='van Gogh', given='', organisation=False)]
    """
    listed: list[Any] = people if isinstance(people, list) else [people]
    if listed and all(isinstance(one, str) for one in listed):
        return ris_names(listed)[0]
    given = (one for one in listed if one and isinstance(one, dict | str))
    return list(filter(None, map(_csl_name, given)))


def _csl_name(one: Mapping[str, Any] | str) -> Name | None:
    if isinstance(one, str):
        return next(iter(ris_names([one])[0]), None)
    texts = {name: _visible(value) for name, value in one.items() if isinstance(value, str)}
    said = {name: " ".join(value.split()) for name, value in texts.items()}
    whole = said.get("literal") or said.get("name", "")
    if whole and not said.get("family"):
        return Name(whole, organisation=True)
    particles = (said.get("dropping-particle"), said.get("non-dropping-particle"))
    parts = (said.get(part, "") for part in ("family", "given", "suffix"))
    return _person(" ".join(filter(None, particles)), *parts)
