"""A process of its own for the reasoner: reads lines of axioms and tasks as JSON, prints the
answers as lines of JSON.

`route` is `jpype` (HermiT in this process's one JVM) or `owlready2` (its program, a JVM a question:
slow).
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

    def __init__(self, asked: dict[str, Any]) -> None:
        import jpype
        import jpype.imports

        quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
        options = ["-Xmx768m", "-Xss4m", quiet, *asked["options"]]
        if not jpype.isJVMStarted():
            jpype.startJVM(asked["jvm"], *options, classpath=asked["jars"], convertStrings=True)
        from java.util import HashSet
        from org.semanticweb.HermiT import Configuration, Reasoner
        from org.semanticweb.owlapi.apibinding import OWLManager
        from org.semanticweb.owlapi.io import StringDocumentSource

        self.set, self.manager, self.source = HashSet, OWLManager, StringDocumentSource
        self.reasoner = partial(Reasoner, Configuration())
        note = '(Annotation(<http://www.w3.org/2000/01/rdf-schema#comment> "{}") '
        axioms = enumerate(asked["axioms"])
        lines = [text.replace("(", note.format(number), 1) for number, text in axioms]
        noted = self._read("\n".join(["Ontology(", *lines, ")"])).getAxioms()
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
        self.axioms = dict(enumerate(filter(lambda one: one.isLogicalAxiom(), whole.getAxioms())))
        things = {n: len(axiom.getIndividualsInSignature()) for n, axiom in self.axioms.items()}
        soft = sorted(filter(things.get, things), key=lambda n: (things[n], str(self.axioms[n])))
        least = minimal_conflict(self.consistent, frozenset(self.axioms).difference(soft), soft)
        named = [str(self.axioms[number]) for number in sorted(least or ())]
        return named or ["the vocabulary contradicts itself"]

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
        manager = self.manager.createOWLOntologyManager()
        return manager.loadOntologyFromOntologyDocument(self.source(text))


class Owlready:
    """HermiT as the program that owlready2 brings: a JVM a question."""

    def __init__(self, asked: dict[str, Any]) -> None:
        program = "org.semanticweb.HermiT.cli.CommandLine"
        self.command = [asked["java"], "-cp", os.pathsep.join(asked["jars"]), program, "-k"]
        self.axioms = asked["axioms"]

    def consistent(self, axioms: frozenset[int]) -> bool:
        """Whether these axioms have a model."""
        return self._has_model("\n".join(["Ontology(", *(self.axioms[n] for n in axioms), ")"]))

    def culprits(self, text: str) -> list[str]:
        """Whether a whole ontology contradicts itself; this route cannot say by which axioms."""
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
