"""Which triples bear on a rule, and through which of its patterns: how a change finds what to look
at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sq_graph.graph.guard import resolve, tokens
from sq_graph.vocab import RDF, XSD

TYPE = RDF + "type"
_OPERANDS = ("variable", "iri", "name", "string", "number")
_NOT_TRACED = ("SELECT", "VALUES", "GRAPH", "SERVICE")


@dataclass(frozen=True)
class Touch:
    """Where a changed triple meets a rule: how the rule calls its subject and object, and what
    links them to `?this`.

    A link of None cannot be traced: then every target of the rule is looked at. An empty predicate
    is any.
    """

    predicate: str
    subject: str = "?this"
    object: str = "?end"
    link: str | None = ""


@dataclass(frozen=True)
class _Pattern:
    """A triple pattern with the groups in which it stands, the outermost first."""

    subject: str
    path: tuple[str, ...]
    object: str
    groups: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.subject} {' '.join(self.path)} {self.object} ."


def traced(body: str, prefixes: dict[str, str]) -> tuple[Touch, ...]:
    """The touches of a group of patterns; where it holds what is not traced here, any triple
    touches it.

    >>> traced("?this x:a ?b . FILTER EXISTS { ?b x:c ?d }", {"x": "https://e.org/"})[1].link
    '?this <https://e.org/a> ?b .'
    """
    patterns = _patterns(body, prefixes)
    if patterns is None:
        return (Touch("", link=None),)
    return tuple(
        dict.fromkeys(touch for pattern in patterns for touch in _touches(pattern, patterns))
    )


def _touches(pattern: _Pattern, patterns: list[_Pattern]) -> Iterator[Touch]:
    """Its triples are linked to `?this` by what must hold with them: the patterns of its own and
    of outer groups."""
    around = [
        one
        for one in patterns
        if one is not pattern and pattern.groups[: len(one.groups)] == one.groups
    ]
    linked = any("?this" in (one.subject, one.object) for one in around)
    near = "?this" in (pattern.subject, pattern.object)
    link = "" if near else " ".join(map(str, around)) if linked else None
    path = "".join(pattern.path)
    for before, word in zip(("", *pattern.path), pattern.path, strict=False):
        if word.startswith("?"):
            yield Touch("", link=None)
        elif word.startswith("<") and ("^(" in path or set(pattern.path) & set("/*+?!")):
            yield Touch(word[1:-1], link=None)
        elif word.startswith("<"):
            ends = (
                (pattern.object, pattern.subject)
                if before == "^"
                else (pattern.subject, pattern.object)
            )
            yield Touch(word[1:-1], *ends, link)


def _patterns(body: str, prefixes: dict[str, str]) -> list[_Pattern] | None:
    """The triple patterns of a text, past its expressions in brackets; None for a text that is not
    traced."""
    found: list[_Pattern] = []
    groups: list[tuple[int, ...]] = [()]
    brackets = [0]
    subject, path = "", list[str]()
    for token in tokens(body):
        text = token.text
        if text in ("{", "}"):
            if text == "{":
                groups.append((*groups[-1], token.start))
                brackets.append(0)
            else:
                groups.pop()
                brackets.pop()
            subject, path = "", []
        elif brackets[-1] or (text == "(" and not subject):
            brackets[-1] += (text == "(") - (text == ")")
        elif text in (".", ";"):
            subject, path = subject if text == ";" else "", []
        elif subject and text in ("(", ")", "^", "|", "/", "*", "+", "?", "!"):
            path.append(text)
        elif token.kind in _OPERANDS or text in ("a", "true", "false"):
            iri = TYPE if text == "a" else resolve(token, prefixes)
            if iri:
                term = f"<{iri}>"
            elif token.kind == "variable":
                term = text.replace("$", "?")
            else:
                term = _literal(text)
            if not subject:
                subject = term
            elif not path or path[-1] in ("(", "^", "|", "/", "!"):
                path.append(term)
            else:
                found.append(_Pattern(subject, tuple(path), term, groups[-1]))
        elif token.kind == "word" and text.upper() not in _NOT_TRACED:
            subject, path = "", []
        elif text != ",":
            return None
    return found


def _literal(text: str) -> str:
    """A bare number or boolean as N-Triples write it, which is how a changed triple shows its
    terms.

    >>> _literal("true")
    '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    """
    if text in ("true", "false"):
        kind = "boolean"
    elif text[:1].isdigit() or text[:1] == ".":
        kind = "double" if "e" in text.lower() else "decimal" if "." in text else "integer"
    else:
        return text
    return f'"{text}"^^<{XSD}{kind}>'


def needs_prebinding(body: str) -> bool:
    """Whether an inner group reads `?this` without binding it, which a join with the targets would
    not give.

    >>> needs_prebinding("?this a ?c FILTER NOT EXISTS { ?x ?y ?this }")
    False
    >>> needs_prebinding("{ FILTER (?this = ?x) } UNION { ?x ?y ?z }")
    True
    """
    groups: list[list[str]] = []
    word, brackets = "", [0]
    for token in tokens(body):
        text = token.text.replace("$", "?").upper()
        if text in ("SELECT", "MINUS", "VALUES", "SERVICE"):
            return True
        if text == "{":
            groups.append(["EXISTS"] if word in ("EXISTS", "OPTIONAL") else [])
            brackets.append(0)
        elif text == "}" and groups:
            read = groups.pop()
            brackets.pop()
            if "read" in read and not {"EXISTS", "bound"} & set(read):
                return True
        elif text in ("(", ")"):
            brackets[-1] += 1 if text == "(" else -1
        elif text == "?THIS" and groups:
            groups[-1].append("read" if brackets[-1] else "bound")
        word = text
    return False
