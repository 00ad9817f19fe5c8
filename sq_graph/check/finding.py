"""Findings, and their output as text, as SARIF for editors, and as a SHACL validation report."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sq_graph.graph import Term
from sq_graph.shacl.violation import Violation
from sq_graph.vocab import SH, with_slugs


@dataclass(frozen=True)
class Finding:
    """One fault: its place, a message, and a remedy.

    `rule` names the shape, the quality question (`quality/<name>`), or `file`, `position` or
    `consistency`; `severity` is Violation, Warning or Info.

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
        """File and line, as editors and terminals understand them; empty without a file."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def sentence(self) -> str:
        """The message and the remedy."""
        remedy = f" {_capitalise(self.remedy)}." if self.remedy else ""
        return f"{self.message}.{remedy}"

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.focus, self.sentence) if part)


def _level(finding: Finding) -> str:
    return {"Violation": "error", "Warning": "warning"}.get(finding.severity, "note")


def _capitalise(text: str) -> str:
    """A text with a capital letter, unless its first word is an IRI or a prefixed name."""
    return text if ":" in text.partition(" ")[0] else text[:1].upper() + text[1:]


def findings_text(findings: Iterable[Finding]) -> str:
    """Errors, warnings and notes in turn, grouped by the statement that they are about.

    >>> finding = Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")
    >>> print(findings_text([finding]))
    1 error
    a.ttl:3: work:x
      It has no year. Add sq:year.

    A thing of a workspace is named by its slug, as commands accept it:

    >>> twin = "two works are the same (other work: https://example.org/id/work/b)"
    >>> finding = Finding("a.ttl", 3, "https://example.org/id/work/a", twin, "", "work#Twin")
    >>> print(findings_text([finding]))
    1 error
    a.ttl:3: a
      Two works are the same (other work: b).
    """
    by_level: dict[str, dict[str, list[Finding]]] = {"error": {}, "warning": {}, "note": {}}
    for finding in findings:
        by_level[_level(finding)].setdefault(finding.focus or finding.place, []).append(finding)
    parts = list[str]()
    for level, groups in by_level.items():
        if count := sum(map(len, groups.values())):
            parts.append(f"{count} {level}{'s' if count > 1 else ''}")
        parts += map(_group_text, groups.values())
    return with_slugs("\n".join(parts)) or "No findings."


def _group_text(group: Sequence[Finding]) -> str:
    first = group[0]
    heading = ": ".join(filter(None, (first.place, first.focus)))
    lines = [heading] if heading else []
    for finding in group:
        place = f"{finding.place}: " if finding.file != first.file else ""
        if finding.line != first.line and not place:
            place = f"line {finding.line}: "
        lines.append(f"{'  ' if heading else ''}{place}{_capitalise(finding.sentence)}")
    return "\n".join(lines)


def findings_sarif(findings: Iterable[Finding]) -> str:
    """Findings in SARIF 2.1.0, which editors and code hosts read.

    >>> finding = Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")
    >>> json.loads(findings_sarif([finding]))["runs"][0]["results"][0]["ruleId"]
    'work#Dated'
    """
    findings = list(findings)
    results = [
        {
            "ruleId": finding.rule,
            "level": _level(finding),
            "message": {"text": ": ".join(filter(None, (finding.focus, finding.sentence)))},
            "locations": [_location(finding)] if finding.file else [],
        }
        for finding in findings
    ]
    rules = [{"id": name} for name in sorted({finding.rule for finding in findings})]
    driver = {"name": "sq-graph", "rules": rules}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _location(finding: Finding) -> dict[str, object]:
    region = {"region": {"startLine": finding.line}} if finding.line else {}
    return {"physicalLocation": {"artifactLocation": {"uri": finding.file}, **region}}


def findings_turtle(findings: Iterable[Finding]) -> str:
    """The findings of shapes as a SHACL validation report, which has no place for those of
    questions and the reasoner.

    >>> print(findings_turtle([]), end="")
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    <BLANKLINE>
    [] a sh:ValidationReport ;
        sh:conforms true .
    """
    results = [_result(finding.violation) for finding in findings if finding.violation]
    body = "".join(f" ;\n    sh:result {result}" for result in results)
    conforms = "false" if results else "true"
    head = f"@prefix sh: <{SH}> .\n\n[] a sh:ValidationReport ;\n    sh:conforms {conforms}"
    return f"{head}{body} .\n"


def _result(violation: Violation) -> str:
    shape, source, path = violation.shape, violation.source, violation.path
    constraint = Term("uri" if ":" in shape else "bnode", shape)
    values = {
        "focusNode": violation.focus,
        "resultSeverity": _shacl_term(violation.severity),
        "sourceConstraintComponent": _shacl_term(violation.component),
        "sourceShape": source,
        "sourceConstraint": constraint if source and shape != source.value else None,
        "resultPath": path if path and path.kind == "uri" else None,
        "value": violation.value,
        "resultMessage": Term("literal", violation.message) if violation.message else None,
    }
    lines = (f"sh:{name} {term.n3()}" for name, term in values.items() if term)
    return "[\n        " + " ;\n        ".join(["a sh:ValidationResult", *lines]) + " ]"


def _shacl_term(name: str) -> Term:
    return Term("uri", name if ":" in name else SH + name)
