"""The process in which the reasoner runs: reads requests as lines of JSON, prints the answers as
lines of JSON.

`route` is `jpype` (HermiT in one JVM inside this process) or `owlready2` (its program, a JVM per
question: slow).
"""

import json
import os
import subprocess
import sys
import threading
import traceback
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sq_graph.reason.conflicts import minimal_conflict, run_tasks

IDLE = 30
"""Seconds without a request after which the process ends."""


class Hermit:
    """HermiT over the OWL API that its jar holds, by JPype."""

    def __init__(self, request: dict[str, Any]) -> None:
        import jpype
        import jpype.imports

        quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
        options = ["-Xmx768m", "-Xss4m", quiet, *request["options"]]
        if not jpype.isJVMStarted():
            jpype.startJVM(request["jvm"], *options, classpath=request["jars"], convertStrings=True)
        from java.util import HashSet
        from org.semanticweb.HermiT import Configuration, Reasoner
        from org.semanticweb.owlapi.apibinding import OWLManager
        from org.semanticweb.owlapi.io import StringDocumentSource

        self.set, self.manager, self.source = HashSet, OWLManager, StringDocumentSource
        self.reasoner = partial(Reasoner, Configuration())
        annotation = '(Annotation(<http://www.w3.org/2000/01/rdf-schema#comment> "{}") '
        axioms = enumerate(request["axioms"])
        lines = [text.replace("(", annotation.format(number), 1) for number, text in axioms]
        annotated = self._read("\n".join(["Ontology(", *lines, ")"])).getAxioms()
        self.axioms = {
            int(annotation.getValue().getLiteral()): axiom.getAxiomWithoutAnnotations()
            for axiom in annotated
            for annotation in axiom.getAnnotations()
        }

    def is_consistent(self, axioms: frozenset[int]) -> bool:
        """Whether these axioms have a model."""
        axiom_set = self.set()
        for number in axioms:
            axiom_set.add(self.axioms[number])
        return self._has_model(self.manager.createOWLOntologyManager().createOntology(axiom_set))

    def culprits(self, text: str) -> list[str]:
        """A minimal set of an ontology's axioms about things that contradict each other."""
        ontology = self._read(text)
        if self._has_model(ontology):
            return []
        self.axioms = dict(enumerate(a for a in ontology.getAxioms() if a.isLogicalAxiom()))
        counts = {n: len(axiom.getIndividualsInSignature()) for n, axiom in self.axioms.items()}
        soft = sorted(filter(counts.get, counts), key=lambda n: (counts[n], str(self.axioms[n])))
        hard = frozenset(self.axioms).difference(soft)
        conflict = minimal_conflict(self.is_consistent, hard, soft)
        texts = [str(self.axioms[number]) for number in sorted(conflict or ())]
        return texts or ["the vocabulary contradicts itself"]

    def rdfxml(self, text: str, imported: list[str]) -> str:
        """An ontology in RDF/XML. Its imports are taken as empty, so that nothing is fetched."""
        from java.io import ByteArrayOutputStream
        from org.semanticweb.owlapi.io import RDFXMLOntologyFormat
        from org.semanticweb.owlapi.model import IRI

        manager, output = self.manager.createOWLOntologyManager(), ByteArrayOutputStream()
        for iri in imported:
            manager.createOntology(IRI.create(iri))
        ontology = manager.loadOntologyFromOntologyDocument(self.source(text))
        manager.saveOntology(ontology, RDFXMLOntologyFormat(), output)
        return str(output.toString("UTF-8"))

    def _has_model(self, ontology: Any) -> bool:
        reasoner = self.reasoner(ontology)
        try:
            return bool(reasoner.isConsistent())
        finally:
            reasoner.dispose()

    def _read(self, text: str) -> Any:
        manager = self.manager.createOWLOntologyManager()
        return manager.loadOntologyFromOntologyDocument(self.source(text))


class Owlready:
    """HermiT as the program that comes with owlready2: a JVM per question."""

    def __init__(self, request: dict[str, Any]) -> None:
        program = "org.semanticweb.HermiT.cli.CommandLine"
        self.command = [request["java"], "-cp", os.pathsep.join(request["jars"]), program, "-k"]
        self.axioms = request["axioms"]

    def is_consistent(self, axioms: frozenset[int]) -> bool:
        """Whether these axioms have a model."""
        return self._has_model("\n".join(["Ontology(", *(self.axioms[n] for n in axioms), ")"]))

    def culprits(self, text: str) -> list[str]:
        """Whether an ontology contradicts itself; this route cannot say by which axioms."""
        return [] if self._has_model(text) else ["owlready2 cannot say by which statements"]

    def _has_model(self, text: str) -> bool:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "asked.owl"
            path.write_text(text, encoding="utf-8")
            command = [*self.command, path.as_uri()]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
        if "InconsistentOntologyException" in run.stderr:
            return False
        if "is satisfiable" not in run.stdout:  # its exit code is 0 even where it reads nothing
            raise RuntimeError(run.stderr)
        return True


def main() -> None:
    """Answers each line of standard input; ends at once, since the JVM's own exit takes seconds."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the output of libraries goes to standard error
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


def _answer(request: dict[str, Any]) -> list[Any]:
    reasoner = Hermit(request) if request["route"] == "jpype" else Owlready(request)
    if isinstance(reasoner, Hermit) and "ontology" in request:
        return [reasoner.rdfxml(request["ontology"], request["imported"])]
    culprits = [reasoner.culprits(request["rdfxml"])] if request["rdfxml"] else []
    return run_tasks(reasoner.is_consistent, request["tasks"]) + culprits


if __name__ == "__main__":
    main()
