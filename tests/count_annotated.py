"""Counts, with the OWL API, the logical axioms of position modules and the notes on them; a program of its own.

    python tests/count_annotated.py MODULE…

Prints a JSON object: for each module its logical axioms, how many carry sq:claim and sq:reading, and how many of
the ontologies that it imports, directly or not, could not be read.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sq_graph import resources, vocab
from tests.hermit_cases import start_jvm
from tests.owlapi_roundtrip import Library, jars


def main(modules: list[Path]) -> None:
    start_jvm(*jars())
    library, counted = Library(resources.root() / "ontology"), {}
    for module in modules:
        ontology = library.read(module.read_text(encoding="utf-8"))
        axioms = [axiom for axiom in ontology.axioms().toArray() if axiom.isLogicalAxiom()]
        notes = dict.fromkeys(("claim", "reading"), 0)
        for axiom in axioms:
            for name in notes:
                iris = {str(note.getProperty().getIRI()) for note in axiom.annotations().toArray()}
                notes[name] += vocab.SQ + name in iris
        wanted = [str(one.getIRI()) for one in ontology.importsDeclarations().toArray()]
        known = {
            str(one.getOntologyID().getOntologyIRI().get()) for one in ontology.imports().toArray()
        }
        lost = len([iri for iri in wanted if iri not in known])
        counted[module.stem] = {"logical": len(axioms), **notes, "missing imports": lost}
    print(json.dumps(counted))
    sys.stdout.flush()
    os._exit(0)  # the JVM's own exit takes seconds


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
