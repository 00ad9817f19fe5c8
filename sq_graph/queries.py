"""The catalogue of questions: each file in `queries/` is a SPARQL query with a header that
describes it.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sq_graph.errors import BadQuery, BrokenFile, InputError, UnknownName, nearest
from sq_graph.graph import EmbeddedGraph, Term
from sq_graph.graph.sparql_limits import tokens
from sq_graph.resources import file_text
from sq_graph.vocab import PREFIXES, BriefRepr, HasIri, expand, shorten

_VALUES = r"VALUES\s+\?{name}\s*\{{[^}}]*\}}"
Headers = Mapping[str, dict[str, Any]]
RESERVED = ("form", "workspace", "store", "endpoint", "help")
"""Names that no parameter may have, since they are options of every question."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question: `kind` is the class of the things that it takes, or `text`.

    `default` is the example in the file, as a SPARQL term; several terms are separated by a space.
    """

    name: str
    kind: str
    label: str
    default: str


@dataclass(frozen=True, repr=False)
class Question(BriefRepr):
    """One question of the catalogue.

    `columns` maps each column to its meaning; `evidence` names the columns whose things rest on
    passages, `hidden` those that readers need not see; `expect` says whether the question must
    have rows (`some`), may (`any`), or, as a check, must have none (`none`); `severity` is that of
    a check's findings.
    """

    name: str
    group: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    evidence: tuple[str, ...]
    hidden: tuple[str, ...]
    expect: Literal["some", "any", "none"]
    remedy: str
    together: str
    severity: str
    text: str
    path: Path

    def __str__(self) -> str:
        return self.name

    def cells(self) -> tuple[str, str, str, str, str]:
        """Its values under the columns of its listing."""
        names = "; ".join(parameter.name for parameter in self.parameters)
        return self.name, self.group, self.question, names, "; ".join(self.columns)

    def parameter(self, name: str) -> Parameter:
        """The parameter with this name; raises UnknownName if the question does not have it."""
        parameters = {parameter.name: parameter for parameter in self.parameters}
        if name not in parameters:
            remedy = f"It takes {', '.join(parameters)}" if parameters else "It takes no parameter"
            scope = f"of the question {self.name}"
            raise UnknownName("parameter", name, parameters, remedy=remedy, scope=scope)
        return parameters[name]

    def bind(self, values: Mapping[str, Iterable[str]]) -> str:
        """The query with parameters set to `VALUES` clauses of terms in SPARQL syntax.

        Raises UnknownName for a parameter that the question does not have.
        """
        text = self.text
        for name, terms in values.items():
            row = f"VALUES ?{self.parameter(name).name} {{ {' '.join(terms)} }}"
            text = re.sub(_VALUES.format(name=name), row.replace("\\", r"\\"), text, count=1)
        return text


def read_question(path: Path, headers: Headers | None = None) -> Question:
    """The question in a file; raises BrokenFile if its header is missing, incomplete or does not
    match its query.

    `headers` are those that were checked before, by the `header_key` of their texts.

    >>> from sq_graph.graph.layout import packaged
    >>> any(read_question(path).expect == "some" for path in packaged().queries())
    True
    """
    text = file_text(path)
    header = (headers or {}).get(header_key(text)) or read_header(text, path)
    parameters = tuple(
        _parameter(name, options, text, path)
        for name, options in (header.get("parameters") or {}).items()
    )
    columns = {str(name): str(meaning) for name, meaning in (header.get("columns") or {}).items()}
    return Question(
        name=path.stem,
        group=path.parent.name,
        title=str(header["title"]),
        question=str(header["question"]),
        parameters=parameters,
        columns=columns,
        evidence=tuple(header.get("evidence") or ()),
        hidden=tuple(header.get("hidden") or ()),
        expect=header["expect"],
        remedy=str(header.get("remedy") or ""),
        together=str(header.get("together") or ""),
        severity=str(header.get("severity") or "Violation"),
        text=text,
        path=path,
    )


def header_key(text: str) -> str:
    """The key of a checked header: the digest of the text of the question."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_header(text: str, path: Path) -> dict[str, Any]:
    """The header of a question; raises BrokenFile if it is missing, incomplete or does not match
    the query.
    """
    header = _parse_header(text, path)
    for field in ("title", "question", "expect"):
        if not header.get(field):
            remedy = f"Add a line '#+ {field}: …'"
            raise BrokenFile(f"the header lacks '{field}'", str(path), 1, remedy)
    columns, projected = tuple(map(str, header.get("columns") or ())), _columns(text, path)
    if columns != projected:
        expected, actual = ", ".join(columns), ", ".join(projected)
        problem = f"the header names the columns {expected}, the query gives {actual}"
        raise BrokenFile(problem, str(path), remedy="Make them agree")
    return header


class Catalogue:
    """The questions of one or more folders by name; later folders add questions, never replace one.

    Each file is read once; make a new catalogue to see changes.

    >>> from sq_graph.graph.layout import packaged
    >>> Catalogue(packaged().queries())["rival-definitions"].group
    'definitions'
    """

    def __init__(self, paths: Iterable[Path], headers: Headers | None = None) -> None:
        self._headers = headers
        self._paths: dict[str, Path] = {}
        self._questions: dict[str, Question] = {}
        for path in paths:
            if path.stem in self._paths:
                problem = f"{self._paths[path.stem]} has a question of the same name"
                raise BrokenFile(problem, str(path), remedy="Rename one")
            self._paths[path.stem] = path

    def __getitem__(self, name: str) -> Question:
        """The question with this name; raises UnknownName with the nearest names."""
        if name not in self._paths:
            remedy = "Run sq-graph ask to see all questions"
            raise UnknownName("question", name, self._paths, remedy)
        if name not in self._questions:
            self._questions[name] = read_question(self._paths[name], self._headers)
        return self._questions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def names(self, quality: bool = False) -> tuple[str, ...]:
        """The names of all questions; `quality` includes those that check quality."""
        return tuple(
            name for name, path in self._paths.items() if quality or path.parent.name != "quality"
        )

    def questions(self, quality: bool = False) -> tuple[Question, ...]:
        """All questions by group and name; `quality` includes those that must return no row."""
        readable = list[Question]()
        for name in self.names(quality):
            with suppress(BrokenFile):  # `check` reports it; the others still work
                readable.append(self[name])
        return tuple(sorted(readable, key=lambda question: (question.group, question.name)))


def as_term(value: str) -> str:
    """A value as a SPARQL term: IRIs and short forms as IRIs, all else as a plain string.

    >>> as_term("work:room-1999"), as_term("East End")
    ('<https://w3id.org/sq-graph/id/work/room-1999>', '"East End"')
    """
    iri = expand(value)
    if re.match(r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|^`\\]+\Z", iri, re.IGNORECASE):
        return f"<{iri}>"
    return Term("literal", value).n3()


Bound = str | int | float | bool | HasIri
"""The values to which a variable of a query can be bound."""


def bind_variables(text: str, values: Mapping[str, Bound | Iterable[Bound]]) -> str:
    """A query with variables bound to these values, one or several each; raises InputError for an
    unknown variable.

    >>> bind_variables("ASK { ?s ?p ?o }", {"o": ["x", 2]})
    'ASK { VALUES ?o { "x" 2 } ?s ?p ?o }'
    """
    variables = {token.text[1:] for token in tokens(text) if token.kind == "variable"}
    lines = []
    for name, value in values.items():
        if name not in variables:
            near = nearest(name, sorted(variables))
            remedy = f"Did you mean ?{near}?" if near else "Write the variable into the query"
            raise InputError(f"the query has no variable ?{name}", remedy=remedy)
        items = [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
        lines.append(f"VALUES ?{name} {{ {' '.join(map(_bound_term, items))} }} ")
    start = _pattern_start(text)
    return f"{text[:start]} {''.join(lines)}{text[start:].lstrip()}"


def _bound_term(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return f"{value!r}e0" if "e" not in repr(value) else repr(value)
    if isinstance(value, HasIri):
        return f"<{value.iri}>"
    if isinstance(value, str):
        return as_term(value) if "://" in value else Term("literal", value).n3()
    remedy = "Give a text, a number, yes or no, a reference or a record"
    raise InputError(f"{value!r} cannot be bound to a variable", remedy=remedy)


def _pattern_start(text: str) -> int:
    """The start of the pattern of a query, after its brace; raises InputError if it has none."""
    depth, braces, is_construct = 0, list[int](), False
    for token in tokens(text):
        is_construct = is_construct or token.text.upper() == "CONSTRUCT"
        if token.text == "{" and depth == 0:
            braces.append(token.start + 1)
        depth += (token.text in "({") - (token.text in ")}")
    index = 1 if is_construct else 0
    if len(braces) <= index:
        raise InputError("the query has no pattern in which a variable could be bound")
    return braces[index]


def short_default(parameter: Parameter) -> str:
    """The default of a parameter in short form, as a user would type it.

    >>> short_default(Parameter("work", "sq:Work", "Work", "<https://w3id.org/sq-graph/id/work/room-1999>"))
    'work:room-1999'
    """
    terms = parameter.default.split()
    return " ".join(shorten(term.strip("<>")) if term.startswith("<") else term for term in terms)


def prologue() -> str:
    """PREFIX lines for every prefix of the vocabulary, to precede a query.

    >>> prologue().splitlines()[0]
    'PREFIX agent: <https://w3id.org/sq-graph/id/agent/>'
    """
    return "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in PREFIXES.items())


def _columns(text: str, path: Path) -> tuple[str, ...]:
    """The columns of a query in order; raises BrokenFile if it is not valid."""
    try:
        return EmbeddedGraph().select(text).columns
    except BadQuery as error:
        raise BrokenFile(error.what, str(path), error.line, error.remedy) from None


def _parse_header(text: str, path: Path) -> dict[str, Any]:
    import yaml

    lines = (line for line in text.splitlines() if line.startswith("#+"))
    source = "\n".join(line[3:] if line.startswith("#+ ") else "" for line in lines)
    try:
        header = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem, remedy = "the header is not valid YAML", "Correct the lines after '#+'"
        raise BrokenFile(problem, str(path), mark.line + 1 if mark else 1, remedy) from None
    if not isinstance(header, dict):
        remedy = "Begin it with lines '#+ title: …'"
        raise BrokenFile("the question has no header", str(path), 1, remedy)
    return header


def _parameter(name: str, options: Any, text: str, path: Path) -> Parameter:
    match = re.search(_VALUES.format(name=name), text)
    if not match or not isinstance(options, dict) or not options.get("kind"):
        requirement = f"a kind in the header and a line VALUES ?{name} {{ … }} in the query"
        problem = f"the parameter {name!r} needs {requirement}"
        raise BrokenFile(problem, str(path), remedy="Add what is missing")
    if name in RESERVED:
        problem = f"the parameter {name!r} has the name of an option that every question takes"
        raise BrokenFile(problem, str(path), remedy="Give it another name")
    default = match[0].partition("{")[2][:-1].strip()
    return Parameter(str(name), str(options["kind"]), str(options.get("label") or name), default)
