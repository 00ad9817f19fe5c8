"""Findings as a text that one can work through, as SARIF for editors, and as a SHACL validation
report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sq_graph.check.finding import Finding
from sq_graph.graph import Term
from sq_graph.shacl.violation import Violation
from sq_graph.vocab import SH

_LEVELS = {"Violation": ("Errors", "error"), "Warning": ("Warnings", "warning")}
_NOTE = ("Notes", "note")


def findings_text(findings: Iterable[Finding]) -> str:
    """Errors, warnings and notes apart, each grouped by the statement that they are about.

    >>> found = Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")
    >>> print(findings_text([found]))
    1 error
    a.ttl:3: work:x
      It has no year. Add sq:year.
    """
    by_level: dict[str, dict[str, list[Finding]]] = {}
    for one in findings:
        level = one.severity if one.severity in _LEVELS else "Info"
        by_level.setdefault(level, {}).setdefault(one.focus or one.place, []).append(one)
    parts = list[str]()
    for level in ("Violation", "Warning", "Info"):
        groups = by_level.get(level, {})
        number = sum(map(len, groups.values()))
        if number:
            word = _LEVELS.get(level, _NOTE)[1]
            parts.append(f"{number} {word}{'s' if number > 1 else ''}")
        parts += map(_group, groups.values())
    return "\n".join(parts) or "No findings."


def _group(group: Sequence[Finding]) -> str:
    first = group[0]
    head = ": ".join(part for part in (first.place, first.focus) if part)
    lines = [head] if head else []
    for one in group:
        where = f"line {one.line}: " if one.line != first.line and one.file == first.file else ""
        if one.file != first.file:
            where = f"{one.place}: "
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
            "level": _LEVELS.get(one.severity, _NOTE)[1],
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
    component = one.component if ":" in one.component else SH + one.component
    severity = one.severity if ":" in one.severity else SH + one.severity
    parts = [
        "a sh:ValidationResult",
        f"sh:focusNode {one.focus.n3()}",
        f"sh:resultSeverity <{severity}>",
        f"sh:sourceConstraintComponent <{component}>",
    ]
    if one.source:
        parts.append(f"sh:sourceShape {one.source.n3()}")
        if one.shape != one.source.value:
            named = f"<{one.shape}>" if ":" in one.shape else f"_:{one.shape}"
            parts.append(f"sh:sourceConstraint {named}")
    if one.path and one.path.kind == "uri":
        parts.append(f"sh:resultPath {one.path.n3()}")
    if one.value:
        parts.append(f"sh:value {one.value.n3()}")
    if one.message:
        parts.append(f"sh:resultMessage {Term('literal', one.message).n3()}")
    return "[\n        " + " ;\n        ".join(parts) + " ]"
