"""Word documents (.docx) as readers leave them, with comments, footnotes and tracked changes."""

import re
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from sq_graph.errors import BrokenFile, SqGraphError
from sq_graph.importers.encodings import ARCHIVE_ERRORS, open_archive

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CITATION = re.compile(r"[(\[][^()]*[0-9]{4}[^()]*[)\]]")
_QUOTED = re.compile("[“”„«»<]|\\A\\Z")
_PARTS = re.compile(r"word/(document|comments|footnotes|endnotes)\.xml")


def word_page(path: Path) -> str:
    """The paragraphs of a document as HTML, without deleted words. A footnote is put in brackets; a
    comment that cites a work makes the words that it marks a quotation.

    Raises BrokenFile for a file of another kind.
    """
    try:
        with open_archive(path, "document") as archive:
            names = filter(_PARTS.fullmatch, archive.namelist())
            roots = {name[5:-4]: ElementTree.fromstring(archive.read(name)) for name in names}
        document = roots.pop("document")
    except SqGraphError:
        raise
    except ARCHIVE_ERRORS:
        problem = "this is not a Word document, or it is damaged or encrypted"
        raise BrokenFile(problem, str(path), remedy="Save it again as .docx") from None
    notes = {(note.tag, note.get(f"{_W}id")): note for root in roots.values() for note in root}
    for parent in list(document.iter()):
        for moved in parent.findall(f"{_W}moveFrom"):
            parent.remove(moved)
    has_several = len({note.get(f"{_W}author") for note in notes.values()} - {None}) > 1
    parts, starts, remarks = list[str](), dict[str | None, int](), ""
    for element in document.iter():
        tag, key = element.tag.removeprefix(_W), element.get(f"{_W}id")
        note = notes.get((element.tag.removesuffix("Reference"), key))
        if tag == "commentRangeStart":
            starts[key] = len(parts)
        elif tag == "p":
            parts.append(f"{remarks}</p><p>")
            remarks = ""
        elif note is None:
            parts.append(escape(element.text or "") if tag == "t" else " " * (tag in ("tab", "br")))
        else:
            text = "".join(each.text or "" for each in note.iter(f"{_W}t")).strip()
            text += f" – {note.get(f'{_W}author')}" if has_several and tag[0] == "c" else ""
            marked = "".join(parts[starts.get(key, len(parts)) :])
            if tag != "commentReference":
                parts.append(f" ({escape(text.rstrip('.'))})")
            elif _CITATION.match(text) and not _QUOTED.search(marked):
                parts[starts.get(key, len(parts)) :] = [f"“{marked}” {escape(text)}"]
            else:
                remarks += f"<!--{text.replace('--', '–')}-->"
    return f"{''.join(parts)}{remarks}</p>"
