"""Names of people and organisations, as BibTeX, RIS and CSL-JSON write them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sq_graph.importers.formats import FORMATS
from sq_graph.importers.latex import decode_latex
from sq_graph.model.records import EAST_ASIAN, Name, without_html

_ONE_PERSON = "{!r} is read as one person; between two people, write `and`"
_ET_AL_WORDS = {"others", "and others", "et alii", "..."}
_ET_AL = re.compile(
    r"(?:^|,?\s+)(?:and\s+)?[\[({]?(?:et al\.?|u\.\s?a\.?|y otros|e outros|и др\.?)[\])}]?\s*$"
    r"|\s*(?<=[\u4e00-\u9fff ])等$",
    re.IGNORECASE,
)
_COMMA = re.compile("[，،]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Soft hyphens, zero-width spaces and marks of direction, which are not part of a name."""
_FIGURES = "²³¹¼-¾\u2070-\u209f\u2150-\u218f\u2460-\u24ff\u2776-\u2793"
_CAPITAL = f"[^\\W\\d_a-zß-öø-ÿа-яё\u0561-\u10ff{_FIGURES}]"
_COMPACT = re.compile(rf"(?:[a-z]+ )*{_CAPITAL}[\w'’-]+(?: [\w'’-]+)* (?:{_CAPITAL}\.? ?){{1,3}}")
"""A name as PubMed writes it: `Reyes A`, `de Silva KM`, `Иванов И. И.`."""
_INITIALS = re.compile(rf"(?:{_CAPITAL}\.?[ -]?)+")
_INITIALS_FIRST = re.compile(rf"(?:{_CAPITAL}\.[ -]?)+[\w'’-]{{2,}}(?: [\w'’-]{{2,}})*")
_EXTENDED = re.compile(r'([a-z]+(?:-i)?)\s*=\s*(?:"([^"]*)"|\{([^{}]*)\}|([^,]*))')
_SUFFIX = re.compile(r"(?:[JS]r|I{2,3}|IV|VI{1,3}|Esq|Ph\.?\s?D|M\.?D)\.?", re.IGNORECASE)
_WORD = rf"{_CAPITAL}[\w'’-]+"
_MAYBE_TWO = re.compile(f"{_WORD} {_WORD}, ?{_WORD} {_WORD}")
"""Either `Family Family, Given Given` or two people with a comma between them."""
_ROLES = "(?:joint )?(?:authors?|eds?|hrsg|hg|editors?|trans|transl|translator|coord)"
_YEAR = r"(?:(?:b|d|fl|geb|ca?)\. ?)*[0-9]{3,4}\??"
_ROLE = re.compile(
    rf"\s*[(\[]{_ROLES}\.?[)\]]|(?:,\s*{_ROLES}\.?|(?:,\s*|\s*\(){_YEAR}(?:[-–](?:{_YEAR})?)?\)?\.?)+$|\s+0[0-9]{{3}}$|,\s*\S+@\S+$",
    re.IGNORECASE,
)
"""What catalogues add to a name: `Weber, Max, 1864-1920, author`, in DBLP `Wei Wang 0003`."""
_WORDS, _ENDINGS = ("|".join(FORMATS["organisations"][kind]) for kind in ("words", "endings"))
_ORGANISATION = re.compile(rf"\b(?:{_WORDS})\b|(?:{_ENDINGS})$")
"""A word by which a name without a comma is recognised as that of an organisation."""


def bibtex_names(line: str) -> tuple[list[Name], bool, str]:
    r"""The names of a BibTeX author line, whether `and others` ends it, and the doubts about them.

    >>> [str(name) for name in bibtex_names(r"Nu\~nez, Eva and {World Bank}")[0]]
    ['Eva Nuñez', 'World Bank']
    >>> bibtex_names("Lund and others")[:2]
    ([Name(family='Lund', given='', organisation=False)], True)
    """
    names: list[Name] = []
    has_et_al, doubts, with_comma = False, list[str](), list[str]()
    line = _plain(re.sub(r"\\and\b", " and ", line))
    for segment in _split(line, r"(?:^|\s+)(?:and(?:\s+|$))+"):
        has_et_al = has_et_al or bool(_ET_AL.search(segment))
        parts, doubt = _split_names(_ROLE.sub("", _ET_AL.sub("", segment)))
        doubts += [doubt, _doubt_about_role(segment)]
        for text in (part.strip(" ;") for part in parts):
            if text.strip(" ,").lower() in _ET_AL_WORDS:
                has_et_al = True
            elif name := _name(text):
                names.append(name)
                doubts.append(_doubt_about_name(name, text))
                with_comma += [decode_latex(text)] if "," in text else []
    is_regular = len(names) > 1 and len(with_comma) == len(names)  # each has its own comma
    if not is_regular and all(map(_MAYBE_TWO.fullmatch, with_comma)):
        doubts += map(_ONE_PERSON.format, with_comma)
    return names, has_et_al, "; ".join(dict.fromkeys(filter(None, doubts)))


def _doubt_about_name(name: Name, text: str) -> str:
    """The doubt about a name by its text in BibTeX; '' if there is none."""
    if name.organisation and not _is_braced(text):
        return f"{name.family!r} is taken for an organisation: write it in braces"
    if name.organisation and re.search(", | and ", name.family) and not _has_word(name.family):
        return f"{name.family!r} is taken for an organisation, since it is in braces"
    if doubt := doubt_about_person(name):
        return doubt
    if re.match(r"(?:und|et|y|e) ", name.family):
        return _ONE_PERSON.format(text)
    parts = _split(text, r"(?<!\\),")
    has_suffix = any(_SUFFIX.fullmatch(decode_latex(part)) for part in parts[1:])
    if len(parts) == 3 and not has_suffix and not _EXTENDED.match(text):
        return f"{text!r} is read as family name, suffix, given name"
    return ""


def _plain(text: str) -> str:
    """A text without codes of HTML, invisible characters and commas of other scripts."""
    return " ".join(_COMMA.sub(", ", _INVISIBLE.sub("", without_html(text))).split())


def _doubt_about_role(text: str) -> str:
    """Reports a role or dates beside a name, which are left out."""
    return f"the name alone is kept of {text!r}" if _ROLE.search(text) else ""


def _split(line: str, separator: str) -> list[str]:
    """Splits at a pattern outside braces, ignoring case."""
    depths, parts, start = [0, *_brace_depths(line)], [], 0
    for match in re.finditer(separator, line, re.IGNORECASE):
        if depths[match.start()] == 0:
            parts.append(line[start : match.start()])
            start = match.end()
    return [part.strip() for part in [*parts, line[start:]] if part.strip()]


def _brace_depths(line: str) -> Iterator[int]:
    """The number of braces that are open after each character."""
    depth = 0
    for index, char in enumerate(line):
        if char in "{}" and (index == 0 or line[index - 1] != "\\"):
            depth += 1 if char == "{" else -1
        yield depth


def _split_names(text: str) -> tuple[list[str], str]:
    """The names in a text without `and`, separated by another word or symbol, and a doubt."""
    if _is_organisation(text) or _EXTENDED.match(text):
        return [text], ""
    if EAST_ASIAN.fullmatch(re.sub("[, ]", "", text)):
        return _east_asian(text)
    for separator in (r"\s*[;；、|]\s*", r"\s+(?:\\?&|/|\+)\s+"):
        if len(parts := _split(text, separator)) > 1:
            symbol = next(symbol for symbol in ";；、|&/+" if symbol in text)
            doubt = f"it was split at {symbol}, where BibTeX has `and`"
            return [name for part in parts for name in _split_names(part)[0]], doubt
    for word in ("und", "et", "y", "e"):
        parts = _split(text, rf"\s+{word}\s+")
        are_full_names = word in ("und", "et") and all(map(_is_full_name, parts))
        if len(parts) > 1 and (are_full_names or all("," in part for part in parts)):
            return parts, f"it was split at `{word}`, where BibTeX has `and`"
    parts = _split(text, r"\s*(?<!\\),\s*")
    for pattern in (_COMPACT, _INITIALS_FIRST):
        if len(parts) > 1 and all(map(pattern.fullmatch, parts)):
            return list(map(_with_comma, parts)), "it was split at commas"
    if _COMPACT.fullmatch(text):
        return [_with_comma(text)], f"the end of {text!r} is read as initials"
    if len(parts) <= 3:
        return [text], ""
    if len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        parts = [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    elif not all(" " in part for part in parts):
        return [text], f"{text!r} cannot be split into names: write `and` between them"
    return parts, "it was split at commas"


def _east_asian(text: str) -> tuple[list[str], str]:
    """The names in a text in Chinese, Japanese or Korean, where the family name comes first.

    >>> _east_asian("김 철수")[0], _east_asian("王小波, 李明, 张三")[0]
    (['김, 철수'], ['王小波', '李明', '张三'])
    """
    parts = re.split(r"[, ]+", text)
    if len(parts) > 2:
        return parts, "it was split at commas"
    is_long = len(parts) > 1 and len(parts[0]) > 2 and len(parts[1]) > 1
    return [", ".join(parts)], _ONE_PERSON.format(text) if is_long else ""


def doubt_about_person(name: Name) -> str:
    """Why a name may not be that of a person; '' if there is no doubt."""
    if name.organisation:
        return ""
    if _has_word(name.family) or _ORGANISATION.search(name.given):
        full_name = ", ".join(filter(None, (name.family, name.given)))
        return f"{full_name!r} is read as a person, and may be an organisation"
    has_comma = not all(map(_SUFFIX.fullmatch, re.split(r",\s*", name.family)[1:]))
    if has_comma or re.search(r"[\d¹²³()<>\[\]@:/&*†‡§]", f"{name}"):
        return f"{str(name)!r} has a digit or a character that names do not have"
    return ""


def _is_full_name(text: str) -> bool:
    """Whether a text has two words or more, and neither the first nor the last is a particle."""
    words = decode_latex(text).split()
    return len(words) > 1 and words[0][0].isupper() and words[-1][0].isupper()


def _has_word(family: str) -> bool:
    return " " in family and bool(_ORGANISATION.search(family))


def _with_comma(name: str) -> str:
    """A name with its initials last, `Reyes A. B.`, with a comma before them."""
    return re.sub(rf" ((?:{_CAPITAL}\.? ?)+)$", r", \1", name)


def _is_organisation(text: str) -> bool:
    """Whether a name without a comma has a word that no person's name has."""
    is_long = " " in text or EAST_ASIAN.fullmatch(text)
    return bool(is_long and not re.search("[,;]", text) and _ORGANISATION.search(text))


def _name(text: str) -> Name | None:
    """One name, in the forms of BibTeX and BibLaTeX; an organisation if it is in braces."""
    if _is_braced(text) or (_is_organisation(text) and not _EXTENDED.match(text)):
        return Name(decode_latex(text), organisation=True) if decode_latex(text) else None
    if re.match(r"(?:family|given|prefix|suffix)(?:-i)?\s*=", text):
        parts = {key: decode_latex("".join(values)) for key, *values in _EXTENDED.findall(text)}
        return _person(*(parts.get(key, "") for key in ("family", "given", "suffix", "prefix")))
    family, *others = _split(text, r"(?<!\\),") or [""]
    after_comma = list(map(decode_latex, others))
    suffixes = [part for part in after_comma if _SUFFIX.fullmatch(part)]
    if given_names := [part for part in after_comma if part not in suffixes]:
        suffix = " ".join([*given_names[:-1], *suffixes])
        return _person(decode_latex(family), given_names[-1], suffix)
    words = _split(family, r"(?<!\\[a-zA-Z])(?<!\\[a-zA-Z]{2})(?:\s|(?<!\\)~)+")
    if len(words) > 2 and _SUFFIX.fullmatch(decode_latex(words[-1])):
        suffixes.append(decode_latex(words.pop()))
    particles = [index for index, word in enumerate(words[:-1]) if _is_particle(word)]
    start = particles[0] if particles else len(words) - 1
    given, family = (decode_latex(" ".join(part)) for part in (words[:start], words[start:]))
    return _person(family, given, " ".join(suffixes))


def _is_particle(word: str) -> bool:
    """Whether a word is a particle, such as `von`: BibTeX recognises it by its small letter.

    >>> list(map(_is_particle, ("von", "'t", "d'Arcy", "{de}", "Lund", "ნინო")))
    [True, True, True, False, False, False]
    """
    letter = decode_latex(word).lstrip("'’")[:1]
    return letter != letter.title() and not word.startswith("{")


def _person(family: str, given: str = "", suffix: str = "", prefix: str = "") -> Name | None:
    family = f"{prefix} {family}".strip()
    if given and (match := re.fullmatch(r"(.+?),? ([JS]r\.?|I{2,3}|IV)", family)):
        family, suffix = match[1], match[2]
    given = re.sub(r"(?<=\w),? ?(?= [JS]r\.?$)", ",", given)
    given = ", ".join(filter(None, (given, suffix)))
    return Name(family or given, family and given) if family or given else None


def _is_braced(text: str) -> bool:
    return text.startswith("{") and text.endswith("}") and 0 not in [*_brace_depths(text)][:-1]


def ris_names(lines: Sequence[str]) -> tuple[list[Name], list[str]]:
    """The names of RIS, `Family, Given, Suffix` or an organisation, and the doubts about them.

    >>> names, doubts = ris_names(["Lund, Mara", "World Bank", "Reyes, A.; Okoro, B."])
    >>> [name.family for name in names]
    ['Lund', 'World Bank', 'Reyes', 'Okoro']
    >>> ris_names(["Mara Lund"])[1]
    ["'Mara Lund' has no comma and is taken for an organisation"]
    """
    names: list[Name] = []
    doubts: list[str] = []
    for line in lines:
        text = _plain(line).strip(" ,;")
        is_marked = line.rstrip().endswith(",")  # as RIS marks organisations
        plain = text if is_marked else _ROLE.sub("", _ET_AL.sub("", text))
        doubts.append(_doubt_about_role(text))
        is_named = plain.lower() not in ("", *_ET_AL_WORDS)
        is_person = _COMPACT.fullmatch(plain) or ("," in plain and not _ORGANISATION.search(plain))
        if is_marked and is_named and not is_person:
            names.append(Name(plain, organisation=True))
            if " " not in plain and not plain.isupper():
                doubts.append(f"{plain!r} ends with a comma and is taken for an organisation")
        elif is_named:
            candidates = re.split(r",?\s+and\s+", plain, flags=re.IGNORECASE)
            if "," in plain or all(map(_INITIALS_FIRST.fullmatch, candidates)):
                plain = "; ".join(candidates)
            parts, doubt = _split_names(plain)
            doubts.append(doubt if re.search("commas|initials|one person", doubt) else "")
            names += map(_ris_name, parts)
            doubts += map(_doubt_about_ris_name, parts)
        if plain.lower() in _ET_AL_WORDS or _ET_AL.search(text):
            names.append(Name("et al"))
    return names, list(filter(None, doubts))


def _ris_name(text: str) -> Name:
    family, comma, given = map(str.strip, text.partition(","))
    has_suffix = any(map(_SUFFIX.fullmatch, re.split(r",\s*", given)))
    if (has_suffix or _INITIALS_FIRST.fullmatch(text)) and (person := _name(text)):
        return person
    is_long = " " in family and not _is_particle(family)  # `de Jong` is a person
    if (" of " in family or not comma) and (is_long or _is_organisation(text)):
        return Name(text, organisation=True)
    return _person(family, given) or Name(text)


def _doubt_about_ris_name(text: str) -> str:
    name = _ris_name(text)
    if name.organisation and not _ORGANISATION.search(text) and not text.isupper():
        return f"{text!r} has no comma and is taken for an organisation"
    return doubt_about_person(name)


def csl_names(people: Any) -> list[Name]:
    """The names of CSL-JSON: a literal is an organisation, a particle belongs to the family name.

    >>> csl_names([{"family": "Gogh", "non-dropping-particle": "van", "given": None}, None])
    [Name(family='van Gogh', given='', organisation=False)]
    """
    items: list[Any] = people if isinstance(people, list) else [people]
    if items and all(isinstance(item, str) for item in items):
        return ris_names(items)[0]
    valid = (item for item in items if item and isinstance(item, dict | str))
    return list(filter(None, map(_csl_name, valid)))


def _csl_name(item: Mapping[str, Any] | str) -> Name | None:
    if isinstance(item, str):
        return next(iter(ris_names([item])[0]), None)
    texts = {key: value for key, value in item.items() if isinstance(value, str)}
    parts = {key: _plain(text) for key, text in texts.items()}
    literal = parts.get("literal") or parts.get("name", "")
    if literal and not parts.get("family"):
        return Name(literal, organisation=True)
    particles = (parts.get("dropping-particle"), parts.get("non-dropping-particle"))
    family, given, suffix = (parts.get(key, "") for key in ("family", "given", "suffix"))
    return _person(family, given, suffix, prefix=" ".join(filter(None, particles)))
