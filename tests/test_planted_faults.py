"""Planted faults: every kind that was planted by hand is reported, and sound statements are not.

Each fault is a small change of the Turtle of a copied map. All are planted in one copy, each in a statement of
its own, and `check` and `verify` are run once; a fault counts as reported where a finding names its statement.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sq_graph.atlas import Atlas
from sq_graph.check import check
from sq_graph.evidence import doubts, read_anchors, read_source, verify
from sq_graph.evidence.statements import read_literature
from sq_graph.evidence.verify import assign_works
from sq_graph.graph.layout import Layout, packaged
from sq_graph.vocab import expand, shorten
from tests.workspaces import graph_of


@dataclass(frozen=True)
class Fault:
    """A kind of fault by its number, its name, the thing that is changed, and the change of its Turtle."""

    number: int
    kind: str
    thing: str
    change: Callable[[str], str]


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replaces the first occurrence of a text, which must be there, by another."""

    def change(block: str) -> str:
        assert old in block, f"{old!r} is not in {block}"
        return block.replace(old, new, 1)

    return change


def without(line: str) -> Callable[[str], str]:
    """Leaves out every line that contains a text."""
    return lambda block: "\n".join(row for row in block.split("\n") if line not in row)


def swap_ends(block: str) -> str:
    """Subject and object exchanged."""
    return (
        block.replace("sq:object ", "sq:OBJECT ")
        .replace("sq:subject ", "sq:object ")
        .replace("sq:OBJECT ", "sq:subject ")
    )


def summary(new_summary: str) -> Callable[[str], str]:
    """Another summary."""
    return lambda block: re.sub(r'sq:summary ".*"@en', f'sq:summary "{new_summary}"@en', block)


def chain(*changes: Callable[[str], str]) -> Callable[[str], str]:
    """Several changes of one block."""

    def change(block: str) -> str:
        for step in changes:
            block = step(block)
        return block

    return change


FAULTS = (
    Fault(
        1,
        "holder swapped, work kept",
        "claim:klasen-2001-rights",
        swap("agent:klasen", "agent:room"),
    ),
    Fault(
        2,
        "holder, work and citation swapped",
        "claim:titmuss-1971-good-society",
        lambda block: re.sub(
            r"sq:citation [^;]*;",
            "sq:citation citation:phillips-2008-klasen-2001-l396 ;",
            block.replace("agent:titmuss", "agent:klasen").replace(
                "work:titmuss-1971", "work:klasen-2001"
            ),
        ),
    ),
    Fault(
        3,
        "hedge dropped, used by a position",
        "claim:phillips-2008-paradox",
        chain(swap("hedge-hedged", "hedge-asserted"), without("hedgeMarker")),
    ),
    Fault(
        4,
        "hedge dropped, used by no position",
        "claim:phillips-2008-denmark",
        chain(swap("hedge-hedged", "hedge-asserted"), without("hedgeMarker")),
    ),
    Fault(
        5,
        "hedge added, its marker not in the lines",
        "claim:barry-1998-processes",
        swap("sq:hedge-asserted", 'sq:hedge-hedged ; sq:hedgeMarker "perhaps"'),
    ),
    Fault(
        6,
        "hedge added, its marker from the next clause",
        "claim:communitarians-neighbourhood",
        swap("sq:hedge-asserted", 'sq:hedge-hedged ; sq:hedgeMarker "perhaps"'),
    ),
    Fault(
        7, "ranks swapped", "category:wessels-miedema-preliminary", swap("sq:rank 2", "sq:rank 4")
    ),
    Fault(7, "ranks swapped", "category:wessels-miedema-advanced", swap("sq:rank 4", "sq:rank 2")),
    Fault(
        8,
        "page off by one, label kept",
        "passage:phillips-2008-l186-l187",
        swap('sq:pageLabel "4"', 'sq:pageLabel "5"'),
    ),
    Fault(
        9,
        "page off by one, label changed",
        "passage:phillips-2008-l215-l215",
        chain(swap('sq:pageLabel "5"', 'sq:pageLabel "6"'), swap("p. 5", "p. 6")),
    ),
    Fault(
        10,
        "moved to a neighbouring passage",
        "claim:barry-1998-income-range",
        swap("l391-l394", "l399-l400"),
    ),
    Fault(11, "ends of an alignment swapped", "alignment:ideological-cohesion-bernard", swap_ends),
    Fault(
        12,
        "broad for narrow",
        "alignment:ideological-cohesion-berger-schmitt-noll",
        swap("relation-narrow", "relation-broad"),
    ),
    Fault(
        13,
        "a printed figure of a table changed",
        "observation:flows-south-asia-2004",
        swap("sq:value 29.0", "sq:value 26.0"),
    ),
    Fault(
        14,
        "a figure of the running text changed",
        "observation:social-quality-signatories-1997",
        swap("sq:value 74.0", "sq:value 47.0"),
    ),
    Fault(
        15,
        "a derived figure wrong",
        "observation:flows-developing-countries-2006-derived",
        swap("sq:value 222.0", "sq:value 232.0"),
    ),
    Fault(
        16,
        "ends of a claim with an axiom swapped",
        "claim:berger-schmitt-noll-2000-capital-part",
        swap_ends,
    ),
    Fault(
        17,
        "ends of a claim without an axiom swapped",
        "claim:peled-1992-costly-exclusion",
        swap_ends,
    ),
    Fault(
        18,
        "two senses merged",
        "claim:steinert-2003-social-arises",
        swap("concept:isolation-steinert", "concept:isolation-wessels-miedema"),
    ),
    Fault(
        19,
        "a definition entered twice",
        "definition:steinert-2003-exclusion",
        lambda block: (
            block + "\n" + block.replace("steinert-2003-exclusion a", "steinert-2003-shut-out a")
        ),
    ),
    Fault(
        20,
        "reported called worded",
        "claim:barry-1998-most-disadvantaged",
        swap("basis-reported", "basis-worded"),
    ),
    Fault(
        21,
        "quoted called paraphrased",
        "definition:beck-2007-social-quality",
        swap("form-quoted", "form-paraphrased"),
    ),
    Fault(
        22,
        "a silent cell answered",
        "cell:phillips-2008-answer-13",
        swap("coverage-silent", "coverage-answered"),
    ),
    Fault(
        23,
        "an answered cell called partly",
        "cell:wessels-miedema-lifeworld-trust",
        swap("coverage-answered", "coverage-partly"),
    ),
    Fault(
        24,
        "a coded value changed",
        "coding:room-1999-rupture-bearer",
        swap("bearer-individual", "bearer-society"),
    ),
    Fault(
        25,
        "a coded value made silent",
        "coding:room-1999-rupture-degree",
        lambda block: re.sub(r"sq:codedValue \S+ ;", "sq:coverage sq:coverage-silent ;", block),
    ),
    Fault(
        26,
        "summary of another statement",
        "claim:durkheim-differentiation",
        summary("A rights-based approach should be taken to counteract exclusion."),
    ),
    Fault(
        27,
        "stance turned round",
        "definition:steinert-2003-exclusion",
        swap("stance-endorses", "stance-rejects"),
    ),
    Fault(
        28,
        "any of made all of",
        "definition:wessels-miedema-2002-causes",
        swap("logic-any-of", "logic-all-of"),
    ),
    Fault(
        29,
        "a denied alignment drawn",
        "alignment:walker-wigfield-not-opposite",
        swap("sq:DeniedAlignment", "sq:Alignment"),
    ),
    Fault(
        30,
        "a negated relation made plain",
        "claim:steinert-2003-integration-rejected",
        swap("relation-not-opposite-of", "relation-opposite"),
    ),
    Fault(31, "year wrong, label right", "work:barry-1998", swap("sq:year 1998", "sq:year 1989")),
    Fault(
        32, "cited page wrong", "citation:phillips-2008-jordan-1996-l488", swap('"262"', '"226"')
    ),
    Fault(
        33,
        "phrase altered",
        "passage:phillips-2008-l188-l189",
        lambda block: re.sub(r'(sq:phrase "\w+) \w+', r"\1 perchance", block),
    ),
    Fault(
        34, "a claim deleted", "claim:phillips-2008-not-necessarily-egalitarian", lambda block: ""
    ),
    Fault(
        35,
        "undecidable made certain",
        "claim:conservative-commentators-free-market",
        swap("attributionCertainty-undecidable", "attributionCertainty-certain"),
    ),
)


NEGATED_AXIOM = re.compile(
    r"owl:Class ;\s+owl:complementOf \[\s+a (owl:Restriction ;\s+owl:onProperty ph:merelyOppositeOf[^]]*)\]"
)


def plant(folder: Path, source: str) -> Path:
    """Copies the packaged map into a folder and plants the faults, the last of them in words of the source."""
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(packaged().root / name, folder / name)
    words = " ".join(source.split("\n")[146].split()[2:13])
    faults = (*FAULTS, Fault(37, "summary copied", "claim:fukuyama-1995-trust", summary(words)))
    texts = {
        path: path.read_text(encoding="utf-8") for path in folder.glob("ontology/data/**/*.ttl")
    }
    for fault in faults:
        pattern = re.compile(rf"(?ms)^{re.escape(fault.thing)} a .*?(?:\n\n|\Z)")
        path, block = next(
            (path, match[0]) for path, text in texts.items() if (match := pattern.search(text))
        )
        texts[path] = texts[path].replace(block, fault.change(block))
    module = folder / "ontology/positions/walker-wigfield-2003.ttl"
    texts[module], count = NEGATED_AXIOM.subn(r"\1", module.read_text(encoding="utf-8"))
    assert count == 1
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return folder


THINGS = {
    **{(fault.number, fault.thing): fault.kind for fault in FAULTS},
    (36, "claim:walker-wigfield-2003-not-opposite"): "the not of an axiom dropped",
    (37, "claim:fukuyama-1995-trust"): "summary in the words of the source",
}


@pytest.fixture(scope="module")
def rules_by_thing(paper: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The things that findings of the faulty copy name, by short IRI, with the rules of these findings."""
    text = paper.read_text(encoding="utf-8")
    folder = plant(tmp_path_factory.mktemp("faulty") / "map", text)
    layout = Layout(folder, texts=(paper,))
    rules: dict[str, set[str]] = {}
    for finding in check([layout]):
        for name in re.findall(r"\b[a-z]+:[\w-]+", f"{shorten(finding.focus)} {finding.message}"):
            rules.setdefault(name, set()).add(finding.rule)
        for name in re.findall(r"\bobservation/[\w-]+", finding.message):
            rules.setdefault(name.replace("/", ":"), set()).add(finding.rule)
    graph = graph_of(layout.files())
    for phrase_finding in verify(read_anchors(graph), [read_source(paper)]).rest:
        rules.setdefault(shorten(phrase_finding.anchor.thing), set()).add("verify")
    return rules


@pytest.mark.parametrize(("number", "thing"), THINGS, ids=str)
def test_planted_fault_is_reported(
    number: int, thing: str, rules_by_thing: dict[str, set[str]]
) -> None:
    # the rule second-reading reports any edit of a statement that was read
    rules = rules_by_thing.get(thing, set()) - {"second-reading"}
    assert rules, f"nothing reports {THINGS[number, thing]} in {thing}"


def test_each_kind_is_planted_in_a_statement_that_nothing_reports_untouched(atlas: Atlas) -> None:
    assert {number for number, _ in THINGS} == set(range(1, 38))
    doubted = {shorten(doubt.thing) for doubt in doubts(atlas.graph)}
    assert not doubted & {thing for _, thing in THINGS}


def test_few_sound_statements_are_warned_about(paper: Path, atlas: Atlas) -> None:
    texts = assign_works(atlas.graph, [read_source(paper)], [])
    statements = read_literature(atlas.graph).statements
    work = expand("work:phillips-2008")
    own_iris = {s.iri for s in statements if work in {location.work for location in s.locations}}
    doubted = {doubt.thing for doubt in doubts(atlas.graph, texts, dismissed=True)}
    share = len(doubted & own_iris) / len(own_iris)
    assert 0 < share <= 0.05, f"{share:.1%} of {len(own_iris)} statements are warned about"
    assert doubts(atlas.graph, texts) == ()


HEDGED = re.compile(r"sq:hedge sq:hedge-(?:hedged|conditional|distanced|presumed) ;")


def test_most_dropped_hedges_and_swap_ends_are_reported(
    paper: Path, atlas: Atlas, tmp_path: Path
) -> None:
    dropped, swapped = set(), set()
    shutil.copytree(packaged().root / "ontology", tmp_path / "ontology")
    symmetric = {
        shorten(iri)
        for iri, facts in read_literature(atlas.graph).relations.items()
        if "true" in facts.get("isSymmetric", ())
    }
    for path in tmp_path.glob("ontology/data/**/*.ttl"):
        blocks = path.read_text(encoding="utf-8").split("\n\n")
        for index, block in enumerate(blocks):
            name, relation = block.split(" ", 1)[0], re.search(r"sq:relation (\S+)", block)
            if not re.match(r"(?:claim|definition|alignment):", name) or "dismisses" in block:
                continue
            if HEDGED.search(block):
                dropped.add(name)
                unmarked = without("hedgeMarker")(block)
                blocks[index] = HEDGED.sub("sq:hedge sq:hedge-asserted ;", unmarked)
            elif relation and relation[1] not in symmetric and index % 3 == 0:
                swapped.add(name)
                blocks[index] = swap_ends(block)
        path.write_text("\n\n".join(blocks), encoding="utf-8")
    graph = graph_of(Layout(tmp_path, texts=(paper,)).files())
    texts = assign_works(graph, [read_source(paper)], [])
    doubted = {shorten(doubt.thing) for doubt in doubts(graph, texts)}
    assert len(dropped) > 130 and len(swapped) > 40
    assert len(doubted & dropped) / len(dropped) > 0.85, sorted(dropped - doubted)
    assert len(doubted & swapped) / len(swapped) > 0.8, sorted(swapped - doubted)
