"""Word documents (.docx) as readers leave them, with comments, footnotes and tracked changes."""

import re
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from sq_graph.importers.encodings import reading_archive

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CITATION = re.compile(r"[(\[][^()]*[0-9]{4}[^()]*[)\]]")
_QUOTED = re.compile("[“”„«»<]|\\A\\Z")
_PARTS = re.compile(r"word/(document|comments|footnotes|endnotes)\.xml")


def word_page(path: Path) -> str:
    """The paragraphs of a document as HTML, without deleted words. A footnote is put in brackets; a
    comment that cites a work makes the words that it marks a quotation.

    Raises BrokenFile for a file of another kind.
    """
    with reading_archive(path, "Word document", "Save it again as .docx") as archive:
        names = filter(_PARTS.fullmatch, archive.namelist())
        roots = {name[5:-4]: ElementTree.fromstring(archive.read(name)) for name in names}
        document = roots.pop("document")
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
