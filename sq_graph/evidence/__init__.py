"""Evidence: phrases of the map checked against their texts, and the agreement of two codings."""

from sq_graph.evidence.agreement import Agreement, agreement, coding_conflicts
from sq_graph.evidence.doubts import GUARDS, doubts
from sq_graph.evidence.records import found_passages, write_records
from sq_graph.evidence.sources import Source, excerpt, read_source
from sq_graph.evidence.verify import (
    Anchor,
    Doubt,
    PassageLocation,
    PhraseOutcome,
    VerifyReport,
    read_anchors,
    verify,
)

__all__ = ["Agreement", "agreement", "coding_conflicts"]
__all__ += ["GUARDS", "Doubt", "doubts"]
__all__ += ["Anchor", "PassageLocation", "PhraseOutcome", "VerifyReport", "read_anchors", "verify"]
__all__ += ["Source", "excerpt", "found_passages", "read_source", "write_records"]
