"""Edits are kept whole or not at all, validated, canonical, and never lost to another program."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import EngineError, FindingsError, InputError, UnknownName
from sq_graph.graph import transaction
from sq_graph.importers.workspace import make_workspace
from sq_graph.turtle import format_text
from tests.workspaces import BASE, turtle_texts

pytestmark = pytest.mark.usefixtures("light_content")

ROUNDS = 8
WRITER = """
import sys
import sq_graph
folder, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
atlas = sq_graph.open(folder)
for number in range(count):
    with atlas.edit() as edit:
        work = edit.work(f"{name}-{number}", title=f"Title {number} of {name}", authors=[f"Shared, Author"], year=2000)
        edit.definition(of="social-cohesion", in_=work, page="1", summary=f"What {name} says, number {number}.")
    print(number, flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "review", BASE)


@pytest.fixture
def atlas(folder: Path) -> Atlas:
    return sq_graph.open(folder)


def define_cohesion(
    atlas: Atlas, summary: str = "A state of affairs between people.", replace: bool = False
) -> str:
    with atlas.edit() as edit:
        work = edit.work(
            "chan-2006", title="Reconsidering cohesion", authors=["Chan, Joseph"], year=2006
        )
        return edit.definition(
            of="social-cohesion",
            in_=work,
            page="290–291",
            summary=summary,
            phrase="a state of affairs",
            aspects={
                "process-or-outcome": "outcome",
                "constituents": ["trust", "help"],
                "degree": "silent",
            },
            replace=replace,
        )


def test_what_is_kept_answers_at_once_and_after_opening_again(atlas: Atlas, folder: Path) -> None:
    old_digest = atlas.digest
    iri = define_cohesion(atlas)
    assert iri == f"{BASE}id/definition/chan-2006-social-cohesion-p290-291"
    assert atlas.digest != old_digest
    for opened in (atlas, sq_graph.open(folder)):
        definitions = opened.concept("social-cohesion").definitions
        [attribution] = [d.attribution for d in definitions if d.iri == iri]
        assert (attribution.asserter, attribution.pages) == ("Chan 2006", "pp. 290–291")
        assert attribution.distance == "read"
        cells: dict[object, list[object]] = {}
        for row in opened.compare(iri).records.to_dicts():  # type: ignore[union-attr]
            cells.setdefault(row["aspect"], []).append(row["value"])
        assert (cells["process or outcome"], cells["constituents"], cells["degree"]) == (
            ["outcome"],
            ["help", "trust"],
            ["silent"],
        )


def test_what_a_file_keeps_stays_in_view_however_it_is_written(atlas: Atlas) -> None:
    """The engine keeps `01` as `1`, and blank nodes have other names at every reading."""
    old_digest, first_line = atlas.digest, '<x:a> <x:p> 01, "x"@en-US ; <x:q> [ <x:r> 1.50 ] .\n'
    for more_lines in ("", "<x:b> <x:p> [ <x:q> 2 ] .\n", "<x:b> <x:p> 3 .\n"):
        with atlas.edit() as edit:
            edit.put(f"{BASE}data/notes", first_line + more_lines)
        assert len(atlas.graph.select("SELECT * { <x:a> <x:p> ?o ; <x:q>/<x:r> 1.5 }")) == 2
        assert len(atlas.graph.select("SELECT * { <x:b> <x:p> ?o }")) == bool(more_lines)
    with atlas.edit() as edit:
        edit.put(f"{BASE}data/notes", None)
    assert atlas.digest == old_digest


def test_one_canonical_file_a_work_under_the_base(atlas: Atlas, folder: Path) -> None:
    define_cohesion(atlas)
    assert sorted(turtle_texts(folder)) == [
        "ontology/data/agents.ttl",
        "ontology/data/works/chan-2006.ttl",
    ]
    assert all(text == format_text(text) for text in turtle_texts(folder).values())
    assert not [
        f for f in atlas.check() if f.severity == "Violation" and "some aspects only" not in str(f)
    ]


def test_the_same_again_changes_nothing(atlas: Atlas, folder: Path) -> None:
    define_cohesion(atlas)
    old_times = {path: path.stat().st_mtime_ns for path in folder.rglob("*.ttl")}
    define_cohesion(sq_graph.open(folder))
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.ttl")} == old_times


def test_a_changed_row_keeps_what_was_added_by_hand(atlas: Atlas, folder: Path) -> None:
    sheet = folder / "rows.csv"
    header = "concept,work,page,summary,title,authors,year\n"
    row = 'social-cohesion,chan-2006,290,{},Reconsidering,"Chan, Joseph",2006\n'
    sheet.write_text(header + row.format("A state of affairs."), encoding="utf-8")
    atlas.import_(sheet)
    path = folder / "ontology/data/works/chan-2006.ttl"
    edited = path.read_text(encoding="utf-8").replace(
        "sq:form ", "sq:component concept:trust ;\n    sq:form "
    )
    path.write_text(edited, encoding="utf-8")
    sheet.write_text(header + row.format("Another summary."), encoding="utf-8")
    assert "1 definition changed" in atlas.import_(sheet).notes[0]
    text = path.read_text(encoding="utf-8")
    assert (
        "Another summary." in text
        and "A state of affairs" not in text
        and "sq:component concept:trust" in text
    )


def test_what_was_read_a_second_time_is_not_replaced(atlas: Atlas, folder: Path) -> None:
    define_cohesion(atlas)
    path = folder / "ontology/data/works/chan-2006.ttl"
    path.write_text(
        path.read_text(encoding="utf-8").replace("reviewStatus-draft", "reviewStatus-second-read"),
        encoding="utf-8",
    )
    old_texts = turtle_texts(folder)
    with pytest.raises(InputError, match="second reader has checked"):
        define_cohesion(sq_graph.open(folder), "Another summary.", replace=True)
    assert turtle_texts(folder) == old_texts


def test_an_exception_leaves_files_and_graph_as_they_were(atlas: Atlas, folder: Path) -> None:
    define_cohesion(atlas)
    old_texts, digest = turtle_texts(folder), atlas.digest
    with pytest.raises(ZeroDivisionError), atlas.edit() as edit:
        edit.work("other-2001", title="Other", authors=["Other, A."], year=2001)
        raise ZeroDivisionError
    assert turtle_texts(folder) == old_texts
    assert sq_graph.open(folder).digest == atlas.digest == digest
    define_cohesion(atlas, "The folder is free again.", replace=True)


def test_the_shapes_refuse_and_nothing_is_kept(atlas: Atlas, folder: Path) -> None:
    define_cohesion(atlas)
    old_texts, digest = turtle_texts(folder), atlas.digest
    with pytest.raises(FindingsError, match="nothing was changed") as raised, atlas.edit() as edit:
        edit.work("fine-2001", title="Fine", authors=["Fine, A."], year=2001)
        edit.put(
            f"{BASE}data/works/bad",
            f"<{BASE}id/work/Bad_Slug> a <https://w3id.org/sq-graph/core#Work> .",
        )
    assert len(raised.value.findings) > 2
    assert (turtle_texts(folder), atlas.digest) == (old_texts, digest)
    atlas.__dict__.pop("digest")
    assert atlas.digest == digest


def test_a_file_can_be_put_and_taken_away(atlas: Atlas, folder: Path) -> None:
    define_cohesion(atlas)
    digest, iri = atlas.digest, f"{BASE}data/works/own"
    text = f"""<{iri}> a <http://www.w3.org/2002/07/owl#Ontology> ; <http://www.w3.org/2000/01/rdf-schema#label> "own"@en ;
      <http://purl.org/dc/terms/license> <https://example.org/licence> ."""
    with atlas.edit() as edit:
        edit.put(iri, text)
    assert (folder / "ontology/data/works/own.ttl").read_text(encoding="utf-8") == text
    assert atlas.digest != digest
    with atlas.edit() as edit:
        edit.put(iri, None)
    assert (atlas.digest, (folder / "ontology/data/works/own.ttl").exists()) == (digest, False)
    with atlas.edit() as edit, pytest.raises(InputError, match="not a file of this workspace"):
        edit.put(f"{BASE}../../etc/passwd", "")


@pytest.mark.usefixtures("full_content")
def test_typologies_alignments_and_claims(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        work = edit.work("own-2010", title="Own", authors=["Own, Olive"], year=2010)
        forms = edit.typology(
            "forms of exclusion",
            divides="social-exclusion",
            in_=work,
            page="3",
            categories=[("mild exclusion", "A little."), ("harsh exclusion", "")],
            ordered_by="mild to harsh",
        )
        union = edit.alignment(
            subject=["mild exclusion", "harsh exclusion"],
            relation="close",
            object="steinert-normal",
            in_=work,
            page="4",
            hedge_words="seem to",
        )
        denied = edit.alignment(
            subject="harsh exclusion",
            relation="exact",
            object="steinert-overall",
            in_=work,
            page="4",
            denied=True,
        )
        claim = edit.claim(
            summary="Trust comes first.",
            in_=work,
            page="5",
            subject="trust",
            relation="condition-of",
            object="social-capital",
            holder="Own, Olive",
        )
    assert atlas.typology(forms).ordered
    assert [category.label for category in atlas.typology(forms).categories] == [
        "mild exclusion",
        "harsh exclusion",
    ]
    assert atlas.graph.ask(
        f"ASK {{ <{union}> sq:subject ?u ; sq:hedge sq:hedge-hedged . ?u a sq:Union ; skos:member ?a, ?b }}"
    )
    assert atlas.graph.ask(f"ASK {{ <{denied}> a sq:DeniedAlignment }}")
    # two things that do not match exactly may still overlap: the label says no more than was denied
    assert re.search(r"harsh exclusion ~ .+ \(denied\)", atlas.show(denied).to_text())
    assert "Trust comes first." in atlas.show(claim).to_text()


def test_a_view_that_another_work_reports(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        work = edit.work("own-2010", title="Own", authors=["Own, Olive"], year=2010)
        iri = edit.definition(
            of="social-exclusion", in_=work, page="3", summary="As reported.", stated_in="room-1999"
        )
    [definition] = [d for d in atlas.definitions("social-exclusion") if d.iri == iri]
    assert definition.attribution.source == "Room 1999, as reported by Own 2010, p. 3"


@pytest.mark.parametrize(
    ("wrong_field", "message"),
    [
        ({"of": "social-cohesoin"}, "Did you mean 'social-cohesion'"),
        ({"in_": "chan-2066"}, "there is no work"),
        ({"page": "next page"}, "is not a page"),
        ({"hedge": "hedgy"}, "there is no hedge"),
        ({"aspects": {"degree": "total"}}, "there is no value of degree"),
        ({"aspects": {"colour": "red"}}, "there is no aspect"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest(
    atlas: Atlas, folder: Path, wrong_field: dict[str, object], message: str
) -> None:
    fields = {
        "of": "social-cohesion",
        "in_": "room-1999",
        "page": "1",
        "summary": "Some words.",
    } | wrong_field
    with pytest.raises((UnknownName, InputError), match=message), atlas.edit() as edit:
        edit.definition(**fields)  # type: ignore[arg-type]
    assert turtle_texts(folder) == {}


def test_two_different_things_of_one_name_are_refused(atlas: Atlas, folder: Path) -> None:
    with pytest.raises(InputError, match="Give one of them another name"), atlas.edit() as edit:
        for summary in ("One thing.", "Another thing."):
            edit.definition(of="social-cohesion", in_="room-1999", page="1", summary=summary)
    define_cohesion(atlas)
    with (
        pytest.raises(InputError, match="another work already has the slug 'chan-2006'"),
        atlas.edit() as edit,
    ):
        edit.work("chan-2006", title="Quite another book", authors=["Chan, Kim"], year=2006)
    assert "Quite another" not in str(turtle_texts(folder))


def test_the_packaged_map_is_never_edited() -> None:
    with pytest.raises(InputError, match="no workspace is open"):
        Atlas(sq_graph.open().graph, sq_graph.open().layouts[:1]).edit()


def test_an_edit_sees_what_another_program_wrote(folder: Path) -> None:
    first, second = sq_graph.open(folder), sq_graph.open(folder)
    define_cohesion(first)
    with second.edit() as edit:
        assert edit.find("chan-2006", "work").endswith("/chan-2006")
    assert second.digest == first.digest
    (folder / "ontology/data/works/chan-2006.ttl").unlink()
    with second.edit():
        pass
    assert not second.graph.ask(f"ASK {{ <{BASE}id/work/chan-2006> ?p ?o }}")


def test_the_folder_is_held_while_an_edit_goes_on(
    atlas: Atlas, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if transaction.locks is None:
        pytest.skip("this system has no file locks")
    waiting_edit = sq_graph.open(folder).edit()
    monkeypatch.setattr(waiting_edit._transaction, "timeout", 0.1)
    with ThreadPoolExecutor() as pool, atlas.edit():
        entering = pool.submit(waiting_edit.__enter__)
        assert isinstance(entering.exception(), EngineError)
    assert "another program" in str(entering.exception())


def test_two_programs_lose_nothing_of_each_other(folder: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, folder, name, "6"], stdout=subprocess.DEVNULL
        )
        for name in "ab"
    ]
    assert [writer.wait(timeout=300) for writer in writers] == [0, 0]
    works = {
        work.iri.rsplit("/", 1)[-1]
        for work in sq_graph.open(folder).works()
        if work.iri.startswith(BASE)
    }
    assert works == {f"{name}-{number}" for name in "ab" for number in range(6)}


@pytest.mark.wide
def test_a_kill_leaves_the_old_files_or_the_new_ones(folder: Path) -> None:
    acknowledged = -1
    for kill in range(ROUNDS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, folder, f"k{kill}", "1000"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(random.Random(kill).random() * 0.2)
        writer.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        acknowledged = max([0, *(int(line) for line in writer.stdout.read().split())])
        writer.wait()
        atlas = sq_graph.open(folder)  # finishes what the kill left
        works = [w for w in atlas.works() if w.iri.startswith(f"{BASE}id/work/k{kill}-")]
        definitions = [
            d
            for d in atlas.definitions("social-cohesion")
            if d.iri.startswith(f"{BASE}id/definition/k{kill}-")
        ]
        assert len(works) == len(definitions) >= acknowledged + 1
        assert all([str(author) for author in work.authors] == ["Author Shared"] for work in works)


def test_what_a_work_says_twice_of_one_thing_has_two_labels(atlas: Atlas) -> None:
    """Else `check` calls the second an error that nobody can correct, since labels are made."""
    for _ in range(2):  # the second time, all is there
        with atlas.edit() as edit:
            for page, summary in (("5", "Trust is a tie."), ("9", "Trust is a bond.")):
                edit.definition(of="trust", in_="room-1999", page=page, summary=summary)
            for work in ("room-1999", "barry-1998"):
                edit.alignment(
                    subject="trust", relation="close", object="altruism", in_=work, page="7"
                )
    statements = [iri for iri in edit.made if "/definition/" in iri or "/alignment/" in iri]
    assert {edit.made[iri] for iri in statements} == {"unchanged"}
    rows = atlas.sparql(
        f"SELECT ?label {{ VALUES ?it {{ {' '.join(f'<{iri}>' for iri in statements)} }} ?it rdfs:label ?label }}"
    )
    assert sorted(str(row[0]) for row in rows) == [
        "Room 1999 on trust",
        "Room 1999 on trust, p. 9",
        "trust ~ altruism",
        "trust ~ altruism, Barry 1998",
    ]
