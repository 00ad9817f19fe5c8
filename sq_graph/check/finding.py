"""One finding."""

from __future__ import annotations

from dataclasses import dataclass, field

from sq_graph.shacl.violation import Violation


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
