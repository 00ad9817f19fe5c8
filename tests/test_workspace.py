"""A workspace is made, opened after a new release, given skeletons, and read beside another one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import sq_graph
from sq_graph.check import check
from sq_graph.errors import BrokenFile, InputError, UnknownName
from sq_graph.graph.layout import packaged, workspace
from sq_graph.importers.workspace import (
    CHANGES,
    SKELETON_PATHS,
    make_workspace,
    notice,
    write_skeleton,
)
from sq_graph.reason.positions import read_positions
from sq_graph.resources import VERSION

pytestmark = pytest.mark.usefixtures("light_content")

BASE = "https://example.org/review/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "review", BASE)


def test_a_workspace_only_adds_to_the_packaged_map(folder: Path) -> None:
    atlas = sq_graph.open(folder)
    assert atlas.layouts[-1].base == BASE
    assert atlas.layouts[-1].release == VERSION
    assert (
        atlas.compare("social-exclusion").columns
        == sq_graph.open().compare("social-exclusion").columns
    )
    assert {path.name for path in folder.iterdir()} >= {
        "ontology",
        "queries",
        "shapes",
        "workspace.toml",
        "README.md",
    }


def test_the_current_folder_counts_as_the_workspace(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert sq_graph.open().layouts[-1].base == BASE


@pytest.mark.parametrize(
    "base", ["", "review", "https://example.org/review", "https://w3id.org/sq-graph/my/", "ex:a b/"]
)
def test_a_base_that_cannot_serve_is_refused(tmp_path: Path, base: str) -> None:
    with pytest.raises(
        InputError, match=r"(cannot be the base of your map|the base is missing)\. Give"
    ):
        make_workspace(tmp_path / "review", base)
    assert not (tmp_path / "review").exists()


def test_making_it_again_keeps_its_files_and_never_its_base(folder: Path) -> None:
    (folder / "README.md").write_text("mine", encoding="utf-8")
    make_workspace(folder, "")
    assert (folder / "README.md").read_text(encoding="utf-8") == "mine"
    with pytest.raises(InputError, match="already a workspace, with the base"):
        make_workspace(folder, "https://example.org/other/")


def test_a_workspace_of_another_release_opens_with_what_changed(folder: Path) -> None:
    settings = folder / "workspace.toml"
    settings.write_text(settings.read_text().replace(f'"{VERSION}"', '"0.0.9"'), encoding="utf-8")
    assert "created by sq-graph 0.0.9" in notice(workspace(folder))
    assert all(change in notice(workspace(folder)) for change in CHANGES.values())
    assert sq_graph.open(folder).notices == (notice(workspace(folder)),)
    settings.write_text(settings.read_text().replace('"0.0.9"', '"99.0.0"'), encoding="utf-8")
    assert "newer than this one" in notice(workspace(folder))
    make_workspace(folder, "")
    assert notice(workspace(folder)) == ""


def test_a_workspace_of_0_1_is_migrated(tmp_path: Path) -> None:
    """The settings of 0.1 held base, release and licence; a relative path put files too deep."""
    folder = tmp_path / "mine"
    shutil.copytree(Path(__file__).parent / "mini", folder)
    (folder / "workspace.toml").write_text(
        f'base = "{BASE}"\nrelease = "0.1.0"\n'
        'licence = "https://creativecommons.org/licenses/by/4.0/"\n'
    )
    for file in folder.rglob("*.ttl"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("https://example.org/mini/", BASE), encoding="utf-8")
    deep = folder / "mine" / "ontology" / "data" / "works" / "a-2003.ttl"
    deep.parent.mkdir(parents=True)
    path = folder / "ontology" / "data" / "works" / "a-2003.ttl"
    path.rename(deep)
    old_files = {file: file.read_bytes() for file in folder.rglob("*.ttl")}
    assert "created by sq-graph 0.1.0. Since then, 0.2.0: " in sq_graph.open(folder).notices[0]
    misplaced = [
        finding
        for finding in check([packaged(), workspace(folder)])
        if finding.file.endswith(deep.name)
    ]
    assert any("wrong folder" in finding.message for finding in misplaced)
    deep.rename(path)
    make_workspace(folder, "")
    assert notice(workspace(folder)) == ""
    assert workspace(folder).release == VERSION and workspace(folder).base == BASE
    violations = [
        finding
        for finding in check([packaged(), workspace(folder)])
        if finding.severity == "Violation"
    ]
    assert violations == []
    assert {file.name: text for file, text in old_files.items()} == {
        file.name: file.read_bytes() for file in folder.rglob("*.ttl")
    }


def test_what_changed_is_said_for_this_release() -> None:
    assert VERSION in CHANGES


@pytest.mark.parametrize(
    "settings", ["base = 3", "base = 'https://example.org/x'", "base = ", "\xff"]
)
def test_broken_settings_are_one_sentence(folder: Path, settings: str) -> None:
    (folder / "workspace.toml").write_bytes(settings.encode("latin-1"))
    with pytest.raises(BrokenFile, match=r"workspace\.toml"):
        sq_graph.open(folder)


FILLED = {
    "the-work-that-was-read": "work/phillips-2008",
    "the-holders-own-work": "work/phillips-2008",
    "its-author": "agent/phillips",
    "who-holds-it": "agent/phillips",
    "the-concept-that-is-divided": "concept/social-cohesion",
    "the-concept-that-is-defined": "concept/social-cohesion",
    "the-concept-that-it-exemplifies": "concept/social-cohesion",
    "the-first-concept": "concept/social-cohesion",
    "the-second-concept": "concept/trust",
    "the-first-side": "claim/anttiroiko-2022-exclusion-natural",
    "the-second-side": "claim/bernard-1999-failure",
    "the-concept-that-it-is-about": "concept/social-cohesion",
    "the-model-of-which-it-is-a-reading": "model/social-quality",
}


def filled(text: str) -> str:
    """A skeleton with every gap filled, as a person would."""
    for number, gap in enumerate(re.findall("‹[^›]*›", text)):
        value = (
            "sha256:" + "0" * 64
            if "digest" in gap
            else "12"
            if "page" in gap.split()[0]
            else f"filled in {number}"
        )
        text = text.replace(gap, value, 1)
    text = text.replace('"filled in and page"', '"p 12"')
    for gap, entity in FILLED.items():
        text = re.sub(rf"my-[a-z]+:GAP-{gap}\b", f"<https://w3id.org/sq-graph/id/{entity}>", text)
    return text


@pytest.mark.usefixtures("full_content")
@pytest.mark.wide
def test_skeletons_pass_once_their_gaps_are_filled(folder: Path) -> None:
    """One of every kind, in one workspace."""
    layout = workspace(folder)
    paths = {kind: write_skeleton(layout, kind, f"my-{kind}") for kind in SKELETON_PATHS}
    module = folder / "ontology" / "positions" / "my-position.ttl"
    gaps = [str(finding) for finding in check([packaged(), layout]) if finding.severity != "Info"]
    turtle = {path.name for path in paths.values() if path.parent.parent.name == "data"}
    named_files = {
        name for name in turtle if any(f"{name}:" in gap for gap in gaps if "placeholder" in gap)
    }
    assert named_files == turtle
    for file in (*paths.values(), module):
        file.write_text(filled(file.read_text(encoding="utf-8")), encoding="utf-8")
    duplicates = (
        "same name",
        "a summary of its own",
    )  # since all gaps are filled with the same words
    remaining = [
        str(finding)
        for finding in check([packaged(), layout])
        if finding.severity != "Info" and not any(words in str(finding) for words in duplicates)
    ]
    assert remaining == []
    result = sq_graph.open(folder).ask("my-question", concept="social-exclusion")
    assert result.columns == ("definition", "work", "year")
    with pytest.raises(InputError, match="already exists"):
        write_skeleton(layout, "shape", "my-shape")


def test_the_placeholders_of_questions_and_shapes_are_listed(folder: Path) -> None:
    layout = workspace(folder)
    paths = [write_skeleton(layout, kind, f"my-{kind}") for kind in ("question", "shape")]
    gaps = [str(finding) for finding in check([layout]) if "placeholders" in str(finding)]
    assert [path.name in gap for path, gap in zip(paths, gaps, strict=True)] == [True, True]
    paths[1].write_text(filled(paths[1].read_text(encoding="utf-8")), encoding="utf-8")
    assert not any("my-shape" in str(finding) for finding in check([layout]))


def test_a_new_position_meets_the_others(folder: Path) -> None:
    """Its contested words are identified with those of the background, beside what the file has already."""
    layout = workspace(folder)
    for slug in ("one-view", "other-view"):
        write_skeleton(layout, "position", slug)
    world = read_positions([packaged(), layout], sq_graph.open(folder).graph)
    for slug in ("one-view", "other-view", "bernard-1999"):
        words, _ = world.words(slug, "source")
        assert "https://w3id.org/sq-graph/phenomena#SocialExclusion" in words


def test_a_skeleton_needs_a_workspace_a_kind_and_a_slug(folder: Path) -> None:
    with pytest.raises(InputError, match="no workspace is open"):
        write_skeleton(packaged(), "work", "mine")
    with pytest.raises(InputError, match="Did you mean 'work'"):
        write_skeleton(workspace(folder), "wrok", "mine")
    with pytest.raises(InputError, match="is not a slug"):
        write_skeleton(workspace(folder), "work", "../Mine")


def test_two_workspaces_with_one_slug_stay_two(tmp_path: Path) -> None:
    folders = [
        make_workspace(tmp_path / name, f"https://example.org/{name}/") for name in ("ann", "bob")
    ]
    for folder in folders:
        with sq_graph.open(folder).edit() as edit:
            edit.work(
                "chan-2006", title=f"As {folder.name} read it", authors=["Chan, Joseph"], year=2006
            )
    both = sq_graph.open(*folders)
    works = [work for work in both.works() if work.iri.endswith("/chan-2006")]
    assert {work.title for work in works} == {"As ann read it", "As bob read it"}
    assert len({work.iri for work in works}) == 2
    with pytest.raises(InputError, match="several things"):
        both.find("chan-2006", "work")
    assert (
        both.find("https://example.org/ann/id/work/chan-2006")
        == "https://example.org/ann/id/work/chan-2006"
    )


@pytest.mark.usefixtures("full_content")
def test_a_map_follows_what_others_wrote_when_it_is_refreshed(folder: Path) -> None:
    first, second = sq_graph.open(workspace=folder), sq_graph.open(folder)
    assert second.ask("held-by", holder="barry").rows
    with first.edit() as edit:
        edit.work("kay-2001", title="Kay", authors="Kay, K", year=2001)
    question = folder / "queries" / "own" / "kays.rq"
    question.parent.mkdir(parents=True, exist_ok=True)
    source = next(path for path in second.layouts[0].queries() if path.stem == "held-by")
    question.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(UnknownName):
        second.find("kay-2001", "work")
    assert (second.refresh(), second.refresh()) == (True, False)
    assert second.find("kay-2001", "work")
    assert second.digest == first.digest
    assert second.ask("kays", holder="barry").rows == second.ask("held-by", holder="barry").rows


def test_the_packaged_map_alone_can_be_opened_from_a_workspace(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sq_graph.open(folder).edit() as edit:
        edit.work("kay-2001", title="Kay", authors="Kay, K", year=2001)
    monkeypatch.chdir(folder)
    with sq_graph.open() as here, sq_graph.open(packaged_only=True) as packaged:
        assert len(here.works()) == len(packaged.works()) + 1
        assert (str(packaged), str(here)) == ("the packaged map", f"the packaged map with {folder}")
    with pytest.raises(InputError, match="this map is closed"):
        here.works()
    with pytest.raises(InputError, match="Give only one of the two"):
        sq_graph.open(folder, packaged_only=True)
