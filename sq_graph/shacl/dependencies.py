"""The triples that a constraint in SPARQL depends on, and the things whose result they affect."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from sq_graph.graph.lookup import Iri, Lookup, Node, TooMany, parse_term
from sq_graph.graph.sparql_limits import resolve, tokens
from sq_graph.shacl.paths import AlternativePath, Path, RepeatedPath, SequencePath, Step
from sq_graph.vocab import RDF

THIS = "?this"
Bindings = Mapping[str, Node]
_OPERANDS = ("variable", "iri", "name", "string", "number")
_NOT_TRACED = ("SELECT", "VALUES", "GRAPH", "SERVICE")


@dataclass(frozen=True)
class Pattern:
    """A triple pattern, with the nested groups around it, the outermost first."""

    subject: str
    path: Path
    object: str
    groups: tuple[int, ...] = ()

    @cached_property
    def terms(self) -> tuple[str | Node, str | Node]:
        """Subject and object: a variable by its name, a constant as the engine's term."""
        start, end = map(_term, (self.subject, self.object))
        return start, end


@dataclass(frozen=True)
class Dependency:
    """A step of a pattern that a changed triple can match.

    `link` are the patterns that must hold with it and lead to `?this`; None if none of them does.
    """

    pattern: Pattern
    link: tuple[Pattern, ...] | None

    @property
    def step(self) -> Step:
        """The step that a triple can match."""
        assert isinstance(self.pattern.path, Step)
        return self.pattern.path

    def affected(self, lookup: Lookup, subject: Node, value: Node) -> set[Node]:
        """The things for which the constraint may have another result after a triple has changed.

        Raises TooMany where they are too many, or cannot be found from this triple.
        """
        pair = (value, subject) if self.step.backwards else (subject, value)
        bindings = _extend({}, self.pattern, *pair)
        if bindings is None:
            return set()
        if THIS in bindings:
            return {bindings[THIS]}
        if self.link is None:
            raise TooMany
        return {solution[THIS] for solution in _solve(lookup, self.link, bindings)}


def dependencies(body: str, prefixes: Mapping[str, str]) -> tuple[Dependency, ...] | None:
    """The dependencies of a group of patterns; None where any triple may affect it.

    >>> found = dependencies("?this x:a ?b . FILTER EXISTS { ?b x:c ?d }", {"x": "https://e.org/"})
    >>> [(each.step.predicate.value, len(each.link or ())) for each in found]
    [('https://e.org/a', 0), ('https://e.org/c', 1)]
    """
    patterns = _patterns(body, prefixes)
    if patterns is None:
        return None
    return tuple(chain(*(_of_pattern(pattern, patterns) for pattern in patterns)))


def _of_pattern(pattern: Pattern, patterns: Sequence[Pattern]) -> Iterator[Dependency]:
    """The dependencies of one pattern: its link also needs the patterns of its own and of outer
    groups, and the rest of its path.
    """
    outer = (other for other in patterns if pattern.groups[: len(other.groups)] == other.groups)
    context = tuple(other for other in outer if other is not pattern)
    for before, step, after in pattern.path.steps():
        start, end, link = pattern.subject, pattern.object, context
        if before.parts:
            start, link = "? start", (*link, Pattern(pattern.subject, before, "? start"))
        if after.parts:
            end, link = "? end", (*link, Pattern("? end", after, pattern.object))
        is_linked = any(THIS in (other.subject, other.object) for other in link)
        yield Dependency(Pattern(start, step, end), link if is_linked else None)


# ---- solutions


def _solve(lookup: Lookup, patterns: Sequence[Pattern], bindings: Bindings) -> Iterator[Bindings]:
    """The solutions of some patterns, the most selective pattern first; raises TooMany for patterns
    that are not linked.
    """
    if not patterns:
        yield bindings
        return
    index = _most_selective(lookup, patterns, bindings)
    pattern, remaining = patterns[index], [*patterns[:index], *patterns[index + 1 :]]
    start, end = (_value(term, bindings) for term in pattern.terms)
    if start is not None:
        pairs = [(start, node) for node in pattern.path.ends(lookup, start) if end in (None, node)]
    elif end is not None:
        pairs = [(node, end) for node in pattern.path.inverse().ends(lookup, end)]
    else:
        raise TooMany
    for pair in pairs:
        extended = _extend(bindings, pattern, *pair)
        if extended is not None:
            yield from _solve(lookup, remaining, extended)


def _most_selective(lookup: Lookup, patterns: Sequence[Pattern], bindings: Bindings) -> int:
    """The index of the next pattern: one with both terms bound, else with its subject bound, else
    with the rarest object.
    """
    bound = [[_value(term, bindings) is not None for term in each.terms] for each in patterns]
    for preferred in ([True, True], [True, False]):
        if preferred in bound:
            return bound.index(preferred)
    indexes = [index for index, terms in enumerate(bound) if terms == [False, True]]
    direct = dict[int, tuple[Iri, Node]]()
    for index in indexes:
        path, end = patterns[index].path, _value(patterns[index].terms[1], bindings)
        if isinstance(path, Step) and not path.backwards and end is not None:
            direct[index] = path.predicate, end
    if len(direct) > 1:
        return list(direct)[lookup.rarest(list(direct.values()))]
    return next(chain(direct, indexes), 0)


def _term(name: str) -> str | Node:
    return name if name.startswith("?") else parse_term(name)


def _value(term: str | Node, bindings: Bindings) -> Node | None:
    return bindings.get(term) if isinstance(term, str) else term


def _extend(bindings: Bindings, pattern: Pattern, start: Node, end: Node) -> Bindings | None:
    """The bindings with those of a pattern; None where they disagree."""
    extended = dict(bindings)
    for term, node in zip(pattern.terms, (start, end), strict=True):
        if (extended.setdefault(term, node) if isinstance(term, str) else term) != node:
            return None
    return extended


# ---- reading patterns


def _patterns(body: str, prefixes: Mapping[str, str]) -> list[Pattern] | None:
    """The triple patterns of a text without its expressions in brackets; None for a text that
    cannot be traced.
    """
    patterns, groups, brackets = list[Pattern](), list[tuple[int, ...]]([()]), [0]
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
        elif subject and text in ("(", ")", "^", "|", "/", "*", "+", "?"):
            path.append(text)
        elif token.kind in _OPERANDS or text in ("a", "true", "false"):
            iri = RDF + "type" if text == "a" else resolve(token, dict(prefixes))
            name = text.replace("$", "?") if token.kind == "variable" else text
            term = f"<{iri}>" if iri else name
            if not subject:
                subject = term
            elif not path or path[-1] in ("(", "^", "|", "/"):
                path.append(term)
            elif (parsed := _path(path)) is None:
                return None
            else:
                patterns.append(Pattern(subject, parsed, term, groups[-1]))
        elif token.kind == "word" and text.upper() not in _NOT_TRACED:
            subject, path = "", []
        elif text != ",":
            return None
    return patterns


def _path(words: Sequence[str]) -> Path | None:
    """A path from its tokens; None if it has a variable, or is of another form."""
    pending = list(reversed(words))

    def series(
        separator: str, part: Callable[[], Path], kind: type[AlternativePath | SequencePath]
    ) -> Path:
        parts = [part()]
        while pending and pending[-1] == separator:
            pending.pop()
            parts.append(part())
        return parts[0] if len(parts) == 1 else kind(tuple(parts))

    def choice() -> Path:
        return series("|", lambda: series("/", step, SequencePath), AlternativePath)

    def step() -> Path:
        word = pending.pop()
        if word == "^":
            return step().inverse()
        if word == "(":
            part = choice()
            pending.pop()
        else:
            part = Step(Iri(re.sub(r"^<|>$", "", word)))
        while pending and pending[-1] in ("*", "+", "?"):
            part = RepeatedPath(part, pending.pop())
        return part

    try:
        path = choice()
    except (IndexError, ValueError):  # ends too early, or has a token that is not an IRI
        return None
    return None if pending else path


def needs_prebinding(body: str) -> bool:
    """Whether an inner group uses `?this` without binding it, or the rows are counted, so that a
    join with the targets would not do.

    >>> needs_prebinding("?this a ?c FILTER NOT EXISTS { ?x ?y ?this }")
    False
    >>> needs_prebinding("{ FILTER (?this = ?x) } UNION { ?x ?y ?z }")
    True
    >>> needs_prebinding("?this ?p ?value LIMIT 1")
    True
    """
    groups, brackets, word = list[list[str]](), [0], ""
    for token in tokens(body):
        text = token.text.replace("$", "?").upper()
        if text in ("SELECT", "MINUS", "VALUES", "SERVICE", "LIMIT", "OFFSET"):
            return True
        if text == "{":
            groups.append(["EXISTS"] if word in ("EXISTS", "OPTIONAL") else [])
            brackets.append(0)
        elif text == "}" and groups:
            uses = groups.pop()
            brackets.pop()
            if "read" in uses and not {"EXISTS", "bound"} & set(uses):
                return True
        elif text in ("(", ")"):
            brackets[-1] += 1 if text == "(" else -1
        elif text == "?THIS" and groups:
            groups[-1].append("read" if brackets[-1] else "bound")
        word = text
    return False
