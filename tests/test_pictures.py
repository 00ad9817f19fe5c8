"""Pictures: what must be drawn is drawn, what nobody says is not, and all of it can be read, in print and in the dark."""

from __future__ import annotations

import io
import re
import sys
import xml.etree.ElementTree as XML
from itertools import combinations, pairwise, product
from pathlib import Path

import pytest

from sq_graph.atlas import Atlas
from sq_graph.errors import InputError, MissingDependency
from sq_graph.pictures import conversion, observations
from sq_graph.pictures.columns import Box, Connector, TypologyColumn, draw
from sq_graph.pictures.drawing import DARK, LIGHT
from sq_graph.pictures.letters import width_of, wrap
from sq_graph.pictures.map import DefinitionLine
from sq_graph.pictures.map import draw as draw_map
from sq_graph.pictures.typologies import picture
from sq_graph.web.pages import PageContext, page_at

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


def draw_typologies(
    atlas: Atlas, *names: str, undrawn: bool = False, readings: bool = False
) -> str:
    return picture(
        atlas.graph,
        [atlas.typology(name) for name in names],
        lambda iri: f"/x?{iri}",
        undrawn,
        readings,
    )


def contrast(first: str, second: str) -> float:
    """The contrast of two colours as WCAG computes it."""

    def light(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(first), light(second)))
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
    svg = draw_typologies(atlas, *THREE)
    height = {
        name: float(re.findall(rf'y="([\d.]+)"[^>]*>{rank} {name} exclusion<', svg)[0])
        for rank, name in enumerate(
            ("alternative", "preliminary", "intermediate", "advanced", "severe"), 1
        )
    }
    assert list(height.values()) == sorted(height.values())
    assert ">mild<" in svg and ">severe<" in svg


def test_union_is_one_comb_and_its_members_have_no_line_of_their_own(atlas: Atlas) -> None:
    svg = draw_typologies(atlas, *THREE)
    assert svg.count("only together) – close match") == 2  # in the description, and over the line
    assert "intermediate exclusion – " not in svg and "advanced exclusion – " not in svg
    assert len(re.findall(r'd="M[\d.]+ [\d.]+V[\d.]+(?:M[\d.]+ [\d.]+h-?14)+"', svg)) == 1


def test_hedged_lines_are_dashed_and_say_so(atlas: Atlas) -> None:
    svg = draw_typologies(atlas, *THREE)
    assert "hedged, p. 6" in svg
    for path in re.findall(r"<path [^>]*><title>[^<]*</title>", svg):
        assert ("stroke-dasharray" in path) == (": hedged" in path), path


def test_undrawn_lines_and_readings_come_only_when_asked_for(atlas: Atlas) -> None:
    assert not re.search(
        "nobody proposes|proposed by nobody|our interpretation,", draw_typologies(atlas, *THREE)
    )
    assert "proposed by nobody" in draw_typologies(atlas, *THREE, undrawn=True)
    assert "our interpretation" in draw_typologies(atlas, *THREE, readings=True)


def test_denied_lines_are_struck(atlas: Atlas) -> None:
    svg = draw_typologies(atlas, "steinert-opposites")
    assert "denied: opposite" in svg and "denied by somebody" in svg
    label = re.search(r'x="([\d.]+)" y="([\d.]+)"[^>]*>denied: opposite<', svg)
    assert label
    strokes = re.findall(r'd="M([\d.]+) ([\d.]+)h[\d.]+"[^>]*s-accent', svg) or re.findall(
        r'd="M([\d.]+) ([\d.]+)h[\d.]+" class="s-accent"', svg
    )
    assert any(abs(float(y) - float(label[2]) + 4) < 1 for _, y in strokes)


def test_what_is_brought_together_elsewhere_stands_beneath_all(atlas: Atlas) -> None:
    svg = draw_typologies(atlas, *THREE)
    assert (
        "absolute exclusion" in svg and "brought together here, not matched with each other" in svg
    )


def test_lines_to_several_third_concepts_stay_in_the_picture_and_apart() -> None:
    columns = [
        TypologyColumn(name, ("x",), tuple(Box(f"{name}{n}", name) for n in "12")) for name in "ab"
    ]
    ends = [*((("b1",), (foot,)) for foot in "fgh"), (("a2",), ("f",)), (("a2",), ("f",))]
    connectors = [Connector(*end, f"close match {n}", "p. 1") for n, end in enumerate(ends)]
    svg = draw(columns, connectors, [Box(foot, foot) for foot in "fgh"], "t")
    width = float(re.findall(r'width="(\d+)"', svg)[0])
    assert max(end for _, end, _ in text_lines(svg)) <= width
    assert len(re.findall(r"height=\"32.0\" rx=\"4\"", svg)) == len(ends)
    starts = {text: (start, end) for start, end, text in text_lines(svg)}
    assert starts["close match 3"][1] < starts["close match 4"][0]


def test_a_line_past_a_column_goes_between_its_boxes() -> None:
    columns = [
        TypologyColumn(
            name, ("",) if not name else ("x",), (Box(f"{name}1", "one"), Box(f"{name}2", "two"))
        )
        for name in "abc"
    ]
    svg = draw(columns, [Connector(("a1",), ("c2",), "alike", "p. 1")], [], "t")
    lane = float(re.findall(r"L476\.0 ([\d.]+)|C[\d. ]+ ([\d.]+)L", svg)[0][1])
    boxes = [
        (float(y), float(y) + float(h))
        for x, y, h in re.findall(
            r'<rect x="([\d.]+)" y="([\d.]+)" width="236.0" height="([\d.]+)"', svg
        )
        if x == "450.0"
    ]
    assert len(boxes) == 2 and not any(low <= lane <= high for low, high in boxes)


def test_the_words_of_many_lines_of_one_box_do_not_cover_each_other() -> None:
    columns = [
        TypologyColumn(name, ("x",), tuple(Box(f"{name}{n}", f"{name}{n}") for n in "123"))
        for name in "abc"
    ]
    ends = ("b1", "c1", "c2", "c2", "c3")
    connectors = [
        Connector(("a1",), (end,), f"close match {n}", "p. 1") for n, end in enumerate(ends)
    ]
    svg = draw(columns, connectors, [], "t")
    rects = re.findall(r'x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="32.0" rx="4"', svg)
    pills = [(float(x), float(y), float(width)) for x, y, width in rects]
    assert len(pills) == 5
    for (x, y, wide), (u, v, broad) in combinations(pills, 2):
        assert x + wide <= u or u + broad <= x or abs(y - v) >= 30
    assert len(set(re.findall(r" 450\.0 ([\d.]+)L", svg))) == 4


def test_what_has_no_place_between_two_columns_is_said_beneath(atlas: Atlas) -> None:
    two = ("berman-phillips-geographical-facets", "berman-phillips-communities")
    for names in (two, two[:1]):
        words = " ".join(XML.fromstring(draw_typologies(atlas, *names, readings=True)).itertext())
        assert "Stated, but not drawn: Berman and Phillips" in words, names


def test_letters_without_a_measure_are_not_stretched_and_a_pdf_refuses_what_its_font_lacks() -> (
    None
):
    svg = draw([TypologyColumn("差序", ("типы",), (Box("a", "近"), Box("b", "far")))], [], [], "t")
    words = {text: attributes for attributes, text in re.findall(r"<text ([^>]*)>([^<]*)<", svg)}
    assert [text for text, attributes in words.items() if "textLength" not in attributes] == [
        "差序",
        "типы",
        "近",
    ]
    with pytest.raises(InputError, match="lacks 差, 序, 近"):
        conversion.pdf(svg)


@pytest.mark.wide
def test_every_typology_of_the_map_can_be_drawn_the_same_twice(atlas: Atlas) -> None:
    for typology in atlas.typologies():
        name = typology.iri.rsplit("/", 1)[1]
        svg = draw_typologies(atlas, name, undrawn=True, readings=True)
        XML.fromstring(svg)
        labels = re.sub(r"\s+", "", "".join(XML.fromstring(svg).itertext()))
        for category in typology.categories:
            assert re.sub(r"\s+|\([^)]*\)$", "", category.label) in labels, category.label
        assert svg == draw_typologies(atlas, name, undrawn=True, readings=True)


def test_markup_in_a_label_stays_text() -> None:
    evil = "<script>\"&'</script>"
    tie = DefinitionLine(evil, evil, evil, evil, evil, evil, evil, False)
    pictures = [
        draw(
            [TypologyColumn(evil, (evil,), (Box("a", evil, evil, evil, evil),))],
            [],
            [Box("f", evil, evil)],
            evil,
            [evil],
        ),
        observations.draw(evil, evil, [observations.Bar(evil, evil, 1, 0.5, 1.5, True)], [evil]),
        draw_map(evil, [tie], [evil]),
    ]
    for svg in pictures:
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
    svg = draw_typologies(atlas, *THREE, undrawn=True, readings=True)
    assert not re.search(r'var\(|\sstyle=|<style|url\(|<image|(?<!xmlns=")https?://(?!w3id)', svg)
    assert all(
        re.search(r"(fill|stroke)=", tag)
        for tag in re.findall(r"<(?:rect|path|circle|text)[^>]*>", svg)
    )


PAGES = (
    "/typologies",
    "/typologies?compare=beck-tensions&compare=beck-assumptions&undrawn=1&readings=1",
    "/tables/phillips-2008-1-flows",
    "/map",
    "/positions",
)
"""A page with every kind of picture."""


def text_lines(svg: str) -> list[tuple[float, float, str]]:
    """Where each line of text begins and ends."""
    found = []
    for one in XML.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        width, x = float(one.get("textLength", "0")), float(one.get("x", "0"))
        left = x - {"middle": width / 2, "end": width}.get(one.get("text-anchor", ""), 0)
        found.append((left, left + width, one.text or ""))
    return found


@pytest.mark.parametrize("address", PAGES)
def test_no_text_leaves_the_picture_whatever_the_font(atlas: Atlas, address: str) -> None:
    svg = page_at(PageContext(atlas), address).picture
    width = float(re.findall(r'width="(\d+)"', svg)[0])
    assert len(text_lines(svg)) > 20
    assert [line for line in text_lines(svg) if line[0] < 0 or line[1] > width] == []
    assert svg.count("<text ") == svg.count('lengthAdjust="spacingAndGlyphs"')


def test_long_headings_stay_inside_the_picture_and_name_each_holder_once(atlas: Atlas) -> None:
    long = "a classification of states by provision " * 4
    columns = [TypologyColumn(long, (long, long), (Box(n, n),), (long, long)) for n in "ab"]
    svg = draw(columns, [], [], "t")
    width = float(re.findall(r'width="(\d+)"', svg)[0])
    assert max(end for _, end, _ in text_lines(svg)) <= width - 20
    svg = draw_typologies(atlas, "phillips-2008-trust", "phillips-2008-identities")
    assert ", divided by Phillips 2008</title>" in svg
    assert ">kinds of trust</text>" in svg  # beneath the name of its holder


def test_text_stays_inside_its_box(atlas: Atlas) -> None:
    for one in atlas.typologies():
        svg = draw_typologies(atlas, one.iri.rsplit("/", 1)[1], undrawn=True, readings=True)
        boxes = re.findall(r'<rect x="([\d.]+)"[^>]*width="236.0" height="([\d.]+)"', svg)
        starts = {float(x) for x, _ in boxes}
        inside = [line for line in text_lines(svg) if line[0] - 11 in starts]
        assert inside and all(end <= begin + 236 - 11 + 0.2 for begin, end, _ in inside)
        places = [line for line in text_lines(svg) if round(line[1] + 11 - 236, 1) in starts]
        assert all(begin >= end - 236 + 2 * 11 - 0.2 for begin, end, _ in places)


def test_the_words_of_lines_keep_apart(atlas: Atlas) -> None:
    shown = [f"/typologies/{one.iri.rsplit('/', 1)[1]}" for one in atlas.typologies()]
    context = PageContext(atlas)
    for address in ["/", *shown]:
        svg = page_at(context, address).picture
        texts = XML.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
        heights = [float(each.get("y", "0")) for each in texts]
        placed = list(zip(text_lines(svg), heights, strict=True))
        covered = [
            (mine[2], other[2])
            for (mine, y), (other, below) in combinations(placed, 2)
            if abs(y - below) < 7 and min(mine[1], other[1]) - max(mine[0], other[0]) > 2
        ]
        assert covered == [], address


def test_a_long_title_is_wrapped_and_never_cut() -> None:
    title = "Social cohesion, divided by " + ", by ".join(["Jenson", "Beck and others"] * 9)
    svg = observations.draw(title, "%", [observations.Bar("a", "2001", 1)])
    heading = [text for _, _, text in text_lines(svg)]
    assert " ".join(heading).startswith(title) and len(heading) > 3


def test_a_word_without_a_break_is_divided() -> None:
    parts = wrap("x" * 300, 12, 100)
    assert "".join(parts) == "x" * 300 and all(width_of(part, 12) <= 100 for part in parts)


@pytest.mark.parametrize("face", ["Regular", "Bold"])
def test_measured_widths_are_those_of_the_font(face: str) -> None:
    fonts = pytest.importorskip("fontTools.ttLib")
    font = fonts.TTFont(conversion._fonts() / f"Roboto-{face}.ttf")
    names, widths = font.getBestCmap(), font["hmtx"]
    text = "Wessels and Miedema: fünf “Stufen”, 5–6 % of Łódź…"
    real = sum(widths[names[ord(sign)]][0] for sign in text) * 20 / 2048
    assert width_of(text, 20, face == "Bold") == pytest.approx(real, rel=0.03)


@pytest.mark.parametrize("address", PAGES)
def test_a_png_shows_its_text_without_any_font_of_the_system(atlas: Atlas, address: str) -> None:
    svg = page_at(PageContext(atlas), address).picture
    bare = re.sub(r"<text .*?</text>", "", svg)
    shown, empty = conversion.png(svg), conversion.png(bare)
    assert shown.startswith(b"\x89PNG") and len(shown) > 1.3 * len(empty)


@pytest.mark.parametrize("address", PAGES)
def test_a_pdf_holds_its_text_and_its_fonts(atlas: Atlas, address: str) -> None:
    pypdf = pytest.importorskip("pypdf")
    svg = page_at(PageContext(atlas), address).picture
    page = pypdf.PdfReader(io.BytesIO(conversion.pdf(svg))).pages[0]
    words = "".join(page.extract_text().split())
    missing = [text for _, _, text in text_lines(svg) if "".join(text.split()) not in words]
    assert missing == []
    fonts = page["/Resources"]["/Font"].values()
    faces = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts]
    assert faces and all("/FontFile2" in face["/FontDescriptor"].get_object() for face in faces)


@pytest.mark.parametrize("part", ["resvg_py", "fpdf"])
def test_without_the_converter_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setitem(sys.modules, part, None)
    convert = conversion.png if part == "resvg_py" else conversion.pdf
    with pytest.raises(MissingDependency, match=r"pip install 'sq-graph\[pictures\]'"):
        convert("<svg/>")
