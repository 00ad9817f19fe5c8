"""A process of its own for the reasoner: reads axioms and tasks as JSON, prints the answers as JSON.

`route` is `jpype` (HermiT in this process's one JVM) or `owlready2` (a JVM a question: slow).
"""

from __future__ import annotations

import io
import json
import os
import sys
from functools import partial
from typing import Any

from sq_graph.reason.conflicts import minimal_conflict, run_tasks
from sq_graph.reason.ntriples import ntriples


class Hermit:
    """HermiT over the OWL API that its jar holds, by JPype."""

    def __init__(self, asked: dict[str, Any]) -> None:
        import jpype
        import jpype.imports

        options = ["-Xmx768m", "-Xss4m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", *asked["options"]]
        jpype.startJVM(asked["jvm"], *options, classpath=asked["jars"], convertStrings=True)
        from java.util import HashSet
        from org.semanticweb.HermiT import Configuration, Reasoner
        from org.semanticweb.owlapi.apibinding import OWLManager
        from org.semanticweb.owlapi.io import StringDocumentSource

        self.set, self.manager, self.source = HashSet, OWLManager, StringDocumentSource
        self.reasoner = partial(Reasoner, Configuration())
        note = 'Annotation(<http://www.w3.org/2000/01/rdf-schema#comment> "{}") '
        lines = [text.replace("(", "(" + note.format(number), 1) for number, text in enumerate(asked["axioms"])]
        self.axioms = dict(self._numbered("Ontology(\n" + "\n".join(lines) + "\n)"))
        self.whole = (
            [axiom for axiom in self._read(asked["rdfxml"]) if axiom.isLogicalAxiom()] if asked["rdfxml"] else []
        )

    def consistent(self, axioms: frozenset[int]) -> bool:
        """Whether these axioms have a model."""
        chosen = self.set()
        for number in axioms:
            chosen.add(self.axioms[number])
        reasoner = self.reasoner(self.manager.createOWLOntologyManager().createOntology(chosen))
        try:
            return bool(reasoner.isConsistent())
        finally:
            reasoner.dispose()

    def culprits(self) -> list[str]:
        """A least set of the whole ontology's axioms that contradict each other: first whose they are, then which."""
        self.axioms = dict(enumerate(self.whole))
        about: dict[str, list[int]] = {}
        for number, axiom in self.axioms.items():
            things = sorted(str(thing.toStringID()) for thing in axiom.getIndividualsInSignature())
            about.setdefault(things[0] if things else "", []).append(number)
        hard, groups = frozenset(about.pop("", ())), list(about.values())
        of = [frozenset(group) for group in groups]

        def together(chosen: frozenset[int]) -> bool:
            return self.consistent(hard.union(*(of[number] for number in chosen)))

        found = minimal_conflict(together, frozenset(), range(len(of)))
        if found is None:
            return []
        least = minimal_conflict(self.consistent, hard, sorted(frozenset[int]().union(*(of[n] for n in found))))
        return [str(self.axioms[number]) for number in sorted(least or ())] or ["the vocabulary contradicts itself"]

    def _numbered(self, text: str) -> Any:
        for axiom in self._read(text):
            for note in axiom.getAnnotations():
                yield int(note.getValue().getLiteral()), axiom.getAxiomWithoutAnnotations()

    def _read(self, text: str) -> Any:
        return self.manager.createOWLOntologyManager().loadOntologyFromOntologyDocument(self.source(text)).getAxioms()


class Owlready:
    """HermiT as owlready2 calls it."""

    def __init__(self, asked: dict[str, Any]) -> None:
        import owlready2

        owlready2.JAVA_EXE = asked["java"]
        self.library, self.says, self.whole = owlready2, asked["says"], asked["rdfxml"].encode()

    def consistent(self, axioms: frozenset[int]) -> bool:
        """Whether these axioms have a model."""
        world = self.library.World()
        text = ntriples([self.says[number] for number in sorted(axioms)]).encode() or self.whole
        world.get_ontology("https://example.org/asked#").load(fileobj=io.BytesIO(text), only_local=True)
        try:
            self.library.sync_reasoner_hermit(world, debug=0)
        except self.library.OwlReadyInconsistentOntologyError:
            return False
        return True

    def culprits(self) -> list[str]:
        """Whether the whole ontology contradicts itself; this route cannot say by which axioms."""
        return [] if self.consistent(frozenset()) else ["owlready2 cannot say by which statements"]


def main() -> None:
    """Answers what stands on standard input and ends at once: the JVM's own exit takes seconds."""
    asked, out = json.load(sys.stdin), os.dup(1)
    os.dup2(2, 1)  # what libraries print goes to standard error
    reasoner = Hermit(asked) if asked["route"] == "jpype" else Owlready(asked)
    with os.fdopen(out, "w") as answers:
        whole = [reasoner.culprits()] if asked["rdfxml"] else []
        json.dump(run_tasks(reasoner.consistent, asked["tasks"]) + whole, answers)
    os._exit(0)


if __name__ == "__main__":
    main()
