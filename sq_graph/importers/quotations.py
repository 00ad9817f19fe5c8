"""Annotations in running text: a quotation in any language's marks, a citation, a comment."""

import re
from dataclasses import dataclass

_MARKS = ["“”", "„”", "””", "„“", "‟“", "«»", "»«", "‹›", "›‹", "‚‘", "‘’", "‚’", "「」", "『』"]
_MARKS += ['""', "''"]
"""The marks that may stand around a quotation."""
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*\)")
_MARKUP = re.compile(
    r"</?(?:span|mark|b|i|em|strong|u)\b[^<>]*>|(?<![\w*_=])[*_=]+(?=[“„«‹\"])|(?<=[”“»›\"])[*_=]+"
)
"""The markup in which a quotation may stand, of colours or bold letters."""
_LONG = re.compile(r"(?:“[^“”„\[\]]*”|„[^“”„\[\]]*[“”]|«[^«»\[\]]*»)")
"""A quotation that may go over several paragraphs."""
_BLOCK = re.compile(r"(?:^>[^\n]*\n?)+", re.MULTILINE)
_ENDED = re.compile(r"(.*?)\s*(\([^()]*\)|\[[^\[\]]*\])?")
_FILE_LINK = re.compile(r"\(\s*(?:pdf|snapshot|epub|html|link)\s*\)", re.IGNORECASE)
_YEAR = r"-?[0-9]{4}[a-z]?|n\.\s?d\.|s\.\s?a\.|o\.\s?J\.|forthcoming|in press"
_PAGE = r"[^\s,;().][^\s,;()]*"
_CITED = re.compile(
    rf"(?P<who>[^,;()]+?(?:,\s*[^\W\d_][^,;()]*?)*?)"
    rf"(?:(?:,\s*|\s+)\(?(?:[0-9]{{4}}/)?\[?(?P<year>{_YEAR})\]?\)?)?"
    rf"(?:,?\s*(?:(?:pp?|SS?|ff?|fol|str|стр|c|с)\.?|页|頁|Seiten?|pages?|págs?\.?|pags?\.?)"
    rf"\s*(?P<page>{_PAGE}(?:,\s*[0-9]+)*)(?:\sff?\.?)?"
    r"|[,:]\s*第?(?P<bare>[0-9xvi]+(?:[-–][0-9xvi]+)?)(?:\s?ff?\.?|页|頁)?)?"
    r"(?:,\s*(?:emphasis|italics|my |own |Hervorh|Herv\.|souligné)[^,;()]*)?",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\(([^()]*)\)|（([^（）]*)）|\[([^\[\]]*)\]")
_NARRATIVE = re.compile(
    r"([^\W\d_a-z][\w'’-]+(?:(?:,| and| &| und| et| y)? [^\W\d_a-z][\w'’-]+)*(?: et al\.?)?)"
    rf"\s+\((?=(?:{_YEAR})\b)"
)
"""A citation whose names stand before the bracket, `Lund and Okoro (2004, p. 13)`."""
_WIDE = str.maketrans({"，": ", ", "、": ", ", "；": ";", "：": ": "})
_PARAGRAPHS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|[0-9]+\.)\s+[\"'“”„‟‘’‚«»‹›「『])")
"""Where a paragraph ends, or an item of a list before one that begins with a quotation."""
_SIGNAL = re.compile(r"(?:see(?: also)?|cf\.?|e\.g\.,?|vgl\.|siehe|voir|véase)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Annotation:
    """One annotation: who is quoted, where, in which words, and what the reader remarks."""

    who: str
    year: str
    page: str
    quotation: str
    comment: str
    authors: str = ""
    title: str = ""
    colour: str = ""


def annotations_of(content: str, with_bare: bool = True) -> tuple[list[Annotation], int]:
    """The annotations of notes, one for each work cited, and how many quotations cite no work.

    `with_bare` says whether a comment with a citation, but without a quotation, is an annotation:
    so in the export of a reader, not in prose.

    >>> found, left = annotations_of("„Bindung“ (Lund, 2004, S. 13) Ja? “lost”")
    >>> (found[0].quotation, found[0].page, found[0].comment, left)
    ('Bindung', '13', 'Ja? “lost”', 0)
    """
    found: list[Annotation] = []
    left_out = 0
    content = _BLOCK.sub(_in_marks, content)
    content = _LONG.sub(lambda found: " ".join(found[0].split()), _MARKUP.sub("", content))
    for block in _PARAGRAPHS.split(content):
        is_headed = block.lstrip().startswith("#")
        part = block.lstrip().partition("\n")[2] if is_headed else block
        paragraph = re.sub(r"^\s*(?:[-*+>]|[0-9]+\.)\s+", "", " ".join(part.split()))
        every = _paragraph(_FILE_LINK.sub("", _LINK.sub(r"\1", paragraph)))
        here = [one for one in every if with_bare or one.quotation]
        found += here
        is_quoted = any(sign in paragraph for sign in "“”„«»「『") or "zotero://" in paragraph
        left_out += not here and (is_quoted or paragraph.startswith('"'))
    return found, left_out


def _in_marks(block: re.Match[str]) -> str:
    """A block quotation of Markdown in quotation marks, if it has none around its words."""
    lines = [line.lstrip("> ").rstrip() for line in block[0].splitlines()]
    ended = _ENDED.fullmatch(" ".join(filter(None, lines)))
    words, cited = (ended[1], ended[2] or "") if ended else ("", "")
    marks = "".join(_MARKS)
    if not words or words[0] in marks or words.rstrip(" .,;:…")[-1:] in marks:
        return "\n".join([*lines, ""])
    return f"“{words}” {cited}\n\n"


def _paragraph(text: str) -> list[Annotation]:
    text = _NARRATIVE.sub(r"(\1, ", text)
    cited = [(group, works) for group in _GROUP.finditer(text) if (works := _works(group))]
    found: list[Annotation] = []
    ends = [0, *(group.end() for group, _ in cited)]
    segments = [  # for each citation, the quotation before it and the text before that
        _quotation(text[end : group.start()]) for end, (group, _) in zip(ends, cited, strict=False)
    ]
    segments.append(("-", text[ends[-1] :]))  # the end of the text is a comment on the last one
    for place, (_, works) in enumerate(cited):
        quotation, before = segments[place]
        comment = segments[place + 1][1] if segments[place + 1][0] else ""
        if not quotation or place == 0:
            comment = f"{before} {comment}"
        tidy = " ".join(comment.split()).lstrip(".,; ") if quotation else " ".join(comment.split())
        found += [Annotation(who, year, page, quotation, tidy) for who, year, page in works]
    return found


def _works(group: re.Match[str]) -> list[tuple[str, str, str]]:
    """The works of a citation as (who, year, page); none if it is no citation."""
    works = []
    for part in next(filter(None, group.groups()), "").translate(_WIDE).split(";"):
        found = None if "://" in part else _CITED.fullmatch(_SIGNAL.sub("", part.strip(), count=1))
        page = (found["page"] or found["bare"] or "") if found else ""
        if not found or not (found["year"] or found["page"]) or found["who"][0].isdigit():
            return []
        works.append((found["who"].strip(" ,").lstrip("@"), found["year"] or "", page.rstrip("f.")))
    return works


def _quotation(segment: str) -> tuple[str, str]:
    """The quotation that a text ends in, and what comes before it."""
    text = segment.rstrip(" .,;:…")
    openers = [pair[0] for pair in _MARKS if pair[1] == text[-1:]]
    if not openers:
        return "", segment
    openers = [one for one in openers if one != text[-1] and one in text] or openers
    start = text.lstrip()
    if text[-1] in openers and len(start) > 1 and start[0] in openers:
        return start[1:-1].strip(), ""
    depth, last = 1, len(text) - 1
    for place in range(last - 1, -1, -1):
        depth += -1 if text[place] in openers else text[place] == text[-1]
        if depth == 0:
            return text[place + 1 : last].strip(), text[:place]
    first = min((text.find(one) for one in openers if one in text[:-1]), default=-1)
    if first < 0:
        return "", segment
    return text[first + 1 : -1].strip(), text[:first]
