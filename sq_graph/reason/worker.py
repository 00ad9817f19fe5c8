"""A process of its own for the reasoner: reads lines of axioms and tasks as JSON, prints the
answers as lines of JSON.

`route` is `jpype` (HermiT in this process's one JVM) or `owlready2` (a JVM a question: slow).
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
import traceback
from collections.abc import Iterable
from functools import partial
from itertools import chain, repeat
from typing import Any
from xml.sax.saxutils import quoteattr

from sq_graph.reason.conflicts import minimal_conflict, run_tasks

IDLE = 30
"""Seconds without a request after which the process ends."""


class Hermit:
    """HermiT over the OWL API that its jar holds, by JPype."""

    def __init__(self, asked: dict[str, Any]) -> None:
        import jpype
        import jpype.imports

        options = [
            "-Xmx768m",
            "-Xss4m",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            *asked["options"],
        ]
        if not jpype.isJVMStarted():
            jpype.startJVM(asked["jvm"], *options, classpath=asked["jars"], convertStrings=True)
        from java.util import HashSet
        from org.semanticweb.HermiT import Configuration, Reasoner
        from org.semanticweb.owlapi.apibinding import OWLManager
        from org.semanticweb.owlapi.io import StringDocumentSource

        self.set, self.manager, self.source = HashSet, OWLManager, StringDocumentSource
        self.reasoner = partial(Reasoner, Configuration())
        note = 'Annotation(<http://www.w3.org/2000/01/rdf-schema#comment> "{}") '
        lines = [
            text.replace("(", "(" + note.format(number), 1)
            for number, text in enumerate(asked["axioms"])
        ]
        noted = self._read("Ontology(\n" + "\n".join(lines) + "\n)").getAxioms()
        self.axioms = {
            int(note.getValue().getLiteral()): axiom.getAxiomWithoutAnnotations()
            for axiom in noted
            for note in axiom.getAnnotations()
        }

    def consistent(self, axioms: frozenset[int]) -> bool:
        """Whether these axioms have a model."""
        chosen = self.set()
        for number in axioms:
            chosen.add(self.axioms[number])
        return self._has_model(self.manager.createOWLOntologyManager().createOntology(chosen))

    def culprits(self, text: str) -> list[str]:
        """A least set of an ontology's axioms about things that contradict each other."""
        whole = self._read(text)
        if self._has_model(whole):
            return []
        self.axioms = dict(
            enumerate(axiom for axiom in whole.getAxioms() if axiom.isLogicalAxiom())
        )
        things = {
            number: len(axiom.getIndividualsInSignature()) for number, axiom in self.axioms.items()
        }
        soft = sorted(
            filter(things.get, things),
            key=lambda number: (things[number], str(self.axioms[number])),
        )
        least = minimal_conflict(self.consistent, frozenset(self.axioms).difference(soft), soft)
        return [str(self.axioms[number]) for number in sorted(least or ())] or [
            "the vocabulary contradicts itself"
        ]

    def rdfxml(self, text: str, imported: list[str]) -> str:
        """An ontology in RDF/XML. What it imports is taken as empty, so that nothing is fetched."""
        from java.io import ByteArrayOutputStream
        from org.semanticweb.owlapi.io import RDFXMLOntologyFormat
        from org.semanticweb.owlapi.model import IRI

        manager, out = self.manager.createOWLOntologyManager(), ByteArrayOutputStream()
        for name in imported:
            manager.createOntology(IRI.create(name))
        whole = manager.loadOntologyFromOntologyDocument(self.source(text))
        manager.saveOntology(whole, RDFXMLOntologyFormat(), out)
        return str(out.toString("UTF-8"))

    def _has_model(self, ontology: Any) -> bool:
        reasoner = self.reasoner(ontology)
        try:
            return bool(reasoner.isConsistent())
        finally:
            reasoner.dispose()

    def _read(self, text: str) -> Any:
        return self.manager.createOWLOntologyManager().loadOntologyFromOntologyDocument(
            self.source(text)
        )


class Owlready:
    """HermiT as owlready2 calls it."""

    def __init__(self, asked: dict[str, Any]) -> None:
        import owlready2

        owlready2.JAVA_EXE = asked["java"]
        self.library, self.says = owlready2, asked["says"]

    def consistent(self, axioms: frozenset[int]) -> bool:
        """Whether these axioms have a model."""
        return self._has_model(owlxml(self.says[number] for number in sorted(axioms)))

    def culprits(self, text: str) -> list[str]:
        """Whether a whole ontology contradicts itself; this route cannot say by which axioms."""
        return [] if self._has_model(text) else ["owlready2 cannot say by which statements"]

    def _has_model(self, text: str) -> bool:
        world = self.library.World()
        world.get_ontology("https://example.org/asked#").load(
            fileobj=io.BytesIO(text.encode()), only_local=True
        )
        try:
            self.library.sync_reasoner_hermit(world, debug=0)
        except self.library.OwlReadyInconsistentOntologyError:
            return False
        return True


_CLASS, _ROLE, _THING = "Class", "ObjectProperty", "NamedIndividual"
_PARTS = {
    "ClassAssertion": (_CLASS, _THING),
    "ObjectPropertyAssertion": (_ROLE, _THING),
    "ObjectHasValue": (_ROLE, _THING),
    "ObjectOneOf": (_THING,),
    "SameIndividual": (_THING,),
    "DifferentIndividuals": (_THING,),
    "ObjectIntersectionOf": (_CLASS,),
    "ObjectUnionOf": (_CLASS,),
    "ObjectComplementOf": (_CLASS,),
}
"""What the parts of an axiom or expression are, the last for all that follow."""


def owlxml(axioms: Iterable[Any]) -> str:
    """Axioms in OWL/XML with the declarations they need; each is a tuple in functional syntax.

    >>> owlxml([("SubClassOf", "x://A", "x://B")]).partition("<SubClassOf>")[2]
    '<Class IRI="x://A"/><Class IRI="x://B"/></SubClassOf></Ontology>'
    """
    declared: dict[str, None] = {}

    def element(part: Any, kind: str = "") -> str:
        if isinstance(part, str):
            name = f"<{kind} IRI={quoteattr(part if '//' in part else f'urn://{part}')}/>"
            declared[f"<Declaration>{name}</Declaration>"] = None
            return name
        head, *rest = part
        count = f' cardinality="{rest.pop(0)}"' if isinstance(rest[0], int) else ""
        of_classes = (_CLASS,) if head.endswith(("Classes", "ClassOf")) else (_ROLE, _CLASS)
        of_roles = head.endswith(("Property", "Properties", "PropertyOf", "InverseOf"))
        kinds = _PARTS.get(head, (_ROLE,) if of_roles else of_classes)
        parts = "".join(map(element, rest, chain(kinds, repeat(kinds[-1]))))
        return f"<{head}{count}>{parts}</{head}>"

    said = "".join(map(element, axioms))
    opening = (
        '<Ontology xmlns="http://www.w3.org/2002/07/owl#" ontologyIRI="https://example.org/asked">'
    )
    return f"{opening}{''.join(declared)}{said}</Ontology>"


def main() -> None:
    """Answers each line of standard input; ends at once, since the JVM's own exit takes seconds."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes to standard error
    try:
        while line := _next_line():
            json.dump(_answer(json.loads(line)), answers)
            answers.write("\n")
            answers.flush()
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _next_line() -> str:
    """The next request; ends the process if none comes for a while."""
    idle = threading.Timer(IDLE, os._exit, [0])
    idle.daemon = True
    idle.start()
    try:
        return sys.stdin.readline()
    finally:
        idle.cancel()


def _answer(asked: dict[str, Any]) -> list[Any]:
    reasoner = Hermit(asked) if asked["route"] == "jpype" else Owlready(asked)
    if isinstance(reasoner, Hermit) and "ontology" in asked:
        return [reasoner.rdfxml(asked["ontology"], asked["imported"])]
    whole = [reasoner.culprits(asked["rdfxml"])] if asked["rdfxml"] else []
    return run_tasks(reasoner.consistent, asked["tasks"]) + whole


if __name__ == "__main__":
    main()
