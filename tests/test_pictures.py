"""Pictures: what must be drawn is drawn, what nobody says is not, and all of it can be read, in print and in the dark."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as XML
from itertools import pairwise, product
from pathlib import Path

import pytest

from sq_graph.atlas import Atlas
from sq_graph.errors import MissingPart
from sq_graph.pictures import chart, quadrant
from sq_graph.pictures.columns import Box, Column, Line, draw
from sq_graph.pictures.drawing import DARK, LIGHT, png
from sq_graph.pictures.map import Tie
from sq_graph.pictures.map import draw as draw_map
from sq_graph.pictures.typologies import picture

STYLE = Path(__file__).parent.parent / "sq_graph" / "web" / "static" / "style.css"
THREE = ("steinert-exclusion", "wessels-miedema-exclusion", "room-exclusion")
ON_GROUND = [
    *product(("ink", "mute", "accent"), ("paper", "box", "shade", "ramp1")),
    ("ink", "ramp2"),
    ("ink", "ramp3"),
    ("ink", "ramp4"),
    ("onstrong", "ramp5"),
]
"""Text and the ground it may stand on."""


def drawn(atlas: Atlas, *names: str, undrawn: bool = False, readings: bool = False) -> str:
    return picture(
        atlas.graph,
        [atlas.typology(name) for name in names],
        lambda iri: f"/x?{iri}",
        undrawn,
        readings,
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG computes it."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), ON_GROUND)
def test_text_can_be_read_on_every_ground(palette: dict[str, str], text: str, ground: str) -> None:
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_stand_out_from_the_paper(palette: dict[str, str]) -> None:
    assert all(
        contrast(palette[line], palette["paper"]) >= 3 for line in ("line", "ink", "mute", "accent")
    )


def test_the_ramp_darkens_step_by_step_in_grey_print_too() -> None:
    steps = [contrast(LIGHT[f"ramp{step}"], "#000000") for step in range(1, 6)]
    assert steps == sorted(steps, reverse=True)
    assert all(high / low > 1.15 for high, low in pairwise(steps))


def test_the_page_repeats_the_palette() -> None:
    style = STYLE.read_text(encoding="utf-8")
    light, dark = style.partition(':root[data-theme="dark"]')[::2]
    for name in LIGHT:
        assert f"--{name}: {LIGHT[name]};" in light
        assert dark.count(f"--{name}: {DARK[name]};") == 2, (
            f"{name}: by choice and by the system's wish"
        )
        assert f".f-{name} {{ fill: var(--{name}); }}" in style


def test_ranked_categories_stand_from_mild_to_severe(atlas: Atlas) -> None:
    svg = drawn(atlas, *THREE)
    height = {
        name: float(re.findall(rf'y="([\d.]+)"[^>]*>{rank} {name} exclusion<', svg)[0])
        for rank, name in enumerate(
            ("alternative", "preliminary", "intermediate", "advanced", "severe"), 1
        )
    }
    assert list(height.values()) == sorted(height.values())
    assert ">mild<" in svg and ">severe<" in svg


def test_union_is_one_comb_and_its_members_have_no_line_of_their_own(atlas: Atlas) -> None:
    svg = drawn(atlas, *THREE)
    assert svg.count("only together) – much alike") == 2  # in the description, and over the line
    assert "intermediate exclusion – " not in svg and "advanced exclusion – " not in svg
    assert len(re.findall(r'd="M[\d.]+ [\d.]+V[\d.]+(?:M[\d.]+ [\d.]+h-?14)+"', svg)) == 1


def test_hedged_lines_are_dashed_and_say_so(atlas: Atlas) -> None:
    svg = drawn(atlas, *THREE)
    assert "hedged, p. 6" in svg
    for path in re.findall(r"<path [^>]*><title>[^<]*</title>", svg):
        assert ("stroke-dasharray" in path) == (": hedged" in path), path


def test_undrawn_lines_and_readings_come_only_when_asked_for(atlas: Atlas) -> None:
    assert not re.search("drawn by nobody|curator’s reading,", drawn(atlas, *THREE))
    assert "drawn by nobody" in drawn(atlas, *THREE, undrawn=True)
    assert "curator’s reading" in drawn(atlas, *THREE, readings=True)


def test_denied_lines_are_struck(atlas: Atlas) -> None:
    svg = drawn(atlas, "steinert-opposites")
    assert "denied: opposite" in svg and "denied by somebody" in svg
    place = re.search(r'x="([\d.]+)" y="([\d.]+)"[^>]*>denied: opposite<', svg)
    assert place
    strokes = re.findall(r'd="M([\d.]+) ([\d.]+)h[\d.]+"[^>]*s-accent', svg) or re.findall(
        r'd="M([\d.]+) ([\d.]+)h[\d.]+" class="s-accent"', svg
    )
    assert any(abs(float(y) - float(place[2]) + 4) < 1 for _, y in strokes)


def test_what_is_brought_together_elsewhere_stands_beneath_all(atlas: Atlas) -> None:
    svg = drawn(atlas, *THREE)
    assert (
        "absolute exclusion" in svg and "brought together here, not matched with each other" in svg
    )


def test_a_line_past_a_column_goes_between_its_boxes() -> None:
    columns = [
        Column(
            name, ("",) if not name else ("x",), (Box(f"{name}1", "one"), Box(f"{name}2", "two"))
        )
        for name in "abc"
    ]
    svg = draw(columns, [Line(("a1",), ("c2",), "alike", "p. 1")], [], "t")
    lane = float(re.findall(r"L476\.0 ([\d.]+)|C[\d. ]+ ([\d.]+)L", svg)[0][1])
    boxes = [
        (float(y), float(y) + float(h))
        for x, y, h in re.findall(
            r'<rect x="([\d.]+)" y="([\d.]+)" width="236.0" height="([\d.]+)"', svg
        )
        if x == "450.0"
    ]
    assert len(boxes) == 2 and not any(low <= lane <= high for low, high in boxes)


def test_every_typology_of_the_map_can_be_drawn_the_same_twice(atlas: Atlas) -> None:
    for one in atlas.typologies():
        name = one.iri.rsplit("/", 1)[1]
        svg = drawn(atlas, name, undrawn=True, readings=True)
        XML.fromstring(svg)
        labels = re.sub(r"\s+", "", "".join(XML.fromstring(svg).itertext()))
        for each in one.categories:
            assert re.sub(r"\s+|\([^)]*\)$", "", each.label) in labels, each.label
        assert svg == drawn(atlas, name, undrawn=True, readings=True)


def test_markup_in_a_label_stays_text() -> None:
    evil = "<script>\"&'</script>"
    tie = Tie(evil, evil, evil, evil, evil, evil, evil, False)
    made = [
        draw(
            [Column(evil, (evil,), (Box("a", evil, evil, evil, evil),))],
            [],
            [Box("f", evil, evil)],
            evil,
            [evil],
        ),
        quadrant.draw(evil, (evil,) * 4, {(1, 1): quadrant.Entry(evil, evil, evil)}, [evil]),
        chart.draw(
            evil,
            evil,
            [(evil, [chart.Series(evil, {2001: 1, 2002: 2}, {2001: (1, 0.5, 1.5)})])],
            [evil],
        ),
        draw_map(evil, [tie], [evil]),
    ]
    for svg in made:
        assert {element.tag.rpartition("}")[2] for element in XML.fromstring(svg).iter()} <= {
            "svg",
            "title",
            "desc",
            "rect",
            "path",
            "circle",
            "text",
            "a",
            "g",
        }


def test_nothing_needs_a_style_sheet_or_another_host(atlas: Atlas) -> None:
    svg = drawn(atlas, *THREE, undrawn=True, readings=True)
    assert not re.search(r'var\(|\sstyle=|<style|url\(|<image|(?<!xmlns=")https?://(?!w3id)', svg)
    assert all(
        re.search(r"(fill|stroke)=", tag)
        for tag in re.findall(r"<(?:rect|path|circle|text)[^>]*>", svg)
    )


def test_a_picture_converts_to_png(atlas: Atlas) -> None:
    made = png(drawn(atlas, *THREE))
    assert made.startswith(b"\x89PNG") and len(made) > 20_000


def test_without_the_converter_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(MissingPart, match=r"pip install 'sq-graph\[pictures\]'"):
        png("<svg/>")
