"""Phrases are looked up as a careful reader would do it, and two codings are compared as the docs say."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import sq_graph
from sq_graph import vocab
from sq_graph.errors import BrokenFile, InputError, MissingDependency
from sq_graph.evidence import (
    Anchor,
    PassageLocation,
    PhraseOutcome,
    Source,
    agreement,
    coding_conflicts,
    found_passages,
    read_anchors,
    read_source,
    verify,
)
from sq_graph.evidence.agreement import read_coding_file
from sq_graph.evidence.text_matching import FoldedText
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.layout import packaged
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.aspects import Aspect, read_aspects
from sq_graph.vocab import slug_of
from sq_graph.web.pages import PageContext, page_at
from sq_graph.web.pages.page import to_html
from tests.workspaces import chan_workspace, graph_of

ROOT = Path(__file__).parents[1]
CODINGS = ROOT / "ontology/data/works/phillips-2008/codings"
WORK, OTHER = "https://example.org/id/work/a-1999", "https://example.org/id/work/b-2001"
TEXT = """Trust is what makes a \ufb01nal bond possible, and \u2018social quality\u2019 depends on it.
Some write that it may be a lubri-
cant of   every group.
                                        
1 This note is developed from chapter 5.
Journal of Small Texts 4
reader@example.org
Self-
realisation comes later, where hope is complete and irreversible.
The well-organised town has access to resource structures.

Journal of Small Texts 5
Nobody is wholly free.
"""
PAGES = "page\tfirst_line\tlast_line\tbasis\n4\t1\t7\tprinted\n5\t8\t12\tinferred\n6\t13\t14\tinferred\n"


@pytest.fixture
def text(tmp_path: Path) -> Source:
    (tmp_path / "pages.tsv").write_text(PAGES, encoding="utf-8")
    return saved_source(tmp_path, "a.txt", TEXT, WORK)


def saved_source(folder: Path, name: str, text: str, work: str = "") -> Source:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_source(path, work)


def outcome_of(
    phrase: str, sources: list[Source], work: str = WORK, is_hedge: bool = False, **fields: Any
) -> str:
    """The number and the detail of an outcome."""
    location = PassageLocation(work, "A 1999", **{"page": "4", **fields})
    (finding,) = verify([Anchor("passage:a", phrase, (location,), is_hedge)], sources).findings
    return f"{finding.outcome.value} {finding.detail}"


@pytest.mark.parametrize(
    ("phrase", "outcome"),
    [
        ("TRUST is what makes", "1 p. 4"),
        ("a final bond", "1 p. 4"),
        ('"social quality" depends', "1 p. 4"),
        ("lubricant of every group", "1 p. 4"),
        ("Trust […] depends on it", "1 p. 4"),
        ("every group. Self-realisation comes later", "1 pp. 4–5"),
        ("developed from chapter 5", "1 p. 4"),
        ("every group. Self", "1 pp. 4–5"),
        ("group […] hope is complete", "1 pp. 4–5"),
        ("hope is complete […] group", "4 is not in the source"),
        ("realisation comes later", "2 is on p. 5"),
        ("hope is complete", "2 is on p. 5"),
        ("rust is what makes", "4 p. 4 has"),
        ("makes a final bind", '4 p. 4 has "makes a final bond" (bind → bond)'),
        ("what breaks a final bond", '4 p. 4 has "what makes a final bond" (breaks → makes)'),
        ("wholly unlike all of it", "4 is not in the source, nor similar words at its place"),
        ("every group. Self-realization comes", '4 pp. 4–5 has "every group. selfrealisation'),
    ],
)
def test_a_phrase_in_its_own_work(text: Source, phrase: str, outcome: str) -> None:
    assert outcome_of(phrase, [text]).startswith(outcome)


@pytest.mark.parametrize(
    ("lines", "phrase", "count"),
    [
        ("both short-\nand long-term ties", "short- and long-term", 1),
        ("both short- and long-\nterm ties", "short- and longterm", 1),
        ("Ost-\nund Westdeutsche", "Ost- und West", 0),
        ("a town — not a state", "town—not", 1),
        ("a town—\nnot a state", "town — not", 1),
        ("from 1990–\n2000", "1990—2000", 1),
        ("Trust1 binds,12 it’s said.³ So", "trust binds, it's said. So", 1),
        ("of cohesion2", "cohesion", 1),
        ("of cohesion2004", "cohesion", 0),
        ("Trust* binds", "trust binds", 1),
        ("the 12 towns", "the towns", 0),
        ("Trust is a bond", "[t]rust is a bond", 1),
        ("Trust is, I think, a bond", "Trust is … a bond...", 1),
        ("Trust is a bond", "[Social] trust", 0),
    ],
)
def test_typesetting_and_marks_of_quotation_make_no_difference(
    lines: str, phrase: str, count: int
) -> None:
    assert len(FoldedText.of(enumerate(lines.splitlines(), 1)).find(phrase)) == count


def test_a_passage_across_a_page_end_is_exact_on_both_pages(text: Source) -> None:
    crossing = "every group. Self-realisation comes later"
    assert outcome_of(crossing, [text], last_page="5") == "1 pp. 4–5"
    assert outcome_of("hope is complete", [text], last_page="5") == "1 p. 5"
    assert outcome_of(crossing, [text], page="5") == "2 is on pp. 4–5"


def test_the_lines_count_where_the_text_is_the_one_that_was_read(text: Source) -> None:
    lines: dict[str, Any] = {"digest": text.digest, "first_line": 2, "last_line": 3}
    assert outcome_of("lubricant of every group", [text], **lines) == "1 p. 4"
    outside = "4 is on the page, but not in lines 2–3, but on line 1"
    assert outcome_of("a final bond", [text], **lines) == outside
    other_page, other_edition = {**lines, "page": "6"}, {**lines, "digest": "sha256:another"}
    assert outcome_of("lubricant of every group", [text], **other_page) == "2 is on p. 4"
    assert outcome_of("a final bond", [text], **other_edition) == "1 p. 4"


def test_a_misattributed_phrase_is_found_in_the_other_source(text: Source, tmp_path: Path) -> None:
    other = saved_source(tmp_path, "b.md", "Nothing of the kind is said here.\n", OTHER)
    misattributed = "3 misattributed: found in b.md, line 1"
    assert outcome_of("nothing of the kind", [text, other]) == misattributed
    for phrase in ("nothing of the kind", "is said of nobody at all"):
        assert outcome_of(phrase, [text, other], work="work:not-held") == "5 not held"
    near_match = saved_source(tmp_path, "c.md", "A final bind is possible.\n", OTHER)
    assert outcome_of("a final bind", [text, near_match]).startswith("4 ")


def test_a_page_that_the_work_does_not_have(text: Source) -> None:
    outcome = outcome_of("is said of nobody at all", [text], page="99", extent="63–84")
    assert outcome == "2 the work has only pages 63–84"
    location: dict[str, Any] = {"work": "work:c", "page": "70", "extent": "63–84"}
    assert outcome_of("is said of nobody", [text], **location) == "5 not held"


def test_a_hedge_marker_may_stand_in_any_of_its_passages_but_in_their_lines(text: Source) -> None:
    first = PassageLocation(WORK, "A 1999", "4", "", 1, 1, text.digest)
    second = PassageLocation(WORK, "A 1999", "4", "", 2, 3, text.digest)
    marker = Anchor("claim:a", "may be", (first, second), True)
    assert verify([marker], [text]).findings[0].outcome is PhraseOutcome.EXACT
    (missed,) = verify([Anchor("claim:a", "may be", (first,), True)], [text]).rest
    problem = "hedge marker of claim:a, is on the page, but not in lines 1–1, but on line 2"
    assert str(missed) == f'A 1999 p. 4: "may be": {problem}'


def test_a_text_that_no_passage_names_must_be_given_its_work(text: Source) -> None:
    unnamed = Source(text.name, text.digest, text.lines, text.pages)
    anchor = Anchor("passage:a", "a final bond", (PassageLocation(WORK, page="4"),))
    with pytest.raises(InputError, match=r"no passage of the map was read in a\.txt.*--work"):
        verify([anchor], [unnamed])
    exact = Anchor(
        "passage:a", "a final bond", (PassageLocation(WORK, page="4", digest=text.digest),)
    )
    misattributed = Anchor(
        "passage:b", "a final bond", (PassageLocation(OTHER, page="4", digest=text.digest),)
    )
    report = verify([exact, exact, misattributed], [unnamed])
    assert [finding.outcome for finding in report.findings] == [1, 1, 3]


def test_pages_from_form_feeds_or_else_lines_only(tmp_path: Path) -> None:
    paged = saved_source(
        tmp_path, "fed.txt", "One page.\n\fAnother page.\nIts end.\f\nThird.\n", WORK
    )
    assert paged.pages == ("1", "2", "2", "3", "3")
    assert outcome_of("another page", [paged], page="2") == "1 p. 2"
    plain = saved_source(tmp_path, "plain.txt", "One line.\nAnother line.\n", WORK)
    assert outcome_of("another line", [plain]) == "1 line 2"


def test_pages_from_marks_on_lines_of_their_own(tmp_path: Path) -> None:
    text = "Title\n\n[page 55]\nTrust binds\nus all.\n[p. 56]\nIt breaks [page 7] too.\n"
    marked = saved_source(tmp_path, "marked.txt", text, WORK)
    assert marked.pages == ("", "", "55", "55", "55", "56", "56", "56")
    assert (marked.span("55"), marked.span("")) == ((3, 5), None)
    assert outcome_of("trust binds us", [marked], page="55") == "1 p. 55"
    assert outcome_of("it breaks", [marked], page="55") == "2 is on p. 56"


def test_a_pages_table_is_checked_against_its_text(tmp_path: Path) -> None:
    (tmp_path / "pages.tsv").write_text(PAGES, encoding="utf-8")
    source = saved_source(tmp_path, "short.txt", "Only one line.\n", WORK)
    assert source.pages == ()  # pages.tsv belongs to another text
    with pytest.raises(
        BrokenFile, match=r"pages.tsv:2: page 4 is given as lines 1 to 7, .* has 2 lines"
    ):
        read_source(tmp_path / "short.txt", WORK, tmp_path / "pages.tsv")
    (tmp_path / "broken.tsv").write_text("page\tfirst_line\n4\tx\n", encoding="utf-8")
    with pytest.raises(
        BrokenFile, match=r"broken\.tsv:2: a row needs page, first_line and last_line"
    ):
        read_source(tmp_path / "short.txt", WORK, tmp_path / "broken.tsv")


def make_pdf(path: Path, pages: list[list[str]], first_label: int) -> None:
    """Writes a PDF of plain lines whose pages carry their own numbers."""
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(len(pages)))
    labels = f"<< /Nums [0 << /S /D /St {first_label} >>] >>"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /PageLabels {labels} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, lines in enumerate(pages):
        text = "".join(f"({line}) Tj T* " for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {text}ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, starts = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        starts.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(objects) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    path.write_bytes(f"{body}startxref\n{body.index('xref')}\n%%EOF\n".encode("latin-1"))


def test_a_pdf_is_read_page_by_page_with_its_own_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    make_pdf(path, [["Cohesion is a social qual-"], ["ity of its own.", "It may be lost."]], 171)
    source = read_source(path, WORK)
    assert outcome_of("social quality of its own", [source], page="171") == "1 pp. 171–172"
    assert outcome_of("it may be lost", [source], page="171") == "2 is on p. 172"


def test_texts_that_cannot_be_read_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "latin.txt").write_bytes("first\nT\xf6nnies\n".encode("latin-1"))
    (tmp_path / "broken.pdf").write_bytes(b"no pdf at all")
    make_pdf(tmp_path / "blank.pdf", [[]], 1)
    (tmp_path / "notes.docx").write_bytes(b"PK")
    for name, error, message in [
        ("latin.txt", BrokenFile, "latin.txt:2: the file is not written in UTF-8"),
        ("broken.pdf", BrokenFile, "this PDF cannot be read"),
        ("blank.pdf", BrokenFile, "contains images but no text"),
        ("notes.docx", InputError, "neither .txt, .md nor .pdf"),
        ("missing.txt", BrokenFile, "cannot be read"),
    ]:
        with pytest.raises(error, match=message):
            read_source(tmp_path / name)
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    with pytest.raises(MissingDependency, match=r"sq-graph\[pdf\]"):
        read_source(tmp_path / "blank.pdf")


MAP = """
work:a-1999 rdfs:label "A 1999"@en .
passage:a-l1-l1 sq:inWork work:a-1999 ; sq:phrase "a final bond" ; sq:pageLabel "4" ; sq:firstLine 1 ;
  sq:lastLine 1 ; sq:sourceDigest "DIGEST" .
passage:a-l9-l9 sq:inWork work:a-1999 ; sq:phrase "complete and irreversible" ; sq:pageLabel "5" ;
  sq:firstLine 9 ; sq:lastLine 9 ; sq:sourceDigest "DIGEST" .
claim:a sq:reportedIn passage:a-l1-l1 , passage:a-l9-l9 ; sq:hedgeMarker "possible" .
"""
PREFIXES = "".join(
    f"@prefix {name}: <https://example.org/id/{name}/> .\n" for name in ("work", "passage", "claim")
)
PREFIXES += "@prefix sq: <https://w3id.org/sq-graph/core#> .\n"
PREFIXES += "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (("", ""), 1),
        (('sq:pageLabel "5"', 'sq:pageLabel "6"'), 2),
        (("passage:a-l9-l9 sq:inWork work:a-1999", "passage:a-l9-l9 sq:inWork work:b-2001"), 3),
        (("complete and irreversible", "complete and reversible"), 4),
        (('hedgeMarker "possible"', 'hedgeMarker "perhaps"'), 4),
    ],
)
def test_a_map_is_looked_up_whole(text: Source, change: tuple[str, str], outcome: int) -> None:
    graph = EmbeddedGraph()
    changed = MAP.replace(*change).replace("DIGEST", text.digest)
    graph.add(PREFIXES + changed, "https://example.org/map")
    report = verify(read_anchors(graph), [text])
    assert max(finding.outcome for finding in report.findings) == outcome
    assert report.counts[PhraseOutcome(outcome)] == (3 if outcome == 1 else 1)
    assert report.exit_status == (outcome != 1)
    body = json.loads(report.to_json())
    assert body["checked"] == 3
    assert sum(body["counts"].values()) == 3
    assert [entry["outcome"] for entry in body["rest"]] == [PhraseOutcome(outcome).words] * (
        outcome != 1
    )
    assert len(report.table()) == len(report.rest)
    assert report.lines()[-1] == "Source not held: 0"


def workspace_with_phrase(tmp_path: Path, phrase: str, digest: str) -> Path:
    folder = make_workspace(tmp_path / "mine", "https://example.org/mine/")
    atlas = sq_graph.open(folder)
    with atlas.edit() as edit:
        work = edit.work("chan-2006", title="Reconsidering", authors=["Chan, Joseph"], year=2006)
        summary = "Cohesion is a state of affairs."
        edit.definition(
            of="concept:social-cohesion", in_=work, page="2", phrase=phrase, summary=summary
        )
    if digest:
        path = folder / "ontology/data/works/chan-2006.ttl"
        text = path.read_text(encoding="utf-8")
        digest_line = f'sq:sourceDigest "{digest}" ;\n    sq:phrase '
        path.write_text(text.replace("sq:phrase ", digest_line), encoding="utf-8")
    return folder


def test_an_invented_digest_does_not_verify(tmp_path: Path) -> None:
    phrase, digest = "words that stand nowhere", f"sha256:{'0' * 64}"
    atlas = sq_graph.open(workspace_with_phrase(tmp_path, phrase, digest))
    things = {anchor.phrase: anchor.thing for anchor in read_anchors(atlas.graph)}
    passages = found_passages(atlas.graph, atlas.layouts)
    assert passages and things[phrase] not in passages


def test_a_record_is_kept_and_lost_with_an_edit_of_the_phrase(tmp_path: Path) -> None:
    paper = tmp_path / "chan.txt"
    paper.write_text("First page.\n\fCohesion is a state of affairs here.\n", encoding="utf-8")
    digest = read_source(paper).digest
    folder = workspace_with_phrase(tmp_path, "a state of affairs", digest)
    atlas = sq_graph.open(folder)
    (passage,) = [a.thing for a in read_anchors(atlas.graph) if a.phrase == "a state of affairs"]
    assert passage not in found_passages(atlas.graph, atlas.layouts)
    report = atlas.verify(paper, write=True)
    assert report.exit_status == 0 and report.counts[PhraseOutcome.EXACT] == 1
    last_line = report.lines()[-1]
    assert "Not checked, because no text of the work was given:" in last_line
    assert "Phillips 2008 (" in last_line
    assert len(report.lines()) == 6
    verified = sq_graph.open(folder)
    assert passage in found_passages(verified.graph, verified.layouts)
    path = folder / "ontology/data/works/chan-2006.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('a state of affairs"', 'a state of things"'), encoding="utf-8")
    edited = sq_graph.open(folder)
    assert passage not in found_passages(edited.graph, edited.layouts)


def test_a_passage_shows_the_lines_that_were_found_and_its_own_quotation_marks(
    tmp_path: Path,
) -> None:
    folder, paper = workspace_with_phrase(tmp_path, '"a state"', ""), tmp_path / "chan.txt"
    paper.write_text('First page.\n\fCohesion is "a state" of affairs.\n', encoding="utf-8")
    atlas = sq_graph.open(folder)
    iri = atlas.find("chan-2006-social-cohesion-p2", "definition")

    def passages_shown() -> str:
        context = PageContext(sq_graph.open(folder))
        html = unescape(to_html(page_at(context, context.address(iri)), context)).replace(
            "\N{NO-BREAK SPACE}", " "
        )
        return html.partition('<ul class="passages">')[2].partition("</ul>")[0]

    assert 'p. 2</a>: "a state"</li>' in passages_shown()
    atlas.verify(paper, work="chan-2006", write=True)
    assert 'p. 2</a>, line 2: "a state"</li>' in passages_shown()
    answer = atlas.ask("rival-definitions", concept="social-cohesion")
    passages = [passage for row in answer.passages for passage in row]
    assert {p["lines"] for p in passages if p["phrase"] == '"a state"'} == {""}


def test_a_passage_typed_into_a_sheet_becomes_found_on_its_page(tmp_path: Path) -> None:
    """It names neither text nor lines; the record does, and an edit of the page loses it."""
    atlas = chan_workspace(tmp_path)
    paper = tmp_path / "chan.txt"
    paper.write_text("One.\n\fCohesion is\na state of affairs here.\n", encoding="utf-8")
    (passage,) = atlas.definition("chan-cohesion").attribution.passages
    atlas.verify(paper, work="chan-2006", first_page=289, write=True)
    assert passage.iri in found_passages(atlas.graph, atlas.layouts)
    record = tmp_path / "review/ontology/data/works/chan-2006/found.json"
    assert '"found in lines": [3, 3]' in record.read_text(encoding="utf-8")
    with atlas.edit() as edit:
        edit.update("chan-cohesion", page="291")
    (moved,) = atlas.definition("chan-cohesion").attribution.passages
    assert moved.iri not in found_passages(atlas.graph, atlas.layouts)


def test_pages_are_counted_from_a_printed_number(tmp_path: Path) -> None:
    paper = tmp_path / "journal.txt"
    paper.write_text("One.\n\fTwo.\n", encoding="utf-8")
    assert read_source(paper, first_page=11).pages[:2] == ("11", "12")
    paper.write_text("One.\nTwo.\n", encoding="utf-8")
    with pytest.raises(InputError, match="not divided into pages"):
        read_source(paper, first_page=11)


# ---------- the paper itself


@pytest.fixture(scope="module")
def paper(paper: Path) -> Source:
    return read_source(paper)


@pytest.fixture(scope="module")
def packaged_graph() -> EmbeddedGraph:
    return graph_of(packaged().files())


def test_every_passage_of_the_paper_is_exact_on_its_page(
    paper: Source, packaged_graph: EmbeddedGraph
) -> None:
    work = "Phillips 2008"
    anchors = [
        anchor for anchor in read_anchors(packaged_graph) if anchor.places[0].work_name == work
    ]
    report = verify(anchors, [paper])
    assert not [str(finding) for finding in report.rest]
    assert report.counts[PhraseOutcome.EXACT] > 300


UNION_PASSAGE = "passage:phillips-2008-l270-l272"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("sq:pageLabel ?old } INSERT { P sq:pageLabel '9'", PhraseOutcome.OTHER_PAGE),
        ("sq:phrase ?old } INSERT { P sq:phrase 'clashes in scope and nature'", PhraseOutcome.NEAR),
        ("sq:inWork ?old } INSERT { P sq:inWork work:room-1999", PhraseOutcome.OTHER_SOURCE),
    ],
)
def test_a_faulty_passage_of_the_paper_is_reported(
    paper: Source, change: str, outcome: PhraseOutcome
) -> None:
    graph = graph_of(packaged().files())
    deletion, insertion = (
        f"DELETE {{ P {change} }} WHERE {{ P ".replace("P ", f"{UNION_PASSAGE} "),
        change.split(" }", maxsplit=1)[0],
    )
    graph.store.update(f"{deletion}{insertion} }}", prefixes=vocab.PREFIXES)
    report = verify(read_anchors(graph), [paper])
    passage = vocab.expand(UNION_PASSAGE)
    assert [f.outcome for f in report.rest if f.anchor.thing == passage] == [outcome]
    assert report.exit_status == 1


def test_the_paper_has_its_pages_and_its_footers_are_no_text(paper: Source) -> None:
    source = Source(paper.name, paper.digest, paper.lines, paper.pages, "work:p")
    for phrase, page, outcome in (
        ("beliefs and experiences", "2", "1 p. 2"),
        ("societies, common values, beliefs", "1", "1 pp. 1–2"),
        ("the definitions given are intended", "11", "1 pp. 11–12"),
    ):
        assert outcome_of(phrase, [source], work="work:p", page=page) == outcome


# ---------- agreement


@pytest.fixture(scope="module")
def aspects(packaged_graph: EmbeddedGraph) -> tuple[Aspect, ...]:
    return read_aspects(packaged_graph)


def rows_of(table: str) -> dict[str, list[str]]:
    """The rows of a Markdown table by their first cell."""
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {cells[0]: cells[1:] for cells in lines if cells[0] not in ("aspect", "---")}


def test_the_docs_give_the_figures_of_the_packaged_codings(aspects: tuple[Aspect, ...]) -> None:
    report = agreement(CODINGS / "first.yaml", CODINGS / "second.yaml", aspects)
    docs = (ROOT / "docs/agreement.md").read_text(encoding="utf-8")
    agreement_table, settled_table = docs.split("## The third reading")
    figures = {str(row[0]): [str(cell) for cell in row[1:]] for row in report.figures.rows}
    assert rows_of(agreement_table) == figures
    assert len(figures) == 11
    first, second, settled = (
        read_coding_file(CODINGS / f"{name}.yaml", aspects)
        for name in ("first", "second", "settled")
    )
    counts = {}
    for aspect in figures:
        trios = [(first[d][aspect], second[d][aspect], settled[d][aspect]) for d in settled]
        differing = [(a, b, c) for a, b, c in trios if a != b]
        as_coder = [sum(trio[2] == trio[coder] for trio in differing) for coder in (0, 1)]
        overruled = sum(a == b != c for a, b, c in trios)
        counts[aspect] = [
            str(n) for n in (len(differing), *as_coder, len(differing) - sum(as_coder), overruled)
        ]
    assert rows_of(settled_table) == counts
    differed, changed = (sum(int(row[column]) for row in counts.values()) for column in (0, 4))
    assert f"The coders differed in {differed}" in docs
    assert f"{changed} cells on which they had agreed" in docs
    assert differed == len(report.differences)


def test_every_settled_difference_has_its_reason_and_the_graph_holds_the_settled_coding(
    aspects: tuple[Aspect, ...], packaged_graph: EmbeddedGraph
) -> None:
    import yaml

    first, second, settled = (
        read_coding_file(CODINGS / f"{name}.yaml", aspects)
        for name in ("first", "second", "settled")
    )
    records = yaml.safe_load((CODINGS / "settled.yaml").read_text(encoding="utf-8"))["codings"]
    reasons = {
        (r["definition"], a): reason for r in records for a, reason in r.get("reasons", {}).items()
    }
    for definition, cells in settled.items():
        for aspect, value in cells.items():
            if first[definition][aspect] == second[definition][aspect] == value:
                continue
            assert reasons.get((definition, aspect)), (
                f"{definition} {aspect} is settled without a reason"
            )
    notes = {
        (slug_of(row["definition"].value), slug_of(row["aspect"].value)): row["note"].value
        for row in packaged_graph.select(
            "SELECT ?definition ?aspect ?note { ?coding sq:codes ?definition ; sq:aspect ?aspect ; "
            "skos:editorialNote ?note . ?definition sq:reportedIn/sq:inWork work:phillips-2008 }"
        )
    }
    assert list(coding_conflicts(packaged_graph, CODINGS / "settled.yaml", aspects)) == []
    assert notes == reasons


DEGREE = Aspect(
    "https://example.org/id/aspect/degree", "degree", "How?", ("binary", "continuum"), 1
)
CAUSES = Aspect("https://example.org/id/aspect/causes", "causes", "Whence?", (), 2)


def write_codings(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_agreement_worked_by_hand(tmp_path: Path) -> None:
    first = write_codings(
        tmp_path,
        "one.csv",
        "definition,degree,causes\na,binary,war; want\nb,binary,silent\n"
        "c,silent,n/a\nd,continuum,want\ne,binary,silent\ng,,want\n",
    )
    second = write_codings(
        tmp_path,
        "two.yaml",
        """codings:
- {definition: a, degree: binary, causes: [war]}
- {definition: b, degree: continuum, causes: silent}
- {definition: c, degree: silent, causes: silent}
- {definition: d, degree: continuum, causes: [want], doubt: perhaps}
- {definition: f, degree: binary}
- {definition: g, degree: binary}
""",
    )
    report = agreement(first, second, [DEGREE, CAUSES])
    # Eight values: binary 3, continuum 3, silent 2. Observed 1/4 apart; expected (3*5 + 3*5 + 2*6)/(8*7) = 3/4.
    assert report.figures.rows == (
        ("degree", "Krippendorff's alpha", f"{1 - (1 / 4) / (42 / 56):.2f}", 4, 3),
        ("causes", "mean overlap", "0.75", 2, 1),
    )
    assert report.differences.rows == (
        ("a", "causes", "want; war", "war"),
        ("b", "degree", "binary", "continuum"),
        ("c", "causes", "n/a", "silent"),
    )
    reason = "left out, because only one coder coded them"
    assert report.figures.notes == (f"{reason}: 2 definitions", f"{reason}: 2 cells of the others")


def test_codings_saved_by_a_spreadsheet_are_read(tmp_path: Path) -> None:
    text = '\ufeffDefinition;Degree;Causes\na;binary;"war; want"\nb;continuum;"a need\nof all"\n'
    first = write_codings(tmp_path, "one.csv", text)
    second = write_codings(
        tmp_path, "two.csv", "definition, Degree ,causes\na,binary,want;war\nb,continuum,need\n"
    )
    report = agreement(first, second, [DEGREE, CAUSES])
    assert [row[2:] for row in report.figures] == [("1.00", 2, 2), ("0.50", 2, 1)]
    assert [row[:2] for row in report.differences] == [("b", "causes")]


def test_alpha_is_not_defined_where_all_say_the_same(tmp_path: Path) -> None:
    path = write_codings(tmp_path, "same.csv", "definition,degree\na,silent\nb,silent\n")
    (row,) = agreement(path, path, [DEGREE, CAUSES]).figures.rows
    assert row[2] == "not defined"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "a.yaml",
            "codings:\n- {definition: a, degree: binary}\n- {definition: a}\n",
            "a.yaml:3: .*'a' is coded twice",
        ),
        (
            "a.yaml",
            "codings:\n- {definition: a, degre: binary}\n",
            "a.yaml:2: .*'degre'. Did you mean 'degree'",
        ),
        (
            "a.yaml",
            "codings:\n- {definition: a, degree: sliding}\n",
            "a.yaml:2: degree does not allow 'sliding'",
        ),
        ("a.yaml", "codings:\n- {definition: a, causes: [war, silent]}\n", "both coded and silent"),
        ("a.yaml", "codings:\n- {degree: binary}\n", "a.yaml:2: a record names no definition"),
        ("a.yaml", "codings:\n- {definition: a\n", r"a.yaml:3: this is not valid YAML"),
        ("a.yaml", "codings:\n- words\n", "a.yaml:2: a coding must name its aspects"),
        ("a.yaml", "notes: none\n", "there is no list of codings"),
        ("a.csv", "definition,degree\na\n", "a.csv:2: this row is longer or shorter"),
    ],
)
def test_broken_codings_name_file_and_line(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    with pytest.raises(BrokenFile, match=message):
        read_coding_file(write_codings(tmp_path, name, text), [DEGREE, CAUSES])


def test_codings_of_nothing_in_common_and_a_missing_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_codings(tmp_path, "one.csv", "definition,degree\na,binary\n")
    second = write_codings(tmp_path, "two.csv", "definition,degree\nb,binary\n")
    with pytest.raises(InputError, match="no definition in common"):
        agreement(first, second, [DEGREE])
    monkeypatch.setitem(__import__("sys").modules, "krippendorff", None)
    with pytest.raises(MissingDependency, match=re.escape("sq-graph[agreement]")):
        agreement(first, first, [DEGREE])
