"""Which triples bear on a constraint that is stated in SPARQL, and which things they lead to."""

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
    """A triple pattern, with the nested groups that it is in, the outermost first."""

    subject: str
    path: Path
    object: str
    groups: tuple[int, ...] = ()

    @cached_property
    def ends(self) -> tuple[str | Node, str | Node]:
        """Subject and object: a variable by its name, a constant as the engine's term."""
        start, end = map(_end, (self.subject, self.object))
        return start, end


@dataclass(frozen=True)
class Dependency:
    """A step of a pattern that a changed triple can match.

    `link` holds the patterns that must hold with it and lead to `?this`; None if nothing leads
    there.
    """

    pattern: Pattern
    link: tuple[Pattern, ...] | None

    @property
    def step(self) -> Step:
        """The step that a triple can match."""
        assert isinstance(self.pattern.path, Step)
        return self.pattern.path

    def reached(self, lookup: Lookup, subject: Node, value: Node) -> set[Node]:
        """The things whose constraint a changed triple bears on.

        Raises TooMany where they are too many, or cannot be found from here.
        """
        pair = (value, subject) if self.step.backwards else (subject, value)
        bound = _with(self.pattern, *pair, {})
        if bound is None:
            return set()
        if THIS in bound:
            return {bound[THIS]}
        if self.link is None:
            raise TooMany
        return {found[THIS] for found in _joined(lookup, self.link, bound)}


def dependencies(body: str, prefixes: Mapping[str, str]) -> tuple[Dependency, ...] | None:
    """What a group of patterns depends on; None where any triple can bear on it.

    >>> found = dependencies("?this x:a ?b . FILTER EXISTS { ?b x:c ?d }", {"x": "https://e.org/"})
    >>> [(one.step.predicate.value, len(one.link or ())) for one in found]
    [('https://e.org/a', 0), ('https://e.org/c', 1)]
    """
    patterns = _patterns(body, prefixes)
    if patterns is None:
        return None
    return tuple(one for pattern in patterns for one in _of_pattern(pattern, patterns))


def _of_pattern(pattern: Pattern, patterns: Sequence[Pattern]) -> Iterator[Dependency]:
    """With a triple must hold the patterns of its own and of outer groups, and the rest of its
    path.
    """
    outer = (one for one in patterns if pattern.groups[: len(one.groups)] == one.groups)
    around = tuple(one for one in outer if one is not pattern)
    for before, step, after in pattern.path.steps():
        start, end, link = pattern.subject, pattern.object, around
        if before.parts:
            start, link = "? start", (*link, Pattern(pattern.subject, before, "? start"))
        if after.parts:
            end, link = "? end", (*link, Pattern("? end", after, pattern.object))
        leads = any(THIS in (one.subject, one.object) for one in link)
        yield Dependency(Pattern(start, step, end), link if leads else None)


# ---- solutions


def _joined(lookup: Lookup, patterns: Sequence[Pattern], bound: Bindings) -> Iterator[Bindings]:
    """The solutions of some patterns, the narrowest pattern first; raises TooMany for unlinked
    ones.
    """
    if not patterns:
        yield bound
        return
    place = _narrowest(lookup, patterns, bound)
    pattern, rest = patterns[place], [*patterns[:place], *patterns[place + 1 :]]
    start, end = (_value(one, bound) for one in pattern.ends)
    if start is not None:
        pairs = [(start, one) for one in pattern.path.ends(lookup, start) if end in (None, one)]
    elif end is not None:
        pairs = [(one, end) for one in pattern.path.inverse().ends(lookup, end)]
    else:
        raise TooMany
    for pair in pairs:
        more = _with(pattern, *pair, bound)
        if more is not None:
            yield from _joined(lookup, rest, more)


def _narrowest(lookup: Lookup, patterns: Sequence[Pattern], bound: Bindings) -> int:
    """The pattern to look at next: both ends are known, else the subject, else the object with the
    fewest.
    """
    known = [[_value(end, bound) is not None for end in pattern.ends] for pattern in patterns]
    for ends in ([True, True], [True, False]):
        if ends in known:
            return known.index(ends)
    places = [place for place, ends in enumerate(known) if ends == [False, True]]
    direct = dict[int, tuple[Iri, Node]]()
    for place in places:
        path, end = patterns[place].path, _value(patterns[place].ends[1], bound)
        if isinstance(path, Step) and not path.backwards and end is not None:
            direct[place] = path.predicate, end
    if len(direct) > 1:
        return list(direct)[lookup.rarest(list(direct.values()))]
    return next(chain(direct, places), 0)


def _end(name: str) -> str | Node:
    return name if name.startswith("?") else parse_term(name)


def _value(end: str | Node, bound: Bindings) -> Node | None:
    return bound.get(end) if isinstance(end, str) else end


def _with(pattern: Pattern, start: Node, end: Node, bound: Bindings) -> Bindings | None:
    """The bindings with those of a pattern; None where they do not agree."""
    found = dict(bound)
    for name, node in zip(pattern.ends, (start, end), strict=True):
        if (found.setdefault(name, node) if isinstance(name, str) else name) != node:
            return None
    return found


# ---- reading patterns


def _patterns(body: str, prefixes: Mapping[str, str]) -> list[Pattern] | None:
    """The triple patterns of a text, past its expressions in brackets; None for a text that is not
    traced."""
    found, groups, brackets = list[Pattern](), list[tuple[int, ...]]([()]), [0]
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
            elif (way := _path(path)) is None:
                return None
            else:
                found.append(Pattern(subject, way, term, groups[-1]))
        elif token.kind == "word" and text.upper() not in _NOT_TRACED:
            subject, path = "", []
        elif text != ",":
            return None
    return found


def _path(words: Sequence[str]) -> Path | None:
    """A path from its words; None if it has a variable, or is of another form."""
    waiting = list(reversed(words))

    def several(
        sign: str, part: Callable[[], Path], join: type[AlternativePath | SequencePath]
    ) -> Path:
        parts = [part()]
        while waiting and waiting[-1] == sign:
            waiting.pop()
            parts.append(part())
        return parts[0] if len(parts) == 1 else join(tuple(parts))

    def choice() -> Path:
        return several("|", lambda: several("/", step, SequencePath), AlternativePath)

    def step() -> Path:
        word = waiting.pop()
        if word == "^":
            return step().inverse()
        if word == "(":
            part = choice()
            waiting.pop()
        else:
            part = Step(Iri(re.sub(r"^<|>$", "", word)))
        while waiting and waiting[-1] in ("*", "+", "?"):
            part = RepeatedPath(part, waiting.pop())
        return part

    try:
        way = choice()
    except (IndexError, ValueError):  # ends too early, or has a word that is no IRI
        return None
    return None if waiting else way


def needs_prebinding(body: str) -> bool:
    """Whether an inner group reads `?this` without binding it, which a join with the targets would
    not give.

    >>> needs_prebinding("?this a ?c FILTER NOT EXISTS { ?x ?y ?this }")
    False
    >>> needs_prebinding("{ FILTER (?this = ?x) } UNION { ?x ?y ?z }")
    True
    """
    groups, brackets, word = list[list[str]](), [0], ""
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
