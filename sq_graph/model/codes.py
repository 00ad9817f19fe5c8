"""The codes of the vocabulary as types; a test compares them with `core.ttl`."""

from typing import Literal

Hedge = Literal[
    "asserted", "conditional", "disclaimed", "distanced", "hedged", "presumed", "question"
]
"""How firmly something is put forward."""

Basis = Literal["read", "reported", "worded"]
"""The basis of an attribution: the holder's words, a report, or our interpretation."""

Evidence = Literal["case", "empirical-study", "literature-review", "statistics", "theory"]
"""The kind of evidence claimed for a statement."""

Form = Literal[
    "characterised", "extensional", "generic", "named-only", "paraphrased", "partial", "quoted"
]
"""How a definition is given."""

Relation = Literal[
    "accumulates-with",
    "affects",
    "analogous",
    "aspect-of",
    "borne-by",
    "broad",
    "causes-if-lacking",
    "central-to",
    "close",
    "compatible-with",
    "concerns",
    "condition-of",
    "contrasts",
    "correlates-inversely-with",
    "correlates-with",
    "counts-as",
    "depends-on",
    "descends-from",
    "directed-at",
    "distinct-from",
    "exact",
    "exemplifies",
    "failure-of",
    "gives-way-to",
    "helps",
    "hinders",
    "implies",
    "incompatible-with",
    "independent-of",
    "indicates",
    "kind-of",
    "leads-to",
    "legitimises",
    "linked-to",
    "maintained-by",
    "measures",
    "merely-opposite",
    "narrow",
    "no-priority-over",
    "not-necessarily-linked-to",
    "not-opposite-of",
    "offsets",
    "opposite",
    "overlaps",
    "part-of",
    "promotes",
    "provides",
    "related",
    "requires",
    "results-from",
    "suited-to",
    "takes-form-of",
    "within-meaning-of",
]
"""How two things are said to be related."""

Ground = Literal["cause", "definition", "measure", "scope", "value"]
"""What a disagreement is about."""

Stance = Literal["endorses", "prefers", "questions", "rejects", "reports", "uses"]
"""What the reporting work makes of a contribution."""

Senses = Literal["source", "word"]
"""Whether senses that the source distinguishes are kept apart, or one word is one thing."""

QuestionStatus = Literal["answered", "open", "partly"]
"""How far a question is answered."""

Fidelity = Literal[
    "faithful",
    "hedge-added",
    "hedge-dropped",
    "misattributed",
    "narrowed",
    "strengthened",
    "undecided",
    "weakened",
    "widened",
]
"""How faithfully a report renders its original."""

Coverage = Literal["answered", "not-applicable", "partly", "silent"]
"""How far a source fills a cell of a matrix."""

ItemRole = Literal["cause", "consequence", "example", "factor", "instance", "manifestation", "sign"]
"""The role in which the items of a cell are listed."""
