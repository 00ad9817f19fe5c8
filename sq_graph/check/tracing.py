"""Which triples bear on a rule, and through which of its patterns: how a change finds what to look at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sq_graph.graph.guard import Token, resolve, tokens
from sq_graph.vocab import RDF

TYPE = RDF + "type"
_Pattern = tuple[str, str, str]


@dataclass(frozen=True)
class Touch:
    """Where a changed triple meets a rule: how the rule calls its subject and object, and what links them to `?this`.

    A link of None cannot be traced: then every target of the rule is looked at. An empty predicate is any.
    """

    predicate: str
    subject: str = "?this"
    object: str = "?end"
    link: str | None = ""


def touch_at(predicate: str, place: str, backwards: bool = False) -> Touch:
    """The touch of a step that begins at the end of a path from `?this`, or there itself if the path is empty.

    >>> touch_at("https://example.org/author", "<https://example.org/work>").link
    '?this <https://example.org/work> ?at .'
    """
    start, link = ("?at", f"?this {place} ?at .") if place else ("?this", "")
    return Touch(predicate, "?end", start, link) if backwards else Touch(predicate, start, "?end", link)


def traced(body: str, prefixes: Mapping[str, str]) -> tuple[Touch, ...]:
    """The touches of the group pattern of a SPARQL rule.

    Where it branches or has paths, its triples are not traced back to the thing that it judges.

    >>> traced("?this x:a ?b . ?b x:c ?d", {"x": "https://example.org/"})[1].link
    '?this <https://example.org/a> ?b .'
    """
    words = list(tokens(body))
    patterns = _patterns(words, dict(prefixes))
    if patterns is not None:
        return tuple(
            Touch(pattern[1][1:-1], pattern[0], pattern[2], _chain(pattern, group, patterns))
            for pattern, group in patterns.items()
        )
    named = {iri for word in words if (iri := TYPE if word.text == "a" else resolve(word, dict(prefixes)))}
    whole = not any(word.text.upper() in ("SELECT", "VALUES", "GRAPH", "SERVICE", "[") for word in words)
    free = any(  # a variable in the place of a predicate
        word.kind == "variable" and (before.kind == "variable" or before.text == ";")
        for before, word in pairwise(words)
    )
    return tuple(Touch(iri, link=None) for iri in sorted(named)) if whole and not free else (Touch("", link=None),)


def _patterns(words: list[Token], prefixes: dict[str, str]) -> dict[_Pattern, tuple[int, ...]] | None:
    """The triple patterns of a group, each with the optional and tested groups in which it stands.

    None where there is anything but variables, IRIs and literals between the brackets and keywords of such groups.
    """
    found: dict[_Pattern, tuple[int, ...]] = {}
    groups: list[tuple[int, ...]] = [()]
    terms: list[str] = []
    tested = apart = 0
    for word in words:
        text = word.text
        if text == "{":
            groups.append((*groups[-1], word.start, tested) if apart else (*groups[-1], tested))
            terms, apart, tested = [], 0, 0
        elif text == "}":
            *_, tested = groups.pop()
            terms = []
        elif text in ("(", ")"):
            if terms:  # a path in brackets
                return None
            tested += 1 if text == "(" else -1
        elif text.upper() in ("OPTIONAL", "EXISTS"):
            apart = 1
        elif tested or text.upper() in ("FILTER", "NOT", "BIND"):
            terms = []
        elif text in (".", ";", ","):
            terms = terms[: ".;,".index(text)]
        elif word.kind in ("variable", "iri", "name", "string", "number") or text in ("a", "true", "false"):
            iri = TYPE if text == "a" else resolve(word, prefixes)
            terms = [*terms, f"<{iri}>" if iri else text.replace("$", "?") if word.kind == "variable" else text]
            if len(terms) == 3:
                found.setdefault((terms[0], terms[1], terms[2]), groups[-1])
        else:
            return None
    return None if any(predicate.startswith("?") for _, predicate, _ in found) else found


def _chain(start: _Pattern, group: tuple[int, ...], patterns: dict[_Pattern, tuple[int, ...]]) -> str | None:
    """The shortest run of patterns, in the same or outer groups, that leads from one to `?this`; None without any."""
    near = [pattern for pattern, place in patterns.items() if place == group[: len(place)]]
    agenda: list[tuple[set[str], tuple[_Pattern, ...]]] = [(_variables(start), ())]
    for known, used in agenda:
        if "?this" in known:
            return " ".join(f"{' '.join(pattern)} ." for pattern in used)
        for pattern in near:
            ends = _variables(pattern)
            if ends & known and not ends <= known:
                agenda.append((known | ends, (*used, pattern)))
    return None


def _variables(pattern: _Pattern) -> set[str]:
    return {term for term in (pattern[0], pattern[2]) if term.startswith("?")}
