"""Annotations in running text: a quotation in any language's marks, a citation, a comment."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from sq_graph.resources import text_beside

_TABLES = tomllib.loads(text_beside(__file__, "citations.toml"))
_MARKS: list[str] = _TABLES["marks"]
_CLOSING = tuple(pair[1] for pair in _MARKS)
_PATTERNS = {
    name: re.compile(pattern % _TABLES["parts"], re.IGNORECASE | re.VERBOSE)
    for name, pattern in _TABLES["patterns"].items()
}
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*\)")
_MARKUP = re.compile(
    r"</?(?:span|mark|b|i|em|strong|u)\b[^<>]*>|(?<![\w*_=])[*_=]+(?=[“„«‹\"])|(?<=[”“»›\"])[*_=]+"
)
"""Markup of colours or bold letters around a quotation."""
_QUOTATION = re.compile(r"(?:“[^“”„\[\]]*”|„[^“”„\[\]]*[“”]|«[^«»\[\]]*»)")
"""A quotation that may extend over several paragraphs."""
_BLOCK_QUOTATION = re.compile(r"(?:^>[^\n]*\n?)+", re.MULTILINE)
_WITH_CITATION = re.compile(r"(.*?)\s*(\([^()]*\)|\[[^\[\]]*\])?")
_FILE_LINK = re.compile(r"\(\s*(?:pdf|snapshot|epub|html|link)\s*\)", re.IGNORECASE)
_GROUP = re.compile(r"\(([^()]*)\)|（([^（）]*)）|\[([^\[\]]*)\]")
_NARRATED = "\u2060"
"""The mark of a citation whose names stood before the bracket."""
REMARK = "\u2061"
"""The mark of a reader's comment, which is reported where no work is cited."""
_WIDE = str.maketrans({"，": ", ", "、": ", ", "；": ";", "：": ": "})
_PARAGRAPHS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|[0-9]+\.)\s+[\"'“”„‟‘’‚«»‹›「『])")
"""The end of a paragraph, or of a list item before one that begins with a quotation."""
_Cited = tuple[str, str, str, str]
"""Who, year, page, and a remark if the work is cited for another one."""


@dataclass(frozen=True)
class Annotation:
    """One annotation: who is quoted, where, in which words, and the reader's comment."""

    who: str
    year: str
    page: str
    quotation: str
    comment: str
    authors: str = ""
    title: str = ""
    colour: str = ""


def parse_annotations(
    content: str, with_comments: bool = True
) -> tuple[list[Annotation], list[str]]:
    """The annotations of notes, one for each work cited, and the paragraphs with a quotation but
    without a citation.

    `with_comments` says whether a comment with a citation, but without a quotation, is an
    annotation: in an export of a reading program it is, in prose it is not.

    >>> (annotation,), left_out = parse_annotations("„Bindung“ (Lund, 2004, S. 13) Ja? “lost”")
    >>> annotation.quotation, annotation.page, annotation.comment, left_out
    ('Bindung', '13', 'Ja? “lost”', [])
    """
    annotations, previous = list[Annotation](), list[Annotation]()
    left_out: list[str] = []
    content = _BLOCK_QUOTATION.sub(_in_quotation_marks, content)
    content = _MARKUP.sub("", content)
    content = _QUOTATION.sub(lambda quotation: " ".join(quotation[0].split()), content)
    for block in _PARAGRAPHS.split(content):
        body = block.lstrip().partition("\n")[2] if block.lstrip().startswith("#") else block
        paragraph = re.sub(r"^\s*(?:[-*+>]|[0-9]+\.)\s+", "", " ".join(body.split()))
        text = _FILE_LINK.sub("", _LINK.sub(r"\1", paragraph)).replace(REMARK, "")
        candidates = _paragraph_annotations(text, previous)
        previous = candidates[-1:] or previous
        accepted = [candidate for candidate in candidates if with_comments or candidate.quotation]
        annotations += accepted
        is_quoted = (
            any(mark in paragraph for mark in f"“”„«»「『{REMARK}") or "zotero://" in paragraph
        )
        if not accepted and (is_quoted or paragraph.count('"') > 1):
            left_out.append(text)
    return annotations, left_out


def _in_quotation_marks(block: re.Match[str]) -> str:
    """A block quotation of Markdown in quotation marks, unless it has them already."""
    lines = [line.lstrip("> ").rstrip() for line in block[0].splitlines()]
    match = _WITH_CITATION.fullmatch(" ".join(filter(None, lines)))
    words, citation = (match[1], match[2] or "") if match else ("", "")
    marks = "".join(_MARKS)
    if not words or words[0] in marks or words.rstrip(" .,;:…")[-1:] in marks:
        return "\n".join([*lines, ""])
    return f"“{words}” {citation}\n\n"


def _paragraph_annotations(text: str, previous: Sequence[Annotation]) -> list[Annotation]:
    text = _PATTERNS["narrative"].sub(rf"({_NARRATED}\1, ", text)
    citations = list[tuple[bool, list[_Cited]]]()  # whether its names precede it, and its works
    segments, start = list[tuple[str, str]](), 0
    cited = [(last.who, last.year, last.page, "") for last in previous]
    for group in _GROUP.finditer(text):  # the quotation before each citation, and the text before
        content = next(filter(None, group.groups()), "")
        is_quoted = text[: group.start()].rstrip(" .,;:…").endswith(_CLOSING)
        same = _same_work(content, cited, bool(citations)) if is_quoted else []
        if works := same or _cited_works(content):
            segments.append(_quotation(text[start : group.start()]))
            citations.append((content.startswith(_NARRATED), works))
            start, cited = group.end(), works
    segments.append(("-", text[start:]))  # the end of the text is a comment on the last one
    annotations: list[Annotation] = []
    for index, (is_narrated, works) in enumerate(citations):
        (quotation, before), (next_quotation, after) = segments[index : index + 2]
        comment = after if next_quotation else ""
        if not quotation or index == 0:
            comment = f"{before} {comment}"
        is_last = index + 1 == len(citations)
        if is_narrated and not quotation and (is_last or citations[index + 1][0]):
            quotation, after = _quotation(after) if is_last else (next_quotation, after)
            if quotation:  # Lund (2004) writes “…”
                comment, segments[index + 1] = f"{before} {after}", ("", "")
        comment = " ".join(comment.split()).lstrip(".,;- " if quotation else " ")
        for who, year, page, remark in works:
            text = "; ".join(filter(None, (remark, comment)))
            annotations.append(Annotation(who, year, page, quotation, text))
    return annotations


def _same_work(content: str, cited: Sequence[_Cited], is_near: bool) -> list[_Cited]:
    """The work cited before, with the page of `ibid., p. 3`, or of `p. 3` if it is near."""
    match = _PATTERNS["same-work"].fullmatch(content.strip())
    if not match or not cited or not (is_near or match["ibid"]):
        return []
    who, year, page, _ = cited[-1]
    return [(who, year, match["page"] or match["only"] or page, "")]


def _cited_works(content: str) -> list[_Cited]:
    """The works of a citation; none if the content of the bracket is not a citation."""
    works = list[_Cited]()
    for part in content.strip(_NARRATED).translate(_WIDE).split(";"):
        citation = _PATTERNS["signal"].sub("", part.strip(), count=1)
        via = _PATTERNS["cited-in"].match(citation)
        match = _PATTERNS["citation"].fullmatch(citation, via.end() if via else 0)
        if not match or "://" in part or match["who"][0].isdigit():
            return []
        page = match["page"] or match["number"] or ""
        if not (match["year"] or match["page"] or (page and match["who"].startswith("@"))):
            return []
        remark = f"cited for {via[1]}" if via else ""
        page = page.rstrip("f.") or match["section"] or ""
        works.append((match["who"].strip(" ,").lstrip("@"), match["year"] or "", page, remark))
    return works


def _quotation(segment: str) -> tuple[str, str]:
    """The quotation at the end of a text, and the text before it."""
    text = segment.rstrip(" .,;:…")
    openers = [pair[0] for pair in _MARKS if pair[1] == text[-1:]]
    if not openers:
        return "", segment
    openers = [opener for opener in openers if opener != text[-1] and opener in text] or openers
    stripped = text.lstrip()
    if text[-1] in openers and len(stripped) > 1 and stripped[0] in openers:
        return stripped[1:-1].strip(), ""
    depth, last = 1, len(text) - 1
    for index in range(last - 1, -1, -1):
        depth += -1 if text[index] in openers else text[index] == text[-1]
        if depth == 0:
            return text[index + 1 : last].strip(), text[:index]
    start = min((text.find(opener) for opener in openers if opener in text[:-1]), default=-1)
    if start < 0:
        return "", segment
    return text[start + 1 : -1].strip(), text[:start]
