"""Findings, also as a text that one can work through, as SARIF for editors, and as a SHACL
validation report.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sq_graph.graph import Term
from sq_graph.shacl.violation import Violation
from sq_graph.vocab import SH


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where it stands, what it is, what to do.

    `rule` names the shape, the quality question (`quality/<name>`), or `file`, `position` or
    `consistency`;
    `severity` is Violation, Warning or Info.

    >>> remedy = "add rdfs:label"
    >>> print(Finding("data/agents.ttl", 12, "agent:room", "it has no label", remedy, "naming"))
    data/agents.ttl:12: agent:room: it has no label. Add rdfs:label.
    """

    file: str
    line: int | None
    focus: str
    message: str
    remedy: str
    rule: str
    severity: str = "Violation"
    violation: Violation | None = field(default=None, compare=False, repr=False)

    @property
    def place(self) -> str:
        """File and line, as editors and terminals understand them; empty for what is in no file
        yet."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        remedy = f" {self.remedy[:1].upper()}{self.remedy[1:]}." if self.remedy else ""
        return f"{self.message}.{remedy}"

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.focus, self.sentence) if part)


def _level(finding: Finding) -> str:
    return {"Violation": "error", "Warning": "warning"}.get(finding.severity, "note")


def findings_text(findings: Iterable[Finding]) -> str:
    """Errors, warnings and notes apart, each grouped by the statement that they are about.

    >>> found = Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")
    >>> print(findings_text([found]))
    1 error
    a.ttl:3: work:x
      It has no year. Add sq:year.
    """
    by_level: dict[str, dict[str, list[Finding]]] = {"error": {}, "warning": {}, "note": {}}
    for one in findings:
        by_level[_level(one)].setdefault(one.focus or one.place, []).append(one)
    parts = list[str]()
    for level, groups in by_level.items():
        if number := sum(map(len, groups.values())):
            parts.append(f"{number} {level}{'s' if number > 1 else ''}")
        parts += map(_group, groups.values())
    return "\n".join(parts) or "No findings."


def _group(group: Sequence[Finding]) -> str:
    first = group[0]
    head = ": ".join(part for part in (first.place, first.focus) if part)
    lines = [head] if head else []
    for one in group:
        where = f"{one.place}: " if one.file != first.file else ""
        if one.line != first.line and not where:
            where = f"line {one.line}: "
        said = one.sentence
        lines.append(f"{'  ' if head else ''}{where}{said[:1].upper()}{said[1:]}")
    return "\n".join(lines)


def findings_sarif(findings: Iterable[Finding]) -> str:
    """Findings in SARIF 2.1.0, which editors and code hosts read.

    >>> found = Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")
    >>> json.loads(findings_sarif([found]))["runs"][0]["results"][0]["ruleId"]
    'work#Dated'
    """
    listed = list(findings)
    results = [
        {
            "ruleId": one.rule,
            "level": _level(one),
            "message": {"text": ": ".join(part for part in (one.focus, one.sentence) if part)},
            "locations": [_location(one)] if one.file else [],
        }
        for one in listed
    ]
    rules = [{"id": name} for name in sorted({one.rule for one in listed})]
    driver = {"name": "sq-graph", "rules": rules}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _location(one: Finding) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": one.file}}
    if one.line:
        place["region"] = {"startLine": one.line}
    return {"physicalLocation": place}


def findings_turtle(findings: Iterable[Finding]) -> str:
    """The findings of shapes as a SHACL validation report; what questions and the reasoner find is
    no part of one.

    >>> print(findings_turtle([]), end="")
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    <BLANKLINE>
    [] a sh:ValidationReport ;
        sh:conforms true .
    """
    results = [_result(one.violation) for one in findings if one.violation]
    listed = "".join(f" ;\n    sh:result {result}" for result in results)
    conforms = "false" if results else "true"
    head = f"@prefix sh: <{SH}> .\n\n[] a sh:ValidationReport ;\n    sh:conforms {conforms}"
    return f"{head}{listed} .\n"


def _result(one: Violation) -> str:
    is_own = one.source and one.shape == one.source.value
    constraint = Term("uri" if ":" in one.shape else "bnode", one.shape)
    values = {
        "focusNode": one.focus,
        "resultSeverity": _term_of_shacl(one.severity),
        "sourceConstraintComponent": _term_of_shacl(one.component),
        "sourceShape": one.source,
        "sourceConstraint": None if is_own or not one.source else constraint,
        "resultPath": one.path if one.path and one.path.kind == "uri" else None,
        "value": one.value,
        "resultMessage": Term("literal", one.message) if one.message else None,
    }
    said = (f"sh:{name} {term.n3()}" for name, term in values.items() if term)
    return "[\n        " + " ;\n        ".join(["a sh:ValidationResult", *said]) + " ]"


def _term_of_shacl(name: str) -> Term:
    return Term("uri", name if ":" in name else SH + name)
