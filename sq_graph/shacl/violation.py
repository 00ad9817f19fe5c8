"""One result of a shape."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sq_graph.graph import Term


@dataclass(frozen=True)
class Violation:
    """One thing that breaks one constraint of a shape: `value` is the value at fault, if any.

    `shape` names the constraint where it has a name of its own; `source` is the shape itself.
    Where a shape repeats a constraint, `nth` tells the repetitions apart.
    """

    focus: Term
    shape: str
    component: str
    value: Term | None
    severity: str = field(compare=False)
    message: str = field(compare=False)
    source: Term | None = field(compare=False, default=None)
    path: Term | None = field(compare=False, default=None)
    nth: int = 0

    @property
    def level(self) -> str:
        """Its severity; Violation for one that SHACL does not define, which is never overlooked."""
        return self.severity if self.severity in ("Info", "Warning") else "Violation"


def in_order(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Violations by thing, shape and constraint."""
    return tuple(sorted(violations, key=lambda v: (v.focus, v.shape, v.component, str(v.value))))


def in_english(texts: Iterable[Term]) -> str:
    """The first of some texts, one in English or in no language before others; '' without any.

    >>> in_english([Term("literal", "Jahr fehlt.", "de"), Term("literal", "No year.", "en-GB")])
    'No year.'
    """
    preferred = sorted(texts, key=lambda text: (text.language[:2] not in ("", "en"), text))
    return "".join(text.value for text in preferred[:1])
