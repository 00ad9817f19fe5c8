"""Counts, with the OWL API, the logical axioms of position modules and their annotations; run as a program.

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
    library, counts = Library(resources.root() / "ontology"), {}
    for module in modules:
        ontology = library.read(module.read_text(encoding="utf-8"))
        axioms = [axiom for axiom in ontology.axioms().toArray() if axiom.isLogicalAxiom()]
        annotated = dict.fromkeys(("claim", "reading"), 0)
        for axiom in axioms:
            for name in annotated:
                annotations = axiom.annotations().toArray()
                iris = {str(annotation.getProperty().getIRI()) for annotation in annotations}
                annotated[name] += vocab.SQ + name in iris
        imports = [str(node.getIRI()) for node in ontology.importsDeclarations().toArray()]
        imported = [node.getOntologyID() for node in ontology.imports().toArray()]
        read = {str(ontology_id.getOntologyIRI().get()) for ontology_id in imported}
        missing = len([iri for iri in imports if iri not in read])
        counts[module.stem] = {"logical": len(axioms), **annotated, "missing imports": missing}
    print(json.dumps(counts))
    sys.stdout.flush()
    os._exit(0)  # the JVM's own exit takes seconds


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
