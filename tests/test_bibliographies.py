"""Bibliographies of other programs: each form is imported correctly, or the report names what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import BrokenFile, InputError
from sq_graph.export.bibliography import to_bibtex, to_csl, to_ris
from sq_graph.importers.bibliography import read_bibliography
from sq_graph.importers.bibliography_fields import keywords_in
from sq_graph.importers.dates import read_date
from sq_graph.importers.latex import decode_latex, verbatim
from sq_graph.importers.people import bibtex_names, ris_names
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.records import Name, Record, read_records
from tests.workspaces import turtle_texts

pytestmark = pytest.mark.usefixtures("light_content")


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    return sq_graph.open(make_workspace(tmp_path / "review", "https://example.org/r/"))


def own_works(atlas: Atlas) -> list[str]:
    return [iri for iri in atlas.names.of_class("sq:Work") if "/r/" in iri]


def parse(tmp_path: Path, name: str, content: str | bytes) -> tuple[list[Record], list[str]]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    records, faults = read_bibliography(path)
    return records, [f"{fault.location.rpartition('/')[2]}: {fault.reason}" for fault in faults]


def parse_one(tmp_path: Path, name: str, content: str | bytes) -> Record:
    records, faults = parse(tmp_path, name, content)
    assert len(records) == 1 and not faults, faults
    return records[0]


# ---- names


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("World Bank", "organisation"),
        ("Reyes, Ana with Okoro, Ben", "family name, suffix, given name"),
        ("Reyes, Ana1", "digit"),
        ("Reyes AB", "initials"),
        ("Reyes ²", "digit"),
        ("Lund, Mara (ed.)", "name alone"),
    ],
)
def test_what_may_be_read_wrong_is_doubted(line: str, doubt: str) -> None:
    assert doubt in bibtex_names(line)[2]


def test_et_al_within_a_name_is_not_a_name() -> None:
    assert bibtex_names("Knuth, Donald E., et al.") == ([Name("Knuth", "Donald E.")], True, "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"Nu\~nez, Luis and Mu\~{n}oz, Eva and Pe{\~n}a, Ana", "Nuñez|Muñoz|Peña"),
        (r"{\"O}zt{\"u}rk, A. and \"Ozt\"urk, B. and {\"{O}}zt\"{u}rk, C.", "Öztürk|Öztürk|Öztürk"),
        (r"\v{S}im\'{\i}k, A. and \v Simi\'c, B. and Ho\c{c}a, C.", "Šimík|Šimić|Hoça"),
        (
            r"\L{}aski, A. and {\O}stby, B. and Stra\ss e, C. and \AA{}s, D.",
            "Łaski|Østby|Straße|Ås",
        ),
        (r"\'Emile Zeta and \=Ano, B. and \.Zak, C. and \H{O}r, D.", "Zeta|Āno|Żak|Őr"),
        ("Reyes, A. & Okoro, B.", "Reyes|Okoro"),
        (r"Reyes, A. \& Okoro, B.", "Reyes|Okoro"),
        ("Reyes, A.; Okoro, B.; Lund, M.", "Reyes|Okoro|Lund"),
        ("Reyes A, Okoro B, Lund M", "Reyes|Okoro|Lund"),
        ("Reyes, A., Okoro, B.", "Reyes|Okoro"),
        ("Reyes, A. | Okoro, B.", "Reyes|Okoro"),
        ("Reyes, A. / Okoro, B. + Lund, M.", "Reyes|Okoro|Lund"),
        ("Ana Reyes, Ben Okoro, Mara Lund, Eva Zeta", "Reyes|Okoro|Lund|Zeta"),
        ("Reyes, A. AND Okoro, B.\nand Lund, M.", "Reyes|Okoro|Lund"),
        ("Reyes, A. und Okoro, B.", "Reyes|Okoro"),
        ("Ortega y Gasset, Juan", "Ortega y Gasset"),
        (
            "van der Berg, Jan and Jan van der Berg and Ludwig von~Zeta",
            "van der Berg|van der Berg|von Zeta",
        ),
        (
            "family=Berg, given=Jan, prefix=van der and {Zeta and Sons}",
            "van der Berg|Zeta and Sons",
        ),
        ("Lund, Jr., Mara and others", "Lund"),
        ("Lund, Mara, Jr. and Ben Okoro, III", "Lund|Okoro"),
        ("Иванов И. И., Петров П.П.", "Иванов|Петров"),
        ("de Silva KM, Reyes AB", "de Silva|Reyes"),
        ("A. B. Reyes, C. Okoro, and M. Lund", "Reyes|Okoro|Lund"),
        (
            r"Lund, J.\,R. and  and Okoro, B. (ed.) and Reyes, Ana\and Zeta, E.",
            "Lund|Okoro|Reyes|Zeta",
        ),
        ("李明、王芳", "李明|王芳"),
        (
            r"AT\&T and Smith \& Sons Ltd. and Ministry of Health",
            "AT&T|Smith & Sons Ltd.|Ministry of Health",
        ),
        (r"Nguy{\~{\^e}}n, V. and Vi\d{\^e}t, N. and Nguy\~\^en, A.", "Nguyễn|Việt|Nguyễn"),
        ("Gerard 't Hooft and ნინო ბერიძე", "'t Hooft|ბერიძე"),
        ("García Márquez, I. and Smith III, Jon", "García Márquez|Smith"),
        ("M&uuml;ller, Hans and {Lund &amp; Sons}", "Müller|Lund & Sons"),
    ],
)
def test_names_are_split(line: str, expected: str) -> None:
    assert "|".join(name.family for name in bibtex_names(line)[0]) == expected


def test_people_that_are_read_as_one_or_as_an_organisation_are_doubted() -> None:
    assert bibtex_names("Martin Luther King Jr. and Lund, Mara")[0][0] == Name(
        "King", "Martin Luther, Jr."
    )
    assert bibtex_names(r"Lund, M.\ and Okoro, B.")[0][0] == Name("Lund", "M.")
    assert [name.family for name in bibtex_names("Mara Lund und Ben Okoro")[0]] == ["Lund", "Okoro"]
    assert [name.family for name in bibtex_names("Karl von und zu Berg")[0]] == ["von und zu Berg"]
    for line, doubt in {
        "{Lund, Mara and Okoro, Ben}": "organisation, since it is in braces",
        "Mara Lund, Ben Okoro and Ana Reyes": "'Mara Lund, Ben Okoro' is read as one person",
        "Ana Reyes y Ben Okoro": "is read as one person",
        "European Commission, Department of Towns": "is read as a person",
        "family={World Bank}": "'World Bank' is read as a person",
        "Lund, Mara <mara@example.org>": "a character that names do not have",
    }.items():
        assert doubt in bibtex_names(line)[2], line
    for line in ("Press, William H.", "{Lund and Sons, Inc.}", "García Soto, Ana and Lund, M."):
        assert not bibtex_names(line)[2], line


def test_names_that_are_split_by_guess_are_doubted() -> None:
    assert "at ;, where BibTeX has `and`" in bibtex_names("Reyes, A.; Okoro, B.")[2]
    assert "at /, where BibTeX has `and`" in bibtex_names("Reyes, A. / Okoro, B.")[2]
    assert "read as one person" in bibtex_names("Anna Lund, Ben Okoro")[2]
    assert not bibtex_names("García Márquez, Gabriel José and Lund, Mara")[2]
    assert "cannot be split" in bibtex_names("Reyes, A., Lund, Okoro, B. M., Eva")[2]
    assert bibtex_names("{Smith \\& Sons}") == (
        [Name("Smith & Sons", organisation=True)],
        False,
        "",
    )
    assert bibtex_names("Lund, Jr., Mara")[0] == [Name("Lund", "Mara, Jr.")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("王 小波 and 김 철수 and 山田, 太郎", "王|小波; 김|철수; 山田|太郎"),
        ("王小波，李明，张三 等", "王小波|; 李明|; 张三|; et al"),
        ("محمد علي and الجابري، محمد", "علي|محمد; الجابري|محمد"),
        ("Lund, Mara [et al.]", "Lund|Mara; et al"),
        ("Иванов, И. И. и др.", "Иванов|И. И.; et al"),
        ("Lund, Mara, 1902-1979 and Oko, Ada, b. 1950, author.", "Lund|Mara; Oko|Ada"),
        (
            "Lund Jr., Mara and Oko, Ada Jr. and Zeta, III, Eva",
            "Lund|Mara, Jr.; Oko|Ada, Jr.; Zeta|Eva, III",
        ),
        (
            "Bundesamt für Statistik and Conseil de l'Europe",
            "Bundesamt für Statistik; Conseil de l'Europe",
        ),
        (
            "国务院发展研究中心 and Amnesty International",
            "国务院发展研究中心; Amnesty International",
        ),
    ],
)
def test_names_of_many_languages_and_catalogues_in_two_formats(line: str, expected: str) -> None:
    def joined(names: list[Name], others: bool = False) -> str:
        parts = (n.family if n.organisation else f"{n.family}|{n.given}" for n in names)
        return "; ".join([*parts, *["et al"] * others]).replace("et al|", "et al")

    assert joined(*bibtex_names(line)[:2]) == expected
    if "علي" not in line:  # in RIS, a name without a comma may be an organisation
        assert joined(ris_names(line.split(" and "))[0]) == expected


def test_roles_and_conjunctions_within_a_name_of_ris_are_not_part_of_it() -> None:
    lines = ("Lund, Mara AND Oko, Ada", "Zeta, Eva, and Pell, Jon", "King,Martin Luther,Jr.")
    assert list(map(str, ris_names(lines)[0])) == [
        *("Mara Lund", "Ada Oko", "Eva Zeta", "Jon Pell", "Martin Luther, Jr. King")
    ]
    assert ris_names(["Lund, Mara, ed."]) == (
        [Name("Lund", "Mara")],
        ["the name alone is kept of 'Lund, Mara, ed.'"],
    )
    assert "between two people" in ris_names(["王小波, 李明"])[1][0]
    assert "a character that names" in ris_names(["Lund, Mara*"])[1][0]


def test_editors_who_are_not_named_are_reported(tmp_path: Path) -> None:
    bib = parse_one(tmp_path, "a.bib", "@book{k, title={T}, editor={Lund, Mara and others}}")
    ris = parse_one(tmp_path, "a.ris", "TY  - EDBOOK\nAU  - Lund, Mara\nTI  - T\nER  - \n")
    assert bib.editors == ris.editors == (Name("Lund", "Mara"),) and not (bib.et_al or ris.authors)
    assert bib.doubts == ("editor: those who are not named (“et al.”) are left out",)
    assert ris.doubts == ("the authors of an EDBOOK are read as its editors",)
    thesis = "TY  - THES\nTI  - T\nAU  - Lund, Mara\nA3  - Oko, Ada\nER  - \n"
    record = parse_one(tmp_path, "a.ris", thesis)
    assert not record.editors and "supervisors (Oko, Ada)" in record.lost[0][1]


# ---- BibTeX


def test_a_field_given_twice(tmp_path: Path) -> None:
    record = parse_one(
        tmp_path,
        "t.bib",
        "@article{k, author={Lund, Mara and Okoro, Ben}, title={Bonds}, title={Ties},"
        " keywords={trust}, keywords={towns}, year=2004}",
    )
    assert record.authors == (Name("Lund", "Mara"), Name("Okoro", "Ben"))
    assert record.fields["dcterms:subject"] == ("trust", "towns")
    assert record.lost == (("title", "it is given twice, and the first is kept (not 'Ties')"),)


def test_a_missing_comma(tmp_path: Path) -> None:
    record = parse_one(
        tmp_path, "c.bib", '@book{m,\n author = "Lund, Mara"\n title = {Bonds}\n year = 2004}'
    )
    assert (record.authors, record.title, record.year) == ((Name("Lund", "Mara"),), "Bonds", 2004)
    assert record.doubts == ("a comma is missing after author", "a comma is missing after title")


def test_broken_entries_stop_no_other(tmp_path: Path) -> None:
    content = (
        "@article{a, author={Reyes, Ana},\n publisher = {Lund {{\\&} Okoro}, year=2009}\n"
        "@article{b, author={Lund, M.}, title={Fine}, year=2001}\n"
        "@article{\n author = {No Key}, title = {Keyless}}\n"
        '@book{c, title = "open, year=1}\n'
        "@book{d, title = {D}}, year = {2000}}\n"
        "@book{e}\n@book{f, title = }\n@book(g, title = {Round})\n"
    )
    records, faults = parse(tmp_path, "b.bib", content)
    assert [record.title for record in records] == ["Fine", "Keyless", "D", "Round"]
    assert (
        faults[0]
        == "b.bib:1: the entry 'a' cannot be read: a brace is not closed in publisher, line 2"
    )
    assert faults[1].startswith(
        "b.bib:6: the entry 'c' cannot be read: a quotation mark is not closed"
    )
    assert "an extra brace" in " ".join(faults) and "'e' has no fields" in " ".join(faults)
    assert len(faults) == 5 and "'f' has no fields" in " ".join(faults)


def test_addresses_are_copied_character_by_character(tmp_path: Path) -> None:
    record = parse_one(
        tmp_path,
        "u.bib",
        "@misc{u, title={A}, url={https://www.example.edu/~lund/what-is--x_y%20z?a=1&b=2},"
        " doi={10.1000/a--b_c<1::2>~3}, eprint={math--x/01_2}, year=2004}",
    )
    assert record.one("bibo:uri") == "https://www.example.edu/~lund/what-is--x_y%20z?a=1&b=2"
    assert record.one("bibo:doi") == "10.1000/a--b_c<1::2>~3"
    assert record.one("dcterms:identifier") == "math--x/01_2"
    entry = r"@misc{u, title={A}, howpublished={Talk, \url{https://example.org/~a_b}}}"
    record = parse_one(tmp_path, "u.bib", entry)
    assert record.one("dcterms:description") == "Talk, https://example.org/~a_b"
    escaped = r"\url{https://example.org/{\textasciitilde}lund/a\_b\%20\&\#x}"
    assert verbatim(escaped) == "https://example.org/~lund/a_b%20&#x"


def test_latex_in_titles_comes_in_and_goes_out(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "t.bib"
    path.write_text(
        "@article{t, author={Lund, M.}, title={``Ties'' of {\\textless}b{\\textgreater} in {USA}: H$_2$O},"
        " pages={1--9}, year=2001}\n@book{u, author={Lund, M.}, title={``Ties'' of the {USA} --- $x^2$}, year=2002}"
    )
    atlas.import_(path)
    titles = {record.title for record in read_bibliography(path)[0]}
    assert titles == {"“Ties” of <b> in USA: H2O", "“Ties” of the USA — x²"}
    exported = str(atlas.export("bib", "https://example.org/r/id/work/lund-2001"))
    assert "title = {``Ties'' of <b> in {USA}: {H2O}}" in exported and "pages = {1--9}" in exported


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"A\~nos \emph{de} \textit{cohesi\'on}", "Años de cohesión"),
        (r"50\% \& \$5 \#1 \_ \{x\}", "50% & $5 #1 _ {x}"),
        (r"\ldots a\,b~c\\d \textquotedblleft e\textquotedblright", "…a b c d “e”"),
        (r"$\alpha$-level, $H_{0}$, \$3 and \$4", "α-level, H0, $3 and $4"),
        (r"{\oe}uvre na\"{\i}ve \`a l'\^ile", "œuvre naïve à l'île"),
        ("a lone $ sign", "a lone $ sign"),
        (r"$10^{6}$ x\textsuperscript{-1} \^{} \~{}", "10⁶ x⁻¹ ^ ~"),
        (r"\glqq a\grqq{} \enquote{b} `c' \LaTeX{}", "„a“ “b” ‘c’ LaTeX"),
        (r"\foreignlanguage{german}{Wort}\hspace{1em}\textcolor{red}{x}", "Wortx"),
        (
            r"\url{http://x.org/~a--b}: see http://x.org/c\_d--e~f -- g",
            "http://x.org/~a--b: see http://x.org/c_d--e~f – g",
        ),
        (r"\href{http://x.org/~a}{here}", "here (http://x.org/~a)"),
        (r"{\noopsort{1893}}Ties: $a \leq b \neq c$, N$^{\circ}$ 5", "Ties: a ≤ b ≠ c, N° 5"),
        (r"\begin{CJK*}{UTF8}{gbsn}社会\end{CJK*}", "社会"),
    ],
)
def test_latex_is_decoded(tex: str, text: str) -> None:
    assert decode_latex(tex) == text


# ---- encodings


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("suffix", ["bib", "ris", "json"])
def test_encodings_are_recognised(encoding: str, suffix: str, tmp_path: Path) -> None:
    content = {
        "bib": "@book{k, author={Müller, A.}, title={Bindung für é}, year=2004}",
        "ris": "TY  - BOOK\r\nAU  - Müller, A.\r\nTI  - Bindung für é\r\nPY  - 2004\r\nER  - \r\n",
        "json": '[{"id":"k","type":"book","title":"Bindung für é","author":[{"family":"Müller","given":"A."}],"issued":{"raw":"2004"}}]',
    }[suffix]
    record = parse_one(tmp_path, f"e.{suffix}", content.encode(encoding))
    assert (record.title, record.year) == ("Bindung für é", 2004)
    assert record.authors[0].family == "Müller"


# ---- RIS


def test_dialects_of_ris(tmp_path: Path) -> None:
    loose = parse_one(
        tmp_path,
        "l.ris",
        "\n\nTY - JOUR\nA1 - Lund, Mara\n\nAU - Okoro, Ben\n\tT1\t-\tBonds\nY1 - 2012/05//\nA2 - Zeta, Eva\nED - Eta, Ole\nER -\n",
    )
    assert [name.family for name in loose.authors] == ["Lund", "Okoro"]
    assert [name.family for name in loose.editors] == ["Zeta", "Eta"]
    assert (loose.title, loose.year, loose.one("dcterms:issued")) == ("Bonds", 2012, "2012-05")
    records, faults = parse(
        tmp_path,
        "n.ris",
        "TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nN1  - a note\nthat goes on\nAB  - long",
    )
    assert [record.title for record in records] == ["One", "Two"] and not faults
    assert records[1].one("skos:note") == "a note that goes on" and records[1].lost[0][0] == "AB"


def test_two_types_of_ris_have_two_kinds_each(tmp_path: Path) -> None:
    content = (
        "TY  - CONF\nTI  - One\nAU  - de Jong\nAU  - Okoro and Sons,\nER  -\n"
        "TY  - CONF\nTI  - Two\nER  -\nTY  - JFULL\nTI  - Three\nVL  - 3\nER  -\n"
        "TY  - JFULL\nTI  - Four\nSN  - 1234-5678; 8765-4321\nER  -\n"
        "TY  - BOOK\nTI  - Five\nIS  - 7\nSE  - 2\nPY  - 2001a\nDA  - 2001/05//\nER  -\n"
    )
    records, faults = parse(tmp_path, "k.ris", content)
    assert not faults and [record.kind for record in records] == [
        *("Article", "Proceedings", "Issue", "Periodical", "Book")
    ]
    assert records[0].authors == (Name("de Jong"), Name("Okoro and Sons", organisation=True))
    assert records[3].fields["bibo:issn"] == ("1234-5678", "8765-4321")
    book = records[4]
    assert (book.one("bibo:number"), book.one("bibo:chapter")) == ("7", "2")
    assert (book.year_suffix, book.one("dcterms:issued")) == ("a", "2001-05")
    assert "PY  - in press" in to_ris(Record(year_note="in press", year_suffix="a"))


@pytest.mark.parametrize(
    ("tags", "year", "issued"),
    [
        ("PY  - 05/2004", 2004, "2004-05"),
        ("PY  - 2004\nDA  - 2004/05//Spring", 2004, "2004-05"),
        ("PY  - 2004///", 2004, ""),
        ("Y1  - 2004-05-03", 2004, "2004-05-03"),
        ("PY  - 2004\nDA  - May 3", 2004, "2004-05-03"),
        ("PY  - 2004\nDA  - May 2004", 2004, "2004-05"),
        ("PY  - in press\nDA  - 2004/05//", 2004, "2004-05"),
        ("PY  - 2004/13//", 2004, ""),
    ],
)
def test_ris_dates(tags: str, year: int, issued: str, tmp_path: Path) -> None:
    record = parse_one(tmp_path, "d.ris", f"TY  - JOUR\nTI  - Bonds\n{tags}\nER  - \n")
    assert (record.year, record.one("dcterms:issued"), record.year_note) == (year, issued, "")


def test_ris_holds_a_range_of_pages_and_several_addresses_in_one_tag(tmp_path: Path) -> None:
    tags = "SP  - 12-34\nEP  - 34\nUR  - http://a.org/x;http://b.org/y;z"
    record = parse_one(tmp_path, "d.ris", f"TY  - JOUR\nTI  - Bonds\n{tags}\nER  - \n")
    assert record.fields["bibo:pages"] == ("12-34",)
    assert record.fields["bibo:uri"] == ("http://a.org/x", "http://b.org/y;z")


def test_works_without_year_or_title_are_recognised_again(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "n.ris"
    path.write_text(
        "TY  - JOUR\nAU  - Lund, Mara\nTI  - Bonds\nPY  - n.d.\nER  - \n"
        "TY  - JOUR\nAU  - Okoro, Ben\nPY  - 2004\nER  - \nTY  - JOUR\nJF  - Towns\nVL  - 3\nER  - \n"
    )
    assert atlas.import_(path).notes[0] == "3 works new."
    for _ in range(2):
        assert atlas.import_(path).notes[0] == "3 works already there."


# ---- dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2004", (2004, "", "")),
        ("2004a", (2004, "", "")),
        ("[2004]", (2004, "", "")),
        ("-0380", (-380, "", "")),
        ("0000-00-00", (None, "", "")),
        ("380 BCE", (-380, "", "")),
        ("380 v. Chr.", (-380, "", "")),
        ("2004-02-30", (2004, "", "2004-02")),
        ("2004-05-03T10:00:00Z", (2004, "", "2004-05-03")),
        ("May 2004", (2004, "", "2004-05")),
        ("3. März 2004", (2004, "", "2004-03-03")),
        ("May 3rd, 2004", (2004, "", "2004-05-03")),
        ("Spring 2004", (2004, "", "")),
        ("2004-05/2004-07", (2004, "", "2004-05")),
        ("1999/2000", (None, "1999/2000", "")),
        ("2004–2006", (None, "2004–2006", "")),
        ("forthcoming", (None, "forthcoming", "")),
        ("ca. 1900", (None, "ca. 1900", "")),
        ("1900~", (None, "c. 1900", "")),
        ("1900?", (None, "1900?", "")),
        ("n.d.", (None, "", "")),
        ("s. a.", (None, "", "")),
        ("9999", (None, "9999", "")),
        ("2015年3月15日", (2015, "", "2015-03-15")),
        ("2015년 3월", (2015, "", "2015-03")),
        ("2015. 3. 5.", (2015, "", "2015-03-05")),
        ("１９９９", (1999, "", "")),
        ("平成22年", (None, "平成22年", "")),
        ("2012 г.", (2012, "", "")),
        ("14 июня 2012 г.", (2012, "", "2012-06-14")),
        ("б. г.", (None, "", "")),
        ("5 de mayo de 2004", (2004, "", "2004-05-05")),
        ("1er fevrier 2004", (2004, "", "2004-02-01")),
        ("Herbst 2004", (2004, "", "")),
        ("c1998", (1998, "", "")),
        ("cop. 1998", (1998, "", "")),
        ("c. 1998", (None, "c. 1998", "")),
        ("AD 79", (79, "", "")),
        ("476 CE", (476, "", "")),
        ("380 до н. э.", (-380, "", "")),
        ("2004-05-06 10:11:12", (2004, "", "2004-05-06")),
    ],
)
def test_dates(text: str, expected: tuple[int | None, str, str]) -> None:
    date = read_date(text)
    assert (date.year, date.note, date.issued) == expected


def test_a_month_before_christ_is_named_as_lost() -> None:
    date = read_date("-0044-03-15")
    assert (date.year, date.issued, date.extra) == (-44, "", "-0044-03-15")


@pytest.mark.parametrize(
    ("date", "note"), [("1900~", "c. 1900"), ("1900~/1910", "1900~/1910"), ("190X~", "190X~")]
)
def test_a_tilde_in_a_date_of_biblatex_is_no_space(date: str, note: str, tmp_path: Path) -> None:
    record = parse_one(tmp_path, "d.bib", f"@book{{k, title={{Bonds}}, date={{{date}}}}}")
    assert (record.year, record.year_note) == (None, note)


def test_a_year_before_christ_stops_nothing(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text(
        "@book{plato, author={Plato}, title={On Ties}, year={-0380}}\n@book{ok, title={Fine}, year=2001}"
    )
    assert atlas.import_(path).notes[0] == "2 works new."
    turtle = (tmp_path / "review/ontology/data/works/plato-380-bce.ttl").read_text()
    assert "sq:year -380" in turtle and '"Plato 380 BCE"@en' in turtle


# ---- JSON


def test_odd_values_of_csl(tmp_path: Path) -> None:
    record = parse_one(
        tmp_path,
        "c.json",
        json.dumps(
            [
                {
                    "id": "i",
                    "type": "book",
                    "title": None,
                    "publisher": None,
                    "author": [
                        {
                            "family": "Lund",
                            "given": None,
                            "suffix": "Jr.",
                            "dropping-particle": "de",
                        },
                        {"literal": "World Bank"},
                        None,
                    ],
                    "issued": {"date-parts": [["-380"]]},
                    "abstract": "long",
                }
            ]
        ),
    )
    assert (record.title, record.fields, record.year) == ("", {}, -380)
    assert record.authors == (Name("de Lund", "Jr."), Name("World Bank", organisation=True))
    assert [name for name, _ in record.lost] == ["abstract"]


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        ({"date-parts": [[2004, 5]]}, (2004, "")),
        ({"date-parts": [["2004", "5", None]]}, (2004, "")),
        ({"date-parts": [[2004], [2006]]}, (None, "2004/2006")),
        ({"date-parts": [[2004, 5], [2006, 3]]}, (None, "2004-05/2006-03")),
        ({"raw": "May 2004"}, (2004, "")),
        ({"literal": "in press"}, (None, "in press")),
        ({"date-parts": [[1900, 5]], "circa": True}, (None, "c. 1900-05")),
        ({"date-parts": [[2004]], "season": 2}, (2004, "")),
        ({"date-parts": [[None]]}, (None, "")),
        ("2004", (2004, "")),
        (None, (None, "")),
    ],
)
def test_csl_dates(issued: object, expected: tuple[int | None, str], tmp_path: Path) -> None:
    record = parse_one(
        tmp_path,
        "d.json",
        json.dumps([{"id": "i", "type": "book", "title": "T", "issued": issued}]),
    )
    assert (record.year, record.year_note) == expected


def test_answers_of_crossref_are_read(tmp_path: Path) -> None:
    work = {
        "title": ["Bonds"],
        "container-title": ["Towns"],
        "type": "journal-article",
        "author": [{"family": "Lund", "given": "M", "sequence": "first"}],
        "issued": {"date-parts": [[2004]]},
        "DOI": "10.1000/q",
        "reference-count": 3,
    }
    for document in ({"status": "ok", "message": work}, {"message": {"items": [work]}}, work):
        record = parse_one(tmp_path, "x.json", json.dumps(document))
        assert (record.title, record.year, record.kind) == ("Bonds", 2004, "AcademicArticle")
        assert record.one("sq:containerTitle") == "Towns" and not record.lost


def test_json_of_zotero_is_read(tmp_path: Path) -> None:
    item = {
        "itemType": "journalArticle",
        "title": "Bonds",
        "creators": [{"firstName": "Mara", "lastName": "Lund", "creatorType": "author"}],
        "date": "2004-05",
        "citationKey": "lund2004",
        "publicationTitle": "Towns",
        "tags": [{"tag": "trust"}],
    }
    for items in ({"config": {"id": "x"}, "items": [item]}, [{"key": "K", "data": item}]):
        record = parse_one(tmp_path, "z.json", json.dumps(items))
        assert (record.year, record.keys) == (2004, ("lund2004",))
        assert record.authors == (Name("Lund", "Mara"),)
        assert record.fields["dcterms:subject"] == ("trust",)
        assert record.one("sq:containerTitle") == "Towns"


def test_html_and_a_doi_in_a_note_are_read_in_every_format(atlas: Atlas, tmp_path: Path) -> None:
    title = "Law &amp;amp; <i>Order</i>: p &lt; 0.05"
    bib = f"@article{{k, title={{{title}}}, journal={{A &amp; B}}, note={{DOI: 10.5555/x}}}}"
    ris = f"TY  - JOUR\nTI  - {title}\nT2  - A &amp; B\nN1  - DOI: 10.5555/x\nER  - \n"
    item = {"type": "article-journal", "title": title, "container-title": "A &amp; B"}
    csl = json.dumps([item | {"note": "PMID: 3\nDOI: 10.5555/x\nCitation Key: lund\nRead"}])
    for name, content in (("a.bib", bib), ("a.ris", ris), ("a.json", csl)):
        record = parse_one(tmp_path, name, content)
        assert (record.title, record.one("sq:containerTitle")) == ("Law & Order: p < 0.05", "A & B")
        assert record.one("bibo:doi") == "10.5555/x" and not record.doubts
        assert atlas.import_(tmp_path / name).notes[0].startswith("1 work")
    assert record.keys == ("lund",)
    assert record.fields["skos:note"] == ("PMID: 3; Citation Key: lund; Read",)
    about = f"@article{{k, title={{{title}}}, note={{Review of DOI: 10.5555/x}}}}"
    assert not parse_one(tmp_path, "a.bib", about).one("bibo:doi")
    twice = "TY  - JOUR\nTI  - T\nDO  - doi:10.5555/X\nDO  - https://doi.org/10.5555/x\nER  - \n"
    assert not parse_one(tmp_path, "a.ris", twice).lost


def test_fields_with_other_names_are_kept(tmp_path: Path) -> None:
    answer: dict[str, object] = {
        "edition-number": "2",
        "article-number": "e7",
        "short-title": ["S"],
    }
    answer["publisher-location"] = "Oslo"
    crossref = answer | {"type": "book-chapter", "title": ["T"], "author": [{"family": "Lund"}]}
    record = parse_one(tmp_path, "a.json", json.dumps({"message": crossref}))
    names = ("sq:publisherPlace", "bibo:edition", "bibo:number", "dcterms:alternative")
    assert tuple(map(record.one, names)) == ("Oslo", "2", "e7", "S") and not record.lost
    act = {"itemType": "statute", "nameOfAct": "Towns Act", "dateEnacted": "1948"}
    record = parse_one(tmp_path, "a.json", json.dumps([act]))
    assert (record.title, record.year) == ("Towns Act", 1948)
    single = {"creatorType": "author", "lastName": "World Bank", "firstName": "", "fieldMode": 1}
    record = parse_one(tmp_path, "a.json", json.dumps([act | {"creators": [single]}]))
    assert record.authors == (Name("World Bank", organisation=True),)
    creators = [{"creatorType": f"{role}uthor", "lastName": role} for role in ("bookA", "a")]
    part = {"itemType": "bookSection", "title": "T", "creators": creators}
    record = parse_one(tmp_path, "a.json", json.dumps([part]))
    assert record.authors == (Name("a"),) and record.lost[0][0] == "bookAuthor"
    series = {"type": "book", "title": "T", "collection-number": "4"}
    assert parse_one(tmp_path, "a.json", json.dumps([series])).one("bibo:number") == "4"


def test_what_zotero_keeps_beside_works_is_counted(atlas: Atlas, tmp_path: Path) -> None:
    pdf = {
        "itemType": "attachment",
        "title": "PDF",
        "annotations": [{"annotationText": "a b"}],
    }
    work = {"itemType": "book", "title": "Ties", "date": "2001", "notes": [{"note": "n"}, "m"]}
    path = tmp_path / "z.json"
    for items in (
        [work | {"attachments": [pdf]}],
        [{"data": item} for item in (work, pdf)],
    ):
        path.write_text(json.dumps({"items": items}), encoding="utf-8")
        table = atlas.import_(path)
        counts = table.notes[0].rstrip(".").split(", ")
        assert {"1 attachment not imported", "2 notes not imported"} <= set(counts)
        assert "1 annotation not imported" in counts and len(counts) == 4, counts
        remedies = " ".join(str(row[3]) for row in table.rows)
        assert "sq-graph template FILE.xlsx --notes" in remedies and len(table.rows) == 3


@pytest.mark.parametrize(
    "content", ['{"status":"ok"}', "[1, 2]", '{"features":[{"type":"Feature"}]}', '"x"', "{"]
)
def test_other_json_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="JSON"):
        parse(tmp_path, "o.json", content)


def test_the_report_accounts_for_each_entry(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "r.bib"
    path.write_text(
        "@book{a, author={Lund, M.}, title={Ties}, year=2001, doi={10.1000/1}, file={x.pdf}}\n"
        "@book{b, author={Okoro, B.}, title={Knots}, year=2001, doi={10.1000/1}}\n@book{c, title={Open, year=1}\n"
    )
    table = atlas.import_(path)
    assert table.notes[0] == "1 entry not imported, 1 work new, 1 work set apart."
    set_apart = next(row for row in table.rows if row[0] == "set apart")
    assert str(set_apart[3]).endswith("sq-graph merge lund-2001 okoro-2001")
    assert [row[2] for row in table.rows if row[0] == "field not imported"] == ["a: file"]


def test_two_records_are_merged_into_one(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "m.bib"
    path.write_text(
        "@book{a, author={Lund, M.}, title={Ties}, year=2001, doi={10.1000/1}}\n"
        "@book{b, author={Okoro, B.}, title={Knots}, year=2001, doi={10.1000/1}, publisher={P}}\n"
    )
    atlas.import_(path)
    table = atlas.merge("lund-2001", "okoro-2001")
    assert ("title", '"Knots"') in table.rows
    works = tmp_path / "review/ontology/data/works"
    assert not (works / "okoro-2001.ttl").exists()
    text = (works / "lund-2001.ttl").read_text()
    assert '"P"' in text and "Knots" not in text
    assert 'sq:citationKey "a", "b"' in " ".join(text.split())
    severities = {finding.severity for finding in sq_graph.open(tmp_path / "review").check()}
    assert severities <= {"Info"}
    with pytest.raises(InputError, match="different kinds"):
        atlas.merge("lund-2001", "lund-m")
    with pytest.raises(InputError, match="one already"):
        atlas.merge("lund-2001", "lund-2001")


def test_a_merged_work_is_known_again_beside_a_work_that_is_more_like_it(
    atlas: Atlas, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.bib", tmp_path / "b.bib"
    first.write_text("@article{k, author={Lund, Mara}, title={Ties}, journal={J}, year=2001}")
    second.write_text(
        "@article{k, author={Lund, Mara}, title={Ties of towns}, journal={Towns}, year=2001}\n"
        "@book{other, author={Lund, Mara}, title={Ties}, year=2001}"
    )
    atlas.import_(first)
    assert atlas.import_(second).notes[0] == "2 works set apart."
    with atlas.edit() as edit:
        edit.merge("lund-2001", into="lund-2001-b")
    for _ in range(2):
        assert atlas.import_(first).notes[0] == "1 work already there with differences."
        assert atlas.import_(second).notes[0] == "2 works already there."


def test_a_work_is_edited_as_it_is_imported(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        work = edit.work(title="State", authors="Plato", year="380 BC", keywords="a; b")
        chinese = edit.work(title="Zh", authors="王 小波", year="2015年3月", kind="book")
        for changes, message in (
            ({"authors": "Lund, Mara and Oko, Ada"}, "names several authors"),
            ({"authors": "Lund, Mara; Oko, Ada"}, "names several authors"),
            ({"kind": "boook"}, "'boook' is not a kind of work"),
            ({"year": "Spring 2004"}, "cannot be part of a date"),
        ):
            with pytest.raises(InputError, match=message):
                edit.work(title="Wrong", **changes)
    with atlas.edit() as edit:
        edit.update(work, year=-381)
        edit.update(chinese, authors=["Lund, Mara", "Oko, Ada"])
    records = {record.iri: record for record in read_records(atlas.graph, [work, chinese])}
    assert (records[work].label, records[work].year) == ("Plato 381 BCE", -381)
    assert records[work].fields["dcterms:subject"] == ("a", "b")
    assert records[chinese].label == "Lund and Oko 2015"
    with atlas.edit() as edit:
        edit.update(chinese, authors=["Zeta, Eva"], year=2016)
    assert atlas.label(chinese) == "Zeta 2016"


def test_a_citation_key_that_is_taken_is_named(atlas: Atlas, tmp_path: Path) -> None:
    library = tmp_path / "m.bib"
    library.write_text(
        "@book{a, author={Lund, M.}, title={Ties}, year=2001}\n"
        "@book{a, author={Okoro, B.}, title={Knots}, year=2002}\n"
    )
    (set_apart, unclear) = atlas.import_(library).rows
    assert set_apart[0] == "set apart" and unclear[2:] == (
        "a",
        "another work has this citation key, so this one has 'ab'",
    )
    assert len(atlas.import_(library).rows) == 0


def test_a_changed_library_completes_works_or_says_what_it_does_not_add(
    atlas: Atlas, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.bib", tmp_path / "b.bib"
    entry = "@incollection{c, author={Oko, Ada}, title={Part}, booktitle={Whole}, year=2001"
    first.write_text(f"{entry}}}\n@misc{{n, title={{Nameless}}, year=2002}}")
    second.write_text(
        f"{entry}, editor={{Lund, M. and Pell, J.}}, translator={{Zeta, E.}}}}\n"
        "@misc{n, author={Pell, Jon}, title={Nameless}, year=2002}"
    )
    atlas.import_(first)
    added = [row[3] for row in atlas.import_(second).rows]
    assert added == ["added editors, translators", "added authors"]
    assert atlas.import_(second).notes[0] == "2 works already there."
    works = {record.title: record for record in read_records(atlas.graph, own_works(atlas))}
    assert [name.family for name in works["Part"].editors] == ["Lund", "Pell"]
    assert (works["Part"].translators, works["Nameless"].authors) == (
        (Name("Zeta", "E."),),
        (Name("Pell", "Jon"),),
    )
    second.write_text(
        f"{entry[:-4]}2004, doi={{10.5555/c}}, translator={{Roe, R.}}, pages={{1--9}}}}"
    )
    assert atlas.import_(second).rows[0][3] == (
        "the translators differ; year is 2004, not 2001; the map keeps its own values, and nothing is"
        " added (doi, pages)"
    )


def test_a_merged_work_keeps_its_name_and_what_was_read_in_it(atlas: Atlas, tmp_path: Path) -> None:
    library = tmp_path / "m.bib"
    library.write_text(
        "@book{a, author={Lund, M.}, title={Ties}, year=2001, doi={10.1000/1}}\n"
        "@book{b, author={Lund, M.}, title={Knots}, year=2001, doi={10.1000/1}}\n"
    )
    atlas.import_(library)
    rows = {
        "definitions": ("concept,summary", "trust,Trust is hope."),
        "claims": ("about,summary", "trust,Trust is needed first of all."),
        "typologies": ("divides,typology,category", "trust,kinds of trust,{}"),
    }

    def counts(work: str) -> list[str]:
        notes = []
        for sheet, (header, row) in rows.items():
            path = tmp_path / f"{sheet}.csv"
            lines = dict.fromkeys(f"{work},5,{row.format(kind)}" for kind in ("thin", "thick"))
            path.write_text("\n".join([f"work,page,{header}", *lines]))
            notes.append(atlas.import_(path).notes[0])
        return notes

    assert all(note.startswith("1 ") and "new" in note for note in counts("lund-2001-b"))
    atlas.merge("lund-2001", "lund-2001-b")
    for work in ("lund-2001-b", "b", "lund-2001"):
        assert not [note for note in counts(work) if "new" in note or "changed" in note]
    text = "".join(turtle_texts(tmp_path / "review").values())
    assert "category:lund-2001-kinds-of-trust-thin a " in text and ":lund-2001-b" not in text
    assert (
        atlas.import_(library).notes[0]
        == "1 work already there, 1 work already there with differences."
    )


def test_a_name_that_a_work_had_is_free_for_another_work(atlas: Atlas, tmp_path: Path) -> None:
    library = tmp_path / "m.bib"
    library.write_text(
        "@misc{a, title={Ties}, year=2001}\n@book{b, author={Oko, A.}, title={Bonds}}"
    )
    atlas.import_(library)
    atlas.merge("ties-2001", "oko-undated")
    for title in ("Knots", "Nets"):
        library.write_text(f"@book{{{title}, author={{Oko, A.}}, title={{{title}}}}}")
        assert atlas.import_(library).notes[0] == "1 work new."
        with atlas.edit() as edit:
            edit.rename("work:oko-undated", title.lower())
    text = "".join(turtle_texts(tmp_path / "review").values())
    for authorship in ("ties-2001-1", "knots-1", "nets-1"):
        assert f"authorship:{authorship} a " in text
    assert "authorship:oko-undated" not in text


def test_a_slug_that_is_made_of_a_title_depends_on_no_folder(atlas: Atlas, tmp_path: Path) -> None:
    (tmp_path / "m.bib").write_text("@misc{, title={社会}, year=2001}")
    atlas.import_(tmp_path / "m.bib")
    assert own_works(atlas) == ["https://example.org/r/id/work/work-e8643de5-2001"]


def test_a_sheet_may_call_a_work_of_the_map_as_it_likes(atlas: Atlas, tmp_path: Path) -> None:
    library, path = tmp_path / "m.bib", tmp_path / "definitions.csv"
    library.write_text("@book{a, author={Lund, M.}, title={Ties}, year=2001}\n")
    atlas.import_(library)
    path.write_text(
        "work,page,concept,summary,title,authors,year\n"
        'my-ties,5,trust,Trust is hope.,Ties,"Lund, M.",2001\n'
    )
    assert [atlas.import_(path).notes[0] for _ in range(2)] == [
        "1 definition new.",
        "1 definition already there.",
    ]


@pytest.mark.parametrize(("form", "suffix"), [("bib", "bib"), ("csl-json", "json"), ("ris", "ris")])
def test_importing_an_export_of_ones_own_changes_nothing(
    form: str, suffix: str, atlas: Atlas, tmp_path: Path
) -> None:
    path = tmp_path / "m.bib"
    path.write_text(
        r"@article{a, author={Lund, Jr., Mara and {World Bank} and van der Berg, Jan and others},"
        r" title={``Ties'' \& {USA}: 50\% -- {\textless}b{\textgreater}}, year={2001a}, month=may,"
        r" pages={1--9}, url={https://example.org/~a/b--c_d}, doi={10.1000/a_b--c}, keywords={x; y},"
        r" number={2}, journal={J}, note={n~1}}"
        "\n@book{f, title={Two of each}, year={1999}, note={First}, isbn={9780190000001 9780190000002},"
        r" url={https://example.org/~a https://example.org/b_c--d;e}, note={Second}}"
        "\n@book{b, title={Only a title}, year={forthcoming}}\n@book{c, author={Okoro}, year={-0380}}\n"
        "@misc{d, author={Zeta, E.}, title={Undated}}\n@misc{e, journal={J}}\n"
    )
    atlas.import_(path)
    old_files = turtle_texts(tmp_path / "review")
    export_path = tmp_path / f"out.{suffix}"
    exported = str(atlas.export(form, *own_works(atlas)))
    assert "https://example.org/b" in exported
    export_path.write_text(exported, encoding="utf-8")
    table = atlas.import_(export_path)
    assert table.notes[0] == "6 works already there.", table.rows
    assert turtle_texts(tmp_path / "review") == old_files


def test_a_link_of_endnote_to_a_database_is_an_identifier(tmp_path: Path) -> None:
    entry = "TY  - JOUR\nTI  - T\nUR  - <Go to ISI>://WOS:0001\nSN  - 12345678 (ISSN)\nER  - \n"
    record = parse_one(tmp_path, "a.ris", entry)
    assert "bibo:uri" not in record.fields
    assert record.one("dcterms:identifier") == "WOS:0001"
    assert record.one("bibo:issn") == "12345678"


def test_biblatex_takes_fields_from_other_entries(tmp_path: Path) -> None:
    records, faults = parse(
        tmp_path,
        "x.bib",
        """@string{pub = "Routledge"}
@STRING{jr = {Journal of }}
@xdata{house, publisher = PUB # " Press", location = {London}}
@xdata{both, xdata={house}, series={S}}
@xdata{unused, series={S}}
@book{b, title={Ties}, year=2001, xdata={both, Missing}}
@incollection{c, title={Chap}, crossref={coll}}
@collection{coll, title={Whole}, subtitle={Sub}, crossref={old-mv}, publisher={xdata=house-publisher}}
@mvcollection{mv, ids={old-mv}, title={Main}, subtitle={Parts}, location={Oslo}, date={1999}}
@article{a, title={Art}, crossref={per}}
@periodical{per, title=jr # {X}, year=2000, volume=3}
@book{loop, title={L}, crossref={loop2}}
@book{loop2, title={M}, crossref={loop}, year=1990}
""",
    )
    entries = {record.keys[0]: record for record in records}
    fields = {
        key: {n.partition(":")[2]: v[0] for n, v in r.fields.items()} for key, r in entries.items()
    }
    house = {"publisher": "Routledge Press", "publisherPlace": "London"}
    assert fields["b"] == house | {"title": "Ties", "isPartOf": "S"}
    assert entries["b"].lost == (("xdata", "there is no entry 'Missing' in this file"),)
    inherited = {
        "isPartOf": "Main: Parts",
        "publisher": "Routledge Press",
        "publisherPlace": "Oslo",
    }
    assert fields["coll"] == inherited | {"title": "Whole: Sub"}
    assert fields["c"] == inherited | {"title": "Chap", "containerTitle": "Whole: Sub"}
    assert fields["a"] == {"title": "Art", "containerTitle": "Journal of X", "volume": "3"}
    years = [entries[key].year for key in ("c", "coll", "a", "loop")]
    assert years == [1999, 1999, 2000, 1990]
    assert faults == ["x.bib:5: no entry uses the @xdata 'unused'"]


@pytest.mark.parametrize(("form", "suffix"), [("bib", "bib"), ("csl-json", "json"), ("ris", "ris")])
def test_every_address_and_number_comes_back(form: str, suffix: str, tmp_path: Path) -> None:
    urls = ("https://example.org/~a", "https://example.org/b_c--d;e", "https://example.org/50%25")
    numbers = {"bibo:isbn": ("9780190000001", "978-0-19-000000-2"), "bibo:issn": ("1234-5678",)}
    fields = {"dcterms:title": ("T",), "bibo:uri": urls, "skos:note": ("See p. 3",), **numbers}
    if form != "ris":  # which has one tag for identifiers
        fields["dcterms:identifier"] = ("jstor:123", "HM 131")
    work = Record(kind="Book", keys=("t",), year=2001, fields=fields)
    csl = json.dumps([to_csl(work)])
    texts = {"bib": to_bibtex(work), "csl-json": csl, "ris": to_ris(work)}
    copy = parse_one(tmp_path, f"a.{suffix}", texts[form])
    assert copy.fields == fields and not copy.lost


# ---- further inputs of the same kinds


@pytest.mark.parametrize(
    ("entry", "title", "doubt"),
    [
        ("@article{a, title={T}\n", "T", "brace that closes it is missing"),
        ("@article{a, year={2000},\n title={T},\n", "T", "brace that closes it is missing"),
        ("@article{a\n title={T}}", "T", "comma is missing after its key"),
        ("@article{a, title={T}; year=2000}", "T", "';' is not a field"),
        ("@articel{a, title={T}}", "T", "@articel is not a known type"),
        ("@article{a, title={T}, journal=jour}", "T", "no @string defines 'jour'"),
        (r"@article{a, title={T \mymacro{x}}}", "T x", r"the command \mymacro is not known"),
    ],
)
def test_what_is_repaired_in_an_entry_is_doubted(
    entry: str, title: str, doubt: str, tmp_path: Path
) -> None:
    records, faults = parse(tmp_path, "a.bib", entry + "\n@book{b, title={U}}\n")
    assert [record.title for record in records] == [title, "U"] and not faults
    assert doubt in " ".join(records[0].doubts)


def test_numbers_and_further_identifiers(tmp_path: Path) -> None:
    content = (
        "@book{a, title={T}, issn={1234--5678}, isbn={978-0-{}19}, doi={10.1000/a, 10.1000/b}}"
    )
    record = parse_one(tmp_path, "a.bib", content)
    assert (record.one("bibo:issn"), record.one("bibo:isbn")) == ("1234-5678", "978-0-19")
    assert record.one("bibo:doi") == "10.1000/a" and "10.1000/b" in record.lost[0][1]


def test_what_catalogues_and_publishers_write_around_values(tmp_path: Path) -> None:
    content = """@phdthesis{k, author={Jane Doe 0001}, title={Ties /}, address={Oslo :}, school={North,},
      pages={S. 12--20}, type={mathesis}, doi={10.5555/x}, eprint={https://doi.org/10.5555/x}}"""
    record = parse_one(tmp_path, "a.bib", content)
    assert record.authors == (Name("Doe", "Jane"),) and "bibo:uri" not in record.fields
    assert record.fields["sq:genre"] == ("master's thesis",)
    names = ("dcterms:title", "sq:publisherPlace", "dcterms:publisher", "bibo:pages")
    assert list(map(record.one, names)) == ["Ties", "Oslo", "North", "12–20"]
    ris = "TY  - JOUR\nTI  - T\nSP  - pp. 3\nEP  - 9\nJO  - S. Pages\nER  - \n"
    article = parse_one(tmp_path, "a.ris", ris)
    assert (article.one("bibo:pages"), article.one("sq:containerTitle")) == ("3–9", "S. Pages")


def test_what_databases_write_in_ris_is_understood(tmp_path: Path) -> None:
    wos = "TY  - JOUR\nY1  - 2006///JAN\nM3  - 10.5555/x\nSN  - 00029602, 15375390\nER  - \nEF\n"
    record = parse_one(tmp_path, "a.ris", f"Provider: JSTOR\n{wos}")
    assert (record.one("bibo:doi"), record.one("dcterms:issued")) == ("10.5555/x", "2006-01")
    assert record.fields["bibo:issn"] == ("00029602", "15375390") and not record.lost
    tight = parse_one(
        tmp_path, "a.ris", "TY  -JOUR\nAU  -Doe, Jane, jd@example.org\nTI  -T\nER  -\n"
    )
    assert (tight.authors, tight.title) == ((Name("Doe", "Jane"),), "T")
    entry = (
        "@book{k, title={T}, year={2001\u200e}, author={\u200fDoe\u200b, Jane}, doi={10.5555%2Fx}}"
    )
    clean = parse_one(tmp_path, "a.bib", entry)
    assert (clean.year, clean.authors, clean.one("bibo:doi")) == (2001, tight.authors, "10.5555/x")
    empty = '[{"type": "book", "title": null, "author": null}, {"type": "book", "title": "T"}]'
    records, faults = parse(tmp_path, "a.json", empty)
    assert [record.title for record in records] == ["T"] and "has only a type" in faults[0]


@pytest.mark.parametrize("name", ["a.bib", "a.ris", "a.json"])
@pytest.mark.parametrize("content", ["%0 Book\n%T T\n", "PT J\nTI T\nER\n", "hello"])
def test_a_file_of_another_kind_is_refused(name: str, content: str, tmp_path: Path) -> None:
    with pytest.raises(BrokenFile):
        parse(tmp_path, name, content)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("TY-JOUR\nAU-Lund, M\nTI-T\nER-", "Lund|T"),
        ("TY  - JOUR\nAU  - Lund, M\nTI  - A title\nIt - was so\nER", "Lund|A title It - was so"),
        ("TY  - JOUR\nAU  - Lund,M.,Okoro,B.\nTI  - T\nER  - ", "Lund|Okoro|T"),
        ("TY  - JOUR\nAU  - Reyes A, Okoro B\nTI  - T\nER  - ", "Reyes|Okoro|T"),
        ("TY  - JOUR\nAU  - M. Lund and B. Okoro\nTI  - T\nER  - ", "Lund|Okoro|T"),
        ("TY  - JOUR\nAU  - Ministry of Trade, Oslo\nTI  - T\nER  - ", "Ministry of Trade, Oslo|T"),
    ],
)
def test_further_dialects_of_ris(tags: str, expected: str, tmp_path: Path) -> None:
    record = parse_one(tmp_path, "a.ris", tags)
    assert "|".join([*(name.family for name in record.authors), record.title]) == expected


def test_ris_reports_what_it_guesses_or_leaves_out(tmp_path: Path) -> None:
    content = (
        "Provider: X\n\nAU  - Lost\nTY  - XYZ\nAU  - Mara Lund\nTI  - T\nSP  - 1\nSP  - 3\nER  - \n"
    )
    (record,), faults = parse(tmp_path, "a.ris", content)
    assert len(faults) == 1 and faults[0].startswith("a.ris:3:")
    assert "XYZ is not a known type" in record.doubts[0] and "'Mara Lund'" in record.doubts[1]
    assert record.lost == (("SP", "the record has '1', not '3'"),)


@pytest.mark.parametrize(
    ("fields", "title", "lost"),
    [
        ({"title": {"x": 1}}, "", "title"),
        ({"title": True}, "", "title"),
        ({"title": ["A", "B"]}, "A", "title"),
        ({"title": "T", "author": [["Lund"], 1, {"family": "Lund"}]}, "T", "author"),
        ({"title": "T", "issued": {"year": 2004}}, "T", "issued"),
        ({"title": "T", "number": float("nan")}, "T", "number"),
    ],
)
def test_csl_values_that_are_no_text_are_reported(
    fields: dict[str, object], title: str, lost: str, tmp_path: Path
) -> None:
    item = {"id": "k", "type": "article-journal"} | fields
    record = parse_one(tmp_path, "a.json", json.dumps([item]))
    assert record.title == title and lost in dict(record.lost)


def test_csl_authors_as_text_and_lists_of_addresses(tmp_path: Path) -> None:
    item = {
        "id": "k",
        "type": "book",
        "title": "T",
        "author": "Lund, M and Okoro, B",
        "URL": ["http://a", "http://b"],
        "keyword": ["a", None],
        "issued": {"date-parts": [2004, 5]},
    }
    record = parse_one(tmp_path, "a.json", json.dumps(item))
    assert [name.family for name in record.authors] == ["Lund", "Okoro"]
    assert record.fields["bibo:uri"] == ("http://a", "http://b")
    assert record.fields["dcterms:subject"] == ("a",) and record.one("dcterms:issued") == "2004-05"


@pytest.mark.parametrize(
    ("text", "issued", "extra"),
    [
        ("5/3/2004", "", "5/3/2004"),
        ("5.3.2004", "2004-03-05", ""),
        ("5/23/2004", "2004-05-23", ""),
        ("2004/05/00", "2004-05", ""),
        ("2004-00-00", "", ""),
        ("May-Jun 2004", "", "May-Jun 2004"),
    ],
)
def test_dates_that_may_mean_two_days(text: str, issued: str, extra: str) -> None:
    date = read_date(text)
    assert (date.year, date.issued, date.extra) == (2004, issued, extra)


def test_works_without_a_letter_are_not_one_work(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text(
        "@misc{a,title={???},author={???},year=1999}\n@misc{b,title={!!},author={!!},year=1999}"
    )
    assert atlas.import_(path).notes[0] == "2 works new."


def test_a_guessed_encoding_is_reported(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_bytes("@misc{a,title={café}}\n".encode() + "@misc{b,title={thé}}".encode("cp1252"))
    assert "not in UTF-8" in str(atlas.import_(path).rows[0][3])
    assert "café" in (text := atlas.export("bib")) and "thé" in text
    path.write_bytes(b"% Encoding: ISO8859_2\n" + "@misc{c,title={Łódź}}".encode("iso-8859-2"))
    assert not atlas.import_(path).rows and "Łódź" in atlas.export("bib")
    path.write_bytes(b"@misc{d,title={\x81\x8d}}")
    with pytest.raises(BrokenFile, match="UTF-8"):
        atlas.import_(path)


# ---- what only looks like part of a file


def test_an_entry_that_has_lost_its_first_characters_is_named(tmp_path: Path) -> None:
    content = """see user@example.org
@article{a, % the first
  % doi = {10.1000/1},
  title={100% sure}, journal=later2, year=2001 % last
}
@Comment jabref-meta: databaseType:bibtex;
book{b, title={No sign}}
@book c, title={No brace}}
@{d, title={No type}}
"""
    records, faults = parse(tmp_path, "a.bib", content)
    assert [record.title for record in records] == ["100% sure"]
    assert records[0].doubts == ("journal: no @string defines 'later2'",)
    assert [fault.partition(" is not the beginning")[0] for fault in faults] == [
        "a.bib:7: 'book{b, title={No si'",
        "a.bib:8: '@book c, title={No b'",
        "a.bib:9: '@{d, title={No type}'",
    ]
    with pytest.raises(BrokenFile, match="not BibTeX"):
        parse(tmp_path, "b.bib", "@mara wrote this letter")


def test_a_date_beside_a_year_is_kept_or_reported(tmp_path: Path) -> None:
    record = parse_one(tmp_path, "a.bib", "@book{a, title={T}, year=2004, date={2005-03}}")
    assert (record.year, record.lost) == (
        2004,
        (("date", "the record has the date '2004', not '2005-03'"),),
    )
    for fields in (
        "year=2004, date={2004}, month=may",
        "date={2004}, month=5",
        "year={2004b}, date={2004-05}",
        "year=2004, month=may, day={}",
    ):
        record = parse_one(tmp_path, "b.bib", f"@book{{a, title={{T}}, {fields}}}")
        assert (record.one("dcterms:issued"), record.lost) == ("2004-05", ())
    for field in ("month=may", "day=3"):
        record = parse_one(tmp_path, "a.bib", f"@book{{a, title={{T}}, {field}}}")
        assert record.year_note == "" and "is not a date by itself" in record.lost[0][1]


def test_several_addresses_in_one_field_stay_apart(tmp_path: Path) -> None:
    fields = "url={<https://a.org/~1>; https://b.org/2}, doi={10.1000/a b}"
    record = parse_one(tmp_path, "a.bib", f"@misc{{a, title={{T}}, {fields}}}")
    assert record.fields["bibo:uri"] == ("https://a.org/~1", "https://b.org/2")
    assert record.one("bibo:doi") == "10.1000/a"
    assert record.lost == (("doi", "only the first DOI is kept (not 'b')"),)


def test_prices_and_nested_quotation_marks_in_latex() -> None:
    assert decode_latex("Price: $5 to $10, $x^2$") == "Price: $5 to $10, x²"
    assert decode_latex("`Nested ``ties'' don't'") == "‘Nested “ties” don't’"


def test_a_name_that_is_not_a_persons_is_doubted_in_every_format(tmp_path: Path) -> None:
    lines = ("Lund, Mara,", "Lund, Mara (Ed.)", "Reyes, A1", "Barnes, Inc.", "World Bank,")
    ris = "TY  - BOOK\n" + "".join(f"AU  - {line}\n" for line in lines) + "TI  - T\nER  - \n"
    record = parse_one(tmp_path, "a.ris", ris)
    assert record.authors == (
        Name("Lund", "Mara"),
        Name("Reyes", "A1"),
        Name("Barnes", "Inc."),
        Name("World Bank", organisation=True),
    )
    assert record.doubts == (
        "the name alone is kept of 'Lund, Mara (Ed.)'",
        "'A1 Reyes' has a digit or a character that names do not have",
        "'Barnes, Inc.' is read as a person, and may be an organisation",
    )
    item = {"id": "a", "type": "book", "title": "T", "author": [{"family": "Lund, Mara"}]}
    record = parse_one(tmp_path, "a.json", json.dumps([item]))
    assert record.doubts == ("'Lund, Mara' has a digit or a character that names do not have",)


@pytest.mark.parametrize(
    "item",
    [
        {"id": "https://openalex.org/W1", "title": "T", "type": "article", "doi": "x"}
        | {"publication_year": 2004, "authorships": [], "biblio": {}, "locations": [], "ids": {}}
        | {"display_name": "T"},
        {"@context": "https://schema.org", "@type": "Book", "name": "T", "author": {"name": "L"}},
    ],
)
def test_works_of_other_services_are_refused(tmp_path: Path, item: dict[str, object]) -> None:
    with pytest.raises(BrokenFile, match="not CSL-JSON, and not from Crossref or Zotero"):
        parse(tmp_path, "a.json", json.dumps(item))


def test_dates_of_catalogues() -> None:
    assert [read_date(text).year for text in ("2003.", "©2003", "© 2003", "2003,")] == [2003] * 4
    assert read_date("20040503").issued == "2004-05-03"


@pytest.mark.parametrize("form", ["bib", "csl-json", "ris"])
@pytest.mark.parametrize("words", ["care, of towns;", "care, of towns; trust"])
def test_keywords_with_commas_come_back(
    form: str, words: str, atlas: Atlas, tmp_path: Path
) -> None:
    path = tmp_path / "a.bib"
    path.write_text(
        f"@book{{k, author={{Lund, M.}}, title={{Ties}}, year=2001, keywords={{{words}}}}}"
    )
    atlas.import_(path)
    ending = form.replace("csl-", "")
    records, _ = parse(tmp_path, f"b.{ending}", str(atlas.export(form)))
    [entry] = [record for record in records if record.title == "Ties"]
    assert set(entry.fields["dcterms:subject"]) == set(keywords_in(words)) - {""}
