"""The syntax of BibTeX files: entries and fields with their lines, whatever is broken around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_BLOCK = re.compile(r"@[ \t]*(?P<type>[A-Za-z]+)\s*(?P<open>[{(])")
_AT_LINE = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+\s*[{(]", re.MULTILINE)
_ENTRY_INSIDE = re.compile(r"\n[ \t]*@[A-Za-z]+\s*\{[^,{}=\n]*,\s*[\w-]+\s*=")
"""The beginning of an entry, which within a value shows that the value is not closed."""
_FIELD_INSIDE = re.compile(r",\s*[A-Za-z-]+\s*=")
_NAME = re.compile(r"\s*(?P<name>[^\s={}(),\"#]+)\s*=\s*")
_KEY = re.compile(r"\s*(?P<key>[^,={}\n]*?)\s*(?P<end>,|(?=[})])|(?=\n\s*[\w-]+[ \t]*=)|\Z)")
_STRAY = re.compile(r"(?:;|[^\s,={}()\"@]+(?=\s*[,})]))")
"""A sign or a word that stands where a field should: it is left out."""
_BARE = re.compile(r"[^\s,#{}()\"=]+")
_SPACE = re.compile(r"\s*")
_SIGN = re.compile(r'[{}"\\]')


@dataclass
class Entry:
    """An entry as it stands in the file: the fields in order, with lower-case names; `broken` says
    why it cannot be read.
    """

    kind: str
    key: str
    line: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    broken: str = ""


class _Broken(Exception):
    def __init__(self, why: str, place: int) -> None:
        super().__init__(why)
        self.why, self.place = why, place


class BibtexFile:
    """A BibTeX file being read; iterate for its entries, the broken ones in their places.

    >>> [entry.fields for entry in BibtexFile('@book{k, title="A " # b, year=2001 }')]
    [[('title', 'A b'), ('year', '2001')]]
    """

    def __init__(self, content: str) -> None:
        self.content = content
        self._texts: dict[str, str] = {}
        self._counted, self._line = 0, 1

    def __iter__(self) -> Iterator[Entry]:
        place = 0
        while found := _BLOCK.search(self.content, place):
            kind, line = found["type"].lower(), self._line_of(found.start())
            between = self.content[place : found.start()]
            if place and re.match(r"[ \t,]*\n?[ \t]*[\w-]+\s*=\s*[{\"\w]", between):
                why = "the text after a closed entry is not read: a brace too many closes it"
                yield Entry("", "", line - between.lstrip("\n").count("\n"), broken=why)
            if kind == "comment":
                place = self._after_comment(found)
                continue
            entry = Entry(kind, "", line)
            try:
                place = self._read(entry, found)
            except _Broken as error:
                next_one = _AT_LINE.search(self.content, found.end())
                place = next_one.start() if next_one else len(self.content)
                named = f"the entry {entry.key!r}" if entry.key else f"this @{kind}"
                line += self.content.count("\n", found.start(), error.place)
                entry.broken = f"{named} cannot be read: {error.why}, line {line}"
            if entry.broken:
                yield entry
            elif kind == "string":
                self._texts |= dict(entry.fields)
            elif kind != "preamble":
                yield entry

    def _read(self, entry: Entry, found: re.Match[str]) -> int:
        """Reads the entry that begins here, and returns where it ends."""
        closing, place = {"{": "}", "(": ")"}[found["open"]], found.end()
        if entry.kind == "preamble":
            return self._value(place, "@preamble", entry)[1]
        if entry.kind != "string" and not _NAME.match(self.content, place):
            key = _KEY.match(self.content, place)
            if key is None:
                raise _Broken("its key is not followed by a comma", place)
            entry.key, place = key["key"], key.end()
            if not key["end"] and self.content[place : place + 1] not in "})":
                entry.doubts.append("a comma is missing after its key")
        elif entry.kind != "string":
            entry.doubts.append("it has no key; one is made for it")
        last, has_comma, begun = "", True, place
        while True:
            place = self._after_space(place)
            sign = self.content[place : place + 1]
            if sign == closing:
                return place + 1
            if sign == ",":
                has_comma, place = True, place + 1
                continue
            if last and (not sign or _AT_LINE.match(self.content, place)):
                if _FIELD_INSIDE.search(entry.fields[-1][1]):
                    raise _Broken(f"a brace is not closed in {last}", begun)
                entry.doubts.append(f"the brace that closes it is missing after {last}")
                return place
            if not sign:
                raise _Broken("it has no fields and is not closed", place)
            name = _NAME.match(self.content, place)
            if name is None and (stray := _STRAY.match(self.content, place)):
                entry.doubts.append(f"{stray[0]!r} is no field and is left out")
                has_comma, place = True, stray.end()
                continue
            if name is None:
                after = f" after {last}" if last else ""
                shown = self.content[place : place + 20].split("\n")[0]
                raise _Broken(f"there is no field{after} at {shown!r}", place)
            if not has_comma:
                entry.doubts.append(f"a comma is missing after {last}")
            last, has_comma = name["name"].lower(), False
            begun = name.end()
            value, place = self._value(begun, last, entry)
            entry.fields.append((last, value))

    def _value(self, place: int, name: str, entry: Entry) -> tuple[str, int]:
        """The value that begins here, its parts joined, and where it ends."""
        parts: list[str] = []
        while True:
            sign = self.content[place : place + 1]
            if sign == "{":
                end = self._closing(place, name)
                parts.append(self.content[place + 1 : end])
                place = end + 1
            elif sign == '"':
                end = self._quote(place, name)
                parts.append(self.content[place + 1 : end])
                place = end + 1
            elif bare := _BARE.match(self.content, place):
                parts.append(self._texts.get(bare[0].lower(), bare[0]))
                if parts[-1] == bare[0] and not re.search("[0-9:]", bare[0]) and name != "month":
                    entry.doubts.append(f"{name}: no @string gives a text for {bare[0]!r}")
                place = bare.end()
            elif sign in ",})":
                return "".join(parts), place
            else:
                raise _Broken(f"{name} has no value", place)
            after = self._after_space(place)
            if self.content[after : after + 1] != "#":
                return "".join(parts), place
            place = self._after_space(after + 1)

    def _closing(self, place: int, name: str) -> int:
        """Where the brace that opens here is closed."""
        depth, start = 0, place
        while sign := _SIGN.search(self.content, place):
            place = sign.end()
            if sign[0] == "\\":
                place += 1
            elif sign[0] == "{":
                depth += 1
            elif sign[0] == "}":
                depth -= 1
                if depth == 0 and not _ENTRY_INSIDE.search(self.content, start, sign.start()):
                    return sign.start()
                if depth == 0:
                    break
        raise _Broken(f"a brace is not closed in {name}", start)

    def _quote(self, start: int, name: str) -> int:
        """Where the quotation mark that opens here is closed, outside braces."""
        place = start + 1
        while sign := _SIGN.search(self.content, place):
            if sign[0] == '"' and not _ENTRY_INSIDE.search(self.content, start, sign.start()):
                return sign.start()
            if sign[0] == '"':
                break
            place = sign.end() + (sign[0] == "\\")
            if sign[0] == "{":
                place = self._closing(sign.start(), name) + 1
            elif sign[0] == "}":
                break
        raise _Broken(f"a quotation mark is not closed in {name}", start)

    def _after_comment(self, found: re.Match[str]) -> int:
        try:
            return self._closing(found.end() - 1, "@comment") + 1
        except _Broken:
            return found.end()

    def _after_space(self, place: int) -> int:
        space = _SPACE.match(self.content, place)
        return space.end() if space else place

    def _line_of(self, place: int) -> int:
        self._line += self.content.count("\n", self._counted, place)
        self._counted = place
        return self._line
