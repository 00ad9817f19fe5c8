"""Every question of the catalogue: its header, its order, its rows on two engines, on the tiny world and on the map.

`tests/mini/answers.yaml` holds what each question answers on the tiny world, `tests/golden/` what it answers on the
packaged map. Where data were corrected, `python -m tests.test_queries` writes the golden rows anew, to be read again
against the source before they are kept.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import BrokenFile
from sq_graph.graph import Term
from sq_graph.graph.layout import MapFile, packaged, workspace
from sq_graph.model.answer import Answer
from sq_graph.queries import Catalogue, Question, as_term, read_question
from tests.workspaces import graph_of

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
WITNESSES = HERE / "witnesses" / "quality"
ANSWERS: dict[str, dict[str, object]] = yaml.safe_load(
    (HERE / "mini" / "answers.yaml").read_text(encoding="utf-8")
)
QUESTIONS = Catalogue(packaged().queries()).questions(quality=True)
CONTENT_QUESTIONS = [question for question in QUESTIONS if question.group != "quality"]
CHECKS = [question for question in QUESTIONS if question.group == "quality"]
CLAUSE = re.compile(r"ORDER BY\s+(.*?)\s*\Z", re.DOTALL)


def names(questions: list[Question]) -> list[str]:
    return [question.name for question in questions]


def mini_files() -> list[MapFile]:
    """The vocabulary and the tiny world, without the packaged data."""
    ontology = packaged().ontology
    vocabulary = [
        file
        for file in packaged().files()
        if ontology / "imports" in file.path.parents or file.path.name == "core.ttl"
    ]
    return [*vocabulary, *workspace(HERE / "mini").files()]


@cache
def mini() -> Atlas:
    """The tiny world alone."""
    return Atlas(graph_of(mini_files()), (packaged(), workspace(HERE / "mini")))


@cache
def mini_in_rdflib():  # type: ignore[no-untyped-def]
    """The same as an rdflib graph that knows no prefix."""
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for file in mini_files():
        graph.parse(file.path, format="turtle")
    return graph


@cache
def packaged_map() -> Atlas:
    """The packaged map."""
    return sq_graph.open()


def rows_of(answer: Answer) -> list[list[str]]:
    """The rows as a person reads them, each with the sources on which it rests; the review status is left out."""
    columns = [name for name in answer.columns if name not in answer.hidden]
    rows = []
    for row, passages in zip(answer.rows, answer.passages, strict=True):
        values = [answer.shown(row[name]) for name in columns]
        cells = ["" if value is None else str(value) for value in values]
        sources = [
            f"{p['source']}" + ("" if p["hedge"] in ("", "asserted") else f"; {p['firmness']}")
            for p in passages
        ]
        rows.append([*cells, " + ".join(dict.fromkeys(sources))])
    return rows


def reader_commands() -> Iterator[tuple[str, str]]:
    """Each question of a reader with each command that answers it."""
    with (HERE / "reader-questions.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield line["reader_question"], line["command"]


def run_command(command: str) -> Answer:
    """The answer of a command as one would type it: `ask QUESTION --option VALUE …`."""
    verb, name, *options = shlex.split(command)
    assert verb == "ask"
    parameters = [option.removeprefix("--").replace("-", "_") for option in options[::2]]
    return packaged_map().ask(name, **dict(zip(parameters, options[1::2], strict=True)))


def golden_commands() -> list[str]:
    """What has golden rows: the commands that answer a reader, and each other question as its file has it."""
    for_readers = list(dict.fromkeys(command for _, command in reader_commands()))
    used = {command.split()[1] for command in for_readers}
    return [*for_readers, *(f"ask {name}" for name in names(CONTENT_QUESTIONS) if name not in used)]


def golden_file(command: str) -> Path:
    return GOLDEN / (re.sub(r"[^a-z0-9]+", "-", command.removeprefix("ask ")).strip("-") + ".csv")


def golden_text(command: str) -> str:
    """The rows of a command as they stand in its golden file."""
    answer = run_command(command)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(name for name in answer.columns if name not in answer.hidden), "source"])
    writer.writerows(rows_of(answer))
    return out.getvalue()


@pytest.mark.parametrize("question", QUESTIONS, ids=names(list(QUESTIONS)))
def test_header_is_complete(question: Question) -> None:
    assert question.title[0].isupper() and not question.title.endswith(".")
    assert question.question.endswith("?")
    assert all(meaning.strip() for meaning in question.columns.values())
    assert {*question.evidence, *question.hidden} <= set(question.columns)
    assert question.expect == ("none" if question.group == "quality" else "some")
    assert bool(question.remedy) == (question.group == "quality")
    assert all(parameter.label != parameter.name for parameter in question.parameters)


def test_a_parameter_is_not_named_as_an_option_of_all_questions(tmp_path: Path) -> None:
    text = (packaged().root / "queries" / "definitions" / "definitions-by-form.rq").read_text(
        encoding="utf-8"
    )
    faulty = tmp_path / "faulty.rq"
    faulty.write_text(text.replace("given_as", "form"), encoding="utf-8")
    with pytest.raises(BrokenFile, match="the parameter 'form' has the name of an option"):
        read_question(faulty)


@pytest.mark.parametrize("question", QUESTIONS, ids=names(list(QUESTIONS)))
def test_query_runs_in_any_tool_and_has_a_total_order(question: Question) -> None:
    solutions = ox.Store().query(question.text)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [variable.value for variable in solutions.variables] == list(question.columns)
    clause = CLAUSE.search(question.text)
    assert clause, "the rows come in no order"
    keys = [name for name in re.findall(r"\?(\w+)", clause[1]) if name in question.columns]
    last_key = re.search(r"STR\(\?\w+\)(?:, \"\"\))?\Z|\?\w+\Z", clause[1])
    assert last_key, "the last key is no IRI as text"
    for graph in (mini().graph, packaged_map().graph):
        rows = list(graph.select(question.text))
        ranks = {tuple(row.get(name) for name in keys) for row in rows}
        assert len(ranks) == len(rows), "two rows tie"


@pytest.mark.parametrize("question", CONTENT_QUESTIONS, ids=names(CONTENT_QUESTIONS))
def test_tiny_world_gives_the_known_rows_on_both_engines(question: Question) -> None:
    expected = ANSWERS[question.name]
    values = {name: str(value) for name, value in (expected.get("ask") or {}).items()}  # type: ignore[attr-defined]
    answer = mini().ask(question.name, **values)
    assert [" | ".join(row) for row in rows_of(answer)] == expected["rows"]
    parameters = {name: mini().parameter_value(question, name, values[name]) for name in values}
    query = question.bind({name: [as_term(value)] for name, value in parameters.items()})
    oxigraph_rows = [tuple(map(plain, row)) for row in mini().graph.select(query).rows]
    rdflib_rows = [tuple(map(plain, row)) for row in mini_in_rdflib().query(query)]
    assert oxigraph_rows == rdflib_rows


def plain(value: object) -> str | float | None:
    """A term of either engine, in a form that does not tell how numbers and texts are written."""
    if value is None:
        return None
    if isinstance(value, Term):
        result = value.value if value.kind == "uri" else value.python()
    else:
        result = value.toPython() if hasattr(value, "datatype") else str(value)  # type: ignore[attr-defined]
    return str(result) if isinstance(result, (str, bool)) else float(str(result))


def test_every_question_is_asked_of_the_tiny_world() -> None:
    assert sorted(ANSWERS) == sorted(names(CONTENT_QUESTIONS))


@pytest.mark.parametrize("question", CHECKS, ids=names(CHECKS))
def test_check_finds_its_witness_and_nothing_else(question: Question) -> None:
    assert list(packaged_map().graph.select(question.text)) == []
    assert list(mini().graph.select(question.text)) == []
    graph = graph_of(mini_files())
    graph.add(
        (WITNESSES / f"{question.name}.ttl").read_bytes(), "https://example.org/mini/witness", True
    )
    assert list(graph.select(question.text))


def test_every_witness_belongs_to_a_check() -> None:
    assert sorted(path.stem for path in WITNESSES.glob("*.ttl")) == sorted(names(CHECKS))


@pytest.mark.parametrize("command", golden_commands())
def test_map_gives_the_golden_rows(command: str) -> None:
    text = golden_text(command)
    assert text.count("\n") > 1, "no row"
    assert text == golden_file(command).read_text(encoding="utf-8"), (
        "the rows differ from the golden ones: read them against the source, then run python -m tests.test_queries"
    )


def test_golden_files_are_those_of_the_commands() -> None:
    assert sorted(GOLDEN.glob("*.csv")) == sorted(map(golden_file, golden_commands()))


def test_the_two_questions_about_a_word_find_the_same_definitions(atlas: Atlas) -> None:
    word = "self-reali"
    naming = {str(row["definition"]) for row in atlas.ask("definitions-naming", word=word).rows}
    mentions = atlas.ask("mentions", word=word)
    statements = {str(row["statement"]) for row in mentions.rows}
    definitions = {iri for iri in statements if "/definition/" in iri}
    assert {iri.rpartition("/")[2] for iri in naming} >= {
        "beck-1997-empowerment",
        "beck-1997-inclusion",
        "beck-1997-socio-economic-security",
    }
    assert naming == definitions


def test_every_question_of_a_reader_has_an_answer() -> None:
    assert len({question for question, _ in reader_commands()}) == 51


if __name__ == "__main__":
    for old in GOLDEN.glob("*.csv"):
        old.unlink()
    for command in golden_commands():
        golden_file(command).write_text(golden_text(command), encoding="utf-8")
